/** Issuing quota of an indicator. */
import type { Actor } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import type { Day } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, minFen } from '../../base/money.ts'
import type { Act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { approvedIndicator, contentOf, fenOf, postFor, propose, type Proposed, requireOpenYear } from './proposal.ts'
import { type Indicator } from './indicator.ts'
import { cashPlanUsed, quotaIssued, quotaRestored } from './entries.ts'
import { refuse } from '../../budget/refusals.ts'
import { type Availability, availabilityWithin } from './holdings.ts'

export type QuotaGiven = {
  readonly indicator: string
  readonly on: Day
  readonly amountFen: Fen
  /** Absent: the programme. */
  readonly project?: string | undefined
}

/**
 * Proposes to issue quota, first what was carried over from the year before (先用结转), under the book's cash plan. Refuses
 * `indicator_not_found`, `indicator_not_in_force`, `indicator_paid_directly`, `indicator_year_over`, `quota_comes_by_release`,
 * `approval_pending`; when approved, `balance_insufficient` above the indicator or the cash plan.
 */
export function issueQuota(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, amountFen, project }: QuotaGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amount = formatFen(amountFen)
  return propose(ledger, actor, key, {
    kind: 'quota',
    verb: 'indicator.issue',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 下达授权支付额度 ${amount} 元`,
    content: { amount, ...(project !== undefined && { project }) },
    require: (of, held) => {
      const { restoredFen, issuedFen } = quotaOf(of, held, { on, amountFen, project })
      return { restored: formatFen(restoredFen), issued: formatFen(issuedFen) }
    },
  })
}

type QuotaParts = { readonly restoredFen: Fen; readonly issuedFen: Fen }

function quotaOf(of: Indicator, held: Availability, given: Omit<QuotaGiven, 'indicator'>): QuotaParts {
  const { indicator } = of
  if (of.payment === 'direct') throw refuse('indicator_paid_directly', { indicator })
  requireOpenYear(of, given.on)
  const place = given.project ?? of.programme
  const carriedFen = held.byProject.find(({ project }) => project === place)?.carriedFen ?? 0n
  const restoredFen = minFen(carriedFen, given.amountFen)
  const issuedFen = given.amountFen - restoredFen
  if (issuedFen > 0n && of.parent !== undefined) {
    throw refuse('quota_comes_by_release', {
      indicator,
      parent: of.parent,
      carried: formatFen(carriedFen),
      asked: formatFen(given.amountFen),
    })
  }
  return { restoredFen, issuedFen }
}

/** What follows from approved quota. */
export async function applyQuota(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { amount, on, project } = contentOf(approval) as { amount: string; on: Day; project?: string }
  const amountFen = fenOf(amount)
  const { restoredFen, issuedFen } = quotaOf(standing, await availabilityWithin(tx, standing), {
    on,
    amountFen,
    project,
  })
  const lines = [
    ...(restoredFen > 0n ? quotaRestored(standing, restoredFen, project) : []),
    ...(issuedFen > 0n ? quotaIssued(standing, issuedFen, project) : []),
    ...cashPlanUsed(standing, amountFen),
  ]
  await postFor(standing, approval, { tx, at, post }, { on, verb: 'issued', summary: '下达授权支付额度', lines })
}
