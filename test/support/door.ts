/**
 * The service behind a real socket: the same app and server as in main.ts, on the file's own database and a free port.
 */
import { createConnection } from 'node:net'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import type { Role } from '../../src/access/actor.ts'
import { endDuty } from '../../src/access/persons.ts'
import { dutiesOf, findPerson } from '../../src/access/store.ts'
import { transact } from '../../src/base/db.ts'
import type { Accounts } from '../../src/access/account/account.ts'
import { vaultOf } from '../../src/access/account/vault.ts'
import { issueToken, TokenDesk } from '../../src/access/token.ts'
import { type Clock, systemClock } from '../../src/base/calendar.ts'
import { openApp } from '../../src/http/app.ts'
import type { Limits } from '../../src/http/watch/limits.ts'
import { openMetrics } from '../../src/http/watch/metrics.ts'
import { type Listening, listen } from '../../src/http/server.ts'
import type { ProofTools } from '../../src/ledger/proof.ts'
import { openSigner } from '../../src/ledger/keys.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { type TestDatabase, useDatabase } from './database.ts'

export type Given = {
  readonly method?: string
  /** Sent as JSON unless it is text or bytes. */
  readonly body?: unknown
  readonly headers?: Readonly<Record<string, string>>
  readonly token?: string | null
  readonly key?: string | null
}

export type Answer = {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  // biome-ignore lint: tests look into whatever came back
  readonly json: any // oxlint-disable-line typescript/no-explicit-any
}

export type Door = {
  readonly url: string
  readonly port: number
  readonly test: TestDatabase
  readonly ledger: Ledger
  readonly desk: TokenDesk
  readonly proof: ProofTools
  readonly accounts: Accounts
  readonly listening: Listening
  /** A token of a role; the same person for the same role and name. `instead`: of whatever duties he had. */
  token(role: Role, options?: { district?: string; person?: string; instead?: boolean }): Promise<string>
  ask(path: string, given?: Given): Promise<Answer>
  /** What comes back for these bytes. */
  raw(bytes: string | Buffer, more?: { halfClose?: boolean; port?: number }): Promise<string>
  counts(): Promise<Record<string, number>>
}

let keys = 0

/** `const door = useDoor()`, then `door()` inside tests. */
export function useDoor(options: { clock?: Clock; limits?: Limits } = {}): () => Door {
  const database = useDatabase()
  let made: Door | undefined
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'yiben-door-'))
    made = await openDoor(database(), folder, options)
  })
  afterAll(async () => {
    await made?.listening.drain(1_000)
    await rm(folder, { recursive: true, force: true })
  })
  return () => {
    if (!made) throw new Error('the door is opened before the first test')
    return made
  }
}

async function openDoor(
  test: TestDatabase,
  folder: string,
  { clock = systemClock, limits }: Parameters<typeof useDoor>[0] & object,
): Promise<Door> {
  const { database } = test
  const ledger = openLedger(database, clock)
  const service = {
    ledger,
    desk: new TokenDesk(database, systemClock),
    accounts: { database, clock: systemClock, vault: vaultOf(Buffer.alloc(32, 1)) },
    proof: { database, clock: systemClock, signer: await openSigner(folder) },
    ...(limits && { limits }),
  }
  const failures: unknown[] = []
  const log = (level: string, event: string, fields?: unknown) => {
    if (level === 'error') failures.push([event, fields])
  }
  const listening = await listen(openApp({ service, log, metrics: openMetrics() }), { host: '127.0.0.1', port: 0 })
  const token: Door['token'] = async (role, { district, person = role, instead = false } = {}) => {
    if (instead) await endOtherDuties(database, person, role)
    return issueToken(database, { person, role, district, days: 1 })
  }
  const usual = await token('integration')
  return {
    url: listening.url,
    port: listening.port,
    test,
    ledger,
    desk: service.desk,
    proof: service.proof,
    accounts: service.accounts,
    listening,
    token,
    ask: async (path, given = {}) => {
      const { body, key = `auto-${++keys}` } = given
      const bearer = given.token === undefined ? usual : given.token
      const response = await fetch(listening.url + path, {
        method: given.method ?? (body === undefined ? 'GET' : 'POST'),
        headers: {
          ...(body !== undefined && { 'content-type': 'application/json' }),
          ...(bearer !== null && { authorization: `Bearer ${bearer}` }),
          ...(key !== null && { 'idempotency-key': key }),
          ...given.headers,
        },
        ...(body !== undefined && {
          body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
        }),
      })
      const text = await response.text()
      return { status: response.status, headers: response.headers, text, json: parsed(text) }
    },
    raw: (bytes, { halfClose = false, port = listening.port } = {}) => exchange(port, bytes, halfClose),
    counts: async () => {
      const [row] = await database.sql<Record<string, number>[]>`
        select (select count(*)::int from entry) as entry, (select count(*)::int from line) as line,
               (select count(*)::int from receipt) as receipt, (select count(*)::int from book) as book,
               (select count(*)::int from account) as account, (select count(*)::int from period_act) as act`
      return { ...row }
    },
  }
}

/** What somebody was before: his duties but one end, and their tokens with them. */
export const endOtherDuties = ({ pool }: TestDatabase['database'], person: string, role: Role): Promise<void> =>
  transact({ pool }, async (tx) => {
    const found = await findPerson(tx, person)
    const held = found ? await dutiesOf(tx, [found.id]) : []
    for (const duty of held.filter(({ endedAt, ...one }) => endedAt === null && one.role !== role))
      await endDuty(tx, person, duty.id.toString(), { by: 'test', at: systemClock() })
  })

function exchange(port: number, bytes: string | Buffer, halfClose: boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = createConnection({ host: '127.0.0.1', port, allowHalfOpen: true })
    let text = ''
    const end = () => {
      socket.destroy()
      resolve(text)
    }
    socket.setTimeout(3_000, end)
    socket.on('data', (chunk) => {
      text += chunk.toString()
      const head = text.indexOf('\r\n\r\n')
      const length = /content-length: (\d+)/i.exec(text)?.[1]
      if (head > 0 && length && Buffer.byteLength(text) >= head + 4 + Number(length)) end()
    })
    socket.on('error', end)
    socket.on('end', end)
    socket.write(bytes)
    if (halfClose) socket.end()
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** An entry of two lines that always balances: quota of the treasury. */
export const quotaBody = (amount = '100.00', on = '2026-03-05', more: object = {}) => ({
  on,
  summary: '下达授权支付额度',
  lines: [
    { account: '1011', debit: amount, project: 'P1', source: 'F21', ...more },
    { account: '4001', credit: amount, project: 'P1', source: 'F21', ...more },
  ],
})

export const spendBody = (amount: string, on = '2026-03-06', more: object = {}) => ({
  on,
  summary: '支付工程款',
  lines: [
    { account: '161301', debit: amount, project: 'P1', source: 'F21', ...more },
    { account: '1011', credit: amount, project: 'P1', source: 'F21', ...more },
  ],
})

export const newBookBody = (code: string, standard = 'government') => ({
  code,
  name: `账套 ${code}`,
  district: '110102',
  standard,
})

/** An indicator of 1,000.00 in the city's book. */
export const municipalIndicator = {
  indicator: 'Z-1',
  book: 'CITY',
  documentNumber: '京财建指〔2026〕1号',
  level: 'municipal',
  source: 'F21',
  year: 2026,
  programme: 'LJ2026',
  purpose: '老旧小区改造',
  payment: 'authorised',
  amount: '1000.00',
  on: '2026-01-12',
}
