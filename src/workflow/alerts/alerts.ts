/**
 * What a person should look at now (提醒), as sentences: how grave it is, which clause it rests on, where to go, since
 * when. Nothing is kept: an alert stands as long as what it tells of.
 */
import {
  addDays,
  type Day,
  daysBetween,
  formatInstant,
  type Instant,
  lastDayOf,
  type Month,
  nextMonth,
} from '../../base/calendar.ts'
import { inWords, listed, type Text } from '../../base/refusal.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { type Standing, standbyWarning } from '../../base/wire/standby.ts'
import { type ApprovalState, stateNamesZh } from '../../approvals/approval.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { clauseOf, type Law } from '../../policy/parameters.ts'
import { conditionNamesZh, type EarlyConditions, failedConditions } from '../../release/release/release.ts'

export const severityNames = {
  bad: { zh: '须立即处理', en: 'act now' },
  warn: { zh: '须留意', en: 'look at it' },
} as const satisfies Readonly<Record<string, Text>>
export type Severity = keyof typeof severityNames

export const alertNames = {
  checks_failed: { zh: '全面自查不成立', en: 'the recomputation of the books fails' },
  job_parked: { zh: '作业已搁置', en: 'a job is parked' },
  cash_plan_short: { zh: '用款计划不足', en: 'a cash plan is short' },
  conditions_missed: { zh: '未达到早拨付条件', en: 'conditions of early disbursement are missed' },
  approval_waiting: { zh: '审批事项久未办理', en: 'an approval has waited long' },
  indicator_near_lapse: { zh: '指标将到期收回', en: 'an indicator is near its lapse' },
  month_not_closed: { zh: '月份未结账', en: 'a month is not closed' },
  head_old: { zh: '树头过旧', en: 'a signed head is old' },
  standby_behind: { zh: '只读备库落后或不可用', en: 'the standby is behind or away' },
} as const satisfies Readonly<Record<string, Text>>
export type AlertName = keyof typeof alertNames

/** Where to go: what the API calls the thing, and by which name. */
export type Place = { readonly noun: string; readonly id: string }

export type Alert = {
  readonly alert: AlertName
  readonly severity: Severity
  readonly detail: Text
  readonly clause?: string | undefined
  readonly at: Place
  readonly district?: string | undefined
  /** A day, or an instant where it is known. */
  readonly since: string
}

export type WaitingApproval = {
  readonly id: string
  readonly kind: string
  readonly state: ApprovalState
  readonly summary: string
  readonly district: string | null
  readonly openedAt: string
  readonly openedOn: Day
}

/** An approval that has waited longer than it should. */
export function approvalAlert(waiting: WaitingApproval, today: Day): Alert {
  const days = daysBetween(waiting.openedOn, today)
  const state = inWords(stateNamesZh, waiting.state)
  return {
    alert: 'approval_waiting',
    severity: 'warn',
    detail: {
      zh: `${waiting.id} ${waiting.summary}：${state.zh}，已 ${days} 天。请办理或退回。`,
      en: `${waiting.id} ${waiting.summary}: ${state.en} for ${days} days. Decide on it or reject it.`,
    },
    clause: clauseText(clause('internal-control-2012-21', '第十二条（一）')),
    at: { noun: 'approval', id: waiting.id },
    ...(waiting.district !== null && { district: waiting.district }),
    since: waiting.openedAt,
  }
}

export type LatestScore = EarlyConditions & {
  readonly district: string
  readonly districtName: string
  readonly quarter: string
  readonly since: string
}

/** What a district's latest score misses of early disbursement; nothing where it misses nothing. */
export function conditionsAlert(latest: LatestScore, law: Law): Alert[] {
  const failed = failedConditions(latest, law)
  if (failed.length === 0) return []
  const missed = listed(
    failed.map((condition) => {
      const { zh, en } = inWords(conditionNamesZh, condition)
      return { zh: `${zh} ${latest[condition]}`, en: `${en} ${latest[condition]}` }
    }),
  )
  const { district, districtName: name, quarter, since } = latest
  return [
    {
      alert: 'conditions_missed',
      severity: 'warn',
      detail: {
        zh: `${name} ${quarter} 未达到早拨付条件：${missed.zh}。下一批次按正常进度拨付。`,
        en: `${name} misses the conditions of early disbursement in ${quarter}: ${missed.en}. The next tranche comes when it is due.`,
      },
      clause: clauseOf(law, 'early_release_score'),
      at: { noun: 'score', id: quarter },
      district,
      since,
    },
  ]
}

export type CashShort = {
  readonly book: string
  readonly district: string | null
  readonly programme: string
  readonly source: string
  readonly wantedFen: Fen
  readonly leftFen: Fen
  readonly since: string
}

/** Releases that wait for approval and are more than the cash plan still holds. */
export function cashAlert({ book, district, programme, source, wantedFen, leftFen, since }: CashShort): Alert[] {
  if (wantedFen <= leftFen) return []
  const [wanted, left, over] = [wantedFen, leftFen, wantedFen - leftFen].map(formatFen)
  return [
    {
      alert: 'cash_plan_short',
      severity: 'bad',
      detail: {
        zh: `${book} ${programme} ${source} 待批拨付 ${wanted} 元，用款计划尚余 ${left} 元，不足 ${over} 元。请先调整用款计划。`,
        en: `${book} ${programme} ${source}: releases of ${wanted} wait, the cash plan has ${left} left, ${over} too little. Adjust the cash plan first.`,
      },
      clause: clauseText(clause('budget-law-regulation', '第五十七条')),
      at: { noun: 'book', id: book },
      ...(district !== null && { district }),
      since,
    },
  ]
}

export type OpenIndicator = {
  readonly indicator: string
  readonly district: string
  readonly year: number
  readonly leftFen: Fen
}

/** The last day on which an indicator may be spent. */
const lastDayOfUse = (year: number, law: Law): Day =>
  lastDayOf(`${year + law.take('indicator_open_years') - 1}-12` as Month)

/** An indicator whose time runs out while it holds money. */
export function lapseAlert({ indicator, district, year, leftFen }: OpenIndicator, today: Day, law: Law): Alert[] {
  const last = lastDayOfUse(year, law)
  const days = daysBetween(today, last)
  if (leftFen <= 0n || days > law.take('alert_lapse_days')) return []
  const left = formatFen(leftFen)
  const when =
    days < 0
      ? { zh: `已于 ${last} 到期`, en: `ended on ${last}` }
      : { zh: `${last} 到期，还有 ${days} 天`, en: `ends on ${last}, in ${days} days` }
  return [
    {
      alert: 'indicator_near_lapse',
      severity: days < 0 ? 'bad' : 'warn',
      detail: {
        zh: `指标 ${indicator} ${when.zh}，尚有 ${left} 元未用，到期收回。`,
        en: `Indicator ${indicator} ${when.en}; ${left} is unused and will be taken back.`,
      },
      clause: clauseOf(law, 'indicator_open_years'),
      at: { noun: 'indicator', id: indicator },
      district,
      since: addDays(last, -law.take('alert_lapse_days')),
    },
  ]
}

export type BookState = {
  readonly book: string
  readonly district: string
  readonly firstMonth: Month | null
  readonly closedThrough: Month | null
  readonly entries: number
  readonly signed: number
  /** When the oldest entry was recorded that no head covers. */
  readonly unsignedSince: Instant | null
}

/** A book with a month that ended long enough ago and is open. */
export function closingAlert({ book, district, firstMonth, closedThrough }: BookState, today: Day, law: Law): Alert[] {
  if (firstMonth === null) return []
  const next = closedThrough === null ? firstMonth : nextMonth(closedThrough)
  const since = addDays(lastDayOf(next), 1)
  if (daysBetween(since, today) < law.take('alert_closing_days')) return []
  return [
    {
      alert: 'month_not_closed',
      severity: 'warn',
      detail: {
        zh: `账套 ${book} 自 ${next} 起未结账。请核对后结账。`,
        en: `Book ${book} is not closed from ${next} on. Check it and close it.`,
      },
      clause: clauseText(clause('accounting-law', '第十七条')),
      at: { noun: 'book', id: book },
      district,
      since,
    },
  ]
}

/** A standby that does not answer the reads it is there for. */
export function standbyAlert({ state, lagSeconds, since }: Standing): Alert[] {
  if (state === 'near' || state === 'late') return []
  const detail = standbyWarning({ state, lagSeconds })
  const at = { noun: 'standby', id: 'DATABASE_READ_URL' }
  return [{ alert: 'standby_behind', severity: 'warn', detail, at, since: formatInstant(since) }]
}

const microsecondsAnHour = 3_600_000_000n

/** A book with entries that no head of late covers. */
export function headAlert(
  { book, district, entries, signed, unsignedSince }: BookState,
  now: Instant,
  law: Law,
): Alert[] {
  const hours = BigInt(law.take('alert_head_hours'))
  if (unsignedSince === null || now - unsignedSince <= hours * microsecondsAnHour) return []
  return [
    {
      alert: 'head_old',
      severity: 'warn',
      detail: {
        zh: `账套 ${book} 有 ${entries - signed} 张凭证尚无签名树头证明。请取一次树头并交见证人保存。`,
        en: `Book ${book} has ${entries - signed} entries under no signed head. Ask for a head and give it to a witness.`,
      },
      at: { noun: 'book', id: book },
      district,
      since: formatInstant(unsignedSince),
    },
  ]
}
