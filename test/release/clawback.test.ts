/**
 * What a corrected score or an audit finding takes back, what stays outstanding, and what approvals refuse when they
 * come too late.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { quarter } from '../../src/base/quarter.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { draftFor, quotaIssued } from '../../src/budget/indicator/entries.ts'
import { addRecovery } from '../../src/budget/recovery/store.ts'
import { putIndicator } from '../../src/budget/indicator/store.ts'
import { childOf } from '../../src/allocation/allocation.ts'
import { day } from '../../src/base/calendar.ts'
import { openDatabase } from '../../src/base/db.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { releaseChecks } from '../../src/release/checks.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, post, report, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
const districts = ['110101', '110102', '110105', '110106', '110107', '110108']

const survey = (district: string, indicator: string, value: string) =>
  office.enterScore('2026Q2', { district, indicator, value })
const balance = async (book: string, account: string, more = ''): Promise<string> =>
  (await door().ask(`/v1/books/${book}/balances?account=${account}${more}`)).json.balance

/** A district with 10,000,000 allotted, half of it paid and spent, that scores well over 90 at a progress of 45 %. */
beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, districts)
  await allocate(ledger, {
    shares: districts.map((district) => ({ district, amount: '10000000' })),
    cashPlan: '60000000',
  })
  for (const district of districts) {
    const project = `X${district}`
    await actOnce(ledger, async (act) => {
      await addProject(act.tx, {
        project,
        district,
        area: 1_000n,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.45']],
      })
      await planned(act, project, [
        ['F21', '10000000'],
        ['F81', '5000000'],
      ])
    })
    const drafted = await office.draft({
      allocation: 'FP-2026',
      district,
      tranche: 1,
      amount: '5000000',
      on: '2026-02-10',
    })
    await office.approve(drafted.json.approval)
    await actOnce(ledger, (act) => spent(act, district, 'LJ2026', '5000000', '2026-05-08'))
    await survey(district, 'satisfaction', '0.95')
    await survey(district, 'integrity', '1')
  }
  await actOnce(ledger, (act) => runEarly(act, { quarter: quarter('2026Q2'), run: 1, askedBy: 'finance_maker' }))
  for (const { approval, district } of (await office.get('/v1/releases?state=drafted')).json.items) {
    if (district === '110101' || district === '110105' || district === '110107' || district === '110108') {
      const answer = await office.approve(approval)
      expect(answer.json.state, answer.text).toBe('approved')
    }
  }
})

const early = async (district: string) =>
  (await office.get(`/v1/releases?district=${district}&kind=early`)).json.items[0]
const claw = (release: string, cause: string) =>
  office.draft({ cause, document: '更正通知〔2026〕1号', reason: '满意度复核' }, `/v1/releases/${release}/clawback`)

describe('a corrected score', () => {
  it('that still earns it takes nothing back', async () => {
    const { release } = await early('110105')
    expect((await claw(release, 'score_corrected')).json.code).toBe('clawback_unfounded')
    await survey('110105', 'satisfaction', '0.91')
    await office.draft({}, '/v1/scores/2026Q2/110105')
    expect((await claw(release, 'score_corrected')).json.code).toBe('clawback_unfounded')
    expect((await office.get('/v1/early-disbursement/2026Q2/review')).json.items).toEqual([])
  })

  it('below the line lists the release, and claws back what the quota still holds', async () => {
    const { release } = await early('110105')
    await actOnce(door().ledger, (act) => spent(act, '110105', 'LJ2026', '1200000', '2026-07-15'))
    await survey('110105', 'satisfaction', '0.8999')
    await office.draft({}, '/v1/scores/2026Q2/110105')
    const { json: review } = await office.get('/v1/early-disbursement/2026Q2/review')
    expect(review.items).toMatchObject([
      { release, district: '110105', scoreUsed: 1, scoreVersion: 3, failed: ['居民满意度'], early: '3000000.00' },
    ])
    const asked = await claw(release, 'score_corrected')
    expect(asked.status, asked.text).toBe(201)
    expect(asked.json.clawback).toMatchObject({ asked: '3000000.00', state: 'drafted' })
    expect((await claw(release, 'score_corrected')).json.code).toBe('clawback_pending')
    const cashPlan = await balance('CITY', '910501')
    expect((await office.approve(asked.json.approval)).json.state).toBe('approved')
    const { json } = await office.get(`/v1/releases/${release}`)
    expect(json).toMatchObject({ clawed: '1800000.00', projects: [{ project: 'LJ2026', amount: '1200000.00' }] })
    expect(json.clawbacks).toMatchObject([{ state: 'posted', taken: '1800000.00', outstanding: '1200000.00' }])
    expect(json.instructions).toMatchObject([{ reference: release }, { reference: 'B-1', amount: '1800000.00' }])
    expect(await balance('D110105', '1011')).toBe('0.00')
    expect(await balance('D110105', '910202')).toBe('6200000.00')
    // What is spent is claimed (J46).
    expect(await balance('CITY', '910402', '&source=F21')).toBe('39000000.00')
    expect(await balance('CITY', '910403', '&source=F21')).toBe('1200000.00')
    expect(Number(await balance('CITY', '910501')) - Number(cashPlan)).toBe(1_800_000)
    await office.soundBooks()
  })

  it('leaves what is spent to be missing from the next tranche', async () => {
    const tooMuch = await office.draft({ allocation: 'FP-2026', district: '110105', tranche: 2, amount: '1800000.00' })
    expect(tooMuch.json.code).toBe('tranche_not_due')
    await actOnce(door().ledger, ({ tx }) => report(tx, 'X110105', '2026-07-14', '0.60'))
    const above = await office.draft({ allocation: 'FP-2026', district: '110105', tranche: 2, amount: '1800000.01' })
    expect(above.json.code).toBe('release_exceeds_tranche')
    const rest = await office.draft({ allocation: 'FP-2026', district: '110105', tranche: 2, amount: '1800000.00' })
    expect((await office.approve(rest.json.approval)).json.state).toBe('approved')
    await actOnce(door().ledger, ({ tx }) => report(tx, 'X110105', '2026-07-15', '1'))
    const last = await office.draft({ allocation: 'FP-2026', district: '110105', tranche: 3, amount: '2000000.00' })
    expect((await office.approve(last.json.approval)).json.state).toBe('approved')
    expect(await balance('D110105', '910202')).toBe('10000000.00')
    await office.soundBooks()
  })

  it('is asked for nothing once it is due', async () => {
    const { release } = await early('110105')
    expect((await claw(release, 'audit_finding')).json.code).toBe('clawback_nothing_early')
  })
})

describe('an audit finding', () => {
  it('claws back whole what nobody has spent, and a rejected one nothing', async () => {
    const { release } = await early('110101')
    const first = await claw(release, 'audit_finding')
    await office.decide(first.json.approval, 'check')
    expect((await office.decide(first.json.approval, 'reject')).json.state).toBe('rejected')
    expect((await office.get(`/v1/releases/${release}`)).json).toMatchObject({
      clawed: '0.00',
      clawbacks: [{ state: 'rejected' }],
    })
    const second = await claw(release, 'audit_finding')
    expect((await office.approve(second.json.approval)).json.state).toBe('approved')
    expect((await office.get(`/v1/releases/${release}`)).json).toMatchObject({
      clawed: '3000000.00',
      projects: [{ amount: '0.00' }],
    })
    expect(await balance('D110101', '910202')).toBe('5000000.00')
    expect(await balance('D110101', '910102')).toBe('5000000.00')
    expect((await claw(release, 'audit_finding')).json.code).toBe('clawback_nothing_early')
    await office.soundBooks()
  })

  it('takes nothing where everything is spent, and leaves all of it outstanding', async () => {
    const { release } = await early('110107')
    await actOnce(door().ledger, (act) => spent(act, '110107', 'LJ2026', '3000000', '2026-07-15'))
    const asked = await claw(release, 'audit_finding')
    expect((await office.approve(asked.json.approval)).json.state).toBe('approved')
    const { json } = await office.get(`/v1/releases/${release}`)
    expect(json.clawbacks).toMatchObject([{ state: 'posted', taken: '0.00', outstanding: '3000000.00' }])
    expect(json.instructions).toHaveLength(1)
  })

  it('is for early releases only', async () => {
    const normal = (await office.get('/v1/releases?district=110101&kind=normal')).json.items[0].release
    expect((await claw(normal, 'audit_finding')).json.code).toBe('release_not_early')
    expect((await claw('R-999', 'audit_finding')).json.code).toBe('release_not_found')
    const waiting = (await early('110102')).release
    expect((await claw(waiting, 'audit_finding')).json.code).toBe('release_not_early')
  })
})

describe('an approval that comes too late', () => {
  it('is refused where the score was corrected meanwhile; rejected, the draft ends', async () => {
    const { approval, release } = await early('110106')
    await survey('110106', 'satisfaction', '0.50')
    await office.draft({}, '/v1/scores/2026Q2/110106')
    const refused = await office.approve(approval)
    expect(refused.json.code).toBe('early_no_longer_earned')
    expect(refused.json.detail).toContain('居民满意度')
    expect((await office.decide(approval, 'reject')).json.state).toBe('rejected')
    expect((await office.get(`/v1/releases/${release}`)).json.state).toBe('rejected')
    expect(await balance('D110106', '910202')).toBe('5000000.00')
  })

  it('is refused where the district has put its indicator elsewhere', async () => {
    const child = { ...childOf(upperOf('SZ-2026'), '110102', 'D110102'), version: 2 }
    const { approval } = await early('110102')
    await actOnce(door().ledger, async (act) => {
      const lines = quotaIssued(child, 2_500_000_00n)
      await post(act, 'elsewhere', [
        { book: 'D110102', draft: draftFor(child, { on: day('2026-07-15'), summary: '误下达', lines }) },
      ])
    })
    const refused = await office.approve(approval)
    expect(refused.json.code).toBe('district_indicator_insufficient')
    expect(refused.json.detail).toContain('SZ-2026-110102')
    expect((await office.decide(approval, 'withdraw')).json.state).toBe('withdrawn')
  })

  it('is refused where the indicator has lapsed', async () => {
    await actOnce(door().ledger, ({ tx }) => report(tx, 'X110102', '2026-07-14', '0.60'))
    const drafted = await office.draft({ allocation: 'FP-2026', district: '110102', tranche: 2, amount: '1.00' })
    expect(drafted.status, drafted.text).toBe(201)
    const child = childOf(upperOf('SZ-2026'), '110102', 'D110102')
    await actOnce(door().ledger, ({ tx }) => putIndicator(tx, { ...child, state: 'lapsed', version: 3 }))
    expect((await office.approve(drafted.json.approval)).json.code).toBe('indicator_not_in_force')
  })
})

describe('what a final budget takes back', () => {
  it('comes off the next tranche and off both indicators', async () => {
    await actOnce(door().ledger, ({ tx }) =>
      addRecovery(tx, 'SZ-2026', { district: '110108', dueFen: 600_000_00n, returnFen: 0n }),
    )
    await actOnce(door().ledger, ({ tx }) => report(tx, 'X110108', '2026-07-14', '1'))
    const above = await office.draft({ allocation: 'FP-2026', district: '110108', tranche: 3, amount: '1400000.01' })
    expect(above.json.code).toBe('release_exceeds_tranche')
    expect(above.json.detail).toContain('600000.00')
    const rest = await office.draft({ allocation: 'FP-2026', district: '110108', tranche: 3, amount: '1400000.00' })
    expect((await office.approve(rest.json.approval)).json.state).toBe('approved')
    expect(await balance('D110108', '910102')).toBe('0.00')
    expect(await balance('D110108', '9901')).toBe('9400000.00')
    expect(await balance('CITY', '9901')).toBe('59400000.00')
    const again = await office.draft({ allocation: 'FP-2026', district: '110108', tranche: 3, amount: '0.01' })
    expect(again.json.code).toBe('release_exceeds_tranche')
    await office.soundBooks()
  })
})

describe('the checks of releases', () => {
  const faults = async (...statements: string[]): Promise<string[]> => {
    const superuser = openDatabase(door().test.superUrl, { role: 'postgres' })
    const sql = await superuser.sql.reserve()
    const found: string[] = []
    try {
      // Guards stand in the way of what these statements plant; they are put back with it.
      await sql`begin`
      for (const table of ['release', 'clawback', 'treasury_instruction', 'early_run_score', 'release_part'])
        await sql`alter table ${sql(table)} disable trigger user`
      for (const statement of statements) await sql.unsafe(statement)
      for (const { check, run } of releaseChecks) if ((await run(sql)).faults.length > 0) found.push(check)
      await sql`rollback`
    } finally {
      sql.release()
      await superuser.close()
    }
    return found
  }

  it('find nothing in what was done here', async () => expect(await faults()).toEqual([]))

  it.each([
    [
      ['releases_within_allotments'],
      `update allotment_release set released_fen = released_fen + 1 where district = '110101'`,
    ],
    [['releases_by_project'], `update release_part set amount_fen = amount_fen + 1 where release_id = 1`],
    [
      ['releases_within_allotments', 'releases_by_project', 'releases_posted'],
      `update release set clawed_fen = clawed_fen - 1 where clawed_fen > 0`,
    ],
    [['releases_by_project', 'instructions_once'], `update clawback set taken_fen = taken_fen - 1 where taken_fen > 0`],
    [['early_releases_by_score'], `delete from early_run_score where district = '110105'`],
    [['instructions_once'], `delete from treasury_instruction where release_id = 1`],
    [
      ['instructions_once'],
      `update treasury_instruction set amount_fen = amount_fen + 1 where clawback_id is not null`,
    ],
  ])('find %j in %s', async (checks, statement) => expect(await faults(statement)).toEqual(checks))

  it('find a release that the books do not hold', async () => {
    const planted = `update closing set credit_fen = credit_fen + 1 where (book_id, account, booked_on) in (
      select a.book_id, a.account, c.booked_on from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
      where a.subject = '910402' and a.counterparty = '110101')`
    expect(await faults(planted)).toEqual(['releases_posted'])
  })
})
