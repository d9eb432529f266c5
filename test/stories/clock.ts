/** The clock of stories: ten in the morning of the story's day, a millisecond later at every look. */
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'

let at = 0n

export const tick: Clock = () => (at += 1_000n)

export const setDay = (text: string): void => {
  const morning = BigInt(numberOfDay(day(text))) * 86_400_000_000n + 2n * 3_600_000_000n
  if (morning > at) at = morning
  else throw new Error(`the day ${text} has passed`)
}

/** Before a story, which begins on a day of its own. */
export const resetClock = (): void => {
  at = 0n
}
