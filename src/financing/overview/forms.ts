/** What goes out of the overview. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { about, amountOut, oneOf } from '../../form/field.ts'
import { columnNames, moneyColumns, type MoneyColumn } from '../money/money.ts'
import { type Columns, type Flow, flowStageNames, flowStages, flowTargetNames, flowTargets } from './overview.ts'
import type { OverviewRead } from './reads.ts'

type Name = MoneyColumn | 'remaining'
const names: readonly Name[] = [...moneyColumns, 'remaining']

const shape = Object.fromEntries(
  names.map((name) => [name, amountOut(columnNames[name].zh, columnNames[name].en.toLowerCase())]),
) as Record<Name, ReturnType<typeof amountOut>>
const amounts = (columns: Columns) =>
  Object.fromEntries(names.map((name) => [name, formatFen(columns[name])])) as Record<Name, string>

const flowForm = <const To extends readonly string[]>(to: To, said: { zh: string; en: string }) =>
  z.array(
    z.strictObject({
      source: z.string(),
      to: oneOf(to).meta(about(said.zh, said.en)),
      amount: amountOut('金额', 'amount'),
    }),
  )
const wordsOf = (of: Readonly<Record<string, { zh: string }>>) =>
  Object.entries(of)
    .map(([code, { zh }]) => `${code} ${zh}`)
    .join('，')

export const overviewForm = z
  .strictObject({
    year: z.exactOptional(z.int().meta(about('项目所属计划年度', 'of which plan year'))),
    district: z.exactOptional(z.string().meta(about('只限该区', 'of this district'))),
    asOf: z.string().meta({ ...about('业务日期截至', 'as of this day'), format: 'date' }),
    knownAt: z.string().meta({
      ...about('按此刻所知；再次查询请带上它', 'as known at this instant; ask again with it'),
      format: 'date-time',
    }),
    projects: z.int().meta(about('项目数', 'number of projects')),
    total: z.strictObject(shape),
    sources: z.array(z.strictObject({ source: z.string(), ...shape })),
    districts: z.array(z.strictObject({ district: z.string(), projects: z.int(), ...shape })),
    flows: z.strictObject({
      plan: flowForm(flowTargets, { zh: wordsOf(flowTargetNames), en: 'class of works the plan pays' }).meta(
        about('计划：来源到改造内容类别', 'the plan: from sources to classes of works'),
      ),
      money: flowForm(flowStages, { zh: wordsOf(flowStageNames), en: 'how far it has come' }).meta(
        about('执行：每一来源的计划走到哪一步，各步之和等于计划', 'what happened: the stages add up to the plan'),
      ),
    }),
    accounts: z
      .array(
        z.strictObject({
          column: oneOf(moneyColumns),
          district: z.string(),
          source: z.string(),
          book: z.string(),
          account: z.string(),
          amount: amountOut('计入金额', 'what of it counts'),
        }),
      )
      .meta(about('各数由哪些账套的哪些科目组成', 'the accounts each figure is the sum of')),
  })
  .meta({ id: 'Overview', ...about('一本账：全部资金', 'all money in one view') })

const flowView = <To extends string>({ source, to, amountFen }: Flow<To>) => ({
  source,
  to,
  amount: formatFen(amountFen),
})

export function overviewView({ query, projects, ...overview }: OverviewRead): z.input<typeof overviewForm> {
  const counted = new Map(projects.map((one) => [one.district, one.projects]))
  return {
    ...(query.year !== undefined && { year: query.year }),
    ...(query.district !== undefined && { district: query.district }),
    asOf: query.asOf,
    knownAt: formatInstant(query.knownAt),
    projects: projects.reduce((sum, one) => sum + one.projects, 0),
    total: amounts(overview.total),
    sources: overview.sources.map(({ source, ...columns }) => ({ source, ...amounts(columns) })),
    districts: overview.districts.map(({ district, ...columns }) => ({
      district,
      projects: counted.get(district) ?? 0,
      ...amounts(columns),
    })),
    flows: { plan: overview.planFlows.map(flowView), money: overview.moneyFlows.map(flowView) },
    accounts: overview.parts.map(({ column, district, source, book, subject, amountFen }) => ({
      column,
      district,
      source,
      book,
      account: subject,
      amount: formatFen(amountFen),
    })),
  }
}
