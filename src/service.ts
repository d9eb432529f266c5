/**
 * The service on a database that is there: ledger, door, and the thread of the jobs. stdout carries the lines a starter
 * waits for, stderr the log.
 */
import { Redis } from 'ioredis'
import { outboxFigures } from '../jobs/figures.ts'
import { superviseJobs, type Supervisor } from '../jobs/supervisor.ts'
import { inviteFirst } from './access/account/account.ts'
import { openVault } from './access/account/vault.ts'
import { TokenDesk } from './access/token.ts'
import { businessDay, systemClock } from './base/calendar.ts'
import { type Database, openDatabase } from './base/db.ts'
import { StartFault } from './base/server/fault.ts'
import { alone, migrate } from './base/server/migrate.ts'
import { type Pulse, watchPulse } from './base/wire/pulse.ts'
import { type Standby, watchStandby } from './base/wire/standby.ts'
import { openApp } from './http/app.ts'
import { stderrLog as log } from './http/watch/log.ts'
import { openLimits } from './http/watch/limits.ts'
import { openMetrics } from './http/watch/metrics.ts'
import { type Listening, listen } from './http/server.ts'
import { keyOfDatabase } from './ledger/key-of-database.ts'
import { openSigner, type Signer } from './ledger/keys.ts'
import { refuse } from './ledger/refusals.ts'
import { lostAdvice, lostHeads, lostText } from './ledger/remembered.ts'
import { openConsole, type OpenConsole } from './console.ts'
import { hasRealBook } from './ledger/book-list.ts'
import { type Ledger, openLedger } from './ledger/ledger.ts'
import { lawOn } from './policy/parameters.ts'
import { tellSample } from './sample/telling.ts'
import { openTrial, type Trial } from './trial.ts'
import type { Config } from './config.ts'
import { type Life, waitingFor } from './lifecycle.ts'

const drainWithinMs = 4_000
const closeWithinMs = 1_500

type Running = {
  database?: Database
  listening?: Listening
  jobs?: Supervisor
  pulse?: Pulse
  standby?: Standby
  standbyDatabase?: Database
  console?: OpenConsole
  trial?: Trial
  counts?: Redis
}

const running: Running = {}

/** Addresses of the database: of the login that may change its schema, and of the service's own. */
export type DatabaseUrls = { readonly migrator: string; readonly app: string }

/** Starts all but the database, and says so. What had been started when it throws, or is told to end, `stop` ends. */
export async function start(url: DatabaseUrls, config: Config, life: Life): Promise<void> {
  const waits = waitingFor(life)
  await migrate(url.migrator, waits)
  if (life.isEnding()) return
  const database = openDatabase(url.app)
  running.database = database
  const signer = await openSigner(config.folder, { keyFile: config.signingKey })
  await requireSameHistory(database, signer, config)
  running.pulse = watchPulse(url.app, database, (away) =>
    log(away ? 'error' : 'info', away ? 'database_silent' : 'database_answers'),
  )
  // Once the start can go on: one that is refused says one line. Where the console must be built, a program of its own
  // does that while the sample is loaded.
  const web = openConsole(config.folder, log)
  running.console = web
  const ledger = openLedger(database)
  const standby = config.readUrl === undefined ? undefined : openStandby(config.readUrl, database)
  if (config.sample) await alone(url.migrator, waits, () => loadSampleOnce(ledger))
  const trial = await openTrial(config, database)
  if (trial) running.trial = trial
  const service = {
    ledger,
    ...(trial && { trialKey: trial.key }),
    desk: new TokenDesk(database, systemClock),
    accounts: { database, clock: systemClock, vault: await openVault(config.folder, { keyFile: config.accountKey }) },
    proof: { database, clock: systemClock, signer },
    limits: openLimits(config.redisUrl === undefined ? undefined : openCounts(config.redisUrl)),
    ...(standby && { standby }),
  }
  // Beside the door, not before it: the thread takes a second to read itself.
  const jobs = config.worker ? startJobs(config, url.app) : undefined
  jobs?.catch(() => undefined)
  const jobFigures = { outbox: () => outboxFigures(database), runs: () => running.jobs?.runs() ?? [] }
  const metrics = openMetrics(jobFigures, standby && (() => standby.standing()))
  const listening = await listen(openApp({ service, log, metrics, console: web.files }), config)
  running.listening = listening
  await jobs
  if (life.isEnding()) return
  // Where the sample cannot be tried, somebody must be the first to sign in.
  const first = trial ? undefined : await inviteFirst(database, systemClock())
  log('info', 'ready', { url: listening.url })
  process.stdout.write(
    `yiben ready ${listening.url}\n` +
      '登录 / sign in:  npm run -s yiben -- token --role integration\n' +
      `接口 / API:      ${listening.url}/docs\n` +
      (trial ? `试用 / try it:   ${trial.linkAt(listening.url)}\n` : '') +
      (first === undefined ? '' : `首次登录 / first sign-in: ${listening.url}/signin/${first}\n`),
  )
}

/** All services of a database sign with one key; and a database that is older than what was signed is said. */
async function requireSameHistory(database: Database, signer: Signer, { folder }: Config): Promise<void> {
  const current = await keyOfDatabase(database, signer, systemClock())
  if (current !== signer.keyId) {
    const { zh, en } = refuse('signing_key_other', { current, own: signer.keyId }).detail
    throw new StartFault(zh, en)
  }
  const lost = await lostHeads(database.sql, folder)
  for (const head of lost) {
    const { zh, en } = lostText(head)
    process.stderr.write(`yiben: ${zh} / ${en}\n`)
    log('error', 'database_older_than_signed', { book: head.book, signed: head.size, has: head.has, at: head.at })
  }
  if (lost.length > 0) process.stderr.write(`yiben: ${lostAdvice.zh} / ${lostAdvice.en}\n`)
}

/** That it is away or behind stops nothing: the primary answers, and the log says so. */
function openStandby(url: string, primary: Database): Standby {
  const database = openDatabase(url)
  running.standbyDatabase = database
  const boundSeconds = lawOn(businessDay(systemClock())).take('alert_standby_seconds')
  running.standby = watchStandby(primary, database, {
    boundSeconds,
    told: ({ state, lagSeconds, lagBytes }) =>
      log(state === 'near' ? 'info' : 'error', `standby_${state}`, { lagSeconds, lagBytes }),
  })
  return running.standby
}

/** Redis for counting alone: where it is away, each process counts for itself. */
function openCounts(url: string): Redis {
  const redis = new Redis(url, { enableOfflineQueue: false, maxRetriesPerRequest: 1 })
  redis.on('error', () => undefined)
  running.counts = redis
  return redis
}

async function startJobs({ redisUrl, treasury }: Config, databaseUrl: string): Promise<void> {
  running.jobs = await superviseJobs({ databaseUrl, redisUrl, treasury }, log)
}

/** The sample fills a database that holds nothing else; one that was killed half way is completed. */
async function loadSampleOnce(ledger: Ledger): Promise<void> {
  if (await hasRealBook(ledger.database)) return
  const { isSampleLoaded, loadSample } = await import('./sample/load.ts')
  if (await isSampleLoaded(ledger)) return
  log('info', 'sample_loading')
  const { told, ended } = tellSample((line) => process.stderr.write(`${line}\n`))
  await loadSample(ledger)
  const { loadProgramme } = await import('./sample/programme/load.ts')
  await loadProgramme(ledger, told)
  log('info', 'sample_loaded', ended())
}

/** Takes no more requests and jobs, finishes those under way, and closes the books' connections. */
export async function stop(): Promise<void> {
  running.console?.stop()
  running.trial?.stop()
  await Promise.all([running.listening?.drain(drainWithinMs), running.jobs?.stop(drainWithinMs)])
  running.pulse?.stop()
  running.standby?.stop()
  running.counts?.disconnect()
  const closed = Promise.all([running.database?.close(), running.standbyDatabase?.close()])
  await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, closeWithinMs).unref())])
}
