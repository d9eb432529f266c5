#!/usr/bin/env node
/**
 * Verifies an evidence pack of 一本账 (Yiben), of a book or of a project, with Node (20.11 or later) alone: no network, no
 * database, no package. Its parts stand in verify/; inside a pack they are joined to one file.
 *
 *   node verify.mjs pack.zip [--key BASE64|FILE]… [--witness BASE64|FILE]… [--head FILE]… [--strict]
 *
 * --key: the service's public key as you know it from elsewhere; without it a pack is only shown to agree with itself.
 * --witness: a witness's public key, which must have signed a head in the pack. --head: a head you kept (the answer of
 * GET /v1/books/{book}/proof), which must still hold. What is proven by all this, and what is not: docs/PROOF.md.
 * The last line says what was compared with something from outside the pack.
 * Exit 0: everything holds. 1: something does not, and the first entry concerned is named. 2: wrong usage. 3: --strict
 * was asked for, and nothing was compared.
 */
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { examineBook } from './verify/book.mjs'
import { readContents } from './verify/container.mjs'
import { Examination, printable, rawKeyOf } from './verify/examination.mjs'
import { examineProject } from './verify/project.mjs'

/** Never throws for what is in the pack. Named `first` is the finding whose entry has the lowest sequence. */
export function verifyPack(zip, options = {}) {
  const exam = new Examination()
  let summary = []
  try {
    const isProject = readContents(exam, zip) === 'yiben-project-1'
    summary = (isProject ? examineProject : examineBook)(exam, options)
  } catch (error) {
    exam.expect(`证据包无法识读 the pack cannot be read: ${error?.message}`, false)
  }
  const [first] = exam.findings.toSorted((a, b) => (a.at ?? Number.MAX_VALUE) - (b.at ?? Number.MAX_VALUE))
  const findings = exam.findings.flatMap((finding) => (finding === first ? [] : [finding.text])).slice(0, 19)
  return {
    ok: !first,
    first: first?.text,
    findings,
    count: exam.findings.length,
    notes: exam.notes.map(printable),
    summary: summary.map(printable),
  }
}

/** A public key given as 44 characters of base64, or as a file that holds them or the key in PEM. */
function readKey(given) {
  const text = existsSync(given) ? readFileSync(given, 'utf8').trim() : given
  const key = text.startsWith('-----BEGIN') ? rawKeyOf(text) : text
  if (key.length === 44 && Buffer.from(key, 'base64').toString('base64') === key) return key
  throw new Error(`不是 Ed25519 公钥 not an Ed25519 public key: ${given}`)
}

const usage = `node verify.mjs pack.zip [--key K]… [--witness K]… [--head FILE]… [--strict]
  --key K        服务公钥（base64 或文件） the service's public key, in base64 or a file
  --witness K    见证公钥 a witness's public key
  --head FILE    您留存的树头 a head you kept
  --strict       未核对签名人时以 3 退出 exit 3 where the signer was not checked
  0 全部相符 everything holds; 1 有不符 something does not; 2 用法有误 wrong usage; 3 见 --strict see --strict`

/** What the pack was held against, so that nobody takes a pack that agrees with itself for one that somebody signed. */
function verdictOf({ keys, witnesses, heads }) {
  const pinned = [
    ...(keys.length > 0 ? ['服务公钥 key'] : []),
    ...(witnesses.length > 0 ? ['见证 witness'] : []),
    ...(heads.length > 0 ? ['留存的树头 kept head'] : []),
  ]
  if (pinned.length === 0) return '通过 OK: 仅自洽，未核对签名人 self-consistent only, signer not checked'
  return `通过 OK: 全部核对相符 everything holds，已核对 checked against ${pinned.join('、')}`
}

function readFile(path) {
  try {
    return readFileSync(path)
  } catch {
    throw new Error(`无法读取文件 the file cannot be read: ${path}`)
  }
}

function readHead(path) {
  try {
    return Object(JSON.parse(readFile(path).toString('utf8')))
  } catch (error) {
    throw error instanceof SyntaxError ? new Error(`不是留存的树头 not a head that was kept: ${path}`) : error
  }
}

function main(args) {
  try {
    const list = { type: 'string', multiple: true, default: [] }
    const flag = { type: 'boolean', default: false }
    const options = { key: list, witness: list, head: list, strict: flag, help: { ...flag, short: 'h' } }
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
    if (values.help) {
      process.stdout.write(`${usage}\n`)
      return 0
    }
    if (positionals.length !== 1) throw new Error(usage)
    const heads = values.head.map(readHead)
    const known = { keys: values.key.map(readKey), witnesses: values.witness.map(readKey), heads }
    const { ok, first, findings, count, notes, summary } = verifyPack(readFile(positionals[0]), known)
    const isPinned = Object.values(known).some(({ length }) => length > 0)
    const verdict = ok ? verdictOf(known) : `不通过 FAILED (${count}): ${first}`
    const said = [...summary, ...notes, verdict, ...findings.map((finding) => `  另 also: ${finding}`)]
    process.stdout.write(`${said.join('\n')}\n`)
    if (!ok) return 1
    return values.strict && !isPinned ? 3 : 0
  } catch (error) {
    process.stderr.write(`${error.message.split('\n').map(printable).join('\n')}\n`)
    return 2
  }
}

const started = process.argv[1] && realpathSync(process.argv[1]) === import.meta.filename
if (started) process.exitCode = main(process.argv.slice(2))
