/** Entries over books: what officers and auditors ask for, page by page from either end, or as a sheet of lines. */
import * as z from 'zod'
import { businessDay, formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import {
  about,
  accountPrefix,
  amount,
  amountOut,
  bookCode,
  cursor,
  day,
  districtCode,
  identifier,
  instant,
  limit,
  oneOf,
  text,
} from '../../form/field.ts'
import { bases } from '../../ledger/chart.ts'
import {
  type EntrySearch,
  findEntries,
  type FoundPlace,
  type SearchTotals,
  totalEntries,
} from '../../ledger/entry-search.ts'
import { dimensionForms } from '../../ledger/forms.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import { invalid, requireOrder } from '../problem.ts'
import { always, replyItems, type Route, route } from '../route.ts'
import { entryLineRow, linesOfEntry, presentEntryLine } from '../sheet/entry-lines.ts'
import { answerSheet, sheetQuery, wantsSheet } from '../sheet/sheet.ts'
import { entryTexts, entryView, nextView } from '../views.ts'

const yesOrNo = (zh: string, en: string) => z.exactOptional(oneOf(['true', 'false']).meta(about(zh, en)))

/** What is asked of entries over books; the dimensions and amounts are of one line, which must show all of them. */
export const entrySearchQuery = {
  book: z.exactOptional(bookCode),
  district: z.exactOptional(districtCode),
  from: z.exactOptional(day.meta(about('业务日期自', 'business date, from'))),
  to: z.exactOptional(day.meta(about('业务日期至', 'business date, to'))),
  recordedFrom: z.exactOptional(instant.meta(about('记账时刻自（含）', 'recorded at or after this instant'))),
  knownAt: z.exactOptional(instant.meta(about('截至该时刻已记账的', 'recorded up to and including this instant'))),
  type: z.exactOptional(text(20, '凭证类型', 'type')),
  maker: z.exactOptional(identifier('制单人', 'maker')),
  document: z.exactOptional(text(200, '文号', 'document number')),
  approved: yesOrNo('是否经过审批：false 为未经审批的', 'whether it was approved; false: without approval'),
  backDated: yesOrNo(
    '业务日期所在月份早于记账月份的（补记）',
    'booked in a month before the one it was recorded in (Beijing)',
  ),
  account: z.exactOptional(accountPrefix),
  ...dimensionForms,
  amount: z.exactOptional(amount.meta(about('行金额等于（红字不计符号）', 'amount of a line, red figures unsigned'))),
  amountFrom: z.exactOptional(amount.meta(about('行金额不小于', 'amount of a line, at least'))),
  amountTo: z.exactOptional(amount.meta(about('行金额不大于', 'amount of a line, at most'))),
}

type SearchQuery = z.output<z.ZodObject<typeof entrySearchQuery>>

/** A query as the books are asked. Refuses ranges that end before they begin. */
export function searchOf(query: SearchQuery): EntrySearch {
  const { amount: exactly, amountFrom = exactly, amountTo = exactly, approved, backDated, account, ...given } = query
  requireOrder(given.from, given.to)
  if (exactly !== undefined && (query.amountFrom !== undefined || query.amountTo !== undefined))
    throw invalid(
      '/query/amount',
      '与 amountFrom、amountTo 只能择一',
      'stands alone: no amountFrom, no amountTo beside it',
    )
  const { project, source, counterparty, item, contract, dwelling, indicator, segment, debt, ...ofEntry } = given
  const line = { account, project, source, counterparty, item, contract, dwelling, indicator, segment, debt }
  return {
    ...ofEntry,
    ...(approved !== undefined && { approved: approved === 'true' }),
    ...(backDated !== undefined && { backDated: backDated === 'true' }),
    line: { ...whatIs(line), ...whatIs({ amountFromFen: amountFrom, amountToFen: amountTo }) },
  }
}

/** Those that were given. */
function whatIs<Of extends object>(of: Of): { [Key in keyof Of]?: Exclude<Of[Key], undefined> } {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never
}

const totalsView = z
  .strictObject({
    entries: z.int().meta(about('凭证张数', 'entries')),
    lines: z.int().meta(about('符合所查的行数', 'lines that show what was asked for')),
    bases: z.array(
      z.strictObject({
        basis: z.enum(bases),
        debit: amountOut('这些行的借方合计', 'sum of their debits'),
        credit: amountOut('这些行的贷方合计', 'sum of their credits'),
      }),
    ),
  })
  .meta({ id: 'EntryTotals', ...about('全部结果的合计', 'totals of all that is found') })

const presentTotals = ({ entries, lines, bases: sums }: SearchTotals): z.input<typeof totalsView> => ({
  entries,
  lines,
  bases: sums.map(({ basis, debitFen, creditFen }) => ({
    basis,
    debit: formatFen(debitFen),
    credit: formatFen(creditFen),
  })),
})

const placeForm = z.strictObject({
  at: instant,
  book: z.int().min(1),
  sequence: z.int().min(1),
  /** Read towards the beginning of the list. */
  back: z.boolean(),
})

const written = ({ recordedAt, bookId: book, sequence }: FoundPlace, back: boolean): z.input<typeof placeForm> => ({
  at: formatInstant(recordedAt),
  book,
  sequence,
  back,
})

const other = { newest: 'oldest', oldest: 'newest' } as const

const find = route({
  method: 'GET',
  path: '/v1/entries',
  id: 'findEntries',
  tag: 'entries',
  summary: { zh: '跨账套查凭证', en: 'Find entries over books' },
  description: {
    zh: '按往来单位、合同、金额、文号、制单、记账时刻、未经审批、补记、项目、来源等筛选，只查本人可见的账套。科目、往来、合同、项目、来源、金额等须在同一行上符合。next、previous 为后一页、前一页；totals=true 另给全部结果的合计；csv 每行一条分录。',
    en: 'By payee, contract, amount, document number, maker, time of recording, without approval, back-dated, project, source and more, in the books the caller may see. Account, dimensions and amount are met by one and the same line. next and previous lead to the pages after and before; totals=true adds the totals of all that is found; csv is a row a line.',
  },
  right: 'book.read',
  standby: always,
  query: z.strictObject({
    ...entrySearchQuery,
    totals: yesOrNo('另给合计', 'totals beside the page'),
    order: oneOf(['newest', 'oldest'])
      .default('newest')
      .meta(about('按记账时刻，newest 自最新、oldest 自最早', 'by when it was recorded, newest or oldest first')),
    limit,
    cursor,
    ...sheetQuery,
  }),
  answers: {
    200: {
      about: { zh: '一页凭证', en: 'A page of entries' },
      schema: z.strictObject({
        items: z.array(entryView),
        next: nextView,
        previous: z
          .union([z.string(), z.null()])
          .meta(about('前一页的 cursor；没有为 null', 'cursor of the page before, null on the first')),
        totals: z.exactOptional(totalsView),
      }),
      also: 'text/csv',
    },
  },
  refuses: ['book_not_found'],
  handle: async ({ actor, query, accept, language, service }) => {
    const { totals, order, limit: most, cursor: given, format, columns, ...asked } = query
    const { ledger } = service
    const search = searchOf(asked)
    const sheet = { ...(format && { format }), ...(columns !== undefined && { columns }) }
    if (wantsSheet(sheet, accept)) {
      let after: FoundPlace | undefined
      const next = async () => {
        const entries = await findEntries(ledger, actor, search, { way: order, after, limit: sheetPage })
        after = entries.at(-1) ?? after
        return entries.flatMap((entry) => linesOfEntry(ledger.shelf.book(entry.bookId), entry))
      }
      const on = businessDay(ledger.clock())
      return answerSheet({
        name: 'entries',
        item: entryLineRow,
        asked: sheet,
        on,
        language,
        next,
        view: presentEntryLine,
      })
    }
    const name = ['find-entries', asked, order]
    const place = service.cursors.read(given, name, placeForm)
    const after = place && { recordedAt: place.at, bookId: place.book, sequence: place.sequence }
    const isBack = place?.back ?? false
    const way = isBack ? other[order] : order
    const found = await findEntries(ledger, actor, search, { way, after, limit: most + 1 })
    const more = found.length > most
    const page = isBack ? found.slice(0, most).toReversed() : found.slice(0, most)
    const cursorAt = (entry: PostedEntry | undefined, back: boolean, isThere: boolean): string | null =>
      entry && isThere ? service.cursors.write(name, written(entry, back)) : null
    const next = cursorAt(page.at(-1), false, isBack || more)
    const previous = cursorAt(page[0], true, isBack ? more : place !== undefined)
    const sums = totals === 'true' ? presentTotals(await totalEntries(ledger, actor, search)) : undefined
    const ends = { next, previous, ...(sums && { totals: sums }) }
    return replyItems(200, '{"items":', entryTexts(page), `,${JSON.stringify(ends).slice(1)}`)
  },
})

/** Entries of a sheet that are in memory at once. */
const sheetPage = 200

export const entrySearchRoutes: readonly Route[] = [find]
