/**
 * The leaf of an entry, over arbitrary entries: an entry that names no debt is byte for byte what it always was, one
 * that does is of the second format; the verifier reads both, and no other spelling of either.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { formatFen } from '../../src/base/money.ts'
import { isForm } from '../../src/cli/verify/examination.mjs'
import { dimensions } from '../../src/ledger/chart.ts'
import type { EntryLine } from '../../src/ledger/entry.ts'
import { type Entry, leafHash, leafText } from '../../src/ledger/leaf.ts'

/** The text by a path of its own: fields as they are, keys in code-unit order. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, part]) => part !== undefined)
  const sorted = fields.toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${sorted.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}

const jsonOf = (entry: Entry, format: string): string =>
  canonical({
    format,
    book: entry.book,
    id: `E${entry.bookId}-${entry.sequence}`,
    sequence: String(entry.sequence),
    number: String(entry.number),
    on: entry.on,
    period: entry.on.slice(0, 7),
    recordedAt: '1970-01-01T08:00:00.000000+08:00',
    summary: entry.summary,
    maker: entry.maker,
    type: entry.type,
    lines: entry.lines.map(({ side, amountFen, ...line }) => ({ ...line, [side]: formatFen(amountFen) })),
  })

const text = fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' })
const noted = dimensions.filter((dimension) => dimension !== 'debt')
const plainLine: fc.Arbitrary<EntryLine> = fc.record(
  {
    account: fc.stringMatching(/^[0-9]{3,6}$/),
    basis: fc.constantFrom('financial', 'budget', 'control'),
    side: fc.constantFrom('debit', 'credit'),
    amountFen: fc.bigInt({ min: 1n, max: 10n ** 15n }),
    memo: text,
    ...(Object.fromEntries(noted.map((dimension) => [dimension, text])) as Record<(typeof noted)[number], typeof text>),
  },
  { requiredKeys: ['account', 'basis', 'side', 'amountFen'] },
)
const entryOf = (lines: readonly EntryLine[], summary: string): Entry => ({
  bookId: 3,
  book: 'T3',
  sequence: 17,
  number: 4,
  on: day('2026-02-09'),
  recordedAt: 0n,
  type: 'general',
  summary,
  maker: 'zhang',
  approvals: [],
  documents: [],
  lines,
})
const plainLines = fc.array(plainLine, { minLength: 2, maxLength: 5 })

describe('the leaf of an entry', () => {
  it('that names no debt is what it was before lines could name one', () => {
    fc.assert(
      fc.property(plainLines, text, (lines, summary) => {
        const entry = entryOf(lines, summary)
        expect(leafText(entry)).toBe(jsonOf(entry, 'yiben-entry-1'))
      }),
    )
  })

  it('is, of an entry in a book of today, these bytes', () => {
    const held = { basis: 'financial', amountFen: 90_000n, project: 'P1', source: 'F21' } as const
    const lines: EntryLine[] = [
      { ...held, account: '161301', side: 'debit' },
      { ...held, account: '1011', side: 'credit' },
    ]
    expect(leafHash(leafText(entryOf(lines, '工程款 9'))).toString('hex')).toBe(
      '2db2a71605565028994595784745ffa196d292e7d911d146963538c169ee634e',
    )
  })

  it('that names one says so in the second format, and another debt is another leaf', () => {
    fc.assert(
      fc.property(plainLines, text, text, text, (lines, summary, debt, other) => {
        const [first, ...rest] = lines
        if (!first) return
        const entry = entryOf([{ ...first, debt }, ...rest], summary)
        const leaf = leafText(entry)
        expect(leaf).toBe(jsonOf(entry, 'yiben-entry-2'))
        expect(isForm(JSON.parse(leaf), 'entry')).toBe(true)
        const changed = leafText(entryOf([{ ...first, debt: other }, ...rest], summary))
        expect(leafHash(changed).equals(leafHash(leaf))).toBe(other === debt)
        expect(leafText(entryOf(lines, summary))).not.toContain('"debt"')
      }),
    )
  })
})
