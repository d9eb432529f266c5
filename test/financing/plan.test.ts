/**
 * Funding plans through the door (O-09, O-11, O-12): what closes is approved and posted, what does not is refused by
 * name and amount.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import { approvedPlan, balanceOf, dwellingOf, expectClean, newProject, type Stage, stageOn } from './trial.ts'

const door = useDoor()
let stage: Stage
beforeAll(async () => {
  stage = await stageOn(door())
})

/** O-11: 25,200,000 from six sources. */
const items = { B02: '22700000.00', I02: '2500000.00' }
const lines = [
  { line: 'L1', item: 'B02', amount: '22700000.00' },
  { line: 'L2', item: 'I02', amount: '2500000.00' },
]
const contracted = lines.map((line) => ({ ...line, contract: `HT-1/${line.line}` }))
const shares = (owners = '1842000.00') => [
  { line: 'L1', source: 'F21', amount: '17358000.00' },
  { line: 'L1', source: 'F30', amount: '2000000.00' },
  { line: 'L1', source: 'F51', amount: owners },
  { line: 'L1', source: 'F61', party: '某某单位', amount: '1500000.00' },
  { line: 'L2', source: 'F81', party: '某某投资人', amount: '2000000.00' },
  { line: 'L2', source: 'F70', amount: '500000.00' },
]
const others = (contract: string) => [{ line: 'L1', item: 'B02', contract, amount: '100.00' }]

const plansOf = (project: string) => `/v1/projects/${project}/funding-plans`
const draft = (project: string, body: object) => stage.ask(plansOf(project), body)
const submit = (project: string, version: number) => stage.ask(`${plansOf(project)}/${version}/submission`, {})
async function refusedDraft(body: object, given = {}): Promise<{ code: string; detail: string; clause?: string }> {
  const answer = await draft(await newProject(door(), given), body)
  expect(answer.status, answer.text).toBe(422)
  return answer.json
}

describe('a plan that closes', () => {
  it('is approved and posted source by source, and lets the project begin (O-11)', async () => {
    const project = await newProject(door(), { items })
    const drafted = await approvedPlan(stage, project, { lines: contracted, shares: shares() })
    expect(drafted.json).toMatchObject({ version: 1, state: 'draft', total: '25200000.00', gap: '0.00' })
    const book = `${project}-PLAN`
    expect(await balanceOf(door(), book, '951')).toBe('Cr 25200000.00')
    expect(await balanceOf(door(), book, '9011', { source: 'F21' })).toBe('Dr 17358000.00')
    expect(await balanceOf(door(), book, '951', { source: 'F51' })).toBe('Cr 1842000.00')
    const [row] = await door().test.database.sql`select plan_approved from project where project = ${project}`
    expect(row?.['plan_approved']).toBe(true)
    const entries = await stage.ask(`/v1/books/${book}/entries`)
    expect(entries.json.items).toHaveLength(1)
    expect(entries.json.items[0].approvals.map(({ decision }: { decision: string }) => decision)).toEqual([
      'submitted',
      'checked',
      'approved',
      'approved',
    ])
    const shown = await stage.ask(`${plansOf(project)}/1`)
    expect(shown.json).toMatchObject({ state: 'approved', gap: '0.00', lines: [{ line: 'L1' }, { line: 'L2' }] })
    const money = await stage.ask(`/v1/projects/${project}/money`)
    expect(money.json.total).toMatchObject({ planned: '25200000.00', paid: '0.00', remaining: '25200000.00' })
    await expectClean(door())
  })

  it('posts a later version as its difference, red where it takes less', async () => {
    const project = await newProject(door(), { items })
    await approvedPlan(stage, project, { lines, shares: shares() })
    const changed = shares('1742000.00').map((share) =>
      share.source === 'F30' ? { ...share, amount: '2100000.00' } : share,
    )
    await approvedPlan(stage, project, { lines, shares: changed })
    const book = `${project}-PLAN`
    expect(await balanceOf(door(), book, '951')).toBe('Cr 25200000.00')
    expect(await balanceOf(door(), book, '951', { source: 'F30' })).toBe('Cr 2100000.00')
    const { json } = await stage.ask(`/v1/books/${book}/entries`)
    expect(json.items.slice(1).map(({ type }: { type: string }) => type)).toEqual(['general', 'red'])
    expect(json.items[2].lines[0]).toMatchObject({ account: '9011', debit: '-100000.00', source: 'F51', item: 'B02' })
    const versions = await stage.ask(plansOf(project))
    expect(versions.json.items.map(({ state }: { state: string }) => state)).toEqual(['approved', 'replaced'])
    await expectClean(door())
  })

  it('is submitted with many others under one approval', async () => {
    const both = [await newProject(door(), { items }), await newProject(door(), { items })]
    for (const project of both) await draft(project, { lines, shares: shares() })
    const plans = both.map((project) => ({ project, version: 1 }))
    const submitted = await stage.ask('/v1/funding-plans/submissions', { plans })
    expect((await stage.approve(submitted)).json).toMatchObject({ state: 'approved', amount: '50400000.00' })
    for (const project of both) expect(await balanceOf(door(), `${project}-PLAN`, '951')).toBe('Cr 25200000.00')
  })

  it('becomes a draft again when it is rejected, and may be submitted again', async () => {
    const project = await newProject(door(), { items })
    await draft(project, { lines, shares: shares() })
    const rejected = await stage.approve(await submit(project, 1), 'reject')
    expect(rejected.json.state).toBe('rejected')
    expect((await stage.ask(`${plansOf(project)}/1`)).json.state).toBe('draft')
    expect((await stage.approve(await submit(project, 1))).json.state).toBe('approved')
  })
})

describe('what does not close', () => {
  it('is drafted and not submitted, and the gap is named to the fen (O-11)', async () => {
    const project = await newProject(door(), { items })
    const drafted = await draft(project, { lines, shares: shares('1841999.99') })
    expect([drafted.status, drafted.json.gap]).toEqual([201, '0.01'])
    const refused = await submit(project, 1)
    expect([refused.status, refused.json.code]).toEqual([422, 'plan_has_gap'])
    expect(refused.json.detail).toContain('缺口 0.01 元（L1 0.01）')
    expect(refused.json.clause).toContain('（四）')
  })

  it('is refused where two sources claim one contract line twice, naming line, sources and overlap (O-11)', async () => {
    const body = { lines: contracted, shares: [...shares(), { line: 'L1', source: 'F22', amount: '100000.00' }] }
    const refused = await refusedDraft(body, { items })
    expect(refused.code).toBe('plan_line_overclaimed')
    for (const named of ['L1', 'HT-1/L1', 'F21', 'F22', '100000.00']) expect(refused.detail).toContain(named)
    expect(refused.clause).toContain('（十六）')
  })

  it('takes an item’s last fen and not one more (O-09)', async () => {
    const cost = [{ line: 'L1', item: 'B02', amount: '100000.00' }]
    const claim = (last: string) => ({
      lines: cost,
      shares: [
        { line: 'L1', source: 'F10', amount: '60000.00' },
        { line: 'L1', source: 'F21', amount: '30000.00' },
        { line: 'L1', source: 'F30', amount: last },
      ],
    })
    const refused = await refusedDraft(claim('10000.01'))
    expect([refused.code, refused.detail.includes('0.01')]).toEqual(['plan_line_overclaimed', true])
    expect((await draft(await newProject(door()), claim('10000.00'))).json).toMatchObject({ gap: '0.00' })
  })
})

describe('who may pay', () => {
  it.each([
    ['B03', 'F62', 'plan_source_not_eligible', '（十）'],
    ['U04', 'F21', 'plan_source_not_eligible', '（五）'],
  ])('refuses %s from %s (O-12)', async (item, source, code, clause) => {
    const line = { line: 'L1', item, amount: '100.00' }
    const refused = await refusedDraft({ lines: [line], shares: [{ line: 'L1', source, amount: '100.00' }] })
    expect([refused.code, refused.clause]).toEqual([code, expect.stringContaining(clause)])
    expect(refused.detail).toContain(item)
  })

  it.each(['B13', 'I01'])('lets the maintenance fund pay %s (O-12)', async (item) => {
    const body = {
      lines: [{ line: 'L1', item, amount: '100.00' }],
      shares: [{ line: 'L1', source: 'F70', amount: '100.00' }],
    }
    expect((await draft(await newProject(door()), body)).status).toBe(201)
  })

  it('refuses a property fee from a bond, by the budget law (O-12)', async () => {
    const body = {
      lines: [{ line: 'WY', purpose: 'recurrent', amount: '100.00' }],
      shares: [{ line: 'WY', source: 'F40', amount: '100.00' }],
    }
    const refused = await refusedDraft(body)
    expect([refused.code, refused.clause]).toEqual([
      'plan_recurrent_not_eligible',
      expect.stringContaining('第三十五条'),
    ])
  })

  it('refuses municipal money for the part of central owners (O-15)', async () => {
    const body = {
      lines: [{ line: 'L1', item: 'B02', ownership: 'central', amount: '100.00' }],
      shares: [{ line: 'L1', source: 'F21', amount: '100.00' }],
    }
    const refused = await refusedDraft(body)
    expect([refused.code, refused.clause]).toEqual(['channel_source_wrong', expect.stringContaining('（三十二）')])
  })
})

describe('what a plan may not say', () => {
  const line = { line: 'L1', item: 'B02', amount: '100.00' }
  const share = { line: 'L1', source: 'F21', amount: '100.00' }
  it.each<[string, object]>([
    ['plan_line_repeated', { lines: [line, line], shares: [] }],
    ['plan_line_repeated', { lines: [...others('X/1'), { ...others('X/1')[0], line: 'L2' }], shares: [] }],
    ['plan_item_unknown', { lines: [{ ...line, item: 'B77' }], shares: [] }],
    ['plan_quantity_wrong', { lines: [{ ...line, quantity: 3, unitPrice: '33.00' }], shares: [] }],
    ['plan_share_unplaced', { lines: [line], shares: [{ ...share, line: 'L9' }] }],
    ['plan_source_unknown', { lines: [line], shares: [{ ...share, source: 'X21' }] }],
    ['dwelling_unknown', { lines: [line], shares: [{ ...share, dwelling: dwellingOf('P0', '101') }] }],
  ])('%s: %j', async (code, body) => expect((await refusedDraft(body)).code).toBe(code))

  it('refuses an input that is not of the form, by its place', async () => {
    const project = await newProject(door())
    const answer = await draft(project, { lines: [{ ...line, quantity: 2 }], shares: [{ ...share, amount: '0.00' }] })
    expect([answer.status, answer.json.errors.map(({ path }: { path: string }) => path)]).toEqual([
      400,
      ['/lines/0', '/shares/0/amount'],
    ])
  })
})

describe('submitting', () => {
  const one = {
    lines: [{ line: 'L1', item: 'B02', amount: '100.00' }],
    shares: [{ line: 'L1', source: 'F30', amount: '100.00' }],
  }

  it('refuses a version that is not there, and one that a later approval overtook', async () => {
    const project = await newProject(door(), { items: { B02: '100.00' } })
    expect((await submit(project, 1)).json.code).toBe('plan_version_not_found')
    await draft(project, one)
    await approvedPlan(stage, project, { ...one, note: '第二版' })
    const overtaken = await submit(project, 1)
    expect([overtaken.status, overtaken.json.code]).toEqual([409, 'plan_settled'])
  })

  it('refuses a contract line that another project pays', async () => {
    const [first, second] = [await newProject(door()), await newProject(door())]
    const body = { lines: others('HT-9/1'), shares: one.shares }
    await draft(first, { ...body, shares: [{ line: 'L1', source: 'F30', amount: '100.00' }] })
    await draft(second, body)
    expect((await submit(first, 1)).status).toBe(202)
    const refused = await submit(second, 1)
    expect([refused.status, refused.json.code]).toEqual([409, 'plan_contract_claimed'])
    expect(refused.json.detail).toContain(first)
  })

  it('refuses a plan without a book for it, one that is not what the project costs, and a source above its limit', async () => {
    const bookless = await newProject(door(), { books: false })
    await draft(bookless, one)
    expect((await submit(bookless, 1)).json.code).toBe('project_book_missing')
    const dearer = await newProject(door(), { items: { B02: '100.01' } })
    await draft(dearer, one)
    const refused = await submit(dearer, 1)
    expect([refused.json.code, refused.json.detail]).toEqual([
      'plan_item_cost_differs',
      expect.stringContaining('-0.01'),
    ])
    const poor = await newProject(door())
    await door().ask('/v1/books', {
      body: { code: `${poor}-WX`, name: '维修资金', district: '110102', standard: 'maintenance_fund' },
    })
    const fund = {
      lines: [{ line: 'L1', item: 'I01', amount: '100.00' }],
      shares: [{ line: 'L1', source: 'F70', amount: '100.00' }],
    }
    await draft(poor, { ...fund, fundBook: `${poor}-WX` })
    const limit = await submit(poor, 1)
    expect([limit.json.code, limit.json.detail]).toEqual([
      'plan_source_limit_exceeded',
      expect.stringContaining('可用 0.00 元'),
    ])
  })

  it('lets one of two versions submitted at once through', async () => {
    const project = await newProject(door(), { items: { B02: '100.00' } })
    await draft(project, one)
    await draft(project, { ...one, note: '另一版' })
    const answers = await Promise.all([submit(project, 1), submit(project, 2)])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202, 409]))
    expect(answers.find(({ status }) => status === 409)?.json.code).toBe('approval_pending')
  })

  it('answers the same key again with the first answer, and another district with nothing', async () => {
    const project = await newProject(door(), { items: { B02: '100.00' } })
    const first = await stage.ask(plansOf(project), one, { key: `same-${project}` })
    const again = await stage.ask(plansOf(project), one, { key: `same-${project}` })
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true'])
    const token = await door().token('finance_maker', { district: '110101', person: 'elsewhere' })
    expect((await stage.ask(`${plansOf(project)}/1`, undefined, { token })).status).toBe(404)
    expect((await stage.ask(plansOf(project), one, { token })).status).toBe(404)
  })
})

describe('proposing', () => {
  it('finds the plan that covers all where one payer after the other would leave a gap (O-12)', async () => {
    const project = await newProject(door())
    const answer = await stage.ask(`${plansOf(project)}/proposal`, {
      lines: [
        { line: 'L1', item: 'I01', amount: '100.00' },
        { line: 'L2', item: 'B01', amount: '100.00' },
      ],
      sources: [
        { source: 'F51', limit: '100.00', priority: 1 },
        { source: 'F62', limit: '100.00', priority: 2 },
      ],
    })
    expect(answer.json).toMatchObject({
      gap: '0.00',
      shares: [
        { line: 'L1', source: 'F62', amount: '100.00' },
        { line: 'L2', source: 'F51', amount: '100.00' },
      ],
    })
  })
})
