/**
 * The sample's programme, told of the year before the first start: the register, the money, its allocation, the funding
 * plans, two quarters of work and two New Years, in the order in which an office would come to them. Each part does
 * nothing where it is there and goes on where it stopped.
 */
import { day } from '../../base/calendar.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { Told } from '../load.ts'
import { type SampleProject, sampleProgramme } from './generator.ts'
import { loadAllocation } from './allocate.ts'
import { loadBonds } from './bonds.ts'
import { loadCompletions } from './completions.ts'
import { loadDesk } from './desk.ts'
import { loadMidYear } from './mid-year.ts'
import { loadMoney, openProgrammeBooks } from './money.ts'
import { loadEarlierYear, loadNewYear } from './new-year.ts'
import { loadPlans } from './plans.ts'
import { loadQuarters } from './quarters.ts'
import { loadRegistry } from './registry.ts'
import { programmeYear } from './years.ts'

/** How far a part is. */
export type Progress = (done: number, of: number) => void

type Given = {
  readonly progress: Progress
  /** Made once, by whoever asks first: it takes half a second. */
  readonly projects: () => readonly SampleProject[]
}

/** In this order; each is told before it begins. A part that gives `false` says that the rest cannot be told yet. */
type Part = {
  readonly zh: string
  readonly en: string
  readonly load: (ledger: Ledger, year: number, given: Given) => Promise<boolean | void>
}

const parts: readonly Part[] = [
  { zh: '建立市、区账套', en: 'books of the city and its districts', load: openProgrammeBooks },
  { zh: '上一年度及其年终结转', en: 'the year before, and its year-end', load: loadEarlierYear },
  {
    zh: '登记小区和 303 个项目',
    en: 'communities and 303 projects',
    load: (ledger, year, { projects }) => loadRegistry(ledger, year, projects),
  },
  {
    zh: '年中建账的维修资金账套',
    en: 'a maintenance fund that began in mid-year',
    load: (ledger, year, { projects }) => loadMidYear(ledger, year, projects),
  },
  { zh: '指标与用款计划', en: 'indicators and cash plans', load: loadMoney },
  {
    zh: '303 个项目的资金筹措方案',
    en: 'funding plans of 303 projects',
    // Before the works of the year, and before the quarters that are scored.
    load: (ledger, year, { progress }) => loadPlans({ ...ledger, today: day(`${year}-06-30`) }, year, progress),
  },
  { zh: '两只专项债券', en: 'two special bonds', load: loadBonds },
  { zh: '资金分配', en: 'the allocation', load: loadAllocation },
  {
    zh: '两个季度的拨付、支付与考核',
    en: 'two quarters of releases, payments and scores',
    load: (ledger, _year, { progress }) => loadQuarters(ledger, progress),
  },
  { zh: '年终结转与新年度', en: 'the year-end and the new year', load: loadNewYear },
  {
    zh: '竣工项目',
    en: 'completed projects',
    load: (ledger, year, { projects }) => loadCompletions(ledger, year, projects),
  },
  { zh: '在办事项：承诺、进度款、收回、凭证、委托', en: 'what is under way on the desk', load: loadDesk },
]

export async function loadProgramme(ledger: Ledger, told: Told = () => undefined): Promise<void> {
  const year = await programmeYear(ledger)
  let made: readonly SampleProject[] | undefined
  const projects = () => (made ??= sampleProgramme(year))
  for (const [index, { load, ...named }] of parts.entries()) {
    const tell = (done?: number, of?: number) => told({ ...named, done, of }, index + 1, parts.length)
    tell()
    if ((await load(ledger, year, { progress: tell, projects })) === false) return
  }
}
