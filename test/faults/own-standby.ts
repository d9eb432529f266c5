/**
 * A streaming standby of a server that a test owns: a cold copy of its data folder, which asks the server for what it
 * logs. The server stands still for a moment while it is copied.
 */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { livePid, type OwnServer, queryOnce, startAgain, until } from './own-server.ts'

export type OwnStandby = {
  readonly superUrl: string
  pid(): number
  signal(signal: NodeJS.Signals): void
  start(): Promise<number>
  gone(): Promise<void>
  query(text: string): Promise<unknown[]>
  close(): Promise<void>
}

export async function openOwnStandby(server: OwnServer): Promise<OwnStandby> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-standby-'))
  // As root the server's account must pass through.
  fs.chmodSync(folder, 0o711)
  const [program, , from = '', ...settings] = server.command
  const data = join(folder, 'postgres')
  server.signal('SIGINT')
  await server.gone()
  execFileSync('cp', ['-a', from, data])
  await server.start()
  const { port, username, password } = new URL(server.superUrl)
  const reached = `host=127.0.0.1 port=${port} user=${username} password=${decodeURIComponent(password)}`
  fs.appendFileSync(join(data, 'postgresql.auto.conf'), `\nprimary_conninfo = '${reached}'\n`)
  fs.writeFileSync(join(data, 'standby.signal'), '')
  fs.rmSync(join(data, 'postmaster.pid'), { force: true })
  const { uid, gid } = fs.statSync(data)
  fs.chownSync(join(data, 'standby.signal'), uid, gid)
  const own = await freePort()
  const words = ['-D', data, ...settings.map((word) => (word.startsWith('port=') ? `port=${own}` : word))]
  const url = new URL(server.superUrl)
  url.port = String(own)
  const pid = () => livePid(data)
  const standby: OwnStandby = {
    superUrl: url.href,
    pid,
    signal: (signal) => void (pid() > 0 && process.kill(pid(), signal)),
    start: () => startAgain(program, words, data, url.href),
    gone: () => until(() => pid() === 0, 15_000, 'the standby to end'),
    query: (text) => queryOnce(url.href, text),
    close: async () => {
      standby.signal('SIGINT')
      await standby.gone().catch(() => standby.signal('SIGQUIT'))
      await standby.gone()
      fs.rmSync(folder, { recursive: true, force: true })
    },
  }
  await standby.start()
  return standby
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  await new Promise((done) => server.close(done))
  return typeof address === 'object' && address ? address.port : 0
}
