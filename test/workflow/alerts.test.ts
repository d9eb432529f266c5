/**
 * Alerts: what stands is told with its clause, its place and since when; what does not is not told; and each sees his
 * own alone.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { day, parseMonth } from '../../src/base/calendar.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import {
  alertNames,
  approvalAlert,
  cashAlert,
  closingAlert,
  conditionsAlert,
  headAlert,
  lapseAlert,
} from '../../src/workflow/alerts/alerts.ts'
import { districtOf } from '../http/rights-world.ts'
import { testClock } from '../release/programme.ts'
import { useDoor } from '../support/door.ts'

const law = lawOn(day('2026-11-27'))
const today = day('2026-11-27')

describe('an alert', () => {
  const score = { district: '110108', districtName: '海淀区', quarter: '2026Q3', since: '2026-10-16T00:00:00+08:00' }

  it('of conditions names each that is missed with its value, and is silent where all are met', () => {
    const [missed] = conditionsAlert({ ...score, score: '92.00', satisfaction: '0.8900', progress: '0.3000' }, law)
    expect(missed?.detail.zh).toContain('居民满意度 0.8900、改造进度 0.3000')
    expect(missed).toMatchObject({
      clause: expect.stringContaining('第（二十四）条'),
      at: { noun: 'score', id: '2026Q3' },
    })
    expect(conditionsAlert({ ...score, score: '90.00', satisfaction: '0.9000', progress: '0.4000' }, law)).toEqual([])
  })

  it('of a cash plan says what is too little, to the fen', () => {
    const of = { book: 'CITY', district: null, programme: 'LJ2026', source: 'F21', since: '2026-11-01' }
    const [short] = cashAlert({ ...of, wantedFen: 10_001n, leftFen: 10_000n })
    expect(short?.detail.zh).toContain('不足 0.01 元')
    expect(cashAlert({ ...of, wantedFen: 10_000n, leftFen: 10_000n })).toEqual([])
  })

  it('of an indicator comes within the days that policy says, and is grave when its time is over', () => {
    const of = { indicator: 'Z-1', district: '110000', leftFen: 5n }
    expect(lapseAlert({ ...of, year: 2025 }, today, law)).toMatchObject([{ severity: 'warn', since: '2026-11-01' }])
    expect(lapseAlert({ ...of, year: 2025 }, day('2026-10-31'), law)).toEqual([])
    expect(lapseAlert({ ...of, year: 2024 }, today, law)).toMatchObject([{ severity: 'bad' }])
    expect(lapseAlert({ ...of, year: 2025, leftFen: 0n }, today, law)).toEqual([])
    expect(lapseAlert({ ...of, year: 2026 }, today, law)).toEqual([])
  })

  const book = { book: 'WEST', district: '110102', entries: 3, signed: 1, unsignedSince: null } as const
  const month = (text: string) => parseMonth(text) ?? null

  it('of a month counts from its end, and from the first month that is open', () => {
    const of = { ...book, firstMonth: month('2026-03'), closedThrough: month('2026-10') }
    expect(closingAlert(of, day('2026-12-10'), law)).toEqual([])
    expect(closingAlert(of, day('2026-12-11'), law)).toMatchObject([{ since: '2026-12-01' }])
    expect(closingAlert({ ...of, closedThrough: null }, today, law)[0]?.detail.zh).toContain('2026-03')
    expect(closingAlert({ ...of, firstMonth: null }, today, law)).toEqual([])
  })

  it('of a head comes an hour after a day', () => {
    const hour = 3_600_000_000n
    const of = { ...book, firstMonth: null, closedThrough: null, unsignedSince: 0n } as const
    expect(headAlert(of, 24n * hour, law)).toEqual([])
    expect(headAlert(of, 25n * hour, law)).toMatchObject([
      { severity: 'warn', since: '1970-01-01T08:00:00.000000+08:00' },
    ])
    expect(headAlert({ ...of, unsignedSince: null }, 25n * hour, law)).toEqual([])
  })

  it('of an approval says how long it has waited', () => {
    const of = { id: 'A-1', kind: 'release', state: 'checking', summary: '拨付', district: null } as const
    const waiting = { ...of, openedAt: '2026-11-20T09:00:00+08:00', openedOn: day('2026-11-20') }
    expect(approvalAlert(waiting, today).detail.zh).toContain('待复核，已 7 天')
  })
})

describe('GET /v1/alerts', () => {
  const clock = testClock('2026-07-15')
  const door = useDoor({ clock: clock.clock })
  type Told = { alert: string; severity: string; at: { noun: string; id: string }; detail: string; district?: string }
  const alerts = async (token: string): Promise<Told[]> => {
    const answer = await door().ask('/v1/alerts', { token })
    const form = apiRoutes.find(({ id }) => id === 'listAlerts')?.answers[200]?.schema
    expect(form?.safeParse(answer.json).success, answer.text).toBe(true)
    return answer.json.items
  }
  let waiting: string

  beforeAll(async () => {
    const west = await districtOf(door(), '110102', 'WEST')
    await districtOf(door(), '110105', 'OST')
    waiting = west.ids['approval'] ?? ''
    await door().test.database.sql`
      insert into job (name, key, payload, asked_by, state, ended_at, error)
      values ('checks', '2026-07-14', '{"on":"2026-07-14"}', 'schedule', 'parked', now(),
        '{"code":"job_failed","title":{"zh":"作业失败","en":"failed"},"detail":{"zh":"—","en":"—"},"attempt":4}')`
    const failed = { on: '2026-07-13', ok: false, checks: [{ check: 'entries balance', ok: false }] }
    const { sql } = door().test.database
    await sql`
      insert into job (name, key, payload, asked_by, state, ended_at, result)
      values ('checks', '2026-07-13', '{"on":"2026-07-13"}', 'schedule', 'done', now(), ${sql.json(failed)})`
  })

  it('tells the grave first, each with where to go', async () => {
    const told = await alerts(await door().token('auditor', { person: 'audit' }))
    const kinds = [...new Set(told.map(({ alert }) => alert))]
    expect(kinds).toEqual(['checks_failed', 'job_parked', 'month_not_closed'])
    expect(told.map(({ severity }) => severity)).toEqual(told.map(({ severity }) => severity).toSorted())
    expect(told.find(({ alert }) => alert === 'month_not_closed')?.at).toEqual({ noun: 'book', id: 'WEST-government' })
    expect(told.every(({ alert }) => Object.hasOwn(alertNames, alert))).toBe(true)
  })

  it('tells of an approval once it has waited longer than policy says', async () => {
    const token = await door().token('finance_checker', { person: 'checker110102' })
    const ofWaiting = async () => (await alerts(token)).filter(({ at }) => at.id === waiting)
    expect(await ofWaiting()).toEqual([])
    clock.set('2026-07-22')
    expect(await ofWaiting()).toMatchObject([{ alert: 'approval_waiting', district: '110102' }])
  })

  it('shows a district its own alone, and an operator jobs alone', async () => {
    const west = await alerts(await door().token('finance_checker', { person: 'w', district: '110102' }))
    expect(west.length).toBeGreaterThan(0)
    expect(west.filter((one) => one.district !== '110102')).toEqual([])
    expect(JSON.stringify(west)).not.toContain('OST')
    const operator = await alerts(await door().token('operator', { person: 'ops' }))
    expect([...new Set(operator.map(({ at }) => at.noun))]).toEqual(['job'])
  })
})
