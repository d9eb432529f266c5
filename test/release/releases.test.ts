/**
 * O-06 and O-81 from end to end through the door: entered, computed, drafted, approved, posted, instructed; and every
 * refusal on the way.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { cashPlanned, draftFor } from '../../src/budget/indicator/entries.ts'
import { day } from '../../src/base/calendar.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { type Door, useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, fen, openBooks, planned, post, report, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
let folder = ''
const district = '110105'
const sha = 'ab'.repeat(32)

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-treasury-'))
  office = openOffice(door(), folder)
  const { ledger } = door()
  await openBooks(ledger, [district, '110106'])
  await actOnce(ledger, async (act) => {
    for (const [project, area] of [
      ['P1', 3_000n],
      ['P2', 5_000n],
      ['P3', 2_000n],
    ] as const) {
      await addProject(act.tx, {
        project,
        district,
        area,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.40']],
        communities: 2,
      })
      await planned(act, project, [
        ['F21', '20000000'],
        ['F81', '10000000'],
      ])
    }
    await addProject(act.tx, { project: 'Q1', district: '110106', area: 1_000n })
  })
  await allocate(ledger, {
    shares: [
      { district, project: 'P1', amount: '13468065.99' },
      { district, project: 'P2', amount: '20202099.00' },
      { district, project: 'P3', amount: '6734033.00' },
    ],
    cashPlan: '35000000',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const release = (more: object) => ({ allocation: 'FP-2026', district, ...more })
const balance = async (book: string, account: string, more = ''): Promise<string> =>
  (await door().ask(`/v1/books/${book}/balances?account=${account}${more}`)).json.balance
const entered = (indicator: string, value: string) => ({
  district,
  indicator,
  value,
  document: '满意度调查报告〔2026〕2号',
  sha256: sha,
  sampleSize: 1200,
})

describe('tranche 1', () => {
  it('is refused above its amount, in the wrong order, for the wrong district, with the figures', async () => {
    const refused = async (more: object, code: string, ...words: string[]) => {
      const answer = await office.draft(release({ on: '2026-02-10', ...more }))
      expect(answer.json.code, answer.text).toBe(code)
      for (const word of words) expect(answer.json.detail).toContain(word)
    }
    await refused(
      { tranche: 1, amount: '20202099.01' },
      'release_exceeds_tranche',
      '20202099.00',
      '20202099.01',
      '0.01',
    )
    await refused({ tranche: 2, amount: '1.00' }, 'tranche_out_of_order', '20202099.00')
    await refused({ tranche: 4, amount: '1.00' }, 'tranche_unknown', '3')
    await refused({ tranche: 1, amount: '1.00', district: '110106' }, 'district_not_allotted', '110106')
    await refused({ tranche: 1, amount: '1.00', allocation: 'NONE' }, 'allocation_not_found', 'NONE')
    await refused({ tranche: 1, amount: '1.00', on: '2026-01-14' }, 'release_day_invalid', '2026-01-15')
    await refused({ tranche: 1, amount: '1.00', on: '2026-07-16' }, 'release_day_invalid', '2026-07-15')
  })

  it('is posted in both books when it is approved, and the treasury is told once', async () => {
    const drafted = await office.draft(release({ tranche: 1, amount: '20202099.00', on: '2026-02-10' }))
    expect(drafted.status, drafted.text).toBe(201)
    const second = await office.draft(release({ tranche: 1, amount: '1.00' }))
    expect(second.json.code).toBe('release_pending')
    expect(await balance('CITY', '910402')).toBe('0.00')
    const approved = await office.approve(drafted.json.approval)
    expect(approved.json.state, approved.text).toBe('approved')
    expect(await balance('CITY', '910402')).toBe('20202099.00')
    expect(await balance('CITY', '910401')).toBe('20202098.99')
    expect(await balance('CITY', '910501')).toBe('14797901.00')
    expect(await balance(`D${district}`, '1011')).toBe('20202099.00')
    expect(await balance(`D${district}`, '1011', '&project=P1')).toBe('6734033.00')
    expect(await balance(`D${district}`, '910202', '&project=P2')).toBe('10101049.50')
    await office.runJobs()
    expect(await readdir(folder)).toEqual(['R-1.json'])
    const { json } = await office.get('/v1/releases/R-1')
    expect(json).toMatchObject({ state: 'released', releasedOn: '2026-02-10', amount: '20202099.00' })
    expect(json.instructions).toMatchObject([{ reference: 'R-1', state: 'sent', receipt: 'R-1.json' }])
    expect(JSON.parse(await readFile(join(folder, 'R-1.json'), 'utf8'))).toMatchObject({
      VoucherNo: 'R-1',
      PayAmt: '20202099.00',
      StYear: '2026',
      PayeeDivCode: district,
    })
    await office.soundBooks()
  })

  it('cannot be paid again', async () => {
    const answer = await office.draft(release({ tranche: 1, amount: '0.01' }))
    expect(answer.json.code).toBe('release_exceeds_tranche')
  })
})

describe('scores', () => {
  it('are not made of a quarter under way or without all inputs, and say what is missing', async () => {
    const ask = (path: string, body: object = {}) => office.draft(body, path)
    expect((await ask(`/v1/scores/2026Q3/${district}`)).json.code).toBe('quarter_not_ended')
    expect((await ask('/v1/scores/2026Q3/entries', entered('satisfaction', '0.9'))).json.code).toBe('quarter_not_ended')
    expect((await ask('/v1/scores/2026Q2/110103')).json.code).toBe('district_unknown')
    const missing = await ask(`/v1/scores/2026Q2/${district}`)
    expect(missing.json.code).toBe('score_inputs_missing')
    expect(missing.json.detail).toContain('廉政风险防控、居民满意度')
    expect((await office.get(`/v1/scores/2026Q2/${district}`)).json.code).toBe('score_not_found')
    expect((await ask('/v1/scores/2026Q2/entries', entered('satisfaction', '1.01'))).status).toBe(400)
    expect((await ask('/v1/scores/2026Q2/entries', { ...entered('integrity', '1'), sampleSize: 0 })).status).toBe(400)
  })

  it('come from the books and projects, and 89.99 earns nothing', async () => {
    for (const [indicator, value] of [
      ['satisfaction', '0.89'],
      ['satisfaction', '0.90'],
      ['integrity', '1'],
    ] as const) {
      await office.enterScore('2026Q2', { district, indicator, value })
    }
    // 12,115,000 of 20,202,099 spent: 11.99 points of 20.
    await actOnce(door().ledger, (act) => spent(act, district, 'P2', '10000000', '2026-05-08'))
    await actOnce(door().ledger, (act) => spent(act, district, 'P1', '2115000', '2026-06-08'))
    const { status, json } = await office.draft({}, `/v1/scores/2026Q2/${district}`)
    expect([status, json.version, json.total, json.frozen]).toEqual([201, 1, '89.99', false])
    expect(json.score.indicators.map(({ points }: { points: string }) => points)).toEqual([
      '25.00',
      '11.99',
      '10.00',
      '15.00',
      '10.00',
      '18.00',
    ])
    expect(json.score).toMatchObject({ arrival: '0.5000', leverage: '2.23' })
    expect(json.facts.figures).toContainEqual({
      kind: 'spent',
      book: `D${district}`,
      account: '7201',
      source: 'F21',
      amount: '12115000.00',
    })
    expect(json.sequences).toHaveProperty(`D${district}`)
    const preview = await office.get('/v1/early-disbursement/2026Q2/preview')
    expect(preview.json.run).toBe(1)
    expect(preview.json.result.drafts).toEqual([])
    expect(preview.json.result.others).toContainEqual({
      district,
      reason: 'conditions_not_met',
      failed: ['score'],
      conditions: { score: '89.99', satisfaction: '0.90', progress: '0.4000' },
    })
  })

  it('stay the same version while nothing changes', async () => {
    const again = await office.draft({}, `/v1/scores/2026Q2/${district}`)
    expect(again.json.version).toBe(1)
  })
})

describe('early disbursement', () => {
  const ask = (body: object = {}) => office.draft(body, '/v1/early-disbursement/2026Q2')

  it('runs as a job and drafts nothing at 89.99', async () => {
    expect((await ask({ run: 2 })).json.code).toBe('early_run_out_of_order')
    expect((await office.draft({}, '/v1/early-disbursement/2026Q3')).json.code).toBe('quarter_not_ended')
    expect((await office.get('/v1/early-disbursement/2026Q2/runs/1')).json.code).toBe('early_run_not_found')
    expect((await ask()).status).toBe(202)
    await office.runJobs()
    const { json } = await office.get('/v1/early-disbursement/2026Q2/runs/1')
    expect(json.result.drafts).toEqual([])
    expect(json.askedBy).toBe('finance_maker')
    expect(json.result.others).toHaveLength(16)
    expect(json.result.others).toContainEqual(expect.objectContaining({ district: '110106', reason: 'inputs_missing' }))
  })

  it('pays tranche 2 at a score of 90, a satisfaction of 90 % and a progress of 40 %', async () => {
    // What was posted late for June makes another version; the frozen one stays.
    await actOnce(door().ledger, (act) => spent(act, district, 'P1', '6259.40', '2026-06-30'))
    const { json: corrected } = await office.draft({}, `/v1/scores/2026Q2/${district}`)
    expect([corrected.version, corrected.total]).toEqual([2, '90.00'])
    const { json: versions } = await office.get(`/v1/scores/2026Q2/${district}`)
    expect(
      versions.items.map(({ total, frozen, runs }: { total: string; frozen: boolean; runs: number[] }) => [
        total,
        frozen,
        runs,
      ]),
    ).toEqual([
      ['89.99', true, [1]],
      ['90.00', false, []],
    ])
    const { json: preview } = await office.get('/v1/early-disbursement/2026Q2/preview')
    expect(preview.result.drafts).toMatchObject([{ district, tranche: 2, amount: '12121259.40', scoreVersion: 2 }])
    expect((await ask({ run: 2 })).status).toBe(202)
    await office.runJobs()
    const { json: run } = await office.get('/v1/early-disbursement/2026Q2/runs/2')
    expect(run.result).toEqual(preview.result)
    expect(run.factsHash).toBe(preview.factsHash)
    const { json: list } = await office.get('/v1/releases?state=drafted')
    expect(list.items).toMatchObject([
      { release: 'R-2', kind: 'early', tranche: 2, amount: '12121259.40', scoreVersion: 2, quarter: '2026Q2', run: 2 },
    ])
    const approved = await office.approve(list.items[0].approval)
    expect(approved.json.state, approved.text).toBe('approved')
    expect(await balance('CITY', '910402')).toBe('32323358.40')
    expect(await balance(`D${district}`, '1011')).toBe('20202099.00')
    await office.soundBooks()
  })

  it('is answered the same when it is asked for again, and has no second effect', async () => {
    const before = await door().counts()
    expect((await ask({ run: 2 })).status).toBe(202)
    await office.runJobs()
    expect((await door().counts()).entry).toBe(before.entry)
    expect((await office.get('/v1/releases')).json.items).toHaveLength(2)
    expect((await ask({ run: 3 })).status).toBe(202)
    await office.runJobs()
    const { json } = await office.get('/v1/early-disbursement/2026Q2/runs/3')
    expect(json.result.drafts).toEqual([])
    expect(json.result.others).toContainEqual(
      expect.objectContaining({ district, reason: 'not_early', tranche: 3, amount: '8080839.59' }),
    )
  })
})

describe('the rest', () => {
  it('waits for completion', async () => {
    const answer = await office.draft(release({ tranche: 3, amount: '8080839.59' }))
    expect(answer.json.code).toBe('tranche_not_due')
    expect(answer.json.detail).toContain('0.4000')
  })

  it('is refused above the cash plan, by its clause, until the plan is raised', async () => {
    await actOnce(door().ledger, async ({ tx }) => {
      for (const project of ['P1', 'P2', 'P3']) await report(tx, project, '2026-07-14', '1')
    })
    const above = await office.draft(release({ tranche: 3, amount: '8080839.59' }))
    expect(above.json.code).toBe('release_exceeds_cash_plan')
    expect(above.json.clause).toContain('第五十七条')
    expect(above.json.detail).toContain('2676641.60')
    expect(above.json.detail).toContain('5404197.99')
    const upper = upperOf('SZ-2026')
    await actOnce(door().ledger, (act) =>
      post(act, 'plan:more', [
        {
          book: 'CITY',
          draft: draftFor(upper, {
            on: day('2026-07-15'),
            summary: '追加用款计划',
            lines: cashPlanned(upper.programme, upper.source, fen('5404197.99')),
          }),
        },
      ]),
    )
    const drafted = await office.draft(release({ tranche: 3, amount: '8080839.59' }))
    expect(drafted.status, drafted.text).toBe(201)
    expect((await office.approve(drafted.json.approval)).json.state).toBe('approved')
  })

  it('makes the sum the allotment, to the fen and to every project', async () => {
    const { json } = await office.get('/v1/releases')
    const amounts = json.items.map(({ amount }: { amount: string }) => fen(amount))
    expect(amounts.reduce((sum: bigint, one: bigint) => sum + one, 0n)).toBe(fen('40404197.99'))
    expect(await balance('CITY', '910401')).toBe('0.00')
    expect(await balance('CITY', '910501')).toBe('0.00')
    for (const [project, amount] of [
      ['P1', '13468065.99'],
      ['P2', '20202099.00'],
      ['P3', '6734033.00'],
    ]) {
      expect(await balance(`D${district}`, '910202', `&project=${project}`)).toBe(amount)
    }
    await office.runJobs()
    expect((await readdir(folder)).toSorted()).toEqual(['R-1.json', 'R-2.json', 'R-3.json'])
    const nothing = await office.draft(release({ tranche: 3, amount: '0.01' }))
    expect(nothing.json.code).toBe('release_exceeds_tranche')
    await office.soundBooks()
  })
})

describe('who is asked', () => {
  it('hides another district, and lets nobody of a district run the quarter', async () => {
    const ask: Door['ask'] = (path, given) => door().ask(path, given)
    const token: Door['token'] = (role, options) => door().token(role, options)
    const other = await token('finance_maker', { district: '110106', person: 'fang' })
    expect((await ask('/v1/releases/R-1', { token: other })).json.code).toBe('release_not_found')
    expect((await ask('/v1/releases/R-99', { token: other })).json.detail).toContain('R-99')
    expect((await ask('/v1/releases', { token: other })).json.items).toEqual([])
    expect((await ask(`/v1/releases?district=${district}`, { token: other })).json.items).toEqual([])
    expect((await ask('/v1/scores/2026Q2', { token: other })).json.items).toEqual([])
    expect((await ask(`/v1/scores/2026Q2/entries?district=${district}`, { token: other })).json.items).toEqual([])
    expect((await ask(`/v1/scores/2026Q2/${district}`, { token: other })).json.code).toBe('score_not_found')
    const body = { allocation: 'FP-2026', district, tranche: 1, amount: '1.00' }
    expect((await ask('/v1/releases', { token: other, body })).json.code).toBe('allocation_not_found')
    expect((await ask('/v1/early-disbursement/2026Q2', { token: other, body: {} })).json.code).toBe(
      'early_run_not_found',
    )
    expect((await ask('/v1/early-disbursement/2026Q2/preview', { token: other })).json.code).toBe('early_run_not_found')
    const auditor = await token('auditor')
    expect((await ask('/v1/releases', { token: auditor, body })).status).toBe(403)
    expect((await ask('/v1/early-disbursement/2026Q2/preview', { token: auditor })).status).toBe(200)
  })
})
