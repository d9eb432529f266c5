/**
 * The evidence pack and its verifier. One book is told in 20 entries; then everything a hand could do to it is done: in
 * the database as superuser, before export; in the pack, with a zip program; and by a forger who recomputes every hash
 * and signs with a key of his own. Each must be found, and where an entry is concerned, that entry named.
 */
import { actOnce } from '../../src/ledger/act.ts'
import { execFile } from 'node:child_process'
import { createHash, sign } from 'node:crypto'
import { copyFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import type pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Month } from '../../src/base/calendar.ts'
import { day } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { postEntry, reverseEntry } from '../../src/ledger/actions.ts'
import type { Book } from '../../src/ledger/book.ts'
import { approvalsFor } from '../../src/approvals/verbs.ts'
import type { EntryDraft } from '../../src/ledger/entry.ts'
import { exportEvidence } from '../../src/ledger/evidence.ts'
import { openSigner } from '../../src/ledger/keys.ts'
import { leafHash, leafText } from '../../src/ledger/leaf.ts'
import { readEntriesAfter } from '../../src/ledger/journal.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { append, emptyFrontier, frontierBytes, rootOf } from '../../src/ledger/merkle.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import {
  cosign,
  noteText,
  type ProofTools,
  registerWitness,
  type SignedHead,
  signHead,
} from '../../src/ledger/proof.ts'
import { type Verdict, type VerifyOptions, verifyPack } from '../../src/cli/verify.mjs'
import * as trial from '../approvals/trial.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { checker, draft, line, maker, newBook, newKey, posted, quota, spend } from '../support/ledger.ts'
import {
  type EntryJson,
  forge,
  forgeTexts,
  type Key,
  linesOf,
  type Members,
  newKeyPair,
  recordsOf,
  remanifest,
  setLines,
  textOf,
  unzip,
  zip,
} from '../support/pack.ts'

const test = useDatabase()
const verifier = new URL('../../src/cli/verify.mjs', import.meta.url)
const flips = process.env['YIBEN_NIGHTLY'] ? 10_000 : 300
const originalA = Buffer.from('合同原件 A')
const originalB = Buffer.from('发票原件 B')
const sha = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

let ledger: Ledger
let tools: ProofTools
let folder: string
let witness: Key
beforeAll(async () => {
  ledger = openLedger(test().database)
  folder = await mkdtemp(join(tmpdir(), 'yiben-pack-'))
  // Whoever rewrites history signs it too: what the folder remembers would stop him (test/process/history.test.ts).
  tools = { ...ledger, signer: { ...(await openSigner(folder)), signed: () => undefined } }
  witness = newKeyPair()
  await registerWitness(tools, { holder: '审计局', publicKey: witness.key })
  for (const actor of [trial.maker, trial.checker, trial.approver]) await trial.employ(ledger, actor)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

type Told = { readonly book: Book; readonly heads: readonly SignedHead[] }

/** The book: heads are signed at 5, 12 and 20 entries, the second cosigned; months close; 6 reverses 3. */
async function tell(): Promise<Told> {
  const approval = await trial.checked(ledger)
  expect(await trial.say(ledger, trial.approver, 'approve', approval)).toBe('approved')
  const book = await newBook(ledger)
  await upload(book, originalA)
  await upload(book, originalB)
  const put = async (given: EntryDraft) => posted(await postEntry(ledger, maker, book.code, given, newKey()))
  // What others decided on is posted by an action.
  const putApproved = (given: EntryDraft) =>
    actOnce(ledger, async ({ tx, post }) => {
      const approvals = await approvalsFor(tx, approval.id)
      return post({ key: newKey(), maker: maker.person, approvals, entries: [{ book: book.code, draft: given }] })
    })
  await put(
    draft('2026-01-05', [
      ...quota('6000000.00').lines,
      line('800101', 'debit', '6000000.00'),
      line('6001', 'credit', '6000000.00'),
    ]),
  )
  await put({
    ...spend('100.00', '2026-01-06'),
    documents: [{ number: 'HT-1', title: '合同', sha256: sha(originalA) }],
  })
  const third = await put(spend('200.00', '2026-01-07', { memo: '首付款', counterparty: '91110000A', debt: 'ZQ-1' }))
  await putApproved(spend('300.00', '2026-01-08'))
  await put(spend('400.00', '2026-01-09'))
  const heads = [await signHead(tools, book)]
  const red = { on: day('2026-02-01'), reason: '冲错' }
  posted(await reverseEntry(ledger, maker, `E${book.bookId}-${third.sequence}`, red, newKey()))
  for (let i = 7; i <= 12; i++) {
    const documents = i === 12 ? [{ sha256: sha(originalB) }] : []
    await put({ ...spend(`${i}00.00`, `2026-02-${String(i).padStart(2, '0')}`), summary: `工程款 ${i}`, documents })
  }
  heads.push(await signHead(tools, book))
  const signature = sign(null, Buffer.from(heads[1]?.note ?? ''), witness.privateKey).toString('base64')
  await cosign(tools, book, { size: 12, acts: 0, keyId: witness.keyId, signature })
  await closePeriod(ledger, checker, book.code, '2026-01' as Month)
  for (let i = 13; i <= 20; i++) await put(spend(`${i}.05`, `2026-03-${i}`, { project: 'P1' }))
  await closePeriod(ledger, checker, book.code, '2026-02' as Month)
  heads.push(await signHead(tools, book))
  return { book, heads }
}

async function upload({ bookId }: Book, content: Buffer): Promise<void> {
  await transact(test().database, (tx) =>
    tx.query(
      `insert into attachment (book_id, sha256, media_type, name, content, uploaded_by, uploaded_at)
       values ($1, $2, 'text/plain', '原件', $3, 'zhang', now())`,
      [bookId, createHash('sha256').update(content).digest(), content],
    ),
  )
}

async function packOf(book: Book, by: ProofTools = tools): Promise<Buffer> {
  const out = join(folder, `${book.code}-${newKey()}.zip`)
  await exportEvidence(by, book, out)
  return readFile(out)
}

const serviceKey = (): string => tools.signer.publicKey.toString('base64')
const verified = (pack: Buffer, options: VerifyOptions = {}): Verdict =>
  verifyPack(pack, { keys: [serviceKey()], ...options })

const all = ({ first = '', findings }: Verdict): string => [first, ...findings].join('\n')

/** Statements as superuser with every trigger off; $1 is the book. */
async function tamper({ bookId }: Book, ...statements: readonly string[]): Promise<void> {
  await asSuperuser(test(), async (client) => {
    await quietly(client, 'disable')
    for (const statement of statements) await client.query(statement.replaceAll('$1', String(bookId)))
    await quietly(client, 'enable')
  })
}

const guardedTables = [
  'entry',
  'line',
  'account',
  'checkpoint',
  'signing_key',
  'period_act',
  'attachment',
  'book_head',
  'voucher_number',
  'cosignature',
]

async function quietly(client: pg.Client, what: 'disable' | 'enable'): Promise<void> {
  for (const table of guardedTables) await client.query(`alter table ${table} ${what} trigger user`)
}

const set = (table: string, change: string, where: string): string =>
  `update ${table} set ${change} where book_id = $1 and ${where}`

describe('an honest pack', () => {
  let told: Told
  let pack: Buffer
  beforeAll(async () => {
    told = await tell()
    pack = await packOf(told.book)
  })

  it('passes, by the key, the witness and the heads that were kept', async () => {
    const verdict = verified(pack, { witnesses: [witness.key], heads: told.heads })
    expect(all(verdict)).toBe('')
    expect(verdict).toMatchObject({ ok: true, count: 0 })
    expect(verdict.summary.join('\n')).toContain('凭证 entries 20, 分录 lines 42, 账户 accounts 5, 附件 attachments 2')
    expect(verdict.notes.join('\n')).toBe(`见证 witness ${witness.key}: size 12`)
    expect(verifyPack(pack).summary.join('\n')).toContain('the key is the pack')
  })

  it('is complete when it appears, private, and its verifier runs by itself', async () => {
    const alone = await mkdtemp(join(tmpdir(), 'yiben-alone-'))
    const out = join(alone, 'pack.zip')
    const evidence = await exportEvidence(tools, told.book, out)
    expect(evidence).toMatchObject({ entries: 20, bytes: (await stat(out)).size, sha256: sha(await readFile(out)) })
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    await writeFile(join(alone, 'verify.mjs'), unzip(pack).get('verify.mjs') ?? '')
    await writeFile(join(alone, 'kept.json'), JSON.stringify(told.heads[0]))
    const good = await run(alone, ['pack.zip', '--key', serviceKey(), '--head', 'kept.json', '--witness', witness.key])
    expect(good).toMatchObject({ code: 0, stderr: '' })
    expect(good.stdout).toContain('通过 OK')
    const bad = await run(alone, ['pack.zip', '--key', newKeyPair().key])
    expect([bad.code, bad.stdout.includes('不通过 FAILED')]).toEqual([1, true])
    await writeFile(join(alone, 'large.zip'), '')
    await truncate(join(alone, 'large.zip'), 2 ** 31 + 1)
    for (const wrong of [
      [],
      ['large.zip'],
      ['pack.zip', 'pack.zip'],
      ['pack.zip', '--kex', 'x'],
      ['pack.zip', '--key', 'x'],
      ['none.zip'],
    ]) {
      expect((await run(alone, wrong)).code).toBe(2)
    }
    await rm(alone, { recursive: true })
  })

  it('passes when zipped again, and says that the seal is gone', async () => {
    for (const compress of [true, false]) {
      const verdict = verified(await zip(unzip(pack), { compress }))
      expect(all(verdict)).toBe('')
      expect(verdict.notes.join('\n')).toContain('no seal')
    }
  })

  it('of an empty book passes', async () => {
    const verdict = verified(await packOf(await newBook(ledger)))
    expect(all(verdict)).toBe('')
  })

  it('leaves nothing behind where it cannot be written', async () => {
    await expect(exportEvidence(tools, told.book, join(folder, 'no', 'such', 'folder.zip'))).rejects.toThrow('ENOENT')
  })

  it(`notices any single bit flipped, ${flips} of ${flips}`, { timeout: 600_000 }, async () => {
    let found = 0
    const missed: number[] = []
    for (let i = 0; i < flips; i++) {
      const bit = seededBit(i, pack.length * 8)
      const flipped = Buffer.from(pack)
      flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
      if (verified(flipped).ok) missed.push(bit)
      else found += 1
      if (i % 100 === 0) await setImmediate()
    }
    expect({ found, missed }).toEqual({ found: flips, missed: [] })
  })

  it('cut off anywhere, or empty, is refused and never crashes the verifier', async () => {
    for (const length of [0, 1, 21, 22, 100, pack.length >> 1, pack.length - 1]) {
      expect(verified(pack.subarray(0, length)).first).toMatch(/not a complete zip file|cannot be read/)
    }
    for (const around of [[Buffer.from('x'), pack], [pack, Buffer.from('x')], [pack.subarray(pack.length >> 1)]]) {
      expect(verified(Buffer.concat(around)).first).toContain('not a complete zip file')
    }
    const large = await zip(unzip(pack))
    large.writeUInt32LE(0xffff_ffff, large.length - 6)
    expect(verified(large).first).toContain('or in ZIP64')
  })
})

function run(cwd: string, args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['verify.mjs', ...args], { cwd }, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, stdout, stderr }),
    )
  })
}

const seededBit = (seed: number, bits: number): number =>
  createHash('sha256').update(`flip ${seed}`).digest().readUIntBE(0, 6) % bits

describe('tampering in the database', () => {
  const line4 = 'sequence = 4'
  const cases: readonly [string, number, readonly string[]][] = [
    [
      'an amount on both legs, with every total put right',
      4,
      [
        set('line', 'debit_fen = debit_fen + 100000', `${line4} and debit_fen is not null`),
        set('line', 'credit_fen = credit_fen + 100000', `${line4} and credit_fen is not null`),
        `update closing c set debit_fen = c.debit_fen + 100000 from line l where c.book_id = $1 and l.book_id = $1
           and l.${line4} and l.debit_fen is not null and c.account = l.account and c.booked_on >= l.booked_on`,
        `update closing c set credit_fen = c.credit_fen + 100000 from line l where c.book_id = $1 and l.book_id = $1
           and l.${line4} and l.credit_fen is not null and c.account = l.account and c.booked_on >= l.booked_on`,
      ],
    ],
    ['the debt', 3, [set('line', `debt = 'ZQ-2'`, 'sequence = 3 and line = 1')]],
    ['that there is a debt', 3, [set('line', 'debt = null', 'sequence = 3')]],
    ['a debt put where there was none', 8, [set('line', `debt = 'ZQ-1'`, 'sequence = 8 and line = 1')]],
    ['the payee', 3, [set('line', `counterparty = '91110000B'`, 'sequence = 3 and line = 1')]],
    [
      'the date',
      9,
      [
        set('entry', `booked_on = '2026-02-20'`, 'sequence = 9'),
        set('line', `booked_on = '2026-02-20'`, 'sequence = 9'),
      ],
    ],
    ['the summary', 10, [set('entry', `summary = '别的'`, 'sequence = 10')]],
    ['the approver', 4, [set('entry', `approvals = jsonb_set(approvals, '{2,person}', '"zhao"')`, line4)]],
    ['that there was an approval', 4, [set('entry', 'approvals = null', line4)]],
    ['approvals to something unreadable', 4, [set('entry', `approvals = '{"a":1}'`, line4)]],
    [
      'the content of an attachment',
      2,
      [set('attachment', `content = 'another'`, `length(content) = ${originalA.length}`)],
    ],
    [
      'the hash an entry refers to',
      2,
      [set('entry', `documents = jsonb_set(documents, '{0,sha256}', '"${sha(originalB)}"')`, 'sequence = 2')],
    ],
    [
      'the number of a document',
      2,
      [set('entry', `documents = jsonb_set(documents, '{0,number}', '"HT-2"')`, 'sequence = 2')],
    ],
    ['a memo', 3, [set('line', `memo = '尾款'`, 'sequence = 3 and line = 1')]],
    ['the maker', 8, [set('entry', `maker = 'li'`, 'sequence = 8')]],
    ['the recorded instant', 8, [set('entry', `recorded_at = recorded_at - interval '1 microsecond'`, 'sequence = 8')]],
    [
      'the account a line moves',
      8,
      [
        set(
          'line',
          "account = (select account from account where book_id = $1 and subject = '4001')",
          'sequence = 8 and line = 1',
        ),
      ],
    ],
    ['the project of an account', 1, [set('account', `project = 'P9'`, `subject = '1011'`)]],
    ['the basis of a line beyond reading', 8, [set('line', 'basis = 9', 'sequence = 8 and line = 1')]],
    [
      'an entry dropped',
      9,
      [`delete from line where book_id = $1 and sequence = 9`, `delete from entry where book_id = $1 and sequence = 9`],
    ],
    [
      'an entry dropped and those after it moved up',
      9,
      [
        `delete from line where book_id = $1 and sequence = 9`,
        `delete from entry where book_id = $1 and sequence = 9`,
        ...Array.from({ length: 11 }, (_, i) => [
          set('entry', `sequence = ${i + 9}`, `sequence = ${i + 10}`),
          set('line', `sequence = ${i + 9}`, `sequence = ${i + 10}`),
        ]).flat(),
      ],
    ],
    [
      'two entries in the other order',
      9,
      ['entry', 'line'].flatMap((table) => [
        set(table, 'sequence = 99', 'sequence = 9'),
        set(table, 'sequence = 9', 'sequence = 10'),
        set(table, 'sequence = 10', 'sequence = 99'),
      ]),
    ],
    ['the stored totals', 0, [set('closing', 'debit_fen = debit_fen + 1', `booked_on = '2026-03-20'`)]],
    ['an act', 0, [set('period_act', `body = replace(body, '2026-01', '2026-03')`, 'act = 1')]],
  ]

  it.each(cases)('finds %s: entry %i', async (_, sequence, statements) => {
    const { book } = await tell()
    await tamper(book, ...statements)
    const verdict = verified(await packOf(book))
    expect(verdict.ok).toBe(false)
    const place = sequence === 0 ? '' : `E${book.bookId}-${sequence} (sequence ${sequence}): `
    expect(verdict.first?.startsWith(place), verdict.first).toBe(true)
  })

  it('finds a stored leaf rewritten with its entry, between the heads it lies between', async () => {
    const { book } = await tell()
    await tamper(book, set('entry', `summary = '别的'`, 'sequence = 9'))
    await rewriteLeaves(book)
    const verdict = verified(await packOf(book))
    expect(verdict.first).toContain(`E${book.bookId}-6 … E${book.bookId}-12 `)
  })

  it('finds the tail cut off with the head set back, by the heads that were given out', async () => {
    const { book, heads } = await tell()
    await cutTail(book, 17)
    const verdict = verified(await packOf(book))
    expect(verdict.first).toMatch(new RegExp(`^E${book.bookId}-18 … .*缺失 missing`))
    // Where those are gone from the database too, only somebody outside who kept one can tell: that is what keeping
    // them is for.
    await tamper(book, `delete from checkpoint where book_id = $1 and size > 17`)
    expect(verified(await packOf(book)).ok).toBe(true)
    const kept = verified(await packOf(book), { heads: heads.slice(2) })
    expect(kept.first).toMatch(new RegExp(`^E${book.bookId}-18 … .*缺失 missing`))
  })

  it('finds rows beyond the head', async () => {
    const { book } = await tell()
    await tamper(
      book,
      `delete from checkpoint where book_id = $1 and size > 17`,
      set('book_head', `sequence = 17`, 'true'),
    )
    const frontier = await frontierAt(book, 17)
    await tamper(book, set('book_head', `frontier = '\\x${frontier}'`, 'true'))
    const verdict = verified(await packOf(book))
    expect(verdict.first).toContain(`E${book.bookId}-18 (sequence 18): 未被任何签名树头覆盖`)
  })

  it('exports what contradicts itself, and lets the verifier say so', async () => {
    const { book } = await tell()
    await tamper(
      book,
      set('book_head', `frontier = ''`, 'true'),
      `delete from checkpoint where book_id = $1 and size > 12`,
    )
    const verdict = verified(await packOf(book))
    expect(verdict.first).toContain(`E${book.bookId}-13 (sequence 13): 未被任何签名树头覆盖`)
  })

  it('finds a history rewritten whole and signed with another key, by the key', async () => {
    const { book } = await tell()
    const place = await mkdtemp(join(tmpdir(), 'yiben-forger-'))
    const forger = { ...tools, signer: await openSigner(place) }
    await tamper(book, set('entry', `summary = '别的'`, 'sequence = 9'), `delete from cosignature where book_id = $1`)
    await rewriteLeaves(book)
    const frontier = await frontierAt(book, 20)
    await tamper(
      book,
      set('book_head', `frontier = '\\x${frontier}'`, 'true'),
      `delete from checkpoint where book_id = $1`,
      `delete from signing_key where $1 > 0 and kind = 'service'`,
    )
    const pack = await packOf(book, forger)
    expect(verifyPack(pack).ok).toBe(true)
    expect(verified(pack).first).toContain('signed with another key')
    await tamper(book, `delete from signing_key where $1 > 0 and kind = 'service'`)
    await rm(place, { recursive: true })
  })

  it('finds acts rewritten with their chain, by the heads', async () => {
    const { book } = await tell()
    const rows = await test().database.sql<
      { body: string }[]
    >`select body from period_act where book_id = ${book.bookId} order by act`
    let end = Buffer.alloc(0)
    for (const [i, { body }] of rows.entries()) {
      const other = body.replace('li', 'zhao')
      end = createHash('sha256').update(end).update(other).digest()
      await tamper(book, set('period_act', `body = '${other}', hash = '\\x${end.toString('hex')}'`, `act = ${i + 1}`))
    }
    await tamper(book, set('book_head', `acts_hash = '\\x${end.toString('hex')}'`, 'true'))
    const verdict = verified(await packOf(book))
    expect(verdict.first).toContain('(size 20, acts 2): 账套行为链不符')
  })
})

async function frontierAt(book: Book, size: number): Promise<string> {
  let frontier = emptyFrontier
  for (const { hash } of await readEntriesAfter(test().database, book, 0, size)) {
    frontier = append(frontier, hash, () => undefined)
  }
  return frontierBytes(frontier).toString('hex')
}

async function rewriteLeaves(book: Book): Promise<void> {
  const entries = await readEntriesAfter(test().database, book, 0, 100)
  const statements = entries.map((entry) =>
    set('entry', `leaf = '\\x${leafHash(leafText(entry)).toString('hex')}'`, `sequence = ${entry.sequence}`),
  )
  await tamper(book, ...statements)
}

async function cutTail(book: Book, last: number): Promise<void> {
  const frontier = await frontierAt(book, last)
  await tamper(
    book,
    `delete from line where book_id = $1 and sequence > ${last}`,
    `delete from entry where book_id = $1 and sequence > ${last}`,
    set('book_head', `sequence = ${last}, frontier = '\\x${frontier}'`, 'true'),
    `update voucher_number set number = 5 where book_id = $1 and month = '2026-03-01'`,
    `delete from closing where book_id = $1 and booked_on > (select max(booked_on) from entry where book_id = $1)`,
  )
}

describe('tampering in the pack', () => {
  let pack: Buffer
  let id: string
  beforeAll(async () => {
    const { book } = await tell()
    pack = await packOf(book)
    id = `E${book.bookId}`
  })

  const swapText = (members: Members, name: string, from: string | RegExp, to: string): Members => {
    const text = textOf(members, name)
    expect(text).toMatch(from)
    return members.set(name, Buffer.from(text.replace(from, to)))
  }
  const onLine = (members: Members, name: string, index: number, change: (text: string) => string): Members =>
    setLines(
      members,
      name,
      linesOf(members, name).map((text, i) => (i === index - 1 ? change(text) : text)),
    )
  const entry = (sequence: number, from: string | RegExp, to: string) => (members: Members) =>
    onLine(members, 'entries.ndjson', sequence, (text) => {
      expect(text).toMatch(new RegExp(from))
      return text.replaceAll(new RegExp(from, 'g'), to)
    })
  const without = (name: string, index: number) => (members: Members) =>
    setLines(
      members,
      name,
      linesOf(members, name).filter((_, i) => i !== index - 1),
    )
  const reorder = (name: string) => (members: Members) => {
    const lines = linesOf(members, name)
    return setLines(members, name, [...lines.slice(0, 8), lines[9] ?? '', lines[8] ?? '', ...lines.slice(10)])
  }

  const cases: readonly [string, string, (members: Members) => Members][] = [
    ['an amount on both legs', '-4 ', entry(4, '300\\.00', '300.01')],
    ['the payee', '-3 ', entry(3, '91110000A', '91110000B')],
    ['the date', '-9 ', entry(9, '2026-02-09', '2026-02-10')],
    ['the summary', '-10 ', entry(10, '工程款', '设备款')],
    ['the approver', '-4 ', entry(4, 'wang', 'zhang')],
    ['an attachment', '-2 ', (members) => members.set(`attachments/${sha(originalA)}`, Buffer.from('another'))],
    ['an attachment left out', '-12 ', (members) => (members.delete(`attachments/${sha(originalB)}`), members)],
    [
      'an attachment nobody refers to',
      'no entry refers to',
      (members) => members.set(`attachments/${sha('x')}`, Buffer.from('x')),
    ],
    ['the hash of an attachment', '-2 ', entry(2, sha(originalA), sha(originalB))],
    ['a memo', '-3 ', entry(3, '首付款', '尾款')],
    ['the maker', '-8 ', entry(8, 'zhang', 'wang')],
    ['an entry dropped', '-9 ', without('entries.ndjson', 9)],
    [
      'an entry and its leaf dropped',
      '-9 ',
      (members) => without('leaves.txt', 9)(without('entries.ndjson', 9)(members)),
    ],
    ['two entries re-ordered', '-9 ', reorder('entries.ndjson')],
    ['two leaves re-ordered', 'out of order: leaves.txt', reorder('leaves.txt')],
    ['the tail cut off', '-20 ', (members) => without('leaves.txt', 20)(without('entries.ndjson', 20)(members))],
    ['a leaf rewritten', '-7 ', (members) => onLine(members, 'leaves.txt', 7, () => `7 ${sha('x')}`)],
    [
      'an entry and its leaf rewritten',
      '-6 … ',
      (members) => {
        const changed = entry(9, '工程款', '设备款')(members)
        return onLine(
          changed,
          'leaves.txt',
          9,
          () => `9 ${leafHash(linesOf(changed, 'entries.ndjson')[8] ?? '').toString('hex')}`,
        )
      },
    ],
    [
      'a leaf without entry',
      'more, fewer or out of order: leaves.txt',
      (members) => setLines(members, 'leaves.txt', [...linesOf(members, 'leaves.txt'), `21 ${sha('x')}`]),
    ],
    ['a space in an entry', '-9 ', entry(9, '^{"book"', '{ "book"')],
    ['an act', 'act 1', (members) => swapText(members, 'acts.ndjson', '2026-01', '2026-03')],
    ['an act dropped', 'act 1', without('acts.ndjson', 1)],
    ['the last act dropped', 'chain of acts', without('acts.ndjson', 2)],
    ['the newest head dropped', '-13 ', without('checkpoints.ndjson', 3)],
    ['all heads dropped', '-1 ', (members) => setLines(members, 'checkpoints.ndjson', [])],
    [
      'a root in a head',
      'fields differ from the note',
      (members) => swapText(members, 'checkpoints.ndjson', /"hash":"[0-9a-f]{4}/, '"hash":"0000'),
    ],
    [
      'the instant of a head',
      'the signature does not verify',
      (members) => swapText(members, 'checkpoints.ndjson', /at 20../, 'at 1999'),
    ],
    [
      'the key id of a head',
      'key id and key differ',
      (members) => swapText(members, 'checkpoints.ndjson', /"keyId":"..../, '"keyId":"0000'),
    ],
    [
      'a cosignature',
      'cosignature of',
      (members) => swapText(members, 'cosignatures.ndjson', /"signature":"..../, '"signature":"AAAA'),
    ],
    ['who is a witness', 'cosignature of', (members) => swapText(members, 'keys.ndjson', '"witness"', '"service"')],
    [
      'stored totals',
      'stored totals differ',
      (members) => swapText(members, 'trial-balance.ndjson', '"debit":"', '"debit":"1'),
    ],
    [
      'an account in the totals twice',
      'an account twice',
      (members) =>
        setLines(
          members,
          'trial-balance.ndjson',
          linesOf(members, 'trial-balance.ndjson').flatMap((text) => [text, text]),
        ),
    ],
    ['an account missing in the totals', 'stored totals differ', without('trial-balance.ndjson', 1)],
    [
      'a field added to a record',
      'not understood',
      (members) => swapText(members, 'acts.ndjson', '{"act"', '{"x":"1","act"'),
    ],
    [
      'a line without end',
      'unfinished last line',
      (members) => members.set('leaves.txt', Buffer.from(textOf(members, 'leaves.txt').trimEnd())),
    ],
    ['a leaf line beyond reading', '-4 ', (members) => onLine(members, 'leaves.txt', 4, (text) => text.toUpperCase())],
    ['a member missing', 'missing: cosignatures.ndjson', (members) => (members.delete('cosignatures.ndjson'), members)],
    [
      'the manifest of another format',
      'unknown format',
      (members) => swapText(members, 'manifest.json', 'evidence-2', 'evidence-3'),
    ],
    ['a member nobody knows', 'unknown or repeated', (members) => members.set('extra.txt', Buffer.from('x'))],
    ['a member in a folder', 'unknown or repeated', (members) => members.set('attachments/readme', Buffer.from('x'))],
    ['the book', '-1 ', (members) => swapText(members, 'book.json', /"code":"/, '"code":"X')],
    ['a book without a chart', 'cannot be read', (members) => members.set('book.json', Buffer.from('{}'))],
  ]

  it.each(cases)('finds %s', async (_, said, change) => {
    const verdict = verified(await zip(remanifest(change(unzip(pack)))))
    expect(verdict.ok).toBe(false)
    if (said.startsWith('-')) expect(verdict.first?.startsWith(`${id}${said}`), all(verdict)).toBe(true)
    else expect(all(verdict)).toContain(said)
  })

  it('finds any member changed that the manifest still describes as it was', async () => {
    for (const name of unzip(pack).keys()) {
      const members = unzip(pack)
      members.set(name, Buffer.concat([members.get(name) ?? Buffer.alloc(0), Buffer.from(' ')]))
      const verdict = verified(await zip(members))
      if (name === 'manifest.json') expect(verdict.ok).toBe(true)
      else expect(all(verdict), name).toContain(`not as in the manifest: ${name}`)
    }
    const members = unzip(pack)
    swapText(members, 'manifest.json', '"members": [', '"members": [{"name":"gone","sha256":"","size":"0"},')
    expect(all(verified(await zip(members)))).toContain('missing: gone')
  })

  it('finds a comment that is no seal, bytes between members, and members of one name', async () => {
    const commented = await zip(unzip(pack), { comment: 'hello' })
    expect(all(verified(commented))).toContain('the seal does not hold')
    const twice = unzip(pack)
    twice.set('acts.ndjsox', twice.get('acts.ndjson') ?? Buffer.alloc(0))
    const renamed = Buffer.from(
      (await zip(twice)).toString('latin1').replaceAll('acts.ndjsox', 'acts.ndjson'),
      'latin1',
    )
    expect(all(verified(renamed))).toContain('unknown or repeated: acts.ndjson')
    const plain = await zip(unzip(pack))
    const start = plain.readUInt32LE(plain.length - 6)
    const padded = Buffer.concat([plain.subarray(0, start), Buffer.from('gap'), plain.subarray(start)])
    padded.writeUInt32LE(start + 3, padded.length - 6)
    expect(all(verified(padded))).toContain('there is a gap')
    const front = Buffer.concat([Buffer.from('gap'), plain])
    front.writeUInt32LE(start + 3, front.length - 6)
    for (let at = start + 3; front.readUInt32LE(at) === 0x02014b50; ) {
      front.writeUInt32LE(front.readUInt32LE(at + 42) + 3, at + 42)
      at += 46 + front.readUInt16LE(at + 28) + front.readUInt16LE(at + 30) + front.readUInt16LE(at + 32)
    }
    expect(all(verified(front))).toContain('there is a gap')
  })

  it('finds members that are damaged, and names the first entry that cannot be read any more', async () => {
    const members = unzip(pack)
    const stored = await zip(members, { compress: false })
    const name = stored.indexOf('leaves.txt')
    stored[name + 12] = (stored[name + 12] ?? 0) ^ 1
    expect(all(verified(stored))).toContain('not as in the manifest: leaves.txt')
    const packed = Buffer.from(await zip(members))
    const [header, record] = [packed.indexOf('entries.ndjson') - 30, packed.lastIndexOf('entries.ndjson') - 46]
    const damaged = Buffer.from(packed)
    const middle = header + 44 + (damaged.readUInt32LE(header + 18) >> 1)
    damaged.fill(0xff, middle, middle + 20)
    const verdict = verified(damaged)
    expect(all(verdict)).toContain('damaged: entries.ndjson')
    expect(Number(/\(sequence (\d+)\)/.exec(verdict.first ?? '')?.[1])).toBeGreaterThan(2)
    for (const at of [header + 22, record + 24]) packed.writeUInt32LE(1_000, at)
    expect(all(verified(packed))).toContain('damaged: entries.ndjson')
  })

  it('refuses a member over 2 GB, and bytes hidden in the directory or where a header differs from it', async () => {
    const plain = await zip(unzip(pack))
    const [header, record] = [plain.indexOf('entries.ndjson') - 30, plain.lastIndexOf('entries.ndjson') - 46]
    const large = Buffer.from(plain)
    for (const at of [header + 22, record + 24]) large.writeUInt32LE(2 ** 31, at)
    expect(all(verified(large))).toContain('over 2 GB')
    const other = Buffer.from(plain)
    other.writeUInt32LE(1_000, header + 22)
    expect(all(verified(other))).toContain('headers differ: entries.ndjson')
    const end = plain.length - 22
    const hidden = Buffer.concat([plain.subarray(0, end), Buffer.from('gap'), plain.subarray(end)])
    hidden.writeUInt32LE(hidden.readUInt32LE(end + 3 + 12) + 3, end + 3 + 12)
    expect(verified(hidden).ok).toBe(false)
    const longer = Buffer.concat([plain.subarray(0, end), plain.subarray(record, record + 60), plain.subarray(end)])
    longer.writeUInt32LE(longer.readUInt32LE(end + 60 + 12) + 60, end + 60 + 12)
    expect(verified(longer).ok).toBe(false)
  })

  it('asks of a given witness and of kept heads what they are given for', async () => {
    expect(all(verified(pack, { witnesses: [newKeyPair().key] }))).toContain('this witness signed no head')
    const [head] = recordsOf(unzip(pack), 'checkpoints.ndjson')
    const kept = { ...head, size: Number(head?.['size']), acts: { count: 0 } }
    expect(verifyPack(pack, { heads: [kept] }).ok).toBe(true)
    expect(all(verified(pack, { heads: [{ ...kept, note: undefined }] }))).toContain('fields differ from the note')
    const forged = await zip(forge(unzip(pack), () => undefined))
    expect(verifyPack(forged).ok).toBe(true)
    expect(all(verifyPack(forged, { heads: [kept] }))).toContain('signed with another key')
  })
})

describe('a forger with a key of his own, whose every hash agrees', () => {
  let pack: Buffer
  let id: string
  beforeAll(async () => {
    const { book } = await tell()
    pack = await packOf(book)
    id = `E${book.bookId}`
  })

  const at = (entries: EntryJson[], sequence: number): EntryJson => {
    const found = entries[sequence - 1]
    if (!found) throw new Error(`entry ${sequence}`)
    return found
  }
  const lineOf = (entries: EntryJson[], sequence: number, index: number): Record<string, string> =>
    at(entries, sequence).lines[index] ?? {}
  const amounts = (entries: EntryJson[], sequence: number, amount: string): void => {
    Object.assign(lineOf(entries, sequence, 0), { debit: amount })
    Object.assign(lineOf(entries, sequence, 1), { credit: amount })
  }

  const cases: readonly [string, string, (entries: EntryJson[]) => void][] = [
    [
      'an entry that does not balance',
      '-8 (sequence 8): 借贷不平',
      (e) => Object.assign(lineOf(e, 8, 0), { debit: '800.01' }),
    ],
    ['an amount of zero', '-8 (sequence 8): 分录有误', (e) => amounts(e, 8, '0.00')],
    ['an amount not written as one', '-8 (sequence 8): 分录有误', (e) => amounts(e, 8, '0800.00')],
    [
      'an account the chart lacks',
      '-8 (sequence 8): 分录有误',
      (e) => Object.assign(lineOf(e, 8, 0), { account: '9999' }),
    ],
    [
      'an account with children',
      '-8 (sequence 8): 分录有误',
      (e) => Object.assign(lineOf(e, 8, 0), { account: '1613' }),
    ],
    [
      'a basis that is not the account’s',
      '-8 (sequence 8): 分录有误',
      (e) => Object.assign(lineOf(e, 8, 0), { basis: 'budget' }),
    ],
    [
      'a line with two sides',
      '-8 (sequence 8)',
      (e) => {
        const { account = '', basis = '', debit = '', ...rest } = lineOf(e, 8, 0)
        at(e, 8).lines[0] = { account, basis, credit: debit, debit, ...rest }
      },
    ],
    ['a single line', '-8 (sequence 8): 格式不规范', (e) => void at(e, 8).lines.pop()],
    ['a gap in the voucher numbers', '-8 (sequence 8): 凭证号不连续', (e) => (at(e, 8).number = '30')],
    ['a day that is none', '-9 (sequence 9): 日期', (e) => (at(e, 9)['on'] = '2026-02-30')],
    ['a period that is not the day’s', '-9 (sequence 9): 日期', (e) => (at(e, 9)['period'] = '2026-03')],
    [
      'an instant before the last',
      '-9 (sequence 9): 记账时刻',
      (e) => (at(e, 9)['recordedAt'] = at(e, 8)['recordedAt']),
    ],
    ['an instant not written as one', '-9 (sequence 9): 记账时刻', (e) => (at(e, 9)['recordedAt'] = '2099')],
    ['another book’s entry', '-9 (sequence 9): 不属于', (e) => (at(e, 9)['book'] = 'OTHER')],
    ['another id', '-9 (sequence 9): 不属于', (e) => (at(e, 9)['id'] = 'E999-9')],
    ['another format', '-9 (sequence 9): 不属于', (e) => (at(e, 9)['format'] = 'yiben-entry-2')],
    ['a key nobody knows', '-9 (sequence 9): 格式不规范', (e) => (at(e, 9)['zzz'] = '1')],
    ['a value that is no text', '-9 (sequence 9): 格式不规范', (e) => (at(e, 9)['summary'] = 1)],
    ['a missing maker', '-9 (sequence 9): 格式不规范', (e) => void delete at(e, 9)['maker']],
    [
      'a red entry that mirrors something else',
      '-6 (sequence 6): 红字',
      (e) => Object.assign(lineOf(e, 6, 0), { memo: '别的' }),
    ],
    ['a debt in the first format', '-3 (sequence 3): 不属于', (e) => (at(e, 3)['format'] = 'yiben-entry-1')],
    ['the second format without a debt', '-8 (sequence 8): 不属于', (e) => (at(e, 8)['format'] = 'yiben-entry-2')],
    ['a red entry of itself', '-6 (sequence 6): 红字', (e) => (at(e, 6)['reverses'] = at(e, 6)['id'])],
    ['a red entry of a later one', '-6 (sequence 6): 红字', (e) => (at(e, 6)['reverses'] = at(e, 7)['id'])],
    ['a reversal without its link', '-6 (sequence 6): 冲销标记', (e) => void delete at(e, 6)['reverses']],
    ['a link without a reversal', '-6 (sequence 6): 冲销标记', (e) => (at(e, 6)['type'] = 'general')],
    [
      'a second reversal',
      '-7 (sequence 7): 重复冲销',
      (e) => {
        const { lines, type, reverses } = at(e, 6)
        e[6] = { ...at(e, 7), lines, format: at(e, 6)['format'] }
        e[6] = Object.fromEntries(
          Object.entries({ ...e[6], type, reverses }).sort(([a], [b]) => (a < b ? -1 : 1)),
        ) as EntryJson
      },
    ],
    [
      'an account below zero on a day',
      'below zero on 2026-01-06',
      (e) => {
        amounts(e, 1, '100.00')
        amounts(e, 2, '6000000.00')
      },
    ],
    ['totals that differ', 'stored totals differ from the entries: 1011|P1|F21', (e) => amounts(e, 8, '799.99')],
    ['a repeated entry', '-5 (sequence 5): 凭证重复', (e) => e.splice(5, 0, at(e, 5))],
    ['a sequence skipped', '-9 (sequence 9): 凭证缺失', (e) => e.splice(8, 1)],
  ]

  it.each(cases)('is given away by %s', async (_, said, change) => {
    const verdict = verifyPack(await zip(forge(unzip(pack), change)))
    expect(verdict.ok).toBe(false)
    if (said.startsWith('-')) expect(verdict.first?.startsWith(`${id}${said}`), all(verdict)).toBe(true)
    else expect(all(verdict)).toContain(said)
  })

  it('is given away by texts that say a key twice, or in another order', async () => {
    const texts = linesOf(unzip(pack), 'entries.ndjson')
    const spoiled = [
      (text: string) => text.replace('"maker":', '"maker":"li","maker":'),
      (text: string) => text.replace(/("number":"[0-9]+"),("on":"[^"]+")/, '$2,$1'),
      (text: string) => text.replace('{"', '{ "'),
      (text: string) => text.replace('工', '\\u5de5'),
      () => '{"sequence":"9"',
      () => 'null',
    ]
    for (const spoil of spoiled) {
      const changed = texts.map((text, i) => (i === 8 ? spoil(text) : text))
      const safe = changed.map((text, i) => (i === 8 && !isJson(text) ? '{"sequence":"9"}' : text))
      const verdict = verifyPack(await zip(forgeTexts(unzip(pack), safe)))
      expect(verdict.first?.startsWith(`${id}-9 (sequence 9): 格式不规范`), all(verdict)).toBe(true)
    }
  })

  it('is not given away where nothing changed: the key is all that tells', async () => {
    const forged = await zip(forge(unzip(pack), () => undefined))
    expect(all(verifyPack(forged))).toBe('')
    expect(verified(forged).first).toContain('signed with another key')
  })

  it('cannot pass a head off as another book’s', async () => {
    const members = unzip(pack)
    const key = newKeyPair()
    const [head] = recordsOf(members, 'checkpoints.ndjson')
    const row = { size: 5, frontier: Buffer.alloc(0), acts: 0, actsHash: Buffer.alloc(0) }
    const note = noteText(
      { bookId: 1, code: 'OTHER' },
      row,
      Buffer.from(head?.['hash'] ?? '', 'hex'),
      1_795_392_000_000_000n,
    )
    const signature = sign(null, Buffer.from(note), key.privateKey).toString('base64')
    const other = JSON.stringify({ ...head, keyId: key.keyId, key: key.key, signature, note })
    setLines(members, 'checkpoints.ndjson', [other, ...linesOf(members, 'checkpoints.ndjson').slice(1)])
    expect(all(verifyPack(await zip(remanifest(members))))).toContain('fields differ from the note')
  })
})

const isJson = (text: string): boolean => {
  try {
    return JSON.parse(text) !== null
  } catch {
    return false
  }
}

it('the root of nothing and the verifier agree', async () => {
  expect(rootOf(emptyFrontier).toString('hex')).toBe(sha(''))
  await copyFile(verifier, join(folder, 'verify.mjs'))
})
