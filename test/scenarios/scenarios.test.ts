import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import { PostingGroup } from '../../src/ledger/group.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import type { PartOutcome, Unit } from '../../src/ledger/post.ts'
import { loadSample, readSample, type SampleBook, sampleBooks } from '../../src/sample/load.ts'
import { readScenario } from '../../src/sample/scenario.ts'
import { createTestDatabase, useDatabase } from '../support/database.ts'
import { playScenario } from './scenario.ts'

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))
const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

describe('scenarios', () => {
  for (const file of files) {
    const scenario = readScenario(readFileSync(new URL(file, folder), 'utf8'), file)
    it(`${file}: ${scenario.title}`, async () => {
      await playScenario(ledger, scenario, file)
    })
  }
})

describe('the sample', () => {
  for (const code of Object.keys(sampleBooks) as SampleBook[]) {
    it(`${code} holds what its text says`, async () => {
      await playScenario(ledger, await readSample(code), code)
    })
  }
})

describe('loading the sample', () => {
  let whole: unknown[] = []

  it('twice changes nothing, and every book says what it is a sample of', async () => {
    await onNewDatabase(async (own) => {
      const started = performance.now()
      await loadSample(own)
      process.stderr.write(`the sample loads in ${Math.round(performance.now() - started)} ms\n`)
      const once = await allOf(own)
      await loadSample(own)
      await loadSample(openLedger(own.database))
      expect(await allOf(own)).toEqual(once)
      whole = once
      for (const code of Object.keys(sampleBooks)) expect((await own.shelf.find(code))?.sampleOf).toMatch(/^示例：/)
    })
  })

  // Before anything, between entries, in the middle of a carry-over, in another book.
  it.each([0, 7, 14, 30])('killed after %i requests is completed by loading again', async (count) => {
    await onNewDatabase(async (own) => {
      const dying = { ...own, group: new DyingGroup(own, count) }
      await expect(loadSample(dying)).rejects.toThrow('killed')
      await loadSample(own)
      expect(await allOf(own)).toEqual(whole)
    })
  })
})

class DyingGroup extends PostingGroup {
  #left: number
  constructor({ database, shelf, clock }: Ledger, left: number) {
    super(database, shelf, clock)
    this.#left = left
  }
  override post(unit: Unit): Promise<PartOutcome[]> {
    return this.#left-- > 0 ? super.post(unit) : Promise.reject(new Error('killed'))
  }
}

async function onNewDatabase(work: (own: Ledger) => Promise<void>): Promise<void> {
  const made = await createTestDatabase()
  try {
    await work(openLedger(made.database))
  } finally {
    await made.drop()
  }
}

/** What the books hold, book by book, but for when it was recorded. */
async function allOf(own: Ledger): Promise<unknown[]> {
  const books = await Promise.all(Object.keys(sampleBooks).map((code) => own.shelf.find(code)))
  return Promise.all(
    books.map(async (book) => {
      if (!book) throw new Error('every book is loaded')
      const entries = await readEntriesAfter(own.database, book, 0, 1000)
      const content = entries.map(({ number, on, summary, lines, type }) => ({ number, on, summary, lines, type }))
      return { code: book.code, content, trial: await readTrialBalance(own.database, book, {}) }
    }),
  )
}

describe('a text', () => {
  const wrong = [
    ['an unknown statement', 'pay 2024-01-01', 'is not understood'],
    ['an unknown standard', 'book A ledger 110101', 'knows no standard'],
    ['rows under what takes none', 'close 2024-01\n  Dr 1 1', 'takes no rows'],
    ['more cells than columns', 'entry 2024-01-01 x\n  Dr 1011 1 P F21 more', 'more cells'],
    [
      'more than eight columns',
      'columns side account amount memo project source item contract dwelling',
      'more than 8',
    ],
    ['a group never ended', 'atomic\nentry 2024-01-01 x', 'never ended'],
    ['an amount that is none', 'entry 2024-01-01 x\n  Dr 1011 1.234 P F21', 'no amount'],
  ] as const
  it.each(wrong)('is refused with its line where it holds %s', (_, text, message) => {
    expect(() => readScenario(text, 'wrong.txt')).toThrow(new RegExp(`wrong.txt:\\d+ .*${message}`))
  })
})
