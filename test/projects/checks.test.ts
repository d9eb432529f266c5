/** The checks of the register find what was changed behind its back, and nothing where nothing was. */
import { describe, expect, it } from 'vitest'
import { projectChecks } from '../../src/projects/checks.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { begunProject, clock, done, move, newProject, plan } from './office.ts'

const door = useDoor({ clock })

const faultsOf = async (name: string): Promise<readonly string[]> => {
  const check = projectChecks.find(({ check }) => check === name)
  if (!check) throw new Error(`no check ${name}`)
  const reader = await door().test.database.sql.reserve()
  try {
    return (await check.run(reader)).faults
  } finally {
    reader.release()
  }
}

describe('the checks of the register', () => {
  it('find nothing in what was done through the door', async () => {
    await begunProject(door())
    const gone = await newProject(door())
    done(await (await plan(door(), [gone.project])).fix())
    done(await move(door(), gone.project, 'withdrawn'))
    for await (const { check, faults } of runAllChecks(door().test.database)) expect(faults, check).toEqual([])
  })

  it.each([
    [
      'standings_recorded',
      `alter table project disable trigger note_standing; update project set state_on = state_on + 1 where state = 'withdrawn'`,
      /is withdrawn since .*, recorded withdrawn since/,
    ],
    [
      'buildings_total_their_dwellings',
      `update building set private_dm2 = private_dm2 + 1 where ctid = (select min(ctid) from building)`,
      /6001 dm², its dwellings 1 and 6000/,
    ],
    ['buildings_of_projects', `update project_building set open = not open`, /open false/],
    ['projects_in_their_batch', `update project set batch = 7 where state = 'under_way'`, /\/7, stands in .*\/1/],
    ['batches_within_capacity', `update annual_plan set capacity_fen = 0`, /has 0 fen, its batches need 100/],
    ['register_changes_recorded', `update project set version = version + 1`, /stands at version/],
  ])('%s', async (name, statement, words) => {
    expect(await faultsOf(name)).toEqual([])
    await asSuperuser(door().test, async (client) => {
      await client.query(statement)
    })
    const faults = await faultsOf(name)
    expect(faults.length).toBeGreaterThan(0)
    expect(faults[0]).toMatch(words)
  })
})
