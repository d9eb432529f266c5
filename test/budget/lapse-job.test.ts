/**
 * The job of 31 December: asked for by the calendar, it recovers once however often it runs, and says what it could
 * not.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { lapseIndicatorsJob } from '../../jobs/lapse-indicators.ts'
import { registry, registryOf } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { transact } from '../../src/base/db.ts'
import { enqueue } from '../../src/base/outbox.ts'
import { useDoor } from '../support/door.ts'
import { lapseIndicators } from '../../src/budget/lapse/verbs.ts'
import { inForce, type Office, officer, openBook, openOffice } from './office.ts'

const door = useDoor()
let office: Office
beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'BOOK', '110000')
})

async function ran(key: string, payload: { year: number }) {
  const { ledger } = door()
  const { database } = ledger
  const asked = { name: lapseIndicatorsJob.name, key, payload, askedBy: 'calendar' }
  const { jobId } = await transact(database, (tx) => enqueue(tx, asked))
  const runner = new Runner({
    ledger,
    registry: registryOf([lapseIndicatorsJob]),
    log: () => undefined,
    settings: { backoffMs: 5 },
  })
  while (await runner.runNext());
  const [row] = await database.sql<{ state: string; result: unknown }[]>`
    select state, result from job where job_id = ${jobId.toString()}`
  return row
}

describe('the job of the year’s end', () => {
  it('is in the registry and comes on 31 December for that year', () => {
    expect(registry['lapse-indicators']?.schedule?.rule).toEqual({ every: 'year', month: 12, date: 31, at: '20:00' })
  })

  it('recovers an indicator in its last year once, and the second run finds nothing', async () => {
    await inForce(office, 'Z-OLD', '1000.00', { book: 'BOOK' })
    const first = await ran('2023', { year: 2023 })
    expect(first).toMatchObject({
      state: 'done',
      result: { year: 2023, lapsed: [{ indicator: 'Z-OLD', amount: '1000.00' }], refused: [] },
    })
    expect((await office.availability('Z-OLD')).approved).toBe('0.00')
    expect(await ran('2023-again', { year: 2023 })).toMatchObject({
      state: 'done',
      result: { lapsed: [], refused: [] },
    })
    await office.soundBooks()
  })

  it('recovers nothing of a year that is not over (year_not_over)', async () => {
    await inForce(office, 'Z-LIVE', '1000.00', { book: 'BOOK' })
    await expect(lapseIndicators(door().ledger, 2098, officer)).rejects.toMatchObject({ code: 'year_not_over' })
    expect(await ran('2098', { year: 2098 })).toMatchObject({ state: 'parked' })
    expect((await office.availability('Z-LIVE')).approved).toBe('1000.00')
  })

  it('is parked where the payload names no year', async () => {
    expect(await ran('bad', { year: 1 })).toMatchObject({ state: 'parked' })
  })
})
