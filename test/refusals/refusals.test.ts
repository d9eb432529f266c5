/**
 * Every way the ledger says no has a reproducer here: a text that accountants can read, or, where a text cannot say it,
 * a test below.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { day, type Month } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { linesMax } from '../../src/ledger/entry.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { readAttachment, uploadAttachment } from '../../src/ledger/attachments.ts'
import { lockForAct, recordAct } from '../../src/ledger/period-acts.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { ledgerRefusals } from '../../src/ledger/refusals.ts'
import { readScenario } from '../../src/sample/scenario.ts'
import { playScenario } from '../scenarios/scenario.ts'
import { useDatabase } from '../support/database.ts'
import { carry, checker, draft, line, maker, newBook, post, posted, quota, refused } from '../support/ledger.ts'

const folder = new URL('./', import.meta.url)
const texts = readdirSync(folder).filter((file) => file.endsWith('.txt'))
const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

/** What a text cannot say, and the test that shows it. */
const elsewhere: Readonly<Record<string, string>> = {
  entry_too_long: 'test/refusals/refusals.test.ts',
  carry_over_pending: 'test/refusals/refusals.test.ts',
  entry_kept_by_approval: 'test/ledger/reversal.test.ts',
  entry_kept_by_action: 'test/ledger/reversal.test.ts',
  transaction_not_found: 'test/ledger/reversal.test.ts',
  attachment_not_found: 'test/refusals/refusals.test.ts',
  checkpoint_not_found: 'test/ledger/proof.test.ts',
  cosignature_invalid: 'test/ledger/proof.test.ts',
  signing_key_other: 'test/process/history.test.ts',
  head_contradicts_signed: 'test/process/history.test.ts',
}

describe('every refusal of the ledger', () => {
  it('has a reproducer', () => {
    const reproduced = [...texts.map((file) => file.replace('.txt', '')), ...Object.keys(elsewhere)]
    expect(reproduced.sort()).toEqual(Object.keys(ledgerRefusals).sort())
  })

  it.each(Object.entries(elsewhere))('%s is shown by %s', (code, file) => {
    const root = new URL('../../', import.meta.url)
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(code)
  })

  for (const file of texts) {
    const code = file.replace('.txt', '')
    const scenario = readScenario(readFileSync(new URL(file, folder), 'utf8'), file)
    it(scenario.title, async () => {
      expect(scenario.steps.flatMap((step) => codesIn(step))).toContain(code)
      await playScenario(ledger, scenario, file)
    })
  }

  it('entry_too_long: more lines than an entry takes', async () => {
    const book = await newBook(ledger)
    const pair = [line('5001', 'debit', '1.00'), line('230299', 'credit', '1.00')]
    const lines = Array.from({ length: linesMax / 2 }, () => pair).flat()
    posted(await post(ledger, book, draft('2026-03-01', lines)))
    await expect(post(ledger, book, draft('2026-03-01', [...lines, ...pair]))).rejects.toMatchObject({
      code: 'entry_too_long',
    })
  })

  it('attachment_not_found: an original nobody uploaded, and one of another book', async () => {
    const [book, other] = [await newBook(ledger), await newBook(ledger)]
    const given = { name: '发票.pdf', mediaType: 'application/pdf', content: Buffer.from('原件') }
    const { attachment } = await uploadAttachment(ledger, maker, other.code, given)
    const { sha256 } = attachment
    await expect(readAttachment(ledger, maker, book.code, sha256)).rejects.toMatchObject({
      code: 'attachment_not_found',
    })
    // Refused entries may be sent again once the original is there.
    const entry = draft('2026-03-01', quota('1.00').lines, { documents: [{ sha256 }] })
    expect(refused(await post(ledger, book, entry, 'with original'))).toBe('attachment_unknown')
    await uploadAttachment(ledger, maker, book.code, given)
    expect(posted(await post(ledger, book, entry, 'with original')).documents).toEqual([{ sha256 }])
  })

  it('carry_over_pending: a year that an earlier program left half done', async () => {
    const book = await newBook(ledger)
    posted(await post(ledger, book, quota('1.00', '2025-03-01')))
    const year = { kind: 'carry_over_begun', year: '2025', plan: 'ab'.repeat(32), entries: [], person: 'li' } as const
    // As a program did that posted entry by entry, and died between.
    await transact(ledger.database, async (tx) => {
      await recordAct(tx, book, await lockForAct(tx, book), year, ledger.clock(), '2025-12' as Month)
    })
    await expect(carry(ledger, book, 2025)).rejects.toMatchObject({ code: 'carry_over_pending' })
  })
})

function codesIn(step: { refused?: string; does: object }): string[] {
  const { entries = [] } = step.does as { entries?: readonly { refused?: string }[] }
  return [step, ...entries].flatMap(({ refused: code }) => code ?? [])
}

// An entry with two faults is refused by the one that stands first in the catalogue.
describe('of two faults the first in the catalogue answers', () => {
  const good = { account: '161301', other: '230201', amount: '1.00', otherAmount: '1.00', on: '2026-02-10' }
  type Entry = typeof good & { project?: string; source?: string; item?: string; lines?: number }
  const faults: Readonly<Record<string, Partial<Entry>>> = {
    date_out_of_range: { on: '1999-01-10' },
    entry_too_short: { lines: 1 },
    amount_not_positive: { amount: '0.00' },
    account_unknown: { account: '9999' },
    account_not_postable: { account: '1613' },
    project_missing: { project: '' },
    source_missing: { source: '' },
    source_unknown: { source: 'F01' },
    item_unknown: { item: 'X01' },
    source_not_eligible: { source: 'F62', item: 'B03' },
    entry_unbalanced: { otherAmount: '2.00' },
    period_closed: { on: '2026-01-10' },
    balance_insufficient: { account: '161301', other: '1011' },
  }
  const order = Object.keys(ledgerRefusals)
  const codes = Object.keys(faults)
  const pairs = codes
    .flatMap((one) => codes.map((other) => [one, other] as const))
    .filter(([one, other]) => {
      const shared = Object.keys(faults[one] ?? {}).some((key) => key in (faults[other] ?? {}))
      return order.indexOf(one) < order.indexOf(other) && !shared
    })

  it.each(pairs)('%s before %s', async (first, second) => {
    const book = await newBook(ledger)
    await closePeriod(ledger, checker, book.code, '2026-01' as Month)
    expect(await codeOf(book.code, { ...good, ...faults[second], ...faults[first] })).toBe(first)
    expect(await codeOf(book.code, { ...good, ...faults[second] })).toBe(second)
  })

  // The order is that of the catalogue, not that of the lines: a later line's graver fault answers.
  const ofLines = ['amount_not_positive', 'account_unknown', 'project_missing', 'source_unknown', 'item_unknown']
  const linePairs = ofLines.flatMap((one, index) => ofLines.slice(index + 1).map((other) => [one, other] as const))
  it.each(linePairs)('%s on the second line before %s on the first', async (first, second) => {
    const book = await newBook(ledger)
    const { amount = '1.00', account = '5001', project, source, item } = faults[second] ?? {}
    const grave = faults[first] ?? {}
    const { project: _, ...rest } = line(account, 'debit', amount, { ...(source && { source }), ...(item && { item }) })
    const { project: __, ...other } = line(grave.account ?? '4609', 'credit', grave.amount ?? '1.00', {
      ...(grave.source && { source: grave.source }),
    })
    const lines = [
      project === '' ? rest : { ...rest, project: 'P1' },
      grave.project === '' ? other : { ...other, project: 'P1' },
    ]
    await expect(post(ledger, book, draft('2026-02-10', lines))).rejects.toMatchObject({ code: first })
  })

  async function codeOf(code: string, { project = 'P1', source = 'F21', item, lines = 2, ...given }: Entry) {
    const book = await ledger.shelf.find(code)
    if (!book) throw new Error(`no book ${code}`)
    const side = (account: string, of: 'debit' | 'credit', amount: string, more: { item?: string } = {}) => {
      const { project: _, source: __, ...rest } = line(account, of, amount, more)
      return { ...rest, ...(project && { project }), ...(source && { source }) }
    }
    const both = [
      side(given.account, 'debit', given.amount, item === undefined ? {} : { item }),
      side(given.other, 'credit', given.otherAmount),
    ]
    const entry = draft('2026-02-10', both.slice(0, lines))
    try {
      return refused(await post(ledger, book, { ...entry, on: day(given.on) }))
    } catch (error) {
      return (error as { code?: string }).code ?? String(error)
    }
  }
})
