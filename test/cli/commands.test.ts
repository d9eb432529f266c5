/**
 * The command line: data on stdout, talk on stderr; 0 done, 1 refused or failed, 2 wrong usage. On the file's own
 * database.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { quotaBody, spendBody } from '../support/door.ts'
import { useDatabase } from '../support/database.ts'
import { newBook, post, quota } from '../support/ledger.ts'

const test = useDatabase()
let folder = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-cli-'))
  const ledger = openLedger(test().database)
  await post(ledger, await newBook(ledger, 'government', 'C1'), quota('100.00', '2026-03-05'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const run = (words: readonly string[], input = '') => runCommand(test(), words, { input, folder })
const throughDoor = (words: readonly string[], input = '') => spawnCommand(test(), words, { input, folder })

describe('usage', () => {
  it.each([
    [[]],
    [['nix']],
    [['token']],
    [['token', '--role', 'king']],
    [['token', '--role', 'auditor', '--district', '11']],
    [['token', '--role', 'auditor', '--days', '0']],
    [['book', 'trial-balance']],
    [['book', 'trial-balance', '--book', 'C1', '--as-of', '2026-02-30']],
    [['book', 'trial-balance', '--book', 'C1', '--from', '2026-04-01', '--as-of', '2026-03-31']],
    [['book', 'statement', '--book', 'C1', '--account', '1011', '--from', '2026-04-01', '--to', '2026-03-31']],
    [['book', 'entries', '--from', '2026-04-01', '--to', '2026-03-31', '--format', 'csv']],
    [['book', 'entries', '--amount-from', 'x']],
    [['book', 'list', '--format', 'pdf']],
    [['book', 'list', 'extra']],
    [['export', 'evidence', '--book', 'C1']],
    [['calc', '--schema', 'nix']],
    [['verify']],
  ])('answers 2 and nothing on stdout: %j', async (args) => {
    const { status, out, err } = await (args.length === 0 ? throughDoor : run)(args)
    expect([status, out]).toEqual([2, ''])
    expect(err).not.toBe('')
  })

  it('helps, in Chinese and English, with status 0', async () => {
    for (const args of [
      ['--help'],
      ['token', '--help'],
      ['book', 'statement', '--help'],
      ['export', '--help'],
      ['help', 'import'],
    ]) {
      const { status, out } = await (args[0] === '--help' ? throughDoor : run)(args)
      expect([args, status]).toEqual([args, 0])
      expect(out).toMatch(/[\u4e00-\u9fff]/)
      expect(out).toMatch(/Usage/)
    }
  })
})

describe('reading', () => {
  it('prints a trial balance as text, CSV and JSON with the same figures', async () => {
    for (const format of ['text', 'csv', 'json']) {
      const { status, out } = await run([
        'book',
        'trial-balance',
        '--book',
        'C1',
        '--as-of',
        '2026-03-31',
        '--format',
        format,
      ])
      expect(status).toBe(0)
      expect(out).toContain('100.00')
    }
    expect((await run(['book', 'trial-balance', '--book', 'C1', '--as-of', '2026-03-04'])).out).not.toContain('100.00')
    expect((await run(['book', 'balance', '--book', 'C1', '--account', '1011'])).out).toContain('100.00')
    expect(
      (
        await run([
          'book',
          'statement',
          '--book',
          'C1',
          '--account',
          '1011',
          '--from',
          '2026-01-01',
          '--to',
          '2026-12-31',
        ])
      ).out,
    ).toContain('期末余额')
    expect((await run(['book', 'entries', '--book', 'C1', '--format', 'csv'])).out).toContain('2026-03-05')
  })

  it('refuses a book that is not there with status 1 and its code', async () => {
    const { status, out, err } = await throughDoor(['book', 'balance', '--book', 'NIX'])
    expect([status, out]).toEqual([1, ''])
    expect(err).toContain('book_not_found')
  })
})

async function makerOf(entry: string): Promise<string | undefined> {
  const [, book = '', sequence = ''] = /^E(\d+)-(\d+)$/.exec(entry) ?? []
  const [row] = await test().database.sql<{ maker: string }[]>`
    select maker from entry where book_id = ${Number(book)} and sequence = ${sequence}`
  return row?.maker
}

describe('import', () => {
  it('posts what is good, tells what is not by its line, and does nothing twice', async () => {
    const lines = [
      JSON.stringify({ key: 'i1', ...quotaBody('10.00') }),
      '',
      '{"key":"i2"',
      JSON.stringify({ key: 'i3', ...spendBody('9999.00') }),
      JSON.stringify({ key: 'i4', ...quotaBody('1.00'), extra: 1 }),
      JSON.stringify({ key: 'i5', ...spendBody('5.00') }),
    ].join('\n')
    const first = await throughDoor(['import', '--book', 'C1'], lines)
    expect(first.status).toBe(1)
    expect(first.out.trim().split('\n')).toHaveLength(2)
    expect(first.err).toMatch(/第 3 行.*\n第 5 行 \/extra.*\n第 4 行 balance_insufficient/)
    expect(first.err).toContain('posted 2, known 0, refused 3')
    const again = await run(['import', '--book', 'C1'], lines)
    expect(again.out).toBe(first.out)
    expect(again.err).toContain('posted 0, known 2, refused 3')
  })

  it('names who ran it, and knows its lines again whoever runs it', async () => {
    const line = JSON.stringify({ key: 'n1', ...quotaBody('10.00') })
    const first = await run(['import', '--book', 'C1', '--person', '张导入'], line)
    expect(await makerOf(first.out.trim())).toBe('张导入')
    const again = await run(['import', '--book', 'C1', '--person', '李导入'], line)
    expect([again.out, again.err]).toEqual([first.out, expect.stringContaining('known 1')])
    const own = await run(['import', '--book', 'C1'], JSON.stringify({ key: 'n2', ...quotaBody('10.00') }))
    expect(await makerOf(own.out.trim())).toBe(userInfo().username)
  })

  it('makes vouchers of a maker’s lines, which others check', async () => {
    const token = (await run(['token', '--role', 'finance_maker', '--person', 'imports', '--days', '1'])).out.trim()
    const lines = JSON.stringify({ key: 'v1', ...quotaBody('10.00') })
    const refused = await run(['import', '--book', 'C1', '--token', token], lines)
    expect([refused.status, refused.err]).toEqual([1, expect.stringMatching(/第 1 行 parallel_entry_missing/)])
    const nobody = await run(['import', '--book', 'C1', '--token', `yb_${'x'.repeat(43)}`], lines)
    expect(nobody.status).toBe(1)
  })
})

describe('evidence and checks', () => {
  it('exports a pack that verifies, and one that was touched does not', async () => {
    const out = join(folder, 'pack.zip')
    const exported = await throughDoor(['export', 'evidence', '--book', 'C1', '--out', out])
    expect([exported.status, exported.out]).toEqual([0, `${out}\n`])
    expect((await throughDoor(['verify', out])).status).toBe(0)
    const bytes = await readFile(out)
    bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1
    const { writeFile } = await import('node:fs/promises')
    await writeFile(out, bytes)
    expect((await throughDoor(['verify', out])).status).toBe(1)
  })

  it('checks the books, a line a check', async () => {
    const { status, out } = await throughDoor(['checks'])
    expect(status, out).toBe(0)
    expect(out.trim().split('\n').length).toBeGreaterThan(8)
  })

  it('issues a token on stdout and nothing else', async () => {
    expect((await throughDoor(['token', '--role', 'auditor', '--days', '1'])).out).toMatch(/^yb_\S{43}\n$/)
  })

  it('calculates without a database', async () => {
    const { status, out } = await throughDoor(
      ['calc'],
      '{"id":"1","calc":"split","input":{"total":"1.00","weights":["1","1"]}}\n',
    )
    expect([status, JSON.parse(out).result]).toEqual([0, { parts: ['0.50', '0.50'] }])
  })
})
