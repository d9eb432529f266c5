/**
 * Signing in to the console. A session is begun with what proves a person; on the sample also with the key of the trial
 * link, by one of the sample's persons. That way exists only while every book is a sample and both ends are this very
 * machine; otherwise there is nothing at its address.
 */
import { timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type Actor, permissionsOf, roleNames, roles } from '../../access/actor.ts'
import { holdDuty } from '../../access/persons.ts'
import { beginSession, digest, type Session } from '../../access/session.ts'
import { countMine } from '../../approvals/reads.ts'
import { businessDay, formatInstant, systemClock } from '../../base/calendar.ts'
import { transact } from '../../base/db.ts'
import { about, oneOf } from '../../form/field.ts'
import { hasRealBook } from '../../ledger/book-list.ts'
import { trialPeople } from '../../sample/programme/people.ts'
import { noCookie, sessionCookie, sessionOf } from '../auth.ts'
import { json } from '../body.ts'
import { Problem } from '../problem.ts'
import { openRoute, type OpenRoute, reply, type Route, type Service, route } from '../route.ts'

const sessionForm = z
  .strictObject({
    person: z.string().meta(about('姓名', 'name')),
    role: oneOf(roles).meta(about('角色', 'role')),
    roleName: z.strictObject({ zh: z.string(), en: z.string() }),
    district: z.exactOptional(z.string().meta(about('只限该区', 'limited to this district'))),
    permissions: z.array(z.string()).meta(about('权限', 'permissions')),
    trial: z.boolean().meta(about('以示例人员试用', 'a person of the sample, on trial')),
    until: z.exactOptional(z.string().meta(about('无操作时到期', 'ends then if nothing more comes'))),
    endsAt: z.exactOptional(z.string().meta(about('最迟到期', 'ends then at the latest'))),
  })
  .meta({ id: 'Session', ...about('登录的人员及其职责', 'who is signed in, and in which duty') })

const viewOf = ({ person, role, district }: Actor, session?: Session): z.input<typeof sessionForm> => ({
  person,
  role,
  roleName: roleNames[role],
  ...(district !== undefined && { district }),
  permissions: [...permissionsOf[role]],
  trial: session?.trial ?? false,
  ...(session && { until: formatInstant(session.until), endsAt: formatInstant(session.endsAt) }),
})

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
  handle: ({ actor, session }) => reply(200, viewOf(actor, session)),
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
  body: json(
    z.strictObject({ trial: key, person: z.string().max(64).meta(about('示例人员', 'a person of the sample')) }),
  ),
  answers: { 201: { about: { zh: '已登录', en: 'Signed in' }, schema: sessionForm } },
  handle: async ({ incoming, body, service }) => {
    await requireTrial(incoming, service, body.trial)
    const actor = trialPeople.find(({ person }) => person === body.person)
    if (!actor) throw new Problem('not_found')
    const { person, role, district } = actor
    // One browser is one person at a time: whoever was signed in here no longer is.
    const former = await sessionOf(incoming, service.desk)
    if (former) await service.desk.sessions.end(former)
    const at = systemClock()
    const secret = await transact(service.ledger.database, async (tx) => {
      await holdDuty(tx, { person, role, district: district ?? null }, { by: 'trial', at })
      return beginSession(tx, { person, role, district, trial: true }, at)
    })
    const session = await service.desk.sessions.find(secret)
    return reply(201, viewOf(actor, session), sessionCookie(secret))
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
  body: json(z.strictObject({ confirm: z.literal(true) })),
  answers: {
    200: { about: { zh: '已确认', en: 'Proved' }, schema: z.strictObject({ until: z.string() }) },
  },
  refuses: [],
  handle: async ({ session, service }) => {
    // A token is proof enough each time: there is nothing to step up.
    if (!session?.trial) throw new Problem('not_found')
    return reply(200, { until: formatInstant(await service.desk.sessions.stepUp(session)) })
  },
})

const loopback = /^(?:127\.0\.0\.1|::1|::ffff:127\.0\.0\.1)$/
const loopbackName = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::[0-9]+)?$/i

/** That the trial may be: of this machine, all books samples, the key of this start. Otherwise nothing is here. */
async function requireTrial({ socket, headers }: IncomingMessage, service: Service, given: string): Promise<void> {
  const { trialKey } = service
  const here = loopback.test(socket.remoteAddress ?? '') && loopback.test(socket.localAddress ?? '')
  const right = trialKey !== undefined && timingSafeEqual(digest(given), digest(trialKey))
  const allowed = here && right && loopbackName.test(headers.host ?? '')
  if (!allowed || (await hasRealBook(service.ledger.database))) throw new Problem('not_found')
}

export const openSessionRoutes: readonly OpenRoute[] = [begin, end, persons]
export const sessionRoutes: readonly Route[] = [read, stepUp]
