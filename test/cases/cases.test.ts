/**
 * Cases from the field (现场案例): inputs on which other software of this kind failed, and the right answer to each. Files
 * stand in test/fixtures/cases as they were handed over; what is true of the whole kind stands beside the reader and
 * the writer (test/form/file.test.ts, test/ledger/hledger.test.ts).
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { latestOccurrence } from '../../jobs/schedule.ts'
import { registry } from '../../jobs/registry.ts'
import { parseInstant } from '../../src/base/calendar.ts'
import { runCommand } from '../support/command.ts'
import { type Answer, quotaBody, useDoor } from '../support/door.ts'

const door = useDoor()
const folder = mkdtempSync(join(tmpdir(), 'yiben-cases-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const caseFile = (name: string): string => fileURLToPath(new URL(`../fixtures/cases/${name}`, import.meta.url))
// biome-ignore lint: tests look into whatever stands there
// oxlint-disable-next-line typescript/no-explicit-any
const caseOf = (name: string): any => JSON.parse(readFileSync(caseFile(name), 'utf8'))
const run = (words: readonly string[]) => runCommand(door().test, words, { folder })
const take = (name: string) => run(['projects', 'import', 'dwellings', caseFile(name)])

let books = 0
async function newBook(standard: string): Promise<string> {
  const code = `CASE-${(books += 1)}`
  const { status } = await door().ask('/v1/books', { body: { code, name: '案例', district: '110102', standard } })
  expect(status).toBe(201)
  return code
}
const entries = async (book: string): Promise<Answer['json'][]> =>
  (await door().ask(`/v1/books/${book}/entries`)).json.items

const hasHledger = spawnSync('hledger', ['--version']).status === 0

describe('files that come in', () => {
  it('entries-gb18030: is said not to be UTF-8, nothing is posted', async () => {
    const book = await newBook('memo')
    const { status, err } = await run(['import', '--book', book, '--file', caseFile('entries-gb18030.ndjson')])
    expect([status, err]).toEqual([1, expect.stringMatching(/GB18030.*UTF-8/)])
    expect(await entries(book)).toEqual([])
  })

  it('dwellings-floors: an absent column says nothing, and what changed of a building stands in the history', async () => {
    expect((await take('dwellings-floors-1.csv')).status).toBe(0)
    expect((await take('dwellings-floors-2.csv')).status).toBe(0)
    const { json } = await door().ask('/v1/communities/FC-F')
    expect(json.buildings).toMatchObject([{ building: '1', floors: 6, area: '57.00' }])
    expect(json.history[0].body.buildings).toEqual([{ building: '1', name: '1号楼', floors: 6 }])
  })

  it('dwellings-fullwidth: the same flat twice is named by its row', async () => {
    const { status, err } = await take('dwellings-fullwidth.csv')
    expect([status, err]).toEqual([1, expect.stringContaining('第 3 行')])
    expect((await door().ask('/v1/communities/FC-W')).status).toBe(404)
  })

  it('dwellings-blank-rows: rows of commas alone are left out', async () => {
    expect((await take('dwellings-blank-rows.csv')).status).toBe(0)
    const { json } = await door().ask('/v1/communities/FC-B')
    expect(json.buildings).toMatchObject([{ households: 1, area: '56.78' }])
  })
})

describe('files that go out', () => {
  it('projects-formula-names: names a spreadsheet would calculate are quoted', async () => {
    expect((await run(['projects', 'import', 'projects', caseFile('projects-formula-names.csv')])).status).toBe(0)
    const { out } = await run(['projects', 'list', '--format', 'csv'])
    expect(out).toContain("'＝1+1")
    expect(out).toContain("'＠SUM(1)")
  })

  it.skipIf(!hasHledger && !process.env.CI)('hledger-memo: both postings stand on the day of the entry', async () => {
    const { standard, on, summary, memo } = caseOf('hledger-memo.json')
    const book = await newBook(standard)
    const line = (account: string, side: string) => ({ account, [side]: '100.00', project: 'P1', source: 'F21', memo })
    const body = { on, summary, lines: [line('9011', 'debit'), line('951', 'credit')] }
    expect((await door().ask(`/v1/books/${book}/entries`, { body })).status).toBe(201)
    const { out } = await run(['export', 'journal', '--book', book])
    const file = join(folder, 'memo.journal')
    writeFileSync(file, out)
    const read = spawnSync('hledger', ['-f', file, 'register', '-O', 'csv'], { encoding: 'utf8' })
    expect(read.status, read.stderr).toBe(0)
    expect(read.stdout.trim().split('\n').slice(1)).toEqual([expect.any(String), expect.any(String)])
    expect(read.stdout.match(/2026-03-05/g)).toHaveLength(2)
  })
})

describe('days', () => {
  it('workdays-2027: a public holiday that the law fixes is no working day before it is announced', () => {
    const rule = registry['early-disbursement']?.schedule?.rule
    expect(rule).toBeDefined()
    const { on } = latestOccurrence(rule as never, parseInstant('2027-02-10T00:00:00+08:00') ?? 0n)
    expect(on >= '2027-01-15', on).toBe(true)
  })

  it('close-future-month: a month that has not begun is not closed', async () => {
    const book = await newBook('government')
    const { post, body } = caseOf('close-future-month.json')
    const token = await door().token('finance_checker')
    const { status } = await door().ask(post.replace('{book}', book), { body, token })
    expect([409, 422]).toContain(status)
    expect((await door().ask(`/v1/books/${book}/periods`)).json.closedThrough).toBeNull()
  })
})

describe('the end of a year', () => {
  async function yearOf(given: ReturnType<typeof caseOf>): Promise<string> {
    const book = await newBook(given.standard)
    const { on, quota } = given.posted
    const body = { ...quotaBody(quota), on }
    expect((await door().ask(`/v1/books/${book}/entries`, { body })).status).toBe(201)
    return book
  }
  const hashOf = async (path: string): Promise<string> =>
    (await door().ask(`${path}/preview`, { method: 'POST' })).json.hash

  it('year-end-without-key: a key is asked for, and answers again', async () => {
    const given = caseOf('year-end-without-key.json')
    const path = given.post.replace('{book}', await yearOf(given))
    const body = { hash: await hashOf(path) }
    const bare = await door().ask(path, { body, key: null })
    expect([bare.status, bare.json.code]).toEqual([400, 'idempotency_key_missing'])
    const first = await door().ask(path, { body, key: 'year' })
    const again = await door().ask(path, { body, key: 'year' })
    expect([first.status, again.status, again.text]).toEqual([201, 201, first.text])
  })

  it('year-end-entry-reversed: what carried a year over is not taken back alone', async () => {
    const given = caseOf('year-end-entry-reversed.json')
    const book = await yearOf(given)
    const path = `/v1/books/${book}/years/${given.year}/carry-over`
    const { json } = await door().ask(path, { body: { hash: await hashOf(path) } })
    expect(json.entries.length).toBeGreaterThan(0)
    for (const { id } of json.entries) {
      const { status } = await door().ask(`/v1/entries/${id}/reversal`, { body: given.reversal })
      expect([409, 422]).toContain(status)
    }
  })
})
