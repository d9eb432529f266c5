/**
 * The programme of 2023 as a sample: the register, the money, its allocation, the funding plans, and two quarters of
 * work, in the order in which an office would come to them. Each part does nothing where it is there and goes on where
 * it stopped.
 */
import { day } from '../../base/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Told } from '../load.ts'
import { loadAllocation } from './allocate.ts'
import { loadCompletions } from './completions.ts'
import { loadMoney, openProgrammeBooks } from './money.ts'
import { loadPlans } from './plans.ts'
import { loadQuarters } from './quarters.ts'
import { loadRegistry } from './registry.ts'

/** When the funding plans were approved: before the works of the year, and before the quarters that are scored. */
const plannedOn = day('2023-06-30')

/** In this order; each is told before it begins. */
const parts: readonly { readonly zh: string; readonly en: string; readonly load: (ledger: Ledger) => Promise<void> }[] =
  [
    { zh: '建立市、区账套', en: 'books of the city and its districts', load: openProgrammeBooks },
    { zh: '登记小区和 303 个项目', en: 'communities and 303 projects', load: loadRegistry },
    { zh: '指标与用款计划', en: 'indicators and cash plans', load: loadMoney },
    {
      zh: '303 个项目的资金筹措方案',
      en: 'funding plans of 303 projects',
      load: (ledger) => loadPlans({ ...ledger, today: plannedOn }),
    },
    { zh: '资金分配', en: 'the allocation', load: loadAllocation },
    { zh: '两个季度的拨付、支付与考核', en: 'two quarters of releases, payments and scores', load: loadQuarters },
    { zh: '竣工项目', en: 'completed projects', load: loadCompletions },
  ]

export async function loadProgramme(ledger: Ledger, told: Told = () => undefined): Promise<void> {
  for (const [index, { zh, en, load }] of parts.entries()) {
    told({ zh, en }, index + 1, parts.length)
    await load(ledger)
  }
}
