/**
 * The quarter's early disbursement (clause 24): scores every district, finds what may come before it is due, and drafts
 * it for approval in the name of who asked. A run is kept with the facts it saw and the scores it used, so it answers
 * the same for ever and has one effect; what came out differently later is a matter for the next run, which finds only
 * what is not paid yet.
 */
import { hash } from 'node:crypto'
import { type Actor, demand } from '../../access/actor.ts'
import { type Day, formatInstant, type Instant } from '../../base/calendar.ts'
import { transact, type Tx } from '../../base/db.ts'
import { turns } from '../../base/wire/turns.ts'
import type { Json } from '../../base/json.ts'
import { canonicalText } from '../../base/json.ts'
import { type KeyedAnswer } from '../../base/keyed.ts'
import type { Fen } from '../../base/money.ts'
import { maxFen } from '../../base/money.ts'
import { enqueue } from '../../base/outbox.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { type Availability, availabilityWithin } from '../../budget/indicator/holdings.ts'
import { cashPlanLeftInYear } from '../../budget/cash-plan/store.ts'
import { outstandingRecovery } from '../../budget/recovery/store.ts'
import { isOpenYear } from '../../budget/indicator/proposal.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { businessDay } from '../../base/calendar.ts'
import { lawOn } from '../../policy/parameters.ts'
import { openClaims } from '../claim/store.ts'
import { clawbackNames } from '../release/release.ts'
import { rulesUsed } from '../release/tranche.ts'
import { requireEnded } from '../score/scope.ts'
import { scoreDistricts, scoredOf } from '../score/verbs.ts'
import { submissionOf, writeDraft } from '../release/verbs.ts'
import { releaseProposal } from '../release/effect.ts'
import {
  type EarlyAllotment,
  type EarlyDistrict,
  type EarlyFacts,
  earlyFactsJson,
  type EarlyLaw,
  type EarlyPlan,
  type EarlyPlanJson,
  earlyPlanJson,
  planEarly,
} from './early.ts'
import { refuse } from '../refusals.ts'
import type { EarlyConditions } from '../release/release.ts'
import { noWorks, type Part } from '../score/facts.ts'
import type { missingOf } from '../score/score.ts'
import { type Allotment, budgetOf, leftProjects, progressFor, readAllotments } from '../release/allotment.ts'
import { allotmentKey, pendingAllotments } from '../release/store.ts'
import { type EarlyRunRow, insertEarlyRun, lastEarlyRun, readEarlyRun, readEarlyRunWhole } from './store.ts'
import { laterScores, readScoreFacts, readScores } from '../score/store.ts'

export const earlyJob = 'early-disbursement'

type DistrictScore = {
  readonly district: string
  readonly missing: ReturnType<typeof missingOf>
  readonly score?: { readonly version: number; readonly conditions: EarlyConditions }
}

type Seen = { readonly facts: EarlyFacts; readonly allotments: ReadonlyMap<string, Allotment> }

/** What a plan is made from, read in one transaction as of today. */
async function seen(tx: Tx, quarter: Quarter, scores: readonly DistrictScore[], today: Day): Promise<Seen> {
  const allotments = (await readAllotments(tx)).filter(({ allottedFen }) => allottedFen > 0n)
  const pending = await pendingAllotments(tx)
  const held = new Map<string, Availability>()
  const cashPlansFen: Record<string, Fen> = {}
  const budgetsFen: Record<string, Fen> = {}
  for (const { indicator, child } of allotments) {
    if (!held.has(child.indicator)) held.set(child.indicator, await availabilityWithin(tx, child))
    const { indicator: code } = indicator
    cashPlansFen[cashPlanOf(indicator)] ??= await cashPlanLeftInYear(tx, indicator, today)
    if (code in budgetsFen) continue
    const found = await availabilityWithin(tx, indicator)
    held.set(code, found)
    const { finalFen, paidFen } = budgetOf(found, await outstandingRecovery(tx, code))
    budgetsFen[code] = maxFen(0n, finalFen - paidFen)
  }
  const progress = new Map<Allotment, Part>()
  for (const of of allotments) progress.set(of, await progressFor(tx, of, today))
  const later = await laterScores(tx, quarter)
  const overdue = (await openClaims(tx)).filter(({ dueOn }) => dueOn < today)
  const waiting = ({ indicator, district }: Allotment): Fen => {
    const own = held.get(indicator.indicator)?.byDistrict.find((one) => one.district === district)
    return own ? own.allottedFen - own.releasedFen : 0n
  }
  const districts = scores.map(({ district, missing, score }): EarlyDistrict => {
    const own = allotments.filter((allotment) => allotment.district === district)
    const scoredLater = later.get(district)
    return {
      district,
      ...(score && { score }),
      missing,
      ...(scoredLater !== undefined && { later: scoredLater }),
      overdue: overdue
        .filter((claim) => claim.district === district)
        .map(({ clawbackId: id }) => clawbackNames.nameOf(id)),
      allotments: own.map(
        (of): EarlyAllotment => ({
          allocation: of.allocation,
          allottedFen: of.allottedFen,
          releasedFen: of.releasedFen,
          recoveryFen: of.recoveryFen,
          pending: pending.has(allotmentKey(of.allocation, district)),
          waitingFen: waiting(of),
          cashPlan: cashPlanOf(of.indicator),
          indicator: of.indicator.indicator,
          progress: progress.get(of) ?? noWorks,
          left: leftProjects(of).map(({ project }) => project),
          yearOver: ![of.indicator, of.child].every((line) => isOpenYear(line, today)),
          readyFen: held.get(of.child.indicator)?.availableFen ?? 0n,
          carriedFen: held.get(of.child.indicator)?.carriedFen ?? 0n,
        }),
      ),
    }
  })
  const byKey = new Map(allotments.map((of) => [allotmentKey(of.allocation, of.district), of]))
  return { facts: { districts, cashPlansFen, budgetsFen }, allotments: byKey }
}

const cashPlanOf = ({ book, programme, source }: Allotment['indicator']): string => `${book} ${programme} ${source}`

/** All districts there are. */
export const districtsOn = (on: Day): readonly string[] => lawOn(on).take('district_codes')

// --- Running --------------------------------------------------------------------------------------------------------

export type EarlyRun = {
  quarter: Quarter
  run: number
  askedBy: string
  ranAt: string
  factsHash: string
  /** What it was decided on, whose canonical text has that hash. */
  facts?: Json
  result: Json
}

export type EarlyAsked = {
  readonly quarter: Quarter
  readonly run: number
  readonly askedBy: string
  /** The day its releases are booked on; absent: the day each is approved. */
  readonly bookOn?: Day | undefined
}

/** Scores all districts, so that the run itself finds their scores made. May be done any number of times. */
export async function scoreQuarter({ tx, at }: Act, { quarter, askedBy }: EarlyAsked): Promise<void> {
  requireEnded(quarter, at)
  const districts = districtsOn(lastDayOfQuarter(quarter))
  await scoreDistricts(tx, { quarter, districts, person: askedBy, at })
}

/**
 * Runs early disbursement once: a run there has been gives its result again. Refuses `quarter_not_ended`,
 * `early_run_out_of_order`, and
 * `approval_pending` where somebody drafts the same release at this moment: asked again, it is seen.
 */
export async function runEarly(
  { tx, at, today }: Act,
  { quarter, run, askedBy, bookOn }: EarlyAsked,
): Promise<EarlyRun> {
  requireEnded(quarter, at)
  const before = await readEarlyRun(tx, quarter, run)
  if (before) return presentRun(before)
  await requireNext(tx, quarter, run)
  const districts = districtsOn(lastDayOfQuarter(quarter))
  const scored = await scoreDistricts(tx, { quarter, districts, person: askedBy, at })
  const scores = scored.map(({ district, row, missing }) => ({
    district,
    missing,
    ...(row && { score: { version: row.version, conditions: conditionsOf(row) } }),
  }))
  const { facts, allotments } = await seen(tx, quarter, scores, today)
  const by = lawsOf(quarter, today)
  const plan = planEarly(facts, by)
  const kept = earlyFactsJson(facts)
  const row = {
    quarter,
    run,
    askedBy,
    ranAt: at,
    facts: kept,
    factsHash: hash('sha256', canonicalText(kept), 'buffer'),
    result: earlyPlanJson(plan, rulesUsed(by.law, by.thresholds)),
    scores: scored.flatMap(({ district, row }) => (row ? [{ district, version: row.version }] : [])),
  }
  await insertEarlyRun(tx, row)
  await draftAll(tx, plan, { allotments, quarter, run, askedBy, at, today, bookOn })
  return presentRun(row)
}

/** Tranches are of the day of the run; what a score must reach is of the quarter's end, as when it is approved. */
const lawsOf = (quarter: Quarter, today: Day): EarlyLaw => ({
  law: lawOn(today),
  thresholds: lawOn(lastDayOfQuarter(quarter)),
})

type Drafting = EarlyAsked & {
  readonly allotments: ReadonlyMap<string, Allotment>
  readonly at: Instant
  readonly today: Day
}

async function draftAll(
  tx: Tx,
  { drafts }: EarlyPlan,
  { allotments, quarter, run, askedBy, at, today, bookOn }: Drafting,
): Promise<void> {
  const { law, thresholds } = lawsOf(quarter, today)
  const rules = rulesUsed(law, thresholds)
  for (const draft of drafts) {
    const of = allotments.get(allotmentKey(draft.allocation, draft.district))
    if (!of) continue
    const opening = {
      of,
      tranche: draft.tranche,
      amountFen: draft.amountFen,
      held: { cashPlanFen: draft.cashPlanFen },
      rules,
      kind: 'early' as const,
      onDay: bookOn ?? null,
      conditions: { ...draft.conditions },
      early: { quarter, run, scoreVersion: draft.scoreVersion },
    }
    const approval = await releaseProposal.submitFor(tx, askedBy, submissionOf(opening), at)
    await writeDraft(tx, approval, opening, { person: askedBy, at })
  }
}

const conditionsOf = (row: {
  readonly total: string
  readonly satisfaction: string
  readonly progress: string
}): EarlyConditions => ({ score: row.total, satisfaction: row.satisfaction, progress: row.progress })

const presentRun = ({ quarter, run, askedBy, ranAt, factsHash, result }: EarlyRunRow): EarlyRun => ({
  quarter,
  run,
  askedBy,
  ranAt: formatInstant(ranAt),
  factsHash: factsHash.toString('hex'),
  result,
})

async function requireNext(tx: Tx, quarter: Quarter, run: number): Promise<void> {
  const last = await lastEarlyRun(tx, quarter)
  if (run > last + 1) throw refuse('early_run_out_of_order', { quarter, run, last })
}

// --- Asking and reading ---------------------------------------------------------------------------------------------

/** The key of the job of a run: the calendar's is the quarter itself. */
export const earlyKey = (quarter: Quarter, run: number): string => (run === 1 ? quarter : `${quarter}.${run}`)

/**
 * Asks for a run. Asked again it is the same run. Refuses `permission_denied`, `early_run_not_found` where one's
 * district is not the city,
 * `quarter_not_ended`, `early_run_out_of_order`.
 */
export function askEarly(
  ledger: Ledger,
  actor: Actor,
  { quarter, run }: { readonly quarter: Quarter; readonly run: number },
  key: string,
): Promise<KeyedAnswer<{ quarter: Quarter; run: number; job: string }>> {
  demand(actor, 'release.draft')
  requireCity(actor, quarter, run)
  const request = { person: actor.person, key, kind: 'early.ask', content: { quarter, run }, district: actor.district }
  return act(ledger, request, async ({ tx, at }) => {
    requireEnded(quarter, at)
    await requireNext(tx, quarter, run)
    const { jobId } = await enqueue(tx, {
      name: earlyJob,
      key: earlyKey(quarter, run),
      payload: { quarter, run },
      askedBy: actor.person,
    })
    return { quarter, run, job: jobId.toString() }
  })
}

function requireCity(actor: Actor, quarter: Quarter, run: number): void {
  if (actor.district !== undefined) throw refuse('early_run_not_found', { quarter, run })
}

/** A run as it was decided. Refuses `early_run_not_found`. */
export async function earlyRunOf(ledger: Ledger, actor: Actor, quarter: Quarter, run: number): Promise<EarlyRun> {
  demand(actor, 'allocation.read')
  requireCity(actor, quarter, run)
  const row = await readEarlyRunWhole(ledger.database.sql, quarter, run)
  if (!row) throw refuse('early_run_not_found', { quarter, run })
  return { ...presentRun(row), facts: row.facts }
}

export type EarlyPreview = { quarter: Quarter; run: number; factsHash: string; facts: Json; result: EarlyPlanJson }

/**
 * What the next run would do, by the same computation, and nothing written. Refuses `early_run_not_found`,
 * `quarter_not_ended`.
 */
export async function previewEarly(ledger: Ledger, actor: Actor, quarter: Quarter): Promise<EarlyPreview> {
  demand(actor, 'allocation.read')
  const at = ledger.clock()
  requireEnded(quarter, at)
  const run = (await lastEarlyRun(ledger.database.sql, quarter)) + 1
  requireCity(actor, quarter, run)
  const latest = new Map((await readScores(ledger.database.sql, quarter)).map((row) => [row.district, row]))
  return previewing(() =>
    transact(ledger.database, async (tx) => {
      const districts = districtsOn(lastDayOfQuarter(quarter))
      const readings = await readScoreFacts(tx, quarter, districts)
      const scores = districts.toSorted().flatMap((district): DistrictScore[] => {
        const reading = readings.get(district)
        if (!reading) return []
        const scored = scoredOf({ quarter, district, person: actor.person, at }, reading)
        if (!('row' in scored)) return [{ district, missing: scored.missing }]
        const before = latest.get(district)
        const same = before !== undefined && before.factsHash.equals(scored.row.factsHash)
        const version = same ? before.version : (before?.version ?? 0) + 1
        return [{ district, missing: [], score: { version, conditions: conditionsOf(scored.row) } }]
      })
      const { facts } = await seen(tx, quarter, scores, businessDay(at))
      const kept = earlyFactsJson(facts)
      const factsHash = hash('sha256', canonicalText(kept), 'hex')
      const by = lawsOf(quarter, businessDay(at))
      const result = earlyPlanJson(planEarly(facts, by), rulesUsed(by.law, by.thresholds))
      return { quarter, run, factsHash, facts: kept, result }
    }),
  )
}

// Readers who ask for many leave the writers their connections.
const previewing = turns(1)
