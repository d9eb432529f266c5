/** The parts of the console that need no browser: addresses, amounts, and that it knows the API as it is published. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { operationsOf } from '../../web/operations.ts'
import { askInPlace, type Question, whenAsked } from '../../web/src/api/asking.ts'
import { amountTyped, capitals, fenOf, shown } from '../../web/src/money.ts'
import { paths } from '../../web/src/paths.ts'
import { drawn } from '../../web/src/charts/flows.ts'
import { csvOf } from '../../web/src/table/export.ts'

const textOf = (path: string): string => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

describe('the API it knows', () => {
  it('is the one that is published', () => {
    expect(textOf('web/src/api/operations.ts')).toBe(operationsOf(JSON.parse(textOf('test/http/openapi.json'))))
  })
})

describe('what a person is asked in place', () => {
  it('is asked once of each kind, and one kind is no answer to the other', async () => {
    const open: { question: Question; answer: (again: boolean) => void }[] = []
    whenAsked((question) => new Promise((answer) => open.push({ question, answer })))
    const asked = [askInPlace('sign_in'), askInPlace('step_up'), askInPlace('sign_in'), askInPlace('step_up')]
    expect(open.map(({ question }) => question)).toEqual(['sign_in', 'step_up'])
    open[1]?.answer(false)
    expect(await Promise.all([asked[1], asked[3]])).toEqual([false, false])
    // What was answered is asked anew; what still waits is not.
    void askInPlace('step_up')
    void askInPlace('sign_in')
    expect(open.map(({ question }) => question)).toEqual(['sign_in', 'step_up', 'step_up'])
    open[0]?.answer(true)
    expect(await Promise.all([asked[0], asked[2]])).toEqual([true, true])
    whenAsked(undefined)
    expect(await askInPlace('sign_in')).toBe(false)
  })
})

describe('amounts', () => {
  it('are rounded half up from the text, and never below what they are', () => {
    expect(shown(fenOf('806466123.45'), 'wan')).toBe('80,646.61')
    expect(shown(fenOf('50.00'), 'wan')).toBe('0.01')
    expect(shown(fenOf('49.99'), 'wan')).toBe('0.00')
    expect(shown(fenOf('-150000.00'), 'yuan')).toBe('-150,000.00')
    expect(shown(fenOf('9007199254740993.17'), 'yuan')).toBe('0.00')
    expect(shown(fenOf('900719925474099.31'), 'yuan')).toBe('900,719,925,474,099.31')
    expect(shown(fenOf('1860000000.00'), 'yi')).toBe('18.6000')
  })

  it('are written in capitals as vouchers write them', () => {
    const written: readonly (readonly [string, string])[] = [
      ['150000.00', '壹拾伍万元整'],
      ['320000.00', '叁拾贰万元整'],
      ['1.05', '壹元零伍分'],
      ['0.50', '伍角整'],
      ['0.00', '零元整'],
      ['100200.30', '壹拾万零贰佰元叁角整'],
      ['100000001.00', '壹亿零壹元整'],
      ['-12.00', '负壹拾贰元整'],
    ]
    for (const [amount, text] of written) expect([amount, capitals(fenOf(amount))]).toEqual([amount, text])
  })

  it('take what people type and paste, and nothing that is no amount', () => {
    expect(amountTyped('１２，３４５．６０')).toBe('12345.60')
    expect(amountTyped(' 1,234.5 ')).toBe('1234.5')
    for (const wrong of ['', '1.234', '1e5', '-1', 'NaN', '12a']) expect(amountTyped(wrong)).toBeUndefined()
  })
})

describe('addresses', () => {
  it('are built in one place', () => {
    expect({
      home: paths.home({ year: '2025', district: undefined }),
      project: paths.project('BJ 1/2', 'plan', { version: '2' }),
      book: paths.book('SAMPLE-E2E', 'statement', { account: '1011', to: '' }),
      entry: paths.entry('E1-2'),
      plan: paths.plan('110101', '2025'),
    }).toEqual({
      home: '/?year=2025',
      project: '/projects/BJ%201%2F2/plan?version=2',
      book: '/books/SAMPLE-E2E/statement?account=1011',
      entry: '/entries/E1-2',
      plan: '/plans/110101/2025',
    })
  })
})

describe('flows of money', () => {
  it('that are too small to see are joined by where they go, and none is left out', () => {
    const flow = (from: string, to: string, amount: string) => ({ from, to, amount, href: `/${from}` })
    const big = [flow('F21', 'basic', '900.00'), flow('F30', 'upgrade', '99.00')]
    const small = [flow('F51', 'basic', '0.40'), flow('F60', 'basic', '0.30'), flow('F60', 'upgrade', '0.30')]
    expect(drawn([...big, ...small, flow('F70', 'basic', '0.00')])).toEqual([
      ...big,
      { from: '*', to: 'basic', amount: '0.70', href: '/F51' },
      { from: '*', to: 'upgrade', amount: '0.30', href: '/F60' },
    ])
    expect(drawn([])).toEqual([])
  })
})

describe('what is on the screen as a file', () => {
  const fileOf = (text: string, amount: string) =>
    csvOf(
      [
        { title: '名称', value: () => text },
        { title: '金额', kind: 'amount', value: () => amount },
      ],
      [{}],
    )

  it('holds no formula, in whatever spelling and behind whatever blanks', () => {
    for (const text of ['=1+1', '＝1+1', '＋1', '－1', '＠A1', '\u22121', ' =1', '\u200b=1', "'=1", '-1'])
      expect(fileOf(text, '-1.00')).toBe(`\uFEFF名称,金额（元）\r\n'${text},-1.00\r\n`)
    expect(fileOf('甲, "乙"', '')).toContain('"甲, ""乙""",\r\n')
  })
})
