/**
 * Files that come in: whatever wrote them, they are read one way or refused with the place; what we write comes back.
 */
import { Readable } from 'node:stream'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { renderCsv } from '../../reports/render/csv.ts'
import { csvRecords } from '../../src/form/file/csv.ts'
import { defused, undefused } from '../../src/form/file/formula.ts'
import { type FileLine, linesOf } from '../../src/form/file/lines.ts'
import { type Columns, readRows } from '../../src/form/file/rows.ts'
import { FileRefused, textOfFile } from '../../src/form/file/text.ts'

/** 支付工程款 as Chinese editors save it. */
const gb18030 = Buffer.from('d6a7b8b6b9a4b3ccbfee', 'hex')

describe('the encoding', () => {
  it('is UTF-8 or refused, with what it is and from which line', () => {
    expect(textOfFile(Buffer.from('\uFEFF支付'))).toEqual({ text: '支付' })
    const bytes = Buffer.concat([Buffer.from('a,b\n'), gb18030])
    expect(() => textOfFile(bytes)).toThrow(/GB18030.*第 2 行.*另存为/)
    expect(() => textOfFile(Buffer.from('fffe4e00', 'hex'))).toThrow(/UTF-16/)
    expect(() => textOfFile(Buffer.from('80', 'hex'))).toThrow(/不明编码/)
  })

  it('of another office may be GB18030, and that is said', () => {
    expect(textOfFile(gb18030, { foreign: true })).toMatchObject({
      text: '支付工程款',
      said: { zh: expect.stringContaining('GB18030') },
    })
    expect(() => textOfFile(Buffer.from('80', 'hex'), { foreign: true })).toThrow(FileRefused)
  })

  it('of any text in UTF-8 gives the text back', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const mark = text.startsWith('\uFEFF') ? '' : '\uFEFF'
        expect(textOfFile(Buffer.from(mark + text)).text).toBe(mark === '' ? text.slice(1) : text)
      }),
    )
  })
})

async function linesFrom(chunks: readonly Buffer[]): Promise<FileLine[]> {
  const all: FileLine[] = []
  for await (const lines of linesOf(Readable.from(chunks))) all.push(...lines)
  return all
}

describe('lines', () => {
  const ends = fc.constantFrom('\n', '\r\n', '\r')

  it('end as any system ends them, keep their numbers, however the bytes arrive', async () => {
    const line = fc.string({ unit: fc.constantFrom('a', '款', '😀', ' ', '"', '\uFEFF', '\u2028') })
    await fc.assert(
      fc.asyncProperty(fc.array(line), ends, fc.integer({ min: 1, max: 7 }), async (lines, end, size) => {
        const bytes = Buffer.from(lines.map((text) => text + end).join(''))
        const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
          bytes.subarray(index * size, (index + 1) * size),
        )
        const expected = lines
          .map((text, index) => ({ number: index + 1, text: text.replace(/^\uFEFF/, '') }))
          .filter(({ text }) => text.trim() !== '')
        expect(await linesFrom(chunks)).toEqual(expected)
      }),
    )
  })

  it('that are no text are told by their number', async () => {
    const [first, second] = await linesFrom([Buffer.from('{}\r\n\r\n'), gb18030])
    expect(first).toEqual({ number: 1, text: '{}' })
    expect(second).toMatchObject({ number: 3, fault: { zh: expect.stringMatching(/第 3 行.*GB18030/) } })
  })
})

describe('CSV', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', '，', ',', '"', '\n', '\r', ' ', '楼', ';') })

  it('of any cells comes back as it was written, but rows of blanks', () => {
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1 })), fc.constantFrom('\n', '\r\n'), (rows, end) => {
        const text = stringify(rows, { record_delimiter: end, quoted: true })
        const filled = rows.filter((cells) => cells.some((given) => given.trim() !== ''))
        expect(csvRecords(text).map(({ cells }) => cells)).toEqual(filled)
      }),
    )
  })

  it('tells the line a record begins on', () => {
    const records = csvRecords('a\r"b\r\nc"\r\n,,\rd')
    expect(records.map(({ line }) => line)).toEqual([1, 2, 5])
  })
})

describe('rows', () => {
  const columns: Columns = {
    code: { zh: '编号', also: ['项目'] },
    name: { zh: '名称', free: true },
    kind: { zh: '类别', words: { single: '单项改造' } },
    floors: { zh: '层数', optional: true, empties: true },
  }
  const digits = z.codec(z.string().regex(/^[0-9]+$/, { error: 'size' }), z.number(), {
    decode: Number,
    encode: String,
  })
  const form = z.strictObject({
    code: z.string(),
    name: z.string(),
    kind: z.enum(['single']),
    floors: z.exactOptional(z.union([digits, z.null()], { error: 'size' })),
  })
  const read = (text: string) => readRows(csvRecords(text), columns, form)
  const valuesOf = (text: string) => read(text).rows.map(({ value }) => value)
  const faultsOf = (text: string) => read(text).faults.map(({ row, message }) => `${row} ${message.zh}`)

  it('are taken by Chinese headings and by what we show, with digits of any width', () => {
    const value = { code: 'P1', name: 'Ａ楼', kind: 'single' }
    expect(valuesOf('编号,名称,类别\nＰ１,Ａ楼,单项改造')).toEqual([value])
    expect(valuesOf('项目, 名称 ,ｋｉｎｄ,\nP1,Ａ楼,single,')).toEqual([value])
    expect(valuesOf("code,name,kind\nP1,'=1+1,single")).toEqual([{ ...value, name: '=1+1' }])
  })

  it('tell a column that is not there from a cell that is empty', () => {
    expect(valuesOf('code,name,kind\nP1,n,single')[0]).not.toHaveProperty('floors')
    expect(valuesOf('code,name,kind,floors\nP1,n,single,')[0]).toHaveProperty('floors', null)
    expect(valuesOf('code,name,kind,floors\nP1,n,single,６')[0]).toHaveProperty('floors', 6)
    expect(valuesOf('code,name,kind,floors\nP1,n,single')[0]).not.toHaveProperty('floors')
  })

  it('are refused one by one, each with its line and the reason', () => {
    const text = 'code,name,kind,floors\n1.1E+05,n,single,1\nP2,,单项,x\n\nP3,n,single,1,y'
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^2 编号（code）：是科学记数法/),
      expect.stringMatching(/^3 类别（kind）：须为以下之一：单项改造（single）/),
      expect.stringMatching(/^3 名称（name）：缺少此项/),
      expect.stringMatching(/^3 层数（floors）：须为/),
      expect.stringMatching(/^5 有 5 列/),
    ])
  })

  it('of other headings are refused as a whole', () => {
    expect(() => read('code,name\n')).toThrow(/缺少列：类别/)
    expect(() => read('code,name,kind,colour\n')).toThrow(/不认识的列 colour/)
    expect(() => read('code,编号,name,kind\n')).toThrow(/重复的列/)
    expect(() => read('')).toThrow(/缺少列/)
  })
})

describe('what a spreadsheet would calculate', () => {
  it.each(['=1', '+1', '-1', '@A', '＝1', '＋1', '－1', '＠A', '﹦1', '﹢1', '\t=1', ' =1', '　＝1', '\u200b=1', '−1'])(
    '%j is written behind an apostrophe',
    (text) => expect(defused(text)).toBe(`'${text}`),
  )

  it('comes back as it was, whatever it is', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '=', '＋', '@', 'a', ' ', '楼', '\t') })
    fc.assert(
      fc.property(text, (given) => {
        expect(undefused(defused(given))).toBe(given)
      }),
    )
    expect(defused('一号楼 = 甲')).toBe('一号楼 = 甲')
  })

  it('of a list that goes out is read back by the reader', () => {
    const text = fc.string({ unit: fc.constantFrom("'", '＝', '=', 'a', '楼', ',', '"'), minLength: 1 })
    fc.assert(
      fc.property(text, (value) => {
        const column = { key: 'name', zh: '名称', en: 'Name', kind: 'text' } as const
        const table = { title: '', notes: [], columns: [column], rows: [{ cells: [{ kind: 'text', value } as const] }] }
        const { text: written } = textOfFile(Buffer.from(renderCsv(table)))
        const { rows } = readRows(
          csvRecords(written),
          { name: { zh: '名称', free: true } },
          z.object({ name: z.string() }),
        )
        expect(rows[0]?.value.name).toBe(value)
      }),
    )
  })
})
