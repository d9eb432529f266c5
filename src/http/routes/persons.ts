/** Persons, their duties and tokens, and the record of all that. */
import * as z from 'zod'
import {
  accessEventForm,
  accessEventViewOf,
  dutyForm,
  personForm,
  personId,
  personViewOf,
  ofPerson,
  tokenForm,
  tokenViewOf,
} from '../../access/forms.ts'
import { listAccessEvents, listPersons, listTokens, readPerson } from '../../access/persons.ts'
import { assignDuty, registerPerson, revokeTokenOf, withdrawDuty } from '../../workflow/persons.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { reply, type Route, route } from '../route.ts'

const place = z.string().regex(/^[0-9]{1,18}$/)

const list = listRoute({
  path: '/v1/persons',
  id: 'listPersons',
  tag: 'persons',
  summary: { zh: '人员及其职责，按编号', en: 'Persons and their duties, by id' },
  right: 'person.read',
  filter: {},
  about: { zh: '一页人员', en: 'A page of persons' },
  item: personForm,
  list: ({ actor, service }) => ({
    name: ['persons', actor.district ?? null],
    place: z.string().max(64),
    read: (after, limit) => listPersons(service.ledger.database.sql, actor, { after: after ?? '', limit }),
    placeOf: ({ id }) => id,
    view: personViewOf,
  }),
})

const make = verbRoute(registerPerson, {
  path: '/v1/persons',
  id: 'registerPerson',
  tag: 'persons',
  summary: { zh: '登记人员', en: 'Register a person' },
  description: {
    zh: '姓名一经登记不再改变；与他人相同或难以区分的写法不予登记。登记不含任何权限。',
    en: 'The name never changes; a spelling that is, or looks like, another’s is refused. Registering gives no right.',
  },
  status: 201,
  about: { zh: '已登记', en: 'Registered' },
  answer: personForm,
  headers: ({ id }) => ({ location: `/v1/persons/${encodeURIComponent(id)}` }),
})

const read = route({
  method: 'GET',
  path: '/v1/persons/{person}',
  id: 'readPerson',
  tag: 'persons',
  summary: { zh: '一名人员及其全部职责', en: 'A person with all duties' },
  right: 'person.read',
  params: ofPerson,
  answers: { 200: { about: { zh: '人员', en: 'The person' }, schema: personForm } },
  refuses: ['person_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, personViewOf(await readPerson(service.ledger.database.sql, actor, params.person))),
})

const give = verbRoute(assignDuty, {
  path: '/v1/persons/{person}/duties',
  id: 'giveDuty',
  tag: 'persons',
  summary: { zh: '给予职责', en: 'Give a duty' },
  description: {
    zh: '经办、复核、审批在同一区内由不同的人担任；集成、运维、安全管理、审计不兼任任何其他职责。不得给予本人。',
    en: 'In one district making, checking and approving are for different persons; integration, operator, security administrator and auditor hold nothing else. Nobody gives himself a duty.',
  },
  status: 201,
  about: { zh: '已给予', en: 'Given' },
  answer: dutyForm,
})

const end = verbRoute(withdrawDuty, {
  path: '/v1/persons/{person}/duties/{duty}/ending',
  id: 'endDuty',
  tag: 'persons',
  summary: { zh: '终止职责，其令牌一并吊销', en: 'End a duty and its tokens' },
  optionalBody: true,
  status: 200,
  about: { zh: '已终止', en: 'Ended' },
  answer: dutyForm,
})

const tokens = listRoute({
  path: '/v1/tokens',
  id: 'listTokens',
  tag: 'persons',
  summary: { zh: '令牌，先签发的在前；不含可用内容', en: 'Tokens, oldest first; never what opens anything' },
  right: 'person.read',
  filter: { person: z.exactOptional(personId) },
  about: { zh: '一页令牌', en: 'A page of tokens' },
  item: tokenForm,
  list: ({ actor, query: { person }, service }) => ({
    name: ['tokens', actor.district ?? null, person ?? null],
    place,
    read: (after, limit) =>
      listTokens(service.ledger.database.sql, actor, { person, after: BigInt(after ?? 0), limit }),
    placeOf: ({ id }) => id.toString(),
    view: tokenViewOf,
  }),
})

const revoke = verbRoute(revokeTokenOf, {
  path: '/v1/tokens/{id}/revocation',
  params: { token: 'id' },
  id: 'revokeToken',
  tag: 'persons',
  summary: { zh: '吊销令牌，一秒内各处失效', en: 'Revoke a token; it opens nothing anywhere within a second' },
  optionalBody: true,
  status: 200,
  about: { zh: '已吊销', en: 'Revoked' },
  answer: tokenForm,
})

const events = listRoute({
  path: '/v1/access-events',
  id: 'listAccessEvents',
  tag: 'persons',
  summary: { zh: '人员、职责、令牌的变动记录', en: 'What happened to persons, duties and tokens' },
  right: 'person.read',
  filter: { person: z.exactOptional(personId) },
  about: { zh: '一页变动', en: 'A page of events' },
  item: accessEventForm,
  list: ({ actor, query: { person }, service }) => ({
    name: ['access-events', actor.district ?? null, person ?? null],
    place,
    read: (after, limit) =>
      listAccessEvents(service.ledger.database.sql, actor, { person, after: BigInt(after ?? 0), limit }),
    placeOf: ({ id }) => id.toString(),
    view: accessEventViewOf,
  }),
})

export const personRoutes: readonly Route[] = [list, make, read, give, end, tokens, revoke, events]
