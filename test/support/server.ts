/**
 * One real PostgreSQL for the whole run, and in it one migrated database that every test file clones. The files work as
 * yiben_app, the role that serves requests, so what the role may not do no test does either.
 *
 * It is the server an operator gets but for one thing: it does not wait for the disk. A database has some thousand
 * files, and making and dropping one for each test file took most of a run. No test ends this server; those that do,
 * start a durable one of their own on a copy of its data folder, made before it has any.
 */
import { execFileSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { openEmbedded } from '../../src/base/server/embedded.ts'
import { migrate } from '../../src/base/server/migrate.ts'
import { commandOf, livePid, queryOnce, startAgain, until } from '../faults/own-server.ts'
import { openOtherServer } from './other-version.ts'

declare module 'vitest' {
  interface ProvidedContext {
    server: { adminUrl: string; migratorUrl: string; appUrl: string; auditorUrl: string; stem: string }
  }
}

export const templateDatabase = 'yiben_template'

// An eighth of the machine's memory, as the embedded server takes it, is searched whenever a database is dropped.
const settings = { max_connections: '200', shared_buffers: '128MB' }
const withoutDisk = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'].flatMap((word) => ['-c', word])

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const native = process.env['YIBEN_TEST_POSTGRES']
  return native === undefined ? ownVersion(project) : otherVersion(project, native)
}

/** The same on a PostgreSQL of another version, set up as an administrator does: see other-version.ts. */
async function otherVersion(project: TestProject, native: string): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-test-'))
  fs.chmodSync(folder, 0o711)
  const { adminUrl, loginUrl, appUrl, auditorUrl, stop } = await openOtherServer(native, folder)
  await queryOnce(adminUrl, `create database ${templateDatabase} template yiben owner yiben_owner`)
  const [{ version } = { version: '' }] = await queryOnce<{ version: string }>(adminUrl, 'select version()')
  process.stderr.write(`${version}\n`)
  project.provide('server', { adminUrl, migratorUrl: loginUrl, appUrl, auditorUrl, stem: '' })
  return async () => {
    await stop()
    fs.rmSync(folder, { recursive: true, force: true })
  }
}

async function ownVersion(project: TestProject): Promise<() => Promise<void>> {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-test-'))
  const [home, stem] = [join(folder, 'home'), join(folder, 'stem')]
  // As root the server's account must pass through.
  fs.chmodSync(folder, 0o711)
  fs.mkdirSync(home, { mode: 0o711 })
  const server = await openEmbedded(home, { claim: 'service', settings })
  await migrate(server.url('yiben_migrator'))
  const [program, ...words] = commandOf(server.pid)
  await server.stop()
  execFileSync('cp', ['-a', home, stem])
  const data = words[1] ?? ''
  await startAgain(program, [...words, ...withoutDisk], data, server.adminUrl)
  await queryOnce(server.adminUrl, `create database ${templateDatabase} template yiben owner yiben_owner`)
  project.provide('server', {
    adminUrl: server.adminUrl,
    migratorUrl: server.url('yiben_migrator', '{database}'),
    appUrl: server.url('yiben_app', '{database}'),
    auditorUrl: server.url('yiben_auditor', '{database}'),
    stem,
  })
  return async () => {
    const pid = livePid(data)
    if (pid > 0) process.kill(pid, 'SIGQUIT')
    await until(() => livePid(data) === 0, 15_000, 'the server to end')
    fs.rmSync(folder, { recursive: true, force: true })
  }
}
