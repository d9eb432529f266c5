/**
 * A take-over (建账接转): how a book, and the projects it pays for, begin in mid-year. What another book or register held
 * on the first day of the first open period is proposed with its documents, checked and approved; then it is one
 * opening entry, and states, batches and plans in force on their own days. Without a database.
 */
import { numbered } from '../../form/numbered.ts'
import type { BatchRow, PlanRow, StateRow } from './forms.ts'

export type TakeOverState = 'proposed' | 'posted' | 'ended' | 'reversed'

export const takeOverStateNamesZh: Record<TakeOverState, string> = {
  proposed: '待复核审批',
  posted: '已接转',
  ended: '已退回或撤回',
  reversed: '已冲销',
}

export const takeOverNames = numbered('K')

/** The type of the opening entry. */
export const openingType = '期初'

/** The name under which the opening entry is posted: with rows of the register it is not taken back by approval. */
export const effectName = (name: string, registerRows: number): string =>
  `${registerRows === 0 ? 'take_over' : 'take_over_register'}:${name}`

/** What was so in the register before the books began: each row on its day and by its document. */
export type Register = {
  readonly batches: readonly BatchRow[]
  readonly plans: readonly PlanRow[]
  readonly states: readonly StateRow[]
}

export type RegisterStep =
  | ({ readonly step: 'batch' } & BatchRow)
  | ({ readonly step: 'plan' } & PlanRow)
  | ({ readonly step: 'state' } & StateRow)

const rank = { batch: 0, plan: 1, state: 2 } as const

/**
 * The rows of the register in the order in which they happened: by day, and on one day as a project goes, into its
 * batch, its plan in force, then its states in the order given.
 */
export function stepsOf({ batches, plans, states }: Register): RegisterStep[] {
  const steps: RegisterStep[] = [
    ...batches.map((row) => ({ step: 'batch' as const, ...row })),
    ...plans.map((row) => ({ step: 'plan' as const, ...row })),
    ...states.map((row) => ({ step: 'state' as const, ...row })),
  ]
  return steps.toSorted((a, b) => (a.on === b.on ? rank[a.step] - rank[b.step] : a.on < b.on ? -1 : 1))
}
