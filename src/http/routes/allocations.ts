/** Allocations of subsidies: drafting, drafting anew, comparing versions, submitting, supplementing what was approved. */
import * as z from 'zod'
import {
  type AllocationJson,
  draftAllocation,
  headJson,
  redraftAllocation,
  submitAllocation,
  supplementAllocation,
} from '../../allocation/actions.ts'
import {
  compareVersions,
  listAllocations,
  showAllocation,
  showVersion,
  type WholeVersion,
} from '../../allocation/actions-read.ts'
import {
  allocationStateNamesZh,
  type AllocationState,
  json as plainJson,
  type Share,
  type VersionGiven,
} from '../../allocation/allocation.ts'
import { variants } from '../../allocation/formula.ts'
import type { ListedAllocation, VersionHead } from '../../allocation/store.ts'
import { ratioPattern } from '../../base/decimal.ts'
import { amountPattern, formatFen } from '../../base/money.ts'
import { itemClasses } from '../../policy/catalogue.ts'
import { json, noBody, optionalJson } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import {
  about,
  bookCode,
  cursor,
  day,
  districtCode,
  flag,
  identifier,
  limit,
  listOf,
  oneOf,
  part,
  sha256,
  text,
  year,
} from '../forms.ts'
import { answerKeyed, etagOfVersion, none, reply, type Route, route } from '../route.ts'
import { amountOut, nextView } from '../views.ts'

// --- Forms ----------------------------------------------------------------------------------------------------------

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
const inAllocation = z.strictObject({ allocation: allocationCode })
const versionNumber = z
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

const versionForm = z.strictObject(contentShape).refine(rowsOrRegistry, source).meta({ id: 'AllocationVersionDraft' })
const draftForm = z
  .strictObject({
    allocation: allocationCode,
    indicator: identifier('预算指标', 'budget indicator'),
    recipients: oneOf(['districts', 'projects']).meta(about('分配到区，或分配到项目', 'to districts or to projects')),
    ...contentShape,
  })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'AllocationDraft', ...about('分配方案', 'an allocation to be drafted') })
const supplementForm = z
  .strictObject({ allocation: allocationCode, ...contentShape })
  .refine(rowsOrRegistry, source)
  .meta({ id: 'SupplementDraft', ...about('补充分配方案', 'a supplement to be drafted') })

/** What the forms checked is JSON already; what is absent falls away. */
const contentOf = (given: object): VersionGiven => plainJson(given) as unknown as VersionGiven

// --- Views ----------------------------------------------------------------------------------------------------------

const states = Object.keys(allocationStateNamesZh) as AllocationState[]
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
const summaryView = z.strictObject(headShape).meta({ id: 'AllocationSummary' })
const hash = sha256.meta(about('本稿全部内容的 SHA-256', 'SHA-256 of all of the version'))
const allocationView = z
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
const wholeVersionView = z
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
const wholeView = z
  .strictObject({
    ...headShape,
    hash,
    shares: z.array(shareView),
    versions: z.array(versionHeadView),
    history: z.array(anything).meta(about('全部经过', 'all that happened to it')),
  })
  .meta({ id: 'AllocationWithHistory' })

const orNull = (form: z.ZodType) => z.union([form, z.null()])
const comparisonView = z
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

const submittedView = z
  .strictObject({
    allocation: allocationView,
    approval: z.string(),
    hash: sha256.meta(about('审批时引用的摘要', 'what deciders refer to')),
  })
  .meta({ id: 'SubmittedAllocation' })

const presentSummary = ({ on, variant, totalFen, ...head }: ListedAllocation): z.input<typeof summaryView> => ({
  ...headJson(head),
  on,
  variant,
  total: formatFen(totalFen),
})

const presentShare = ({ recipient, district, amountFen }: Share) => ({
  recipient,
  district,
  amount: formatFen(amountFen),
})

const presentHead = ({ version, on, variant, totalFen, hash, maker, at, document, note }: VersionHead) => ({
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

const presentVersion = (version: WholeVersion): z.input<typeof wholeVersionView> => ({
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

// --- Routes ---------------------------------------------------------------------------------------------------------

const refusedDrafts = [
  'indicator_not_found',
  'indicator_not_in_force',
  'indicator_out_of_time',
  'policy_not_in_force',
  'formula_unknown',
  'weights_not_one',
  'total_missing',
  'amount_not_in_unit',
  'recipients_missing',
  'recipient_repeated',
  'recipient_unknown',
  'recipient_outside_district',
  'project_not_planned',
  'project_closed',
  'item_not_in_catalogue',
  'input_missing',
  'input_unused',
  'factor_sum_zero',
  'reward_sum_zero',
  'share_negative',
  'table_not_total',
  'subsidy_exceeds_cost',
  'district_book_missing',
  'book_not_of_district',
  'district_indicator_differs',
  'idempotency_key_reused',
] as const

const etag = ({ changes }: { changes: number }) => ({ etag: etagOfVersion(changes) })
const located = (of: AllocationJson) => ({
  ...etag(of),
  location: `/v1/allocations/${encodeURIComponent(of.allocation)}`,
})

const draft = route({
  method: 'POST',
  path: '/v1/allocations',
  id: 'draftAllocation',
  tag: 'allocations',
  summary: { zh: '编制资金分配方案', en: 'Draft an allocation' },
  description: {
    zh: '按公式把一个预算指标的资金分配到区或项目，形成第1稿。每个份额保留数据、步骤、适用规定和条款。此时不记账，不占用指标。',
    en: 'Divides the money of an indicator among districts or projects by a formula: version 1. Every share keeps its figures, steps and clauses. Nothing is posted yet and nothing reserved.',
  },
  right: 'allocation.manage',
  params: none,
  query: none,
  body: json(draftForm),
  keyed: true,
  answers: { 201: { about: { zh: '第1稿', en: 'Version 1' }, schema: allocationView } },
  refuses: [...refusedDrafts, 'recipients_not_projects', 'allocation_exists'],
  handle: async ({ actor, body, key, language, service }) => {
    const { allocation, indicator, recipients, ...content } = body
    const given = { allocation, indicator, recipients, content: contentOf(content) }
    return answerKeyed(
      await draftAllocation(service.ledger, actor, given, key),
      201,
      language,
      (answer) => answer,
      located,
    )
  },
})

const redraft = route({
  method: 'POST',
  path: '/v1/allocations/{allocation}/versions',
  id: 'redraftAllocation',
  tag: 'allocations',
  summary: { zh: '新增一稿', en: 'Add a version' },
  description: {
    zh: '以前各稿都保留。审批中的方案新增一稿后，原审批即被替代，须重新提交。',
    en: 'Earlier versions stay. Where one is under approval, its approval is superseded and the new one is submitted anew.',
  },
  right: 'allocation.manage',
  versioned: true,
  params: inAllocation,
  query: none,
  body: json(versionForm),
  keyed: true,
  answers: { 201: { about: { zh: '新的一稿', en: 'The new version' }, schema: allocationView } },
  refuses: [
    'allocation_not_found',
    'allocation_approved',
    'version_stale',
    ...refusedDrafts,
    'supplement_takes_too_much',
  ],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { allocation: params.allocation, content: contentOf(body), changes: version }
    return answerKeyed(
      await redraftAllocation(service.ledger, actor, given, key),
      201,
      language,
      (answer) => answer,
      located,
    )
  },
})

const supplement = route({
  method: 'POST',
  path: '/v1/allocations/{allocation}/supplements',
  id: 'supplementAllocation',
  tag: 'allocations',
  summary: { zh: '编制补充分配', en: 'Draft a supplement' },
  description: {
    zh: '已批准的分配只能由补充分配更正：增加为正，核减为负（记红字），同样须经审批。',
    en: 'What was approved is corrected by a supplement alone: more is positive, less negative and posted red. It is approved the same way.',
  },
  right: 'allocation.manage',
  params: inAllocation,
  query: none,
  body: json(supplementForm),
  keyed: true,
  answers: { 201: { about: { zh: '补充分配第1稿', en: 'Version 1 of the supplement' }, schema: allocationView } },
  refuses: [
    'allocation_not_found',
    'supplement_of_supplement',
    'allocation_not_approved',
    ...refusedDrafts,
    'supplement_takes_too_much',
    'allocation_exists',
  ],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { allocation, ...content } = body
    const given = { allocation, supplements: params.allocation, content: contentOf(content) }
    return answerKeyed(
      await supplementAllocation(service.ledger, actor, given, key),
      201,
      language,
      (answer) => answer,
      located,
    )
  },
})

const submission = route({
  method: 'POST',
  path: '/v1/allocations/{allocation}/submission',
  id: 'submitAllocation',
  tag: 'allocations',
  summary: { zh: '提交审批', en: 'Submit for approval' },
  description: {
    zh: '提交现行一稿。批准时在同一事务内记账：上级账套分配下级，各区账套收到下级指标，分配到项目的同时分解到项目。',
    en: 'Submits the version that stands. With the last approval it is posted in one transaction: allotted in the upper book, received in every district’s, and assigned to projects where they are the recipients.',
  },
  right: 'allocation.manage',
  versioned: true,
  params: inAllocation,
  query: none,
  body: optionalJson(z.strictObject({})),
  keyed: true,
  answers: { 201: { about: { zh: '已提交', en: 'Submitted' }, schema: submittedView } },
  refuses: [
    'allocation_not_found',
    'allocation_approved',
    'approval_pending',
    'version_stale',
    'allocation_empty',
    'indicator_not_in_force',
    'indicator_out_of_time',
    'project_not_planned',
    'project_closed',
    'subsidy_exceeds_cost',
    'supplement_takes_too_much',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, key, version, language, service }) =>
    answerKeyed(
      await submitAllocation(service.ledger, actor, { allocation: params.allocation, changes: version }, key),
      201,
      language,
      (answer) => answer,
      ({ allocation }) => etag(allocation),
    ),
})

const list = route({
  method: 'GET',
  path: '/v1/allocations',
  id: 'listAllocations',
  tag: 'allocations',
  summary: { zh: '资金分配列表，按编号', en: 'Allocations, by code' },
  description: {
    zh: '区级人员看到本区的分配，以及全市已批准且涉及本区的分配。',
    en: 'People of a district see their own, and those of the city that are approved and give their district something.',
  },
  right: 'allocation.read',
  params: none,
  query: z.strictObject({
    indicator: z.exactOptional(identifier('预算指标', 'indicator')),
    programme: z.exactOptional(identifier('项目批次', 'programme')),
    year: z.exactOptional(year),
    state: z.exactOptional(oneOf(states).meta(about('状态', 'state'))),
    supplements: z.exactOptional(identifier('所补充的分配', 'what it supplements')),
    limit,
    cursor,
  }),
  body: noBody,
  keyed: false,
  answers: {
    200: {
      about: { zh: '一页资金分配', en: 'A page of allocations' },
      schema: z.strictObject({ items: z.array(summaryView), next: nextView }),
    },
  },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit: most, cursor: place, ...filter } = query
    const name = ['allocations', actor.district ?? null, filter]
    const after = placeOfCursor(place, name, z.string()) ?? ''
    const found = await listAllocations(service.ledger, actor, { ...filter, after, limit: most + 1 })
    const items = found.slice(0, most)
    const last = items.at(-1)
    const next = found.length > most && last ? cursorFor(name, last.allocation) : null
    return reply(200, { items: items.map(presentSummary), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/allocations/{allocation}',
  id: 'readAllocation',
  tag: 'allocations',
  summary: { zh: '一个资金分配：现行份额、各稿和经过', en: 'An allocation: shares, versions, history' },
  right: 'allocation.read',
  params: inAllocation,
  query: none,
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '资金分配', en: 'The allocation' }, schema: wholeView } },
  refuses: ['allocation_not_found'],
  handle: async ({ actor, params, service }) => {
    const { head, version, versions, history } = await showAllocation(service.ledger, actor, params.allocation)
    const view: z.input<typeof wholeView> = {
      ...headJson(head),
      on: version.on,
      variant: version.variant,
      total: formatFen(version.totalFen),
      hash: version.hash,
      shares: version.shares.map(presentShare),
      versions: versions.map(presentHead),
      history: history.map((change) => ({ ...change })),
    }
    return reply(200, view, etag(head))
  },
})

const readOne = route({
  method: 'GET',
  path: '/v1/allocations/{allocation}/versions/{version}',
  id: 'readAllocationVersion',
  tag: 'allocations',
  summary: { zh: '一稿的全部内容', en: 'A version whole' },
  right: 'allocation.read',
  params: z.strictObject({ ...inAllocation.shape, version: versionNumber }),
  query: none,
  body: noBody,
  keyed: false,
  answers: { 200: { about: { zh: '一稿', en: 'The version' }, schema: wholeVersionView } },
  refuses: ['allocation_not_found', 'allocation_version_not_found'],
  handle: async ({ actor, params, service }) => {
    const { version } = await showVersion(service.ledger, actor, params.allocation, params.version)
    return reply(200, presentVersion(version), { etag: `"${version.hash}"` })
  },
})

const compare = route({
  method: 'GET',
  path: '/v1/allocations/{allocation}/comparison',
  id: 'compareAllocationVersions',
  tag: 'allocations',
  summary: { zh: '两稿对照', en: 'Compare two versions' },
  right: 'allocation.read',
  params: inAllocation,
  query: z.strictObject({ from: versionNumber, to: versionNumber }),
  body: noBody,
  keyed: false,
  answers: {
    200: {
      about: { zh: '逐个对象的前后金额、差额和变化的数据', en: 'By recipient: before, after, what changed' },
      schema: comparisonView,
    },
  },
  refuses: ['allocation_not_found', 'allocation_version_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const found = await compareVersions(service.ledger, actor, params.allocation, query)
    const { from, to, shares, formula, basis } = found
    const view: z.input<typeof comparisonView> = {
      allocation: found.head.allocation,
      from: presentHead(from),
      to: presentHead(to),
      difference: formatFen(to.totalFen - from.totalFen),
      ...(formula && { formula }),
      ...(basis && { basis }),
      shares: shares.map(({ recipient, district, beforeFen, afterFen, differenceFen, inputs }) => ({
        recipient,
        district,
        before: beforeFen === null ? null : formatFen(beforeFen),
        after: afterFen === null ? null : formatFen(afterFen),
        difference: formatFen(differenceFen),
        inputs: [...inputs],
      })),
    }
    return reply(200, view)
  },
})

export const allocationRoutes: readonly Route[] = [draft, list, read, redraft, readOne, compare, supplement, submission]
