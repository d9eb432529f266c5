/**
 * Releases: drafting, reading, clawing back; and the quarter's early disbursement: its preview, its runs, what it no
 * longer earns.
 */
import * as z from 'zod'
import { reviewEarly } from '../../release/clawback/verbs.ts'
import { askEarly, earlyRunOf, previewEarly } from '../../release/early/verbs.ts'
import { draftRelease } from '../../release/release/verbs.ts'
import { releaseOf, releasesOf } from '../../release/release/reads.ts'
import { earlyReasons, reasonNamesZh } from '../../release/early/early.ts'
import {
  type ReleaseKind,
  releaseKindNamesZh,
  releaseStateNamesZh,
  type ReleaseState,
} from '../../release/release/release.ts'
import { releaseConditions } from '../../release/release/tranche.ts'
import { businessDay } from '../../base/calendar.ts'
import { json, optionalJson } from '../body.ts'
import { listRoute } from '../derive.ts'
import {
  about,
  amount,
  amountOut,
  anyJson,
  day,
  districtCode,
  identifier,
  instantOut,
  namesOf,
  oneOf,
  quarter,
} from '../../form/field.ts'
import { always, answerKeyed, reply, type Route, route, same } from '../route.ts'
import { clawbackView, drafted, ofRelease, releaseId } from './claims.ts'

const whole = (most: number) =>
  z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(most, { error: 'positive' })

const ofQuarter = z.strictObject({ quarter })
const states = Object.keys(releaseStateNamesZh) as [ReleaseState, ...ReleaseState[]]
const stateForm = oneOf(states).meta(about(namesOf(releaseStateNamesZh), 'how it stands'))
const kindForm = oneOf(Object.keys(releaseKindNamesZh) as ReleaseKind[]).meta(
  about(namesOf(releaseKindNamesZh), 'normal or early'),
)
const runsMost = 1_000

const releaseShape = {
  release: releaseId,
  allocation: z.string(),
  district: z.string(),
  tranche: z.int().meta(about('第几批', 'tranche')),
  kind: kindForm,
  amount: amountOut('金额（元）', 'amount in yuan'),
  clawed: amountOut('其中已收回', 'of it clawed back'),
  state: stateForm,
  conditions: anyJson.meta(about('拟定时核对的条件及其数值', 'the conditions and their values when it was drafted')),
  quarter: z.exactOptional(z.string()),
  run: z.exactOptional(z.int()),
  scoreVersion: z.exactOptional(z.int().meta(about('所依据得分的版本', 'version of the score it rests on'))),
  on: z.exactOptional(z.string().meta(about('指定的记账日期', 'the day it is to be booked on'))),
  releasedOn: z.exactOptional(z.string().meta(about('拨付日期', 'the day it was released'))),
  approval: z.string().meta(about('审批事项', 'its approval')),
  draftedBy: z.string(),
  draftedAt: instantOut('拟定时刻', 'when it was drafted'),
}
const releaseView = z.strictObject(releaseShape).meta({ id: 'Release', ...about('拨付', 'a release') })

const detailView = z
  .strictObject({
    ...releaseShape,
    projects: z.array(z.strictObject({ project: z.string(), amount: amountOut('金额', 'amount') })),
    clawbacks: z.array(clawbackView),
    instructions: z.array(
      z.strictObject({
        reference: z.string().meta(about('国库指令编号', 'reference at the treasury')),
        amount: amountOut('金额', 'amount'),
        hash: z.string().meta(about('指令内容的 SHA-256', 'SHA-256 of what is sent')),
        state: oneOf(['drafted', 'sending', 'sent']).meta(about('待发送、发送中、已发送', 'drafted, sending, sent')),
        receipt: z.exactOptional(z.string().meta(about('国库回执', 'what the treasury called it'))),
        sentAt: z.exactOptional(instantOut('发送时刻', 'when it was sent')),
      }),
    ),
  })
  .meta({ id: 'ReleaseDetail', ...about('拨付及其项目、收回、国库指令', 'a release with all that belongs to it') })

const releaseMost = [
  'release_exceeds_tranche',
  'release_exceeds_allotment',
  'release_exceeds_final_budget',
  'release_exceeds_cash_plan',
] as const

const draft = route({
  method: 'POST',
  path: '/v1/releases',
  id: 'draftRelease',
  tag: 'releases',
  summary: { zh: '申请拨付', en: 'Draft a release' },
  description: {
    zh: '按正常条件拨付一个批次；批准后在同一事务内记上下两级账、下达额度并生成国库指令。早拨付只由季度作业拟定。',
    en: 'A tranche under its normal conditions; approved, it is posted in both books and the treasury is instructed. Early ones are drafted by the quarter’s job only.',
  },
  right: 'release.draft',
  body: json(
    z.strictObject({
      allocation: identifier('资金分配', 'allocation'),
      district: districtCode,
      tranche: whole(100).meta(about('第几批', 'tranche')),
      amount: amount.refine((given) => given > 0n, { error: 'amount' }),
      on: z.exactOptional(day.meta(about('记账日期；不填为批准日', 'day to book it on; absent: the day of approval'))),
    }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已拟定，待审批', en: 'Drafted' }, schema: drafted(releaseView, 'release') } },
  refuses: [
    'allocation_not_found',
    'allotment_not_approved',
    'district_not_allotted',
    'release_day_invalid',
    'release_pending',
    'approval_pending',
    'tranche_unknown',
    'tranche_out_of_order',
    'tranche_not_due',
    'release_project_left',
    ...releaseMost,
    'idempotency_key_reused',
  ],
  handle: async ({ actor, body, key, language, service }) => {
    const { amount: amountFen, ...given } = body
    return answerKeyed(
      await draftRelease(service.ledger, actor, { ...given, amountFen }, key),
      201,
      language,
      same,
      ({ release }) => ({ location: `/v1/releases/${release.release}` }),
    )
  },
})

const list = listRoute({
  path: '/v1/releases',
  id: 'listReleases',
  tag: 'releases',
  summary: { zh: '拨付，按编号', en: 'Releases, in order' },
  right: 'allocation.read',
  standby: always,
  filter: {
    district: z.exactOptional(districtCode),
    allocation: z.exactOptional(identifier('资金分配', 'allocation')),
    state: z.exactOptional(stateForm),
    kind: z.exactOptional(kindForm),
    quarter: z.exactOptional(quarter),
  },
  about: { zh: '一页拨付', en: 'A page of releases' },
  item: releaseView,
  list: ({ actor, query, service }) => ({
    name: ['releases', query],
    place: z.string().regex(/^[0-9]{1,18}$/),
    read: (after = '0', most) => releasesOf(service.ledger, actor, { ...query, after: BigInt(after), limit: most }),
    placeOf: ({ id }) => id.toString(),
    view: ({ view }) => view,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/releases/{id}',
  id: 'readRelease',
  tag: 'releases',
  summary: { zh: '一笔拨付：项目、收回、国库指令', en: 'A release with its projects, claw-backs and instructions' },
  right: 'allocation.read',
  params: ofRelease,
  answers: { 200: { about: { zh: '拨付', en: 'The release' }, schema: detailView } },
  refuses: ['release_not_found'],
  handle: async ({ actor, params, service }) => reply(200, await releaseOf(service.ledger, actor, params.id)),
})

// --- Early disbursement ---------------------------------------------------------------------------------------------

const conditionsView = z.strictObject({ score: z.string(), satisfaction: z.string(), progress: z.string() })
const factsView = anyJson.meta(
  about(
    '所依据的全部数据，其规范文本的 SHA-256 即 factsHash',
    'all it was decided on; SHA-256 of its canonical text is factsHash',
  ),
)
const planView = z
  .strictObject({
    rules: z.exactOptional(
      z
        .array(z.strictObject({ parameter: z.string(), value: anyJson, from: z.string(), clause: z.string() }))
        .meta(
          about('所适用的参数、数值、起用日和条款', 'values of policy that took part, since when, by which clause'),
        ),
    ),
    drafts: z.array(
      z.strictObject({
        district: z.string(),
        allocation: z.string(),
        tranche: z.int(),
        amount: amountOut('金额（元）', 'amount in yuan'),
        scoreVersion: z.int(),
        conditions: conditionsView,
        cashPlan: amountOut('拟定前可用用款计划', 'left of the cash plan before it'),
      }),
    ),
    others: z.array(
      z.strictObject({
        district: z.string(),
        reason: oneOf(earlyReasons).meta(about(namesOf(reasonNamesZh), 'why it does not come early')),
        allocation: z.exactOptional(z.string()),
        tranche: z.exactOptional(z.int()),
        amount: z.exactOptional(amountOut('本批可拨', 'what the tranche would be')),
        left: z.exactOptional(amountOut('可用数', 'what there is of what is too little')),
        failed: z.exactOptional(z.array(oneOf(releaseConditions))),
        missing: z.exactOptional(z.array(z.string())),
        later: z.exactOptional(z.string().meta(about('以其得分为准的季度', 'the quarter whose score decides'))),
        projects: z.exactOptional(z.array(z.string()).meta(about('已退出的项目', 'projects that left the plan'))),
        clawbacks: z.exactOptional(z.array(z.string()).meta(about('逾期的应收回款', 'claims that are overdue'))),
        conditions: z.exactOptional(conditionsView),
      }),
    ),
  })
  .meta({
    id: 'EarlyPlan',
    ...about('早拨付拟定结果：可早拨的，和不早拨的及原因', 'what comes early, and why the rest does not'),
  })

const runView = z
  .strictObject({
    quarter: z.string(),
    run: z.int(),
    askedBy: z.string(),
    ranAt: instantOut('运行时刻', 'when it ran'),
    factsHash: z.string().meta(about('所依据数据的摘要', 'hash of what it was decided on')),
    facts: z.exactOptional(factsView),
    result: planView,
  })
  .meta({ id: 'EarlyRun', ...about('一轮早拨付', 'a run of early disbursement') })

const ask = route({
  method: 'POST',
  path: '/v1/early-disbursement/{quarter}',
  id: 'askEarlyDisbursement',
  tag: 'releases',
  summary: { zh: '发起季度早拨付', en: 'Ask for the quarter’s early disbursement' },
  description: {
    zh: '由后台作业计算得分、拟定早拨付并提交审批，以发起人为经办人。同一轮只生效一次；数据更正后如需再办，须指明下一轮次，只处理尚未拨付的部分。',
    en: 'A job scores the districts and drafts what may come early, in the name of who asked. A run takes effect once; after new data ask for the next run by its number.',
  },
  right: 'release.draft',
  params: ofQuarter,
  body: optionalJson(
    z.strictObject({
      run: whole(runsMost).default(1).meta(about('第几轮，默认第 1 轮', 'which run, the first by default')),
    }),
  ),
  keyed: true,
  answers: {
    202: {
      about: { zh: '已提交作业', en: 'Asked for' },
      schema: z.strictObject({ quarter: z.string(), run: z.int(), job: z.string() }),
    },
  },
  refuses: ['early_run_not_found', 'quarter_not_ended', 'early_run_out_of_order', 'idempotency_key_reused'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await askEarly(service.ledger, actor, { ...params, ...body }, key), 202, language, (answer) => answer),
})

const preview = route({
  method: 'GET',
  path: '/v1/early-disbursement/{quarter}/preview',
  id: 'previewEarlyDisbursement',
  tag: 'releases',
  summary: { zh: '试算下一轮早拨付，不写入任何内容', en: 'What the next run would do; nothing is written' },
  right: 'allocation.read',
  params: ofQuarter,
  answers: {
    200: {
      about: { zh: '试算结果', en: 'The preview' },
      schema: z.strictObject({
        quarter: z.string(),
        run: z.int(),
        factsHash: z.string(),
        facts: factsView,
        result: planView,
      }),
    },
  },
  refuses: ['early_run_not_found', 'quarter_not_ended'],
  handle: async ({ actor, params, service }) => reply(200, await previewEarly(service.ledger, actor, params.quarter)),
})

const run = route({
  method: 'GET',
  path: '/v1/early-disbursement/{quarter}/runs/{run}',
  id: 'readEarlyRun',
  tag: 'releases',
  summary: { zh: '一轮早拨付的结果，永久不变', en: 'What a run decided' },
  right: 'allocation.read',
  params: z.strictObject({
    quarter,
    run: z
      .string({ error: 'positive' })
      .regex(/^[1-9][0-9]{0,2}$/, { error: 'positive', abort: true })
      .transform(Number)
      .meta({ ...about('第几轮', 'which run'), type: 'integer', minimum: 1 }),
  }),
  answers: { 200: { about: { zh: '结果', en: 'The run' }, schema: runView } },
  refuses: ['early_run_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, await earlyRunOf(service.ledger, actor, params.quarter, params.run)),
})

const review = route({
  method: 'GET',
  path: '/v1/early-disbursement/{quarter}/review',
  id: 'reviewEarlyDisbursement',
  tag: 'releases',
  summary: { zh: '得分更正后不再符合条件的早拨付', en: 'Early releases a corrected score no longer earns' },
  right: 'allocation.read',
  params: ofQuarter,
  answers: {
    200: {
      about: { zh: '可申请收回的拨付', en: 'What may be clawed back' },
      schema: z.strictObject({
        items: z.array(
          z.strictObject({
            release: releaseId,
            allocation: z.string(),
            district: z.string(),
            quarter: z.string(),
            scoreUsed: z.int(),
            scoreVersion: z.int(),
            score: z.string(),
            failed: z.array(z.string()),
            early: amountOut('提前且未到期的金额', 'what came early and is not due'),
          }),
        ),
      }),
    },
  },
  refuses: [],
  handle: async ({ actor, params, service }) => {
    const { ledger } = service
    return reply(200, { items: await reviewEarly(ledger, actor, businessDay(ledger.clock()), params.quarter) })
  },
})

export const releaseRoutes: readonly Route[] = [draft, list, read, ask, preview, run, review]
