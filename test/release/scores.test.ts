/**
 * O-81 from the books through the door, how a score stays with what was known, and what the year's close does not take
 * from it.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { childOf } from '../../src/allocation/allocation.ts'
import { day } from '../../src/base/calendar.ts'
import { draftFor, quotaIssued, received, released } from '../../src/budget/indicator/entries.ts'
import { putIndicator } from '../../src/budget/indicator/store.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { useDoor } from '../support/door.ts'
import { carry } from '../support/ledger.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, post, report, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2027-01-10')
const door = useDoor({ clock: time.clock })
let office: Office
const district = '110105'
const place = `/v1/scores/2026Q4/${district}`
const enter = (indicator: string, value: string) => office.enterScore('2026Q4', { district, indicator, value })

beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, [district])
  await allocate(ledger, { shares: [{ district, amount: '112000000' }], cashPlan: '112000000' })
  const upper = upperOf('SZ-2026')
  const child = childOf(upper, district, `D${district}`)
  await actOnce(ledger, async (act) => {
    await addProject(act.tx, {
      project: 'P1',
      year: 2025,
      district,
      area: 10_000n,
      planBook: 'PLANS',
      communities: 5,
      governed: 4,
      progress: [['2026-12-20', '0.96']],
    })
    await planned(act, 'P1', [
      ['F21', '74000000'],
      ['F81', '20000000'],
      ['F82', '6000000'],
    ])
    const on = day('2026-06-10')
    await post(act, 'paid', [
      {
        book: 'CITY',
        draft: draftFor(upper, { on, summary: '拨付', lines: released(upper, district, 10_000_000_000n) }),
      },
      {
        book: `D${district}`,
        draft: draftFor(child, { on, summary: '下达额度', lines: quotaIssued(child, 10_000_000_000n) }),
      },
    ])
    await spent(act, district, 'LJ2026', '84500000', '2026-11-08')
    // Booked by mistake, and put right by a red entry.
    await spent(act, district, 'LJ2026', '1000000', '2026-11-09')
    await spent(act, district, 'LJ2026', '1000000', '2026-11-10', 'red')
  })
})

describe('O-81', () => {
  it('is 90.17, each figure with where it was read', async () => {
    await enter('satisfaction', '0.93')
    await enter('integrity', '1')
    const { status, json } = await office.draft({}, place)
    expect(status, JSON.stringify(json)).toBe(201)
    expect(
      json.score.indicators.map(({ indicator, points }: { indicator: string; points: string }) => [indicator, points]),
    ).toEqual([
      ['progress', '24.00'],
      ['fund_execution', '16.90'],
      ['integrity', '10.00'],
      ['long_term', '12.00'],
      ['social_capital', '8.67'],
      ['satisfaction', '18.60'],
    ])
    expect([json.total, json.score.arrival, json.score.leverage]).toEqual(['90.17', '0.8929', '0.89'])
    const figure = (kind: string, book: string, account: string, amount: string, source = 'F21') =>
      expect(json.facts.figures).toContainEqual({ kind, book, account, source, amount })
    figure('allotted', 'CITY', '910401', '12000000.00')
    figure('allotted', 'CITY', '910402', '100000000.00')
    figure('arrived', `D${district}`, '910202', '100000000.00')
    figure('spent', `D${district}`, '7201', '84500000.00')
    figure('social', 'PLANS', '951', '6000000.00', 'F82')
    figure('investment', 'PLANS', '9011', '74000000.00')
    expect(json.law.map(({ parameter }: { parameter: string }) => parameter).toSorted()).toEqual([
      'planned_progress',
      'score_targets',
      'score_weights',
    ])
    // Looked up again as the books were known then, a figure is what it was.
    const again = await door().ask(
      `/v1/books/D${district}/balances?account=7201&asOf=2026-12-31&knownAt=${encodeURIComponent(json.knownAt)}`,
    )
    expect(again.json.debit).toBe('84500000.00')
  })

  it('is untouched by the year’s close and by what comes after the quarter', async () => {
    const { ledger } = door()
    const book = `D${district}`
    await carry(ledger, { code: book }, 2026)
    await actOnce(ledger, ({ tx }) => report(tx, 'P1', '2027-01-05', '1'))
    const { json } = await office.draft({}, place)
    expect([json.version, json.total]).toEqual([1, '90.17'])
  })

  it('makes another version of what was entered later, and counts nothing of the next quarter', async () => {
    const { ledger } = door()
    await enter('satisfaction', '1')
    const own = { ...upperOf('QJ-2026'), book: `D${district}`, district, level: 'district' as const, source: 'F30' }
    await actOnce(ledger, async (act) => {
      await putIndicator(act.tx, own)
      const on = day('2027-01-08')
      await post(act, 'own', [
        {
          book: own.book,
          draft: draftFor(own, { on, summary: '区级资金', lines: [...received(own, 100n), ...quotaIssued(own, 100n)] }),
        },
      ])
    })
    const { json } = await office.draft({}, place)
    expect([json.version, json.total]).toEqual([2, '91.57'])
    const later = await door().ask('/v1/scores/2026Q4')
    expect(later.json.items.map(({ version }: { version: number }) => version)).toEqual([2])
    const entries = await door().ask('/v1/scores/2026Q4/entries')
    expect(entries.json.items.map(({ value }: { value: string }) => value)).toEqual(['0.93', '1', '1'])
  })
})

describe('a release', () => {
  it('is refused of an allocation that is not approved, and above what the books hold', async () => {
    await actOnce(door().ledger, ({ tx }) =>
      tx.query(
        `insert into allocation (allocation, programme, indicator, year, book, recipients, state, version, changes)
         values ('FP-DRAFT', 'LJ2026', 'SZ-2026', 2026, 'CITY', 'districts', 'draft', 1, 1)`,
      ),
    )
    const draft = (more: object) => office.draft({ district, tranche: 1, amount: '1.00', ...more })
    expect((await draft({ allocation: 'FP-DRAFT' })).json.code).toBe('allotment_not_approved')
    // The 100,000,000 were posted by hand and not through a release: the books have them, the releases do not.
    const above = await draft({ allocation: 'FP-2026', amount: '12000000.01' })
    expect(above.json.code).toBe('release_exceeds_allotment')
    expect(above.json.detail).toContain('12000000.00')
  })
})
