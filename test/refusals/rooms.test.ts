/**
 * What the rooms above the ledger say no to, told as stories: each text is one room, and every 拒 in it names a code
 * and what the sentence must name. `every.test.ts` holds that every code stands in a text or in a test that is named.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, it } from 'vitest'
import { resetClock, setDay, tick } from '../stories/clock.ts'
import { playStory } from '../stories/play.ts'
import { readStory } from '../stories/story.ts'
import { useDoor } from '../support/door.ts'

const folder = new URL('rooms/', import.meta.url)

for (const file of readdirSync(folder)) {
  describe(file, () => {
    const door = useDoor({ clock: tick })
    const story = readStory(readFileSync(new URL(file, folder), 'utf8'), file)
    it(story.title, async () => {
      resetClock()
      await playStory(door(), story, file, setDay)
    })
  })
}
