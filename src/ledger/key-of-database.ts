/**
 * The one key that the heads of a database are signed with: that of the first service that starts on it, until another
 * takes its place by a person's word. A second service with a key of its own would have heads of one book alternate
 * between two, and an auditor who holds one of them would be right to refuse the pack.
 */
import { type Instant, instantText } from '../base/calendar.ts'
import { type Database, instantColumn, only, transact, type Tx } from '../base/db.ts'
import type { Signer } from './keys.ts'

const currentService = `select key_id, ${instantColumn('registered_at')} as registered_at from signing_key where kind = 'service'
  order by registered_at desc, key_id limit 1`

// Any number, the same in every version: whoever registers a key holds it.
const lockKeys = 'select pg_advisory_xact_lock(20220030)'

type Own = Pick<Signer, 'keyId' | 'publicKey'>

const register = (tx: Tx, { keyId, publicKey }: Own, at: Instant): Promise<unknown> =>
  tx.query(
    `insert into signing_key (key_id, public_key, holder, kind, registered_at) values ($1, $2, 'yiben', 'service', $3)
     on conflict do nothing`,
    [keyId, publicKey, instantText(at)],
  )

/** The id of the key this database is signed with: one's own where there was none. */
export async function currentKey(tx: Tx, own: Own, now: Instant): Promise<string> {
  const [current] = await tx.query<{ key_id: string }>(currentService)
  if (current) return current.key_id
  await tx.query(lockKeys)
  const [meanwhile] = await tx.query<{ key_id: string }>(currentService)
  if (meanwhile) return meanwhile.key_id
  await register(tx, own, now)
  return own.keyId
}

/**
 * Takes the place of the key before. Answers the id of the key that is current then: a replaced one is not taken up
 * again.
 */
export const replaceKey = (database: Database, own: Own, now: Instant): Promise<string> =>
  transact(database, async (tx) => {
    await tx.query(lockKeys)
    const [before] = await tx.query<{ registered_at: Instant }>(currentService)
    const at = before && before.registered_at >= now ? before.registered_at + 1n : now
    await register(tx, own, at)
    return only(await tx.query<{ key_id: string }>(currentService)).key_id
  })

/** The id of the key a database is signed with; one's own where there was none. */
export const keyOfDatabase = (database: Database, own: Own, now: Instant): Promise<string> =>
  transact(database, (tx) => currentKey(tx, own, now))
