/** What the books say: a balance, a trial balance, the lines of an account. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { readBalance, readStatement, type StatementItem } from '../../ledger/balance.ts'
import { readTrialBalance, type TrialRow, type TrialTotal, type Turnover } from '../../ledger/trial-balance.ts'
import { bases } from '../../ledger/chart.ts'
import { firstBookDay, lastBookDay } from '../../ledger/entry.ts'
import { entryId } from '../../ledger/leaf.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { about, accountPrefix, amountOut, cursor, day, identifier, inBook, instant, limit } from '../../form/field.ts'
import { basis } from './entry-forms.ts'
import { requireOrder } from '../problem.ts'
import { always, reply, type Route, route } from '../route.ts'
import { balanceShape, balanceView, nextView, presentBalance } from '../views.ts'

const moment = {
  asOf: z.exactOptional(day.meta(about('截至的业务日期（含当日）', 'by business date, up to and including this day'))),
  knownAt: z.exactOptional(
    instant.meta(about('截至的记账时刻（含）', 'by what was recorded up to and including this instant')),
  ),
}

const balance = route({
  method: 'GET',
  path: '/v1/books/{book}/balances',
  id: 'readBalance',
  tag: 'balances',
  summary: { zh: '余额：现在、截至某日、按某时刻所知', en: 'A balance: now, as of a day, as known at an instant' },
  description: {
    zh: '科目代码的开头汇总其下级科目。asOf 按业务日期，knownAt 按记账时刻，可同时给出。',
    en: 'The beginning of a code sums its children. asOf is by business date, knownAt by recording; both may be given.',
  },
  right: 'book.read',
  standby: always,
  params: inBook,
  query: z.strictObject({
    account: z.exactOptional(accountPrefix),
    project: z.exactOptional(identifier('项目', 'project')),
    source: z.exactOptional(identifier('资金来源', 'fund source')),
    ...moment,
  }),
  answers: { 200: { about: { zh: '余额', en: 'The balance' }, schema: balanceView } },
  refuses: ['book_not_found', 'account_unknown'],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    return reply(200, presentBalance(await readBalance(service.ledger.database, book, query)))
  },
})

const sidesShape = { debit: amountOut('借方', 'debit'), credit: amountOut('贷方', 'credit') }
const trialRow = z
  .strictObject({
    account: z.string(),
    name: z.string(),
    basis: z.enum(bases),
    ...balanceShape,
    opening: z.exactOptional(
      z
        .strictObject({ balance: balanceShape.balance, side: balanceShape.side })
        .meta(about('期初余额；给出 from 时', 'balance before from, where that is given')),
    ),
    turnover: z.exactOptional(
      z.strictObject(sidesShape).meta(about('本期发生额；给出 from 时', 'what moved since from, where that is given')),
    ),
  })
  .meta({ id: 'TrialBalanceRow' })
const trialTotal = z
  .strictObject({
    basis: z.enum(bases),
    debit: amountOut('借方发生额合计', 'sum of debits'),
    credit: amountOut('贷方发生额合计', 'sum of credits'),
    debitBalance: amountOut('借方余额合计', 'sum of debit balances'),
    creditBalance: amountOut('贷方余额合计', 'sum of credit balances'),
    opening: z.exactOptional(z.strictObject(sidesShape).meta(about('期初余额合计', 'sums of the opening balances'))),
    turnover: z.exactOptional(z.strictObject(sidesShape).meta(about('本期发生额合计', 'sums of the period'))),
  })
  .meta({ id: 'TrialBalanceTotal' })
const trialView = z
  .strictObject({ rows: z.array(trialRow), totals: z.array(trialTotal) })
  .meta({ id: 'TrialBalance', ...about('科目余额表', 'trial balance') })

const presentRow = ({ account, name, basis, opening, turnover, ...balance }: TrialRow): z.infer<typeof trialRow> => ({
  account,
  name,
  basis,
  ...presentBalance(balance),
  ...(opening && { opening: { balance: formatFen(opening.balanceFen), side: opening.side } }),
  ...(turnover && { turnover: presentSides(turnover) }),
})

const presentSides = ({ debitFen, creditFen }: Turnover) => ({
  debit: formatFen(debitFen),
  credit: formatFen(creditFen),
})

const presentTotal = (total: TrialTotal): z.infer<typeof trialTotal> => ({
  basis: total.basis,
  debit: formatFen(total.debitFen),
  credit: formatFen(total.creditFen),
  debitBalance: formatFen(total.debitBalanceFen),
  creditBalance: formatFen(total.creditBalanceFen),
  ...(total.opening && { opening: presentSides(total.opening) }),
  ...(total.turnover && { turnover: presentSides(total.turnover) }),
})

const trialBalance = route({
  method: 'GET',
  path: '/v1/books/{book}/trial-balance',
  id: 'readTrialBalance',
  tag: 'balances',
  summary: { zh: '科目余额表', en: 'Trial balance' },
  right: 'book.read',
  standby: always,
  params: inBook,
  query: z.strictObject({
    ...moment,
    from: z.exactOptional(
      day.meta(about('本期首日：另给期初余额与本期发生额', 'first day of the period: adds opening and turnover')),
    ),
    basis: z.exactOptional(basis),
  }),
  answers: {
    200: { about: { zh: '各科目及每套核算基础的合计', en: 'Every account, and totals by basis' }, schema: trialView },
  },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    requireOrder(query.from, query.asOf)
    const { rows, totals } = await readTrialBalance(service.ledger.database, book, query)
    return reply(200, { rows: rows.map(presentRow), totals: totals.map(presentTotal) })
  },
})

const statementItem = z
  .strictObject({
    entry: z.string(),
    number: z.int(),
    line: z.int(),
    on: z.string(),
    recordedAt: z.string(),
    summary: z.string(),
    account: z.string(),
    project: z.string(),
    source: z.string(),
    memo: z.exactOptional(z.string()),
    ...balanceShape,
  })
  .meta({ id: 'StatementItem', ...about('明细行及其后的余额', 'a line with the balance after it') })

const statementView = z
  .strictObject({ opening: balanceView, closing: balanceView, items: z.array(statementItem), next: nextView })
  .meta({ id: 'Statement', ...about('明细账', 'statement of an account') })

const placeForm = z.strictObject({ on: day, sequence: z.int().min(1), line: z.int().min(1) })

const statement = route({
  method: 'GET',
  path: '/v1/books/{book}/statement',
  id: 'readStatement',
  tag: 'balances',
  summary: { zh: '明细账', en: 'Statement of an account' },
  right: 'book.read',
  standby: always,
  params: inBook,
  query: z.strictObject({
    account: accountPrefix,
    project: z.exactOptional(identifier('项目', 'project')),
    source: z.exactOptional(identifier('资金来源', 'fund source')),
    from: z.exactOptional(day.meta(about('自何日起，缺省为最早', 'from the first day by default'))),
    to: z.exactOptional(day.meta(about('至何日止，缺省为最后', 'to the last day by default'))),
    knownAt: moment.knownAt,
    limit,
    cursor,
  }),
  answers: {
    200: { about: { zh: '期初、期末与一页明细', en: 'Opening, closing and a page of lines' }, schema: statementView },
  },
  refuses: ['book_not_found', 'account_unknown'],
  handle: async ({ actor, params, query: { cursor, from = firstBookDay, to = lastBookDay, ...given }, service }) => {
    const query = { ...given, from, to }
    requireOrder(from, to)
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    const { limit: _, ...selection } = query
    const name = ['statement', book.code, selection]
    const after = service.cursors.read(cursor, name, placeForm)
    const { opening, closing, items, next } = await readStatement(service.ledger.database, book, { ...query, after })
    return reply(200, {
      opening: presentBalance(opening),
      closing: presentBalance(closing),
      items: items.map((item) => presentItem(book.bookId, item)),
      next: next ? service.cursors.write(name, next) : null,
    })
  },
})

const presentItem = (bookId: number, item: StatementItem): z.infer<typeof statementItem> => ({
  entry: entryId(bookId, item.sequence),
  number: item.number,
  line: item.line,
  on: item.on,
  recordedAt: formatInstant(item.recordedAt),
  summary: item.summary,
  account: item.account,
  project: item.project,
  source: item.source,
  ...(item.memo !== null && { memo: item.memo }),
  debit: formatFen(item.debitFen),
  credit: formatFen(item.creditFen),
  balance: formatFen(item.balanceFen),
  side: item.side,
})

export const balanceRoutes: readonly Route[] = [balance, trialBalance, statement]
