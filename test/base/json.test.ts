import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { JsonFault, parseJson } from '../../src/base/json.ts'

function faultOf(text: string, itemsMost?: number): string {
  try {
    parseJson(text, itemsMost)
  } catch (error) {
    if (error instanceof JsonFault) return `${error.path} ${error.message}`
    throw error
  }
  return 'none'
}

describe('strict JSON', () => {
  it('reads what JSON.parse reads, where no key repeats', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        if (text.includes('"__proto__"') || text.includes('\\u0000') || /\\ud[89ab]/i.test(text)) return true
        return JSON.stringify(parseJson(text)) === JSON.stringify(JSON.parse(text))
      }),
      { numRuns: 2000 },
    )
  })

  it.each([
    ['{"amount":"1.00","amount":"999.00"}', '/amount repeated key'],
    ['{"a":[{"b":1},{"b":1,"\\u0062":2}]}', '/a/1/b repeated key'],
    ['{"a":{"b":1},"a":2}', '/a repeated key'],
    ['{"__proto__":{"polluted":true}}', '/__proto__ key not allowed'],
    ['{"a":"\\u0000"}', '/a contains a NUL character'],
    ['{"a":["x","\\ud800"]}', '/a/1 contains a lone surrogate'],
    [`${'['.repeat(200_000)}${']'.repeat(200_000)}`, /nested too deeply|not valid JSON/],
    ['{"a":1,}', ' not valid JSON'],
    ['{} {}', ' not valid JSON'],
    ["{'a':1}", ' not valid JSON'],
    ['', ' not valid JSON'],
    ['{"a":01}', ' not valid JSON'],
  ])('refuses %.60j', (text, fault) => {
    if (typeof fault === 'string') expect(faultOf(text)).toBe(fault)
    else expect(faultOf(text)).toMatch(fault)
  })

  it.each([
    ['{"a":[1,2,3],"b":{"c":[[1],{"d":[1,2,3,4]}]}}', '/b a list has at most 3 items; send several'],
    ['{"a/b":[1,2,3,4', '/a~1b a list has at most 3 items; send several'],
    ['[1,[1,2],3,{"a":1}]', ' a list has at most 3 items; send several'],
  ])('refuses a list too long before it is made: %s', (text, fault) => {
    expect(faultOf(text, 3)).toBe(fault)
    expect(faultOf(text, 4)).not.toBe(fault)
  })

  it('counts the items of each list by itself', () => {
    const text = '{"a":[1,[1,2,3],{"x":1,"y":2,"z":3,"u":4}],"b":["1,2,3,4"],"c":[]}'
    expect(parseJson(text, 3)).toEqual(JSON.parse(text))
  })

  it('is not misled by quotes, braces and commas inside strings', () => {
    const text = '{"a":"{\\"a\\":1,","b":["}",",","\\\\"],"c":{"a":"x"}}'
    expect(parseJson(text)).toEqual(JSON.parse(text))
  })
})
