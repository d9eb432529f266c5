/**
 * F24: the schema after any start is the schema after one undisturbed start, however many starters there were and
 * wherever one of them was killed; and a program that does not fit its database does not start. Programs of other
 * versions are copies of this one with other migration files, run as processes of their own.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, inject, it } from 'vitest'
import { migrate } from '../../src/base/server/migrate.ts'
import { queryOnce, until } from '../faults/own-server.ts'
import { report } from '../faults/report.ts'

const checkout = resolve(import.meta.dirname, '../..')
const { adminUrl, migratorUrl } = inject('server')
const databases: string[] = []
const folders: string[] = []
const children: ChildProcess[] = []

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  for (const name of databases) await queryOnce(adminUrl, `drop database if exists ${name} with (force)`)
  for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
})

type Empty = { readonly url: string; readonly superUrl: string }

async function emptyDatabase(): Promise<Empty> {
  const name = `migrate_${process.pid}_${databases.length}`
  databases.push(name)
  await queryOnce(adminUrl, `create database ${name} owner yiben_owner`)
  const url = migratorUrl.replace(encodeURIComponent('{database}'), name).replace('{database}', name)
  return { url, superUrl: adminUrl.replace(/postgres$/, name) }
}

type Program = {
  readonly folder: string
  add(tag: string, text: string): void
  edit(tag: string, more: string): void
  forget(tag: string): void
  /** That file and all later ones. */
  forgetFrom(tag: string): void
  /** Replaces a text in a file of the program itself. */
  change(file: string, text: string, by: string): void
}
type Journal = { entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[] }

/** A copy of this program's migrator, whose files may differ. */
function program(): Program {
  const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-migrate-'))
  folders.push(folder)
  fs.cpSync(join(checkout, 'migrations'), join(folder, 'migrations'), { recursive: true })
  fs.mkdirSync(join(folder, 'src'))
  fs.cpSync(join(checkout, 'src/base'), join(folder, 'src/base'), { recursive: true })
  fs.copyFileSync(join(checkout, 'package.json'), join(folder, 'package.json'))
  fs.symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'))
  const start = `import { migrate } from './src/base/server/migrate.ts'
    migrate(process.argv[2]).then(() => process.exit(0), (error) => { console.error(error.name + ': ' + error.message); process.exit(1) })`
  fs.writeFileSync(join(folder, 'start.ts'), start)
  const journalFile = join(folder, 'migrations/meta/_journal.json')
  const change = (what: (journal: Journal) => void): void => {
    const journal = JSON.parse(fs.readFileSync(journalFile, 'utf8')) as Journal
    what(journal)
    fs.writeFileSync(journalFile, JSON.stringify(journal))
  }
  return {
    folder,
    add: (tag, text) => {
      fs.writeFileSync(join(folder, `migrations/${tag}.sql`), text)
      change(({ entries }) => {
        const when = Math.max(...entries.map((entry) => entry.when)) + 500
        entries.push({ idx: entries.length, version: '7', when, tag, breakpoints: true })
      })
    },
    change: (file, text, by) => {
      const source = fs.readFileSync(join(folder, file), 'utf8')
      if (!source.includes(text)) throw new Error(`${file} has no ${text}`)
      fs.writeFileSync(
        join(folder, file),
        source.replace(text, () => by),
      )
    },
    edit: (tag, more) => fs.appendFileSync(join(folder, `migrations/${tag}.sql`), more),
    forget: (tag) => change((journal) => (journal.entries = journal.entries.filter((entry) => entry.tag !== tag))),
    forgetFrom: (tag) => change((journal) => (journal.entries = journal.entries.filter((entry) => entry.tag < tag))),
  }
}

type Ended = { readonly status: number | null; readonly said: string }

function start({ folder }: Program, url: string): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--import', 'tsx', 'start.ts', url], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  children.push(child)
  let said = ''
  child.stderr?.on('data', (piece: Buffer) => (said += piece.toString()))
  const ended = new Promise<Ended>((done) => child.once('close', (status) => done({ status, said })))
  return { child, ended }
}

/** Migrates with that program's files, in this process: what is not killed needs none of its own. */
async function migrateBy({ folder }: Program, url: string): Promise<void> {
  const module = (await import(join(folder, 'src/base/server/migrate.ts'))) as { migrate: typeof migrate }
  await module.migrate(url)
}

/** Everything of the schema that can differ, as text. */
async function fingerprint({ superUrl }: Empty): Promise<string[]> {
  const rows = await queryOnce<{ item: string }>(
    superUrl,
    `select item from (
       select 'column ' || c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' ||
              coalesce(pg_get_expr(d.adbin, d.adrelid), '-') || ' ' || coalesce(a.attacl::text, '-') || ' ' || a.attnum as item
         from pg_attribute a join pg_class c on c.oid = a.attrelid left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
         where a.attnum > 0 and c.relkind in ('r', 'v', 'S') and c.relnamespace = 'yiben'::regnamespace
       union all select 'relation ' || relname || ' ' || relkind::text || ' ' || pg_get_userbyid(relowner) || ' ' || coalesce(relacl::text, '-') || ' ' ||
              coalesce(reloptions::text, '-') from pg_class where relnamespace = 'yiben'::regnamespace
       union all select 'index ' || pg_get_indexdef(indexrelid) from pg_index join pg_class c on c.oid = indexrelid
         where c.relnamespace = 'yiben'::regnamespace
       union all select 'constraint ' || conrelid::regclass || ' ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
         where connamespace = 'yiben'::regnamespace
       union all select 'trigger ' || pg_get_triggerdef(oid) || ' ' || tgenabled::text from pg_trigger where not tgisinternal
       union all select 'function ' || pg_get_functiondef(oid) || ' ' || coalesce(proacl::text, '-') from pg_proc
         where pronamespace = 'yiben'::regnamespace
       union all select 'schema ' || nspname || ' ' || pg_get_userbyid(nspowner) || ' ' || coalesce(nspacl::text, '-') from pg_namespace
         where nspname in ('yiben', 'public')
       union all select 'migration ' || id || ' ' || hash || ' ' || created_at from yiben.migration
     ) items order by item`,
  )
  return rows.map(({ item }) => item)
}

/** The serial of the migrations table moves on where a start was killed; the rows and their hashes do not. */
const withoutIds = (items: readonly string[]): string[] =>
  items.map((item) => item.replace(/^migration \d+ /, 'migration ')).toSorted()

let undisturbed: string[] | undefined
async function expected(): Promise<string[]> {
  if (undisturbed) return undisturbed
  const database = await emptyDatabase()
  await migrate(database.url)
  undisturbed = withoutIds(await fingerprint(database))
  return undisturbed
}
const found = async (database: Empty): Promise<string[]> => withoutIds(await fingerprint(database))

describe('F24: every start ends in the same schema', () => {
  it('when it is made once, and run again', async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const first = await fingerprint(database)
    await migrate(database.url)
    expect(await fingerprint(database)).toEqual(first)
    expect(await found(database)).toEqual(await expected())
    expect(first.length).toBeGreaterThan(100)
  })

  it('when three start at once', { timeout: 60_000 }, async () => {
    const database = await emptyDatabase()
    const one = program()
    const ended = await Promise.all([1, 2, 3].map(() => start(one, database.url).ended))
    expect(ended).toEqual([1, 2, 3].map(() => ({ status: 0, said: '' })))
    expect(await found(database)).toEqual(await expected())
  })

  it('the control: without the lock, starters that overlap fail', { timeout: 60_000 }, async () => {
    const database = await emptyDatabase()
    const unlocked = program()
    unlocked.change(
      'src/base/server/migrate.ts',
      'select pg_try_advisory_lock($1) as mine',
      'select $1::int > 0 as mine',
    )
    await slowDown(database, 'create table yiben.token')
    const ended = await Promise.all([1, 2, 3].map(() => start(unlocked, database.url).ended))
    await speedUp(database)
    report('F24 control: no lock', { starters: 3, failed: ended.filter(({ status }) => status !== 0).length })
    expect(ended.filter(({ status }) => status !== 0).length).toBeGreaterThan(0)
  })

  it('when three of one process start at once', async () => {
    const database = await emptyDatabase()
    await Promise.all([1, 2, 3].map(() => migrate(database.url)))
    expect(await found(database)).toEqual(await expected())
  })

  it('when starters are killed at every stage of it', { timeout: 240_000 }, async () => {
    const database = await emptyDatabase()
    const one = program()
    const stages = ['create table yiben.token', 'create table yiben.entry', 'create trigger line_balances']
    let kills = 0
    for (const stage of stages) {
      await slowDown(database, stage)
      const { child, ended } = start(one, database.url)
      await until(async () => (await working(database, stage)) > 0, 60_000, stage)
      child.kill('SIGKILL')
      await ended
      kills += 1
      await until(async () => (await working(database, '')) === 0, 30_000, 'the session of the dead to end')
      expect(await queryOnce(database.superUrl, `select to_regclass('yiben.token') as token`)).toEqual([
        { token: null },
      ])
      await speedUp(database)
    }
    expect((await start(one, database.url).ended).status).toBe(0)
    expect(await found(database)).toEqual(await expected())
    report('F24 killed half way', { kills, 'tables left by halves': 0 })
  })

  it('waits for a dead starter whose session still works, and then takes over', { timeout: 60_000 }, async () => {
    const database = await emptyDatabase()
    const slow = program()
    slow.add(
      '0900_slow',
      'create table yiben.slow (n int);\n--> statement-breakpoint\nselect pg_sleep(2);\n--> statement-breakpoint\ncreate table yiben.slower (n int);',
    )
    const { child, ended } = start(slow, database.url)
    await until(async () => (await working(database, 'pg_sleep')) > 0, 60_000, 'the slow migration')
    child.kill('SIGKILL')
    await ended
    const began = performance.now()
    expect((await start(slow, database.url).ended).status).toBe(0)
    report('F24 taken over', { 'ms after the kill': performance.now() - began })
    const items = await found(database)
    const added = items.filter((item) => !/slow|migration/.test(item))
    expect(added).toEqual((await expected()).filter((item) => !item.includes('migration')))
    expect(items.filter((item) => /^relation slow(er)? /.test(item))).toHaveLength(2)
    expect(items.filter((item) => item.startsWith('migration ')).length).toBe(
      (await expected()).filter((item) => item.startsWith('migration ')).length + 1,
    )
  })
})

/** Makes one DDL statement of a migration take its time, so that it can be met in the middle. */
async function slowDown({ superUrl }: Empty, statement: string): Promise<void> {
  const body = `begin if position('${statement}' in current_query()) > 0 then perform pg_sleep(1); end if; end`
  await queryOnce(superUrl, `create function public.wait() returns event_trigger language plpgsql as $$ ${body} $$`)
  await queryOnce(superUrl, 'create event trigger slow on ddl_command_end execute function public.wait()')
}

async function speedUp({ superUrl }: Empty): Promise<void> {
  await queryOnce(superUrl, 'drop event trigger slow')
  await queryOnce(superUrl, 'drop function public.wait()')
}

async function working({ superUrl }: Empty, query: string): Promise<number> {
  const text = `select pid from pg_stat_activity where datname = current_database() and application_name = 'yiben-migrate' and position($1 in query) > 0`
  return (await queryOnce(superUrl, text, [query])).length
}

describe('F24: a program that does not fit its database', () => {
  const refusedBy = async (changed: Program, database: Empty): Promise<string> => {
    const error: unknown = await migrateBy(changed, database.url).catch((thrown: unknown) => thrown)
    return error instanceof Error ? `${error.name}: ${error.message}` : 'accepted'
  }

  it('is refused when an applied file was edited, and the control, an unedited copy, is not', {
    timeout: 30_000,
  }, async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    await migrateBy(program(), database.url)
    const edited = program()
    edited.edit('0003_journal', '\n-- only a comment\n')
    expect(await refusedBy(edited, database)).toMatch(
      /MigrationFault: .*migration 0003_journal was applied with other content/,
    )
    expect(await found(database)).toEqual(await expected())
  })

  it('is refused when the database is newer', { timeout: 30_000 }, async () => {
    const database = await emptyDatabase()
    const newer = program()
    newer.add('0900_newer', 'create table yiben.newer (n int);')
    await migrateBy(newer, database.url)
    await expect(migrate(database.url)).rejects.toThrow(/start the newer program/)
  })

  it('is refused when it lacks a file that was applied', { timeout: 30_000 }, async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const less = program()
    less.forget('0004_proof')
    expect(await refusedBy(less, database)).toMatch(
      /MigrationFault: .*the database has migrations this program does not know/,
    )
  })

  it('is refused when a file was merged late, before ones that have run', { timeout: 30_000 }, async () => {
    const database = await emptyDatabase()
    const early = program()
    early.forgetFrom('0004_proof')
    const late = program()
    late.forgetFrom('0003_journal')
    late.add('0900_late', 'create table yiben.late (n int);')
    await migrateBy(early, database.url)
    // Its file is of an earlier time than 0003_journal, which has run here, so it would be skipped in silence.
    expect(await refusedBy(late, database)).toMatch(/MigrationFault: .*migration 0900_late was never applied/)
    expect(await queryOnce(database.superUrl, `select to_regclass('yiben.late') as late`)).toEqual([{ late: null }])
  })

  it('changes nothing in a database whose applied files were edited, even where it brings new ones', {
    timeout: 30_000,
  }, async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const both = program()
    both.edit('0003_journal', '\n-- only a comment\n')
    both.add('0900_new', 'create table yiben.new_one (n int);')
    expect(await refusedBy(both, database)).toMatch(/MigrationFault: .*migration 0003_journal/)
    expect(await queryOnce(database.superUrl, `select to_regclass('yiben.new_one') as made`)).toEqual([{ made: null }])
  })

  it('leaves no half of a file that fails', { timeout: 30_000 }, async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const broken = program()
    broken.add('0900_broken', 'create table yiben.half (n int);\n--> statement-breakpoint\nselect 1 / 0;')
    expect(await refusedBy(broken, database)).toMatch(/division by zero|Failed query/)
    expect(await found(database)).toEqual(await expected())
  })
})
