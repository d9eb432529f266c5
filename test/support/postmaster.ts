/**
 * The embedded server of a data folder, by its process number. As root its data lie elsewhere, and the folder names the
 * place.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export async function postmasterOf(folder: string): Promise<number> {
  const place = await readFile(join(folder, 'postgres.location'), 'utf8').catch(() => join(folder, 'postgres'))
  return Number((await readFile(join(place.trim(), 'postmaster.pid'), 'utf8')).split('\n')[0])
}
