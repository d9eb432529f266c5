/**
 * Making a voucher, and what follows when others have checked and approved it: the entry is posted, or the entries are
 * taken back. Whatever the books would refuse is refused when the voucher is made, by posting it for trial in a
 * transaction that takes it off again: nobody signs what cannot be posted.
 */
import { type Actor } from '../../access/actor.ts'
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import { sha256Hex } from '../../base/digest.ts'
import { canonicalText, type Json } from '../../base/json.ts'
import { formatFen } from '../../base/money.ts'
import type { Act } from '../../ledger/act.ts'
import { redDraftOf, requireFreeForApproval, requireReversible, requireUnreversed } from '../../ledger/actions.ts'
import { entriesOfTransaction } from '../../ledger/transactions.ts'
import type { Book } from '../../ledger/book.ts'
import { type EntryDraft, type ExaminedLine, examine, generalType } from '../../ledger/entry.ts'
import { lineDraft, storedLineOf } from '../../ledger/forms.ts'
import { readEntry } from '../../ledger/journal.ts'
import { entryId, parseEntryId, type PostedEntry } from '../../ledger/leaf.ts'
import { bookFor, type Ledger, placeOf, sees } from '../../ledger/ledger.ts'
import { refuse as ledgerRefuse } from '../../ledger/refusals.ts'
import { type Ended, proposal, rehearse } from '../../noun/proposal.ts'
import { nothing, verb } from '../../noun/verb.ts'
import { refuse as projectRefuse } from '../../projects/refusals.ts'
import { refuse } from '../refusals.ts'
import { newVoucher, reversalContent, voucherContent, type VoucherGiven, type VoucherView, viewOf } from './forms.ts'
import { requireParallel } from './parallel.ts'
import { voucherLimits } from './limits.ts'
import { insertVoucher, lockVoucherOf, settleVoucher, unknownProjects } from './store.ts'
import { businessFormNamesZh, linesOf, templates } from './templates.ts'
import { amountOf, voucherNames } from './voucher.ts'
import { takenBack } from './undo.ts'

async function settle({ tx, approval }: Ended, entries: readonly PostedEntry[] | undefined): Promise<void> {
  const voucher = await lockVoucherOf(tx, approval.id)
  await settleVoucher(tx, {
    id: voucher.id,
    state: entries ? 'posted' : 'ended',
    entries: (entries ?? []).map(({ bookId, sequence }) => entryId(bookId, sequence)),
    version: voucher.version + 1,
  })
}

/** An approved voucher is an entry of its book. */
export const voucherProposal = proposal({
  kind: 'voucher',
  form: voucherContent,
  limits: async ({ book: code, on, type, lines }, { ledger, tx }) => {
    const book = await ledger.shelf.find(code)
    assert(book, `book ${code} was there when the voucher was made`)
    return voucherLimits(tx, book, { on, type, lines: lines.map(lineDraft) })
  },
  approved: async (running) => {
    const { tx, post, approval, content } = running
    const { book, on, summary, type, documents, lines } = content
    const voucher = await lockVoucherOf(tx, approval.id)
    const draft: EntryDraft = { on, summary, type, documents, lines: lines.map(lineDraft) }
    const entries = await post({
      ...(await approvedBy(tx, approval)),
      key: `voucher:${voucherNames.nameOf(voucher.id)}`,
      hand: 'voucher',
      entries: [{ book, draft }],
    })
    await settle(running, entries)
  },
  ended: (running) => settle(running, undefined),
})

/** An approved reversal takes back every entry that stands with the one it names, all or none. */
export const reversalProposal = proposal({
  kind: 'reversal',
  form: reversalContent,
  papers: ({ entries }) => Promise.resolve(entries.map(({ entry }) => ({ name: entry, href: `/v1/entries/${entry}` }))),
  approved: async (running) => {
    const { ledger, tx, post, approval, content } = running
    const voucher = await lockVoucherOf(tx, approval.id)
    const originals = await originalsOf(
      ledger,
      content.entries.map(({ entry }) => entry),
    )
    await takenBack(running, originals)
    const entries = await post({
      ...(await approvedBy(tx, approval)),
      key: `voucher:${voucherNames.nameOf(voucher.id)}`,
      entries: originals.map((original) => ({
        book: original.book,
        draft: redDraftOf(original, content),
        reverses: original.sequence,
      })),
    })
    await settle(running, entries)
  },
  ended: (running: Ended) => settle(running, undefined),
})

async function originalsOf(ledger: Ledger, ids: readonly string[]): Promise<PostedEntry[]> {
  const originals: PostedEntry[] = []
  for (const id of ids) {
    const place = parseEntryId(id)
    const book = place && (await ledger.shelf.findById(place.bookId))
    const entry = book && (await readEntry(ledger.database, book, place.sequence))
    if (!entry) throw ledgerRefuse('entry_not_found', { entry: id })
    originals.push(entry)
  }
  return originals
}

type Made = { voucher: VoucherView; approval: string; hash: string }

/** Makes a voucher: submitted at once for others to check. */
export const makeVoucher = verb({
  kind: 'voucher.make',
  right: 'entry.post',
  of: nothing,
  form: newVoucher,
  refuses: [
    'book_not_found',
    'entry_not_found',
    'approval_pending',
    'template_not_of_standard',
    'date_out_of_range',
    'entry_too_short',
    'account_unknown',
    'account_not_postable',
    'account_kept_by_action',
    'dimension_missing',
    'project_missing',
    'source_missing',
    'source_unknown',
    'item_unknown',
    'entry_unbalanced',
    'entry_moves_nothing',
    'source_not_eligible',
    'parallel_entry_missing',
    'project_unknown',
    'attachment_unknown',
    'period_closed',
    'entry_is_reversal',
    'entry_kept_by_year_end',
    'entry_kept_by_action',
    'entry_already_reversed',
    'reversal_before_entry',
    'take_over_indicator_moved',
    'balance_insufficient',
    'total_out_of_range',
  ],
  before: async (ledger, actor, { book, reverses }): Promise<Book> => {
    if (reverses !== undefined) return (await placeOf(ledger, actor, reverses, 'entry.reverse')).book
    return bookFor(ledger, actor, book ?? '', 'entry.post')
  },
  work: (doing, given) => (given.reverses === undefined ? post(doing, given) : reverse(doing, given)),
})

type Doing = Act & { readonly ledger: Ledger; readonly actor: Actor; readonly before: Book }

async function post(doing: Doing, given: VoucherGiven): Promise<Made> {
  const { tx, actor, at, before: book } = doing
  const draft = draftFor(given, book)
  const lines = examine(draft, book.chart, 'voucher')
  requireParallel(draft, book)
  await requireProjects(doing, draft)
  const content = {
    book: book.code,
    on: draft.on,
    summary: draft.summary,
    type: draft.type,
    documents: [...draft.documents],
    lines: storedLines(draft, lines),
  }
  const amountFen = amountOf(lines.map(({ line }) => line))
  const approval = await voucherProposal.submit(
    tx,
    actor,
    {
      subject: `voucher:${book.code}:${fingerprint(voucherContent.encode(content))}`,
      district: approvalDistrict(book.district, draft.on),
      amountFen,
      summary: `记账凭证 ${book.code} ${draft.on} ${draft.summary} ${formatFen(amountFen)} 元`,
      content,
    },
    at,
  )
  const made = { book, on: draft.on, summary: draft.summary, amountFen, approval: approval.id }
  return recorded(doing, { ...made, kind: 'entry' }, () => rehearse(doing, voucherProposal, approval), approval.hash)
}

async function reverse(doing: Doing, given: VoucherGiven): Promise<Made> {
  const { tx, actor, at, ledger, before: book } = doing
  const { on, reverses = '', reason = '' } = given
  const originals = await wholeOf(ledger, actor, reverses)
  for (const original of originals) {
    requireReversible(original)
    await requireFreeForApproval(tx, original)
    await requireUnreversed(ledger.database, original)
  }
  const entries = originals.map((original) => {
    const draft = redDraftOf(original, { on, reason })
    const examined = examine(draft, ledger.shelf.book(original.bookId).chart)
    const { bookId, sequence, hash } = original
    return {
      entry: entryId(bookId, sequence),
      book: original.book,
      hash: hash.toString('hex'),
      lines: examined.map(({ line }) => storedLineOf(line)),
      amountFen: amountOf(examined.map(({ line }) => line)),
    }
  })
  doing.passed()
  const [largest] = entries.map(({ amountFen }) => amountFen).sort((a, b) => (a < b ? 1 : -1))
  const transaction = originals[0]?.transaction
  const amountFen = largest ?? 0n
  const approval = await reversalProposal.submit(
    tx,
    actor,
    {
      subject: `reversal:${transaction ?? reverses}`,
      // What stands in books of several districts is the city's to decide.
      district: originals.some((one) => one.book !== book.code) ? undefined : approvalDistrict(book.district, on),
      amountFen,
      summary: `冲销 ${entries.map(({ entry }) => entry).join('、')} ${formatFen(amountFen)} 元：${reason}`,
      content: {
        reverses,
        on,
        reason,
        ...(transaction !== undefined && { transaction }),
        entries: entries.map(({ amountFen: _, ...entry }) => entry),
      },
      madeBy: originals.map(({ maker }) => maker),
    },
    at,
  )
  const made = { book, on, summary: reason, amountFen, approval: approval.id, reverses }
  return recorded(
    doing,
    { ...made, kind: 'reversal' },
    () => rehearse(doing, reversalProposal, approval),
    approval.hash,
  )
}

type Record = {
  readonly book: Book
  readonly kind: 'entry' | 'reversal'
  readonly on: EntryDraft['on']
  readonly summary: string
  readonly amountFen: bigint
  readonly approval: string
  readonly reverses?: string
}

async function recorded(
  { tx, actor }: Doing,
  { book, ...given }: Record,
  trial: () => Promise<void>,
  hash: string,
): Promise<Made> {
  const voucher = await insertVoucher(tx, {
    ...given,
    book: book.code,
    district: book.district,
    madeBy: actor.person,
  })
  await trial()
  return { voucher: viewOf(voucher), approval: given.approval, hash }
}

/** The entry and all that were posted with it; every book of them must be the actor's to see. */
async function wholeOf(ledger: Ledger, actor: Actor, id: string): Promise<PostedEntry[]> {
  const { book, sequence } = await placeOf(ledger, actor, id, 'entry.reverse')
  const original = await readEntry(ledger.database, book, sequence)
  if (!original) throw ledgerRefuse('entry_not_found', { entry: id })
  const { transaction } = original
  if (transaction === undefined || original.reverses !== undefined) return [original]
  const all = await entriesOfTransaction(ledger, transaction)
  if (!all.every(({ bookId }) => sees(actor, ledger.shelf.book(bookId)))) {
    throw ledgerRefuse('transaction_not_found', { transaction })
  }
  return all
}

function draftFor({ on, summary = '', type, documents = [], lines, forms = [] }: VoucherGiven, book: Book): EntryDraft {
  const [first] = forms
  if (first && book.chart.standard !== 'government') {
    const standard = { zh: book.chart.title, en: book.chart.standard }
    throw refuse('template_not_of_standard', { template: first.template, book: book.code, standard })
  }
  const given = lines?.map(lineDraft) ?? forms.flatMap((form) => linesOf(form, book))
  const named = type ?? (first ? businessFormNamesZh[templates[first.template].form] : generalType)
  return { on, summary, type: named, documents, lines: given }
}

async function requireProjects({ tx }: Act, { lines }: EntryDraft): Promise<void> {
  const codes = [...new Set(lines.flatMap(({ project }) => project ?? []))]
  const [unknown] = await unknownProjects(tx, codes)
  if (unknown === undefined) return
  throw projectRefuse('project_unknown', { project: unknown })
}

// Amounts as they were given: a red voucher says its amounts without their sign, as its draft does.
const storedLines = ({ lines }: EntryDraft, examined: readonly ExaminedLine[]) =>
  lines.map((line, index) => storedLineOf({ ...line, basis: examined[index]?.line.basis ?? 'financial' }))

// Two that say the same wait once: the second is pending already.
const fingerprint = (content: Json): string => sha256Hex(canonicalText(content)).slice(0, 16)
