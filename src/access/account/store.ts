/** The statements of credentials and invitations. */
import { and, eq, isNull, sql } from 'drizzle-orm'
import type { Instant } from '../../base/calendar.ts'
import type { Reader, Tx } from '../../base/db.ts'
import { changed, excluded, prepared, written } from '../../base/drizzle/queries.ts'
import { credentials, invitations } from '../tables.ts'

export type CredentialRow = Readonly<typeof credentials.$inferSelect>
export type InvitationRow = Readonly<typeof invitations.$inferSelect>

// --- Credentials ----------------------------------------------------------------------------------------------------

const finding = prepared((on) =>
  on
    .select()
    .from(credentials)
    .where(eq(credentials.person, sql.placeholder('person'))),
)

export const findCredential = async (reader: Reader, person: string): Promise<CredentialRow | undefined> =>
  (await finding(reader, { person }))[0]

const any = prepared((on) => on.select({ person: credentials.person }).from(credentials).limit(1))

/** Whether anybody can sign in, or ever could. */
export const hasCredentials = async (reader: Reader): Promise<boolean> => (await any(reader, {})).length > 0

const setting = prepared((on, given) =>
  on
    .insert(credentials)
    .values(written(credentials, given))
    .onConflictDoUpdate({ target: credentials.person, set: excluded(credentials) }),
)

/** Sets a credential, in the place of one that was there; who was disabled no longer is. */
export const putCredential = async (tx: Tx, given: Omit<CredentialRow, 'disabledAt' | 'disabledBy'>): Promise<void> => {
  await setting(tx, given)
}

// Only of the very password that was looked at, and only where nobody took the step meanwhile.
const taking = prepared((on) =>
  on
    .update(credentials)
    .set({ totpStep: sql`${sql.placeholder('step')}::bigint` })
    .where(
      and(
        eq(credentials.person, sql.placeholder('person')),
        eq(credentials.password, sql.placeholder('password')),
        sql`${credentials.totpStep} < ${sql.placeholder('step')}::bigint`,
        isNull(credentials.disabledAt),
      ),
    )
    .returning({ person: credentials.person }),
)

/** Takes a step of the one-time code; false where it was taken, or the credential is another by now. */
export const takeStep = async (
  tx: Tx,
  { person, password }: Pick<CredentialRow, 'person' | 'password'>,
  step: bigint,
): Promise<boolean> => (await taking(tx, { person, password, step })).length > 0

const disabling = prepared((on, given) =>
  on
    .update(credentials)
    .set(changed(credentials, given))
    .where(and(eq(credentials.person, sql.placeholder('of')), isNull(credentials.disabledAt)))
    .returning({ person: credentials.person }),
)

export const updateCredentialDisabled = async (
  tx: Tx,
  of: string,
  by: { readonly disabledAt: Instant; readonly disabledBy: string },
): Promise<boolean> => (await disabling(tx, { of, ...by })).length > 0

// --- Invitations ----------------------------------------------------------------------------------------------------

const inviting = prepared((on, given) => on.insert(invitations).values(written(invitations, given)))

export const insertInvitation = async (
  tx: Tx,
  given: Pick<InvitationRow, 'invitationHash' | 'person' | 'madeAt' | 'madeBy' | 'endsAt'>,
): Promise<void> => {
  await inviting(tx, given)
}

const lockingInvitation = prepared((on, given) =>
  on
    .select()
    .from(invitations)
    .where(
      and(
        isNull(invitations.endedAt),
        given.has('code') ? eq(invitations.invitationHash, sql.placeholder('code')) : undefined,
        given.has('ticket') ? eq(invitations.ticketHash, sql.placeholder('ticket')) : undefined,
      ),
    )
    .for('update'),
)

/** An open invitation, by its link or by what that was exchanged for. */
export const lockInvitation = async (
  tx: Tx,
  by: { readonly code: Buffer } | { readonly ticket: Buffer },
): Promise<InvitationRow | undefined> => (await lockingInvitation(tx, by))[0]

const changing = prepared((on, given) =>
  on
    .update(invitations)
    .set({ ...changed(invitations, given), ...(given.has('endedAt') && { totpSecret: null }) })
    .where(
      and(
        isNull(invitations.endedAt),
        given.has('hash') ? eq(invitations.invitationHash, sql.placeholder('hash')) : undefined,
        given.has('of') ? eq(invitations.person, sql.placeholder('of')) : undefined,
      ),
    )
    .returning({ hash: invitations.invitationHash }),
)

type InvitationChange = Pick<InvitationRow, 'usedAt' | 'ticketHash' | 'totpSecret'> | { readonly endedAt: Instant }

/** Changes one open invitation, or all of a person; gives how many there were. */
export const updateInvitations = async (
  tx: Tx,
  which: { readonly hash: Buffer } | { readonly of: string },
  change: InvitationChange,
): Promise<number> => (await changing(tx, { ...which, ...change })).length

// --- What of all that is shown --------------------------------------------------------------------------------------

const states = prepared((on) =>
  on
    .select({
      person: sql<string>`called`,
      credential: sql<boolean>`exists (select from credential c where c.person = called and c.disabled_at is null)`,
      disabled: sql<boolean>`exists (select from credential c where c.person = called and c.disabled_at is not null)`,
      invited: sql<boolean>`exists (select from invitation i where i.person = called and i.ended_at is null
        and i.ends_at > now())`,
    })
    .from(sql`unnest(${sql.placeholder('names')}::text[]) called`),
)

export const signInStateNames = ['none', 'invited', 'ready', 'disabled'] as const
export type SignInState = (typeof signInStateNames)[number]

/**
 * Whether each of these may sign in, by the names they sign under. By the clock of the database, as links are of our
 * time.
 */
export async function signInStates(
  reader: Reader,
  names: readonly string[],
): Promise<ReadonlyMap<string, SignInState>> {
  const rows = await states(reader, { names })
  return new Map(
    rows.map(({ person, credential, disabled, invited }) => [
      person,
      credential ? 'ready' : invited ? 'invited' : disabled ? 'disabled' : 'none',
    ]),
  )
}
