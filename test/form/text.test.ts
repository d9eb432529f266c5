/** Text and identifiers: what people approve is what they see, and what looks the same is the same. */
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { day, entryDay, identifier, text } from '../../src/form/field.ts'

const name = text(100, '名称', 'name')
const code = identifier('编号', 'code')

describe('text', () => {
  it.each([
    ['\u3164\u2800'],
    ['a\u3164'],
    ['a\u034fb'],
    ['a\u17b4'],
    ['葛\ufe00'],
    ['葛\u{e0100}'],
    ['a\ufdd0'],
    ['a\u{10ffff}'],
    ['a\u{50000}'],
    ['\ufffd'],
    ['a\u200b'],
    ['a\u202e'],
    ['\u3000 '],
    ['a'.repeat(101)],
  ])('%j is refused', (given) => expect(name.safeParse(given).success).toBe(false))

  it.each([['京财经建[2022-28]号'], ['甲（北京）公司 — “一期”'], ['😀'], ['𠮷野家'], ['Ａ楼'], ['é'.repeat(100)]])(
    '%j is taken as it is',
    (given) => expect(name.parse(given)).toBe(given),
  )

  it('is kept in NFC, and what is far too long is refused before it is normalised', () => {
    expect(name.parse('e\u0301')).toBe('é')
    const normalised = vi.spyOn(String.prototype, 'normalize')
    expect(name.safeParse(`a${'\u0300'.repeat(60_000)}${'\u0316'.repeat(60_000)}`).success).toBe(false)
    expect(normalised).not.toHaveBeenCalled()
    expect(name.safeParse('e\u0301').success).toBe(true)
    expect(normalised).toHaveBeenCalled()
    normalised.mockRestore()
  })
})

describe('identifiers', () => {
  it.each([
    ['１０１', '101'],
    ['ＨＴ－１', 'HT-1'],
    ['甲公司（北京）', '甲公司（北京）'],
    ['ＨＴ／２０２６．１', 'HT/2026.1'],
    ['〔2022〕28号', '〔2022〕28号'],
  ])('%s is kept as %s', (given, kept) => expect(code.parse(given)).toBe(kept))

  it('are kept the same way however often they come in, and differ in more than width', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 12 }), (given) => {
        const first = code.safeParse(given)
        if (!first.success) return
        expect(code.parse(first.data)).toBe(first.data)
        expect(first.data).not.toMatch(/[０-９Ａ-Ｚａ-ｚ]/)
      }),
      { numRuns: 1_000 },
    )
  })

  it.each([
    ['a|b'],
    ['a｜b'],
    ['a\u200b'],
    ['a\u3164'],
    [' a'],
    ['a  b'],
    ['a'.repeat(65)],
    ['\ufffd'],
    ['e\u0301'],
    ['P\u00a01'],
  ])('%j is refused', (given) => expect(code.safeParse(given).success).toBe(false))
})

describe('days', () => {
  it.each(['0000-01-01', '1899-12-31', '2200-01-01', '9999-12-31'])(
    '%s is none, of an entry the ledger says so',
    (on) => {
      expect(day.safeParse(on).success).toBe(false)
      expect(entryDay.safeParse(on).success).toBe(true)
    },
  )
})
