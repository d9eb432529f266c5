import { beforeAll, describe, expect, it } from 'vitest'
import { correctEntry, postBatch, postEntry, postTransaction, reverseEntry } from '../../src/ledger/actions.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import { dryRunEntries, dryRunReversal } from '../../src/ledger/dry-run.ts'
import { readEntry } from '../../src/ledger/journal.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { addDays, day, type Month } from '../../src/base/calendar.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { checker, draft, line, maker, newBook, newKey, post, posted, quota, refused, spend } from '../support/ledger.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

/** The ledger, of which one does something just before a statement of its transactions is sent. */
function readingBefore(name: string, work: () => Promise<unknown>): Ledger {
  const { pool } = ledger.database
  const connect = async () => {
    const client = await pool.connect()
    const query = client.query.bind(client) as (asked: { name?: string }) => Promise<unknown>
    const asking = async (asked: { name?: string }) => {
      if (asked.name === name) await work()
      return query(asked)
    }
    const release = client.release.bind(client)
    return Object.assign(client, {
      query: asking,
      release: (error?: boolean) => {
        Object.assign(client, { query, release })
        release(error)
      },
    })
  }
  return { ...ledger, database: { ...ledger.database, pool: { connect } as unknown as typeof pool } }
}

describe('posting', () => {
  it('numbers entries without gaps, by book and by month, and reads back what was posted', async () => {
    const book = await newBook(ledger)
    const first = posted(await post(ledger, book, quota('6000000.00', '2026-03-05')))
    const second = posted(await post(ledger, book, spend('100.01', '2026-03-06')))
    const april = posted(await post(ledger, book, spend('0.99', '2026-04-01')))
    expect([first, second, april].map(({ sequence, number }) => [sequence, number])).toEqual([
      [1, 1],
      [2, 2],
      [3, 1],
    ])
    expect(await readEntry(ledger.database, book, 2)).toEqual(second)
  })

  it('refuses to spend past the quota of a project and source, on the day or on any later day', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-03-05')))
    expect(refused(await post(ledger, book, spend('100.01', '2026-03-06')))).toBe('balance_insufficient')
    expect(refused(await post(ledger, book, spend('1.00', '2026-03-06', { project: 'P2' })))).toBe(
      'balance_insufficient',
    )
    expect(refused(await post(ledger, book, spend('1.00', '2026-03-06', { source: 'F22' })))).toBe(
      'balance_insufficient',
    )
    expect(refused(await post(ledger, book, spend('1.00', '2026-03-04')))).toBe('balance_insufficient')
    posted(await post(ledger, book, quota('50.00', '2026-03-10')))
    posted(await post(ledger, book, spend('120.00', '2026-03-12')))
    // On the 8th there are 100, but on the 12th only 30 are left.
    expect(refused(await post(ledger, book, spend('30.01', '2026-03-08')))).toBe('balance_insufficient')
    posted(await post(ledger, book, spend('30.00', '2026-03-08')))
  })

  it('keeps its decisions when memory is lost between batches', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-03-05')))
    posted(await post(ledger, book, spend('60.00', '2026-03-12')))
    ledger.group.memory.forget([book.bookId])
    expect(refused(await post(ledger, book, spend('40.01', '2026-03-07')))).toBe('balance_insufficient')
    ledger.group.memory.forget([book.bookId])
    const last = posted(await post(ledger, book, spend('40.00', '2026-03-07')))
    expect([last.sequence, last.number]).toEqual([3, 3])
  })

  it('remembers the latest days of an account only, and reads the earlier ones again', async () => {
    const book = await newBook(ledger)
    const days = Array.from({ length: 120 }, (_, index) => addDays(day('2026-01-01'), index))
    for (const on of days) posted(await post(ledger, book, quota('10.00', on)))
    const account = [...(ledger.group.memory.take([book.bookId])?.[0]?.accounts.values() ?? [])][0]
    expect(account?.days.size).toBeLessThanOrEqual(80)
    expect(account?.daysFrom).toBe([...(account?.days.keys() ?? [])].sort()[0])
    ledger.group.memory.forget([book.bookId])
    for (const on of days.slice(60)) posted(await post(ledger, book, spend('1.00', on)))
    // On the third day 30.00 were there, and never less than 29.00 since.
    expect(refused(await post(ledger, book, spend('30.01', days[2])))).toBe('balance_insufficient')
    posted(await post(ledger, book, spend('30.00', days[2])))
    expect(refused(await post(ledger, book, spend('0.01', days[0])))).toBe('balance_insufficient')
    for await (const result of runChecks(ledger.database)) expect(result).toMatchObject({ faults: [] })
  })

  it('does not believe its memory where another process has posted, closed a month or answered the key', async () => {
    const book = await newBook(ledger)
    const other = openLedger(test().database)
    posted(await post(ledger, book, quota('100.00', '2026-03-05')))
    posted(await post(other, book, spend('60.00', '2026-03-06')))
    expect(refused(await post(ledger, book, spend('40.01', '2026-03-06')))).toBe('balance_insufficient')
    expect(posted(await post(ledger, book, spend('10.00', '2026-03-06'))).sequence).toBe(3)
    const key = newKey()
    const first = await postEntry(ledger, maker, book.code, spend('1.00'), key)
    const neighbours = [spend('2.00'), spend('1.00'), spend('3.00')].map((draft, index) =>
      postEntry(ledger, maker, book.code, draft, index === 1 ? key : newKey()),
    )
    const [two, again, three] = await Promise.all(neighbours)
    expect(again).toEqual({ ...first, replayed: true })
    expect([two, three].map((answer) => answer && posted(answer).sequence)).toEqual([5, 6])
    posted(await post(ledger, book, spend('4.00', '2026-04-01')))
    await closePeriod(other, checker, book.code, '2026-03' as Month)
    expect(refused(await post(ledger, book, spend('5.00', '2026-03-31')))).toBe('period_closed')
    expect(posted(await post(ledger, book, spend('5.00', '2026-04-02'))).number).toBe(2)
    const [head] = await test().database.sql<{ sequence: bigint }[]>`
      select sequence from book_head where book_id = ${book.bookId}`
    expect(head?.sequence).toBe(8n)
  })

  it('answers a key with its first answer, and refuses it for other content', async () => {
    const book = await newBook(ledger)
    const key = newKey()
    const first = await post(ledger, book, quota('100.00'), key)
    const again = await post(ledger, book, quota('100.00'), key)
    expect(again).toEqual({ ...first, replayed: true })
    expect(refused(await post(ledger, book, quota('100.01'), key))).toBe('idempotency_key_reused')
  })

  it('pins a refusal that depends on the state to its key', async () => {
    const book = await newBook(ledger)
    const key = newKey()
    const first = await post(ledger, book, spend('5.00'), key)
    posted(await post(ledger, book, quota('100.00')))
    const again = await post(ledger, book, spend('5.00'), key)
    expect(refused(first)).toBe('balance_insufficient')
    expect(again).toEqual({ ...first, replayed: true })
  })

  it('lets an entry of a batch see those before it, and each stand alone', async () => {
    const book = await newBook(ledger)
    const answers = await postBatch(
      ledger,
      maker,
      book.code,
      [
        { key: newKey(), draft: spend('1.00') },
        { key: newKey(), draft: quota('10.00') },
        { key: newKey(), draft: spend('10.00') },
        { key: newKey(), draft: spend('0.01') },
        { key: newKey(), draft: draft('2026-03-05', [line('1011', 'debit', '1.00'), line('4001', 'credit', '1.01')]) },
      ],
      false,
    )
    expect(answers.map((answer) => ('refusal' in answer ? answer.refusal.code : answer.entries[0]?.sequence))).toEqual([
      'balance_insufficient',
      1,
      2,
      'balance_insufficient',
      'entry_unbalanced',
    ])
  })

  it('posts nothing of an atomic batch that has one refusal', async () => {
    const book = await newBook(ledger)
    const batch = [
      { key: newKey(), draft: quota('10.00') },
      { key: newKey(), draft: spend('10.01') },
      { key: newKey(), draft: spend('1.00') },
    ]
    const answers = await postBatch(ledger, maker, book.code, batch, true)
    expect(answers.map(refused)).toEqual(['batch_not_posted', 'balance_insufficient', 'batch_not_posted'])
    expect(posted(await post(ledger, book, quota('1.00'))).sequence).toBe(1)
    expect(await postBatch(ledger, maker, book.code, batch, true)).toEqual(
      answers.map((a, index) => ({ ...a, replayed: index === 1 })),
    )
    // The keys of the blameless are free for something else.
    const [blameless] = batch
    expect(posted(await post(ledger, book, quota('2.00'), blameless?.key)).sequence).toBe(2)
  })

  it('tells a key that was used before whatever else is wrong with the request', async () => {
    const book = await newBook(ledger)
    const key = newKey()
    const { bookId, sequence } = posted(await post(ledger, book, quota('10.00'), key))
    const wrong = draft('2026-03-05', [line('999999', 'debit', '1.00'), line('4001', 'credit', '2.00')])
    const reused = { code: 'idempotency_key_reused' }
    await expect(post(ledger, book, wrong, key)).rejects.toMatchObject(reused)
    const [batched] = await postBatch(ledger, maker, book.code, [{ key, draft: wrong }], true)
    expect(batched && refused(batched)).toBe('idempotency_key_reused')
    const red = { on: day('2026-03-01'), reason: '早于原凭证' }
    await expect(reverseEntry(ledger, maker, entryId(bookId, sequence), red, key)).rejects.toMatchObject(reused)
    await expect(post(ledger, book, wrong, newKey())).rejects.toMatchObject({ code: 'account_unknown' })
  })

  it('takes an entry back and posts the right one, both or neither', async () => {
    const book = await newBook(ledger)
    const { bookId, sequence } = posted(await post(ledger, book, quota('10.00')))
    const id = entryId(bookId, sequence)
    const given = { on: day('2026-03-06'), reason: '金额有误' }
    const key = newKey()
    const wrong = correctEntry(ledger, maker, id, { ...given, entry: spend('99.00') }, newKey())
    expect(refused(await wrong)).toBe('balance_insufficient')
    expect(await readEntry(ledger.database, book, 2)).toBeUndefined()
    const answer = await correctEntry(ledger, maker, id, { ...given, entry: quota('12.00') }, key)
    expect('entries' in answer && answer.entries.map(({ reverses, type }) => [reverses, type])).toEqual([
      [1, 'reversal'],
      [undefined, 'general'],
    ])
    const again = await correctEntry(ledger, maker, id, { ...given, entry: quota('12.00') }, key)
    expect('entries' in again && [again.replayed, again.entries.length]).toEqual([true, 2])
    expect((await readBalance(ledger.database, book, { account: '1011' })).balanceFen).toBe(1_200n)
  })

  it('says in a dry run what would come of it, and writes nothing', async () => {
    const book = await newBook(ledger)
    const { bookId, sequence } = posted(await post(ledger, book, quota('10.00')))
    const entries = [spend('4.00'), spend('7.00'), draft('2026-03-05', [line('999999', 'debit', '1.00')])]
    const { refusals, after } = await dryRunEntries(ledger, maker, book.code, { entries, atomic: false })
    expect(refusals.map((refusal) => refusal?.code)).toEqual([undefined, 'balance_insufficient', 'entry_too_short'])
    expect(after.map(({ account, balanceFen, side }) => [account, balanceFen, side])).toEqual([
      ['1011', 600n, 'debit'],
      ['161301', 400n, 'debit'],
    ])
    const whole = await dryRunEntries(ledger, maker, book.code, { entries: entries.slice(0, 2), atomic: true })
    expect(whole.refusals.map((refusal) => refusal?.code)).toEqual(['batch_not_posted', 'balance_insufficient'])
    const unformed = await dryRunEntries(ledger, maker, book.code, { entries: entries.toSpliced(1, 1), atomic: true })
    expect(unformed.refusals.map((refusal) => refusal?.code)).toEqual(['batch_not_posted', 'entry_too_short'])
    expect(unformed.after).toEqual([])
    const red = { on: day('2026-03-06'), reason: '试算' }
    const reversal = await dryRunReversal(ledger, maker, entryId(bookId, sequence), red)
    expect([reversal.refusals, reversal.after.map(({ balanceFen }) => balanceFen)]).toEqual([[undefined], [0n, 0n]])
    expect(await readEntry(ledger.database, book, 2)).toBeUndefined()
  })

  it('is dry on the books of one moment, whatever is posted while they are read', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('100.00', '2026-03-05')))
    posted(await post(ledger, book, quota('50.00', '2026-03-10')))
    const torn = readingBefore('load_days', () => post(ledger, book, quota('100.00', '2026-03-10')))
    const entries = [spend('50.00', '2026-03-05')]
    const { refusals, after } = await dryRunEntries(torn, maker, book.code, { entries, atomic: false })
    expect(refusals.map((refusal) => refusal?.code)).toEqual([undefined])
    expect(after.map(({ balanceFen }) => balanceFen)).toEqual([10_000n, 5_000n])
  })

  it('is never tried as a batch by posting it', async () => {
    const book = await newBook(ledger)
    const batch = [{ key: newKey(), draft: quota('10.00') }]
    const tried = postBatch({ ...ledger, isTrial: true }, maker, book.code, batch, false)
    await expect(tried).rejects.toThrow('not tried')
    expect(await readEntry(ledger.database, book, 1)).toBeUndefined()
  })

  it('posts a transaction over several books, all or none', async () => {
    const [giver, taker] = [await newBook(ledger), await newBook(ledger)]
    posted(await post(ledger, giver, quota('100.00')))
    const entries = (amount: string) => [
      { book: giver.code, draft: spend(amount) },
      {
        book: taker.code,
        draft: draft('2026-03-06', [line('100201', 'debit', amount), line('4601', 'credit', amount)]),
      },
    ]
    expect(refused(await postTransaction(ledger, maker, entries('100.01').reverse(), newKey()))).toBe(
      'balance_insufficient',
    )
    expect(await readEntry(ledger.database, taker, 1)).toBeUndefined()
    const key = newKey()
    const answer = await postTransaction(ledger, maker, entries('100.00'), key)
    expect('entries' in answer && answer.entries.map(({ book, sequence }) => [book, sequence])).toEqual([
      [giver.code, 2],
      [taker.code, 1],
    ])
    expect(await postTransaction(ledger, maker, entries('100.00'), key)).toEqual({ ...answer, replayed: true })
  })

  it('reverses an entry once, in red, and never a red entry', async () => {
    const book = await newBook(ledger)
    const entry = posted(await post(ledger, book, quota('100.00')))
    const id = entryId(book.bookId, entry.sequence)
    const on = day('2026-03-07')
    const red = posted(await reverseEntry(ledger, maker, id, { on, reason: '记错项目' }, newKey()))
    expect(red.lines.map(({ account, side, amountFen }) => [account, side, amountFen])).toEqual([
      ['1011', 'debit', -10000n],
      ['4001', 'credit', -10000n],
    ])
    expect(red.reverses).toBe(1)
    expect(refused(await reverseEntry(ledger, maker, id, { on, reason: '再冲' }, newKey()))).toBe(
      'entry_already_reversed',
    )
    await expect(reverseEntry(ledger, maker, 'E99-1', { on, reason: 'x' }, newKey())).rejects.toMatchObject({
      code: 'entry_not_found',
    })
    await expect(
      reverseEntry(ledger, maker, entryId(book.bookId, 2), { on, reason: 'x' }, newKey()),
    ).rejects.toMatchObject({ code: 'entry_is_reversal' })
  })

  it('posts what arrives at once together, each answered alone', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('30.00')))
    const answers = await Promise.all(Array.from({ length: 50 }, () => post(ledger, book, spend('1.00'))))
    expect(answers.filter((answer) => 'entries' in answer)).toHaveLength(30)
    const sequences = answers.flatMap((answer) =>
      'entries' in answer ? answer.entries.map(({ sequence }) => sequence) : [],
    )
    expect(sequences.sort((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, i) => i + 2))
  })

  it('meets the guards of the database when the posting path is bypassed', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('30.00')))
    const { pool } = ledger.database
    await expect(pool.query(`update entry set summary = 'x' where book_id = $1`, [book.bookId])).rejects.toThrow(
      /permission denied/,
    )
    await expect(
      pool.query(
        `insert into line (book_id, account, sequence, booked_on, line, basis, debit_fen, day_debit_fen, day_credit_fen)
         values ($1, 1, 1, '2026-03-05', 3, 1, 5, 5, 0)`,
        [book.bookId],
      ),
    ).rejects.toThrow(/does not balance/)
    await asSuperuser(test(), async (client) => {
      await expect(client.query('delete from line')).rejects.toThrow(/append only/)
      await expect(client.query('truncate entry')).rejects.toThrow(/append only/)
    })
  })
})
