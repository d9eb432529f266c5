/**
 * Funding plans of the sample's projects: every item divided among its payers by class, in fixed parts, so that the
 * plans are the same every time. A district's plans are submitted together and approved under one approval; loading
 * again completes what is missing.
 */
import { createHash } from 'node:crypto'
import type { PlanGiven } from '../../financing/plan/forms.ts'
import { draftPlan, submitPlans } from '../../financing/plan/verbs.ts'
import { type PlanName } from '../../financing/plan/standing.ts'
import { assert } from '../../base/assert.ts'
import { businessDay } from '../../base/calendar.ts'
import { type Fen, splitLargestRemainder } from '../../base/money.ts'
import { createBook } from '../../ledger/actions.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { type ItemClass, itemOf } from '../../policy/catalogue.ts'
import { lawOn } from '../../policy/parameters.ts'
import { sampleSource } from './generator.ts'
import type { Progress } from './load.ts'
import { answered, approve, maker } from './people.ts'
import { samplePlanBookOf } from './registry.ts'
import { inTurn } from './turns.ts'

type Payer = Pick<PlanGiven['shares'][number], 'source' | 'party'> & { readonly parts: bigint }

/**
 * Who pays a class of works, in hundredths: the treasury basic works, everybody improvements, investors upgrades
 * (clauses 4, 5).
 */
const payers: Readonly<Record<ItemClass, readonly Payer[]>> = {
  basic: [
    { source: 'F10', parts: 10n },
    { source: 'F21', parts: 43n },
    { source: 'F30', parts: 25n },
    { source: 'F63', party: '专业公司', parts: 5n },
    { source: 'F81', party: '社会资本方', parts: 17n },
  ],
  improvement: [
    { source: 'F21', parts: 30n },
    { source: 'F30', parts: 25n },
    { source: 'F51', parts: 20n },
    { source: 'F61', party: '产权单位', parts: 15n },
    { source: 'F70', parts: 10n },
  ],
  upgrade: [{ source: 'F81', party: '社会资本方', parts: 100n }],
}

type Costed = { project: string; district: string; items: { item: string; cost: string }[] }

/** Loads the plan of every sample project that has none, into its district's memo book. */
export async function loadPlans(ledger: Ledger, year: number, progress: Progress = () => undefined): Promise<void> {
  const projects = await projectsWithoutPlan(ledger, year)
  const districts = [...new Set(projects.map(({ district }) => district))]
  let done = 0
  await inTurn(districts, async (district) => {
    const own = projects.filter((project) => project.district === district)
    await openPlanBook(ledger, district)
    await loadDistrict(ledger, district, own, () => progress(++done, projects.length))
  })
}

/** Sample projects are those of the sample's year that keep their plans in its books. */
async function projectsWithoutPlan({ database: { sql } }: Ledger, year: number): Promise<Costed[]> {
  const found = await sql<(Costed & { plan_book: string })[]>`
    select p.project, p.district, p.plan_book,
      jsonb_agg(jsonb_build_object('item', i.item, 'cost', i.cost_fen::text) order by i.item) as items
    from project p join project_item i on i.project = p.project and i.cost_fen > 0
    where not p.plan_approved and p.project like ${`BJ${year}-%`} and p.state <> 'withdrawn'
    group by p.project, p.district, p.plan_book order by p.district, p.project`
  return found.filter(({ district, plan_book: code }) => code === samplePlanBookOf(district))
}

async function openPlanBook(ledger: Ledger, district: string): Promise<void> {
  const code = samplePlanBookOf(district)
  if (await ledger.shelf.find(code)) return
  const name = `${district} 老旧小区改造资金方案（示例）`
  await createBook(ledger, maker, { code, name, district, standard: 'memo', sampleOf: sampleSource })
}

async function loadDistrict(
  ledger: Ledger,
  district: string,
  projects: readonly Costed[],
  drafted: () => void,
): Promise<void> {
  const names: PlanName[] = []
  for (const { project, items } of projects) {
    const { version } = answered(
      await draftPlan(ledger, maker, { project, ...planOf(ledger, items) }, `sample-plan-${project}`),
    )
    names.push({ project, version })
    drafted()
  }
  // Another set of projects is another submission; the same set is the same one again.
  const set = createHash('sha256').update(JSON.stringify(names)).digest('hex').slice(0, 16)
  const key = `sample-plans-${district}-${set}`
  await approve(ledger, answered(await submitPlans(ledger, maker, { plans: names }, key)), key)
}

function planOf(ledger: Ledger, items: Costed['items']): PlanGiven {
  const law = lawOn(businessDay(ledger.clock()))
  return {
    lines: items.map(({ item, cost }) => ({ line: item, item, purpose: 'capital', amount: BigInt(cost) })),
    shares: items.flatMap(({ item, cost }) => {
      const of = itemOf(item, law)
      assert(of, `${item} is an item`)
      return sharesOf(item, BigInt(cost), payers[of.class])
    }),
  }
}

function sharesOf(line: string, costFen: Fen, listed: readonly Payer[]): PlanGiven['shares'] {
  const amounts = splitLargestRemainder(
    costFen,
    listed.map(({ parts }) => parts),
  )
  return listed.flatMap(({ source, party }, index) => {
    const amount = amounts[index] ?? 0n
    return amount === 0n ? [] : [{ line, source, amount, ...(party !== undefined && { party }) }]
  })
}
