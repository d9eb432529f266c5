/**
 * What stands beside the books of an entry that is taken back, and follows it. Only effects that left no row but the
 * record of a change are taken back here; the others are undone by their own action, which the refusal names.
 */
import { recordIndicator } from '../../budget/indicator/proposal.ts'
import { lockIndicator, putIndicator } from '../../budget/indicator/store.ts'
import { effectOf } from '../../ledger/effects.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import type { Ended } from '../../noun/proposal.ts'
import { unopen } from '../take-over/undo.ts'

type TakingBack = Pick<Ended, 'tx' | 'at' | 'approval'>

/** Records with each indicator whose effect was taken back that it was. */
export async function takenBack({ tx, at, approval }: TakingBack, originals: readonly PostedEntry[]): Promise<void> {
  for (const original of originals) {
    const { bookId, sequence, lines } = original
    const effect = await effectOf(tx, bookId, sequence)
    if (effect === undefined || effect.startsWith('voucher:')) continue
    if (effect.startsWith('take_over:')) {
      await unopen({ tx, at, approval }, effect.slice('take_over:'.length), original)
      continue
    }
    const code = lines.find(({ indicator }) => indicator !== undefined)?.indicator
    const standing = code === undefined ? undefined : await lockIndicator(tx, code)
    if (!standing) continue
    const indicator = { ...standing, version: standing.version + 1 }
    await putIndicator(tx, indicator)
    const body = { approval: approval.id, takenBack: effect }
    await recordIndicator(tx, indicator, 'taken_back', { person: approval.maker, at, body })
  }
}
