/**
 * What an entry is, byte for byte. Its canonical text is JSON with keys in order, every value a string, absent fields
 * left out: RFC 8785 for the little JSON we need. The leaf hash is SHA-256 of 0x00 and that text (RFC 9162), and the
 * same text is a line of the evidence pack, so a verifier hashes what it reads and needs no canonicalisation of its
 * own.
 *
 * The format is versioned and never changed: a new field is a new version. No field of an entry, its lines, approvals
 * or attachments may be left out.
 */
import { type Day, formatInstant, type Instant, monthOf } from '../base/calendar.ts'
import { sha256 } from '../base/digest.ts'
import { formatFen } from '../base/money.ts'
import type { Approval, DocumentReference, EntryLine } from './entry.ts'

/** An entry as it stands in a book. */
export type Entry = {
  readonly bookId: number
  readonly book: string
  readonly sequence: number
  readonly number: number
  readonly on: Day
  readonly recordedAt: Instant
  readonly type: string
  readonly summary: string
  readonly maker: string
  readonly approvals: readonly Approval[]
  readonly documents: readonly DocumentReference[]
  readonly lines: readonly EntryLine[]
  /** Sequence of the entry this one reverses, in the same book. */
  readonly reverses?: number
  /** Shared by the entries of one transaction over several books. */
  readonly transaction?: string
}

/** An entry that was posted, with its leaf hash and its lines as canonical text. */
export type PostedEntry = Entry & { readonly hash: Buffer; readonly linesText: string }

/** The id of an entry names its book and place: E3-17 is the 17th entry of book 3. */
export const entryId = (bookId: number, sequence: number): string => `E${bookId}-${sequence}`

export function parseEntryId(id: string): { bookId: number; sequence: number } | undefined {
  const parts = /^E([1-9][0-9]{0,8})-([1-9][0-9]{0,14})$/.exec(id)
  return parts ? { bookId: Number(parts[1]), sequence: Number(parts[2]) } : undefined
}

/** The canonical text. Keys stand in code-unit order at every level. `lines` spares making their text a second time. */
export function leafText(entry: Entry, lines: string = linesText(entry.lines)): string {
  const { bookId, reverses, transaction, approvals, documents } = entry
  let text = '{'
  if (approvals.length > 0) text += `"approvals":[${approvals.map(approvalText).join(',')}],`
  text += `"book":${quoted(entry.book)},`
  if (documents.length > 0) text += `"documents":[${documents.map(documentText).join(',')}],`
  text += `"format":"${formatOf(entry.lines)}","id":"${entryId(bookId, entry.sequence)}","lines":${lines},`
  text += `"maker":${quoted(entry.maker)},"number":"${entry.number}","on":"${entry.on}","period":"${monthOf(entry.on)}",`
  text += `"recordedAt":"${formatInstant(entry.recordedAt)}",`
  if (reverses !== undefined) text += `"reverses":"${entryId(bookId, reverses)}",`
  text += `"sequence":"${entry.sequence}","summary":${quoted(entry.summary)},`
  if (transaction !== undefined) text += `"transaction":${quoted(transaction)},`
  return `${text}"type":${quoted(entry.type)}}`
}

/** What a debt stands on is of the second format; every other entry is what it was before lines could name one. */
const formatOf = (lines: readonly EntryLine[]): 'yiben-entry-1' | 'yiben-entry-2' =>
  lines.some(({ debt }) => debt !== undefined) ? 'yiben-entry-2' : 'yiben-entry-1'

export const approvalText = ({ at, decision, of, person }: Approval): string =>
  `{"at":${quoted(at)},"decision":${quoted(decision)},"of":${quoted(of)},"person":${quoted(person)}}`

/** A reference as canonical text: part of the leaf, and of what makes two requests the same. */
export function documentText({ number, sha256, title }: DocumentReference): string {
  const fields: string[] = []
  if (number !== undefined) fields.push(`"number":${quoted(number)}`)
  if (sha256 !== undefined) fields.push(`"sha256":${quoted(sha256)}`)
  if (title !== undefined) fields.push(`"title":${quoted(title)}`)
  return `{${fields.join(',')}}`
}

/** Lines as canonical text. Built by hand: it is made for every entry posted, and serves its request and its leaf. */
export function linesText(lines: readonly EntryLine[]): string {
  return `[${lines.map(lineText).join(',')}]`
}

function lineText(line: EntryLine): string {
  const { account, basis, contract, counterparty, debt, dwelling, indicator, item, memo, project, segment, source } =
    line
  let text = `{"account":${quoted(account)},"basis":"${basis}"`
  if (contract !== undefined) text += `,"contract":${quoted(contract)}`
  if (counterparty !== undefined) text += `,"counterparty":${quoted(counterparty)}`
  text += `,"${line.side}":"${formatFen(line.amountFen)}"`
  if (debt !== undefined) text += `,"debt":${quoted(debt)}`
  if (dwelling !== undefined) text += `,"dwelling":${quoted(dwelling)}`
  if (indicator !== undefined) text += `,"indicator":${quoted(indicator)}`
  if (item !== undefined) text += `,"item":${quoted(item)}`
  if (memo !== undefined) text += `,"memo":${quoted(memo)}`
  if (project !== undefined) text += `,"project":${quoted(project)}`
  if (segment !== undefined) text += `,"segment":${quoted(segment)}`
  if (source !== undefined) text += `,"source":${quoted(source)}`
  return `${text}}`
}

// What JSON.stringify would write; most texts have nothing to escape.
export const quoted = (text: string): string =>
  /["\\\u0000-\u001f\ud800-\udfff]/.test(text) ? JSON.stringify(text) : `"${text}"`

/** SHA-256 of 0x00 and the text's UTF-8 bytes; a NUL character is that byte. */
export const leafHash = (text: string): Buffer => sha256(`\0${text}`)
