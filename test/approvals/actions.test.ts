/** Checking and approving on a real database: who may, in which order, how it is refused, and what it leaves. */
import { hash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Actor, may, rolesWith } from '../../src/access/actor.ts'
import { revokeToken } from '../../src/access/token.ts'
import { approvalsFor, submit, submitFor, supersede } from '../../src/approvals/verbs.ts'
import type { Verdict } from '../../src/approvals/approval.ts'
import { delegate, type NewDelegation, readDelegations, revokeDelegation } from '../../src/approvals/delegation.ts'
import { approvalRefusals } from '../../src/approvals/refusals.ts'
import {
  approvalView,
  type ApprovalView,
  decisionsOf,
  insertApproval,
  insertDecision,
  insertDelegation,
  insertParties,
  partiesOf,
  readApproval,
  readApprovals,
} from '../../src/approvals/store.ts'
import { addDays, businessDay, type Day, day } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { parseAmount } from '../../src/base/money.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import type { Effect } from '../../src/noun/proposal.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { endOtherDuties } from '../support/door.ts'
import {
  approver,
  checked,
  checkedOnly,
  checker,
  employ,
  maker,
  newKey,
  newSubject,
  person,
  say,
  second,
  settled,
  submitted,
} from './trial.ts'

// To whom something is lent below.
const deputies = ['sun', 'gao', 'he', 'late', 'stays', 'anybody', 'tao', 'hu']

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  for (const actor of [maker, checker, approver, second]) await employ(ledger, actor)
  for (const name of deputies) await employ(ledger, person(name, 'finance_maker'))
})

const number = (id: string): bigint => BigInt(id.slice(2))
const stored = async ({ id }: Pick<ApprovalView, 'id'>) => {
  const row = await readApproval(ledger.database.sql, number(id))
  if (!row) throw new Error(`no ${id}`)
  return row
}
const decisions = ({ id }: Pick<ApprovalView, 'id'>) => transact(ledger.database, (tx) => decisionsOf(tx, number(id)))

/** Submits a text as it is, as a program of another version would have stored it. */
const submittedText = (subject: string, content: string): Promise<ApprovalView> =>
  transact(ledger.database, async (tx) => {
    const [at, digest] = [ledger.clock(), hash('sha256', content, 'buffer')]
    const given = {
      kind: 'trial',
      subject,
      office: 'finance',
      district: null,
      amountFen: null,
      summary: '测试事项',
      approvers: 1,
    } as const
    const made = { ...given, content, contentHash: digest, state: 'checking', maker: 'zhang', openedAt: at } as const
    const row = await insertApproval(tx, made)
    if (!row) throw new Error(`${subject} is open`)
    await insertParties(tx, row, ['zhang'])
    const submission = { decision: 'submitted', person: 'zhang', actingFor: undefined, reason: undefined } as const
    return approvalView(await insertDecision(tx, row, 'checking', { ...submission, hash: digest, at }))
  })
const effectsOf = ({ id }: Pick<ApprovalView, 'id'>) => settled.filter((one) => one.id === id).map(({ state }) => state)

/** Everything an approval has left, to see that a refusal leaves nothing. */
const traces = async (approval: ApprovalView) =>
  transact(ledger.database, async (tx) => [
    await decisionsOf(tx, number(approval.id)),
    await partiesOf(tx, number(approval.id)),
    (await stored(approval)).state,
  ])

const lent = (by: Actor, to: string, more: Partial<NewDelegation> = {}) => {
  const today = businessDay(ledger.clock())
  const given = {
    delegate: to,
    permission: 'approval.approve',
    from: today,
    to: today,
    reason: '出差',
    ...more,
  } as const
  return transact(ledger.database, (tx) => delegate(tx, by, given, ledger.clock()))
}
const codeOf = async (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

describe('an approval', () => {
  it('goes from maker to checker to approver, each step kept with its person, hash and time', async () => {
    const approval = await submitted(ledger, { amountFen: parseAmount('10000000.00') })
    expect(approval).toMatchObject({ state: 'checking', approvers: 1, version: 1, maker: 'zhang' })
    expect(await say(ledger, checker, 'check', approval)).toBe('approving')
    expect(effectsOf(approval)).toEqual([])
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
    expect(effectsOf(approval)).toEqual(['approved'])
    const rows = await decisions(approval)
    expect(rows.map(({ step, decision, person: who }) => [step, decision, who])).toEqual([
      [1, 'submitted', 'zhang'],
      [2, 'checked', 'li'],
      [3, 'approved', 'wang'],
    ])
    expect(new Set(rows.map(({ contentHash: hash }) => hash.toString('hex')))).toEqual(new Set([approval.hash]))
    const kept = await transact(ledger.database, (tx) => approvalsFor(tx, approval.id))
    expect(kept.map(({ person: who, decision, of }) => [who, decision, of])).toEqual([
      ['zhang', 'submitted', approval.hash],
      ['li', 'checked', approval.hash],
      ['wang', 'approved', approval.hash],
    ])
  })

  it('above ten million yuan takes two approvers, to the fen', async () => {
    const approval = await checked(ledger, { amountFen: parseAmount('10000000.01') })
    expect(approval.approvers).toBe(2)
    expect(await say(ledger, approver, 'approve', approval)).toBe('approving')
    expect(await say(ledger, approver, 'approve', approval)).toBe('person_took_part')
    expect(effectsOf(approval)).toEqual([])
    expect(await say(ledger, second, 'approve', approval)).toBe('approved')
    expect(effectsOf(approval)).toEqual(['approved'])
  })

  it('of a kind that is only checked takes effect at the check, and nobody is left to approve it', async () => {
    const [one, two] = [await submitted(ledger, { kind: checkedOnly }), await submitted(ledger, { kind: checkedOnly })]
    expect([one.state, one.approvers]).toEqual(['checking', 0])
    expect(await say(ledger, maker, 'check', one)).toBe('permission_denied')
    expect(await say(ledger, person('zhang', 'finance_checker'), 'check', one)).toBe('person_took_part')
    expect(await say(ledger, approver, 'approve', one)).toBe('approval_step_wrong')
    expect(effectsOf(one)).toEqual([])
    expect(await say(ledger, checker, 'check', one)).toBe('approved')
    expect(effectsOf(one)).toEqual(['approved'])
    expect(await say(ledger, approver, 'approve', one)).toBe('approval_settled')
    expect(await say(ledger, maker, 'withdraw', two)).toBe('withdrawn')
    expect(effectsOf(two)).toEqual(['withdrawn'])
  })

  it('opened while its kind was still approved keeps the approvers it was opened with', async () => {
    const approval = await submitted(ledger, { kind: checkedOnly })
    await asSuperuser(test(), (client) =>
      client.query(`
        alter table approval disable trigger approval_progress;
        update approval set approvers = 1 where approval_id = ${number(approval.id)};
        alter table approval enable always trigger approval_progress`),
    )
    expect(await say(ledger, checker, 'check', approval)).toBe('approving')
    expect(effectsOf(approval)).toEqual([])
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
    expect(effectsOf(approval)).toEqual(['approved'])
  })

  it('is rejected by whoever could have let it pass, and withdrawn by its maker', async () => {
    const [one, two, three] = [await submitted(ledger), await checked(ledger), await checked(ledger)]
    expect(await say(ledger, approver, 'reject', one)).toBe('permission_denied')
    expect(await say(ledger, checker, 'reject', one)).toBe('rejected')
    expect(await say(ledger, person('zhou', 'finance_checker'), 'reject', two)).toBe('permission_denied')
    expect(await say(ledger, approver, 'reject', two)).toBe('rejected')
    expect(await say(ledger, maker, 'withdraw', three)).toBe('withdrawn')
    expect([effectsOf(one), effectsOf(two), effectsOf(three)]).toEqual([['rejected'], ['rejected'], ['withdrawn']])
  })

  it('may be submitted again once it is settled, and a new one takes the same persons', async () => {
    const subject = newSubject()
    const first = await submitted(ledger, { subject })
    await say(ledger, checker, 'reject', first)
    const again = await submitted(ledger, { subject })
    expect(again.id).not.toBe(first.id)
    expect(await say(ledger, checker, 'check', again)).toBe('approving')
  })

  it('whose content changed is superseded, and the new one is decided under its own hash', async () => {
    const subject = newSubject()
    const old = await checked(ledger, { subject, content: { amount: '1.00' } })
    const changed = await transact(ledger.database, async (tx) => {
      await supersede(tx, 'trial', subject, 'zhang', ledger.clock())
      const content = { amount: '2.00' }
      return submit(tx, maker, { kind: 'trial', subject, summary: '改', content }, ledger.clock())
    })
    expect((await stored(old)).state).toBe('superseded')
    expect(await say(ledger, approver, 'approve', old)).toBe('approval_settled')
    expect(await say(ledger, checker, 'check', { id: changed.id, hash: old.hash })).toBe('approval_content_changed')
    expect(await say(ledger, checker, 'check', changed)).toBe('approving')
    expect(await transact(ledger.database, (tx) => supersede(tx, 'trial', newSubject(), 'zhang', 1n))).toBeUndefined()
  })

  it('is decided in time as it is in order, whoever waited for whom', async () => {
    const approval = await submitted(ledger)
    const early = { ...ledger, clock: () => ledger.clock() - 3_600_000_000n }
    expect(await say(early, checker, 'check', approval)).toBe('approving')
    expect(await say(early, approver, 'approve', approval)).toBe('approved')
    const instants = (await decisions(approval)).map(({ decidedAt: at }) => at)
    expect(instants.every((at, index) => index === 0 || at > (instants[index - 1] ?? 0n))).toBe(true)
  })

  it('of a kind without an effect cannot be decided at all', async () => {
    const approval = await submitted(ledger)
    await expect(say(ledger, checker, 'check', approval, { effects: {} })).rejects.toThrow(/have an effect/)
    const inherited = await submitted(ledger, { kind: 'toString' })
    await expect(say(ledger, checker, 'check', inherited)).rejects.toThrow(/have an effect/)
    expect((await stored(approval)).state).toBe('checking')
  })

  it('whose effect is refused stays where it was, and may be given later', async () => {
    const approval = await checked(ledger)
    const before = await traces(approval)
    const refusing = { trial: () => Promise.reject(Object.assign(new Error('no'), { code: 'effect_failed' })) }
    expect(await say(ledger, approver, 'approve', approval, { effects: refusing })).toBe('effect_failed')
    expect(await traces(approval)).toEqual(before)
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
  })

  it('of two submissions of one subject at one moment is one', async () => {
    const subject = newSubject()
    const results = await Promise.all(Array.from({ length: 5 }, () => codeOf(submitted(ledger, { subject }))))
    expect(results.sort()).toEqual([...Array.from({ length: 4 }, () => 'approval_pending'), 'done'])
  })
})

describe('no one approves what he made', () => {
  it('by no account, in no order, and nobody takes two steps', async () => {
    const approval = await submitted(ledger)
    const makerAs = (role: Actor['role']) => person(maker.person, role)
    expect(await say(ledger, makerAs('finance_checker'), 'check', approval)).toBe('person_took_part')
    expect(await say(ledger, checker, 'check', approval)).toBe('approving')
    expect(await say(ledger, makerAs('finance_approver'), 'approve', approval)).toBe('person_took_part')
    expect(await say(ledger, makerAs('finance_approver'), 'reject', approval)).toBe('person_took_part')
    expect(await say(ledger, person(checker.person, 'finance_approver'), 'approve', approval)).toBe('person_took_part')
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
  })

  it('nor whoever else had a hand in it', async () => {
    const approval = await submitted(ledger, { madeBy: ['zhang', 'li', 'wang'] })
    expect(await say(ledger, checker, 'check', approval)).toBe('person_took_part')
    expect(await say(ledger, person('zhou', 'finance_checker'), 'check', approval)).toBe('approving')
    expect(await say(ledger, approver, 'approve', approval)).toBe('person_took_part')
    expect(await say(ledger, second, 'approve', approval)).toBe('approved')
  })

  it('nor the one in whose name a job drafted it', async () => {
    const given = { kind: 'trial', subject: newSubject(), summary: '批处理', content: {} }
    const drafted = await transact(ledger.database, (tx) => submitFor(tx, 'li', given, ledger.clock()))
    expect(await say(ledger, checker, 'check', drafted)).toBe('person_took_part')
  })

  it('nor machines and auditors anything', async () => {
    const approval = await submitted(ledger)
    for (const role of ['integration', 'auditor', 'provident_fund', 'operator', 'finance_maker'] as const) {
      for (const verdict of ['check', 'approve', 'reject'] as const) {
        expect(await say(ledger, person(`x-${role}`, role), verdict, approval)).toBe('permission_denied')
      }
    }
  })
})

describe('in another’s place', () => {
  it('a delegate decides as the delegator, and both have taken part', async () => {
    await lent(approver, 'sun')
    const deputy = person('sun', 'finance_maker')
    const approval = await checked(ledger, { amountFen: parseAmount('20000000.00') })
    expect(await say(ledger, deputy, 'approve', approval)).toBe('permission_denied')
    expect(await say(ledger, deputy, 'approve', approval, { actingFor: 'wang' })).toBe('approving')
    expect(await say(ledger, approver, 'approve', approval)).toBe('person_took_part')
    expect(await say(ledger, person('sun', 'finance_approver'), 'approve', approval)).toBe('person_took_part')
    expect(await say(ledger, second, 'approve', approval)).toBe('approved')
    const [, , taken] = await decisions(approval)
    expect(taken).toMatchObject({ person: 'sun', actingFor: 'wang', decision: 'approved' })
    const kept = await transact(ledger.database, (tx) => approvalsFor(tx, approval.id))
    expect(kept[2]).toMatchObject({ person: 'sun', decision: 'approved for wang' })
  })

  it('not of his own making, nor of the delegator’s', async () => {
    await lent(approver, maker.person)
    const own = await checked(ledger)
    expect(await say(ledger, maker, 'approve', own, { actingFor: 'wang' })).toBe('person_took_part')
    await lent(approver, 'sun')
    const delegators = await submitted(ledger, {}, person('wang', 'finance_maker'))
    await say(ledger, checker, 'check', delegators)
    const deputy = person('sun', 'finance_maker')
    expect(await say(ledger, deputy, 'approve', delegators, { actingFor: 'wang' })).toBe('person_took_part')
  })

  it('not of a third: what was lent is not lent on', async () => {
    await lent(approver, 'gao')
    const gao = person('gao', 'finance_maker')
    expect(await codeOf(lent(gao, 'he'))).toBe('permission_denied')
    const approval = await checked(ledger)
    // bao has a right of his own to lend; it is not wang's.
    const bao = person('bao', 'finance_approver')
    await employ(ledger, bao)
    await lent(approver, 'bao')
    await lent(bao, 'he')
    expect(await say(ledger, person('he', 'finance_maker'), 'approve', approval, { actingFor: 'wang' })).toBe(
      'not_delegated',
    )
  })

  it('not before, not after, not once it is revoked, and only for the step that was lent', async () => {
    const approval = await checked(ledger)
    const late = person('late', 'finance_maker')
    const tried = () => say(ledger, late, 'approve', approval, { actingFor: 'wang' })
    await lent(approver, 'late', { from: day('2020-01-01'), to: day('2020-12-31') })
    const [tomorrow, month] = [1, 30].map((days) => addDays(businessDay(ledger.clock()), days)) as [Day, Day]
    await lent(approver, 'late', { from: tomorrow, to: month })
    await lent(second, 'late')
    expect(await tried()).toBe('not_delegated')
    const kong = person('kong', 'finance_checker')
    await employ(ledger, kong)
    await lent(kong, 'late', { permission: 'approval.check' })
    expect(await say(ledger, late, 'approve', approval, { actingFor: 'kong' })).toBe('not_delegated')
    const { id } = await lent(approver, 'late')
    const revoke = (by: Actor) => transact(ledger.database, (tx) => revokeDelegation(tx, by, id, ledger.clock()))
    expect(await codeOf(revoke(second))).toBe('delegation_not_found')
    await revoke(approver)
    expect(await codeOf(revoke(approver))).toBe('delegation_not_found')
    expect(await codeOf(transact(ledger.database, (tx) => revokeDelegation(tx, approver, 'x', 1n)))).toBe(
      'delegation_not_found',
    )
    expect(await tried()).toBe('not_delegated')
    await lent(approver, 'late')
    expect(await tried()).toBe('approved')
  })

  it('not once the delegator has lost the right', async () => {
    const gone = person('gone', 'finance_approver')
    const stays = person('stays', 'finance_maker')
    const token = await employ(ledger, gone)
    await lent(gone, 'stays')
    const [one, two] = [await checked(ledger), await checked(ledger)]
    expect(await say(ledger, stays, 'approve', one, { actingFor: 'gone' })).toBe('approved')
    await revokeToken(ledger.database, token)
    expect(await say(ledger, stays, 'approve', two, { actingFor: 'gone' })).toBe('not_delegated')
    await employ(ledger, gone)
    expect(await say(ledger, stays, 'approve', two, { actingFor: 'gone' })).toBe('approved')
  })

  it('never for a machine or an auditor, nor to withdraw or submit', async () => {
    const approval = await checked(ledger)
    for (const role of ['integration', 'auditor', 'provident_fund', 'operator'] as const) {
      const by = person(`as-${role}`, role)
      await employ(ledger, by)
      expect(await codeOf(lent(approver, by.person))).toBe('delegate_without_duty')
      // Had it been lent before his duty changed, it would open nothing either.
      const [on, madeAt] = [businessDay(ledger.clock()), ledger.clock()]
      const row = {
        permission: 'approval.approve',
        district: null,
        validFrom: on,
        validTo: on,
        reason: '误',
        madeAt,
      } as const
      await transact(ledger.database, (tx) => insertDelegation(tx, { ...row, delegator: 'wang', delegate: by.person }))
      // Who may not even read approvals is told that first.
      const code = may(by, 'approval.read') ? 'not_delegated' : 'permission_denied'
      expect(await say(ledger, by, 'approve', approval, { actingFor: 'wang' })).toBe(code)
    }
    expect(await say(ledger, maker, 'withdraw', approval, { actingFor: 'wang' })).toBe('not_delegated')
  })

  it('only in the delegator’s district', async () => {
    const west = person('west', 'finance_approver', '110102')
    await employ(ledger, west)
    await lent(west, 'anybody')
    const anybody = person('anybody', 'finance_maker')
    const [city, east, own] = [
      await checked(ledger),
      await checked(ledger, { district: '110105' }),
      await checked(ledger, { district: '110102' }),
    ]
    expect(await say(ledger, anybody, 'approve', city, { actingFor: 'west' })).toBe('not_delegated')
    expect(await say(ledger, anybody, 'approve', east, { actingFor: 'west' })).toBe('not_delegated')
    // He is given the whole city later: what he lent as the district's remains the district's.
    await employ(ledger, person('west', 'finance_approver'))
    expect(await say(ledger, anybody, 'approve', city, { actingFor: 'west' })).toBe('not_delegated')
    expect(await say(ledger, anybody, 'approve', east, { actingFor: 'west' })).toBe('not_delegated')
    expect(await say(ledger, anybody, 'approve', own, { actingFor: 'west' })).toBe('approved')
  })

  it('is listed for both, and for nobody else', async () => {
    const [from, to] = [person('fang', 'finance_checker', '110102'), 'tao']
    const made = await lent(from, to, { permission: 'approval.check' })
    expect(made).toMatchObject({ delegator: 'fang', delegate: 'tao', district: '110102', revoked: false })
    const { sql } = ledger.database
    for (const who of ['fang', 'tao']) {
      expect(await readDelegations(sql, { person: who, after: 0n, limit: 10 })).toEqual([made])
    }
    expect(await readDelegations(sql, { person: 'nobody', after: 0n, limit: 10 })).toEqual([])
    expect(await readDelegations(sql, { district: '110105', after: 0n, limit: 10 })).toEqual([])
    expect((await readDelegations(sql, { after: 0n, limit: 2 })).length).toBe(2)
  })
})

describe('districts', () => {
  it('see their own approvals, the city sees all', async () => {
    const approval = await submitted(ledger, { district: '110102' })
    const [east, west] = [person('e', 'finance_checker', '110105'), person('w', 'finance_checker', '110102')]
    expect(await say(ledger, east, 'check', approval)).toBe('approval_not_found')
    expect(await say(ledger, west, 'check', await submitted(ledger))).toBe('approval_not_found')
    expect(await say(ledger, west, 'check', approval)).toBe('approving')
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
  })
})

describe('what there is to do', () => {
  it('is what one may decide and has taken no part in, also in the places of others', async () => {
    const { sql } = ledger.database
    const subject = newSubject()
    const approval = await submitted(ledger, { subject, district: '110102' })
    const today = businessDay(ledger.clock())
    const list = async (who: string, states: readonly ('checking' | 'approving')[], inPlaceOn?: Day) => {
      const toDo = {
        person: who,
        states,
        inPlaceOn,
        checkerRoles: rolesWith('approval.check'),
        approverRoles: rolesWith('approval.approve'),
      }
      return (await readApprovals(sql, { after: 0n, limit: 500, subject, toDo })).length
    }
    expect(await list('li', ['checking'])).toBe(1)
    expect(await list('zhang', ['checking', 'approving'])).toBe(0)
    expect(await list('wang', ['approving'])).toBe(0)
    await say(ledger, checker, 'check', approval)
    expect(await list('li', ['checking', 'approving'])).toBe(0)
    expect(await list('wang', ['approving'])).toBe(1)
    expect(await list('hu', [], today)).toBe(0)
    const { id } = await lent(approver, 'hu')
    expect(await list('hu', [], today)).toBe(1)
    expect(await list('hu', [])).toBe(0)
    expect(await list('hu', [], day('2030-01-01'))).toBe(0)
    await transact(ledger.database, (tx) => revokeDelegation(tx, approver, id, ledger.clock()))
    expect(await list('hu', [], today)).toBe(0)
    // Where the delegator has taken part there is nothing left to do in his place.
    await endOtherDuties(ledger.database, 'li', 'finance_approver')
    await employ(ledger, person('li', 'finance_approver'))
    await lent(person('li', 'finance_approver'), 'hu')
    expect(await list('hu', [], today)).toBe(0)
    await say(ledger, approver, 'approve', approval)
    expect(await list('chen', ['checking', 'approving'])).toBe(0)
  })
})

function gate() {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

/** A situation in which a decision has every fault from some rank of the catalogue on; the first one answers. */
describe('refusals', () => {
  const shown = new Set<string>()
  const other = 'f'.repeat(64)
  const shows = (code: string, answer: string): void => {
    expect(answer).toBe(code)
    shown.add(code)
  }
  const attempt = (
    by: Actor,
    verdict: Verdict,
    approval: ApprovalView,
    more: { actingFor?: string; hash?: string } = {},
  ) => say(ledger, by, verdict, approval, more)

  it('of a decision come in the order of the catalogue, and leave nothing', async () => {
    const settledOne = await checked(ledger, { district: '110102' })
    await say(ledger, approver, 'approve', settledOne)
    const before = await traces(settledOne)
    const east = person('zhang', 'finance_maker', '110105')
    const faulty = { actingFor: 'nobody', hash: other, reason: ' ' }
    shows('approval_not_found', await say(ledger, east, 'reject', settledOne, faulty))
    shows('not_delegated', await say(ledger, maker, 'reject', settledOne, faulty))
    shows('approval_reason_missing', await say(ledger, checker, 'reject', settledOne, { hash: other, reason: ' ' }))
    shows('approval_content_changed', await say(ledger, checker, 'reject', settledOne, { hash: other }))
    shows('approval_settled', await say(ledger, checker, 'check', settledOne))
    shows('approval_settled', await say(ledger, checker, 'reject', settledOne))
    shows('approval_settled', await say(ledger, maker, 'withdraw', settledOne))
    shows('approval_settled', await say(ledger, approver, 'approve', settledOne))
    expect(await traces(settledOne)).toEqual(before)
    const open = await checked(ledger)
    const standing = await traces(open)
    shows('approval_step_wrong', await attempt(checker, 'check', open))
    shows('approval_step_wrong', await attempt(approver, 'approve', await submitted(ledger)))
    shows('approval_not_yours', await attempt(person('ma', 'finance_maker'), 'withdraw', open))
    shows('person_took_part', await attempt(person('li', 'finance_approver'), 'approve', open))
    expect(await traces(open)).toEqual(standing)
  })

  it('of names that are no approvals', async () => {
    for (const id of ['A-999999', 'A-0', 'x', '', 'A-1; drop table approval', `A-${'9'.repeat(18)}`]) {
      shows('approval_not_found', await say(ledger, checker, 'check', { id, hash: other }))
    }
  })

  it('of submissions and delegations', async () => {
    const subject = newSubject()
    const open = await submitted(ledger, { subject })
    shows('approval_pending', await codeOf(submitted(ledger, { subject })))
    expect((await submitted(ledger, { subject, kind: 'other' })).state).toBe('checking')
    expect(await codeOf(submitted(ledger, {}, checker))).toBe('permission_denied')
    await say(ledger, maker, 'withdraw', open)
    shows('permission_not_lendable', await codeOf(lent(maker, 'sun', { permission: 'approval.submit' })))
    shows('permission_not_lendable', await codeOf(lent(maker, 'maker', { permission: 'entry.post' })))
    expect(await codeOf(lent(maker, 'sun'))).toBe('permission_denied')
    const reversed = { from: day('2026-02-02'), to: day('2026-02-01') }
    shows('delegation_to_self', await codeOf(lent(approver, 'wang', reversed)))
    shows('delegation_days_reversed', await codeOf(lent(approver, 'sun', reversed)))
    shows('delegation_too_long', await codeOf(lent(approver, 'zhang', { to: day('2199-12-31') })))
    await employ(ledger, person('books', 'auditor'))
    shows('delegate_without_duty', await codeOf(lent(approver, 'books')))
    shows('delegation_not_found', await codeOf(transact(ledger.database, (tx) => revokeDelegation(tx, maker, '1', 1n))))
  })

  it('of a content that is none of this approval come before anybody has checked it, and it can still be rejected', async () => {
    const texts = [
      '"plain"',
      '[1]',
      '{"content":{},"kind":"other","subject":"unreadable"}',
      '{"content":{},"kind":"trial"}',
      '{"kind":"trial","subject":"unreadable"}',
    ]
    for (const text of texts) {
      const approval = await submittedText('unreadable', text)
      shows('approval_content_unreadable', await say(ledger, checker, 'check', approval))
      expect((await stored(approval)).state).toBe('checking')
      expect(await say(ledger, checker, 'reject', approval)).toBe('rejected')
    }
  })

  it('of a last approval above the first tier by a session that was not proved come last, and a proof lets it pass', async () => {
    const amountFen = parseAmount('10000000.01')
    const approval = await checked(ledger, { amountFen })
    expect(await say(ledger, { ...approver, unproved: true }, 'approve', approval)).toBe('approving')
    const standing = await traces(approval)
    shows('step_up_needed', await attempt({ ...second, unproved: true }, 'approve', approval))
    shows('person_took_part', await attempt({ ...approver, unproved: true }, 'approve', approval))
    expect(await traces(approval)).toEqual(standing)
    expect(await say(ledger, second, 'approve', approval)).toBe('approved')
    const within = await checked(ledger, { amountFen: parseAmount('10000000.00') })
    expect(await say(ledger, { ...approver, unproved: true }, 'approve', within)).toBe('approved')
  })

  it('are all shown above', () => {
    expect([...shown].sort()).toEqual(Object.keys(approvalRefusals).sort())
  })

  it('of a decision stay with its key, where they depend on the state', async () => {
    const approval = await submitted(ledger)
    const [key, free] = [newKey(), newKey()]
    expect(await say(ledger, approver, 'approve', approval, { key })).toBe('approval_step_wrong')
    expect(await say(ledger, person('he', 'finance_maker'), 'check', approval, { key: free })).toBe('permission_denied')
    expect(await say(ledger, checker, 'check', approval)).toBe('approving')
    expect(await say(ledger, approver, 'approve', approval, { key })).toBe('approval_step_wrong')
    expect(await say(ledger, approver, 'reject', approval, { key })).toBe('idempotency_key_reused')
    expect(await say(ledger, approver, 'approve', approval)).toBe('approved')
  })
})

describe('a deadlock', () => {
  it('of a decision and a change that lock in opposite orders ends, and both have their answer', async () => {
    const subject = newSubject()
    const approval = await checked(ledger, { subject })
    // The subject's row: an advisory lock has the same queue. Each side takes its first lock before either wants its
    // second.
    const lockSubject = 'select pg_advisory_xact_lock(4711)'
    const [changing, deciding] = [gate(), gate()]
    const change = transact(ledger.database, async (tx) => {
      await tx.query(lockSubject)
      changing.open()
      await deciding.opened
      await supersede(tx, 'trial', subject, 'zhang', ledger.clock())
    })
    const effect: Effect = async (_ledger, { tx }) => {
      deciding.open()
      await tx.query(lockSubject)
    }
    await changing.opened
    const said = await say(ledger, approver, 'approve', approval, { effects: { trial: effect } })
    await change
    expect([(await stored(approval)).state, said]).toEqual(
      said === 'approved' ? ['approved', 'approved'] : ['superseded', 'approval_settled'],
    )
  })
})
