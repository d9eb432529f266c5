/** A PostgreSQL of its own in a temporary folder, for what is tried and thrown away. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type EmbeddedServer, openEmbedded } from '../../base/server/embedded.ts'

// Beside a database at work it takes little memory.
const settings = { shared_buffers: '128MB' }

/** Starts one, and takes it and its folder away again whatever became of the work. */
export async function onScratchServer<T>(work: (server: EmbeddedServer, folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'yiben-scratch-'))
  try {
    const server = await openEmbedded(folder, { claim: 'service', settings })
    try {
      return await work(server, folder)
    } finally {
      await server.stop()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
