/**
 * The process that `npm start` runs: the database, and on it the service. Everything it starts it also stops. On
 * SIGTERM or SIGINT it takes no more requests and jobs, finishes those under way, closes the books' connections, stops
 * its own PostgreSQL and ends with 0.
 */
import { type EmbeddedServer, openEmbedded } from './base/server/embedded.ts'
import { type Keeper, keepRunning } from './base/server/keep.ts'
import { type Config, readConfig } from './config.ts'
import { failureFields, stderrLog as log } from './http/watch/log.ts'
import { type Life, live } from './lifecycle.ts'
import type { DatabaseUrls } from './service.ts'

type Service = typeof import('./service.ts')

const own: { server?: EmbeddedServer; keeper?: Keeper; service?: Service } = {}

await live((life) => start(readConfig(process.env), life), stop)

async function start(config: Config, life: Life): Promise<void> {
  // To make and start a database takes seconds, in programs of its own; this one reads the rest of itself meanwhile.
  const reading = import('./service.ts')
  const urls = await openDatabaseServer(config, life)
  own.service = await reading
  if (!life.isEnding()) await own.service.start(urls, config, life)
}

async function openDatabaseServer({ databaseUrl, folder }: Config, life: Life): Promise<DatabaseUrls> {
  if (databaseUrl !== undefined) return { migrator: databaseUrl, app: databaseUrl }
  const server = await openEmbedded(folder, { claim: 'service', log: (line) => log('info', 'postgres', { line }) })
  own.server = server
  own.keeper = keepRunning(server, {
    died: () => log('error', 'database_gone'),
    back: () => log('info', 'database_back', { pid: server.pid }),
    lost: (error) => {
      log('error', 'database_lost', failureFields(error))
      life.end(1, 'database_lost')
    },
  })
  return { migrator: server.url('yiben_migrator'), app: server.url('yiben_app') }
}

async function stop(): Promise<void> {
  own.keeper?.stop()
  await own.service?.stop()
  await own.server?.stop()
}
