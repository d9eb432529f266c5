/**
 * What is done with a project: registering and changing it, its buildings and items. Each is one transaction under the
 * caller's key, with the record of the change beside it. How a project goes on is said in steps.ts.
 */
import type * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { formatFen } from '../../base/money.ts'
import type { Text } from '../../base/refusal.ts'
import type { Act } from '../../ledger/act.ts'
import { type Ledger, sees } from '../../ledger/ledger.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { type Doing, nothing, type Verb, verb, type VerbDefinition } from '../../noun/verb.ts'
import { itemOf } from '../../policy/catalogue.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import { formatArea } from '../community/community.ts'
import { type BuildingKey, lockCommunities } from '../community/store.ts'
import { requireDistrict } from '../community/verbs.ts'
import type { Waiting } from '../fact/fact.ts'
import { type Waits, waitsOf } from '../fact/forms.ts'
import { refuse } from '../refusals.ts'
import {
  type CostedItem,
  coverageForm,
  itemsForm,
  type NewProject,
  newProject,
  ofProject,
  type ProjectDetails,
  projectDetails,
} from './forms.ts'
import { requireNoMoreHouseholds } from './project.ts'
import {
  changeProject as writeProject,
  findBundle,
  insertProject,
  lockProject,
  type ProjectJson,
  projectJson,
  type ProjectRow,
  requireState,
  writeColumns,
} from './store.ts'

const detailsJson = (given: ProjectDetails) => ({
  name: given.name,
  implementer: given.implementer,
  book: given.book ?? null,
  planBook: given.planBook ?? null,
  bundle: given.bundle ?? null,
  householdsBefore: given.householdsBefore ?? null,
  householdsAfter: given.householdsAfter ?? null,
  addedArea: given.addedArea === undefined ? null : formatArea(given.addedArea),
})
const buildingsJson = (buildings: readonly BuildingKey[]) =>
  buildings.map(({ community, building }) => ({ community, building }))
const itemsJson = (items: readonly CostedItem[]) =>
  items.map(({ item, quantity, cost }) => ({ item, quantity: quantity ?? null, cost: formatFen(cost) }))

const newJson = (given: NewProject) => ({
  project: given.project,
  district: given.district,
  kind: given.kind,
  ...detailsJson(given),
  buildings: buildingsJson(given.buildings),
  items: itemsJson(given.items),
})

const detailRefusals = ['book_not_found', 'bundle_not_found', 'households_increase'] as const
const coverageRefusals = ['listed_twice', 'building_unknown', 'building_in_other_project'] as const
const changeRefusals = ['project_not_found', 'version_stale', 'project_state_wrong', 'idempotency_key_reused'] as const

/** Registers a project in the reserve (储备). */
export const registerProject = verb({
  kind: 'project.register',
  right: 'project.manage',
  of: nothing,
  form: newProject,
  refuses: [
    'district_unknown',
    'district_not_yours',
    'project_exists',
    ...detailRefusals,
    ...coverageRefusals,
    'item_not_in_catalogue',
    'idempotency_key_reused',
  ],
  content: newJson,
  work: async (doing, given) => projectJson(await registerWithin(doing.ledger, doing.actor, doing, given)),
})

/** Registers a project in a transaction that is open. */
export async function registerWithin(
  ledger: Ledger,
  actor: Actor,
  { tx, at, today }: Act,
  given: NewProject,
): Promise<ProjectRow> {
  const { project, district, kind, buildings, items } = given
  requireDistrict(actor, district, today)
  const { name, implementer } = given
  const row = await insertProject(tx, { project, district, name, kind, implementer, stateOn: today })
  if (!row) throw refuse('project_exists', { project })
  await requireDetails(ledger, actor, tx, row, given)
  await writeCoverage(tx, row, buildings)
  await writeItems(tx, row, items, lawOn(today))
  const made = await writeColumns(tx, project, detailColumns(given))
  const change = { noun: 'project', id: project, version: 1, verb: 'registered', person: actor.person, at }
  await recordChange(tx, { ...change, body: newJson(given) })
  return made
}

// --- Verbs of one project
// ---------------------------------------------------------------------------------------------

type OfProject<Form extends z.ZodType, Code extends string> = Pick<
  VerbDefinition<typeof ofProject, Form, ProjectAnswer, Code, undefined>,
  'kind' | 'form' | 'refuses'
> & {
  /** What is asked, as it stands in the content under the key and in the record of the change. */
  readonly body: (given: z.output<Form>) => Body
  readonly work: (
    doing: Doing,
    row: ProjectRow,
    given: z.output<Form>,
    body: Body,
  ) => Promise<ProjectRow | Waiting<ProjectRow>>
}
/** The project as it stands, and the approval that what was said of it waits for. */
type ProjectAnswer = ProjectJson | (ProjectJson & Waits)
const answerOf = (done: ProjectRow | Waiting<ProjectRow>): ProjectAnswer =>
  'waits' in done ? { ...projectJson(done.row), ...waitsOf(done.waits) } : projectJson(done)
type Body = { [key: string]: Json }

/** A verb that adds to a project, whatever version it has. */
export const addToProject = <Form extends z.ZodType, const Code extends string>({
  body,
  work,
  ...verbOf
}: OfProject<Form, Code>): Verb<typeof ofProject, Form, ProjectAnswer, Code> =>
  verb<typeof ofProject, Form, ProjectAnswer, Code>({
    ...verbOf,
    right: 'project.manage',
    of: ofProject,
    content: (given) => ({ project: given.project, version: null, ...body(given) }),
    work: async (doing, given) => {
      const row = await lockProject(doing.tx, doing.actor, given.project)
      return answerOf(await work(doing, row, given, body(given)))
    },
  })

/** A verb that changes a project the caller has read. */
export const alterProject = <Form extends z.ZodType, const Code extends string>({
  body,
  work,
  ...verbOf
}: OfProject<Form, Code>): Verb<typeof ofProject, Form, ProjectAnswer, Code, 'version'> =>
  verb<typeof ofProject, Form, ProjectAnswer, Code, undefined, 'version'>({
    ...verbOf,
    right: 'project.manage',
    of: ofProject,
    versioned: 'version',
    content: (given) => ({ project: given.project, version: given.version ?? null, ...body(given) }),
    work: async (doing, given) => {
      const { project, version } = given
      const row = await lockProject(doing.tx, doing.actor, project)
      requireVersion({ zh: `项目 ${project}`, en: `Project ${project}` }, version, row.version)
      return answerOf(await work(doing, row, given, body(given)))
    },
  })

/** Changes the details of a project that has not ended. */
export const changeProject = alterProject({
  kind: 'project.change',
  form: projectDetails,
  refuses: [...changeRefusals, ...detailRefusals],
  body: detailsJson,
  work: async ({ tx, at, ledger, actor, passed }, row, given, body) => {
    requireState(row, 'reserve', 'planned', 'under_way', 'accepted', 'settled')
    passed()
    await requireDetails(ledger, actor, tx, row, given)
    return writeProject(tx, row, detailColumns(given), { verb: 'changed', person: actor.person, at, body })
  },
})

const detailColumns = (given: ProjectDetails) => ({
  name: given.name,
  implementer: given.implementer,
  book: given.book ?? null,
  planBook: given.planBook ?? null,
  bundle: given.bundle ?? null,
  householdsBefore: given.householdsBefore ?? null,
  householdsAfter: given.householdsAfter ?? null,
  addedAreaDm2: given.addedArea ?? null,
})

async function requireDetails(
  ledger: Ledger,
  actor: Actor,
  tx: Tx,
  { project, kind, district }: ProjectRow,
  { book, planBook, bundle, householdsBefore, householdsAfter }: ProjectDetails,
): Promise<void> {
  for (const code of [book, planBook]) {
    if (code === undefined) continue
    const found = await ledger.shelf.find(code)
    if (!found || !sees(actor, found)) throw refuseInLedger('book_not_found', { book: code })
  }
  if (bundle !== undefined) {
    if (!(await findBundle(tx, { bundle, district }))) throw refuse('bundle_not_found', { bundle })
  }
  // A rebuild may be registered before its figures are known; once they are, they must be lawful.
  if (householdsBefore !== undefined && householdsAfter !== undefined)
    requireNoMoreHouseholds({ project, kind, householdsBefore, householdsAfter })
}

// --- What it covers, what it costs
// --------------------------------------------------------------------------------------

/** Says which buildings a project covers: all of them, each time. Only before its funding plan is approved. */
export const changeCoverage = alterProject({
  kind: 'project.buildings',
  form: coverageForm,
  refuses: [...changeRefusals, 'funding_plan_stands', ...coverageRefusals],
  body: ({ buildings }) => ({ buildings: buildingsJson(buildings) }),
  work: async ({ tx, at, actor, passed }, row, { buildings }, body) => {
    requireUnsettledScope(row)
    passed()
    await tx.query('delete from project_building where project = $1', [row.project])
    await writeCoverage(tx, row, buildings)
    return writeProject(tx, row, {}, { verb: 'buildings_changed', person: actor.person, at, body })
  },
})

/** Says what a project consists of and costs: every item, each time. Only before its funding plan is approved. */
export const changeItems = alterProject({
  kind: 'project.items',
  form: itemsForm,
  refuses: [...changeRefusals, 'funding_plan_stands', 'listed_twice', 'item_not_in_catalogue'],
  body: ({ items }) => ({ items: itemsJson(items) }),
  work: (doing, row, { items }) => replaceItems(doing, doing.actor, row, items),
})

/** Puts the items of a project in place of those there were, in a transaction that is open. */
export async function replaceItems(
  { tx, at, today, passed }: Act,
  actor: Actor,
  row: ProjectRow,
  items: readonly CostedItem[],
): Promise<ProjectRow> {
  requireUnsettledScope(row)
  passed()
  await tx.query('delete from project_item where project = $1', [row.project])
  await writeItems(tx, row, items, lawOn(today))
  const body = { items: itemsJson(items) }
  return writeProject(tx, row, {}, { verb: 'items_changed', person: actor.person, at, body })
}

// What an approved funding plan divides among its payers may change only together with it.
export function requireUnsettledScope(row: ProjectRow): void {
  requireState(row, 'reserve', 'planned')
  if (row.planApproved) throw refuse('funding_plan_stands', { project: row.project })
}

async function writeCoverage(tx: Tx, row: ProjectRow, buildings: readonly BuildingKey[]): Promise<void> {
  if (buildings.length === 0) return
  requireOnce(
    buildings.map(({ community, building }) => ({
      zh: `楼栋 ${community} ${building}`,
      en: `Building ${community} ${building}`,
    })),
  )
  // Two projects that want the same building meet at the lock of its community.
  const known = await lockCommunities(tx, [...new Set(buildings.map(({ community }) => community))])
  const pairs = [textArray(buildings.map((b) => b.community)), textArray(buildings.map((b) => b.building))]
  const rows = await tx.query<BuildingKey & { taken: string | null }>(
    `select b.community, b.building,
       (select o.project from project_building o where o.community = b.community and o.building = b.building
          and o.kind = $3 and o.open and o.project <> $4 limit 1) as taken
     from unnest($1::text[], $2::text[]) k(community, building)
     join building b on b.community = k.community and b.building = k.building`,
    [...pairs, row.kind, row.project],
  )
  for (const { community, building } of buildings) {
    const found = rows.find((candidate) => candidate.community === community && candidate.building === building)
    const inDistrict = known.some((c) => c.community === community && c.district === row.district)
    if (!found || !inDistrict) throw refuse('building_unknown', { community, building })
    if (found.taken !== null) throw refuse('building_in_other_project', { community, building, project: found.taken })
  }
  await tx.query(
    `insert into project_building (project, community, building, kind, open)
     select $3, k.community, k.building, $4, true from unnest($1::text[], $2::text[]) k(community, building)`,
    [...pairs, row.project, row.kind],
  )
}

function requireOnce(names: readonly Text[]): void {
  const seen = new Set<string>()
  for (const what of names) {
    if (seen.has(what.zh)) throw refuse('listed_twice', { what })
    seen.add(what.zh)
  }
}

async function writeItems(tx: Tx, row: ProjectRow, items: readonly CostedItem[], law: Law): Promise<void> {
  if (items.length === 0) return
  requireOnce(items.map(({ item }) => ({ zh: `改造内容 ${item}`, en: `Item ${item}` })))
  for (const { item } of items) if (!itemOf(item, law)) throw refuse('item_not_in_catalogue', { item, on: law.on })
  await tx.query(
    `insert into project_item (project, item, quantity, cost_fen)
     select $1, * from unnest($2::text[], $3::text[], $4::bigint[])`,
    [
      row.project,
      textArray(items.map(({ item }) => item)),
      textArray(items.map(({ quantity }) => quantity)),
      intArray(items.map(({ cost }) => cost)),
    ],
  )
}
