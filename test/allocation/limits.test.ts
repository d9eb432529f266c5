/**
 * No project is given more than it is registered to cost, than its plan takes from the source, or than the source may
 * pay (O-09, O-12): through the door, with the figures of the findings.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { projectClause } from '../../src/budget/limit/limit.ts'
import { useDoor } from '../support/door.ts'
import {
  addProjects,
  approve,
  ask,
  bookOf,
  codeOf,
  dongcheng,
  draft,
  faultsOf,
  fund,
  on,
  openBooks,
  planInForce,
  type Staff,
  staffOf,
  submit,
  xicheng,
} from './world.ts'

const door = useDoor()
let staff: Staff
beforeAll(async () => {
  await openBooks(door().ledger, [dongcheng, xicheng])
  staff = await staffOf(door())
})

const toProjects = (allocation: string, more: object) => ({
  allocation,
  indicator: `Z-${allocation}`,
  recipients: 'projects',
  on,
  document: '附表',
  ...more,
})
const stated = (amounts: Record<string, string>, total: string) => ({
  total,
  formula: { variant: 'stated' },
  rows: Object.entries(amounts).map(([recipient, amount]) => ({ recipient, amount })),
})
const factor = { area: '1', households: 1, buildings: 1, communities: 1, coefficient: '1' }
const byFactor = (recipients: readonly string[], total: string, more: object = {}) => ({
  total,
  formula: { variant: 'factor-2019' },
  rows: recipients.map((recipient) => ({ recipient, ...factor, ...more })),
})
const sharesOf = (json: { shares: { recipient: string; amount: string }[] }) =>
  Object.fromEntries(json.shares.map(({ recipient, amount }) => [recipient, amount]))

/** What submitting says: the code, or that it was submitted. */
async function submission(allocation: string): Promise<{ code: string; detail: string; clause?: string }> {
  const { headers } = await ask(door(), `/v1/allocations/${allocation}`, { token: staff.maker }, 200)
  const given = { body: {}, token: staff.maker, headers: { 'if-match': headers.get('etag') ?? '' } }
  const { json } = await door().ask(`/v1/allocations/${allocation}/submission`, given)
  return json.code === undefined ? { code: 'submitted', detail: '' } : json
}

/** What whoever approves is shown of what each project may be given. */
async function limitsShown(approval: string): Promise<unknown[]> {
  const { json } = await ask(door(), `/v1/approvals/${approval}/preview`, { token: staff.checker }, 200)
  type Shown = { parameter: string; value: string; from: string; clause: string; measured?: { zh: string } }
  return json.limits
    .filter(({ parameter }: Shown) => parameter.startsWith('project_most'))
    .map(({ parameter, value, from, measured, clause }: Shown) => [parameter, value, from, measured?.zh, clause])
}

describe('a computed share', () => {
  it('B1: stops at the registered cost, and what is over goes on to the rest, said in the steps', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-B1', amount: '900.00' })
    await addProjects(ledger, [
      { project: 'B1-a', district: dongcheng, items: { B01: '100.00' } },
      { project: 'B1-b', district: dongcheng, items: { B01: '350.00' } },
      { project: 'B1-c', district: xicheng, items: { B01: '1000.00', U01: '500.00' } },
    ])
    const drafted = await draft(door(), staff, toProjects('B1', byFactor(['B1-a', 'B1-b', 'B1-c'], '900.00')))
    // 300 each; 200 over go half and half: 400 and 400, of which the second takes 350; 50 go on.
    expect(sharesOf(drafted.json)).toEqual({ 'B1-a': '100.00', 'B1-b': '350.00', 'B1-c': '450.00' })
    expect(drafted.json.total).toBe('900.00')
    const { json } = await ask(door(), '/v1/allocations/B1/versions/1', { token: staff.checker }, 200)
    expect(json.basis.over).toBe('200.00')
    const limits = json.shares.map(({ steps }: { steps: { limit: object } }) => steps.limit)
    expect(limits).toMatchObject([
      { registered: '100.00', eligible: '100.00', assigned: '0.00', most: '100.00', by: 'cost', over: '200.00' },
      { most: '350.00', added: '50.00' },
      { registered: '1500.00', eligible: '1000.00', most: '1000.00', by: 'eligibility', added: '150.00' },
    ])
    const waiting = await submit(door(), staff, 'B1')
    expect(await limitsShown(waiting.approval)).toEqual([
      ['project_most_by_cost', '100.00', on, 'B1-a 100.00', projectClause],
      ['project_most_by_cost', '350.00', on, 'B1-b 350.00', projectClause],
      // What the source may not pay holds it back, so its clause is named.
      ['project_most_by_eligibility', '1000.00', on, 'B1-c 450.00', expect.stringContaining('O-12')],
    ])
    expect((await approve(door(), staff, waiting)).json.state).toBe('approved')
    // What stands in the books is taken off: 550 of the third may still be given.
    await fund(ledger, { indicator: 'Z-B1X', amount: '900.00' })
    const more = byFactor(['B1-a', 'B1-b', 'B1-c'], '550.01')
    expect(await codeOf(door(), '/v1/allocations', { body: toProjects('B1X', more), token: staff.maker })).toBe(
      '422 total_exceeds_projects',
    )
    const rest = await draft(door(), staff, toProjects('B1X', byFactor(['B1-a', 'B1-b', 'B1-c'], '550.00')))
    expect(sharesOf(rest.json)).toEqual({ 'B1-a': '0.00', 'B1-b': '0.00', 'B1-c': '550.00' })
    expect(await faultsOf(ledger)).toEqual([])
  })

  it('B1: stops at what the plan in force takes from the source, and the reward goes on alike', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-PL', amount: '1000.00' })
    await addProjects(ledger, [
      { project: 'PL-a', district: dongcheng, items: { B01: '1000.00' } },
      { project: 'PL-b', district: dongcheng, items: { B01: '1000.00' } },
    ])
    await planInForce(ledger, 'PL-a', [
      ['B01', 'F21', '300.00'],
      ['B01', 'F30', '700.00'],
    ])
    const rows = ['PL-a', 'PL-b'].map((recipient) => ({ recipient, ...factor, reward: '1' }))
    const body = toProjects('PL', { total: '1000.00', formula: { variant: 'task-reward-2024' }, rows })
    expect(sharesOf((await draft(door(), staff, body)).json)).toEqual({ 'PL-a': '300.00', 'PL-b': '700.00' })
    const { json } = await ask(door(), '/v1/allocations/PL/versions/1', { token: staff.checker }, 200)
    expect(json.shares[0].steps.limit).toMatchObject({ planned: '300.00', by: 'plan', most: '300.00', over: '200.00' })
    const waiting = await submit(door(), staff, 'PL')
    expect(await limitsShown(waiting.approval)).toEqual([
      ['project_most_by_plan', '300.00', on, 'PL-a 300.00', expect.stringContaining('（四）')],
      ['project_most_by_cost', '1000.00', on, 'PL-b 700.00', projectClause],
    ])
    expect((await approve(door(), staff, waiting)).json.state).toBe('approved')
  })

  it('in whole units stops below the cost', async () => {
    await fund(door().ledger, { indicator: 'Z-UN', amount: '100000.00' })
    await addProjects(door().ledger, [
      { project: 'UN-a', district: dongcheng, items: { B01: '30050.00' } },
      { project: 'UN-b', district: dongcheng },
    ])
    const of = { ...byFactor(['UN-a', 'UN-b'], '100000.00'), formula: { variant: 'factor-2019', unit: '100.00' } }
    const drafted = await draft(door(), staff, toProjects('UN', of))
    expect(sharesOf(drafted.json)).toEqual({ 'UN-a': '30000.00', 'UN-b': '70000.00' })
  })

  it('is refused where the register says no cost', async () => {
    await fund(door().ledger, { indicator: 'Z-NC', amount: '100.00' })
    await addProjects(door().ledger, [{ project: 'NC-a', district: dongcheng, items: {} }])
    const body = toProjects('NC', byFactor(['NC-a'], '100.00'))
    expect(await codeOf(door(), '/v1/allocations', { body, token: staff.maker })).toBe('422 project_cost_unknown')
  })
})

describe('a stated table', () => {
  it('B1: above the cost is refused when it is submitted, with project, amounts and clause', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-ST', amount: '1000.00' })
    await addProjects(ledger, [
      { project: 'ST-a', district: dongcheng, items: { B01: '100.00', U01: '400.00' } },
      { project: 'ST-b', district: dongcheng, items: {} },
    ])
    await draft(door(), staff, toProjects('ST', stated({ 'ST-a': '100.01' }, '100.01')))
    const refused = await submission('ST')
    expect(refused.code).toBe('subsidy_exceeds_project')
    for (const fact of ['ST-a', '500.00', 'F21', '100.00', '100.01', '0.01']) expect(refused.detail).toContain(fact)
    expect(refused.clause).toContain('O-12')
    await draft(door(), staff, { ...toProjects('ST2', stated({ 'ST-b': '1' }, '1')), indicator: 'Z-ST' })
    expect((await submission('ST2')).code).toBe('project_cost_unknown')
    await draft(door(), staff, { ...toProjects('ST3', stated({ 'ST-a': '100' }, '100')), indicator: 'Z-ST' })
    expect((await submission('ST3')).code).toBe('submitted')
  })

  it('is held to the cost again at the last approval', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-TW', amount: '1000.00' })
    await addProjects(ledger, [{ project: 'TW-a', district: dongcheng, items: { B01: '100.00' } }])
    const waiting = []
    for (const name of ['TW', 'TW2']) {
      await draft(door(), staff, { ...toProjects(name, stated({ 'TW-a': '60' }, '60')), indicator: 'Z-TW' })
      waiting.push(await submit(door(), staff, name))
    }
    const [first, second] = waiting
    if (!first || !second) throw new Error('two were submitted')
    expect((await approve(door(), staff, first)).json.state).toBe('approved')
    const late = await approve(door(), staff, second)
    expect([late.status, late.json.code]).toEqual([422, 'subsidy_exceeds_project'])
    expect(late.json.detail).toContain('20.00')
  })
})

describe('a standard', () => {
  it('B2: is held to what the register says an item costs, not to what the row says', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-B2', amount: '2000000.00' })
    await addProjects(ledger, [{ project: 'B2-a', district: dongcheng, items: { B01: '100.00', B02: '300000.00' } }])
    const body = (more: object) =>
      toProjects('B2', {
        formula: { variant: 'area-standard' },
        rows: [{ recipient: 'B2-a', area: '150', cost: '900000.00', ...more }],
      })
    const refused = await door().ask('/v1/allocations', { body: body({ item: 'B01' }), token: staff.maker })
    expect([refused.status, refused.json.code]).toEqual([422, 'subsidy_exceeds_cost'])
    for (const fact of ['B2-a', 'B01', '100.00', '867900.00', '867800.00']) expect(refused.json.detail).toContain(fact)
    const none = await door().ask('/v1/allocations', { body: body({ item: 'B03' }), token: staff.maker })
    expect([none.status, none.json.code]).toEqual([422, 'item_not_of_project'])
    // Without an item it is held against the whole project.
    const whole = await draft(door(), staff, body({}))
    expect(sharesOf(whole.json)).toEqual({ 'B2-a': '300100.00' })
    const { json } = await ask(door(), '/v1/allocations/B2/versions/1', { token: staff.checker }, 200)
    expect(json.shares[0].steps.claims[0].limit).toMatchObject({ most: '300100.00', over: '567800.00' })
  })

  it('B3: pays no works that the source may not pay', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-B3', amount: '2000000.00' })
    await addProjects(ledger, [{ project: 'B3-a', district: dongcheng, items: { U01: '300000.00' } }])
    const rows = [{ recipient: 'B3-a', item: 'U01', area: '150', cost: '300000.00' }]
    const area = toProjects('B3', { formula: { variant: 'area-standard' }, rows })
    const refused = await door().ask('/v1/allocations', { body: area, token: staff.maker })
    expect([refused.status, refused.json.code]).toEqual([422, 'subsidy_not_eligible'])
    expect(refused.json.clause).toContain('O-12')
    for (const fact of ['B3-a', 'U01', 'F21', '提升类']) expect(refused.json.detail).toContain(fact)
    const upgrade = { recipient: 'B3-a', area: '1000', investment: '300', ownersShare: '0.2', class: 'upgrade' }
    const shared = toProjects('B3', { formula: { variant: 'co-creation' }, rows: [upgrade] })
    expect(await codeOf(door(), '/v1/allocations', { body: shared, token: staff.maker })).toBe(
      '422 subsidy_not_eligible',
    )
    // Said to be basic, it is still held to what the source may pay of the project: nothing.
    const basic = toProjects('B3', { formula: { variant: 'co-creation' }, rows: [{ ...upgrade, class: 'basic' }] })
    expect(sharesOf((await draft(door(), staff, basic)).json)).toEqual({ 'B3-a': '0.00' })
  })

  it('C6: of co-creation pays with the owners at most the investment', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-C6', amount: '9000000.00' })
    await addProjects(ledger, [{ project: 'C6-a', district: dongcheng }])
    const row = { recipient: 'C6-a', area: '10000', investment: '300', class: 'basic' }
    const body = (ownersShare: string) =>
      toProjects('C6', { formula: { variant: 'co-creation' }, rows: [{ ...row, ownersShare }] })
    // 3,000,000 of investment: owners pay 70 %, and of the rest 900,000.00 are left, not 60 %.
    expect(sharesOf((await draft(door(), staff, body('0.7'))).json)).toEqual({ 'C6-a': '900000.00' })
    const { json } = await ask(door(), '/v1/allocations/C6/versions/1', { token: staff.checker }, 200)
    expect(json.shares[0].steps.claims[0]).toMatchObject({ most: '900000.00', over: '900000.00', claim: '900000.00' })
    const tooMuch = await door().ask('/v1/allocations', { body: body('1.5'), token: staff.maker })
    expect([tooMuch.status, tooMuch.json.errors?.[0]?.path]).toEqual([400, '/rows/0/ownersShare'])
  })
})

describe('an assignment and a cash plan', () => {
  it('N21: are refused above what the project costs, and above what the indicators hold', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-N21', amount: '12000000.00' })
    await addProjects(ledger, [{ project: 'N21-a', district: dongcheng, items: { B01: '9500000.00' } }])
    const shares = (amount: string) => ({ on, shares: [{ project: 'N21-a', amount }] })
    const path = '/v1/indicators/Z-N21/assignments'
    const refused = await door().ask(path, { body: shares('9500000.01'), token: staff.maker })
    expect([refused.status, refused.json.code]).toEqual([422, 'subsidy_exceeds_project'])
    const twice = { on, shares: [...shares('5000000.00').shares, ...shares('4500000.01').shares] }
    expect(await codeOf(door(), path, { body: twice, token: staff.maker })).toBe('422 subsidy_exceeds_project')
    const fits = await ask(door(), path, { body: shares('9500000.00'), token: staff.maker }, 202)
    expect((await approve(door(), staff, { ...fits.json, etag: '' })).json.state).toBe('approved')
    await fund(ledger, { indicator: 'Z-N21X', amount: '12000000.00', source: 'F22', programme: 'LJ2026X' })
    const plan = (amount: string, month: string) => ({
      programme: 'LJ2026X',
      source: 'F22',
      month,
      amount,
      documentNumber: `京财用款〔2026〕${month}`,
    })
    const plans = `/v1/books/${bookOf('110000')}/cash-plans`
    const tooMuch = await door().ask(plans, { body: plan('12000000.01', '2026-03'), token: staff.maker })
    expect([tooMuch.status, tooMuch.json.code]).toEqual([422, 'cash_plan_exceeds_indicators'])
    for (const fact of ['LJ2026X', 'F22', '12000000.00', '0.01']) expect(tooMuch.json.detail).toContain(fact)
    const first = await ask(door(), plans, { body: plan('8000000.00', '2026-03'), token: staff.maker }, 202)
    expect((await approve(door(), staff, { ...first.json, etag: '' })).json.state).toBe('approved')
    expect(await codeOf(door(), plans, { body: plan('4000000.01', '2026-04'), token: staff.maker })).toBe(
      '422 cash_plan_exceeds_indicators',
    )
  })
})

describe('the submission', () => {
  it('N11: is refused what its last approval would be: a month that is closed in a district’s book', async () => {
    const { ledger } = door()
    await fund(ledger, { indicator: 'Z-N11', amount: '100.00' })
    await addProjects(ledger, [{ project: 'N11-a', district: xicheng }])
    await draft(door(), staff, { ...toProjects('N11', stated({ 'N11-a': '100' }, '100')), on: '2026-02-10' })
    const before = await door().counts()
    const closing = { body: {}, token: await door().token('finance_checker', { person: 'closer' }) }
    await ask(door(), `/v1/books/${bookOf(xicheng)}/periods/2026-02/closing`, closing, 200)
    const refused = await submission('N11')
    expect(refused.code).toBe('period_closed')
    for (const fact of [bookOf(xicheng), '2026-02-10']) expect(refused.detail).toContain(fact)
    const { json } = await ask(door(), '/v1/allocations/N11', { token: staff.maker }, 200)
    expect([json.state, json.history.length]).toEqual(['draft', 1])
    expect((await door().counts())['entry']).toBe(before['entry'])
  })
})
