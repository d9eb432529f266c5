/**
 * Every way an allocation says no, through the door: what it is asked, the code, and that the sentence names what it is
 * about.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { allocationRefusals } from '../../src/allocation/refusals.ts'
import { day } from '../../src/base/calendar.ts'
import { draftFor, received } from '../../src/budget/indicator/entries.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { createBook } from '../../src/ledger/actions.ts'
import { useDoor } from '../support/door.ts'
import {
  addProjects,
  allocated,
  approve,
  ask,
  chaoyang,
  decide,
  dongcheng,
  draft,
  fund,
  indicatorOf,
  moveProject,
  on,
  openBooks,
  type Staff,
  staffOf,
  submit,
  xicheng,
} from './world.ts'

const door = useDoor()
let staff: Staff
let own: Staff
beforeAll(async () => {
  const { ledger } = door()
  await openBooks(ledger, [dongcheng, xicheng])
  staff = await staffOf(door())
  own = await staffOf(door(), dongcheng)
  await fund(ledger, { indicator: 'S1', amount: '1000000.00' })
  await fund(ledger, { indicator: 'S23', amount: '1000.00', year: 2023 })
  await fund(ledger, {
    indicator: 'QC',
    amount: '1000.00',
    book: 'D110101',
    district: dongcheng,
    level: 'district',
    source: 'F30',
  })
  await addProjects(ledger, [
    { project: 'P1', district: dongcheng },
    { project: 'P2', district: xicheng },
    { project: 'P-reserve', district: dongcheng, state: 'reserve' },
    { project: 'P-done', district: dongcheng, state: 'accepted' },
    { project: 'P-gone', district: dongcheng, state: 'withdrawn' },
  ])
})

const factor = { variant: 'factor-2019' }
const row = { area: '1', households: 1, buildings: 1, communities: 1, coefficient: '1' }
let codes = 0
const base = (more: object = {}) => ({
  allocation: `R${++codes}`,
  indicator: 'S1',
  recipients: 'districts',
  on,
  total: '100.00',
  formula: factor,
  rows: [{ recipient: dongcheng, ...row }],
  document: '附表',
  ...more,
})
const stated = (rows: object[], total: string, more: object = {}) =>
  base({ formula: { variant: 'stated' }, rows, total, ...more })
const projects = (recipient: string, more: object = {}) =>
  base({ recipients: 'projects', rows: [{ recipient, ...row }], ...more })
const area = { formula: { variant: 'area-standard' }, total: undefined, recipients: 'projects' }

const shown = new Set<string>()
/** Asks for a draft that must be refused, and gives the sentence. */
async function refused(code: string, body: object, token = staff.maker): Promise<string> {
  const answer = await door().ask('/v1/allocations', { body, token })
  expect([answer.json?.code, answer.status], answer.text).toEqual([code, statusOf(code)])
  shown.add(code)
  return answer.json.detail
}
const statusOf = (code: string): number =>
  (allocationRefusals as Record<string, { status: number }>)[code]?.status ?? 422

describe('a draft is refused', () => {
  it('formula, weights and total', async () => {
    expect(await refused('formula_unknown', base({ formula: { variant: 'magic' } }))).toContain('magic')
    const weights = { area: '0.5', households: '0.4' }
    expect(await refused('weights_not_one', base({ formula: { weights, document: '文' } }))).toContain('0.9')
    await refused('total_missing', base({ total: undefined }))
    expect(
      await refused('amount_not_in_unit', base({ formula: { ...factor, unit: '100.00' }, total: '100.01' })),
    ).toContain('100.01')
    await refused('amount_not_in_unit', base({ formula: { ...factor, unit: '0.00' } }))
    const early = await refused(
      'policy_not_in_force',
      base({ formula: { variant: 'task-reward-2024' }, on: '2024-04-14' }),
    )
    expect(early).toContain('2024-04-15')
  })

  it('recipients that are none, come twice, or are elsewhere', async () => {
    expect(await refused('recipient_unknown', base({ rows: [{ recipient: '110199', ...row }] }))).toContain(
      '行政区 110199',
    )
    await refused('recipient_unknown', base({ rows: [{ recipient: '110000', ...row }] }))
    expect(await refused('recipient_unknown', projects('P9'))).toContain('项目 P9')
    await refused(
      'recipient_repeated',
      base({
        rows: [
          { recipient: dongcheng, ...row },
          { recipient: dongcheng, ...row },
        ],
      }),
    )
    expect(await refused('recipient_outside_district', projects('P2', { indicator: 'QC' }), own.maker)).toContain(
      xicheng,
    )
    await refused('recipients_not_projects', base({ indicator: 'QC' }), own.maker)
    const districts = [{ district: dongcheng, coefficient: '1' }]
    await refused(
      'recipients_missing',
      base({ recipients: 'projects', rows: undefined, registry: { year: 2031, districts } }),
    )
    await refused(
      'recipient_repeated',
      base({ rows: undefined, registry: { districts: [...districts, ...districts] } }),
    )
    await refused('recipient_unknown', base({ rows: undefined, registry: { projects: ['P9'], districts } }))
  })

  it('projects in the reserve, accepted or withdrawn', async () => {
    expect(await refused('project_not_planned', projects('P-reserve'))).toContain('P-reserve')
    expect(await refused('project_closed', projects('P-done'))).toContain('竣工验收')
    await refused('project_closed', projects('P-gone'))
    const districts = [{ district: dongcheng, coefficient: '1' }]
    const registry = { projects: ['P1', 'P-done'], districts }
    await refused('project_closed', base({ recipients: 'projects', rows: undefined, registry }))
  })

  it('an indicator whose time is over, that is not there, or another’s', async () => {
    expect(await refused('indicator_out_of_time', base({ indicator: 'S23', on: '2025-01-01' }))).toContain('2024')
    await draft(door(), staff, base({ indicator: 'S23', on: '2024-12-31' }))
    const none = await door().ask('/v1/allocations', { body: base({ indicator: 'NONE' }), token: staff.maker })
    const others = await door().ask('/v1/allocations', { body: projects('P1'), token: own.maker })
    expect([none.status, none.json.code]).toEqual([404, 'indicator_not_found'])
    expect([others.status, others.json.code]).toEqual([404, 'indicator_not_found'])
  })

  it('figures missing, not used, all zero, negative', async () => {
    expect(
      await refused('input_missing', base({ rows: [{ recipient: dongcheng, ...row, coefficient: undefined }] })),
    ).toContain('coefficient')
    const registry = { districts: [{ district: xicheng, coefficient: '1' }] }
    expect(await refused('input_missing', base({ recipients: 'projects', rows: undefined, registry }))).toContain(
      dongcheng,
    )
    expect(await refused('input_unused', base({ rows: [{ recipient: dongcheng, ...row, cost: '1' }] }))).toContain(
      'cost',
    )
    expect(await refused('factor_sum_zero', base({ rows: [{ recipient: dongcheng, ...row, area: '0' }] }))).toContain(
      'area',
    )
    await refused(
      'reward_sum_zero',
      base({ formula: { variant: 'task-reward-2024' }, rows: [{ recipient: dongcheng, ...row, reward: '0' }] }),
    )
    await refused('share_negative', stated([{ recipient: dongcheng, amount: '-1' }], '-1'))
    await refused('share_negative', base({ total: '-1' }))
    await refused('table_not_total', stated([{ recipient: dongcheng, amount: '1' }], '2'))
    await addProjects(door().ledger, [{ project: 'P-small', district: dongcheng, items: { B01: '99.99' } }])
    expect(await refused('total_exceeds_projects', projects('P-small'))).toContain('0.01')
    await refused(
      'item_not_in_catalogue',
      base({ ...area, rows: [{ recipient: 'P1', item: 'X01', area: '1', cost: '1' }] }),
    )
  })

  it('districts without a book, with two, and a book of another', async () => {
    expect(await refused('district_book_missing', base({ rows: [{ recipient: chaoyang, ...row }] }))).toContain(
      '没有政府会计账套',
    )
    await createBook(
      door().ledger,
      { person: 'office', role: 'integration' },
      { code: 'D110106', name: '甲', district: '110106', standard: 'government' },
    )
    await createBook(
      door().ledger,
      { person: 'office', role: 'integration' },
      { code: 'D110106b', name: '乙', district: '110106', standard: 'government' },
    )
    const rows = [{ recipient: '110106', ...row }]
    expect(await refused('district_book_missing', base({ rows }))).toContain('D110106b')
    await refused('book_not_of_district', base({ rows, books: [{ district: '110106', book: 'CITY' }] }))
    const drafted = await draft(door(), staff, base({ rows, books: [{ district: '110106', book: 'D110106b' }] }))
    expect(drafted.json.shares).toEqual([{ recipient: '110106', district: '110106', amount: '100.00' }])
    // Once its indicator stands in one book, it stands there.
    await allocated(door(), staff, { ...base({ rows, books: [{ district: '110106', book: 'D110106' }] }) })
    expect(
      await refused('district_indicator_differs', base({ rows, books: [{ district: '110106', book: 'D110106b' }] })),
    ).toContain('S1-110106')
    await draft(door(), staff, base({ rows }))
    // The one drafted before for the other book can no longer be submitted; nothing of it stands.
    const before = await door().counts()
    const { allocation } = drafted.json
    const given = { body: {}, token: staff.maker, headers: { 'if-match': '"1"' } }
    const answer = await door().ask(`/v1/allocations/${allocation}/submission`, given)
    expect([answer.status, answer.json.code]).toEqual([422, 'district_indicator_differs'])
    expect((await ask(door(), `/v1/allocations/${allocation}`, { token: staff.maker }, 200)).json.state).toBe('draft')
    expect((await door().counts())['entry']).toBe(before['entry'])
  })

  it('its form', async () => {
    const forms: [string, object][] = [
      ['', base({ rows: undefined })],
      ['', base({ registry: { districts: [{ district: dongcheng }] } })],
      ['/formula', base({ formula: {} })],
      ['/formula', base({ formula: { weights: { area: '1' } } })],
      ['/formula/taskShare', base({ formula: { weights: { area: '1' }, taskShare: '1.1', document: '文' } })],
      ['/total', base({ total: '1.001' })],
      ['/rows/0/area', base({ rows: [{ recipient: dongcheng, ...row, area: '-1' }] })],
      ['/rows/0/households', base({ rows: [{ recipient: dongcheng, ...row, households: 1.5 }] })],
      ['/rows', base({ rows: [] })],
      ['/document', base({ document: undefined })],
    ]
    for (const [path, body] of forms) {
      const answer = await door().ask('/v1/allocations', { body, token: staff.maker })
      expect([answer.status, answer.json.errors?.[0]?.path], answer.text).toEqual([400, path])
    }
  })

  it('by who may not', async () => {
    for (const token of [
      staff.checker,
      staff.approvers[0] ?? '',
      await door().token('auditor'),
      await door().token('operator'),
    ]) {
      const answer = await door().ask('/v1/allocations', { body: base(), token })
      expect([answer.status, answer.json.code]).toEqual([403, 'permission_denied'])
    }
  })
})

describe('subsidies of an item above its cost', () => {
  it('are refused over all levels, at the draft and again at the approval', async () => {
    const { ledger } = door()
    await fund(ledger, {
      indicator: 'QA',
      amount: '1000000.00',
      book: 'D110101',
      district: dongcheng,
      level: 'district',
      source: 'F30',
    })
    const item = (cost: string) => [{ recipient: 'P1', item: 'B05', area: '10', cost }]
    const standard = (yuan: string) => ({ standard: yuan, document: '区补助办法' })
    // 10 m² cost 100,000: the city gives 60,000 of it.
    await allocated(door(), staff, base({ ...area, formula: standard('6000'), rows: item('100000') }))
    const district = (yuan: string) => base({ ...area, indicator: 'QA', formula: standard(yuan), rows: item('100000') })
    const [first, second] = [district('3000'), district('4000')]
    await draft(door(), own, first)
    await draft(door(), own, second)
    const detail = await refused('subsidy_exceeds_cost', district('4001'), own.maker)
    expect(detail).toContain('60000.00')
    expect(detail).toContain('10.00')
    const waiting = await submit(door(), own, first.allocation)
    expect((await approve(door(), own, await submit(door(), own, second.allocation))).json.state).toBe('approved')
    const late = await approve(door(), own, waiting)
    expect([late.status, late.json.code]).toEqual([422, 'subsidy_exceeds_cost'])
  })
})

describe('an allocation that is on its way', () => {
  const version = async (allocation: string, etag: string, more: object = {}) =>
    door().ask(`/v1/allocations/${allocation}/versions`, {
      body: {
        on,
        total: '100.00',
        formula: factor,
        rows: [{ recipient: dongcheng, ...row }],
        document: '附表',
        ...more,
      },
      token: staff.maker,
      headers: { 'if-match': etag },
    })
  const submission = (allocation: string, etag: string, token = staff.maker) =>
    door().ask(`/v1/allocations/${allocation}/submission`, { body: {}, token, headers: { 'if-match': etag } })

  it('is there once, and only for whom it is', async () => {
    const body = base()
    await draft(door(), staff, body)
    const again = await door().ask('/v1/allocations', { body, token: staff.maker })
    expect([again.status, again.json.code]).toEqual([409, 'allocation_exists'])
    shown.add('allocation_exists')
    for (const [path, token] of [
      ['/v1/allocations/NONE', staff.maker],
      [`/v1/allocations/${body.allocation}`, own.maker],
      [`/v1/allocations/${body.allocation}/versions/1`, own.checker],
      [`/v1/allocations/${body.allocation}/comparison?from=1&to=1`, own.checker],
    ] as const) {
      const answer = await door().ask(path, { token })
      expect([answer.status, answer.json.code]).toEqual([404, 'allocation_not_found'])
    }
    expect((await submission(body.allocation, '"1"', own.maker)).json.code).toBe('allocation_not_found')
    shown.add('allocation_not_found')
    const none = await door().ask(`/v1/allocations/${body.allocation}/versions/2`, { token: staff.checker })
    expect([none.status, none.json.code]).toEqual([404, 'allocation_version_not_found'])
    shown.add('allocation_version_not_found')
  })

  it('takes changes to what stands alone, and supersedes the approval of what no longer does', async () => {
    const { allocation } = (await draft(door(), staff, base())).json
    expect((await version(allocation, '"2"')).json.code).toBe('version_stale')
    expect((await submission(allocation, '"2"')).json.code).toBe('version_stale')
    const first = await submit(door(), staff, allocation)
    expect((await submission(allocation, first.etag)).json.code).toBe('approval_pending')
    expect((await decide(door(), staff.checker, first, 'check')).json.state).toBe('approving')
    const changed = await version(allocation, first.etag, { total: '99.00' })
    expect(changed.json).toMatchObject({ state: 'draft', version: 2 })
    const late = await decide(door(), staff.approvers[0] ?? '', first, 'approve')
    expect([late.status, late.json.code]).toEqual([409, 'approval_settled'])
    const second = await submit(door(), staff, allocation)
    expect(second.approval).not.toBe(first.approval)
    expect((await approve(door(), staff, second)).json.state).toBe('approved')
    const { etag } = second
    const after = `"${Number(etag.slice(1, -1)) + 1}"`
    const closed = await version(allocation, after)
    expect([closed.status, closed.json.code]).toEqual([409, 'allocation_approved'])
    expect((await submission(allocation, after)).json.code).toBe('allocation_approved')
    shown.add('allocation_approved')
    const old = await ask(door(), `/v1/allocations/${allocation}/versions/1`, { token: staff.checker }, 200)
    expect(old.json.total).toBe('100.00')
  })

  it('goes back to its drafters when it is rejected or withdrawn, and may be submitted again as it is', async () => {
    const { allocation } = (await draft(door(), staff, base())).json
    const first = await submit(door(), staff, allocation)
    expect((await decide(door(), staff.checker, first, 'reject', { reason: '系数依据不足' })).json.state).toBe(
      'rejected',
    )
    const second = await submit(door(), staff, allocation)
    expect((await decide(door(), staff.maker, second, 'withdraw')).json.state).toBe('withdrawn')
    const head = await ask(door(), `/v1/allocations/${allocation}`, { token: staff.maker }, 200)
    expect(head.json.state).toBe('draft')
    expect((await approve(door(), staff, await submit(door(), staff, allocation))).json.state).toBe('approved')
  })

  it('is decided by nobody who made any version of it', async () => {
    // He was a maker, and has checked since.
    const both = await door().token('finance_maker', { person: 'both' })
    const { allocation } = (await draft(door(), { ...staff, maker: both }, base())).json
    expect((await version(allocation, '"1"', { total: '50.00' })).status).toBe(201)
    const since = await door().token('finance_checker', { person: 'both', instead: true })
    const answer = await decide(door(), since, await submit(door(), staff, allocation), 'check')
    expect([answer.status, answer.json.code]).toEqual([403, 'person_took_part'])
  })

  it('is not submitted where it gives nobody anything', async () => {
    const rows = [{ recipient: 'P1', item: 'I01', part: '1', cost: '900000', pipelineCost: '1', certificate: false }]
    const { allocation, total } = (
      await draft(door(), staff, base({ ...area, formula: { variant: 'elevator' }, rows }))
    ).json
    expect(total).toBe('0.00')
    const answer = await submission(allocation, '"1"')
    expect([answer.status, answer.json.code]).toEqual([422, 'allocation_empty'])
    shown.add('allocation_empty')
  })

  it('is refused at its approval where a project was closed meanwhile, and given later', async () => {
    await addProjects(door().ledger, [{ project: 'P5', district: dongcheng }])
    const { allocation } = (await draft(door(), staff, projects('P5'))).json
    const waiting = await submit(door(), staff, allocation)
    await moveProject(door().ledger, 'P5', 'accepted')
    const answer = await approve(door(), staff, waiting)
    expect([answer.status, answer.json.code]).toEqual([422, 'project_closed'])
    await moveProject(door().ledger, 'P5', 'under_way')
    const given = await decide(door(), staff.approvers[0] ?? '', waiting, 'approve')
    expect(given.json.state).toBe('approved')
  })

  it('is refused above what the indicator holds, by the ledger, when it is submitted and when it is approved', async () => {
    await fund(door().ledger, { indicator: 'LOW', amount: '99.99' })
    const { allocation } = (await draft(door(), staff, base({ indicator: 'LOW' }))).json
    const before = await door().counts()
    const early = await submission(allocation, '"1"')
    expect([early.status, early.json.code]).toEqual([422, 'balance_insufficient'])
    // Which of the books, not only which line.
    for (const fact of ['账套 CITY', '0.01']) expect(early.json.detail).toContain(fact)
    expect((await ask(door(), `/v1/allocations/${allocation}`, { token: staff.maker }, 200)).json.state).toBe('draft')
    expect(await door().counts()).toEqual(before)
    const other = (await draft(door(), staff, base({ indicator: 'LOW', total: '99.99' }))).json.allocation
    const smaller = (await draft(door(), staff, base({ indicator: 'LOW', total: '99.98' }))).json.allocation
    const [first, waiting] = [await submit(door(), staff, other), await submit(door(), staff, smaller)]
    expect((await approve(door(), staff, first)).json.state).toBe('approved')
    const answer = await approve(door(), staff, waiting)
    expect([answer.status, answer.json.code]).toEqual([422, 'balance_insufficient'])
    expect((await ask(door(), `/v1/allocations/${smaller}`, { token: staff.maker }, 200)).json.state).toBe('submitted')
    const low = indicatorOf({ indicator: 'LOW', amount: '0' })
    const draftOfMore = draftFor(low, { on: day('2026-01-06'), summary: '追加指标', lines: received(low, 9_998n) })
    await actOnce(door().ledger, ({ post }) =>
      post({ key: 'more', maker: 'office', approvals: [], entries: [{ book: 'CITY', draft: draftOfMore }] }),
    )
    expect((await decide(door(), staff.approvers[0] ?? '', waiting, 'approve')).json.state).toBe('approved')
  })
})

describe('a supplement', () => {
  const supplement = (
    root: string,
    allocation: string,
    amounts: Record<string, string>,
    total: string,
    more: object = {},
  ) =>
    door().ask(`/v1/allocations/${root}/supplements`, {
      body: {
        allocation,
        on,
        total,
        formula: { variant: 'stated' },
        rows: Object.entries(amounts).map(([recipient, amount]) => ({ recipient, amount })),
        document: '核减意见',
        ...more,
      },
      token: staff.maker,
    })

  it('adds and takes back, red where it takes, and never below nothing', async () => {
    await fund(door().ledger, { indicator: 'SUP', amount: '1000.00' })
    await addProjects(door().ledger, [
      { project: 'S-a', district: dongcheng },
      { project: 'S-b', district: dongcheng },
      { project: 'S-c', district: xicheng },
    ])
    const root = stated(
      [
        { recipient: 'S-a', amount: '300' },
        { recipient: 'S-b', amount: '200' },
        { recipient: 'S-c', amount: '500' },
      ],
      '1000.00',
      { indicator: 'SUP', recipients: 'projects' },
    )
    const early = await draft(door(), staff, root)
    const unapproved = await supplement(root.allocation, 'SUP-0', { 'S-a': '1' }, '1')
    expect([unapproved.status, unapproved.json.code]).toEqual([422, 'allocation_not_approved'])
    shown.add('allocation_not_approved')
    expect(early.json.state).toBe('draft')
    await approve(door(), staff, await submit(door(), staff, root.allocation))
    // What is closed can still give back.
    await moveProject(door().ledger, 'S-c', 'settled')
    const more = await supplement(root.allocation, 'SUP-1', { 'S-a': '-100.50', 'S-b': '150.50', 'S-c': '-50' }, '0')
    expect(more.json).toMatchObject({ supplements: root.allocation, total: '0.00' })
    const submitted = await submit(door(), staff, 'SUP-1')
    const approval = await ask(door(), `/v1/approvals/${submitted.approval}`, { token: staff.checker }, 200)
    // What is approved is what moves, not what is left of it.
    expect(approval.json.amount).toBe('301.00')
    expect((await approve(door(), staff, submitted)).json.state).toBe('approved')
    const held = await door().ledger.database.sql<{ project: string; net: bigint }[]>`
      select a.project, sum(t.debit_fen - t.credit_fen)::bigint as net from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
      where a.indicator in ('SUP-110101', 'SUP-110102') and a.subject = '910301'
      group by a.project having sum(t.debit_fen - t.credit_fen) <> 0 order by a.project`
    expect(held.map(({ project, net }) => [project, net])).toEqual([
      ['S-a', 19_950n],
      ['S-b', 35_050n],
      ['S-c', 45_000n],
    ])
    const upper = await door().ledger.database.sql<{ place: string | null; net: bigint }[]>`
      select coalesce(a.counterparty, 'left') as place, sum(t.debit_fen - t.credit_fen)::bigint as net
      from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
      where a.indicator = 'SUP' and a.subject in ('910102', '910401') group by 1
      having sum(t.debit_fen - t.credit_fen) <> 0 order by 1`
    expect(upper.map(({ place, net }) => [place, net])).toEqual([
      [dongcheng, 55_000n],
      [xicheng, 45_000n],
    ])
    const red = await door().ledger.database.sql<{ type: string }[]>`
      select e.type from entry e where e.summary like '资金分配 SUP-1%' order by e.book_id, e.sequence`
    expect(red.map(({ type }) => type)).toEqual(['red', 'general', 'red', 'general', 'general', 'red', 'red'])

    const tooMuch = await supplement(root.allocation, 'SUP-2', { 'S-a': '-199.51' }, '-199.51')
    expect([tooMuch.status, tooMuch.json.code]).toEqual([422, 'supplement_takes_too_much'])
    expect(tooMuch.json.detail).toContain('199.50')
    shown.add('supplement_takes_too_much')
    const nested = await supplement('SUP-1', 'SUP-3', { 'S-a': '1' }, '1')
    expect([nested.status, nested.json.code]).toEqual([422, 'supplement_of_supplement'])
    shown.add('supplement_of_supplement')
  })
})

it('every code of the catalogue was provoked', () => {
  expect(Object.keys(allocationRefusals).filter((code) => !shown.has(code))).toEqual([])
})
