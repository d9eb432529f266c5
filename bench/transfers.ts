/**
 * The transfers every contender posts: one amount from one account to another. `even` draws both of 10,000 accounts,
 * `hot` has one account in every transfer. As entries of ours they carry what any entry carries: a summary, project and
 * source on each line; the hot account is a guarded one, paid from and into, so that the guard has its say.
 */
import type { Day } from '../src/base/calendar.ts'
import { formatFen } from '../src/base/money.ts'
import type { EntryDraft, LineDraft } from '../src/ledger/entry.ts'

export type Kind = 'hot' | 'even'
export type Transfer = { readonly from: number; readonly to: number; readonly fen: number }
export type Random = () => number

export const kinds: readonly Kind[] = ['hot', 'even']
export const accountCount = 10_000
/** The number of the hot account. */
export const hotAccount = 0
/** What `batch` means throughout. */
export const batchSize = 500

const subjects = ['121401', '121402', '121801', '121802', '161301', '161302', '161303', '161304'] as const
const hotSubject = '1011'
const summary = '拨付改造工程进度款'

/** mulberry32: a run draws the same transfers as the one before. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

/** A whole number from 1 to `most`. */
export const upTo = (random: Random, most: number): number => 1 + Math.floor(random() * most)

export function drawTransfer(random: Random, kind: Kind): Transfer {
  const one = upTo(random, accountCount)
  const fen = upTo(random, 10_000)
  if (kind === 'hot') return random() < 0.5 ? { from: one, to: hotAccount, fen } : { from: hotAccount, to: one, fen }
  const other = upTo(random, accountCount - 1)
  return { from: one, to: other < one ? other : other + 1, fen }
}

export const subjectOfAccount = (account: number): string =>
  account === hotAccount ? hotSubject : (subjects[account % subjects.length] ?? hotSubject)
export const projectOfAccount = (account: number): string => `P${10_000 + account}`
export const sourceOfAccounts = 'F21'

const lineOf = (account: number, side: 'debit' | 'credit', fen: number): LineDraft => ({
  account: subjectOfAccount(account),
  side,
  amountFen: BigInt(fen),
  project: projectOfAccount(account),
  source: sourceOfAccounts,
})

export function draftOf({ from, to, fen }: Transfer, on: Day): EntryDraft {
  return { on, summary, type: 'general', documents: [], lines: [lineOf(to, 'debit', fen), lineOf(from, 'credit', fen)] }
}

const lineText = (account: number, side: 'debit' | 'credit', amount: string): string =>
  `{"account":"${subjectOfAccount(account)}","${side}":"${amount}","project":"${projectOfAccount(account)}","source":"${sourceOfAccounts}"}`

/** The fields of an entry as JSON, without the braces. */
export function fieldsText({ from, to, fen }: Transfer, on: Day): string {
  const amount = formatFen(BigInt(fen))
  return `"on":"${on}","summary":"${summary}","lines":[${lineText(to, 'debit', amount)},${lineText(from, 'credit', amount)}]`
}

/** Moves every account once and funds the hot one: what comes after finds no new account. */
export function* openingTransfers(): Generator<Transfer> {
  yield { from: 1, to: hotAccount, fen: 900_000_000_000_000 }
  for (let account = 1; account <= accountCount; account += 2) yield { from: account, to: account + 1, fen: 100 }
}
