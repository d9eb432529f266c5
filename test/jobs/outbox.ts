/**
 * What tests of jobs share: a table in which every effect leaves a row, so that a doubled one is seen, and short ways
 * to ask and wait.
 */
import type { TestDatabase } from '../support/database.ts'
import { asSuperuser } from '../support/database.ts'
import { transact } from '../../src/base/db.ts'
import { enqueue } from '../../src/base/outbox.ts'
import type { Json } from '../../src/base/json.ts'
import { until } from '../faults/own-server.ts'

/** No unique key on purpose: the count is the judge. */
export async function createEffects(test: TestDatabase): Promise<void> {
  await asSuperuser(test, async (client) => {
    await client.query('create table if not exists yiben.effect (key text not null, attempt integer not null)')
    await client.query('grant select, insert on yiben.effect to yiben_app')
  })
}

export { leaveEffect } from './effect.ts'

export async function effectsOf(test: TestDatabase, prefix = ''): Promise<{ key: string; times: number }[]> {
  const rows = await test.database.sql<{ key: string; times: number }[]>`
    select key, count(*)::int as times from effect where starts_with(key, ${prefix}) group by key order by key`
  return [...rows]
}

export const doubled = async (test: TestDatabase, prefix = ''): Promise<string[]> =>
  (await effectsOf(test, prefix)).filter(({ times }) => times !== 1).map(({ key, times }) => `${key} ×${times}`)

export async function ask(test: TestDatabase, name: string, key: string, payload: Json = { key }): Promise<bigint> {
  const { jobId } = await transact(test.database, (tx) => enqueue(tx, { name, key, payload, askedBy: 'zhang' }))
  return jobId
}

export async function askMany(test: TestDatabase, name: string, keys: readonly string[]): Promise<bigint[]> {
  return transact(test.database, async (tx) => {
    const ids: bigint[] = []
    for (const key of keys) ids.push((await enqueue(tx, { name, key, payload: { key }, askedBy: 'zhang' })).jobId)
    return ids
  })
}

export type JobRow = {
  job_id: bigint
  name: string
  key: string
  state: string
  attempts: number
  setbacks: number
  claim: string | null
  error: { code: string } | null
  result: Json
  wait: number
}

export async function rowOf(test: TestDatabase, jobId: bigint): Promise<JobRow> {
  const [row] = await test.database.sql<JobRow[]>`
    select job_id, name, key, state, attempts, setbacks, claim, error, result, extract(epoch from not_before - now())::float8 as wait
    from job where job_id = ${jobId}`
  if (!row) throw new Error(`no job ${jobId}`)
  return row
}

export const ended = (test: TestDatabase, jobId: bigint, limitMs = 20_000): Promise<void> =>
  until(async () => (await rowOf(test, jobId)).state !== 'waiting', limitMs, `job ${jobId} to end`)

/** Until nothing waits any more. */
export const emptied = (test: TestDatabase, limitMs = 60_000): Promise<void> =>
  until(
    async () => {
      const [row] = await test.database.sql<{ n: number }[]>`select count(*)::int as n from job where state = 'waiting'`
      return row?.n === 0
    },
    limitMs,
    'the outbox to empty',
  )
