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
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const hexOf = (...parts) => sha256(...parts).toString('hex')
const fingerprintOf = (key) => hexOf(Buffer.from(key, 'base64'))
const isText = (value) => typeof value === 'string'

/** The object a text stands for; an empty one where it stands for none. */
function parseJson(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** One examination: what the pack holds, and what of it does not hold. */
class Examination {
  contents = new Map()
  hashes = new Map()
  findings = []
  notes = []

  /** Finds what is not as expected. `at`: the entry concerned, `until`: the last of those it may be. */
  expect(what, found, expected = true, { at = this.at, until } = {}) {
    if (found !== expected) this.findings.push({ what, found, expected, at, until })
    if (this.findings.length > 100_000) throw new Error('问题过多，不再继续 too many findings to go on')
    return found === expected
  }

  // What is quoted comes from the pack: no control characters may reach a terminal.
  textOf({ what, found, expected, at, until }) {
    const id = `E${this.book?.bookId}-`
    const range = until > at ? ` … ${id}${until} 之一 one of` : ''
    const place = at === undefined ? '' : `${id}${at}${range} (sequence ${at}): `
    const values = expected === true ? '' : `; 应为 expected ${expected}, 实为 found ${found}`
    return `${place}${what}${values}`.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 600)
  }

  /** The lines of a member, without their ends. */
  *lines(name) {
    const bytes = this.contents.get(name) ?? Buffer.alloc(0)
    let from = 0
    for (let to = bytes.indexOf(10); to >= 0; to = bytes.indexOf(10, from)) {
      yield bytes.subarray(from, to)
      from = to + 1
    }
    this.expect(`末行不完整 unfinished last line: ${name}`, from === bytes.length)
  }

  /** Records in JSON, a line each, with exactly these fields, all texts. */
  records(name, fields) {
    return [...this.lines(name)].map(parseJson).filter((record) => {
      const sound = Object.keys(record).join() === fields && Object.values(record).every(isText)
      return this.expect(`无法识读 not understood: ${name}`, sound)
    })
  }
}

// ---- The container: a zip, its seal, and the manifest of its members ---------------------------------------------

const names = ['manifest.json', 'book.json', 'leaves.txt', 'verify.mjs', 'entries.ndjson', 'checkpoints.ndjson']
const memberNames = [...names, 'acts.ndjson', 'trial-balance.ndjson', 'keys.ndjson', 'cosignatures.ndjson']
const attachmentName = /^attachments\/[0-9a-f]{64}$/

/** Where the directory stands and ends, and the comment, which must close the file. */
function findEnd(zip) {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1')
  const closed = end >= 0 && end + 22 <= zip.length && end + 22 + zip.readUInt16LE(end + 20) === zip.length
  const [size, directory] = closed ? [zip.readUInt32LE(end + 12), zip.readUInt32LE(end + 16)] : []
  if (directory === 0xffffffff) throw new Error('不支持 ZIP64 is not supported')
  if (!closed || directory + size !== end) throw new Error('不是完整的 zip 文件 not a complete zip file')
  return { directory, end, comment: zip.toString('latin1', end + 22) }
}

/** The members, each known, each once. One begins where the one before it ends, as its own header and the directory say. */
function readMembers(zip, { directory, end }) {
  const members = new Map()
  let [record, header] = [directory, 0]
  while (record < end) {
    const [flags, method, length, extra, comment] = [8, 10, 28, 30, 32].map((at) => zip.readUInt16LE(record + at))
    const [crc, packed, size, offset] = [16, 20, 24, 42].map((at) => zip.readUInt32LE(record + at))
    const name = zip.toString('latin1', record + 46, record + 46 + length)
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
    // Bit 3: CRC and sizes stand behind the data, with or without a signature, instead of in the header.
    const behind = start + packed + (zip.readUInt32LE(start + packed) === 0x08074b50 ? 4 : 0)
    const [sizes, next] = flags & 8 ? [behind, behind + 12] : [header + 14, start + packed]
    const agree = zip.compare(zip, record + 16, record + 28, sizes, sizes + 12) === 0
    const named = zip.toString('latin1', header + 30, header + 30 + zip.readUInt16LE(header + 26)) === name
    if (!agree || !named || offset !== header || (method !== 0 && method !== 8))
      throw new Error(`zip 成员头不符，或有空隙 headers differ, or there is a gap: ${name}`)
    const known = memberNames.includes(name) || attachmentName.test(name)
    if ((!known && name !== 'attachments/') || members.has(name))
      throw new Error(`zip 成员未知或重名 unknown or repeated: ${name}`)
    if (known) members.set(name, { method, crc, size, data: zip.subarray(start, start + packed) })
    record += 46 + length + extra + comment
    header = next
  }
  if (record !== end || header !== directory) throw new Error('zip 目录损坏 broken directory')
  return members
}

/** What a member holds; of damaged data what comes before the damage, so that the first bad entry can be named. */
function contentOf({ method, size, data }) {
  if (method === 0) return data
  const options = { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: size + 1, chunkSize: size + 64 }
  let [content, good, bad] = [Buffer.alloc(0), 0, data.length + 1]
  for (let tried = data.length; good + 1 < bad; tried = Math.floor((good + bad) / 2)) {
    try {
      content = zlib.inflateRawSync(data.subarray(0, tried), options)
      good = tried
    } catch {
      bad = tried
    }
  }
  return content
}

/** Reads every member and compares it with the manifest. Of attachments, which may be many, the hash alone is kept. */
function readContents(exam, zip, end) {
  const found = new Map()
  for (const [name, member] of readMembers(zip, end)) {
    const content = contentOf(member)
    const whole = content.length === member.size && zlib.crc32(content) === member.crc
    exam.expect(`成员已损坏 damaged (size or CRC): ${name}`, whole)
    exam.hashes.set(name, hexOf(content))
    found.set(name, `${exam.hashes.get(name)} ${content.length}`)
    if (memberNames.includes(name)) exam.contents.set(name, content)
  }
  const manifest = parseJson(exam.contents.get('manifest.json'))
  exam.expect('清单格式未知 manifest of an unknown format', manifest.format, 'yiben-evidence-1')
  const listed = new Map(manifest.members?.map(({ name, sha256, size }) => [name, `${sha256} ${size}`]))
  for (const name of [...memberNames, ...listed.keys()]) exam.expect(`缺少成员 missing: ${name}`, found.has(name))
  listed.set('manifest.json', found.get('manifest.json'))
  for (const [name, value] of found)
    exam.expect(`与清单不符 not what the manifest says: ${name}`, value, listed.get(name))
}

/** The seal covers every byte before the comment it stands in. A pack zipped again by another program has no comment. */
function examineSeal(exam, zip, { end, comment }) {
  if (comment === '') exam.notes.push('容器无封印（曾被重新打包） no seal (zipped again): contents alone verified')
  const seal = comment && `yiben-seal-1 sha256 ${hexOf(zip.subarray(0, end + 22))}`
  exam.expect('容器封印不符：文件被改动 the seal does not hold: the file was changed', comment, seal)
}

// ---- The log, its signed heads, and the acts ---------------------------------------------------------------------

/** Adds a leaf to the Merkle log of RFC 9162, of which `peaks` are the roots of its complete subtrees. */
function addLeaf(peaks, size, leaf) {
  let hash = leaf
  for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) hash = sha256('\x01', peaks.pop(), hash)
  peaks.push(hash)
}

const rootOf = (peaks) => peaks.reduceRight((right, left) => sha256('\x01', left, right)).toString('hex')

function isSigned(note, signature, key) {
  try {
    const x = Buffer.from(key, 'base64').toString('base64url')
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' })
    return verify(null, Buffer.from(note), publicKey, Buffer.from(signature, 'base64'))
  } catch {
    return false
  }
}

/** Examines a head by itself: its fields and acts are those of the note, which is signed with a key that is trusted. */
function examineHead(exam, head, acts, trusted) {
  const origin = `yiben/E${exam.book.bookId}/${exam.book.code}`
  const [, , , at, actsLine] = head.note.split('\n')
  const title = head.kept ? '您留存的树头 the head you kept' : '树头 the head'
  Object.assign(head, { at, name: `${title} (size ${head.size}, acts ${head.acts})` })
  const note = [origin, head.size, Buffer.from(head.hash, 'hex').toString('base64'), at, actsLine, ''].join('\n')
  exam.expect(`${head.name}: 字段与签名文本不符 fields differ from the note`, head.note, note)
  const chain = `acts ${head.acts} ${acts[head.acts]}`
  exam.expect(`${head.name}: 账套行为链不符 the chain of acts does not fit`, actsLine, chain)
  const signed = isSigned(head.note, head.signature, head.key)
  exam.expect(`${head.name}: 签名无效 the signature does not verify`, signed)
  exam.expect(`${head.name}: 密钥编号不符 key id and key differ`, head.keyId, fingerprintOf(head.key).slice(0, 16))
  const known = trusted.length === 0 || trusted.includes(head.key)
  exam.expect(`${head.name}: 签名密钥 ${head.key} 不是给定的 signed with another key than given`, known)
}

/** The acts are chained by hash. Answers the chain's end after each number of acts. */
function examineActs(exam) {
  const ends = ['-']
  let end = Buffer.alloc(0)
  for (const { act, body, hash } of exam.records('acts.ndjson', 'act,body,hash')) {
    end = sha256(end, body)
    const holds = act === String(ends.length) && hash === end.toString('hex')
    exam.expect(`第 ${ends.length} 项账套行为与哈希不符 act ${ends.length} does not fit its hash`, holds)
    ends.push(end.toString('hex'))
  }
  return ends
}

/** Compares every head with the log at its size, and says which entries are concerned where no leaf hash has said it. */
function examineRoots(exam, heads, acts, journal) {
  let good = 0
  for (const { size, hash, name } of heads) {
    const named = exam.findings.some(({ at }) => at > good && at <= size)
    const until = Number(size)
    const [at, root] = [named ? undefined : good + 1, journal.roots.get(size)]
    if (journal.size < until) exam.expect(`缺失 missing under ${name}`, false, true, { at: journal.size + 1, until })
    else if (exam.expect(`内容或次序与签名不符 content or order differs from ${name}`, root, hash, { at, until }))
      good = until
  }
  const newest = heads.findLast(({ kept }) => !kept) ?? { size: '0', acts: '0' }
  const at = Number(newest.size) + 1
  exam.expect('未被任何签名树头覆盖 under no signed head', journal.size < at, true, { at })
  exam.expect('账套行为数与最新树头不符 acts and newest head differ', String(acts.length - 1), newest.acts)
  return newest
}

function examineWitnesses(exam, heads, witnesses) {
  const keys = new Map(exam.records('keys.ndjson', 'keyId,key,holder,kind').map((known) => [known.keyId, known]))
  const signed = new Map()
  for (const cosignature of exam.records('cosignatures.ndjson', 'size,acts,keyId,signature,receivedAt')) {
    const { size, acts, keyId, signature } = cosignature
    const head = heads.find((head) => !head.kept && head.size === size && head.acts === acts)
    const { key, kind } = keys.get(keyId) ?? {}
    const holds = kind === 'witness' && isSigned(head?.note, signature, key)
    if (exam.expect(`见证签名无效 cosignature of ${keyId} at size ${size} is invalid`, holds)) signed.set(key, size)
  }
  for (const [key, size] of signed) exam.notes.push(`见证 witness ${key}: size ${size}`)
  for (const key of witnesses) exam.expect(`见证人未签任何树头 this witness signed no head: ${key}`, signed.has(key))
}

// ---- The entries -------------------------------------------------------------------------------------------------

// Every key in the one order of the canonical text.
const keysOf = {
  entry:
    'approvals book documents format id lines maker number on period recordedAt reverses sequence summary transaction type',
  approvals: 'at decision of person',
  documents: 'number sha256 title',
  lines: 'account basis contract counterparty credit debit dwelling indicator item memo project segment source',
}
const required = 'book format id lines maker number on period recordedAt sequence summary type'.split(' ')
const amountPattern = /^-?(?!0\.00)(0|[1-9][0-9]{0,16})\.[0-9]{2}$/
const instantPattern = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}\+08:00$/

/** The value written again from what is known of its form. Equal to the line it came from, nothing else was in it. */
function canonical(value, form) {
  const known = {}
  for (const key of keysOf[form].split(' ')) {
    const part = value?.[key]
    if (keysOf[key] && Array.isArray(part)) known[key] = part.map((each) => canonical(each, key))
    else if (!keysOf[key] && isText(part)) known[key] = part
  }
  return known
}

const isDay = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
const fen = (yuan) => BigInt(yuan.replace('.', ''))
const yuan = (fen) => `${fen < 0n ? '-' : ''}${String(fen).replace('-', '').padStart(3, '0').replace(/..$/, '.$&')}`
const sideOf = (line) => (line.debit === undefined ? 'credit' : 'debit')
const negated = (amount = '') => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`)
const add = (sums, key, amount) => sums.set(key, (sums.get(key) ?? 0n) + amount)

/** leaves.txt: the hashes the entries were posted with. They serve to name an entry; what proves is the heads. */
function readLeaves(exam) {
  const leaves = new Map()
  let last = 0
  for (const line of exam.lines('leaves.txt')) {
    const [, sequence, hash] = /^([1-9][0-9]{0,14}) ([0-9a-f]{64})$/.exec(line) ?? []
    exam.expect('无法识读或次序颠倒 not understood, or out of order: leaves.txt', sequence > last)
    if (sequence) leaves.set((last = Number(sequence)), hash)
  }
  return leaves
}

/** The journal as it is read, entry by entry: what an entry must be by itself, and after those before it. */
class Journal {
  size = 0
  last = 0
  lines = 0
  recordedAt = ''
  peaks = []
  roots = new Map([['0', hexOf()]])
  numbers = new Map()
  mirrors = new Map()
  accounts = new Map()
  originals = new Map()

  constructor(exam, heads) {
    Object.assign(this, { exam, leaves: readLeaves(exam), sizes: new Set(heads.map(({ size }) => size)) })
    this.subjects = new Map(exam.book.chart.subjects.map((subject) => [subject.code, subject]))
    for (const line of exam.lines('entries.ndjson')) this.take(line)
    exam.at = undefined
    exam.expect('leaves.txt 与凭证数不符 more or fewer leaf hashes than entries', this.leaves.size, this.size)
  }

  take(line) {
    const { exam } = this
    const leaf = sha256('\x00', line)
    addLeaf(this.peaks, leaf)
    this.size += 1
    if (this.sizes.has(String(this.size))) this.roots.set(String(this.size), rootOf(this.peaks))
    const entry = parseJson(line)
    const next = this.last + 1
    exam.at = /^[1-9][0-9]{0,14}$/.test(entry.sequence) ? Number(entry.sequence) : next
    exam.expect('凭证缺失或被移动 missing or moved', exam.at <= next, true, { at: next })
    exam.expect('凭证重复或次序颠倒 repeated or out of order', exam.at >= next)
    this.last = Math.max(this.last, exam.at)
    const posted = this.leaves.get(exam.at)
    exam.expect('内容与记账时的哈希不符 content differs from the hash it was posted with', leaf.toString('hex'), posted)
    const known = canonical(entry, 'entry')
    const whole = required.every((key) => key in known) && known.lines.length >= 2
    const sound = whole && JSON.stringify(known) === line.toString()
    if (exam.expect('格式不规范 not in canonical form', sound)) this.examine(entry)
  }

  examine(entry) {
    const { exam, numbers } = this
    const { book, id, format, sequence, on, period, number, recordedAt, documents = [], lines } = entry
    const own = book === exam.book.code && id === `E${exam.book.bookId}-${sequence}` && format === 'yiben-entry-1'
    exam.expect('不属于本账套 not an entry of this book', own)
    exam.expect('日期或期间有误 wrong date or period', isDay(on) && period === on.slice(0, 7))
    const next = (numbers.get(period) ?? 0) + 1
    exam.expect('凭证号不连续 voucher numbers have a gap', number, String(next))
    numbers.set(period, Number(number) || next)
    const later = instantPattern.test(recordedAt) && recordedAt > this.recordedAt
    exam.expect('记账时刻未递增 not recorded after the entry before it', later)
    this.recordedAt = recordedAt
    for (const { sha256 } of documents) if (sha256) this.originals.set(sha256, this.originals.get(sha256) ?? exam.at)
    const sums = new Map()
    for (const line of lines) this.examineLine(line, on, sums)
    for (const [basis, net] of sums) exam.expect(`借贷不平 debits and credits differ (${basis})`, yuan(net), '0.00')
    this.examineReversal(entry)
  }

  /** Adds to the entry's sums, to the account's totals, and to the account's days where it may not go below zero. */
  examineLine(line, on, sums) {
    const subject = this.subjects.get(line.account)
    const side = sideOf(line)
    const single = line.debit === undefined || line.credit === undefined
    const sound = single && amountPattern.test(line[side]) && subject?.postable && subject.basis === line.basis
    if (!this.exam.expect('分录有误 a line of a wrong account, basis or amount', sound)) return
    const amount = fen(line[side])
    this.lines += 1
    add(sums, line.basis, side === 'debit' ? amount : -amount)
    const key = [subject.code, ...subject.keptBy.map((dimension) => line[dimension] ?? '')].join('|')
    const account = this.accounts.get(key) ?? { basis: subject.basis, debit: 0n, credit: 0n, days: new Map() }
    this.accounts.set(key, account)
    account[side] += amount
    if (subject.guarded) add(account.days, on, side === subject.side ? amount : -amount)
  }

  /** A red entry has its original's lines with every amount negated. Of each entry the hash in that form is kept. */
  examineReversal({ id, type, reverses, lines }) {
    const mirror = lines.map((line) => ({ ...line, [sideOf(line)]: negated(line[sideOf(line)]) }))
    this.exam.expect('冲销标记不符 type and reversal link disagree', type === 'reversal', reverses !== undefined)
    if (reverses === undefined) this.mirrors.set(id, hexOf(JSON.stringify(mirror)))
    if (reverses === undefined) return
    const kept = this.mirrors.get(reverses)
    this.exam.expect(`重复冲销 reverses ${reverses} a second time`, kept !== 'reversed')
    const mirrored = kept === 'reversed' || kept === hexOf(JSON.stringify(lines))
    this.exam.expect(`红字凭证与原凭证不对应 not the mirror of ${reverses}`, mirrored)
    this.mirrors.set(reverses, 'reversed')
  }
}

/** No guarded account is below zero on any day, and the stored totals are those of the entries. */
function examineTotals(exam, accounts) {
  for (const [key, { days }] of accounts) {
    let balance = 0n
    const below = [...days.keys()].toSorted().find((on) => (balance += days.get(on)) < 0n)
    exam.expect(`余额为负 ${yuan(balance)} below zero on ${below}: ${key}`, below === undefined)
  }
  const stored = exam.records('trial-balance.ndjson', 'account,debit,credit')
  const totals = new Map(stored.map(({ account, debit, credit }) => [account, `${debit}/${credit}`]))
  exam.expect('余额表账户重复 an account twice in the stored totals', totals.size, stored.length)
  for (const key of new Set([...totals.keys(), ...accounts.keys()])) {
    const { debit = 0n, credit = 0n } = accounts.get(key) ?? {}
    const expected = `${yuan(debit)}/${yuan(credit)}`
    exam.expect(`余额表与凭证不符 stored totals differ from the entries: ${key}`, totals.get(key), expected)
  }
}

/** Every original an entry refers to is there, unchanged, and no other. */
function examineOriginals(exam, originals) {
  for (const [hash, at] of originals) {
    const found = exam.hashes.get(`attachments/${hash}`)
    exam.expect('附件缺失或被改动 attachment missing or changed', found, hash, { at })
  }
  for (const name of exam.hashes.keys()) {
    const known = memberNames.includes(name) || originals.has(name.slice('attachments/'.length))
    exam.expect(`无凭证引用 no entry refers to ${name}`, known)
  }
}

// ---- All of it ---------------------------------------------------------------------------------------------------

function examinePack(exam, zip, { keys = [], witnesses = [], heads: kept = [] }) {
  const end = findEnd(zip)
  readContents(exam, zip, end)
  exam.book = parseJson(exam.contents.get('book.json'))
  const given = exam.records('checkpoints.ndjson', 'size,acts,hash,keyId,key,signature,note')
  const heads = [...kept.map(keptHead), ...given].sort((a, b) => a.size - b.size || a.acts - b.acts)
  const trusted = keys.length > 0 ? keys : kept.map(({ key }) => key)
  for (const head of heads) examineHead(exam, head, trusted)
  const journal = new Journal(exam, heads)
  const newest = examineRoots(exam, heads, journal)
  examineTotals(exam, journal.accounts)
  examineOriginals(exam, journal.originals)
  examineWitnesses(exam, heads, witnesses)
  examineSeal(exam, zip, end)
  return summaryOf(exam, journal, heads, newest, trusted)
}

function summaryOf({ book }, { size, lines, accounts, originals }, heads, newest, trusted) {
  const debits = new Map()
  for (const { basis, debit } of accounts.values()) add(debits, basis, debit)
  const signers = new Set(heads.map(({ key }) => key))
  const own = '注意：密钥取自证据包，请核对指纹 NOTE: the key is the pack’s own; compare it with one you know'
  return [
    `账套 book ${book.code} ${book.name} (E${book.bookId}, ${book.standard})`,
    `凭证 entries ${size}, 分录 lines ${lines}, 账户 accounts ${accounts.size}, 附件 attachments ${originals.size}`,
    ...[...debits].map(([basis, debit]) => `借方=贷方 debits = credits, ${basis}: ${yuan(debit)}`),
    `签名树头 heads ${heads.length}, 最新 newest: size ${newest?.size}, ${newest?.hash}, ${newest?.at}, acts ${newest?.acts}`,
    ...[...signers].map((key) => `签名密钥 key ${key}, SHA-256 ${fingerprintOf(key)}`),
    ...(trusted.length > 0 ? [] : [own]),
  ]
}

/**
 * Verifies a pack. `keys` and `witnesses` are raw public keys in base64, `heads` are heads that were kept. Never throws
 * for what is in the pack. What is named `first` is the finding whose entry has the lowest sequence, whatever found it.
 */
export function verifyPack(zip, options = {}) {
  const exam = new Examination()
  let summary = []
  try {
    summary = examinePack(exam, zip, options)
  } catch (error) {
    exam.findings.push({ what: `证据包无法识读 the pack cannot be read: ${error?.message}`, expected: true })
  }
  const ordered = exam.findings.toSorted((a, b) => (a.at ?? Infinity) - (b.at ?? Infinity) || 0)
  const [first, ...findings] = ordered.slice(0, 20).map((finding) => exam.textOf(finding))
  return { ok: ordered.length === 0, first, findings, count: ordered.length, notes: exam.notes, summary }
}

/** A public key given as 44 characters of base64, or as a file that holds them or the key in PEM. */
function readKey(given) {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  const { x } = text.startsWith('-----BEGIN') ? createPublicKey(text).export({ format: 'jwk' }) : {}
  const key = x ? Buffer.from(x, 'base64url').toString('base64') : text
  if (key.length === 44 && Buffer.from(key, 'base64').toString('base64') === key) return key
  throw new Error(`不是 Ed25519 公钥 not an Ed25519 public key: ${given}`)
}

/** What the command line asks for; what is wrong with it is thrown. */
function readArguments(args) {
  const many = { type: 'string', multiple: true, default: [] }
  const options = { key: many, witness: many, head: many }
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const usage = 'node (≥ 20.15) verify.mjs pack.zip [--key K] [--witness K] [--head FILE]'
  if (positionals.length !== 1 || !zlib.crc32) throw new Error(usage)
  const heads = values.head.map((file) => JSON.parse(readFileSync(file, 'utf8')))
  const known = { keys: values.key.map(readKey), witnesses: values.witness.map(readKey), heads }
  return [readFileSync(positionals[0]), known]
}

function main(args) {
  try {
    const { ok, first, findings, count, notes, summary } = verifyPack(...readArguments(args))
    const verdict = ok ? '通过 OK: 全部核对相符 everything holds' : `不通过 FAILED: ${first}`
    const said = [...summary, ...notes, verdict, ...findings.map((finding) => `  另 also: ${finding}`)]
    process.stdout.write(`${said.join('\n')}\n${count > 20 ? `  共 ${count} 项 findings in all\n` : ''}`)
    return ok ? 0 : 1
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url))
  process.exitCode = main(process.argv.slice(2))
