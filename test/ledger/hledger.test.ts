/**
 * The books against programs that are not ours: every balance hledger and ledger compute from the exported journal
 * equals the trial balance to the fen, over the sample and over twenty thousand seeded entries.
 */
import { execFile, spawnSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hledgerJournal } from '../../reports/journal-hledger.ts'
import { addDays, day } from '../../src/base/calendar.ts'
import { formatFen } from '../../src/base/money.ts'
import { exportJournal } from '../../src/cli/books/journal.ts'
import { postBatch, reverseEntry } from '../../src/ledger/actions.ts'
import { readBalance } from '../../src/ledger/balance.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import { chartOf } from '../../src/ledger/chart.ts'
import type { EntryDraft, EntryLine, LineDraft } from '../../src/ledger/entry.ts'
import type { PostedEntry } from '../../src/ledger/leaf.ts'
import { entryId } from '../../src/ledger/leaf.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { loadSample, sampleBooks } from '../../src/sample/load.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { draft, line, maker, newBook, posted } from '../support/ledger.ts'
import { type Random, random } from '../sim/random.ts'

const programs = ['hledger', 'ledger'] as const
type Program = (typeof programs)[number]

const test = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'yiben-hledger-'))
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Without hledger on a developer's machine the comparison is skipped and says so; where the build runs it must be
// there.
function isInstalled(program: Program): boolean {
  const found = spawnSync(program, ['--version']).status === 0
  if (!found && process.env.CI && program === 'hledger')
    throw new Error('hledger is not installed: apt-get install hledger')
  if (!found) process.stderr.write(`skipped: ${program} is not installed (apt-get install ${program})\n`)
  return found
}

for (const program of programs) {
  describe.skipIf(!isInstalled(program))(`${program} agrees to the fen`, () => {
    it('with every book of the sample', async () => {
      await loadSample(ledger)
      for (const code of Object.keys(sampleBooks)) {
        const book = await ledger.shelf.find(code)
        expect(book, code).toBeDefined()
        if (book) await compare(program, book)
      }
    })

    it('with a book of twenty thousand random entries', async () => {
      const book = await randomBook()
      await compare(program, book)
    }, 120_000)
  })
}

describe.skipIf(!isInstalled('hledger'))('hledger reads back', () => {
  // What either program gives a meaning to, wherever it may stand in a text.
  const signs = fc.constantFrom(
    ...Array.from('[](){}<>;|:,=*!@#%~&/\\.-+"\'款 \u3000［；a0'),
    ...'2019-02-02 2019/13/45 1/3 [2022-28] date: date2: type: =2019-01-01 CNY 1.00'.split(' '),
    '  ',
  )
  const text = fc.string({ unit: signs, minLength: 1, maxLength: 12 }).filter((given) => given.trim() !== '')
  const texts = fc.record({ summary: text, memo: text, project: text, contract: text, counterparty: text })

  it('random texts as what they are: every posting on its day, with its amount', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(texts, { minLength: 40, maxLength: 40 }), async (many) => {
        const file = join(folder, 'texts.journal')
        const entries = many.map(({ summary, ...noted }, index) => entryOf(index + 1, summary, noted))
        const book = { code: 'TEXTS', name: '文字', chart: chartOf('memo') } as Book
        const lines: string[] = []
        for await (const line of hledgerJournal(book, Readable.from(entries))) lines.push(line)
        await writeFile(file, lines.join(''))
        const { stdout } = await run('hledger', ['-f', file, 'print', '-O', 'csv'], { env: utf8Environment })
        const rows = stdout.trim().split('\n').slice(1)
        expect(rows).toHaveLength(entries.length * 2)
        const register = await run('hledger', ['-f', file, 'register', '-O', 'csv'], { env: utf8Environment })
        const found = [...register.stdout.matchAll(/^"([0-9]+)","([0-9-]+)"/gm)].map(([, of, on]) => `${of} ${on}`)
        expect(found.toSorted()).toEqual(
          entries.flatMap(({ sequence, on }) => [`${sequence} ${on}`, `${sequence} ${on}`]).toSorted(),
        )
      }),
      { numRuns: 10, endOnFailure: true },
    )
  }, 120_000)
})

function entryOf(sequence: number, summary: string, noted: Partial<EntryLine>): PostedEntry {
  const of = { basis: 'control', amountFen: 12_345n, source: 'F21', ...noted } as const
  const lines: EntryLine[] = [
    { ...of, account: '9011', side: 'debit' },
    { ...of, account: '951', side: 'credit' },
  ]
  const on = addDays(day('2026-03-05'), sequence % 20)
  return { bookId: 1, sequence, number: sequence, on, summary, lines } as unknown as PostedEntry
}

const utf8Environment = { ...process.env, LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' }

async function compare(program: Program, book: Book): Promise<void> {
  const file = await exported(book)
  const balances = await balancesBy(program, file)
  const bySubject = new Map<string, bigint>()
  for (const [account, fen] of balances) {
    const [, subject = ''] = account.split(':')
    const code = subject.slice(0, subject.indexOf(' '))
    bySubject.set(code, (bySubject.get(code) ?? 0n) + fen)
  }
  const { rows } = await readTrialBalance(ledger.database, book, {})
  const ours = rows.map(
    ({ account, side, balanceFen }) => [account, side === 'debit' ? balanceFen : -balanceFen] as const,
  )
  const shown = (list: Iterable<readonly [string, bigint]>) =>
    [...list]
      .filter(([, fen]) => fen !== 0n)
      .map(([account, fen]) => `${account} ${formatFen(fen)}`)
      .sort()
  expect(shown(bySubject)).toEqual(shown(ours))
  await compareSome(book, balances)
}

// The subjects agree; do the projects and sources under them?
async function compareSome(book: Book, balances: ReadonlyMap<string, bigint>): Promise<void> {
  for (const [account, fen] of [...balances].slice(0, 200)) {
    const [, subject = '', project, source, ...more] = account.split(':')
    if (more.length > 0) continue
    const filter = { account: subject.slice(0, subject.indexOf(' ')), project, source }
    const { side, balanceFen } = await readBalance(ledger.database, book, filter)
    expect(formatFen(side === 'debit' ? balanceFen : -balanceFen), account).toBe(formatFen(fen))
  }
}

const files = new Map<string, Promise<string>>()

/** The journal of a book in a file, written once. */
function exported(book: Book): Promise<string> {
  const file = files.get(book.code) ?? exportTo(join(folder, `${book.code}.journal`), book)
  files.set(book.code, file)
  return file
}

async function exportTo(file: string, book: Book): Promise<string> {
  const out = createWriteStream(file)
  await exportJournal(ledger, maker, book.code, out)
  out.end()
  await finished(out)
  return file
}

const run = promisify(execFile)

async function balancesBy(program: Program, file: string): Promise<Map<string, bigint>> {
  const args =
    program === 'hledger'
      ? ['-f', file, 'balance', '--flat', '--no-elide', '--empty', '--output-format', 'csv']
      : [
          '-f',
          file,
          '--no-total',
          '--flat',
          '--empty',
          '--balance-format',
          '%(quoted(account)),%(quoted(amount))\n',
          'balance',
        ]
  const { stdout } = await run(program, args, {
    maxBuffer: 1 << 28,
    env: utf8Environment,
  })
  const balances = new Map<string, bigint>()
  for (const row of stdout.split('\n')) {
    const parts = /^"([^"]+:[^"]+)","(?:CNY )?(-?[0-9.]+)"$/.exec(row)
    if (!parts) continue
    balances.set(parts[1] ?? '', fenOf(parts[2] ?? ''))
  }
  expect(balances.size, stdout.slice(0, 500)).toBeGreaterThan(0)
  return balances
}

function fenOf(text: string): bigint {
  const [yuan = '0', cents = ''] = text.replace('-', '').split('.')
  const fen = BigInt(yuan) * 100n + BigInt(cents.padEnd(2, '0'))
  return text.startsWith('-') ? -fen : fen
}

// ---- a book of random entries ----

const entryCount = 20_000
const seed = 20_261_123
// Accounts without a guard, so that nothing is refused, and pairs that stay in one basis.
const pairs = [
  ['161301', '230201'],
  ['161303', '230299'],
  ['121401', '230201'],
  ['5001', '4001'],
  ['121801', '161303'],
  ['7201', '6001'],
  ['7201', '6609'],
  ['8101', '7201'],
] as const
const sources = ['F10', 'F21', 'F30', 'F40', 'F51', 'F61', 'F70', 'F82']

let made: Promise<Book> | undefined
const randomBook = (): Promise<Book> => (made ??= makeRandomBook())

async function makeRandomBook(): Promise<Book> {
  const book = await newBook(ledger, 'government', `R${seed}`)
  const from = random(seed)
  process.stderr.write(`hledger.test: seed ${seed}\n`)
  const reversible: number[] = []
  for (let done = 0; done < entryCount; ) {
    const drafts = Array.from({ length: Math.min(1000, entryCount - done) }, (_, i) => ({
      key: `${done + i}`,
      draft: randomDraft(from),
    }))
    const answers = await postBatch(ledger, maker, book.code, drafts, false)
    for (const answer of answers) {
      const { sequence, type } = posted(answer)
      if (type === 'general' && from.chance(0.01)) reversible.push(sequence)
    }
    done += drafts.length
  }
  for (const sequence of reversible) {
    const given = { on: day('2026-12-31'), reason: '随机冲销' }
    posted(await reverseEntry(ledger, maker, entryId(book.bookId, sequence), given, `r${sequence}`))
  }
  // What autovacuum does within the minute.
  await asSuperuser(test(), (client) => client.query('analyze line, account, entry'))
  return book
}

function randomDraft(from: Random): EntryDraft {
  const on = addDays(day('2024-01-01'), from.below(1000))
  const lines: LineDraft[] = []
  for (let pair = 0; pair <= from.below(3); pair++) {
    const [debit, credit] = from.pick(pairs)
    const amount = `${from.below(9_000_000) + 1}.${String(from.below(100)).padStart(2, '0')}`
    const more = { project: `P${from.below(40)}`, source: from.pick(sources) }
    lines.push(line(debit, 'debit', amount, more), line(credit, 'credit', amount, { ...more, memo: '随机; 一行' }))
  }
  return draft(on, lines, { summary: `随机凭证; ${on}`, type: from.chance(0.1) ? 'red' : 'general' })
}
