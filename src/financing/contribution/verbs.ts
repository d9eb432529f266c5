/**
 * The verbs of owners' contributions (clauses 4, 13, 15; O-47, O-48): what a dwelling owes is its shares of the plan in force; what it pays goes
 * into custody up to that (J13), what is too much waits to be given back, and money of nobody known waits in suspense till it has found its
 * dwelling. The project is locked first.
 */
import { type Actor, demand } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, maxFen, minFen, sumFen } from '../../base/money.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { LineDraft } from '../../ledger/entry.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { lockProject, type ProjectRow, readProject } from '../../projects/project/store.ts'
import { moneyBookOf } from '../plan/standing.ts'
import { dwellingKey, duesOf, type Plan } from '../plan/plan.ts'
import { contributionLines, entryOf, matchedLines, refundLines } from '../entries.ts'
import { refuse } from '../refusals.ts'
import {
  insertOwnerMovement,
  type OwnerBalance,
  ownerBalances,
  type OwnerMovement,
  receiptInSuspense,
} from './store.ts'
import { planHead, readPlanHead, wholeVersions } from '../plan/store.ts'

/** What became of money: into custody, too much, in suspense. */
export type ContributionJson = {
  project: string
  receipt: number
  dwelling?: DwellingName
  applied: string
  excess: string
  suspense: string
}

export type ContributionGiven = {
  readonly source: string
  /** Absent, or not in the plan: the money waits in suspense. */
  readonly dwelling?: DwellingName | undefined
  readonly amountFen: Fen
  readonly reference: string
  readonly on: Day
}

/**
 * Records what an owner paid into the supervised account. Refuses `plan_not_in_force`, `plan_source_unknown` for money that is not owners'.
 */
export function receiveContribution(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ContributionGiven,
  key: string,
): Promise<KeyedAnswer<ContributionJson>> {
  demand(actor, 'plan.manage')
  const { amountFen, dwelling, ...rest } = given
  const content = { project, ...rest, dwelling: dwelling ? { ...dwelling } : null, amount: formatFen(amountFen) }
  return act(ledger, { person: actor.person, key, kind: 'contribution.receive', content }, async (running) => {
    const { tx } = running
    const row = await lockProject(tx, actor, project)
    requireOwners(given.source)
    const plan = await planInForce(tx, project)
    const owed = dwelling && owedBy(plan, await ownerBalances(tx, project), dwelling)
    const appliedFen = owed === undefined ? 0n : minFen(owed, amountFen)
    const parts = {
      appliedFen,
      excessFen: owed === undefined ? 0n : amountFen - appliedFen,
      suspenseFen: owed === undefined ? amountFen : 0n,
    }
    const on = { project, source: given.source }
    const place = dwelling ? { dwelling: dwellingKey(dwelling) } : {}
    const known = owed === undefined ? undefined : dwelling
    const moved = { ...given, ...parts, kind: 'receipt' as const, dwelling: known }
    return move(ledger, running, { row, person: actor.person, moved, lines: contributionLines(on, parts, place) })
  })
}

function requireOwners(source: string): void {
  if (fundSourceOf(source)?.kind !== 'owner')
    throw refuse('plan_source_unknown', { line: { zh: '居民出资', en: 'of contributions' }, source })
}

async function planInForce(tx: Tx, project: string): Promise<Plan> {
  const head = await planHead(tx, project)
  const [version] = head?.approved ? await wholeVersions(tx, [{ project, version: head.approved }]) : []
  if (!version) throw refuse('plan_not_in_force', { project })
  return version.plan
}

/** What a dwelling still owes under a plan; `undefined` where the plan does not know it. */
function owedBy(plan: Plan, balances: readonly OwnerBalance[], dwelling: DwellingName): Fen | undefined {
  const name = dwellingKey(dwelling)
  const due = duesOf(plan).get(name)
  return due && maxFen(0n, due.dueFen - sumFen(of(balances, name).map(({ appliedFen }) => appliedFen)))
}

const of = (balances: readonly OwnerBalance[], name: string): OwnerBalance[] =>
  balances.filter(({ dwelling }) => dwelling && dwellingKey(dwelling) === name)

/** Money in suspense has found its dwelling. Refuses `owner_movement_not_found`, `contribution_not_due`. */
export function matchContribution(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: { readonly receipt: number; readonly dwelling: DwellingName; readonly reference: string; readonly on: Day },
  key: string,
): Promise<KeyedAnswer<ContributionJson>> {
  demand(actor, 'plan.manage')
  const { receipt, dwelling, reference, on } = given
  const content = { project, receipt, reference, on, dwelling: { ...dwelling } }
  return act(ledger, { person: actor.person, key, kind: 'contribution.match', content }, async (running) => {
    const { tx } = running
    const row = await lockProject(tx, actor, project)
    const found = await receiptInSuspense(tx, project, receipt)
    if (!found) throw refuse('owner_movement_not_found', { project, receipt })
    const name = dwellingKey(dwelling)
    const owed = owedBy(await planInForce(tx, project), await ownerBalances(tx, project), dwelling)
    if (owed === undefined) throw refuse('contribution_not_due', { project, dwelling: name })
    const appliedFen = minFen(owed, found.suspenseFen)
    const parts = { appliedFen, excessFen: found.suspenseFen - appliedFen }
    const lines = matchedLines({ project, source: found.source }, parts, { dwelling: name })
    const moved = { kind: 'match' as const, source: found.source, dwelling, of: receipt, reference, on }
    const whole = { ...moved, ...parts, suspenseFen: -found.suspenseFen }
    return move(ledger, running, { row, person: actor.person, moved: whole, lines })
  })
}

/** Gives back what a dwelling paid too much (O-48). Refuses `refund_exceeds_excess`. */
export function refundContribution(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ContributionGiven & { readonly dwelling: DwellingName },
  key: string,
): Promise<KeyedAnswer<ContributionJson>> {
  demand(actor, 'plan.manage')
  const { amountFen, dwelling, ...rest } = given
  const content = { project, ...rest, dwelling: { ...dwelling }, amount: formatFen(amountFen) }
  return act(ledger, { person: actor.person, key, kind: 'contribution.refund', content }, async (running) => {
    const row = await lockProject(running.tx, actor, project)
    const name = dwellingKey(dwelling)
    const own = of(await ownerBalances(running.tx, project), name).filter(({ source }) => source === given.source)
    const excess = sumFen(own.map(({ excessFen }) => excessFen))
    if (amountFen > excess) throw refuse('refund_exceeds_excess', { project, dwelling: name, excess, asked: amountFen })
    const on = { project, source: given.source }
    const lines = refundLines(on, { custodyFen: 0n, excessFen: amountFen }, { dwelling: name })
    const parts = { appliedFen: 0n, excessFen: -amountFen, suspenseFen: 0n }
    const moved = { ...given, ...parts, kind: 'refund' as const }
    return move(ledger, running, { row, person: actor.person, moved, lines })
  })
}

type Movement = {
  readonly row: ProjectRow
  readonly person: string
  readonly moved: Omit<OwnerMovement, 'person' | 'at'>
  readonly lines: readonly LineDraft[]
}

const summaries = { receipt: '收到居民出资', match: '认领居民出资', refund: '退还居民多缴款' } as const

async function move(ledger: Ledger, running: Act, given: Movement): Promise<ContributionJson> {
  const { tx, at } = running
  const { row, person, moved, lines } = given
  const { project } = row
  const sequence = await insertOwnerMovement(tx, project, { ...moved, person, at })
  const facts = { on: moved.on, summary: summaries[moved.kind], documents: [{ number: moved.reference }] }
  const entries = [{ book: await moneyBookOf(ledger, row), draft: entryOf(facts, lines) }]
  await running.post({ key: `owner:${project}:${sequence}`, maker: person, approvals: [], entries })
  return {
    project,
    receipt: sequence,
    ...(moved.dwelling && { dwelling: moved.dwelling }),
    applied: formatFen(moved.appliedFen),
    excess: formatFen(moved.excessFen),
    suspense: formatFen(moved.suspenseFen),
  }
}

export type DwellingAccount = {
  readonly dwelling: DwellingName
  readonly dueFen: Fen
  readonly paidFen: Fen
  readonly excessFen: Fen
}

/** What each dwelling owes under the plan in force, has paid, and has paid too much; and what is nobody's. */
export async function readContributions(
  ledger: Ledger,
  actor: Actor,
  project: string,
): Promise<{ dwellings: DwellingAccount[]; suspenseFen: Fen }> {
  demand(actor, 'project.read')
  const { sql } = ledger.database
  await readProject(sql, actor, project)
  const head = await readPlanHead(sql, project)
  const [version] = head?.approved ? await wholeVersions(sql, [{ project, version: head.approved }]) : []
  const balances = await ownerBalances(sql, project)
  const dues = version ? duesOf(version.plan) : new Map<string, { dwelling: DwellingName; dueFen: Fen }>()
  const known = new Map([...dues].map(([name, { dwelling }]) => [name, dwelling]))
  for (const { dwelling } of balances) if (dwelling) known.set(dwellingKey(dwelling), dwelling)
  return {
    dwellings: [...known]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, dwelling]) => ({
        dwelling,
        dueFen: dues.get(name)?.dueFen ?? 0n,
        paidFen: sumFen(of(balances, name).map(({ appliedFen }) => appliedFen)),
        excessFen: sumFen(of(balances, name).map(({ excessFen }) => excessFen)),
      })),
    suspenseFen: sumFen(balances.map(({ suspenseFen }) => suspenseFen)),
  }
}
