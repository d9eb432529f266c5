/**
 * How a person comes to sign in: a link that is good once, exchanged for the secret of one-time codes, and ended by a
 * password and a first code; then a password and a code each time. Who fails is never told which of them was wrong, and
 * it takes as long for a name nobody has.
 */
import { randomBytes } from 'node:crypto'
import type { Clock, Instant } from '../../base/calendar.ts'
import { type Database, transact, type Tx } from '../../base/db.ts'
import { sha256 } from '../../base/digest.ts'
import { type Actor, isRole, type Role } from '../actor.ts'
import { type Doer, holdDuty, personCalled } from '../persons.ts'
import { refuse } from '../refusals.ts'
import { beginSession, newSecret, type Session, signInLaw } from '../session.ts'
import {
  type DutyRow,
  dutiesOf,
  findPerson,
  insertAccessEvent,
  lockAccess,
  type PersonRow,
  updateSessions,
  updateTokensRevoked,
} from '../store.ts'
import { asKept, hashPassword, isPassword, passwordFault } from './password.ts'
import {
  findCredential,
  hasCredentials,
  insertInvitation,
  type InvitationRow,
  lockInvitation,
  putCredential,
  takeStep,
  updateCredentialDisabled,
  updateInvitations,
} from './store.ts'
import { base32, otpAddress, secretBytes, stepOfCode } from './totp.ts'
import type { Vault } from './vault.ts'

/** What signing in works with. One a process. */
export type Accounts = { readonly database: Database; readonly clock: Clock; readonly vault: Vault }

const secondsPerCode = 30

const linkPattern = /^[A-Za-z0-9_-]{43}$/

// --- Invitations ----------------------------------------------------------------------------------------------------

/** A link for a person, in the place of those that were open; gives its code, kept nowhere. */
export async function invite(tx: Tx, called: string, { by, at }: Doer): Promise<{ code: string; endsAt: Instant }> {
  await lockAccess(tx)
  const { name } = await personCalled(tx, called)
  await updateInvitations(tx, { of: name }, { endedAt: at })
  return makeInvitation(tx, name, { by, at })
}

/** The link by which the first account is made; `undefined` where there is one. */
export const inviteFirst = (database: Database, at: Instant): Promise<string | undefined> =>
  transact(database, async (tx) => {
    await lockAccess(tx)
    if (await hasCredentials(tx)) return undefined
    return (await makeInvitation(tx, null, { by: 'console', at })).code
  })

async function makeInvitation(tx: Tx, person: string | null, { by, at }: Doer) {
  const code = newSecret()
  const endsAt = at + signInLaw(at).link
  await insertInvitation(tx, { invitationHash: sha256(code), person, madeAt: at, madeBy: by, endsAt })
  return { code, endsAt }
}

/** What a link was exchanged for: with the ticket, and a code of the secret, one sets one's password. */
export type Enrolling = {
  readonly ticket: string
  /** Absent where the first account is made: its person says his name. */
  readonly person: string | undefined
  readonly secret: string
  /** For the picture; the name in it is a label of the authenticator's. */
  readonly address: string
  readonly until: Instant
}

const noInvitation = (at: Instant) => refuse('invitation_not_found', { hours: signInLaw(at).linkHours })

/** Uses a link, once. Refuses `invitation_not_found`. */
export async function openInvitation({ database, clock, vault }: Accounts, code: string): Promise<Enrolling> {
  const at = clock()
  if (!linkPattern.test(code)) throw noInvitation(at)
  const ticket = newSecret()
  const secret = randomBytes(secretBytes)
  const person = await transact(database, async (tx) => {
    await lockAccess(tx)
    const found = await lockInvitation(tx, { code: sha256(code) })
    const isFirstTooLate = found?.person === null && (await hasCredentials(tx))
    if (!found || found.usedAt !== null || at >= found.endsAt || isFirstTooLate) throw noInvitation(at)
    const used = { usedAt: at, ticketHash: sha256(ticket), totpSecret: vault.seal(secret) }
    await updateInvitations(tx, { hash: found.invitationHash }, used)
    return found.person ?? undefined
  })
  const until = at + signInLaw(at).ticket
  return { ticket, person, secret: base32(secret), address: otpAddress(person ?? '安全管理', secret), until }
}

/** The first duty of real books: he lets others in, and has no business of his own. */
const firstRole: Role = 'security_admin'

/**
 * Sets the password and the one-time code of who opened a link, and signs him in; whatever he was signed in to before
 * has ended. Refuses `invitation_not_found`, `one_time_code_wrong`, `password_unfit`, and, for the first of all,
 * `person_name_unfit`, `person_taken`, `duty_excluded`.
 */
export async function enrol(
  accounts: Accounts,
  { ticket, name, password, code }: { ticket: string; name?: string | undefined; password: string; code: string },
): Promise<string> {
  const { database, clock, vault } = accounts
  const at = clock()
  const hash = sha256(ticket)
  const open = await transact(database, (tx) => ticketOf(tx, hash, at))
  const secret = open.totpSecret && vault.open(open.totpSecret)
  const step = secret ? stepOfCode(secret, code, at, 0n) : undefined
  if (!secret || step === undefined) throw refuse('one_time_code_wrong', { seconds: secondsPerCode })
  const called = open.person ?? name ?? ''
  const person = await findPerson(database.sql, called)
  const why = passwordFault(password, [called, ...(person ? [person.id] : [])])
  if (why) throw refuse('password_unfit', { why })
  const kept = await hashPassword(password)
  return transact(database, async (tx) => {
    await lockAccess(tx)
    const { invitationHash, person: invited } = await ticketOf(tx, hash, at)
    const doer = { by: called, at }
    const holder = invited ?? (await holdDuty(tx, { person: called, role: firstRole, district: null }, doer)).name
    const totpSecret = vault.seal(secret)
    await putCredential(tx, { person: holder, password: kept, totpSecret, totpStep: step, setAt: at })
    await updateInvitations(tx, { hash: invitationHash }, { endedAt: at })
    await updateSessions(tx, { of: holder }, { endedAt: at, endedBy: holder })
    const duty = (await dutiesInForce(tx, holder))[0]
    if (!duty) throw failed(at)
    return beginSession(tx, { person: holder, ...duty, trial: false }, at)
  })
}

/** The open invitation of a ticket. Refuses `invitation_not_found`. */
async function ticketOf(tx: Tx, hash: Buffer, at: Instant): Promise<InvitationRow> {
  const found = await lockInvitation(tx, { ticket: hash })
  const late = found?.usedAt && at >= found.usedAt + signInLaw(at).ticket
  if (!found || late || (found.person === null && (await hasCredentials(tx)))) throw noInvitation(at)
  return found
}

// --- Signing in -----------------------------------------------------------------------------------------------------

function failed(at: Instant) {
  const { failures, suspendedMinutes: minutes } = signInLaw(at)
  return refuse('sign_in_failed', { failures, minutes })
}

/** Under which name guesses are counted: a person's own however he is called, else what was written. */
export async function countedAs({ database }: Accounts, called: string): Promise<string> {
  const person = await findPerson(database.sql, called)
  return person ? `person:${person.name}` : `nobody:${asKept(called).toLowerCase()}`
}

export type SigningIn = {
  readonly person: string
  readonly password: string
  readonly code: string
  /** The duty to sign in to, by its id; absent, or no longer in force: the first there is. */
  readonly duty?: string | undefined
}

/** Signs a person in to one duty; gives what the browser keeps. Refuses `sign_in_failed`. */
export async function signIn(accounts: Accounts, given: SigningIn): Promise<string> {
  const { database, clock, vault } = accounts
  const person = await findPerson(database.sql, given.person)
  const found = person && (await findCredential(database.sql, person.name))
  const fits = await isPassword(given.password, found?.disabledAt === null ? found.password : undefined)
  const secret = found && vault.open(found.totpSecret)
  const at = clock()
  const step = secret ? stepOfCode(secret, given.code, at, found.totpStep) : undefined
  const begun =
    person && found && fits && step !== undefined
      ? await transact(database, async (tx) => {
          await lockAccess(tx)
          const duties = await dutiesInForce(tx, person.name)
          const duty = duties.find(({ id }) => id.toString() === given.duty) ?? duties[0]
          if (!duty || !(await takeStep(tx, found, step))) return undefined
          return beginSession(tx, { person: person.name, ...duty, trial: false }, at)
        })
      : undefined
  if (begun !== undefined) return begun
  await noteFailure(accounts, person)
  throw failed(at)
}

/** What proves a person who is signed in once more. */
export type Proof = { readonly password: string } | { readonly code: string }

/** Holds a proof against the person of a session. Refuses `sign_in_failed`. */
export async function prove(accounts: Accounts, { actor }: Session, proof: Proof): Promise<void> {
  const { database, clock, vault } = accounts
  const found = await findCredential(database.sql, actor.person)
  if (found?.disabledAt === null && (await fitsNow())) return
  await noteFailure(accounts, { name: actor.person })
  throw failed(clock())

  async function fitsNow(): Promise<boolean> {
    if (!found) return false
    if ('password' in proof) return isPassword(proof.password, found.password)
    const secret = vault.open(found.totpSecret)
    const step = secret && stepOfCode(secret, proof.code, clock(), found.totpStep)
    return step !== undefined && (await transact(database, (tx) => takeStep(tx, found, step)))
  }
}

/** Who fails under a name nobody has is not written down: it may have been a password. */
const noteFailure = ({ database, clock }: Accounts, person: Pick<PersonRow, 'name'> | undefined): Promise<void> =>
  transact(database, async (tx) => {
    await lockAccess(tx)
    const name = person?.name ?? '-'
    await insertAccessEvent(tx, { kind: 'sign_in_failed', person: name, doneBy: name, at: clock() })
  })

// --- Duties of who is signed in -------------------------------------------------------------------------------------

export type OwnDuty = Pick<DutyRow, 'id' | 'district'> & { readonly role: Role }

/** Duties a person can sign in to. A machine's is none: it comes by its token. */
async function dutiesInForce(reader: Parameters<typeof findPerson>[0], name: string): Promise<OwnDuty[]> {
  const person = await findPerson(reader, name)
  const held = person ? await dutiesOf(reader, [person.id]) : []
  return held.flatMap(({ id, role, district, endedAt }) =>
    endedAt === null && isRole(role) && role !== 'integration' ? [{ id, role, district }] : [],
  )
}

/** The duties whoever is signed in can go on in. */
export const ownDuties = ({ database }: Accounts, { person }: Pick<Actor, 'person'>): Promise<OwnDuty[]> =>
  dutiesInForce(database.sql, person)

/** Goes on in another duty of the same person: one session ends, another begins. Refuses `duty_not_found`. */
export const changeDuty = ({ database, clock }: Accounts, session: Session, duty: string): Promise<string> =>
  transact(database, async (tx) => {
    const { person } = session.actor
    await lockAccess(tx)
    const next = (await dutiesInForce(tx, person)).find(({ id }) => id.toString() === duty)
    const at = clock()
    const ended = next && (await updateSessions(tx, { session: session.id }, { endedAt: at, endedBy: person }))
    if (!next || !ended) throw refuse('duty_not_found', { person, duty })
    return beginSession(tx, { person, ...next, trial: false, endsAt: session.endsAt }, at)
  })

/**
 * Lets a person in no more, until he is invited again: his password, open links, sessions and tokens. His duties stay.
 * Refuses `person_not_found`, `sign_in_nothing_to_disable`.
 */
export async function disable(tx: Tx, called: string, { by, at }: Doer): Promise<PersonRow> {
  await lockAccess(tx)
  const person = await personCalled(tx, called)
  const { id, name } = person
  let ended = await updateInvitations(tx, { of: name }, { endedAt: at })
  if (await updateCredentialDisabled(tx, name, { disabledAt: at, disabledBy: by })) ended += 1
  ended += await updateSessions(tx, { of: name }, { endedAt: at, endedBy: by })
  for (const { role, district } of await dutiesOf(tx, [id])) {
    ended += (await updateTokensRevoked(tx, { person: name, role, district, revokedAt: at, revokedBy: by })).length
  }
  if (ended === 0) throw refuse('sign_in_nothing_to_disable', { person: name })
  return person
}
