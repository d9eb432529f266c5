/**
 * The verbs of owners' contributions (clauses 4, 13, 15; O-47, O-48): what a dwelling owes is its shares of the plan in
 * force; what it pays goes into custody up to that (J13), what is too much waits to be given back, and money of nobody
 * known waits in suspense till it has found its dwelling. The project is locked first.
 */
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, maxFen, minFen, sumFen } from '../../base/money.ts'
import type { LineDraft } from '../../ledger/entry.ts'
import { type Doing, verb } from '../../noun/verb.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { lockProject, type ProjectRow } from '../../projects/project/store.ts'
import { moneyBookOf, planInForce } from '../plan/standing.ts'
import { dwellingKey, duesOf, type Plan } from '../plan/plan.ts'
import { contributionLines, entryOf, matchedLines, refundLines } from '../entries.ts'
import { inProject } from '../forms.ts'
import { refuse } from '../refusals.ts'
import { type ContributionView, newContribution, newMatch, newRefund } from './forms.ts'
import { balancesOf } from './reads.ts'
import {
  insertOwnerMovement,
  movementOf,
  type OwnerBalance,
  ownerBalances,
  type OwnerMovement,
  receiptInSuspense,
} from './store.ts'

/** Records what an owner paid into the supervised account. `plan_source_unknown`: money that is not owners'. */
export const receiveContribution = verb({
  kind: 'contribution.receive',
  right: 'plan.manage',
  of: inProject,
  form: newContribution,
  refuses: [
    'project_not_found',
    'plan_source_unknown',
    'plan_not_in_force',
    'project_book_missing',
    'bank_reference_used',
    'idempotency_key_reused',
  ],
  content: ({ dwelling = null, amount, ...rest }) => ({ ...rest, dwelling, amount: formatFen(amount) }),
  work: async (doing, { project, source, dwelling, amount, reference, on }) => {
    const { tx, actor } = doing
    const row = await lockProject(tx, actor, project)
    requireOwners(source)
    const plan = await requirePlan(tx, project)
    const owed = dwelling && owedBy(plan, await ownerBalances(tx, project), dwelling)
    const appliedFen = owed === undefined ? 0n : minFen(owed, amount)
    const parts = {
      appliedFen,
      excessFen: owed === undefined ? 0n : amount - appliedFen,
      suspenseFen: owed === undefined ? amount : 0n,
    }
    const place = dwelling ? { dwelling: dwellingKey(dwelling) } : {}
    const known = owed === undefined ? undefined : dwelling
    const moved = { kind: 'receipt' as const, source, dwelling: known, reference, on, ...parts }
    return move(doing, { row, moved, lines: contributionLines({ project, source }, parts, place) })
  },
})

function requireOwners(source: string): void {
  if (fundSourceOf(source)?.kind !== 'owner')
    throw refuse('plan_source_unknown', { line: { zh: '居民出资', en: 'of contributions' }, source })
}

async function requirePlan(tx: Tx, project: string): Promise<Plan> {
  const plan = await planInForce(tx, project)
  if (!plan) throw refuse('plan_not_in_force', { project })
  return plan
}

/** What a dwelling still owes under a plan; `undefined` where the plan does not know it. */
function owedBy(plan: Plan, balances: readonly OwnerBalance[], dwelling: DwellingName): Fen | undefined {
  const name = dwellingKey(dwelling)
  const due = duesOf(plan).get(name)
  return due && maxFen(0n, due.dueFen - sumFen(balancesOf(balances, name).map(({ appliedFen }) => appliedFen)))
}

/** Money in suspense has found its dwelling. */
export const matchContribution = verb({
  kind: 'contribution.match',
  right: 'plan.manage',
  of: inProject,
  form: newMatch,
  refuses: [
    'project_not_found',
    'owner_movement_not_found',
    'plan_not_in_force',
    'contribution_not_due',
    'idempotency_key_reused',
  ],
  alsoRefuses: ['project_book_missing'],
  work: async (doing, { project, receipt, dwelling, reference, on }) => {
    const { tx, actor } = doing
    const row = await lockProject(tx, actor, project)
    const found = await receiptInSuspense(tx, project, receipt)
    if (!found) throw refuse('owner_movement_not_found', { project, receipt })
    const name = dwellingKey(dwelling)
    const owed = owedBy(await requirePlan(tx, project), await ownerBalances(tx, project), dwelling)
    if (owed === undefined) throw refuse('contribution_not_due', { project, dwelling: name })
    const appliedFen = minFen(owed, found.suspenseFen)
    const parts = { appliedFen, excessFen: found.suspenseFen - appliedFen }
    const lines = matchedLines({ project, source: found.source }, parts, { dwelling: name })
    const moved = { kind: 'match' as const, source: found.source, dwelling, of: receipt, reference, on }
    return move(doing, { row, moved: { ...moved, ...parts, suspenseFen: -found.suspenseFen }, lines })
  },
})

/** Gives back what a dwelling paid too much (O-48). */
export const refundContribution = verb({
  kind: 'contribution.refund',
  right: 'plan.manage',
  of: inProject,
  form: newRefund,
  refuses: [
    'project_not_found',
    'refund_exceeds_excess',
    'project_book_missing',
    'bank_reference_used',
    'idempotency_key_reused',
  ],
  work: async (doing, { project, source, dwelling, amount, reference, on }) => {
    const { tx, actor } = doing
    const row = await lockProject(tx, actor, project)
    const name = dwellingKey(dwelling)
    const own = balancesOf(await ownerBalances(tx, project), name).filter((balance) => balance.source === source)
    const excess = sumFen(own.map(({ excessFen }) => excessFen))
    if (amount > excess) throw refuse('refund_exceeds_excess', { project, dwelling: name, excess, asked: amount })
    const lines = refundLines({ project, source }, { custodyFen: 0n, excessFen: amount }, { dwelling: name })
    const parts = { appliedFen: 0n, excessFen: -amount, suspenseFen: 0n }
    return move(doing, { row, moved: { kind: 'refund', source, dwelling, reference, on, ...parts }, lines })
  },
})

/** A slip of the bank stands once in an account, as a receipt or as a payment. */
async function requireNewReference(tx: Tx, book: string, { kind, reference }: Movement['moved']): Promise<void> {
  const first = await movementOf(tx, { book, kind, reference })
  if (first) throw refuse('bank_reference_used', { reference, book, ...first })
}

type Movement = {
  readonly row: ProjectRow
  readonly moved: Omit<OwnerMovement, 'person' | 'at'>
  readonly lines: readonly LineDraft[]
}

const summaries = { receipt: '收到居民出资', match: '认领居民出资', refund: '退还居民多缴款' } as const

async function move({ tx, at, post, actor: { person }, ledger }: Doing, given: Movement): Promise<ContributionView> {
  const { row, moved, lines } = given
  const { project } = row
  const book = await moneyBookOf(ledger, row)
  if (moved.kind !== 'match') await requireNewReference(tx, book, moved)
  const sequence = await insertOwnerMovement(tx, project, { ...moved, person, at })
  const facts = { on: moved.on, summary: summaries[moved.kind], documents: [{ number: moved.reference }] }
  const entries = [{ book, draft: entryOf(facts, lines) }]
  await post({ key: `owner:${project}:${sequence}`, maker: person, approvals: [], entries })
  return {
    project,
    receipt: sequence,
    ...(moved.dwelling && { dwelling: moved.dwelling }),
    applied: formatFen(moved.appliedFen),
    excess: formatFen(moved.excessFen),
    suspense: formatFen(moved.suspenseFen),
  }
}
