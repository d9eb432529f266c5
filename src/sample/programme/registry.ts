/**
 * Loads the register of the sample programme: 16 districts, 303 projects, 79,000 dwellings, in one transaction of a few
 * dozen statements. The codes of the books its money is kept in are written; who opens the books comes after. Loading
 * again does nothing.
 */
import { assert } from '../../base/assert.ts'
import { intArray, textArray } from '../../base/arrays.ts'
import { day, type Instant, instantText } from '../../base/calendar.ts'
import { transact, type Tx } from '../../base/db.ts'
import { sumFen } from '../../base/money.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import {
  type BuildingDraft,
  type DwellingDraft,
  refreshTotals,
  writeBuildings,
  writeDwellings,
} from '../../projects/community/store.ts'
import { beginAll } from '../../projects/project/store.ts'
import { maker } from './people.ts'
import { itemsOf, type SampleProject, sampleProgramme, sampleSource } from './generator.ts'

const { person } = maker
/** The whole of it takes seconds; a machine that is busy may take longer. */
const deadlineMs = 120_000
const dwellingsAtOnce = 10_000

/** A district's book of government money, and its memo book of funding plans, in the sample. */
export const sampleBookOf = (district: string): string => `SAMPLE-${district}`
export const samplePlanBookOf = (district: string): string => `SAMPLE-${district}-PLAN`

/** Loads the register, or does nothing where it is there. */
export async function loadRegistry(
  ledger: Ledger,
  year: number,
  given: () => readonly SampleProject[] = () => sampleProgramme(year),
): Promise<void> {
  const { sql } = ledger.database
  const [there] = await sql<{ project: string }[]>`
    select project from project where project like ${`BJ${year}-%`} limit 1`
  if (there) return
  const projects = given()
  const at = ledger.clock()
  await transact(
    ledger.database,
    async (tx) => {
      await insertCommunities(tx, projects)
      await insertBuildings(tx, projects)
      await insertBundles(tx, projects)
      await insertProjects(tx, projects)
      await insertItems(tx, projects)
      await insertDocuments(tx, projects, at)
      await insertPlans(tx, projects, at)
      await insertChanges(tx, projects, at)
    },
    { deadlineMs },
  )
}

/** Writes rows column by column: one statement a table. */
async function insertRows<Item>(
  tx: Tx,
  table: string,
  columns: readonly (readonly [column: string, type: 'text' | 'int' | 'bigint', of: (item: Item) => Value])[],
  items: readonly Item[],
): Promise<void> {
  if (items.length === 0) return
  // Whatever is no text or number goes as text and is read by its column.
  const names = columns.map(([column]) => column.replace(/::.*/, ''))
  const casts = columns.map(([column], index) => `c${index}${/::.*/.exec(column)?.[0] ?? ''}`)
  const arrays = columns.map(([, type], index) => `$${index + 1}::${type}[]`)
  await tx.query(
    `insert into ${table} (${names.join(', ')}) select ${casts.join(', ')}
     from unnest(${arrays.join(', ')}) t(${columns.map((_, index) => `c${index}`).join(', ')})`,
    columns.map(([, type, of]) => {
      const values = items.map(of)
      return type === 'text'
        ? textArray(values.map((value) => (value === null ? null : String(value))))
        : intArray(values.map((value) => (value === null ? null : BigInt(value))))
    }),
  )
}
type Value = string | number | bigint | boolean | null

const communitiesOf = (projects: readonly SampleProject[]) =>
  projects.flatMap(({ communities, district }) => communities.map((community) => ({ ...community, district })))

function insertCommunities(tx: Tx, projects: readonly SampleProject[]): Promise<void> {
  return insertRows(
    tx,
    'community',
    [
      ['community', 'text', ({ community }) => community],
      ['district', 'text', ({ district }) => district],
      ['name', 'text', ({ name }) => name],
      ['built_year', 'int', ({ builtYear }) => builtYear],
      ['owners_body::boolean', 'text', ({ ownersBody }) => ownersBody],
      ['trust_service::boolean', 'text', ({ trustService }) => trustService],
      ['fund_promised_on::date', 'text', ({ promisedOn }) => promisedOn],
      ['version', 'int', () => 1],
    ],
    communitiesOf(projects),
  )
}

async function insertBuildings(tx: Tx, projects: readonly SampleProject[]): Promise<void> {
  const buildings = projects.flatMap((project) => project.buildings)
  await writeBuildings(
    tx,
    buildings.map(
      ({ community, building, floors }): BuildingDraft => ({ community, building, name: `${building}号楼`, floors }),
    ),
  )
  const dwellings = buildings.flatMap(({ community, building, dwellings }) =>
    dwellings.map((dwelling): DwellingDraft => ({ community, building, ...dwelling })),
  )
  for (let from = 0; from < dwellings.length; from += dwellingsAtOnce) {
    await writeDwellings(tx, dwellings.slice(from, from + dwellingsAtOnce))
  }
  await refreshTotals(tx, buildings)
}

// Three neighbouring projects are tendered together here and there (clause 8), each with its own code and books.
const bundled: Readonly<Record<string, readonly [from: number, to: number]>> = { '110105': [3, 6], '110112': [0, 3] }
const bundleOf = (district: string): string => `DK-${district}-01`

function bundleIn(projects: readonly SampleProject[]): Map<string, string> {
  return new Map(
    Object.entries(bundled).flatMap(([district, [from, to]]) =>
      projects
        .filter((project) => project.district === district)
        .slice(from, to)
        .map(({ project }) => [project, bundleOf(district)] as const),
    ),
  )
}

function insertBundles(tx: Tx, projects: readonly SampleProject[]): Promise<void> {
  return insertRows(
    tx,
    'bundle',
    [
      ['bundle', 'text', bundleOf],
      ['district', 'text', (district) => district],
      ['name', 'text', () => '街区打捆实施项目包（示例）'],
      ['version', 'int', () => 1],
    ],
    Object.keys(bundled).filter((district) => projects.some((project) => project.district === district)),
  )
}

async function insertProjects(tx: Tx, projects: readonly SampleProject[]): Promise<void> {
  const bundles = bundleIn(projects)
  const rebuilt = ({ kind, households }: SampleProject): number | null => (kind === 'rebuild' ? households : null)
  await insertRows(
    tx,
    'project',
    [
      ['project', 'text', ({ project }) => project],
      ['district', 'text', ({ district }) => district],
      ['name', 'text', ({ name }) => name],
      ['kind', 'text', ({ kind }) => kind],
      ['implementer', 'text', () => '街道办事处（示例）'],
      ['book', 'text', ({ district }) => sampleBookOf(district)],
      ['plan_book', 'text', ({ district }) => samplePlanBookOf(district)],
      ['year', 'int', ({ year }) => year],
      ['batch', 'int', ({ batch }) => batch],
      ['state', 'text', () => 'planned'],
      // When the projects were taken into the plan.
      ['state_on::date', 'text', ({ year }) => `${year}-06-30`],
      ['bundle', 'text', ({ project }) => bundles.get(project) ?? null],
      ['households_before', 'int', rebuilt],
      ['households_after', 'int', rebuilt],
      ['added_area_dm2', 'bigint', ({ kind, areaDm2 }) => (kind === 'rebuild' ? areaDm2 / 10n : null)],
      ['version', 'int', () => 1],
    ],
    projects,
  )
  // The works of most of them began in August.
  const begun = projects.filter(({ state }) => state === 'under_way')
  for (const year of new Set(begun.map((one) => one.year))) {
    const ofYear = begun.filter((one) => one.year === year).map(({ project }) => project)
    await beginAll(tx, ofYear, day(`${year}-08-01`))
  }
  await insertRows(
    tx,
    'project_building',
    [
      ['project', 'text', ({ project }) => project],
      ['community', 'text', ({ community }) => community],
      ['building', 'text', ({ building }) => building],
      ['kind', 'text', ({ kind }) => kind],
      ['open::boolean', 'text', () => true],
    ],
    projects.flatMap(({ project, kind, buildings }) => buildings.map((building) => ({ ...building, project, kind }))),
  )
}

function insertItems(tx: Tx, projects: readonly SampleProject[]): Promise<void> {
  return insertRows(
    tx,
    'project_item',
    [
      ['project', 'text', ({ project }) => project],
      ['item', 'text', ({ item }) => item],
      ['quantity', 'text', ({ quantity }) => quantity],
      ['cost_fen', 'bigint', ({ costFen }) => costFen],
    ],
    projects.flatMap((project) => itemsOf(project).map((item) => ({ ...item, project: project.project }))),
  )
}

function insertDocuments(tx: Tx, projects: readonly SampleProject[], at: Instant): Promise<void> {
  const instant = instantText(at)
  return insertRows(
    tx,
    'project_document',
    [
      ['project', 'text', ({ project }) => project],
      ['sequence', 'int', () => 1],
      ['kind', 'text', () => 'fund_promise'],
      ['number', 'text', ({ project }) => `${project}-续筹承诺（示例）`],
      [
        'on_day::date',
        'text',
        ({ communities }) =>
          communities
            .map(({ promisedOn }) => promisedOn)
            .sort()
            .at(-1) ?? null,
      ],
      [
        'scope::jsonb',
        'text',
        ({ communities }) => JSON.stringify({ communities: communities.map(({ community }) => community) }),
      ],
      ['recorded_by', 'text', () => person],
      ['recorded_at::timestamptz', 'text', () => instant],
    ],
    projects,
  )
}

// --- The yearly plans
// ---------------------------------------------------------------------------------------------------

/** All projects of the sample are of one year. */
function yearOfAll([first]: readonly SampleProject[]): number {
  assert(first, 'the sample has projects')
  return first.year
}

type Planned = { readonly project: SampleProject; readonly needFen: bigint; readonly priority: number }

// A district needs three tenths of the cost from its own year.
const needOf = (project: SampleProject): bigint => (sumFen(itemsOf(project).map(({ costFen }) => costFen)) * 3n) / 10n

async function insertPlans(tx: Tx, projects: readonly SampleProject[], at: Instant): Promise<void> {
  const districts = [...new Set(projects.map(({ district }) => district))].toSorted()
  const planned = districts.flatMap((district) =>
    projects
      .filter((project) => project.district === district)
      .map((project, index): Planned => ({ project, needFen: needOf(project), priority: index + 1 })),
  )
  const ofDistrict = (district: string) => planned.filter(({ project }) => project.district === district)
  const year = yearOfAll(projects)
  const plan = [
    ['district', 'text', (district: string) => district],
    ['year', 'int', () => year],
  ] as const
  const capacity = (district: string) => sumFen(ofDistrict(district).map(({ needFen }) => needFen))
  await insertRows(
    tx,
    'annual_plan',
    [...plan, ['capacity_fen', 'bigint', capacity], ['version', 'int', () => 1]],
    districts,
  )
  const place = [
    ['district', 'text', ({ project }: Planned) => project.district],
    ['year', 'int', () => year],
    ['project', 'text', ({ project }: Planned) => project.project],
    ['need_fen', 'bigint', ({ needFen }: Planned) => needFen],
  ] as const
  await insertRows(tx, 'plan_project', [...place, ['priority', 'int', ({ priority }) => priority]], planned)
  const batches = districts.flatMap((district) =>
    [...new Set(ofDistrict(district).map(({ project }) => project.batch))].map((batch) => ({ district, batch })),
  )
  await insertRows(
    tx,
    'plan_batch',
    [
      ['district', 'text', ({ district }) => district],
      ['year', 'int', () => year],
      ['batch', 'int', ({ batch }) => batch],
      ['mode', 'text', () => 'strict'],
      ['fixed_by', 'text', () => person],
      ['fixed_at::timestamptz', 'text', () => instantText(at)],
    ],
    batches,
  )
  await insertRows(tx, 'plan_batch_project', [...place, ['batch', 'int', ({ project }) => project.batch]], planned)
}

/** How each thing came to be: one record, which says that it is a sample and of what. */
function insertChanges(tx: Tx, projects: readonly SampleProject[], at: Instant): Promise<void> {
  const districts = [...new Set(projects.map(({ district }) => district))]
  const things = [
    ...communitiesOf(projects).map(({ community }) => ({ noun: 'community', id: community })),
    ...projects.map(({ project }) => ({ noun: 'project', id: project })),
    ...Object.keys(bundled).map((district) => ({ noun: 'bundle', id: bundleOf(district) })),
    ...districts.map((district) => ({ noun: 'plan', id: `${district}-${yearOfAll(projects)}` })),
  ]
  const body = JSON.stringify({ sampleOf: sampleSource })
  return insertRows(
    tx,
    'change',
    [
      ['noun', 'text', ({ noun }) => noun],
      ['id', 'text', ({ id }) => id],
      ['version', 'int', () => 1],
      ['verb', 'text', () => 'sample_loaded'],
      ['person', 'text', () => person],
      ['at::timestamptz', 'text', () => instantText(at)],
      ['body::jsonb', 'text', () => body],
    ],
    things,
  )
}
