/**
 * `yiben releases …`: what was paid to districts, what the quarter's early disbursement would do, what a corrected
 * score no longer earns, and the scores themselves. Reading only: what moves money is drafted and approved through the
 * door.
 */
import { type Command, InvalidArgumentError } from 'commander'
import { businessDay } from '../base/calendar.ts'
import { parseAmount } from '../base/money.ts'
import { parseQuarter, type Quarter } from '../base/quarter.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { reviewEarly, type Unearned } from '../release/clawback/verbs.ts'
import { reasonNamesZh } from '../release/early/early.ts'
import { type EarlyPreview, previewEarly } from '../release/early/verbs.ts'
import { conditionNamesZh, releaseStateNamesZh } from '../release/release/release.ts'
import { releasesOf, type ReleaseView } from '../release/release/verbs.ts'
import { indicatorNamesZh } from '../release/score/score.ts'
import { scoresOf, type ScoreView } from '../release/score/verbs.ts'
import { operator } from './books/open.ts'
import {
  amount,
  type ColumnOf,
  count,
  everyOf,
  type Given,
  print,
  type Printed,
  tableOf,
  text,
  viewFormats,
  withFormat,
} from './table.ts'

type Filter = { readonly district?: string; readonly quarter?: Quarter }

export function releasesCommand(program: Command): void {
  const releases = program.command('releases').description('拨付与早拨付 / releases')
  withFormat(releases.command('list').description('拨付列表 / releases, in order'), viewFormats)
    .option('--district <code>', '行政区划代码 / district')
    .option('--quarter <quarter>', '早拨付的季度，如 2026Q3 / quarter of early ones', quarterOption)
    .action((given: Given & Filter) => print(given, (ledger) => listTable(ledger, given)))
  ofQuarter(releases, 'preview', '试算季度早拨付，不写入 / what early disbursement would do; writes nothing').action(
    (quarter: Quarter, given: Given) =>
      print(given, async (ledger) => previewTable(await previewEarly(ledger, operator(), quarter))),
  )
  ofQuarter(releases, 'review', '得分更正后不再符合条件的早拨付 / what a corrected score no longer earns').action(
    (quarter: Quarter, given: Given) =>
      print(given, async (ledger) => {
        const today = businessDay(ledger.clock())
        return reviewTable(quarter, await reviewEarly(ledger, operator(), today, quarter))
      }),
  )
  ofQuarter(releases, 'scores', '各区得分 / scores of a quarter').action((quarter: Quarter, given: Given) =>
    print(given, async ({ database }) => scoreTable(quarter, await scoresOf(database.sql, operator(), quarter))),
  )
}

const ofQuarter = (parent: Command, name: string, about: string): Command =>
  withFormat(parent.command(name).description(about), viewFormats).argument(
    '<quarter>',
    '季度，如 2026Q3 / quarter',
    quarterOption,
  )

function quarterOption(given: string): Quarter {
  const quarter = parseQuarter(given)
  if (quarter === undefined) throw new InvalidArgumentError('须为季度，如 2026Q3 / must be a quarter')
  return quarter
}

/** A column of amounts that the views hold as text. */
const yuan = <Item>(key: string, zh: string, en: string, written: (item: Item) => string | undefined): ColumnOf<Item> =>
  amount(key, zh, en, (item) => parseAmount(written(item) ?? ''))

async function listTable(ledger: Ledger, { district, quarter }: Filter): Promise<Printed> {
  const releases = await everyOf(
    0n,
    (after, limit) => releasesOf(ledger, operator(), { district, quarter, after, limit }),
    ({ id }) => id,
  )
  const items = releases.map(({ view }) => view)
  const table = tableOf<ReleaseView>({
    title: '拨付',
    notes: ['单位：元'],
    columns: [
      text('release', '编号', 'Id', ({ release }) => release),
      text('district', '区', 'District', ({ district }) => district),
      text('allocation', '分配', 'Allocation', ({ allocation }) => allocation),
      count('tranche', '批次', 'Tranche', ({ tranche }) => tranche),
      text('kind', '类别', 'Kind', ({ kind }) => (kind === 'early' ? '早拨付' : '正常')),
      yuan('amount', '金额', 'Amount', ({ amount }) => amount),
      yuan('clawed', '已收回', 'Clawed back', ({ clawed }) => clawed),
      text('state', '状态', 'State', ({ state }) => releaseStateNamesZh[state]),
      text('on', '日期', 'Day', ({ releasedOn }) => releasedOn),
    ],
    items,
  })
  return { ...table, json: items }
}

type Draft = EarlyPreview['result']['drafts'][number]
type Other = EarlyPreview['result']['others'][number]
type Outcome = Partial<Omit<Other, 'reason'>> &
  Partial<Draft> & { readonly district: string; readonly reason?: Other['reason'] }

function previewTable({ quarter, run, factsHash, result: { drafts, others } }: EarlyPreview): Printed {
  const table = tableOf<Outcome>({
    title: '季度早拨付试算',
    notes: [`${quarter} 第 ${run} 轮（试算，未写入）`, `数据摘要 ${factsHash}`, '单位：元'],
    columns: [
      text('district', '区', 'District', ({ district }) => district),
      text('outcome', '结果', 'Outcome', ({ reason }) => (reason === undefined ? '早拨付' : '—')),
      text('allocation', '分配', 'Allocation', ({ allocation }) => allocation),
      count('tranche', '批次', 'Tranche', ({ tranche }) => tranche),
      yuan('amount', '金额', 'Amount', ({ amount }) => amount),
      text('score', '得分', 'Score', ({ conditions }) => conditions?.score),
      text('satisfaction', '满意度', 'Satisfaction', ({ conditions }) => conditions?.satisfaction),
      text('progress', '进度', 'Progress', ({ conditions }) => conditions?.progress),
      text('reason', '原因', 'Reason', whyNot),
    ],
    items: [...drafts, ...others],
  })
  return { ...table, json: { quarter, run, factsHash, drafts, others } }
}

const whyNot = ({ reason, failed = [], missing = [] }: Outcome): string | undefined =>
  reason &&
  [
    reasonNamesZh[reason],
    ...failed.map((condition) => conditionNamesZh[condition]),
    ...missing.map((indicator) => indicatorNamesZh[indicator]),
  ].join(' ')

function reviewTable(quarter: Quarter, items: readonly Unearned[]): Printed {
  const table = tableOf<Unearned>({
    title: '不再符合条件的早拨付',
    notes: [quarter, '单位：元'],
    columns: [
      text('release', '编号', 'Id', ({ release }) => release),
      text('district', '区', 'District', ({ district }) => district),
      text('score', '现得分', 'Score now', ({ score }) => score),
      text('failed', '未达标', 'Fails', ({ failed }) => failed.join('、')),
      yuan('early', '提前未到期', 'Early', ({ early }) => early),
    ],
    items,
  })
  return { ...table, json: items }
}

function scoreTable(quarter: Quarter, items: readonly ScoreView[]): Printed {
  const table = tableOf<ScoreView>({
    title: '区级考核得分',
    notes: [quarter],
    columns: [
      text('district', '区', 'District', ({ district }) => district),
      count('version', '版本', 'Version', ({ version }) => version),
      text('total', '总分', 'Total', ({ total }) => total),
      text('frozen', '早拨付采用', 'Used', ({ frozen }) => (frozen ? '是' : '')),
      text('knownAt', '数据时点', 'Known at', ({ knownAt }) => knownAt.slice(0, 19)),
    ],
    items,
  })
  return { ...table, json: items }
}
