/**
 * Scores from dated facts alone (B5): what the register says today moves no quarter that is over, an earlier day names
 * its document, and reaches into no quarter that is scored.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { childOf } from '../../src/allocation/allocation.ts'
import { day } from '../../src/base/calendar.ts'
import { draftFor, quotaIssued } from '../../src/budget/indicator/entries.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { type Answer, useDoor } from '../support/door.ts'
import { type Office, openOffice } from './office.ts'
import { addProject, allocate, openBooks, planned, post, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2026-11-27')
const door = useDoor({ clock: time.clock })
let office: Office
const [scored, fresh] = ['110105', '110106'] as const

beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, [scored, fresh])
  await allocate(ledger, { shares: [{ district: scored, amount: '1000' }], cashPlan: '1000' })
  const child = childOf(upperOf('SZ-2026'), scored, `D${scored}`)
  await actOnce(ledger, async (act) => {
    for (const [project, district] of [
      ['P1', scored],
      ['P2', scored],
      ['P3', scored],
      ['N1', fresh],
    ] as const) {
      const progress = [['2026-09-20', '0.5']] as const
      await addProject(act.tx, {
        project,
        district,
        area: 1_000n,
        planBook: 'PLANS',
        communities: 2,
        governed: 0,
        progress,
      })
      await act.tx.query(`update project set state = 'planned' where project = $1`, [project])
    }
    await planned(act, 'P1', [
      ['F21', '700'],
      ['F81', '300'],
    ])
    const on = day('2026-06-10')
    const lines = quotaIssued(child, 50_000n)
    await post(act, 'quota', [{ book: child.book, draft: draftFor(child, { on, summary: '下达额度', lines }) }])
    await spent(act, scored, 'LJ2026', '400', '2026-08-08')
  })
  for (const [indicator, value] of [
    ['satisfaction', '0.93'],
    ['integrity', '1'],
  ] as const) {
    await office.enterScore('2026Q3', { district: scored, indicator, value })
  }
})

const score = async (): Promise<[number, string]> => {
  const { json, text, status } = await office.draft({}, `/v1/scores/2026Q3/${scored}`)
  expect(status, text).toBe(201)
  return [json.version, json.total]
}
const move = async (code: string, body: object): Promise<Answer> => {
  const { version } = await project(code)
  return door().ask(`/v1/projects/${code}/state`, { body, headers: { 'if-match': `"${version}"` } })
}
const community = async (code: string, body: object): Promise<Answer> => {
  const { json } = await door().ask(`/v1/communities/${code}`)
  const headers = { 'if-match': `"${json.version}"` }
  return door().ask(`/v1/communities/${code}`, { method: 'PUT', body: { name: json.name, ...body }, headers })
}
const project = async (code: string, asOf?: string) =>
  (await door().ask(`/v1/projects/${code}${asOf === undefined ? '' : `?asOf=${asOf}`}`)).json
const codeOf = ({ status, json }: Answer): string => `${status} ${json?.code ?? 'done'}`

describe('a quarter that is scored', () => {
  it('does not move with an owners’ body, a trust service or a withdrawal of today', async () => {
    const before = await score()
    expect(before[0]).toBe(1)
    const promised = { fundPromisedOn: '2025-12-01' }
    expect(codeOf(await community('P1-C1', { ...promised, ownersBody: true }))).toBe('200 done')
    expect(codeOf(await community('P1-C2', { ...promised, trustService: true }))).toBe('200 done')
    expect(codeOf(await move('P3', { to: 'withdrawn', reason: '居民意愿变化' }))).toBe('200 done')
    expect(await score()).toEqual(before)
    // The register of today has them.
    const { facts } = await project('P1')
    expect([facts.ownersBody, facts.trustService]).toEqual([1, 1])
    const then = await project('P1', '2026-09-30')
    expect([then.facts.ownersBody, then.facts.trustService]).toEqual([0, 0])
    expect([(await project('P3')).state, (await project('P3')).stateOn]).toEqual(['withdrawn', '2026-11-27'])
    expect([(await project('P3', '2026-11-26')).state, (await project('P3', '2026-11-26')).stateOn]).toEqual([
      'planned',
      '2026-01-10',
    ])
  })

  it('is reached by no earlier day, however it is documented', async () => {
    const on = { on: '2026-09-30', document: '会议纪要〔2026〕3号' }
    expect(codeOf(await move('P2', { to: 'withdrawn', on: '2026-09-30' }))).toBe('422 back_dated_without_document')
    const refused = await move('P2', { to: 'withdrawn', ...on })
    expect([refused.status, refused.json.code]).toEqual([409, 'quarter_scored'])
    for (const fact of ['P2', '2026-09-30', '2026Q3', scored]) expect(refused.json.detail).toContain(fact)
    const body = { ownersBody: true, fundPromisedOn: '2025-12-01' }
    expect(codeOf(await community('P2-C1', { ...body, ownersBodyOn: '2026-08-01' }))).toBe(
      '422 back_dated_without_document',
    )
    const dated = { ...body, ownersBodyOn: '2026-08-01', document: '备案回执' }
    expect(codeOf(await community('P2-C1', dated))).toBe('409 quarter_scored')
    // Nor by taking back what was so: the promise of last year.
    expect(codeOf(await community('P2-C1', { ownersBody: false }))).toBe('409 quarter_scored')
    const batch = { body: { mode: 'strict', ...on }, headers: { 'if-match': '"1"' } }
    expect(codeOf(await door().ask(`/v1/plans/${scored}/2026/batches/1`, batch))).toBe('409 quarter_scored')
  })

  it('leaves the days after it open, in their order', async () => {
    const document = '退出批复〔2026〕8号'
    expect(codeOf(await move('P2', { to: 'withdrawn', on: '2026-11-28', document }))).toBe('422 day_in_future')
    expect(codeOf(await move('P2', { to: 'under_way', on: '2026-10-20', document: '开工报告' }))).toBe('200 done')
    expect((await project('P2', '2026-10-19')).state).toBe('planned')
    expect((await project('P2', '2026-10-20')).state).toBe('under_way')
    const before = await move('P2', { to: 'accepted', on: '2026-10-19', document: '验收单' })
    expect(codeOf(before)).toBe('422 day_before_state')
  })
})

describe('a quarter that is not scored', () => {
  it('takes a step of before the project was registered, which is not hidden behind the registration', async () => {
    const given = { project: 'N2', district: fresh, kind: 'single', name: '加装电梯', implementer: '某街道办事处' }
    expect((await office.draft({ ...given, buildings: [], items: [] }, '/v1/projects')).status).toBe(201)
    const left = { to: 'withdrawn', on: '2026-10-08', document: '退出批复〔2026〕9号', reason: '居民意愿变化' }
    expect(codeOf(await move('N2', left))).toBe('200 done')
    expect([(await project('N2', '2026-10-07')).state, (await project('N2', '2026-10-08')).state]).toEqual([
      'reserve',
      'withdrawn',
    ])
    expect([(await project('N2')).state, (await project('N2')).stateOn]).toEqual(['withdrawn', '2026-10-08'])
  })

  it('takes facts of an earlier day with their document, and corrections of the day', async () => {
    const body = { trustService: true, fundPromisedOn: '2025-12-01', document: '备案回执' }
    expect(codeOf(await community('N1-C1', { ...body, trustServiceOn: '2026-08-01' }))).toBe('200 done')
    const counts = async (asOf: string) => (await project('N1', asOf)).facts.trustService
    expect([await counts('2026-07-31'), await counts('2026-08-01'), await counts('2026-11-27')]).toEqual([0, 1, 1])
    expect(codeOf(await community('N1-C1', { ...body, trustServiceOn: '2026-08-15' }))).toBe('200 done')
    expect([await counts('2026-08-14'), await counts('2026-08-15')]).toEqual([0, 1])
    // It ends today, and was there till then.
    expect(codeOf(await community('N1-C1', { fundPromisedOn: '2025-12-01' }))).toBe('200 done')
    expect([await counts('2026-11-26'), await counts('2026-11-27')]).toEqual([1, 0])
    expect((await door().ask('/v1/communities/N1-C1')).json).toMatchObject({
      trustService: false,
      trustServiceOn: '2026-11-27',
      ownersBodyOn: null,
    })
  })
})
