import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import { resetClock, setDay, tick } from './clock.ts'
import { playStory } from './play.ts'
import { readStory } from './story.ts'

const folder = new URL('./', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.txt'))

for (const file of files) {
  describe(file, () => {
    const door = useDoor({ clock: tick })
    const story = readStory(readFileSync(new URL(file, folder), 'utf8'), file)
    it(story.title, async () => {
      resetClock()
      await playStory(door(), story, file, setDay)
    })
  })
}

describe('a story', () => {
  const wrong = [
    ['rows under nothing', '  amount 1', 'stands under nothing'],
    ['an answer of nothing', '得 amount 1', 'follows no operation'],
    ['a balance without a side', '账 B 1011 1.00', 'says neither'],
    ['what was never asked', '张三 登记指标 同前', 'comes before any other'],
    ['a word alone', '张三', 'is not understood'],
  ] as const
  it.each(wrong)('is refused with its line where it holds %s', (_, text, message) => {
    expect(() => readStory(text, 'wrong.txt')).toThrow(new RegExp(`wrong.txt:1 .*${message}`))
  })
})
