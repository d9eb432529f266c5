/** Assigning an indicator's money to projects, and making an indicator again of what year-end carried over. */
import { formatFen, sumFen } from '../../base/money.ts'
import { proposal } from '../../noun/proposal.ts'
import { assigned, reinstated } from './entries.ts'
import { assignmentContent, assignmentForm, quotaForm, reinstatementContent } from './forms.ts'
import { changeIndicator, changeRefusals, indicatorInForce, postFor, requireOpenYear } from './proposal.ts'

/** When others have approved it, the ledger's `balance_insufficient` where the programme no longer holds so much. */
export const assignmentProposal = proposal({
  kind: 'indicator_assignment',
  form: assignmentContent,
  approved: async ({ content: { indicator, shares, on }, ...of }) => {
    const standing = await indicatorInForce(of.tx, indicator)
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
  refuses: [...changeRefusals, 'project_not_found', 'project_not_funded'],
  amountOf: sumOf,
  summary: (given) => `指标 ${given.indicator} 分解到 ${given.shares.length} 个项目，共 ${formatFen(sumOf(given))} 元`,
  projectsOf: ({ shares }) => shares.map(({ project }) => project),
  approve: (given, { documentNumber }, { unassignedFen }) => ({ ...given, unassigned: unassignedFen, documentNumber }),
})

/** When others have approved it, `balance_insufficient` above what was carried over. */
export const reinstatementProposal = proposal({
  kind: 'indicator_reinstatement',
  form: reinstatementContent,
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
  refuses: [...changeRefusals, 'indicator_year_over'],
  amountOf: ({ amount }) => amount,
  summary: ({ indicator, amount }) => `指标 ${indicator} 上年结转 ${formatFen(amount)} 元恢复为可用指标`,
  approve: (given, of, { carriedFen }) => {
    requireOpenYear(of, given.on)
    return { ...given, carried: carriedFen, documentNumber: of.documentNumber }
  },
})
