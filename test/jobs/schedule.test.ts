/** When the calendar asks: on working days of Beijing, once each, and after a standstill for the latest only. */
import { beforeAll, describe, expect, it } from 'vitest'
import { formatInstant, type Instant, parseInstant } from '../../src/base/calendar.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { defineJob, type JobLog, type Schedule } from '../../jobs/job.ts'
import { registry, registryOf } from '../../jobs/registry.ts'
import { latestOccurrence } from '../../jobs/schedule.ts'
import { openScheduler } from '../../jobs/scheduler.ts'
import { z } from 'zod'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { newBook } from '../support/ledger.ts'

const at = (text: string): Instant => parseInstant(text) ?? 0n
const quarterly: Schedule['rule'] = { every: 'quarter', workday: 5, at: '09:00' }
const yearly: Schedule['rule'] = { every: 'year', month: 12, date: 31, at: '18:00' }
const nightly: Schedule['rule'] = { every: 'day', at: '02:00' }

describe('the latest occurrence', () => {
  // October 2026: holidays 1–7, so its working days begin on the 8th and the 5th is the 14th (10 October is worked in
  // lieu).
  it.each([
    [nightly, '2026-11-23T01:59:59+08:00', '2026-11-22', '2026-11-22T02:00'],
    [nightly, '2026-11-23T02:00:00+08:00', '2026-11-23', '2026-11-23T02:00'],
    [nightly, '2026-11-22T18:00:00Z', '2026-11-23', '2026-11-23T02:00'],
    [yearly, '2026-11-23T12:00:00+08:00', '2025', '2025-12-31T18:00'],
    [yearly, '2026-12-31T18:00:00+08:00', '2026', '2026-12-31T18:00'],
    [quarterly, '2026-04-08T09:00:00+08:00', '2026Q1', '2026-04-08T09:00'],
    [quarterly, '2026-04-08T08:59:59+08:00', '2025Q4', '2026-01-08T09:00'],
    [quarterly, '2026-11-23T12:00:00+08:00', '2026Q3', '2026-10-13T09:00'],
    [quarterly, '2026-01-07T12:00:00+08:00', '2025Q3', '2025-10-14T09:00'],
  ] as const)('of %j at %s is %s', (rule, now, period, due) => {
    const occurrence = latestOccurrence(rule, at(now))
    expect([occurrence.period, formatInstant(occurrence.at).slice(0, 16), occurrence.certain]).toEqual([
      period,
      due,
      true,
    ])
  })

  it('counts weekdays but fixed holidays where no holidays are announced, and says so', () => {
    const occurrence = latestOccurrence(quarterly, at('2031-02-01T00:00:00+08:00'))
    expect(occurrence).toMatchObject({ period: '2030Q4', on: '2031-01-08', certain: false })
  })
})

describe('asking', () => {
  const test = useDatabase()
  let ledger: Ledger
  beforeAll(() => {
    ledger = openLedger(test().database)
  })
  const job = defineJob({
    name: 'quarterly',
    title: { zh: '按季', en: 'quarterly' },
    payload: z.strictObject({ quarter: z.string() }),
    schedule: { rule: quarterly, payload: ({ period }) => ({ quarter: period }) },
    run: (running) => running.finish(async () => null),
  })
  const askedAt = async (now: string): Promise<{ asked: string[]; events: string[] }> => {
    const events: string[] = []
    const log: JobLog = (_, event) => events.push(event)
    const made = Array.from({ length: 3 }, () =>
      openScheduler({
        database: test().database,
        registry: registryOf([job]),
        clock: () => at(now),
        log,
        everyMs: 60_000,
      }),
    )
    const asked = await Promise.all(made.flatMap((scheduler) => [scheduler.tick(), scheduler.tick()]))
    for (const scheduler of made) scheduler.stop()
    return { asked: asked.flat(), events }
  }
  const rows = () =>
    test().database.sql`select key, payload, asked_by from job where name = 'quarterly' order by job_id`

  it('asks for nothing from before there were books, then once however many ask', async () => {
    await askedAt('2026-11-23T12:00:00+08:00')
    expect([...(await rows())]).toEqual([])
    await newBook(ledger)
    await askedAt('2026-11-23T12:00:00+08:00')
    expect([...(await rows())]).toEqual([])
    await asSuperuser(test(), async (client) => {
      await client.query('alter table book disable trigger all')
      await client.query(`update book set created_at = '2024-01-01'`)
      await client.query('alter table book enable trigger all')
    })
    await askedAt('2026-11-23T12:00:00+08:00')
    expect([...(await rows())]).toEqual([{ key: '2026Q3', payload: { quarter: '2026Q3' }, asked_by: 'schedule' }])
    await askedAt('2026-12-01T12:00:00+08:00')
    expect(await rows()).toHaveLength(1)
  })

  it('asks after a long standstill for the latest only, and warns where holidays are not announced', async () => {
    const { events } = await askedAt('2028-08-01T12:00:00+08:00')
    expect((await rows()).map(({ key }) => key as string)).toEqual(['2026Q3', '2028Q2'])
    expect(events).toContain('holidays_not_announced')
  })

  it('gives every scheduled job a payload of its form', () => {
    for (const { name, schedule, payload } of Object.values(registry)) {
      if (!schedule) continue
      const occurrence = latestOccurrence(schedule.rule, at('2026-11-23T12:00:00+08:00'))
      expect(payload.safeParse(schedule.payload(occurrence)), name).toMatchObject({ success: true })
    }
  })
})
