/**
 * Releasing (拨付): drafted by a maker, or by the quarter's early disbursement, approved by others, and then in one
 * transaction paid out of the upper book, issued as quota in the district's, and written down for the treasury. What is
 * drafted is looked at again, whole, when it takes effect, with the allotment and both books locked.
 */
import * as z from 'zod'
import { approvedBy } from '../../approvals/verbs.ts'
import { inWords, listed, type Text } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import { assert } from '../../base/assert.ts'
import { type Day, formatInstant, monthOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { enqueue } from '../../base/outbox.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { requireOpenYear } from '../../budget/indicator/proposal.ts'
import { requireInForce } from '../../budget/indicator/proposal.ts'
import { availabilityWithin } from '../../budget/indicator/holdings.ts'
import { anyJson, day, oneOf, quarter, storedAmount } from '../../form/field.ts'
import { proposal, type Proposal } from '../../noun/proposal.ts'
import { settleRecovery } from '../../budget/recovery/store.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lockHeads } from '../../ledger/store.ts'
import { clauseText, clause } from '../../policy/documents.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { stateNamesZh } from '../../projects/terms.ts'
import type { ProjectState } from '../../projects/terms.ts'
import { type ClaimRow, claimsOfRelease, openClaims } from '../claim/store.ts'
import { refuse } from '../refusals.ts'
import {
  clawbackNames,
  conditionNamesZh,
  type EarlyConditions,
  failedConditions,
  isDue,
  mostFen,
  type ProjectPart,
  releaseNames,
  settlementNames,
  splitOverProjects,
  type Tranche,
  tranchesOf,
} from './release.ts'
import { instructionText, type Paid, recoveryEntries, releaseEntries } from './entries.ts'
import { floorOf, type Part } from '../score/facts.ts'
import {
  type Allotment,
  allotmentFor,
  allottedOn,
  type Held,
  heldFor,
  leftProjects,
  progressFor,
  projectShares,
  readAllotment,
  recoveredParts,
} from './allotment.ts'
import {
  addReleased,
  endRelease,
  insertAllotment,
  insertRelease,
  insertReleaseParts,
  lockAllotment,
  lockReleaseOf,
  pendingRelease,
  readClawbackParts,
  readRelease,
  readReleaseParts,
  readReleases,
  type ReleaseFilter,
  type ReleaseRow,
} from './store.ts'
import { readClawbacks, type ClawbackRow } from '../clawback/store.ts'
import { insertInstruction, type Instruction, readInstructions } from '../instruction/store.ts'
import { laterScores, lockScore } from '../score/store.ts'
import { rulesUsed, type RuleUsed } from './tranche.ts'

export const cashPlanClause = clauseText(clause('budget-law-regulation', '第五十七条'))
const finalBudgetClause = clauseText(clause('budget-law-regulation', '第四十八条'))

// --- Views ----------------------------------------------------------------------------------------------------------

export type ReleaseView = {
  release: string
  allocation: string
  district: string
  tranche: number
  kind: ReleaseRow['kind']
  amount: string
  clawed: string
  state: ReleaseRow['state']
  conditions: Json
  quarter?: string
  run?: number
  scoreVersion?: number
  on?: string
  releasedOn?: string
  approval: string
  draftedBy: string
  draftedAt: string
}

export const releaseView = (row: ReleaseRow): ReleaseView => ({
  release: releaseNames.nameOf(row.id),
  allocation: row.allocation,
  district: row.district,
  tranche: row.tranche,
  kind: row.kind,
  amount: formatFen(row.amountFen),
  clawed: formatFen(row.clawedFen),
  state: row.state,
  conditions: row.conditions,
  ...(row.quarter !== null && { quarter: row.quarter }),
  ...(row.run !== null && { run: row.run }),
  ...(row.scoreVersion !== null && { scoreVersion: row.scoreVersion }),
  ...(row.on !== null && { on: row.on }),
  ...(row.releasedOn !== null && { releasedOn: row.releasedOn }),
  approval: row.approval,
  draftedBy: row.draftedBy,
  draftedAt: formatInstant(row.draftedAt),
})

export type ClawbackView = {
  clawback: string
  ground: ClawbackRow['ground']
  cause: ClawbackRow['cause']
  document: string
  reason: string
  asked: string
  /** What the quota still held and gave back; absent until it is posted. */
  taken?: string
  outstanding?: string
  /** What came back of which project; absent until it is posted. */
  projects?: { project: string; amount: string }[]
  /** What is spent, if anything is: how much, due when, and what was settled of it. */
  claim?: { amount: string; settled: string; dueOn: string }
  state: ClawbackRow['state']
  approval: string
}

export const clawbackView = (row: ClawbackRow): ClawbackView => ({
  clawback: clawbackNames.nameOf(row.id),
  ground: row.ground,
  cause: row.cause,
  document: row.document,
  reason: row.reason,
  asked: formatFen(row.askedFen),
  ...(row.takenFen !== null && {
    taken: formatFen(row.takenFen),
    outstanding: formatFen(row.askedFen - row.takenFen),
  }),
  state: row.state,
  approval: row.approval,
})

export type InstructionView = {
  reference: string
  amount: string
  hash: string
  state: Instruction['state']
  receipt?: string
  sentAt?: string
}

export type ReleaseDetail = ReleaseView & {
  /** By project, less what came back. */
  projects: { project: string; amount: string }[]
  clawbacks: ClawbackView[]
  instructions: InstructionView[]
}

// --- What must hold -------------------------------------------------------------------------------------------------

/** What is asked for, and everything it is judged by. */
type Judged = {
  readonly of: Allotment
  readonly tranche: number
  readonly amountFen: Fen
  readonly on: Day
  readonly held: Held
  readonly law: Law
}

/** Refuses `tranche_unknown`, `tranche_out_of_order`; gives the tranche. */
function requireTranche({ of, tranche, law }: Judged): Tranche {
  const all = tranchesOf(of.allottedFen, law)
  const wanted = all.find((one) => one.tranche === tranche)
  if (!wanted) throw refuse('tranche_unknown', { tranche, tranches: all.length })
  const open = all.find((one) => one.tranche < tranche && mostFen(of, one) > 0n)
  if (open) throw refuse('tranche_out_of_order', { tranche, first: open.tranche, leftFen: mostFen(of, open) })
  return wanted
}

/** Refuses `tranche_not_due`. */
function requireDue(wanted: Tranche, progress: Part): void {
  if (isDue(wanted, progress)) return
  throw refuse('tranche_not_due', {
    tranche: wanted.tranche,
    progress: progress.of.gt('0') ? floorOf(progress) : '0',
    least: wanted.progress.toFixed(),
    early: wanted.early,
  })
}

/** Refuses `release_project_left` where a project that left the plan would be paid. */
function requireInPlan(of: Allotment): void {
  const left = leftProjects(of)
  if (left.length === 0) return
  const amountFen = sumFen(left.map(({ shareFen, releasedFen }) => shareFen - releasedFen))
  const projects = listed(left.map(({ project, state }) => withState(project, state)))
  throw refuse('release_project_left', { allocation: of.allocation, district: of.district, projects, amountFen })
}

function withState(project: string, state: ProjectState | undefined): Text {
  const { zh, en } = state ? inWords(stateNamesZh, state) : { zh: '', en: '' }
  return { zh: `${project}（${zh}）`, en: `${project} (${en})` }
}

/**
 * Refuses `release_exceeds_tranche`, `release_exceeds_allotment`, `release_exceeds_final_budget`,
 * `release_exceeds_cash_plan`.
 */
function requireMoney({ of, amountFen, on, held }: Judged, wanted: Tranche): void {
  const { tranche, targetFen } = wanted
  const { releasedFen, recoveryFen, allocation, district, indicator } = of
  const most = mostFen(of, wanted)
  if (amountFen > most) {
    throw refuse('release_exceeds_tranche', { tranche, amountFen, mostFen: most, targetFen, releasedFen, recoveryFen })
  }
  const { waitingFen, cashPlanFen, budget } = held
  if (amountFen > waitingFen) {
    throw refuse('release_exceeds_allotment', { allocation, district, amountFen, waitingFen })
  }
  if (budget.paidFen + amountFen > budget.finalFen) {
    const overFen = budget.paidFen + amountFen - budget.finalFen
    const facts = { indicator: indicator.indicator, amountFen, ...budget, overFen }
    throw refuse('release_exceeds_final_budget', facts, finalBudgetClause)
  }
  if (amountFen > cashPlanFen) {
    const { programme, source } = indicator
    const facts = { programme, source, amountFen, leftFen: cashPlanFen, on }
    throw refuse('release_exceeds_cash_plan', facts, cashPlanClause)
  }
}

// --- Drafting -------------------------------------------------------------------------------------------------------

export type GivenRelease = {
  readonly allocation: string
  readonly district: string
  readonly tranche: number
  readonly amountFen: Fen
  /** The business day to book it on; absent: the day it is approved. */
  readonly on?: Day | undefined
}

export type Drafted = { release: ReleaseView; approval: string; hash: string }

/**
 * Drafts a release under its normal conditions. Refuses `permission_denied`, `allocation_not_found`,
 * `allotment_not_approved`,
 * `district_not_allotted`, `release_day_invalid`, `release_pending`, `tranche_unknown`, `tranche_out_of_order`,
 * `tranche_not_due`,
 * `release_exceeds_tranche`, `release_exceeds_allotment`, `release_exceeds_cash_plan`.
 */
export function draftRelease(
  ledger: Ledger,
  actor: Actor,
  given: GivenRelease,
  key: string,
): Promise<KeyedAnswer<Drafted>> {
  demand(actor, 'release.draft')
  const { allocation, district, tranche, amountFen, on } = given
  const content = { allocation, district, tranche, amount: formatFen(amountFen), on: on ?? null }
  return act(
    ledger,
    { person: actor.person, key, kind: 'release.draft', content, district: actor.district },
    async (running) => {
      const { tx, today } = running
      const of = await allotmentFor(tx, actor, given)
      if (on !== undefined) await requireDay(tx, allocation, on, today)
      await requireNonePending(tx, of)
      const day = on ?? today
      const judged = { ...given, of, on: day, held: await heldFor(tx, of, day), law: lawOn(day) }
      const wanted = requireTranche(judged)
      const progress = await progressFor(tx, of, day)
      requireDue(wanted, progress)
      requireInPlan(of)
      requireMoney(judged, wanted)
      const conditions = conditionsJson(wanted, progress)
      return openRelease(running, actor, {
        ...judged,
        kind: 'normal',
        onDay: on ?? null,
        conditions,
        rules: rulesUsed(judged.law),
      })
    },
  )
}

async function requireDay(tx: Tx, allocation: string, on: Day, today: Day): Promise<void> {
  const from = await allottedOn(tx, allocation)
  if (on < from || on > today) throw refuse('release_day_invalid', { on, from, to: today })
}

async function requireNonePending(tx: Tx, { allocation, district }: Allotment): Promise<void> {
  const pending = await pendingRelease(tx, allocation, district)
  if (!pending) return
  const release = releaseNames.nameOf(pending.id)
  throw refuse('release_pending', { allocation, district, release })
}

const conditionsJson = ({ progress: least }: Tranche, progress: Part): { [key: string]: string } => ({
  progress: progress.of.gt('0') ? floorOf(progress) : '0',
  least: least.toFixed(),
})

export type Opening = Pick<Judged, 'of' | 'tranche' | 'amountFen'> & {
  /** The values of policy it is judged by. */
  readonly rules: readonly RuleUsed[]
  readonly held: Pick<Held, 'cashPlanFen'>
  readonly kind: ReleaseRow['kind']
  readonly onDay: Day | null
  readonly conditions: { [key: string]: string }
  readonly early?: { readonly quarter: Quarter; readonly run: number; readonly scoreVersion: number }
}

/** What is approved of a release. */
export const releaseContent = z.strictObject({
  allocation: z.string(),
  district: z.string(),
  indicator: z.string(),
  tranche: z.int(),
  kind: oneOf(['normal', 'early']),
  amount: storedAmount,
  allotted: storedAmount,
  released: storedAmount,
  recovery: storedAmount,
  cashPlan: storedAmount,
  /** What it was drafted on: progress and its least, or score, satisfaction and progress. */
  conditions: z.record(z.string(), z.string()),
  clauses: z.array(z.strictObject({ parameter: z.string(), clause: z.string() })),
  /** The same with what each says and since when; content of older programs has none. */
  rules: z.exactOptional(
    z.array(z.strictObject({ parameter: z.string(), value: anyJson, from: z.string(), clause: z.string() })),
  ),
  /** The day to book it on; absent: the day it is approved. */
  on: z.exactOptional(day),
  quarter: z.exactOptional(quarter),
  run: z.exactOptional(z.int()),
  scoreVersion: z.exactOptional(z.int()),
})

/** The approval of a release. */
export const submissionOf = ({ of, tranche, amountFen, kind, conditions, early, held, rules, onDay }: Opening) => ({
  // One at a time for each allotment: the approval is opened under the allotment, not under the draft.
  subject: `release:${of.allocation}:${of.district}`,
  amountFen,
  summary: `${kind === 'early' ? '早拨付' : '拨付'} ${of.allocation} ${of.district} 第${tranche}批 ${formatFen(amountFen)} 元`,
  content: {
    allocation: of.allocation,
    district: of.district,
    indicator: of.indicator.indicator,
    tranche,
    kind,
    amount: amountFen,
    allotted: of.allottedFen,
    released: of.releasedFen,
    recovery: of.recoveryFen,
    cashPlan: held.cashPlanFen,
    conditions,
    clauses: rules.map(({ parameter, clause: from }) => ({ parameter, clause: from })),
    rules: [...rules],
    ...(onDay !== null && { on: onDay }),
    ...early,
  },
})

/**
 * Opens the approval and writes the draft; `submitted` says how the approval is opened, a person's or in a person's
 * name.
 */
async function openRelease({ tx, at }: Act, actor: Actor, opening: Opening): Promise<Drafted> {
  const approval = await releaseProposal.submit(tx, actor, submissionOf(opening), at)
  return writeDraft(tx, approval, opening, { person: actor.person, at })
}

export async function writeDraft(
  tx: Tx,
  approval: ApprovalView,
  { of, tranche, amountFen, kind, onDay, conditions, rules, early }: Opening,
  { person, at }: { readonly person: string; readonly at: bigint },
): Promise<Drafted> {
  await insertAllotment(tx, of.allocation, of.district)
  const row = await insertRelease(tx, {
    allocation: of.allocation,
    district: of.district,
    tranche,
    kind,
    amountFen,
    quarter: early?.quarter ?? null,
    run: early?.run ?? null,
    scoreVersion: early?.scoreVersion ?? null,
    conditions: { ...conditions, rules: [...rules] },
    on: onDay,
    approval: approval.id,
    draftedBy: person,
    draftedAt: at,
  })
  const release = releaseView(row)
  await recordRelease(tx, row, 1, 'drafted', { person, at, body: { ...release } })
  return { release, approval: approval.id, hash: approval.hash }
}

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }
const recordRelease = (tx: Tx, { id }: ReleaseRow, version: number, verb: string, of: Recorded) =>
  recordChange(tx, { noun: 'release', id: releaseNames.nameOf(id), version, verb, ...of })

// --- Taking effect --------------------------------------------------------------------------------------------------

/**
 * Approved, everything is looked at once more, then posted, noted, and the treasury's instruction written. Refuses what
 * drafting refuses, and
 * `early_no_longer_earned`, `district_indicator_insufficient`, `indicator_not_in_force`, `indicator_year_over`.
 */
export const releaseProposal: Proposal<typeof releaseContent> = proposal({
  kind: 'release',
  form: releaseContent,
  approved: async ({ ledger, approval, content, stored: _, ...running }) => {
    const { tx, at, today } = running
    const row = await lockReleaseOf(tx, approval.id)
    assert(content.amount === row.amountFen && content.tranche === row.tranche, 'what is approved is what was drafted')
    const on = row.on ?? today
    const { of, held } = await lockedAllotment(ledger, tx, row, { on, open: true })
    if (row.kind === 'early') {
      await requireStillEarned(tx, row)
      await requireNothingOverdue(tx, row.district, today)
    }
    const judged = { of, tranche: row.tranche, amountFen: row.amountFen, on, held, law: lawOn(on) }
    const wanted = requireTranche(judged)
    if (row.kind === 'normal') requireDue(wanted, await progressFor(tx, of, on))
    requireInPlan(of)
    requireMoney(judged, wanted)
    const parts = await partsOf(tx, of, row.amountFen, on)
    const paid = paidOf(of, row, approval, { parts, on })
    await endRelease(tx, row.id, 'released', on)
    await insertReleaseParts(tx, row.id, parts)
    await addReleased(tx, of.allocation, of.district, row.amountFen)
    const body = { approval: approval.id, on }
    await recordRelease(tx, row, 2, 'released', { person: approval.maker, at, body })
    await running.post({
      ...(await approvedBy(tx, approval)),
      key: `release:${releaseNames.nameOf(row.id)}`,
      entries: releaseEntries(paid),
    })
    await takeBackRecovery(running, of, approval, paid)
    await instruct(running, 'issue', { releaseId: row.id }, paid)
  },
  ended: async ({ tx, at, approval }) => {
    const row = await lockReleaseOf(tx, approval.id)
    const state = approval.state === 'withdrawn' ? 'withdrawn' : 'rejected'
    await endRelease(tx, row.id, state, null)
    await recordRelease(tx, row, 2, state, { person: approval.maker, at, body: { approval: approval.id } })
  },
})

/**
 * The allotment and its two books, locked, and what they hold. `open`: what is paid is paid in the years of its
 * indicator; what comes back may come back in any year.
 */
export async function lockedAllotment(
  ledger: Ledger,
  tx: Tx,
  { allocation, district }: Pick<ReleaseRow, 'allocation' | 'district'>,
  { on, open }: { readonly on: Day; readonly open: boolean },
): Promise<{ of: Allotment; held: Held }> {
  await lockAllotment(tx, allocation, district)
  const found = await readAllotment(tx, allocation, district)
  if (!found) throw refuse('district_not_allotted', { allocation, district })
  for (const indicator of open ? [found.indicator, found.child] : []) {
    requireInForce(indicator)
    requireOpenYear(indicator, on)
  }
  const books = await Promise.all([found.indicator.book, found.child.book].map((code) => ledger.shelf.find(code)))
  await tx.query(lockHeads(books.flatMap((book) => (book ? [book.bookId] : []))))
  // A supplement or a final budget may have come while we waited for the locks.
  const of = (await readAllotment(tx, allocation, district)) ?? found
  return { of, held: await heldFor(tx, of, on) }
}

/**
 * Refuses `early_no_longer_earned` where the score was corrected since, or a later quarter was scored, and no longer
 * earns it.
 */
async function requireStillEarned(tx: Tx, { quarter, district, id, scoreVersion: used }: ReleaseRow) {
  if (quarter === null) return
  const deciding = (await laterScores(tx, quarter)).get(district) ?? quarter
  const latest = await lockScore(tx, deciding, district)
  if (!latest || (deciding === quarter && latest.version === used)) return
  const { version, total: score, satisfaction, progress } = latest
  const failed = failedConditions({ score, satisfaction, progress }, lawOn(lastDayOfQuarter(deciding)))
  if (failed.length === 0) return
  throw refuse('early_no_longer_earned', {
    release: releaseNames.nameOf(id),
    quarter: deciding,
    version,
    failed: listed(failed.map((condition) => inWords(conditionNamesZh, condition))),
    conditions: conditionsText({ score, satisfaction, progress }),
  })
}

/** Refuses `release_blocked_by_clawback` while a claim on the district is overdue. */
async function requireNothingOverdue(tx: Tx, district: string, today: Day): Promise<void> {
  const overdue = (await openClaims(tx, { district })).filter(({ dueOn }) => dueOn < today)
  const [first] = overdue
  if (!first) return
  throw refuse('release_blocked_by_clawback', {
    district,
    clawbacks: overdue.map(({ clawbackId }) => clawbackNames.nameOf(clawbackId)).join('、'),
    openFen: sumFen(overdue.map(({ amountFen, settledFen }) => amountFen - settledFen)),
    dueOn: first.dueOn,
  })
}

export const conditionsText = ({ score, satisfaction, progress }: EarlyConditions): Text => ({
  zh: `${conditionNamesZh.score} ${score}，${conditionNamesZh.satisfaction} ${satisfaction}，${conditionNamesZh.progress} ${progress}`,
  en: `score ${score}, satisfaction ${satisfaction}, progress ${progress}`,
})

/**
 * What of a payment goes to which project, as far as the district's indicator holds it there. Refuses
 * `district_indicator_insufficient`.
 */
async function partsOf(tx: Tx, of: Allotment, amountFen: Fen, on: Day): Promise<ProjectPart[]> {
  const { child } = of
  const held = await availabilityWithin(tx, child, monthOf(on))
  const parts = splitOverProjects(amountFen, await projectShares(tx, of, held))
  for (const part of parts) {
    const leftFen = held.byProject.find(({ project }) => project === part.project)?.availableFen ?? 0n
    if (part.amountFen > leftFen) {
      throw refuse('district_indicator_insufficient', { indicator: child.indicator, ...part, leftFen })
    }
  }
  return parts
}

const paidOf = (
  { indicator, child, district, allocation }: Allotment,
  row: ReleaseRow,
  approval: ApprovalView,
  { parts, on }: { readonly parts: readonly ProjectPart[]; readonly on: Day },
): Paid => ({
  indicator,
  child,
  district,
  parts,
  on,
  amountFen: row.amountFen,
  summary: `拨付 ${releaseNames.nameOf(row.id)}：${allocation} ${district} 第${row.tranche}批${row.kind === 'early' ? '（早拨付）' : ''}`,
  documents: [approval.id],
})

/** With each payment comes off what must come back of the indicator, as far as the district has it free. */
export async function takeBackRecovery(
  running: Act,
  { allocation, district }: Pick<Allotment, 'allocation' | 'district'>,
  approval: ApprovalView,
  paid: Paid,
): Promise<void> {
  const { tx } = running
  // What was just paid, or came back, decides who bears what is left.
  const of = await readAllotment(tx, allocation, district)
  if (!of || of.outstandingFen === 0n) return
  const { indicator, child } = of
  const { waitingFen } = await heldFor(tx, of, paid.on)
  const parts = recoveredParts(of, waitingFen, await availabilityWithin(tx, child, monthOf(paid.on)))
  const amountFen = sumFen(parts.map((part) => part.amountFen))
  if (amountFen === 0n) return
  const summary = `按正式预算扣回 ${district} 多下达的指标 ${indicator.indicator}`
  await running.post({
    ...(await approvedBy(tx, approval)),
    key: `recovery:${approval.id}`,
    entries: recoveryEntries({ ...paid, parts, amountFen, summary }),
  })
  const { on } = paid
  const code = indicator.indicator
  await settleRecovery(tx, { indicator: code, district, allocation, approval: approval.id, amountFen, on, parts })
}

type Of = { readonly releaseId: bigint } | { readonly clawbackId: bigint } | { readonly settlementId: bigint }

/** Writes what the treasury is to be told, and asks for it to be sent. */
export async function instruct({ tx, at }: Act, kind: 'issue' | 'take_back', of: Of, paid: Paid): Promise<void> {
  const reference = referenceOf(of)
  const content = instructionText(reference, kind, paid)
  await insertInstruction(tx, { reference, ...of, amountFen: paid.amountFen, content }, at)
  await enqueue(tx, { name: 'instruct-release', key: reference, payload: { reference }, askedBy: 'system' })
}

const referenceOf = (of: Of): string =>
  'releaseId' in of
    ? releaseNames.nameOf(of.releaseId)
    : 'clawbackId' in of
      ? clawbackNames.nameOf(of.clawbackId)
      : settlementNames.nameOf(of.settlementId)

// --- Reading --------------------------------------------------------------------------------------------------------

/** Releases after an id, oldest first: of all districts, or of one's own. */
export async function releasesOf(
  { database: { sql } }: Ledger,
  actor: Actor,
  filter: ReleaseFilter & { readonly after: bigint; readonly limit: number },
): Promise<{ id: bigint; view: ReleaseView }[]> {
  demand(actor, 'allocation.read')
  const district = actor.district ?? filter.district
  if (filter.district !== undefined && filter.district !== district) return []
  const rows = await readReleases(sql, { ...filter, district })
  return rows.map((row) => ({ id: row.id, view: releaseView(row) }))
}

/** One release with its projects, claw-backs and instructions. Refuses `release_not_found`. */
export async function releaseOf({ database: { sql } }: Ledger, actor: Actor, release: string): Promise<ReleaseDetail> {
  demand(actor, 'allocation.read')
  const row = await readRelease(sql, releaseNames.numberOf(release) ?? 0n)
  if (!row || !seesDistrict(actor, row)) throw refuse('release_not_found', { release })
  const parts = await readReleaseParts(sql, row.id)
  const clawbacks = await readClawbacks(sql, row.id)
  const returned = await readClawbackParts(sql, row.id)
  const claims = new Map((await claimsOfRelease(sql, row.id)).map((claim) => [claim.clawbackId, claim]))
  const instructions = await readInstructions(sql, row.id)
  return {
    ...releaseView(row),
    projects: parts.map(({ project, amountFen }) => ({ project, amount: formatFen(amountFen) })),
    clawbacks: clawbacks.map((one) => clawbackDetail(one, returned, claims.get(one.id))),
    instructions: instructions.map(instructionView),
  }
}

function clawbackDetail(
  row: ClawbackRow,
  returned: readonly (ProjectPart & { readonly clawbackId: bigint })[],
  claim: ClaimRow | undefined,
): ClawbackView {
  if (row.state !== 'posted') return clawbackView(row)
  const own = returned.filter(({ clawbackId }) => clawbackId === row.id)
  const { amountFen, settledFen, dueOn } = claim ?? { amountFen: 0n, settledFen: 0n, dueOn: '' }
  return {
    ...clawbackView(row),
    projects: own.map((part) => ({ project: part.project, amount: formatFen(part.amountFen) })),
    ...(claim && { claim: { amount: formatFen(amountFen), settled: formatFen(settledFen), dueOn } }),
  }
}

const instructionView = ({ reference, amountFen, hash, state, receipt, sentAt }: Instruction): InstructionView => ({
  reference,
  amount: formatFen(amountFen),
  hash,
  state,
  ...(receipt !== null && { receipt }),
  ...(sentAt !== null && { sentAt: formatInstant(sentAt) }),
})
