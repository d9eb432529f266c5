/** Months and years of a book: closing, reopening when others approve it, carrying a year over. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import type { EntryDraft, LineDraft } from '../../ledger/entry.ts'
import { dimensionForms } from '../../ledger/forms.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { closePeriod, readPeriods } from '../../ledger/period.ts'
import { askForReopening, requestedReopening } from '../../workflow/reopening.ts'
import { carryOverForm, obstacleView, ofYear, yearEndProposed } from '../../workflow/year-end/forms.ts'
import type { Obstacle } from '../../workflow/year-end/obstacles.ts'
import { carryYearOver, entriesOfYearEnd, previewYearEnd } from '../../workflow/year-end/verbs.ts'
import { json, optionalJson } from '../body.ts'
import { verbRoute } from '../derive.ts'
import { replayedHeader } from '../headers.ts'
import type { Language } from '../problem.ts'
import { about, amountOut, bookCode, month } from '../../form/field.ts'
import { answerKeyed, reply, replyItems, type Route, route, same } from '../route.ts'
import { entryTexts, entryView } from '../views.ts'

const inPeriod = z.strictObject({ book: bookCode, period: month })
const nothing = z.strictObject({})

const actView = z
  .looseObject({ act: z.int(), kind: z.string(), person: z.string(), at: z.string(), hash: z.string() })
  .meta({
    id: 'PeriodAct',
    ...about('期间事项：结账、反结账、年结，逐项哈希相连', 'an act on periods, chained by hash'),
  })

const periodView = z
  .strictObject({
    book: z.string(),
    period: z.string(),
    state: z.enum(['open', 'closed']),
    act: z.exactOptional(actView),
  })
  .meta({ id: 'Period', ...about('会计期间的状态', 'state of a month') })

const list = route({
  method: 'GET',
  path: '/v1/books/{book}/periods',
  id: 'listPeriods',
  tag: 'periods',
  summary: { zh: '已结账至哪个月，及其全部经过', en: 'Through which month the book is closed, and how it came to be' },
  right: 'book.read',
  params: z.strictObject({ book: bookCode }),
  answers: {
    200: {
      about: { zh: '期间状态', en: 'State of the periods' },
      schema: z.strictObject({ closedThrough: z.union([z.string(), z.null()]), acts: z.array(actView) }),
    },
  },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    const { closedThrough, acts } = await readPeriods(service.ledger, book)
    return reply(200, { closedThrough, acts })
  },
})

const close = route({
  method: 'POST',
  path: '/v1/books/{book}/periods/{period}/closing',
  id: 'closePeriod',
  tag: 'periods',
  summary: { zh: '结账', en: 'Close a month' },
  description: {
    zh: '结账至该月：该月及以前各月不再接受记账。月份须已结束（北京时间）。已结账的月份再次结账不改变任何内容。',
    en: 'Closes the book through the month, which must have ended in Beijing: it and all before it take no more entries. Closing again changes nothing.',
  },
  right: 'period.close',
  params: inPeriod,
  body: optionalJson(nothing),
  answers: { 200: { about: { zh: '已结账', en: 'Closed' }, schema: periodView } },
  refuses: ['book_not_found', 'period_not_ended'],
  handle: async ({ actor, params, service }) =>
    reply(200, await closePeriod(service.ledger, actor, params.book, params.period)),
})

const reopen = verbRoute(askForReopening, {
  path: '/v1/books/{book}/periods/{period}/reopening',
  id: 'requestReopening',
  tag: 'periods',
  summary: { zh: '申请反结账', en: 'Ask for a month to be reopened' },
  description: {
    zh: '经复核、审批后生效，该月及以后各月一并打开。此后又结账的，申请作废。',
    en: 'Takes effect when others have checked and approved it; all later months open with it. The next closing makes it void.',
  },
  status: 202,
  about: { zh: '已提交审批', en: 'Submitted for approval' },
  answer: requestedReopening,
})

const plannedLine = z
  .strictObject({
    account: z.string(),
    debit: z.exactOptional(amountOut('借方', 'debit')),
    credit: z.exactOptional(amountOut('贷方', 'credit')),
    ...dimensionForms,
    memo: z.exactOptional(z.string()),
  })
  .meta({ id: 'PlannedLine' })
const plannedEntry = z
  .strictObject({ on: z.string(), type: z.string(), summary: z.string(), lines: z.array(plannedLine) })
  .meta({ id: 'PlannedEntry', ...about('拟记账的结转凭证', 'an entry the carry-over would post') })

const preview = route({
  method: 'POST',
  path: '/v1/books/{book}/years/{year}/carry-over/preview',
  id: 'previewCarryOver',
  tag: 'periods',
  summary: { zh: '预览年终结转', en: 'Preview the year-end carry-over' },
  description: {
    zh: '列出将要记的凭证和结转前的未了事项（待审批、挂账、平行记账不符、到期指标未收回）；不写入任何内容，年度终了前也可预览。',
    en: 'What would be posted, and what stands in the way: approvals that wait, suspense, accountings that differ, indicators that did not lapse. Nothing is written; it may be asked for before the year has ended.',
  },
  right: 'year.carry_over',
  params: ofYear,
  body: optionalJson(nothing),
  answers: {
    200: {
      about: { zh: '将要记的凭证；hash 用于提交', en: 'What would be posted; commit with the hash' },
      schema: z.strictObject({
        year: z.int(),
        hash: z.string(),
        entries: z.array(plannedEntry),
        obstacles: z.array(obstacleView),
      }),
    },
  },
  refuses: ['book_not_found', 'year_not_carried'],
  handle: async ({ actor, params, language, service }) => {
    const found = await previewYearEnd(service.ledger, actor, params.book, params.year)
    const obstacles = found.obstacles.map((obstacle) => presentObstacle(obstacle, language))
    return reply(200, { year: found.year, hash: found.hash, entries: found.entries.map(presentPlanned), obstacles })
  },
})

const presentObstacle = ({ obstacle, about: said, found }: Obstacle, language: Language) => ({
  obstacle,
  about: said[language],
  found: [...found],
})

const presentPlanned = ({ on, type, summary, lines }: EntryDraft): z.infer<typeof plannedEntry> => ({
  on,
  type,
  summary,
  lines: lines.map(presentPlannedLine),
})

const presentPlannedLine = ({ side, amountFen, account, ...rest }: LineDraft): z.infer<typeof plannedLine> => ({
  account,
  [side]: formatFen(amountFen),
  ...rest,
})

const commit = route({
  method: 'POST',
  path: '/v1/books/{book}/years/{year}/carry-over',
  id: 'commitCarryOver',
  tag: 'periods',
  summary: { zh: '提交年终结转', en: 'Commit the year-end carry-over' },
  description: {
    zh: '年度终了后，按预览的 hash 记账并结账至 12 月，整体成立或不成立。由人提交的，经另一人复核后记账（202）；有未了事项的不能提交。系统接口（integration）直接记账（201），未了事项作为提示返回。',
    en: 'When the year has ended, books what was previewed under the hash and closes the year, as a whole. What a person asks for is booked when another person has checked it (202), and not while anything stands in the way. A machine client (integration) books at once (201) and is warned.',
  },
  right: 'year.carry_over',
  params: ofYear,
  body: json(carryOverForm),
  keyed: true,
  answers: {
    201: {
      about: { zh: '已结转', en: 'Carried over' },
      schema: z.strictObject({
        entries: z.array(entryView),
        warnings: z.array(z.string()).meta(about('未了事项，不影响办理', 'what stood in the way; no refusal')),
      }),
    },
    202: { about: { zh: '已提交复核', en: 'Submitted to be checked' }, schema: yearEndProposed },
  },
  refuses: carryYearOver.refuses,
  handle: async ({ actor, params, body, key, language, service }) => {
    const result = await carryYearOver(service.ledger, actor, { ...params, ...body }, key)
    if ('refusal' in result || !('warnings' in result.answer)) return answerKeyed(result, 202, language, same)
    const { warnings } = result.answer
    const entries = await entriesOfYearEnd(service.ledger, result.answer)
    const after = `,"warnings":${JSON.stringify(warnings)}}`
    return replyItems(201, '{"entries":', entryTexts(entries), after, result.replayed ? replayedHeader : undefined)
  },
})

export const periodRoutes: readonly Route[] = [list, close, reopen, preview, commit]
