/**
 * What decides about an early tranche beside its score: one notion of due for early and normal ones, the latest scored
 * quarter, the cash plan of the year.
 */
import { hash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { canonicalText } from '../../src/base/json.ts'
import { quarter } from '../../src/base/quarter.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, report, spent, testClock } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
const districts = ['110101', '110102'] as const

const enter = async (of: string, district: string, satisfaction: string): Promise<void> => {
  for (const [indicator, value] of [
    ['satisfaction', satisfaction],
    ['integrity', '1'],
  ] as const) {
    await office.enterScore(of, { district, indicator, value })
  }
}

let runs = 0
async function run(of: '2026Q2' | '2026Q3'): Promise<{ drafts: { [key: string]: unknown }[]; others: object[] }> {
  runs = of === '2026Q2' ? runs + 1 : runs
  const asked = { quarter: quarter(of), run: of === '2026Q2' ? runs : 1, askedBy: 'finance_maker' }
  const { result } = await actOnce(door().ledger, (act) => runEarly(act, asked))
  return result as Awaited<ReturnType<typeof run>>
}

/** Two projects a district, with an allocation each: works of 45 % and of 90 %, of equal area. */
beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, districts)
  for (const district of districts) {
    for (const [project, ratio] of [
      [`X${district}`, '0.45'],
      [`Y${district}`, '0.90'],
    ] as const) {
      const progress = [['2026-06-20', ratio]] as const
      await actOnce(ledger, async (act) => {
        await addProject(act.tx, { project, district, area: 1_000n, planBook: 'PLANS', progress })
        await planned(act, project, [
          ['F21', '1000'],
          ['F81', '1000'],
        ])
      })
    }
  }
  for (const [allocation, letter] of [
    ['FA', 'X'],
    ['FB', 'Y'],
  ] as const) {
    const shares = districts.map((district) => ({ district, project: `${letter}${district}`, amount: '1000' }))
    await allocate(ledger, { indicator: `Z${allocation}`, allocation, cashPlan: '2000', shares })
    for (const district of districts) {
      const drafted = await office.draft({ allocation, district, tranche: 1, amount: '500', on: '2026-02-10' })
      expect((await office.approve(drafted.json.approval)).json.state).toBe('approved')
      await actOnce(ledger, (act) => spent(act, district, `${letter}${district}`, '500', '2026-05-08'))
    }
  }
  for (const district of districts) await enter('2026Q2', district, '0.95')
})

describe('a tranche', () => {
  it('is due by the works it is for, early or not (B4)', async () => {
    const { drafts, others } = await run('2026Q2')
    expect(drafts).toMatchObject(districts.map((district) => ({ district, allocation: 'FA', tranche: 2 })))
    for (const district of districts) {
      expect(others).toContainEqual(expect.objectContaining({ district, allocation: 'FB', reason: 'due_anyway' }))
      const normal = await office.draft({ allocation: 'FB', district, tranche: 2, amount: '300' })
      expect(normal.status, normal.text).toBe(201)
      expect((await office.decide(normal.json.approval, 'withdraw')).json.state).toBe('withdrawn')
    }
  })
})

describe('what an early tranche rests on', () => {
  it('is in the run, its facts and hash, in the release and in what is approved', async () => {
    const { json } = await office.get('/v1/early-disbursement/2026Q2/runs/1')
    expect(hash('sha256', canonicalText(json.facts), 'hex')).toBe(json.factsHash)
    const rule = (parameter: string, value: unknown) =>
      expect.objectContaining({ parameter, value, from: '1900-01-01', clause: expect.stringContaining('（二十四）') })
    const rules = [
      rule('release_schedule', expect.any(Array)),
      rule('early_release_score', '90'),
      rule('early_release_satisfaction', '0.90'),
      rule('early_release_progress', '0.40'),
    ]
    expect(json.result.rules).toEqual(rules)
    const [{ approval, conditions }] = (await office.get('/v1/releases?state=drafted')).json.items
    expect(conditions.rules).toEqual(rules)
    const { content } = JSON.parse((await office.get(`/v1/approvals/${approval}`)).json.content)
    expect(content.rules).toEqual(rules)
    expect(content.clauses).toHaveLength(4)
    const preview = (await office.get('/v1/early-disbursement/2026Q2/preview')).json
    expect(hash('sha256', canonicalText(preview.facts), 'hex')).toBe(preview.factsHash)
  })
})

const approvedOf = async (asked: { json: { approval: string } }): Promise<string> => {
  const { json } = await office.approve(asked.json.approval)
  return json.code ?? json.state
}

describe('a claim', () => {
  it('that is not overdue keeps nothing waiting', async () => {
    const first = (await office.get('/v1/releases?district=110102&allocation=FB')).json.items[0].release
    const body = { ground: 'error', amount: '100', document: '审计决定', reason: '错拨' }
    expect(await approvedOf(await office.draft(body, `/v1/releases/${first}/clawback`))).toBe('approved')
    expect((await office.get('/v1/claims')).json.items).toMatchObject([{ district: '110102', open: '100.00' }])
    const { json } = await office.get('/v1/early-disbursement/2026Q2/preview')
    expect(json.result.others).toContainEqual(
      expect.objectContaining({ district: '110102', allocation: 'FA', reason: 'release_pending' }),
    )
  })
})

describe('the latest scored quarter', () => {
  it('decides: an older run drafts nothing, and what it drafted before is not approved (C1)', async () => {
    time.set('2026-10-15')
    const { items } = (await office.get('/v1/releases?state=drafted')).json
    await enter('2026Q3', '110101', '0.50')
    expect((await office.draft({}, '/v1/scores/2026Q3/110101')).status).toBe(201)
    const late = await office.approve(items[0].approval)
    expect(late.json.code, late.text).toBe('early_no_longer_earned')
    for (const word of ['2026Q3', items[0].release]) expect(late.json.detail).toContain(word)
    await office.decide(items[0].approval, 'withdraw')
    const { drafts, others } = await run('2026Q2')
    expect(drafts).toEqual([])
    expect(others).toContainEqual({ district: '110101', reason: 'later_quarter', later: '2026Q3' })
    // The claim on the other district is overdue by now: neither a run nor an approval gives it anything early.
    const [{ clawback }] = (await office.get('/v1/claims')).json.items
    expect(others).toContainEqual({
      district: '110102',
      reason: 'release_blocked_by_clawback',
      clawbacks: [clawback],
    })
    const blocked = await office.approve(items[1].approval)
    expect(blocked.json.code, blocked.text).toBe('release_blocked_by_clawback')
    for (const word of ['110102', clawback, '100.00', '2026-08-14']) expect(blocked.json.detail).toContain(word)
    const kept = { way: 'kept', amount: '100', document: '抵扣通知' }
    expect(await approvedOf(await office.draft(kept, `/v1/clawbacks/${clawback}/settlements`))).toBe('approved')
    expect((await office.decide(items[1].approval, 'approve', 'wang')).json.state).toBe('approved')
    await office.soundBooks()
  })
})

describe('the cash plan', () => {
  it('of a year pays nothing in the next, whether or not it was ended (C2)', async () => {
    time.set('2026-12-30')
    await actOnce(door().ledger, ({ tx }) => report(tx, 'X110101', '2026-12-20', '1'))
    const drafted = await office.draft({ allocation: 'FA', district: '110101', tranche: 2, amount: '300' })
    expect(drafted.status, drafted.text).toBe(201)
    time.set('2027-01-15')
    const refused = await office.approve(drafted.json.approval)
    expect(refused.json.code, refused.text).toBe('release_exceeds_cash_plan')
    for (const word of ['0.00', '300.00', '2027-01-15']) expect(refused.json.detail).toContain(word)
    await office.decide(drafted.json.approval, 'withdraw')
    const again = await office.draft({ allocation: 'FA', district: '110101', tranche: 2, amount: '300' })
    expect(again.json.code).toBe('release_exceeds_cash_plan')
    const dated = await office.draft({
      allocation: 'FA',
      district: '110101',
      tranche: 2,
      amount: '300',
      on: '2026-12-30',
    })
    expect((await office.approve(dated.json.approval)).json.state).toBe('approved')
  })
})
