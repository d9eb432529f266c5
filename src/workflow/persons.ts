/** What a security administrator does: he makes persons, gives and ends duties, and revokes tokens. Nobody his own. */
import {
  dutyViewOf,
  newDuty,
  newPerson,
  ofDuty,
  ofPerson,
  ofToken,
  personViewOf,
  tokenViewOf,
} from '../access/forms.ts'
import { endDuty, giveDuty, makePerson, personCalled, revokeTokenById, shownPerson } from '../access/persons.ts'
import { disable, invite } from '../access/account/account.ts'
import { refuse } from '../access/refusals.ts'
import { type Actor, demand } from '../access/actor.ts'
import { transact, type Tx } from '../base/db.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { noContent, nothing, verb } from '../noun/verb.ts'

/** Registers a person, who may do nothing yet. */
export const registerPerson = verb({
  kind: 'person.make',
  right: 'person.manage',
  of: nothing,
  form: newPerson,
  refuses: ['person_name_unfit', 'person_taken', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, given) =>
    personViewOf({ ...(await makePerson(tx, given, { by: actor.person, at })), duties: [] }),
})

/** Gives somebody else a duty. */
export const assignDuty = verb({
  kind: 'duty.give',
  right: 'person.manage',
  of: ofPerson,
  form: newDuty,
  refuses: [
    'person_not_found',
    'duty_of_own',
    'duty_district_unknown',
    'duty_citywide',
    'duty_stands',
    'duty_excluded',
    'idempotency_key_reused',
  ],
  work: async ({ tx, at, actor }, { person, role, district = null }) => {
    await requireOther(tx, actor, person, 'duty_of_own')
    return dutyViewOf(await giveDuty(tx, person, { role, district }, { by: actor.person, at }))
  },
})

/** Ends somebody else's duty, and with it every token that was issued for it. */
export const withdrawDuty = verb({
  kind: 'duty.end',
  right: 'person.manage',
  of: ofDuty,
  form: noContent,
  refuses: ['person_not_found', 'duty_of_own', 'duty_not_found', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, { person, duty }) => {
    await requireOther(tx, actor, person, 'duty_of_own')
    return dutyViewOf(await endDuty(tx, person, duty, { by: actor.person, at }))
  },
})

/** Ends a token before its time; one's own too, which may have been lost. */
export const revokeTokenOf = verb({
  kind: 'token.revoke',
  right: 'person.manage',
  of: ofToken,
  form: noContent,
  refuses: ['token_not_found', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, { token }) => tokenViewOf(await revokeTokenById(tx, token, { by: actor.person, at })),
})

/**
 * A link by which a person sets his password, good once; the former one opens nothing. Not under a key: what is
 * answered under a key is kept, and the link is kept nowhere. Refuses `permission_denied`, `person_not_found`,
 * `sign_in_of_own`.
 */
export function inviteToSignIn({ database, clock }: Ledger, actor: Actor, person: string) {
  demand(actor, 'person.manage')
  return transact(database, async (tx) => {
    await requireOther(tx, actor, person, 'sign_in_of_own')
    return invite(tx, person, { by: actor.person, at: clock() })
  })
}

/** Lets a person in no more, by password, link, session or token, until he is invited again. */
export const disableSignIn = verb({
  kind: 'person.disable',
  right: 'person.manage',
  of: ofPerson,
  form: noContent,
  refuses: ['person_not_found', 'sign_in_of_own', 'sign_in_nothing_to_disable', 'idempotency_key_reused'],
  work: async ({ tx, at, actor }, { person }) => {
    await requireOther(tx, actor, person, 'sign_in_of_own')
    return personViewOf(await shownPerson(tx, await disable(tx, person, { by: actor.person, at })))
  },
})

type OwnCode = 'duty_of_own' | 'sign_in_of_own'

/** Refuses, by the code that is given, what a person would do about himself. */
async function requireOther(tx: Tx, actor: Actor, called: string, code: OwnCode): Promise<void> {
  const { name } = await personCalled(tx, called)
  if (name === actor.person) throw refuse(code, { person: name })
}
