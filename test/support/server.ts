/**
 * One real PostgreSQL for the whole run, and in it one migrated database that every test file clones. The files work as
 * yiben_app, the role that serves requests, so what the role may not do no test does either.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../src/base/server/embedded.ts'
import { migrate } from '../../src/base/server/migrate.ts'

declare module 'vitest' {
  interface ProvidedContext {
    server: { adminUrl: string; migratorUrl: string; appUrl: string; auditorUrl: string; folder: string; pid: number }
  }
}

export const templateDatabase = 'yiben_template'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'yiben-test-'))
  const server = await openEmbedded(folder, { claim: 'service', settings: { max_connections: '200' } })
  const admin = new pg.Client({ connectionString: server.adminUrl })
  await admin.connect()
  await admin.query(`create database ${templateDatabase} owner yiben_owner`)
  await admin.end()
  await migrate(server.url('yiben_migrator', templateDatabase))
  project.provide('server', {
    adminUrl: server.adminUrl,
    migratorUrl: server.url('yiben_migrator', '{database}'),
    appUrl: server.url('yiben_app', '{database}'),
    auditorUrl: server.url('yiben_auditor', '{database}'),
    folder,
    pid: server.pid,
  })
  return async () => {
    await server.stop()
    await rm(folder, { recursive: true, force: true })
  }
}
