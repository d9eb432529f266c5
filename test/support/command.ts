/**
 * The command line on a test's own database: in this process, where it costs no start of Node, or through its real
 * door. A command has one test through the door, which alone can tell that the process ends, with what status, and that
 * the program loads as an operator loads it.
 */
import { spawn } from 'node:child_process'
import { Readable, Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { inject } from 'vitest'
import { run } from '../../src/cli/program.ts'
import type { TestDatabase } from './database.ts'

export type Ran = { readonly status: number | null; readonly out: string; readonly err: string }
export type CommandOptions = {
  readonly input?: string
  readonly folder?: string
  /** Another login than the superuser. */
  readonly databaseUrl?: string
}

const root = fileURLToPath(new URL('../..', import.meta.url))

function environment(test: TestDatabase, { folder, databaseUrl }: CommandOptions): Record<string, string> {
  const url = new URL(inject('server').adminUrl)
  url.pathname = new URL(test.url).pathname
  return { DATABASE_URL: databaseUrl ?? url.href, ...(folder !== undefined && { YIBEN_DATA: folder }) }
}

/** Runs `yiben WORDS` as a process. */
export function spawnCommand(test: TestDatabase, words: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', ...words], {
      cwd: root,
      env: { ...process.env, ...environment(test, options) },
    })
    let [out, err] = ['', '']
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()))
    child.once('close', (status) => resolve({ status, out, err }))
    child.stdin.end(options.input ?? '')
  })
}

let last: Promise<unknown> = Promise.resolve()

/**
 * Runs `yiben WORDS` in this process. One at a time, in the order of the calls: the streams and the environment belong
 * to the process.
 */
export function runCommand(test: TestDatabase, words: readonly string[], options: CommandOptions = {}): Promise<Ran> {
  const running = last.then(() => runHere(test, words, options))
  last = running.catch(() => undefined)
  return running
}

async function runHere(test: TestDatabase, words: readonly string[], options: CommandOptions) {
  const [out, err] = [collector(), collector()]
  const giveBack = [
    ...Object.entries({
      stdin: Readable.from([Buffer.from(options.input ?? '')]),
      stdout: out.stream,
      stderr: err.stream,
    }).map(([name, stream]) => replaced(process, name, stream)),
    ...Object.entries(environment(test, options)).map(([name, value]) => replaced(process.env, name, value)),
  ]
  const statusBefore = process.exitCode
  process.exitCode = undefined
  try {
    const status = await run(words)
    return { status, out: out.text(), err: err.text() }
  } finally {
    process.exitCode = statusBefore
    for (const back of giveBack) back()
  }
}

/** Puts a value in place of another and gives the way back. */
function replaced(holder: object, name: string, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(holder, name)
  Object.defineProperty(holder, name, { value, configurable: true, enumerable: true, writable: true })
  return () => (before ? void Object.defineProperty(holder, name, before) : void Reflect.deleteProperty(holder, name))
}

function collector() {
  const chunks: Buffer[] = []
  const stream = new Writable({
    write: (chunk: Buffer, _, done) => {
      chunks.push(chunk)
      done()
    },
  })
  return { stream, text: () => Buffer.concat(chunks).toString() }
}
