/**
 * Whether the built console is of these sources: a hash over everything it is made from, kept beside what was made.
 * Seen in some milliseconds, at each install and each start.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Where the console is built unless told otherwise. */
export const builtFolder = join(root, 'web', 'dist')

/** What the console takes of the service, and what that imports. */
export const shared: readonly string[] = [
  ...['money', 'decimal', 'calendar', 'assert'].map((name) => `src/base/${name}.ts`),
  'src/form/file/formula.ts',
]

/** The hash of what the console is made from. */
export function fingerprint(): string {
  const own = readdirSync(join(root, 'web'), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.(?:tsx?|css|html|json)$/.test(path) && !path.startsWith('dist'))
    .map((path) => `web/${path}`)
  const hash = createHash('sha256')
  for (const path of [...own.toSorted(), ...shared, 'package-lock.json']) {
    hash
      .update(`${path}\0`)
      .update(readFileSync(join(root, path)))
      .update('\0')
  }
  return hash.digest('hex')
}

/** Whether a folder holds the console of a fingerprint. */
export function holds(folder: string, wanted: string): boolean {
  try {
    return readFileSync(join(folder, 'stamp'), 'utf8') === wanted
  } catch {
    return false
  }
}
