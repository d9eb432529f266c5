/** The register of the sample programme: its totals are the published ones, exactly, and everything in it is lawful. */
import { beforeAll, describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { projectChecks } from '../../src/projects/checks.ts'
import { readProjectFacts } from '../../src/projects/project/facts.ts'
import { sampleProgramme } from '../../src/sample/programme/generator.ts'
import { loadCompletions } from '../../src/sample/programme/completions.ts'
import { loadRegistry } from '../../src/sample/programme/registry.ts'
import { report } from '../faults/report.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  const began = performance.now()
  await loadRegistry(ledger, 2023)
  report('sample register of 303 projects', { ms: Math.round(performance.now() - began) })
}, 120_000)

type Totals = { projects: number; buildings: number; households: number; dwellings: number; area: bigint }

const totalsOf = async (batch: number, district: string | null = null): Promise<Totals | undefined> => {
  const { sql } = ledger.database
  const [row] = await sql<Totals[]>`
    with p as (select * from project where year = 2023 and batch = ${batch} and (${district}::text is null or district = ${district}))
    select (select count(*)::int from p) as projects, count(*)::int as buildings, coalesce(sum(households), 0)::int as households,
      (select count(*)::int from p join project_building using (project) join dwelling using (community, building)) as dwellings,
      coalesce((select sum(d.area_dm2) from p join project_building using (project) join dwelling d using (community, building)), 0)::bigint as area
    from p join project_building using (project) join building using (community, building)`
  return row
}

describe('the register of the sample', () => {
  it('has the published totals of both batches, dwelling by dwelling', async () => {
    expect(await totalsOf(2)).toEqual({
      projects: 222,
      buildings: 765,
      households: 49_000,
      dwellings: 49_000,
      area: 426_000_000n,
    })
    expect(await totalsOf(3)).toEqual({
      projects: 81,
      buildings: 402,
      households: 30_000,
      dwellings: 30_000,
      area: 241_000_000n,
    })
    expect(await totalsOf(3, '110108')).toMatchObject({ projects: 57 })
    expect(await totalsOf(2, '110108')).toMatchObject({ projects: 0 })
    const [districts] = await ledger.database.sql`select count(distinct district)::int as count from project`
    expect(districts).toEqual({ count: 16 })
  })

  it('keeps the totals of buildings equal to their dwellings, by owner', async () => {
    const rows = await ledger.database.sql`
      select b.community from building b left join dwelling d using (community, building) group by b.community, b.building
      having b.households <> count(d.dwelling) or b.area_dm2 <> sum(d.area_dm2)
        or b.central_dm2 <> coalesce(sum(d.area_dm2) filter (where ownership = 'central'), 0)
        or b.private_dm2 <> coalesce(sum(d.area_dm2) filter (where ownership = 'private'), 0)
        or b.municipal_soe_dm2 <> coalesce(sum(d.area_dm2) filter (where ownership = 'municipal_soe'), 0)
        or b.public_rental_dm2 <> coalesce(sum(d.area_dm2) filter (where ownership = 'public_rental'), 0)`
    expect(rows).toEqual([])
  })

  it('gives facts of every project at once', async () => {
    const began = performance.now()
    const facts = await readProjectFacts(ledger.database.sql, { asOf: day('2024-06-30') })
    report('facts of 303 projects', { ms: Math.round(performance.now() - began) })
    expect(facts).toHaveLength(303)
    expect(facts.reduce((sum, { households }) => sum + households, 0)).toBe(79_000)
    expect(facts.reduce((sum, { areaDm2 }) => sum + areaDm2, 0n)).toBe(667_000_000n)
    const central = facts.filter(({ ownershipDm2 }) => ownershipDm2.central > 0n).map(({ district }) => district)
    expect([...new Set(central)].sort()).toEqual(['110101', '110102', '110108'])
    for (const { communities, ownersBody, progress } of facts) {
      expect(ownersBody).toBeLessThanOrEqual(communities)
      // How far works are is told quarter by quarter, later.
      expect(progress).toBe('0')
    }
  })

  it('has every project promised, costed and inside the capacity of its district’s plan', async () => {
    const rows = await ledger.database.sql`
      select p.project from project p
      where not exists (select from project_item i where i.project = p.project and i.cost_fen > 0)
         or not exists (select from project_document d where d.project = p.project and d.kind = 'fund_promise')
         or not exists (select from plan_batch_project b where b.project = p.project and b.year = p.year and b.batch = p.batch)`
    expect(rows).toEqual([])
    const over = await ledger.database.sql`
      select a.district from annual_plan a join plan_batch_project b using (district, year)
      group by a.district, a.year having sum(b.need_fen) > a.capacity_fen`
    expect(over).toEqual([])
  })

  it('is the same every time, and loads once', async () => {
    expect(sampleProgramme(2023)).toEqual(sampleProgramme(2023))
    await loadRegistry(ledger, 2023)
    const [row] = await ledger.database.sql`
      select count(*)::int as projects, (select count(*)::int from change where verb = 'sample_loaded') as changes from project`
    const communities = sampleProgramme(2023).flatMap((project) => project.communities).length
    expect(row).toEqual({ projects: 303, changes: 303 + communities + 2 + 16 })
  })

  it('brings a few projects to their end, through every gate, and again changes nothing', async () => {
    const { sql } = ledger.database
    await loadCompletions(ledger, 2023)
    // Without funding plans nothing has lawfully begun.
    expect(await sql`select 1 from project where state = 'accepted'`).toEqual([])
    await asSuperuser(test(), (client) => client.query('update project set plan_approved = true'))
    await loadCompletions(ledger, 2023)
    const states = () =>
      sql`select state, count(*)::int from project where state <> 'under_way' group by state order by 1`
    const before = await states()
    expect(before).toEqual([
      { state: 'accepted', count: 4 },
      { state: 'handed_over', count: 4 },
      { state: 'planned', count: expect.any(Number) },
      { state: 'settled', count: 4 },
    ])
    const changes = () => sql`select count(*)::int as changes from change`
    const count = await changes()
    await loadCompletions(ledger, 2023)
    expect([await states(), await changes()]).toEqual([before, count])
  })

  it('keeps every promise of the register', async () => {
    const reader = await ledger.database.sql.reserve()
    for (const { check, run } of projectChecks) expect((await run(reader)).faults, check).toEqual([])
    reader.release()
  })
})
