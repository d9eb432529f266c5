/** How an allocation is shown: its state, its versions with every step, two of them side by side. */
import * as z from 'zod'
import type { WholeVersion } from '../../allocation/reads.ts'
import { headJson } from '../../allocation/verbs.ts'
import { type AllocationState, allocationStateNamesZh, type Share } from '../../allocation/allocation.ts'
import type { ListedAllocation, VersionHead } from '../../allocation/reads.ts'
import { formatFen } from '../../base/money.ts'
import { about, amountOut, sha256 } from '../../form/field.ts'

export const states = Object.keys(allocationStateNamesZh) as AllocationState[]
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
const shareView = z.strictObject(shareShape).meta({ id: 'AllocationShare', ...about('一个对象的分配额', 'a share') })
export const summaryView = z.strictObject(headShape).meta({ id: 'AllocationSummary' })
const hash = sha256.meta(about('本稿全部内容的 SHA-256', 'SHA-256 of all of the version'))
export const allocationView = z
  .strictObject({ ...headShape, hash, shares: z.array(shareView) })
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
const versionHeadView = z.strictObject(versionHeadShape).meta({ id: 'AllocationVersionHead' })
const wholeShareView = z
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
export const wholeVersionView = z
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
    shares: z.array(wholeShareView),
  })
  .meta({
    id: 'AllocationVersion',
    ...about('一稿的全部内容，可据以手工复算', 'a version whole, to be computed again by hand'),
  })
export const wholeView = z
  .strictObject({
    ...headShape,
    hash,
    shares: z.array(shareView),
    versions: z.array(versionHeadView),
    history: z.array(anything).meta(about('全部经过', 'all that happened to it')),
  })
  .meta({ id: 'AllocationWithHistory' })

const orNull = (form: z.ZodType) => z.union([form, z.null()])
export const comparisonView = z
  .strictObject({
    allocation: z.string(),
    from: versionHeadView,
    to: versionHeadView,
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

export const submittedView = z
  .strictObject({
    allocation: allocationView,
    approval: z.string(),
    hash: sha256.meta(about('审批时引用的摘要', 'what deciders refer to')),
  })
  .meta({ id: 'SubmittedAllocation' })

export const presentSummary = ({ on, variant, totalFen, ...head }: ListedAllocation): z.input<typeof summaryView> => ({
  ...headJson(head),
  on,
  variant,
  total: formatFen(totalFen),
})

export const presentShare = ({ recipient, district, amountFen }: Share) => ({
  recipient,
  district,
  amount: formatFen(amountFen),
})

export const presentHead = ({ version, on, variant, totalFen, hash, maker, at, document, note }: VersionHead) => ({
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

export const presentVersion = (version: WholeVersion): z.input<typeof wholeVersionView> => ({
  allocation: version.allocation,
  ...presentHead(version),
  formula: { ...version.formula },
  uses: version.uses.map((use) => ({ ...use })),
  given: version.given as Record<string, unknown>,
  basis: version.basis,
  books: { ...version.books },
  shares: version.shares.map((share) => ({
    ...presentShare(share),
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
