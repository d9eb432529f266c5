/**
 * Reads from a hot standby that streams from a real primary: what was posted is in the next answer however far the
 * standby is behind, one that is behind, hung, gone or promoted answers nothing, and all of it is said.
 */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '../../src/access/token.ts'
import { openDatabase } from '../../src/base/db.ts'
import { keyFileOf } from '../../src/ledger/keys.ts'
import { newBookBody, quotaBody } from '../support/door.ts'
import { type Ended, endAll, type Running, startService } from '../support/process.ts'
import { openOwnServer, type OwnServer, until } from './own-server.ts'
import { openOwnStandby, type OwnStandby } from './own-standby.ts'

let server: OwnServer
let standby: OwnStandby
let service: Running
let url = ''
let [token, checker] = ['', '']
let posted = 0
const services: Running[] = []
const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-standby-test-'))

beforeAll(async () => {
  server = await openOwnServer()
  standby = await openOwnStandby(server)
  service = begin(standby.superUrl)
  url = await service.ready(90_000)
  const database = openDatabase(server.superUrl)
  token = await issueToken(database, { person: 'zhang', role: 'integration', days: 1 })
  checker = await issueToken(database, { person: 'li', role: 'finance_checker', days: 1 })
  await database.close()
  const made = await ask('/v1/books', { body: newBookBody('S') })
  expect(made.status).toBe(201)
  await stands('near')
}, 180_000)
afterAll(async () => {
  signalAll('SIGCONT')
  await endAll(services)
  await standby.close()
  await server.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

function begin(readUrl: string): Running {
  const made = startService({
    DATABASE_URL: server.superUrl,
    DATABASE_READ_URL: readUrl,
    YIBEN_DATA: join(folder, `data-${services.length}`),
    // All services of one database sign with one key.
    ...(services.length > 0 && { YIBEN_SIGNING_KEY: keyFileOf(join(folder, 'data-0')) }),
  })
  services.push(made)
  return made
}

type Answer = { readonly status: number; readonly text: string; readonly ms: number }
type Given = { readonly body?: object; readonly as?: string; readonly accept?: string; readonly at?: string }
let keys = 0

async function ask(path: string, { body, as = token, accept, at = url }: Given = {}): Promise<Answer> {
  const began = performance.now()
  const response = await fetch(at + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      authorization: `Bearer ${as}`,
      'content-type': 'application/json',
      'idempotency-key': `s${++keys}`,
      ...(accept !== undefined && { accept }),
    },
    ...(body && { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(20_000),
  })
  return { status: response.status, text: await response.text(), ms: performance.now() - began }
}

type Reads = { readonly standby: number; readonly primary: number }
type Standing = {
  readonly state: string
  readonly lagSeconds: number | null
  readonly lagBytes: number | null
  readonly reads: Reads
}
const standing = async (at = url): Promise<Standing> =>
  (JSON.parse((await ask('/readyz', { at })).text) as { standby: Standing }).standby
const stands = (state: string, at = url): Promise<void> =>
  until(async () => (await standing(at)).state === state, 40_000, `the standby to be ${state}`)

/** How many reads each of the two answered while this ran. */
async function readsOf(work: () => Promise<unknown>): Promise<Reads> {
  const before = (await standing()).reads
  await work()
  const after = (await standing()).reads
  return { standby: after.standby - before.standby, primary: after.primary - before.primary }
}

async function post(): Promise<void> {
  const { status } = await ask('/v1/books/S/entries', { body: quotaBody('1.00') })
  expect(status).toBe(201)
  posted += 1
}

const balance = async (): Promise<string> => {
  const { status, text } = await ask('/v1/books/S/balances?account=1011')
  expect(status).toBe(200)
  return (JSON.parse(text) as { balance: string }).balance
}
const expected = (): string => `${posted}.00`
const here = async (): Promise<number> => (await standby.query('select from yiben.entry')).length

const command = (...words: string[]): Promise<Ended> => {
  const env = { DATABASE_URL: server.superUrl, DATABASE_READ_URL: standby.superUrl, YIBEN_DATA: join(folder, 'data-0') }
  return startService(env, { file: 'src/cli/main.ts', args: words }).ended
}

const treeOf = (pid: number): number[] =>
  pid === 0
    ? []
    : [pid, ...fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)]
function signalAll(name: NodeJS.Signals): void {
  for (const pid of treeOf(standby.pid())) process.kill(pid, name)
}

const reads = [
  '/v1/books/S/balances?account=1011',
  '/v1/books/S/trial-balance',
  '/v1/books/S/statement?account=1011',
  '/v1/books/S/entries',
  '/v1/entries?book=S&totals=true',
  '/v1/overview',
  '/v1/projects',
  '/v1/indicators',
  '/v1/vouchers',
]

describe.sequential('reads that decide nothing', () => {
  it('are answered by the standby that is near, as the primary would', { timeout: 60_000 }, async () => {
    for (let n = 0; n < 5; n++) await post()
    for (const path of reads) {
      await stands('near')
      const said: Answer[] = []
      const counted = await readsOf(async () => said.push(await ask(path)))
      expect([path, said[0]?.status, counted]).toEqual([path, 200, { standby: 1, primary: 0 }])
    }
    await stands('near')
    const sheet = await readsOf(async () => {
      const { status, text } = await ask('/v1/entries?book=S', { accept: 'text/csv' })
      expect([status, text.split('\n').length]).toEqual([200, 2 * posted + 2])
    })
    expect(sheet).toEqual({ standby: 1, primary: 0 })
  })

  it('never miss what was posted before, asked directly after it', { timeout: 60_000 }, async () => {
    const counted = await readsOf(async () => {
      for (let n = 0; n < 60; n++) {
        await post()
        expect(await balance()).toBe(expected())
      }
    })
    // Most of them by the standby, or nothing would have been tried.
    expect(counted.standby).toBeGreaterThan(30)
    expect(counted.standby + counted.primary).toBe(60)
  })

  it('are asked of the primary where anything is decided, and where a key is looked up', async () => {
    await stands('near')
    const counted = await readsOf(async () => {
      await post()
      const [entry] = (JSON.parse((await ask(`/v1/books/S/entries?key=s${keys}`)).text) as { items: object[] }).items
      expect(entry).toBeDefined()
      expect((await ask('/v1/books/S/entries/dry-run', { body: { entries: [quotaBody('1.00')] } })).status).toBe(200)
      expect((await ask('/v1/approvals', { as: checker })).status).toBe(200)
      expect((await ask('/v1/jobs', { as: checker })).status).toBe(200)
      expect((await ask('/v1/session')).status).not.toBe(500)
    })
    expect(counted).toEqual({ standby: 0, primary: 0 })
  })

  it('are answered by the primary while the standby is behind, which is said', { timeout: 120_000 }, async () => {
    await stands('near')
    await standby.query('select pg_wal_replay_pause()')
    const seen = await here()
    const counted = await readsOf(async () => {
      for (let n = 0; n < 10; n++) {
        await post()
        expect(await balance()).toBe(expected())
      }
    })
    expect(counted).toEqual({ standby: 0, primary: 10 })
    // The control: whoever had read of the standby would have missed them.
    expect([seen, await here()]).toEqual([posted - 10, posted - 10])
    await stands('behind')
    const { lagSeconds, lagBytes } = await standing()
    expect(lagSeconds).toBeGreaterThan(10)
    expect(lagBytes).toBeGreaterThan(100)
    expect(service.said()).toContain('"event":"standby_behind"')
    const metrics = (await ask('/metrics')).text
    expect(metrics).toMatch(/^yiben_standby_near 0$/m)
    expect(Number(/^yiben_standby_lag_seconds (\S+)$/m.exec(metrics)?.[1])).toBeGreaterThan(10)
    const alerts = JSON.parse((await ask('/v1/alerts', { as: checker })).text) as { items: { alert: string }[] }
    expect(alerts.items.find(({ alert }) => alert === 'standby_behind')).toMatchObject({ severity: 'warn' })
    const told = await command('standby')
    expect([told.status, told.out]).toEqual([1, expect.stringMatching(/落后主库 \d+ 秒/)])
    await standby.query('select pg_wal_replay_resume()')
    await stands('near')
    expect(service.said()).toContain('"event":"standby_near"')
    const near = await command('standby', '--format', 'json')
    expect([near.status, JSON.parse(near.out)]).toMatchObject([0, { state: 'near' }])
    const after = JSON.parse((await ask('/v1/alerts', { as: checker })).text) as { items: { alert: string }[] }
    expect(after.items.find(({ alert }) => alert === 'standby_behind')).toBeUndefined()
  })

  it('are answered within 5 s while it hangs, and while it is gone', { timeout: 120_000 }, async () => {
    signalAll('SIGSTOP')
    const hung = await Promise.all([ask(reads[0] ?? ''), ask(reads[1] ?? ''), ask(reads[3] ?? '')])
    for (const { status, ms } of hung) {
      expect(status).toBe(200)
      expect(ms).toBeLessThan(5_000)
    }
    await stands('away')
    await post()
    expect(await balance()).toBe(expected())
    signalAll('SIGCONT')
    await stands('near')
    standby.signal('SIGQUIT')
    await standby.gone()
    expect(await balance()).toBe(expected())
    await stands('away')
    expect(service.said()).toContain('"event":"standby_away"')
    await standby.start()
    await stands('near')
    expect(await readsOf(() => balance())).toEqual({ standby: 1, primary: 0 })
  })

  it('are never asked of a server that is no standby of this primary', { timeout: 120_000 }, async () => {
    const itself = begin(server.superUrl)
    const at = await itself.ready(90_000)
    await stands('other', at)
    expect((await ask('/v1/books/S/trial-balance', { at })).status).toBe(200)
    expect((await standing(at)).reads).toEqual({ standby: 0, primary: 1 })
    await standby.query('select pg_promote()')
    const before = await here()
    await post()
    expect(await balance()).toBe(expected())
    expect(await here()).toBe(before)
    await stands('other')
    expect(service.said()).toContain('"event":"standby_other"')
  })

  it('need a primary beside it, and a start waits for no standby', { timeout: 120_000 }, async () => {
    const alone = startService({ DATABASE_READ_URL: standby.superUrl, YIBEN_DATA: join(folder, 'alone') })
    const refused = await alone.ended
    expect([refused.status, refused.err]).toEqual([2, expect.stringContaining('DATABASE_READ_URL')])
    const at = await begin('postgres://x@127.0.0.1:1/x').ready(90_000)
    await stands('away', at)
    expect((await ask('/v1/books/S/trial-balance', { at })).status).toBe(200)
  })
})
