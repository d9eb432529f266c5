/**
 * Plays a scenario on a real ledger and holds the books to what the text says: a refusal that must come and no other, a
 * balance, a whole trial balance (accounts it does not name stand at zero), or zero for every account, project and
 * source that was ever posted to.
 */
import { expect } from 'vitest'
import { formatFen } from '../../src/base/money.ts'
import { type Moment, readBalance } from '../../src/ledger/balance.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import type { Book } from '../../src/ledger/book.ts'
import type { Side } from '../../src/ledger/chart.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { type People, Player } from '../../src/sample/play.ts'
import { type Check, type Expected, isCheck, type MomentText, type Scenario } from '../../src/sample/scenario.ts'
import { outcomeOf } from '../support/ledger.ts'

export const people: People = {
  maker: { person: 'zhang', role: 'finance_maker' },
  checker: { person: 'li', role: 'finance_checker' },
  approver: { person: 'wang', role: 'finance_approver' },
}

/** Plays every step; what differs from the text is reported with the line it stands on. */
export async function playScenario(ledger: Ledger, scenario: Scenario, file: string): Promise<Player> {
  const player = new Player(ledger, people, file)
  for (const step of scenario.steps) {
    const where = `${file}:${step.at} ${step.text}`
    const { does } = step
    if (isCheck(does)) await hold(player, does, where)
    else expect(await outcomeOf(() => player.play(step, does)), where).toBe(step.refused ?? 'done')
  }
  return player
}

async function hold(player: Player, check: Check, where: string): Promise<void> {
  const book = await player.ledger.shelf.find(player.book)
  if (!book) throw new Error(`${where}: no book`)
  if (check.kind === 'balance') return holdBalance(player, book, check, where)
  if (check.kind === 'trial') return holdTrial(player, book, check, where)
  return holdZero(player, book, check.basis, where)
}

async function holdBalance(player: Player, book: Book, check: Check & { kind: 'balance' }, where: string) {
  const { account, project, source } = check
  const balance = await readBalance(player.ledger.database, book, {
    account,
    project,
    source,
    ...momentOf(player, check),
  })
  expect(shown(balance.side, balance.balanceFen), where).toBe(wanted(check))
}

async function holdTrial(player: Player, book: Book, check: Check & { kind: 'trial' }, where: string) {
  const { rows, totals } = await readTrialBalance(player.ledger.database, book, {
    basis: check.basis,
    ...momentOf(player, check),
  })
  const standing = rows.filter(({ balanceFen }) => balanceFen !== 0n)
  const actual = standing.map(({ account, side, balanceFen }) => `${account} ${shown(side, balanceFen)}`)
  expect(actual.sort(), where).toEqual(check.rows.map((row) => `${row.account} ${wanted(row)}`).sort())
  for (const total of totals) {
    expect(total.debitFen, where).toBe(total.creditFen)
    expect(total.debitBalanceFen, where).toBe(total.creditBalanceFen)
  }
}

async function holdZero({ ledger, posted }: Player, book: Book, basis: string | undefined, where: string) {
  const seen = new Map<string, { account: string; project?: string | undefined; source?: string | undefined }>()
  for (const entry of posted.filter(({ bookId }) => bookId === book.bookId)) {
    for (const { account, project, source, basis: of } of entry.lines) {
      if (basis === undefined || of === basis) seen.set(`${account} ${project} ${source}`, { account, project, source })
    }
  }
  expect(seen.size, where).toBeGreaterThan(0)
  for (const [name, filter] of seen) {
    const { side, balanceFen } = await readBalance(ledger.database, book, filter)
    expect(shown(side, balanceFen), `${where}: ${name}`).toBe('0.00')
  }
}

function momentOf(player: Player, { asOf, knownAt }: MomentText): Moment {
  return { asOf, knownAt: knownAt === undefined ? undefined : player.labelled(knownAt).recordedAt }
}

const shown = (side: Side, amountFen: bigint): string =>
  amountFen === 0n ? '0.00' : `${side === 'debit' ? 'Dr' : 'Cr'} ${formatFen(amountFen)}`

const wanted = ({ side, amountFen }: Expected): string => shown(side ?? 'debit', amountFen)
