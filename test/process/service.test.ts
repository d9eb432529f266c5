/**
 * The process as an operator meets it: real `npm start` on a fresh folder, tokens while it runs and while it does not,
 * and its end.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newBookBody, quotaBody } from '../support/door.ts'
import { postmasterOf } from '../support/postmaster.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
let folder = ''
const children: ChildProcess[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-process-'))
})
afterAll(async () => {
  for (const child of children) if (child.exitCode === null) child.kill('SIGKILL')
  await rm(folder, { recursive: true, force: true })
})

type Ended = { status: number | null; out: string; err: string }

function start(args: readonly string[], more: Record<string, string> = {}) {
  const env = { ...process.env, YIBEN_DATA: folder, PORT: '0', YIBEN_SAMPLE: '0', ...more }
  const child = spawn('npm', args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] })
  children.push(child)
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk: Buffer) => (texts.out += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (texts.err += chunk.toString()))
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, ...texts })))
  const ready = async (): Promise<string> => {
    for (let i = 0; i < 600; i++) {
      const url = /^yiben ready (http:\/\/127\.0\.0\.1:\d+)$/m.exec(texts.out)?.[1]
      if (url) return url
      if (child.exitCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    throw new Error(`not ready: ${texts.out}${texts.err}`)
  }
  return { child, ended, ready }
}

const command = (...args: string[]): Promise<Ended> => start(['run', '-s', 'yiben', '--', ...args]).ended

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

async function descendants(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  const own = text.split(' ').filter(Boolean).map(Number)
  return [...own, ...(await Promise.all(own.map(descendants))).flat()]
}

const postmaster = (): Promise<number> => postmasterOf(folder)

describe.sequential('the service', () => {
  it('refuses settings that cannot be meant, with status 2 and a line', async () => {
    const { status, err, out } = await start(['-s', 'start'], { PORT: 'eighty' }).ended
    expect([status, out]).toEqual([2, ''])
    expect(err).toContain('PORT=eighty')
  })

  it('starts from nothing, takes a token made beside it, and ends whole on SIGTERM to npm', async () => {
    const service = start(['start'])
    const url = await service.ready()
    const made = await command('token', '--role', 'integration')
    expect(made.status).toBe(0)
    expect(made.out).toMatch(/^yb_[A-Za-z0-9_-]{43}\n$/)
    const headers = {
      authorization: `Bearer ${made.out.trim()}`,
      'content-type': 'application/json',
      'idempotency-key': 'p1',
    }
    const post = (path: string, body: object) =>
      fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) })
    expect((await post('/v1/books', newBookBody('P'))).status).toBe(201)
    const first = await (await post('/v1/books/P/entries', quotaBody())).text()

    const second = await start(['-s', 'start']).ended
    expect(second.status).toBe(1)
    // One sentence, in two languages.
    expect(second.err.trim().split('\n')).toHaveLength(1)
    expect(second.err).toContain('正由进程')
    expect((await fetch(`${url}/readyz`)).status).toBe(200)

    const pids = [service.child.pid ?? 0, ...(await descendants(service.child.pid ?? 0)), await postmaster()]
    expect(pids.length).toBeGreaterThan(2)
    const began = performance.now()
    service.child.kill('SIGTERM')
    await service.ended
    while (pids.some(alive) && performance.now() - began < 12_000)
      await new Promise((resolve) => setTimeout(resolve, 50))
    expect(pids.filter(alive)).toEqual([])
    expect(performance.now() - began).toBeLessThan(10_000)

    // While it is stopped a token can be made too, and nothing is left running afterwards.
    const later = await command('token', '--role', 'auditor', '--district', '110102', '--person', 'li')
    expect(later.out).toMatch(/^yb_/)
    await expect(postmaster()).rejects.toThrow()

    // After a restart the key still has its answer; the new token works.
    const again = start(['-s', 'start'])
    const newUrl = await again.ready()
    const replay = await fetch(`${newUrl}/v1/books/P/entries`, {
      method: 'POST',
      headers,
      body: JSON.stringify(quotaBody()),
    })
    expect([await replay.text(), replay.headers.get('idempotent-replayed')]).toEqual([first, 'true'])
    const seen = await fetch(`${newUrl}/v1/books`, { headers: { authorization: `Bearer ${later.out.trim()}` } })
    expect(seen.status).toBe(200)
    const [node] = (await descendants(again.child.pid ?? 0)).slice(-1)
    expect(node).toBeDefined()
    again.child.kill('SIGINT')
    await again.ended
  }, 120_000)

  it('finishes what is under way and tells late ones on kept connections to come back', async () => {
    const { out } = await command('token', '--role', 'integration')
    const service = spawn(process.execPath, ['--import', 'tsx', 'src/main.ts'], {
      cwd: root,
      env: { ...process.env, YIBEN_DATA: folder, PORT: '0', YIBEN_SAMPLE: '0' },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    children.push(service)
    const url = await new Promise<string>((resolve) =>
      service.stdout.on('data', (chunk: Buffer) => resolve(/http:\S+/.exec(chunk.toString())?.[0] ?? '')),
    )
    const agent = new Agent({ keepAlive: true })
    const statuses: (number | string)[] = []
    let n = 0
    const postOnce = () =>
      new Promise<void>((resolve) => {
        const headers = {
          authorization: `Bearer ${out.trim()}`,
          'content-type': 'application/json',
          'idempotency-key': `late-${++n}`,
        }
        const sent = request(`${url}/v1/books/P/entries`, { agent, method: 'POST', headers }, (answer) => {
          statuses.push(
            answer.statusCode === 503 && answer.headers['retry-after'] ? '503 later' : (answer.statusCode ?? 0),
          )
          answer.resume().on('end', () => resolve())
        })
        sent.on('error', (error: NodeJS.ErrnoException) => {
          statuses.push(error.code ?? 'error')
          resolve()
        })
        sent.end(JSON.stringify(quotaBody('0.01')))
      })
    const exited = new Promise<number | null>((resolve) => service.once('exit', resolve))
    const load = async () => {
      while (service.exitCode === null && !statuses.includes('ECONNREFUSED')) await postOnce()
    }
    const loads = Array.from({ length: 8 }, load)
    await new Promise((resolve) => setTimeout(resolve, 800))
    service.kill('SIGTERM')
    await Promise.all(loads)
    expect(await exited).toBe(0)
    agent.destroy()
    // Answered, told to come back, or not connected at all: never cut off after being taken.
    expect([...new Set(statuses)].filter((status) => ![201, '503 later', 'ECONNREFUSED'].includes(status))).toEqual([])
    expect(statuses).toContain('503 later')
  }, 60_000)
})
