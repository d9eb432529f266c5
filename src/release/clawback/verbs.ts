/**
 * Clawing back (收回) what came early and should not have: the score it rests on was corrected below the line, or an
 * audit finding stands. What is due by now stays paid. What the quota still holds comes back by a red entry in both
 * books; what is spent stays outstanding: it counts as paid, and so is missing from the next tranche.
 */
import * as z from 'zod'
import { inWords } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import { type Day, monthOf } from '../../base/calendar.ts'
import { transact, type Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, minFen } from '../../base/money.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { approvedBy } from '../../budget/indicator/proposal.ts'
import { oneOf, storedAmount } from '../../form/field.ts'
import { proposal } from '../../noun/proposal.ts'
import { quotaPools } from '../../budget/indicator/holdings.ts'
import { act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { clawbackView, type ClawbackView, conditionsText, instruct, lockedAllotment } from '../release/verbs.ts'
import { refuse } from '../refusals.ts'
import { clawOver, conditionNamesZh, earlyFen, failedConditions, releaseStateNamesZh } from '../release/release.ts'
import { clawbackEntries } from '../release/entries.ts'
import { floorOf, type Part } from '../score/facts.ts'
import { type Allotment, progressFor, readAllotment } from '../release/allotment.ts'
import {
  addClawed,
  addReleased,
  clawbackNames,
  insertClawbackParts,
  lockRelease,
  readReleaseParts,
  readReleases,
  releaseNames,
  type ReleaseRow,
} from '../release/store.ts'
import { causeNamesZh, type ClawbackCause, clawbackCauses } from './clawback.ts'
import { type ClawbackRow, endClawback, insertClawback, lockClawbackOf, pendingClawback } from './store.ts'
import { latestScore, type ScoreRow } from '../score/store.ts'

export type GivenClawback = {
  readonly release: string
  readonly cause: ClawbackCause
  readonly document: string
  readonly sha256?: string | undefined
  readonly reason: string
}

export type ClawbackDrafted = { clawback: ClawbackView; approval: string; hash: string }

/**
 * Asks to claw a release back. Refuses `permission_denied`, `release_not_found`, `release_not_early`,
 * `clawback_pending`,
 * `clawback_unfounded`, `clawback_nothing_early`.
 */
export function requestClawback(
  ledger: Ledger,
  actor: Actor,
  given: GivenClawback,
  key: string,
): Promise<KeyedAnswer<ClawbackDrafted>> {
  demand(actor, 'release.draft')
  const { release, cause, document, sha256 = null, reason } = given
  const content = { release, cause, document, sha256, reason }
  return act(
    ledger,
    { person: actor.person, key, kind: 'release.clawback', content, district: actor.district },
    async ({ tx, at, today }) => {
      const row = await lockRelease(tx, releaseNames.numberOf(release))
      if (!row || !seesDistrict(actor, row)) throw refuse('release_not_found', { release })
      requireEarly(row)
      const pending = await pendingClawback(tx, row.id)
      if (pending) {
        throw refuse('clawback_pending', { release, clawback: clawbackNames.nameOf(pending.id) })
      }
      const score = cause === 'score_corrected' ? await requireCorrected(tx, row) : undefined
      const { of, progress } = await standing(tx, row, today)
      const askedFen = askedOf(row, of, progress, today)
      const submission = submissionOf(row, given, { askedFen, score, progress })
      const approval = await clawbackProposal.submit(tx, actor, submission, at)
      const clawback = await insertClawback(tx, {
        releaseId: row.id,
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
const clawbackContent = z.strictObject({
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
})

const submissionOf = (row: ReleaseRow, given: GivenClawback, { askedFen, score, progress }: Grounds) => ({
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

const progressText = (progress: Part): string => (progress.of.gt('0') ? floorOf(progress) : '0')

function requireEarly({ kind, state, id }: ReleaseRow): void {
  if (kind === 'early' && state === 'released') return
  throw refuse('release_not_early', { release: releaseNames.nameOf(id), state: inWords(releaseStateNamesZh, state) })
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

/** Refuses `clawback_nothing_early` where all of it is due by now or has come back. */
function askedOf(row: ReleaseRow, of: Allotment, progress: Part, on: Day): Fen {
  const askedFen = minFen(row.amountFen - row.clawedFen, earlyFen(of, progress, lawOn(on)))
  if (askedFen > 0n) return askedFen
  throw refuse('clawback_nothing_early', {
    release: releaseNames.nameOf(row.id),
    progress: progressText(progress),
  })
}

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }
const record = (tx: Tx, { id }: ClawbackRow, version: number, verb: string, of: Recorded) =>
  recordChange(tx, { noun: 'clawback', id: clawbackNames.nameOf(id), version, verb, ...of })

// --- Taking effect --------------------------------------------------------------------------------------------------

/** Approved, what has become due since it was asked for stays paid, and the rest comes back. */
export const clawbackProposal = proposal({
  kind: 'clawback',
  form: clawbackContent,
  approved: async ({ ledger, approval, content, stored: _, ...running }) => {
    const { tx, at, today } = running
    const clawback = await lockClawbackOf(tx, approval.id)
    assert(content.amount === clawback.askedFen, 'what is approved is what was asked for')
    const row = await lockRelease(tx, clawback.releaseId)
    if (!row) throw refuse('release_not_found', { release: releaseNames.nameOf(clawback.releaseId) })
    const { of } = await lockedAllotment(ledger, tx, row, today)
    const progress = await progressFor(tx, of, today)
    const askedFen = minFen(clawback.askedFen, askedOf(row, of, progress, today))
    const { parts, takenFen } = clawOver(askedFen, await heldParts(tx, row, of, today))
    await endClawback(tx, clawback.id, 'posted', { takenFen, on: today })
    const amounts = { taken: formatFen(takenFen), outstanding: formatFen(clawback.askedFen - takenFen) }
    await record(tx, clawback, 2, 'posted', { person: approval.maker, at, body: { approval: approval.id, ...amounts } })
    if (takenFen === 0n) return
    await insertClawbackParts(tx, clawback.id, parts)
    await addClawed(tx, row.id, takenFen)
    await addReleased(tx, row.allocation, row.district, -takenFen)
    const name = clawbackNames.nameOf(clawback.id)
    const summary = `收回 ${name}：${releaseNames.nameOf(row.id)} ${row.district}（${causeNamesZh[clawback.cause]}）`
    const documents = [clawback.document, approval.id]
    const paid = { ...of, parts, amountFen: takenFen, on: today, summary, documents }
    await running.post({ ...(await approvedBy(tx, approval)), key: `clawback:${name}`, entries: clawbackEntries(paid) })
    await instruct(running, 'take_back', { clawbackId: clawback.id }, paid)
  },
  ended: async ({ tx, at, approval }) => {
    const clawback = await lockClawbackOf(tx, approval.id)
    const state = approval.state === 'withdrawn' ? 'withdrawn' : 'rejected'
    await endClawback(tx, clawback.id, state, undefined)
    await record(tx, clawback, 2, state, { person: approval.maker, at, body: { approval: approval.id } })
  },
})

/**
 * What each project had of the release and still holds of it: quota that is spent, or another indicator's, cannot come
 * back.
 */
async function heldParts(tx: Tx, row: ReleaseRow, { child }: Allotment, on: Day) {
  const had = await readReleaseParts(tx, row.id)
  if (child.payment === 'direct') return []
  const pools = await quotaPools(tx, child, monthOf(on))
  return had.map(({ project, amountFen }) => {
    const pool = pools.get(project)
    const issuedFen = pool?.issued.find(({ indicator }) => indicator === child.indicator)?.issuedFen ?? 0n
    return { project, amountFen, heldFen: minFen(pool?.quotaFen ?? 0n, issuedFen) }
  })
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
  const early = minFen(row.amountFen - row.clawedFen, earlyFen(of, progress, lawOn(today)))
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
