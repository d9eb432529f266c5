/** What every part of the verifier works with: hashes, texts, one examination and what it finds. */
import { createHash, createPublicKey, verify } from 'node:crypto'

export const hashing = () => createHash('sha256')
export const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), hashing()).digest()
export const hexOf = (...parts) => sha256(...parts).toString('hex')
export const fingerprintOf = (key) => hexOf(Buffer.from(key, 'base64'))
export const isText = (value) => typeof value === 'string'
// What is quoted comes from the pack or a file: no control characters may reach a terminal.
export const printable = (text) => text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '?').slice(0, 600)

/** The object a text stands for; an empty one where it stands for none. */
export function parseJson(text) {
  try {
    return Object(JSON.parse(text))
  } catch {
    return {}
  }
}

/** One examination: what the pack holds, what the entries read so far come to, and what does not hold. */
export class Examination {
  contents = new Map()
  hashes = new Map()
  log = { size: 0, roots: new Map(), lines: 0, sequence: 0, recordedAt: '', numbers: new Map() }
  mirrors = new Map()
  accounts = new Map()
  originals = new Map()
  findings = []
  notes = []

  /** What the entry at a place is called, and those up to another that it may be. In a book a place is a sequence. */
  placeOf(at, until) {
    const id = `E${this.book?.bookId}-`
    const range = until > at ? ` … ${id}${until} 之一 one of` : ''
    return `${id}${at}${range} (sequence ${at}): `
  }

  /** Finds what is not as expected. `at`: the entry concerned, `until`: the last of those it may be. */
  expect(what, found, expected = true, { at = this.at, until } = {}) {
    if (found === expected) return true
    const place = at === undefined ? '' : this.placeOf(at, until)
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
    const records = []
    // One by one: a member of line feeds alone ends with the findings, not with the memory.
    for (const line of this.lines(name)) {
      const record = parseJson(line)
      const isSound = Object.keys(record).join() === fields && Object.values(record).every(isText)
      if (this.expect(`无法识读 not understood: ${name}`, isSound)) records.push(record)
    }
    return records
  }
}

/** The raw public key, in base64, of one in PEM. */
export function rawKeyOf(pem) {
  const { x } = createPublicKey(pem).export({ format: 'jwk' })
  return Buffer.from(x ?? '', 'base64url').toString('base64')
}

// Base64 in its one spelling: node reads past whatever is none, and a key that is quoted could say something else.
export const isOneSpelling = (text, length) =>
  Buffer.from(text, 'base64').length === length && Buffer.from(text, 'base64').toString('base64') === text

export function isSigned(note = '', signature = '', key = '') {
  if (!isOneSpelling(key, 32) || !isOneSpelling(signature, 64)) return false
  const raw = Buffer.from(key, 'base64')
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: raw.toString('base64url') }
  return verify(null, Buffer.from(note), createPublicKey({ key: jwk, format: 'jwk' }), Buffer.from(signature, 'base64'))
}

// The keys of an entry, of an approval and of what they hold, in the one order of their texts, a space after each.
const forms = {
  approvalRecord: /^approval approvers decisions hash kind subject text $/,
  decisions: /^(actingFor )?at decision of person (reason )?step $/,
  entry:
    /^(approvals )?book (documents )?format id lines maker number on period recordedAt (reverses )?sequence summary (transaction )?type $/,
  approvals: /^at decision of person $/,
  documents: /^(number )?(sha256 )?(title )?$/,
  lines:
    /^account basis (contract )?(counterparty )?(credit |debit )(debt )?(dwelling )?(indicator )?(item )?(memo )?(project )?(segment )?(source )?$/,
}

/** Whether a value has the keys of a form, and for each a text, or a list of values of the form it names. */
export function isForm(value, form) {
  const areForms = (parts, key) => Array.isArray(parts) && parts.every((part) => isForm(part, key))
  const isPart = ([key, part]) => /^\w+$/.test(key) && (forms[key] ? areForms(part, key) : isText(part))
  const entries = value instanceof Object ? Object.entries(value) : [['not an object']]
  return forms[form].test(entries.map(([key]) => `${key} `).join('')) && entries.every(isPart)
}

export const sideOf = (line) => (line.debit === undefined ? 'credit' : 'debit')
const negated = (amount) => (amount.startsWith('-') ? amount.slice(1) : `-${amount}`)
/** A line with its amount negated, its keys where they were. */
export const redOf = (line) => ({ ...line, [sideOf(line)]: negated(String(line[sideOf(line)])) })
