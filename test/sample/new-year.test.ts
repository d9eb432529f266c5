/**
 * The sample's programme on a first start: told of the year before, with two year-ends behind it, clean by every check,
 * and with a story that whoever starts it can go on with.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { registry } from '../../jobs/registry.ts'
import type { Actor } from '../../src/access/actor.ts'
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'
import { readOverview } from '../../src/financing/overview/reads.ts'
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

  it('has received what was issued or waits to be issued, once: a year-end and a renewal double nothing', async () => {
    const { sql } = ledger.database
    const rows = await sql<{ source: string; fen: bigint }[]>`
      select a.source, sum(c.debit_fen - c.credit_fen) as fen from account a
      join book b on b.book_id = a.book_id and b.district <> '110000'
      cross join lateral balance_on(a.book_id, a.account, 'infinity') c
      where a.subject in ('910202', '910103') and a.project in (select project from project) group by a.source order by 1`
    const auditor: Actor = { person: '审计', role: 'auditor' }
    const { sources } = await readOverview(ledger, auditor, {})
    expect(rows.length).toBeGreaterThan(0)
    for (const { source, fen } of rows)
      expect([source, sources.find((of) => of.source === source)?.received]).toEqual([source, fen])
  })

  it('has on its desk what an office has: commitments, certificates, claims, vouchers, papers and a deputy', async () => {
    const { sql } = ledger.database
    const [rows] = await sql`
      select (select array_agg(state order by commitment_id) from commitment) as commitments,
        (select count(*)::int from ownership_certificate) as certificates,
        (select count(*)::int from ownership_certificate c join attachment a on a.sha256 = decode(c.document ->> 'sha256', 'hex')) as proved,
        (select array_agg(ground || ' ' || (settled_fen > 0) || ' ' || (settled_fen < k.amount_fen) order by clawback_id)
         from clawback c join clawback_claim k using (clawback_id)) as claims,
        (select array_agg(distinct v.state || ' ' || a.state) from voucher v join approval a on 'A-' || a.approval_id = v.approval) as vouchers,
        (select array_agg(delegator || ' ' || permission || ' ' || (revoked_at is null) order by delegation_id) from delegation) as delegations`
    expect(rows).toEqual({
      commitments: ['made', 'made'],
      certificates: 2,
      proved: 2,
      claims: ['error true true', 'finding false true'],
      vouchers: ['posted approved', 'proposed approving', 'proposed checking'],
      delegations: ['示例·审批一 approval.approve false', '示例·复核 approval.check true'],
    })
    const dues = await sql<{ due: string }[]>`select due_on::text as due from clawback_claim order by clawback_id`
    expect(dues.map(({ due }) => due)).toEqual(['2031-02-17', '2031-06-19'])
  })

  it('asks for jobs that take what they are asked for with', async () => {
    const asked = await ledger.database.sql<{ name: string; key: string; payload: unknown }[]>`
      select name, key, payload from job`
    expect(asked.map(({ key }) => key)).toEqual(expect.arrayContaining(['B-1', 'T-1']))
    expect(asked.filter(({ name, payload }) => !registry[name]?.payload.safeParse(payload).success)).toEqual([])
  })

  it('pays out of quota by vouchers that others checked, each on a paper that is kept', async () => {
    const loose = await ledger.database.sql`
      select e.book_id, e.sequence from entry e join line l using (book_id, sequence) join account a using (book_id, account)
      join book b using (book_id)
      where a.subject = '1011' and l.credit_fen > 0 and e.type <> 'carry_over' and b.code ~ '^SAMPLE-[0-9]{6}$' and (
        jsonb_array_length(e.approvals) < 2 or not exists (
          select from jsonb_array_elements(e.documents) d join attachment x on x.sha256 = decode(d ->> 'sha256', 'hex')))
        and not exists (select from entry_effect f where f.book_id = e.book_id and f.sequence = e.sequence
          and f.effect ~ '^(clawback|claim_settlement|indicator_lapse):')`
    expect(loose).toEqual([])
  })

  it('holds by every check, and leaves few of them nothing to look at', async () => {
    const idle: string[] = []
    for await (const { check, faults, state } of runAllChecks(test().database)) {
      expect(faults, check).toEqual([])
      if (state === 'nothing') idle.push(check)
    }
    // Nobody signs in while the sample is loaded.
    expect(idle).toEqual([
      'sessions_proved',
      'bond_dues_split',
      'withdrawals_within_contributions',
      'withdrawals_as_decided',
      'subsidies_within_cost',
      'recoveries_by_project',
    ])
  }, 60_000)

  it('loaded again, in a later year too, changes nothing', async () => {
    const before = await counts()
    await loadProgramme({ ...ledger, clock: at('2032-02-10') })
    expect(await counts()).toEqual(before)
  }, 120_000)
})
