/**
 * Two special bonds of the programme, with the published figures of R7 and of the first tranche of R6: planned, issued,
 * allocated to projects, one allocated anew, and used.
 */
import { type Day, day } from '../../base/calendar.ts'
import { assert } from '../../base/assert.ts'
import { type Fen, parseAmount } from '../../base/money.ts'
import { allocateBond, issueBond, planBond, useBond } from '../../funds/bond/verbs.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { openBook } from './money.ts'
import { answered, approve, maker } from './people.ts'

const bondBook = 'SAMPLE-BONDS'

function fen(amount: string): Fen {
  const amountFen = parseAmount(amount)
  assert(amountFen !== undefined, `not an amount: ${amount}`)
  return amountFen
}

type Share = readonly [number: number, amount: string]
type SampleBond = {
  readonly bond: string
  readonly face: string
  readonly rate: string
  readonly years: number
  readonly purpose: string
  readonly revenue: string
  readonly cost: string
  readonly issued: string
  readonly versions: readonly { readonly from: string; readonly shares: readonly Share[] }[]
  readonly use: { readonly of: number; readonly amount: string; readonly on: string }
}

const district = '110108'

const bondsOf = (year: number): readonly SampleBond[] => [
  {
    bond: `ZQ-R7-${year}`,
    face: '54000000.00',
    rate: '0.0328',
    years: 20,
    purpose: '老旧小区改造配套停车、养老设施（示例，R7）',
    revenue: '124930000.00',
    cost: '38540000.00',
    issued: `${year}-03-27`,
    versions: [
      {
        from: `${year}-03-27`,
        shares: [
          [1, '21500000.00'],
          [2, '18000000.00'],
          [3, '14500000.00'],
        ],
      },
      {
        from: `${year}-08-01`,
        shares: [
          [1, '21500000.00'],
          [2, '20500000.00'],
          [3, '12000000.00'],
        ],
      },
    ],
    use: { of: 1, amount: '11085400.00', on: `${year}-06-18` },
  },
  {
    bond: `ZQ-R6-${year}`,
    face: '218000000.00',
    rate: '0.0262',
    years: 30,
    purpose: '老旧小区改造（示例，R6 第一批）',
    revenue: '719172210.00',
    cost: '335913000.00',
    issued: `${year}-06-28`,
    versions: [
      {
        from: `${year}-06-28`,
        shares: [
          [4, '118000000.00'],
          [5, '100000000.00'],
        ],
      },
    ],
    use: { of: 4, amount: '9800000.00', on: `${year}-09-15` },
  },
]

/** Loads what is missing of them. */
export async function loadBonds(ledger: Ledger, year: number): Promise<void> {
  await openBook(ledger, { code: bondBook, name: '示例：专项债券备查账', district: '110000', standard: 'memo' })
  for (const one of bondsOf(year)) {
    await planned(ledger, year, one)
    await allocated(ledger, year, one)
    await used(ledger, year, one)
  }
}

const projectOf = (year: number, number: number): string => `BJ${year}-${district}-${String(number).padStart(3, '0')}`

async function planned(ledger: Ledger, year: number, of: SampleBond): Promise<void> {
  const { bond, rate, years, purpose, revenue, cost, issued } = of
  const key = `sample:${bond}`
  const on: Day = day(`${year}-03-20`)
  const documentNumber = `京财债〔${year}〕示例-${bond}`
  const figures = [{ year, revenue: fen(revenue), cost: fen(cost) }]
  const coverage = { definition: '项目收入扣除运营成本后，对存续期内本息之比', horizon: years, figures }
  const terms = { bond, book: bondBook, programme: `LJ${year}`, face: fen(of.face), rate, years, purpose }
  const plan = { ...terms, feeRate: '0.000864', documentNumber, on, coverage }
  await approve(ledger, answered(await planBond(ledger, maker, plan, `${key}:plan`)), `${key}:plan`)
  const issue = { bond, start: day(issued), rate, documentNumber }
  await approve(ledger, answered(await issueBond(ledger, maker, issue, `${key}:issue`)), `${key}:issue`)
}

async function allocated(ledger: Ledger, year: number, { bond, versions }: SampleBond): Promise<void> {
  for (const { from, shares } of versions) {
    const key = `sample:${bond}:${from}`
    const given = {
      bond,
      from: day(from),
      documentNumber: `京财债〔${year}〕示例-${bond}-${from}`,
      shares: shares.map(([number, amount]) => ({ project: projectOf(year, number), amount: fen(amount) })),
    }
    await approve(ledger, answered(await allocateBond(ledger, maker, given, key)), key)
  }
}

async function used(ledger: Ledger, year: number, { bond, use }: SampleBond): Promise<void> {
  const key = `sample:${bond}:use`
  const given = {
    bond,
    project: projectOf(year, use.of),
    purpose: 'capital' as const,
    amount: fen(use.amount),
    on: day(use.on),
    documentNumber: `支付凭证 示例-${bond}`,
  }
  await approve(ledger, answered(await useBond(ledger, maker, given, key)), key)
}
