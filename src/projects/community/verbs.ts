/**
 * Registering and changing communities, buildings and dwellings: one at a time, or a whole list in a few statements.
 */
import type * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Text } from '../../base/refusal.ts'
import { requireOwnDistrict } from '../../ledger/ledger.ts'
import { refuse as refuseInLedger } from '../../ledger/refusals.ts'
import { type Doing, nothing, verb } from '../../noun/verb.ts'
import { checkIdentifier } from '../../policy/identifier.ts'
import { lawOn } from '../../policy/parameters.ts'
import { datedRefusals } from '../dated.ts'
import { brought, type Waiting } from '../fact/fact.ts'
import { type Waits, waitsOf } from '../fact/forms.ts'
import { refuse } from '../refusals.ts'
import { formatArea } from './community.ts'
import { daysOf, differs, factsOf, noteChange, proposeStanding, type Standing } from './effect.ts'
import {
  type BuildingsGiven,
  buildingsForm,
  type CommunityDetails,
  communityDetails,
  newCommunity,
  ofCommunity,
} from './forms.ts'
import {
  type BuildingKey,
  type CommunityRow,
  deleteBuildings,
  deleteDwellings,
  insertCommunity,
  lockCommunity,
  placeText,
  refreshTotals,
  updateCommunity,
  writeBuildings,
  writeDwellings,
} from './store.ts'

/** A district of Beijing in force that is the actor's to write in. Refuses `district_unknown`, `district_not_yours`. */
export function requireDistrict(actor: Actor, district: string, today: Day): void {
  const known = checkIdentifier({ kind: 'district', value: district }, lawOn(today)).valid
  if (!known) throw refuseInLedger('district_unknown', { district })
  requireOwnDistrict(actor, district)
}

type NewCommunity = z.output<typeof newCommunity>
const newJson = ({ community, district, ...details }: NewCommunity) => ({
  community,
  district,
  ...detailsJson(details),
})
const columnsOf = ({ name, builtYear, ownersBody, trustService, fundPromisedOn }: CommunityDetails) => ({
  name,
  builtYear: builtYear ?? null,
  ownersBody,
  trustService,
  fundPromisedOn: fundPromisedOn ?? null,
})
// What is absent leaves no mark: a key is answered with the content it had.
const detailsJson = (given: CommunityDetails) => ({
  ...columnsOf(given),
  ...(given.ownersBodyOn !== undefined && { ownersBodyOn: given.ownersBodyOn }),
  ...(given.trustServiceOn !== undefined && { trustServiceOn: given.trustServiceOn }),
  ...(given.document !== undefined && { document: given.document }),
  ...(given.sha256 !== undefined && { sha256: given.sha256 }),
})

export const registerCommunity = verb({
  kind: 'community.register',
  right: 'project.manage',
  of: nothing,
  form: newCommunity,
  refuses: [
    'district_unknown',
    'district_not_yours',
    ...datedRefusals,
    'community_exists',
    'evidence_missing',
    'idempotency_key_reused',
  ],
  content: newJson,
  work: async (doing, given): Promise<CommunityAnswer> => {
    const { tx, at, today, actor } = doing
    const { community, district, fundPromisedOn } = given
    requireDistrict(actor, district, today)
    requirePast(fundPromisedOn, today)
    // A new community covers nothing yet that was scored: only what it is said to have had is looked at.
    const nothing = { ownersBody: false, ownersBodyOn: null, trustService: false, trustServiceOn: null }
    const promised = { fundPromisedOn: fundPromisedOn ?? null }
    const days = await daysOf(doing, { community, district, ...nothing, ...promised }, given)
    const stands = { district, ...nothing, fundPromisedOn: null }
    const waits = !brought(actor) && differs(stands, given, days)
    const said = waits ? withFacts(given, stands) : given
    const row = await insertCommunity(tx, { community, district, ...columnsOf(said), ...(!waits && days) })
    if (!row) throw refuse('community_exists', { community })
    const change = { noun: 'community', id: community, version: 1, verb: 'registered', person: actor.person, at }
    await recordChange(tx, { ...change, body: { ...newJson(given), ...(waits && factsOf(stands)) } })
    return waits ? answerOf(await proposeStanding(doing, row, given, days)) : row
  },
})

type CommunityAnswer = CommunityRow | (CommunityRow & Waits)
const answerOf = ({ row, waits }: Waiting<CommunityRow>): CommunityAnswer => ({ ...row, ...waitsOf(waits) })

/** Details of which another person has to check the facts: those stay what they are. */
const withFacts = (
  { ownersBody: _, trustService: __, fundPromisedOn: ___, ...details }: CommunityDetails,
  { ownersBody, trustService, fundPromisedOn }: Standing,
): CommunityDetails => ({
  ...details,
  ownersBody,
  trustService,
  ...(fundPromisedOn !== null && { fundPromisedOn }),
})

function requirePast(on: Day | undefined, today: Day): void {
  if (on !== undefined && on > today)
    throw refuse('day_in_future', {
      what: { zh: '维修资金续筹承诺', en: 'The promise to top up the maintenance fund' },
      on,
      today,
    })
}

/** Changes what is known of a community. */
export const changeCommunity = verb({
  kind: 'community.change',
  right: 'project.manage',
  of: ofCommunity,
  form: communityDetails,
  versioned: 'version',
  refuses: [
    'community_not_found',
    'version_stale',
    ...datedRefusals,
    'evidence_missing',
    'approval_pending',
    'idempotency_key_reused',
  ],
  content: ({ community, version, ...details }) => ({ community, version: version ?? null, ...detailsJson(details) }),
  work: async (doing, { community, version, ...details }): Promise<CommunityAnswer> => {
    const row = await lockCommunity(doing.tx, doing.actor, community)
    requireVersion(nameOf(community), version, row.version)
    requirePast(details.fundPromisedOn, doing.today)
    const next = { community, version: row.version + 1 }
    const days = await daysOf(doing, row, details)
    const waits = !brought(doing.actor) && differs(row, details, days)
    const said = waits ? withFacts(details, row) : details
    const changed = await updateCommunity(doing.tx, { ...next, ...columnsOf(said), ...(!waits && days) })
    await noteChange(by(doing), row, 'changed', { ...detailsJson(details), ...(waits && factsOf(row)) })
    return waits ? answerOf(await proposeStanding(doing, changed, details, days)) : changed
  },
})

const by = ({ tx, at, actor }: Doing) => ({ tx, at, person: actor.person })

const nameOf = (community: string): Text => ({ zh: `小区 ${community}`, en: `Community ${community}` })

/** Registers, corrects and takes out buildings and dwellings of a community. */
export const changeBuildings = verb({
  kind: 'community.buildings',
  right: 'project.manage',
  of: ofCommunity,
  form: buildingsForm,
  versioned: 'version',
  refuses: [
    'community_not_found',
    'building_unknown',
    'listed_twice',
    'dwelling_in_use',
    'version_stale',
    'idempotency_key_reused',
  ],
  content: ({ community, version, ...given }) => ({ community, version: version ?? null, ...buildingsJson(given) }),
  work: async (doing, { community, version, ...given }) => {
    const { tx } = doing
    const row = await lockCommunity(tx, doing.actor, community)
    requireVersion(nameOf(community), version, row.version)
    requireOnce(given)
    await remove(tx, community, given.remove)
    await writeBuildings(
      tx,
      given.buildings.map((building) => ({ community, ...building })),
    )
    await requireBuildings(tx, community, given.dwellings)
    await writeDwellings(
      tx,
      given.dwellings.map(({ area: areaDm2, ...dwelling }) => ({ community, ...dwelling, areaDm2 })),
    )
    const touched = new Set([...given.dwellings, ...given.remove].map(({ building }) => building))
    await refreshTotals(
      tx,
      [...touched].map((building): BuildingKey => ({ community, building })),
    )
    const changed = await updateCommunity(tx, { community, version: row.version + 1 })
    await noteChange(by(doing), row, 'buildings_changed', buildingsJson(given))
    return changed
  },
})

const buildingsJson = ({ buildings, dwellings, remove }: BuildingsGiven) => ({
  // Absent is spelled null for ever, because keys are answered with it; what empties is spelled out.
  buildings: buildings.map(({ building, name, floors }) => ({
    building,
    name,
    floors: floors === null ? 'not_known' : (floors ?? null),
  })),
  dwellings: dwellings.map(({ building, dwelling, area, ownership }) => ({
    building,
    dwelling,
    area: formatArea(area),
    ownership,
  })),
  remove: remove.map(({ building, dwelling }) => ({ building, dwelling: dwelling ?? null })),
})

function requireOnce({ buildings, dwellings, remove }: BuildingsGiven): void {
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

async function requireBuildings(tx: Tx, community: string, dwellings: BuildingsGiven['dwellings']): Promise<void> {
  const rows = await tx.query<{ building: string }>('select building from building where community = $1', [community])
  const known = new Set(rows.map(({ building }) => building))
  const missing = dwellings.find(({ building }) => !known.has(building))
  if (missing) throw refuse('building_unknown', { community, building: missing.building })
}

async function remove(tx: Tx, community: string, given: BuildingsGiven['remove']): Promise<void> {
  const whole = given.filter(({ dwelling }) => dwelling === undefined).map(({ building }) => building)
  await deleteBuildings(tx, community, whole)
  const single = given.flatMap(({ building, dwelling }) => (dwelling === undefined ? [] : [{ building, dwelling }]))
  await deleteDwellings(tx, community, single)
}
