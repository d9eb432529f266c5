/**
 * The judge before the bench: a sound ledger is acquitted, and each of these planted crimes is seen. A judge who sees
 * nothing proves nothing.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { judge, type Verdict } from './checker.ts'
import { createBooks, ledgerDoor } from './doors.ts'
import { fund, type History, type Operation, startLoad } from './load.ts'
import { until } from './own-server.ts'
import { report } from './report.ts'

const test = useDatabase()
let given: Operation[] = []
let seen = 0
let history: History = { seed: 7, operations: [], events: [], surprises: [] }

beforeAll(async () => {
  const ledger = openLedger(test().database)
  await createBooks(ledger)
  const door = ledgerDoor(ledger)
  given = await fund(door)
  const load = startLoad(door, 7)
  // More than 256 entries, so that there is an inner node to look at.
  await until(() => load.history.events.length > 1_600, 60_000, 'enough entries')
  history = await load.finish()
})

/** Judges after a change that no role of ours could make, and takes the change back. */
async function after(change: string, changed: Partial<History> = {}): Promise<Verdict> {
  const tables = ['entry', 'line', 'account', 'book_head', 'receipt', 'merkle_node', 'closing', 'voucher_number']
  return asSuperuser(test(), async (client) => {
    const each = (text: (table: string) => string) => client.query(tables.map(text).join(';'))
    await each((table) => `create table kept_${table} as table ${table}; alter table ${table} disable trigger all`)
    await client.query(change)
    const verdict = await judge(test().superUrl, { ...history, ...changed }, given)
    await each((table) => `delete from ${table}; insert into ${table} table kept_${table}; drop table kept_${table}`)
    return verdict
  })
}

const last = `(select max(sequence) from entry where book_id = 1 and transaction_id is null)`
const crimes: readonly [crime: string, change: string, words: RegExp][] = [
  [
    'an entry removed with its lines',
    `delete from entry where (book_id, sequence) = (1, ${last}); delete from line where book_id = 1 and sequence = (select max(sequence) from line where book_id = 1)`,
    /missing/,
  ],
  ['a line removed', 'delete from line where (book_id, sequence, line) = (1, 5, 2)', /without its lines/],
  ['an entry removed, its lines left', 'delete from entry where (book_id, sequence) = (1, 5)', /line without an entry/],
  [
    'an amount changed on both sides, with all totals',
    `update line set debit_fen = debit_fen + 1, credit_fen = credit_fen + 1 where (book_id, sequence) = (1, 5)`,
    /not the hash of their entry/,
  ],
  [
    'a summary changed',
    `update entry set summary = summary || '.' where (book_id, sequence) = (1, 5)`,
    /nobody asked for|not the hash/,
  ],
  ['a leaf changed', `update entry set leaf = sha256('x') where (book_id, sequence) = (1, 5)`, /altered/],
  [
    'a frontier changed',
    `update book_head set frontier = overlay(frontier placing '\\x00' from 3) where book_id = 2`,
    /root of book 2/,
  ],
  ['an inner node changed', `update merkle_node set hash = sha256('x')`, /node 8\/0/],
  ['an inner node removed', `delete from merkle_node`, /nodes, not/],
  [
    'an entry posted twice',
    `insert into entry select book_id, sequence + 100000, booked_on, number, lines, recorded_at, reverses, transaction_id, type, summary, maker, approvals, documents, leaf
      from entry where (book_id, sequence) = (1, 5)`,
    /doubled/,
  ],
  [
    'a closing that drifts',
    'update closing set debit_fen = debit_fen + 1 where book_id = 1 and account = 1',
    /closing that is not the sum/,
  ],
  [
    'a closing that an entry of an earlier day did not move',
    `update closing set credit_fen = credit_fen - 1 where (book_id, account) = (1, 1)
       and booked_on = (select max(booked_on) from closing where (book_id, account) = (1, 1))`,
    /closing that is not the sum/,
  ],
  ['a closing left out', 'delete from closing where (book_id, account) = (1, 1)', /closing that is not the sum/],
  ['a floor taken away', 'update closing set floor = 0', /without its floor/],
  [
    'a voucher number left out',
    'update entry set number = number + 1 where book_id = 1 and sequence > 50',
    /voucher numbers/,
  ],
  ['a receipt removed', 'delete from receipt where book_id = 1 and sequence = 5', /exactly one receipt/],
  ['an account removed', 'delete from account where (book_id, account) = (1, 3)', /line without its account/],
]

describe('the checker', () => {
  it('acquits a sound ledger', async () => {
    const verdict = await judge(test().superUrl, history, given)
    expect(verdict.faults).toEqual([])
    expect(verdict.acked + verdict.refused).toBe(history.operations.length)
  })

  it.each(crimes)('sees %s', async (_, change, words) => {
    expect((await after(change)).faults.join('\n')).toMatch(words)
    seen += 1
  })

  it('sees what was refused and is there, and what was acknowledged with another hash', async () => {
    const turned = history.events.map((event) =>
      event.kind === 'ok' ? { ...event, kind: 'fail' as const, code: 'x' } : event,
    )
    expect((await judge(test().superUrl, { ...history, events: turned }, given)).phantom).toBeGreaterThan(100)
    const wrong = history.events.map((event) =>
      event.kind === 'ok' ? { ...event, hashes: event.hashes.map(() => '00') } : event,
    )
    expect((await judge(test().superUrl, { ...history, events: wrong }, given)).altered).toBeGreaterThan(100)
    seen += 2
  })

  it('acquits again when everything is as it was', async () => {
    expect((await judge(test().superUrl, history, given)).faults).toEqual([])
    report('checker', { 'crimes planted': crimes.length + 2, 'crimes seen': seen })
  })
})
