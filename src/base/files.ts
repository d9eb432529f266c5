/** Small files of our own in a data folder: written whole or not at all, and read where they are there. */
import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Creates a file with its whole content, or answers false because it exists: no reader sees half. */
export function createWhole(path: string, text: string): boolean {
  const temporary = `${path}.${randomUUID()}`
  fs.writeFileSync(temporary, text, { mode: 0o600, flush: true })
  try {
    fs.linkSync(temporary, path)
    return true
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false
    throw error
  } finally {
    fs.rmSync(temporary, { force: true })
  }
}

export function readIfPresent(path: string): string | undefined {
  try {
    return fs.readFileSync(path, 'utf8')
  } catch (error) {
    // ESRCH: a /proc entry whose process ended while we read it.
    if (['ENOENT', 'ESRCH'].includes(codeOf(error) ?? '')) return undefined
    throw error
  }
}

/** JSON of one of our own small files; what is no JSON becomes undefined and fails the file's schema. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/**
 * The bytes of a key, which stands in a file of its own. `make`: the text of a new one where there is none; without it
 * the file must exist, because a forgotten setting must not silently start a new key. Throws a plain Error, fit to be
 * shown at start, where the file is missing or open to other users.
 */
export async function readKeyFile(file: string, what: string, make?: () => string): Promise<Buffer> {
  if (make && !fs.existsSync(file)) {
    makeFolder(dirname(file), 0o700)
    // Of two processes that start together one wins, and both read its key.
    createWhole(file, make())
  }
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new Error(`there is no ${what} at ${file}`)
  if ((found.mode & 0o077) !== 0) throw new Error(`the ${what} ${file} is open to other users: chmod 600 it`)
  return readFile(file)
}

export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}

/**
 * Makes a folder and those above it. Not by node's own way, which tries for ever where a parent seems to be there and
 * takes nothing, as below /proc.
 */
export function makeFolder(path: string, mode = 0o777): void {
  try {
    fs.mkdirSync(path, { mode })
  } catch (error) {
    if (codeOf(error) === 'EEXIST' && fs.statSync(path).isDirectory()) return
    const above = dirname(path)
    if (codeOf(error) !== 'ENOENT' || above === path || fs.existsSync(above)) throw error
    makeFolder(above, mode)
    fs.mkdirSync(path, { mode })
  }
}
