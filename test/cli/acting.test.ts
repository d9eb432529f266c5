/**
 * The command line beside the API: its JSON is what the API answers (N27), and it decides, drafts and asks as the API
 * does, after it has shown what would be done and was told to do it.
 */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand, spawnCommand } from '../support/command.ts'
import { municipalIndicator, quotaBody, useDoor } from '../support/door.ts'

const door = useDoor()
let folder = ''
let reader = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-acting-'))
  reader = await door().token('integration', { person: 'reader' })
  const book = { name: '市级账', district: '110000', standard: 'government', entity: 'finance' }
  await door().ask('/v1/books', { body: { code: 'CITY', ...book } })
  await door().ask('/v1/books', { body: { code: 'C1', name: '账套', district: '110102', standard: 'government' } })
  await door().ask('/v1/books/C1/entries', { body: quotaBody('100.00', '2026-03-05', { counterparty: '甲公司' }) })
  await door().ask('/v1/books/C1/entries', { body: quotaBody('20.00', '2026-04-05', { contract: 'HT-1' }) })
  for (const [person, role] of [
    ['zhang', 'finance_maker'],
    ['li', 'finance_checker'],
    ['wang', 'finance_approver'],
    ['zhao', 'finance_approver'],
  ] as const) {
    const file = join(folder, person)
    await writeFile(file, `${await door().token(role, { person })}\n`)
    await chmod(file, 0o600)
  }
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const run = (words: readonly string[], input = '') => runCommand(door().test, words, { input, folder })
const as = (person: string) => ['--token-file', join(folder, person)]
const register = (...more: string[]) => [
  'do',
  'registerIndicator',
  '--body',
  JSON.stringify(municipalIndicator),
  ...more,
]
const indicators = async () => (await door().ask('/v1/indicators', { token: reader })).json.items.length

describe('what is printed as JSON', () => {
  it.each([
    [['book', 'list'], '/v1/books?limit=500'],
    [['book', 'trial-balance', '--book', 'C1'], '/v1/books/C1/trial-balance'],
    [
      ['book', 'trial-balance', '--book', 'C1', '--from', '2026-04-01', '--as-of', '2026-04-30'],
      '/v1/books/C1/trial-balance?from=2026-04-01&asOf=2026-04-30',
    ],
    [['book', 'balance', '--book', 'C1', '--account', '1011'], '/v1/books/C1/balances?account=1011'],
    [['book', 'statement', '--book', 'C1', '--account', '1011'], '/v1/books/C1/statement?account=1011&limit=500'],
    [['approvals', 'list'], '/v1/approvals?limit=500'],
    [['indicators', 'list'], '/v1/indicators?limit=500'],
    [['allocations', 'list'], '/v1/allocations?limit=500'],
    [['releases', 'list'], '/v1/releases?limit=500'],
    [['projects', 'list'], '/v1/projects?limit=500'],
    [['jobs', 'list'], '/v1/jobs?limit=50'],
    [['take-over', 'list'], '/v1/take-overs?limit=500'],
    [['codes', 'sources'], '/v1/sources'],
  ])('%j is what the API answers', async (words, path) => {
    const { status, out, err } = await run([...words, '--format', 'json'])
    expect([status, err]).toEqual([0, ''])
    expect(JSON.parse(out)).toEqual((await door().ask(path, { token: reader })).json)
  })

  it('of entries has all of them, and those that were looked for', async () => {
    const { items } = JSON.parse(
      (await run(['book', 'entries', '--contract', 'HT-1', '--totals', '--format', 'json'])).out,
    )
    expect(items.map(({ summary }: { summary: string }) => summary)).toEqual(['下达授权支付额度'])
    const found = await door().ask('/v1/entries?contract=HT-1&totals=true&order=oldest', { token: reader })
    expect(items).toEqual(found.json.items)
  })

  it('refuses what the API refuses, in its words', async () => {
    const { status, out, err } = await run(['book', 'balance', '--book', 'NIX', '--format', 'json'])
    expect([status, out]).toEqual([1, ''])
    expect(err).toContain('book_not_found')
  })
})

describe('book entries', () => {
  it('has every column in a file, and on a page those that hold something', async () => {
    const file = await run(['book', 'entries', '--book', 'C1', '--format', 'csv'])
    for (const column of ['往来单位', '合同', '科目名称', '制单', '复核与审批', '文号', '预算指标'])
      expect(file.out.split('\r\n')[0]).toContain(column)
    const { out } = await run(['book', 'entries', '--book', 'C1', '--counterparty', '甲公司', '--totals'])
    expect(out).toContain('凭证 1 张，分录 2 行')
    expect(out).toContain('甲公司')
    expect(out).not.toContain('合同')
  })

  it('says which option is not understood', async () => {
    const { status, err } = await run(['book', 'entries', '--amount', 'much'])
    expect([status, err]).toEqual([2, expect.stringContaining('/amount')])
  })
})

describe('do', () => {
  it('shows what would be done and does nothing until it is told to', async () => {
    const shown = await run(register(...as('zhang'), '--preview'))
    expect([shown.status, shown.out]).toEqual([0, ''])
    for (const words of ['登记', 'zhang（财政经办，全市）', 'POST /v1/indicators', '京财建指〔2026〕1号'])
      expect(shown.err).toContain(words)
    const asked = await run(register(...as('zhang')))
    expect([asked.status, asked.out]).toEqual([2, ''])
    expect(asked.err).toContain('--yes')
    expect(await indicators()).toBe(0)
  })

  it('says why it would be refused, and does nothing', async () => {
    const previewed = await run(register(...as('wang'), '--preview', '--key', 'never-used'))
    expect([previewed.status, previewed.err]).toEqual([1, expect.stringContaining('permission_denied')])
    const { status, out, err } = await run(register(...as('wang'), '--yes'))
    expect([status, out]).toEqual([1, ''])
    expect(err).toContain('permission_denied')
    const wrong = JSON.stringify({ ...municipalIndicator, amount: 'much' })
    const unformed = await run(['do', 'registerIndicator', '--body', wrong, ...as('zhang'), '--yes'])
    expect([unformed.status, unformed.err]).toEqual([1, expect.stringContaining('/amount')])
    expect(await indicators()).toBe(0)
  })

  it('drafts, and others decide on what they were shown; a key is answered once', async () => {
    const made = await spawnCommand(door().test, register(...as('zhang'), '--yes', '--key', 'k1'), { folder })
    expect(made.status, made.err).toBe(0)
    const { approval, hash } = JSON.parse(made.out)
    const again = await run(register(...as('zhang'), '--yes', '--key', 'k1'))
    expect(JSON.parse(again.out)).toEqual(JSON.parse(made.out))
    expect(again.err).toContain('此前已用该键办理')
    expect(await indicators()).toBe(1)
    const decide = (verdict: string, person: string, ...more: string[]) =>
      run(['approvals', 'decide', approval, verdict, ...as(person), ...more])
    const shown = await decide('check', 'li', '--preview')
    expect([shown.status, shown.out]).toEqual([0, ''])
    for (const words of ['文号 京财建指〔2026〕1号', '将记', hash]) expect(shown.err).toContain(words)
    expect((await decide('check', 'li')).status).toBe(2)
    const own = await decide('check', 'zhang', '--yes')
    expect([own.status, own.out]).toEqual([1, ''])
    expect(JSON.parse((await decide('check', 'li', '--yes')).out)).toMatchObject({ id: approval, state: 'approving' })
    const last = await decide('approve', 'wang', '--yes')
    expect(JSON.parse(last.out)).toMatchObject({ id: approval, state: 'approved' })
    const { json } = await door().ask(`/v1/indicators/${municipalIndicator.indicator}`, { token: reader })
    expect(json.state).toBe('in_force')
  })

  it('reads too, takes a body from a file or from stdin, and lists what there is', async () => {
    const book = JSON.stringify({ code: 'C2', name: '又一账套', district: '110102', standard: 'government' })
    const made = await run(['do', 'createBook', '--body', '-', ...as('zhang'), '--yes'], book)
    expect([made.status, JSON.parse(made.out).code], made.err).toEqual([0, 'C2'])
    const read = await run(['do', 'readBook', '--with', 'book=C2', ...as('zhang')])
    expect(JSON.parse(read.out)).toEqual(JSON.parse(made.out))
    expect((await run(['do'])).out).toContain('decideApproval')
  })

  it.each([
    [['do', 'nothing-such']],
    [['do', 'readBook', '--token-file', '/nowhere']],
    [['do', 'readBook', '--with', 'book']],
    [['do', 'readBook', '--with', 'book=C1', '--with', 'boot=1']],
    [['do', 'registerIndicator', '--body', '{']],
    [['do', 'registerIndicator', '--body', '{}']],
    [['approvals', 'decide', 'A-1', 'perhaps']],
  ])('answers wrong usage with 2 and nothing on stdout: %j', async (words) => {
    const { status, out } = await run(words)
    expect([status, out]).toEqual([2, ''])
  })
})
