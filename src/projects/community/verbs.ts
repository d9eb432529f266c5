/** Registering and changing communities, buildings and dwellings: one at a time, or a whole list in a few statements. */
import { placeText } from './store.ts'
import { type Actor, demand } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { checkIdentifier } from '../../policy/identifier.ts'
import { lawOn } from '../../policy/parameters.ts'
import { formatArea, type Ownership } from './community.ts'
import { refuse } from '../refusals.ts'
import { seesDistrict } from '../project/store.ts'
import {
  type BuildingKey,
  type CommunityJson,
  type CommunityRow,
  communityJson,
  deleteBuildings,
  deleteDwellings,
  lockCommunity,
  refreshTotals,
  writeBuildings,
  writeDwellings,
} from './store.ts'

export type CommunityDetails = {
  readonly name: string
  readonly builtYear?: number | undefined
  readonly ownersBody: boolean
  readonly trustService: boolean
  /** Since when its owners have promised to top up and renew the maintenance fund. */
  readonly fundPromisedOn?: Day | undefined
}
export type NewCommunity = CommunityDetails & { readonly community: string; readonly district: string }

/** A district of Beijing in force that is the actor's to write in. Refuses `district_unknown`. */
export function requireDistrict(actor: Actor, district: string, today: Day): void {
  const known = checkIdentifier({ kind: 'district', value: district }, lawOn(today)).valid
  if (!known || !seesDistrict(actor, { district })) throw refuseInLedger('district_unknown', { district })
}

const detailsJson = ({ name, builtYear, ownersBody, trustService, fundPromisedOn }: CommunityDetails) => ({
  name,
  builtYear: builtYear ?? null,
  ownersBody,
  trustService,
  fundPromisedOn: fundPromisedOn ?? null,
})

/** Registers a community. Refuses `district_unknown`, `day_in_future`, `community_exists`. */
export function registerCommunity(
  ledger: Ledger,
  actor: Actor,
  given: NewCommunity,
  key: string,
): Promise<KeyedAnswer<CommunityJson>> {
  demand(actor, 'project.manage')
  const { community, district } = given
  const content = { community, district, ...detailsJson(given) }
  return act(ledger, { person: actor.person, key, kind: 'community.register', content }, async (running) => {
    const { tx, at, today } = running
    requireDistrict(actor, district, today)
    requirePast(given.fundPromisedOn, today)
    const [row] = await tx.query<CommunityRow>(
      `insert into community (community, district, name, built_year, owners_body, trust_service, fund_promised_on, version)
       values ($1, $2, $3, $4, $5, $6, $7, 1) on conflict do nothing returning *`,
      [community, district, ...detailsValues(given)],
    )
    if (!row) throw refuse('community_exists', { community })
    await recordChange(tx, {
      noun: 'community',
      id: community,
      version: 1,
      verb: 'registered',
      person: actor.person,
      at,
      body: content,
    })
    return communityJson(row)
  })
}

const detailsValues = ({ name, builtYear, ownersBody, trustService, fundPromisedOn }: CommunityDetails): unknown[] => [
  name,
  builtYear ?? null,
  ownersBody,
  trustService,
  fundPromisedOn ?? null,
]

function requirePast(on: Day | undefined, today: Day): void {
  if (on !== undefined && on > today)
    throw refuse('day_in_future', {
      what: { zh: '维修资金续筹承诺', en: 'The promise to top up the maintenance fund' },
      on,
      today,
    })
}

/** Changes what is known of a community. Refuses `community_not_found`, `version_stale`, `day_in_future`. */
export function changeCommunity(
  ledger: Ledger,
  actor: Actor,
  community: string,
  given: CommunityDetails & { readonly version: number | undefined },
  key: string,
): Promise<KeyedAnswer<CommunityJson>> {
  demand(actor, 'project.manage')
  const { version, ...details } = given
  const content = { community, version: version ?? null, ...detailsJson(details) }
  return act(ledger, { person: actor.person, key, kind: 'community.change', content }, async (running) => {
    const row = await lockCommunity(running.tx, actor, community)
    requireVersion({ zh: `小区 ${community}`, en: `Community ${community}` }, version, row.version)
    requirePast(details.fundPromisedOn, running.today)
    const [changed] = await running.tx.query<CommunityRow>(
      `update community set name = $3, built_year = $4, owners_body = $5, trust_service = $6, fund_promised_on = $7, version = $2
       where community = $1 returning *`,
      [community, row.version + 1, ...detailsValues(details)],
    )
    await noteChange(running, row, actor.person, 'changed', detailsJson(details))
    return communityJson(changed ?? row)
  })
}

function noteChange({ tx, at }: Act, row: CommunityRow, person: string, verb: string, body: Json): Promise<void> {
  return recordChange(tx, { noun: 'community', id: row.community, version: row.version + 1, verb, person, at, body })
}

export type GivenBuilding = { readonly building: string; readonly name: string; readonly floors?: number | undefined }
export type GivenDwelling = {
  readonly building: string
  readonly dwelling: string
  readonly areaDm2: bigint
  readonly ownership: Ownership
}
export type BuildingsChange = {
  readonly version: number | undefined
  /** Registered where new, corrected where known. */
  readonly buildings: readonly GivenBuilding[]
  /** The same of dwellings, of these buildings or of those there are. */
  readonly dwellings: readonly GivenDwelling[]
  /** Taken out: a dwelling, or a building with all its dwellings. */
  readonly remove: readonly { readonly building: string; readonly dwelling?: string | undefined }[]
}

/**
 * Registers, corrects and takes out buildings and dwellings of a community. Refuses `community_not_found`, `version_stale`,
 * `listed_twice`, `building_unknown`, `dwelling_in_use`.
 */
export function changeBuildings(
  ledger: Ledger,
  actor: Actor,
  community: string,
  given: BuildingsChange,
  key: string,
): Promise<KeyedAnswer<CommunityJson>> {
  demand(actor, 'project.manage')
  const body = buildingsJson(given)
  const content = { community, version: given.version ?? null, ...body }
  return act(ledger, { person: actor.person, key, kind: 'community.buildings', content }, async (running) => {
    const { tx } = running
    const row = await lockCommunity(tx, actor, community)
    requireVersion({ zh: `小区 ${community}`, en: `Community ${community}` }, given.version, row.version)
    requireOnce(given)
    await remove(tx, community, given.remove)
    await writeBuildings(
      tx,
      given.buildings.map((building) => ({ community, ...building })),
    )
    await requireBuildings(tx, community, given.dwellings)
    await writeDwellings(
      tx,
      given.dwellings.map((dwelling) => ({ community, ...dwelling })),
    )
    const touched = new Set([...given.dwellings, ...given.remove].map(({ building }) => building))
    await refreshTotals(
      tx,
      [...touched].map((building): BuildingKey => ({ community, building })),
    )
    await tx.query('update community set version = version + 1 where community = $1', [community])
    await noteChange(running, row, actor.person, 'buildings_changed', body)
    return communityJson({ ...row, version: row.version + 1 })
  })
}

const buildingsJson = ({ buildings, dwellings, remove }: BuildingsChange) => ({
  buildings: buildings.map(({ building, name, floors }) => ({ building, name, floors: floors ?? null })),
  dwellings: dwellings.map(({ building, dwelling, areaDm2, ownership }) => ({
    building,
    dwelling,
    area: formatArea(areaDm2),
    ownership,
  })),
  remove: remove.map(({ building, dwelling }) => ({ building, dwelling: dwelling ?? null })),
})

function requireOnce({ buildings, dwellings, remove }: BuildingsChange): void {
  const seen = new Set<string>()
  const note = (building: string, dwelling?: string) => {
    const what = placeText(building, dwelling)
    if (seen.has(what.zh)) throw refuse('listed_twice', { what })
    seen.add(what.zh)
  }
  for (const { building } of buildings) note(building)
  for (const { building, dwelling } of dwellings) note(building, dwelling)
  for (const { building, dwelling } of remove) note(building, dwelling)
}

async function requireBuildings(tx: Tx, community: string, dwellings: readonly GivenDwelling[]): Promise<void> {
  const rows = await tx.query<{ building: string }>('select building from building where community = $1', [community])
  const known = new Set(rows.map(({ building }) => building))
  const missing = dwellings.find(({ building }) => !known.has(building))
  if (missing) throw refuse('building_unknown', { community, building: missing.building })
}

async function remove(tx: Tx, community: string, given: BuildingsChange['remove']): Promise<void> {
  const whole = given.filter(({ dwelling }) => dwelling === undefined).map(({ building }) => building)
  await deleteBuildings(tx, community, whole)
  const single = given.flatMap(({ building, dwelling }) => (dwelling === undefined ? [] : [{ building, dwelling }]))
  await deleteDwellings(tx, community, single)
}
