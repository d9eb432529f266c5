/**
 * The negative control of F01 and F02, a program of its own because the driver's errors cannot be caught: the same
 * scenarios through
 * `sql.begin` of postgres.js, alone and under drizzle. Prints one JSON line: what the table holds afterwards.
 *
 *   node --import tsx test/faults/naive-driver.ts <scenario> <plain|drizzle> <url> <super url>
 */
import { sql as text } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import pg from 'pg'
import postgres from 'postgres'

type Run = (statement: string) => Promise<unknown>
type Begin = (work: (run: Run) => Promise<void>) => Promise<unknown>

const [scenario, kind, url = '', superUrl = ''] = process.argv.slice(2)
const sql = postgres(url, { max: 1, onnotice: () => undefined, backoff: () => 0.05 })
const begin: Begin =
  kind === 'drizzle'
    ? (work) => drizzle(sql).transaction((tx) => work((statement) => tx.execute(text.raw(statement))))
    : (work) => sql.begin((tx) => work((statement) => tx.unsafe(statement)))

const admin = new pg.Client({ connectionString: superUrl })
await admin.connect()
// What escapes every catch is part of the picture, but not what is looked at here.
process.on('uncaughtException', () => void tell())
process.on('unhandledRejection', () => undefined)

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const settled = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'committed',
    () => 'rejected',
  )

async function killTheOther(): Promise<void> {
  await admin.query(`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'postgres.js'`)
  await pause(200)
}

/** F01: the backend dies between the two legs. */
async function betweenLegs(): Promise<void> {
  let over: (value: string) => void = () => undefined
  const workOver = new Promise<string>((resolve) => (over = resolve))
  // It is rejected at once, while its work goes on.
  await settled(
    begin(async (run) => {
      await run(`insert into yiben.leg values ('leg 1')`)
      await killTheOther()
      await settled(sql`select 1`)
      await settled(run(`insert into yiben.leg values ('leg 2')`)).then(over)
    }),
  )
  await workOver
}

/** F02: the dead transaction goes on while another, which is going to be refused, holds the replacement. */
async function lateReturn(): Promise<void> {
  let open: () => void = () => undefined
  const gate = new Promise<void>((resolve) => (open = resolve))
  const dead = begin(async (run) => {
    await run(`insert into yiben.leg values ('of the dead')`)
    await gate
  })
  const deadEnd = settled(dead)
  await pause(200)
  await killTheOther()
  await settled(
    begin(async (run) => {
      await run(`insert into yiben.leg values ('of the refused')`)
      open()
      await pause(300)
      throw new Error('refused')
    }),
  )
  await deadEnd
}

async function tell(): Promise<void> {
  await pause(100)
  const { rows } = await admin.query<{ name: string }>('select name from yiben.leg order by name')
  process.stdout.write(`${JSON.stringify(rows.map(({ name }) => name))}\n`, () => process.exit(0))
}

await Promise.race([scenario === 'F01' ? betweenLegs() : lateReturn(), pause(5_000)])
await tell()
