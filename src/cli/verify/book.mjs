/** A pack of one book: everything that is examined, in order. */
import { examineUnused, readApprovals } from './approvals.mjs'
import { examineEntries, examineStored } from './entries.mjs'
import { fingerprintOf, hexOf, parseJson } from './examination.mjs'
import { examineActs, examineHead, examineRoots, examineWitnesses } from './log.mjs'

/** A pack of one book whole. Answers what it holds, in lines. */
export function examineBook(exam, { keys = [], witnesses = [], heads: kept = [] }) {
  exam.book = parseJson(exam.contents.get('book.json'))
  exam.subjects = new Map(exam.book.chart.subjects.map((subject) => [subject.code, subject]))
  const given = exam.records('checkpoints.ndjson', 'size,acts,hash,keyId,key,signature,note')
  const known = kept.map((head) => ({ ...head, size: `${head.size}`, acts: `${head.acts?.count}`, kept: true }))
  exam.heads = [...given, ...known].sort((a, b) => a.size - b.size || a.acts - b.acts)
  for (const { size } of exam.heads) exam.log.roots.set(Number(size), size === '0' ? hexOf() : undefined)
  const trusted = keys.length > 0 ? keys : kept.map(({ key }) => key)
  const acts = examineActs(exam)
  for (const head of exam.heads) examineHead(exam, head, acts, trusted)
  if (exam.contents.has('approvals.ndjson')) readApprovals(exam)
  else exam.notes.push('旧格式，无批准文本 of the former format: approvals are known by their hashes alone')
  examineEntries(exam)
  const newest = examineRoots(exam, exam.log, acts.length - 1)
  examineStored(exam)
  examineUnused(exam)
  examineWitnesses(exam, witnesses)
  const { book, log, accounts, originals, heads } = exam
  return [
    `账套 book ${book.code} ${book.name} (E${book.bookId}, ${book.standard})`,
    `凭证 entries ${log.size}, 分录 lines ${log.lines}, 账户 accounts ${accounts.size}, 附件 attachments ${originals.size}`,
    ...(exam.approvals ? [`批准 approvals ${exam.approvals.size}`] : []),
    `签名树头 heads ${heads.length}, 最新 newest: ${newest.note?.replaceAll('\n', ' ')}`,
    ...Array.from(new Set(heads.map(({ key }) => key)), (key) => `签名密钥 key ${key}, SHA-256 ${fingerprintOf(key)}`),
    ...(trusted.length > 0 ? [] : ['密钥取自证据包，请核对 the key is the pack’s own; compare it with one you know']),
  ]
}
