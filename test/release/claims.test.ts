/**
 * What was paid in error, against a finding, or above a final budget comes back in any year: quota still held at once,
 * what is spent as a claim (J46), settled by money, by quota or by a tranche that is kept.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/base/db.ts'
import { releaseChecks } from '../../src/release/checks.ts'
import { day } from '../../src/base/calendar.ts'
import { lapseIndicators } from '../../src/budget/lapse/verbs.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, fen, office as operator, openBooks, post, spent, testClock } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
const districts = ['110101', '110102', '110105', '110106', '110107'] as const
const released: Record<string, string> = {}

const held = async (indicator: string) => (await office.get(`/v1/indicators/${indicator}/availability`)).json
const balance = async (book: string, account: string): Promise<string> =>
  (await door().ask(`/v1/books/${book}/balances?account=${account}`)).json.balance
const claw = (release: string | undefined, body: object) =>
  office.draft({ document: '审计决定〔2026〕3号', reason: '挪作他用', ...body }, `/v1/releases/${release}/clawback`)
async function clawed(release: string | undefined, body: object): Promise<string> {
  const asked = await claw(release, body)
  expect(asked.status, asked.text).toBe(201)
  const answer = await office.approve(asked.json.approval)
  expect(answer.json.state, answer.text).toBe('approved')
  return asked.json.clawback.clawback
}
const settle = (clawback: string, way: string, amount: string) =>
  office.draft({ way, amount, document: '缴款书1号' }, `/v1/clawbacks/${clawback}/settlements`)
async function settled(clawback: string, way: string, amount: string): Promise<void> {
  const asked = await settle(clawback, way, amount)
  expect(asked.status, asked.text).toBe(202)
  const answer = await office.approve(asked.json.approval)
  expect(answer.json.state, answer.text).toBe('approved')
}
const claims = async (query = '') => (await office.get(`/v1/claims?${query}`)).json.items

/** Cash that a contractor paid back into the unit's account. */
const refunded = (district: string, amount: string, on: string) =>
  actOnce(door().ledger, (act) => {
    const line = (account: string, side: 'debit' | 'credit') => ({
      account,
      side,
      amountFen: fen(amount),
      project: 'LJ2026',
      source: 'F21',
    })
    const later = on > '2027'
    const lines = [
      line('100201', 'debit'),
      line('230201', 'credit'),
      line('800102', 'debit'),
      line(later ? '8101' : '7201', 'credit'),
    ]
    const draft = { on: day(on), summary: '施工单位退回', type: 'general', documents: [], lines }
    return post(act, `refund:${district}:${on}`, [{ book: `D${district}`, draft }])
  })

beforeAll(async () => {
  office = openOffice(door())
  await openBooks(door().ledger, districts)
  for (const district of districts) {
    const project = `X${district}`
    await actOnce(door().ledger, ({ tx }) => addProject(tx, { project, district, area: 1_000n }))
    await allocate(door().ledger, {
      indicator: `Z${district}`,
      allocation: `F${district}`,
      cashPlan: '1000',
      shares: [{ district, amount: '1000' }],
      ...(district === '110107' && { notice: true }),
    })
    const { json } = await office.draft({
      allocation: `F${district}`,
      district,
      tranche: 1,
      amount: '500',
      on: '2026-02-10',
    })
    expect((await office.approve(json.approval)).json.state).toBe('approved')
    released[district] = json.release.release
    await actOnce(door().ledger, (act) => spent(act, district, 'LJ2026', '200', '2026-05-08'))
  }
})

describe('a finding', () => {
  it('takes back the quota that is held and claims what is spent, once', async () => {
    const release = released['110101']
    expect((await claw(release, { cause: 'audit_finding' })).json.code).toBe('release_not_early')
    const clawback = await clawed(release, { ground: 'finding', amount: '400' })
    expect((await office.get(`/v1/releases/${release}`)).json).toMatchObject({
      clawed: '300.00',
      clawbacks: [
        { ground: 'finding', cause: 'audit_finding', asked: '400.00', taken: '300.00', outstanding: '100.00' },
      ],
    })
    expect(await claims('district=110101')).toMatchObject([
      {
        clawback,
        ground: 'finding',
        amount: '100.00',
        settled: '0.00',
        open: '100.00',
        dueOn: '2026-08-14',
        overdue: 0,
      },
    ])
    expect(await held('Z110101')).toMatchObject({ allotted: '1000.00', released: '200.00' })
    expect(await balance('CITY', '910403')).toBe('100.00')
    const again = await claw(release, { ground: 'error' })
    expect(again.json.clawback, again.text).toMatchObject({ asked: '100.00', cause: 'paid_in_error' })
    await office.decide(again.json.approval, 'withdraw')
    await office.soundBooks()
  })

  it('is settled by a tranche that is due and kept, which then counts as paid', async () => {
    const [{ clawback }] = await claims('district=110101')
    await settled(clawback, 'kept', '100')
    expect(await claims('district=110101')).toEqual([])
    expect(await claims('district=110101&state=all')).toMatchObject([{ settled: '100.00', open: '0.00' }])
    expect(await balance('CITY', '910403')).toBe('0.00')
    // Of tranche 1, 500.00: 200.00 stayed paid, 100.00 is kept.
    const above = await office.draft({ allocation: 'F110101', district: '110101', tranche: 1, amount: '200.01' })
    expect(above.json.code).toBe('release_exceeds_tranche')
    const rest = await office.draft({ allocation: 'F110101', district: '110101', tranche: 1, amount: '200' })
    expect((await office.approve(rest.json.approval)).json.state).toBe('approved')
    await office.soundBooks()
  })
})

describe('what was paid in error', () => {
  it('is settled by money that came back, and may be paid again', async () => {
    const clawback = await clawed(released['110102'], { ground: 'error' })
    expect((await settle(clawback, 'money', '200')).json.code, 'no cash yet').toBe('balance_insufficient')
    await refunded('110102', '200', '2026-07-14')
    const asked = await settle(clawback, 'money', '200')
    expect((await office.approve(asked.json.approval)).json.state).toBe('approved')
    expect(await claims('district=110102')).toEqual([])
    expect(await held('Z110102')).toMatchObject({ released: '0.00' })
    expect(await held('Z110102-110102')).toMatchObject({ available: '1000.00', issued: '0.00' })
    expect(await balance('D110102', '100201')).toBe('0.00')
    await office.soundBooks()
  })

  it('is settled by quota that came back, and the treasury is told', async () => {
    const clawback = await clawed(released['110105'], { ground: 'error' })
    const none = await settle(clawback, 'quota', '150')
    expect(none.json.code).toBe('settlement_exceeds_quota')
    await actOnce(door().ledger, (act) => spent(act, '110105', 'LJ2026', '150', '2026-07-15', 'red'))
    await settled(clawback, 'quota', '150')
    expect(await claims('district=110105')).toMatchObject([{ open: '50.00' }])
    const { instructions } = (await office.get(`/v1/releases/${released['110105']}`)).json
    expect(
      instructions.map(({ reference, amount }: { reference: string; amount: string }) => [reference[0], amount]),
    ).toEqual([
      ['R', '500.00'],
      ['B', '300.00'],
      ['T', '150.00'],
    ])
    await office.soundBooks()
  })
})

describe('what was paid above a final budget', () => {
  it('returns from quota, and is taken back for good', async () => {
    const body = { final: '400', documentNumber: '京财预〔2026〕9号', on: '2026-07-15' }
    const final = await office.draft(body, '/v1/indicators/Z110107/final-budget')
    expect((await office.approve(final.json.approval)).json.state).toBe('approved')
    expect((await held('Z110107')).recoveries).toMatchObject([{ due: '600.00', done: '0.00', return: '100.00' }])
    await office.soundBooks()
    await clawed(released['110107'], { ground: 'final_budget' })
    expect((await office.get(`/v1/releases/${released['110107']}`)).json.clawed).toBe('100.00')
    const now = await held('Z110107')
    expect(now).toMatchObject({
      approved: '400.00',
      released: '400.00',
      recoveries: [{ due: '600.00', done: '600.00' }],
    })
    expect(now.recoveries[0].projects).toEqual([{ allocation: 'F110107', project: 'LJ2026', amount: '600.00' }])
    expect((await claw(released['110107'], { ground: 'final_budget' })).json.code).toBe('clawback_nothing_to_return')
    await office.soundBooks()
  })
})

describe('in later years', () => {
  const carryOver = async (book: string, year: number): Promise<void> => {
    const path = `/v1/books/${book}/years/${year}/carry-over`
    const token = await door().token('integration')
    const { json } = await door().ask(`${path}/preview`, { token, body: {} })
    const done = await door().ask(path, { token, body: { hash: json.hash } })
    expect(done.status, done.text).toBeLessThan(300)
  }

  it('quota that the year-end cancelled comes back, and after the two years what is spent is still claimed', async () => {
    time.set('2027-02-10')
    await carryOver('D110106', 2026)
    const first = await clawed(released['110106'], { ground: 'finding', amount: '250' })
    expect((await office.get(`/v1/releases/${released['110106']}`)).json.clawbacks).toMatchObject([
      { clawback: first, taken: '250.00' },
    ])
    expect(await balance('D110106', '120102')).toBe('550.00')
    time.set('2028-03-10')
    const lapse = await lapseIndicators(door().ledger, 2027, operator)
    expect(lapse.refused).toEqual([])
    const second = await clawed(released['110106'], { ground: 'finding', amount: '80' })
    expect(await claims('district=110106')).toMatchObject([{ clawback: second, open: '80.00', dueOn: '2028-04-09' }])
    time.set('2028-05-10')
    expect((await office.get('/v1/claims/ageing')).json).toMatchObject({
      bands: [30, 90],
      items: expect.arrayContaining([
        { district: '110106', open: '80.00', notDue: '0.00', overdue: ['0.00', '80.00', '0.00'] },
      ]),
    })
    await refunded('110106', '80', '2028-05-09')
    await settled(second, 'money', '80')
    expect(await claims('district=110106')).toEqual([])
    expect((await held('Z110106')).available).toBe('0.00')
    await office.soundBooks()
  })
})

describe('the check of claims', () => {
  it.each([
    'update clawback_claim set settled_fen = settled_fen - 1 where settled_fen > 0',
    'update settlement_part set amount_fen = amount_fen + 1',
    'update claim_settlement set amount_fen = amount_fen + 1',
  ])('finds %s', async (statement) => {
    const superuser = openDatabase(door().test.superUrl, { role: 'postgres' })
    const sql = await superuser.sql.reserve()
    try {
      await sql`begin`
      for (const table of ['clawback_claim', 'settlement_part', 'claim_settlement'])
        await sql`alter table ${sql(table)} disable trigger user`
      await sql.unsafe(statement)
      const found = releaseChecks.find(({ check }) => check === 'claims_stand_in_the_books')
      expect((await found?.run(sql))?.faults).not.toEqual([])
      await sql`rollback`
    } finally {
      sql.release()
      await superuser.close()
    }
  })
})
