/**
 * One line in, one answer out (calc.md, "How it is called"). Whatever a line holds, it is answered and never thrown on:
 * a line that is no object, or has no id, is invalid without an id; all else is answered under its own.
 */
import { JsonFault, parseJson } from '../base/json.ts'
import { Refusal, type Text } from '../base/refusal.ts'
import { type Fault, fault } from './fault.ts'
import { calculationOf } from './registry.ts'

type Line = { id: string; calc: unknown; input: unknown }
type Answer = Readonly<Record<string, unknown>>

/**
 * The answer to one line of JSON; an answer without an id names the line by its number. `onBug` hears of a failure that
 * is ours; the line is then answered as not calculated.
 */
export function answerLine(text: string, onBug: (bug: unknown) => void, number: number): Answer {
  const { value, faults } = readLine(text)
  const nameless = (found: readonly Fault[]): Answer => noId(found.map((one) => onLine(number, one)))
  if (!isObject(value))
    return nameless(faults.length > 0 ? faults : [fault('', '须为 JSON 对象', 'must be a JSON object')])
  const { id, calc, input } = value
  if (typeof id !== 'string') return nameless([fault('/id', '须为字符串', 'must be a string')])
  const line = { id, calc, input }
  if (faults.length > 0) return { ...headOf(line), ...invalid(faults) }
  try {
    return { ...headOf(line), ...outcomeOf(line) }
  } catch (thrown) {
    if (thrown instanceof Refusal) return { ...headOf(line), refusal: refusalOf(thrown) }
    onBug(thrown)
    return { ...headOf(line), ...invalid([fault('', '内部错误，未能计算', 'internal error, not calculated')]) }
  }
}

/** The answer to a line that cannot be read at all. */
export const unreadable = (message: Text): Answer => noId([{ path: '', message }])

const onLine = (number: number, { path, message }: Fault): Fault =>
  fault(path, `第 ${number} 行：${message.zh}`, `line ${number}: ${message.en}`)

/** Same id, same calc; a line without calc is answered without. */
function headOf({ id, calc }: Line): Answer {
  return calc === undefined ? { id } : { id, calc }
}

function outcomeOf({ calc, input }: Line): Answer {
  const found = typeof calc === 'string' ? calculationOf(calc) : undefined
  if (!found) return invalid([fault('/calc', '没有这项试算', 'there is no such calculation')])
  const outcome = found.run(input)
  return outcome.kind === 'invalid' ? invalid(outcome.faults) : { result: outcome.result, uses: outcome.uses }
}

function refusalOf({ code, detail, clause }: Refusal): Answer {
  return { code, message: detail.zh, ...(clause !== undefined && { clause }) }
}

const noId = (faults: readonly Fault[]): Answer => ({ id: null, ...invalid(faults) })

function invalid(faults: readonly Fault[]): Answer {
  return { invalid: faults.map(({ path, message }) => ({ path, message: message.zh })) }
}

/**
 * Escapes that no database could keep: NUL and surrogates. Nothing is stored here and some inputs are "any string", so
 * the reader that refuses them is shown a text without; that it then takes half an emoji for another is no matter.
 */
const unstorable = /\\u(?:0000|[dD][89a-fA-F][0-9a-fA-F]{2})/g
const harmless = '\\u0001'

/**
 * Repeated keys are refused: two readers could see two amounts in one line. The line is then read the lenient way, so
 * that the answer can carry its id. What is wrong in keys that nobody reads (`expect`, notes) is not looked at.
 */
function readLine(text: string): { value: unknown; faults: Fault[] } {
  const storable = text.replaceAll(unstorable, harmless)
  try {
    const value: unknown = parseJson(storable)
    return { value: storable === text ? value : JSON.parse(text), faults: [] }
  } catch (thrown) {
    if (!(thrown instanceof JsonFault)) throw thrown
    const lenient = parseLeniently(text)
    const { path, zh, message: en } = thrown
    if (lenient === undefined || path === '' || path === '/id')
      return { value: undefined, faults: [fault(path, zh, en)] }
    if (path === '/calc' || path === '/input') return { value: lenient, faults: [fault(path, zh, en)] }
    if (path.startsWith('/input/')) return { value: lenient, faults: [fault(path.slice('/input'.length), zh, en)] }
    return { value: lenient, faults: [] }
  }
}

function parseLeniently(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
