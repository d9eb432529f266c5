/**
 * Entries over books (first-time-users §6): whatever is asked for, what is found is what looking at every entry finds;
 * pages meet from either end, totals are those of all that is found, and no district sees another's.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { formatFen } from '../../src/base/money.ts'
import { newBookBody, useDoor } from '../support/door.ts'
import { testClock } from '../release/programme.ts'

const clock = testClock('2026-07-15').clock
const door = useDoor({ clock })

type Line = { readonly [name: string]: string }
type Entry = {
  readonly id: string
  readonly book: string
  readonly on: string
  readonly recordedAt: string
  readonly type: string
  readonly maker: string
  readonly documents: readonly { readonly number?: string }[]
  readonly approvals: readonly object[]
  readonly lines: readonly Line[]
}

const books = ['WEST', 'OST', 'NORD'] as const
const districts = { WEST: '110102', OST: '110105', NORD: '110102' } as const
let all: Entry[] = []
let auditor = ''

const fenOf = (text: string): bigint => BigInt(text.replace('.', ''))
const pick = <T>(list: readonly T[], n: number): T => list[n % list.length] as T

beforeAll(async () => {
  auditor = await door().token('auditor', { person: 'audit' })
  const machines = [
    await door().token('integration', { person: 'm-1' }),
    await door().token('integration', { person: 'm-2' }),
  ]
  for (const book of books) await door().ask('/v1/books', { body: { ...newBookBody(book), district: districts[book] } })
  for (let n = 0; n < 60; n++) {
    const amount = `${(n % 9) + 1}00.0${n % 3}`
    const held = { project: pick(['P1', 'P2', 'P3'], n), source: pick(['F21', 'F22'], n >> 1) }
    const noted = {
      ...(n % 4 === 0 && { counterparty: pick(['甲公司', '乙公司'], n >> 2) }),
      ...(n % 5 === 0 && { contract: pick(['HT-1', 'HT-2'], n >> 1) }),
      ...(n % 6 === 0 && { debt: pick(['ZQ-1', 'ZQ-2'], n >> 2) }),
      ...(n % 7 === 0 && { dwelling: 'XQ-1/1/101' }),
    }
    const body = {
      on: pick(['2026-03-05', '2026-06-30', '2026-07-01'], n),
      summary: `第 ${n} 张`,
      ...(n % 6 === 0 && { type: '转账' }),
      ...(n % 8 === 0 && { documents: [{ number: pick(['京财建〔2026〕1号', '京财建〔2026〕2号'], n >> 3) }] }),
      lines: [
        { account: '1011', debit: amount, ...held },
        { account: '4001', credit: amount, ...held, ...noted },
      ],
    }
    const { status, text } = await door().ask(`/v1/books/${pick(books, n * 7)}/entries`, {
      body,
      token: pick(machines, n >> 1),
    })
    expect(status, text).toBe(201)
  }
  for (const book of books) {
    const { json } = await door().ask(`/v1/books/${book}/entries?limit=500`, { token: auditor })
    all.push(...json.items)
  }
  const placeOf = ({ id }: Entry) => /^E(\d+)-(\d+)$/.exec(id)?.slice(1).map(Number) ?? []
  all = all.toSorted((a, b) => {
    const [of = 0, at = 0] = placeOf(a)
    const [ofOther = 0, atOther = 0] = placeOf(b)
    return a.recordedAt < b.recordedAt ? 1 : a.recordedAt > b.recordedAt ? -1 : ofOther - of || atOther - at
  })
}, 120_000)

const find = async (query: string, token = auditor) => door().ask(`/v1/entries?${query}`, { token })
const ids = (entries: readonly Entry[]): string[] => entries.map(({ id }) => id)
const amountOf = (line: Line): bigint => fenOf(line['debit'] ?? line['credit'] ?? '0.00')

/** Whether a line shows what is asked of lines. */
const shows = (asked: Record<string, string>) => (line: Line) =>
  Object.entries(asked).every(([name, value]) => {
    if (name === 'account') return line['account']?.startsWith(value)
    if (name === 'amount') return amountOf(line) === fenOf(value)
    if (name === 'amountFrom') return amountOf(line) >= fenOf(value)
    if (name === 'amountTo') return amountOf(line) <= fenOf(value)
    return line[name] === value
  })

const ofLines = new Set(['account', 'amount', 'amountFrom', 'amountTo', 'project', 'source', 'debt', 'counterparty'])
const isOfLine = (name: string): boolean => ofLines.has(name) || ['contract', 'dwelling'].includes(name)

const passes = (asked: Record<string, string>) => (entry: Entry) =>
  entry.lines.some(shows(Object.fromEntries(Object.entries(asked).filter(([name]) => isOfLine(name))))) &&
  Object.entries(asked).every(([name, value]) => {
    if (isOfLine(name)) return true
    if (name === 'book' || name === 'type' || name === 'maker') return entry[name] === value
    if (name === 'district') return districts[entry.book as 'WEST'] === value
    if (name === 'from') return entry.on >= value
    if (name === 'to') return entry.on <= value
    if (name === 'recordedFrom') return entry.recordedAt >= value
    if (name === 'knownAt') return entry.recordedAt <= value
    if (name === 'document') return entry.documents.some(({ number }) => number === value)
    if (name === 'approved') return entry.approvals.length > 0 === (value === 'true')
    if (name === 'backDated') return entry.on.slice(0, 7) < entry.recordedAt.slice(0, 7) === (value === 'true')
    throw new Error(name)
  })

const questions: readonly Record<string, string>[] = [
  {},
  { counterparty: '甲公司' },
  { contract: 'HT-1' },
  { debt: 'ZQ-1' },
  { debt: 'ZQ-2', project: 'P1' },
  { contract: 'HT-2', counterparty: '乙公司' },
  { project: 'P2', amountFrom: '300.00', amountTo: '600.00' },
  { amount: '500.02' },
  { document: '京财建〔2026〕2号' },
  { document: '京财建〔2026〕1号', maker: 'm-1', project: 'P1' },
  { maker: 'm-2' },
  { approved: 'false' },
  { approved: 'true' },
  { backDated: 'true' },
  { backDated: 'false', source: 'F22' },
  { source: 'F21', dwelling: 'XQ-1/1/101' },
  { account: '10' },
  { account: '10', counterparty: '甲公司' },
  { type: '转账', book: 'NORD' },
  { district: '110105' },
  { from: '2026-06-01', to: '2026-06-30' },
  { contract: '没有' },
]

const written = (asked: Record<string, string>): string =>
  Object.entries(asked)
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')

describe('GET /v1/entries', () => {
  it.each(questions.map((asked) => [JSON.stringify(asked), asked] as const))(
    'finds what looking at every entry finds: %s',
    async (_, asked) => {
      const wanted = all.filter(passes(asked))
      const { status, json, text } = await find(`${written(asked)}&limit=500&totals=true`)
      expect(status, text).toBe(200)
      expect(ids(json.items)).toEqual(ids(wanted))
      const oldest = await find(`${written(asked)}&limit=500&order=oldest`)
      expect(ids(oldest.json.items)).toEqual(ids(wanted.toReversed()))
      const lines = wanted.flatMap((entry) =>
        entry.lines.filter(shows(Object.fromEntries(Object.entries(asked).filter(([name]) => isOfLine(name))))),
      )
      expect([json.totals.entries, json.totals.lines]).toEqual([wanted.length, lines.length])
      const side = (name: string) => lines.reduce((sum, line) => sum + fenOf(line[name] ?? '0.00'), 0n)
      const found = json.totals.bases.find(({ basis }: { basis: string }) => basis === 'financial')
      expect(found ?? { debit: '0.00', credit: '0.00' }).toMatchObject({
        debit: formatFen(side('debit')),
        credit: formatFen(side('credit')),
      })
    },
  )

  it('asks by when entries were recorded, to the very instant', async () => {
    const [from, to] = [all.at(40)?.recordedAt ?? '', all.at(20)?.recordedAt ?? '']
    const asked = { recordedFrom: from, knownAt: to }
    const { json } = await find(`${written(asked)}&limit=500`)
    expect(ids(json.items)).toEqual(ids(all.filter(passes(asked))))
  })

  it.each([
    '',
    'contract=HT-1&',
    'book=WEST&',
    'order=oldest&',
    'document=%E4%BA%AC%E8%B4%A2%E5%BB%BA%E3%80%942026%E3%80%951%E5%8F%B7&',
  ])('pages meet from either end: %s', async (question) => {
    const whole = ids((await find(`${question}limit=500`)).json.items)
    const forward: string[][] = []
    const pages: { next: string | null; previous: string | null }[] = []
    for (let cursor = ''; ; ) {
      const { json } = await find(`${question}limit=3${cursor}`)
      forward.push(ids(json.items))
      pages.push(json)
      if (json.next === null) break
      cursor = `&cursor=${json.next}`
    }
    expect(forward.flat()).toEqual(whole)
    expect(pages[0]?.previous).toBeNull()
    const back: string[][] = [forward.at(-1) ?? []]
    for (let { previous } = pages.at(-1) ?? { previous: null }; previous !== null; ) {
      const { json } = await find(`${question}limit=3&cursor=${previous}`)
      back.unshift(ids(json.items))
      expect(json.next).not.toBeNull()
      previous = json.previous
    }
    expect(back.flat()).toEqual(whole)
  })

  it('takes no cursor of another question', async () => {
    const { next } = (await find('limit=2')).json
    expect((await find(`limit=2&maker=m-1&cursor=${next}`)).json.code).toBe('input_invalid')
  })

  it('shows a district its own books alone', async () => {
    const west = await door().token('auditor', { person: 'west', district: '110102' })
    const own = all.filter(({ book }) => book !== 'OST')
    const { json } = await find('limit=500&totals=true', west)
    expect([ids(json.items), json.totals.entries]).toEqual([ids(own), own.length])
    for (const question of [
      'counterparty=%E7%94%B2%E5%85%AC%E5%8F%B8',
      'document=%E4%BA%AC%E8%B4%A2%E5%BB%BA%E3%80%942026%E3%80%951%E5%8F%B7',
    ]) {
      const seen: Entry[] = (await find(`${question}&limit=500`, west)).json.items
      expect(seen.length).toBeGreaterThan(0)
      expect(seen.filter(({ book }) => book === 'OST')).toEqual([])
    }
    expect((await find('book=OST', west)).json.code).toBe('book_not_found')
    expect((await find('district=110105', west)).json.items).toEqual([])
    const operator = await door().token('operator', { person: 'ops' })
    expect((await find('', operator)).status).toBe(403)
  })

  it('refuses what contradicts itself', async () => {
    expect((await find('from=2026-06-02&to=2026-06-01')).json.code).toBe('range_reversed')
    expect((await find('amount=1.00&amountFrom=1.00')).json.errors[0].path).toBe('/query/amount')
    expect((await find('approved=perhaps')).json.errors[0].path).toBe('/query/approved')
  })

  it('is a sheet too, a row a line, with every column', async () => {
    const { text, headers } = await find('format=csv&contract=HT-1')
    expect(headers.get('content-type')).toBe('text/csv; charset=utf-8')
    const [head = '', ...rows] = text
      .replace(/^\uFEFF/, '')
      .trimEnd()
      .split('\r\n')
    const wanted = all.filter(passes({ contract: 'HT-1' }))
    expect(rows.map((row) => row.split(',')[0])).toEqual(wanted.flatMap(({ id, lines }) => lines.map(() => id)))
    for (const column of [
      '账套',
      '凭证号',
      '科目名称',
      '往来单位',
      '合同',
      '资金来源名称',
      '文号',
      '制单',
      '复核与审批',
    ])
      expect(head.split(',')).toContain(column)
    const english = await door().ask('/v1/entries?format=csv&columns=id,contract', {
      token: auditor,
      headers: { 'accept-language': 'en' },
    })
    expect(english.text.replace(/^\uFEFF/, '').split('\r\n')[0]).toBe('entry,contract')
  })
})
