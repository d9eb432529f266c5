/**
 * Sessions of the console: 256 random bits, kept as SHA-256, for one person in one duty. A session is read from the
 * database with every request and not believed: it ends at once with the duty it rests on, after 15 minutes in which
 * nothing came, 8 hours after it began, by hand, and, one of the sample, with the first book that is real.
 */
import { randomBytes } from 'node:crypto'
import { businessDay, type Clock, type Instant } from '../base/calendar.ts'
import { type Database, transact, type Tx } from '../base/db.ts'
import { sha256 } from '../base/digest.ts'
import { lawOn } from '../policy/parameters.ts'
import { type Actor, isRole, type Role } from './actor.ts'
import { findSession, insertSession, lockAccess, updateSessions } from './store.ts'

export const microsPerMinute = 60_000_000n

/** What the law of an instant says of signing in; `micros` are of instants. */
export function signInLaw(at: Instant) {
  const law = lawOn(businessDay(at))
  const [idle, hours] = [law.take('sign_in_idle_minutes'), law.take('sign_in_session_hours')]
  const [proof, ticket] = [law.take('sign_in_proof_minutes'), law.take('sign_in_ticket_minutes')]
  const linkHours = law.take('sign_in_link_hours')
  const micros = (minutes: number): bigint => BigInt(minutes) * microsPerMinute
  return {
    idle: micros(idle),
    session: micros(hours * 60),
    proof: micros(proof),
    ticket: micros(ticket),
    link: micros(linkHours * 60),
    linkHours,
    failures: law.take('sign_in_failures'),
    suspendedMinutes: law.take('sign_in_suspended_minutes'),
  }
}

// What came within a minute is not written again.
const seenAgain = microsPerMinute

const secretPattern = /^[A-Za-z0-9_-]{43}$/

/** What opens something, once given to a browser and kept here as its hash. */
export const newSecret = (): string => randomBytes(32).toString('base64url')

export type Session = {
  readonly id: bigint
  /** `unproved` where the person has not proved himself within the last five minutes. */
  readonly actor: Actor
  readonly trial: boolean
  /** When it ends if nothing more comes; never after the eight hours. */
  readonly until: Instant
  readonly endsAt: Instant
}

export type NewSession = {
  readonly person: string
  readonly role: Role
  readonly district?: string | null | undefined
  readonly trial: boolean
  /** Of one that goes on in another duty: its eight hours began with the first. */
  readonly endsAt?: Instant
}

/** Begins a session, in the transaction that made sure of the person; gives what the browser keeps. */
export async function beginSession(
  tx: Tx,
  { person, role, district = null, trial, endsAt }: NewSession,
  at: Instant,
): Promise<string> {
  const secret = newSecret()
  await lockAccess(tx)
  const latest = at + signInLaw(at).session
  await insertSession(tx, {
    sessionHash: sha256(secret),
    person,
    role,
    district,
    trial,
    beganAt: at,
    endsAt: endsAt ?? latest,
    seenAt: at,
  })
  return secret
}

/** Who is behind the secret of a session; `undefined` where it opens nothing any more. */
export class SessionDesk {
  readonly #database: Database
  readonly #clock: Clock

  constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  /** `resting`: a page asks by itself, and nobody sits before it; the fifteen minutes go on. */
  async find(secret: string, resting = false): Promise<Session | undefined> {
    if (!secretPattern.test(secret)) return undefined
    const row = await findSession(this.#database.sql, sha256(secret))
    if (!row || !isRole(row.role)) return undefined
    const now = this.#clock()
    const { idle: rest, proof } = signInLaw(now)
    const idle = row.seenAt + rest
    if (now >= row.endsAt || now >= idle) return undefined
    if (!resting && now - row.seenAt >= seenAgain) await this.#change(row.id, { seenAt: now })
    const again = resting ? idle : now + rest
    const proved = row.steppedAt !== null && now < row.steppedAt + proof
    return {
      id: row.id,
      actor: {
        person: row.person,
        role: row.role,
        district: row.district ?? undefined,
        ...(!proved && { unproved: true }),
      },
      trial: row.trial,
      until: again < row.endsAt ? again : row.endsAt,
      endsAt: row.endsAt,
    }
  }

  /** Ends a session; one that has ended stays so. */
  async end({ id, actor }: Session): Promise<void> {
    await this.#change(id, { endedAt: this.#clock(), endedBy: actor.person })
  }

  /** The person has proved himself again. Gives until when that holds; `undefined` where the session has ended. */
  async stepUp({ id }: Session): Promise<Instant | undefined> {
    const now = this.#clock()
    const isOpen = await this.#change(id, { steppedAt: now })
    return isOpen ? now + signInLaw(now).proof : undefined
  }

  /** Gives whether the session was still open. */
  #change(id: bigint, change: Parameters<typeof updateSessions>[2]): Promise<boolean> {
    return transact(this.#database, async (tx) => {
      // What is noted is noted in the order of its ids; that something came is not noted.
      if (!('seenAt' in change)) await lockAccess(tx)
      return (await updateSessions(tx, { session: id }, change)) === 1
    })
  }
}
