/**
 * A worker alone: runs jobs beside a service, on its database and, where there is one, its Redis. Any number of them
 * may run. Started by
 * `npm run worker`; with an embedded database it joins the server of the data folder, and ends when that ends.
 */
import { superviseJobs, type Supervisor } from '../jobs/supervisor.ts'
import { type EmbeddedServer, openEmbedded } from './base/server/embedded.ts'
import { migrate } from './base/server/migrate.ts'
import { startMark } from './base/server/process.ts'
import { type Config, readConfig } from './config.ts'
import { stderrLog as log } from './http/watch/log.ts'
import { type Life, live, waitingFor } from './lifecycle.ts'

const drainWithinMs = 5_000
const lookEveryMs = 2_000

const running: { server?: EmbeddedServer; jobs?: Supervisor } = {}

await live((life) => start(readConfig(process.env), life), stop)

async function start(config: Config, life: Life): Promise<void> {
  const url = await databaseOf(config, life)
  await migrate(url.migrator, waitingFor(life))
  if (life.isEnding()) return
  running.jobs = await superviseJobs(
    { databaseUrl: url.app, redisUrl: config.redisUrl, treasury: config.treasury },
    log,
  )
  if (life.isEnding()) return
  log('info', 'worker_ready', { queue: config.redisUrl === undefined ? 'embedded' : 'bullmq' })
  process.stdout.write('yiben worker ready\n')
}

async function databaseOf({ databaseUrl, folder }: Config, life: Life): Promise<{ migrator: string; app: string }> {
  if (databaseUrl !== undefined) return { migrator: databaseUrl, app: databaseUrl }
  const server = await openEmbedded(folder, { claim: 'command', log: (line) => log('info', 'postgres', { line }) })
  running.server = server
  const started = startMark(server.pid)
  // A service that stops takes the server with it, and the next one may listen elsewhere.
  setInterval(() => {
    if (startMark(server.pid) === started || life.isEnding()) return
    log('error', 'database_gone', { pid: server.pid })
    life.end(1, 'database_gone')
  }, lookEveryMs).unref()
  return { migrator: server.url('yiben_migrator'), app: server.url('yiben_app') }
}

async function stop(): Promise<void> {
  await running.jobs?.stop(drainWithinMs)
  await running.server?.stop()
}
