/**
 * Bearer tokens: 256 random bits each, kept as SHA-256, so that a copy of the table opens nothing. What a token stands
 * for never changes; it ends by time or is revoked. A token that was good is believed for a few seconds without asking
 * again, which is also how long a revocation may take to be seen.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Clock, type Instant, systemClock } from '../base/calendar.ts'
import { type Database, transact, type Tx } from '../base/db.ts'
import { type Actor, isRole, type Role } from './actor.ts'

export type NewToken = {
  readonly person: string
  readonly role: Role
  readonly district?: string | undefined
  readonly days: number
}

const prefix = 'yb_'
const tokenPattern = /^yb_[A-Za-z0-9_-]{43}$/
const microsPerDay = 86_400_000_000n

/** Makes a token and returns its text, which is kept nowhere. */
export async function issueToken(
  database: Pick<Database, 'pool'>,
  { person, role, district, days }: NewToken,
  clock: Clock = systemClock,
): Promise<string> {
  const token = prefix + randomBytes(32).toString('base64url')
  const now = clock()
  await transact(database, (tx) =>
    tx.query(
      `insert into token (token_hash, person, role, district, created_at, expires_at)
       values ($1, $2, $3, $4, to_timestamp($5::numeric / 1000000), to_timestamp($6::numeric / 1000000))`,
      [digest(token), person, role, district ?? null, now.toString(), (now + BigInt(days) * microsPerDay).toString()],
    ),
  )
  return token
}

/** Ends a token before its time. */
export async function revokeToken(database: Pick<Database, 'pool'>, token: string): Promise<boolean> {
  const rows = await transact(database, (tx) =>
    tx.query('update token set revoked_at = now() where token_hash = $1 and revoked_at is null returning 1', [
      digest(token),
    ]),
  )
  return rows.length === 1
}

/**
 * Whether a person holds one of some roles for a district, as far as tokens tell: the last one issued to him for any of
 * them was not revoked. That it ran out says nothing; people are away while others decide in their place.
 */
export async function standsInRole(
  tx: Tx,
  person: string,
  held: readonly Role[],
  district: string | null,
): Promise<boolean> {
  const [last] = await tx.query<{ stands: boolean }>(
    `select revoked_at is null as stands from token
     where person = $1 and role = any($2::text[]) and (district is null or district = $3)
     order by created_at desc, revoked_at nulls last limit 1`,
    [person, held, district],
  )
  return last?.stands ?? false
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

type Known = { readonly actor: Actor; readonly expiresAt: Instant; readonly checkedAt: number }

// How long a revocation may go unseen. Longer saves next to nothing: one small read a token and period.
const believedMs = 10_000
const knownMax = 10_000

/** Tells who is behind a token. One a process. */
export class TokenDesk {
  readonly #database: Database
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /**
   * The actor of a token, at once where it is believed, else after asking; `undefined` where it opens nothing. `fresh`:
   * believes nothing, because a right that was taken a second ago must not decide any more.
   */
  actorOf(token: string, fresh = false): Actor | undefined | Promise<Actor | undefined> {
    const known = fresh ? undefined : this.#known.get(token)
    if (known && performance.now() - known.checkedAt < believedMs) {
      return known.expiresAt > this.#clock() ? known.actor : undefined
    }
    this.#known.delete(token)
    return tokenPattern.test(token) ? this.#ask(token) : undefined
  }

  async #ask(token: string): Promise<Actor | undefined> {
    const [row] = await this.#database.sql<
      { person: string; role: string; district: string | null; expires_at: bigint }[]
    >`
      select person, role, district, (extract(epoch from expires_at) * 1000000)::bigint as expires_at
      from token where token_hash = ${digest(token)} and revoked_at is null`
    // A role this program does not know carries no rights.
    if (!row || !isRole(row.role) || row.expires_at <= this.#clock()) return undefined
    const actor: Actor = { person: row.person, role: row.role, district: row.district ?? undefined }
    if (this.#known.size >= knownMax) this.#known.clear()
    this.#known.set(token, { actor, expiresAt: row.expires_at, checkedAt: performance.now() })
    return actor
  }
}
