/**
 * Signing in to the console. A session is begun with what proves a person; on the sample also with the key of the trial
 * link, by one of the sample's persons. That way exists only while every book is a sample and both ends are this very
 * machine; otherwise there is nothing at its address.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { changeDuty, countedAs, ownDuties, prove, signIn } from '../../access/account/account.ts'
import { ofOwnDuty, ownDutyForm, ownDutyViewOf, proofForm, signInForm } from '../../access/account/forms.ts'
import { type Actor, permissionsOf, roleNames, roles } from '../../access/actor.ts'
import { holdDuty } from '../../access/persons.ts'
import { beginSession, type Session } from '../../access/session.ts'
import { countMine } from '../../approvals/reads.ts'
import { businessDay, formatInstant, systemClock } from '../../base/calendar.ts'
import { transact } from '../../base/db.ts'
import { sha256 } from '../../base/digest.ts'
import { Refusal } from '../../base/refusal.ts'
import { about, oneOf } from '../../form/field.ts'
import { hasRealBook } from '../../ledger/book-list.ts'
import { trialPeople } from '../../sample/programme/people.ts'
import { noCookie, sessionCookie, sessionOf } from '../auth.ts'
import { json } from '../body.ts'
import { invalid, Problem } from '../problem.ts'
import { openRoute, type OpenRoute, reply, type Route, type Service, route } from '../route.ts'

export const sessionForm = z
  .strictObject({
    person: z.string().meta(about('姓名', 'name')),
    role: oneOf(roles).meta(about('角色', 'role')),
    roleName: z.strictObject({ zh: z.string(), en: z.string() }),
    district: z.exactOptional(z.string().meta(about('只限该区', 'limited to this district'))),
    permissions: z.array(z.string()).meta(about('权限', 'permissions')),
    trial: z.boolean().meta(about('以示例人员试用', 'a person of the sample, on trial')),
    duties: z
      .exactOptional(z.array(ownDutyForm))
      .meta(about('本人可以登录的全部职责', 'all duties one may sign in to')),
    until: z.exactOptional(z.string().meta(about('无操作时到期', 'ends then if nothing more comes'))),
    endsAt: z.exactOptional(z.string().meta(about('最迟到期', 'ends then at the latest'))),
  })
  .meta({ id: 'Session', ...about('登录的人员及其职责', 'who is signed in, and in which duty') })

async function viewOf(
  { person, role, district }: Actor,
  session: Session | undefined,
  { accounts }: Service,
): Promise<z.input<typeof sessionForm>> {
  const duties = session && !session.trial ? await ownDuties(accounts, session.actor) : undefined
  return {
    person,
    role,
    roleName: roleNames[role],
    ...(district !== undefined && { district }),
    permissions: [...permissionsOf[role]],
    trial: session?.trial ?? false,
    ...(duties && { duties: duties.map(ownDutyViewOf) }),
    ...(session && { until: formatInstant(session.until), endsAt: formatInstant(session.endsAt) }),
  }
}

/** The answer that signs a browser in: whoever was signed in there no longer is. */
export async function signedIn(incoming: IncomingMessage, secret: string, service: Service) {
  const { desk } = service
  const former = await sessionOf(incoming, desk)
  if (former) await desk.sessions.end(former)
  const session = await desk.sessions.find(secret)
  if (!session) throw new Problem('unauthenticated')
  return reply(201, await viewOf(session.actor, session, service), sessionCookie(secret))
}

const addressOf = ({ socket }: IncomingMessage): string => socket.remoteAddress ?? ''

/**
 * Does what proves a person, as often as he, and whoever stands behind his address, may fail; what was no guess is not
 * counted. `called`: who is meant, where that is said. Refuses `too_many_requests`.
 */
export async function counted<T>(
  incoming: IncomingMessage,
  service: Service,
  called: string | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const who = called === undefined ? undefined : await countedAs(service.accounts, called)
  const { limits } = service
  await limits.triesToSignIn(addressOf(incoming), who)
  try {
    const done = await work()
    await limits.noGuess(addressOf(incoming), who)
    return done
  } catch (error) {
    // A database that is away says nothing of who asked.
    if (!(error instanceof Refusal)) await limits.noTry(addressOf(incoming), who)
    throw error
  }
}

const key = z.string().max(64).meta(about('试用链接中的钥匙', 'the key of the trial link'))
const answer = { about: { zh: '登录的人员', en: 'Who is signed in' }, schema: sessionForm }

const read = route({
  method: 'GET',
  path: '/v1/session',
  id: 'readSession',
  tag: 'session',
  summary: { zh: '登录的人员', en: 'Who is signed in' },
  right: 'signed_in',
  answers: { 200: answer },
  refuses: [],
  handle: async ({ actor, session, service }) => reply(200, await viewOf(actor, session, service)),
})

const end = openRoute({
  method: 'DELETE',
  path: '/v1/session',
  id: 'endSession',
  tag: 'session',
  summary: { zh: '退出登录', en: 'Sign out' },
  answers: { 200: { about: { zh: '已退出', en: 'Signed out' }, schema: z.strictObject({}) } },
  handle: async ({ incoming, service }) => {
    const session = await sessionOf(incoming, service.desk)
    if (session) await service.desk.sessions.end(session)
    return reply(200, {}, noCookie)
  },
})

const begin = openRoute({
  method: 'POST',
  path: '/v1/session',
  id: 'beginSession',
  tag: 'session',
  summary: { zh: '登录', en: 'Sign in' },
  description: {
    zh: '姓名（或编号）、密码、动态口令；身兼数职的以其中一项登录（duty），之后可以改换。试用为试用链接中的钥匙和示例人员。',
    en: 'Name (or id), password and one-time code; who has several duties signs in to one (duty) and may change. On trial, the key of the link and a person of the sample.',
  },
  body: json(
    z.union(
      [
        signInForm,
        z.strictObject({ trial: key, person: z.string().max(64).meta(about('示例人员', 'a person of the sample')) }),
      ],
      { error: 'sign_in' },
    ),
  ),
  refuses: ['sign_in_failed'],
  answers: { 201: { about: { zh: '已登录', en: 'Signed in' }, schema: sessionForm } },
  handle: async ({ incoming, body, service }) => {
    if (!('trial' in body)) {
      const secret = await counted(incoming, service, body.person, () => signIn(service.accounts, body))
      return signedIn(incoming, secret, service)
    }
    await requireTrial(incoming, service, body.trial)
    const actor = trialPeople.find(({ person }) => person === body.person)
    if (!actor) throw new Problem('not_found')
    const { person, role, district } = actor
    const at = systemClock()
    const secret = await transact(service.ledger.database, async (tx) => {
      await holdDuty(tx, { person, role, district: district ?? null }, { by: 'trial', at })
      return beginSession(tx, { person, role, district, trial: true }, at)
    })
    return signedIn(incoming, secret, service)
  },
})

const trialPerson = z.strictObject({
  person: z.string(),
  role: z.string(),
  roleName: z.strictObject({ zh: z.string(), en: z.string() }),
  district: z.exactOptional(z.string()),
  permissions: z.array(z.string()),
  waiting: z.int().meta(about('待其办理的事项数', 'how much waits for him')),
})

const persons = openRoute({
  method: 'POST',
  path: '/v1/session/trial',
  id: 'listTrialPersons',
  tag: 'session',
  summary: { zh: '可以试用的示例人员', en: 'Persons of the sample one may be on trial' },
  body: json(z.strictObject({ trial: key })),
  answers: {
    200: { about: { zh: '示例人员', en: 'The persons' }, schema: z.strictObject({ items: z.array(trialPerson) }) },
  },
  handle: async ({ incoming, body, service }) => {
    await requireTrial(incoming, service, body.trial)
    const items = await Promise.all(
      trialPeople.map(async (actor) => ({
        person: actor.person,
        role: actor.role,
        roleName: roleNames[actor.role],
        ...(actor.district !== undefined && { district: actor.district }),
        permissions: [...permissionsOf[actor.role]],
        waiting: await waitingFor(actor, service),
      })),
    )
    return reply(200, { items })
  },
})

async function waitingFor(actor: Actor, { ledger: { database, clock } }: Service): Promise<number> {
  if (!permissionsOf[actor.role].includes('approval.read')) return 0
  return (await countMine(database.sql, actor, businessDay(clock()))).to_do
}

const stepUp = route({
  method: 'POST',
  path: '/v1/session/step-up',
  id: 'stepUp',
  tag: 'session',
  summary: { zh: '再次确认身份', en: 'Prove again who you are' },
  description: {
    zh: '五分钟内有效。试用时只须确认；否则须给出密码或动态口令。',
    en: 'Good for five minutes. On trial a confirmation; otherwise the password or a one-time code.',
  },
  right: 'signed_in',
  body: json(z.union([proofForm, z.strictObject({ confirm: z.literal(true) })], { error: 'proof' })),
  answers: {
    200: { about: { zh: '已确认', en: 'Proved' }, schema: z.strictObject({ until: z.string() }) },
  },
  refuses: ['sign_in_failed'],
  handle: async ({ session, body, incoming, service }) => {
    // A token is proof enough each time: there is nothing to step up.
    if (!session) throw new Problem('not_found')
    const { actor, trial } = session
    // The sample's persons have nothing but the confirmation, and no other is proved by it.
    if (trial !== 'confirm' in body) throw wrongProof()
    if (!('confirm' in body)) {
      await counted(incoming, service, actor.person, () => prove(service.accounts, session, body))
    }
    const until = await service.desk.sessions.stepUp(session)
    if (until === undefined) throw new Problem('unauthenticated')
    return reply(200, { until: formatInstant(until) })
  },
})

const wrongProof = (): Problem =>
  invalid(
    '',
    '须有且仅有 password、code 之一；试用为 confirm: true',
    'give exactly one of password and code; on trial, confirm: true',
  )

const loopback = /^(?:127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/
const loopbackName = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?$/i

/** That the trial may be: of this machine, all books samples, the key of this start. Otherwise nothing is here. */
async function requireTrial({ socket, headers }: IncomingMessage, service: Service, given: string): Promise<void> {
  const { trialKey } = service
  const here = loopback.test(socket.remoteAddress ?? '') && loopback.test(socket.localAddress ?? '')
  const right = trialKey !== undefined && timingSafeEqual(sha256(given), sha256(trialKey))
  const allowed = here && right && loopbackName.test(headers.host ?? '')
  if (!allowed || (await hasRealBook(service.ledger.database))) throw new Problem('not_found')
}

const change = route({
  method: 'POST',
  path: '/v1/session/duty',
  id: 'changeOwnDuty',
  tag: 'session',
  summary: { zh: '改以本人的另一项职责办理', en: 'Go on in another duty of one’s own' },
  right: 'signed_in',
  body: json(ofOwnDuty),
  answers: { 201: answer },
  refuses: ['duty_not_found'],
  handle: async ({ session, body, incoming, service }) => {
    if (!session || session.trial) throw new Problem('not_found')
    return signedIn(incoming, await changeDuty(service.accounts, session, body.duty), service)
  },
})

export const openSessionRoutes: readonly OpenRoute[] = [begin, end, persons]
export const sessionRoutes: readonly Route[] = [read, stepUp, change]
