/**
 * What a voucher is held to, as whoever checks it is shown it: what accounts that may not go below zero hold on its
 * day, beside what it takes of them, and which sources the works it names may be paid from.
 */
import type { Tx } from '../../base/db.ts'
import { groupBy } from '../../base/arrays.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { readHeldFen } from '../../ledger/balance.ts'
import type { Book } from '../../ledger/book.ts'
import { debitFen, type EntryDraft, redType } from '../../ledger/entry.ts'
import { bound, figure, type Limit, limitBy } from '../../noun/limit.ts'
import { itemOf } from '../../policy/catalogue.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { lawOn } from '../../policy/parameters.ts'

type Moved = Pick<EntryDraft, 'on' | 'type' | 'lines'>

/** What is booked of money is what there is (会计法 第十七条): no account of it goes below zero. */
const notBelowZero = clauseText(clause('accounting-law', '第十七条'))

export const voucherLimits = async (tx: Tx, book: Book, moved: Moved): Promise<Limit[]> => [
  ...(await heldLimits(tx, book, moved)),
  ...eligibilityLimits(moved),
]

/** By account, project and source: what is taken of those that are guarded. */
async function heldLimits(tx: Tx, { code, chart }: Book, { on, type, lines }: Moved): Promise<Limit[]> {
  const limits: Limit[] = []
  for (const of of groupBy(lines, ({ account, project, source }) => `${account}|${project}|${source}`).values()) {
    const [{ account, project = '', source = '' } = { account: '' }] = of
    const subject = chart.subjects.get(account)
    if (!subject?.guarded) continue
    const signed = (fen: Fen): Fen => (subject.side === 'debit' ? fen : -fen)
    const movedFen = signed(sumFen(of.map(debitFen)))
    // A red voucher takes what its lines would bring.
    const takenFen = type === redType ? movedFen : -movedFen
    if (takenFen <= 0n) continue
    const heldFen = signed(await readHeldFen(tx, { book: code, accounts: [account], project, source, on }))
    const measured = figure(`${account} ${subject.name} ${project} ${source} ${formatFen(takenFen)}`)
    limits.push(bound('account_held', heldFen, { from: on, clause: notBelowZero, measured }))
  }
  return limits
}

function eligibilityLimits({ on, lines }: Moved): Limit[] {
  const law = lawOn(on)
  return lines.flatMap(({ item, source, amountFen }) => {
    const itemClass = item === undefined ? undefined : itemOf(item, law)?.class
    if (itemClass === undefined || source === undefined) return []
    return [limitBy(law, `eligibility_${itemClass}`, figure(`${item} ${source} ${formatFen(amountFen)}`))]
  })
}
