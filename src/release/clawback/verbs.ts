/**
 * Clawing back (收回) what came early and should not have, what was paid in error or against a finding, or above a final
 * budget, in any year. Of what came early, what is due by now stays paid. What the quota still holds comes back in both
 * books; what is spent becomes a claim with a due day (J46) and counts as paid until it is settled.
 */
import * as z from 'zod'
import { approvedBy } from '../../approvals/verbs.ts'
import { inWords } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import { type Day } from '../../base/calendar.ts'
import { transact, type Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, minFen } from '../../base/money.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { oneOf, storedAmount } from '../../form/field.ts'
import { figure, limitBy } from '../../noun/limit.ts'
import { proposal } from '../../noun/proposal.ts'
import { act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { dueDayOf } from '../claim/claim.ts'
import { byProject, heldOf, isOfYear, takenOver } from '../claim/standing.ts'
import { claimedOfRelease, insertClaim, openEarlyFen } from '../claim/store.ts'
import { clawbackView, type ClawbackView } from '../release/forms.ts'
import { conditionsText, instruct, lockedAllotment, takeBackRecovery } from '../release/effect.ts'
import { refuse } from '../refusals.ts'
import {
  clawbackNames,
  conditionNamesZh,
  earlyFen,
  failedConditions,
  releaseNames,
  releaseStateNamesZh,
} from '../release/release.ts'
import { claimEntry, clawbackEntries, type ReturnedPart } from '../release/entries.ts'
import { type Part, progressText } from '../score/facts.ts'
import { type Allotment, progressFor, readAllotment } from '../release/allotment.ts'
import {
  addClawed,
  addReleased,
  insertClawbackParts,
  lockRelease,
  readRelease,
  readReleases,
  type ReleaseRow,
} from '../release/store.ts'
import {
  causeNamesZh,
  causeOf,
  type ClawbackCause,
  clawbackCauses,
  type ClawbackGround,
  clawbackGrounds,
} from './clawback.ts'
import { type ClawbackRow, endClawback, insertClawback, lockClawbackOf, pendingClawback } from './store.ts'
import { latestScore, type ScoreRow, surveysOf } from '../score/store.ts'
import { earlyLimits } from '../release/limits.ts'

export type GivenClawback = {
  readonly release: string
  /** Absent: what came early, as it was asked for before there were other grounds. */
  readonly ground?: ClawbackGround | undefined
  readonly cause?: ClawbackCause | undefined
  readonly document: string
  readonly sha256?: string | undefined
  readonly reason: string
  /** How much of what was paid in error or against a finding; absent: all of it. */
  readonly amountFen?: Fen | undefined
}

export type ClawbackDrafted = { clawback: ClawbackView; approval: string; hash: string }

/**
 * Asks to claw a release back. Refuses `permission_denied`, `release_not_found`, `release_not_early`,
 * `release_not_paid`, `clawback_pending`, `clawback_unfounded`, `clawback_nothing_early`, `clawback_exceeds_release`,
 * `clawback_nothing_to_return`.
 */
export function requestClawback(
  ledger: Ledger,
  actor: Actor,
  given: GivenClawback,
  key: string,
): Promise<KeyedAnswer<ClawbackDrafted>> {
  demand(actor, 'release.draft')
  const { release, document, sha256 = null, reason, amountFen: asked } = given
  const ground = given.ground ?? 'early'
  const cause = given.cause ?? (ground === 'early' ? 'audit_finding' : causeOf[ground])
  const more = {
    ...(given.ground !== undefined && { ground }),
    ...(asked !== undefined && { amount: formatFen(asked) }),
  }
  const content = { release, cause, document, sha256, reason, ...more }
  return act(
    ledger,
    { person: actor.person, key, kind: 'release.clawback', content, district: actor.district },
    async ({ tx, at, today, passed }) => {
      const row = await lockRelease(tx, releaseNames.numberOf(release) ?? 0n)
      if (!row || !seesDistrict(actor, row)) throw refuse('release_not_found', { release })
      requirePaid(row, ground)
      const pending = await pendingClawback(tx, row.id)
      if (pending) {
        throw refuse('clawback_pending', { release, clawback: clawbackNames.nameOf(pending.id) })
      }
      const score = ground === 'early' && cause === 'score_corrected' ? await requireCorrected(tx, row) : undefined
      const { of, progress } = await standing(tx, row, today)
      const askedFen = await askedOf(tx, row, of, { ground, asked, progress, on: today })
      passed()
      const submission = submissionOf(row, { ...given, ground, cause }, { askedFen, score, progress })
      const approval = await clawbackProposal.submit(tx, actor, submission, at)
      const clawback = await insertClawback(tx, {
        releaseId: row.id,
        ground,
        cause,
        document,
        sha256: sha256 === null ? null : Buffer.from(sha256, 'hex'),
        scoreVersion: score?.version ?? null,
        reason,
        askedFen,
        approval: approval.id,
        draftedBy: actor.person,
        draftedAt: at,
      })
      const view = clawbackView(clawback)
      await record(tx, clawback, 1, 'drafted', { person: actor.person, at, body: { ...view } })
      return { clawback: view, approval: approval.id, hash: approval.hash }
    },
  )
}

type Grounds = { readonly askedFen: Fen; readonly score: ScoreRow | undefined; readonly progress: Part }

/** What is approved of a claw-back; the last five only where a corrected score is the cause. */
const olderContent = {
  release: z.string(),
  allocation: z.string(),
  district: z.string(),
  cause: oneOf(clawbackCauses),
  document: z.string(),
  reason: z.string(),
  amount: storedAmount,
  progress: z.string(),
  sha256: z.exactOptional(z.string()),
  scoreUsed: z.exactOptional(z.union([z.int(), z.null()])),
  scoreVersion: z.exactOptional(z.int()),
  score: z.exactOptional(z.string()),
  satisfaction: z.exactOptional(z.string()),
  progressScored: z.exactOptional(z.string()),
}
const clawbackContent = z.strictObject({ ...olderContent, ground: z.exactOptional(oneOf(clawbackGrounds)) })

type Founded = GivenClawback & { readonly ground: ClawbackGround; readonly cause: ClawbackCause }

const submissionOf = (row: ReleaseRow, given: Founded, { askedFen, score, progress }: Grounds) => ({
  subject: `clawback:${given.release}`,
  amountFen: askedFen,
  summary: `收回 ${given.release}（${row.allocation} ${row.district}，${causeNamesZh[given.cause]}）${formatFen(askedFen)} 元`,
  content: {
    release: given.release,
    allocation: row.allocation,
    district: row.district,
    cause: given.cause,
    document: given.document,
    reason: given.reason,
    amount: askedFen,
    progress: progressText(progress),
    ...(given.ground !== 'early' && { ground: given.ground }),
    ...(given.sha256 !== undefined && { sha256: given.sha256 }),
    ...(score && {
      scoreUsed: row.scoreVersion,
      scoreVersion: score.version,
      score: score.total,
      satisfaction: score.satisfaction,
      progressScored: score.progress,
    }),
  },
})

/** Refuses `release_not_early`, `release_not_paid`. */
function requirePaid({ kind, state, id }: ReleaseRow, ground: ClawbackGround): void {
  if (state === 'released' && (ground !== 'early' || kind === 'early')) return
  const facts = { release: releaseNames.nameOf(id), state: inWords(releaseStateNamesZh, state) }
  throw refuse(ground === 'early' ? 'release_not_early' : 'release_not_paid', facts)
}

/** Refuses `clawback_unfounded` unless the latest score is another than the one used, and fails. */
async function requireCorrected(tx: Tx, row: ReleaseRow): Promise<ScoreRow> {
  const latest = row.quarter === null ? undefined : await latestScore(tx, row.quarter, row.district)
  if (latest && latest.version !== row.scoreVersion && failedOf(latest).length > 0) return latest
  throw refuse('clawback_unfounded', {
    release: releaseNames.nameOf(row.id),
    used: row.scoreVersion ?? 0,
    latest: latest?.version ?? 0,
    conditions: latest ? conditionsText({ ...latest, score: latest.total }) : { zh: '', en: '' },
  })
}

const failedOf = ({ total: score, satisfaction, progress, quarter }: ScoreRow) =>
  failedConditions({ score, satisfaction, progress }, lawOn(lastDayOfQuarter(quarter)))

async function standing(tx: Tx, row: ReleaseRow, on: Day): Promise<{ of: Allotment; progress: Part }> {
  const of = await readAllotment(tx, row.allocation, row.district)
  if (!of) throw refuse('district_not_allotted', row)
  return { of, progress: await progressFor(tx, of, on) }
}

type Asking = {
  readonly ground: ClawbackGround
  readonly asked: Fen | undefined
  readonly progress: Part
  readonly on: Day
}

/**
 * How much may be asked back. Refuses `clawback_nothing_early` where all of it is due by now or has come back,
 * `clawback_exceeds_release`, `clawback_nothing_to_return`.
 */
async function askedOf(tx: Tx, row: ReleaseRow, of: Allotment, asking: Asking): Promise<Fen> {
  const { ground, asked, progress, on } = asking
  const leftFen = await leftOf(tx, row)
  const release = releaseNames.nameOf(row.id)
  if (ground === 'error' || ground === 'finding') {
    const amountFen = asked ?? leftFen
    if (amountFen > 0n && amountFen <= leftFen) return amountFen
    throw refuse('clawback_exceeds_release', { release, amountFen, leftFen })
  }
  if (ground === 'final_budget') {
    const { indicator, district, returnFen } = of
    if (minFen(leftFen, returnFen) > 0n) return minFen(leftFen, returnFen)
    throw refuse('clawback_nothing_to_return', { release, indicator: indicator.indicator, district })
  }
  const earlyLeftFen = await earlyLeftOf(tx, row, of, { progress, on })
  if (earlyLeftFen > 0n) return earlyLeftFen
  throw refuse('clawback_nothing_early', { release, progress: progressText(progress) })
}

/** What of a release neither came back nor is claimed. */
const leftOf = async (tx: Tx, row: ReleaseRow): Promise<Fen> =>
  row.amountFen - row.clawedFen - (await claimedOfRelease(tx, row.id))

/**
 * What of a release came early, is not due by now, and is left to be asked back; what is claimed of another release of
 * its allotment is early already and is not asked twice. 0 or less: nothing.
 */
async function earlyLeftOf(
  tx: Tx,
  row: ReleaseRow,
  of: Allotment,
  { progress, on }: Pick<Asking, 'progress' | 'on'>,
): Promise<Fen> {
  const earlyOpenFen = earlyFen(of, progress, lawOn(on)) - (await openEarlyFen(tx, of))
  return minFen(await leftOf(tx, row), earlyOpenFen)
}

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }
const record = (tx: Tx, { id }: ClawbackRow, version: number, verb: string, of: Recorded) =>
  recordChange(tx, { noun: 'clawback', id: clawbackNames.nameOf(id), version, verb, ...of })

// --- Taking effect --------------------------------------------------------------------------------------------------

/**
 * Approved, what has become due since it was asked for stays paid; of the rest what is held comes back, and what is
 * spent is a claim.
 */
export const clawbackProposal = proposal({
  kind: 'clawback',
  form: clawbackContent,
  older: [z.strictObject(olderContent)],
  limits: async (content, { tx, today }) => {
    const { score, satisfaction = '', progressScored: progress = '' } = content
    const row = await readRelease(tx, releaseNames.numberOf(content.release) ?? 0n)
    const early =
      score === undefined || !row?.quarter ? [] : earlyLimits({ score, satisfaction, progress }, row.quarter)
    const law = lawOn(today)
    return [...early, limitBy(law, 'clawback_due_days', figure(dueDayOf(today, law)))]
  },
  papers: async ({ release, cause, district }, { tx }) => {
    const row = await readRelease(tx, releaseNames.numberOf(release) ?? 0n)
    return cause === 'score_corrected' && row?.quarter ? surveysOf(tx, row.quarter, district) : []
  },
  approved: async ({ ledger, approval, content, stored: _, ...running }) => {
    const { tx, at, today } = running
    const clawback = await lockClawbackOf(tx, approval.id)
    assert(content.amount === clawback.askedFen, 'what is approved is what was asked for')
    const row = await lockRelease(tx, clawback.releaseId)
    if (!row) throw refuse('release_not_found', { release: releaseNames.nameOf(clawback.releaseId) })
    const { of } = await lockedAllotment(ledger, tx, row, { on: today, open: false })
    const progress = await progressFor(tx, of, today)
    const { ground } = clawback
    const nowFen = await askedOf(tx, row, of, { ground, asked: clawback.askedFen, progress, on: today })
    const askedFen = minFen(clawback.askedFen, nowFen)
    const held = await heldOf(tx, row, of, today)
    const { parts, takenFen } = takenOver(askedFen, held)
    const claimFen = askedFen - takenFen
    await endClawback(tx, clawback.id, 'posted', { takenFen, on: today })
    const amounts = { taken: formatFen(takenFen), outstanding: formatFen(clawback.askedFen - takenFen) }
    await record(tx, clawback, 2, 'posted', { person: approval.maker, at, body: { approval: approval.id, ...amounts } })
    const name = clawbackNames.nameOf(clawback.id)
    const summary = `收回 ${name}：${releaseNames.nameOf(row.id)} ${row.district}（${causeNamesZh[clawback.cause]}）`
    const paid = { ...of, parts, amountFen: takenFen, on: today, summary, documents: [clawback.document, approval.id] }
    if (takenFen > 0n) await addTaken(tx, clawback.id, row, parts, takenFen)
    const entries = [
      ...(takenFen > 0n ? clawbackEntries({ ...paid, sameYear: isOfYear(row, today) }) : []),
      ...(claimFen > 0n ? [claimEntry({ ...paid, amountFen: claimFen })] : []),
    ]
    await running.post({ ...(await approvedBy(tx, approval)), key: `clawback:${name}`, entries })
    if (claimFen > 0n) {
      await insertClaim(tx, { clawbackId: clawback.id, amountFen: claimFen, dueOn: dueDayOf(today, lawOn(today)) })
    }
    if (takenFen === 0n) return
    await instruct(running, 'take_back', { clawbackId: clawback.id }, paid)
    await takeBackRecovery(running, of, approval, paid)
  },
  ended: async ({ tx, at, approval }) => {
    const clawback = await lockClawbackOf(tx, approval.id)
    const state = approval.state === 'withdrawn' ? 'withdrawn' : 'rejected'
    await endClawback(tx, clawback.id, state, undefined)
    await record(tx, clawback, 2, state, { person: approval.maker, at, body: { approval: approval.id } })
  },
})

async function addTaken(
  tx: Tx,
  clawbackId: bigint,
  { id, allocation, district }: ReleaseRow,
  parts: readonly ReturnedPart[],
  takenFen: Fen,
): Promise<void> {
  await insertClawbackParts(tx, clawbackId, byProject(parts))
  await addClawed(tx, id, takenFen)
  await addReleased(tx, allocation, district, -takenFen)
}

// --- Review ---------------------------------------------------------------------------------------------------------

export type Unearned = {
  release: string
  allocation: string
  district: string
  quarter: Quarter
  scoreUsed: number
  scoreVersion: number
  score: string
  failed: string[]
  /** What of it came early and is not due yet: what a claw-back may ask for. */
  early: string
}

const reviewedAtOnce = 500

/**
 * Releases that came early and that the latest score of their quarter no longer earns, as far as they are not due by
 * now.
 */
export async function reviewEarly(ledger: Ledger, actor: Actor, today: Day, quarter?: Quarter): Promise<Unearned[]> {
  demand(actor, 'allocation.read')
  return transact(ledger.database, async (tx) => {
    const found: Unearned[] = []
    for (let after = 0n; ; ) {
      const filter = { kind: 'early', state: 'released', quarter, district: actor.district } as const
      const page = await readReleases(tx, { ...filter, after, limit: reviewedAtOnce })
      for (const row of page) found.push(...(await unearned(tx, row, today)))
      const last = page.at(-1)
      if (!last) return found
      after = last.id
    }
  })
}

async function unearned(tx: Tx, row: ReleaseRow, today: Day): Promise<Unearned[]> {
  const latest = row.quarter === null ? undefined : await latestScore(tx, row.quarter, row.district)
  if (!latest || row.quarter === null || latest.version === row.scoreVersion) return []
  const failed = failedOf(latest)
  if (failed.length === 0) return []
  const { of, progress } = await standing(tx, row, today)
  const early = await earlyLeftOf(tx, row, of, { progress, on: today })
  if (early <= 0n) return []
  return [
    {
      release: releaseNames.nameOf(row.id),
      allocation: row.allocation,
      district: row.district,
      quarter: row.quarter,
      scoreUsed: row.scoreVersion ?? 0,
      scoreVersion: latest.version,
      score: latest.total,
      failed: failed.map((condition) => conditionNamesZh[condition]),
      early: formatFen(early),
    },
  ]
}
