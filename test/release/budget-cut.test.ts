/**
 * What a final budget below its early notice takes back (O-05): off what is unpaid, by district, by allocation, by
 * project, so that what is paid in all is the final budget; and what leaves the plan is paid no more.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { actOnce } from '../../src/ledger/act.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { releaseChecks } from '../../src/release/checks.ts'
import { openDatabase } from '../../src/base/db.ts'
import { addProject, allocate, openBooks, testClock } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
const districts = ['110101', '110102', '110105', '110106', '110107', '110108'] as const
const cashPlan = '1000000'

const held = async (indicator: string) => (await office.get(`/v1/indicators/${indicator}/availability`)).json
const recoveries = async (indicator: string) => (await held(indicator)).recoveries

async function settle(indicator: string, final: string): Promise<void> {
  const body = { final, documentNumber: '京财预〔2026〕9号', on: '2026-03-02' }
  const settled = await office.draft(body, `/v1/indicators/${indicator}/final-budget`)
  expect(settled.status, settled.text).toBe(202)
  const approved = await office.approve(settled.json.approval)
  expect(approved.json.state, approved.text).toBe('approved')
}

type Tranche = readonly [allocation: string, district: string, tranche: number, amount: string]

async function pay(...[allocation, district, tranche, amount]: Tranche): Promise<string> {
  const drafted = await office.draft({ allocation, district, tranche, amount })
  if (drafted.status !== 201) return `${drafted.json.code} at the draft`
  const answer = await office.approve(drafted.json.approval)
  return answer.json.code ?? answer.json.state
}

beforeAll(async () => {
  office = openOffice(door())
  await openBooks(door().ledger, districts)
  for (const district of districts) {
    for (const project of [`X${district}`, `Y${district}`]) {
      const progress = [['2026-02-20', '1']] as const
      await actOnce(door().ledger, ({ tx }) => addProject(tx, { project, district, area: 1_000n, progress }))
    }
  }
})

describe('a lower final budget', () => {
  it('is taken off the allocation that has something left to be paid (A1)', async () => {
    const shares = [{ district: '110101', amount: '500' }]
    await allocate(door().ledger, {
      indicator: 'ZA',
      allocation: 'FA-1',
      notice: true,
      cashPlan,
      shares,
      beside: [{ allocation: 'FA-2', shares }],
    })
    for (const [tranche, amount] of ['250', '150', '100'].entries())
      expect(await pay('FA-1', '110101', tranche + 1, amount)).toBe('approved')
    await settle('ZA', '800')
    expect(await pay('FA-2', '110101', 3, '300.01')).toBe('tranche_out_of_order at the draft')
    expect(await pay('FA-2', '110101', 1, '50')).toBe('approved')
    expect(await pay('FA-2', '110101', 2, '150')).toBe('approved')
    expect(await pay('FA-2', '110101', 3, '100.01')).toBe('release_exceeds_tranche at the draft')
    expect(await pay('FA-2', '110101', 3, '100')).toBe('approved')
    expect(await held('ZA')).toMatchObject({ approved: '800.00', released: '800.00' })
    expect(await recoveries('ZA')).toMatchObject([{ district: '110101', due: '200.00', done: '200.00' }])
  })

  it('is charged to the district that is not paid yet (A2)', async () => {
    await allocate(door().ledger, {
      indicator: 'ZB',
      allocation: 'FB',
      notice: true,
      cashPlan,
      shares: [
        { district: '110102', amount: '500' },
        { district: '110105', amount: '500' },
      ],
    })
    for (const [tranche, amount] of ['250', '150', '100'].entries())
      expect(await pay('FB', '110102', tranche + 1, amount)).toBe('approved')
    await settle('ZB', '800')
    expect(await recoveries('ZB')).toMatchObject([{ district: '110105', due: '200.00', done: '0.00' }])
    for (const [tranche, amount] of ['50', '150', '100'].entries())
      expect(await pay('FB', '110105', tranche + 1, amount)).toBe('approved')
    expect(await held('ZB')).toMatchObject({ approved: '800.00', released: '800.00' })
    expect(await recoveries('ZB')).toMatchObject([{ district: '110105', due: '200.00', done: '200.00' }])
  })

  it('comes off projects by share, so the last tranche is paid (A3)', async () => {
    const district = '110106'
    await allocate(door().ledger, {
      indicator: 'ZC',
      allocation: 'FC',
      notice: true,
      cashPlan,
      shares: [
        { district, project: `X${district}`, amount: '500' },
        { district, project: `Y${district}`, amount: '500' },
      ],
    })
    expect(await pay('FC', district, 1, '500')).toBe('approved')
    await settle('ZC', '900')
    expect(await pay('FC', district, 2, '200')).toBe('approved')
    const left = { available: '100.00', issued: '350.00' }
    expect((await held(`ZC-${district}`)).byProject.slice(1)).toMatchObject([left, left])
    expect(await pay('FC', district, 3, '200')).toBe('approved')
    const paid = { available: '0.00', issued: '450.00' }
    expect((await held(`ZC-${district}`)).byProject.slice(1)).toMatchObject([paid, paid])
    expect(await held('ZC')).toMatchObject({ approved: '900.00', released: '900.00' })
    await office.soundBooks()
  })
})

describe('a project that left the plan', () => {
  it('is paid nothing until its share is taken back (A4)', async () => {
    const district = '110107'
    await allocate(door().ledger, {
      indicator: 'ZD',
      allocation: 'FD',
      cashPlan,
      shares: [
        { district, project: `X${district}`, amount: '500' },
        { district, project: `Y${district}`, amount: '500' },
      ],
    })
    const leave = (state: string) =>
      actOnce(door().ledger, ({ tx }) =>
        tx.query('update project set state = $2, version = version + 1 where project = $1', [`Y${district}`, state]),
      )
    const drafted = await office.draft({ allocation: 'FD', district, tranche: 1, amount: '500' })
    await leave('withdrawn')
    const refused = await office.approve(drafted.json.approval)
    expect(refused.json.code, refused.text).toBe('release_project_left')
    for (const word of [`Y${district}`, '500.00', 'FD']) expect(refused.json.detail).toContain(word)
    await office.decide(drafted.json.approval, 'withdraw')
    expect(await pay('FD', district, 1, '500')).toBe('release_project_left at the draft')
    expect((await held(`ZD-${district}`)).issued).toBe('0.00')
    await leave('under_way')
    expect(await pay('FD', district, 1, '500')).toBe('approved')
  })
})

describe('the checks', () => {
  const faults = async (statement: string): Promise<string[]> => {
    const superuser = openDatabase(door().test.superUrl, { role: 'postgres' })
    const sql = await superuser.sql.reserve()
    const found: string[] = []
    try {
      await sql`begin`
      for (const table of ['recovery_part', 'recovery_taken']) await sql`alter table ${sql(table)} disable trigger user`
      await sql.unsafe(statement)
      for (const { check, run } of releaseChecks) if ((await run(sql)).faults.length > 0) found.push(check)
      await sql`rollback`
    } finally {
      sql.release()
      await superuser.close()
    }
    return found
  }

  it('find nothing in what was done here', async () => expect(await faults('select 1')).toEqual([]))
  it.each([
    ['released_within_final_budget', `update indicator_recovery set due_fen = due_fen + 1 where indicator = 'ZB'`],
    ['recoveries_by_project', 'update recovery_part set amount_fen = amount_fen + 1'],
    ['recoveries_by_project', `update indicator_recovery set done_fen = done_fen - 1 where indicator = 'ZC'`],
  ])('find %s in %s', async (check, statement) => expect(await faults(statement)).toContain(check))
})
