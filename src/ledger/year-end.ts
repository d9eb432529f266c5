/**
 * Year-end carry-over (年终结转): preview, then commit under the preview's hash. The plan is computed from the balances of
 * 31 December, one project and source at a time, so that every source closes by itself. Commit first records the plan
 * and closes the year in one transaction; the entries are then posted under keys made from the plan, so a commit that
 * was killed goes on where it stopped. After a reopening the plan simply carries what has been booked since.
 */
import { createHash } from 'node:crypto'
import type { Actor } from '../access/actor.ts'
import { type Day, day, type Month, monthOf } from '../base/calendar.ts'
import { transact, type Tx } from '../base/db.ts'
import { formatFen, parseAmount } from '../base/money.ts'
import { assert } from '../base/assert.ts'
import { Refusal } from '../base/refusal.ts'
import { type ActHead, actsWithin, lockForAct, type RecordedAct, recordAct, type StoredDraft } from './period-acts.ts'
import type { Book } from './book.ts'
import { type Chart, type Dimension, dimensions, type Side } from './chart.ts'
import { type CarryRule, carryRulesOf } from './carry-rules.ts'
import { carryOverType, type EntryDraft, examine, type LineDraft, linesMax } from './entry.ts'
import { bookFor, type Ledger } from './ledger.ts'
import { hashOfKey, hashOfRequest, type PostedEntry } from './post.ts'
import { readEntry } from './journal.ts'
import { refuse } from './refusals.ts'

export type CarryOverPlan = { readonly year: number; readonly hash: string; readonly entries: readonly EntryDraft[] }

/** What carrying the year over would post. Refuses `year_not_carried` where the book's standard has no rules. */
export async function previewCarryOver(
  ledger: Ledger,
  actor: Actor,
  code: string,
  year: number,
): Promise<CarryOverPlan> {
  const book = await bookFor(ledger, actor, code, 'year.carry_over')
  return transact(ledger.database, async (tx) => {
    await lockForAct(tx, book)
    return planWithin(tx, book, year)
  })
}

/**
 * Posts the plan the hash names and closes the year. Refuses `preview_stale` where the plan is no longer that one,
 * `year_already_carried`. A commit begun and not finished is finished by committing again with its hash.
 */
export async function commitCarryOver(
  ledger: Ledger,
  actor: Actor,
  code: string,
  year: number,
  hash: string,
): Promise<{ entries: PostedEntry[] }> {
  const book = await bookFor(ledger, actor, code, 'year.carry_over')
  const begun = await transact(ledger.database, (tx) => begin(tx, ledger, book, actor, year, hash))
  // All at once: the group posts them in this order, many to a transaction.
  const entries = await Promise.all(
    begun.entries.map((stored, index) => postPlanned(ledger, book, begun, draftOf(stored), index)),
  )
  await transact(ledger.database, (tx) => finish(tx, ledger, book, begun))
  return { entries }
}

type Begun = Extract<RecordedAct, { kind: 'carry_over_begun' }>

async function begin(tx: Tx, ledger: Ledger, book: Book, actor: Actor, year: number, hash: string): Promise<Begun> {
  const head = await lockForAct(tx, book)
  const pending = pendingOf(await actsWithin(tx, book))
  if (pending) {
    if (pending.plan === hash && pending.year === String(year)) return pending
    throw refuse('carry_over_pending', { book: book.code, year: Number(pending.year), hash: pending.plan })
  }
  if (isClosed(head, year)) {
    const acts = await actsWithin(tx, book)
    if (acts.some((act) => act.kind === 'carried_over' && act.year === String(year))) {
      throw refuse('year_already_carried', { book: book.code, year })
    }
  }
  const plan = await planWithin(tx, book, year)
  if (plan.hash !== hash) throw refuse('preview_stale', { book: book.code, year, hash })
  const act = {
    kind: 'carry_over_begun',
    year: String(year),
    plan: hash,
    entries: plan.entries.map(stored),
    person: actor.person,
  } as const
  return (await recordAct(tx, book, head, act, ledger.clock(), laterOf(head, `${year}-12` as Month))) as Begun
}

async function finish(tx: Tx, ledger: Ledger, book: Book, { act, year, plan, person }: Begun): Promise<void> {
  const head = await lockForAct(tx, book)
  // Somebody else may have finished it, and begun another.
  if (pendingOf(await actsWithin(tx, book))?.act !== act) return
  await recordAct(tx, book, head, { kind: 'carried_over', year, plan, person }, ledger.clock(), head.closed_through)
}

// Entries of a plan may be posted into the year they close: the act that closed it is their warrant. What was refused
// in an earlier commit (money spent in the new year that the carry-over takes away) stays pinned to its key, so a later
// commit asks under a new one.
async function postPlanned(
  ledger: Ledger,
  book: Book,
  begun: Begun,
  draft: EntryDraft,
  index: number,
  attempt = 1,
): Promise<PostedEntry> {
  const key = `carry-over ${begun.year} ${begun.plan} ${begun.act} ${index + 1}${attempt > 1 ? ` ${attempt}` : ''}`
  const [outcome] = await ledger.group.post({
    atomic: false,
    parts: [
      {
        scope: book.bookId,
        key,
        keyHash: hashOfKey(begun.person, key),
        requestHash: hashOfRequest('carry-over', begun.plan, String(index)),
        isTransaction: false,
        postings: [
          {
            bookId: book.bookId,
            draft,
            maker: begun.person,
            approvals: [],
            lines: examine(draft, book.chart),
            intoClosedMonth: true,
          },
        ],
      },
    ],
  })
  if (outcome?.kind === 'refused' && outcome.replayed) {
    return postPlanned(ledger, book, begun, draft, index, attempt + 1)
  }
  if (outcome?.kind === 'refused') throw new Refusal(outcome.refusal)
  if (outcome?.kind === 'posted' && outcome.entries[0]) return outcome.entries[0]
  const entry = outcome?.kind === 'recalled' && (await readEntry(ledger.database, book, outcome.sequence ?? 0))
  assert(entry, 'a planned entry is posted or recalled')
  return entry
}

const pendingOf = (acts: readonly RecordedAct[]): Begun | undefined => {
  const last = acts.findLast((act) => act.kind === 'carry_over_begun' || act.kind === 'carried_over')
  return last?.kind === 'carry_over_begun' ? last : undefined
}

const isClosed = ({ closed_through }: ActHead, year: number): boolean =>
  closed_through !== null && closed_through >= `${year}-12`

const laterOf = ({ closed_through }: ActHead, month: Month): Month =>
  closed_through !== null && closed_through > month ? closed_through : month

type AccountBalance = { subject: string; net_fen: bigint } & { [D in Dimension]: string | null }

/** The plan for a year, from the balances of its last day, under the head's lock. */
async function planWithin(tx: Tx, book: Book, year: number): Promise<CarryOverPlan> {
  const rules = carryRulesOf(book.chart.standard)
  if (rules.length === 0) throw refuse('year_not_carried', { book: book.code, year, standard: book.chart.standard })
  const on = day(`${year}-12-31`)
  const balances = await tx.query<AccountBalance>(
    `select a.subject, ${dimensions.map((d) => `a.${d}`).join(', ')}, c.debit_fen - c.credit_fen as net_fen
     from account a cross join lateral balance_on(a.book_id, a.account, $2) c
     where a.book_id = $1 and c.debit_fen <> c.credit_fen order by a.project, a.source, a.subject, a.account`,
    [book.bookId, on],
  )
  const entries = [...groups(balances).values()].flatMap((group) => entriesOf(group, rules, on, book.chart))
  const hash = createHash('sha256')
    .update(JSON.stringify([book.code, year, entries.map(stored)]))
    .digest('hex')
  return { year, hash, entries }
}

function groups(balances: readonly AccountBalance[]): Map<string, AccountBalance[]> {
  const map = new Map<string, AccountBalance[]>()
  for (const balance of balances) {
    const key = `${balance.project}|${balance.source}`
    map.set(key, [...(map.get(key) ?? []), balance])
  }
  return map
}

// The rules run in their order over one project and source; each sees what those before it moved.
function entriesOf(group: readonly AccountBalance[], rules: readonly CarryRule[], on: Day, chart: Chart): EntryDraft[] {
  const balances = new Balances(group, chart)
  return rules.flatMap((rule) => {
    const [first] = group
    if (!first || (rule.when && !rule.when(first))) return []
    const lines = [...movedLines(rule, balances), ...pairedLines(rule, balances)]
    const summary = `${on.slice(0, 4)}年度：${rule.summary}`
    return inEntries(lines).map((some) => ({ on, summary, type: carryOverType, documents: [], lines: some }))
  })
}

// Lines come in pairs that balance, so that any even number of them is an entry.
function inEntries(lines: readonly LineDraft[]): LineDraft[][] {
  const most = linesMax - (linesMax % 2)
  return Array.from({ length: Math.ceil(lines.length / most) }, (_, i) => lines.slice(i * most, (i + 1) * most))
}

function movedLines({ moves = [] }: CarryRule, balances: Balances): LineDraft[] {
  return moves.flatMap(({ from, to }) =>
    balances.of(from).flatMap((balance) => balances.move(balance, to, balance.net_fen)),
  )
}

function pairedLines({ pairs }: CarryRule, balances: Balances): LineDraft[] {
  if (!pairs) return []
  return balances.of([pairs.of]).flatMap((measured) => {
    const amountFen = measured.net_fen
    if (amountFen <= 0n) return []
    return pairs.post.flatMap(([debit, credit]) => balances.move(balances.at(credit, measured), debit, amountFen))
  })
}

/** The balances of one project and source while the rules run over them. */
class Balances {
  readonly #byKey = new Map<string, AccountBalance>()
  readonly #chart: Chart

  constructor(group: readonly AccountBalance[], chart: Chart) {
    this.#chart = chart
    for (const balance of group) this.#byKey.set(keyOf(balance), { ...balance })
  }

  of(prefixes: readonly string[]): AccountBalance[] {
    return [...this.#byKey.values()].filter(
      ({ subject, net_fen }) => net_fen !== 0n && prefixes.some((prefix) => subject.startsWith(prefix)),
    )
  }

  /** The account of a subject with the dimensions of another, as far as the subject is kept by them. */
  at(subject: string, like: AccountBalance): AccountBalance {
    const keptBy = this.#chart.subjects.get(subject)?.keptBy ?? []
    const kept = Object.fromEntries(dimensions.map((d) => [d, keptBy.includes(d) ? like[d] : null])) as {
      [D in Dimension]: string | null
    }
    const wanted: AccountBalance = { ...kept, subject, net_fen: 0n }
    const found = this.#byKey.get(keyOf(wanted)) ?? wanted
    this.#byKey.set(keyOf(found), found)
    return found
  }

  /** Moves a net debit (or, negative, credit) amount from an account to a subject beside it; gives the two lines. */
  move(from: AccountBalance, to: string, netFen: bigint): LineDraft[] {
    const target = this.at(to, from)
    from.net_fen -= netFen
    target.net_fen += netFen
    const amountFen = netFen < 0n ? -netFen : netFen
    const [off, onto]: [Side, Side] = netFen > 0n ? ['credit', 'debit'] : ['debit', 'credit']
    return [lineFor(from, off, amountFen), lineFor(target, onto, amountFen)]
  }
}

const keyOf = (balance: AccountBalance): string =>
  [balance.subject, ...dimensions.map((d) => balance[d] ?? '')].join('|')

function lineFor(balance: AccountBalance, side: Side, amountFen: bigint): LineDraft {
  const given: { [D in Dimension]?: string } = {}
  for (const dimension of dimensions) {
    const value = balance[dimension]
    if (value !== null) given[dimension] = value
  }
  return { account: balance.subject, side, amountFen, ...given }
}

function stored({ lines, ...draft }: EntryDraft): StoredDraft {
  return { ...draft, lines: lines.map(({ amountFen, ...line }) => ({ ...line, amount: formatFen(amountFen) })) }
}

function draftOf({ lines, ...draft }: StoredDraft): EntryDraft {
  assert(monthOf(draft.on).endsWith('-12'), 'a plan is dated in December')
  return {
    ...draft,
    lines: lines.map(({ amount, ...line }) => {
      const amountFen = parseAmount(amount ?? '')
      assert(amountFen !== undefined, 'a stored amount')
      return { ...line, amountFen } as LineDraft
    }),
  }
}
