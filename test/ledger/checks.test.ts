/**
 * The checks hold on honest books, and each finds the fault planted for it by a superuser with the guards taken off.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { postTransaction, reverseEntry } from '../../src/ledger/actions.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { type TestDatabase, useDatabase, withPlanted } from '../support/database.ts'
import { checker, draft, line, maker, newBook, newKey, post, posted, quota, spend } from '../support/ledger.ts'

async function failing(database: TestDatabase['database']): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of runChecks(database)) if (!ok) failed.push(check)
  return failed
}

async function honestBooks(test: TestDatabase): Promise<void> {
  const ledger = openLedger(test.database)
  const [one, two] = [await newBook(ledger, 'government', 'ONE'), await newBook(ledger, 'government', 'TWO')]
  posted(await post(ledger, one, quota('100.00', '2026-01-05')))
  const wrong = posted(await post(ledger, one, spend('40.00', '2026-01-06', { contract: 'HT-1', memo: '"引号"\\' })))
  posted(await post(ledger, one, spend('10.00', '2026-01-06')))
  await reverseEntry(
    ledger,
    maker,
    `E${one.bookId}-${wrong.sequence}`,
    { on: day('2026-01-07'), reason: '记错' },
    newKey(),
  )
  const entries = [
    { book: one.code, draft: spend('5.00', '2026-02-01') },
    { book: two.code, draft: draft('2026-02-01', [line('100201', 'debit', '5.00'), line('4601', 'credit', '5.00')]) },
  ]
  await postTransaction(ledger, maker, entries, newKey())
  await post(ledger, one, spend('1000.00'))
  await closePeriod(ledger, checker, one.code, '2026-01' as never)
}

const plants: readonly { readonly fault: string; readonly sql: string; readonly found: readonly string[] }[] = [
  {
    fault: 'an amount changed on one leg',
    sql: `update line set debit_fen = debit_fen + 1 where book_id = 1 and sequence = 1 and line = 1`,
    found: ['entries_balance', 'closing_balances', 'running_totals', 'leaves_and_roots'],
  },
  {
    fault: 'an amount changed on both legs and all totals',
    sql: `update line set debit_fen = debit_fen + 7, day_debit_fen = day_debit_fen + 7 where book_id = 1 and sequence = 1 and line = 1;
          update line set credit_fen = credit_fen + 7, day_credit_fen = day_credit_fen + 7 where book_id = 1 and sequence = 1 and line = 2;
          update closing set debit_fen = debit_fen + 7 where book_id = 1 and booked_on >= '2026-01-05' and account = 1;
          update closing set credit_fen = credit_fen + 7 where book_id = 1 and booked_on >= '2026-01-05' and account = 2`,
    found: ['leaves_and_roots'],
  },
  {
    fault: 'a summary',
    sql: `update entry set summary = '改' where book_id = 1 and sequence = 2`,
    found: ['leaves_and_roots'],
  },
  {
    fault: 'a deleted entry',
    sql: `delete from line where book_id = 1 and sequence = 3; delete from entry where book_id = 1 and sequence = 3`,
    found: ['sequences_dense', 'vouchers_dense', 'closing_balances', 'receipts_whole', 'leaves_and_roots'],
  },
  {
    fault: 'a lost line',
    sql: `delete from line where book_id = 2 and line = 2`,
    found: ['entries_balance', 'entries_whole', 'closing_balances', 'leaves_and_roots'],
  },
  {
    fault: 'a total of the last day',
    sql: `update closing set debit_fen = debit_fen + 1 where book_id = 1 and account = 1 and booked_on = '2026-02-01'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a total of a day that is past',
    sql: `update closing set debit_fen = debit_fen + 1 where book_id = 1 and account = 1 and booked_on = '2026-01-06'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a closing gone',
    sql: `delete from closing where book_id = 2 and account = 1`,
    found: ['closing_balances'],
  },
  {
    fault: 'a closing of a day without lines',
    sql: `insert into closing select book_id, account, '2026-01-31', floor, debit_fen, credit_fen, first_sequence, last_sequence, least_sequence from closing
          where book_id = 1 and account = 1 and booked_on = '2026-01-07'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a closing of an account that is not there',
    sql: `insert into closing values (1, 99, '2026-01-31', 0, 0, 0, 1, 1, 1)`,
    found: ['closing_balances'],
  },
  {
    fault: 'a day said to have begun earlier',
    sql: `update closing set first_sequence = first_sequence - 1, least_sequence = least_sequence - 1 where book_id = 1 and account = 1 and booked_on = '2026-01-07'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a closing said to have been complete later',
    sql: `update closing set last_sequence = last_sequence + 1 where book_id = 1 and account = 1 and booked_on = '2026-01-07'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a day said to have begun sooner than any after it',
    sql: `update closing set least_sequence = least_sequence - 1 where book_id = 1 and account = 1 and booked_on = '2026-01-07'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a floor taken away',
    sql: `update closing set floor = 0 where book_id = 1 and account = 1 and booked_on = '2026-01-07'`,
    found: ['closing_balances'],
  },
  {
    fault: 'a guarded account below zero',
    sql: `update line set booked_on = '2026-01-04' where book_id = 1 and sequence = 3; update entry set booked_on = '2026-01-04' where book_id = 1 and sequence = 3`,
    found: ['closing_balances', 'running_totals', 'guarded_balances', 'leaves_and_roots'],
  },
  {
    fault: 'a guarded account below zero, with its closings and every other total',
    sql: `alter table closing drop constraint closing_not_below_zero;
          update line set booked_on = '2026-01-04', day_debit_fen = coalesce(debit_fen, 0), day_credit_fen = coalesce(credit_fen, 0)
            where book_id = 1 and sequence = 3;
          update line set day_debit_fen = coalesce(debit_fen, 0), day_credit_fen = coalesce(credit_fen, 0) where book_id = 1 and sequence = 2;
          update entry set booked_on = '2026-01-04' where book_id = 1 and sequence = 3;
          delete from closing where book_id = 1;
          insert into closing select l.book_id, account, booked_on, case when not guarded then 0 when side = 'debit' then 1 else -1 end,
              sum(sum(coalesce(debit_fen, 0))) over upto, sum(sum(coalesce(credit_fen, 0))) over upto, min(sequence), max(max(sequence)) over upto,
              min(min(sequence)) over since
            from line l join account a using (book_id, account) where l.book_id = 1 group by l.book_id, account, booked_on, guarded, side
            window upto as (partition by l.book_id, account order by booked_on),
              since as (partition by l.book_id, account order by booked_on desc)`,
    found: ['guarded_balances', 'leaves_and_roots'],
  },
  {
    fault: 'a clock turned back',
    sql: `update entry set recorded_at = '2020-01-01' where book_id = 1 and sequence = 2`,
    found: ['recorded_ascending', 'leaves_and_roots'],
  },
  {
    fault: 'a receipt gone',
    sql: `delete from receipt where book_id = 1 and sequence = 1`,
    found: ['receipts_whole'],
  },
  {
    fault: 'a red entry that is not a mirror',
    sql: `update entry set reverses = 1 where book_id = 1 and sequence = 4`,
    found: ['reversals_mirror', 'leaves_and_roots'],
  },
  {
    fault: 'an account of another chart',
    sql: `update account set subject = '999999' where book_id = 2 and account = 1`,
    found: ['accounts_in_chart', 'leaves_and_roots'],
  },
  {
    fault: 'an act edited',
    sql: `update period_act set body = replace(body, '2026-01', '2025-12')`,
    found: ['acts_chained'],
  },
  {
    fault: 'an entry recorded into a closed month',
    sql: `update entry set recorded_at = now() + interval '1 hour' where book_id = 1 and sequence = 4`,
    found: ['recorded_ascending', 'closed_months_untouched', 'leaves_and_roots'],
  },
  {
    fault: 'the head moved back',
    sql: `update book_head set sequence = 0 where book_id = 2`,
    found: ['sequences_dense', 'leaves_and_roots'],
  },
]

describe('checks', () => {
  const test = useDatabase()
  beforeAll(() => honestBooks(test()))

  it('hold on honest books', async () => {
    expect(await failing(test().database)).toEqual([])
  })

  it.each(plants)('find $fault', async ({ sql, found }) => {
    expect(await withPlanted(test(), sql, failing)).toEqual(found)
  })
})

describe('beside a service that posts', () => {
  const test = useDatabase()

  it('no check compares what stood before with what stands after', async () => {
    const ledger = openLedger(test().database)
    const busy = await newBook(ledger, 'government', 'BUSY')
    posted(await post(ledger, busy, quota('100.00', '2026-01-05')))
    let between = 0
    const own = await test().database.sql.reserve()
    // After each first statement of a check, and before its next, an entry is posted.
    const interrupted = new Proxy(own, {
      get: (target, name): unknown => (name === 'release' ? () => undefined : Reflect.get(target, name)),
      apply: (target, self, given: unknown[]): unknown => {
        const asked = Reflect.apply(target, self, given) as Promise<unknown> & { raw: readonly string[] }
        if (!/from book join book_head|from period_act order|select count/.test(String(given[0]))) return asked
        return asked.then(async (rows) => {
          between += 1
          posted(await post(ledger, busy, quota('1.00', '2026-01-05')))
          return rows
        })
      },
    })
    const sql = new Proxy(test().database.sql, {
      get: (target, name): unknown =>
        name === 'reserve' ? () => Promise.resolve(interrupted) : Reflect.get(target, name),
    })
    expect(await failing({ ...test().database, sql })).toEqual([])
    expect(between).toBeGreaterThan(3)
    own.release()
  })
})
