/** The check of duties sees what was given by hand, and what stood before there was a rule. */
import { expect, it } from 'vitest'
import { accessChecks } from '../../src/access/checks.ts'
import { issueToken } from '../../src/access/token.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()

async function faults(): Promise<string[]> {
  const found: string[] = []
  for await (const one of runChecks(test().database, accessChecks))
    if (one.check === 'duties_apart') found.push(...one.faults)
  return found.toSorted()
}

it('nothing is amiss with what was given by the rule', async () => {
  await issueToken(test().database, { person: 'zhang', role: 'finance_maker', district: '110102', days: 1 })
  await issueToken(test().database, { person: 'zhang', role: 'finance_checker', district: '110105', days: 1 })
  await issueToken(test().database, { person: 'robot', role: 'integration', days: 1 })
  expect(await faults()).toEqual([])
})

it('a duty that excludes another, and a token without a duty, are told', async () => {
  await asSuperuser(test(), async (client) => {
    await client.query(`insert into duty (person, role, district, given_at, given_by)
      values ('zhang', 'finance_approver', '110102', now(), 'hand'), ('robot', 'operator', null, now(), 'hand')`)
    await client.query(
      `update duty set ended_at = now(), ended_by = 'hand' where person = 'zhang' and role = 'finance_checker'`,
    )
  })
  expect(await faults()).toEqual([
    'robot is integration and operator',
    expect.stringMatching(/^token [0-9]+ of zhang opens for finance_checker, which is no duty of his$/),
    'zhang is finance_maker of 110102 and finance_approver of 110102',
  ])
})
