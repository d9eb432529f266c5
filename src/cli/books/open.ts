/**
 * The books from the command line: of the server in DATABASE_URL, else of the data folder, whether the service runs or
 * not. What a command starts it stops again; what it found running it leaves running.
 */
import { userInfo } from 'node:os'
import type { Actor } from '../../access/actor.ts'
import { TokenDesk } from '../../access/token.ts'
import { type Database, openDatabase } from '../../base/db.ts'
import { openEmbedded } from '../../base/server/embedded.ts'
import { migrate } from '../../base/server/migrate.ts'
import { type Config, readConfig } from '../../config.ts'
import { Problem } from '../../http/problem.ts'
import { keyFileOf } from '../../ledger/keys.ts'
import { type Ledger, openLedger } from '../../ledger/ledger.ts'

/** Who acts when a person at the machine itself does: whoever can read the data folder can read the books. */
export const operator = (): Actor => ({ person: `console:${process.env.USER || 'local'}`, role: 'integration' })

/** The name the machine knows whoever sits at it by. */
export const loginName = (): string => userInfo().username

/** The token that was set for whoever acts, where no list of processes shows it. */
export const tokenSet = (): string | undefined => process.env['YIBEN_TOKEN']

/** Whoever holds a token, its duty asked anew. Refuses `unauthenticated`. */
export async function bearerOf({ database, clock }: Ledger, token: string): Promise<Actor> {
  const actor = await new TokenDesk(database, clock).actorOf(token, true)
  if (!actor) throw new Problem('unauthenticated')
  return actor
}

/** As `withDatabase`, for what works with the ledger. */
export const withLedger = <T>(work: (ledger: Ledger, config: Config) => Promise<T>): Promise<T> =>
  withDatabase((database, config) => work(openLedger(database), config))

export async function withDatabase<T>(work: (database: Database, config: Config) => Promise<T>): Promise<T> {
  const config = readConfig(process.env)
  if (config.databaseUrl !== undefined) return withUrl(config.databaseUrl, config.databaseUrl, config, work)
  const server = await openEmbedded(config.folder, { claim: 'command' })
  try {
    return await withUrl(server.url('yiben_migrator'), server.url('yiben_app'), config, work)
  } finally {
    await server.stop()
  }
}

async function withUrl<T>(
  migratorUrl: string,
  url: string,
  config: Config,
  work: (database: Database, config: Config) => Promise<T>,
): Promise<T> {
  await migrate(migratorUrl)
  const database = openDatabase(url, { connections: 4 })
  try {
    return await work(database, config)
  } finally {
    await database.close()
  }
}

/** The settings of this machine, for commands that open no books. */
export const ownConfig = (): Config => readConfig(process.env)

/** The data folder of this machine's settings. */
export const dataFolder = (): string => readConfig(process.env).folder

/** Where the key stands that this machine's service signs with. */
export function ownKeyFile(): string {
  const { folder, signingKey } = readConfig(process.env)
  return signingKey ?? keyFileOf(folder)
}
