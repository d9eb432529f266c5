/** Scoring districts: a score is computed from all that is known as of a quarter's end. */
import { inWords, listed, type Text } from '../../base/refusal.ts'
import { hash } from 'node:crypto'
import { type Actor, demand } from '../../access/actor.ts'
import { formatInstant, type Instant } from '../../base/calendar.ts'
import type { Sql, Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import { canonicalText } from '../../base/json.ts'
import { type KeyedAnswer } from '../../base/keyed.ts'
import { lastDayOfQuarter, type Quarter } from '../../base/quarter.ts'
import { act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { requireDistrict } from '../../projects/community/verbs.ts'
import { refuse } from '../refusals.ts'
import { indicatorNamesZh, missingOf, type Score, scoreOf } from './score.ts'
import { factsJson, floorOf, progressOf } from './facts.ts'
import { waitingEntries } from './reads.ts'
import { requireEnded } from './scope.ts'
import { insertScore, lockScore, readScoreFacts, type ScoreReading, readScores, type ScoreRow } from './store.ts'

export type ScoreView = {
  readonly district: string
  readonly quarter: Quarter
  readonly version: number
  readonly total: string
  /** Used by a run of early disbursement, which it was decided on and stays decided on. */
  readonly frozen: boolean
  readonly runs: number[]
  readonly score: Json
  readonly facts: Json
  readonly law: Json
  readonly knownAt: string
  readonly sequences: Json
  readonly computedBy: string
}

export const scoreView = (row: ScoreRow): ScoreView => ({
  district: row.district,
  quarter: row.quarter,
  version: row.version,
  total: row.total,
  frozen: row.runs.length > 0,
  runs: row.runs,
  score: row.score,
  facts: row.facts,
  law: row.law,
  knownAt: formatInstant(row.knownAt),
  sequences: row.sequences,
  computedBy: row.computedBy,
})

/**
 * Computes a district's score for a quarter. Where nothing it is computed from has changed, the version there is stays
 * the latest. Refuses
 * `permission_denied`, `district_unknown`, `quarter_not_ended`, `score_inputs_missing`.
 */
export function computeScore(
  ledger: Ledger,
  actor: Actor,
  { district, quarter }: { readonly district: string; readonly quarter: Quarter },
  key: string,
): Promise<KeyedAnswer<ScoreView>> {
  demand(actor, 'score.enter')
  const request = {
    person: actor.person,
    key,
    kind: 'score.compute',
    content: { district, quarter },
    district: actor.district,
  }
  return act(ledger, request, async ({ tx, at, today }) => {
    requireDistrict(actor, district, today)
    requireEnded(quarter, at)
    const [scored] = await scoreDistricts(tx, { quarter, districts: [district], person: actor.person, at })
    if (!scored?.row) {
      const missing = listed((scored?.missing ?? []).map((indicator) => inWords(indicatorNamesZh, indicator)))
      throw refuse('score_inputs_missing', { district, quarter, missing, waits: await waitsOf(tx, quarter, district) })
    }
    return scoreView(scored.row)
  })
}

/** What was entered and is not checked yet: the next step is to have it checked. */
async function waitsOf(tx: Tx, quarter: Quarter, district: string): Promise<Text> {
  const waits = await waitingEntries(tx, quarter, district)
  if (waits.length === 0) return { zh: '无', en: 'nothing' }
  return listed(
    waits.map(({ approval, indicator }) => {
      const { zh, en } = inWords(indicatorNamesZh, indicator)
      return { zh: `${approval}（${zh}）`, en: `${approval} (${en})` }
    }),
  )
}

export type Scored = {
  readonly district: string
  readonly row?: ScoreRow
  readonly missing: ReturnType<typeof missingOf>
  readonly reading: ScoreReading
}

type Scoring = {
  readonly quarter: Quarter
  readonly districts: readonly string[]
  readonly person: string
  readonly at: Instant
}

/** Scores districts inside the transaction of whoever needs them, in the order of their codes. */
export async function scoreDistricts(tx: Tx, { quarter, districts, person, at }: Scoring): Promise<Scored[]> {
  const ordered = districts.toSorted()
  // Heads first: what is read after is what the version that is written says.
  const latest = new Map<string, ScoreRow | undefined>()
  for (const district of ordered) latest.set(district, await lockScore(tx, quarter, district))
  const readings = await readScoreFacts(tx, quarter, ordered)
  const scored: Scored[] = []
  for (const district of ordered) {
    const reading = readings.get(district)
    if (!reading) continue
    const computed = scoredOf({ quarter, district, person, at }, reading)
    if (!('row' in computed)) scored.push({ district, missing: computed.missing, reading })
    else {
      const before = latest.get(district)
      const row = await kept(tx, computed.row, before)
      scored.push({ district, row, missing: [], reading })
    }
  }
  return scored
}

async function kept(tx: Tx, row: ScoreRow, before: ScoreRow | undefined): Promise<ScoreRow> {
  if (before?.factsHash.equals(row.factsHash)) return before
  const next = { ...row, version: (before?.version ?? 0) + 1 }
  await insertScore(tx, next)
  return next
}

type About = {
  readonly quarter: Quarter
  readonly district: string
  readonly person: string
  readonly at: Instant
}

/** The score of a reading, as the row it would be; or what is missing for one. Writes nothing. */
export function scoredOf(
  { quarter, district, person, at }: About,
  { facts, sequences }: ScoreReading,
): { readonly row: ScoreRow } | { readonly missing: ReturnType<typeof missingOf> } {
  const law = lawOn(lastDayOfQuarter(quarter))
  const score = scoreOf(facts, law)
  if (!score) return { missing: missingOf(facts, law) }
  const uses = law.uses.map((use) => ({ ...use, value: use.value as Json }))
  const kept = factsJson(facts)
  const row = {
    quarter,
    district,
    version: 1,
    total: score.total,
    satisfaction: facts.entered.satisfaction?.value ?? '',
    progress: floorOf(progressOf(facts.works)),
    score: scoreJson(score),
    facts: kept,
    factsHash: hash('sha256', canonicalText({ facts: kept, law: uses }), 'buffer'),
    law: uses,
    knownAt: at,
    sequences: { ...sequences },
    computedBy: person,
    runs: [],
  }
  return { row }
}

const scoreJson = ({ indicators, ...score }: Score): Json => ({
  ...score,
  indicators: indicators.map((indicator) => ({ ...indicator })),
})

/** The latest scores of a quarter, or every version of one district's. */
export async function scoresOf(
  sql: Sql,
  actor: Actor,
  quarter: Quarter,
  { district, history }: { district?: string | undefined; history?: boolean } = {},
): Promise<ScoreView[]> {
  demand(actor, 'allocation.read')
  const of = actor.district ?? district
  if (district !== undefined && of !== district) return []
  return (await readScores(sql, quarter, { district: of, ...(history !== undefined && { history }) })).map(scoreView)
}
