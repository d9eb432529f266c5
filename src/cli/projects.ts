/** `yiben projects …`: importing lists from CSV, all of a file or nothing, and looking at projects and yearly plans. */
import { type Command, Option } from 'commander'
import * as z from 'zod'
import type { Table } from '../../reports/table.ts'
import { businessDay } from '../base/calendar.ts'
import { amount, districtCode, identifier, oneOf, text } from '../form/field.ts'
import type { FileRecord } from '../form/file/csv.ts'
import { type Columns, readRows, type Rows } from '../form/file/rows.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { importDwellings, importItems, importProjects, ImportRefused } from '../projects/import.ts'
import { formatArea, ownerships, ownershipNamesZh } from '../projects/community/community.ts'
import { positiveArea } from '../projects/community/forms.ts'
import type { ProjectFacts } from '../projects/project/facts.ts'
import { listProjectFacts } from '../projects/project/reads.ts'
import { type PlanRead, showPlan } from '../projects/annual-plan/reads.ts'
import { kindNamesZh, projectKinds, type ProjectState, projectStates, stateNamesZh } from '../projects/terms.ts'
import { operator, withLedger } from './books/open.ts'
import { byRow, recordsOf } from './books/rows.ts'
import {
  amount as amountColumn,
  count,
  type Given,
  print,
  tableOf,
  text as textColumn,
  wholeOption,
  withFormat,
} from './table.ts'

const numberOption = wholeOption(4)

export function projectsCommand(program: Command): void {
  const projects = program.command('projects').description('项目、小区与年度计划 / projects, communities, yearly plans')
  const imports = projects
    .command('import')
    .description('从 CSV 导入，整个文件全部成功或全部不做 / import CSV, all or none')
  for (const [name, { about }] of Object.entries(files)) {
    imports
      .command(`${name} <file>`)
      .description(`${about}；列 / columns: ${columnsOf(name)}`)
      .action((file: string) => importFile(name, file))
  }
  withFormat(projects.command('list').description('项目一览 / projects with what they cover'))
    .option('--district <code>', '区划 / district')
    .addOption(new Option('--state <state>', '状态 / state').choices(projectStates))
    .option('--year <year>', '年度 / year', numberOption)
    .option('--batch <batch>', '批次 / batch', numberOption)
    .action(({ format, ...query }: Given & Filter) =>
      print({ format }, (ledger) => projectsTable(ledger, query), { id: 'listProjects', query }),
    )
  withFormat(projects.command('plan').description('年度计划 / the yearly plan of a district'))
    .requiredOption('--district <code>', '区划 / district')
    .requiredOption('--year <year>', '年度 / year', numberOption)
    .action((given: Given & PlanOf) =>
      print(given, (ledger) => planTable(ledger, given), {
        id: 'readPlan',
        params: { district: given.district, year: String(given.year) },
      }),
    )
}

// --- Import
// -------------------------------------------------------------------------------------------------------------

type File<Form extends z.ZodType> = {
  readonly about: string
  readonly columns: Columns
  readonly form: Form
  readonly take: (ledger: Ledger, rows: Rows<z.output<Form>>['rows']) => Promise<string>
}

/** A kind of file, as the command works with it: records in, what was taken said. */
type Kind = {
  readonly about: string
  readonly columns: Columns
  readonly take: (records: readonly FileRecord[]) => Promise<string>
}

function kindOf<Form extends z.ZodType>({ about, columns, form, take }: File<Form>): Kind {
  return {
    about,
    columns,
    take: (records) => {
      const { rows, faults } = readRows(records, columns, form)
      if (faults.length > 0) throw new ImportRefused(faults)
      return withLedger((ledger) => take(ledger, rows))
    },
  }
}

const whole = z
  .string({ error: 'size' })
  .regex(/^(0|[1-9][0-9]{0,7})$/, { error: 'size', abort: true })
  .transform(Number)
const code = identifier('编号', 'code')
const optional = z.exactOptional

const dwellingForm = z.strictObject({
  district: districtCode,
  community: code,
  community_name: text(200, '小区名称', 'name'),
  building: code,
  building_name: text(100, '楼栋名称', 'name'),
  floors: optional(z.union([whole, z.null()], { error: 'size' })),
  dwelling: code,
  area: positiveArea,
  ownership: oneOf(ownerships),
})
const projectForm = z.strictObject({
  project: code,
  district: districtCode,
  name: text(200, '名称', 'name'),
  kind: oneOf(projectKinds),
  implementer: text(200, '实施主体', 'implementer'),
  book: optional(code),
  plan_book: optional(code),
  bundle: optional(code),
  households_before: optional(whole),
  households_after: optional(whole),
  added_area: optional(positiveArea),
  covers: text(10_000, '楼栋', 'buildings'),
})
const itemForm = z.strictObject({
  project: code,
  item: code,
  quantity: optional(z.union([text(100, '工程量', 'quantity'), z.null()], { error: 'text:100' })),
  cost: amount,
})

const files: Readonly<Record<string, Kind>> = {
  dwellings: kindOf({
    about: '房屋（连同小区和楼栋） / dwellings with their communities and buildings',
    columns: {
      district: { zh: '区划' },
      community: { zh: '小区编号', also: ['小区'] },
      community_name: { zh: '小区名称', free: true },
      building: { zh: '楼栋编号', also: ['楼栋'] },
      building_name: { zh: '楼栋名称', free: true },
      floors: { zh: '层数', optional: true, empties: true },
      dwelling: { zh: '房号' },
      area: { zh: '面积', also: ['面积（㎡）'] },
      ownership: { zh: '产权', words: ownershipNamesZh },
    },
    form: dwellingForm,
    take: async (ledger, rows) => {
      const given = rows.map(({ row, value }) => {
        const { community_name: communityName, building_name: buildingName, area: areaDm2, ...rest } = value
        return { row, ...rest, communityName, buildingName, areaDm2 }
      })
      const { communities, buildings, dwellings } = await importDwellings(ledger, operator(), given)
      return `新小区 ${communities}，楼栋 ${buildings}，房屋 ${dwellings} / communities ${communities}, buildings ${buildings}, dwellings ${dwellings}`
    },
  }),
  projects: kindOf({
    about:
      '储备项目；covers 写“小区/楼栋”，以分号分隔，只写小区即其全部楼栋 / projects; covers is community/building, separated by semicolons',
    columns: {
      project: { zh: '项目编号', also: ['项目'] },
      district: { zh: '区划' },
      name: { zh: '项目名称', also: ['名称'], free: true },
      kind: { zh: '类别', words: kindNamesZh },
      implementer: { zh: '实施主体', free: true },
      book: { zh: '账套', optional: true },
      plan_book: { zh: '方案账套', optional: true },
      bundle: { zh: '打捆', optional: true },
      households_before: { zh: '改建前户数', optional: true },
      households_after: { zh: '改建后户数', optional: true },
      added_area: { zh: '增加面积', optional: true },
      covers: { zh: '楼栋范围' },
    },
    form: projectForm,
    take: async (ledger, rows) => {
      const taken = await importProjects(
        ledger,
        operator(),
        rows.map(({ row, value }) => ({ row, ...projectOf(value) })),
      )
      return `项目 ${taken} / projects ${taken}`
    },
  }),
  items: kindOf({
    about:
      '项目的改造内容与造价，替换文件所列项目原有的 / items and costs, in place of what the projects of the file had',
    columns: {
      project: { zh: '项目编号', also: ['项目'] },
      item: { zh: '改造内容' },
      quantity: { zh: '工程量', optional: true, empties: true, free: true },
      cost: { zh: '造价' },
    },
    form: itemForm,
    take: async (ledger, rows) => {
      const taken = await importItems(
        ledger,
        operator(),
        rows.map(({ row, value }) => ({ row, ...value })),
      )
      return `改造内容 ${taken} / items ${taken}`
    },
  }),
}

const columnsOf = (name: string): string =>
  Object.entries(files[name]?.columns ?? {})
    .map(([key, { zh, optional }]) => `${zh}（${key}）${optional ? '?' : ''}`)
    .join(',')

function projectOf({
  plan_book: planBook,
  households_before: householdsBefore,
  households_after: householdsAfter,
  added_area: addedArea,
  covers,
  ...rest
}: z.output<typeof projectForm>) {
  return {
    ...rest,
    ...(planBook !== undefined && { planBook }),
    ...(householdsBefore !== undefined && { householdsBefore }),
    ...(householdsAfter !== undefined && { householdsAfter }),
    ...(addedArea !== undefined && { addedArea }),
    covers: covers.split(/[;；]/).flatMap((part) => {
      const [community = '', building] = part.trim().split('/')
      return community === '' ? [] : [{ community, building }]
    }),
  }
}

async function importFile(name: string, path: string): Promise<void> {
  const file = files[name]
  if (!file) return
  const records = await recordsOf(path)
  process.stderr.write(`已导入 / imported: ${await byRow(() => file.take(records))}\n`)
}

// --- Lists
// --------------------------------------------------------------------------------------------------------------

type Filter = {
  readonly district?: string
  readonly state?: ProjectState
  readonly year?: number
  readonly batch?: number
}
type PlanOf = { readonly district: string; readonly year: number }

async function projectsTable(ledger: Ledger, { district, state, year, batch }: Filter): Promise<Table> {
  const asOf = businessDay(ledger.clock())
  const facts = await listProjectFacts(ledger, operator(), { district, year, batch, asOf })
  return tableOf<ProjectFacts>({
    title: '项目一览',
    notes: [`进度截至 ${asOf}`],
    columns: [
      textColumn('project', '项目', 'Project', ({ project }) => project),
      textColumn('name', '名称', 'Name', ({ name }) => name),
      textColumn('district', '区划', 'District', ({ district }) => district),
      textColumn('plan', '计划', 'Plan', ({ year, batch }) => (year === null ? '' : `${year} 年第 ${batch} 批`)),
      textColumn('kind', '类别', 'Kind', ({ kind }) => kindNamesZh[kind]),
      textColumn('state', '状态', 'State', ({ state }) => stateNamesZh[state]),
      count('buildings', '楼栋', 'Buildings', ({ buildings }) => buildings),
      count('households', '户数', 'Households', ({ households }) => households),
      textColumn('area', '面积（㎡）', 'Area', ({ areaDm2 }) => formatArea(areaDm2)),
      textColumn('progress', '进度', 'Progress', ({ progress }) => progress),
    ],
    items: facts.filter((row) => state === undefined || row.state === state),
  })
}

type Queued = PlanRead['queue'][number]

async function planTable(ledger: Ledger, { district, year }: PlanOf): Promise<Table> {
  const { row, queue, leftFen, monitor } = await showPlan(
    ledger,
    operator(),
    { district, year },
    businessDay(ledger.clock()),
  )
  const { basicDm2, seismicEnergyDm2, minimumDm2, shortfallDm2 } = monitor.fixed
  return tableOf<Pick<Queued, 'name' | 'needFen'> & Partial<Queued>>({
    title: `${district} ${year} 年度改造计划`,
    notes: [
      `已确定批次：基础类 ${formatArea(basicDm2)} ㎡，抗震节能综合改造 ${formatArea(seismicEnergyDm2)} ㎡，应不低于 ${formatArea(minimumDm2)} ㎡，差额 ${formatArea(shortfallDm2)} ㎡`,
      '单位：元',
    ],
    columns: [
      count('priority', '排序', 'Priority', ({ priority }) => priority),
      textColumn('project', '项目', 'Project', ({ project }) => project),
      textColumn('name', '名称', 'Name', ({ name }) => name),
      textColumn('state', '状态', 'State', ({ state }) => state && stateNamesZh[state]),
      textColumn('batch', '批次', 'Batch', ({ batch }) => batch?.toString()),
      amountColumn('need', '当年所需', 'Need', ({ needFen }) => needFen),
    ],
    items: queue,
    below: [
      { name: '年度财力', needFen: row.capacityFen },
      { name: '剩余财力', needFen: leftFen },
    ],
  })
}
