/** How far a project is: documents that prove a step, works that stay unfinished, progress, and moving it on. */
import * as z from 'zod'
import { moveProject, recordDocument, recordUnfinished, reportProgress } from '../../projects/project/verbs.ts'
import { documentKinds, documentNamesZh, type DocumentScope, type ScopeItem } from '../../projects/terms.ts'
import { json } from '../body.ts'
import { about, amount, day, namesOf, oneOf, sha256, text } from '../../form/field.ts'
import { answerKeyed, type Route, route, same, versionTag } from '../route.ts'
import { buildingCode, communityCode, dwellingCode } from '../../projects/community/forms.ts'
import { itemCode, listForm, ofProject, projectView, stateForm } from './projects.ts'

const adding = {
  method: 'POST',
  tag: 'projects',
  right: 'project.manage',
  params: ofProject,
  keyed: true,
  answers: { 201: { about: { zh: '已登记', en: 'Recorded' }, schema: projectView } },
} as const
const addRefusals = ['project_not_found', 'project_state_wrong', 'idempotency_key_reused'] as const

/** An item, and the dwelling where it is one household's: all three of its names or none. */
const worksForms = {
  item: itemCode,
  community: z.exactOptional(communityCode),
  building: z.exactOptional(buildingCode),
  dwelling: z.exactOptional(dwellingCode),
}
type Works = { item: string; community?: string; building?: string; dwelling?: string }
const isWhole = ({ community, building, dwelling }: Works): boolean =>
  (community === undefined) === (building === undefined) && (building === undefined) === (dwelling === undefined)
const scopeItemOf = ({ item, community, building, dwelling }: Works): ScopeItem =>
  community === undefined || building === undefined || dwelling === undefined
    ? { item }
    : { item, dwelling: { community, building, dwelling } }

const worksForm = z
  .strictObject(worksForms)
  .refine(isWhole, { error: 'whole_dwelling' })
  .meta({
    id: 'WorksName',
    ...about('改造内容；涉及一户的写明房屋', 'an item, with the dwelling where it is one household’s'),
  })

const document = route({
  ...adding,
  path: '/v1/projects/{project}/documents',
  id: 'recordDocument',
  summary: { zh: '登记项目文件', en: 'Record a document of a project' },
  description: {
    zh: '文件只登记不修改。维修资金承诺可写明小区（缺省为全部）；未完成项的签字说明和设计变更须写明改造内容。',
    en: 'Recorded and never changed. A promise may name communities (all by default); a waiver or design change names items.',
  },
  body: json(
    z.strictObject({
      kind: oneOf(documentKinds).meta(about(`文件种类：${namesOf(documentNamesZh)}`, 'kind')),
      number: text(200, '文号', 'document number'),
      on: day.meta(about('文件日期，不晚于今天', 'day of the document, not after today')),
      sha256: z.exactOptional(sha256.meta(about('附件的 SHA-256', 'SHA-256 of the file'))),
      communities: z.exactOptional(listForm(communityCode).meta(about('涉及的小区', 'communities it is about'))),
      items: z.exactOptional(listForm(worksForm).meta(about('涉及的改造内容', 'items it is about'))),
    }),
  ),
  refuses: [
    ...addRefusals,
    'day_in_future',
    'document_scope_missing',
    'community_not_of_project',
    'item_not_in_project',
    'dwelling_unknown',
    'document_recorded',
  ],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { communities, items, ...rest } = body
    const given = { ...rest, scope: scopeOf(communities, items) }
    return answerKeyed(
      await recordDocument(service.ledger, actor, params.project, given, key),
      201,
      language,
      same,
      versionTag,
    )
  },
})

function scopeOf(communities: string[] | undefined, items: Works[] | undefined): DocumentScope | undefined {
  if (communities === undefined && items === undefined) return undefined
  return { ...(communities && { communities }), ...(items && { items: items.map(scopeItemOf) }) }
}

const unfinished = route({
  ...adding,
  path: '/v1/projects/{project}/unfinished',
  id: 'recordUnfinished',
  summary: { zh: '登记未完成项', en: 'Record works that are not done' },
  description: {
    zh: '因住户不同意或其他客观因素不能完成的工程。登记后须有住户签字说明和设计变更才能竣工验收。',
    en: 'Works a household refused or something prevented. Until a signed waiver and a design change cover them nothing is accepted.',
  },
  body: json(
    z
      .strictObject({
        ...worksForms,
        cause: oneOf(['household_refused', 'objective'] as const).meta(
          about('原因：household_refused 住户不同意，objective 客观因素', 'cause'),
        ),
        reason: text(500, '说明', 'why'),
        cost: amount.meta(about('未完成部分的造价（元）', 'cost of what is not done')),
      })
      .refine(isWhole, { error: 'whole_dwelling' }),
  ),
  refuses: [...addRefusals, 'item_not_in_project', 'dwelling_unknown'],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { cause, reason, cost: costFen, ...works } = body
    const given = { ...scopeItemOf(works), cause, reason, costFen }
    const result = await recordUnfinished(service.ledger, actor, params.project, given, key)
    return answerKeyed(result, 201, language, same, versionTag)
  },
})

const progress = route({
  ...adding,
  path: '/v1/projects/{project}/progress',
  id: 'reportProgress',
  summary: { zh: '填报项目进度', en: 'Report progress' },
  description: {
    zh: '截至某日的完成比例。同日再次填报即为更正，各次均保留。',
    en: 'Share of the works done by a day. A later report of the same day corrects it; both stay.',
  },
  body: json(
    z.strictObject({
      on: day.meta(about('截至日期，不晚于今天', 'by this day, not after today')),
      ratio: z
        .string({ error: 'progress' })
        .regex(/^(0(\.[0-9]{1,4})?|1(\.0{1,4})?)$/, { error: 'progress' })
        .meta(about('完成比例，0 至 1，至多四位小数', 'share done, 0 to 1, at most four decimals')),
      value: z.exactOptional(amount.meta(about('累计完成产值（元）', 'value of the works so far'))),
      evidence: text(500, '依据，如监理月报', 'evidence'),
    }),
  ),
  refuses: [...addRefusals, 'day_in_future'],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { value: valueFen, ...rest } = body
    const given = { ...rest, valueFen }
    return answerKeyed(
      await reportProgress(service.ledger, actor, params.project, given, key),
      201,
      language,
      same,
      versionTag,
    )
  },
})

const move = route({
  ...adding,
  path: '/v1/projects/{project}/state',
  id: 'moveProject',
  summary: { zh: '变更项目状态', en: 'Move a project to its next state' },
  description: {
    zh: '储备 → 列入计划（随年度计划批次）→ 实施 → 竣工验收 → 决算 → 移交；实施前可以退出。每一步的条件不满足即拒绝，并说明条款和下一步。',
    en: 'Reserve, planned (with a batch of a yearly plan), under way, accepted, settled, handed over; withdrawn before works begin. Refused by the first gate that is not passed.',
  },
  versioned: true,
  body: json(z.strictObject({ to: stateForm, reason: z.exactOptional(text(500, '原因', 'why')) })),
  answers: { 200: { about: { zh: '已变更', en: 'Moved' }, schema: projectView } },
  refuses: [
    'project_not_found',
    'version_stale',
    'project_move_unlawful',
    'project_planned_by_batch_only',
    'households_not_stated',
    'households_increase',
    'funding_plan_not_approved',
    'project_document_missing',
    'scope_reduction_unproven',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, version, language, service }) => {
    const given = { ...body, version }
    return answerKeyed(
      await moveProject(service.ledger, actor, params.project, given, key),
      200,
      language,
      same,
      versionTag,
    )
  },
})

export const projectStepRoutes: readonly Route[] = [document, unfinished, progress, move]
