/**
 * Back-up, restore and drill: what comes back is the same to the byte, with its guards, its numbers and its roles, and
 * it comes back whole or not at all. The commands run as an operator runs them.
 */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { openDatabase } from '../../src/base/db.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { openSigner } from '../../src/ledger/keys.ts'
import { signHead } from '../../src/ledger/proof.ts'
import { queryOnce, until } from '../faults/own-server.ts'
import { newBook, post, posted, quota, spend } from '../support/ledger.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { asSuperuser, type TestDatabase, useDatabase } from '../support/database.ts'

const test = useDatabase()
const { adminUrl } = inject('server')
const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-copy-'))
const file = join(folder, 'a.yiben')
const login = `auditor_li_${process.pid}`
const migrator = `mig_${process.pid}`
const made: string[] = []

beforeAll(async () => {
  const ledger = openLedger(test().database)
  const signer = await openSigner(folder)
  for (const code of ['COPY1', 'COPY2']) {
    const book = await newBook(ledger, 'government', code)
    for (let n = 0; n < 5; n++) posted(await post(ledger, book, quota('100.00')))
    await signHead({ ...ledger, signer }, book)
    posted(await post(ledger, book, spend('1.00')))
    posted(await post(ledger, book, { ...spend('2.00'), summary: '制表\t反斜杠\\ 换行 “引号” 𠮷' }))
  }
  await queryOnce(adminUrl, `create role ${login} login connection limit 3 valid until '2031-01-01'`)
  await queryOnce(adminUrl, `grant yiben_auditor to ${login}`)
  await queryOnce(adminUrl, `alter role ${login} set search_path = yiben, public`)
  const { status, err } = await runCommand(test(), ['backup', '--out', file], { folder })
  expect([status, err]).toEqual([0, expect.stringContaining(login)])
})
afterAll(async () => {
  for (const name of made) await queryOnce(adminUrl, `drop database if exists ${name} with (force)`)
  for (const role of [login, migrator]) await queryOnce(adminUrl, `drop role if exists ${role}`)
  fs.rmSync(folder, { recursive: true, force: true })
})

/** An empty database, in the shape in which commands of tests take one. */
async function emptyDatabase(owner = 'postgres'): Promise<TestDatabase> {
  const name = `copy_${process.pid}_${made.length}`
  made.push(name)
  await queryOnce(adminUrl, `create database ${name} owner ${owner}`)
  const superUrl = adminUrl.replace(/postgres$/, name)
  return { ...test(), url: superUrl, superUrl }
}

/** Brings the schema into it, by a command whose folder has signed nothing yet. */
async function migrated(into: TestDatabase): Promise<void> {
  const { status } = await runCommand(into, ['checks'], { folder: fs.mkdtempSync(join(folder, 'new-')) })
  expect(status).toBe(0)
}

/** Every row of every table, every guard and every number that was given, as one text. */
async function contentOf({ superUrl }: Pick<TestDatabase, 'superUrl'>): Promise<string[]> {
  const tables = await queryOnce<{ name: string }>(
    superUrl,
    `select relname as name from pg_class where relnamespace = to_regnamespace('yiben') and relkind = 'r' and relname <> 'migration' order by 1`,
  )
  const rows = tables.map(
    ({ name }) =>
      `select '${name} ' || md5(coalesce(string_agg(t::text, '|' order by t::text collate "C"), '')) as item from yiben."${name}" t`,
  )
  const found = await queryOnce<{ item: string }>(
    superUrl,
    `${rows.join(' union all ')}
     union all select 'trigger ' || tgrelid::regclass || ' ' || tgname || ' ' || tgenabled::text from pg_trigger where not tgisinternal
     union all select 'sequence ' || sequencename || ' ' || coalesce(last_value::text, '-') from pg_sequences
       where schemaname = 'yiben' and sequencename <> 'migration_id_seq'
     union all select 'migration ' || hash from yiben.migration order by 1`,
  )
  return found.map(({ item }) => item)
}

async function rowsIn({ superUrl }: Pick<TestDatabase, 'superUrl'>): Promise<number> {
  const there = await queryOnce(superUrl, `select where to_regclass('yiben.entry') is not null`)
  if (there.length === 0) return 0
  const [row] = await queryOnce<{ n: number }>(
    superUrl,
    'select ((select count(*) from yiben.entry) + (select count(*) from yiben.book) + (select count(*) from yiben.access_event))::int as n',
  )
  return row?.n ?? 0
}

const restore = (into: TestDatabase, path = file, ...words: string[]) =>
  runCommand(into, ['restore', path, ...words], { folder })

describe('a restore', () => {
  it('brings back every row, guard, number and role, and the books go on from there', {
    timeout: 120_000,
  }, async () => {
    await queryOnce(adminUrl, `drop role ${login}`)
    const into = await emptyDatabase()
    const { status, err } = await restore(into)
    expect([status, err]).toEqual([0, expect.stringMatching(/2 个账套树头相符.+签名/s)])
    expect(await contentOf(into)).toEqual(await contentOf(test()))
    const [role] = await queryOnce(
      adminUrl,
      `select rolcanlogin, rolconnlimit, rolvaliduntil::date::text, rolconfig, pg_has_role(rolname, 'yiben_auditor', 'USAGE') as may from pg_roles where rolname = $1`,
      [login],
    )
    expect(role).toEqual({
      rolcanlogin: true,
      rolconnlimit: 3,
      rolvaliduntil: '2031-01-01',
      rolconfig: ['search_path=yiben, public'],
      may: true,
    })
    await migrated(into)
    const database = openDatabase(into.superUrl)
    try {
      const ledger = openLedger(database)
      const book = await ledger.shelf.find('COPY1')
      if (!book) throw new Error('restored')
      expect(posted(await post(ledger, book, quota('1.00'))).sequence).toBe(8)
    } finally {
      await database.close()
    }
  })

  it('into a database that holds anything is refused, and changes nothing', async () => {
    const before = await contentOf(test())
    const { status, err } = await restore(test())
    expect([status, err]).toEqual([1, expect.stringMatching(/该数据库已有内容.+empty one/)])
    expect(await contentOf(test())).toEqual(before)
  })

  it('of a file that is cut, changed or followed by more writes nothing', { timeout: 120_000 }, async () => {
    const into = await emptyDatabase()
    const [zipped, plain] = [fs.readFileSync(file), gunzipSync(fs.readFileSync(file))]
    const changed = Buffer.from(plain)
    const at = changed.indexOf('制表')
    expect(at).toBeGreaterThan(0)
    changed.write('改动', at)
    const broken: Record<string, Buffer> = {
      half: zipped.subarray(0, zipped.length / 2),
      seal: gzipSync(plain.subarray(0, plain.lastIndexOf('\n{') + 1)),
      changed: gzipSync(changed),
      behind: gzipSync(Buffer.concat([plain, Buffer.from('{"data":"entry","bytes":0}\n')])),
      other: gzipSync(Buffer.from('hello\n')),
      plain,
      empty: Buffer.alloc(0),
    }
    for (const [name, bytes] of Object.entries(broken)) {
      fs.writeFileSync(join(folder, name), bytes)
      const { status, err } = await restore(into, join(folder, name))
      expect([name, status, err]).toEqual([name, 1, expect.stringMatching(/^yiben: 备份文件 .+ \/ .+\n$/)])
    }
    expect(await rowsIn(into)).toBe(0)
    expect((await restore(into, join(folder, 'absent'))).err).toContain('无法读取备份文件')
  })

  it('cut off half way leaves nothing, and can be done again', { timeout: 180_000 }, async () => {
    const into = await emptyDatabase()
    // An index whose expression takes its time: the rows of one table come in slowly. What ran of the schema is there.
    await migrated(into)
    await queryOnce(
      into.superUrl,
      `create function public.slow(bytea) returns int immutable language plpgsql as $$ begin perform pg_sleep(1); return 1; end $$`,
    )
    await queryOnce(into.superUrl, 'grant execute on function public.slow to yiben_owner')
    await queryOnce(into.superUrl, 'grant usage on schema public to yiben_owner')
    await queryOnce(into.superUrl, 'create index slow on yiben.receipt (public.slow(key_hash))')
    const working = async (): Promise<{ pid: number }[]> =>
      queryOnce(
        into.superUrl,
        `select pid from pg_stat_activity where datname = current_database() and application_name = 'yiben-copy' and query like 'copy yiben."receipt"%'`,
      )
    const running = spawnCommand(into, ['restore', file], { folder })
    await until(async () => (await working()).length > 0, 60_000, 'the rows to come in')
    const [{ pid } = { pid: 0 }] = await working()
    await queryOnce(into.superUrl, 'select pg_terminate_backend($1)', [pid])
    expect((await running).status).toBe(1)
    expect(await rowsIn(into)).toBe(0)
    await queryOnce(into.superUrl, 'drop index yiben.slow')
    expect((await restore(into)).status).toBe(0)
    expect(await contentOf(into)).toEqual(await contentOf(test()))
  })

  it('of books that do not follow from their signed heads writes nothing', { timeout: 120_000 }, async () => {
    const source = await emptyDatabase()
    expect((await restore(source)).status).toBe(0)
    await asSuperuser(source, async (client) => {
      await client.query('alter table entry disable trigger append_only')
      await client.query(`update entry set leaf = sha256('forged') where book_id = 1 and sequence = 2`)
      await client.query('alter table entry enable always trigger append_only')
    })
    const forged = join(folder, 'forged.yiben')
    expect((await runCommand(source, ['backup', '--out', forged], { folder })).status).toBe(0)
    const into = await emptyDatabase()
    const { status, err } = await restore(into, forged)
    expect([status, err]).toEqual([1, expect.stringMatching(/与其签名树头不符.+COPY1, head of 5 entries/)])
    expect(await rowsIn(into)).toBe(0)
  })

  it('of a back-up signed with another key is refused, and with the right one is not', async () => {
    const into = await emptyDatabase()
    const other = fs.mkdtempSync(join(folder, 'other-'))
    const key = (await openSigner(other)).publicKey.toString('base64')
    expect((await restore(into, file, '--key', key)).err).toMatch(/备份由另一密钥 .+ 签名/)
    expect((await runCommand(into, ['restore', file], { folder: other })).err).toMatch(/备份由另一密钥/)
    expect(await rowsIn(into)).toBe(0)
    const own = (await openSigner(folder)).publicKey.toString('base64')
    const { status, err } = await runCommand(into, ['restore', file, '--key', own], { folder: other })
    expect([status, err]).toEqual([0, expect.stringContaining('signed by')])
  })

  it('beside a service at work is refused', async () => {
    const into = await emptyDatabase()
    await migrated(into)
    const service = openDatabase(into.superUrl)
    try {
      await service.sql`select 1`
      expect((await restore(into)).err).toContain('有服务正在使用该数据库')
    } finally {
      await service.close()
    }
    expect(await rowsIn(into)).toBe(0)
  })

  it('works with a login that is no superuser, and says what it lacks', { timeout: 120_000 }, async () => {
    await queryOnce(adminUrl, `create role ${migrator} login createrole password 'migrates-16-characters'`)
    for (const role of ['yiben_owner', 'yiben_app', 'yiben_auditor'])
      await queryOnce(adminUrl, `grant ${role} to ${migrator} with set true`)
    await queryOnce(adminUrl, `drop role if exists ${login}`)
    const into = await emptyDatabase(migrator)
    const url = new URL(into.superUrl)
    url.username = migrator
    url.password = 'migrates-16-characters'
    const asMigrator = (): Promise<Awaited<ReturnType<typeof runCommand>>> =>
      runCommand(into, ['restore', file], { folder, databaseUrl: url.href })
    expect((await asMigrator()).err).toMatch(new RegExp(`登录名无权建立备份中的角色 ${login}`))
    expect(await rowsIn(into)).toBe(0)
    await queryOnce(adminUrl, `grant yiben_auditor to ${migrator} with admin true`)
    expect((await asMigrator()).status).toBe(0)
    expect(await contentOf(into)).toEqual(await contentOf(test()))
  })
})

describe('a back-up', () => {
  it('is never written over, and says what it lacks', async () => {
    const { status, err } = await runCommand(test(), ['backup', '--out', file], { folder })
    expect([status, err]).toEqual([1, expect.stringContaining('已存在')])
    const unsigned = join(folder, 'unsigned.yiben')
    const bare = fs.mkdtempSync(join(folder, 'bare-'))
    const made = await runCommand(test(), ['backup', '--out', unsigned], { folder: bare })
    expect([made.status, made.err]).toEqual([0, expect.stringContaining('本机没有签名密钥，未签名')])
    expect(fs.statSync(file).mode & 0o077).toBe(0)
    expect(fs.readdirSync(folder).filter((name) => name.endsWith('.part'))).toEqual([])
  })

  it('of a database without books is refused', async () => {
    const { status, err } = await runCommand(await emptyDatabase(), ['backup', '--out', join(folder, 'none')], {
      folder,
    })
    expect([status, err]).toEqual([1, expect.stringContaining('没有本程序的账')])
  })
})

describe('a drill', () => {
  it('takes a back-up, restores it on a server of its own, and says how long it took', {
    timeout: 240_000,
  }, async () => {
    const { status, out } = await spawnCommand(test(), ['drill'], { folder })
    expect([status, out]).toEqual([
      0,
      expect.stringMatching(
        /^备份.+\n读取.+\n恢复.+2 个树头相符.+ s\n自查 \/ checks: 全部相符.+ s\n演练通过，共用 [0-9.]+ s/,
      ),
    ])
    expect(fs.readdirSync(tmpdir()).filter((name) => /^yiben-(?:drill|scratch)-/.test(name))).toEqual([])
  })

  it('fails where the books do not hold, though the file is whole', { timeout: 120_000 }, async () => {
    const source = await emptyDatabase()
    expect((await restore(source)).status).toBe(0)
    await asSuperuser(source, async (client) => {
      await client.query('alter table entry disable trigger append_only')
      await client.query(`update entry set summary = '改' where book_id = 1 and sequence = 2`)
      await client.query('alter table entry enable always trigger append_only')
    })
    const whole = join(folder, 'whole.yiben')
    expect((await runCommand(source, ['backup', '--out', whole], { folder })).status).toBe(0)
    const into = await emptyDatabase()
    const { status, out } = await runCommand(source, ['drill', whole, '--into', into.superUrl], { folder })
    expect([status, out]).toEqual([
      1,
      expect.stringMatching(/不符 FAIL leaves_and_roots.+E1-2 does not fit.+演练未通过/s),
    ])
  })
})
