/**
 * What a machine does to a service under load: the network to its database cut, the service or all of the machine
 * standing still, the disk full and freed, the clock stepped. Nothing that was acknowledged is lost or there twice, and
 * the service is back within ten seconds by itself. Each shows that what it does to the machine was done.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '../../src/access/token.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { openDatabase } from '../../src/base/db.ts'
import { newBookBody } from '../support/door.ts'
import { endAll, type Running, startService } from '../support/process.ts'
import { judge } from './checker.ts'
import { standFault } from './crash.ts'
import { httpDoor } from './doors.ts'
import { bookCodes, type Door, fund, type Operation, startLoad } from './load.ts'
import { openOwnServer, type OwnServer, queryOnce } from './own-server.ts'
import { openProxy, type Link, type Proxy } from './proxy.ts'
import { report, reportVerdict } from './report.ts'

const backWithinMs = 10_000
const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-machine-'))
fs.chmodSync(folder, 0o711)
/** A disk of our own can be filled without harm to anybody; to have one takes the right to mount. */
const disk = join(folder, 'disk')
fs.mkdirSync(disk, { mode: 0o711 })
const hasDisk = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=700m,mode=0711', 'tmpfs', disk]).status === 0
if (!hasDisk) process.stderr.write('skipped: no disk of its own can be mounted, and none is filled\n')

let server: OwnServer
let service: Running
let proxy: Proxy
let door: Door
let url = ''
const given: Operation[] = []
/** The wire between service and database: while it is cut, whatever comes is lost, and its connection with it. */
const wire = { cut: false, lost: 0, hit: new Set<Link>() }

beforeAll(async () => {
  server = await openOwnServer({ max_wal_size: '64MB' }, disk)
  const passes = (_: Buffer, link: Link): boolean => {
    if (!wire.cut) return true
    wire.lost += 1
    wire.hit.add(link)
    return false
  }
  proxy = await openProxy(server.port, () => ({ fromClient: passes, fromServer: passes }))
  const through = new URL(server.superUrl)
  through.port = String(proxy.port)
  service = startService({ DATABASE_URL: through.href, YIBEN_DATA: join(folder, 'data'), YIBEN_WORKER: '0' })
  url = await service.ready(120_000)
  const database = openDatabase(server.superUrl)
  const token = await issueToken(database, { person: 'zhang', role: 'integration', days: 9 })
  await database.close()
  for (const code of bookCodes) {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify(newBookBody(code))
    expect((await fetch(`${url}/v1/books`, { method: 'POST', headers, body })).status).toBe(201)
  }
  door = httpDoor(url, token)
  given.push(...(await fund(door)))
}, 240_000)
afterAll(async () => {
  for (const pid of everything()) signal(pid, 'SIGCONT')
  await endAll([service])
  await proxy.close()
  await server.close()
  if (hasDisk) execFileSync('umount', ['-l', disk])
  fs.rmSync(folder, { recursive: true, force: true })
}, 60_000)

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // Gone already.
  }
}
const childrenOf = (pid: number): number[] =>
  pid === 0 ? [] : fs.readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
const everything = (): number[] => [service.child.pid ?? 0, server.pid(), ...childrenOf(server.pid())].filter(Boolean)

let seed = 40

/** Load while something is done to the machine; the judge; and how long nothing was answered after it was over. */
async function stand(name: string, harm: () => Promise<void>): Promise<void> {
  seed += 1
  const load = startLoad(door, seed)
  await sleep(1_000)
  await harm()
  const over = performance.now()
  const answered = (): number | undefined =>
    load.history.events.find(({ at, kind }) => at > over && (kind === 'ok' || kind === 'fail'))?.at
  while (answered() === undefined && performance.now() - over < 3 * backWithinMs) await sleep(20)
  const back = (answered() ?? Number.POSITIVE_INFINITY) - over
  await sleep(1_000)
  const history = await load.finish()
  const verdict = await judge(server.superUrl, history, given)
  given.push(...history.operations)
  reportVerdict(name, verdict, { 'back ms': back })
  expect(verdict.faults).toEqual([])
  expect(history.surprises).toEqual([])
  expect(verdict.acked).toBeGreaterThan(20)
  expect(verdict.open).toBe(0)
  expect(back).toBeLessThan(backWithinMs)
  expect(service.child.exitCode).toBeNull()
}

/** The status of an answer that comes within a second; none where none comes. */
const healthy = (): Promise<number | undefined> =>
  fetch(`${url}/healthz`, { signal: AbortSignal.timeout(1_000) }).then(
    ({ status }) => status,
    () => undefined,
  )
const ready = async (): Promise<number> => (await fetch(`${url}/readyz`)).status

describe.sequential('under load', () => {
  it.each([1_000, 4_000, 12_000])('the network to the database is cut for %i ms', { timeout: 120_000 }, (ms) =>
    stand(`network cut, ${ms} ms`, async () => {
      const before = wire.lost
      wire.cut = true
      await sleep(ms)
      // The control: the wire carried nothing.
      if (ms > 3_000) expect(await ready()).toBe(503)
      wire.cut = false
      expect(wire.lost).toBeGreaterThan(before)
      for (const link of wire.hit) link.cut()
      wire.hit.clear()
    }),
  )

  it('the service stands still (SIGSTOP)', { timeout: 120_000 }, () =>
    stand('service paused', async () => {
      const pid = service.child.pid ?? 0
      signal(pid, 'SIGSTOP')
      await sleep(4_000)
      // The control: nobody answered.
      expect(await healthy()).toBeUndefined()
      signal(pid, 'SIGCONT')
    }),
  )

  it('all of the machine stands still, as one that is suspended', { timeout: 120_000 }, () =>
    stand('suspended', async () => {
      const all = everything()
      expect(all.length).toBeGreaterThan(4)
      for (const pid of all) signal(pid, 'SIGSTOP')
      await sleep(20_000)
      expect(await healthy()).toBeUndefined()
      for (const pid of all) signal(pid, 'SIGCONT')
    }),
  )

  it.skipIf(!hasDisk)('the disk is full, and freed', { timeout: 240_000 }, () =>
    stand('disk full', async () => {
      const ballast = join(disk, 'ballast')
      const file = fs.openSync(ballast, 'w')
      const block = Buffer.alloc(1 << 16)
      const fill = (): void => {
        try {
          for (;;) fs.writeSync(file, block)
        } catch (error) {
          expect((error as NodeJS.ErrnoException).code).toBe('ENOSPC')
        }
      }
      for (let turn = 0; turn < 30 && server.pid() > 0; turn++) {
        fill()
        // The control: the server cannot write, and says so or ends of it (the log is what it cannot do without).
        const said = await queryOnce(server.superUrl, 'select pg_switch_wal()').catch((error: unknown) => error)
        if (said instanceof Error) report('disk full: the server', { says: said.message })
        await sleep(200)
      }
      fs.closeSync(file)
      const isDown = server.pid() === 0
      report('disk full: the server', { ended: String(isDown) })
      expect(isDown || (await ready()) === 503).toBe(true)
      fs.rmSync(ballast)
      // What a service manager does.
      if (isDown) await server.start()
    }),
  )
})

const dayMs = 86_400_000

describe('under load', () => {
  const real = Date.now.bind(Date)
  afterAll(() => void (Date.now = real))

  it.each([
    ['back by a day', -dayMs],
    ['on by three hours', dayMs / 8],
    ['on by three days', 3 * dayMs],
  ])('the clock is stepped %s, and back', { timeout: 180_000 }, async (name, ms) => {
    await standFault(
      `clock ${name}`,
      async (own) => {
        await sleep(500)
        const before = systemClock()
        Date.now = () => real() + ms
        // The control: whoever wrote down what the clock says would see time turn back, or leap.
        expect(Number(systemClock() - before) / 1_000 / ms).toBeCloseTo(1, 1)
        await sleep(1_000)
        Date.now = real
        await sleep(1_000)
        const turned = await own.query(
          `select from (select recorded_at <= lag(recorded_at) over (partition by book_id order by sequence) as turned
           from yiben.entry) e where turned`,
        )
        expect(turned).toEqual([])
      },
      60,
    )
  })
})
