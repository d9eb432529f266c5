/**
 * The service: database, ledger, door. Started by `npm start`; everything it starts it also stops. On SIGTERM or SIGINT it
 * takes no more requests, finishes those under way, closes the books' connections, stops its own PostgreSQL and ends with 0.
 * stdout carries the lines a starter waits for, stderr the log.
 */
import { TokenDesk } from './access/token.ts'
import { systemClock } from './base/calendar.ts'
import { type Database, openDatabase } from './base/db.ts'
import { type EmbeddedServer, FolderInUse, openEmbedded } from './base/embedded.ts'
import { MigrationFault, migrate } from './base/migrate.ts'
import { BadSetting, type Config, readConfig } from './config.ts'
import { openApp } from './http/app.ts'
import { failureFields, stderrLog as log } from './http/log.ts'
import { openMetrics } from './http/metrics.ts'
import { type Listening, listen } from './http/server.ts'
import { openSigner } from './ledger/keys.ts'
import { type Ledger, openLedger } from './ledger/ledger.ts'

/** Everything must have ended by then, whatever hangs: the promise is 10 s. */
const endWithinMs = 9_500
const drainWithinMs = 4_000
const closeWithinMs = 1_500

type Running = { server?: EmbeddedServer; database?: Database; listening?: Listening }

const running: Running = {}
let ending: Promise<void> | undefined

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => void end(0, signal))
// Whatever reaches these is a bug of ours. What is committed is committed, what is not will be asked again under its key; nothing in
// memory can be trusted any more, so the process ends and is started anew.
process.on('uncaughtException', (error) => fail(error))
process.on('unhandledRejection', (reason) => fail(reason))

const starting = begin()
await starting

async function begin(): Promise<void> {
  try {
    await start(readConfig(process.env))
  } catch (error) {
    // Told to end before it had begun: that something was then missing is no fault.
    if (!ending) void refuseToStart(error)
  }
}

async function start(config: Config): Promise<void> {
  const url = await openDatabaseServer(config)
  await migrate(url.migrator)
  if (ending) return
  const database = openDatabase(url.app)
  running.database = database
  const ledger = openLedger(database)
  if (config.sample) await loadSampleOnce(ledger)
  const signer = await openSigner(config.folder, { keyFile: config.signingKey })
  const service = {
    ledger,
    desk: new TokenDesk(database, systemClock),
    proof: { database, clock: systemClock, signer },
  }
  const app = openApp({ service, log, metrics: openMetrics() })
  const listening = await listen(app, config)
  running.listening = listening
  if (ending) return
  log('info', 'ready', { url: listening.url })
  process.stdout.write(
    `yiben ready ${listening.url}\n` +
      '登录 / sign in:  npm run -s yiben -- token --role integration\n' +
      `接口 / API:      ${listening.url}/docs\n`,
  )
}

/** The sample fills a database that holds nothing else; one that was killed half way is completed. */
async function loadSampleOnce(ledger: Ledger): Promise<void> {
  const [found] = await ledger.database.sql<{ real: boolean; samples: number }[]>`
    select coalesce(bool_or(sample_of is null), false) as real, count(*)::int as samples from book`
  const { loadSample, sampleBooks } = await import('./sample/load.ts')
  if (!found || found.real || found.samples >= Object.keys(sampleBooks).length) return
  log('info', 'sample_loading')
  await loadSample(ledger)
}

async function openDatabaseServer({ databaseUrl, folder }: Config): Promise<{ migrator: string; app: string }> {
  if (databaseUrl !== undefined) return { migrator: databaseUrl, app: databaseUrl }
  const server = await openEmbedded(folder, { claim: 'service', log: (line) => log('info', 'postgres', { line }) })
  running.server = server
  return { migrator: server.url('yiben_migrator'), app: server.url('yiben_app') }
}

/** What a person can put right is told in one line; the rest goes to the log. */
function refuseToStart(error: unknown): Promise<void> {
  const told = error instanceof BadSetting || error instanceof FolderInUse || error instanceof MigrationFault
  const busy = error instanceof Error && 'code' in error && error.code === 'EADDRINUSE'
  if (told) process.stderr.write(`yiben: ${error.message}\n`)
  else if (busy)
    process.stderr.write('yiben: 端口已被占用，请用 PORT 另指一个 / the port is taken: name another in PORT\n')
  else log('error', 'start_failed', failureFields(error))
  return end(error instanceof BadSetting ? 2 : 1, 'start_failed')
}

function fail(error: unknown): void {
  log('error', 'unhandled', failureFields(error))
  void end(1, 'unhandled')
}

function end(status: number, reason: string): Promise<void> {
  ending ??= stop(status, reason)
  return ending
}

async function stop(status: number, reason: string): Promise<void> {
  if (status === 0) log('info', 'stopping', { reason })
  const last = setTimeout(() => process.exit(status === 0 ? 1 : status), endWithinMs)
  try {
    // A signal during the start waits for what is being started, or PostgreSQL would be left behind.
    await starting
    await running.listening?.drain(drainWithinMs)
    await Promise.race([
      running.database?.close(),
      new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref()),
    ])
    await running.server?.stop()
  } catch (error) {
    log('error', 'stop_failed', failureFields(error))
  }
  clearTimeout(last)
  if (status === 0) log('info', 'stopped')
  process.exit(status)
}
