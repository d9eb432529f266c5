/**
 * What an approved release brings about: it is looked at again, whole, with the allotment and both books locked; then
 * it is paid out of the upper book, issued as quota in the district's, and written down for the treasury.
 */
import type { ApprovalView } from '../../approvals/store.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import { type Day, monthOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { type Fen, sumFen } from '../../base/money.ts'
import { enqueue } from '../../base/outbox.ts'
import { lastDayOfQuarter } from '../../base/quarter.ts'
import { inWords, listed, listedCodes, type Text } from '../../base/refusal.ts'
import { availabilityWithin } from '../../budget/indicator/holdings.ts'
import { requireInForce, requireOpenYear } from '../../budget/indicator/proposal.ts'
import { settleRecovery } from '../../budget/recovery/store.ts'
import type { Act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lockHeads } from '../../ledger/store.ts'
import { proposal, type Proposal } from '../../noun/proposal.ts'
import { lawOn } from '../../policy/parameters.ts'
import { openClaims } from '../claim/store.ts'
import { insertInstruction } from '../instruction/store.ts'
import { refuse } from '../refusals.ts'
import { laterScores, lockScore, surveysOf } from '../score/store.ts'
import {
  type Allotment,
  type Held,
  heldFor,
  progressFor,
  projectShares,
  readAllotment,
  recoveredParts,
} from './allotment.ts'
import { instructionText, type Paid, recoveryEntries, releaseEntries } from './entries.ts'
import {
  clawbackNames,
  conditionNamesZh,
  type EarlyConditions,
  failedConditions,
  type ProjectPart,
  releaseNames,
  settlementNames,
  splitOverProjects,
} from './release.ts'
import { addReleased, endRelease, insertReleaseParts, lockAllotment, lockReleaseOf, type ReleaseRow } from './store.ts'
import { requireDue, requireInPlan, requireMoney, requireTranche } from './standing.ts'
import { releaseContent } from './forms.ts'
import { releaseLimits } from './limits.ts'

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }
export const recordRelease = (tx: Tx, { id }: ReleaseRow, version: number, verb: string, of: Recorded) =>
  recordChange(tx, { noun: 'release', id: releaseNames.nameOf(id), version, verb, ...of })

/**
 * Approved, everything is looked at once more, then posted, noted, and the treasury's instruction written. Refuses what
 * drafting refuses, and
 * `early_no_longer_earned`, `district_indicator_insufficient`, `indicator_not_in_force`, `indicator_year_over`.
 */
export const releaseProposal: Proposal<typeof releaseContent> = proposal({
  kind: 'release',
  form: releaseContent,
  limits: async (content, { tx, today }) => {
    const on = content.on ?? today
    const of = await readAllotment(tx, content.allocation, content.district)
    return releaseLimits(content, { on, held: of && (await heldFor(tx, of, on)) })
  },
  papers: async ({ quarter, district }, { tx }) => (quarter === undefined ? [] : surveysOf(tx, quarter, district)),
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
    clawbacks: listedCodes(overdue.map(({ clawbackId }) => clawbackNames.nameOf(clawbackId))),
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
