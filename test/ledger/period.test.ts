/**
 * Closing and reopening; who may is in test/scenarios/periods.txt, here is what is recorded and what happens at once.
 */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Month } from '../../src/base/calendar.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { approveReopening, closePeriod, readPeriods, requestReopening } from '../../src/ledger/period.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { approver, checker, newBook, post, posted, quota, refused } from '../support/ledger.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})
const month = (text: string) => text as Month

describe('closing a month', () => {
  it('is recorded once, however often it is asked', async () => {
    const book = await newBook(ledger)
    const first = await closePeriod(ledger, checker, book.code, month('2026-03'))
    expect(first.act).toMatchObject({ kind: 'closed', month: '2026-03', person: checker.person, act: 1 })
    expect(await closePeriod(ledger, checker, book.code, month('2026-03'))).not.toHaveProperty('act')
    expect(await closePeriod(ledger, checker, book.code, month('2026-01'))).toMatchObject({ state: 'closed' })
    const { closedThrough, acts } = await readPeriods(ledger, book)
    expect([closedThrough, acts.length]).toEqual(['2026-03', 1])
  })

  it('asked twice at once is one act', async () => {
    const book = await newBook(ledger)
    const ask = () => closePeriod(ledger, checker, book.code, month('2026-03'))
    await Promise.all([ask(), ask(), ask(), ask()])
    expect((await readPeriods(ledger, book)).acts).toHaveLength(1)
  })

  it('holds at once for another process, whatever it has in memory', async () => {
    const other = openLedger(test().database)
    const book = await newBook(ledger)
    posted(await post(other, book, quota('1.00', '2026-03-01')))
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    expect(refused(await post(other, book, quota('1.00', '2026-03-31')))).toBe('period_closed')
    posted(await post(other, book, quota('1.00', '2026-04-01')))
  })

  it('and posting into it at once leaves no entry recorded after the closing', async () => {
    const book = await newBook(ledger)
    const other = openLedger(test().database)
    const posts = Array.from({ length: 40 }, (_, i) => post(i % 2 ? ledger : other, book, quota('1.00', '2026-03-05')))
    const [closing, ...answers] = await Promise.all([
      closePeriod(ledger, checker, book.code, month('2026-03')),
      ...posts,
    ])
    const taken = answers.filter((answer) => 'entries' in answer).length
    expect(answers.every((answer) => 'entries' in answer || answer.refusal.code === 'period_closed')).toBe(true)
    expect(closing.act).toBeDefined()
    ledger.group.memory.forget([book.bookId])
    expect(posted(await post(ledger, book, quota('1.00', '2026-04-05'))).sequence).toBe(taken + 1)
  })
})

describe('the acts of a book', () => {
  it('are a chain: each hash covers the one before and the act itself', async () => {
    const book = await newBook(ledger)
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    const { hash } = await requestReopening(ledger, checker, book.code, month('2026-02'), '更正')
    await approveReopening(ledger, approver, book.code, month('2026-02'), hash)
    await closePeriod(ledger, checker, book.code, month('2026-04'))
    const { acts, closedThrough } = await readPeriods(ledger, book)
    expect(acts.map(({ kind }) => kind)).toEqual(['closed', 'reopening_requested', 'reopened', 'closed'])
    expect(closedThrough).toBe('2026-04')
    expect(acts[2]).toMatchObject({
      request: hash,
      requestedBy: checker.person,
      person: approver.person,
      reason: '更正',
    })
    const bodies = await asSuperuser(test(), (client) =>
      client.query<{ body: string }>('select body from period_act where book_id = $1 order by act', [book.bookId]),
    )
    let before: Buffer = Buffer.alloc(0)
    bodies.rows.forEach(({ body }, index) => {
      before = createHash('sha256').update(before).update(body).digest()
      expect(before.toString('hex')).toBe(acts[index]?.hash)
    })
  })

  it('cannot be edited or dropped', async () => {
    const book = await newBook(ledger)
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    await asSuperuser(test(), async (client) => {
      await expect(client.query('delete from period_act where book_id = $1', [book.bookId])).rejects.toThrow(
        /append only/,
      )
      await expect(client.query('update book_head set acts = 0 where book_id = $1', [book.bookId])).rejects.toThrow(
        /forward only/,
      )
    })
  })

  it('let a request be approved once, and only until the books are closed or reopened again', async () => {
    const book = await newBook(ledger)
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    const { hash } = await requestReopening(ledger, checker, book.code, month('2026-03'), '一')
    const again = await requestReopening(ledger, checker, book.code, month('2026-03'), '二')
    await approveReopening(ledger, approver, book.code, month('2026-03'), hash)
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    for (const stale of [hash, again.hash]) {
      await expect(approveReopening(ledger, approver, book.code, month('2026-03'), stale)).rejects.toMatchObject({
        code: 'reopening_not_requested',
      })
    }
    const other = await requestReopening(ledger, checker, book.code, month('2026-02'), '三')
    await expect(approveReopening(ledger, approver, book.code, month('2026-03'), other.hash)).rejects.toMatchObject({
      code: 'reopening_not_requested',
    })
  })

  it('are not approved twice by two approvers at once', async () => {
    const book = await newBook(ledger)
    await closePeriod(ledger, checker, book.code, month('2026-03'))
    const { hash } = await requestReopening(ledger, checker, book.code, month('2026-03'), '更正')
    const ask = (person: string) =>
      approveReopening(ledger, { ...approver, person }, book.code, month('2026-03'), hash).then(
        () => 'reopened',
        (error: { code: string }) => error.code,
      )
    expect((await Promise.all([ask('wang'), ask('chen')])).sort()).toEqual(['period_not_closed', 'reopened'])
  })
})
