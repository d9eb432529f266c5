/** The checks hold on honest books, and each finds the fault planted for it by a superuser with the guards taken off. */
import { beforeAll, describe, expect, it } from 'vitest'
import type pg from 'pg'
import { day } from '../../src/base/calendar.ts'
import { postTransaction, reverseEntry } from '../../src/ledger/actions.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { asSuperuser, createTestDatabase, type TestDatabase } from '../support/database.ts'
import { checker, draft, line, maker, newBook, newKey, post, posted, quota, spend } from '../support/ledger.ts'

async function failing(database: TestDatabase['database']): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of runChecks(database)) if (!ok) failed.push(check)
  return failed
}

async function honestBooks(test: TestDatabase): Promise<Ledger> {
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
  return ledger
}

const plants: readonly { readonly fault: string; readonly sql: string; readonly found: readonly string[] }[] = [
  {
    fault: 'an amount changed on one leg',
    sql: `update line set debit_fen = debit_fen + 1 where book_id = 1 and sequence = 1 and line = 1`,
    found: ['entries_balance', 'day_totals', 'month_totals', 'running_totals', 'leaves_and_roots'],
  },
  {
    fault: 'an amount changed on both legs and all totals',
    sql: `update line set debit_fen = debit_fen + 7, day_debit_fen = day_debit_fen + 7 where book_id = 1 and sequence = 1 and line = 1;
          update line set credit_fen = credit_fen + 7, day_credit_fen = day_credit_fen + 7 where book_id = 1 and sequence = 1 and line = 2;
          update day_total set debit_fen = debit_fen + 7 where book_id = 1 and booked_on = '2026-01-05' and account = 1;
          update day_total set credit_fen = credit_fen + 7 where book_id = 1 and booked_on = '2026-01-05' and account = 2;
          update month_total set debit_fen = debit_fen + 7 where book_id = 1 and month = '2026-01-01' and account = 1;
          update month_total set credit_fen = credit_fen + 7 where book_id = 1 and month = '2026-01-01' and account = 2`,
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
    found: ['sequences_dense', 'vouchers_dense', 'day_totals', 'month_totals', 'receipts_whole', 'leaves_and_roots'],
  },
  {
    fault: 'a lost line',
    sql: `delete from line where book_id = 2 and line = 2`,
    found: ['entries_balance', 'entries_whole', 'day_totals', 'month_totals', 'leaves_and_roots'],
  },
  {
    fault: 'a total',
    sql: `update month_total set debit_fen = debit_fen + 1 where book_id = 1 and account = 1`,
    found: ['month_totals'],
  },
  { fault: 'a day total gone', sql: `delete from day_total where book_id = 2 and account = 1`, found: ['day_totals'] },
  {
    fault: 'a guarded account below zero',
    sql: `update line set booked_on = '2026-01-04' where book_id = 1 and sequence = 3; update entry set booked_on = '2026-01-04' where book_id = 1 and sequence = 3`,
    found: ['day_totals', 'running_totals', 'guarded_balances', 'leaves_and_roots'],
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
  let template: TestDatabase
  beforeAll(async () => {
    template = await createTestDatabase()
    await honestBooks(template)
    return () => template.drop()
  })

  it('hold on honest books', async () => {
    expect(await failing(template.database)).toEqual([])
  })

  it.each(plants)('find $fault', async ({ sql, found }) => {
    const test = await createTestDatabase()
    try {
      await honestBooks(test)
      await asSuperuser(test, (client) => planted(client, sql))
      expect(await failing(test.database)).toEqual(found)
    } finally {
      await test.drop()
    }
  })
})

// A superuser can take every trigger off; that is why there are checks, and hashes.
async function planted(client: pg.Client, statements: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from pg_class where relnamespace = 'yiben'::regnamespace and relkind = 'r'`,
  )
  for (const { name } of rows) await client.query(`alter table yiben.${name} disable trigger all`)
  await client.query(statements)
}
