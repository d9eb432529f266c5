/**
 * `yiben releases …`: what was paid to districts, what the quarter's early disbursement would do, what a corrected score no longer earns, and
 * the scores themselves. Reading only: what moves money is drafted and approved through the door.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { renderPlain } from '../../reports/render/plain.ts'
import { amount, type Column, count, type Row, type Table, text } from '../../reports/table.ts'
import { reviewEarly, type Unearned } from '../release/clawback/verbs.ts'
import { type EarlyPreview, previewEarly } from '../release/early/verbs.ts'
import { releasesOf, type ReleaseView } from '../release/release/verbs.ts'
import { scoresOf, type ScoreView } from '../release/score/verbs.ts'
import { reasonNamesZh } from '../release/early/early.ts'
import { conditionNamesZh } from '../release/release/release.ts'
import { indicatorNamesZh } from '../release/score/score.ts'
import { releaseStateNamesZh } from '../release/release/release.ts'
import { businessDay } from '../base/calendar.ts'
import { parseAmount } from '../base/money.ts'
import { parseQuarter, type Quarter } from '../base/quarter.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { operator, withDatabase } from './books/open.ts'

const formats = ['text', 'json'] as const
type Given = { readonly format: (typeof formats)[number] }
type GivenList = Given & { readonly district?: string; readonly quarter?: Quarter }

export function releasesCommand(program: Command): void {
  const releases = program.command('releases').description('拨付与早拨付 / releases')
  withFormat(releases.command('list').description('拨付列表 / releases, in order'))
    .option('--district <code>', '行政区划代码 / district')
    .option('--quarter <quarter>', '早拨付的季度，如 2026Q3 / quarter of early ones', quarterOption)
    .action((given: GivenList) => show(given, async (ledger) => listed(await every(ledger, given))))
  ofQuarter(releases, 'preview', '试算季度早拨付，不写入 / what early disbursement would do; writes nothing').action(
    (quarter: Quarter, given: Given) =>
      show(given, async (ledger) => previewed(await previewEarly(ledger, operator(), quarter))),
  )
  ofQuarter(releases, 'review', '得分更正后不再符合条件的早拨付 / what a corrected score no longer earns').action(
    (quarter: Quarter, given: Given) =>
      show(given, async (ledger) => {
        const today = businessDay(ledger.clock())
        return reviewed(quarter, await reviewEarly(ledger, operator(), today, quarter))
      }),
  )
  ofQuarter(releases, 'scores', '各区得分 / scores of a quarter').action((quarter: Quarter, given: Given) =>
    show(given, async ({ database }) => scored(quarter, await scoresOf(database.sql, operator(), quarter))),
  )
}

const withFormat = (command: Command): Command =>
  command.addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))

const ofQuarter = (parent: Command, name: string, about: string): Command =>
  withFormat(parent.command(name).description(about)).argument('<quarter>', '季度，如 2026Q3 / quarter', quarterOption)

function quarterOption(given: string): Quarter {
  const quarter = parseQuarter(given)
  if (quarter === undefined) throw new InvalidArgumentError('须为季度，如 2026Q3 / must be a quarter')
  return quarter
}

type Shown = { readonly json: unknown; readonly table: Table }

async function show({ format }: Given, shown: (ledger: Ledger) => Promise<Shown>): Promise<void> {
  const { json, table } = await withDatabase((database) => shown(openLedger(database)))
  process.stdout.write(format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : renderPlain(table))
}

const pageSize = 500

async function every(ledger: Ledger, { district, quarter }: GivenList): Promise<ReleaseView[]> {
  const all: ReleaseView[] = []
  for (let after = 0n; ; ) {
    const page = await releasesOf(ledger, operator(), { district, quarter, after, limit: pageSize })
    all.push(...page.map(({ view }) => view))
    const last = page.at(-1)
    if (!last || page.length < pageSize) return all
    after = last.id
  }
}

const yuan = (written: string | undefined) => {
  const amountFen = written === undefined ? undefined : parseAmount(written)
  return amountFen === undefined ? text('') : amount(amountFen)
}
type Head = readonly [key: string, zh: string, en: string, kind?: 'amount' | 'count']
const columns = (...given: readonly Head[]): Column[] =>
  given.map(([key, zh, en, kind]): Column => ({ key, zh, en, kind: kind ?? 'text' }))

const listed = (items: readonly ReleaseView[]): Shown => ({
  json: items,
  table: {
    title: '拨付',
    notes: ['单位：元'],
    columns: columns(
      ['release', '编号', 'Id'],
      ['district', '区', 'District'],
      ['allocation', '分配', 'Allocation'],
      ['tranche', '批次', 'Tranche', 'count'],
      ['kind', '类别', 'Kind'],
      ['amount', '金额', 'Amount', 'amount'],
      ['clawed', '已收回', 'Clawed back', 'amount'],
      ['state', '状态', 'State'],
      ['on', '日期', 'Day'],
    ),
    rows: items.map((item) => ({
      cells: [
        text(item.release),
        text(item.district),
        text(item.allocation),
        count(item.tranche),
        text(item.kind === 'early' ? '早拨付' : '正常'),
        yuan(item.amount),
        yuan(item.clawed),
        text(releaseStateNamesZh[item.state]),
        text(item.releasedOn),
      ],
    })),
  },
})

function previewed({ quarter, run, factsHash, result: { drafts, others } }: EarlyPreview): Shown {
  const early = drafts.map(
    ({ district, allocation, tranche, amount: written, conditions }): Row => ({
      cells: [
        text(district),
        text('早拨付'),
        text(allocation),
        count(tranche),
        yuan(written),
        text(conditions.score),
        text(conditions.satisfaction),
        text(conditions.progress),
        text(''),
      ],
    }),
  )
  const rest = others.map(
    ({ district, reason, allocation, tranche, amount: written, conditions, failed, missing }): Row => ({
      cells: [
        text(district),
        text('—'),
        text(allocation),
        tranche === undefined ? text('') : count(tranche),
        yuan(written),
        text(conditions?.score),
        text(conditions?.satisfaction),
        text(conditions?.progress),
        text(
          [
            reasonNamesZh[reason],
            ...(failed ?? []).map((condition) => conditionNamesZh[condition]),
            ...(missing ?? []).map((indicator) => indicatorNamesZh[indicator]),
          ].join(' '),
        ),
      ],
    }),
  )
  const notes = [`${quarter} 第 ${run} 轮（试算，未写入）`, `数据摘要 ${factsHash}`, '单位：元']
  const head = columns(
    ['district', '区', 'District'],
    ['outcome', '结果', 'Outcome'],
    ['allocation', '分配', 'Allocation'],
    ['tranche', '批次', 'Tranche', 'count'],
    ['amount', '金额', 'Amount', 'amount'],
    ['score', '得分', 'Score'],
    ['satisfaction', '满意度', 'Satisfaction'],
    ['progress', '进度', 'Progress'],
    ['reason', '原因', 'Reason'],
  )
  const json = { quarter, run, factsHash, drafts, others }
  return { json, table: { title: '季度早拨付试算', notes, columns: head, rows: [...early, ...rest] } }
}

const reviewed = (quarter: Quarter, items: readonly Unearned[]): Shown => ({
  json: items,
  table: {
    title: '不再符合条件的早拨付',
    notes: [quarter, '单位：元'],
    columns: columns(
      ['release', '编号', 'Id'],
      ['district', '区', 'District'],
      ['score', '现得分', 'Score now'],
      ['failed', '未达标', 'Fails'],
      ['early', '提前未到期', 'Early', 'amount'],
    ),
    rows: items.map(({ release, district, score, failed, early }) => ({
      cells: [text(release), text(district), text(score), text(failed.join('、')), yuan(early)],
    })),
  },
})

const scored = (quarter: Quarter, items: readonly ScoreView[]): Shown => ({
  json: items,
  table: {
    title: '区级考核得分',
    notes: [quarter],
    columns: columns(
      ['district', '区', 'District'],
      ['version', '版本', 'Version', 'count'],
      ['total', '总分', 'Total'],
      ['frozen', '早拨付采用', 'Used'],
      ['knownAt', '数据时点', 'Known at'],
    ),
    rows: items.map(({ district, version, total, frozen, knownAt }) => ({
      cells: [text(district), count(version), text(total), text(frozen ? '是' : ''), text(knownAt.slice(0, 19))],
    })),
  },
})
