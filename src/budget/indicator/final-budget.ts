/** Settling an early notice with the final budget. */
import { approvedBy } from '../../approvals/verbs.ts'
import { type Fen, formatFen, maxFen, minFen } from '../../base/money.ts'
import { proposal } from '../../noun/proposal.ts'
import { chargeDistricts, type Holder } from '../recovery/recovery.ts'
import { addRecovery } from '../recovery/store.ts'
import { refuse } from '../refusals.ts'
import { finalBudget } from './early-notice.ts'
import { allotted, draftFor, received, redDraftFor } from './entries.ts'
import { finalBudgetContent, finalBudgetForm } from './forms.ts'
import { type Availability, availabilityWithin } from './holdings.ts'
import type { Indicator } from './indicator.ts'
import { changeIndicator, changeRefusals, indicatorInForce, recordIndicator } from './proposal.ts'
import { lockIndicator, putIndicator } from './store.ts'

export const finalBudgetProposal = proposal({
  kind: 'indicator_adjustment',
  form: finalBudgetContent,
  approved: async ({ tx, at, post, approval, content: { indicator: code, final, settledBy, on } }) => {
    const standing = await indicatorInForce(tx, code)
    if (standing.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator: standing.indicator })
    const held = await availabilityWithin(tx, standing)
    const change = budgetOf(held, final)
    const indicator: Indicator = { ...standing, kind: 'final', version: standing.version + 1 }
    await putIndicator(tx, indicator)
    const body = { approval: approval.id, final: formatFen(final), ...json(change) }
    await recordIndicator(tx, indicator, 'settled', { person: approval.maker, at, body })
    for (const charge of chargeDistricts(change.outstandingFen, holders(indicator, held))) {
      await addRecovery(tx, indicator.indicator, charge)
    }
    const amountFen = maxFen(change.furtherFen, change.recoveredFen)
    if (amountFen === 0n) return
    const draft = change.furtherFen > 0n ? draftFor : redDraftFor
    const of = { on, documents: [settledBy] }
    const summary = `指标 ${indicator.indicator} 按正式预算${change.furtherFen > 0n ? '补下达' : '收回'}`
    const parent = indicator.parent === undefined ? undefined : await lockIndicator(tx, indicator.parent)
    await post({
      ...(await approvedBy(tx, approval)),
      key: `indicator_adjustment:${approval.id}`,
      entries: [
        { book: indicator.book, draft: draft(indicator, { ...of, summary, lines: received(indicator, amountFen) }) },
        ...(parent
          ? [
              {
                book: parent.book,
                draft: draft(parent, {
                  ...of,
                  summary,
                  lines: allotted(parent, [{ district: indicator.district, amountFen }]),
                }),
              },
            ]
          : []),
      ],
    })
  },
})

/**
 * Proposes to settle an early notice with the final budget: what is still to issue is posted, what is too much comes
 * off what is free, and the rest is noted as due from later tranches.
 */
export const settleEarlyNotice = changeIndicator({
  kind: 'indicator.settle',
  form: finalBudgetForm,
  proposal: finalBudgetProposal,
  refuses: [...changeRefusals, 'indicator_is_final', 'adjustment_changes_nothing'],
  before: async (_ledger, _actor, { indicator, final }) => {
    if (final === 0n) throw refuse('adjustment_changes_nothing', { indicator, final: formatFen(final) })
  },
  content: ({ indicator, final, documentNumber: settledBy, on }) => ({
    indicator,
    final: formatFen(final),
    settledBy,
    on,
  }),
  amountOf: ({ final }) => final,
  summary: ({ indicator, final, documentNumber }) =>
    `指标 ${indicator} 按正式预算 ${formatFen(final)} 元清算（${documentNumber}）`,
  approve: ({ indicator, final, on, documentNumber: settledBy }, of, held) => {
    if (of.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator })
    const { furtherFen: further, recoveredFen: recovered, outstandingFen: outstanding } = budgetOf(held, final)
    const { approvedFen: approved } = held
    return {
      indicator,
      on,
      final,
      settledBy,
      approved,
      further,
      recovered,
      outstanding,
      documentNumber: of.documentNumber,
    }
  },
})

const budgetOf = (held: Availability, finalFen: Fen) =>
  finalBudget({ approvedFen: held.approvedFen, finalFen, freeFen: freeOf(held) })

/** What may be taken back at once is free on both axes. */
const freeOf = (held: Availability): Fen => minFen(held.unassignedFen, held.byProject[0]?.committableFen ?? 0n)

const json = (amounts: { [name: string]: Fen }): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amountFen]) => [name.replace(/Fen$/, ''), formatFen(amountFen)]),
  )

/** Who holds what is not free, paid or not: districts what was allotted to them, the book's own the rest. */
function holders({ district }: Indicator, held: Availability): Holder[] {
  const of = new Map<string, Holder>(
    held.byDistrict.map((one) => [
      one.district,
      { district: one.district, unpaidFen: one.allottedFen - one.releasedFen, paidFen: one.releasedFen },
    ]),
  )
  const own = of.get(district) ?? { district, unpaidFen: 0n, paidFen: 0n }
  const unpaidFen = own.unpaidFen + held.availableFen - freeOf(held) + held.carriedFen
  of.set(district, { district, unpaidFen, paidFen: own.paidFen + held.issuedFen })
  return [...of.values()]
}
