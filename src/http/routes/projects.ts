/** Projects: registering, changing, what they cover and cost, what proves each step, how far they are, and moving them on. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { changeCoverage, changeItems, changeProject, registerProject } from '../../projects/project/verbs.ts'
import { formatArea } from '../../projects/community/community.ts'
import type { ProjectFacts } from '../../projects/project/facts.ts'
import { listProjects, type ProjectRead, showProject } from '../../projects/project/reads.ts'
import { documentKinds, kindNamesZh, projectKinds, projectStates, stateNamesZh } from '../../projects/terms.ts'
import { json } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import {
  about,
  amount,
  amountOut,
  bookCode,
  cursor,
  day,
  districtCode,
  identifier,
  limit,
  namesOf,
  oneOf,
  text,
  year,
} from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, same, versionTag } from '../route.ts'
import { pageOf } from '../views.ts'
import {
  area,
  areaOut,
  buildingCode,
  buildingForm as coveredForm,
  changeForm,
  communityCode,
  buildingView,
  ownershipView,
  wholeNumber,
} from '../../projects/community/forms.ts'

const projectCode = identifier('项目编号，各类资金共用', 'code of the project, the same for every kind of money')
export const bundleCode = identifier('打捆项目包编号', 'code of the bundle')
const kind = oneOf(projectKinds).meta(about(`项目类别：${namesOf(kindNamesZh)}`, 'kind'))
export const stateForm = oneOf(projectStates).meta(about(`状态：${namesOf(stateNamesZh)}`, 'state'))
export const itemCode = identifier('改造内容代码，如 B03', 'item of the catalogue, such as B03')
const dayOut = z.string().meta({ ...about('日期', 'day'), format: 'date' })
const instantOut = z.string().meta({ ...about('时刻', 'instant'), format: 'date-time' })
const nullable = <Form extends z.ZodType>(form: Form) => z.union([form, z.null()])
export const ofProject = z.strictObject({ project: projectCode })
export const versionOut = z
  .int()
  .meta(about('版本，修改时在 If-Match 中引用', 'version; a change names it in If-Match'))

const listMost = 2_000
export const listForm = <Form extends z.ZodType>(form: Form) =>
  z.array(form, { error: `list:0:${listMost}` }).max(listMost, { error: `list:0:${listMost}` })

const detailForms = {
  name: text(200, '项目名称', 'name'),
  implementer: text(200, '实施主体', 'implementing entity'),
  book: z.exactOptional(bookCode.meta(about('资金所在的政府会计账套', 'book its money is kept in'))),
  planBook: z.exactOptional(bookCode.meta(about('资金方案备查账套', 'memo book of its funding plans'))),
  bundle: z.exactOptional(bundleCode),
  householdsBefore: z.exactOptional(wholeNumber('改建前户数', 'households before a rebuild')),
  householdsAfter: z.exactOptional(wholeNumber('改建后户数，不得多于改建前', 'households after, not more than before')),
  addedArea: z.exactOptional(area.meta(about('改建增加的面积（㎡）', 'area a rebuild adds'))),
}
const buildingForm = z.strictObject({ community: communityCode, building: buildingCode }).meta({ id: 'BuildingName' })
const itemForm = z
  .strictObject({
    item: itemCode,
    quantity: z.exactOptional(text(100, '工程量', 'quantity')),
    cost: amount.meta(about('造价（元）', 'cost in yuan')),
  })
  .meta({ id: 'ProjectItemDraft', ...about('改造内容及其造价', 'an item and its cost') })

const detailsOf = <Body extends { addedArea?: bigint }>({ addedArea: addedAreaDm2, ...body }: Body) => ({
  ...body,
  addedAreaDm2,
})
const itemsOf = (items: readonly z.output<typeof itemForm>[]) =>
  items.map(({ cost: costFen, ...item }) => ({ ...item, costFen }))

const projectShape = {
  project: projectCode,
  district: districtCode,
  name: z.string(),
  kind,
  implementer: z.string(),
  book: nullable(z.string()),
  planBook: nullable(z.string()),
  year: nullable(z.int()).meta(about('列入计划的年度', 'year of the plan that included it')),
  batch: nullable(z.int()).meta(about('列入计划的批次', 'batch of that plan')),
  state: stateForm,
  stateOn: dayOut.meta(about('进入该状态的日期', 'since when')),
  bundle: nullable(z.string()),
  householdsBefore: nullable(z.int()),
  householdsAfter: nullable(z.int()),
  addedArea: nullable(areaOut('改建增加的面积（㎡）', 'area a rebuild adds')),
  planApproved: z.boolean().meta(about('资金方案已批准', 'its funding plan is approved')),
  version: versionOut,
}
export const projectView = z.strictObject(projectShape).meta({ id: 'Project', ...about('项目', 'a project') })

// --- Registering and changing -------------------------------------------------------------------------------------------

const detailRefusals = ['book_not_found', 'bundle_not_found', 'households_increase'] as const
const coverageRefusals = ['listed_twice', 'building_unknown', 'building_in_other_project'] as const

const register = route({
  method: 'POST',
  path: '/v1/projects',
  id: 'registerProject',
  tag: 'projects',
  summary: { zh: '登记储备项目', en: 'Register a project in the reserve' },
  right: 'project.manage',
  body: json(
    z.strictObject({
      project: projectCode,
      district: districtCode,
      kind,
      ...detailForms,
      buildings: listForm(buildingForm).default([]),
      items: listForm(itemForm).default([]),
    }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已登记', en: 'Registered' }, schema: projectView } },
  refuses: [
    'district_unknown',
    'project_exists',
    ...detailRefusals,
    ...coverageRefusals,
    'item_not_in_catalogue',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, body, key, language, service }) => {
    const given = { ...detailsOf(body), items: itemsOf(body.items) }
    return answerKeyed(await registerProject(service.ledger, actor, given, key), 201, language, same, (answer) => ({
      location: `/v1/projects/${encodeURIComponent(answer.project)}`,
      ...versionTag(answer),
    }))
  },
})

const changing = {
  method: 'PUT',
  tag: 'projects',
  right: 'project.manage',
  params: ofProject,
  keyed: true,
  versioned: true,
  answers: { 200: { about: { zh: '已修改', en: 'Changed' }, schema: projectView } },
} as const
const changeRefusals = ['project_not_found', 'version_stale', 'project_state_wrong', 'idempotency_key_reused'] as const

const change = route({
  ...changing,
  path: '/v1/projects/{project}',
  id: 'changeProject',
  summary: { zh: '修改项目', en: 'Change a project' },
  body: json(z.strictObject(detailForms)),
  refuses: [...changeRefusals, ...detailRefusals],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { ...detailsOf(body), version }
    return answerKeyed(
      await changeProject(service.ledger, actor, params.project, given, key),
      200,
      language,
      same,
      versionTag,
    )
  },
})

const coverage = route({
  ...changing,
  path: '/v1/projects/{project}/buildings',
  id: 'changeCoverage',
  summary: { zh: '确定项目的楼栋', en: 'Say which buildings a project covers' },
  description: {
    zh: '每次提交全部楼栋。一栋楼同时只能在一个未完成的同类项目中。资金方案批准后不能直接修改。',
    en: 'All of them, each time. A building stands in one unfinished project of a kind. Not after the funding plan was approved.',
  },
  body: json(z.strictObject({ buildings: listForm(buildingForm) })),
  refuses: [...changeRefusals, 'funding_plan_stands', ...coverageRefusals],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { ...body, version }
    return answerKeyed(
      await changeCoverage(service.ledger, actor, params.project, given, key),
      200,
      language,
      same,
      versionTag,
    )
  },
})

const items = route({
  ...changing,
  path: '/v1/projects/{project}/items',
  id: 'changeItems',
  summary: { zh: '确定项目的改造内容', en: 'Say what a project consists of and costs' },
  description: {
    zh: '每次提交全部改造内容及造价，代码须在当日清单内。资金方案批准后不能直接修改。',
    en: 'Every item with its cost, each time; codes of the catalogue of the day. Not after the funding plan was approved.',
  },
  body: json(z.strictObject({ items: listForm(itemForm) })),
  refuses: [...changeRefusals, 'funding_plan_stands', 'listed_twice', 'item_not_in_catalogue'],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { items: itemsOf(body.items), version }
    return answerKeyed(
      await changeItems(service.ledger, actor, params.project, given, key),
      200,
      language,
      same,
      versionTag,
    )
  },
})

// --- Reading ------------------------------------------------------------------------------------------------------------

const listAll = route({
  method: 'GET',
  path: '/v1/projects',
  id: 'listProjects',
  tag: 'projects',
  summary: { zh: '项目列表', en: 'Projects' },
  right: 'project.read',
  query: z.strictObject({
    district: z.exactOptional(districtCode),
    state: z.exactOptional(stateForm),
    kind: z.exactOptional(kind),
    year: z.exactOptional(year),
    batch: z.exactOptional(
      z
        .string({ error: 'positive' })
        .regex(/^[1-9][0-9]?$/, { error: 'positive', abort: true })
        .transform(Number)
        .meta({ ...about('批次', 'batch'), type: 'integer', minimum: 1 }),
    ),
    bundle: z.exactOptional(bundleCode),
    limit,
    cursor,
  }),
  answers: { 200: { about: { zh: '一页项目', en: 'A page of projects' }, schema: pageOf(projectView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit, cursor, ...filter } = query
    if (isElsewhere(actor, filter.district)) return reply(200, { items: [], next: null })
    const name = ['projects', actor.district ?? null, filter]
    const after = placeOfCursor(cursor, name, z.string()) ?? ''
    const found = await listProjects(service.ledger, actor, { ...filter, after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const next = found.length > limit ? cursorFor(name, items.at(-1)?.project) : null
    return reply(200, { items, next })
  },
})

const factsView = z
  .strictObject({
    communities: z.int(),
    buildings: z.int(),
    households: z.int(),
    area: areaOut('面积（㎡）', 'area'),
    ownership: z.record(z.string(), z.string()).meta(about('各类产权的面积（㎡）', 'area by owner')),
    progress: z.string().meta(about('最近填报的完成比例', 'latest share of the works done')),
    ownersBody: z.int().meta(about('已组建业委会（物管会）的小区数', 'communities with an owners’ body')),
    trustService: z.int().meta(about('实行信托制的小区数', 'communities with a trust-style service')),
  })
  .meta({ id: 'ProjectFacts', ...about('项目规模与进度', 'what a project covers and how far it is') })

const documentView = z
  .strictObject({
    kind: oneOf(documentKinds),
    number: z.string(),
    on: dayOut,
    sha256: nullable(z.string()),
    scope: nullable(z.unknown()),
    recordedBy: z.string(),
    recordedAt: instantOut,
  })
  .meta({ id: 'ProjectDocument', ...about('项目文件', 'a document of a project') })

const wholeView = z
  .strictObject({
    ...projectShape,
    facts: factsView,
    buildings: z.array(coveredForm),
    items: z.array(
      z.strictObject({ item: z.string(), quantity: nullable(z.string()), cost: amountOut('造价（元）', 'cost') }),
    ),
    documents: z.array(documentView),
    unfinished: z.array(
      z.strictObject({
        item: z.string(),
        community: nullable(z.string()),
        building: nullable(z.string()),
        dwelling: nullable(z.string()),
        cause: z.string(),
        reason: z.string(),
        cost: amountOut('造价（元）', 'cost'),
      }),
    ),
    progress: z.array(
      z.strictObject({
        on: dayOut,
        ratio: z.string(),
        value: nullable(amountOut('累计产值（元）', 'value so far')),
        evidence: z.string(),
        reportedBy: z.string(),
        reportedAt: instantOut,
      }),
    ),
    history: z.array(changeForm),
  })
  .meta({ id: 'WholeProject', ...about('项目及其全部情况', 'a project with everything known of it') })

const presentFacts = (facts: ProjectFacts): z.input<typeof factsView> => ({
  communities: facts.communities,
  buildings: facts.buildings,
  households: facts.households,
  area: formatArea(facts.areaDm2),
  ownership: ownershipView((name) => facts.ownershipDm2[name]),
  progress: facts.progress,
  ownersBody: facts.ownersBody,
  trustService: facts.trustService,
})

function presentWhole(whole: ProjectRead): z.input<typeof wholeView> {
  return {
    ...whole.project,
    facts: presentFacts(whole.facts),
    buildings: whole.buildings.map(buildingView),
    items: whole.items.map(({ costFen, ...item }) => ({ ...item, cost: formatFen(costFen) })),
    documents: [...whole.documents],
    unfinished: whole.unfinished.map(({ costFen, ...works }) => ({ ...works, cost: formatFen(costFen) })),
    progress: whole.progress.map(({ valueFen, ...report }) => ({
      ...report,
      value: valueFen === null ? null : formatFen(valueFen),
    })),
    history: [...whole.history],
  }
}

const read = route({
  method: 'GET',
  path: '/v1/projects/{project}',
  id: 'readProject',
  tag: 'projects',
  summary: { zh: '项目及其全部情况', en: 'A project with everything known of it' },
  right: 'project.read',
  params: ofProject,
  query: z.strictObject({ asOf: z.exactOptional(day.meta(about('进度截至日期', 'progress by this day'))) }),
  answers: { 200: { about: { zh: '项目', en: 'The project' }, schema: wholeView } },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const asOf = query.asOf ?? businessDay(ledger.clock())
    const whole = await showProject(ledger, actor, params.project, asOf)
    return reply(200, presentWhole(whole), versionTag(whole.project))
  },
})

export const projectRoutes: readonly Route[] = [register, change, coverage, items, listAll, read]
