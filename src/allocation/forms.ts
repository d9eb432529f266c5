/** What comes in and goes out of allocations: formula, rows or the registry; versions with every step. */
import * as z from 'zod'
import { ratioPattern } from '../base/decimal.ts'
import { amountPattern, formatFen } from '../base/money.ts'
import {
  about,
  amountOut,
  bookCode,
  day,
  districtCode,
  flag,
  identifier,
  listOf,
  oneOf,
  part,
  sha256,
  text,
} from '../form/field.ts'
import { itemClasses } from '../policy/catalogue.ts'
import {
  type Allocation,
  type AllocationState,
  allocationStateNamesZh,
  type AllocationVersion,
  type Share,
} from './allocation.ts'
import { variants } from './formula.ts'
import type { ListedAllocation, VersionHead, WholeVersion } from './reads.ts'

// --- What comes in --------------------------------------------------------------------------------------------------

const rowsMax = 2_000
const countMax = 1_000_000_000

/** Amounts and ratios stay the text they were given as: it is what is kept and approved. */
const written = (pattern: RegExp, name: string, zh: string, en: string) =>
  z.string({ error: name }).regex(pattern, { error: name }).meta(about(zh, en))
const ratio = (zh: string, en: string) => z.exactOptional(written(ratioPattern, 'ratio', zh, en))
const yuan = (zh: string, en: string) => z.exactOptional(written(amountPattern, 'amount', zh, en))
const signedYuan = (zh: string, en: string) =>
  z.exactOptional(written(/^-?(0|[1-9][0-9]{0,14})(\.[0-9]{1,2})?$/, 'signed_amount', zh, en))
const count = (zh: string, en: string) =>
  z.exactOptional(
    z.int({ error: 'size' }).min(0, { error: 'size' }).max(countMax, { error: 'size' }).meta(about(zh, en)),
  )

export const allocationCode = identifier('分配编号', 'code of the allocation')
export const inAllocation = z.strictObject({ allocation: allocationCode })
export const versionNumber = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]{0,5}$/, { error: 'positive', abort: true })
  .transform(Number)
  .meta({ ...about('稿次', 'version'), type: 'integer', minimum: 1 })
const document = text(200, '依据文件', 'the document it rests on')

const weightsForm = z
  .strictObject({
    area: ratio('面积', 'area'),
    households: ratio('户数', 'households'),
    buildings: ratio('楼栋数', 'buildings'),
    communities: ratio('小区数', 'communities'),
    performance: ratio('绩效', 'performance'),
  })
  .meta({ id: 'FactorWeights', ...about('各因素权重，合计为1', 'weights of the factors, adding up to 1') })
const unit = yuan(
  '取整单位（元）：0.01 为分，100.00 为万元两位小数；不填按公式',
  'unit of rounding in yuan; as the formula says where absent',
)
const formulaForm = z
  .union(
    [
      z.strictObject({
        variant: identifier(`公式：${Object.keys(variants).join('、')}`, `one of ${Object.keys(variants).join(', ')}`),
        unit,
      }),
      z.strictObject({
        weights: weightsForm,
        taskShare: z.exactOptional(
          part.meta(about('按任务量分配的比例，其余为奖励', 'the part by task; the rest is reward')),
        ),
        unit,
        document,
      }),
      z.strictObject({
        standard: written(amountPattern, 'amount', '每平方米补助标准（元）', 'subsidy per m² in yuan'),
        unit,
        document,
      }),
    ],
    { error: 'formula' },
  )
  .meta({
    id: 'AllocationFormula',
    ...about(
      '分配公式：按名称，或自定权重、定额及其依据',
      'a formula by name, or weights or a standard of one’s own with their document',
    ),
  })

const rowForm = z
  .strictObject({
    recipient: identifier('区划代码或项目编号', 'district or project code'),
    item: z.exactOptional(identifier('改造内容，如 B03', 'item of the catalogue')),
    part: z.exactOptional(identifier('同一内容中的哪一个，如电梯编号', 'which of several, such as an elevator')),
    area: ratio('面积', 'area'),
    households: count('户数', 'households'),
    buildings: count('楼栋数', 'buildings'),
    communities: count('小区数', 'communities'),
    coefficient: ratio('财政困难系数', 'coefficient of fiscal difficulty'),
    performance: ratio('绩效得分', 'performance'),
    reward: ratio('奖励系数', 'reward coefficient'),
    cost: yuan('实际成本（元）', 'real cost'),
    pipelineCost: yuan('其中管线改移费用（元）', 'of it, moving pipelines'),
    certificate: z.exactOptional(
      flag.meta(about('已取得特种设备监督检验合格', 'the special-equipment certificate is there')),
    ),
    investment: yuan('每平方米投资（元）', 'investment per m²'),
    ownersShare: z.exactOptional(part.meta(about('居民出资比例，0 至 1', 'the part owners pay, 0 to 1'))),
    class: z.exactOptional(oneOf(itemClasses).meta(about('改造类别', 'class of works'))),
    amount: signedYuan('分配表所列金额（元）；补充分配可为负', 'amount a table states; negative only in a supplement'),
  })
  .meta({ id: 'AllocationRow', ...about('分配对象及其计算数据', 'a recipient and its figures') })

const termsForm = z.strictObject({
  district: districtCode,
  coefficient: ratio('财政困难系数', 'coefficient of fiscal difficulty'),
  performance: ratio('绩效得分', 'performance'),
  reward: ratio('奖励系数', 'reward coefficient'),
})

const registryForm = z
  .strictObject({
    year: z.exactOptional(
      z
        .int({ error: 'year' })
        .min(2000, { error: 'year' })
        .max(2100, { error: 'year' })
        .meta(about('计划年度，默认指标年度', 'year of the plan; the indicator’s where absent')),
    ),
    batch: z.exactOptional(
      z
        .int({ error: 'positive' })
        .min(1, { error: 'positive' })
        .max(100, { error: 'positive' })
        .meta(about('批次', 'batch')),
    ),
    projects: z.exactOptional(listOf(identifier('项目编号', 'project code'), rowsMax)),
    districts: listOf(termsForm, 100).meta(about('各区系数与绩效', 'coefficients and scores by district')),
  })
  .meta(about('按登记计算：面积、户数等取自项目登记', 'figures of the registry, as of the day'))

const contentShape = {
  on: day.meta(
    about(
      '业务日期：适用当日规定，取当日登记，并以此日记账',
      'whose law applies, as of when the registry is read, and under which it is posted',
    ),
  ),
  total: signedYuan(
    '分配总额（元）；定额类公式为上限，可不填',
    'the total; of a standard the most there is, may be left out',
  ),
  formula: formulaForm,
  rows: z.exactOptional(listOf(rowForm, rowsMax)),
  registry: z.exactOptional(registryForm),
  document: document.meta(about('数据与方案所依据的文件', 'the document that figures and scheme rest on')),
  books: z.exactOptional(
    listOf(z.strictObject({ district: districtCode, book: bookCode }), 100).meta(
      about(
        '各区接收指标的账套；一区只有一个政府会计账套时可不填',
        'book of each district; may be left out where it has one',
      ),
    ),
  ),
  note: z.exactOptional(text(500, '说明', 'note')),
}
const rowsOrRegistry = ({ rows, registry }: { rows?: unknown; registry?: unknown }): boolean =>
  (rows === undefined) !== (registry === undefined)
const source = { error: 'rows_or_registry' }

export const newVersion = z
  .strictObject(contentShape)
  .refine(rowsOrRegistry, source)
  .meta({ id: 'AllocationVersionDraft' })
export const newAllocation = z
  .strictObject({
    allocation: allocationCode,
    indicator: identifier('预算指标', 'budget indicator'),
    recipients: oneOf(['districts', 'projects']).meta(about('分配到区，或分配到项目', 'to districts or to projects')),
    ...contentShape,
  })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'AllocationDraft', ...about('分配方案', 'an allocation to be drafted') })
export const newSupplement = z
  .strictObject({ allocation: allocationCode, ...contentShape })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'SupplementDraft', ...about('补充分配方案', 'a supplement to be drafted') })

// --- What goes out --------------------------------------------------------------------------------------------------

const states = Object.keys(allocationStateNamesZh) as AllocationState[]
export const stateForm = oneOf(states).meta(about('状态', 'state'))
const headShape = {
  allocation: z.string(),
  programme: z.string().meta(about('项目批次（未落实到项目的资金）', 'programme')),
  indicator: z.string(),
  year: z.int(),
  district: z.exactOptional(
    z.string().meta(about('区级分配；全市分配没有此项', 'of a district’s own; absent: the city’s')),
  ),
  book: z.string().meta(about('上级账套', 'the upper book')),
  recipients: z.enum(['districts', 'projects']),
  supplements: z.exactOptional(z.string().meta(about('所补充的分配', 'what it supplements'))),
  state: z.enum(states),
  version: z.int().meta(about('现行稿次', 'the version that stands')),
  changes: z.int().meta(about('变更次数，即 ETag', 'count of changes: the ETag')),
  on: z.string().meta({ ...about('业务日期', 'business date'), format: 'date' }),
  variant: z.string().meta(about('公式；own 为自定', 'formula; own where it is none of the variants')),
  total: amountOut('分配总额', 'total'),
}
const shareShape = { recipient: z.string(), district: z.string(), amount: amountOut('分配额', 'share') }
const shareForm = z.strictObject(shareShape).meta({ id: 'AllocationShare', ...about('一个对象的分配额', 'a share') })
export const allocationSummary = z.strictObject(headShape).meta({ id: 'AllocationSummary' })
const hash = sha256.meta(about('本稿全部内容的 SHA-256', 'SHA-256 of all of the version'))
export const allocationForm = z
  .strictObject({ ...headShape, hash, shares: z.array(shareForm) })
  .meta({ id: 'Allocation', ...about('资金分配及其现行一稿', 'an allocation with the version that stands') })

const anything = z.looseObject({})
const versionHeadShape = {
  version: z.int(),
  on: z.string(),
  variant: z.string(),
  total: amountOut('分配总额', 'total'),
  hash,
  maker: z.string(),
  at: z.string().meta({ ...about('编制时刻', 'when it was made'), format: 'date-time' }),
  document: z.string(),
  note: z.exactOptional(z.string()),
}
const versionHead = z.strictObject(versionHeadShape).meta({ id: 'AllocationVersionHead' })
const wholeShare = z
  .strictObject({
    ...shareShape,
    rows: z.array(anything).meta(about('计算所用数据', 'the figures it was computed from')),
    steps: anything.meta(
      about(
        '计算步骤：份额、取整前金额、取整、所补一个单位',
        'its steps: share, amount before rounding, floor, the unit it got',
      ),
    ),
    items: z.array(
      z.strictObject({
        item: z.string(),
        part: z.string(),
        amount: amountOut('补助', 'subsidy'),
        cost: amountOut('成本', 'cost'),
      }),
    ),
  })
  .meta({ id: 'AllocationShareSteps' })
export const wholeVersion = z
  .strictObject({
    allocation: z.string(),
    ...versionHeadShape,
    formula: anything,
    uses: z
      .array(anything)
      .meta(about('所适用的规定、条款和起始日', 'the policy values used, each with clause and date')),
    given: anything.meta(about('编制时所给', 'what was given')),
    basis: anything.meta(about('各对象共同的权重、合计、取整差额', 'what all shares have in common')),
    books: z.record(z.string(), z.string()).meta(about('各区账套', 'book of each district')),
    shares: z.array(wholeShare),
  })
  .meta({
    id: 'AllocationVersion',
    ...about('一稿的全部内容，可据以手工复算', 'a version whole, to be computed again by hand'),
  })
export const allocationWithHistory = z
  .strictObject({
    ...headShape,
    hash,
    shares: z.array(shareForm),
    versions: z.array(versionHead),
    history: z.array(anything).meta(about('全部经过', 'all that happened to it')),
  })
  .meta({ id: 'AllocationWithHistory' })

const orNull = (form: z.ZodType) => z.union([form, z.null()])
export const comparisonForm = z
  .strictObject({
    allocation: z.string(),
    from: versionHead,
    to: versionHead,
    difference: amountOut('总额之差', 'difference of the totals'),
    formula: z.exactOptional(anything.meta(about('公式的变化', 'the formula, where it differs'))),
    basis: z.exactOptional(anything.meta(about('权重、合计的变化', 'weights and sums, where they differ'))),
    shares: z.array(
      z.strictObject({
        recipient: z.string(),
        district: z.string(),
        before: orNull(amountOut('前稿', 'before')),
        after: orNull(amountOut('后稿', 'after')),
        difference: amountOut('差额', 'difference'),
        inputs: z.array(
          z.strictObject({
            item: z.exactOptional(z.string()),
            part: z.exactOptional(z.string()),
            input: z.string(),
            before: orNull(z.string()),
            after: orNull(z.string()),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'AllocationComparison', ...about('两稿对照', 'two versions side by side') })

export const submittedAllocation = z
  .strictObject({
    allocation: allocationForm,
    approval: z.string(),
    hash: sha256.meta(about('审批时引用的摘要', 'what deciders refer to')),
  })
  .meta({ id: 'SubmittedAllocation' })

export type AllocationView = z.input<typeof allocationForm>

export const headView = ({ district, supplements, ...of }: Allocation) => ({
  ...of,
  ...(district !== null && { district }),
  ...(supplements !== null && { supplements }),
})

export const summaryView = ({
  on,
  variant,
  totalFen,
  ...head
}: ListedAllocation): z.input<typeof allocationSummary> => ({
  ...headView(head),
  on,
  variant,
  total: formatFen(totalFen),
})

export const shareView = ({ recipient, district, amountFen }: Share) => ({
  recipient,
  district,
  amount: formatFen(amountFen),
})

type Summed = Pick<AllocationVersion, 'on' | 'variant' | 'totalFen' | 'shares'>

export const allocationView = (
  of: Allocation,
  { on, variant, totalFen, shares }: Summed,
  hash: string,
): AllocationView => ({
  ...headView(of),
  on,
  variant,
  total: formatFen(totalFen),
  hash,
  shares: shares.map(shareView),
})

export const versionHeadView = ({ version, on, variant, totalFen, hash, maker, at, document, note }: VersionHead) => ({
  version,
  on,
  variant,
  total: formatFen(totalFen),
  hash,
  maker,
  at,
  document,
  ...(note !== null && { note }),
})

export const versionView = (version: WholeVersion): z.input<typeof wholeVersion> => ({
  allocation: version.allocation,
  ...versionHeadView(version),
  formula: { ...version.formula },
  uses: version.uses.map((use) => ({ ...use })),
  given: version.given as Record<string, unknown>,
  basis: version.basis,
  books: { ...version.books },
  shares: version.shares.map((share) => ({
    ...shareView(share),
    rows: share.rows.map((row) => ({ ...row })),
    steps: share.steps,
    items: share.items.map(({ item, part: which, amountFen, costFen }) => ({
      item,
      part: which,
      amount: formatFen(amountFen),
      cost: formatFen(costFen),
    })),
  })),
})
