#!/usr/bin/env node
/**
 * Verifies an evidence pack of 一本账 (Yiben) with Node (20.15 or later) alone: no network, no database, no package.
 *
 *   node verify.mjs pack.zip [--key BASE64|FILE]… [--witness BASE64|FILE]… [--head FILE]…
 *
 * --key: the service's public key as you know it from elsewhere; without it the pack is only shown to agree with itself.
 * --witness: a witness's public key, which must have signed a head in the pack. --head: a head you kept (the answer of
 * GET /v1/books/{book}/proof); the books must still begin with what it covers.
 *
 * Exit 0: everything holds. 1: something does not, and the first entry concerned is named. 2: wrong usage.
 * The formats, and what is and is not proven: docs/PROOF.md.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync, realpathSync } from 'node:fs'
import { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'

/** What makes going on pointless. Everything else goes into the report, and the examination goes on. */
class Fault extends Error {}

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const fingerprintOf = (key) => sha256(Buffer.from(key, 'base64')).toString('hex')

/** What does not hold. `first` is the finding whose entry has the lowest sequence, whatever found it and when. */
class Report {
  findings = []
  notes = []
  first = undefined
  count = 0

  fail(what, more = {}) {
    const finding = { what, ...more }
    this.count += 1
    if (more.sequence !== undefined && !(this.first?.sequence <= more.sequence)) this.first = finding
    if (this.findings.length < 20) this.findings.push(finding)
    return false
  }

  check = (holds, what, more) => Boolean(holds) || this.fail(what, more)

  // What is quoted comes from the pack: no control characters may reach a terminal.
  text({ what, expected, found, sequence, until }) {
    const range = until > sequence ? ` … E${this.bookId}-${until} 之一 one of` : ''
    const place = sequence === undefined ? '' : `E${this.bookId}-${sequence}${range} (sequence ${sequence}): `
    const values = expected === undefined ? '' : `; 应为 expected ${expected}, 实为 found ${found}`
    return `${place}${what}${values}`.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 600)
  }
}

// ---- The container: a zip, read with suspicion -------------------------------------------------------------------

const memberNames = ['manifest.json', 'book.json', 'checkpoints.ndjson', 'leaves.txt', 'entries.ndjson', 'acts.ndjson']
memberNames.push('trial-balance.ndjson', 'keys.ndjson', 'cosignatures.ndjson', 'verify.mjs')
const attachmentName = /^attachments\/[0-9a-f]{64}$/
const [step, lineMax, textMax] = [1 << 18, 16 << 20, 64 << 20]

const openBytes = (bytes) => ({ size: bytes.length, read: (at, length) => bytes.subarray(at, at + length) })

function openFile(handle) {
  const read = (at, length) => {
    const bytes = Buffer.alloc(length)
    return bytes.subarray(0, readSync(handle, bytes, 0, length, at))
  }
  return { size: fstatSync(handle).size, read }
}

/** The end record: its place, the directory's place and count, and the comment, which must close the file. */
function findEnd({ size, read }) {
  const tail = read(Math.max(0, size - 65557), Math.min(size, 65557))
  for (let i = tail.length - 22; i >= 0; i--) {
    if (tail.readUInt32LE(i) !== 0x06054b50 || i + 22 + tail.readUInt16LE(i + 20) !== tail.length) continue
    const end = { at: size - tail.length + i, count: tail.readUInt16LE(i + 10), offset: tail.readUInt32LE(i + 16) }
    const whole = tail.readUInt32LE(i + 4) === 0 && tail.readUInt16LE(i + 8) === end.count
    if (end.count === 0xffff || end.offset === 0xffffffff) throw new Fault('不支持 ZIP64 is not supported')
    if (!whole || end.offset + tail.readUInt32LE(i + 12) !== end.at) break
    return { ...end, comment: tail.toString('latin1', i + 22) }
  }
  throw new Fault('不是完整的 zip 文件 not a complete zip file')
}

/** The members by name. They must fill the file up to the directory without gap or overlap, each once, each known. */
function readDirectory(source, end, report) {
  const directory = source.read(end.offset, end.at - end.offset)
  const members = []
  let at = 0
  for (let i = 0; i < end.count; i++) {
    if (at + 46 > directory.length || directory.readUInt32LE(at) !== 0x02014b50) throw new Fault('zip 目录损坏 broken')
    const [nameEnd, more] = [at + 46 + directory.readUInt16LE(at + 28), directory.readUInt32LE(at + 30)]
    const name = directory.toString('latin1', at + 46, nameEnd)
    members.push({ name, record: directory.subarray(at, nameEnd), offset: directory.readUInt32LE(at + 42) })
    at = nameEnd + (more & 0xffff) + (more >>> 16)
  }
  if (at !== directory.length) throw new Fault('zip 目录损坏 broken directory')
  members.sort((a, b) => a.offset - b.offset)
  if (members[0]?.offset !== 0) throw new Fault('zip 开头有空隙 gap at the start')
  const named = new Map()
  for (const [i, member] of members.entries()) {
    examineMember(source, member, members[i + 1]?.offset ?? end.offset)
    if (member.name === 'attachments/' && member.size === 0) continue
    const known = memberNames.includes(member.name) || attachmentName.test(member.name)
    if (!known || named.has(member.name)) throw new Fault(`zip 成员未知或重名 unknown or repeated: ${member.name}`)
    named.set(member.name, member)
  }
  for (const name of memberNames) report.check(named.has(name), `缺少成员 missing: ${name}`)
  return named
}

/** A member's own header must say what the directory says, and the member must end where the next begins. */
function examineMember({ read }, member, next) {
  const { name, record, offset } = member
  const header = read(offset, 30 + record.length - 46)
  const [flags, method, sizes] = [record.readUInt16LE(8), record.readUInt16LE(10), record.subarray(16, 28)]
  member.start = offset + header.length + header.readUInt16LE(28)
  Object.assign(member, {
    method,
    crc: sizes.readUInt32LE(0),
    packed: sizes.readUInt32LE(4),
    size: sizes.readUInt32LE(8),
  })
  const after = next - member.start - member.packed
  const tail = after >= 0 && after <= 16 ? read(next - after, after) : undefined
  // Bit 3: the sizes stand after the data, with or without a signature, instead of in the header.
  const described =
    flags & 8 ? (after === 12 || after === 16) && tail?.subarray(-12) : after === 0 && header.subarray(14, 26)
  const same = header.readUInt32LE(0) === 0x04034b50 && header.subarray(6, 14).equals(record.subarray(8, 16))
  const sound =
    same && header.subarray(26, 28).equals(record.subarray(28, 30)) && header.subarray(30).equals(record.subarray(46))
  if (!sound || (method !== 0 && method !== 8) || (flags & ~0x080e) !== 0 || !(described && described.equals(sizes))) {
    throw new Fault(`zip 成员头不符 header and directory differ, or there is a gap: ${name}`)
  }
}

/** The seal covers every byte before the comment it stands in. A pack zipped again by another program has no comment. */
function examineSeal(source, end, report) {
  if (end.comment === '')
    return report.notes.push('容器无封印（曾被重新打包） no seal (zipped again): contents alone verified')
  const hash = createHash('sha256')
  for (let at = 0; at < end.at + 22; at += step) hash.update(source.read(at, Math.min(step, end.at + 22 - at)))
  const seal = `yiben-seal-1 sha256 ${hash.digest('hex')}`
  return report.check(end.comment === seal, '容器封印不符：文件被改动 the seal does not hold: the file was changed')
}

/** The members as streams. What is wrong with one is reported, and it is handed on as far as it can be read. */
class Pack {
  hashes = new Map()

  constructor(source, members, report) {
    Object.assign(this, { source, members, report })
  }

  *packed({ start, packed }) {
    for (let at = 0; at < packed; at += step) yield this.source.read(start + at, Math.min(step, packed - at))
  }

  async *chunks(name) {
    const member = this.members.get(name) ?? { packed: 0, size: 0, crc: 0 }
    const inflate = member.method === 8 && zlib.createInflateRaw({ chunkSize: step })
    const raw = this.packed(member)
    const hash = createHash('sha256')
    let [crc, size] = [0, 0]
    try {
      for await (const chunk of inflate ? Readable.from(raw, { objectMode: false }).pipe(inflate) : raw) {
        crc = zlib.crc32(chunk, crc)
        size += chunk.length
        if (size > member.size) break
        hash.update(chunk)
        yield chunk
      }
      if (inflate && inflate.bytesWritten !== member.packed) size = -1
    } catch (error) {
      if (!String(error.code).startsWith('Z_')) throw error
      size = -1
    }
    this.report.check(size === member.size && crc === member.crc, `成员已损坏 damaged (size or CRC): ${name}`)
    this.hashes.set(name, hash.digest('hex'))
  }

  /** Lines without their ends, a batch at a time. */
  async *lines(name) {
    let rest = Buffer.alloc(0)
    for await (const chunk of this.chunks(name)) {
      const bytes = Buffer.concat([rest, chunk])
      const [lines, last] = [[], bytes.lastIndexOf(10) + 1]
      for (let from = 0, to; from < last; from = to + 1)
        lines.push(bytes.subarray(from, (to = bytes.indexOf(10, from))))
      rest = bytes.subarray(last)
      if (rest.length > lineMax) throw new Fault(`行过长 line too long: ${name}`)
      yield lines
    }
    this.report.check(rest.length === 0, `末行不完整 unfinished last line: ${name}`)
  }

  /** Records in JSON, a line each, with exactly these fields, all texts. */
  async records(name, fields) {
    const records = []
    for await (const lines of this.lines(name)) {
      for (const line of lines) {
        const record = parseJson(line) ?? {}
        const sound = Object.keys(record).join() === fields && Object.values(record).every(isText)
        if (this.report.check(sound, `无法识读 not understood: ${name}`)) records.push(record)
      }
    }
    return records
  }

  async document(name) {
    if (this.members.get(name)?.size > textMax) throw new Fault(`成员过大 too large: ${name}`)
    const chunks = []
    for await (const chunk of this.chunks(name)) chunks.push(chunk)
    return parseJson(Buffer.concat(chunks)) ?? {}
  }

  /** Every member is as the manifest says; those not read before are read for it. */
  async examineManifest({ format, members = [] }) {
    this.report.check(format === 'yiben-evidence-1', '清单格式未知 manifest of an unknown format')
    const listed = new Map(members.map(({ name, sha256, size }) => [name, `${sha256} ${size}`]))
    for (const [name, { size }] of this.members) {
      if (!this.hashes.has(name)) for await (const _ of this.chunks(name));
      const found = `${this.hashes.get(name)} ${size}`
      const same = name === 'manifest.json' || listed.get(name) === found
      this.report.check(same, `与清单不符 not what the manifest says: ${name}`, { expected: listed.get(name), found })
    }
    for (const name of listed.keys()) this.report.check(this.members.has(name), `清单所列缺失 missing: ${name}`)
  }
}

const hexOf = (bytes = '') => Buffer.from(bytes, 'latin1').toString('hex')
const byText = (a, b) => (a < b ? -1 : 1)
const isText = (value) => typeof value === 'string'

function parseJson(text) {
  try {
    const value = JSON.parse(text)
    return value !== null && typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}

// ---- The log, its signed heads, and the acts ---------------------------------------------------------------------

/** The Merkle log of RFC 9162 as it grows: the roots of its complete subtrees, and its root at the sizes asked for. */
class Log {
  size = 0
  peaks = []
  roots = new Map()

  constructor(sizes) {
    this.sizes = sizes
    if (sizes.has('0')) this.roots.set('0', sha256().toString('hex'))
  }

  add(leaf) {
    let hash = leaf
    for (let rest = this.size; rest % 2 === 1; rest = (rest - 1) / 2) hash = sha256('\x01', this.peaks.pop(), hash)
    this.peaks.push(hash)
    this.size += 1
    if (!this.sizes.has(String(this.size))) return
    const root = this.peaks.reduceRight((right, left) => sha256('\x01', left, right))
    this.roots.set(String(this.size), root.toString('hex'))
  }
}

function isSigned(note, signature, key) {
  try {
    const jwk = { kty: 'OKP', crv: 'Ed25519', x: Buffer.from(key, 'base64').toString('base64url') }
    const publicKey = createPublicKey({ key: jwk, format: 'jwk' })
    return verify(null, Buffer.from(note), publicKey, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

const notePattern = /^(.*)\n([0-9]+)\n(.*)\nat (.*)\nacts ([0-9]+) (-|[0-9a-f]{64})\n$/

/** Examines a head by itself: its fields are those of the note, and the note is signed with a key that is trusted. */
function examineHead(head, book, trusted, report) {
  head.name = `${head.kept ? '您留存的树头 the head you kept' : '树头 the head'} (size ${head.size}, acts ${head.acts})`
  const [, origin, size, root, at, acts, actsHash] = notePattern.exec(head.note) ?? []
  Object.assign(head, { at, actsHash })
  const same = origin === `yiben/E${book.bookId}/${book.code}` && size === head.size && acts === head.acts
  const hash = Buffer.from(root ?? '', 'base64').toString('hex')
  report.check(same && hash === head.hash, `${head.name}: 字段与签名文本不符 fields differ from the note`)
  report.check(isSigned(head.note, head.signature, head.key), `${head.name}: 签名无效 the signature does not verify`)
  const known = head.kept || fingerprintOf(head.key).startsWith(head.keyId)
  report.check(known && head.keyId.length === 16, `${head.name}: 密钥编号不符 key id and key differ`)
  const more = { expected: [...trusted].join(' '), found: head.key }
  report.check(
    trusted.size === 0 || trusted.has(head.key),
    `${head.name}: 签名密钥不是给定的 signed with another key`,
    more,
  )
}

/** The acts are chained by hash. Answers the chain's end after each number of acts. */
async function examineActs(pack, report) {
  const ends = ['-']
  let end = Buffer.alloc(0)
  for (const { act, body, hash } of await pack.records('acts.ndjson', 'act,body,hash')) {
    end = sha256(end, body)
    const holds = act === String(ends.length) && hash === end.toString('hex')
    report.check(holds, `第 ${ends.length} 项账套行为与哈希不符 act ${ends.length} does not fit its hash`)
    ends.push(end.toString('hex'))
  }
  return ends
}

/** Compares every head with the log at its size, and says which entries are concerned where no leaf hash has said it. */
function examineRoots(heads, { log, leafCount }, acts, report) {
  let good = 0
  for (const { size, hash, acts: count, actsHash, name } of heads) {
    report.check(acts[count] === actsHash, `${name}: 账套行为链不符 the chain of acts does not fit`)
    const range = { sequence: good + 1, until: Number(size) }
    const named = report.first?.sequence > good && report.first.sequence <= size
    const root = log.roots.get(size)
    if (log.size < size) report.fail(`缺失 missing under ${name}`, { ...range, sequence: log.size + 1 })
    else if (root === hash) good = Number(size)
    else if (named) report.fail(`${name}: 根哈希不符 root differs`, { expected: hash, found: root })
    else report.fail(`内容或次序与签名不符 content or order differs from ${name}`, range)
  }
  const newest = heads.findLast(({ kept }) => !kept)
  if (!newest) report.fail('没有签名树头 no signed head')
  const covered = log.size <= (newest?.size ?? 0)
  report.check(covered, '未被任何签名树头覆盖 under no signed head', { sequence: Number(newest?.size ?? 0) + 1 })
  report.check(acts.length - 1 === Number(newest?.acts ?? 0), '账套行为数与最新树头不符 acts and newest head differ')
  report.check(leafCount === log.size, 'leaves.txt 与凭证数不符 more or fewer leaf hashes than entries')
  return newest
}

async function examineWitnesses(pack, heads, witnesses, report) {
  const keys = new Map(
    (await pack.records('keys.ndjson', 'keyId,key,holder,kind')).map((known) => [known.keyId, known]),
  )
  const signed = new Map()
  const fields = 'size,acts,keyId,signature,receivedAt'
  for (const { size, acts, keyId, signature } of await pack.records('cosignatures.ndjson', fields)) {
    const head = heads.find((head) => !head.kept && head.size === size && head.acts === acts)
    const { key, kind } = keys.get(keyId) ?? {}
    const holds = head && kind === 'witness' && isSigned(head.note, signature, key)
    if (report.check(holds, `见证签名无效 cosignature of ${keyId} at size ${size} is invalid`)) signed.set(key, size)
  }
  for (const [key, size] of signed) report.notes.push(`见证 witness ${key}: size ${size}`)
  for (const key of witnesses) report.check(signed.has(key), `见证人未签任何树头 this witness signed no head: ${key}`)
}

// ---- The entries -------------------------------------------------------------------------------------------------

// Every key in the one order of the canonical text; those that may be left out are `optional`.
const entryKeys =
  'approvals book documents format id lines maker number on period recordedAt reverses sequence summary transaction type'.split(
    ' ',
  )
const optional = ['approvals', 'documents', 'reverses', 'transaction']
const lineKeys =
  'account basis contract counterparty credit debit dwelling indicator item memo project segment source'.split(' ')
const partKeys = {
  approvals: ['at', 'decision', 'of', 'person'],
  documents: ['number', 'sha256', 'title'],
  lines: lineKeys,
}
const amountPattern = /^-?(0|[1-9][0-9]{0,16})\.[0-9]{2}$/
const instantPattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+08:00$/

/** The value written again from what is known of its form. Equal to the line it came from, nothing else was in it. */
function canonical(value, keys) {
  const known = {}
  for (const key of keys) {
    const part = value?.[key]
    if (isText(part)) known[key] = part
    else if (keys === entryKeys && partKeys[key] && Array.isArray(part))
      known[key] = part.map((p) => canonical(p, partKeys[key]))
  }
  return known
}

const fen = (text) => BigInt(text.replace('.', ''))
const yuan = (fen) =>
  String(fen)
    .replace(/^(-?)([0-9]{1,2})$/, (_, sign, digits) => sign + digits.padStart(3, '0'))
    .replace(/..$/, '.$&')
const sideOf = (line) => (line.debit === undefined ? 'credit' : 'debit')
const negated = (text = '') => (text.startsWith('-') ? text.slice(1) : `-${text}`)

// Days that are real: there are few, and each comes often.
const days = new Set()

function isDay(text) {
  if (days.has(text)) return true
  const at = new Date(`${text}T00:00:00Z`)
  const real = !Number.isNaN(at.getTime()) && at.toISOString().slice(0, 10) === text
  if (real) days.add(text)
  return real
}

/** The journal as it is read, entry by entry: what an entry must be by itself, and after those before it. */
class Journal {
  leaves = []
  leafCount = 0
  lastLeaf = 0
  last = 0
  lines = 0
  numbers = new Map()
  recordedAt = ''
  mirrors = []
  reversed = new Set()
  accounts = new Map()
  originals = new Map()

  constructor(book, sizes, report) {
    this.subjects = new Map(book.chart.subjects.map((subject) => [subject.code, subject]))
    Object.assign(this, { book, report, log: new Log(sizes) })
  }

  /** A line of leaves.txt: the hash an entry was posted with. It serves to name an entry; what proves is the heads. */
  takeLeaf(line) {
    const [, sequence, hash] = /^([1-9][0-9]{0,14}) ([0-9a-f]{64})$/.exec(line) ?? []
    this.report.check(sequence > this.lastLeaf, '无法识读或次序颠倒 not understood, or out of order: leaves.txt')
    this.leafCount += 1
    this.lastLeaf = Number(sequence ?? this.lastLeaf)
    this.leaves[sequence] = Buffer.from(hash ?? '', 'hex').latin1Slice()
  }

  take(line) {
    const { report } = this
    const leaf = sha256('\x00', line)
    this.log.add(leaf)
    const text = line.toString()
    const entry = parseJson(text) ?? {}
    const sequence = /^[1-9][0-9]{0,14}$/.test(entry.sequence) ? Number(entry.sequence) : this.last + 1
    const missing = { sequence: this.last + 1 }
    if (sequence > this.last + 1) report.fail('凭证缺失或被移动 missing or moved', missing)
    if (sequence <= this.last) report.fail('凭证重复或次序颠倒 repeated or out of order', { sequence })
    this.last = Math.max(this.last, sequence)
    const more = { sequence, expected: hexOf(this.leaves[sequence]), found: leaf.toString('hex') }
    report.check(
      more.expected === more.found,
      '内容与记账时的哈希不符 content differs from the hash it was posted with',
      more,
    )
    const known = canonical(entry, entryKeys)
    const whole = entryKeys.every((key) => key in known || optional.includes(key)) && known.lines.length >= 2
    const check = (holds, what, values) => report.check(holds, what, { sequence, ...values })
    if (check(whole && JSON.stringify(known) === text, '格式不规范 not in canonical form'))
      this.examine(entry, sequence, check)
  }

  examine(entry, sequence, check) {
    const { book, numbers, originals } = this
    const own = entry.book === book.code && entry.id === `E${book.bookId}-${entry.sequence}`
    check(own && entry.format === 'yiben-entry-1', '不属于本账套 not an entry of this book')
    check(isDay(entry.on) && entry.period === entry.on.slice(0, 7), '日期或期间有误 wrong date or period')
    const number = (numbers.get(entry.period) ?? 0) + 1
    const values = { expected: number, found: entry.number }
    check(entry.number === String(number), '凭证号不连续 voucher numbers have a gap', values)
    numbers.set(entry.period, Number(entry.number) || number)
    const later = instantPattern.test(entry.recordedAt) && entry.recordedAt > this.recordedAt
    check(later, '记账时刻未递增 not recorded after the entry before it')
    this.recordedAt = entry.recordedAt
    for (const { sha256 } of entry.documents ?? [])
      if (sha256 && !originals.has(sha256)) originals.set(sha256, sequence)
    const sums = new Map()
    for (const line of entry.lines) this.examineLine(line, entry.on, sums, check)
    for (const [basis, net] of sums) {
      const values = net !== 0n && { expected: '0.00', found: yuan(net) }
      check(net === 0n, `借贷不平 debits and credits differ (${basis})`, values)
    }
    this.examineReversal(entry, sequence, check)
  }

  /** Adds to the entry's sums, to the account's totals, and to the account's days where it may not go below zero. */
  examineLine(line, on, sums, check) {
    const subject = this.subjects.get(line.account)
    const side = sideOf(line)
    const one = line.debit === undefined || line.credit === undefined
    const sound = one && amountPattern.test(line[side]) && fen(line[side]) !== 0n && subject?.postable
    if (!check(sound && subject.basis === line.basis, '分录有误 a line of a wrong account, basis or amount')) return
    const amount = fen(line[side])
    this.lines += 1
    sums.set(line.basis, (sums.get(line.basis) ?? 0n) + (side === 'debit' ? amount : -amount))
    const key = [subject.code, ...subject.keptBy.map((dimension) => line[dimension] ?? '')].join('|')
    const account = this.accounts.get(key) ?? { subject, debit: 0n, credit: 0n, days: new Map() }
    this.accounts.set(key, account)
    account[side] += amount
    if (subject.guarded) account.days.set(on, (account.days.get(on) ?? 0n) + (side === subject.side ? amount : -amount))
  }

  /** A red entry has its original's lines with every amount negated. Of each entry the hash in that form is kept. */
  examineReversal({ lines, reverses, type }, sequence, check) {
    const mirror = lines.map((line) => ({ ...line, [sideOf(line)]: negated(line[sideOf(line)]) }))
    if (reverses === undefined) this.mirrors[sequence] = sha256(JSON.stringify(mirror)).latin1Slice()
    check((type === 'reversal') === (reverses !== undefined), '冲销标记不符 type and reversal link disagree')
    if (reverses === undefined) return
    const [, book, original] = /^E([0-9]+)-([0-9]+)$/.exec(reverses) ?? []
    const mirrored = book === this.book.bookId && this.mirrors[original] === sha256(JSON.stringify(lines)).latin1Slice()
    check(mirrored, `红字凭证与原凭证不对应 not the mirror of ${reverses}`)
    check(!this.reversed.has(reverses), `重复冲销 reverses ${reverses} a second time`)
    this.reversed.add(reverses)
  }

  async examineTotals(pack) {
    const { report, accounts } = this
    for (const [key, { days }] of accounts) {
      let balance = 0n
      const below = [...days.keys()].toSorted(byText).find((on) => (balance += days.get(on)) < 0n)
      report.check(!below, `余额为负 below zero on ${below}: ${key}`, { expected: '≥ 0.00', found: yuan(balance) })
    }
    const stored = await pack.records('trial-balance.ndjson', 'account,debit,credit')
    const texts = new Map(stored.map(({ account, debit, credit }) => [account, `${debit}/${credit}`]))
    report.check(texts.size === stored.length, '余额表账户重复 an account twice in the stored totals')
    for (const key of new Set([...texts.keys(), ...accounts.keys()])) {
      const { debit = 0n, credit = 0n } = accounts.get(key) ?? {}
      const values = { expected: `${yuan(debit)}/${yuan(credit)}`, found: texts.get(key) }
      report.check(
        values.expected === values.found,
        `余额表与凭证不符 stored totals differ from the entries: ${key}`,
        values,
      )
    }
  }

  async examineOriginals(pack) {
    for (const [hash, sequence] of this.originals) {
      const name = `attachments/${hash}`
      if (!this.report.check(pack.members.has(name), `附件缺失 attachment missing: ${hash}`, { sequence })) continue
      for await (const _ of pack.chunks(name));
      const found = pack.hashes.get(name)
      this.report.check(found === hash, '附件内容被改动 attachment changed', { sequence, expected: hash, found })
    }
    for (const name of pack.members.keys()) {
      const known = memberNames.includes(name) || this.originals.has(name.slice('attachments/'.length))
      this.report.check(known, `无凭证引用 no entry refers to ${name}`)
    }
  }
}

// ---- All of it ---------------------------------------------------------------------------------------------------

function readKept({ size, hash, key, signature, note, acts }) {
  if (![hash, key, signature, note].every(isText))
    throw new Fault('留存的树头不完整 a kept head lacks its note, key or signature')
  return {
    size: String(size),
    acts: String(acts?.count),
    hash,
    key,
    keyId: fingerprintOf(key).slice(0, 16),
    signature,
    note,
    kept: true,
  }
}

async function examinePack(source, { keys, witnesses, heads: kept }, report) {
  const end = findEnd(source)
  const pack = new Pack(source, readDirectory(source, end, report), report)
  const manifest = await pack.document('manifest.json')
  const book = await pack.document('book.json')
  report.bookId = book.bookId
  const given = await pack.records('checkpoints.ndjson', 'size,acts,hash,keyId,key,signature,note')
  const heads = [...kept.map(readKept), ...given].sort((a, b) => a.size - b.size || a.acts - b.acts)
  const trusted = new Set(keys.length > 0 ? keys : kept.map(({ key }) => key))
  for (const head of heads) examineHead(head, book, trusted, report)
  const journal = new Journal(book, new Set(heads.map(({ size }) => size)), report)
  for await (const lines of pack.lines('leaves.txt')) for (const line of lines) journal.takeLeaf(line)
  for await (const lines of pack.lines('entries.ndjson')) for (const line of lines) journal.take(line)
  const newest = examineRoots(heads, journal, await examineActs(pack, report), report)
  await journal.examineTotals(pack)
  await journal.examineOriginals(pack)
  await examineWitnesses(pack, heads, witnesses, report)
  await pack.examineManifest(manifest)
  examineSeal(source, end, report)
  return summaryOf(book, journal, heads, newest, trusted)
}

function summaryOf(book, { log, lines, accounts, originals }, heads, newest, trusted) {
  const totals = new Map()
  for (const { subject, debit } of accounts.values())
    totals.set(subject.basis, (totals.get(subject.basis) ?? 0n) + debit)
  const counts = `凭证 entries ${log.size}, 分录 lines ${lines}, 账户 accounts ${accounts.size}, 附件 attachments ${originals.size}`
  const signers = [...new Set(heads.map(({ key }) => key))]
  return [
    `账套 book ${book.code} ${book.name} (E${book.bookId}, ${book.standard})`,
    counts,
    ...[...totals].map(([basis, debit]) => `借方=贷方 debits = credits, ${basis}: ${yuan(debit)}`),
    `签名树头 heads ${heads.length}, 最新 newest: size ${newest?.size}, ${newest?.hash}, ${newest?.at}, acts ${newest?.acts}`,
    ...signers.map((key) => `签名密钥 key ${key}, SHA-256 ${fingerprintOf(key)}`),
    ...(trusted.size > 0
      ? []
      : ['注意：密钥取自证据包，请核对指纹 NOTE: the key is the pack\u2019s own; compare it with one you know']),
  ]
}

/**
 * Verifies a pack given as a Buffer or an open file's descriptor. `keys` and `witnesses` are raw public keys in base64, `heads` are
 * heads that were kept. Never throws for what is in the pack. Answers `{ok, first, findings, count, notes, summary}`.
 */
export async function verifyPack(given, { keys = [], witnesses = [], heads = [] } = {}) {
  const report = new Report()
  let summary = []
  try {
    const source = typeof given === 'number' ? openFile(given) : openBytes(given)
    summary = await examinePack(source, { keys, witnesses, heads }, report)
  } catch (error) {
    report.fail(error instanceof Fault ? error.message : `证据包无法识读 the pack cannot be read: ${error?.message}`)
  }
  const { count, notes } = report
  const first = report.first ?? report.findings[0]
  const findings = report.findings.filter((finding) => finding !== first).map((finding) => report.text(finding))
  return { ok: count === 0, first: first && report.text(first), findings, count, notes, summary }
}

function readKey(given) {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  if (text.startsWith('-----BEGIN'))
    return readKey(Buffer.from(createPublicKey(text).export({ format: 'jwk' }).x, 'base64url').toString('base64'))
  if (Buffer.from(text, 'base64').toString('base64') === text && text.length === 44) return text
  throw new Error(`不是 Ed25519 公钥 not an Ed25519 public key: ${given}`)
}

async function main(args) {
  const [many, say] = [{ type: 'string', multiple: true, default: [] }, (text) => process.stdout.write(`${text}\n`)]
  let [handle, options] = []
  try {
    const { values, positionals } = parseArgs({
      args,
      options: { key: many, witness: many, head: many },
      allowPositionals: true,
    })
    if (positionals.length !== 1 || !zlib.crc32)
      throw new Error('node (≥ 20.15) verify.mjs pack.zip [--key K] [--witness K] [--head FILE]')
    const heads = values.head.map((file) => JSON.parse(readFileSync(file, 'utf8')))
    options = { keys: values.key.map(readKey), witnesses: values.witness.map(readKey), heads }
    handle = openSync(positionals[0], 'r')
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
  const { ok, first, findings, count, notes, summary } = await verifyPack(handle, options)
  closeSync(handle)
  for (const line of [...summary, ...notes]) say(line)
  say(ok ? '通过 OK: 全部核对相符 everything holds' : `不通过 FAILED: ${first}`)
  for (const finding of findings) say(`  另 also: ${finding}`)
  if (count > findings.length + 1) say(`  共 ${count} 项 findings in all`)
  return ok ? 0 : 1
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  process.exitCode = await main(process.argv.slice(2))
}
