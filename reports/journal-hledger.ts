/**
 * The journal of a book as plain text for hledger and ledger, so that anyone can add it up with a program that is not
 * ours. One transaction an entry; an account is its basis, its subject and what the subject is kept by. Each basis of
 * an entry balances by itself, so the whole does. Red figures stay on their side and are negative, as in the books.
 */
import { formatFen } from '../src/base/money.ts'
import type { Book } from '../src/ledger/book.ts'
import { type Chart, type Dimension, dimensions } from '../src/ledger/chart.ts'
import type { EntryLine } from '../src/ledger/entry.ts'
import { entryId } from '../src/ledger/leaf.ts'
import type { PostedEntry } from '../src/ledger/post.ts'

/** The lines of the file, entry by entry, at constant memory. */
export async function* hledgerJournal(book: Book, entries: AsyncIterable<PostedEntry>): AsyncGenerator<string> {
  yield `; ${plain(book.code)} ${plain(book.name)}\n`
  if (book.sampleOf !== undefined) yield `; ${plain(book.sampleOf)}\n`
  for await (const entry of entries) yield `\n${transactionText(book.chart, entry)}`
}

function transactionText(chart: Chart, entry: PostedEntry): string {
  const { bookId, sequence, number, on, summary, reverses, lines } = entry
  const id = entryId(bookId, sequence)
  const red = reverses === undefined ? '' : `, reverses: ${entryId(bookId, reverses)}`
  return [
    `${on} * (${id}) ${plain(summary)}  ; number: ${number}${red}`,
    ...lines.map((line) => postingText(chart, line)),
    '',
  ].join('\n')
}

function postingText(chart: Chart, line: EntryLine): string {
  const amountFen = line.side === 'debit' ? line.amountFen : -line.amountFen
  const notes = notesOf(chart, line)
  const comment = notes.length > 0 ? `  ; ${notes.join(', ')}` : ''
  return `    ${hledgerAccount(chart, line)}  CNY ${formatFen(amountFen)}${comment}`
}

/**
 * `financial:1011 零余额账户用款额度:P1:F21`; dimensions a subject is kept by and the line does not have leave their place out.
 */
export function hledgerAccount(chart: Chart, line: Pick<EntryLine, 'account' | 'basis' | Dimension>): string {
  const subject = chart.subjects.get(line.account)
  const kept = (subject?.keptBy ?? []).flatMap((dimension) => line[dimension] ?? [])
  return [line.basis, `${line.account} ${subject?.name ?? ''}`, ...kept].map(part).join(':')
}

function notesOf(chart: Chart, line: EntryLine): string[] {
  const keptBy = chart.subjects.get(line.account)?.keptBy ?? []
  const noted = dimensions.filter((dimension) => !keptBy.includes(dimension))
  const notes = noted.map((dimension) => [dimension, line[dimension]] as const)
  return [...notes, ['memo', line.memo] as const].flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${plain(value).replaceAll(',', '，')}`],
  )
}

// Two spaces end an account and a semicolon begins a comment in both programs; a colon steps one account down. Brackets
// of a comment hold a posting's date in both, whatever else is meant by [2022-28].
const harmless: Readonly<Record<string, string>> = { ';': '；', '|': '｜', '[': '［', ']': '］' }
const plain = (text: string): string =>
  text
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[;|[\]]/g, (sign) => harmless[sign] ?? sign)
    .trim()
const part = (text: string): string => plain(text).replaceAll(':', '：')
