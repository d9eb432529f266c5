/**
 * A pack of one project over all its books: every entry under its own book's signed head by a path of its own, the
 * approvals, and the project's money, summed up again from the entries. That no entry was left out is what the packs of
 * the books show; here each half of a transaction says how many there are.
 */
import { examineUnused, readApprovals } from './approvals.mjs'
import { add, amountPattern, examineEntry, isCanonical, yuan } from './entries.mjs'
import { fingerprintOf, parseJson, sha256 } from './examination.mjs'
import { examineHead } from './log.mjs'

/** Which accounts of a government book count where: beginnings of their codes, and which side adds. */
const counted = {
  allocated: [[['910301', '910302', '910303'], 'debit', 'net']],
  released: [[['910201', '910202'], 'debit', 'net']],
  received: [
    [['4001', '4201', '4601', '4603', '4609', '2501', '2502'], 'credit', 'turnover'],
    [['4001', '4201', '4601', '4603', '4609', '3001'], 'credit', 'given back'],
    [['2307', '121803'], 'credit', 'net'],
  ],
  paid: [[['71', '72', '73'], 'debit', 'turnover']],
}

/** Adds the lines of the project to its money, by source and book. What a year-end moves gives nothing back. */
function countEntry(exam, { id, type, reverses, lines }) {
  const closing = type === 'carry_over' || exam.closings.has(reverses)
  if (closing) exam.closings.add(id)
  if (exam.book.standard !== 'government') return
  for (const line of lines) if (line.project === exam.project.project) countLine(exam, line, closing)
}

function countLine(exam, line, closing) {
  const side = line.debit === undefined ? 'credit' : 'debit'
  if (!amountPattern.test(line[side])) return
  const amount = BigInt(line[side].replace('.', ''))
  for (const [column, rules] of Object.entries(counted)) {
    for (const [beginnings, plus, how] of rules) {
      if (!beginnings.some((code) => line.account.startsWith(code))) continue
      if (how === 'turnover' && side !== plus) continue
      if (how === 'given back' && (side === 'credit' || closing)) continue
      add(exam.money, `${line.source}|${exam.book.code}|${column}`, side === plus ? amount : -amount)
    }
  }
}

/** The books by code, each with its chart, and its signed head. */
function readBooks(exam, keys) {
  const books = new Map()
  for (const line of exam.lines('books.ndjson')) {
    const book = parseJson(line)
    const { head, chart, code } = book
    const sound = Array.isArray(chart?.subjects) && head instanceof Object && !books.has(code)
    if (!exam.expect(`账套无法识读或重复 book not understood, or twice: ${code}`, sound)) continue
    exam.book = book
    examineHead(exam, head, undefined, keys)
    books.set(code, { ...book, subjects: new Map(chart.subjects.map((subject) => [subject.code, subject])), last: 0 })
  }
  return books
}

/** The root that a leaf's inclusion path leads to (RFC 9162, 2.1.3.2); undefined where the path does not fit the place. */
function rootBy(leaf, index, size, path) {
  let [node, last, hash] = [index, size - 1, leaf]
  if (!(index >= 0 && index < size)) return undefined
  for (const sibling of path) {
    if (last === 0) return undefined
    if (node % 2 === 1 || node === last) {
      hash = sha256('\x01', sibling, hash)
      for (; node % 2 === 0 && node !== 0; node /= 2) last = Math.floor(last / 2)
    } else hash = sha256('\x01', hash, sibling)
    node = Math.floor(node / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? hash.toString('hex') : undefined
}

/** One entry of the pack: under its book's head, in order, canonical, and what it says. */
function examineTied(exam, line, { entry: named, path, ofTransaction } = {}) {
  const entry = parseJson(line)
  exam.ids.push(entry.id)
  exam.at = exam.ids.length
  exam.expect('证明缺失或次序不符 its proof is missing, or another’s', named, String(entry.id))
  const book = exam.books.get(entry.book)
  if (!exam.expect(`账套未列 of a book that is not listed: ${entry.book}`, book !== undefined)) return
  exam.book = book
  exam.subjects = book.subjects
  const sequence = Number(entry.sequence)
  exam.expect('凭证重复或次序颠倒 repeated or out of order', sequence > book.last)
  book.last = sequence
  const siblings = path ? path.split(' ').map((hash) => Buffer.from(hash, 'hex')) : []
  const root = rootBy(sha256('\x00', line), sequence - 1, Number(book.head.size), siblings)
  exam.expect('内容或位置与签名树头不符 not under the signed head of its book', root, book.head.hash)
  if (!isCanonical(exam, entry, line)) return
  examineEntry(exam, entry)
  exam.log.lines += entry.lines.length
  const { transaction } = entry
  if (transaction === undefined) return
  const halves = exam.transactions.get(transaction) ?? { at: exam.at, count: 0, stated: new Set() }
  exam.transactions.set(transaction, halves)
  halves.count += 1
  halves.stated.add(ofTransaction)
}

function examineTotals(exam) {
  const found = [...new Set([...exam.money.keys()].map((key) => key.split('|').slice(0, 2).join('|')))]
  const rows = found.map((place) => {
    const amounts = Object.keys(counted).map((column) => yuan(exam.money.get(`${place}|${column}`) ?? 0n))
    return [...place.split('|'), ...amounts]
  })
  const nonZero = rows.filter(([, , ...amounts]) => amounts.some((amount) => amount !== '0.00'))
  const stated = exam
    .records('totals.ndjson', 'source,book,allocated,released,received,paid')
    .map((row) => Object.values(row))
  const places = new Set([...nonZero, ...stated].map(([source, book]) => `${source}|${book}`))
  const of = (all, place) => all.find(([source, book]) => `${source}|${book}` === place)?.join(' ') ?? ''
  for (const place of places)
    exam.expect('合计与凭证不符 totals differ from the entries', of(stated, place), of(nonZero, place))
  return nonZero.map(
    ([source, book, allocated, released, received, paid]) =>
      `${source} ${book}: 分配 allocated ${allocated}, 拨付 released ${released}, 到账 received ${received}, 支付 paid ${paid}`,
  )
}

/** Originals are named by hash, each with what it is called; the bytes are in the packs of the books. */
function examineNamed(exam) {
  const rows = exam.records('attachments.ndjson', 'sha256,name,mediaType,size')
  const named = new Set(rows.map(({ sha256 }) => sha256))
  for (const [hash, at] of exam.originals) exam.expect('附件未列 attachment not listed', named.has(hash), true, { at })
  for (const hash of named) exam.expect(`无引用 no entry refers to ${hash}`, exam.originals.has(hash))
}

/** A head that was kept holds if the pack has the same size of that book; of another size only the book's pack can say. */
function examineKept(exam, kept) {
  for (const { note, size, hash } of kept) {
    const origin = note?.split('\n')[0]
    const book = [...exam.books.values()].find(({ head }) => head.note.startsWith(`${origin}\n`))
    if (book?.head.size === `${size}`)
      exam.expect(`与您留存的树头不符 not the head you kept: ${origin}`, book.head.hash, hash)
    else
      exam.notes.push(`留存的树头须以账套证据包核对 the head you kept is for the pack of its book: ${origin} ${size}`)
  }
}

/** A pack of one project. Answers what it holds, in lines. */
export function examineProject(exam, { keys = [], witnesses = [], heads: kept = [] }) {
  exam.project = parseJson(exam.contents.get('project.json'))
  Object.assign(exam, { ids: [], money: new Map(), closings: new Set(), transactions: new Map() })
  exam.placeOf = (at) => `${exam.ids[at - 1]}: `
  exam.counted = (entry) => countEntry(exam, entry)
  const trusted = keys.length > 0 ? keys : kept.map(({ key }) => key)
  exam.books = readBooks(exam, trusted)
  examineKept(exam, kept)
  readApprovals(exam)
  const proofs = exam.records('proofs.ndjson', 'entry,path,ofTransaction')
  for (const line of exam.lines('entries.ndjson')) examineTied(exam, line, proofs[exam.ids.length])
  exam.at = undefined
  exam.expect('证明多于凭证 more proofs than entries', proofs.length <= exam.ids.length)
  for (const { at, count, stated } of exam.transactions.values()) {
    exam.expect('同一事务的凭证不齐 not all entries of its transaction', [...stated].join(), String(count), { at })
  }
  examineNamed(exam)
  examineUnused(exam)
  if (witnesses.length > 0) exam.notes.push('见证须以账套证据包核对 witnesses are for the packs of the books')
  const totals = examineTotals(exam)
  const signers = [...new Set([...exam.books.values()].map(({ head }) => head.key))]
  return [
    `项目 project ${exam.project.project} ${exam.project.name} (${exam.project.district})`,
    `账套 books ${exam.books.size}, 凭证 entries ${exam.ids.length}, 分录 lines ${exam.log.lines}, 批准 approvals ${exam.approvals.size}`,
    ...totals,
    ...signers.map((key) => `签名密钥 key ${key}, SHA-256 ${fingerprintOf(String(key))}`),
    ...(trusted.length > 0 ? [] : ['密钥取自证据包，请核对 the key is the pack’s own; compare it with one you know']),
  ]
}
