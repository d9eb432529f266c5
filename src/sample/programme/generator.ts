/**
 * The register of the sample programme: two published batches of 2023, whose totals are exact, told of whatever year,
 * with communities, buildings and dwellings made up to fill them. Everything follows from a number and its place in a
 * list, so it is the same every time. One dwelling is one household. Names of places are invented and say that they are
 * a sample.
 */
import { assert } from '../../base/assert.ts'
import { splitLargestRemainder, sumFen } from '../../base/money.ts'
import type { Ownership } from '../../projects/community/community.ts'
import type { ProjectKind, ProjectState } from '../../projects/terms.ts'

/**
 * What was published of a batch, and how many of its projects each district gets here (that of Haidian was published
 * too).
 */
export type BatchTotals = {
  readonly batch: number
  readonly projects: number
  readonly buildings: number
  readonly households: number
  readonly areaDm2: bigint
  readonly byDistrict: Readonly<Record<string, number>>
}

/** The year the totals were published of. What is settled by chance is settled as in that year. */
const publishedYear = 2023
export const sampleSource = '北京市2023年老旧小区改造第二批、第三批项目公布的总数；小区、楼栋、房屋与造价为示例'

// Haidian has all 57 in the third batch: read either way, the published sentence holds.
export const sampleBatches: readonly BatchTotals[] = [
  {
    batch: 2,
    projects: 222,
    buildings: 765,
    households: 49_000,
    areaDm2: 426_000_000n,
    byDistrict: {
      '110101': 26,
      '110102': 38,
      '110105': 42,
      '110106': 28,
      '110107': 16,
      '110109': 6,
      '110111': 10,
      '110112': 12,
      '110113': 9,
      '110114': 14,
      '110115': 9,
      '110116': 4,
      '110117': 3,
      '110118': 3,
      '110119': 2,
    },
  },
  {
    batch: 3,
    projects: 81,
    buildings: 402,
    households: 30_000,
    areaDm2: 241_000_000n,
    byDistrict: {
      '110101': 3,
      '110102': 4,
      '110105': 5,
      '110106': 4,
      '110107': 2,
      '110108': 57,
      '110111': 1,
      '110112': 1,
      '110113': 1,
      '110114': 2,
      '110115': 1,
    },
  },
]

export type SampleDwelling = { readonly dwelling: string; readonly areaDm2: bigint; readonly ownership: Ownership }
export type SampleBuilding = {
  readonly community: string
  readonly building: string
  readonly floors: number
  readonly dwellings: readonly SampleDwelling[]
}
export type SampleCommunity = {
  readonly community: string
  readonly name: string
  readonly builtYear: number
  readonly ownersBody: boolean
  readonly trustService: boolean
  readonly promisedOn: string
}
export type SampleProject = {
  readonly project: string
  readonly year: number
  readonly district: string
  readonly name: string
  readonly kind: ProjectKind
  readonly batch: number
  readonly state: ProjectState
  /** Its place among all, from 0. */
  readonly place: number
  readonly communities: readonly SampleCommunity[]
  readonly buildings: readonly SampleBuilding[]
  readonly areaDm2: bigint
  readonly households: number
}

/** A whole number from 0 below `most`, settled by what it is for: no chance, no state. */
export function settled(most: number, ...of: readonly (number | string)[]): number {
  let hash = 0x811c9dc5
  for (const character of of.join('/')) hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d)
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39)
  return ((hash ^ (hash >>> 15)) >>> 0) % most
}

/** Every project of the sample, told of a year, with all that belongs to it, in the order of batches and districts. */
export function sampleProgramme(year: number): SampleProject[] {
  const numbers = new Map<string, number>()
  let place = 0
  return sampleBatches.flatMap((totals) =>
    placesOf(totals).map((given) => {
      const number = (numbers.get(given.district) ?? 0) + 1
      numbers.set(given.district, number)
      return projectOf(totals, { ...given, year }, number, place++)
    }),
  )
}

type Place = {
  readonly year: number
  readonly district: string
  readonly households: readonly number[]
  readonly areas: readonly bigint[]
}

// Each total is shared out in one go, so that the parts add up to it.
function placesOf(totals: BatchTotals): Omit<Place, 'year'>[] {
  const districts = Object.entries(totals.byDistrict).flatMap(([district, count]) =>
    Array.from({ length: count }, () => district),
  )
  assert(districts.length === totals.projects, 'the districts’ projects are those of the batch')
  const buildings = shares(totals.buildings, districts.length, 1, `${totals.batch}/buildings`)
  const households = shares(totals.households, totals.buildings, householdsLeast, `${totals.batch}/households`)
  const areas = splitLargestRemainder(
    totals.areaDm2,
    Array.from({ length: totals.households }, (_, index) => BigInt(sizes[settled(sizes.length, 'size', index)] ?? 0)),
  )
  let [building, dwelling] = [0, 0]
  return districts.map((district, index) => {
    const own = households.slice(building, (building += buildings[index] ?? 0))
    const dwellings = own.reduce((sum, count) => sum + count, 0)
    return { district, households: own, areas: areas.slice(dwelling, (dwelling += dwellings)) }
  })
}

const householdsLeast = 12
/** Dwellings are of these sizes, in proportion. */
const sizes = [45, 52, 56, 58, 61, 63, 67, 72, 78, 86, 94, 108]

/** So many whole parts of a total, each at least so much, of unequal size. */
function shares(total: number, parts: number, least: number, of: string): number[] {
  const weights = Array.from({ length: parts }, (_, index) => BigInt(20 + settled(81, of, index)))
  return splitLargestRemainder(BigInt(total - parts * least), weights).map((part) => Number(part) + least)
}

function projectOf({ batch }: BatchTotals, given: Place, number: number, place: number): SampleProject {
  const { year, district, households, areas } = given
  const code = `${district}-${String(number).padStart(3, '0')}`
  const communities = communitiesOf(code, given, place)
  const profile = profileOf(district, place)
  let from = 0
  const buildings = households.map((count, index) => {
    const community = communities[index % communities.length]
    assert(community, 'a building stands in a community')
    const own = areas.slice(from, (from += count))
    return buildingOf(community.community, String(index + 1), own, profile)
  })
  return {
    project: `BJ${year}-${code}`,
    year,
    district,
    name: `${communities[0]?.name ?? ''}${kindTitles[kindOf(place)]}`,
    kind: kindOf(place),
    batch,
    state: batch === 3 && settled(10, 'begun', place) === 0 ? 'planned' : 'under_way',
    place,
    communities,
    buildings,
    areaDm2: sumFen(areas),
    households: areas.length,
  }
}

const kindTitles: Record<ProjectKind, string> = {
  comprehensive: '综合整治项目',
  single: '单项改造项目',
  rebuild: '危旧楼改建项目',
  environment: '环境整治项目',
}

function kindOf(place: number): ProjectKind {
  if (place % 38 === 37) return 'rebuild'
  if (place % 11 === 7) return 'environment'
  return place % 4 === 2 ? 'single' : 'comprehensive'
}

const firsts = ['和', '安', '景', '清', '光', '永', '德', '福', '泰', '嘉']
const seconds = ['宁', '华', '明', '园', '祥', '顺', '兴']
const thirds = ['东里', '西里', '南里', '北里', '一区', '二区']

// Every ninth project joins two communities, where it has buildings enough.
function communitiesOf(code: string, { year, households }: Place, place: number): SampleCommunity[] {
  const count = place % 9 === 4 && households.length > 1 ? 2 : 1
  return Array.from({ length: count }, (_, index) => {
    const community = `XQ-${code}${index === 0 ? '' : `-${index + 1}`}`
    const pick = (list: readonly string[], salt: string): string => list[settled(list.length, salt, code)] ?? ''
    const name = `${pick(firsts, 'first')}${pick(seconds, 'second')}${thirds[(settled(6, 'third', code) + index) % 6]}`
    return {
      community,
      name: `${name}小区（示例）`,
      builtYear: 1965 + settled(34, 'built', community),
      ownersBody: settled(10, 'body', community) < 8,
      trustService: settled(10, 'trust', community) === 0,
      promisedOn: `${year}-0${1 + settled(3, 'month', community)}-${String(1 + settled(28, 'day', community)).padStart(2, '0')}`,
    }
  })
}

/** Out of a hundred dwellings, up to which one each kind of owner has it. */
type Profile = readonly (readonly [upTo: number, Ownership])[]
const mixed: Profile = [
  [72, 'private'],
  [82, 'municipal_soe'],
  [92, 'district_soe'],
  [100, 'public_rental'],
]
const sold: Profile = [
  [93, 'private'],
  [100, 'district_soe'],
]
const central: Profile = [
  [38, 'private'],
  [92, 'central'],
  [100, 'municipal_soe'],
]
const rental: Profile = [
  [45, 'private'],
  [60, 'district_soe'],
  [100, 'public_rental'],
]
const centralDistricts: readonly string[] = ['110101', '110102', '110108']

// Estates of central bodies (clause 32) stand in the core districts and Haidian.
function profileOf(district: string, place: number): Profile {
  if (centralDistricts.includes(district) && place % 4 === 1) return central
  if (place % 13 === 5) return rental
  return place % 3 === 0 ? sold : mixed
}

const doorsAFloor = 3

function buildingOf(community: string, building: string, areas: readonly bigint[], profile: Profile): SampleBuilding {
  const floors = areas.length > 140 ? 16 : 4 + settled(3, 'floors', community, building)
  const inUnit = floors * doorsAFloor
  const dwellings = areas.map((areaDm2, index): SampleDwelling => {
    const [unit, within] = [Math.floor(index / inUnit) + 1, index % inUnit]
    const floor = Math.floor(within / doorsAFloor) + 1
    const chance = settled(100, 'owner', community, building, index)
    const ownership = profile.find(([upTo]) => chance < upTo)?.[1]
    assert(ownership, 'a profile ends at a hundred')
    return { dwelling: `${unit}单元${floor}0${(within % doorsAFloor) + 1}`, areaDm2, ownership }
  })
  return { community, building, floors, dwellings }
}

// --- Costs
// --------------------------------------------------------------------------------------------------------------

/** What a m² of each item costs here, in fen; of elevators, one a building. */
const rates: Record<ProjectKind, readonly (readonly [item: string, fenPerM2: number])[]> = {
  comprehensive: [
    ['B02', 62_000],
    ['B03', 8_500],
    ['B04', 9_200],
    ['B10', 5_000],
    ['B13', 6_800],
    ['I01', 15_000],
    ['I06', 2_500],
    ['U01', 1_500],
  ],
  single: [
    ['I01', 21_000],
    ['I04', 3_200],
  ],
  rebuild: [
    ['B01', 520_000],
    ['B03', 9_000],
    ['B04', 9_600],
  ],
  environment: [
    ['B10', 5_200],
    ['B11', 1_100],
    ['I07', 3_600],
    ['I10', 1_700],
  ],
}
const elevatorFen = 112_000_000n
const areaPerM2 = 100n

export type SampleItem = { readonly item: string; readonly quantity: string; readonly costFen: bigint }

/** The items of a project; one in three comprehensive ones is strengthened, one in five gets elevators. */
export function itemsOf({ project, year, kind, areaDm2, buildings, place }: SampleProject): SampleItem[] {
  const published = project.replace(`BJ${year}`, `BJ${publishedYear}`)
  const area = `${areaDm2 / areaPerM2} ㎡`
  const own = rates[kind].map(([item, rate]): SampleItem => {
    // Ninety-five to a hundred and five hundredths of the usual.
    const costFen = (areaDm2 * BigInt(rate) * BigInt(95 + settled(11, 'rate', published, item))) / (areaPerM2 * 100n)
    return { item, quantity: area, costFen }
  })
  const strengthened = kind === 'comprehensive' && place % 3 === 0
  const costFen = (areaDm2 * 120_000n) / areaPerM2
  const elevators = kind === 'comprehensive' && place % 5 === 0
  return [
    ...(strengthened ? [{ item: 'B01', quantity: area, costFen }] : []),
    ...own,
    ...(elevators
      ? [{ item: 'I02', quantity: `${buildings.length} 台`, costFen: elevatorFen * BigInt(buildings.length) }]
      : []),
  ]
}
