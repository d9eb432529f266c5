/** The service as a process of its own, started by its file: what it says, when it is ready, and how it ends. */
import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { guard } from '../../src/base/server/guard.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Ended = { readonly status: number | null; readonly out: string; readonly err: string }

export type Running = {
  readonly child: ChildProcess
  readonly ended: Promise<Ended>
  /** The address it is ready on; throws where it ends before. */
  ready(withinMs?: number): Promise<string>
  /** All it said on stderr so far. */
  said(): string
  /** All it told on stdout so far. */
  told(): string
}

type How = { readonly file?: string; readonly args?: string[]; readonly before?: string[]; readonly cwd?: string }

/** `before`: what stands before the program on the command line; `cwd`: another checkout than this. */
export function startService(
  env: Readonly<Record<string, string>>,
  { file = 'src/main.ts', args = [], before = [], cwd = root }: How = {},
): Running {
  const [program = process.execPath, ...words] = [...before, process.execPath, '--import', 'tsx', file, ...args]
  const child = spawn(program, words, {
    cwd,
    env: { ...process.env, PORT: '0', HOST: '127.0.0.1', YIBEN_SAMPLE: '0', DATABASE_URL: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  // A run that is killed ends what it started.
  const guarded = child.pid === undefined ? undefined : guard(child.pid, { signals: ['SIGTERM', 'SIGKILL'] })
  const texts = { out: '', err: '' }
  child.once('close', () => guarded?.release())
  child.stdout.on('data', (piece: Buffer) => (texts.out += piece.toString()))
  child.stderr.on('data', (piece: Buffer) => (texts.err += piece.toString()))
  const ended = new Promise<Ended>((resolve) => child.once('close', (status) => resolve({ status, ...texts })))
  const ready = async (withinMs = 60_000): Promise<string> => {
    for (const began = performance.now(); performance.now() - began < withinMs; ) {
      const url = /^yiben ready (\S+)$/m.exec(texts.out)?.[1]
      if (url) return url
      if (child.exitCode !== null || child.signalCode !== null) break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    throw new Error(`not ready: ${texts.out}${texts.err}`)
  }
  return { child, ended, ready, said: () => texts.err, told: () => texts.out }
}

/** Ends what a test started, whatever became of it. */
export async function endAll(services: readonly Running[]): Promise<void> {
  for (const { child } of services) if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
  const late = setTimeout(() => {
    for (const { child } of services) child.kill('SIGKILL')
  }, 12_000)
  await Promise.all(services.map(({ ended }) => ended))
  clearTimeout(late)
}
