/**
 * A chart of accounts (会计科目表): what a book's standard brings. A chart is written as a text that reads like the
 * printed standard and is parsed once at start; a subject with children cannot be posted to.
 *
 * Each subject states its basis (the three of a book each balance alone), its normal side, whether it is *guarded* (its
 * balance may not go below zero for a project and source on any day: quota, cash, available indicators, funds held),
 * the dimensions its accounts are kept by besides project and source, and the action that keeps it, if one does.
 */
import { assert } from '../base/assert.ts'
import type { Clause } from '../policy/documents.ts'
import { commonFund } from './charts/common-fund.ts'
import { enterprise } from './charts/enterprise.ts'
import { government } from './charts/government.ts'
import { isKeeper, type Keeper } from './charts/keepers.ts'
import { maintenanceFund } from './charts/maintenance-fund.ts'
import { memo } from './charts/memo.ts'

export const bases = ['financial', 'budget', 'control'] as const
export type Basis = (typeof bases)[number]
export type Side = 'debit' | 'credit'

/** What a line may be told apart by besides its subject. Every subject requires project and source. */
export const dimensions = [
  'project',
  'source',
  'counterparty',
  'item',
  'contract',
  'dwelling',
  'indicator',
  'segment',
  'debt',
] as const
export type Dimension = (typeof dimensions)[number]

export type Subject = {
  readonly code: string
  readonly name: string
  readonly basis: Basis
  readonly side: Side
  readonly guarded: boolean
  /** Must be on every line. */
  readonly requires: readonly Dimension[]
  /** Part of the account's identity where given: balances are kept by it. Contains what is required. */
  readonly keptBy: readonly Dimension[]
  /** The rest: noted on the line, no part of any balance. */
  readonly notedBy: readonly Dimension[]
  readonly postable: boolean
  /** The action that alone posts here, and whose lines by hand it keeps away. */
  readonly kept?: { readonly by: Keeper; readonly from: 'everybody' | 'vouchers' }
}

export type Chart = {
  readonly standard: Standard
  readonly title: string
  readonly source: Clause
  /** In the order of the standard. */
  readonly subjects: ReadonlyMap<string, Subject>
}

export type ChartText = { readonly title: string; readonly source: Clause; readonly text: string }

const texts = {
  government,
  maintenance_fund: maintenanceFund,
  common_fund: commonFund,
  memo,
  enterprise,
} satisfies Record<string, ChartText>

export type Standard = keyof typeof texts
export const standards = Object.keys(texts) as Standard[]
export const isStandard = (text: string): text is Standard => Object.hasOwn(texts, text)

const charts = new Map<Standard, Chart>()

export function chartOf(standard: Standard): Chart {
  let chart = charts.get(standard)
  if (!chart) {
    chart = {
      standard,
      title: texts[standard].title,
      source: texts[standard].source,
      subjects: parse(texts[standard].text),
    }
    charts.set(standard, chart)
  }
  return chart
}

/** The subject of a code, `undefined` where the chart has none. */
export const subjectOf = (chart: Chart, code: string): Subject | undefined => chart.subjects.get(code)

// A heading `financial debit` sets basis and side for the lines under it: code, name, then flags:
// `guarded`, `credit`/`debit` where one subject departs from its heading, `requires:x`, `by:x`, and the keeper as
// `kept:x` or `kept-from-vouchers:x`.
function parse(text: string): Map<string, Subject> {
  const subjects = new Map<string, Subject>()
  let basis: Basis = 'financial'
  let side: Side = 'debit'
  for (const line of text.split('\n')) {
    const words = line.trim().split(/\s+/)
    const [first = '', second = ''] = words
    if (first === '' || first.startsWith('#')) continue
    if (isBasis(first)) {
      basis = first
      side = sideOf(second)
      continue
    }
    assert(/^[0-9]{3,12}$/.test(first) && second !== '', `chart line: ${line}`)
    assert(!subjects.has(first), `subject ${first} twice`)
    subjects.set(first, subject(first, second, basis, side, words.slice(2)))
  }
  return markParents(subjects)
}

function subject(code: string, name: string, basis: Basis, side: Side, flags: readonly string[]): Subject {
  const listed = (prefix: string) =>
    flags.filter((flag) => flag.startsWith(prefix)).map((flag) => dimensionOf(flag.slice(prefix.length)))
  const requires: Dimension[] = ['project', 'source', ...listed('requires:')]
  const own = flags.find((flag) => flag === 'debit' || flag === 'credit')
  const keptBy = [...requires, ...listed('by:')]
  return {
    code,
    name,
    basis,
    side: own ? sideOf(own) : side,
    guarded: flags.includes('guarded'),
    requires,
    keptBy,
    notedBy: dimensions.filter((dimension) => !keptBy.includes(dimension)),
    postable: true,
    ...keptOf(code, flags),
  }
}

function keptOf(code: string, flags: readonly string[]): Pick<Subject, 'kept'> {
  const [flag, another] = flags.filter((one) => one.startsWith('kept'))
  if (flag === undefined) return {}
  const [how, by = ''] = flag.split(':')
  assert(another === undefined && isKeeper(by), `chart keeper of ${code}: ${flags.join(' ')}`)
  assert(how === 'kept' || how === 'kept-from-vouchers', `chart keeper of ${code}: ${flag}`)
  return { kept: { by, from: how === 'kept' ? 'everybody' : 'vouchers' } }
}

function markParents(subjects: Map<string, Subject>): Map<string, Subject> {
  const codes = [...subjects.keys()]
  return new Map(
    [...subjects].map(([code, subject]) => [
      code,
      { ...subject, postable: !codes.some((other) => other.length > code.length && other.startsWith(code)) },
    ]),
  )
}

const isBasis = (word: string): word is Basis => (bases as readonly string[]).includes(word)

function sideOf(word: string): Side {
  assert(word === 'debit' || word === 'credit', `chart side: ${word}`)
  return word
}

function dimensionOf(word: string): Dimension {
  const dimension = dimensions.find((candidate) => candidate === word)
  assert(dimension, `chart dimension: ${word}`)
  return dimension
}
