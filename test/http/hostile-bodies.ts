/** Kinds of bodies that a stranger may send, and that cost others their machine. */
const repeat = (piece: string, count: number): string => piece.repeat(count)
const list = (item: string, count: number): string => `[${repeat(`${item},`, count - 1)}${item}]`
const marks = (count: number): string => `a${repeat('\u0300', count)}${repeat('\u0316', count)}`

/** Bodies of some kilobytes. */
export const small: Readonly<Record<string, string>> = {
  nothing: '',
  null: 'null',
  number: '1e999',
  text: '"x"',
  list: '[]',
  'empty object': '{}',
  'cut off': '{"a":',
  'two documents': '{}{}',
  'byte order mark': '\ufeff{}',
  'repeated key': '{"on":"2026-01-01","on":"2026-01-02"}',
  prototype: '{"__proto__":{"x":1},"constructor":{"prototype":{}}}',
  'NUL in text': '{"reason":"a\\u0000b"}',
  'half a pair': '{"reason":"\\ud800"}',
  'depth of 40': `${repeat('[', 40)}${repeat(']', 40)}`,
  'depth of 30 objects': `${repeat('{"a":', 30)}1${repeat('}', 30)}`,
  'depth of 20,000': repeat('[', 20_000),
  'marks in a reason': JSON.stringify({ reason: marks(15_000) }),
  'marks in every text': JSON.stringify(
    Object.fromEntries(
      ['summary', 'name', 'title', 'document', 'memo', 'opinion', 'q', 'reason'].map((k) => [k, marks(3_000)]),
    ),
  ),
  'marks in lines': JSON.stringify({ on: '2026-01-01', summary: 'x', lines: [{ memo: marks(15_000) }] }),
  'hangul to compose': JSON.stringify({ reason: repeat('\u1100\u1161\u11a8', 10_000) }),
  'long ligatures': JSON.stringify({ reason: repeat('\ufdfa', 20_000), name: repeat('\ufdfa', 20_000) }),
  'long blanks': JSON.stringify({ reason: repeat(' ', 60_000), summary: repeat('\u3000', 60_000) }),
  'long identifier': JSON.stringify({ project: repeat('字 ', 30_000), indicator: repeat('a-', 30_000) }),
  'long digits': JSON.stringify({ amount: repeat('9', 60_000), area: `0.${repeat('0', 60_000)}` }),
  'long day': JSON.stringify({ on: repeat('2026-01-01', 6_000), from: repeat('1', 60_000) }),
  'many keys': `{${Array.from({ length: 4_000 }, (_, i) => `"k${i}":1`).join()}}`,
  'many lines': `{"on":"2026-01-01","summary":"x","lines":${list('{"account":"x"}', 4_000)}}`,
  'many numbers': `{"weights":${list('"x"', 10_000)},"amounts":${list('"-"', 10_000)}}`,
  'many entries': `{"entries":${list('{}', 4_000)}}`,
  'numbers for text': `{"reason":${repeat('1', 10_000)}}`,
  'escaped keys': `{"\\u0072eason":"x","reason":"y"}`,
}

/** Bodies of megabytes. */
export const big: Readonly<Record<string, () => string>> = {
  'a million numbers': () => list('1', 1_000_000),
  'a million lists': () => `{"lines":${list('[]', 1_000_000)}}`,
  'two hundred thousand lines': () => `{"on":"2026-01-01","summary":"x","lines":${list('{"account":"x"}', 200_000)}}`,
  'weights that are none': () => `{"weights":${list('"x"', 900_000)},"total":"1.00"}`,
  'two million marks': () => JSON.stringify({ reason: marks(900_000) }),
  'keys by the hundred thousand': () => `{${Array.from({ length: 250_000 }, (_, i) => `"k${i}":1`).join()}}`,
  'four million letters': () => JSON.stringify({ name: repeat('a', 4_000_000) }),
  'entries by the hundred thousand': () => `{"entries":${list('{"key":"a"}', 250_000)}}`,
  'dwellings by the hundred thousand': () => `{"dwellings":${list('{"id":"a","area":"1"}', 150_000)}}`,
  'dwellings in lists as long as may be': () =>
    `{${Array.from({ length: 9 }, (_, i) => `"k${i}":${list('{"id":"a","area":"1"}', 9_999)}`).join()}}`,
  'escapes by the million': () => `{"reason":"${repeat('\\u0300', 600_000)}"}`,
}
