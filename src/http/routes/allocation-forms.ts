/** What is asked of an allocation: its formula, its rows or the registry they come from, its versions. */
import * as z from 'zod'
import { json as plainJson, type VersionGiven } from '../../allocation/allocation.ts'
import { variants } from '../../allocation/formula.ts'
import { ratioPattern } from '../../base/decimal.ts'
import { amountPattern } from '../../base/money.ts'
import { itemClasses } from '../../policy/catalogue.ts'
import { about, bookCode, day, districtCode, flag, identifier, listOf, oneOf, part, text } from '../../form/field.ts'

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

const allocationCode = identifier('分配编号', 'code of the allocation')
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
    ownersShare: ratio('居民出资比例', 'part of the investment that owners pay'),
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

export const versionForm = z
  .strictObject(contentShape)
  .refine(rowsOrRegistry, source)
  .meta({ id: 'AllocationVersionDraft' })
export const draftForm = z
  .strictObject({
    allocation: allocationCode,
    indicator: identifier('预算指标', 'budget indicator'),
    recipients: oneOf(['districts', 'projects']).meta(about('分配到区，或分配到项目', 'to districts or to projects')),
    ...contentShape,
  })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'AllocationDraft', ...about('分配方案', 'an allocation to be drafted') })
export const supplementForm = z
  .strictObject({ allocation: allocationCode, ...contentShape })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'SupplementDraft', ...about('补充分配方案', 'a supplement to be drafted') })

/** What the forms checked is JSON already; what is absent falls away. */
export const contentOf = (given: object): VersionGiven => plainJson(given) as unknown as VersionGiven
