/** Communities, their buildings and dwellings: registering, changing, reading. And the catalogue of what can be done to them. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay } from '../../base/calendar.ts'
import { catalogueOf, itemClasses } from '../../policy/catalogue.ts'
import { lawOn } from '../../policy/parameters.ts'
import { changeBuildings, changeCommunity, registerCommunity } from '../../projects/community/verbs.ts'
import { areaPattern, formatArea, ownerships, ownershipNamesZh, parseArea } from '../../projects/community/community.ts'
import {
  type BuildingRow,
  dwellingsOf,
  findCommunity,
  historyOfCommunity,
  listCommunities,
} from '../../projects/community/reads.ts'
import { json } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import { about, cursor, day, districtCode, flag, identifier, limit, namesOf, oneOf, text } from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, versionTag, type ViewOf } from '../route.ts'
import { pageOf } from '../views.ts'

export const area = z
  .string({ error: 'area' })
  .regex(areaPattern, { error: 'area', abort: true })
  .transform((written): bigint => parseArea(written) ?? 0n)
  .meta(about('面积（㎡）', 'area in m²'))
export const areaOut = (zh: string, en: string) =>
  z
    .string()
    .regex(/^(0|[1-9][0-9]*)\.[0-9]{2}$/)
    .meta(about(zh, en))
export const wholeNumber = (zh: string, en: string, most = 100_000_000) =>
  z.int({ error: 'size' }).min(0, { error: 'size' }).max(most, { error: 'size' }).meta(about(zh, en))

export const communityCode = identifier('小区编号', 'code of the community')
export const buildingCode = identifier('楼栋编号，在小区内唯一', 'code of the building, its own within the community')
export const dwellingCode = identifier('房号，在楼栋内唯一', 'number of the dwelling, its own within the building')
const ownership = oneOf(ownerships).meta(about(`产权：${namesOf(ownershipNamesZh)}`, 'who owns it'))
const dayOut = z.string().meta({ ...about('日期', 'day'), format: 'date' })
const ofCommunity = z.strictObject({ community: communityCode })
export const changeView = z
  .strictObject({ version: z.int(), verb: z.string(), person: z.string(), at: z.string(), body: z.unknown() })
  .meta({ id: 'Change', ...about('一次变更：何人何时把它改成什么', 'who changed it to what, when') })

const listMost = 5_000
const list = <Form extends z.ZodType>(form: Form) =>
  z
    .array(form, { error: `list:0:${listMost}` })
    .max(listMost, { error: `list:0:${listMost}` })
    .default([])

// --- Communities --------------------------------------------------------------------------------------------------------

const detailForms = {
  name: text(200, '小区名称', 'name'),
  builtYear: z.exactOptional(
    z
      .int({ error: 'year' })
      .min(1900, { error: 'year' })
      .max(2100, { error: 'year' })
      .meta(about('建成年份', 'built in')),
  ),
  ownersBody: flag.default(false).meta(about('已组建业委会（物管会）', 'has an owners’ body')),
  trustService: flag.default(false).meta(about('实行物业服务信托制', 'keeps a trust-style property service')),
  fundPromisedOn: z.exactOptional(
    day.meta(
      about('业主作出维修资金补建、续筹承诺的日期', 'since when its owners promise to top up the maintenance fund'),
    ),
  ),
}

const communityShape = {
  community: communityCode,
  district: districtCode,
  name: z.string(),
  builtYear: z.union([z.int(), z.null()]),
  ownersBody: z.boolean(),
  trustService: z.boolean(),
  fundPromisedOn: z.union([dayOut, z.null()]),
  version: z.int().meta(about('版本，修改时在 If-Match 中引用', 'version; a change names it in If-Match')),
}
const communityView = z.strictObject(communityShape).meta({ id: 'Community', ...about('小区', 'a community') })

const ownershipAreas = z
  .strictObject(Object.fromEntries(ownerships.map((name) => [name, areaOut(ownershipNamesZh[name], name)])))
  .meta({ id: 'OwnershipAreas', ...about('各类产权的面积（㎡）', 'area by owner') })
const buildingShape = {
  building: buildingCode,
  name: z.string(),
  floors: z.union([z.int(), z.null()]),
  households: z.int().meta(about('户数', 'dwellings')),
  area: areaOut('面积（㎡）', 'area'),
  ownership: ownershipAreas,
}
export const buildingView = z
  .strictObject({ community: z.exactOptional(communityCode), ...buildingShape })
  .meta({ id: 'Building', ...about('楼栋', 'a building') })

/** Areas by owner, as they are shown. */
export const presentOwnership = (of: (name: (typeof ownerships)[number]) => bigint) =>
  Object.fromEntries(ownerships.map((name) => [name, formatArea(of(name))]))
export const presentBuilding = (row: BuildingRow & { community?: string }): ViewOf<typeof buildingView> => ({
  ...(row.community !== undefined && { community: row.community }),
  building: row.building,
  name: row.name,
  floors: row.floors,
  households: row.households,
  area: formatArea(row.area_dm2),
  ownership: presentOwnership((name) => row[`${name}_dm2`]),
})

const register = route({
  method: 'POST',
  path: '/v1/communities',
  id: 'registerCommunity',
  tag: 'projects',
  summary: { zh: '登记小区', en: 'Register a community' },
  right: 'project.manage',
  body: json(z.strictObject({ community: communityCode, district: districtCode, ...detailForms })),
  keyed: true,
  answers: { 201: { about: { zh: '已登记', en: 'Registered' }, schema: communityView } },
  refuses: ['district_unknown', 'day_in_future', 'community_exists', 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(
      await registerCommunity(service.ledger, actor, body, key),
      201,
      language,
      (made) => made,
      (made) => ({
        location: `/v1/communities/${encodeURIComponent(made.community)}`,
        ...versionTag(made),
      }),
    ),
})

const change = route({
  method: 'PUT',
  path: '/v1/communities/{community}',
  id: 'changeCommunity',
  tag: 'projects',
  summary: { zh: '修改小区', en: 'Change a community' },
  right: 'project.manage',
  params: ofCommunity,
  body: json(z.strictObject(detailForms)),
  keyed: true,
  versioned: true,
  answers: { 200: { about: { zh: '已修改', en: 'Changed' }, schema: communityView } },
  refuses: ['community_not_found', 'version_stale', 'day_in_future', 'idempotency_key_reused'],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { ...body, version }
    const result = await changeCommunity(service.ledger, actor, params.community, given, key)
    return answerKeyed(result, 200, language, (made) => made, versionTag)
  },
})

const buildings = route({
  method: 'POST',
  path: '/v1/communities/{community}/buildings',
  id: 'changeBuildings',
  tag: 'projects',
  summary: { zh: '登记楼栋和房屋', en: 'Register buildings and dwellings' },
  description: {
    zh: '成批登记：没有的登记，已有的更正；remove 中的删除。整批全部成功或全部不做，至多 5,000 套。',
    en: 'A whole list at once: new ones are registered, known ones corrected, those in remove taken out. All or none; at most 5,000 dwellings.',
  },
  right: 'project.manage',
  params: ofCommunity,
  body: json(
    z.strictObject({
      buildings: list(
        z.strictObject({
          building: buildingCode,
          name: text(100, '楼栋名称', 'name'),
          floors: z.exactOptional(wholeNumber('层数', 'floors', 200)),
        }),
      ),
      dwellings: list(
        z.strictObject({ building: buildingCode, dwelling: dwellingCode, area: positiveArea(), ownership }),
      ),
      remove: list(z.strictObject({ building: buildingCode, dwelling: z.exactOptional(dwellingCode) })).meta(
        about('删除：只写楼栋则连同其全部房屋', 'taken out; a building alone goes with all its dwellings'),
      ),
    }),
  ),
  keyed: true,
  versioned: true,
  answers: { 200: { about: { zh: '已登记', en: 'Registered' }, schema: communityView } },
  refuses: [
    'community_not_found',
    'building_unknown',
    'listed_twice',
    'dwelling_in_use',
    'version_stale',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const dwellings = body.dwellings.map(({ area: areaDm2, ...dwelling }) => ({ ...dwelling, areaDm2 }))
    const given = { buildings: body.buildings, dwellings, remove: body.remove, version }
    const result = await changeBuildings(service.ledger, actor, params.community, given, key)
    return answerKeyed(result, 200, language, (made) => made, versionTag)
  },
})

function positiveArea() {
  return area.refine((areaDm2) => areaDm2 > 0n, { error: 'area' })
}

const listAll = route({
  method: 'GET',
  path: '/v1/communities',
  id: 'listCommunities',
  tag: 'projects',
  summary: { zh: '小区列表', en: 'Communities' },
  right: 'project.read',
  query: z.strictObject({ district: z.exactOptional(districtCode), limit, cursor }),
  answers: { 200: { about: { zh: '一页小区', en: 'A page of communities' }, schema: pageOf(communityView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    if (isElsewhere(actor, query.district)) return reply(200, { items: [], next: null })
    const name = ['communities', actor.district ?? null, query.district ?? null]
    const after = placeOfCursor(query.cursor, name, z.string()) ?? ''
    const given = { district: query.district, after, limit: query.limit + 1 }
    const found = await listCommunities(service.ledger, actor, given)
    const items = found.slice(0, query.limit)
    const next = found.length > query.limit ? cursorFor(name, items.at(-1)?.community) : null
    return reply(200, { items, next })
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
      schema: z
        .strictObject({ ...communityShape, buildings: z.array(buildingView), history: z.array(changeView) })
        .meta({ id: 'CommunityWithBuildings' }),
    },
  },
  refuses: ['community_not_found'],
  handle: async ({ actor, params, service }) => {
    const { community, buildings } = await findCommunity(service.ledger, actor, params.community)
    const history = await historyOfCommunity(service.ledger, community)
    const view = { ...community, buildings: buildings.map(presentBuilding), history }
    return reply(200, view, versionTag(community))
  },
})

const dwellingView = z
  .strictObject({ building: buildingCode, dwelling: dwellingCode, area: areaOut('面积（㎡）', 'area'), ownership })
  .meta({ id: 'Dwelling', ...about('房屋', 'a dwelling') })

const dwellings = route({
  method: 'GET',
  path: '/v1/communities/{community}/dwellings',
  id: 'listDwellings',
  tag: 'projects',
  summary: { zh: '小区的房屋', en: 'Dwellings of a community' },
  right: 'project.read',
  params: ofCommunity,
  query: z.strictObject({ building: z.exactOptional(buildingCode), limit, cursor }),
  answers: { 200: { about: { zh: '一页房屋', en: 'A page of dwellings' }, schema: pageOf(dwellingView) } },
  refuses: ['community_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { community } = await findCommunity(service.ledger, actor, params.community)
    const name = ['dwellings', community.community, query.building ?? null]
    const after = placeOfCursor(query.cursor, name, z.tuple([z.string(), z.string()])) ?? ['', '']
    const given = { building: query.building, after, limit: query.limit + 1 }
    const found = await dwellingsOf(service.ledger, community, given)
    const items = found.slice(0, query.limit)
    const last = items.at(-1)
    const next = found.length > query.limit && last ? cursorFor(name, [last.building, last.dwelling]) : null
    const shown = items.map(({ area_dm2: areaDm2, ...rest }) => ({ ...rest, area: formatArea(areaDm2) }))
    return reply(200, { items: shown, next })
  },
})

// --- Catalogue ----------------------------------------------------------------------------------------------------------

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
