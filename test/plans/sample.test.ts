/** The plans of the sample: a district's under one approval, closed, the same every time, and loaded once however often they are. */
import { describe, expect, it } from 'vitest'
import { loadPlans } from '../../src/sample/programme/plans.ts'
import { useDoor } from '../support/door.ts'
import { balanceOf, expectClean, newProject } from './trial.ts'

const door = useDoor()

describe('loadPlans', () => {
  it('plans every sample project that has none, and nothing twice', async () => {
    const items = { B02: '1000000.01', I02: '300000.07', U04: '50000.00' }
    const projects = [
      await newProject(door(), { items, sample: true }),
      await newProject(door(), { items, sample: true }),
    ]
    const real = await newProject(door(), { items })
    await loadPlans(door().ledger)
    for (const project of projects) {
      expect(await balanceOf(door(), `${project}-PLAN`, '951')).toBe('Cr 1350000.08')
      expect(await balanceOf(door(), `${project}-PLAN`, '951', { source: 'F81' })).toBe('Cr 50000.00')
    }
    expect(await balanceOf(door(), `${real}-PLAN`, '951')).toBe('Cr 0.00')
    const approvals = await door().test.database.sql`select state from approval where kind = 'funding_plans'`
    expect(approvals).toEqual([{ state: 'approved' }])
    const counted = await door().counts()
    await loadPlans(door().ledger)
    expect(await door().counts()).toEqual(counted)
    await expectClean(door())
  })
})
