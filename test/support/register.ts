/**
 * What stands beside a project that a test plants directly, so that the register is whole: its records, its batch,
 * dwellings of its buildings.
 */
type Query = (text: string, values?: readonly unknown[]) => Promise<unknown>

/** The record of the first version of a thing. */
export const recorded = (query: Query, noun: string, id: string): Promise<unknown> =>
  query(
    `insert into change (noun, id, version, verb, person, at, body) values ($1, $2, 1, 'registered', 'zhou', now(), '{}')
     on conflict do nothing`,
    [noun, id],
  )

/**
 * Puts a project into batch 1 of a year, as a yearly plan of its district would. The project's own row is the caller's.
 */
export async function inBatch(
  query: Query,
  { project, district, year }: { project: string; district: string; year: number },
): Promise<void> {
  const plan = [district, year]
  await query(
    'insert into annual_plan (district, year, capacity_fen, version) values ($1, $2, 0, 1) on conflict do nothing',
    plan,
  )
  await recorded(query, 'plan', plan.join('-'))
  await query(
    `insert into plan_batch (district, year, batch, mode, fixed_by, fixed_at) values ($1, $2, 1, 'strict', 'zhou', now())
     on conflict do nothing`,
    plan,
  )
  await query('insert into plan_batch_project (district, year, batch, project, need_fen) values ($1, $2, 1, $3, 0)', [
    ...plan,
    project,
  ])
}

/**
 * One dwelling for each household of a community's buildings: the last has what the others, of 1 dm² each, leave of the
 * area.
 */
export const dwellingsOf = (query: Query, community: string): Promise<unknown> =>
  query(
    `insert into dwelling (community, building, dwelling, area_dm2, ownership)
     select community, building, g::text, case g when households then private_dm2 - households + 1 else 1 end, 'private'
     from building, generate_series(1, households) g where community = $1`,
    [community],
  )
