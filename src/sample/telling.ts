/**
 * What a person at a terminal sees of the loading: at most a line a second, what it is at, and how far; and at the end
 * what each part took.
 */
import type { Told } from './load.ts'

const everyMs = 1_000

export type Telling = {
  readonly told: Told
  /** Seconds, of all and of each part: the books of published figures first. */
  readonly ended: () => { readonly seconds: number; readonly parts: string }
}

export function tellSample(write: (line: string) => void, now: () => number = () => performance.now()): Telling {
  const began = now()
  const took: { name: string; ms: number }[] = []
  let [part, partBegan, lastLine] = ['books', began, -everyMs]
  const seconds = (ms: number): number => Math.round(ms / 100) / 10
  const endPart = (next: string): void => {
    took.push({ name: part, ms: now() - partBegan })
    part = next
    partBegan = now()
  }
  return {
    told: ({ zh, en, done, of: all }, place, of) => {
      if (done === undefined) endPart(`${place}`)
      if (now() - lastLine < everyMs) return
      lastLine = now()
      const far = done === undefined ? '' : ` ${done}/${all}`
      write(`示例 / sample ${place}/${of}：${zh} / ${en}${far}（${seconds(now() - began)} s）`)
    },
    ended: () => {
      endPart('')
      return { seconds: seconds(now() - began), parts: took.map(({ name, ms }) => `${name} ${seconds(ms)}`).join(', ') }
    },
  }
}
