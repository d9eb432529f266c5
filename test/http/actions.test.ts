/**
 * What may be done now is said by the gates that refuse: what is not allowed is refused with the very code when it is
 * asked for, what is allowed is done, and asking writes nothing.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { permissionsOf, type Role } from '../../src/access/actor.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { testClock } from '../release/programme.ts'
import { type Answer, useDoor } from '../support/door.ts'
import { type District, districtOf } from './rights-world.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let west: District
const roles: readonly Role[] = ['finance_maker', 'finance_checker', 'finance_approver', 'auditor', 'integration']
const tokens: Record<string, string> = {}

beforeAll(async () => {
  west = await districtOf(door(), '110102', 'WEST')
  for (const role of roles) tokens[role] = await door().token(role, { person: `city.${role}` })
  tokens['ost'] = await door().token('finance_maker', { person: 'ost', district: '110105' })
})

type Action = { action: string; with?: Record<string, string>; allowed: boolean; code?: string; detail?: string }

async function actionsOf(path: string, who: string): Promise<Action[]> {
  const answer = await door().ask(`${path}/actions`, { token: tokens[who] ?? '' })
  expect(answer.status, answer.text).toBe(200)
  const form = apiRoutes.find(({ id }) => id === 'actionsOfProject')?.answers[200]?.schema
  expect(form?.safeParse(answer.json).success, answer.text).toBe(true)
  return answer.json.actions
}
const said = (found: readonly Action[], action: string, more: Record<string, string> = {}) =>
  found.find(
    (one) => one.action === action && Object.entries(more).every(([name, value]) => one.with?.[name] === value),
  )

async function stateOf(): Promise<unknown> {
  const { sql } = door().test.database
  const [row] = await sql`
    select (select count(*)::int from entry) as entries, (select count(*)::int from approval_decision) as decisions,
      (select count(*)::int from change) as changes, (select count(*)::int from action_receipt) as receipts,
      (select count(*)::int from voucher) as vouchers, (select string_agg(state, ',' order by project) from project) as states`
  return row
}

const post = (path: string, who: string, body: object, more: object = {}): Promise<Answer> =>
  door().ask(path, { token: tokens[who] ?? '', body, ...more })

describe('the actions of an approval', () => {
  it.each(roles)('are what the decision answers: %s', async (role) => {
    const path = `/v1/approvals/${west.ids['approval']}`
    const before = await stateOf()
    const found = await actionsOf(path, role)
    expect(found.map((one) => one.with?.['verdict'])).toEqual(['check', 'approve', 'reject', 'withdraw'])
    expect(await stateOf()).toEqual(before)
    const { hash } = (await door().ask(path, { token: tokens[role] ?? '' })).json
    for (const one of found.filter(({ allowed }) => !allowed)) {
      const answer = await post(`${path}/decision`, role, { verdict: one.with?.['verdict'], hash, reason: '不符' })
      expect([role, one.with, answer.json.code, answer.json.detail]).toEqual([role, one.with, one.code, one.detail])
    }
    const mayDo = found.filter(({ allowed }) => allowed).map((one) => one.with?.['verdict'])
    expect([role, mayDo]).toEqual([role, role === 'finance_checker' ? ['check', 'reject'] : []])
  })

  it('let the maker withdraw, and nobody once it is settled', async () => {
    tokens['maker'] = await door().token('finance_maker', { person: 'maker110102' })
    const path = `/v1/approvals/${west.ids['approval']}`
    const { hash } = (await door().ask(path, { token: tokens['maker'] ?? '' })).json
    expect(said(await actionsOf(path, 'maker'), 'decideApproval', { verdict: 'withdraw' })?.allowed).toBe(true)
    expect((await post(`${path}/decision`, 'maker', { verdict: 'withdraw', hash })).status).toBe(200)
    for (const { allowed, code } of await actionsOf(path, 'finance_checker'))
      expect([allowed, ['approval_settled', 'permission_denied'].includes(code ?? '')]).toEqual([false, true])
  })
})

describe('the actions of a project', () => {
  const path = () => `/v1/projects/${west.ids['project']}`

  it('name the states it may go to, and what is missing for each', async () => {
    const before = await stateOf()
    const found = await actionsOf(path(), 'finance_maker')
    expect(await stateOf()).toEqual(before)
    expect(said(found, 'changeItems')?.allowed).toBe(true)
    expect(said(found, 'recordDocument')?.allowed).toBe(true)
    for (const [action, body] of [
      ['reportProgress', { on: '2026-07-01', ratio: '0.1', evidence: '月报' }],
      ['recordUnfinished', { item: 'B03', cause: 'objective', reason: '管线', cost: '1.00' }],
    ] as const) {
      const one = said(found, action)
      const route = apiRoutes.find(({ id }) => id === action)
      const answer = await post(
        (route?.path ?? '').replace('{project}', west.ids['project'] ?? ''),
        'finance_maker',
        body,
      )
      expect([action, one?.allowed, one?.code, one?.detail]).toEqual([
        action,
        false,
        answer.json.code,
        answer.json.detail,
      ])
    }
    const moving = found.filter(({ action }) => action === 'moveProject')
    expect(moving.length).toBeGreaterThan(0)
    for (const one of moving.filter(({ allowed }) => !allowed)) {
      const more = { headers: { 'if-match': '"1"' } }
      const answer = await post(`${path()}/state`, 'finance_maker', { to: one.with?.['to'], reason: '—' }, more)
      expect([one.with, answer.json.code]).toEqual([one.with, one.code])
    }
  })

  it('are refused by right to whoever only reads, and unknown to another district', async () => {
    for (const one of await actionsOf(path(), 'auditor'))
      expect([one.action, one.code]).toEqual([one.action, 'permission_denied'])
    expect((await door().ask(`${path()}/actions`, { token: tokens['ost'] ?? '' })).json.code).toBe('project_not_found')
  })
})

describe('the actions of what else there is', () => {
  it('of an entry: a voucher takes it back for persons, a machine does it directly', async () => {
    const path = `/v1/entries/${west.ids['entry']}`
    const before = await stateOf()
    const maker = await actionsOf(path, 'finance_maker')
    expect([said(maker, 'makeVoucher')?.allowed, said(maker, 'reverseEntry')?.code]).toEqual([
      true,
      'voucher_needs_check',
    ])
    expect(said(await actionsOf(path, 'integration'), 'reverseEntry')?.allowed).toBe(true)
    expect(await stateOf()).toEqual(before)
    const reversed = await post(`${path}/reversal`, 'integration', { on: '2026-03-06', reason: '记错' })
    expect(reversed.status, reversed.text).toBe(201)
    for (const who of ['finance_maker', 'integration']) {
      const action = who === 'integration' ? 'reverseEntry' : 'makeVoucher'
      expect(said(await actionsOf(path, who), action)).toMatchObject({ allowed: false, code: 'entry_already_reversed' })
    }
  })

  it('of a month: it is closed when it has ended, and reopened when it is closed', async () => {
    const month = (period: string) => `/v1/books/${west.ids['book']}/periods/${period}`
    const codes = async (period: string, who: string) =>
      (await actionsOf(month(period), who)).map(({ action, allowed, code }) => [action, allowed, code])
    expect(await codes('2026-07', 'finance_checker')).toEqual([
      ['closePeriod', false, 'period_not_ended'],
      ['requestReopening', false, 'period_not_closed'],
    ])
    expect((await codes('2026-03', 'finance_checker'))[0]).toEqual(['closePeriod', true, undefined])
    expect((await codes('2026-03', 'finance_maker'))[0]).toEqual(['closePeriod', false, 'permission_denied'])
    expect((await post(`${month('2026-03')}/closing`, 'finance_checker', {})).status).toBe(200)
    expect((await codes('2026-03', 'finance_maker'))[1]).toEqual(['requestReopening', true, undefined])
  })

  it('of plans: what stands in the way of submitting one, and of the next batch', async () => {
    const funding = await actionsOf(`/v1/projects/${west.ids['project']}/funding-plans/1`, 'finance_maker')
    const path = `/v1/projects/${west.ids['project']}/funding-plans/1/submission`
    const answer = await post(path, 'finance_maker', {})
    expect(funding).toMatchObject([{ action: 'submitFundingPlan', allowed: answer.status < 300 }])
    expect(funding[0]?.code).toBe(answer.json.code)
    const yearly = await actionsOf('/v1/plans/110102/2026', 'finance_maker')
    expect(said(yearly, 'changePlan')?.allowed).toBe(true)
    const batch = said(yearly, 'fixBatch')
    const fixed = await post(
      '/v1/plans/110102/2026/batches/1',
      'finance_maker',
      { mode: 'strict' },
      {
        headers: { 'if-match': '"1"' },
      },
    )
    expect([batch?.with, batch?.allowed, batch?.code]).toEqual([
      { batch: '1', mode: 'strict' },
      fixed.status < 300,
      fixed.json.code,
    ])
  })

  it('of a job: a parked one runs again, a waiting one is cancelled', async () => {
    const [job] = await door().test.database.sql<{ id: string }[]>`
      insert into job (name, key, payload, asked_by, state, ended_at)
      values ('checks', '2026-07-14', '{"on":"2026-07-14"}', 'schedule', 'parked', now()) returning job_id::text as id`
    tokens['operator'] = await door().token('operator', { person: 'ops' })
    const codes = (found: readonly Action[]) => found.map(({ action, code = 'allowed' }) => [action, code])
    expect(codes(await actionsOf(`/v1/jobs/${job?.id}`, 'operator'))).toEqual([
      ['retryJob', 'allowed'],
      ['cancelJob', 'job_ended'],
    ])
    expect((await post(`/v1/jobs/${job?.id}/retry`, 'operator', {})).status).toBeLessThan(300)
    expect(codes(await actionsOf(`/v1/jobs/${job?.id}`, 'auditor'))).toEqual([
      ['retryJob', 'permission_denied'],
      ['cancelJob', 'permission_denied'],
    ])
  })

  it('are operations that there are, under the right they are tried with', () => {
    const tried = [
      'decideApproval',
      'changeProject',
      'moveProject',
      'makeVoucher',
      'closePeriod',
      'retryJob',
      'requestClawback',
    ]
    for (const id of tried) {
      const right = apiRoutes.find((one) => one.id === id)?.right
      expect([
        id,
        Object.values(permissionsOf)
          .flat()
          .some((one) => one === right),
      ]).toEqual([id, true])
    }
  })
})
