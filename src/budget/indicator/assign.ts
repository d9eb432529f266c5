/** Assigning an indicator's money to projects, and making an indicator again of what year-end carried over. */
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { proposal } from '../../noun/proposal.ts'
import { lawOn } from '../../policy/parameters.ts'
import { projectLimit, requireWithinProject } from '../limit/limit.ts'
import { readProjectMoney } from '../limit/store.ts'
import { assigned, reinstated } from './entries.ts'
import { assignmentContent, assignmentForm, quotaForm, reinstatementContent } from './forms.ts'
import type { Indicator } from './indicator.ts'
import {
  changeIndicator,
  changeRefusals,
  indicatorInForce,
  openYears,
  openYearsOf,
  postFor,
  requireOpenYear,
} from './proposal.ts'
import { holdProjects } from './store.ts'

/**
 * Refuses what no project may be given of the indicator's source (O-09, O-12): `project_cost_unknown`,
 * `subsidy_exceeds_project`. A project that comes twice is held against the sum.
 */
async function requireWithinProjects(tx: Tx, { source }: Indicator, shares: AssignedShares, on: Day): Promise<void> {
  const law = lawOn(on)
  const sums = new Map<string, Fen>()
  for (const { project, amount } of shares) sums.set(project, (sums.get(project) ?? 0n) + amount)
  const money = await readProjectMoney(tx, [...sums.keys()], law.take('city_code'))
  for (const [project, amountFen] of [...sums].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const of = money.get(project)
    if (of) requireWithinProject(of, { source, amountFen }, law)
  }
}
type AssignedShares = readonly { readonly project: string; readonly amount: Fen }[]

/**
 * When others have approved it, the ledger's `balance_insufficient` where the programme no longer holds so much, and
 * what no project may be given.
 */
export const assignmentProposal = proposal({
  kind: 'indicator_assignment',
  form: assignmentContent,
  limits: async ({ indicator, shares, on }, { tx }) => {
    const standing = await indicatorInForce(tx, indicator)
    const law = lawOn(on)
    const money = await readProjectMoney(
      tx,
      shares.map(({ project }) => project),
      law.take('city_code'),
    )
    return [
      openYears(standing.year, on),
      ...shares.flatMap(({ project, amount }) => {
        const of = money.get(project)
        return of ? [projectLimit(of, { source: standing.source, amountFen: amount }, law)] : []
      }),
    ]
  },
  approved: async ({ content: { indicator, shares, on }, ...of }) => {
    // Projects first, as everybody locks: what they may be given stays as it is read.
    await holdProjects(
      of.tx,
      shares.map(({ project }) => project),
    )
    const standing = await indicatorInForce(of.tx, indicator)
    await requireWithinProjects(of.tx, standing, shares, on)
    const lines = assigned(
      standing,
      shares.map(({ project, amount: amountFen }) => ({ project, amountFen })),
    )
    await postFor(standing, of, { on, verb: 'assigned', summary: '分解到项目', lines })
  },
})

const sumOf = ({ shares }: { readonly shares: readonly { readonly amount: bigint }[] }) =>
  sumFen(shares.map(({ amount }) => amount))

/** Proposes to assign money of the programme to projects. */
export const assignIndicator = changeIndicator({
  kind: 'indicator.assign',
  form: assignmentForm,
  proposal: assignmentProposal,
  refuses: [
    ...changeRefusals,
    'project_not_found',
    'project_not_funded',
    'project_cost_unknown',
    'subsidy_exceeds_project',
  ],
  amountOf: sumOf,
  summary: (given) => `指标 ${given.indicator} 分解到 ${given.shares.length} 个项目，共 ${formatFen(sumOf(given))} 元`,
  projectsOf: ({ shares }) => shares.map(({ project }) => project),
  fits: (tx, given, indicator) => requireWithinProjects(tx, indicator, given.shares, given.on),
  approve: (given, { documentNumber }, { unassignedFen }) => ({ ...given, unassigned: unassignedFen, documentNumber }),
})

/** When others have approved it, `balance_insufficient` above what was carried over. */
export const reinstatementProposal = proposal({
  kind: 'indicator_reinstatement',
  form: reinstatementContent,
  limits: openYearsOf,
  approved: async ({ content: { indicator, amount, on, project }, ...of }) => {
    const standing = await indicatorInForce(of.tx, indicator)
    const lines = reinstated(standing, amount, project)
    await postFor(standing, of, { on, verb: 'reinstated', summary: '上年结转恢复为可用指标', lines })
  },
})

/**
 * Proposes that what year-end carried over becomes an indicator again, so that it can be assigned or allotted (a unit
 * that will spend it itself restores it as quota instead).
 */
export const reinstateIndicator = changeIndicator({
  kind: 'indicator.reinstate',
  form: quotaForm,
  proposal: reinstatementProposal,
  refuses: [...changeRefusals, 'project_unknown', 'indicator_year_over'],
  amountOf: ({ amount }) => amount,
  summary: ({ indicator, amount }) => `指标 ${indicator} 上年结转 ${formatFen(amount)} 元恢复为可用指标`,
  approve: (given, of, { carriedFen }) => {
    requireOpenYear(of, given.on)
    return { ...given, carried: carriedFen, documentNumber: of.documentNumber }
  },
})
