/**
 * What an approval of funding plans does, in the transaction of the last decision: the difference to the plan in force
 * goes into the memo book, the project may begin, and where the plan shrank, commitments are released and owners get
 * back what they no longer owe. All of it is one transaction over the books it touches.
 *
 * Locks: the projects, their items, commitments and indicators; then the heads of books.
 */
import * as z from 'zod'
import type { ApprovalView } from '../../approvals/store.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import { type Fen, formatFen, minFen, sumFen } from '../../base/money.ts'
import { commitmentNames, openFen } from '../../budget/commitment/commitment.ts'
import { cancelled } from '../../budget/commitment/verbs.ts'
import { claimsOfItem, type Commitment, lockItemCost } from '../../budget/commitment/store.ts'
import { anyJson } from '../../form/field.ts'
import type { Limit } from '../../noun/limit.ts'
import { type Ended, makerOf, proposal } from '../../noun/proposal.ts'
import type { Act } from '../../ledger/act.ts'
import type { EntryDraft } from '../../ledger/entry.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import {
  itemCosts,
  lockProjects,
  papersOfProjects,
  type ProjectRow,
  rewriteItemCosts,
  setPlansApproved,
} from '../../projects/project/store.ts'
import { knownLimits, moneyBookOf, planBookOf, type PlanName, plansChanged, standing } from './standing.ts'
import { dwellingKey, duesOf, planDifference } from './plan.ts'
import { planLimits } from './rules.ts'
import { lawOn } from '../../policy/parameters.ts'
import { entryOf, planDrafts, refundLines } from '../entries.ts'
import { refuse } from '../refusals.ts'
import { insertOwnerMovement, ownerBalances } from '../contribution/store.ts'
import {
  commitmentsOf,
  markApproved,
  markSubmitted,
  planHeads,
  submittedUnder,
  type WholeVersion,
  wholeVersions,
} from './store.ts'

/**
 * What is approved of one plan: which version decides what is posted; the rest is the whole version, for people to
 * read.
 */
const planContent = z.object({ project: z.string(), version: z.int() }).catchall(anyJson)
export type PlanContent = z.output<typeof planContent>
const plansContent = z.strictObject({ plans: z.array(planContent) })

/** Plans take effect alike, one or a district's many at once. */
const plansOf = (kind: 'funding_plan' | 'funding_plans') =>
  proposal({
    kind,
    form: plansContent,
    limits: async ({ plans }, { ledger, tx, today, approval }) => {
      const limits: Limit[] = []
      for (const version of await wholeVersions(tx, plans)) {
        const known = await knownLimits(ledger, tx, makerOf(approval), version)
        limits.push(...planLimits(version, known, lawOn(today)))
      }
      return limits
    },
    papers: ({ plans }, { tx }) => papersOfProjects(tx, projectsOf(plans)),
    approved: async ({ ledger, approval, content: { plans }, stored: _, ...running }) => {
      const names = plans.map(({ project, version }) => ({ project, version }))
      const rows = await lockProjects(running.tx, makerOf(approval), projectsOf(names))
      await approvePlans(ledger, running, approval, { names, rows })
    },
    ended: plansEnded,
  })
export const planProposal = plansOf('funding_plan')
export const plansProposal = plansOf('funding_plans')

/** Versions of an approval that was not given are drafts again. */
export async function plansEnded({ tx, at, approval }: Ended): Promise<void> {
  const names = await submittedUnder(tx, approval.id)
  await lockProjects(tx, makerOf(approval), projectsOf(names))
  await markSubmitted(
    tx,
    names.map(({ project }) => ({ project, version: null })),
    null,
  )
  await plansChanged(tx, names, { verb: approval.state, person: approval.maker, at, body: { approval: approval.id } })
}

const projectsOf = (names: readonly PlanName[]): string[] => names.map(({ project }) => project)

type Approved = {
  readonly names: readonly PlanName[]
  readonly rows: readonly ProjectRow[]
  /** The name of what it posts; a take-over puts plans in force on several days. */
  readonly key?: string
}
type BookedDraft = { readonly book: string; readonly draft: EntryDraft }

/** Puts versions in force that were submitted under an approval, on the day of the act. */
export async function approvePlans(
  ledger: Ledger,
  running: Act,
  approval: ApprovalView,
  { names, rows, key = `funding-plan:${approval.id}` }: Approved,
): Promise<void> {
  const { tx, at } = running
  const heads = await planHeads(
    tx,
    names.map(({ project }) => project),
  )
  const before = await standing(tx, heads)
  const entries: BookedDraft[] = []
  const first: { row: ProjectRow; plan: string }[] = []
  for (const version of await wholeVersions(tx, names)) {
    const row = rows.find(({ project }) => project === version.project)
    assert(row && heads.get(version.project)?.submitted === version.version, 'what is approved is what was submitted')
    const change = { row, before: before.get(version.project), after: version, approval }
    entries.push(...(await plannedEntries(ledger, running, change)))
    if (change.before) {
      entries.push(...(await shrinkingEntries(ledger, running, change)))
      await replan(running, change)
    } else first.push({ row, plan: nameOf(change) })
  }
  const by = { person: approval.maker, at }
  await setPlansApproved(tx, first, by)
  await plansChanged(tx, names, { ...by, verb: 'approved', body: { approval: approval.id } })
  await markApproved(tx, names)
  if (entries.length === 0) return
  await running.post({ ...(await approvedBy(tx, approval)), key, entries })
}

type Change = {
  readonly row: ProjectRow
  readonly before: WholeVersion | undefined
  readonly after: WholeVersion
  readonly approval: ApprovalView
}

async function plannedEntries(ledger: Ledger, { today }: Act, { row, before, after, approval }: Change) {
  const book = await planBookOf(ledger, row)
  const difference = planDifference(before?.plan, after.plan)
  const summary = `资金方案 ${row.project} 第 ${after.version} 版`
  const documents = [{ number: approval.id, title: `SHA-256 ${after.hash}` }, ...scopePapers(after)]
  return planDrafts(row.project, difference, { on: today, summary, documents }).map((draft) => ({ book, draft }))
}

/** The papers a change of scope rests on. */
function scopePapers({ scope }: WholeVersion): { number: string }[] {
  const { documents = [] } = (scope ?? {}) as { documents?: string[] }
  return documents.map((number) => ({ number }))
}

const nameOf = ({ after, approval }: Change): string => `${after.version} ${approval.id}`

/** A later plan that costs other than the one before changes what its items cost. */
async function replan({ tx, at }: Act, change: Change): Promise<void> {
  const { row, after, approval } = change
  const planned = new Map<string, Fen>()
  for (const { item, amountFen } of after.plan.lines) {
    if (item !== undefined) planned.set(item, (planned.get(item) ?? 0n) + amountFen)
  }
  const changed = (await itemCosts(tx, row.project))
    .map(({ item, costFen }) => ({ item, costFen: planned.get(item) ?? 0n, was: costFen }))
    .filter(({ costFen, was }) => costFen !== was)
  if (changed.length === 0) return
  const body = { plan: nameOf(change), items: changed.map(({ item, costFen }) => ({ item, cost: formatFen(costFen) })) }
  await rewriteItemCosts(tx, row, changed, { verb: 'items_replanned', person: approval.maker, at, body })
}

// --- Where the plan shrank ------------------------------------------------------------------------------------------

async function shrinkingEntries(ledger: Ledger, running: Act, change: Change): Promise<BookedDraft[]> {
  const entries: BookedDraft[] = []
  const { before, after } = change
  const less = planDifference(before?.plan, after.plan).filter(({ amountFen }) => amountFen < 0n)
  const items = [...new Set(less.flatMap(({ item }) => item ?? []))].toSorted()
  for (const item of items) entries.push(...(await cancelledEntries(running, change, item)))
  entries.push(...(await refundEntries(ledger, running, change)))
  return entries
}

/** Cancels, source by source, what is committed of an item above what is planned for it now. */
async function cancelledEntries(running: Act, change: Change, item: string): Promise<BookedDraft[]> {
  const { tx } = running
  const { project } = change.row
  const { plan } = change.after
  await lockItemCost(tx, project, item)
  const lines = new Set(plan.lines.filter((line) => line.item === item).map(({ line }) => line))
  const planned = plan.shares.filter(({ line }) => lines.has(line))
  const entries: BookedDraft[] = []
  const commitments = await commitmentsOf(tx, project, item)
  for (const { source, claimedFen } of await claimsOfItem(tx, project, item)) {
    const plannedFen = sumFen(planned.filter((share) => share.source === source).map(({ amountFen }) => amountFen))
    let over = claimedFen - plannedFen
    // The youngest first: what was promised first is kept longest.
    for (const commitment of commitments.filter((each) => each.source === source).toReversed()) {
      const amountFen = minFen(over, openFen(commitment))
      if (amountFen <= 0n) continue
      entries.push(await cancelledEntry(running, change, commitment, amountFen))
      over -= amountFen
    }
    // What is over still was paid: it comes back first.
    const facts = { project, item, source, planned: plannedFen, claimed: plannedFen + over }
    if (over > 0n) throw refuse('plan_below_claims', facts)
  }
  return entries
}

async function cancelledEntry(
  { tx, at, today }: Act,
  { approval, after }: Change,
  standing: Commitment,
  amountFen: Fen,
): Promise<BookedDraft> {
  const { draft } = await cancelled(tx, standing, {
    amountFen,
    on: today,
    person: approval.maker,
    at,
    reason: `${approval.summary}（${approval.id}）`,
    summary: `资金方案核减，撤销承诺 ${commitmentNames.nameOf(standing.id)}`,
    documents: [approval.id, ...scopePapers(after).map(({ number }) => number)],
  })
  return { book: standing.book, draft }
}

/**
 * Gives back (J15) to each dwelling that now owes less what it has paid above that; who has not paid simply owes less.
 */
async function refundEntries(ledger: Ledger, running: Act, change: Change): Promise<BookedDraft[]> {
  const { tx, at, today } = running
  const { row, before, after, approval } = change
  const was = duesOf(before?.plan ?? after.plan)
  const is = duesOf(after.plan)
  const shrunk = [...was].filter(([key, { dueFen }]) => (is.get(key)?.dueFen ?? 0n) < dueFen)
  if (shrunk.length === 0) return []
  const balances = await ownerBalances(tx, row.project)
  const entries: BookedDraft[] = []
  for (const [key, { dwelling }] of shrunk) {
    const own = balances.filter((balance) => balance.dwelling && dwellingKey(balance.dwelling) === key)
    let over = sumFen(own.map(({ appliedFen }) => appliedFen)) - (is.get(key)?.dueFen ?? 0n)
    for (const { source, appliedFen } of own) {
      const refundFen = minFen(over, appliedFen)
      if (refundFen <= 0n) continue
      over -= refundFen
      await insertOwnerMovement(tx, row.project, {
        kind: 'refund',
        source,
        dwelling,
        appliedFen: -refundFen,
        excessFen: 0n,
        suspenseFen: 0n,
        reference: approval.id,
        on: today,
        person: approval.maker,
        at,
      })
      const facts = { on: today, summary: `资金方案核减，退还居民出资 ${key}`, documents: scopePapers(after) }
      const lines = refundLines(
        { project: row.project, source },
        { custodyFen: refundFen, excessFen: 0n },
        { dwelling: key },
      )
      entries.push({ book: await moneyBookOf(ledger, row), draft: entryOf(facts, lines) })
    }
  }
  return entries
}
