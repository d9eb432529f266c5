/**
 * Who is killed leaves no PostgreSQL behind: a service's waits a moment for the next start to take it over, and ends; a
 * run of the tests takes all of its servers along. Nobody hears of SIGKILL, so another must see to it: where that one
 * was killed too, the server stays, which is the control.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { startMark } from '../../src/base/server/process.ts'
import { postmasterOf } from '../support/postmaster.ts'
import { endAll, type Running, startService } from '../support/process.ts'
import { stemFolder, until } from './own-server.ts'

const checkout = resolve(import.meta.dirname, '../..')
const services: Running[] = []
const folders: string[] = []
afterAll(async () => {
  await endAll(services)
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

async function started(folder: string): Promise<{ readonly service: Running; readonly server: number }> {
  const service = startService({ YIBEN_DATA: folder, YIBEN_WORKER: '0' })
  services.push(service)
  await service.ready(120_000)
  return { service, server: await postmasterOf(folder) }
}

async function killed({ child, ended }: Running): Promise<void> {
  child.kill('SIGKILL')
  await ended
}

function newFolder(): string {
  const folder = stemFolder('yiben-orphan-')
  folders.push(folder)
  return folder
}

const isThere = (pid: number): boolean => startMark(pid) !== undefined
const wordsOf = (pid: string): string => {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
const processes = (): string[] => fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name))
const guardsOf = (server: number): number[] =>
  processes()
    .filter((pid) => wordsOf(pid).includes(`guard.mjs\0${server}\0`))
    .map(Number)

/** The server must have ended by then: what it waits for the next start, and what a shutdown takes. */
const boundMs = 100_000

describe.concurrent('the server of a service that is killed', () => {
  it('is taken over by a start that comes soon, and ends where none comes', { timeout: 400_000 }, async () => {
    const folder = newFolder()
    const first = await started(folder)
    await killed(first.service)
    const second = await started(folder)
    expect(second.server).toBe(first.server)
    await killed(second.service)
    await until(() => !isThere(first.server), boundMs, 'the server to end')
    await until(() => guardsOf(first.server).length === 0, boundMs, 'its guards to end')
    // Nothing of that harms the next start.
    const third = await started(folder)
    third.service.child.kill('SIGTERM')
    expect((await third.service.ended).status).toBe(0)
    await until(() => guardsOf(third.server).length === 0, 5_000, 'the guard to end with it')
  })

  it('stays where its guard was killed too: the control', { timeout: 400_000 }, async () => {
    const folder = newFolder()
    const { service, server } = await started(folder)
    const guards = guardsOf(server)
    expect(guards.length).toBeGreaterThan(0)
    for (const pid of guards) process.kill(pid, 'SIGKILL')
    await killed(service)
    await expect(until(() => !isThere(server), boundMs, 'the server to end')).rejects.toThrow('in vain')
    process.kill(server, 'SIGINT')
    await until(() => !isThere(server), 15_000, 'the server to end')
  })
})

describe('a run of the tests that is killed', () => {
  it('takes its servers and services along', { timeout: 400_000 }, async () => {
    const temporary = fs.mkdtempSync(join(tmpdir(), 'yiben-killed-run-'))
    folders.push(temporary)
    fs.chmodSync(temporary, 0o711)
    const run: ChildProcess = spawn(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', 'test/faults/weather.test.ts'],
      { cwd: checkout, env: { ...process.env, TMPDIR: temporary, VITEST: '' }, stdio: 'ignore', detached: true },
    )
    const ended = new Promise((done) => run.once('exit', done))
    const of = async (prefix: string, within = ''): Promise<number[]> => {
      const names = fs.readdirSync(temporary).filter((name) => name.startsWith(prefix))
      return Promise.all(names.map((name) => postmasterOf(join(temporary, name, within)).catch(() => 0)))
    }
    const servers = async (): Promise<number[]> =>
      [...(await of('yiben-test-', 'home')), ...(await of('yiben-fault-'))].filter((pid) => pid > 0 && isThere(pid))
    const ownServices = (): string[] =>
      processes().filter((pid) => {
        try {
          return fs.readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`TMPDIR=${temporary}`)
        } catch {
          return false
        }
      })
    const isService = (pid: string): boolean => wordsOf(pid).includes('src/main.ts')
    await until(
      async () => (await servers()).length === 2 && ownServices().some(isService),
      150_000,
      'it to be at work',
    )
    const found = await servers()
    run.kill('SIGKILL')
    await ended
    await until(() => found.every((pid) => !isThere(pid)), boundMs, 'its servers to end')
    await until(() => ownServices().length === 0, boundMs, 'its services to end')
  })
})
