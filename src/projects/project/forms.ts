/** What comes in and goes out of projects, and of the bundles they are tendered in. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  amount,
  amountOut,
  bookCode,
  day,
  districtCode,
  identifier,
  namesOf,
  oneOf,
  sha256,
  text,
} from '../../form/field.ts'
import { formatArea } from '../community/community.ts'
import {
  area,
  areaOut,
  buildingCode,
  buildingForm,
  buildingView,
  changeForm,
  communityCode,
  dayOut,
  dwellingCode,
  ownershipView,
  versionOut,
  wholeNumber,
} from '../community/forms.ts'
import { evidenceOf, waitingFact, waits } from '../fact/forms.ts'
import {
  causeNamesZh,
  documentKinds,
  documentNamesZh,
  kindNamesZh,
  projectKinds,
  projectStates,
  type ScopeItem,
  stateNamesZh,
  unfinishedCauses,
} from '../terms.ts'
import type { ProjectFacts } from './facts.ts'
import type { ProjectRead } from './reads.ts'

const projectCode = identifier('项目编号，各类资金共用', 'code of the project, the same for every kind of money')
export const bundleCode = identifier('打捆项目包编号', 'code of the bundle')
export const kindForm = oneOf(projectKinds).meta(about(`项目类别：${namesOf(kindNamesZh)}`, 'kind'))
export const stateForm = oneOf(projectStates).meta(about(`状态：${namesOf(stateNamesZh)}`, 'state'))
const itemCode = identifier('改造内容代码，如 B03', 'item of the catalogue, such as B03')
const instantOut = z.string().meta({ ...about('时刻', 'instant'), format: 'date-time' })
const nullable = <Form extends z.ZodType>(form: Form) => z.union([form, z.null()])
/** A batch in a query string. */
export const batchNumber = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]?$/, { error: 'positive', abort: true })
  .transform(Number)
  .meta({ ...about('批次', 'batch'), type: 'integer', minimum: 1 })

export const ofProject = z.strictObject({ project: projectCode })

const listMost = 2_000
const listForm = <Form extends z.ZodType>(form: Form) =>
  z.array(form, { error: `list:0:${listMost}` }).max(listMost, { error: `list:0:${listMost}` })

// --- Registering and changing ---------------------------------------------------------------------------------------

const detailShape = {
  name: text(200, '项目名称', 'name'),
  implementer: text(200, '实施主体', 'implementing entity'),
  book: z.exactOptional(bookCode.meta(about('资金所在的政府会计账套', 'book its money is kept in'))),
  planBook: z.exactOptional(bookCode.meta(about('资金方案备查账套', 'memo book of its funding plans'))),
  bundle: z.exactOptional(bundleCode),
  householdsBefore: z.exactOptional(wholeNumber('改建前户数', 'households before a rebuild')),
  householdsAfter: z.exactOptional(wholeNumber('改建后户数，不得多于改建前', 'households after, not more than before')),
  addedArea: z.exactOptional(area.meta(about('改建增加的面积（㎡）', 'area a rebuild adds'))),
}
export const projectDetails = z.strictObject(detailShape)
export type ProjectDetails = z.output<typeof projectDetails>

const coveredBuildings = listForm(
  z.strictObject({ community: communityCode, building: buildingCode }).meta({ id: 'BuildingName' }),
)
const costedItem = z
  .strictObject({
    item: itemCode,
    quantity: z.exactOptional(text(100, '工程量', 'quantity')),
    cost: amount.meta(about('造价（元）', 'cost in yuan')),
  })
  .meta({ id: 'ProjectItemDraft', ...about('改造内容及其造价', 'an item and its cost') })
export type CostedItem = z.output<typeof costedItem>

export const newProject = z.strictObject({
  project: projectCode,
  district: districtCode,
  kind: kindForm,
  ...detailShape,
  buildings: coveredBuildings.default([]),
  items: listForm(costedItem).default([]),
})
export type NewProject = z.output<typeof newProject>
export const coverageForm = z.strictObject({ buildings: coveredBuildings })
export const itemsForm = z.strictObject({ items: listForm(costedItem) })

// --- Steps ----------------------------------------------------------------------------------------------------------

/** An item, and the dwelling where it is one household's: all three of its names or none. */
const worksShape = {
  item: itemCode,
  community: z.exactOptional(communityCode),
  building: z.exactOptional(buildingCode),
  dwelling: z.exactOptional(dwellingCode),
}
type Works = { item: string; community?: string; building?: string; dwelling?: string }
const isWhole = ({ community, building, dwelling }: Works): boolean =>
  (community === undefined) === (building === undefined) && (building === undefined) === (dwelling === undefined)
export const scopeItemOf = ({ item, community, building, dwelling }: Works): ScopeItem =>
  community === undefined || building === undefined || dwelling === undefined
    ? { item }
    : { item, dwelling: { community, building, dwelling } }

const worksForm = z
  .strictObject(worksShape)
  .refine(isWhole, { error: 'whole_dwelling' })
  .meta({
    id: 'WorksName',
    ...about('改造内容；涉及一户的写明房屋', 'an item, with the dwelling where it is one household’s'),
  })

export const newDocument = z.strictObject({
  kind: oneOf(documentKinds).meta(about(`文件种类：${namesOf(documentNamesZh)}`, 'kind')),
  number: text(200, '文号', 'document number'),
  on: day.meta(about('文件日期，不晚于今天', 'day of the document, not after today')),
  sha256: z.exactOptional(sha256.meta(about('附件的 SHA-256', 'SHA-256 of the file'))),
  communities: z.exactOptional(listForm(communityCode).meta(about('涉及的小区', 'communities it is about'))),
  items: z.exactOptional(listForm(worksForm).meta(about('涉及的改造内容', 'items it is about'))),
})
export type NewDocument = z.output<typeof newDocument>

export const newUnfinished = z
  .strictObject({
    ...worksShape,
    cause: oneOf(unfinishedCauses).meta(about(`原因：${namesOf(causeNamesZh)}`, 'cause')),
    reason: text(500, '说明', 'why'),
    cost: amount.meta(about('未完成部分的造价（元）', 'cost of what is not done')),
  })
  .refine(isWhole, { error: 'whole_dwelling' })

export const newProgress = z.strictObject({
  on: day.meta(about('截至日期，不晚于今天', 'by this day, not after today')),
  ratio: z
    .string({ error: 'progress' })
    .regex(/^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$/, { error: 'progress' })
    .meta(about('完成比例，0 至 1，至多四位小数', 'share done, 0 to 1, at most four decimals')),
  value: z.exactOptional(amount.meta(about('累计完成产值（元）', 'value of the works so far'))),
  evidence: text(500, '依据，如监理月报', 'evidence'),
  sha256: z.exactOptional(evidenceOf),
})

/** A day before today, and the document that shows it; without one it is today. */
export const datedShape = {
  on: z.exactOptional(day.meta(about('自哪天起；不填为今天', 'from which day; today where absent'))),
  document: z.exactOptional(
    text(200, '早于今天的，证明当日事实的文件', 'of an earlier day the document that shows it'),
  ),
}
export const moveForm = z.strictObject({
  to: stateForm,
  reason: z.exactOptional(text(500, '原因', 'why')),
  ...datedShape,
  sha256: z.exactOptional(evidenceOf),
})

// --- Answers --------------------------------------------------------------------------------------------------------

const projectShape = {
  project: projectCode,
  district: districtCode,
  name: z.string(),
  kind: kindForm,
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
export const projectForm = z.strictObject(projectShape).meta({ id: 'Project', ...about('项目', 'a project') })
export const waitingProject = z.strictObject({ ...projectShape, ...waits }).meta({
  id: 'ProjectOfWaitingFact',
  ...about('项目现状；所报事实待另一人复核', 'as it stands; what was said of it waits to be checked'),
})

const factsForm = z
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

const documentForm = z
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

export const wholeProjectForm = z
  .strictObject({
    ...projectShape,
    facts: factsForm,
    buildings: z.array(buildingForm),
    items: z.array(
      z.strictObject({ item: z.string(), quantity: nullable(z.string()), cost: amountOut('造价（元）', 'cost') }),
    ),
    documents: z.array(documentForm),
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
    waiting: z.array(waitingFact).meta(about('待另一人复核的事实', 'facts that wait to be checked')),
  })
  .meta({ id: 'WholeProject', ...about('项目及其全部情况', 'a project with everything known of it') })

const factsView = (facts: ProjectFacts): z.input<typeof factsForm> => ({
  communities: facts.communities,
  buildings: facts.buildings,
  households: facts.households,
  area: formatArea(facts.areaDm2),
  ownership: ownershipView((name) => facts.ownershipDm2[name]),
  progress: facts.progress,
  ownersBody: facts.ownersBody,
  trustService: facts.trustService,
})

export function wholeProjectView(whole: ProjectRead): z.input<typeof wholeProjectForm> {
  return {
    ...whole.project,
    facts: factsView(whole.facts),
    buildings: whole.buildings.map(buildingView),
    items: whole.items.map(({ costFen, ...item }) => ({ ...item, cost: formatFen(costFen) })),
    documents: [...whole.documents],
    unfinished: whole.unfinished.map(({ costFen, ...works }) => ({ ...works, cost: formatFen(costFen) })),
    progress: whole.progress.map(({ valueFen, ...report }) => ({
      ...report,
      value: valueFen === null ? null : formatFen(valueFen),
    })),
    history: [...whole.history],
    waiting: [...whole.waiting],
  }
}

// --- Bundles --------------------------------------------------------------------------------------------------------

export const ofBundle = z.strictObject({ bundle: bundleCode })
export const newBundle = z.strictObject({ ...ofBundle.shape, district: districtCode, name: text(200, '名称', 'name') })

const bundleShape = { bundle: bundleCode, district: districtCode, name: z.string(), version: versionOut }
export const bundleForm = z
  .strictObject(bundleShape)
  .meta({ id: 'Bundle', ...about('打捆项目包', 'projects tendered together') })
export const wholeBundleForm = z
  .strictObject({ ...bundleShape, projects: z.array(projectForm) })
  .meta({ id: 'BundleWithProjects' })
