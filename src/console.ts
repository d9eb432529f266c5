/**
 * The console beside the service: taken as it was built when the packages were installed, or built now by a program of
 * its own while the service starts. That the console cannot be built stops nothing: the first page says so.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { builtFolder, fingerprint, holds } from '../web/stamp.ts'
import { ConsoleFiles } from './http/routes/console.ts'
import { failureFields, type Log } from './http/watch/log.ts'

export type OpenConsole = { readonly files: ConsoleFiles; stop(): void }

/** Opens the console; a folder of the checkout that cannot be written is made up for in the data folder. */
export function openConsole(data: string, log: Log): OpenConsole {
  const files = new ConsoleFiles()
  let child: ChildProcess | undefined
  let stopped = false
  const load = (folder: string): void => {
    files.load(folder)
    log('info', 'console_ready', { folder })
  }
  const failed = (error: unknown): void => {
    // A build that the stop of the service ends has not failed.
    if (stopped) return
    files.state = 'failed'
    log('warn', 'console_failed', failureFields(error))
  }
  try {
    const wanted = fingerprint()
    const own = join(data, 'web')
    const found = [builtFolder, own].find((folder) => holds(folder, wanted))
    if (found) load(found)
    else {
      placeToBuild(own)
        .then((folder) => {
          if (!stopped) child = build(folder, () => load(folder), failed)
        })
        .catch(failed)
    }
  } catch (error) {
    failed(error)
  }
  return {
    files,
    stop: () => {
      stopped = true
      child?.kill('SIGTERM')
    },
  }
}

const placeToBuild = (own: string): Promise<string> =>
  access(dirname(builtFolder), constants.W_OK).then(
    () => builtFolder,
    () => own,
  )

function build(folder: string, done: () => void, failed: (error: unknown) => void): ChildProcess {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', 'web/build.ts', folder], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  child.once('error', failed)
  child.once('close', (status) => {
    if (status !== 0) return failed(new Error(said.trim().slice(0, 500)))
    // What was built may be gone or halved by now: that is a console that failed, not a service.
    try {
      done()
    } catch (error) {
      failed(error)
    }
  })
  return child
}
