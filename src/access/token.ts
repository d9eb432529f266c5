/**
 * Bearer tokens: 256 random bits each, kept as SHA-256, so that a copy of the table opens nothing. What a token stands
 * for never changes; it ends by time, is revoked, or ends with the duty it was issued for. A token that was good is
 * believed without being read again, as long as the record of access says that no right has been taken since; the
 * record is looked at several times a second, by whatever request comes, so no connection has to stay open for it.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Clock, type Instant, systemClock } from '../base/calendar.ts'
import { bytesArray } from '../base/arrays.ts'
import { type Database, transact } from '../base/db.ts'
import { type Actor, isRole, type Role } from './actor.ts'
import { holdDuty } from './persons.ts'
import { SessionDesk } from './session.ts'
import { insertToken, lockAccess, updateTokensRevoked } from './store.ts'

export type NewToken = {
  /** An id or a name; a name nobody has makes the person. */
  readonly person: string
  readonly role: Role
  readonly district?: string | undefined
  readonly days: number
}

const prefix = 'yb_'
const tokenPattern = /^yb_[A-Za-z0-9_-]{43}$/
const microsPerDay = 86_400_000_000n

/**
 * Makes a token and returns its text, which is kept nowhere. A person not yet known is made, and is given the duty
 * where he lacks it. Refuses `person_name_unfit`, `person_taken`, `duty_district_unknown`, `duty_citywide`,
 * `duty_excluded`.
 */
export async function issueToken(
  database: Pick<Database, 'pool'>,
  { person, role, district, days }: NewToken,
  clock: Clock = systemClock,
  by = 'console',
): Promise<string> {
  const token = prefix + randomBytes(32).toString('base64url')
  const now = clock()
  await transact(database, async (tx) => {
    const { name } = await holdDuty(tx, { person, role, district: district ?? null }, { at: now, by })
    await insertToken(tx, {
      tokenHash: digest(token),
      person: name,
      role,
      district: district ?? null,
      createdAt: now,
      expiresAt: now + BigInt(days) * microsPerDay,
      issuedBy: by,
    })
  })
  return token
}

/** Ends a token before its time. */
export async function revokeToken(
  database: Pick<Database, 'pool'>,
  token: string,
  clock: Clock = systemClock,
  revokedBy = 'console',
): Promise<boolean> {
  const ended = await transact(database, async (tx) => {
    await lockAccess(tx)
    return updateTokensRevoked(tx, { tokenHash: digest(token), revokedAt: clock(), revokedBy })
  })
  return ended.length === 1
}

const digest = (token: string): Buffer => createHash('sha256').update(token).digest()

type Known = { readonly actor: Actor; readonly expiresAt: Instant }

// A revocation is seen within a second. A look that is half as old is renewed beside the requests, so that under load
// none waits for it.
const lookedMaxMs = 800
const lookAgainMs = 400
const knownMax = 10_000
// So many unknown tokens within a window are asked for each by itself; those after them together, a few times a second.
const missesMax = 10
const missesWindowMs = 10_000
const askTogetherMs = 250
const askedTogetherMax = 10_000

/** Tells who is behind a token, or a session. One a process. */
export class TokenDesk {
  readonly sessions: SessionDesk
  readonly #database: Database
  readonly #clock: Clock
  readonly #known = new Map<string, Known>()
  // Up to which event the record of access has been seen, and when the look began.
  #seen: bigint | undefined
  #lookedAt = Number.NEGATIVE_INFINITY
  #looking: Promise<void> | undefined
  #next: Promise<void> | undefined
  #misses = 0
  #missesSince = Number.NEGATIVE_INFINITY
  readonly #together = new Set<Buffer>()
  #answered: Promise<TokenFound[]> | undefined

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
    this.sessions = new SessionDesk(database, clock)
  }

  /**
   * The actor of a token, at once where it is believed, else after asking; `undefined` where it opens nothing. `fresh`:
   * believes nothing that was seen before now, because a right that was taken a moment ago must not decide any more.
   */
  actorOf(token: string, fresh = false): Actor | undefined | Promise<Actor | undefined> {
    const age = performance.now() - this.#lookedAt
    if (fresh || age > lookedMaxMs) {
      return tokenPattern.test(token) ? this.#look(fresh).then(() => this.#believed(token)) : undefined
    }
    // Whoever fails to look is asked again, at the latest when nothing may be believed any more.
    if (age > lookAgainMs) void this.#look(false).catch(() => undefined)
    return this.#believed(token)
  }

  #believed(token: string): Actor | undefined | Promise<Actor | undefined> {
    const known = this.#known.get(token)
    if (known) return known.expiresAt > this.#clock() ? known.actor : undefined
    return tokenPattern.test(token) ? this.#ask(token) : undefined
  }

  /** A look that is under way, or, `fromNow`, one that begins after now; many requests share one. */
  #look(fromNow: boolean): Promise<void> {
    if (!this.#looking) return this.#begin()
    if (!fromNow) return this.#looking
    this.#next ??= this.#looking
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined
        return this.#looking ?? this.#begin()
      })
    return this.#next
  }

  #begin(): Promise<void> {
    const began = performance.now()
    const look = this.#lastTaken()
      .then((last) => {
        if (last !== this.#seen) this.#known.clear()
        this.#seen = last
        this.#lookedAt = began
      })
      .finally(() => {
        this.#looking = undefined
      })
    this.#looking = look
    return look
  }

  async #lastTaken(): Promise<bigint> {
    const [row] = await this.#database.sql<{ last: bigint }[]>`
      select coalesce(max(event_id), 0)::bigint as last from access_event where kind in ('duty_ended', 'token_revoked')`
    return row?.last ?? 0n
  }

  async #ask(token: string): Promise<Actor | undefined> {
    const seen = this.#seen
    const hash = digest(token)
    const now = performance.now()
    if (now - this.#missesSince > missesWindowMs) [this.#misses, this.#missesSince] = [0, now]
    const together = this.#misses >= missesMax
    const row = together ? await this.#askTogether(hash) : (await this.#rowsOf([hash]))[0]
    // A role this program does not know carries no rights.
    if (!row || !isRole(row.role) || row.expires_at <= this.#clock()) {
      this.#misses += 1
      return undefined
    }
    const actor: Actor = { person: row.person, role: row.role, district: row.district ?? undefined }
    // What was read before a right was seen taken may be that right.
    if (seen === this.#seen) {
      if (this.#known.size >= knownMax) this.#known.clear()
      this.#known.set(token, { actor, expiresAt: row.expires_at })
    }
    return actor
  }

  #rowsOf(hashes: readonly Buffer[]): Promise<TokenFound[]> {
    return this.#database.sql<TokenFound[]>`
      select token_hash, person, role, district, (extract(epoch from expires_at) * 1000000)::bigint as expires_at
      from token where token_hash = any(${bytesArray(hashes)}::bytea[]) and revoked_at is null`
  }

  /** Whoever guesses costs no read of his own; who is valid among them waits a moment. */
  async #askTogether(hash: Buffer): Promise<TokenFound | undefined> {
    if (this.#together.size >= askedTogetherMax) return undefined
    this.#together.add(hash)
    this.#answered ??= new Promise((resolve) => setTimeout(resolve, askTogetherMs)).then(() => {
      const asked = [...this.#together]
      this.#together.clear()
      this.#answered = undefined
      return this.#rowsOf(asked)
    })
    return (await this.#answered).find(({ token_hash }) => token_hash.equals(hash))
  }
}

type TokenFound = {
  token_hash: Buffer
  person: string
  role: string
  district: string | null
  expires_at: bigint
}
