/** What stands in the way of a year-end is found by the equation that every voucher is held to. */
import { describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'

const door = useDoor()

describe('what stands in the way of a year-end', () => {
  it('is money that moved on one side only, by the equation of the books: cash in hand and wages are the unit’s own', async () => {
    const book = { code: 'CASH', name: '账套 CASH', district: '110102', standard: 'government' }
    expect((await door().ask('/v1/books', { body: book })).status).toBe(201)
    const posted = async (sides: readonly (readonly [string, string])[], amount = '100.00') => {
      const lines = sides.map(([account, side]) => ({ account, [side]: amount, project: 'P1', source: 'F21' }))
      const answer = await door().ask('/v1/books/CASH/entries', { body: { on: '2025-03-05', summary: '往来', lines } })
      expect(answer.status, answer.text).toBe(201)
    }
    const mirrors = async () => {
      const { json } = await door().ask('/v1/books/CASH/years/2025/carry-over/preview', { method: 'POST' })
      return json.obstacles.filter(({ obstacle }: { obstacle: string }) => obstacle === 'cash_mirror')
    }
    const received = [
      ['4601', 'credit'],
      ['800102', 'debit'],
      ['6601', 'credit'],
    ] as const
    await posted([['100201', 'debit'], ...received])
    await posted([['1001', 'debit'], ...received])
    await posted([
      ['100203', 'debit'],
      ['100201', 'credit'],
    ])
    expect(await mirrors()).toEqual([])
    await posted([
      ['1021', 'debit'],
      ['4601', 'credit'],
    ])
    expect(await mirrors()).toMatchObject([{ found: [expect.stringMatching(/^P1 F21 .*\/800102 300\.00\/200\.00$/)] }])
  })
})
