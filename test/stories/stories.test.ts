import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Clock, day, numberOfDay } from '../../src/base/calendar.ts'
import { useDoor } from '../support/door.ts'
import { playStory } from './play.ts'
import { readStory } from './story.ts'

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))

// Ten in the morning of the story's day, a millisecond later at every look.
const clock = { at: 0n }
const tick: Clock = () => (clock.at += 1_000n)
const setDay = (text: string): void => {
  const morning = BigInt(numberOfDay(day(text))) * 86_400_000_000n + 2n * 3_600_000_000n
  if (morning > clock.at) clock.at = morning
  else throw new Error(`the day ${text} has passed`)
}

for (const file of files) {
  describe(file, () => {
    const door = useDoor({ clock: tick })
    const story = readStory(readFileSync(new URL(file, folder), 'utf8'), file)
    it(story.title, async () => {
      clock.at = 0n
      await playStory(door(), story, file, setDay)
    })
  })
}

describe('a story', () => {
  const wrong = [
    ['rows under nothing', '  amount 1', 'stands under nothing'],
    ['an answer of nothing', '得 amount 1', 'follows no operation'],
    ['a balance without a side', '账 B 1011 1.00', 'says neither'],
    ['a word alone', '张三', 'is not understood'],
  ] as const
  it.each(wrong)('is refused with its line where it holds %s', (_, text, message) => {
    expect(() => readStory(text, 'wrong.txt')).toThrow(new RegExp(`wrong.txt:1 .*${message}`))
  })
})
