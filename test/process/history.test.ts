/**
 * One database, one history, one key: a database that was set back to an older copy is noticed by the folder that
 * signed more, at start and by `checks`, and is not signed again; a second service signs with the same key or not at
 * all.
 */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { type Database, openDatabase } from '../../src/base/db.ts'
import type { Book } from '../../src/ledger/book.ts'
import { replaceKey } from '../../src/ledger/key-of-database.ts'
import { openSigner } from '../../src/ledger/keys.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { signHead } from '../../src/ledger/proof.ts'
import { queryOnce } from '../faults/own-server.ts'
import { runCommand } from '../support/command.ts'
import { type TestDatabase, useDatabase } from '../support/database.ts'
import { newBook, outcomeOf, post, posted, quota } from '../support/ledger.ts'
import { endAll, type Running, startService } from '../support/process.ts'

const test = useDatabase()
const { adminUrl } = inject('server')
const place = fs.mkdtempSync(join(tmpdir(), 'yiben-history-'))
const folder = join(place, 'signs')
const older = `older_${process.pid}`
const services: Running[] = []
const databases: Database[] = []
let copy: TestDatabase
let ledger: Ledger
let book: Book

beforeAll(async () => {
  fs.mkdirSync(folder)
  ledger = openLedger(test().database)
  book = await newBook(ledger, 'government', 'HISTORY')
  const tools = { ...ledger, signer: await openSigner(folder) }
  for (let n = 0; n < 3; n++) posted(await post(ledger, book, quota('1.00')))
  await signHead(tools, book)
  const file = join(place, 'older.yiben')
  expect((await runCommand(test(), ['backup', '--out', file], { folder })).status).toBe(0)
  for (let n = 0; n < 2; n++) posted(await post(ledger, book, quota('2.00')))
  await signHead(tools, book)
  await queryOnce(adminUrl, `create database ${older}`)
  const superUrl = adminUrl.replace(/postgres$/, older)
  copy = { ...test(), url: superUrl, superUrl }
  expect((await runCommand(copy, ['restore', file], { folder })).status).toBe(0)
})
afterAll(async () => {
  await endAll(services)
  for (const database of databases) await database.close()
  await queryOnce(adminUrl, `drop database if exists ${older} with (force)`)
  fs.rmSync(place, { recursive: true, force: true })
})

function start(url: string, data: string): Running {
  const service = startService({ DATABASE_URL: url, YIBEN_DATA: data })
  services.push(service)
  return service
}

function opened(url: string): Ledger {
  const database = openDatabase(url)
  databases.push(database)
  return openLedger(database)
}

describe.sequential('a restored old copy', () => {
  it('is said at start, in both languages, with what to do', { timeout: 180_000 }, async () => {
    const service = start(copy.superUrl, folder)
    await service.ready(120_000)
    expect(service.said()).toMatch(
      /^yiben: 账套 HISTORY 现有 3 张凭证，而本机 .+ 签过 5 张的树头：数据库是旧备份 \/ book HISTORY/m,
    )
    expect(service.said()).toMatch(
      /^yiben: 请停止记账，改用更新的备份恢复.+ \/ stop posting and restore a newer back-up/m,
    )
    expect(service.said()).toContain('"event":"database_older_than_signed"')
    service.child.kill('SIGTERM')
    expect((await service.ended).status).toBe(0)
  })

  it('fails the checks, and the control, the database that went on, does not', { timeout: 60_000 }, async () => {
    const found = await runCommand(copy, ['checks'], { folder })
    expect([found.status, found.out]).toEqual([
      1,
      expect.stringMatching(/不符 FAIL signed_heads_kept.+签过 5 张的树头/s),
    ])
    const control = await runCommand(test(), ['checks'], { folder })
    expect([control.status, control.out]).toEqual([0, expect.stringMatching(/通过 ok {3}signed_heads_kept.+\(1\)/)])
    const elsewhere = await runCommand(copy, ['checks'], { folder: fs.mkdtempSync(join(place, 'empty-')) })
    expect([elsewhere.status, elsewhere.out]).toEqual([0, expect.stringMatching(/无可核对 - signed_heads_kept/)])
  })

  it('is not signed again, nor when other entries were posted past it', { timeout: 60_000 }, async () => {
    const set = opened(copy.superUrl)
    const tools = { ...set, signer: await openSigner(folder) }
    posted(await post(set, book, quota('3.00'), 'after the copy 1'))
    expect(await outcomeOf(() => signHead(tools, book))).toBe('head_contradicts_signed')
    for (let n = 2; n < 5; n++) posted(await post(set, book, quota('3.00'), `after the copy ${n}`))
    expect(await outcomeOf(() => signHead(tools, book))).toBe('head_contradicts_signed')
    const found = await runCommand(copy, ['checks'], { folder })
    expect([found.status, found.out]).toEqual([1, expect.stringContaining('数据库是旧备份上另记的账')])
    const shown = await runCommand(copy, ['signing', 'show'], { folder })
    expect(shown.out).toMatch(/已签树头.+HISTORY {2}5 .+不符 FAIL/s)
  })

  it('goes on by a word, and what was signed before is kept', { timeout: 60_000 }, async () => {
    const accepted = await runCommand(copy, ['signing', 'accept-older'], { folder })
    expect([accepted.status, accepted.out]).toEqual([0, expect.stringContaining('kept for the auditor')])
    expect(fs.readdirSync(folder).filter((name) => name.startsWith('signed-heads-'))).toHaveLength(1)
    expect((await runCommand(copy, ['checks'], { folder })).status).toBe(0)
    const set = opened(copy.superUrl)
    expect((await signHead({ ...set, signer: await openSigner(folder) }, book)).size).toBe(7)
    expect((await runCommand(copy, ['signing', 'accept-older'], { folder })).out).toContain('无需处理')
  })
})

describe.sequential('two services on one database', () => {
  it('sign with one key: the second is refused in a line, and with the key it starts', {
    timeout: 240_000,
  }, async () => {
    const other = join(place, 'second')
    const refused = await start(test().superUrl, other).ended
    expect(refused.status).toBe(1)
    expect(refused.err.trim().split('\n')).toHaveLength(1)
    expect(refused.err).toMatch(
      /^yiben: 该数据库的树头由密钥 [0-9a-f]{16} 签名，本机密钥是 [0-9a-f]{16}.+ \/ The heads of this database/,
    )
    fs.cpSync(join(folder, 'keys'), join(other, 'keys'), { recursive: true })
    const service = start(test().superUrl, other)
    await service.ready(120_000)
    service.child.kill('SIGTERM')
    expect((await service.ended).status).toBe(0)
  })

  it('a head is not signed with a second key, nor with a first that was replaced', async () => {
    const [first, second] = [await openSigner(folder), await openSigner(fs.mkdtempSync(join(place, 'key-')))]
    posted(await post(ledger, book, quota('1.00')))
    expect(await outcomeOf(() => signHead({ ...ledger, signer: second }, book))).toBe('signing_key_other')
    expect(await replaceKey(ledger.database, second, ledger.clock())).toBe(second.keyId)
    expect((await signHead({ ...ledger, signer: second }, book)).keyId).toBe(second.keyId)
    posted(await post(ledger, book, quota('1.00')))
    expect(await outcomeOf(() => signHead({ ...ledger, signer: first }, book))).toBe('signing_key_other')
    const back = await runCommand(test(), ['signing', 'replace-key'], { folder })
    expect([back.status, back.err]).toEqual([1, expect.stringMatching(/已被 .+ 取代，不能再启用/)])
  })

  it('of those that start at the same moment one gives its key to the database', { timeout: 60_000 }, async () => {
    await queryOnce(
      test().superUrl,
      `alter table yiben.signing_key disable trigger append_only; delete from yiben.signing_key; alter table yiben.signing_key enable always trigger append_only`,
    )
    const signers = await Promise.all(
      Array.from({ length: 6 }, () => openSigner(fs.mkdtempSync(join(place, 'start-')))),
    )
    const { keyOfDatabase } = await import('../../src/ledger/key-of-database.ts')
    const keys = await Promise.all(signers.map((signer) => keyOfDatabase(ledger.database, signer, ledger.clock())))
    expect(new Set(keys).size).toBe(1)
  })
})
