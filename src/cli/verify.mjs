#!/usr/bin/env node
/**
 * Verifies an evidence pack of 一本账 (Yiben) with Node (20.11 or later) alone: no network, no database, no package.
 *
 *   node verify.mjs pack.zip [--key BASE64|FILE]… [--witness BASE64|FILE]… [--head FILE]…
 *
 * --key: the service's public key as you know it from elsewhere; without it a pack is only shown to agree with itself.
 * --witness: a witness's public key, which must have signed a head in the pack. --head: a head you kept (the answer of
 * GET /v1/books/{book}/proof), which must still hold. What is proven by all this, and what is not: docs/PROOF.md.
 * Exit 0: everything holds. 1: something does not, and the first entry concerned is named. 2: wrong usage.
 */
import { createHash, createPublicKey, verify } from 'node:crypto'
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import zlib from 'node:zlib'

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest()
const hexOf = (...parts) => sha256(...parts).toString('hex')
const fingerprintOf = (key) => hexOf(Buffer.from(key, 'base64'))
const isText = (value) => typeof value === 'string'
// What is quoted comes from the pack: no control characters may reach a terminal.
const printable = (text) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 600)

/** The object a text stands for; an empty one where it stands for none. */
function parseJson(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** One examination: what the pack holds, what the entries read so far come to, and what does not hold. */
class Examination {
  contents = new Map()
  hashes = new Map()
  log = { size: 0, roots: new Map(), lines: 0, sequence: 0, recordedAt: '', numbers: new Map() }
  mirrors = new Map()
  accounts = new Map()
  originals = new Map()
  findings = []
  notes = []

  /** Finds what is not as expected. `at`: the entry concerned, `until`: the last of those it may be. */
  expect(what, found, expected = true, { at = this.at, until } = {}) {
    if (found === expected) return true
    const id = `E${this.book?.bookId}-`
    const range = until > at ? ` … ${id}${until} 之一 one of` : ''
    const place = at === undefined ? '' : `${id}${at}${range} (sequence ${at}): `
    const values = isText(expected) ? `; 应为 expected ${String(expected)}, 实为 found ${found}` : ''
    this.findings.push({ at, text: printable(`${place}${what}${values}`) })
    if (this.findings.length === 100_000) throw new Error('问题过多，不再继续 too many findings to go on')
    return false
  }

  /** The lines of a member, without their ends. */
  *lines(name) {
    const bytes = this.contents.get(name) ?? ''
    let from = 0
    for (let to = bytes.indexOf('\n'); to >= 0; to = bytes.indexOf('\n', from)) {
      yield bytes.subarray(from, to)
      from = to + 1
    }
    this.expect(`末行不完整 unfinished last line: ${name}`, from, bytes.length)
  }

  /** Records in JSON, a line each, with exactly these fields, all texts. */
  records(name, fields) {
    const records = Array.from(this.lines(name), parseJson)
    const isSound = (record) => Object.keys(record).join() === fields && Object.values(record).every(isText)
    return records.filter((record) => this.expect(`无法识读 not understood: ${name}`, isSound(record)))
  }
}

// ---- The container: a zip, the manifest of its members, and its seal ---------------------------------------------

const lists = ['acts.ndjson', 'checkpoints.ndjson', 'cosignatures.ndjson', 'entries.ndjson', 'keys.ndjson']
const memberNames = [...lists, 'trial-balance.ndjson', 'leaves.txt', 'book.json', 'manifest.json', 'verify.mjs']

/** The members, each known, each once. One begins where the one before it ends, and its header agrees with the directory. */
function readMembers(zip, end) {
  const closed = end >= 0 && end + 22 <= zip.length && end + 22 + zip.readUInt16LE(end + 20) === zip.length
  const [length, directory] = closed ? [12, 16].map((at) => zip.readUInt32LE(end + at)) : []
  if (!closed || directory + length !== end) throw new Error('不是完整的 zip 文件 not a complete zip file, or in ZIP64')
  const members = new Map()
  let [record, header] = [directory, 0]
  while (record < end) {
    const [flags, method, nameLength, extra, comment] = [8, 10, 28, 30, 32].map((at) => zip.readUInt16LE(record + at))
    const [packed, size, offset] = [20, 24, 42].map((at) => zip.readUInt32LE(record + at))
    const name = zip.toString('latin1', record + 46, record + 46 + nameLength)
    const start = header + 30 + nameLength + zip.readUInt16LE(header + 28)
    // Bit 3: CRC and sizes stand behind the data, with or without a signature, instead of in the header.
    const behind = start + packed + (zip.readUInt32LE(start + packed) === 0x08074b50 ? 4 : 0)
    const [sizes, next] = flags & 8 ? [behind, behind + 12] : [header + 14, start + packed]
    const same = (a, b, count) => zip.compare(zip, a, a + count, b, b + count) === 0
    const agrees = offset === header && same(record + 16, sizes, 12) && same(record + 46, header + 30, nameLength)
    if (!agrees) throw new Error(`zip 有空隙或成员头不符 there is a gap, or headers differ: ${name}`)
    const known = memberNames.includes(name) || /^attachments\/([0-9a-f]{64})?$/.test(name)
    const sound = known && !members.has(name) && size < 2 ** 31
    if (!sound) throw new Error(`zip 成员超过 2 GB、未知或重名 over 2 GB, unknown or repeated: ${name}`)
    if (name !== 'attachments/') members.set(name, { method, size, data: zip.subarray(start, start + packed) })
    record += 46 + nameLength + extra + comment
    header = next
  }
  if (record !== end || header !== directory) throw new Error('zip 目录有误 there is a gap, or a broken directory')
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

/** Reads every member and compares it with the manifest, and all of it with the seal. Of attachments only hashes are kept. */
function readContents(exam, zip) {
  const end = zip.lastIndexOf('PK\x05\x06')
  for (const [name, member] of readMembers(zip, end)) {
    const content = contentOf(member)
    exam.expect(`成员已损坏 damaged: ${name}`, content.length, member.size)
    exam.hashes.set(name, hexOf(content))
    if (memberNames.includes(name)) exam.contents.set(name, content)
  }
  const { format, members = [] } = parseJson(exam.contents.get('manifest.json'))
  exam.expect('清单格式未知 manifest of an unknown format', format, 'yiben-evidence-1')
  const listed = new Map(members.map(({ name, sha256 }) => [name, sha256]))
  for (const name of [...memberNames, ...listed.keys()]) exam.expect(`缺少成员 missing: ${name}`, exam.hashes.has(name))
  exam.hashes.delete('manifest.json')
  for (const [name, sha] of exam.hashes) exam.expect(`清单不符 not as in the manifest: ${name}`, sha, listed.get(name))
  // The seal covers every byte before the comment it stands in. A pack zipped again by another program has no comment.
  const comment = zip.toString('latin1', end + 22)
  if (comment === '') exam.notes.push('容器无封印（曾被重新打包） no seal (zipped again): contents alone verified')
  const seal = comment && `yiben-seal-1 sha256 ${hexOf(zip.subarray(0, end + 22))}`
  exam.expect('容器封印不符：文件被改动 the seal does not hold: the file was changed', comment, seal)
}

// ---- The log, its signed heads, and the acts ---------------------------------------------------------------------

function isSigned(note = '', signature = '', key = '') {
  const raw = Buffer.from(key, 'base64')
  if (raw.length !== 32) return false
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }
  return verify(null, Buffer.from(note), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64'))
}

/** A head by itself: the note is that of its fields and of the acts, and is signed with a key that is trusted. */
function examineHead(exam, head, acts, trusted) {
  const [, , , at, chain] = head.note?.split('\n') ?? []
  head.name = `${head.kept ? '您留存的树头 the head you kept' : '树头 the head'} (size ${head.size}, acts ${head.acts})`
  const expect = (what, found, expected) => exam.expect(`${head.name}: ${what}`, found, expected)
  const root = Buffer.from(head.hash ?? '', 'hex').toString('base64')
  const note = [`yiben/E${exam.book.bookId}/${exam.book.code}`, head.size, root, at, chain, ''].join('\n')
  expect('字段与签名文本不符 fields differ from the note', head.note, note)
  expect('账套行为链不符 the chain of acts does not fit', chain, `acts ${head.acts} ${acts[head.acts]}`)
  expect('签名无效 the signature does not verify', isSigned(head.note, head.signature, head.key))
  expect('密钥编号不符 key id and key differ', head.keyId, fingerprintOf(head.key ?? '').slice(0, 16))
  if (trusted.length > 0) expect(`不是给定的密钥 signed with another key: ${head.key}`, trusted.includes(head.key))
}

/** The acts are chained by hash. Answers the chain's end after each number of acts. */
function examineActs(exam) {
  const ends = ['-']
  for (const { act, body, hash } of exam.records('acts.ndjson', 'act,body,hash')) {
    const end = hexOf(Buffer.from(ends.at(-1), 'hex'), body)
    exam.expect(`行为与哈希不符 act ${ends.length} does not fit its hash`, `${act} ${hash}`, `${ends.length} ${end}`)
    ends.push(end)
  }
  return ends
}

/** Compares every head with the log at its size, and says which entries are concerned where no leaf hash has said it. */
function examineRoots(exam, { size: length, roots }, actCount) {
  let good = 0
  for (const { size, hash, name } of exam.heads) {
    const until = Number(size)
    const named = exam.findings.some(({ at }) => at > good && at <= until)
    const range = { at: named ? undefined : good + 1, until }
    if (length < until) exam.expect(`缺失 missing under ${name}`, false, true, { at: length + 1, until })
    else if (exam.expect(`内容或次序不符 entries differ from ${name}`, roots.get(until), hash, range)) good = until
  }
  const newest = exam.heads.findLast(({ kept }) => !kept) ?? { size: '0', acts: '0' }
  const at = Number(newest.size) + 1
  exam.expect('未被任何签名树头覆盖 under no signed head', length < at, true, { at })
  exam.expect('账套行为数与最新树头不符 acts and newest head differ', String(actCount), newest.acts)
  return newest
}

function examineWitnesses(exam, witnesses) {
  const keys = exam.records('keys.ndjson', 'keyId,key,holder,kind').filter(({ kind }) => kind === 'witness')
  const signed = new Map()
  for (const given of exam.records('cosignatures.ndjson', 'size,acts,keyId,signature,receivedAt')) {
    const head = exam.heads.find(({ kept, size, acts }) => !kept && size === given.size && acts === given.acts)
    const key = keys.find(({ keyId }) => keyId === given.keyId)?.key
    const holds = isSigned(head?.note, given.signature, key)
    if (exam.expect(`见证签名无效 cosignature of ${given.keyId} is invalid`, holds)) signed.set(key, given.size)
  }
  for (const [key, size] of signed) exam.notes.push(`见证 witness ${key}: size ${size}`)
  for (const key of witnesses) exam.expect(`见证人未签任何树头 this witness signed no head: ${key}`, signed.has(key))
}

// ---- The entries -------------------------------------------------------------------------------------------------

// The keys of an entry and of what it holds, in the one order of the canonical text, a space after each.
const forms = {
  entry:
    /^(approvals )?book (documents )?format id lines maker number on period recordedAt (reverses )?sequence summary (transaction )?type $/,
  approvals: /^at decision of person $/,
  documents: /^(number )?(sha256 )?(title )?$/,
  lines:
    /^account basis (contract )?(counterparty )?(credit |debit )(dwelling )?(indicator )?(item )?(memo )?(project )?(segment )?(source )?$/,
}
const amountPattern = /^-?(?!0\.00)(0|[1-9]\d{0,16})\.\d\d$/
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/

/** Whether a value has the keys of a form, and for each a text, or a list of values of the form it names. */
function isForm(value, form) {
  const areForms = (parts, key) => Array.isArray(parts) && parts.every((part) => isForm(part, key))
  const isPart = ([key, part]) => /^\w+$/.test(key) && (forms[key] ? areForms(part, key) : isText(part))
  const entries = value instanceof Object ? Object.entries(value) : [['not an object']]
  return forms[form].test(entries.map(([key]) => `${key} `).join('')) && entries.every(isPart)
}

const isDay = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
const yuan = (fen) => `${fen < 0n ? '-' : ''}${String(fen).replace('-', '').padStart(3, '0').replace(/..$/, '.$&')}`
const rootOf = (peaks) => peaks.reduceRight((right, left) => sha256('\x01', left, right)).toString('hex')
const sideOf = (line) => (line.debit === undefined ? 'credit' : 'debit')
const negated = (amount) => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`)
const add = (sums, key, amount) => sums.set(key, (sums.get(key) ?? 0n) + amount)

/** Every entry's leaf, place and form, then what it says. leaves.txt, as of posting, names an entry; the heads prove it. */
function examineEntries(exam) {
  const posted = new Map(Array.from(exam.lines('leaves.txt'), (line) => line.toString().split(' ')))
  const [peaks, leaves] = [[], createHash('sha256')]
  for (const line of exam.lines('entries.ndjson')) {
    // The Merkle log of RFC 9162: the roots of its complete subtrees, from which comes its root at the size of a head.
    const leaf = sha256('\x00', line)
    let node = leaf
    for (let rest = exam.log.size; rest % 2 === 1; rest = (rest - 1) / 2) node = sha256('\x01', peaks.pop(), node)
    peaks.push(node)
    exam.log.size += 1
    if (exam.log.roots.has(exam.log.size)) exam.log.roots.set(exam.log.size, rootOf(peaks))
    const entry = parseJson(line)
    const next = exam.log.sequence + 1
    exam.at = /^[1-9]\d{0,14}$/.test(entry.sequence) ? Number(entry.sequence) : next
    exam.expect('凭证缺失或被移动 missing or moved', exam.at <= next, true, { at: next })
    exam.expect('凭证重复或次序颠倒 repeated or out of order', exam.at >= next)
    exam.log.sequence = Math.max(exam.log.sequence, exam.at)
    const hash = posted.get(String(exam.at))
    exam.expect('内容与记账时的哈希不符 differs from what was posted', leaf.toString('hex'), hash)
    leaves.update(`${exam.at} ${hash}\n`)
    const sound = isForm(entry, 'entry') && entry.lines.length >= 2 && JSON.stringify(entry) === line.toString()
    if (exam.expect('格式不规范 not in canonical form', sound)) examineEntry(exam, entry)
  }
  exam.at = undefined
  exam.expect('多缺乱序 more, fewer or out of order: leaves.txt', exam.hashes.get('leaves.txt'), leaves.digest('hex'))
}

/** What an entry must be by itself, and after those before it. */
function examineEntry(exam, entry) {
  const { id, on, period, number, recordedAt, type, reverses, lines, documents = [] } = entry
  const { book, log, mirrors, originals } = exam
  const own = entry.book === book.code && id === `E${book.bookId}-${entry.sequence}` && entry.format === 'yiben-entry-1'
  exam.expect('不属于本账套 not an entry of this book', own)
  exam.expect('日期或期间有误 wrong date or period', isDay(on) && period === on.slice(0, 7))
  const next = (log.numbers.get(period) ?? 0) + 1
  exam.expect('凭证号不连续 voucher numbers have a gap', number, String(next))
  log.numbers.set(period, Number(number) || next)
  exam.expect('记账时刻未递增 not recorded later', instantPattern.test(recordedAt) && recordedAt > log.recordedAt)
  Object.assign(log, { recordedAt, lines: log.lines + lines.length })
  for (const { sha256 } of documents) if (sha256) originals.set(sha256, originals.get(sha256) ?? exam.at)
  const sums = new Map()
  for (const line of lines) examineLine(exam, line, on, sums)
  for (const [basis, net] of sums) exam.expect(`借贷不平 debits and credits differ (${basis})`, yuan(net), '0.00')
  // A red entry has its original's lines with every amount negated. Of each entry the hash in that form is kept.
  const mirror = lines.map((line) => ({ ...line, [sideOf(line)]: negated(line[sideOf(line)]) }))
  const original = mirrors.get(reverses)
  mirrors.set(reverses ?? id, reverses ? 'reversed' : hexOf(JSON.stringify(mirror)))
  exam.expect('冲销标记不符 type and reversal link disagree', type === 'reversal', reverses !== undefined)
  exam.expect(`重复冲销 reverses ${reverses} a second time`, original !== 'reversed')
  const mirrored = reverses === undefined || original === hexOf(JSON.stringify(lines))
  exam.expect(`红字与原凭证不对应 not the mirror of ${reverses}`, mirrored)
}

/** Adds to the entry's sums, to the account's totals, and to the account's days where it may not go below zero. */
function examineLine(exam, line, on, sums) {
  const subject = exam.subjects.get(line.account)
  const side = sideOf(line)
  const sound = subject?.postable && subject.basis === line.basis && amountPattern.test(line[side])
  if (!exam.expect('分录有误 a line of a wrong account, basis or amount', sound)) return
  const amount = BigInt(line[side].replace('.', ''))
  add(sums, line.basis, side === 'debit' ? amount : -amount)
  const key = [subject.code, ...subject.keptBy.map((dimension) => line[dimension] ?? '')].join('|')
  const account = exam.accounts.get(key) ?? { debit: 0n, credit: 0n, days: new Map() }
  exam.accounts.set(key, account)
  account[side] += amount
  if (subject.guarded) add(account.days, on, side === subject.side ? amount : -amount)
}

/** No guarded account is below zero on any day. What is stored beside the entries fits them: totals, originals, no others. */
function examineStored(exam) {
  const stored = exam.records('trial-balance.ndjson', 'account,debit,credit')
  const totals = new Map(stored.map(({ account, debit, credit }) => [account, `${debit}/${credit}`]))
  exam.expect('余额表账户重复 an account twice in the stored totals', totals.size, stored.length)
  for (const key of new Set([...totals.keys(), ...exam.accounts.keys()])) {
    const { debit = 0n, credit = 0n, days = new Map() } = exam.accounts.get(key) ?? {}
    const total = `${yuan(debit)}/${yuan(credit)}`
    exam.expect(`余额表与凭证不符 stored totals differ from the entries: ${key}`, totals.get(key), total)
    let balance = 0n
    const below = [...days.keys()].sort((a, b) => (a < b ? -1 : 1)).find((on) => (balance += days.get(on)) < 0n)
    exam.expect(`余额为负 ${yuan(balance)} below zero on ${below}: ${key}`, below === undefined)
  }
  for (const [hash, at] of exam.originals) {
    exam.expect('附件缺失或被改动 attachment gone or changed', exam.hashes.get(`attachments/${hash}`), hash, { at })
    exam.hashes.delete(`attachments/${hash}`)
  }
  for (const name of exam.hashes.keys()) exam.expect(`无引用 no entry refers to ${name}`, memberNames.includes(name))
}

// ---- All of it ---------------------------------------------------------------------------------------------------

function examinePack(exam, zip, { keys = [], witnesses = [], heads: kept = [] }) {
  readContents(exam, zip)
  exam.book = parseJson(exam.contents.get('book.json'))
  exam.subjects = new Map(exam.book.chart.subjects.map((subject) => [subject.code, subject]))
  const given = exam.records('checkpoints.ndjson', 'size,acts,hash,keyId,key,signature,note')
  const known = kept.map((head) => ({ ...head, size: `${head.size}`, acts: `${head.acts?.count}`, kept: true }))
  exam.heads = [...given, ...known].sort((a, b) => a.size - b.size || a.acts - b.acts)
  for (const { size } of exam.heads) exam.log.roots.set(Number(size), size === '0' ? hexOf() : undefined)
  const trusted = keys.length > 0 ? keys : kept.map(({ key }) => key)
  const acts = examineActs(exam)
  for (const head of exam.heads) examineHead(exam, head, acts, trusted)
  examineEntries(exam)
  const newest = examineRoots(exam, exam.log, acts.length - 1)
  examineStored(exam)
  examineWitnesses(exam, witnesses)
  const { book, log, accounts, originals, heads } = exam
  return [
    `账套 book ${book.code} ${book.name} (E${book.bookId}, ${book.standard})`,
    `凭证 entries ${log.size}, 分录 lines ${log.lines}, 账户 accounts ${accounts.size}, 附件 attachments ${originals.size}`,
    `签名树头 heads ${heads.length}, 最新 newest: ${newest.note?.replaceAll('\n', ' ')}`,
    ...Array.from(new Set(heads.map(({ key }) => key)), (key) => `签名密钥 key ${key}, SHA-256 ${fingerprintOf(key)}`),
    ...(trusted.length > 0 ? [] : ['密钥取自证据包，请核对 the key is the pack’s own; compare it with one you know']),
  ]
}

/** Never throws for what is in the pack. Named `first` is the finding whose entry has the lowest sequence. */
export function verifyPack(zip, options = {}) {
  const exam = new Examination()
  let summary = []
  try {
    summary = examinePack(exam, zip, options).map(printable)
  } catch (error) {
    exam.expect(`证据包无法识读 the pack cannot be read: ${error?.message}`, false)
  }
  const [first] = exam.findings.toSorted((a, b) => (a.at ?? Number.MAX_VALUE) - (b.at ?? Number.MAX_VALUE))
  const findings = exam.findings.flatMap((finding) => (finding === first ? [] : [finding.text])).slice(0, 19)
  return { ok: !first, first: first?.text, findings, count: exam.findings.length, notes: exam.notes, summary }
}

/** A public key given as 44 characters of base64, or as a file that holds them or the key in PEM. */
function readKey(given) {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  const { x } = text.startsWith('-----BEGIN') ? createPublicKey(text).export({ format: 'jwk' }) : {}
  const key = x ? Buffer.from(x, 'base64url').toString('base64') : text
  if (key.length === 44 && Buffer.from(key, 'base64').toString('base64') === key) return key
  throw new Error(`不是 Ed25519 公钥 not an Ed25519 public key: ${given}`)
}

function main(args) {
  try {
    const list = { type: 'string', multiple: true, default: [] }
    const options = { key: list, witness: list, head: list }
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (positionals.length !== 1) throw new Error('node verify.mjs pack.zip [--key K] [--witness K] [--head FILE]')
    const heads = values.head.map((file) => JSON.parse(readFileSync(file, 'utf8')))
    const known = { keys: values.key.map(readKey), witnesses: values.witness.map(readKey), heads }
    const { ok, first, findings, count, notes, summary } = verifyPack(readFileSync(positionals[0]), known)
    const verdict = ok ? '通过 OK: 全部核对相符 everything holds' : `不通过 FAILED (${count}): ${first}`
    const said = [...summary, ...notes, verdict, ...findings.map((finding) => `  另 also: ${finding}`)]
    process.stdout.write(`${said.join('\n')}\n`)
    return ok ? 0 : 1
  } catch (error) {
    process.stderr.write(`${error.message}\n`)
    return 2
  }
}

const started = process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename
if (started) process.exitCode = main(process.argv.slice(2))
