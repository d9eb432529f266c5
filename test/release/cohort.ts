/**
 * Worlds that stand side by side in the books of one database, so that their years end and the checks run for all of
 * them together: what the test of random worlds plays, and what the test of its own eyesight plants faults under.
 */
import { expect } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { day } from '../../src/base/calendar.ts'
import { cashPlanned, draftFor } from '../../src/budget/indicator/entries.ts'
import type { Indicator } from '../../src/budget/indicator/indicator.ts'
import { lapseIndicators } from '../../src/budget/lapse/verbs.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { answered, approve } from '../../src/sample/programme/people.ts'
import { decideApproval } from '../../src/workflow/decide.ts'
import { carryYearOver, previewYearEnd } from '../../src/workflow/year-end/verbs.ts'
import { random } from '../sim/random.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'
import { soundChecks } from '../support/sound.ts'
import { addProject, allocateAll, openBooks, post, testClock, upperOf } from './programme.ts'
import { drawn, holdAll, step, type Told, type World, worldDistricts, worldProjects } from './world.ts'

/** A transaction has seconds, on whatever machine. */
const inOneAct = 20
const maker: Actor = { person: '示例·经办', role: 'finance_maker' }
const firstYear = 2026

type Cohort = Told & { readonly time: ReturnType<typeof testClock>; readonly of: readonly World[] }

async function cohortOf({ database }: TestDatabase, seeds: readonly number[], done: Told['done']): Promise<Cohort> {
  const today = `${firstYear}-07-15`
  const time = testClock(today)
  const ledger = openLedger(database, time.clock)
  await openBooks(ledger, worldDistricts, 'finance')
  for (const one of worldProjects)
    await actOnce(ledger, ({ tx }) => addProject(tx, { ...one, area: 1_000n, progress: [['2026-02-20', '1']] }))
  const told: Told = { ledger, today, years: 0, done }
  const all = seeds.map((seed) => {
    const from = random(seed)
    return { from, ...drawn(`W${seed}`, from) }
  })
  const uppers: Indicator[] = []
  for (let first = 0; first < all.length; first += inOneAct) {
    const some = all.slice(first, first + inOneAct)
    uppers.push(...(await actOnce(ledger, (act) => allocateAll(act, some))))
  }
  const of = uppers.map((upper, index): World => {
    const own = all[index]
    if (!own) throw new Error('an indicator for each')
    const { from, given, noticeFen } = own
    const nothing = { finalFen: undefined, returnFen: 0n, paidFen: 0n, claimedFen: 0n, renewed: false, keys: 0 }
    // All see the same day and year.
    return Object.assign(Object.create(told) as Told, {
      name: upper.indicator,
      from,
      upper,
      given,
      noticeFen,
      ...nothing,
    })
  })
  return Object.assign(told, { time, of })
}

/** The year ends: what waits is withdrawn, what had its years lapses, and every book is carried over. */
async function newYear(cohort: Cohort): Promise<void> {
  const { ledger, time, of } = cohort
  const year = firstYear + cohort.years
  const waiting = await ledger.database.sql<{ approval: string; hash: string }[]>`
    select 'A-' || approval_id as approval, encode(content_hash, 'hex') as hash from approval
    where state in ('checking', 'approving') order by approval_id`
  for (const one of waiting)
    answered(await decideApproval(ledger, maker, { ...one, verdict: 'withdraw' }, `new-year:${one.approval}`))
  time.set(`${year}-12-31`)
  const lapsed = await lapseIndicators(ledger, year, maker)
  expect(lapsed.refused).toEqual([])
  cohort.today = `${year + 1}-01-05`
  time.set(cohort.today)
  for (const book of ['CITY', ...worldDistricts.map((district) => `D${district}`)]) {
    const { hash } = await previewYearEnd(ledger, maker, book, year)
    const asked = answered(await carryYearOver(ledger, maker, { book, year, hash }, `carry:${book}:${year}`))
    if (!('approval' in asked)) throw new Error('persons ask for approval')
    await approve(ledger, asked, `carry:${book}:${year}`)
  }
  // Plenty, in the third year too: there it is the year that refuses.
  const [{ upper } = { upper: upperOf('') }] = of
  const lines = cashPlanned(upper.programme, upper.source, 10_000_000n * BigInt(of.length))
  const draft = draftFor(upper, { on: day(cohort.today), summary: '用款计划', lines })
  await actOnce(ledger, (act) => post(act, `plan:${year + 1}`, [{ book: upper.book, draft }]))
  cohort.years += 1
  cohort.today = `${year + 1}-02-10`
  time.set(cohort.today)
  for (const world of of) world.renewed = false
}

async function soundBooks({ ledger }: Cohort): Promise<void> {
  for await (const { check, faults } of soundChecks(ledger.database)) expect(faults, check).toEqual([])
}

/** When the years end: after which steps. Every other cohort comes to a third year. */
function yearEnds(place: number, steps: number): readonly number[] {
  const first = 1 + (place % Math.max(1, steps - 1))
  return place % 2 === 0 ? [first] : [first, Math.min(steps, first + 1 + (place % 3))]
}

export type Played = { readonly seeds: readonly number[]; readonly place: number; readonly steps: number }

/** Plays worlds of these seeds on a database of their own. `place` says when their years end. */
export async function play({ seeds, place, steps }: Played, done: Told['done']): Promise<void> {
  const test = await createTestDatabase()
  try {
    const cohort = await cohortOf(test, seeds, done)
    for (let played = 1; played <= steps; played++) {
      for (const world of cohort.of) await step(world)
      await holdAll(cohort, cohort.of)
      await soundBooks(cohort)
      if (!yearEnds(place, steps).includes(played) || played === steps) continue
      await newYear(cohort)
      await holdAll(cohort, cohort.of)
    }
  } finally {
    await test.drop()
  }
}
