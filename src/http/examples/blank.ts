/**
 * The sentence of a refusal before anything is refused: dots stand where an answer names an id, a day or an amount. The
 * sentence is made by the same function that makes the answer, so the two cannot differ.
 */
import type { Text } from '../../base/refusal.ts'

// No sentence has this character: what a fact became on its way through is found again. An amount is cut into yuan and
// fen, a difference is no number, and no code has a name of that.
const mark = '\uE000'
const fact = new RegExp(`${mark}+(?:\\.${mark}+)?[0-9]*|N\\.?aN|undefined`, 'g')

/** Stands for any fact: a text, an amount, a list of one, or something with facts of its own. */
const blank: unknown = new Proxy(() => blank, {
  get: (_, key) => {
    if (key === Symbol.iterator) return () => [blank].values()
    if (key === 'map') return (made: (one: unknown, place: number) => unknown) => [made(blank, 0)]
    if (key === 'length') return 1
    return isText(key) ? () => mark.repeat(3) : blank
  },
})

const isText = (key: string | symbol): boolean =>
  key === Symbol.toPrimitive || key === 'toString' || key === 'toLocaleString' || key === 'join'

export function blankSentence(detail: (facts: never) => Text): Text {
  const { zh, en } = detail(blank as never)
  return { zh: zh.replaceAll(fact, '…'), en: en.replaceAll(fact, '…') }
}
