/**
 * The checks of what nobody may post alone hold on a small honest world, and each finds what is planted for it: a hole
 * in the door would show here the same night.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { actOnce } from '../../src/ledger/act.ts'
import type { Database } from '../../src/base/db.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { openBooks, testClock } from '../release/programme.ts'
import { type Office, openOffice } from '../release/office.ts'
import { asAction, draft, line, post, posted } from '../support/ledger.ts'
import { withPlanted } from '../support/database.ts'
import { municipalIndicator, useDoor } from '../support/door.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let office: Office

async function approved(path: string, body: object): Promise<void> {
  const answer = await office.draft(body, path)
  expect([201, 202], answer.text).toContain(answer.status)
  expect((await office.approve(answer.json.approval)).json.state).toBe('approved')
}

const city = () =>
  door()
    .ledger.shelf.find('CITY')
    .then((book) => book ?? Promise.reject(new Error('no CITY')))

beforeAll(async () => {
  office = openOffice(door())
  await openBooks(door().ledger, ['110102'])
  await approved('/v1/indicators', municipalIndicator)
  const plan = {
    programme: 'LJ2026',
    source: 'F21',
    month: '2026-02',
    documentNumber: '用款〔2026〕2号',
    amount: '600',
  }
  await approved('/v1/books/CITY/cash-plans', plan)
  await approved('/v1/indicators/Z-1/quota', { on: '2026-02-10', amount: '100' })
  const forms = [{ template: 'J04', amount: '7.00', project: 'LJ2026', source: 'F21' }]
  await approved('/v1/vouchers', { book: 'CITY', on: '2026-03-02', summary: '支付工程款', forms })
})

async function told(database: Database = door().test.database): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for await (const { check, state, faults, warnings } of runAllChecks(database)) {
    if (state === 'failed') found[check] = faults
    if (state === 'warned') found[`note ${check}`] = warnings
  }
  return found
}

const of = { project: 'LJ2026', source: 'F21' }
const onIndicator = { ...of, indicator: 'Z-1' }

describe('the checks of what was decided', () => {
  it('hold on an honest world; a check over nothing says so', async () => {
    expect(await told()).toEqual({})
    for await (const { check, state, looked } of runAllChecks(door().test.database)) {
      expect([check, state]).toEqual([check, looked === 0 ? 'nothing' : 'passed'])
    }
  })

  it.each([
    ['a voucher said to be posted', `update yiben.voucher set entries = '{E1-99}'`, 'vouchers_posted'],
    [
      'an approval that was never given',
      `update yiben.approval set state = 'rejected' where kind = 'quota'`,
      'kept_accounts_founded',
    ],
    [
      'a quota approved at another amount',
      `alter table yiben.approval drop constraint approval_hash_fits;
       update yiben.approval set content = replace(content, '"amount":"100.00"', '"amount":"99.00"') where kind = 'quota'`,
      'entries_as_approved',
    ],
    [
      'a cash plan approved at another amount',
      `alter table yiben.approval drop constraint approval_hash_fits;
       update yiben.approval set content = replace(content, '"amount":"600.00"', '"amount":"900.00"') where kind = 'cash_plan'`,
      'entries_as_approved',
    ],
  ])('find %s', async (_, sql, check) => {
    await withPlanted(door().test, sql, async (planted) => {
      expect(Object.keys(await told(planted))).toContain(check)
    })
    expect(await told()).toEqual({})
  })

  // These stay in the books: each looks for its own line among what is told.
  it('find an indicator raised by nobody, under a name of an approved effect too (S1, N2)', async () => {
    const lines = [line('910102', 'debit', '5.00', onIndicator), line('9901', 'credit', '5.00', onIndicator)]
    await asAction(door().ledger, await city(), draft('2026-03-05', lines))
    expect((await told())['kept_accounts_founded']?.join()).toMatch(/910102, 9901 in CITY by key-/)
    await actOnce(door().ledger, (act) =>
      act.post({
        key: 'indicator:Z-1:99',
        maker: 'zhang',
        approvals: [],
        entries: [{ book: 'CITY', draft: draft('2026-03-05', lines) }],
      }),
    )
    expect((await told())['entries_as_approved']?.join()).toContain('indicator:Z-1:: approved 1000.00, posted 1005.00')
  })

  it('find money paid out that no district took in, and half of a release taken back (N1)', async () => {
    const kept = { ...onIndicator, counterparty: '110102' }
    const lines = [line('910402', 'debit', '3.00', kept), line('910401', 'credit', '3.00', kept)]
    const book = await city()
    const allotted = [line('910401', 'debit', '3.00', kept), line('910102', 'credit', '3.00', onIndicator)]
    await asAction(door().ledger, book, draft('2026-03-05', allotted))
    await asAction(door().ledger, book, draft('2026-03-05', lines))
    expect((await told())['upper_paid_lower_received']?.join()).toMatch(/paid 110102 F21 3.00, its books took in 0.00/)
  })

  it('warn of what a machine client books on one side, and fail what an action does (N5)', async () => {
    const book = await city()
    const half = draft('2026-03-05', [line('100201', 'debit', '9.00', of), line('4601', 'credit', '9.00', of)])
    posted(await post(door().ledger, book, half))
    expect((await told())['note parallel_accounts']?.join()).toContain('CITY LJ2026 F21: financial accounting has 9.00')
    await asAction(door().ledger, book, half)
    expect((await told())['parallel_accounts']?.join()).toContain('800102 0.00')
  })

  it('warn of a project nobody registered, where a machine client names it (N15)', async () => {
    const typo = { project: 'LJ2025', source: 'F21' }
    const lines = [line('5001', 'debit', '1.00', typo), line('230299', 'credit', '1.00', typo)]
    posted(await post(door().ledger, await city(), draft('2026-03-05', lines)))
    expect((await told())['note projects_known']?.join()).toContain('CITY: no project LJ2025')
  })
})
