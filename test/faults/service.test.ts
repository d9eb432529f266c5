/**
 * F21: the service itself is killed, under load and exactly between COMMIT and the answer, and the wire to it is cut.
 * Its database goes on without it and is taken up by the next start; whoever asks again with the same key gets the same
 * answer, and everything is there once.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { issueToken } from '../../src/access/token.ts'
import { openDatabase } from '../../src/base/db.ts'
import { random } from '../sim/random.ts'
import { judge } from './checker.ts'
import { httpDoor } from './doors.ts'
import { bookCodes, type Door, fund, type Operation, startLoad } from './load.ts'
import { queryOnce, stemFolder, until } from './own-server.ts'
import { openProxy, type Proxy } from './proxy.ts'
import { longer, report, reportVerdict, seeds } from './report.ts'

const checkout = resolve(import.meta.dirname, '../..')
const folder = stemFolder('yiben-service-')

let port = 0
let service: ChildProcess | undefined
let said = ''
let proxy: Proxy | undefined
let door: Door = () => Promise.reject(new Error('not started'))
let token = ''
let superUrl = ''
/** How many of the next answers are lost on the wire, and whether the service dies of it. */
const wire = { answersToLose: 0, fatal: false, lost: 0 }
const given: Operation[] = []

/** Starts the service on its port and waits until it is ready; answers the milliseconds that took. */
async function start(): Promise<number> {
  const began = performance.now()
  const env = {
    ...process.env,
    YIBEN_DATA: folder,
    PORT: String(port),
    HOST: '127.0.0.1',
    YIBEN_SAMPLE: '0',
    DATABASE_URL: '',
  }
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
    cwd: checkout,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  service = child
  let ready = false
  child.stdout.on('data', (piece: Buffer) => {
    ready ||= piece.toString().includes('yiben ready')
  })
  child.stderr.on('data', (piece: Buffer) => (said += piece.toString()))
  await until(() => ready || child.exitCode !== null, 120_000, 'the service')
  if (!ready) throw new Error(`the service did not start: ${said}`)
  return performance.now() - began
}

async function end(signal: NodeJS.Signals): Promise<number | null> {
  const child = service
  if (!child || child.exitCode !== null || child.signalCode !== null) return child?.exitCode ?? null
  const ended = new Promise<number | null>((done) => child.once('exit', (status) => done(status)))
  child.kill(signal)
  return ended
}

beforeAll(async () => {
  port = await freePort()
  await start()
  const secrets = JSON.parse(fs.readFileSync(join(folder, 'secrets.json'), 'utf8')) as {
    postgres: string
    yiben_app: string
  }
  const databasePort = (): string => fs.readFileSync(join(dataFolder(), 'postmaster.pid'), 'utf8').split('\n')[3] ?? ''
  superUrl = `postgres://postgres:${secrets.postgres}@127.0.0.1:${databasePort()}/yiben`
  const database = openDatabase(`postgres://yiben_app:${secrets.yiben_app}@127.0.0.1:${databasePort()}/yiben`)
  token = await issueToken(database, { person: 'zhang', role: 'integration', days: 1 })
  await database.close()
  proxy = await openProxy(port, () => ({
    fromServer: (_, link) => {
      if (wire.answersToLose === 0) return true
      wire.answersToLose -= 1
      wire.lost += 1
      // The answer exists, so the COMMIT is done; nobody is going to hear of it.
      if (wire.fatal) service?.kill('SIGKILL')
      link.cut()
      return false
    },
  }))
  door = httpDoor(`http://127.0.0.1:${proxy.port}`, token)
  for (const code of bookCodes) await createBook(code)
  given.push(...(await fund(door)))
}, 120_000)

const dataFolder = (): string => {
  const elsewhere = join(folder, 'postgres.location')
  return fs.existsSync(elsewhere) ? fs.readFileSync(elsewhere, 'utf8').trim() : join(folder, 'postgres')
}

async function createBook(code: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${port}/v1/books`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ code, name: `故障试验 ${code}`, district: '110102', standard: 'government' }),
  })
  if (response.status !== 201) throw new Error(await response.text())
}

afterAll(async () => {
  await proxy?.close()
  const status = await end('SIGTERM')
  // A service that died leaves its database running, for the next one to take up: so one more comes, and ends properly.
  if (status !== 0) {
    await start()
    await end('SIGTERM')
  }
  fs.rmSync(folder, { recursive: true, force: true })
})

const known: Operation[] = []
const settle = async (load: ReturnType<typeof startLoad>) => {
  const history = await load.finish()
  const verdict = await judge(superUrl, history, [...given, ...known])
  known.push(...history.operations)
  return { history, verdict }
}

describe.each(seeds)('F21, seed %i', (seed) => {
  it('kill -9 of the service under load, at any moment', { timeout: 180_000 * longer }, async () => {
    const luck = random(seed)
    const load = startLoad(door, seed)
    const starts: number[] = []
    for (let kills = 0; kills < 3 * longer; kills++) {
      await sleep(400 + luck.below(800))
      await end('SIGKILL')
      starts.push(await start())
    }
    await sleep(500)
    const { history, verdict } = await settle(load)
    reportVerdict(`F21 kill -9 of the service, seed ${seed}`, verdict, { 'start ms': Math.max(...starts) })
    expect(verdict.faults).toEqual([])
    expect(history.surprises).toEqual([])
    expect(verdict.acked).toBeGreaterThan(20)
    expect(verdict.unknown).toBeGreaterThan(0)
    expect(verdict.open).toBe(0)
  })

  it('answers lost on the wire', { timeout: 180_000 * longer }, async () => {
    const load = startLoad(door, seed + 100)
    const before = wire.lost
    for (let rounds = 0; rounds < 10 * longer; rounds++) {
      await sleep(100)
      wire.answersToLose = 3
    }
    await until(() => wire.answersToLose === 0, 10_000, 'the losses')
    const { history, verdict } = await settle(load)
    reportVerdict(`F21 answers lost, seed ${seed}`, verdict, { lost: wire.lost - before })
    expect(verdict.faults).toEqual([])
    expect(history.surprises).toEqual([])
    expect(verdict.open).toBe(0)
    // Without a replay nothing would have been tried here.
    expect(verdict.replays).toBeGreaterThan(5)
  })
})

describe('F21 between COMMIT and the answer', () => {
  const operation = (id: string): Operation => ({
    id,
    parts: [
      {
        book: 'F-A',
        on: '2026-03-06',
        lines: [
          { account: '1011', side: 'debit', fen: 12_345n, project: 'P1' },
          { account: '4001', side: 'credit', fen: 12_345n, project: 'P1' },
        ],
      },
    ],
  })
  const count = async (id: string): Promise<number> =>
    (await queryOnce(superUrl, 'select from yiben.entry where summary = $1', [id])).length

  it('the entry is there, and the same key gets it from the next service', { timeout: 180_000 }, async () => {
    const died = new Promise((resolve) => service?.once('exit', resolve))
    Object.assign(wire, { answersToLose: 1, fatal: true })
    await expect(door(operation('swallowed'), 'swallowed')).rejects.toThrow()
    await died
    wire.fatal = false
    expect(await count('swallowed')).toBe(1)
    const startMs = await start()
    const reply = await door(operation('swallowed'), 'swallowed')
    expect(reply).toMatchObject({ kind: 'ok', replayed: true })
    expect(await door(operation('swallowed'), 'swallowed')).toEqual(reply)
    expect(await count('swallowed')).toBe(1)
    report('F21 between COMMIT and the answer', { acked: 1, doubled: 0, replays: 2, 'start ms': startMs })
  })

  it('the control: whoever asks with a new key has it twice', async () => {
    wire.answersToLose = 1
    await expect(door(operation('twice'), 'twice-1')).rejects.toThrow()
    const reply = await door(operation('twice'), 'twice-2')
    const events = [{ at: 0, id: 'twice', ...reply }]
    const verdict = await judge(superUrl, { seed: 0, operations: [operation('twice')], events, surprises: [] }, [])
    report('F21 control: a new key', { doubled: verdict.doubled })
    expect(verdict.doubled).toBe(1)
  })

  it('ends with 0 and takes its database along', { timeout: 30_000 }, async () => {
    expect(await end('SIGTERM')).toBe(0)
    expect(fs.existsSync(join(dataFolder(), 'postmaster.pid'))).toBe(false)
    expect(said).not.toMatch(/"event":"unhandled"|internal_error/)
  })
})

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}
