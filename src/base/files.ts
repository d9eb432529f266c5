/** Small files of our own in a data folder: written whole or not at all, and read where they are there. */
import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
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
