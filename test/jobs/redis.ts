/**
 * A redis-server of the test's own: spawned by its path on a free loopback port, ended by its pid, started again on the
 * same port.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { until } from '../faults/own-server.ts'

const program = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  (path) => existsSync(path) && spawnSync(path, ['--version']).status === 0,
)

/** True where tests with Redis run. In CI they must; elsewhere the reason is told. */
export const hasRedis = ((): boolean => {
  if (program !== undefined) return true
  if (process.env['CI']) throw new Error('redis-server is not installed, and in CI it must be')
  process.stderr.write('redis-server is not installed: tests that need it are skipped (apt-get install redis-server)\n')
  return false
})()

export type OwnRedis = {
  readonly url: string
  start(): Promise<void>
  kill(signal?: NodeJS.Signals): Promise<void>
  command(...words: [string, ...string[]]): Promise<unknown>
  close(): Promise<void>
}

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })

/** Made, not started. `words` go to redis-server: persistence, memory. */
export async function makeRedis(words: readonly string[] = ['--save', '', '--appendonly', 'no']): Promise<OwnRedis> {
  const folder = await mkdtemp(join(tmpdir(), 'yiben-redis-'))
  const port = await freePort()
  const url = `redis://127.0.0.1:${port}`
  let child: ChildProcess | undefined
  const command = async (...[name, ...rest]: [string, ...string[]]): Promise<unknown> => {
    const client = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 1, connectTimeout: 1_000 })
    client.on('error', () => undefined)
    try {
      return await client.call(name, ...rest)
    } finally {
      client.disconnect()
    }
  }
  const own: OwnRedis = {
    url,
    command,
    start: async () => {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--loglevel', 'warning', ...words]
      child = spawn(program ?? 'redis-server', args, { stdio: 'ignore', cwd: folder })
      await until(
        () =>
          command('ping').then(
            () => true,
            () => false,
          ),
        10_000,
        'redis to answer',
      )
    },
    kill: async (signal = 'SIGKILL') => {
      const dying = child
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return
      const gone = new Promise((resolve) => dying.once('exit', resolve))
      dying.kill(signal)
      await gone
    },
    close: async () => {
      await own.kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
  return own
}
