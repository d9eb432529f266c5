/**
 * The settings of the process, read from the environment here and nowhere else, once, and refused with a clear line
 * where they cannot be meant. An unset variable and an empty one are the same.
 */
import { join, resolve } from 'node:path'

export type Config = {
  readonly host: string
  readonly port: number
  /** Folder of the embedded database and the files. */
  readonly folder: string
  /** Load the sample into an empty database. */
  readonly sample: boolean
  /** Use this PostgreSQL, not the embedded one. */
  readonly databaseUrl: string | undefined
  /** A hot standby of it that answers reads which decide nothing. */
  readonly readUrl: string | undefined
  /** Have Redis hand queued jobs round (BullMQ); without it each process asks the database. */
  readonly redisUrl: string | undefined
  /** Run queued jobs in the service too; without, only `npm run worker` does. */
  readonly worker: boolean
  /** Folder into which instructions to the treasury are written, one file each. */
  readonly treasury: string
  /** File of the key that signs heads; default inside the folder. */
  readonly signingKey: string | undefined
  /** File of the key that seals the secrets of one-time codes; default inside the folder. */
  readonly accountKey: string | undefined
  /** Names this service answers to besides the loopback ones, where a proxy passes the Host on. */
  readonly hosts: readonly string[]
}

/** A setting that cannot be meant: shown as it is, exit status 2. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting'
}

type Environment = Readonly<Record<string, string | undefined>>

export function readConfig(environment: Environment): Config {
  const given = (name: string): string | undefined => environment[name]?.trim() || undefined
  const folder = resolve(given('YIBEN_DATA') ?? '.yiben')
  const readUrl = urlOf('DATABASE_READ_URL', given('DATABASE_READ_URL'), ['postgres:', 'postgresql:'])
  if (readUrl !== undefined && given('DATABASE_URL') === undefined) {
    const [zh, en] = ['与 DATABASE_URL（主库）同时设置', 'set beside DATABASE_URL, which names the primary']
    throw bad('DATABASE_READ_URL', '…', zh, en)
  }
  return {
    host: hostOf(given('HOST') ?? '127.0.0.1'),
    port: portOf(given('PORT') ?? '8080'),
    folder,
    sample: flagOf('YIBEN_SAMPLE', given('YIBEN_SAMPLE') ?? '1'),
    databaseUrl: urlOf('DATABASE_URL', given('DATABASE_URL'), ['postgres:', 'postgresql:']),
    readUrl,
    redisUrl: urlOf('REDIS_URL', given('REDIS_URL'), ['redis:', 'rediss:']),
    worker: flagOf('YIBEN_WORKER', given('YIBEN_WORKER') ?? '1'),
    treasury: resolve(given('YIBEN_TREASURY') ?? join(folder, 'treasury', 'out')),
    signingKey: given('YIBEN_SIGNING_KEY'),
    accountKey: given('YIBEN_ACCOUNT_KEY'),
    hosts: (given('YIBEN_HOSTS') ?? '')
      .toLowerCase()
      .split(/[\s,]+/)
      .filter((name) => name !== ''),
  }
}

function portOf(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535)) throw bad('PORT', text, '0 至 65535 的整数', 'a whole number from 0 to 65535')
  return port
}

function hostOf(text: string): string {
  if (!/^[A-Za-z0-9.:_-]{1,253}$/.test(text)) throw bad('HOST', text, '主机名或地址', 'a host name or address')
  return text
}

function flagOf(name: string, text: string): boolean {
  if (text !== '0' && text !== '1') throw bad(name, text, '0 或 1', '0 or 1')
  return text === '1'
}

function urlOf(name: string, text: string | undefined, protocols: readonly string[]): string | undefined {
  if (text === undefined) return undefined
  // A URL may hold a password, so a bad one is not repeated.
  const wanted = protocols.map((protocol) => `${protocol}//…`).join(' / ')
  if (!URL.canParse(text) || !protocols.includes(new URL(text).protocol)) throw bad(name, '…', wanted, wanted)
  return text
}

const bad = (name: string, value: string, zh: string, en: string): BadSetting =>
  new BadSetting(`设置 ${name}=${value} 无效：须为${zh} / invalid setting: must be ${en}`)

/** Where the link that tries the sample stands while the service runs. */
export const trialFile = (folder: string): string => join(folder, 'try-link')
