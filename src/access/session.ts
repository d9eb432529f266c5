/**
 * Sessions of the console: 256 random bits, kept as SHA-256, for one person in one duty. A session is read from the
 * database with every request and not believed: it ends at once with the duty it rests on, after 15 minutes in which
 * nothing came, 8 hours after it began, by hand, and, one of the sample, with the first book that is real.
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Clock, type Instant, instantText } from '../base/calendar.ts'
import { type Database, only, transact, type Tx } from '../base/db.ts'
import { type Actor, isRole, type Role } from './actor.ts'
import { lockAccess } from './store.ts'

export const idleMinutes = 15
export const hoursMost = 8
export const stepMinutes = 5

const microsPerMinute = 60_000_000n
// What came within a minute is not written again.
const seenAgain = microsPerMinute

const secretPattern = /^[A-Za-z0-9_-]{43}$/

export type Session = {
  readonly id: bigint
  readonly actor: Actor
  readonly trial: boolean
  readonly beganAt: Instant
  /** When it ends if nothing more comes; never after the eight hours. */
  readonly until: Instant
  readonly endsAt: Instant
  /** Until when the person counts as having proved himself again. */
  readonly steppedUntil: Instant | undefined
}

export type NewSession = {
  readonly person: string
  readonly role: Role
  readonly district?: string | undefined
  readonly trial: boolean
}

/** Begins a session, in the transaction that made sure of the person; gives what the browser keeps. */
export async function beginSession(
  tx: Tx,
  { person, role, district, trial }: NewSession,
  at: Instant,
): Promise<string> {
  const secret = randomBytes(32).toString('base64url')
  await lockAccess(tx)
  await tx.query(
    `insert into session (session_hash, person, role, district, trial, began_at, ends_at, seen_at)
     values ($1, $2, $3, $4, $5, $6, $7, $6)`,
    [
      digest(secret),
      person,
      role,
      district ?? null,
      trial,
      instantText(at),
      instantText(at + BigInt(hoursMost * 60) * microsPerMinute),
    ],
  )
  return secret
}

export const digest = (secret: string): Buffer => createHash('sha256').update(secret).digest()

type SessionRow = {
  session_id: bigint
  person: string
  role: string
  district: string | null
  trial: boolean
  began_at: bigint
  ends_at: bigint
  seen_at: bigint
  stepped_at: bigint | null
}

/** Who is behind the secret of a session; `undefined` where it opens nothing any more. */
export class SessionDesk {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  async find(secret: string): Promise<Session | undefined> {
    if (!secretPattern.test(secret)) return undefined
    const { sql } = this.#database
    const micros = (column: string) => sql.unsafe(`(extract(epoch from ${column}) * 1000000)::bigint as ${column}`)
    const [row] = await sql<SessionRow[]>`
      select session_id, person, role, district, trial, ${micros('began_at')}, ${micros('ends_at')},
        ${micros('seen_at')}, ${micros('stepped_at')}
      from session s where session_hash = ${digest(secret)} and ended_at is null
        and exists (select from person p join duty d on d.person = p.id
          where p.name = s.person and d.role = s.role and d.district is not distinct from s.district and d.ended_at is null)
        and not (trial and exists (select from book where sample_of is null))`
    if (!row || !isRole(row.role)) return undefined
    const now = this.#clock()
    const idle = row.seen_at + BigInt(idleMinutes) * microsPerMinute
    if (now >= row.ends_at || now >= idle) return undefined
    if (now - row.seen_at >= seenAgain) await this.#seen(row.session_id, now)
    const again = now + BigInt(idleMinutes) * microsPerMinute
    const stepped = row.stepped_at === null ? undefined : row.stepped_at + BigInt(stepMinutes) * microsPerMinute
    return {
      id: row.session_id,
      actor: { person: row.person, role: row.role, district: row.district ?? undefined },
      trial: row.trial,
      beganAt: row.began_at,
      until: again < row.ends_at ? again : row.ends_at,
      endsAt: row.ends_at,
      steppedUntil: stepped,
    }
  }

  /** Ends a session; one that has ended stays so. */
  async end({ id, actor }: Session): Promise<void> {
    await transact(this.#database, async (tx) => {
      await lockAccess(tx)
      await tx.query(`update session set ended_at = $2, ended_by = $3 where session_id = $1 and ended_at is null`, [
        id,
        instantText(this.#clock()),
        actor.person,
      ])
    })
  }

  /** The person has proved himself again. */
  async stepUp({ id }: Session): Promise<Instant> {
    const now = this.#clock()
    await transact(this.#database, async (tx) => {
      await lockAccess(tx)
      const rows = await tx.query(
        'update session set stepped_at = $2 where session_id = $1 and ended_at is null returning session_id',
        [id, instantText(now)],
      )
      only(rows)
    })
    return now + BigInt(stepMinutes) * microsPerMinute
  }

  #seen(id: bigint, at: Instant): Promise<void> {
    return transact(this.#database, async (tx) => {
      await tx.query('update session set seen_at = $2 where session_id = $1 and ended_at is null', [
        id,
        instantText(at),
      ])
    })
  }
}
