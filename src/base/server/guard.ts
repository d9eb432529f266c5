/**
 * That a server does not outlive its owner for ever. Nobody hears of SIGKILL, so a shell waits at the end of a wire
 * that only the owner holds: when the wire is cut, guard.mjs ends the server. An owner that ends in order says so
 * first.
 */
import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { hasProc, startMark } from './process.ts'

export type Guard = { release(): void }

export type GuardOptions = {
  /** For so long the server waits for somebody to take it over. */
  readonly graceMs?: number
  /** The data folder: whoever has a claim on it then keeps the server. */
  readonly home?: string
  /** How it is ended, and how where it does not hear. */
  readonly signals?: readonly [NodeJS.Signals, NodeJS.Signals]
}

const program = fileURLToPath(new URL('guard.mjs', import.meta.url))
// The shell is told nothing but by the end of what it reads; it takes a hundredth of what a waiting node would.
const waiting = 'read -r word && exit 0; exec "$@"'

/** Guards a process by its number. Without /proc nobody can tell it from a later one, and nothing is guarded. */
export function guard(
  pid: number,
  { graceMs = 0, home = '', signals = ['SIGINT', 'SIGQUIT'] }: GuardOptions = {},
): Guard {
  const mark = startMark(pid)
  if (mark === undefined || !hasProc()) return { release: () => undefined }
  const words = [process.execPath, program, String(pid), mark, String(graceMs), home, ...signals]
  // A group of its own: Ctrl-C in the terminal is for the owner.
  const shell = spawn('/bin/sh', ['-c', waiting, 'yiben-guard', ...words], {
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  })
  // Where there is no shell the server is unguarded, as it was; a wire that is cut from its other end is no fault.
  shell.on('error', () => undefined)
  shell.stdin.on('error', () => undefined)
  shell.unref()
  ;(shell.stdin as unknown as Socket).unref()
  return { release: () => void shell.stdin.end('done\n') }
}
