/**
 * Persons and their duties. A person signs under one name, unique however it is spelled, and holds duties that do not
 * exclude each other; a duty that ends takes its tokens with it. Everything here runs under one lock, so two processes
 * that make the same person, or give duties that exclude each other, see each other.
 */
import { businessDay, type Instant } from '../base/calendar.ts'
import type { Reader, Tx } from '../base/db.ts'
import { isDistrictOrCity } from '../policy/identifier.ts'
import { lawOn } from '../policy/parameters.ts'
import { type Actor, demand, type Role } from './actor.ts'
import { citywide, exclusionOf, reachOf } from './duties.ts'
import { refuse } from './refusals.ts'
import { type SignInState, signInStates } from './account/store.ts'
import {
  type AccessEventRow,
  countPersons,
  type DutyRow,
  dutiesOf,
  findAlike,
  findPerson,
  insertDuty,
  insertPerson,
  lockAccess,
  type Page,
  type PersonRow,
  readAccessEvents,
  readPersons,
  readTokens,
  type TokenFilter,
  type TokenRow,
  updateDutyEnded,
  updateTokensRevoked,
} from './store.ts'

export type { AccessEventRow, DutyRow, TokenRow } from './store.ts'

/** Who does it, and when. */
export type Doer = { readonly by: string; readonly at: Instant }

export type NewDuty = { readonly role: Role; readonly district: string | null }

export type Person = PersonRow & {
  readonly duties: readonly DutyRow[]
  /** Absent of one who was made just now. */
  readonly signIn?: SignInState
}

/** Names are of Han characters or ASCII letters, with digits and a few signs; nothing that NFKC would change. */
export const isPersonName = (given: string): boolean =>
  /^[\p{Unified_Ideograph}A-Za-z0-9][\p{Unified_Ideograph}A-Za-z0-9_.:@·-]{0,63}$/u.test(given) &&
  given.normalize('NFKC') === given

/** Ids are for machines and addresses. What begins with `person.` is numbered here, for names that are no id. */
export const isPersonId = (given: string): boolean => /^(?!person\.)[a-z][a-z0-9_.:@-]{0,63}$/.test(given)

/** Registers a person. Refuses `person_name_unfit`, `person_taken`. */
export async function makePerson(
  tx: Tx,
  { id: given, name }: { readonly id?: string | undefined; readonly name: string },
  { by, at }: Doer,
): Promise<PersonRow> {
  await lockAccess(tx)
  if (!isPersonName(name)) throw refuse('person_name_unfit', { name })
  const id = given ?? (isPersonId(name) ? name : `person.${(await countPersons(tx)) + 1}`)
  const taken = await findAlike(tx, { id, name })
  if (taken) throw refuse('person_taken', { given: taken.id === given ? id : name, name: taken.name, id: taken.id })
  return insertPerson(tx, { id, name, madeAt: at, madeBy: by })
}

/**
 * Gives a person a duty. Refuses `person_not_found`, `duty_district_unknown`, `duty_citywide`, `duty_stands`,
 * `duty_excluded`.
 */
export async function giveDuty(tx: Tx, called: string, duty: NewDuty, { by, at }: Doer): Promise<DutyRow> {
  await lockAccess(tx)
  const person = await personCalled(tx, called)
  requireDistrict(duty, at)
  const stands = await standing(tx, person, duty)
  if (stands) throw refuse('duty_stands', { person: person.name, role: duty.role, duty: stands.id.toString() })
  return give(tx, person, duty, { by, at })
}

/**
 * That a person holds a duty: he is made where nobody is called so, and given it where he lacks it. Refuses
 * `person_name_unfit`, `person_taken`, `duty_district_unknown`, `duty_citywide`, `duty_excluded`.
 */
export async function holdDuty(
  tx: Tx,
  { person: called, ...duty }: NewDuty & { readonly person: string },
  doer: Doer,
): Promise<PersonRow> {
  await lockAccess(tx)
  requireDistrict(duty, doer.at)
  const person = (await findPerson(tx, called)) ?? (await makePerson(tx, { name: called }, doer))
  if (!(await standing(tx, person, duty))) await give(tx, person, duty, doer)
  return person
}

/** Ends a duty and every token of it. Refuses `person_not_found`, `duty_not_found`. */
export async function endDuty(tx: Tx, called: string, duty: string, { by, at }: Doer): Promise<DutyRow> {
  await lockAccess(tx)
  const person = await personCalled(tx, called)
  const held = (await dutiesOf(tx, [person.id])).find(({ id }) => id.toString() === duty)
  const ended = held && (await updateDutyEnded(tx, { id: held.id, endedAt: at, endedBy: by }))
  if (!ended) throw refuse('duty_not_found', { person: person.name, duty })
  const { role, district } = ended
  await updateTokensRevoked(tx, { person: person.name, role, district, revokedAt: at, revokedBy: by })
  return ended
}

/** Ends a token by the id it has in lists. Refuses `token_not_found`. */
export async function revokeTokenById(tx: Tx, token: string, { by, at }: Doer): Promise<TokenRow> {
  await lockAccess(tx)
  const id = /^[1-9][0-9]{0,17}$/.test(token) ? BigInt(token) : 0n
  const [ended] = await updateTokensRevoked(tx, { id, revokedAt: at, revokedBy: by })
  if (!ended) throw refuse('token_not_found', { token })
  return ended
}

/** The person of an id or name. Refuses `person_not_found`. */
export async function personCalled(reader: Reader, called: string): Promise<PersonRow> {
  const person = await findPerson(reader, called)
  if (!person) throw refuse('person_not_found', { person: called })
  return person
}

function requireDistrict({ role, district }: NewDuty, at: Instant): void {
  if (district === null) return
  if (citywide.includes(role)) throw refuse('duty_citywide', { role, district })
  if (!isDistrictOrCity(district, lawOn(businessDay(at)))) throw refuse('duty_district_unknown', { district, role })
}

const runs = ({ endedAt }: DutyRow): boolean => endedAt === null

const standing = async (tx: Tx, { id }: PersonRow, { role, district }: NewDuty): Promise<DutyRow | undefined> =>
  (await dutiesOf(tx, [id])).find((duty) => runs(duty) && duty.role === role && duty.district === district)

async function give(tx: Tx, { id, name }: PersonRow, duty: NewDuty, { by, at }: Doer): Promise<DutyRow> {
  for (const held of (await dutiesOf(tx, [id])).filter(runs)) {
    const clause = exclusionOf(duty, held)
    if (clause === undefined) continue
    const facts = { person: name, role: duty.role, where: reachOf(duty), held: held.role, heldWhere: reachOf(held) }
    throw refuse('duty_excluded', facts, clause)
  }
  return insertDuty(tx, { person: id, ...duty, givenAt: at, givenBy: by })
}

// --- Reading --------------------------------------------------------------------------------------------------------

type Asked<Place> = Omit<Page<Place>, 'district'>

/** Persons after an id, with all their duties. Refuses `permission_denied`. */
export async function listPersons(reader: Reader, actor: Actor, page: Asked<string>): Promise<Person[]> {
  demand(actor, 'person.read')
  const rows = await readPersons(reader, { ...page, district: actor.district })
  return withDuties(reader, rows)
}

/** One person, with all his duties. Refuses `permission_denied`, `person_not_found`. */
export async function readPerson(reader: Reader, actor: Actor, called: string): Promise<Person> {
  demand(actor, 'person.read')
  const [person] = await withDuties(reader, [await personCalled(reader, called)])
  const { district } = actor
  const isThere = district === undefined || person?.duties.some((duty) => [null, district].includes(duty.district))
  if (!person || !isThere) throw refuse('person_not_found', { person: called })
  return person
}

/** A person as lists show him. */
export const shownPerson = async (reader: Reader, row: PersonRow): Promise<Person> =>
  (await withDuties(reader, [row]))[0] ?? { ...row, duties: [] }

async function withDuties(reader: Reader, rows: readonly PersonRow[]): Promise<Person[]> {
  const held = await dutiesOf(
    reader,
    rows.map(({ id }) => id),
  )
  const states = await signInStates(
    reader,
    rows.map(({ name }) => name),
  )
  return rows.map((row) => ({
    ...row,
    duties: held.filter(({ person }) => person === row.id),
    signIn: states.get(row.name) ?? 'none',
  }))
}

/** Tokens after an id, never what opens anything. Refuses `permission_denied`. */
export async function listTokens(
  reader: Reader,
  actor: Actor,
  filter: Omit<TokenFilter, 'district'>,
): Promise<TokenRow[]> {
  demand(actor, 'person.read')
  return readTokens(reader, { ...filter, district: actor.district })
}

/** What happened to persons, duties and tokens, oldest first. Refuses `permission_denied`. */
export async function listAccessEvents(
  reader: Reader,
  actor: Actor,
  filter: Asked<bigint> & { readonly person?: string | undefined },
): Promise<AccessEventRow[]> {
  demand(actor, 'person.read')
  return readAccessEvents(reader, { ...filter, district: actor.district })
}
