/**
 * The two New Years behind the sample's programme. Of the year before it the city and one district keep lines that
 * nobody used up: carried over once, made lines and quota again, and recovered when the two years were over. Then the
 * programme's own year ends in all books; in January its indicator is renewed whole, and early disbursement of the
 * fourth quarter waits for approval. Loading again goes on where it stopped.
 */
import { addDays, type Day, day, lastDayOfYear, type Month } from '../../base/calendar.ts'
import { assert } from '../../base/assert.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { lastDayOfQuarter, quarterOf } from '../../base/quarter.ts'
import { type Fen, parseAmount } from '../../base/money.ts'
import { lapseIndicators } from '../../budget/lapse/verbs.ts'
import { issueQuota } from '../../budget/indicator/quota.ts'
import { registerIndicator } from '../../budget/indicator/register.ts'
import { renewIndicator } from '../../budget/indicator/renew.ts'
import { planCash } from '../../budget/cash-plan/verbs.ts'
import { actOnce } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { readPeriods } from '../../ledger/period.ts'
import { runEarly } from '../../release/early/verbs.ts'
import { carryYearOver, previewYearEnd } from '../../workflow/year-end/verbs.ts'
import { sampleCityBook, sampleDistricts } from './money.ts'
import { answered, approve, maker, type Submitted } from './people.ts'
import { sampleBookOf } from './registry.ts'
import { inTurn } from './turns.ts'
import { posted } from './vouchers.ts'

/** The district whose own money of the year before is told of. */
const district = '110105'
const book = sampleBookOf(district)
const ownLine = (year: number): string => `QX-${district}-${year}`

/** What the year before left, from its lines to what became of them in the programme's year. */
export async function loadEarlierYear(ledger: Ledger, year: number): Promise<void> {
  const before = year - 1
  await registered(ledger, before)
  const { programme, source } = ofOwn(before)
  const plan = { book, programme, source, month: `${before}-05` as Month, amount: fen('3000000.00') }
  const documentNumber = `${before}-05 用款计划（示例）`
  await proposed(ledger, `plan:${before}`, (key) => planCash(ledger, maker, { ...plan, documentNumber }, key))
  const quota = { indicator: ownLine(before), on: day(`${before}-05-20`), amount: fen('3000000.00') }
  await proposed(ledger, `quota:${before}`, (key) => issueQuota(ledger, maker, quota, key))
  await pay(ledger, before, day(`${before}-09-15`), '2400000.00')
  for (const code of [sampleCityBook, book]) await carry(ledger, code, before)
  const renewed = { indicator: ownLine(before), on: day(`${year}-01-10`) }
  await proposed(ledger, `renewal:${before}`, (key) => renewIndicator(ledger, maker, renewed, key))
  await pay(ledger, before, day(`${year}-03-05`), '500000.00')
}

/** The end of the programme's year, and the January after it. */
export async function loadNewYear(ledger: Ledger, year: number): Promise<void> {
  const lapsed = await lapseIndicators({ ...ledger, today: lastDayOfYear(year) }, year, maker)
  assert(lapsed.refused.length === 0, 'what has had its two years lapses')
  const books = [sampleCityBook, ...Object.keys(sampleDistricts).map(sampleBookOf)]
  await inTurn(books, (code) => carry(ledger, code, year))
  const renewed = { indicator: `SZ-LJ${year}`, on: day(`${year + 1}-01-08`) }
  await proposed(ledger, `renewal:${year}`, (key) => renewIndicator(ledger, maker, renewed, key))
  // Worked out soon after the quarter, and booked when it is approved: the indicators are open all this year.
  const last = lastDayOfYear(year)
  const quarter = quarterOf(last)
  const asked = { quarter, run: 1, askedBy: maker.person }
  await actOnce({ ...ledger, today: addDays(lastDayOfQuarter(quarter), 15) }, (act) => runEarly(act, asked))
}

const ofOwn = (year: number) => ({ source: 'F30', programme: `LJ${year}` })

async function registered(ledger: Ledger, year: number): Promise<void> {
  const shared = {
    year,
    programme: `LJ${year}`,
    purpose: `${year} 年老旧小区综合整治补助（示例）`,
    payment: 'authorised',
  } as const
  const lines = [
    {
      indicator: `SZ-LJ${year}`,
      book: sampleCityBook,
      documentNumber: `京财建指〔${year}〕示例1号`,
      level: 'municipal',
      source: 'F21',
      amount: fen('86000000.00'),
      on: day(`${year}-03-10`),
    },
    {
      indicator: ownLine(year),
      book,
      documentNumber: `区财建指〔${year}〕示例1号`,
      level: 'district',
      source: ofOwn(year).source,
      amount: fen('5000000.00'),
      on: day(`${year}-04-10`),
    },
  ] as const
  for (const line of lines) {
    await proposed(ledger, `indicator:${line.indicator}`, (key) =>
      registerIndicator(ledger, maker, { ...line, ...shared }, key),
    )
  }
}

/** J04, under the programme. */
async function pay(ledger: Ledger, year: number, on: Day, amount: string): Promise<void> {
  const { programme: project, source } = ofOwn(year)
  const voucher = {
    book,
    on,
    summary: `支付改造工程进度款（${on.slice(0, 7)}）`,
    number: `${district} ${on} 工程款支付申请（示例）`,
    forms: [{ template: 'J04' as const, project, source, amount: fen(amount) }],
  }
  await posted(ledger, voucher, `sample:new-year:paid:${on}`)
}

/** Carries a book's year over in the January after it, once. */
async function carry(ledger: Ledger, code: string, year: number): Promise<void> {
  const found = await ledger.shelf.find(code)
  assert(found, `the sample has the book ${code}`)
  const { acts } = await readPeriods(ledger, found)
  if (acts.some((act) => act.kind === 'carried_over' && act.year === String(year))) return
  const { hash } = await previewYearEnd(ledger, maker, code, year)
  const key = `sample:new-year:${code}:${year}`
  const asked = answered(await carryYearOver(ledger, maker, { book: code, year, hash }, key))
  assert('approval' in asked, 'the sample’s persons ask for approval')
  await approve(ledger, asked, key)
}

async function proposed(
  ledger: Ledger,
  name: string,
  propose: (key: string) => Promise<KeyedAnswer<Submitted>>,
): Promise<void> {
  const key = `sample:new-year:${name}`
  await approve(ledger, answered(await propose(key)), key)
}

function fen(amount: string): Fen {
  const amountFen = parseAmount(amount)
  assert(amountFen !== undefined, `not an amount: ${amount}`)
  return amountFen
}
