/** Issuing quota of an indicator. */
import { formatFen, type Fen, minFen } from '../../base/money.ts'
import { proposal } from '../../noun/proposal.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { outstandingRecovery } from '../recovery/store.ts'
import { refuse } from '../refusals.ts'
import { cashPlanUsed, quotaIssued, quotaRestored } from './entries.ts'
import { quotaContent, quotaForm, type QuotaGiven } from './forms.ts'
import { type Availability, availabilityWithin } from './holdings.ts'
import type { Indicator } from './indicator.ts'
import { changeIndicator, changeRefusals, indicatorInForce, openYearsOf, postFor, requireOpenYear } from './proposal.ts'

/** Quota that others approve; when they have, `balance_insufficient` above the indicator or the cash plan. */
export const quotaProposal = proposal({
  kind: 'quota',
  form: quotaContent,
  limits: openYearsOf,
  approved: async ({ content, ...of }) => {
    const { on, amount: amountFen, project } = content
    const standing = await indicatorInForce(of.tx, content.indicator)
    const held = await availabilityWithin(of.tx, standing)
    const owedFen = await outstandingRecovery(of.tx, standing.indicator)
    const { restoredFen, issuedFen } = quotaOf(standing, held, content, owedFen)
    const lines = [
      ...(restoredFen > 0n ? quotaRestored(standing, restoredFen, project) : []),
      ...(issuedFen > 0n ? quotaIssued(standing, issuedFen, project) : []),
      ...cashPlanUsed(standing, amountFen),
    ]
    await postFor(standing, of, { on, verb: 'issued', summary: '下达授权支付额度', lines })
  },
})

/** Proposes to issue quota, first what was carried over from the year before (先用结转), under the book's cash plan. */
export const issueQuota = changeIndicator({
  kind: 'indicator.issue',
  form: quotaForm,
  proposal: quotaProposal,
  refuses: [
    ...changeRefusals,
    'project_unknown',
    'indicator_paid_directly',
    'indicator_year_over',
    'quota_comes_by_release',
    'quota_exceeds_final_budget',
  ],
  amountOf: ({ amount }) => amount,
  summary: ({ indicator, amount }) => `指标 ${indicator} 下达授权支付额度 ${formatFen(amount)} 元`,
  approve: (given, of, held, owedFen) => {
    const { restoredFen, issuedFen } = quotaOf(of, held, given, owedFen)
    return { ...given, restored: restoredFen, issued: issuedFen, documentNumber: of.documentNumber }
  },
})

type QuotaParts = { readonly restoredFen: Fen; readonly issuedFen: Fen }

function quotaOf(
  of: Indicator,
  held: Availability,
  { on, amount: amountFen, project }: QuotaGiven,
  owedFen: Fen,
): QuotaParts {
  const { indicator } = of
  if (of.payment === 'direct') throw refuse('indicator_paid_directly', { indicator })
  requireOpenYear(of, on)
  const place = project ?? of.programme
  const carriedFen = held.byProject.find((one) => one.project === place)?.carriedFen ?? 0n
  const restoredFen = minFen(carriedFen, amountFen)
  const issuedFen = amountFen - restoredFen
  // What was carried over of an allotted line was never released either.
  if (of.parent !== undefined) {
    throw refuse('quota_comes_by_release', {
      indicator,
      parent: of.parent,
      carried: formatFen(carriedFen),
      asked: formatFen(amountFen),
    })
  }
  // What is to come back by the final budget must be left unpaid, whoever holds it.
  const [paidFen, finalFen] = [held.releasedFen + held.issuedFen, held.approvedFen - owedFen]
  if (owedFen > 0n && paidFen + amountFen > finalFen) {
    const facts = { indicator, final: formatFen(finalFen), paid: formatFen(paidFen), asked: formatFen(amountFen) }
    throw refuse('quota_exceeds_final_budget', facts, clauseText(clause('budget-law-regulation', '第四十八条')))
  }
  return { restoredFen, issuedFen }
}
