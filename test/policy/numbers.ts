/**
 * Finds the numbers that a TypeScript source writes out: numeric literals other than 0 and 1, and strings that are
 * nothing but a decimal. Comments, the words of templates, regular expressions and names are passed over.
 */
const tokens =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|[A-Za-z_$#][\w$]*|(?:0[xXoObB][\da-fA-F_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)n?|[`{}]|\/|\S/y

const harmless = new Set(['0', '1', '0n', '1n'])
const decimal = /^[-+]?[\d_]+(\.\d+)?%?$/

/** What may stand before a regular expression and not before a division. */
const beforeRegex = /^(?:[([{,;=:?!&|<>+\-*%~^]|return|case|typeof|of|in|)$/

/** The numbers of a source, in order, as they are written. */
export function numbersIn(source: string): string[] {
  const found: string[] = []
  // Each open template waits for the brace that ends its expression.
  const templates: number[] = []
  let depth = 0
  let before = ''
  let at = 0
  while (at < source.length) {
    if (/\s/.test(source[at] ?? '')) {
      at++
      continue
    }
    tokens.lastIndex = at
    const token = tokens.exec(source)?.[0] ?? ''
    at += Math.max(token.length, 1)
    if (token.startsWith('//') || token.startsWith('/*')) continue
    if (token === '/' && beforeRegex.test(before)) {
      at = endOfRegex(source, at)
    } else if (token === '`' || (token === '}' && templates.at(-1) === depth)) {
      if (token === '}') templates.pop()
      const words = templateWords(source, at)
      at += words.length
      if (source.startsWith('${', at)) {
        templates.push(depth)
        at += 2
      } else {
        if (token === '`' && isNumberText(words)) found.push(`\`${words}\``)
        at++
      }
    } else if (token === '{') depth++
    else if (token === '}') depth--
    else if (/^['"]/.test(token)) {
      if (isNumberText(token.slice(1, -1))) found.push(token)
    } else if (/^\.?\d/.test(token) && !harmless.has(token)) found.push(token)
    before = token
  }
  return found
}

const isNumberText = (text: string): boolean => decimal.test(text) && !harmless.has(text)

/** The words of a template up to its next expression or its end. */
function templateWords(source: string, from: number): string {
  let at = from
  while (at < source.length && source[at] !== '`' && !source.startsWith('${', at)) at += source[at] === '\\' ? 2 : 1
  return source.slice(from, at)
}

function endOfRegex(source: string, from: number): number {
  let inClass = false
  for (let at = from; at < source.length; at++) {
    const character = source[at]
    if (character === '\\') at++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) return at + 1
  }
  return source.length
}
