/** The log, its signed heads, and the acts. */
import { fingerprintOf, hexOf, isSigned } from './examination.mjs'

/**
 * A head by itself: the note is that of its fields and of the acts, as far as these are in the pack, and is signed with
 * a key that is trusted.
 */
export function examineHead(exam, head, acts, trusted) {
  const [, , , at, chain] = head.note?.split('\n') ?? []
  head.name = `${head.kept ? '您留存的树头 the head you kept' : '树头 the head'} (size ${head.size}, acts ${head.acts})`
  const expect = (what, found, expected) => exam.expect(`${head.name}: ${what}`, found, expected)
  const root = Buffer.from(head.hash ?? '', 'hex').toString('base64')
  const note = [`yiben/E${exam.book.bookId}/${exam.book.code}`, head.size, root, at, chain, ''].join('\n')
  expect('字段与签名文本不符 fields differ from the note', head.note, note)
  if (acts) expect('账套行为链不符 the chain of acts does not fit', chain, `acts ${head.acts} ${acts[head.acts]}`)
  expect('签名无效 the signature does not verify', isSigned(head.note, head.signature, head.key))
  expect('密钥编号不符 key id and key differ', head.keyId, fingerprintOf(head.key ?? '').slice(0, 16))
  if (trusted.length > 0) expect(`不是给定的密钥 signed with another key: ${head.key}`, trusted.includes(head.key))
}

/** The acts are chained by hash. Answers the chain's end after each number of acts. */
export function examineActs(exam) {
  const ends = ['-']
  for (const { act, body, hash } of exam.records('acts.ndjson', 'act,body,hash')) {
    const end = hexOf(Buffer.from(ends.at(-1), 'hex'), body)
    exam.expect(`行为与哈希不符 act ${ends.length} does not fit its hash`, `${act} ${hash}`, `${ends.length} ${end}`)
    ends.push(end)
  }
  return ends
}

/** Compares every head with the log at its size, and says which entries are concerned where no leaf hash has said it. */
export function examineRoots(exam, { size: length, roots }, actCount) {
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

export function examineWitnesses(exam, witnesses) {
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
