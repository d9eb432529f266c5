/** What commands share: a list as a table with its totals, and going through pages to their end. */
import { expect, it } from 'vitest'
import { amount, count, everyOf, pageSize, tableOf, text, wholeOption, wholeUpTo } from '../../src/cli/table.ts'

type Line = { readonly name: string; readonly number?: number; readonly amountFen: bigint | null }

const columns = [
  text<Line>('name', '名称', 'Name', ({ name }) => name),
  count<Line>('number', '号', 'Number', ({ number }) => number),
  amount<Line>('amount', '金额', 'Amount', ({ amountFen }) => amountFen),
]

it('makes a row of each item between its totals, and an empty cell of what is absent', () => {
  const { rows, ...head } = tableOf<Line>({
    title: '表',
    notes: ['单位：元'],
    columns,
    above: [{ name: '期初', amountFen: 1n }],
    items: [
      { name: 'A', number: 0, amountFen: 0n },
      { name: '', amountFen: null },
    ],
    below: [{ name: '合计', amountFen: 1n }],
  })
  expect(head).toEqual({
    title: '表',
    notes: ['单位：元'],
    columns: [
      { key: 'name', zh: '名称', en: 'Name', kind: 'text' },
      { key: 'number', zh: '号', en: 'Number', kind: 'count' },
      { key: 'amount', zh: '金额', en: 'Amount', kind: 'amount' },
    ],
  })
  const empty = { kind: 'empty' }
  const total = (name: string) => ({
    cells: [{ kind: 'text', value: name }, empty, { kind: 'amount', value: 1n }],
    total: true,
  })
  expect(rows).toEqual([
    total('期初'),
    {
      cells: [
        { kind: 'text', value: 'A' },
        { kind: 'count', value: 0 },
        { kind: 'amount', value: 0n },
      ],
    },
    { cells: [empty, empty, empty] },
    total('合计'),
  ])
})

it.each([0, 1, pageSize - 1, pageSize, pageSize + 1, 2 * pageSize])(
  'reads all of %i items, each once',
  async (size) => {
    const asked: number[] = []
    const read = async (after: number, limit: number) => {
      asked.push(after)
      return Array.from({ length: Math.min(limit, size - after) }, (_, index) => after + index + 1)
    }
    const all = await everyOf(0, read, (last) => last)
    expect(all).toEqual(Array.from({ length: size }, (_, index) => index + 1))
    expect(asked).toHaveLength(Math.floor(size / pageSize) + 1)
  },
)

it('takes whole numbers above 0 of so many digits and nothing else', () => {
  const option = wholeOption(3)
  expect([option('1'), option('999')]).toEqual([1, 999])
  for (const given of ['', '0', '01', '-1', '1.0', '1000', '1 ', 'x']) expect(() => option(given)).toThrow('须为正整数')
})

it('takes whole numbers up to the most and nothing else', () => {
  const option = wholeUpTo(500)
  expect([option('1'), option('500')]).toEqual([1, 500])
  for (const given of ['', '0', '01', '1.0', '501', '1 ', 'x']) expect(() => option(given)).toThrow('须为 1 至 500')
})
