/**
 * All money in one view: every figure is the sum of its accounts and of the projects' own figures, a moment that is
 * past is answered again as it was, and a district sees its own alone.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { quotaBody, spendBody, useDoor } from '../support/door.ts'
import { approvedPlan, fen, newProject, type Stage, stageOn } from './trial.ts'

const door = useDoor()
let stage: Stage
let first: string
let second: string

const plan = (purpose: string) => ({
  lines: [
    { line: 'L1', item: 'B02', amount: '1000.00' },
    { line: 'L2', item: 'I02', amount: '200.00' },
    { line: 'L3', amount: '50.00', purpose },
  ],
  shares: [
    { line: 'L1', source: 'F21', amount: '900.00' },
    { line: 'L1', source: 'F51', amount: '100.00' },
    { line: 'L2', source: 'F30', amount: '200.00' },
    { line: 'L3', source: 'F30', amount: '50.00' },
  ],
})

type Columns = Record<'planned' | 'assigned' | 'committed' | 'received' | 'paid' | 'inHand' | 'remaining', string>
const names = ['planned', 'assigned', 'committed', 'received', 'paid', 'inHand', 'remaining'] as const
const overview = async (query = '', token?: string) => {
  const answer = await stage.ask(`/v1/overview${query}`, undefined, token === undefined ? {} : { token })
  expect(answer.status, answer.text).toBe(200)
  return answer.json
}
const sum = (amounts: readonly string[]): bigint =>
  amounts.reduce((total, text) => total + (text.startsWith('-') ? -fen(text.slice(1)) : fen(text)), 0n)

beforeAll(async () => {
  stage = await stageOn(door())
  first = await newProject(door(), { items: { B02: '1000.00', I02: '200.00' } })
  second = await newProject(door(), { items: { B02: '1000.00', I02: '200.00' } })
  await approvedPlan(stage, first, plan('capital'))
  await approvedPlan(stage, second, plan('recurrent'))
  await stage.ask(`/v1/books/${first}-GOV/entries`, quotaBody('600.00', '2026-03-05', { project: first }))
  await stage.ask(`/v1/books/${first}-GOV/entries`, spendBody('250.00', '2026-04-06', { project: first }))
})

describe('the overview', () => {
  it('is the sum of its projects, of its sources, of its districts and of its accounts', async () => {
    const all = await overview()
    const money = await Promise.all(
      [first, second].map(async (project) => (await stage.ask(`/v1/projects/${project}/money`)).json.total as Columns),
    )
    for (const name of names) {
      const told = sum([all.total[name]])
      expect([name, sum(money.map((columns) => columns[name]))]).toEqual([name, told])
      expect([name, sum(all.sources.map((one: Columns) => one[name]))]).toEqual([name, told])
      expect([name, sum(all.districts.map((one: Columns) => one[name]))]).toEqual([name, told])
      if (name === 'remaining') continue
      const own = all.accounts.filter(({ column }: { column: string }) => column === name)
      expect([name, sum(own.map(({ amount }: { amount: string }) => amount))]).toEqual([name, told])
    }
    expect(all.total).toMatchObject({ planned: '2500.00', received: '600.00', inHand: '350.00' })
    expect(all).toMatchObject({ projects: 2, districts: [{ district: '110102', projects: 2 }] })
  })

  it('says where the plan goes, and how far each source of it has come', async () => {
    const { flows, sources } = await overview()
    expect(flows.plan).toEqual([
      { source: 'F21', to: 'basic', amount: '1800.00' },
      { source: 'F30', to: 'improvement', amount: '400.00' },
      { source: 'F30', to: 'no_item', amount: '100.00' },
      { source: 'F51', to: 'basic', amount: '200.00' },
    ])
    for (const { source, planned } of sources) {
      const stages = flows.money.filter((flow: { source: string }) => flow.source === source)
      expect([source, sum(stages.map(({ amount }: { amount: string }) => amount))]).toEqual([source, fen(planned)])
    }
    expect(flows.money).toContainEqual({ source: 'F21', to: 'in_hand', amount: '350.00' })
  })

  it('names its moment, and gives the same for it ever after', async () => {
    const before = await overview()
    const again = `?asOf=${before.asOf}&knownAt=${encodeURIComponent(before.knownAt)}`
    await stage.ask(`/v1/books/${second}-GOV/entries`, quotaBody('70.00', '2026-02-05', { project: second }))
    expect(await overview(again)).toEqual(before)
    expect((await overview()).total.received).toBe('670.00')
    expect((await overview('?asOf=2026-03-31')).total).toMatchObject({ received: '670.00', inHand: '670.00' })
    expect((await overview('?asOf=2026-01-31')).total.received).toBe('0.00')
  })

  it('is of a plan year or of a district where it is asked for', async () => {
    expect(await overview('?year=2026')).toMatchObject({ year: 2026, projects: 2 })
    expect((await overview('?year=2025')).projects).toBe(0)
    const elsewhere = await overview('?district=110105')
    expect(elsewhere).toMatchObject({ projects: 0, sources: [], districts: [], accounts: [] })
    expect(elsewhere.flows).toEqual({ plan: [], money: [] })
    expect((await stage.ask('/v1/overview?year=12')).status).toBe(400)
  })

  it('is printed at the machine, by source or by district, with its total below', async () => {
    const bySource = await runCommand(door().test, ['overview', '--format', 'csv'])
    expect(bySource.out.split('\r\n').slice(0, 2)).toEqual([
      '\uFEFF来源,名称,计划,已下达,已承诺,到位,已支付,在账,待支付',
      'F21,市级改造补助,1800.00,0.00,0.00,670.00,0.00,420.00,1800.00',
    ])
    const { status, out } = await runCommand(door().test, ['overview', '--by', 'district', '--as-of', '2026-01-31'])
    expect([status, out.includes('西城区'), out.includes('合计')]).toEqual([0, true, true])
    expect((await runCommand(door().test, ['overview', '--year', 'soon'])).status).toBe(2)
  })

  it('shows a district its own alone, and nothing to whoever may not read projects', async () => {
    const token = await door().token('finance_maker', { person: 'ost', district: '110105' })
    for (const query of ['', '?district=110102', '?year=2026']) {
      const { total, projects, accounts, districts } = await overview(query, token)
      expect([query, total.planned, projects, accounts, districts]).toEqual([query, '0.00', 0, [], []])
    }
    const own = await door().token('auditor', { person: 'west', district: '110102' })
    expect((await overview('', own)).total.planned).toBe('2500.00')
    const operator = await door().token('operator', { person: 'ops' })
    expect((await stage.ask('/v1/overview', undefined, { token: operator })).status).toBe(403)
  })
})
