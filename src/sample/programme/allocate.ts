/**
 * The allocation of the sample programme: what the municipal indicator of the year holds, divided among all projects of
 * the year by the factors of the registry, drafted, checked and approved by the sample's persons; no project gets more
 * than its funding plan takes, what is over goes on to the others. Loading again goes on where it stopped.
 */
import { draftAllocation, submitAllocation } from '../../allocation/verbs.ts'
import { readAllocation } from '../../allocation/store.ts'
import { day } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { readAvailability } from '../../budget/indicator/holdings.ts'
import { readIndicators } from '../../budget/indicator/store.ts'
import type { Indicator } from '../../budget/indicator/indicator.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { sampleBatches } from './generator.ts'
import { answered, approve, maker } from './people.ts'
import { sampleBookOf } from './registry.ts'

export const sampleAllocationOf = (year: number): string => `FP-LJ${year}-1`

/** 生态涵养区: their coefficient is above the others', by a sample value. */
const poorer = new Set(['110109', '110116', '110117', '110118', '110119'])

/** Loads the allocation, or what is missing of it. Without the programme's indicator there is nothing to load. */
export async function loadAllocation(ledger: Ledger, year: number): Promise<void> {
  const allocation = sampleAllocationOf(year)
  const indicator = await municipalIndicator(ledger, year)
  if (!indicator) return
  const standing = await readAllocation(ledger.database.sql, allocation)
  if (standing?.state === 'approved') return
  if (!standing) await draft(ledger, indicator, year)
  // Submitted before: the same request again gives the approval it opened.
  const changes = (standing?.changes ?? 1) - (standing?.state === 'submitted' ? 1 : 0)
  const given = { allocation, changes }
  const key = `sample:${allocation}:${changes}`
  await approve(ledger, answered(await submitAllocation(ledger, maker, given, key)), key)
}

async function municipalIndicator({ database: { sql } }: Ledger, year: number): Promise<Indicator | undefined> {
  const filter = { programme: `LJ${year}`, year, state: 'in_force', after: '', limit: 500 } as const
  const found = await readIndicators(sql, filter)
  return found.find(({ level, parent }) => level === 'municipal' && parent === undefined)
}

async function draft(ledger: Ledger, indicator: Indicator, year: number): Promise<void> {
  const allocation = sampleAllocationOf(year)
  const districts = [...new Set(sampleBatches.flatMap(({ byDistrict }) => Object.keys(byDistrict)))].toSorted()
  const { unassignedFen } = await readAvailability(ledger.database.sql, indicator)
  const given = {
    allocation,
    indicator: indicator.indicator,
    recipients: 'projects' as const,
    on: day(`${year}-07-10`),
    total: formatFen(unassignedFen),
    formula: { variant: 'factor-2019' },
    registry: {
      year,
      districts: districts.map((district) => ({ district, coefficient: poorer.has(district) ? '1.20' : '1.00' })),
    },
    document: `${year}年第二、三批老旧小区改造项目补助资金分配表（示例）`,
    books: districts.map((district) => ({ district, book: sampleBookOf(district) })),
    note: '财政困难系数为示例',
  }
  answered(await draftAllocation(ledger, maker, given, `sample:${allocation}:draft`))
}
