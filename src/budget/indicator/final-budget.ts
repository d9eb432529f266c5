/** Settling an early notice with the final budget. */
import type { Actor } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import type { Day } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, maxFen, minFen } from '../../base/money.ts'
import type { Act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { approvedBy, approvedIndicator, contentOf, fenOf, propose, type Proposed, recordIndicator } from './proposal.ts'
import { finalBudget, recoveryShares } from './early-notice.ts'
import { type Indicator } from './indicator.ts'
import { allotted, draftFor, received, redDraftFor } from './entries.ts'
import { refuse } from '../../budget/refusals.ts'
import { type Availability, availabilityWithin } from './holdings.ts'
import { addRecovery } from '../recovery/store.ts'
import { lockIndicator, putIndicator } from './store.ts'

export type FinalBudgetGiven = {
  readonly indicator: string
  readonly finalFen: Fen
  readonly documentNumber: string
  readonly on: Day
}

/**
 * Proposes to settle an early notice with the final budget: what is still to issue is posted, what is too much comes off what is free, and
 * the rest is noted as due from later tranches. Refuses `indicator_not_found`, `indicator_not_in_force`, `indicator_is_final`,
 * `adjustment_changes_nothing`, `approval_pending`.
 */
export async function settleEarlyNotice(
  ledger: Ledger,
  actor: Actor,
  { indicator, finalFen, documentNumber, on }: FinalBudgetGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const final = formatFen(finalFen)
  if (finalFen === 0n) throw refuse('adjustment_changes_nothing', { indicator, final })
  return propose(ledger, actor, key, {
    kind: 'indicator_adjustment',
    verb: 'indicator.settle',
    indicator,
    amountFen: finalFen,
    on,
    summary: `指标 ${indicator} 按正式预算 ${final} 元清算（${documentNumber}）`,
    content: { final, settledBy: documentNumber },
    require: (of, held) => {
      if (of.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator })
      const { furtherFen, recoveredFen, outstandingFen } = budgetOf(held, finalFen)
      return {
        approved: formatFen(held.approvedFen),
        further: formatFen(furtherFen),
        recovered: formatFen(recoveredFen),
        outstanding: formatFen(outstandingFen),
      }
    },
  })
}

// What may be taken back at once is free on both axes.
const budgetOf = (held: Availability, finalFen: Fen) =>
  finalBudget({
    approvedFen: held.approvedFen,
    finalFen,
    freeFen: minFen(held.unassignedFen, held.byProject[0]?.committableFen ?? 0n),
  })

/** What follows from an approved final budget. */
export async function applyFinalBudget(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  if (standing.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator: standing.indicator })
  const { final, settledBy, on } = contentOf(approval) as { final: string; settledBy: string; on: Day }
  const held = await availabilityWithin(tx, standing)
  const change = budgetOf(held, fenOf(final))
  const indicator: Indicator = { ...standing, kind: 'final', version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const body = { approval: approval.id, final, ...json(change) }
  await recordIndicator(tx, indicator, 'settled', { person: approval.maker, at, body })
  for (const { district, heldFen } of recoveryShares(change.outstandingFen, holdings(indicator, held))) {
    await addRecovery(tx, indicator.indicator, district, heldFen)
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
}

const json = (amounts: { [name: string]: Fen }): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amountFen]) => [name.replace(/Fen$/, ''), formatFen(amountFen)]),
  )

// Who holds what is not free: districts by what was allotted to them, the book's own by the rest.
function holdings({ district }: Indicator, held: Availability) {
  const ownFen =
    held.approvedFen - minFen(held.unassignedFen, held.byProject[0]?.committableFen ?? 0n) - held.allottedFen
  const of = new Map(held.byDistrict.map((one) => [one.district, one.allottedFen]))
  of.set(district, (of.get(district) ?? 0n) + ownFen)
  return [...of].map(([code, heldFen]) => ({ district: code, heldFen })).filter(({ heldFen }) => heldFen > 0n)
}
