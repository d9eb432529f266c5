/** The checks of duties and sessions see what was given by hand, and what stood before there was a rule. */
import { expect, it } from 'vitest'
import { accessChecks } from '../../src/access/checks.ts'
import { issueToken } from '../../src/access/token.ts'
import { runChecks } from '../../src/ledger/checks.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()

async function faults(): Promise<string[]> {
  const found: string[] = []
  for await (const one of runChecks(test().database, accessChecks)) found.push(...one.faults)
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

it('a session that rests on no password, or on one that was disabled or set anew, is told', async () => {
  await asSuperuser(test(), async (client) => {
    const session = (hash: string, person: string) =>
      client.query(
        `insert into session (session_hash, person, role, district, trial, began_at, ends_at, seen_at)
         values (sha256($1), $2, 'finance_maker', '110102', false, now() - interval '1 hour', now() + interval '1 hour', now())`,
        [hash, person],
      )
    const credential = (person: string, more: string) =>
      client.query(
        `insert into credential (person, password, totp_secret, totp_step, set_at, disabled_at, disabled_by)
         values ($1, '$argon2id$', sha256('x'), 0, ${more})`,
        [person],
      )
    for (const name of ['wang', 'sun', 'qian'])
      await issueToken(test().database, { person: name, role: 'auditor', days: 1 })
    await credential('wang', `now(), null, null`)
    await credential('sun', `now() - interval '2 hours', now(), 'hand'`)
    await credential('qian', `now() - interval '2 hours', null, null`)
    for (const name of ['zhang', 'wang', 'sun', 'qian']) await session(name, name)
  })
  expect((await faults()).filter((fault) => fault.startsWith('session'))).toEqual([
    expect.stringMatching(/^session [0-9]+ of zhang rests on no password$/),
    expect.stringMatching(/^session [0-9]+ of wang began before his password was set$/),
    expect.stringMatching(/^session [0-9]+ of sun goes on though he is disabled$/),
  ])
})
