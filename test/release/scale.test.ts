/**
 * A city's quarter: 16 districts, 303 projects, from the first tranche to early disbursement waiting for approval.
 * Times are printed, not asserted.
 */
import { holdDuty } from '../../src/access/persons.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { earlyDisbursement } from '../../jobs/early-disbursement.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { cashPlanned, draftFor } from '../../src/budget/indicator/entries.ts'
import { planDrafts } from '../../src/financing/entries.ts'
import { previewEarly } from '../../src/release/early/verbs.ts'
import { readReleases } from '../../src/release/release/store.ts'
import { day } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { enqueue } from '../../src/base/outbox.ts'
import { quarter } from '../../src/base/quarter.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { createBook } from '../../src/ledger/actions.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { soundChecks } from '../support/sound.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { client } from '../../src/sample/programme/people.ts'
import { loadQuarters } from '../../src/sample/programme/quarters.ts'
import { sampleBookOf } from '../../src/sample/programme/registry.ts'
import { report } from '../faults/report.ts'
import { useDatabase } from '../support/database.ts'
import { addProject, allocate, fen, office, openBooks, post, testClock } from './programme.ts'

const test = useDatabase()
const time = testClock('2027-04-15')
const projectsMost = 303
const districts = lawOn(day('2026-10-15')).take('district_codes')
// The published number of Haidian's projects; the rest in turn.
const haidian = 57
let ledger: Ledger

const projects = Array.from({ length: projectsMost }, (_, index) => {
  const others = districts.filter((district) => district !== '110108')
  const district = index < haidian ? '110108' : (others[index % others.length] ?? '')
  return { project: `P${String(index + 1).padStart(3, '0')}`, district, area: BigInt(10_000 + 37 * index) }
})

beforeAll(async () => {
  ledger = openLedger(test().database, time.clock)
  await openBooks(ledger, districts)
  // What a machine client brings counts at once, and the checks ask whether it is one.
  const known = { person: client.person, role: client.role, district: null }
  await actOnce(ledger, ({ tx, at }) => holdDuty(tx, known, { by: office.person, at }))
  // The originals of the sample's scores are kept in the sample's books.
  for (const district of districts) {
    const code = sampleBookOf(district)
    await createBook(ledger, office, { code, name: code, district, standard: 'government' })
  }
  for (const { project, district, area } of projects) {
    await actOnce(ledger, ({ tx }) => addProject(tx, { project, district, area, communities: 2, planBook: 'PLANS' }))
  }
  await actOnce(ledger, (act) =>
    post(
      act,
      'plans',
      projects.flatMap(({ project }) =>
        planDrafts(
          project,
          [
            { source: 'F21', item: undefined, amountFen: fen('7000000') },
            { source: 'F81', item: undefined, amountFen: fen('3000000') },
          ],
          { on: day('2026-09-01'), summary: `资金方案 ${project}` },
        ).map((draft) => ({ book: 'PLANS', draft })),
      ),
    ),
  )
  const upper = await allocate(ledger, {
    on: '2026-10-12',
    shares: projects.map(({ project, district }) => ({ district, project, amount: '3300000.33' })),
    cashPlan: '1000000000',
  })
  // The second quarter is worked out in the new year, which pays under a plan of its own.
  const lines = cashPlanned(upper.programme, upper.source, fen('1000000000'))
  const draft = draftFor(upper, { on: day('2027-01-04'), summary: '下达用款计划', lines })
  await actOnce(ledger, (act) => post(act, 'plan:2027', [{ book: 'CITY', draft }]))
}, 120_000)

const counts = async () => {
  const { sql } = ledger.database
  const [row] = await sql<Record<string, number>[]>`
    select (select count(*)::int from entry) as entry, (select count(*)::int from release) as release,
           (select count(*)::int from score) as score, (select count(*)::int from score_entry) as score_entry,
           (select count(*)::int from project_progress) as progress, (select count(*)::int from approval) as approval`
  return row
}

describe('a city', () => {
  it('loads its two quarters, and again changes nothing', async () => {
    const began = performance.now()
    await loadQuarters(ledger)
    report('sample quarters of 303 projects', { ms: Math.round(performance.now() - began) })
    const after = await counts()
    expect(after).toMatchObject({ score: 32, score_entry: 64 })
    await loadQuarters(ledger)
    expect(await counts()).toEqual(after)
  }, 120_000)

  it('runs the whole job of a quarter', async () => {
    const at = await transact(ledger.database, (tx) =>
      enqueue(tx, {
        name: 'early-disbursement',
        key: '2027Q1.1',
        payload: { quarter: '2027Q1', run: 1 },
        askedBy: 'zhou',
      }),
    )
    const runner = new Runner({ ledger, registry: registryOf([earlyDisbursement]), log: () => undefined })
    const began = performance.now()
    expect(await runner.runOne(at.jobId)).toBe('done')
    report('early disbursement, 16 districts, 303 projects', { ms: Math.round(performance.now() - began) })
    const waiting = await readReleases(ledger.database.sql, { state: 'drafted', after: 0n, limit: 100 })
    expect(waiting.map(({ kind }) => kind)).toEqual(waiting.map(() => 'early'))
    expect(waiting.length).toBeGreaterThanOrEqual(3)
    expect(waiting.length).toBeLessThan(16)
    const previewed = performance.now()
    const { result } = await previewEarly(ledger, office, quarter('2027Q1'))
    report('its preview', { ms: Math.round(performance.now() - previewed) })
    expect(result.drafts).toEqual([])
    expect(result.others.filter(({ reason }) => reason === 'release_pending').length).toBeGreaterThanOrEqual(3)
  }, 60_000)

  it('keeps sound books', async () => {
    for await (const { check, faults } of soundChecks(ledger.database)) expect(faults, check).toEqual([])
  }, 60_000)
})
