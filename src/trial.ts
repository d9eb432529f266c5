/**
 * The link that tries the sample: a key made at each start, for this machine alone, kept in a file that only its owner
 * reads and that goes when the service stops; `yiben try` prints the link again from it.
 */
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Database } from './base/db.ts'
import { makeFolder } from './base/files.ts'
import { type Config, trialFile } from './config.ts'
import { isLoopback } from './http/server.ts'
import { hasRealBook } from './ledger/book-list.ts'

export type Trial = {
  readonly key: string
  /** Gives the link at an address, and keeps it for who asks again. */
  linkAt(url: string): string
  stop(): void
}

/** Makes the key, where the listener is of this machine and no book is real. */
export async function openTrial({ host, folder, sample }: Config, database: Database): Promise<Trial | undefined> {
  if (!sample || !isLoopback(host) || (await hasRealBook(database))) return undefined
  const key = randomBytes(18).toString('base64url')
  const file = trialFile(folder)
  // A file of a former start keeps its mode when it is written over.
  rmSync(file, { force: true })
  return {
    key,
    linkAt: (url) => {
      const link = `${url}/try#${key}`
      makeFolder(dirname(file))
      writeFileSync(file, `${link}\n`, { mode: 0o600 })
      return link
    },
    stop: () => rmSync(file, { force: true }),
  }
}
