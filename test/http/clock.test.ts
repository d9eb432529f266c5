/**
 * The wall clock steps while the service runs, and its counter does not: an NTP correction, a machine that slept. What
 * is recorded, what is today and which token opens follow the wall clock, and instants of a book rise all the same.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import { addDays, businessDay, parseInstant, systemClock } from '../../src/base/calendar.ts'
import { newBookBody, quotaBody, useDoor } from '../support/door.ts'

const door = useDoor()
const real = Date.now.bind(Date)
const hourMs = 3_600_000

const step = (ms: number): void => void vi.spyOn(Date, 'now').mockImplementation(() => real() + ms)
afterEach(() => void vi.restoreAllMocks())

// The wall clock is as fine as a millisecond, and is followed where it is more than five apart.
function expectBetween(before: number, clock: number, after: number): void {
  expect(clock).toBeGreaterThan(before - 6)
  expect(clock).toBeLessThan(after + 6)
}

let books = 0
async function bookOf(): Promise<(on?: string) => Promise<{ status: number; recorded: number; sequence: number }>> {
  const code = `C${++books}`
  expect((await door().ask('/v1/books', { body: newBookBody(code) })).status).toBe(201)
  return async (on = '2026-03-05') => {
    const { status, json } = await door().ask(`/v1/books/${code}/entries`, { body: quotaBody('100.00', on) })
    return { status, recorded: Number(parseInstant(json.recordedAt ?? '') ?? 0n) / 1000, sequence: json.sequence }
  }
}

describe('the clock', () => {
  it.each([
    ['three hours on', 3 * hourMs],
    ['three days on', 72 * hourMs],
    ['one day back', -24 * hourMs],
    ['thirty milliseconds on', 30],
  ])('is the wall clock after a step of %s', (_, ms) => {
    step(ms)
    expectBetween(real() + ms, Number(systemClock()) / 1000, real() + ms)
    vi.restoreAllMocks()
    expectBetween(real(), Number(systemClock()) / 1000, real())
  })

  it('keeps instants of one millisecond apart', () => {
    const instants = Array.from({ length: 50 }, () => systemClock())
    expect(new Set(instants).size).toBeGreaterThan(10)
    expect([...instants].sort((a, b) => Number(a - b))).toEqual(instants)
  })

  it.each([3 * hourMs, 20 * hourMs, -24 * hourMs])(
    'recorded is within two minutes of it, or after all that was: %i',
    async (ms) => {
      const post = await bookOf()
      const before = await post()
      step(ms)
      const [first, second] = [await post(), await post()]
      expect(first.recorded).toBeGreaterThan(before.recorded)
      expect(second.recorded).toBeGreaterThan(first.recorded)
      if (ms > 0) expect(Math.abs(first.recorded - Date.now())).toBeLessThan(120_000)
      // A book of its own has nothing to stay behind.
      const other = await bookOf()
      expect(Math.abs((await other()).recorded - Date.now())).toBeLessThan(120_000)
    },
  )

  it('says what today is, and when a token ends', async () => {
    step(72 * hourMs)
    expect(businessDay(systemClock())).toBe(addDays(businessDay(BigInt(real()) * 1000n), 3))
    // The token of the door is of one day.
    expect((await door().ask('/v1/books')).status).toBe(401)
    vi.restoreAllMocks()
    expect((await door().ask('/v1/books')).status).toBe(200)
  })
})
