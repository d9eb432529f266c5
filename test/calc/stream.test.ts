/** `yiben calc` as a stream: every line answered in order, whatever it holds and however the bytes arrive. */
import { PassThrough, Readable, Writable } from 'node:stream'
import { describe, expect, test } from 'vitest'
import { streamCalculations } from '../../src/cli/calc.ts'

type Answer = {
  id: unknown
  calc?: unknown
  result?: unknown
  invalid?: { path: string; message: string }[]
  uses?: unknown
}

async function answersTo(...chunks: (string | Buffer)[]): Promise<Answer[]> {
  const output = new PassThrough()
  const pieces: Buffer[] = []
  output.on('data', (piece: Buffer) => pieces.push(piece))
  await streamCalculations(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), output)
  const text = Buffer.concat(pieces).toString()
  expect(text === '' || text.endsWith('\n')).toBe(true)
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Answer)
}

const input = { total: '1', weights: ['1'] }
const line = (id: string, rest: object = {}) => JSON.stringify({ id, calc: 'split', input, ...rest })
const result = { parts: ['1.00'] }
const paths = (answer: Answer | undefined) => answer?.invalid?.map(({ path }) => path)

describe('streamCalculations', () => {
  test('answers in order, with the same id and calc, and says what was used', async () => {
    expect(await answersTo(`${line('a')}\n${line('b')}\n`)).toEqual([
      { id: 'a', calc: 'split', result, uses: [] },
      { id: 'b', calc: 'split', result, uses: [] },
    ])
  })

  test('answers a last line without a line end', async () => {
    expect(await answersTo(`${line('a')}\n${line('b')}`)).toHaveLength(2)
  })

  test('gives blank lines no answer, and takes \\r\\n for a line end', async () => {
    expect(await answersTo(`\n\r\n  \t\n${line('a')}\r\n\n${line('b')}\r\n\r\n`)).toHaveLength(2)
  })

  test('gives nothing for nothing', async () => expect(await answersTo()).toEqual([]))

  test('does not take other line separators for line ends', async () => {
    const [only, ...rest] = await answersTo(`${line('a\u2028b\u0085c')}\n`)
    expect(only?.id).toBe('a\u2028b\u0085c')
    expect(rest).toEqual([])
  })

  test('puts together what arrives byte by byte, also inside a character', async () => {
    const bytes = Buffer.from(`${line('一本账😀')}\r\n${line('b')}\n`)
    const chunks = [...bytes].map((byte) => Buffer.from([byte]))
    expect((await answersTo(...chunks)).map(({ id }) => id)).toEqual(['一本账😀', 'b'])
  })

  test.each([
    '[]',
    'null',
    '1',
    '"x"',
    'true',
    '{',
    '{"id":1}',
    '{"id":null,"calc":"split"}',
    '{}',
    '{"id":["a"]}',
    'nonsense',
    "{'id':'a'}",
    '{"id":"a"}{"id":"b"}',
    `${line('a')} x`,
  ])('answers %s without an id, and goes on', async (bad) => {
    const [first, second] = await answersTo(`${bad}\n${line('b')}\n`)
    expect(first?.id).toBeNull()
    expect(Object.keys(first ?? {})).toEqual(['id', 'invalid'])
    expect(first?.invalid?.[0]?.message).toMatch(/./)
    expect(second?.id).toBe('b')
  })

  test('answers an unknown calculation, or none, under the same id', async () => {
    const given = [
      line('a', { calc: 'nope' }),
      line('b', { calc: 7 }),
      JSON.stringify({ id: 'c', input }),
      line('d', { calc: 'toString' }),
      line('e', { calc: '__proto__' }),
      line('', { calc: null }),
    ]
    const answers = await answersTo(`${given.join('\n')}\n`)
    expect(answers.map(({ id, calc }) => [id, calc])).toEqual([
      ['a', 'nope'],
      ['b', 7],
      ['c', undefined],
      ['d', 'toString'],
      ['e', '__proto__'],
      ['', null],
    ])
    for (const answer of answers) expect(paths(answer)).toEqual(['/calc'])
  })

  test('answers a line without input', async () => {
    expect(paths((await answersTo(`{"id":"a","calc":"split"}\n`))[0])).toEqual([''])
  })

  test('ignores other keys of a line, whatever they hold', async () => {
    const [first, second] = await answersTo(
      `${line('a', { expect: { parts: 1 }, note: null })}\n{"note":1,"note":2,"id":"b","calc":"split","input":${JSON.stringify(input)}}\n`,
    )
    expect(first?.result).toEqual(result)
    expect(second?.result).toEqual(result)
  })

  test('refuses repeated keys in the input, and of the line itself', async () => {
    const answers = await answersTo(
      '{"id":"a","calc":"split","input":{"total":"1","total":"2","weights":["1"]}}\n',
      '{"id":"b","calc":"split","input":{},"input":{"total":"1","weights":["1"]}}\n',
      '{"id":"c","id":"d","calc":"split","input":{"total":"1","weights":["1"]}}\n',
      '{"id":"e","calc":"split","input":{"total":"1","weights":["1"],"__proto__":{}}}\n',
    )
    expect(answers.map((answer) => [answer.id, paths(answer)])).toEqual([
      ['a', ['/total']],
      ['b', ['/input']],
      [null, ['/id']],
      ['e', ['/__proto__']],
    ])
  })

  test('takes any string where any string may stand', async () => {
    const values = ['\u0000', '\ud800', '😀', '\\u0000']
    const lines = values.map((value) =>
      JSON.stringify({ id: value, calc: 'check-identifier', input: { kind: 'district', value } }),
    )
    const answers = await answersTo(`${lines.join('\n')}\n`)
    expect(answers.map(({ id }) => id)).toEqual(values)
    for (const answer of answers) expect(answer.result).toHaveProperty('valid', false)
  })

  test('answers bytes that are no UTF-8', async () => {
    const [first, second] = await answersTo(
      Buffer.concat([Buffer.from('{"id":"'), Buffer.from([0xff, 0xfe]), Buffer.from(`"}\n${line('b')}\n`)]),
    )
    expect(first?.id).toBeNull()
    expect(second?.id).toBe('b')
  })

  test('takes a byte order mark before the first line', async () => {
    expect((await answersTo(`\ufeff${line('a')}\n`))[0]?.id).toBe('a')
  })

  test('answers a line that is too long without keeping it', async () => {
    const long = Buffer.alloc(1024 * 1024, 'x')
    const before = process.memoryUsage().rss
    const answers = await answersTo(...Array.from({ length: 300 }, () => long), `\n${line('b')}\n`)
    expect(answers.map(({ id }) => id)).toEqual([null, 'b'])
    expect(process.memoryUsage().rss - before).toBeLessThan(400 * 1024 * 1024)
  })

  test('answers a long line that is still allowed', async () => {
    const weights = Array.from({ length: 100_000 }, () => '1')
    const [only] = await answersTo(`${JSON.stringify({ id: 'a', calc: 'split', input: { total: '1000', weights } })}\n`)
    expect(only?.result).toHaveProperty('parts.length', 100_000)
  })

  test('answers deep nesting', async () => {
    const deep = `{"id":"a","calc":"split","input":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
    expect((await answersTo(`${deep}\n${line('b')}\n`)).map(({ id }) => id)).toEqual(['a', 'b'])
  })

  test('reads no faster than its answers are taken', async () => {
    let given = 0
    const source = new Readable({
      read() {
        given++
        this.push(given > 2000 ? null : `${line(`a${given}`)}\n`.repeat(100))
      },
    })
    let taken = 0
    let pause: (() => void) | undefined
    const slow = new Writable({
      write(_piece, _encoding, done) {
        taken++
        if (taken === 3) pause = done
        else done()
      },
    })
    const running = streamCalculations(source, slow)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(given).toBeLessThan(200)
    pause?.()
    await running
    expect(given).toBe(2001)
  })

  test('ends quietly when the reader of the answers goes away', async () => {
    const source = Readable.from(Array.from({ length: 1000 }, (_, index) => `${line(`a${index}`)}\n`))
    const gone = new Writable({
      write(_piece, _encoding, done) {
        done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
      },
    })
    await expect(streamCalculations(source, gone)).resolves.toBe(0)
  })
})
