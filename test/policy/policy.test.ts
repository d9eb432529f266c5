/**
 * Policy is data with a clause: every number stands in src/policy, is well formed, is read by some rule, and stands
 * nowhere else. A rule file that holds a number of its own fails here, because nobody could say which law it is.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { addDays, day } from '../../src/base/calendar.ts'
import { faultsOf, type Parameter } from '../../src/policy/on.ts'
import { parameters } from '../../src/policy/parameters.ts'
import { policySheet, readersOf } from '../../src/policy/sheet.ts'
import { numbersIn } from './numbers.ts'

const root = new URL('../../', import.meta.url)
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8')
const entries = Object.entries(parameters as Record<string, Parameter>)
const readers = readersOf()

describe.each(entries)('%s', (name, parameter) => {
  test('has dated values, each with its clause, and a name in both languages', () => {
    expect(faultsOf(name, parameter)).toEqual([])
    expect(parameter.zh).toMatch(/\p{Script=Han}/u)
    expect(parameter.en).toMatch(/^[A-Z]/)
  })

  test('holds decimal strings, not numbers, where it is a ratio, points or an amount', () => {
    if (!['ratio', 'points', 'amount'].includes(parameter.unit)) return
    for (const { value } of parameter.values) expect(value).toMatch(/^[0-9]+(\.[0-9]+)?$/)
  })

  test('is read by some rule', () => expect(readers.get(name) ?? []).not.toEqual([]))

  test('has a case on either side of every day on which it changes', () => {
    const cases = read('test/calc/boundaries.test.ts')
    for (const { from } of parameter.values.slice(1)) {
      expect(cases).toContain(`'${from}'`)
      expect(cases).toContain(`'${addDays(day(from), -1)}'`)
    }
  })
})

test('rules read only parameters that there are', () => {
  expect([...readers.keys()].filter((name) => !(name in parameters))).toEqual([])
})

test('docs/POLICY.md is what `npm run policy` writes', () => {
  expect(read('docs/POLICY.md')).toBe(policySheet())
})

/** Not rules: sentences with HTTP statuses, forms with the length of a text, statements, tables and verbs. */
const otherRoles =
  /(?:^|\/)(?:refusals|forms|verbs|store|tables|reads|effect|compute|register|proposal|assign|quota|final-budget|holdings|allotment|standing|channels|propose|submission)\.ts$/

const ruleFiles = ['budget', 'funds', 'financing', 'allocation', 'release', 'disbursement']
  .map((room) => `src/${room}/`)
  .flatMap((room) =>
    readdirSync(fileURLToPath(new URL(room, root)), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !otherRoles.test(file))
      .map((file) => room + file),
  )

describe('rule files hold no number', () => {
  test('there are rule files', () => expect(ruleFiles.length).toBeGreaterThan(10))
  test.each(ruleFiles)('%s', (file) => expect(numbersIn(read(file))).toEqual([]))
})

describe('the search for numbers', () => {
  test.each<[string, string[]]>([
    ['const cap = 0.02', ['0.02']],
    ['years * 5', ['5']],
    ['x + 30n', ['30n']],
    ['1_000', ['1_000']],
    ['0xff', ['0xff']],
    ['1e3', ['1e3']],
    ['.5', ['.5']],
    ["ratioOf('0.30')", ["'0.30'"]],
    ['ratioOf("2")', ['"2"']],
    ['ratioOf(`0.5`)', ['`0.5`']],
    ['`a ${years * 5} b`', ['5']],
    ['`a ${f(`${7}`)} b`', ['7']],
    ['list[2]', ['2']],
    ["x = '//' + 3", ['3']],
    ['a / 2 / b', ['2']],
    ['const text = /[0-9]{4}/.test(x)', []],
    ['// 2 %\n/* 5 years */ const x = 0', []],
    ['x = list[0] ?? list.at(-1) ?? 0n ?? 1n', []],
    ["zero.eq('0') && one.eq('1')", []],
    ["basis === 'act/365'", []],
    ['`30 % of ${due}`', []],
    ['const a1 = b2.c3', []],
    ["import { x } from '../base/a2.ts'", []],
  ])('in %j finds %j', (source, found) => expect(numbersIn(source)).toEqual(found))
})
