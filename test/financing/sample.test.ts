/** The plans of the sample: a district's under one approval, closed, and loaded once however often they are. */
import { describe, expect, it } from 'vitest'
import { loadPlans } from '../../src/sample/programme/plans.ts'
import { loadRegistry } from '../../src/sample/programme/registry.ts'
import { useDoor } from '../support/door.ts'
import { expectClean } from './trial.ts'

const door = useDoor()

describe('loadPlans', () => {
  it('plans all 303 projects, a district under one approval, to the fen of what they cost, and nothing twice', async () => {
    const { ledger } = door()
    const { sql } = door().test.database
    await loadRegistry(ledger, 2023)
    await loadPlans(ledger, 2023)
    const [sums] = await sql`
      select (select count(*)::int from project where plan_approved) as projects,
        (select count(*)::int from approval where kind = 'funding_plans' and state = 'approved') as approvals,
        (select sum(cost_fen)::bigint from project_item) as cost,
        (select sum(c.credit_fen - c.debit_fen)::bigint from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
         where a.subject = '951') as planned`
    expect(sums).toMatchObject({ projects: 303, approvals: 16 })
    expect(sums?.['planned']).toBe(sums?.['cost'])
    const counted = await door().counts()
    await loadPlans(ledger, 2023)
    expect(await door().counts()).toEqual(counted)
    await expectClean(door())
  })
})
