/**
 * The checks of approvals hold on honest ones, and each finds the fault planted for it by a superuser with the guards
 * taken off.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { approvalsFor } from '../../src/approvals/verbs.ts'
import { delegate, revokeDelegation } from '../../src/approvals/delegation.ts'
import { recordChange } from '../../src/base/history.ts'
import { businessDay } from '../../src/base/calendar.ts'
import { type Database, transact } from '../../src/base/db.ts'
import { parseAmount } from '../../src/base/money.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { soundChecks } from '../support/sound.ts'
import type { Effect } from '../../src/noun/proposal.ts'
import { type TestDatabase, useDatabase, withPlanted } from '../support/database.ts'
import { line, newBook, quota } from '../support/ledger.ts'
import { approver, checked, checkedOnly, checker, employ, maker, person, say, second, submitted } from './trial.ts'

async function failing(database: Database): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of soundChecks(database)) if (!ok) failed.push(check)
  return failed
}

/**
 * A-1 approved with an entry, A-2 by two of whom one in another's place, A-3 rejected, A-4 withdrawn, A-5 open. Only
 * checked are A-6, with an entry, A-7, which was rejected, and A-8, which waits.
 */
async function honest(test: TestDatabase): Promise<void> {
  const ledger = openLedger(test.database)
  for (const actor of [maker, checker, approver, second]) await employ(ledger, actor)
  const book = await newBook(ledger, 'government', 'A')
  const posts: Effect = async (_ledger, { tx, post }, { id, maker: by }) => {
    const both = [line('800101', 'debit', '1.00'), line('6001', 'credit', '1.00')]
    const entries = [{ book: book.code, draft: { ...quota('1.00'), lines: [...quota('1.00').lines, ...both] } }]
    await post({ key: `trial:${id}`, maker: by, approvals: await approvalsFor(tx, id), entries })
  }
  const first = await checked(ledger)
  await say(ledger, approver, 'approve', first, { effects: { trial: posts } })
  const today = businessDay(ledger.clock())
  await employ(ledger, person('sun', 'finance_maker'))
  const lent = { delegate: 'sun', permission: 'approval.approve', from: today, to: today, reason: '出差' } as const
  const { id } = await transact(ledger.database, (tx) => delegate(tx, approver, lent, ledger.clock()))
  const large = await checked(ledger, { amountFen: parseAmount('20000000.00') })
  await say(ledger, person('sun', 'finance_maker'), 'approve', large, { actingFor: 'wang', effects: { trial: posts } })
  await say(ledger, second, 'approve', large, { effects: { trial: posts } })
  await transact(ledger.database, (tx) => revokeDelegation(tx, approver, id, ledger.clock()))
  await say(ledger, checker, 'reject', await submitted(ledger))
  await say(ledger, maker, 'withdraw', await checked(ledger))
  await submitted(ledger)
  const only = { kind: checkedOnly }
  await say(ledger, checker, 'check', await submitted(ledger, only), { effects: { [checkedOnly]: posts } })
  await say(ledger, checker, 'reject', await submitted(ledger, only))
  await submitted(ledger, only)
  await actOnce(ledger, async ({ tx, at }) => {
    for (const version of [1, 2]) {
      await recordChange(tx, { noun: 'thing', id: 'one', version, verb: 'made', person: 'zhang', at, body: {} })
    }
  })
}

const plants: readonly { readonly fault: string; readonly sql: string; readonly found: readonly string[] }[] = [
  {
    fault: 'the maker in the approver’s place',
    sql: `update approval_decision set person = 'zhang' where approval_id = 1 and step = 3`,
    found: ['approvals_by_different_persons', 'entries_rest_on_decisions'],
  },
  {
    fault: 'a delegator who was there before',
    sql: `update approval_decision set acting_for = 'li' where approval_id = 2 and step = 3`,
    found: ['approvals_by_different_persons', 'delegations_in_force', 'entries_rest_on_decisions'],
  },
  {
    fault: 'a party struck out',
    sql: `delete from approval_party where approval_id = 1 and person = 'wang'`,
    found: ['approvals_by_different_persons'],
  },
  {
    fault: 'somebody who had a hand in the content',
    sql: `update approval_party set step = 1 where approval_id = 1 and person = 'wang'`,
    found: ['approvals_by_different_persons'],
  },
  {
    fault: 'an approval missing from two',
    sql: `delete from approval_decision where approval_id = 2 and step = 4; update approval set steps = 3 where approval_id = 2`,
    found: ['approvals_follow_decisions', 'entries_rest_on_decisions'],
  },
  {
    fault: 'a check left out',
    sql: `update approval_decision set decision = 'approved' where approval_id = 1 and step = 2`,
    found: ['approvals_follow_decisions', 'entries_rest_on_decisions'],
  },
  {
    fault: 'an open one called approved',
    sql: `update approval set state = 'approved' where approval_id = 5`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'a rejected one called approved',
    sql: `update approval set state = 'approved' where approval_id = 3`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'fewer approvers than it took',
    sql: `update approval set approvers = 1 where approval_id = 2`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'a kind that needs an approver with none',
    sql: `update approval set approvers = 0 where approval_id = 5`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'what takes only a check taken without one',
    sql: `update approval set state = 'approved' where approval_id = 8`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'what is only checked left to be approved',
    sql: `update approval set state = 'approving' where approval_id = 6`,
    found: ['approvals_follow_decisions', 'entries_rest_on_decisions'],
  },
  {
    fault: 'the maker in the checker’s place, where nobody approves',
    sql: `update approval_decision set person = 'zhang' where approval_id = 6 and step = 2`,
    found: ['approvals_by_different_persons', 'entries_rest_on_decisions'],
  },
  {
    fault: 'another maker',
    sql: `update approval set maker = 'qian' where approval_id = 1`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'a withdrawal by somebody else',
    sql: `update approval_decision set person = 'qian' where approval_id = 4 and decision = 'withdrawn'`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'a decision before the one it follows',
    sql: `update approval_decision set decided_at = decided_at - interval '1 hour' where approval_id = 1 and step = 3`,
    found: ['approvals_follow_decisions'],
  },
  {
    fault: 'content changed after it was approved',
    sql: `update approval set content = replace(content, '1.00', '9.00') where approval_id = 1`,
    found: ['approvals_bound_to_content'],
  },
  {
    fault: 'content and its hash changed',
    sql: `update approval set content = replace(content, '1.00', '9.00'), content_hash = sha256(convert_to(replace(content, '1.00', '9.00'), 'UTF8')) where approval_id = 1`,
    found: ['approvals_bound_to_content', 'entries_rest_on_decisions'],
  },
  {
    fault: 'another subject under the same content',
    sql: `update approval set subject = 'trial:other' where approval_id = 1`,
    found: ['approvals_bound_to_content'],
  },
  {
    fault: 'a decision on other content',
    sql: `update approval_decision set content_hash = sha256('x') where approval_id = 1 and step = 2`,
    found: ['approvals_bound_to_content'],
  },
  {
    fault: 'a delegation revoked before it was used',
    sql: `update delegation set revoked_at = revoked_at - interval '1 hour'`,
    found: ['delegations_in_force'],
  },
  {
    fault: 'a delegation of other days',
    sql: `update delegation set valid_from = '2020-01-01', valid_to = '2020-01-02'`,
    found: ['delegations_in_force'],
  },
  {
    fault: 'a delegation of another step',
    sql: `update delegation set permission = 'approval.check'`,
    found: ['delegations_in_force'],
  },
  {
    fault: 'a delegation in another district',
    sql: `update delegation set district = '110102'`,
    found: ['delegations_in_force'],
  },
  {
    fault: 'a version of a thing that is gone',
    sql: `delete from change where version = 1`,
    found: ['changes_dense'],
  },
]

describe('checks of approvals', () => {
  const test = useDatabase()
  beforeAll(() => honest(test()))

  it('all hold on honest ones', async () => {
    expect(await failing(test().database)).toEqual([])
  })

  it.each(plants)('find $fault', async ({ sql, found }) => {
    const statements = `alter table approval drop constraint approval_hash_fits, drop constraint approval_approvers_fit; ${sql}`
    expect(await withPlanted(test(), statements, failing)).toEqual(found)
  })
})
