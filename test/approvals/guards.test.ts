/**
 * The second lock on approvals: statements of the program's own role, past the code that decides, meet the guards of
 * the tables.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import pg from 'pg'
import { delegate } from '../../src/approvals/delegation.ts'
import { businessDay } from '../../src/base/calendar.ts'
import { sqlState, transact } from '../../src/base/db.ts'
import { parseAmount } from '../../src/base/money.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { useDatabase } from '../support/database.ts'
import { approver, checked, checkedOnly, employ, person, say, submitted } from './trial.ts'

const test = useDatabase()
/** A-1 open, A-2 checked, A-3 approved, A-4 checked and to be approved by two, A-5 open and only to be checked. */
beforeAll(async () => {
  const ledger = openLedger(test().database)
  await submitted(ledger)
  await checked(ledger)
  await say(ledger, approver, 'approve', await checked(ledger))
  await checked(ledger, { amountFen: parseAmount('20000000.00') })
  await submitted(ledger, { kind: checkedOnly })
  const today = businessDay(ledger.clock())
  await employ(ledger, person('sun', 'finance_maker'))
  const lent = { delegate: 'sun', permission: 'approval.approve', from: today, to: today, reason: '出差' } as const
  for (const _ of [1, 2]) await transact(ledger.database, (tx) => delegate(tx, approver, lent, ledger.clock()))
})

async function run(statements: string): Promise<string> {
  const session = new pg.Client({ connectionString: test().url, options: '-c search_path=yiben' })
  await session.connect()
  try {
    await session.query('begin')
    await session.query(statements)
    return 'accepted'
  } catch (error) {
    return `${sqlState(error)} ${(error as Error).message}`
  } finally {
    await session.end()
  }
}

const opening = (state: string, steps = 0, hash = `sha256('{}')`): string =>
  `insert into approval (kind, office, subject, summary, content, content_hash, approvers, state, steps, maker, opened_at)
   values ('trial', 'finance', 'direct', 'x', '{}', ${hash}, 1, '${state}', ${steps}, 'x', now())`
const party = (id: number, person: string, step: number): string =>
  `insert into approval_party values (${id}, '${person}', ${step})`
const decision = (id: number, step: number, said: string, person: string, more: { for?: string; hash?: string } = {}) =>
  `insert into approval_decision (approval_id, step, decision, person, acting_for, content_hash, decided_at)
   select ${id}, ${step}, '${said}', '${person}', ${more.for === undefined ? 'null' : `'${more.for}'`},
          ${more.hash ?? 'content_hash'}, now() from approval where approval_id = ${id}`
const move = (id: number, state: string, steps: number): string =>
  `update approval set state = '${state}', steps = ${steps} where approval_id = ${id}`

describe('the kinds that nobody approves', () => {
  it('are those of the policy, in the database as in the program', async () => {
    const rows = await test().database.sql<{ text: string }[]>`
      select pg_get_constraintdef(oid) as text from pg_constraint where conname = 'approval_approvers_fit'`
    const inDatabase = [...(rows[0]?.text ?? '').matchAll(/'([a-z_]+)'/g)].map(([, kind]) => kind)
    expect(inDatabase).toEqual(lawOn(businessDay(openLedger(test().database).clock())).take('approval_checked_only'))
  })
})

describe('direct SQL on approvals', () => {
  it.each([
    ['an approval that opens', opening('checking')],
    [
      'a check by another person',
      [party(1, 'q', 2), decision(1, 2, 'checked', 'q'), move(1, 'approving', 2)].join(';'),
    ],
    ['an approval by a third', [party(2, 'q', 3), decision(2, 3, 'approved', 'q'), move(2, 'approved', 3)].join(';')],
    [
      'the check of one that is only checked',
      [party(5, 'q', 2), decision(5, 2, 'checked', 'q'), move(5, 'approved', 2)].join(';'),
    ],
    ['a withdrawal', [decision(2, 3, 'withdrawn', 'zhang'), move(2, 'withdrawn', 3)].join(';')],
    ['a delegation that ends', 'update delegation set revoked_at = now() where delegation_id = 1'],
  ])('the control: %s is accepted', async (_, statements) => {
    expect(await run(statements)).toBe('accepted')
  })

  it.each([
    ['one that opens approved', opening('approved'), /^23514 .*nothing decided/],
    ['one that opens with steps taken', opening('checking', 2), /^23514 .*nothing decided/],
    ['one whose hash is another content’s', opening('checking', 0, `sha256('x')`), /^23514 .*approval_hash_fits/],
    ['a second one of an open subject', `${opening('checking')}; ${opening('checking')}`, /^23505 .*approval_open/],
    ['approved without a decision', move(2, 'approved', 3), /^23514 .*has not the decisions/],
    ['approved without a check where nobody approves', move(5, 'approved', 2), /^23514 .*has not the decisions/],
    [
      'left to be approved where nobody approves',
      [party(5, 'q', 2), decision(5, 2, 'checked', 'q'), move(5, 'approving', 2)].join(';'),
      /^23514 .*has not the decisions/,
    ],
    [
      'checked by its maker where nobody approves',
      [decision(5, 2, 'checked', 'zhang'), move(5, 'approved', 2)].join(';'),
      /^23514 .*no party/,
    ],
    ['another kind that nobody approves', opening('checking').replace('1,', '0,'), /^23514 .*approval_approvers_fit/],
    [
      'approved without a check',
      [party(1, 'q', 2), decision(1, 2, 'approved', 'q'), move(1, 'approved', 2)].join(';'),
      /^23514 .*has not the decisions/,
    ],
    [
      'approved by one of two',
      [party(4, 'q', 3), decision(4, 3, 'approved', 'q'), move(4, 'approved', 3)].join(';'),
      /^23514 .*has not the decisions/,
    ],
    [
      'left open with all approvals',
      [party(2, 'q', 3), decision(2, 3, 'approved', 'q'), move(2, 'approving', 3)].join(';'),
      /^23514 .*has not the decisions/,
    ],
    ['a step skipped', [party(2, 'q', 4), decision(2, 4, 'approved', 'q'), move(2, 'approved', 4)].join(';'), /^23514/],
    [
      'a decision on other content',
      [party(2, 'q', 3), decision(2, 3, 'approved', 'q', { hash: `sha256('x')` }), move(2, 'approved', 3)].join(';'),
      /^23514 .*has not the decisions/,
    ],
    ['a decision of no party', decision(2, 3, 'approved', 'q'), /^23514 .*no party/],
    [
      'a decision in the place of no party',
      [party(2, 'q', 3), decision(2, 3, 'approved', 'q', { for: 'r' })].join(';'),
      /^23514 .*r is no party/,
    ],
    ['the maker as approver', decision(2, 3, 'approved', 'zhang'), /^23514 .*no party/],
    ['the maker as a party again', party(2, 'zhang', 3), /^23505 .*approval_party_pkey/],
    ['the same step twice', [party(2, 'q', 2), decision(2, 2, 'approved', 'q')].join(';'), /^23505/],
    [
      'one that is settled',
      [party(3, 'q', 4), decision(3, 4, 'rejected', 'q'), move(3, 'rejected', 4)].join(';'),
      /^23514 .*is settled/,
    ],
    ['other content', `update approval set content = '{}'`, /^42501/],
    ['another maker', `update approval set maker = 'x'`, /^42501/],
    ['a decision unsaid', 'delete from approval_decision', /^42501/],
    ['a party struck out', 'delete from approval_party', /^42501/],
    ['an approval removed', 'delete from approval where approval_id = 1', /^42501/],
    [
      'a delegation taken up again',
      `update delegation set revoked_at = now(); update delegation set revoked_at = null`,
      /^23514 .*ended once/,
    ],
    [
      'a delegation ended twice',
      `update delegation set revoked_at = now(); update delegation set revoked_at = now()`,
      /^23514 .*ended once/,
    ],
    ['a longer delegation', `update delegation set valid_to = '2099-01-01'`, /^42501/],
    [
      'a delegation to oneself',
      `insert into delegation (delegator, delegate, permission, valid_from, valid_to, reason, made_at) values ('a', 'a', 'approval.check', now(), now(), 'x', now())`,
      /^23514/,
    ],
    [
      'a delegation of another right',
      `insert into delegation (delegator, delegate, permission, valid_from, valid_to, reason, made_at) values ('a', 'b', 'entry.post', now(), now(), 'x', now())`,
      /^23514/,
    ],
  ])('%s is refused', async (_, statements, words) => {
    expect(await run(statements)).toMatch(words)
  })

  it('refuses the owner, and a replica, to remove or rewrite what was decided', async () => {
    for (const role of ['-c role=yiben_owner', '-c session_replication_role=replica']) {
      const session = new pg.Client({ connectionString: test().superUrl, options: `${role} -c search_path=yiben` })
      await session.connect()
      for (const [statement, code] of [
        ['delete from approval', '23001'],
        ['truncate approval cascade', '23001'],
        ['delete from delegation', '23001'],
        [`update approval set content = '{}', content_hash = sha256('{}')`, '23514'],
        [`update delegation set valid_to = '2099-01-01'`, '23514'],
      ] as const) {
        await expect(session.query(statement), `${role} ${statement}`).rejects.toMatchObject({ code })
      }
      await session.end()
    }
  })
})
