/**
 * Reads JSON as money must be read: JSON.parse takes the last of two equal keys, and a caller and a reviewer could then
 * see two different amounts in one body. This reader refuses repeated keys, keys that reach into prototypes, text
 * PostgreSQL cannot store (NUL, lone surrogates), and depth beyond what any form here needs.
 */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** JSON that is only read: records of the code fit it, `Json` fits it. */
export type JsonRead = null | boolean | number | string | readonly JsonRead[] | { readonly [key: string]: JsonRead }

export class JsonFault extends Error {
  override readonly name = 'JsonFault'
  /** JSON pointer of the place, or '' for the whole. */
  readonly path: string
  readonly zh: string

  constructor(path: string, zh: string, en: string) {
    super(en)
    this.path = path
    this.zh = zh
  }
}

const depthMax = 32
// Making so many values takes the one thread longer than anybody may hold it; no form here needs a fraction of them.
const openingsMax = 200_000
const commasMax = 500_000
const keysOfOneMax = 20_000

/**
 * Parses one JSON document with no list of more than `itemsMost` items. Throws `JsonFault` with the place and the
 * reason in both languages.
 */
export function parseJson(text: string, itemsMost = Number.POSITIVE_INFINITY): Json {
  const keys = keysInText(text, itemsMost)
  let value: Json
  try {
    value = JSON.parse(text) as Json
  } catch {
    throw new JsonFault('', '不是合法的 JSON', 'not valid JSON')
  }
  if (!isPlain(text, keys, value)) examineText(text)
  return value
}

// Free of all that `examineText` looks for, as nearly every text is, and told at a fraction of its cost. A key that was
// repeated stands in the text and not in the value.
function isPlain(text: string, keys: number, value: Json): boolean {
  if (/\\u(?:0000|d[89a-f])/i.test(text) || !text.isWellFormed()) return false
  return keys >= 0 && keys === keysInValue(value)
}

const tooDeep = -1

/**
 * How many keys a text has: each has its colon. Below zero where it is too deep; of a text that is not well formed any
 * number. Refuses what holds too much before any value is made of it: making them is what takes the thread.
 */
function keysInText(text: string, itemsMost: number): number {
  const hasEscapes = text.includes('\\')
  // What is open, from the outermost: of an object its keys so far, of a list its items so far, below zero.
  const open: number[] = []
  let [keys, openings, commas, deepest, outermostColon] = [0, 0, 0, 0, 0]
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      i = hasEscapes ? endOfString(text, i) : text.indexOf('"', i + 1)
      if (i < 0) break
    } else if (c === 0x2c) {
      if (++commas > commasMax) throw tooMuch()
      const last = open.length - 1
      const held = open[last] ?? 0
      if (held < 0 && (open[last] = held - 1) < -itemsMost) throw tooLong(text.slice(0, outermostColon), itemsMost)
    } else if (c === 0x3a) {
      keys += 1
      const last = open.length - 1
      if (last === 0) outermostColon = i
      if (last >= 0 && (open[last] = (open[last] ?? 0) + 1) > keysOfOneMax) throw tooMuch()
    } else if (c === 0x7b || c === 0x5b) {
      if (++openings > openingsMax) throw tooMuch()
      if (open.push(c === 0x7b ? 0 : -1) > deepest) deepest = open.length
      if (deepest > depthMax) return tooDeep
    } else if (c === 0x7d || c === 0x5d) open.pop()
  }
  return keys
}

const tooMuch = (): JsonFault => new JsonFault('', '内容过多，请分批提交', 'holds too much; send it in parts')

/** A list with too many items stands, or stands within what stands, under the key that `before` ends with. */
function tooLong(before: string, itemsMost: number): JsonFault {
  const key = /"([^"\\]{1,63})"\s*$/.exec(before.slice(-128))?.[1]
  const most = itemsMost.toLocaleString('en')
  return new JsonFault(
    key === undefined ? '' : pointer([key]),
    `数组至多 ${most} 项，请分批提交`,
    `a list has at most ${most} items; send several`,
  )
}

/** How many keys a value has; no number where one of them is not allowed. */
function keysInValue(value: Json): number {
  if (value === null || typeof value !== 'object') return 0
  let keys = 0
  if (Array.isArray(value)) {
    for (const item of value) keys += keysInValue(item)
    return keys
  }
  for (const key in value) {
    if (key === '__proto__') return Number.NaN
    keys += 1 + keysInValue(value[key] ?? null)
  }
  return keys
}

// JSON.parse has said the text is well formed, so one pass over its characters finds keys by their place alone.
function examineText(text: string): void {
  const keys: (Set<string> | undefined)[] = []
  const path: (string | number)[] = []
  let expectKey = false
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c === 0x22) {
      const end = endOfString(text, i)
      const raw = text.slice(i, end + 1)
      const value = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1)
      examineString(value, path)
      if (expectKey) {
        path[path.length - 1] = value
        addKey(keys.at(-1), value, path)
        expectKey = false
      }
      i = end
    } else if (c === 0x7b || c === 0x5b) {
      if (keys.length >= depthMax) throw new JsonFault(pointer(path), '嵌套过深', 'nested too deeply')
      keys.push(c === 0x7b ? new Set() : undefined)
      path.push(c === 0x7b ? '' : 0)
      expectKey = c === 0x7b
    } else if (c === 0x7d || c === 0x5d) {
      keys.pop()
      path.pop()
      expectKey = false
    } else if (c === 0x2c) {
      const last = path.at(-1)
      if (typeof last === 'number') path[path.length - 1] = last + 1
      else expectKey = true
    }
  }
}

function endOfString(text: string, start: number): number {
  let i = start + 1
  for (let c = text.charCodeAt(i); c !== 0x22 && i < text.length; c = text.charCodeAt(i)) i += c === 0x5c ? 2 : 1
  return i
}

function addKey(seen: Set<string> | undefined, key: string, path: readonly (string | number)[]): void {
  if (seen?.has(key)) throw new JsonFault(pointer(path), '键重复', 'repeated key')
  if (key === '__proto__') throw new JsonFault(pointer(path), '不允许的键', 'key not allowed')
  seen?.add(key)
}

function examineString(value: string, path: readonly (string | number)[]): void {
  if (value.includes('\u0000')) throw new JsonFault(pointer(path), '含有空字符', 'contains a NUL character')
  if (!value.isWellFormed()) throw new JsonFault(pointer(path), '含有不成对的代理字符', 'contains a lone surrogate')
}

/** JSON pointer (RFC 6901) of a path. */
export function pointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** JSON with keys in order at every level, so that the order of keys in a request does not matter. */
export function canonicalText(value: JsonRead): string {
  return JSON.stringify(value, (_, part: JsonRead) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}
