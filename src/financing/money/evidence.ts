/**
 * The evidence pack of a project: what ties its books together (一本账). Every entry that moves the project's money, in
 * whatever book, with the entries it was one transaction with and those that brought the indicators it was paid from;
 * each with a path to its book's signed head. Beside them the approvals, what the register knows of the project, and
 * its money by source and book, as the balances have it, which the verifier sums up again from the entries.
 */
import { approvalLines } from '../../approvals/evidence.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { day } from '../../base/calendar.ts'
import type { Database } from '../../base/db.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Book } from '../../ledger/book.ts'
import { controlAccounts as control } from '../../ledger/charts/control-accounts.ts'
import { namedAttachments } from '../../ledger/attachments.ts'
import { bookTold, linesOf, freshHead, References } from '../../ledger/evidence.ts'
import { type Ledger, todayOf } from '../../ledger/ledger.ts'
import { entryId } from '../../ledger/leaf.ts'
import { inclusionPath } from '../../ledger/merkle.ts'
import { ndjson, one, type Packed, type PackWriter, writePack } from '../../ledger/pack.ts'
import { nearby, nodeReader } from '../../ledger/nodes.ts'
import type { ProofTools, SignedHead } from '../../ledger/proof.ts'
import { showProject } from '../../projects/project/reads.ts'
import { readProject } from '../../projects/project/store.ts'
import { type MoneyAccount, moneyParts } from './money.ts'
import { moneyAccountsIn, type TiedEntry, tiedEntries } from './store.ts'

export const projectFormat = 'yiben-project-1'

export type ProjectEvidence = { readonly entries: number; readonly books: number } & Packed

type Tied = { readonly book: Book; readonly head: SignedHead | undefined; readonly entries: readonly TiedEntry[] }

/**
 * Writes a project's evidence pack to `out`, replacing what was there; the heads of its books are signed first. Refuses
 * `permission_denied`, `project_not_found`; throws `PackTooLarge`, and the file system's errors as they are.
 */
export async function exportProjectEvidence(
  ledger: Ledger & ProofTools,
  actor: Actor,
  project: string,
  out: string,
): Promise<ProjectEvidence> {
  demand(actor, 'project.read')
  demand(actor, 'book.read')
  await readProject(ledger.database.sql, actor, project)
  return writePack(ledger.database, out, (pack, snapshot) => fill(pack, { ...ledger, snapshot }, actor, project))
}

type Tools = Ledger & ProofTools & { readonly snapshot: Database }

async function fill(pack: PackWriter, tools: Tools, actor: Actor, project: string) {
  const { snapshot } = tools
  const all = await tiedBooks(tools, project)
  // Facts are those of the day of the newest head: the same position tells the same.
  const at =
    all
      .map(({ head }) => head?.at ?? '')
      .toSorted()
      .at(-1) ?? ''
  const references = new References()
  await pack.add('project.json', one(await factsText(tools, actor, project, at)))
  await pack.add('books.ndjson', one(all.map(bookLine).join('')))
  await pack.add('entries.ndjson', entryPages(snapshot, all, references))
  await pack.add('proofs.ndjson', proofs(snapshot, all))
  await pack.add('approvals.ndjson', approvalLines(snapshot.sql, references.decided))
  await pack.add('attachments.ndjson', attachments(snapshot, all, references))
  await pack.add('totals.ndjson', one(ndjson(await totals(snapshot, all, project))))
  await pack.close({ format: projectFormat, project, createdAt: at })
  return { entries: all.reduce((sum, { entries }) => sum + entries.length, 0), books: all.length }
}

/** The project's books, each with its head and the entries that are told of it, in the order of their ids. */
async function tiedBooks(tools: Tools, project: string): Promise<Tied[]> {
  const rows = await tiedEntries(tools.snapshot.sql, project)
  const tied: Tied[] = []
  for (const bookId of new Set(rows.map((row) => row.bookId))) {
    const book = await tools.shelf.findById(bookId)
    if (!book) continue
    const entries = rows.filter((row) => row.bookId === bookId)
    tied.push({ book, head: await freshHead(tools, tools.snapshot, book), entries })
  }
  return tied
}

function bookLine({ book, head }: Tied): string {
  const { size, acts, hash, keyId, key, signature, note } = head ?? {}
  const signed = head && { size: String(size), acts: String(acts?.count), hash, keyId, key, signature, note }
  return `${JSON.stringify({ ...bookTold(book), head: signed })}\n`
}

async function* entryPages(snapshot: Database, all: readonly Tied[], references: References): AsyncGenerator<Buffer> {
  for (const { book, entries } of all) {
    yield* linesOf(
      snapshot,
      book,
      entries.map(({ sequence }) => sequence),
      references,
    )
  }
}

async function* proofs(snapshot: Database, all: readonly Tied[]): AsyncGenerator<Buffer> {
  for (const { book, head, entries } of all) {
    const read = nearby(nodeReader(snapshot.sql, book))
    for (const { sequence, ofTransaction } of entries) {
      const path = head && sequence <= head.size ? await inclusionPath(read, sequence - 1, head.size) : []
      const entry = entryId(book.bookId, sequence)
      yield ndjson([{ entry, path: path.map((hash) => hash.toString('hex')).join(' '), ofTransaction }])
    }
  }
}

async function* attachments(
  { sql }: Database,
  all: readonly Tied[],
  { attachments: hashes }: References,
): AsyncGenerator<Buffer> {
  const books = new Set(all.map(({ book }) => book.bookId))
  const rows = (await namedAttachments(sql, [...hashes])).filter(({ bookId }) => books.has(bookId))
  const first = rows.filter(({ sha256 }, index) => rows[index - 1]?.sha256 !== sha256)
  yield ndjson(first.map(({ sha256, name, mediaType, size }) => ({ sha256, name, mediaType, size: String(size) })))
}

async function totals(snapshot: Database, all: readonly Tied[], project: string): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = []
  for (const { book } of all) {
    if (book.chart.standard !== 'government') continue
    const accounts = await moneyAccountsIn(snapshot.sql, book, project)
    for (const source of new Set(accounts.map((account) => account.source))) {
      const own = accounts.filter((account) => account.source === source)
      rows.push(...totalOf(source, book, own))
    }
  }
  const place = ({ source, book }: Record<string, string>): string => `${source}|${book}`
  return rows.toSorted((a, b) => (place(a) < place(b) ? -1 : 1))
}

const issued: readonly string[] = [control.issued, control.usedDirect]

function totalOf(source: string, { code: book }: Book, accounts: readonly MoneyAccount[]): Record<string, string>[] {
  const parts = moneyParts(accounts)
  const of = (column: string): Fen =>
    sumFen(parts.filter((part) => part.column === column).map((part) => part.amountFen))
  const released = accounts.filter(({ subject }) => issued.includes(subject))
  const amounts = {
    allocated: of('assigned'),
    released: sumFen(released.map(({ debitFen, creditFen }) => debitFen - creditFen)),
    received: of('received'),
    paid: of('paid'),
  }
  if (Object.values(amounts).every((amountFen) => amountFen === 0n)) return []
  return [
    {
      source,
      book,
      ...Object.fromEntries(Object.entries(amounts).map(([name, amountFen]) => [name, formatFen(amountFen)])),
    },
  ]
}

// --- What the register knows ----------------------------------------------------------------------------------------

async function factsText(tools: Tools, actor: Actor, project: string, at: string): Promise<string> {
  const asOf = at === '' ? todayOf(tools) : day(at.split('T', 1)[0] ?? '')
  const { project: row, ...known } = await showProject({ ...tools, database: tools.snapshot }, actor, project, asOf)
  return JSON.stringify(plainOf({ ...row, asOf, ...known }))
}

/** Amounts and areas as text: `costFen` is told as `cost`, in yuan. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf)
  if (typeof value === 'bigint') return String(value)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) =>
      key.endsWith('Fen') && typeof one === 'bigint' ? [key.replace(/Fen$/, ''), formatFen(one)] : [key, plainOf(one)],
    ),
  )
}
