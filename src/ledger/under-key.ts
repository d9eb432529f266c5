/**
 * What is said under a key before the books are asked. A key that was answered for something else is told before
 * whatever else is wrong, so that a slip of keys never reads as a fault of the entry.
 */
import type { Actor } from '../access/actor.ts'
import { rowsOf } from '../base/db.ts'
import { Refusal, type RefusalRecord } from '../base/refusal.ts'
import type { Ledger } from './ledger.ts'
import { hashOfKey } from './post.ts'
import { refuse } from './refusals.ts'
import { type KeyedReceipt, readReceipts, receiptOf, type ReceiptRow } from './store.ts'

/** What some keys of a person were answered with, in a book, or, in scope 0, as transactions. */
async function receiptsOf(
  { database }: Ledger,
  { person }: Pick<Actor, 'person'>,
  scope: number,
  keys: readonly string[],
): Promise<KeyedReceipt[]> {
  const hashes = keys.map((key) => hashOfKey(person, key))
  const scopes = keys.map(() => scope)
  return (await rowsOf<ReceiptRow>(database.sql, readReceipts(scopes, hashes), [])).map(receiptOf)
}

/** The sequence of what a person posted under a key in a book; `undefined` where nothing was. */
export async function sequenceUnder(
  ledger: Ledger,
  actor: Actor,
  { bookId }: { readonly bookId: number },
  key: string,
): Promise<number | undefined> {
  const [receipt] = await receiptsOf(ledger, actor, bookId, [key])
  return receipt?.sequence
}

type Keyed = {
  readonly actor: Actor
  readonly key: string
  readonly scope: number
  /** Where it is known whatever the books say: the same request then keeps its own refusal. */
  readonly requestHash?: string
}

/** Refuses `idempotency_key_reused` where the work refuses and the key was answered for something else. */
export async function underKey<T>(
  ledger: Ledger,
  { actor, key, scope, requestHash }: Keyed,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    const [receipt] = await receiptsOf(ledger, actor, scope, [key])
    if (receipt && receipt.requestHash !== requestHash) throw refuse('idempotency_key_reused', { key })
    throw error
  }
}

type Tried<Value> = { readonly key: string; readonly result: Value | Refusal }

/** The same of a batch: what its form refuses was never answered under its key. */
export async function reusedFirst<Value>(
  ledger: Ledger,
  { bookId }: { readonly bookId: number },
  actor: Actor,
  tries: readonly Tried<Value>[],
): Promise<Tried<Value>[]> {
  const refused = tries.filter(({ result }) => result instanceof Refusal).map(({ key }) => key)
  if (refused.length === 0) return [...tries]
  const known = new Set((await receiptsOf(ledger, actor, bookId, refused)).map(({ keyHash }) => keyHash))
  return tries.map(({ key, result }) => ({
    key,
    result:
      result instanceof Refusal && known.has(hashOfKey(actor.person, key))
        ? refuse('idempotency_key_reused', { key })
        : result,
  }))
}

/** Of a batch that is taken whole: where one is refused all are, and the others say which one it was. */
export function refusedTogether(tries: readonly Tried<unknown>[]): RefusalRecord[] | undefined {
  const spoiler = tries.find(({ result }) => result instanceof Refusal)
  if (!(spoiler?.result instanceof Refusal)) return undefined
  const held = refuse('batch_not_posted', { key: spoiler.key, code: spoiler.result.code })
  return tries.map(({ result }) => (result instanceof Refusal ? result : held).record())
}

/** The value, or the refusal as a value. */
export function tried<Value>(work: () => Value): Value | Refusal {
  try {
    return work()
  } catch (error) {
    if (error instanceof Refusal) return error
    throw error
  }
}
