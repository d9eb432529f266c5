/**
 * Communities, their buildings and dwellings: registering, changing, reading. And the catalogue of what can be done to
 * them.
 */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay } from '../../base/calendar.ts'
import { about, day, districtCode, oneOf } from '../../form/field.ts'
import { catalogueOf, itemClasses } from '../../policy/catalogue.ts'
import { lawOn } from '../../policy/parameters.ts'
import {
  buildingCode,
  buildingView,
  communityForm,
  dayOut,
  dwellingForm,
  dwellingView,
  ofCommunity,
  waitingCommunity,
  wholeCommunityForm,
} from '../../projects/community/forms.ts'
import {
  type DwellingRow,
  dwellingsOf,
  findCommunity,
  historyOfCommunity,
  listCommunities,
  waitingFactsOf,
} from '../../projects/community/reads.ts'
import { changeBuildings, changeCommunity, registerCommunity } from '../../projects/community/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, same, versionTag } from '../route.ts'

const register = verbRoute(registerCommunity, {
  path: '/v1/communities',
  id: 'registerCommunity',
  tag: 'projects',
  summary: { zh: '登记小区', en: 'Register a community' },
  description: {
    zh: '业委会（物管会）、信托制和续筹承诺计入考核：由人录入的须写明已上传的原件（document、sha256），经另一人复核后计入（202），在此之前列为待复核；系统接口（integration）录入的直接计入。',
    en: 'Owners’ body, trust service and promise earn points: a person names their original, uploaded before, and they count once another person has checked them (202); what integration brings counts at once.',
  },
  status: 201,
  about: { zh: '已登记', en: 'Registered' },
  answer: communityForm,
  waits: waitingCommunity,
  headers: (made) => ({ location: `/v1/communities/${encodeURIComponent(made.community)}`, ...versionTag(made) }),
})

const change = verbRoute(changeCommunity, {
  method: 'PUT',
  path: '/v1/communities/{community}',
  id: 'changeCommunity',
  tag: 'projects',
  summary: { zh: '修改小区', en: 'Change a community' },
  description: {
    zh: '业委会（物管会）、信托制和续筹承诺计入考核：由人录入的须写明已上传的原件（document、sha256），经另一人复核后计入（202），在此之前列为待复核；系统接口（integration）录入的直接计入。',
    en: 'Owners’ body, trust service and promise earn points: a person names their original, uploaded before, and they count once another person has checked them (202); what integration brings counts at once.',
  },
  status: 200,
  about: { zh: '已修改', en: 'Changed' },
  answer: communityForm,
  waits: waitingCommunity,
  headers: versionTag,
})

const buildings = verbRoute(changeBuildings, {
  path: '/v1/communities/{community}/buildings',
  id: 'changeBuildings',
  tag: 'projects',
  summary: { zh: '登记楼栋和房屋', en: 'Register buildings and dwellings' },
  description: {
    zh: '成批登记：没有的登记，已有的更正；remove 中的删除。整批全部成功或全部不做，至多 5,000 套。',
    en: 'A whole list at once: new ones are registered, known ones corrected, those in remove taken out. All or none; at most 5,000 dwellings.',
  },
  status: 200,
  about: { zh: '已登记', en: 'Registered' },
  answer: communityForm,
  headers: versionTag,
})

const listAll = listRoute({
  path: '/v1/communities',
  id: 'listCommunities',
  tag: 'projects',
  summary: { zh: '小区列表', en: 'Communities' },
  right: 'project.read',
  standby: always,
  filter: { district: z.exactOptional(districtCode) },
  about: { zh: '一页小区', en: 'A page of communities' },
  item: communityForm,
  list: ({ actor, query: { district }, service }) =>
    isElsewhere(actor, district)
      ? undefined
      : {
          name: ['communities', actor.district ?? null, district ?? null],
          place: z.string(),
          read: (after = '', limit) => listCommunities(service.ledger, actor, { district, after, limit }),
          placeOf: ({ community }) => community,
          view: same,
        },
})

const read = route({
  method: 'GET',
  path: '/v1/communities/{community}',
  id: 'readCommunity',
  tag: 'projects',
  summary: { zh: '小区及其楼栋', en: 'A community and its buildings' },
  right: 'project.read',
  params: ofCommunity,
  answers: {
    200: {
      about: { zh: '小区、楼栋与变更经过', en: 'The community, its buildings and what became of it' },
      schema: wholeCommunityForm,
    },
  },
  refuses: ['community_not_found'],
  handle: async ({ actor, params, service }) => {
    const { community, buildings } = await findCommunity(service.ledger, actor, params.community)
    const history = await historyOfCommunity(service.ledger, community)
    const waiting = await waitingFactsOf(service.ledger, actor, community)
    const view = { ...community, buildings: buildings.map(buildingView), history, waiting }
    return reply(200, view, versionTag(community))
  },
})

const dwellings = listRoute({
  path: '/v1/communities/{community}/dwellings',
  id: 'listDwellings',
  tag: 'projects',
  summary: { zh: '小区的房屋', en: 'Dwellings of a community' },
  right: 'project.read',
  standby: always,
  params: ofCommunity,
  filter: { building: z.exactOptional(buildingCode) },
  about: { zh: '一页房屋', en: 'A page of dwellings' },
  item: dwellingForm,
  refuses: ['community_not_found'],
  list: async ({ actor, params, query: { building }, service }) => {
    const { community } = await findCommunity(service.ledger, actor, params.community)
    return {
      name: ['dwellings', community.community, building ?? null],
      place: z.tuple([z.string(), z.string()]),
      read: (after: [string, string] = ['', ''], limit: number) =>
        dwellingsOf(service.ledger, community, { building, after, limit }),
      placeOf: ({ building, dwelling }: DwellingRow): [string, string] => [building, dwelling],
      view: dwellingView,
    }
  },
})

// --- Catalogue
// ----------------------------------------------------------------------------------------------------------

const itemView = z
  .strictObject({
    code: z.string(),
    class: oneOf(itemClasses),
    zh: z.string(),
    en: z.string(),
    first: z.boolean().meta(about('优先列入改造菜单', 'to be offered first')),
    seismicEnergy: z.boolean().meta(about('计入抗震、节能改造', 'counts as seismic or energy renovation')),
  })
  .meta({ id: 'CatalogueItem', ...about('改造内容', 'an item of the catalogue') })

const catalogue = route({
  method: 'GET',
  path: '/v1/catalogue',
  id: 'readCatalogue',
  tag: 'projects',
  summary: { zh: '改造内容清单', en: 'The renovation catalogue' },
  description: {
    zh: '某日适用的清单（缺省为今天）：13 项基础类、11 项完善类、12 项提升类。正式清单公布后自其日期起替换。',
    en: 'The list in force on a day, today by default. A published list replaces it from its day on.',
  },
  right: 'signed_in',
  query: z.strictObject({ on: z.exactOptional(day) }),
  answers: {
    200: {
      about: { zh: '清单及其依据', en: 'The list and where it comes from' },
      schema: z.strictObject({ on: dayOut, clause: z.string(), items: z.array(itemView) }).meta({ id: 'Catalogue' }),
    },
  },
  refuses: [],
  handle: ({ query, service }) => {
    const law = lawOn(query.on ?? businessDay(service.ledger.clock()))
    const items = catalogueOf(law).map(({ first = false, seismicEnergy = false, ...item }) => ({
      ...item,
      first,
      seismicEnergy,
    }))
    return reply(200, { on: law.on, clause: law.uses[0]?.clause ?? '', items })
  },
})

export const communityRoutes: readonly Route[] = [register, change, buildings, listAll, read, dwellings, catalogue]
