/** The checks of allocations find what is planted: what was given is held to the register, not to what a row said. */
import { beforeAll, expect, it } from 'vitest'
import { soundChecks } from '../support/sound.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { addProjects, allocated, dongcheng, fund, on, openBooks, staffOf } from './world.ts'

const door = useDoor()
beforeAll(async () => {
  const { ledger } = door()
  await openBooks(ledger, [dongcheng])
  await fund(ledger, { indicator: 'Z', amount: '1000.00' })
  await addProjects(ledger, [{ project: 'P1', district: dongcheng, items: { B01: '100.00', B02: '50.00' } }])
  await allocated(door(), await staffOf(door()), {
    allocation: 'FP',
    indicator: 'Z',
    recipients: 'projects',
    on,
    formula: { standard: '10', document: '办法' },
    rows: [
      { recipient: 'P1', item: 'B01', area: '10', cost: '100.00' },
      { recipient: 'P1', item: 'B02', area: '5', cost: '50.00' },
    ],
    document: '附表',
  } as { allocation: string })
})

/** The faults that checks of these names find. */
async function found(...names: readonly string[]): Promise<string[]> {
  const faults: string[] = []
  for await (const { check, faults: own } of soundChecks(door().ledger.database)) {
    if (names.includes(check)) faults.push(...own)
  }
  return faults
}
const change = (statement: string): Promise<unknown> => asSuperuser(door().test, (client) => client.query(statement))

it('a project that costs less than it was given', async () => {
  const names = ['subsidies_within_cost', 'projects_assigned_within_cost']
  expect(await found(...names)).toEqual([])
  // The typed cost of the row still says 100: the register says 99.99.
  await change(`update project_item set cost_fen = 9999 where project = 'P1' and item = 'B01'`)
  expect(await found(...names)).toEqual([
    'P1 B01: subsidies 10000, registered cost 9999',
    'P1: assigned 15000, registered cost 14999',
  ])
  // Another item is dearer: the project is, the item is not.
  await change(`update project_item set cost_fen = 5001 where project = 'P1' and item = 'B02'`)
  expect(await found(...names)).toEqual(['P1 B01: subsidies 10000, registered cost 9999'])
  await change(`delete from project_item where project = 'P1'`)
  expect(await found(...names)).toHaveLength(3)
})

it('a share that is not its total, and not what was posted', async () => {
  await change(`alter table allocation_share disable trigger all; update allocation_share set amount_fen = 14999`)
  expect(await found('allocation_shares_add_up')).toEqual(['FP version 1: total 15000, shares 14999'])
  expect(await found('allocations_posted_as_approved')).toEqual([
    `FP ${dongcheng}: approved 14999, posted 15000`,
    'FP P1: approved 14999, posted 15000',
  ])
})
