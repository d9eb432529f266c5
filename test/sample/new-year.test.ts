/**
 * The sample's programme on a first start: told of the year before, with two year-ends behind it, clean by every check,
 * and with a story that whoever starts it can go on with.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { readPeriods } from '../../src/ledger/period.ts'
import { loadProgramme } from '../../src/sample/programme/load.ts'
import { sampleBookOf } from '../../src/sample/programme/registry.ts'
import { sampleCityBook, sampleDistricts } from '../../src/sample/programme/money.ts'
import { programmeYear } from '../../src/sample/programme/years.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { decideApproval } from '../../src/workflow/decide.ts'
import { report } from '../faults/report.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()
const at = (on: string): Clock => {
  let micros = BigInt(numberOfDay(day(on))) * 86_400_000_000n
  return () => (micros += 1_000n)
}
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database, at('2031-05-20'))
  const began = performance.now()
  await loadProgramme(ledger)
  report('sample programme', { ms: Math.round(performance.now() - began) })
}, 300_000)

const counts = async () => {
  const [row] = await ledger.database.sql`
    select (select count(*)::int from entry) as entries, (select count(*)::int from approval) as approvals,
      (select count(*)::int from period_act) as acts, (select count(*)::int from change) as changes`
  return row
}

describe('the year of the programme', () => {
  it.each([
    ['2031-01-31', 2029],
    ['2031-02-01', 2030],
    ['2031-12-31', 2030],
  ])('of a first start on %s is %i', async (on, year) => {
    const empty = { ...ledger, clock: at(on), database: { ...ledger.database, sql: none } }
    expect(await programmeYear(empty)).toBe(year)
  })

  it('stays what it was at the first start', async () => {
    expect(await programmeYear({ ...ledger, clock: at('2033-03-03') })).toBe(2030)
  })
})

/** A database of no books. */
const none = Object.assign(() => Promise.resolve([]), {
  unsafe: () => undefined,
}) as unknown as Ledger['database']['sql']

describe('the programme of a first start in 2031', () => {
  it('has carried two year-ends in the books that lived through both, and one in all others', async () => {
    const carried = async (code: string) => {
      const book = await ledger.shelf.find(code)
      if (!book) throw new Error(code)
      const { acts } = await readPeriods(ledger, book)
      return acts.flatMap((act) => (act.kind === 'carried_over' ? act.year : []))
    }
    expect(await carried(sampleCityBook)).toEqual(['2029', '2030'])
    for (const district of Object.keys(sampleDistricts)) {
      expect(await carried(sampleBookOf(district))).toEqual(district === '110105' ? ['2029', '2030'] : ['2030'])
    }
  })

  it('recovered what two years did not use, and books no income in the city’s book', async () => {
    const states = await ledger.database.sql`select indicator, state from indicator where year = 2029 order by 1`
    expect(states).toEqual([
      { indicator: 'QX-110105-2029', state: 'lapsed' },
      { indicator: 'SZ-LJ2029', state: 'lapsed' },
    ])
    const city = await ledger.shelf.find(sampleCityBook)
    if (!city) throw new Error('the city has a book')
    for (const account of ['1201', '3001', '4001']) {
      expect(await readBalance(ledger.database, city, { account })).toMatchObject({ debitFen: 0n, creditFen: 0n })
    }
  })

  it('can be gone on with: early releases of January are approved months later', async () => {
    const drafts = await ledger.database.sql<{ approval: string }[]>`
      select approval from release where kind = 'early' and state = 'drafted' order by release_id`
    expect(drafts.length).toBeGreaterThan(0)
    const [first] = drafts
    const id = first?.approval ?? ''
    const [row] = await ledger.database.sql<{ hash: string }[]>`
      select encode(content_hash, 'hex') as hash from approval where 'A-' || approval_id = ${id}`
    const decide = async (person: string, role: Actor['role'], verdict: 'check' | 'approve') => {
      const given = { approval: id, verdict, hash: row?.hash ?? '' } as const
      const answer = await decideApproval(ledger, { person, role }, given, `new-year ${person}`)
      return 'answer' in answer ? answer.answer.state : answer.refusal.code
    }
    expect(await decide('li', 'finance_checker', 'check')).toBe('approving')
    const states = [
      await decide('wang', 'finance_approver', 'approve'),
      await decide('liu', 'finance_approver', 'approve'),
    ]
    expect(states).toContain('approved')
  })

  it('holds by every check', async () => {
    for await (const { check, faults } of runAllChecks(test().database)) expect(faults, check).toEqual([])
  }, 60_000)

  it('loaded again, in a later year too, changes nothing', async () => {
    const before = await counts()
    await loadProgramme({ ...ledger, clock: at('2032-02-10') })
    expect(await counts()).toEqual(before)
  }, 120_000)
})
