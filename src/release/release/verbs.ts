/**
 * Releasing (拨付): drafted by a maker, or by the quarter's early disbursement, for others to approve. What must hold is
 * looked at here and again, whole, when it takes effect (effect.ts).
 */
import { type Actor, demand } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import type { Quarter } from '../../base/quarter.ts'
import { act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { refuse } from '../refusals.ts'
import { type Part, progressText } from '../score/facts.ts'
import { type Allotment, allotmentFor, allottedOn, type Held, heldFor, progressFor } from './allotment.ts'
import { recordRelease, releaseProposal } from './effect.ts'
import { type ReleaseView, releaseView } from './forms.ts'
import { releaseNames, type Tranche } from './release.ts'
import { type Judged, requireDue, requireInPlan, requireMoney, requireTranche } from './standing.ts'
import { insertAllotment, insertRelease, pendingRelease, type ReleaseRow } from './store.ts'
import { rulesUsed, type RuleUsed } from './tranche.ts'

export type GivenRelease = {
  readonly allocation: string
  readonly district: string
  readonly tranche: number
  readonly amountFen: Fen
  /** The business day to book it on; absent: the day it is approved. */
  readonly on?: Day | undefined
}

export type Drafted = { release: ReleaseView; approval: string; hash: string }

/**
 * Drafts a release under its normal conditions. Refuses `permission_denied`, `allocation_not_found`,
 * `allotment_not_approved`,
 * `district_not_allotted`, `release_day_invalid`, `release_pending`, `tranche_unknown`, `tranche_out_of_order`,
 * `tranche_not_due`,
 * `release_exceeds_tranche`, `release_exceeds_allotment`, `release_exceeds_cash_plan`.
 */
export function draftRelease(
  ledger: Ledger,
  actor: Actor,
  given: GivenRelease,
  key: string,
): Promise<KeyedAnswer<Drafted>> {
  demand(actor, 'release.draft')
  const { allocation, district, tranche, amountFen, on } = given
  const content = { allocation, district, tranche, amount: formatFen(amountFen), on: on ?? null }
  return act(
    ledger,
    { person: actor.person, key, kind: 'release.draft', content, district: actor.district },
    async ({ tx, at, today }) => {
      const of = await allotmentFor(tx, actor, given)
      if (on !== undefined) await requireDay(tx, allocation, on, today)
      await requireNonePending(tx, of)
      const day = on ?? today
      const judged = { ...given, of, on: day, held: await heldFor(tx, of, day), law: lawOn(day) }
      const wanted = requireTranche(judged)
      const progress = await progressFor(tx, of, day)
      requireDue(wanted, progress)
      requireInPlan(of)
      requireMoney(judged, wanted)
      const conditions = conditionsJson(wanted, progress)
      const opening = {
        ...judged,
        kind: 'normal',
        onDay: on ?? null,
        conditions,
        rules: rulesUsed(judged.law),
      } as const
      const approval = await releaseProposal.submit(tx, actor, submissionOf(opening), at)
      return writeDraft(tx, approval, opening, { person: actor.person, at })
    },
  )
}

async function requireDay(tx: Tx, allocation: string, on: Day, today: Day): Promise<void> {
  const from = await allottedOn(tx, allocation)
  if (on < from || on > today) throw refuse('release_day_invalid', { on, from, to: today })
}

async function requireNonePending(tx: Tx, { allocation, district }: Allotment): Promise<void> {
  const pending = await pendingRelease(tx, allocation, district)
  if (!pending) return
  const release = releaseNames.nameOf(pending.id)
  throw refuse('release_pending', { allocation, district, release })
}

const conditionsJson = ({ progress: least }: Tranche, progress: Part): { [key: string]: string } => ({
  progress: progressText(progress),
  least: least.toFixed(),
})

export type Opening = Pick<Judged, 'of' | 'tranche' | 'amountFen'> & {
  /** The values of policy it is judged by. */
  readonly rules: readonly RuleUsed[]
  readonly held: Pick<Held, 'cashPlanFen'>
  readonly kind: ReleaseRow['kind']
  readonly onDay: Day | null
  readonly conditions: { [key: string]: string }
  readonly early?: { readonly quarter: Quarter; readonly run: number; readonly scoreVersion: number }
}

/** The approval of a release. */
export const submissionOf = ({ of, tranche, amountFen, kind, conditions, early, held, rules, onDay }: Opening) => ({
  // One at a time for each allotment: the approval is opened under the allotment, not under the draft.
  subject: `release:${of.allocation}:${of.district}`,
  amountFen,
  summary: `${kind === 'early' ? '早拨付' : '拨付'} ${of.allocation} ${of.district} 第${tranche}批 ${formatFen(amountFen)} 元`,
  content: {
    allocation: of.allocation,
    district: of.district,
    indicator: of.indicator.indicator,
    tranche,
    kind,
    amount: amountFen,
    allotted: of.allottedFen,
    released: of.releasedFen,
    recovery: of.recoveryFen,
    cashPlan: held.cashPlanFen,
    conditions,
    clauses: rules.map(({ parameter, clause: from }) => ({ parameter, clause: from })),
    rules: [...rules],
    ...(onDay !== null && { on: onDay }),
    ...early,
  },
})

/** Writes the draft that an approval is open for. */
export async function writeDraft(
  tx: Tx,
  approval: ApprovalView,
  { of, tranche, amountFen, kind, onDay, conditions, rules, early }: Opening,
  { person, at }: { readonly person: string; readonly at: bigint },
): Promise<Drafted> {
  await insertAllotment(tx, of.allocation, of.district)
  const row = await insertRelease(tx, {
    allocation: of.allocation,
    district: of.district,
    tranche,
    kind,
    amountFen,
    quarter: early?.quarter ?? null,
    run: early?.run ?? null,
    scoreVersion: early?.scoreVersion ?? null,
    conditions: { ...conditions, rules: [...rules] },
    on: onDay,
    approval: approval.id,
    draftedBy: person,
    draftedAt: at,
  })
  const release = releaseView(row)
  await recordRelease(tx, row, 1, 'drafted', { person, at, body: { ...release } })
  return { release, approval: approval.id, hash: approval.hash }
}
