/**
 * The ledger against a model of some fifty lines, under a seeded storm: posts, batches, atomic batches, transactions
 * over books, red entries, reversals, retries, backdating, closings and reopenings, lost caches, and two ledgers on one
 * database posting in turn and at once. After every burst the books must say what the model says, on both clocks.
 * YIBEN_SEED plays one seed again, YIBEN_NIGHTLY plays many.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addDays, day, type Day, type Month, previousMonth } from '../../src/base/calendar.ts'
import { openDatabase, type Database } from '../../src/base/db.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { type Answer, postBatch, postEntry, postTransaction, reverseEntry } from '../../src/ledger/actions.ts'
import { readBalance, readStatement } from '../../src/ledger/balance.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import type { EntryDraft } from '../../src/ledger/entry.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { approveReopening, closePeriod, requestReopening } from '../../src/ledger/period.ts'
import type { PostedEntry } from '../../src/ledger/post.ts'
import { useDatabase } from '../support/database.ts'
import { approver, checker, draft, eagerLedger, maker, newBook } from '../support/ledger.ts'
import { ModelBook, type ModelEntry, type ModelLine } from './model.ts'
import { type Random, random } from './random.ts'

const nightly = process.env.YIBEN_NIGHTLY === '1'
const steps = Number(process.env.YIBEN_SIM_STEPS ?? (nightly ? 1_000 : 300))
const firstSeed = Number(process.env.YIBEN_SEED ?? 1)
const seeds = Array.from({ length: nightly ? 20 : 1 }, (_, i) => firstSeed + i)
const burst = 15

const subjects = {
  '1011': { sign: 1n, guarded: true },
  '100201': { sign: 1n, guarded: true },
  '161301': { sign: 1n, guarded: false },
  '230201': { sign: -1n, guarded: false },
  '230701': { sign: -1n, guarded: true },
  '4001': { sign: -1n, guarded: false },
  '800101': { sign: 1n, guarded: true },
  '6001': { sign: -1n, guarded: false },
  '7201': { sign: 1n, guarded: false },
} as const
type Code = keyof typeof subjects
const codes = Object.keys(subjects) as Code[]
// Debit and credit of one basis each.
const moves: readonly (readonly [Code, Code])[] = [
  ['1011', '4001'],
  ['1011', '4001'],
  ['161301', '1011'],
  ['161301', '230201'],
  ['230201', '1011'],
  ['100201', '230701'],
  ['230701', '100201'],
  ['100201', '1011'],
  ['800101', '6001'],
  ['7201', '800101'],
]
const firstDay = day('2026-01-01')
const dayCount = 120

const test = useDatabase()
let second: Database
beforeAll(() => {
  second = openDatabase(test().url)
})
afterAll(() => second.close())

describe('the ledger and its model', () => {
  it.each(seeds)(
    'agree after every burst of seed %i',
    async (seed) => {
      process.stderr.write(`sim: YIBEN_SEED=${seed}, ${steps} steps\n`)
      const run = new Run(seed, [openLedger(test().database), eagerLedger(second)])
      await run.open()
      for (let step = 0; step < steps; step++) {
        await run.step()
        if ((step + 1) % burst === 0) await run.compare()
      }
      await run.compare()
      expect(run.taken, 'the storm posts').toBeGreaterThan(steps / 2)
      expect(run.refusals, 'the storm is refused').toBeGreaterThan(steps / 20)
    },
    60_000 + steps * 1_000,
  )

  it('end alike whatever the order in which independent entries arrive', async () => {
    const ledger = openLedger(test().database)
    const from = random(firstSeed)
    const drafts = Array.from({ length: 60 }, () => randomDraft(from)).map(({ draft: given }) => given)
    const funding = [0, 1, 2, 3].flatMap((n) => drafts.map(() => fund(`P${n % 2}`, n < 2 ? 'F21' : 'F51')))
    const books = await Promise.all([newBook(ledger), newBook(ledger), newBook(ledger)])
    for (const book of books) {
      const keyed = [...funding, ...shuffled(from, drafts)].map((given, i) => ({ key: `${i}`, draft: given }))
      const answers = await postBatch(ledger, maker, book.code, keyed, false)
      expect(answers.every((answer) => 'entries' in answer)).toBe(true)
    }
    const [one, two, three] = await Promise.all(books.map((book) => readTrialBalance(ledger.database, book, {})))
    expect(two).toEqual(one)
    expect(three).toEqual(one)
  })
})

describe('a red entry and its original', () => {
  it('are nothing together, in every account, project and source, on every day from the reversal on', async () => {
    const ledger = openLedger(test().database)
    const book = await newBook(ledger)
    const from = random(firstSeed + 1)
    const funding = ['P0', 'P1'].flatMap((project) => ['F21', 'F51'].map((source) => fund(project, source)))
    const keyed = funding.map((given, n) => ({ key: `f${n}`, draft: given }))
    await postBatch(ledger, maker, book.code, keyed, true)
    const before = await everyBalance(ledger, book)
    for (let n = 0; n < 40; n++) {
      const given = randomDraft(from)
      const answer = await postEntry(ledger, maker, book.code, given.draft, `e${n}`)
      if ('refusal' in answer) continue
      const id = entryId(book.bookId, answer.entries[0]?.sequence ?? 0)
      await reverseEntry(ledger, maker, id, { on: given.draft.on, reason: '冲销' }, `r${n}`)
      expect(await everyBalance(ledger, book)).toEqual(before)
    }
  })
})

async function everyBalance(ledger: Ledger, book: Book): Promise<bigint[]> {
  const accounts = codes.flatMap((account) =>
    ['P0', 'P1'].flatMap((project) => ['F21', 'F51'].map((source) => ({ account, project, source }))),
  )
  const balances = await Promise.all(
    accounts.map((filter) => readBalance(ledger.database, book, { ...filter, asOf: addDays(firstDay, dayCount) })),
  )
  return balances.map(({ side, balanceFen }) => (side === 'debit' ? balanceFen : -balanceFen))
}

type At = { book: Book; model: ModelBook; posted: { entry: ModelEntry; sequence: number }[] }
type Given = { readonly draft: EntryDraft; readonly lines: readonly ModelLine[] }

class Run {
  taken = 0
  refusals = 0
  readonly #from: Random
  readonly #ledgers: readonly Ledger[]
  readonly #books: At[] = []
  #keys = 0
  /** Requests already answered, to be sent again. */
  readonly #answered: { send: (ledger: Ledger) => Promise<Answer>; first: Answer }[] = []

  constructor(seed: number, ledgers: readonly Ledger[]) {
    this.#from = random(seed)
    this.#ledgers = ledgers
  }

  async open(): Promise<void> {
    for (let n = 0; n < 2; n++) {
      const book = await newBook(this.#ledger())
      this.#books.push({ book, model: new ModelBook(subjects), posted: [] })
    }
  }

  #ledger(): Ledger {
    return this.#from.pick(this.#ledgers)
  }

  #key(): string {
    return `k${++this.#keys}`
  }

  async step(): Promise<void> {
    const dice = this.#from.below(100)
    if (dice < 35) return this.#one()
    if (dice < 50) return this.#batch(false)
    if (dice < 58) return this.#batch(true)
    if (dice < 66) return this.#transaction()
    if (dice < 76) return this.#reverse()
    if (dice < 84) return this.#again()
    if (dice < 88) return this.#close()
    if (dice < 91) return this.#reopen()
    if (dice < 94) return this.#forget()
    return this.#concurrent()
  }

  async #one(): Promise<void> {
    const at = this.#from.pick(this.#books)
    const given = this.#draft()
    const key = this.#key()
    const send = (ledger: Ledger) => postEntry(ledger, maker, at.book.code, given.draft, key)
    const wanted = at.model.refusal(given.draft.on, given.lines)
    const answer = await send(this.#ledger())
    this.#settle(at, given, wanted, answer)
    this.#answered.push({ send, first: answer })
  }

  async #batch(atomic: boolean): Promise<void> {
    const at = this.#from.pick(this.#books)
    const batch = Array.from({ length: this.#from.below(12) + 1 }, () => ({ key: this.#key(), given: this.#draft() }))
    const keyed = batch.map(({ key, given }) => ({ key, draft: given.draft }))
    const answers = await postBatch(this.#ledger(), maker, at.book.code, keyed, atomic)
    if (!atomic) {
      batch.forEach(({ given }, i) =>
        this.#settle(at, given, at.model.refusal(given.draft.on, given.lines), answers[i]),
      )
      return
    }
    const pending: ModelEntry[] = []
    const wanted = batch.map(({ given }) => {
      const refusal = at.model.refusal(given.draft.on, given.lines, pending)
      if (refusal === undefined) pending.push(modelEntry(given, { recordedAt: 0n }))
      return refusal
    })
    const spoiled = wanted.some((refusal) => refusal !== undefined)
    batch.forEach(({ given }, i) => {
      this.#settle(at, given, wanted[i] ?? (spoiled ? 'batch_not_posted' : undefined), answers[i])
    })
  }

  async #transaction(): Promise<void> {
    const key = this.#key()
    const parts = this.#books.map((at) => ({ at, given: this.#draft() }))
    const entries = parts.map(({ at, given }) => ({ book: at.book.code, draft: given.draft }))
    const wanted = parts.map(({ at, given }) => at.model.refusal(given.draft.on, given.lines)).find((code) => code)
    const answer = await postTransaction(this.#ledger(), maker, entries, key)
    if (wanted !== undefined) return this.#refused(wanted, answer)
    expect('entries' in answer && answer.entries.length).toBe(parts.length)
    if (!('entries' in answer)) return
    parts.forEach(({ at, given }, i) => this.#take(at, given, answer.entries[i]))
  }

  async #reverse(): Promise<void> {
    const at = this.#from.pick(this.#books)
    if (at.posted.length === 0) return
    const { entry, sequence } = this.#from.pick(at.posted)
    const on = addDays(entry.on as Day, this.#from.below(20))
    const lines = entry.lines.map((line) => ({ ...line, debit: -line.debit, credit: -line.credit }))
    // What is wrong with the request whatever the state comes first.
    const wanted = entry.isReversal
      ? 'entry_is_reversal'
      : entry.ofTransaction
        ? 'entry_of_transaction'
        : at.model.closedThrough !== '' && on.slice(0, 7) <= at.model.closedThrough
          ? 'period_closed'
          : entry.reversed
            ? 'entry_already_reversed'
            : at.model.refusal(on, lines)
    const id = entryId(at.book.bookId, sequence)
    const answer = await this.#try(() => reverseEntry(this.#ledger(), maker, id, { on, reason: '冲销' }, this.#key()))
    if (wanted !== undefined) return this.#refused(wanted, answer)
    entry.reversed = true
    this.#take(at, { draft: draft(on, []), lines }, 'entries' in answer ? answer.entries[0] : undefined, true)
  }

  async #try(work: () => Promise<Answer>): Promise<Answer> {
    try {
      return await work()
    } catch (error) {
      if (error instanceof Refusal) return { refusal: error.record(), replayed: false }
      throw error
    }
  }

  async #again(): Promise<void> {
    if (this.#answered.length === 0) return
    const { send, first } = this.#from.pick(this.#answered)
    expect(await send(this.#ledger())).toEqual({ ...first, replayed: true })
  }

  async #close(): Promise<void> {
    const at = this.#from.pick(this.#books)
    const month = addDays(firstDay, this.#from.below(45)).slice(0, 7) as Month
    await closePeriod(this.#ledger(), checker, at.book.code, month)
    if (month > at.model.closedThrough) at.model.closedThrough = month
  }

  async #reopen(): Promise<void> {
    const at = this.#from.pick(this.#books)
    if (at.model.closedThrough === '') return
    const month = at.model.closedThrough as Month
    const { hash } = await requestReopening(this.#ledger(), checker, at.book.code, month, '更正')
    await approveReopening(this.#ledger(), approver, at.book.code, month, hash)
    at.model.closedThrough = previousMonth(month)
  }

  async #forget(): Promise<void> {
    this.#ledger().group.memory.forget(this.#books.map(({ book }) => book.bookId))
  }

  // Both ledgers post to both books at once. What was taken is known by its answer; the model takes it in the order of
  // the sequence, and must have taken it too. Deposits only, so that the order does not decide what is refused.
  async #concurrent(): Promise<void> {
    const sent = Array.from({ length: 12 }, (_, i) => {
      const [project, source] = [`P${this.#from.below(2)}`, this.#from.pick(['F21', 'F51'])]
      const given = fundGiven(project, source, this.#day(), 1n + BigInt(this.#from.below(100_000)))
      const at = this.#books[i % this.#books.length]
      const ledger = this.#ledgers[(i >> 1) % this.#ledgers.length]
      if (!at || !ledger) throw new Error('books and ledgers')
      return { at, given, answer: postEntry(ledger, maker, at.book.code, given.draft, this.#key()) }
    })
    const answers = await Promise.all(sent.map(({ answer }) => answer))
    const order = sent.map((_, i) => i).sort((a, b) => sequenceOf(answers[a]) - sequenceOf(answers[b]))
    for (const i of order) {
      const one = sent[i]
      if (one) this.#settle(one.at, one.given, one.at.model.refusal(one.given.draft.on, one.given.lines), answers[i])
    }
  }

  #settle(at: At, given: Given, wanted: string | undefined, answer: Answer | undefined): void {
    if (wanted !== undefined) return this.#refused(wanted, answer)
    if (answer && 'refusal' in answer) expect.fail(`refused ${answer.refusal.code}: ${answer.refusal.detail.en}`)
    this.#take(at, given, answer?.entries[0])
  }

  #refused(wanted: string, answer: Answer | undefined): void {
    this.refusals += 1
    expect(answer && 'refusal' in answer ? answer.refusal.code : 'posted').toBe(wanted)
  }

  #take(at: At, given: Given, posted: PostedEntry | undefined, isReversal = false): void {
    if (!posted) throw new Error('posted')
    expect(posted.sequence).toBe(at.model.entries.length + 1)
    const entry = modelEntry(given, posted, isReversal)
    at.model.entries.push(entry)
    at.posted.push({ entry, sequence: posted.sequence })
    this.taken += 1
  }

  #day(): Day {
    return addDays(firstDay, this.#from.below(dayCount))
  }

  #draft(): Given {
    return randomDraft(this.#from, this.#day())
  }

  async compare(): Promise<void> {
    for (const { book, model } of this.#books) {
      const { database } = this.#ledger()
      const instants = [undefined, model.entries[this.#from.below(Math.max(1, model.entries.length))]?.recordedAt]
      for (const asOf of [undefined, this.#day()]) {
        for (const knownAt of instants) {
          await this.#compareTrial(database, book, model, asOf, knownAt)
          await this.#compareBalances(database, book, model, asOf, knownAt)
        }
      }
      await this.#compareStatement(database, book, model)
    }
  }

  async #compareTrial(database: Database, book: Book, model: ModelBook, asOf?: Day, knownAt?: bigint): Promise<void> {
    const { rows, totals } = await readTrialBalance(database, book, { asOf, knownAt })
    const ours = rows.map(({ account, debitFen, creditFen }) => ({ account, debit: debitFen, credit: creditFen }))
    const theirs = [...codes]
      .sort()
      .map((account) => ({ account, ...model.sums((line) => line.account === account, asOf, knownAt) }))
      .filter(({ debit, credit }) => debit !== 0n || credit !== 0n)
    expect(ours).toEqual(theirs)
    for (const total of totals) expect(total.debitFen).toBe(total.creditFen)
  }

  async #compareBalances(
    database: Database,
    book: Book,
    model: ModelBook,
    asOf?: Day,
    knownAt?: bigint,
  ): Promise<void> {
    for (let n = 0; n < 3; n++) {
      const prefix = this.#from.pick(['1', '10', '1011', '2', '2307', '230701', '161301', '4001', '8001'])
      const project = this.#from.pick([undefined, 'P0', 'P1'])
      const source = this.#from.pick([undefined, 'F21', 'F51'])
      const own = (line: ModelLine) =>
        line.account.startsWith(prefix) &&
        (project ?? line.project) === line.project &&
        (source ?? line.source) === line.source
      const { debitFen, creditFen } = await readBalance(database, book, {
        account: prefix,
        project,
        source,
        asOf,
        knownAt,
      })
      expect({ debit: debitFen, credit: creditFen }).toEqual(model.sums(own, asOf, knownAt))
    }
  }

  async #compareStatement(database: Database, book: Book, model: ModelBook): Promise<void> {
    const account = this.#from.pick(codes)
    const [from, to] = [this.#day(), this.#day()].sort() as [Day, Day]
    const own = (line: ModelLine) => line.account === account
    const limit = this.#from.below(7) + 1
    const wanted = model.entries
      .map((entry, index) => ({ entry, sequence: index + 1 }))
      .filter(({ entry }) => entry.on >= from && entry.on <= to)
      .sort((a, b) => (a.entry.on < b.entry.on ? -1 : a.entry.on > b.entry.on ? 1 : a.sequence - b.sequence))
      .flatMap(({ entry, sequence }) => entry.lines.filter(own).map((line) => ({ sequence, on: entry.on, line })))
    let { debit, credit } = model.sums(own, addDays(from, -1))
    let after
    let index = 0
    do {
      const page: Awaited<ReturnType<typeof readStatement>> = await readStatement(database, book, {
        account,
        from,
        to,
        limit,
        after,
      })
      for (const item of page.items) {
        const next = wanted[index++]
        debit += next?.line.debit ?? 0n
        credit += next?.line.credit ?? 0n
        const net = item.side === 'debit' ? item.balanceFen : -item.balanceFen
        expect([item.sequence, item.on, item.debitFen, item.creditFen, net]).toEqual([
          next?.sequence,
          next?.on,
          next?.line.debit,
          next?.line.credit,
          debit - credit,
        ])
      }
      after = page.next
    } while (after)
    expect(index).toBe(wanted.length)
  }
}

const sequenceOf = (answer: Answer | undefined): number =>
  answer && 'entries' in answer ? (answer.entries[0]?.sequence ?? 0) : 0

function modelEntry(
  { draft: { on }, lines }: Given,
  { recordedAt, transaction }: Pick<PostedEntry, 'recordedAt' | 'transaction'>,
  isReversal = false,
): ModelEntry {
  return { on, recordedAt, lines, reversed: false, isReversal, ofTransaction: transaction !== undefined }
}

function randomDraft(from: Random, on: Day = addDays(firstDay, from.below(dayCount))): Given {
  const isRed = from.chance(0.08)
  const sign = isRed ? -1n : 1n
  const lines: ModelLine[] = []
  for (let n = 0; n <= from.below(3); n++) {
    const [debit, credit] = from.pick(moves)
    const where = { project: `P${from.below(2)}`, source: from.pick(['F21', 'F51']) }
    const fen = BigInt(from.below(5_000) + 1)
    lines.push(
      { account: debit, ...where, debit: fen, credit: 0n },
      { account: credit, ...where, debit: 0n, credit: fen },
    )
  }
  return given(on, lines, sign)
}

function given(on: Day, lines: readonly ModelLine[], sign: bigint): Given {
  return {
    draft: draft(
      on,
      lines.map(({ account, project, source, debit, credit }) => ({
        account,
        project,
        source,
        side: debit > 0n ? ('debit' as const) : ('credit' as const),
        amountFen: debit + credit,
      })),
      { type: sign < 0n ? 'red' : 'general' },
    ),
    lines: lines.map((line) => ({ ...line, debit: sign * line.debit, credit: sign * line.credit })),
  }
}

/** Money for every guarded account of a project and source, so that what spends it later is not refused. */
function fundGiven(project: string, source: string, on: Day, fen: bigint): Given {
  const pairs = [
    ['1011', '4001'],
    ['100201', '230701'],
    ['800101', '6001'],
  ] as const
  const where = { project, source }
  const lines = pairs.flatMap(([debit, credit]) => [
    { account: debit, ...where, debit: fen, credit: 0n },
    { account: credit, ...where, debit: 0n, credit: fen },
  ])
  return given(on, lines, 1n)
}

const fund = (project: string, source: string): EntryDraft => fundGiven(project, source, firstDay, 10_000n).draft

function shuffled<T>(from: Random, list: readonly T[]): T[] {
  const left = [...list]
  return list.map(() => {
    const [taken] = left.splice(from.below(left.length), 1)
    if (taken === undefined) throw new Error('one is left')
    return taken
  })
}
