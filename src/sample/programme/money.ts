/**
 * The money of the sample programme: the city's book, a book of government money and a memo book of funding plans for
 * each of the 16 districts, the central and municipal indicators of two years, and the cash plans under which they are
 * paid. Figures are samples, but those of the early notice for the next year, which are the example of the rules.
 * Everything goes through the same verbs as real money, by the sample's persons under fixed keys: loading again
 * completes it.
 */
import { assert } from '../../base/assert.ts'
import { day, type Month } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, parseAmount } from '../../base/money.ts'
import { settleEarlyNotice } from '../../budget/indicator/final-budget.ts'
import type { NewIndicator } from '../../budget/indicator/forms.ts'
import { registerIndicator } from '../../budget/indicator/register.ts'
import { planCash } from '../../budget/cash-plan/verbs.ts'
import { districtNamesZh } from '../../policy/districts.ts'
import { createBook } from '../../ledger/actions.ts'
import type { Entity } from '../../ledger/book.ts'
import type { Standard } from '../../ledger/chart.ts'
import { type Ledger, todayOf } from '../../ledger/ledger.ts'
import { sampleSource } from './generator.ts'
import { answered, approve, maker, type Submitted } from './people.ts'
import { sampleBookOf, samplePlanBookOf } from './registry.ts'

/** The city's own book, out of which districts are allotted. */
export const sampleCityBook = 'SAMPLE-CITY'
const cityCode = '110000'

export const sampleDistricts: Readonly<Record<string, string>> = districtNamesZh

/** Opens the books of the programme that are not there yet. */
export async function openProgrammeBooks(ledger: Ledger): Promise<void> {
  await openBook(ledger, {
    code: sampleCityBook,
    name: '示例：市级改造资金账',
    district: cityCode,
    entity: 'finance',
  })
  for (const [district, name] of Object.entries(sampleDistricts)) {
    await openBook(ledger, { code: sampleBookOf(district), name: `示例：${name}改造资金账`, district })
    const plans = { code: samplePlanBookOf(district), name: `示例：${name}资金方案备查账`, district }
    await openBook(ledger, { ...plans, standard: 'memo' })
  }
}

type GivenBook = {
  readonly code: string
  readonly name: string
  readonly district: string
  readonly standard?: Standard
  readonly entity?: Entity
}

/** Opens a book of the sample that is not there yet. */
export async function openBook(ledger: Ledger, { standard = 'government', ...given }: GivenBook): Promise<void> {
  if (await ledger.shelf.find(given.code)) return
  await createBook(ledger, maker, { ...given, standard, sampleOf: sampleSource })
}

type GivenIndicator = Pick<NewIndicator, 'indicator' | 'documentNumber' | 'level' | 'source' | 'year' | 'programme'> & {
  readonly amount: string
  readonly on: string
  readonly expected?: string
}

const indicatorsOf = (year: number): readonly GivenIndicator[] => [
  {
    indicator: `SZ-LJ${year}`,
    documentNumber: `京财建指〔${year}〕示例1号`,
    level: 'municipal',
    source: 'F21',
    year,
    programme: `LJ${year}`,
    amount: '1860000000.00',
    on: `${year}-03-20`,
  },
  {
    indicator: `ZY-LJ${year}`,
    documentNumber: `财综〔${year}〕示例2号`,
    level: 'central',
    source: 'F10',
    year,
    programme: `LJ${year}`,
    amount: '498000000.00',
    on: `${year}-04-25`,
  },
  {
    indicator: `ZY-LJ${year + 1}`,
    documentNumber: `财综〔${year}〕示例3号（提前下达）`,
    level: 'central',
    source: 'F10',
    year: year + 1,
    programme: `LJ${year + 1}`,
    amount: '126000000.00',
    expected: '180000000.00',
    on: `${year}-11-15`,
  },
  {
    indicator: `SZ-LJ${year + 1}`,
    documentNumber: `京财建指〔${year + 1}〕示例4号`,
    level: 'municipal',
    source: 'F21',
    year: year + 1,
    programme: `LJ${year + 1}`,
    amount: '960000000.00',
    on: `${year + 1}-02-28`,
  },
]

const finalBudgetsOf = (year: number) => [
  {
    indicator: `ZY-LJ${year + 1}`,
    final: '175320000.00',
    documentNumber: `财综〔${year + 1}〕示例5号`,
    on: `${year + 1}-03-12`,
  },
]

// By tranche: half when the year's money is allocated, the rest as works go on.
const cashPlansOf = (year: number) => [
  { programme: `LJ${year}`, source: 'F21', month: `${year}-07`, amount: '950000000.00' },
  { programme: `LJ${year}`, source: 'F10', month: `${year}-07`, amount: '250000000.00' },
  { programme: `LJ${year}`, source: 'F21', month: `${year}-10`, amount: '300000000.00' },
  { programme: `LJ${year}`, source: 'F10', month: `${year}-11`, amount: '248000000.00' },
  { programme: `LJ${year}`, source: 'F21', month: `${year + 1}-01`, amount: '610000000.00' },
  { programme: `LJ${year + 1}`, source: 'F10', month: `${year + 1}-04`, amount: '175320000.00' },
  { programme: `LJ${year + 1}`, source: 'F21', month: `${year + 1}-04`, amount: '480000000.00' },
]

/** Loads the indicators and cash plans of the programme that are of days past, or what is missing of them. */
export async function loadMoney(ledger: Ledger, year: number): Promise<void> {
  const today = todayOf(ledger)
  for (const { amount, expected, on, ...given } of indicatorsOf(year)) {
    if (on > today) continue
    const indicator: NewIndicator = {
      ...given,
      book: sampleCityBook,
      purpose: `${given.year} 年老旧小区综合整治补助（示例）`,
      payment: 'authorised',
      amount: fen(amount),
      on: day(on),
      ...(expected !== undefined && { expected: fen(expected) }),
    }
    await approved(ledger, `indicator:${given.indicator}`, (key) => registerIndicator(ledger, maker, indicator, key))
  }
  for (const { final, on, ...given } of finalBudgetsOf(year)) {
    if (on > today) continue
    const settled = { ...given, final: fen(final), on: day(on) }
    await approved(ledger, `final:${given.indicator}`, (key) => settleEarlyNotice(ledger, maker, settled, key))
  }
  for (const { amount, month, ...given } of cashPlansOf(year)) {
    if (`${month}-01` > today) continue
    const documentNumber = `${month} 用款计划（示例）`
    const plan = { ...given, book: sampleCityBook, month: month as Month, amount: fen(amount), documentNumber }
    const name = `plan:${month}:${given.programme}:${given.source}`
    await approved(ledger, name, (key) => planCash(ledger, maker, plan, key))
  }
}

function fen(amount: string): Fen {
  const amountFen = parseAmount(amount)
  assert(amountFen !== undefined, `not an amount: ${amount}`)
  return amountFen
}

// Every step has a key of its own, so that a load which was cut off goes on where it stopped.
async function approved(
  ledger: Ledger,
  name: string,
  propose: (key: string) => Promise<KeyedAnswer<Submitted>>,
): Promise<void> {
  const key = `sample:money:${name}`
  await approve(ledger, answered(await propose(key)), key)
}
