/** The entries: each one's leaf, place and form, then what it says, and what all of them come to. */
import { examineApprovals } from './approvals.mjs'
import { memberNames } from './container.mjs'
import { hashing, hexOf, isForm, parseJson, redOf, sha256, sideOf } from './examination.mjs'

export const amountPattern = /^-?(?!0\.00)(0|[1-9]\d{0,16})\.\d\d$/
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/

const isDay = (text) => new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text
export const yuan = (fen) =>
  `${fen < 0n ? '-' : ''}${String(fen).replace('-', '').padStart(3, '0').replace(/..$/, '.$&')}`
const rootOf = (peaks) => peaks.reduceRight((right, left) => sha256('\x01', left, right)).toString('hex')
export const add = (sums, key, amount) => sums.set(key, (sums.get(key) ?? 0n) + amount)

/** Every entry's leaf, place and form, then what it says. leaves.txt, as of posting, names an entry; the heads prove it. */
export function examineEntries(exam) {
  const posted = new Map(Array.from(exam.lines('leaves.txt'), (line) => line.toString().split(' ')))
  const [peaks, leaves] = [[], hashing()]
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
    if (isCanonical(exam, entry, line)) {
      examineEntry(exam, entry)
      examinePlace(exam, entry)
    }
  }
  exam.at = undefined
  exam.expect('多缺乱序 more, fewer or out of order: leaves.txt', exam.hashes.get('leaves.txt'), leaves.digest('hex'))
}

/** Whether a line of the pack is the canonical text of an entry. */
export function isCanonical(exam, entry, line) {
  const sound = isForm(entry, 'entry') && entry.lines.length >= 2 && JSON.stringify(entry) === line.toString()
  return exam.expect('格式不规范 not in canonical form', sound)
}

/** What an entry must be by itself, and by the approvals it rests on. */
export function examineEntry(exam, entry) {
  const { id, on, period, recordedAt, type, reverses, lines, documents = [] } = entry
  const { book, originals } = exam
  // What names a debt is of the second format, and nothing else is.
  const format = lines.some(({ debt }) => debt !== undefined) ? 'yiben-entry-2' : 'yiben-entry-1'
  const own = entry.book === book.code && id === `E${book.bookId}-${entry.sequence}` && entry.format === format
  exam.expect('不属于本账套 not an entry of this book', own)
  exam.expect('日期或期间有误 wrong date or period', isDay(on) && period === on.slice(0, 7))
  exam.expect('记账时刻有误 wrong instant of recording', instantPattern.test(recordedAt))
  for (const { sha256 } of documents) if (sha256) originals.set(sha256, originals.get(sha256) ?? exam.at)
  const sums = new Map()
  for (const line of lines) examineLine(exam, line, on, sums)
  exam.counted?.(entry)
  for (const [basis, net] of sums) exam.expect(`借贷不平 debits and credits differ (${basis})`, yuan(net), '0.00')
  exam.expect('冲销标记不符 type and reversal link disagree', type === 'reversal', reverses !== undefined)
  examineApprovals(exam, entry)
}

/** What an entry must be after those before it in its book. */
function examinePlace(exam, { id, period, number, recordedAt, reverses, lines }) {
  const { log, mirrors } = exam
  const next = (log.numbers.get(period) ?? 0) + 1
  exam.expect('凭证号不连续 voucher numbers have a gap', number, String(next))
  log.numbers.set(period, Number(number) || next)
  exam.expect('记账时刻未递增 not recorded later', recordedAt > log.recordedAt)
  Object.assign(log, { recordedAt, lines: log.lines + lines.length })
  // A red entry has its original's lines with every amount negated. Of each entry the hash in that form is kept.
  const original = mirrors.get(reverses)
  mirrors.set(reverses ?? id, reverses ? 'reversed' : hexOf(JSON.stringify(lines.map(redOf))))
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
export function examineStored(exam) {
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
