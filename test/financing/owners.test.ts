/**
 * Owners' money and changes of scope through the door (O-47…O-49): what is due, paid, too much, nobody's, left out and
 * given back.
 */
import { asAction, draft, line as entryLine } from '../support/ledger.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { makeCommitment } from '../../src/budget/commitment/verbs.ts'
import { recordDocument } from '../../src/projects/project/steps.ts'
import type { DocumentKind } from '../../src/projects/terms.ts'
import { type Answer, useDoor } from '../support/door.ts'
import {
  approvedPlan,
  balanceOf,
  dwellingOf,
  expectClean,
  fen,
  newProject,
  officer,
  type Stage,
  stageOn,
} from './trial.ts'

const door = useDoor()
let stage: Stage
beforeAll(async () => {
  stage = await stageOn(door())
})

const at = (project: string, what: string) => `/v1/projects/${project}/${what}`
const on = '2026-03-05'
// A slip of the bank is recorded once.
let slips = 0
const receive = (project: string, amount: string, dwelling?: string, source = 'F51') =>
  stage.ask(at(project, 'contributions'), {
    source,
    amount,
    on,
    reference: `回单 ${++slips}`,
    ...(dwelling && { dwelling: dwellingOf(project, dwelling) }),
  })
const book = (project: string) => `${project}-GOV`

describe('a rebuild (clause 4)', () => {
  const rebuild = (project: string) => ({
    lines: [
      { line: 'L1', item: 'B01', amount: '133120.00' },
      { line: 'L2', item: 'B02', amount: '66880.00' },
    ],
    shares: [{ line: 'L2', source: 'F30', amount: '66880.00' }],
    rebuild: {
      line: 'L1',
      source: 'F51',
      prices: { area: '1200', added: '8000' },
      dwellings: [{ dwelling: dwellingOf(project, '101'), area: '45.60', added: '9.80' }],
    },
  })
  const given = { kind: 'rebuild', dwellings: [['101', '45.60', 'private']] } as const

  it('makes a household owe its area and what it gains, and closes with it (O-47)', async () => {
    const project = await newProject(door(), { ...given, households: [20, 20] })
    await approvedPlan(stage, project, rebuild(project))
    const { json } = await stage.ask(at(project, 'contributions'))
    expect(json.dwellings).toEqual([
      { dwelling: dwellingOf(project, '101'), due: '133120.00', paid: '0.00', excess: '0.00' },
    ])
    expect(await balanceOf(door(), `${project}-PLAN`, '951', { source: 'F51' })).toBe('Cr 133120.00')
    expect((await receive(project, '133120.00', '101')).json).toMatchObject({ applied: '133120.00', excess: '0.00' })
    expect(await balanceOf(door(), book(project), '230701', { source: 'F51' })).toBe('Cr 133120.00')
    expect(await balanceOf(door(), book(project), '100202')).toBe('Dr 133120.00')
    const entry = (await stage.ask(`/v1/books/${book(project)}/entries`)).json.items[0]
    expect(entry.lines[1]).toMatchObject({ account: '230701', dwelling: `${project}-C/1/101`, source: 'F51' })
    await expectClean(door())
  })

  it('is blocked where the households are not stated, and where they would be more', async () => {
    const project = await newProject(door(), given)
    const refused = await stage.ask(at(project, 'funding-plans'), rebuild(project))
    expect([refused.status, refused.json.code]).toEqual([422, 'households_not_stated'])
    expect(refused.json.clause).toContain('（四）')
    await expect(newProject(door(), { ...given, households: [20, 21] })).rejects.toThrow('households_increase')
  })
})

describe('contributions (clause 13)', () => {
  /** A plan in which dwelling 101 owes 32,941.18. */
  async function owing(): Promise<string> {
    const project = await newProject(door(), {
      dwellings: [
        ['101', '60.00', 'private'],
        ['102', '60.00', 'private'],
      ],
    })
    await approvedPlan(stage, project, {
      lines: [{ line: 'L1', item: 'I02', amount: '32941.18' }],
      shares: [{ line: 'L1', source: 'F51', dwelling: dwellingOf(project, '101'), amount: '32941.18' }],
    })
    return project
  }

  it('keeps what was paid too much apart and gives it back, and no fen more (O-48)', async () => {
    const project = await owing()
    expect((await receive(project, '33000.00', '101')).json).toMatchObject({ applied: '32941.18', excess: '58.82' })
    expect(await balanceOf(door(), book(project), '230705')).toBe('Cr 58.82')
    const refund = (amount: string) =>
      stage.ask(at(project, 'contributions/refunds'), {
        source: 'F51',
        dwelling: dwellingOf(project, '101'),
        amount,
        reference: '退款 1',
        on,
      })
    const much = await refund('58.83')
    expect([much.json.code, much.json.detail]).toEqual(['refund_exceeds_excess', expect.stringContaining('58.82')])
    expect((await refund('58.82')).status).toBe(201)
    expect(await balanceOf(door(), book(project), '230705')).toBe('Cr 0.00')
    expect(await balanceOf(door(), book(project), '100202')).toBe('Dr 32941.18')
    await expectClean(door())
  })

  it('holds money of no known dwelling in suspense until it is matched (O-48)', async () => {
    const project = await owing()
    const unknown = await receive(project, '5000.00')
    expect(unknown.json).toMatchObject({ applied: '0.00', suspense: '5000.00' })
    expect(await balanceOf(door(), book(project), '230799')).toBe('Cr 5000.00')
    const match = (dwelling: string, receipt = unknown.json.receipt) =>
      stage.ask(at(project, 'contributions/matches'), {
        receipt,
        dwelling: dwellingOf(project, dwelling),
        reference: '认领单 1',
        on,
      })
    expect((await match('102')).json.code).toBe('contribution_not_due')
    expect((await match('101', 99)).json.code).toBe('owner_movement_not_found')
    expect((await match('101')).json).toMatchObject({ applied: '5000.00', suspense: '-5000.00' })
    expect((await match('101')).json.code).toBe('owner_movement_not_found')
    expect(await balanceOf(door(), book(project), '230799')).toBe('Cr 0.00')
    expect(await balanceOf(door(), book(project), '230701')).toBe('Cr 5000.00')
    const { json } = await stage.ask(at(project, 'contributions'))
    expect([json.suspense, json.dwellings[0].paid]).toEqual(['0.00', '5000.00'])
    await expectClean(door())
  })

  it('refuses money that is not owners’, and owners’ money before there is a plan', async () => {
    const project = await newProject(door(), { dwellings: [['101', '60.00', 'private']] })
    expect((await receive(project, '1.00', '101', 'F21')).json.code).toBe('plan_source_unknown')
    const early = await receive(project, '1.00', '101')
    expect([early.status, early.json.code]).toEqual([409, 'plan_not_in_force'])
  })
})

describe('leaving works out (clause 22, O-49)', () => {
  const numbers = ['101', '102', '103', '104', '105', '106', '107', '108', '109', '110']
  const line = { line: 'CH', item: 'B02', quantity: 10, unitPrice: '4200.00', amount: '42000.00' }

  /** Ten windows of 4,200, of which each of ten owners pays 840 and the city the rest. */
  async function windows(): Promise<string> {
    const project = await newProject(door(), {
      items: { B02: '42000.00' },
      dwellings: numbers.map((number) => [number, '60.00', 'private'] as const),
    })
    const owners = numbers.map((number) => ({
      line: 'CH',
      source: 'F51',
      dwelling: dwellingOf(project, number),
      quantity: 1,
      amount: '840.00',
    }))
    await approvedPlan(stage, project, {
      lines: [line],
      shares: [{ line: 'CH', source: 'F21', amount: '33600.00' }, ...owners],
    })
    return project
  }

  const paper = (project: string, kind: DocumentKind, dwelling?: string) => {
    const items = [{ item: 'B02', ...(dwelling && dwellingOf(project, dwelling)) }]
    const given = { project, kind, number: `${kind}-${dwelling ?? ''}`, on: day('2026-03-01'), items }
    return recordDocument(door().ledger, officer, given, `${project}-${kind}-${dwelling ?? ''}`)
  }
  const change = (project: string, dwelling: string, quantity = 1, of = 'CH'): Promise<Answer> =>
    stage.ask(at(project, 'scope-changes'), {
      line: of,
      waivers: [{ dwelling: dwellingOf(project, dwelling), quantity }],
    })

  it('is refused without the waiver, and without the design change', async () => {
    const project = await windows()
    const neither = await change(project, '103')
    expect([neither.status, neither.json.code]).toEqual([422, 'scope_reduction_unproven'])
    expect(neither.json.clause).toContain('（二十二）')
    await paper(project, 'waiver', '103')
    expect((await change(project, '103')).json.code).toBe('scope_reduction_unproven')
    await paper(project, 'design_change')
    expect((await change(project, '103')).status).toBe(202)
  })

  it('shrinks scope, shares, commitment and owner’s payment together, and posts all of it', async () => {
    const project = await windows()
    for (const number of ['103', '104']) {
      expect((await receive(project, '840.00', number)).json).toMatchObject({ applied: '840.00' })
    }
    await quotaFor(project)
    await commitmentOf(project)
    await paper(project, 'waiver', '103')
    await paper(project, 'design_change')
    const submitted = await change(project, '103')
    expect(submitted.json.plans[0]).toMatchObject({
      kind: 'scope_change',
      version: 2,
      total: '37800.00',
      gap: '0.00',
      sources: [
        { source: 'F21', amount: '30240.00' },
        { source: 'F51', amount: '7560.00' },
      ],
    })
    const approved = await stage.approve(submitted)
    expect(approved.json.state, approved.text).toBe('approved')
    expect(await balanceOf(door(), `${project}-PLAN`, '951')).toBe('Cr 37800.00')
    expect(await balanceOf(door(), `${project}-PLAN`, '951', { source: 'F21' })).toBe('Cr 30240.00')
    expect(await balanceOf(door(), book(project), '910302', { source: 'F21' })).toBe('Dr 30240.00')
    expect(await balanceOf(door(), book(project), '910301', { source: 'F21' })).toBe('Dr 3360.00')
    expect(await balanceOf(door(), book(project), '230701')).toBe('Cr 840.00')
    expect(await balanceOf(door(), book(project), '100202')).toBe('Dr 840.00')
    const red = (await stage.ask(`/v1/books/${project}-PLAN/entries`)).json.items.at(-1)
    expect(red).toMatchObject({ type: 'red', documents: expect.arrayContaining([{ number: 'waiver-103' }]) })
    const [cost] = await door().test.database.sql`select cost_fen from project_item where project = ${project}`
    expect(cost?.['cost_fen']).toBe(3_780_000n)
    const { json } = await stage.ask(at(project, 'contributions'))
    expect(
      json.dwellings.find((each: { dwelling: { dwelling: string } }) => each.dwelling.dwelling === '103'),
    ).toMatchObject({
      due: '0.00',
      paid: '0.00',
    })
    expect((await stage.ask(at(project, 'money'))).json.sources[0]).toMatchObject({
      source: 'F21',
      planned: '30240.00',
      committed: '30240.00',
    })
    await expectClean(door())
  })

  it('makes an owner who has not paid simply owe less', async () => {
    const project = await windows()
    await paper(project, 'waiver', '105')
    await paper(project, 'design_change')
    expect((await stage.approve(await change(project, '105'))).json.state).toBe('approved')
    expect(await balanceOf(door(), book(project), '230701')).toBe('Cr 0.00')
    expect((await receive(project, '840.00', '105')).json).toMatchObject({ applied: '0.00', suspense: '840.00' })
  })

  it('refuses more than the household has, a line that counts nothing, and a plan that is not in force', async () => {
    const project = await windows()
    await paper(project, 'waiver', '103')
    await paper(project, 'design_change')
    const much = await change(project, '103', 2)
    expect([much.json.code, much.json.detail]).toEqual([
      'scope_reduction_too_large',
      expect.stringContaining('有 1 个'),
    ])
    expect((await change(project, '103', 1, 'XX')).json.code).toBe('plan_share_unplaced')
    const other = await newProject(door(), { items: { B02: '100.00' }, dwellings: [['103', '60.00', 'private']] })
    expect((await change(other, '103')).json.code).toBe('plan_not_in_force')
    const shares = [{ line: 'CH', source: 'F51', dwelling: dwellingOf(other, '103'), amount: '100.00' }]
    await approvedPlan(stage, other, { lines: [{ line: 'CH', item: 'B02', amount: '100.00' }], shares })
    await paper(other, 'waiver', '103')
    await paper(other, 'design_change')
    expect((await change(other, '103')).json.code).toBe('scope_line_not_counted')
  })

  it('refuses a reduction that the other shares cannot take', async () => {
    const project = await newProject(door(), {
      items: { B02: '100.00' },
      dwellings: [
        ['103', '60.00', 'private'],
        ['104', '60.00', 'private'],
      ],
    })
    const owner = (number: string, amount: string) => ({
      line: 'CH',
      source: 'F51',
      dwelling: dwellingOf(project, number),
      quantity: 1,
      amount,
    })
    const counted = { line: 'CH', item: 'B02', quantity: 2, unitPrice: '50.00', amount: '100.00' }
    await approvedPlan(stage, project, { lines: [counted], shares: [owner('103', '10.00'), owner('104', '90.00')] })
    await paper(project, 'waiver', '103')
    await paper(project, 'design_change')
    const refused = await change(project, '103')
    expect([refused.json.code, refused.json.detail]).toEqual([
      'scope_shares_do_not_fit',
      expect.stringContaining('40.00'),
    ])
  })

  it('is not approved below what is committed and paid already', async () => {
    const project = await windows()
    await quotaFor(project)
    await commitmentOf(project)
    await door().test.database.sql`
      update commitment set paid_fen = amount_fen, state = 'paid', version = version + 1 where project = ${project}`
    await paper(project, 'waiver', '103')
    await paper(project, 'design_change')
    const submitted = await change(project, '103')
    const refused = await stage.approve(submitted)
    expect([refused.status, refused.json.code]).toEqual([422, 'plan_below_claims'])
  })

  /** An indicator of 33,600.00 under the project, on both axes. */
  async function quotaFor(project: string): Promise<void> {
    const indicator = `ZB-${project}`
    await door().test.database.sql`
      insert into indicator (indicator, book, district, document_number, level, source, year, programme, purpose, payment, kind, state, version)
      values (${indicator}, ${book(project)}, '110102', '京财〔2026〕1号', 'municipal', 'F21', 2026, 'LJ2026', '改造补助', 'authorised', 'final',
        'in_force', 1)`
    const held = { project, source: 'F21', indicator }
    const lines = (['910102', '910301'] as const).flatMap((account) => [
      entryLine(account, 'debit', '33600.00', held),
      entryLine(account === '910102' ? '9901' : '9903', 'credit', '33600.00', held),
    ])
    const of = await door().ledger.shelf.find(book(project))
    if (!of) throw new Error('the project has a book')
    await asAction(door().ledger, of, draft('2026-01-05', lines))
  }

  async function commitmentOf(project: string): Promise<void> {
    const given = {
      project,
      item: 'B02',
      indicator: `ZB-${project}`,
      amount: fen('33600.00'),
      on: day('2026-01-06'),
    }
    expect(await makeCommitment(door().ledger, officer, given, `commit-${project}`)).toHaveProperty('answer')
  }
})
