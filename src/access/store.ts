/** The statements of persons, duties, tokens and the record of access. */
import { and, asc, eq, getTableColumns, gt, isNull, or, sql } from 'drizzle-orm'
import type { Instant } from '../base/calendar.ts'
import { only, type Reader, type Tx } from '../base/db.ts'
import { changed, matching, prepared, written } from '../base/drizzle/queries.ts'
import { accessEvents, duties, persons, sessions, tokens } from './tables.ts'

export type PersonRow = Pick<typeof persons.$inferSelect, 'id' | 'name' | 'madeAt' | 'madeBy'>
export type DutyRow = Readonly<typeof duties.$inferSelect>
export type TokenRow = Readonly<Omit<typeof tokens.$inferSelect, 'tokenHash'>>
export type AccessEventRow = Readonly<typeof accessEvents.$inferSelect>

/**
 * One at a time, until the end of the transaction: who is like whom, and what excludes what, is seen by everybody who
 * makes and gives, in whatever process.
 */
export async function lockAccess(tx: Tx): Promise<void> {
  await tx.query('select pg_advisory_xact_lock(hashtext($1))', ['yiben.access'])
}

// --- Persons --------------------------------------------------------------------------------------------------------

const shown = { id: persons.id, name: persons.name, madeAt: persons.madeAt, madeBy: persons.madeBy }
const called = sql.placeholder('called')

const finding = prepared((on) =>
  on
    .select(shown)
    .from(persons)
    .where(or(eq(persons.id, called), eq(persons.name, called))),
)

/** The person of an id or a name, as it is spelled. */
export const findPerson = async (reader: Reader, given: string): Promise<PersonRow | undefined> =>
  (await finding(reader, { called: given }))[0]

const alike = prepared((on) => {
  const name = sql`${sql.placeholder('name')}::text`
  const id = sql`${sql.placeholder('id')}::text`
  return on
    .select(shown)
    .from(persons)
    .where(
      sql`${persons.id} in (${id}, yiben.folded(${name})) or ${persons.folded} in (yiben.folded(${name}), ${id})
          or ${persons.skeleton} = yiben.skeleton(${name})`,
    )
    .orderBy(asc(persons.madeAt))
    .limit(1)
})

/** Who is called so already, or so that the two cannot be told apart. */
export const findAlike = async (tx: Tx, given: { id: string; name: string }): Promise<PersonRow | undefined> =>
  (await alike(tx, given))[0]

const making = prepared((on, given) => on.insert(persons).values(written(persons, given)).returning(shown))

export const insertPerson = async (tx: Tx, given: PersonRow): Promise<PersonRow> => only(await making(tx, given))

const counting = prepared((on) => on.select({ count: sql<number>`count(*)::integer` }).from(persons))

export const countPersons = async (tx: Tx): Promise<number> => only(await counting(tx, {})).count

// A district's own sees those who have a duty there or everywhere.
const hasDutyIn = sql`exists (
  select from duty d where d.person = person.id and (d.district is null or d.district = ${sql.placeholder('district')}))`

const listing = prepared((on, given) =>
  on
    .select(shown)
    .from(persons)
    .where(and(gt(persons.id, sql.placeholder('after')), given.has('district') ? hasDutyIn : undefined))
    .orderBy(asc(persons.id))
    .limit(sql.placeholder('limit')),
)

export type Page<Place> = { readonly after: Place; readonly limit: number; readonly district?: string | undefined }

export const readPersons = (reader: Reader, page: Page<string>): Promise<PersonRow[]> => listing(reader, page)

// --- Duties ---------------------------------------------------------------------------------------------------------

const ofPersons = prepared((on) =>
  on
    .select()
    .from(duties)
    .where(sql`${duties.person} = any(${sql.placeholder('persons')}::text[])`)
    .orderBy(asc(duties.id)),
)

/** All duties of persons, by id, those that ended too. */
export const dutiesOf = (reader: Reader, ids: readonly string[]): Promise<DutyRow[]> =>
  ofPersons(reader, { persons: ids })

const giving = prepared((on, given) => on.insert(duties).values(written(duties, given)).returning())

export const insertDuty = async (tx: Tx, given: Omit<DutyRow, 'id' | 'endedAt' | 'endedBy'>): Promise<DutyRow> =>
  only(await giving(tx, given))

const ending = prepared((on, given) =>
  on
    .update(duties)
    .set(changed(duties, given))
    .where(and(eq(duties.id, sql.placeholder('id')), isNull(duties.endedAt)))
    .returning(),
)

export const updateDutyEnded = async (
  tx: Tx,
  given: { id: bigint; endedAt: Instant; endedBy: string },
): Promise<DutyRow | undefined> => (await ending(tx, given))[0]

/**
 * Whether a person, by the name under which he signs, holds one of some roles that reaches a district; `null` is the
 * whole city, which a district's duty does not reach. `signedIn`: and a token of it that still opens.
 */
export async function holdsDuty(
  reader: Tx,
  {
    name,
    roles,
    district,
    signedIn,
  }: { name: string; roles: readonly string[]; district: string | null; signedIn: boolean },
): Promise<boolean> {
  // By the clock of the database: a token is of our time, whatever day is told of.
  const rows = await reader.query(
    `select from person p join duty d on d.person = p.id
     where p.name = $1 and d.ended_at is null and d.role = any($2::text[]) and (d.district is null or d.district = $3)
       and (not $4::boolean
         or exists (select from credential c where c.person = p.name and c.disabled_at is null)
         or exists (
         select from token t where t.person = p.name and t.role = d.role and t.district is not distinct from d.district
           and t.revoked_at is null and t.expires_at > now()))
     limit 1`,
    [name, roles, district, signedIn],
  )
  return rows.length > 0
}

// --- Tokens ---------------------------------------------------------------------------------------------------------

const { tokenHash: _, ...tokenShown } = {
  tokenHash: tokens.tokenHash,
  person: tokens.person,
  role: tokens.role,
  district: tokens.district,
  createdAt: tokens.createdAt,
  expiresAt: tokens.expiresAt,
  revokedAt: tokens.revokedAt,
  id: tokens.id,
  issuedBy: tokens.issuedBy,
  revokedBy: tokens.revokedBy,
}

const issuing = prepared((on, given) => on.insert(tokens).values(written(tokens, given)).returning({ id: tokens.id }))

export type NewTokenRow = Pick<
  typeof tokens.$inferSelect,
  'tokenHash' | 'person' | 'role' | 'district' | 'createdAt' | 'expiresAt'
> & { readonly issuedBy: string }

export const insertToken = async (tx: Tx, given: NewTokenRow): Promise<bigint> => only(await issuing(tx, given)).id

const revoking = prepared((on, given) =>
  on
    .update(tokens)
    .set({
      revokedAt: sql`${sql.param(sql.placeholder('revokedAt'), tokens.revokedAt)}::timestamptz`,
      revokedBy: sql`${sql.placeholder('revokedBy')}`,
    })
    .where(
      and(
        isNull(tokens.revokedAt),
        given.has('tokenHash') ? eq(tokens.tokenHash, sql.placeholder('tokenHash')) : undefined,
        given.has('id') ? eq(tokens.id, sql.placeholder('id')) : undefined,
        given.has('person')
          ? sql`${tokens.person} = ${sql.placeholder('person')} and ${tokens.role} = ${sql.placeholder('role')}
                and ${tokens.district} is not distinct from ${sql.placeholder('district')}`
          : undefined,
      ),
    )
    .returning(tokenShown),
)

/** Which tokens: one by its hash or its id, or all of one duty. */
export type WhichTokens =
  | { readonly tokenHash: Buffer }
  | { readonly id: bigint }
  | { readonly person: string; readonly role: string; readonly district: string | null }

/** Ends tokens that still run, and gives them. */
export const updateTokensRevoked = (
  tx: Tx,
  given: WhichTokens & { readonly revokedAt: Instant; readonly revokedBy: string },
): Promise<TokenRow[]> => revoking(tx, given)

const listingTokens = prepared((on, given) =>
  on
    .select(tokenShown)
    .from(tokens)
    .where(and(gt(tokens.id, sql.placeholder('after')), matching(tokens, given)))
    .orderBy(asc(tokens.id))
    .limit(sql.placeholder('limit')),
)

export type TokenFilter = Page<bigint> & { readonly person?: string | undefined; readonly role?: string | undefined }

export const readTokens = (reader: Reader, filter: TokenFilter): Promise<TokenRow[]> => listingTokens(reader, filter)

// --- The record of access -------------------------------------------------------------------------------------------

const listingEvents = prepared((on, given) =>
  on
    .select()
    .from(accessEvents)
    .where(and(gt(accessEvents.id, sql.placeholder('after')), matching(accessEvents, given)))
    .orderBy(asc(accessEvents.id))
    .limit(sql.placeholder('limit')),
)

export const readAccessEvents = (
  reader: Reader,
  filter: Page<bigint> & { readonly person?: string | undefined },
): Promise<AccessEventRow[]> => listingEvents(reader, filter)

const noting = prepared((on, given) => on.insert(accessEvents).values(written(accessEvents, given)))

/** Notes what no table tells of itself. */
export const insertAccessEvent = async (
  tx: Tx,
  given: Pick<AccessEventRow, 'kind' | 'person' | 'doneBy' | 'at'>,
): Promise<void> => {
  await noting(tx, given)
}

// --- Sessions -------------------------------------------------------------------------------------------------------

const { sessionHash: __, endedAt: ___, endedBy: ____, beganAt: _____, ...sessionShown } = getTableColumns(sessions)

export type SessionRow = Readonly<Omit<typeof sessions.$inferSelect, 'sessionHash' | 'endedAt' | 'endedBy' | 'beganAt'>>

// One that rests on nothing any more: the duty has ended, or, of the sample, a book is real.
const rests = sql`exists (
    select from person p join duty d on d.person = p.id where p.name = ${sessions.person} and d.role = ${sessions.role}
      and d.district is not distinct from ${sessions.district} and d.ended_at is null)
  and not (${sessions.trial} and exists (select from book where sample_of is null))`

const findingSession = prepared((on) =>
  on
    .select(sessionShown)
    .from(sessions)
    .where(and(eq(sessions.sessionHash, sql.placeholder('hash')), isNull(sessions.endedAt), rests)),
)

/** An open session that rests on a duty in force. */
export const findSession = async (reader: Reader, hash: Buffer): Promise<SessionRow | undefined> =>
  (await findingSession(reader, { hash }))[0]

const beginning = prepared((on, given) => on.insert(sessions).values(written(sessions, given)))

export const insertSession = async (
  tx: Tx,
  given: Pick<
    typeof sessions.$inferSelect,
    'sessionHash' | 'person' | 'role' | 'district' | 'trial' | 'beganAt' | 'endsAt' | 'seenAt'
  >,
): Promise<void> => {
  await beginning(tx, given)
}

const changingSession = prepared((on, given) =>
  on
    .update(sessions)
    .set(changed(sessions, given))
    .where(
      and(
        isNull(sessions.endedAt),
        given.has('session') ? eq(sessions.id, sql.placeholder('session')) : undefined,
        given.has('of') ? eq(sessions.person, sql.placeholder('of')) : undefined,
      ),
    )
    .returning({ id: sessions.id }),
)

type SessionChange =
  | { readonly seenAt: Instant }
  | { readonly steppedAt: Instant }
  | { readonly endedAt: Instant; readonly endedBy: string }

/** Changes one open session, or all of a person; gives how many there were. */
export const updateSessions = async (
  tx: Tx,
  which: { readonly session: bigint } | { readonly of: string },
  change: SessionChange,
): Promise<number> => (await changingSession(tx, { ...which, ...change })).length
