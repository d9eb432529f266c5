/**
 * `yiben releases …`: what was paid to districts, what the quarter's early disbursement would do, what a corrected
 * score no longer earns, and the scores themselves. Reading only: what moves money is drafted and approved through the
 * door.
 */
import type { Command } from 'commander'
import type { Table } from '../../reports/table.ts'
import { businessDay } from '../base/calendar.ts'
import { formatFen, parseAmount } from '../base/money.ts'
import { parseQuarter, type Quarter } from '../base/quarter.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { type AgedClaims, daysOverdue } from '../release/claim/claim.ts'
import { type Claim, claimAges, claimPlace, claimsOf } from '../release/claim/reads.ts'
import { groundNamesZh } from '../release/clawback/clawback.ts'
import { reviewEarly, type Unearned } from '../release/clawback/verbs.ts'
import { reasonNamesZh } from '../release/early/early.ts'
import { type EarlyPreview, previewEarly } from '../release/early/verbs.ts'
import { conditionNamesZh, releaseStateNamesZh } from '../release/release/release.ts'
import { type ReleaseView } from '../release/release/forms.ts'
import { releasesOf } from '../release/release/reads.ts'
import { indicatorNamesZh } from '../release/score/score.ts'
import { scoreEntries, type WaitingEntry } from '../release/score/reads.ts'
import { scoresOf, type ScoreView } from '../release/score/verbs.ts'
import { operator } from './books/open.ts'
import {
  amount,
  type ColumnOf,
  count,
  everyOf,
  type Given,
  optionOf,
  print,
  tableOf,
  text,
  withFormat,
} from './table.ts'

type Filter = { readonly district?: string; readonly quarter?: Quarter }

const quarterOption = optionOf(parseQuarter, '须为季度，如 2026Q3 / must be a quarter')

export function releasesCommand(program: Command): void {
  const releases = program.command('releases').description('拨付与早拨付 / releases')
  withFormat(releases.command('list').description('拨付列表 / releases, in order'))
    .option('--district <code>', '行政区划代码 / district')
    .option('--quarter <quarter>', '早拨付的季度，如 2026Q3 / quarter of early ones', quarterOption)
    .action(({ format, ...query }: Given & Filter) =>
      print({ format }, (ledger) => listTable(ledger, query), { id: 'listReleases', query }),
    )
  withFormat(releases.command('claims').description('应收回款及账龄 / claims on districts and their age'))
    .option('--district <code>', '行政区划代码 / district')
    .action(({ format, ...query }: Given & Pick<Filter, 'district'>) =>
      print({ format }, (ledger) => claimTable(ledger, query), { id: 'listClaims', query }),
    )
  ofQuarter(releases, 'preview', '试算季度早拨付，不写入 / what early disbursement would do; writes nothing').action(
    (quarter: Quarter, given: Given) =>
      print(given, async (ledger) => previewTable(await previewEarly(ledger, operator(), quarter)), {
        id: 'previewEarlyDisbursement',
        params: { quarter },
      }),
  )
  ofQuarter(releases, 'review', '得分更正后不再符合条件的早拨付 / what a corrected score no longer earns').action(
    (quarter: Quarter, given: Given) =>
      print(
        given,
        async (ledger) => {
          const today = businessDay(ledger.clock())
          return reviewTable(quarter, await reviewEarly(ledger, operator(), today, quarter))
        },
        { id: 'reviewEarlyDisbursement', params: { quarter } },
      ),
  )
  ofQuarter(releases, 'scores', '各区得分 / scores of a quarter').action((quarter: Quarter, given: Given) =>
    print(
      given,
      async ({ database: { sql } }) => {
        const { waiting } = await scoreEntries(sql, operator(), quarter)
        return scoreTable(quarter, await scoresOf(sql, operator(), quarter), waiting)
      },
      { id: 'listScores', params: { quarter } },
    ),
  )
}

const ofQuarter = (parent: Command, name: string, about: string): Command =>
  withFormat(parent.command(name).description(about)).argument('<quarter>', '季度，如 2026Q3 / quarter', quarterOption)

/** A column of amounts that the views hold as text. */
const yuan = <Item>(key: string, zh: string, en: string, written: (item: Item) => string | undefined): ColumnOf<Item> =>
  amount(key, zh, en, (item) => parseAmount(written(item) ?? ''))

async function listTable(ledger: Ledger, { district, quarter }: Filter): Promise<Table> {
  const releases = await everyOf(
    0n,
    (after, limit) => releasesOf(ledger, operator(), { district, quarter, after, limit }),
    ({ id }) => id,
  )
  const items = releases.map(({ view }) => view)
  return tableOf<ReleaseView>({
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
}

async function claimTable(ledger: Ledger, { district }: Pick<Filter, 'district'>): Promise<Table> {
  const today = businessDay(ledger.clock())
  const items = await everyOf(
    0n,
    (after, limit) => claimsOf(ledger, operator(), { district, open: true, after, limit }),
    ({ clawback }) => claimPlace(clawback),
  )
  const { bands, districts } = await claimAges(ledger, operator(), today)
  const ages = districts.filter((one) => district === undefined || one.district === district)
  return tableOf<Claim>({
    title: '应收回款',
    notes: [...ages.map((one) => ageNote(bands, one)), '单位：元'],
    columns: [
      text('clawback', '收回', 'Claw-back', ({ clawback }) => clawback),
      text('release', '拨付', 'Release', ({ release }) => release),
      text('district', '区', 'District', ({ district: code }) => code),
      text('ground', '事由', 'Ground', ({ ground }) => groundNamesZh[ground]),
      text('document', '文号', 'Document', ({ document }) => document),
      amount('amount', '应收回', 'Claimed', ({ amountFen }) => amountFen),
      amount('settled', '已清偿', 'Settled', ({ settledFen }) => settledFen),
      amount('open', '尚欠', 'Open', ({ amountFen, settledFen }) => amountFen - settledFen),
      text('dueOn', '到期日', 'Due', ({ dueOn }) => dueOn),
      count('overdue', '逾期日数', 'Days overdue', (claim) => daysOverdue(claim, today)),
    ],
    items,
  })
}

/** What is open of a district, by band of age. */
function ageNote(bands: readonly number[], { district, openFen, notDueFen, overdueFen }: AgedClaims): string {
  const names = [...bands.map((most) => `逾期${most}日内`), `逾期${bands.at(-1) ?? 0}日以上`]
  const parts = [
    `未到期 ${formatFen(notDueFen)}`,
    ...names.map((name, index) => `${name} ${formatFen(overdueFen[index] ?? 0n)}`),
  ]
  return `${district} 尚欠 ${formatFen(openFen)}：${parts.join('，')}`
}

type Draft = EarlyPreview['result']['drafts'][number]
type Other = EarlyPreview['result']['others'][number]
type Outcome = Partial<Omit<Other, 'reason'>> &
  Partial<Draft> & { readonly district: string; readonly reason?: Other['reason'] }

function previewTable({ quarter, run, factsHash, result: { drafts, others } }: EarlyPreview): Table {
  return tableOf<Outcome>({
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
}

const whyNot = ({ reason, failed = [], missing = [] }: Outcome): string | undefined =>
  reason &&
  [
    reasonNamesZh[reason],
    ...failed.map((condition) => conditionNamesZh[condition]),
    ...missing.map((indicator) => indicatorNamesZh[indicator]),
  ].join(' ')

function reviewTable(quarter: Quarter, items: readonly Unearned[]): Table {
  return tableOf<Unearned>({
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
}

const waitingNote = ({ approval, district, indicator, value, person }: WaitingEntry): string =>
  `${approval} 待复核：${district} ${indicatorNamesZh[indicator]} ${value}（${person} 录入）`

function scoreTable(quarter: Quarter, items: readonly ScoreView[], waiting: readonly WaitingEntry[]): Table {
  return tableOf<ScoreView>({
    title: '区级考核得分',
    notes: [quarter, ...waiting.map(waitingNote)],
    columns: [
      text('district', '区', 'District', ({ district }) => district),
      count('version', '版本', 'Version', ({ version }) => version),
      text('total', '总分', 'Total', ({ total }) => total),
      text('frozen', '早拨付采用', 'Used', ({ frozen }) => (frozen ? '是' : '')),
      text('knownAt', '数据时点', 'Known at', ({ knownAt }) => knownAt.slice(0, 19)),
    ],
    items,
  })
}
