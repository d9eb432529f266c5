/**
 * What is done with a project: registering and changing it, its buildings and items, recording documents, unfinished works and
 * progress, and moving it on. Each is one transaction under the caller's key, with the record of the change beside it.
 */
import { type Text } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import { type Day, instantText } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { type Act, act } from '../../ledger/act.ts'
import { type Ledger, sees } from '../../ledger/ledger.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { itemOf } from '../../policy/catalogue.ts'
import { type Law, lawOn } from '../../policy/parameters.ts'
import { requireDistrict } from '../community/verbs.ts'
import type { BundleRow } from './reads.ts'
import { formatArea } from '../community/community.ts'
import { isOpenState, requireMove, requireNoMoreHouseholds } from './project.ts'
import { refuse } from '../refusals.ts'
import {
  changeProject as writeProject,
  itemCosts,
  lockProject,
  moveFacts,
  nextSequence,
  projectColumns,
  type ProjectJson,
  projectJson,
  type ProjectRow,
  requireState,
} from './store.ts'
import { type BuildingKey, lockCommunities } from '../community/store.ts'
import type { DocumentKind, DocumentScope, DwellingName, ProjectKind, ProjectState, ScopeItem } from '../terms.ts'

type Answer = Promise<KeyedAnswer<ProjectJson>>

export type ProjectDetails = {
  readonly name: string
  readonly implementer: string
  readonly book?: string | undefined
  readonly planBook?: string | undefined
  readonly bundle?: string | undefined
  readonly householdsBefore?: number | undefined
  readonly householdsAfter?: number | undefined
  readonly addedAreaDm2?: bigint | undefined
}
export type NewProject = ProjectDetails & {
  readonly project: string
  readonly district: string
  readonly kind: ProjectKind
  readonly buildings: readonly BuildingKey[]
  readonly items: readonly GivenItem[]
}
export type GivenItem = { readonly item: string; readonly quantity?: string | undefined; readonly costFen: Fen }

const detailsJson = (given: ProjectDetails) => ({
  name: given.name,
  implementer: given.implementer,
  book: given.book ?? null,
  planBook: given.planBook ?? null,
  bundle: given.bundle ?? null,
  householdsBefore: given.householdsBefore ?? null,
  householdsAfter: given.householdsAfter ?? null,
  addedArea: given.addedAreaDm2 === undefined ? null : formatArea(given.addedAreaDm2),
})
const buildingsJson = (buildings: readonly BuildingKey[]) =>
  buildings.map(({ community, building }) => ({ community, building }))
const itemsJson = (items: readonly GivenItem[]) =>
  items.map(({ item, quantity, costFen }) => ({ item, quantity: quantity ?? null, cost: formatFen(costFen) }))

const contentJson = (given: NewProject) => ({
  ...detailsJson(given),
  buildings: buildingsJson(given.buildings),
  items: itemsJson(given.items),
})

/**
 * Registers a project in the reserve (储备). Refuses `district_unknown`, `project_exists`, `book_not_found`, `bundle_not_found`,
 * `households_increase`, and what its buildings and items refuse.
 */
export function registerProject(ledger: Ledger, actor: Actor, given: NewProject, key: string): Answer {
  demand(actor, 'project.manage')
  const { project, district, kind } = given
  const content = { project, district, kind, ...contentJson(given) }
  return act(ledger, { person: actor.person, key, kind: 'project.register', content }, async (running) =>
    projectJson(await registerWithin(ledger, actor, running, given)),
  )
}

/** Registers a project in a transaction that is open. */
export async function registerWithin(
  ledger: Ledger,
  actor: Actor,
  { tx, at, today }: Act,
  given: NewProject,
): Promise<ProjectRow> {
  const { project, district, kind, buildings, items } = given
  requireDistrict(actor, district, today)
  const [row] = await tx.query<ProjectRow>(
    `insert into project (project, district, name, kind, implementer, state, state_on, version)
     values ($1, $2, $3, $4, $5, 'reserve', $6, 1) on conflict do nothing returning ${projectColumns}`,
    [project, district, given.name, kind, given.implementer, today],
  )
  if (!row) throw refuse('project_exists', { project })
  await requireDetails(ledger, actor, tx, row, given)
  await writeCoverage(tx, row, buildings)
  await writeItems(tx, row, items, lawOn(today))
  const made = await updateDetails(tx, row, given)
  const body = { project, district, kind, ...contentJson(given) }
  await recordChange(tx, {
    noun: 'project',
    id: project,
    version: 1,
    verb: 'registered',
    person: actor.person,
    at,
    body,
  })
  return made
}

/** Changes the details of a project that has not ended. Refuses `project_not_found`, `version_stale`, `project_state_wrong` and as above. */
export function changeProject(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ProjectDetails & { readonly version: number | undefined },
  key: string,
): Answer {
  return onProject(ledger, actor, project, given.version, 'change', detailsJson(given), key, async (running, row) => {
    requireState(row, 'reserve', 'planned', 'under_way', 'accepted', 'settled')
    await requireDetails(ledger, actor, running.tx, row, given)
    return writeProject(running.tx, row, detailColumns(given), {
      verb: 'changed',
      person: actor.person,
      at: running.at,
      body: detailsJson(given),
    })
  })
}

const detailColumns = (given: ProjectDetails) => ({
  name: given.name,
  implementer: given.implementer,
  book: given.book ?? null,
  plan_book: given.planBook ?? null,
  bundle: given.bundle ?? null,
  households_before: given.householdsBefore ?? null,
  households_after: given.householdsAfter ?? null,
  added_area_dm2: given.addedAreaDm2 ?? null,
})

async function updateDetails(tx: Tx, row: ProjectRow, given: ProjectDetails): Promise<ProjectRow> {
  const c = detailColumns(given)
  const [made] = await tx.query<ProjectRow>(
    `update project set book = $2, plan_book = $3, bundle = $4, households_before = $5, households_after = $6, added_area_dm2 = $7
     where project = $1 returning ${projectColumns}`,
    [
      row.project,
      c.book,
      c.plan_book,
      c.bundle,
      c.households_before,
      c.households_after,
      c.added_area_dm2?.toString() ?? null,
    ],
  )
  return made ?? row
}

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
    const found = await tx.query('select 1 from bundle where bundle = $1 and district = $2', [bundle, district])
    if (found.length === 0) throw refuse('bundle_not_found', { bundle })
  }
  // A rebuild may be registered before its figures are known; once they are, they must be lawful.
  if (householdsBefore !== undefined && householdsAfter !== undefined)
    requireNoMoreHouseholds({ project, kind, householdsBefore, householdsAfter })
}

// --- What it covers, what it costs --------------------------------------------------------------------------------------

/** Says which buildings a project covers: all of them, each time. Only before its funding plan is approved. */
export function changeCoverage(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: { readonly version: number | undefined; readonly buildings: readonly BuildingKey[] },
  key: string,
): Answer {
  const body = { buildings: buildingsJson(given.buildings) }
  return onProject(ledger, actor, project, given.version, 'buildings', body, key, async (running, row) => {
    requireUnsettledScope(row)
    await running.tx.query('delete from project_building where project = $1', [project])
    await writeCoverage(running.tx, row, given.buildings)
    return writeProject(running.tx, row, {}, { verb: 'buildings_changed', person: actor.person, at: running.at, body })
  })
}

/** Says what a project consists of and costs: every item, each time. Only before its funding plan is approved. */
export function changeItems(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: { readonly version: number | undefined; readonly items: readonly GivenItem[] },
  key: string,
): Answer {
  const body = { items: itemsJson(given.items) }
  return onProject(ledger, actor, project, given.version, 'items', body, key, (running, row) =>
    replaceItems(running, actor, row, given.items),
  )
}

/** Puts the items of a project in place of those there were, in a transaction that is open. */
export async function replaceItems(
  { tx, at, today }: Act,
  actor: Actor,
  row: ProjectRow,
  items: readonly GivenItem[],
): Promise<ProjectRow> {
  requireUnsettledScope(row)
  await tx.query('delete from project_item where project = $1', [row.project])
  await writeItems(tx, row, items, lawOn(today))
  const body = { items: itemsJson(items) }
  return writeProject(tx, row, {}, { verb: 'items_changed', person: actor.person, at, body })
}

// What an approved funding plan divides among its payers may change only together with it.
export function requireUnsettledScope(row: ProjectRow): void {
  requireState(row, 'reserve', 'planned')
  if (row.plan_approved) throw refuse('funding_plan_stands', { project: row.project })
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

async function writeItems(tx: Tx, row: ProjectRow, items: readonly GivenItem[], law: Law): Promise<void> {
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
      intArray(items.map(({ costFen }) => costFen)),
    ],
  )
}

// --- Documents, unfinished works, progress --------------------------------------------------------------------------------

export type NewDocument = {
  readonly kind: DocumentKind
  readonly number: string
  readonly on: Day
  readonly sha256?: string | undefined
  readonly scope?: DocumentScope | undefined
}

/**
 * Records a document of a project; it is never changed. Refuses `project_not_found`, `project_state_wrong`, `day_in_future`,
 * `document_recorded`, `document_scope_missing`, and what it names that the project does not have.
 */
export function recordDocument(ledger: Ledger, actor: Actor, project: string, given: NewDocument, key: string): Answer {
  const { kind, number, on, sha256, scope } = given
  const body = { kind, number, on, sha256: sha256 ?? null, scope: scope === undefined ? null : scopeJson(scope) }
  return onProject(ledger, actor, project, undefined, 'document', body, key, async (running, row) => {
    const { tx, at, today } = running
    requireState(row, 'reserve', 'planned', 'under_way', 'accepted', 'settled')
    if (on > today)
      throw refuse('day_in_future', { what: { zh: `文件 ${number} `, en: `Document ${number}` }, on, today })
    const needsScope = kind === 'waiver' || kind === 'design_change'
    if (needsScope && (scope?.items ?? []).length === 0) throw refuse('document_scope_missing', { kind })
    if (scope) await requireOfProject(tx, row, scope)
    const known = await tx.query('select 1 from project_document where number = $1 and kind = $2 and project = $3', [
      number,
      kind,
      project,
    ])
    if (known.length > 0) throw refuse('document_recorded', { project, kind, number })
    await tx.query(
      `insert into project_document (project, sequence, kind, number, on_day, sha256, scope, recorded_by, recorded_at)
       values ($1, $2, $3, $4, $5, decode($6, 'hex'), $7, $8, $9)`,
      [
        project,
        await nextSequence(tx, 'project_document', project),
        kind,
        number,
        on,
        sha256 ?? null,
        scope === undefined ? null : JSON.stringify(scopeJson(scope)),
        actor.person,
        instantText(at),
      ],
    )
    return writeProject(tx, row, {}, { verb: 'document_recorded', person: actor.person, at, body })
  })
}

const dwellingJson = ({ community, building, dwelling }: DwellingName) => ({ community, building, dwelling })
const scopeJson = ({ communities, items }: DocumentScope) => ({
  ...(communities !== undefined && { communities: [...communities] }),
  ...(items !== undefined && {
    items: items.map(({ item, dwelling }) => ({ item, ...(dwelling && { dwelling: dwellingJson(dwelling) }) })),
  }),
})

async function requireOfProject(
  tx: Tx,
  { project }: ProjectRow,
  { communities = [], items = [] }: DocumentScope,
): Promise<void> {
  const covered = await tx.query<{ community: string }>(
    'select distinct community from project_building where project = $1',
    [project],
  )
  for (const community of communities) {
    if (!covered.some((row) => row.community === community))
      throw refuse('community_not_of_project', { project, community })
  }
  const known = new Set((await itemCosts(tx, project)).map(({ item }) => item))
  for (const { item, dwelling } of items) {
    if (!known.has(item)) throw refuse('item_not_in_project', { project, item })
    if (dwelling) await requireDwelling(tx, project, dwelling)
  }
}

async function requireDwelling(
  tx: Tx,
  project: string,
  { community, building, dwelling }: DwellingName,
): Promise<void> {
  const found = await tx.query(
    `select 1 from project_building p join dwelling d on d.community = p.community and d.building = p.building
     where p.project = $1 and p.community = $2 and p.building = $3 and d.dwelling = $4`,
    [project, community, building, dwelling],
  )
  if (found.length === 0) throw refuse('dwelling_unknown', { project, community, building, dwelling })
}

export type NewUnfinished = ScopeItem & {
  readonly cause: 'household_refused' | 'objective'
  readonly reason: string
  readonly costFen: Fen
}

/**
 * Records works that are not done, because a household refused them or something prevented them (clause 22). From then on nothing is
 * accepted until a signed waiver and a design change cover them.
 */
export function recordUnfinished(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: NewUnfinished,
  key: string,
): Answer {
  const { item, dwelling, cause, reason, costFen } = given
  const body = { item, dwelling: dwelling ? dwellingJson(dwelling) : null, cause, reason, cost: formatFen(costFen) }
  return onProject(ledger, actor, project, undefined, 'unfinished', body, key, async (running, row) => {
    const { tx, at } = running
    requireState(row, 'under_way')
    await requireOfProject(tx, row, { items: [given] })
    await tx.query(
      `insert into project_unfinished
         (project, sequence, item, community, building, dwelling, cause, reason, cost_fen, recorded_by, recorded_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        project,
        await nextSequence(tx, 'project_unfinished', project),
        item,
        dwelling?.community ?? null,
        dwelling?.building ?? null,
        dwelling?.dwelling ?? null,
        cause,
        reason,
        costFen.toString(),
        actor.person,
        instantText(at),
      ],
    )
    return writeProject(tx, row, {}, { verb: 'unfinished_recorded', person: actor.person, at, body })
  })
}

export type NewProgress = {
  readonly on: Day
  /** Share of the works that is done, 0 to 1 with four decimals. */
  readonly ratio: string
  readonly valueFen?: Fen | undefined
  readonly evidence: string
}

/** Reports how far works are on a day. A later report of the same day corrects it; both stay on record. */
export function reportProgress(ledger: Ledger, actor: Actor, project: string, given: NewProgress, key: string): Answer {
  const { on, ratio, valueFen, evidence } = given
  const body = { on, ratio, value: valueFen === undefined ? null : formatFen(valueFen), evidence }
  return onProject(ledger, actor, project, undefined, 'progress', body, key, async (running, row) => {
    const { tx, at, today } = running
    requireState(row, 'under_way', 'accepted')
    if (on > today) throw refuse('day_in_future', { what: { zh: '进度', en: 'Progress' }, on, today })
    await tx.query(
      `insert into project_progress (project, on_day, sequence, ratio, value_fen, evidence, reported_by, reported_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8)`,
      [
        project,
        on,
        await nextSequence(tx, 'project_progress', project),
        ratio,
        valueFen?.toString() ?? null,
        evidence,
        actor.person,
        instantText(at),
      ],
    )
    return writeProject(tx, row, {}, { verb: 'progress_reported', person: actor.person, at, body })
  })
}

// --- State --------------------------------------------------------------------------------------------------------------

export type Move = {
  readonly version: number | undefined
  readonly to: ProjectState
  readonly reason?: string | undefined
}

/** Moves a project to its next state, or out of the programme. Refuses by the first gate that is not passed (project.ts). */
export function moveProject(ledger: Ledger, actor: Actor, project: string, given: Move, key: string): Answer {
  const { version, to, reason } = given
  const body = { to, reason: reason ?? null }
  return onProject(ledger, actor, project, version, 'move', body, key, async ({ tx, at, today }, row) => {
    requireMove(row.state, to, await moveFacts(tx, row, { on: today, byBatch: false }))
    return moveTo(tx, row, to, { today, person: actor.person, at, body: { from: row.state, ...body } })
  })
}

/** Writes a move that was found lawful; a project that ends gives its buildings free. */
export async function moveTo(
  tx: Tx,
  row: ProjectRow,
  to: ProjectState,
  { today, person, at, body }: { today: Day; person: string; at: bigint; body: Json },
  columns: { readonly year?: number | null; readonly batch?: number | null } = {},
): Promise<ProjectRow> {
  if (!isOpenState(to)) await tx.query('update project_building set open = false where project = $1', [row.project])
  return writeProject(tx, row, { state: to, state_on: today, ...columns }, { verb: 'moved', person, at, body })
}

// --- Bundles ------------------------------------------------------------------------------------------------------------

/** Registers a bundle (打捆), to which projects of the district are then assigned. */
export function registerBundle(
  ledger: Ledger,
  actor: Actor,
  given: { readonly bundle: string; readonly district: string; readonly name: string },
  key: string,
): Promise<KeyedAnswer<BundleRow>> {
  demand(actor, 'project.manage')
  const { bundle, district, name } = given
  const content = { bundle, district, name }
  return act(ledger, { person: actor.person, key, kind: 'bundle.register', content }, async ({ tx, at, today }) => {
    requireDistrict(actor, district, today)
    const made = await tx.query(
      'insert into bundle (bundle, district, name, version) values ($1, $2, $3, 1) on conflict do nothing returning 1',
      [bundle, district, name],
    )
    if (made.length === 0) throw refuse('bundle_exists', { bundle })
    const change = { noun: 'bundle', id: bundle, version: 1, verb: 'registered', person: actor.person, at }
    await recordChange(tx, { ...change, body: content })
    return { ...content, version: 1 }
  })
}

// --- All verbs of one project -------------------------------------------------------------------------------------------

function onProject(
  ledger: Ledger,
  actor: Actor,
  project: string,
  version: number | undefined,
  verb: string,
  content: { [key: string]: Json },
  key: string,
  work: (running: Act, row: ProjectRow) => Promise<ProjectRow>,
): Answer {
  demand(actor, 'project.manage')
  const request = {
    person: actor.person,
    key,
    kind: `project.${verb}`,
    content: { project, version: version ?? null, ...content },
  }
  return act(ledger, request, async (running) => {
    const row = await lockProject(running.tx, actor, project)
    requireVersion({ zh: `项目 ${project}`, en: `Project ${project}` }, version, row.version)
    return projectJson(await work(running, row))
  })
}
