/** Assigning an indicator's money to projects, and making an indicator again of what year-end carried over. */
import type { Actor } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import type { Day } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { formatFen, sumFen } from '../../base/money.ts'
import type { Act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { QuotaGiven } from './quota.ts'
import { approvedIndicator, contentOf, fenOf, postFor, propose, type Proposed, requireOpenYear } from './proposal.ts'
import { type ProjectAmount } from './indicator.ts'
import { assigned, reinstated } from './entries.ts'

export type Assignment = { readonly indicator: string; readonly on: Day; readonly shares: readonly ProjectAmount[] }

/**
 * Proposes to assign money of the programme to projects. Refuses `indicator_not_found`, `indicator_not_in_force`, `approval_pending`; when
 * approved, the ledger's `balance_insufficient` where the programme no longer holds so much.
 */
export function assignIndicator(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, shares }: Assignment,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amountFen = sumFen(shares.map((share) => share.amountFen))
  return propose(ledger, actor, key, {
    kind: 'indicator_assignment',
    verb: 'indicator.assign',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 分解到 ${shares.length} 个项目，共 ${formatFen(amountFen)} 元`,
    projects: shares.map(({ project }) => project),
    content: { shares: shares.map((share) => ({ project: share.project, amount: formatFen(share.amountFen) })) },
    require: (_, { unassignedFen }) => ({ unassigned: formatFen(unassignedFen) }),
  })
}

/** What follows from an approved assignment. */
export async function applyAssignment(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { shares, on } = contentOf(approval) as { shares: { project: string; amount: string }[]; on: Day }
  const lines = assigned(
    standing,
    shares.map(({ project, amount }) => ({ project, amountFen: fenOf(amount) })),
  )
  await postFor(standing, approval, { tx, at, post }, { on, verb: 'assigned', summary: '分解到项目', lines })
}

/**
 * Proposes that what year-end carried over becomes an indicator again, so that it can be assigned or allotted (a unit that will spend it
 * itself restores it as quota instead). Refuses `indicator_not_found`, `indicator_not_in_force`, `indicator_year_over`,
 * `approval_pending`; when approved, `balance_insufficient` above what was carried over.
 */
export function reinstateIndicator(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, amountFen, project }: QuotaGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amount = formatFen(amountFen)
  return propose(ledger, actor, key, {
    kind: 'indicator_reinstatement',
    verb: 'indicator.reinstate',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 上年结转 ${amount} 元恢复为可用指标`,
    content: { amount, ...(project !== undefined && { project }) },
    require: (of, { carriedFen }) => {
      requireOpenYear(of, on)
      return { carried: formatFen(carriedFen) }
    },
  })
}

/** What follows from an approved reinstatement. */
export async function applyReinstatement(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { amount, on, project } = contentOf(approval) as { amount: string; on: Day; project?: string }
  const lines = reinstated(standing, fenOf(amount), project)
  await postFor(
    standing,
    approval,
    { tx, at, post },
    { on, verb: 'reinstated', summary: '上年结转恢复为可用指标', lines },
  )
}
