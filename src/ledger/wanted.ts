/** What postings need of the books: each account they move, from the earliest day they move it on. */
import type { Day } from '../base/calendar.ts'
import type { ExaminedPosting } from './decide.ts'
import type { Wanted } from './store.ts'

export function wantedBy(postings: readonly ExaminedPosting[]): Wanted[] {
  const earliest = new Map<string, Day>()
  for (const { lines, draft } of postings) {
    for (const { accountKey: key } of lines) {
      const from = earliest.get(key)
      if (from === undefined || draft.on < from) earliest.set(key, draft.on)
    }
  }
  return [...earliest].map(([key, from]) => ({ key, from }))
}
