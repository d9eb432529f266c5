/**
 * The two-year rule (预算法 第四十二条): on 31 December of an indicator's last year what is left of it is surplus and is posted
 * out, before the year is carried over. A job calls this once a year, and may call it again: an indicator lapses once,
 * each in a transaction of its own, so that one that cannot be posted keeps no other waiting. The cash plan of the year
 * ends on the same day.
 */
import type { Actor } from '../../access/actor.ts'
import { demand } from '../../access/actor.ts'
import { businessDay, type Day, lastDayOfYear, monthOf } from '../../base/calendar.ts'
import { Refusal, type RefusalRecord } from '../../base/refusal.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { type Act, actOnce } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lastYearOf } from '../indicator/proposal.ts'
import { recordIndicator } from '../indicator/proposal.ts'
import { commitmentNames, openFen } from '../commitment/commitment.ts'
import { type Indicator } from '../indicator/indicator.ts'
import {
  allotmentLapsed,
  cashPlanLapsed,
  draftFor,
  inAsFewEntries,
  lapsed,
  type Leftover,
} from '../indicator/entries.ts'
import { leftoverOf, surplusOf } from './lapse.ts'
import { refuse } from '../refusals.ts'
import { type Availability, availabilityWithin, quotaPools } from '../indicator/holdings.ts'
import { cashPlanLeft, plannedSources } from '../cash-plan/store.ts'
import { openCommitments } from '../commitment/store.ts'
import { indicatorsThrough, lockIndicator, putIndicator } from '../indicator/store.ts'

export type LapsedIndicator = {
  readonly indicator: string
  readonly book: string
  readonly year: number
  /** What became surplus and was recovered. */
  readonly amountFen: Fen
  /** Commitments still open on it: they need money of a new year. */
  readonly commitments: readonly {
    readonly commitment: string
    readonly project: string
    readonly item: string
    readonly openFen: Fen
  }[]
}

export type LapseResult = {
  readonly lapsed: readonly LapsedIndicator[]
  /** What the ledger did not take, such as a December that is closed: put right, the same call goes on. */
  readonly refused: readonly { readonly what: string; readonly refusal: RefusalRecord }[]
  readonly cashPlans: readonly {
    readonly book: string
    readonly programme: string
    readonly source: string
    readonly amountFen: Fen
  }[]
}

/** Recovers what is left of indicators whose last year ends with `year`. Idempotent, by indicator. */
export async function lapseIndicators(ledger: Ledger, year: number, maker: Actor): Promise<LapseResult> {
  demand(maker, 'indicator.manage')
  const on = lastDayOfYear(year)
  const today = ledger.today ?? businessDay(ledger.clock())
  if (today < on) throw refuse('year_not_over', { year, last: on, today })
  const { sql } = ledger.database
  // Years whose last is this one: `lastYearOf` adds a fixed number of years.
  const through = year - (lastYearOf(year, on) - year)
  const refused: LapseResult['refused'][number][] = []
  const indicators = await eachOf(
    await indicatorsThrough(sql, through),
    refused,
    (code) => code,
    (code) => actOnce(ledger, (running) => lapseOne(running, code, on, maker)),
  )
  const planned = await plannedSources(sql, year)
  const cashPlans = await eachOf(
    planned,
    refused,
    (plan) => `${plan.book} ${plan.programme} ${plan.source}`,
    (plan) => actOnce(ledger, (running) => lapsePlan(running, plan, on, maker)),
  )
  return { lapsed: indicators, refused, cashPlans }
}

async function eachOf<Of, Done>(
  all: readonly Of[],
  refused: LapseResult['refused'][number][],
  name: (one: Of) => string,
  work: (one: Of) => Promise<Done | undefined>,
): Promise<Done[]> {
  const done: Done[] = []
  for (const one of all) {
    try {
      const result = await work(one)
      if (result !== undefined) done.push(result)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refused.push({ what: name(one), refusal: error.record() })
    }
  }
  return done
}

async function lapseOne(running: Act, code: string, on: Day, maker: Actor): Promise<LapsedIndicator | undefined> {
  const { tx, at, post } = running
  const standing = await lockIndicator(tx, code)
  if (standing?.state !== 'in_force') return undefined
  const held = await availabilityWithin(tx, standing, monthOf(on))
  const left = await leftovers(running, standing, held, on)
  const undelivered = held.byDistrict
    .map(({ district, allottedFen, releasedFen }) => ({ district, amountFen: allottedFen - releasedFen }))
    .filter(({ amountFen }) => amountFen > 0n)
  const amountFen = sumFen([...left.map(surplusOf), ...undelivered.map((one) => one.amountFen)])
  const open = await openCommitments(tx, code)
  const indicator: Indicator = { ...standing, state: 'lapsed', version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const commitments = open.map((one) => ({
    commitment: commitmentNames.nameOf(one.id),
    project: one.project,
    item: one.item,
    openFen: openFen(one),
  }))
  const body = { on, amount: formatFen(amountFen), commitments: commitments.map(({ commitment }) => commitment) }
  await recordIndicator(tx, indicator, 'lapsed', { person: maker.person, at, body })
  const parts = [
    ...left.map((one) => lapsed(standing, one)),
    ...undelivered.map((one) => allotmentLapsed(standing, one)),
  ].filter((lines) => lines.length > 0)
  if (parts.length > 0) {
    await post({
      key: `indicator_lapse:${code}`,
      maker: maker.person,
      approvals: [],
      entries: inAsFewEntries(parts).map((lines) => ({
        book: indicator.book,
        draft: draftFor(indicator, { on, summary: `指标 ${code} 连续两年未用完，结余收回（预算法第四十二条）`, lines }),
      })),
    })
  }
  return { indicator: code, book: indicator.book, year: indicator.year, amountFen, commitments }
}

async function leftovers({ tx }: Act, of: Indicator, held: Availability, on: Day): Promise<Leftover[]> {
  const pools = await quotaPools(tx, of, monthOf(on))
  return held.byProject.map((one) => leftoverOf(of.indicator, one, pools.get(one.project)))
}

type Planned = { readonly book: string; readonly programme: string; readonly source: string }

async function lapsePlan({ tx, at, post }: Act, plan: Planned, on: Day, maker: Actor) {
  // Two that end plans at once would find the same rest; the second finds none.
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', ['yiben.cash_plan_lapse'])
  const amountFen = await cashPlanLeft(tx, plan, monthOf(on))
  if (amountFen <= 0n) return undefined
  const { book, programme, source } = plan
  const lines = cashPlanLapsed(programme, source, amountFen)
  const draft = draftFor(
    { documentNumber: on.slice(0, 4) },
    { on, summary: `${on.slice(0, 4)} 年度用款计划未用部分作废`, lines },
  )
  await post({
    key: `cash_plan_lapse:${on}:${book}:${programme}:${source}:${at}`,
    maker: maker.person,
    approvals: [],
    entries: [{ book, draft }],
  })
  return { ...plan, amountFen }
}
