/** A take-over of balances that is reversed: its indicators go with it, where nothing has been done with them since. */
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import type { Ended } from '../../noun/proposal.ts'
import { assert } from '../../base/assert.ts'
import { recordIndicator } from '../../budget/indicator/proposal.ts'
import { lockIndicators, putIndicator } from '../../budget/indicator/store.ts'
import { refuse } from '../refusals.ts'
import { lockTakeOver, settleTakeOver, takenOverAt } from './store.ts'
import { takeOverNames } from './take-over.ts'

/** Takes back what a take-over of this name founded beside the books. Refuses `take_over_indicator_moved`. */
export async function unopen(
  { tx, at, approval }: Pick<Ended, 'tx' | 'at' | 'approval'>,
  name: string,
  { lines }: PostedEntry,
): Promise<void> {
  const id = takeOverNames.numberOf(name)
  assert(id !== undefined, `a take-over is named ${name}`)
  const row = await lockTakeOver(tx, id)
  const opened = lines.flatMap(({ account, indicator }) => (account === control.approved ? (indicator ?? []) : []))
  const standing = await lockIndicators(tx, [...new Set(opened)])
  for (const indicator of standing.values()) {
    const version = await takenOverAt(tx, indicator.indicator)
    if (indicator.version !== version || indicator.state !== 'in_force') {
      throw refuse('take_over_indicator_moved', { takeOver: name, indicator: indicator.indicator })
    }
    const taken = { ...indicator, state: 'rejected', version: version + 1 } as const
    await putIndicator(tx, taken)
    const body = { approval: approval.id, takeOver: name }
    await recordIndicator(tx, taken, 'taken_back', { person: approval.maker, at, body })
  }
  await settleTakeOver(tx, row, { state: 'reversed', entries: row.entries })
}
