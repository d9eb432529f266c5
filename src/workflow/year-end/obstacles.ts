/**
 * What stands in the way of carrying a year over (年终结转前的未了事项): what waits for a decision, money nobody has claimed,
 * accountings that should mirror each other and do not, and lines whose last year it was. Persons settle it first; a
 * machine client, whose books were kept elsewhere, is warned. Each obstacle is a query over the book as it stood on the
 * last day of the year; a room that knows another adds it here.
 */
import { lastDayOfYear } from '../../base/calendar.ts'
import { type Reader, rowsOf } from '../../base/db.ts'
import { listed, type Text } from '../../base/refusal.ts'
import { lastYearOf } from '../../budget/indicator/proposal.ts'
import type { Book } from '../../ledger/book.ts'
import { type Limit, limitBy } from '../../noun/limit.ts'
import { clause, clauseText } from '../../policy/documents.ts'
import { lawOn } from '../../policy/parameters.ts'
import { parallelPairs } from '../../vouchers/voucher/parallel.ts'

type Query = {
  readonly obstacle: string
  readonly about: Text
  /** Asks for accounts only a government book has. */
  readonly government?: true
  /** Gives `found`, one a row. $1: code of the book, $2: its id, $3: last day of the year, $4: the year that lapses. */
  readonly text: string
}

/** An obstacle that was found, with all it is made of. */
export type Obstacle = { readonly obstacle: string; readonly about: Text; readonly found: readonly string[] }

// What waits concerns a book that its content names anywhere: by itself, by an indicator, or by a project. Only what
// was submitted in the year or is dated in it: business of the new year waits without harm.
const waiting = (kind: string): string => `
  select 'A-' || a.approval_id || ' ' || a.kind as found
  from approval a cross join lateral (select a.content::jsonb -> 'content' as of) c
  where a.state in ('checking', 'approving') and ${kind}
    and ((a.opened_at at time zone 'Asia/Shanghai')::date <= $3::date
      or coalesce(c.of ->> 'on', (c.of ->> 'month') || '-01') <= $3::date::text)
    and (exists (select from jsonb_path_query(c.of, '$.**.book') n where n #>> '{}' = $1)
      or exists (select from jsonb_path_query(c.of, '$.**.indicator') n
                 join indicator i on n #>> '{}' in (i.indicator, i.parent) and i.book = $1)
      or exists (select from jsonb_path_query(c.of, '$.**.project') n
                 join project p on p.project = n #>> '{}' and $1 in (p.book, p.plan_book)))
  order by a.approval_id`

const yuan = (fen: string): string => `to_char(${fen} / 100.0, 'FM999999999999999990.00')`
const heldAtYearEnd = `account a cross join lateral balance_on(a.book_id, a.account, $3::date) c`
const held = (prefixes: readonly string[]): string => {
  const those = prefixes.map((prefix) => `a.subject like '${prefix}%'`).join(' or ')
  return `coalesce(sum(c.debit_fen - c.credit_fen) filter (where ${those}), 0)`
}

/**
 * What financial accounting holds of a kind of money against what budget accounting does, by project and source: the
 * pairs that every voucher moves alike.
 */
const mirror = (pair: keyof typeof parallelPairs): string => {
  const { financial, budget } = parallelPairs[pair]
  return `
  select project || ' ' || source || ' ${financial.join('+')}/${budget} ' || ${yuan('financial')} || '/' || ${yuan('budget')} as found
  from (select a.project, a.source, ${held(financial)} as financial, ${held([budget])} as budget
        from ${heldAtYearEnd} where a.book_id = $2 group by a.project, a.source) m
  where financial <> budget order by project, source`
}

const queries: readonly Query[] = [
  {
    obstacle: 'releases_waiting',
    about: { zh: '拨付、收回待审批', en: 'releases and claw-backs wait for approval' },
    text: waiting(`a.kind in ('release', 'clawback')`),
  },
  {
    obstacle: 'approvals_waiting',
    about: { zh: '事项待审批', en: 'approvals wait' },
    text: waiting(`a.kind not in ('release', 'clawback', 'year_end')`),
  },
  {
    obstacle: 'suspense',
    government: true,
    about: { zh: '待认领款（230799）未清理', en: 'money in suspense (230799)' },
    text: `
      select a.project || ' ' || a.source || ' ' || ${yuan('sum(c.credit_fen - c.debit_fen)')} as found
      from ${heldAtYearEnd} where a.book_id = $2 and a.subject = '230799'
      group by a.project, a.source having sum(c.debit_fen - c.credit_fen) <> 0 order by a.project, a.source`,
  },
  {
    obstacle: 'quota_mirror',
    government: true,
    about: { zh: '零余额账户用款额度与资金结存不符', en: 'quota differs between the accountings' },
    text: mirror('quota'),
  },
  {
    obstacle: 'cash_mirror',
    government: true,
    about: { zh: '银行存款（除代管、应缴）与资金结存不符', en: 'cash but for custody differs between the accountings' },
    text: mirror('cash'),
  },
  {
    obstacle: 'returnable_mirror',
    government: true,
    about: { zh: '财政应返还额度与资金结存不符', en: 'quota to be returned differs between the accountings' },
    text: mirror('returnable'),
  },
  {
    obstacle: 'indicators_not_lapsed',
    government: true,
    about: { zh: '到期指标尚未收回', en: 'indicators of their last year did not lapse yet' },
    text: `select i.indicator as found from indicator i
           where i.book = $1 and i.state = 'in_force' and i.year <= $4::int order by i.indicator`,
  },
]

/** The year of the indicators whose last a year is. */
const lapsingIn = (year: number): number => year - (lastYearOf(year, lastDayOfYear(year)) - year)

const reconciled = clauseText(clause('accounting-law', '第十七条'))

/** What a year-end is held to, as whoever checks it is shown it: of each obstacle none, and how many there are. */
export async function yearEndLimits(reader: Reader, book: Book, year: number): Promise<Limit[]> {
  const [last, lapsing] = [lastDayOfYear(year), lapsingIn(year)]
  const obstacles = await obstaclesOf(reader, book, year)
  const asked = queries.filter(({ government }) => !government || book.chart.standard === 'government')
  return [
    ...asked.map(({ obstacle, about }) => {
      const found = obstacles.find((one) => one.obstacle === obstacle)?.found.length ?? 0
      const measured = { zh: `${about.zh}：${found} 项`, en: `${about.en}: ${found}` }
      return { parameter: `year_end_${obstacle}`, value: 0, from: last, clause: reconciled, measured }
    }),
    limitBy(lawOn(last), 'indicator_open_years', {
      zh: `${lapsing} 年度及以前的指标到期`,
      en: `indicators of ${lapsing} and before lapse`,
    }),
  ]
}

/** Everything that stands in the way of a year-end, in the order of the list. */
export async function obstaclesOf(reader: Reader, { code, bookId, chart }: Book, year: number): Promise<Obstacle[]> {
  const last = lastDayOfYear(year)
  const lapsing = lapsingIn(year)
  const obstacles: Obstacle[] = []
  for (const { obstacle, about, text, government } of queries) {
    if (government && chart.standard !== 'government') continue
    const rows = await rowsOf<{ found: string }>(reader, withValues(text), [code, bookId, last, lapsing])
    if (rows.length > 0) obstacles.push({ obstacle, about, found: rows.map(({ found }) => found) })
  }
  return obstacles
}

// Every query is given all values; one that asks for fewer still says what they are.
const withValues = (text: string): string =>
  `with given as (select $1::text, $2::int, $3::date, $4::int) ${text.trimStart()}`

const shownMost = 5

/** One obstacle in words, with the first few things it is made of. */
export function obstacleText({ about, found }: Obstacle): Text {
  const shown = found.slice(0, shownMost)
  const rest = found.length - shown.length
  return {
    zh: `${about.zh}：${shown.join('；')}${rest > 0 ? ` 等 ${found.length} 项` : ''}`,
    en: `${about.en}: ${shown.join('; ')}${rest > 0 ? ` and ${rest} more` : ''}`,
  }
}

export const obstaclesText = (obstacles: readonly Obstacle[]): Text => {
  const texts = obstacles.map(obstacleText)
  return { zh: texts.map(({ zh }) => zh).join('。'), en: listed(texts).en }
}
