/**
 * What is known of projects when money is divided, scored or paid out: how many communities, buildings and households
 * they cover, which area of which owners, and how far they are, as of a day. One statement for a whole programme.
 */
import type { Day } from '../../base/calendar.ts'
import type { Reader } from '../../base/db.ts'
import { rowsOf } from '../../base/db.ts'
import { type Ownership, ownerships } from '../community/community.ts'
import type { ProjectKind, ProjectState } from '../terms.ts'

export type ProjectFacts = {
  readonly project: string
  readonly name: string
  readonly district: string
  /** The batch that took it into a plan; null for one of the reserve. */
  readonly year: number | null
  readonly batch: number | null
  readonly kind: ProjectKind
  readonly state: ProjectState
  readonly communities: number
  readonly buildings: number
  readonly households: number
  readonly areaDm2: bigint
  readonly ownershipDm2: Readonly<Record<Ownership, bigint>>
  /** The latest ratio reported for a day on or before `asOf`, such as '0.45'; '0' where none was. */
  readonly progress: string
  /** Of its communities, how many have an owners' body (业委会/物管会), how many keep a trust service (信托制). */
  readonly ownersBody: number
  readonly trustService: number
}

export type FactsFilter = {
  readonly district?: string | undefined
  readonly year?: number | undefined
  readonly batch?: number | undefined
  readonly projects?: readonly string[] | undefined
  readonly asOf: Day
}

const areas = ownerships.map((ownership) => `coalesce(sum(b.${ownership}_dm2), 0) as ${ownership}`).join(', ')

/**
 * SQL for a `from`: the state, year and batch of a project as of a day; before it was registered it is of the reserve.
 * The arguments are SQL: the project's code, the day. Of what held by then the last that was recorded counts: a step of
 * an earlier day than the registration took place all the same.
 */
export const standingOn = (project: string, on: string): string => `
  lateral (
    select coalesce(s.state, 'reserve') as state, s.year, s.batch, coalesce(s.on_day, ${on}) as on_day
    from (select) one left join lateral (
      select * from project_standing s where s.project = ${project} and s.on_day <= ${on}
      order by s.sequence desc limit 1) s on true)`

/**
 * SQL that says whether a community had an owners' body (`owners_body`) or a trust service (`trust_service`) on a day.
 * A later record of the same value corrects the day of the one before, which then counts for nothing.
 */
export const hadOn = (fact: 'owners_body' | 'trust_service', community: string, on: string): string => `
  coalesce((
    select s.${fact} from community_standing s
    left join community_standing n on n.community = s.community and n.sequence = s.sequence + 1
    where s.community = ${community} and coalesce(s.${fact}_on, '-infinity') <= ${on} and n.${fact} is distinct from s.${fact}
    order by coalesce(s.${fact}_on, '-infinity') desc, s.sequence desc limit 1), false)`

const factsText = `
  select p.project, p.name, p.district, p.kind, w.state, w.year, w.batch, c.*, coalesce(g.ratio, '0') as progress
  from project p
  cross join ${standingOn('p.project', '$5::date')} w
  cross join lateral (
    select count(distinct x.community)::int as communities, count(*)::int as buildings,
           coalesce(sum(b.households), 0)::int as households, coalesce(sum(b.area_dm2), 0) as area_dm2, ${areas},
           count(distinct x.community) filter (where ${hadOn('owners_body', 'm.community', '$5::date')})::int as owners_body,
           count(distinct x.community) filter (where ${hadOn('trust_service', 'm.community', '$5::date')})::int as trust_service
    from project_building x
    join building b on b.community = x.community and b.building = x.building
    join community m on m.community = x.community
    where x.project = p.project
  ) c
  left join lateral (
    select trim_scale(ratio)::text as ratio from project_progress
    where project = p.project and on_day <= $5::date order by on_day desc, sequence desc limit 1
  ) g on true
  where ($1::text is null or p.district = $1) and ($2::int is null or w.year = $2) and ($3::int is null or w.batch = $3)
    and ($4::text[] is null or p.project = any($4))
  order by p.project`

type FactsRow = Omit<ProjectFacts, 'areaDm2' | 'ownershipDm2' | 'ownersBody' | 'trustService'> & {
  area_dm2: bigint
  owners_body: number
  trust_service: number
} & Record<Ownership, bigint>

/**
 * Facts of the projects of a filter, by code. Takes an open transaction too, so that what is decided on is what was
 * locked.
 */
export async function readProjectFacts(reader: Reader, filter: FactsFilter): Promise<ProjectFacts[]> {
  const { district = null, year = null, batch = null, projects, asOf } = filter
  const values = [district, year, batch, projects === undefined ? null : [...projects], asOf]
  return (await rowsOf<FactsRow>(reader, factsText, values)).map(presentFacts)
}

function presentFacts(row: FactsRow): ProjectFacts {
  const { area_dm2: areaDm2, owners_body: ownersBody, trust_service: trustService, ...rest } = row
  const { private: privateDm2, central, municipal_soe, district_soe, public_rental, ...known } = rest
  const ownershipDm2 = { private: privateDm2, central, municipal_soe, district_soe, public_rental }
  return { ...known, areaDm2, ownershipDm2, ownersBody, trustService }
}
