/**
 * Withdrawals from the provident fund against the books: two of a household at one instant, what a loan of the fund
 * took, who sees and decides them, and the checks that find what is planted.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { approvedPlan, dwellingOf, failing, newProject, type Stage, stageOn } from './trial.ts'

const door = useDoor()
let stage: Stage
let project = ''
let [officer, reviewer] = ['', '']
const on = '2026-03-05'

beforeAll(async () => {
  stage = await stageOn(door())
  officer = await door().token('pf_officer', { person: '公积金经办' })
  reviewer = await door().token('pf_reviewer', { person: '公积金复核' })
  const dwellings = [
    ['101', '60.00', 'private'],
    ['102', '60.00', 'private'],
  ] as const
  project = await newProject(door(), { items: { B02: '300000.00' }, dwellings })
  await approvedPlan(stage, project, {
    lines: [{ line: 'L1', item: 'B02', amount: '300000.00' }],
    shares: [
      { line: 'L1', source: 'F51', dwelling: dwellingOf(project, '101'), amount: '133120.00' },
      { line: 'L1', source: 'F51', dwelling: dwellingOf(project, '102'), amount: '166880.00' },
    ],
  })
  const memo = { code: 'GJJ', name: '公积金备查账', district: '110102', standard: 'memo' }
  expect((await stage.ask('/v1/books', memo)).status).toBe(201)
  const { community } = dwellingOf(project, '101')
  const of = (dwelling: string) => ({ account: '201', project, source: 'F52', dwelling: `${community}/1/${dwelling}` })
  const lines = [
    { account: '101', debit: '600000.00', project, source: 'F52' },
    { ...of('101'), credit: '300000.00' },
    { ...of('102'), credit: '300000.00' },
  ]
  const opened = await stage.ask('/v1/books/GJJ/entries', { on, summary: '账户余额', lines })
  expect(opened.status, opened.text).toBe(201)
})

let slips = 0
const paid = async (dwelling: string, source: string, amount: string) => {
  const body = { source, dwelling: dwellingOf(project, dwelling), amount, reference: `SK-${++slips}`, on }
  const answer = await stage.ask(`/v1/projects/${project}/contributions`, body)
  expect(answer.status, answer.text).toBe(201)
}

type Applicant = readonly [relation: string, balance: string, requested: string]
const take = (dwelling: string, applicants: readonly Applicant[], given: object = {}) =>
  door().ask('/v1/withdrawals', {
    token: officer,
    body: {
      project,
      dwelling: dwellingOf(project, dwelling),
      purpose: 'rebuild',
      way: 'payer',
      on,
      book: 'GJJ',
      applicants: applicants.map(([relation, balance, requested]) => ({ relation, balance, requested })),
      documents: [{ number: '申请〔2026〕1号' }],
      ...given,
    },
  })
const decide = (made: { json: { approval: string; hash: string } }, verdict: string, token = reviewer) =>
  door().ask(`/v1/approvals/${made.json.approval}/decision`, {
    token,
    body: { verdict, hash: made.json.hash, ...(verdict === 'reject' && { reason: '材料不全' }) },
  })

describe('a withdrawal', () => {
  it('takes nothing twice that a loan of the fund has paid (O-41)', async () => {
    await paid('101', 'F53', '80000.00')
    await paid('101', 'F51', '53120.00')
    const more = await take('101', [
      ['self', '60000.00', '30000.00'],
      ['spouse', '60000.00', '23120.01'],
    ])
    expect([more.status, more.json.code]).toEqual([409, 'exceeds_limit'])
    const made = await take('101', [
      ['self', '60000.00', '30000.00'],
      ['spouse', '60000.00', '23120.00'],
    ])
    expect([made.status, made.json.withdrawal.limit], made.text).toEqual([202, '53120.00'])
    expect((await decide(made, 'check', officer)).json.code).toBe('permission_denied')
    const decided = await decide(made, 'check')
    expect([decided.status, decided.json.state], decided.text).toEqual([200, 'approved'])
    expect(await failing(door())).toEqual([])
  })

  it('into the supervised account pays what is still owed, and no more', async () => {
    await paid('102', 'F51', '66880.00')
    const owed = await take('102', [['self', '200000.00', '100000.01']], { way: 'supervised' })
    expect([owed.status, owed.json.code]).toEqual([409, 'exceeds_limit'])
    const made = await take('102', [['self', '200000.00', '100000.00']], { way: 'supervised' })
    expect(made.status, made.text).toBe(202)
    expect((await decide(made, 'reject')).status).toBe(200)
    const left = await door().ask(`/v1/withdrawals/${made.json.withdrawal.withdrawal}`, { token: reviewer })
    expect([left.json.state, left.json.version]).toEqual(['returned', 2])
  })

  it('of two of a household at one instant is granted once', async () => {
    const both = await Promise.all([
      take('102', [['self', '90000.00', '66880.00']]),
      take('102', [['spouse', '90000.00', '66880.00']]),
    ])
    const codes = both.map(({ status, json }) => (status === 202 ? 'taken' : json.code))
    expect(codes.filter((code) => code === 'taken')).toHaveLength(1)
    expect(codes.find((code) => code !== 'taken')).toMatch(/approval_pending|exceeds_limit/)
    const made = both.find(({ status }) => status === 202)
    expect(made && (await decide(made, 'check')).status).toBe(200)
    const again = await take('102', [['spouse', '90000.00', '0.01']])
    expect(again.json.code).toBe('exceeds_limit')
  })

  it('of one contribution is not granted again under another purpose', async () => {
    const again = await take('101', [['self', '60000.00', '0.01']], { purpose: 'elevator' })
    expect([again.status, again.json.code], again.text).toEqual([409, 'exceeds_limit'])
  })

  it('counts what is on its way to the supervised account against what is owed, and not against what was paid', async () => {
    const third = await newProject(door(), { items: { B02: '100.00' }, dwellings: [['1', '60.00', 'private']] })
    const dwelling = dwellingOf(third, '1')
    await approvedPlan(stage, third, {
      lines: [{ line: 'L1', item: 'B02', amount: '100.00' }],
      shares: [{ line: 'L1', source: 'F51', dwelling, amount: '100.00' }],
    })
    const lines = [
      { account: '101', debit: '500.00', project: third, source: 'F52' },
      { account: '201', credit: '500.00', project: third, source: 'F52', dwelling: `${dwelling.community}/1/1` },
    ]
    expect((await stage.ask('/v1/books/GJJ/entries', { on, summary: '账户余额', lines })).status).toBe(201)
    const of = { project: third, dwelling }
    const pay = async (amount: string) => {
      const body = { source: 'F51', dwelling, amount, reference: `SK-${++slips}`, on }
      expect((await stage.ask(`/v1/projects/${third}/contributions`, body)).status).toBe(201)
    }
    await pay('60.00')
    const owed = await take('1', [['self', '500.00', '40.00']], { ...of, way: 'supervised' })
    expect(owed.status, owed.text).toBe(202)
    expect((await decide(owed, 'check')).status).toBe(200)
    const over = await take('1', [['self', '500.00', '60.01']], of)
    expect(over.json.code).toBe('exceeds_limit')
    const paidBack = await take('1', [['self', '500.00', '60.00']], of)
    expect([paidBack.status, paidBack.json.withdrawal?.limit], paidBack.text).toEqual([202, '60.00'])
    expect((await decide(paidBack, 'check')).status).toBe(200)
    // Paid twice over: what is withdrawn for it is on its way already.
    await pay('40.00')
    expect((await take('1', [['self', '500.00', '0.01']], of)).json.code).toBe('exceeds_limit')
    expect(await failing(door())).toEqual([])
  })

  it('is of the centre alone: finance neither sees nor decides it, nor the centre what is of finance', async () => {
    const checker = await door().token('finance_checker', { person: '财政复核' })
    const kinds = async (token: string) =>
      ((await door().ask('/v1/approvals?limit=500', { token })).json.items as { kind: string }[]).map(
        ({ kind }) => kind,
      )
    expect(new Set(await kinds(reviewer))).toEqual(new Set(['withdrawal']))
    expect(await kinds(checker)).not.toContain('withdrawal')
    expect(await kinds(await door().token('auditor', { person: '审计' }))).toContain('withdrawal')
    const plan = ((await door().ask('/v1/approvals?limit=500', { token: checker })).json.items as { id: string }[])[0]
    expect((await door().ask(`/v1/approvals/${plan?.id}`, { token: reviewer })).json.code).toBe('approval_not_found')
    expect((await door().ask('/v1/withdrawals', { token: checker })).json.code).toBe('permission_denied')
    const west = await door().token('pf_officer', { person: '外区经办', district: '110108' })
    expect((await door().ask('/v1/withdrawals', { token: west })).json.items).toEqual([])
  })
})

describe('a check that the centre lends', () => {
  it('lets nobody check for finance, nor one that finance lends for the centre', async () => {
    const both = '两处任职'
    const asFinance = await door().token('finance_maker', { person: both })
    const asCentre = await door().token('pf_officer', { person: both })
    const checker = await door().token('finance_checker', { person: '财政出借' })
    const lend = (token: string) =>
      door().ask('/v1/delegations', {
        token,
        body: { delegate: both, permission: 'approval.check', from: '2026-01-01', to: '2026-12-31', reason: '外出' },
      })
    expect((await lend(reviewer)).status).toBe(201)
    const lines = [
      { account: '1011', debit: '5.00', project, source: 'F21' },
      { account: '4001', credit: '5.00', project, source: 'F21' },
      { account: '800101', debit: '5.00', project, source: 'F21' },
      { account: '6001', credit: '5.00', project, source: 'F21' },
    ]
    const voucher = await stage.ask('/v1/vouchers', { book: `${project}-GOV`, on, summary: '收到额度', lines })
    expect(voucher.status, voucher.text).toBe(202)
    const inPlace = (made: typeof voucher, token: string, actingFor: string) =>
      door().ask(`/v1/approvals/${made.json.approval}/decision`, {
        token,
        body: { verdict: 'check', hash: made.json.hash, actingFor },
      })
    expect((await inPlace(voucher, asFinance, '公积金复核')).json.code).toBe('not_delegated')
    const toDo = async (token: string) => (await door().ask('/v1/approvals?mine=to_do', { token })).json.items
    expect(await toDo(asFinance)).toEqual([])
    expect((await lend(checker)).status).toBe(201)
    const made = await take('102', [['self', '1000.00', '0.01']], { way: 'supervised', purpose: 'maintenance_deposit' })
    expect(made.status, made.text).toBe(202)
    expect((await inPlace(made, asCentre, '财政出借')).json.code).toBe('not_delegated')
    expect((await decide(made, 'reject')).status).toBe(200)
  })
})

describe('the checks', () => {
  const planted = async (change: string, back: string): Promise<string[]> => {
    const run = (statement: string) =>
      asSuperuser(door().test, (client) =>
        client.query(
          `alter table withdrawal disable trigger all; ${statement};
           alter table withdrawal enable always trigger withdrawal_progress; alter table withdrawal enable always trigger no_removal`,
        ),
      )
    await run(change)
    const found = await failing(door())
    await run(back)
    return found
  }

  it('find a grant above what was contributed, and one that was booked at another amount', async () => {
    const set = (fen: number) =>
      `update withdrawal set granted_fen = ${fen}, limit_fen = ${fen}, contribution_fen = 99999999 where state = 'decided' and dwelling = '101'`
    expect(await planted(set(5_312_001), set(5_312_000))).toEqual([
      'withdrawals_within_contributions',
      'withdrawals_as_decided',
    ])
  })

  it('find one that nobody decided', async () => {
    const set = (from: string, to: string) => `update withdrawal set state = '${to}' where state = '${from}'`
    expect(await planted(set('returned', 'validated'), set('validated', 'returned'))).toEqual([
      'withdrawals_as_decided',
    ])
    expect(await failing(door())).toEqual([])
  })
})
