/** What waits for another's eyes: the list of things to do, one with all it rests on, deciding it, and letting somebody else decide. */
import * as z from 'zod'
import { type ApprovalState, lendable, parseApprovalName, stateNamesZh, verdicts } from '../../approvals/approval.ts'
import type { DelegationView } from '../../approvals/delegation.ts'
import {
  type ApprovalView,
  delegationsSeenBy,
  findApproval,
  listApprovals,
  listDelegations,
} from '../../approvals/reads.ts'
import { businessDay } from '../../base/calendar.ts'
import { approvalJson, decideApproval, endDelegation, makeDelegation } from '../../workflow/decide.ts'
import { json, optionalJson } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import {
  about,
  amountOut,
  cursor,
  day,
  districtCode,
  identifier,
  limit,
  oneOf,
  sha256,
  text,
} from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, versionTag } from '../route.ts'
import { pageOf } from '../views.ts'

const states = Object.keys(stateNamesZh) as ApprovalState[]

const approvalId = z
  .string({ error: 'identifier' })
  .regex(/^A-[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('审批事项编号，如 A-1', 'id of the approval, such as A-1'))
const delegationId = z
  .string({ error: 'identifier' })
  .regex(/^[1-9][0-9]{0,17}$/, { error: 'identifier' })
  .meta(about('委托编号', 'id of the delegation'))
const ofApproval = z.strictObject({ id: approvalId })

const summaryShape = {
  id: approvalId,
  kind: z.string().meta(about('事项种类，决定批准后发生什么', 'kind: settles what follows')),
  subject: z.string().meta(about('针对什么', 'what it is about')),
  district: z.exactOptional(districtCode),
  amount: z.exactOptional(amountOut('金额（元）', 'amount in yuan')),
  summary: z.string(),
  hash: sha256.meta(about('内容的 SHA-256，办理时须引用', 'SHA-256 of the content; a decision names it')),
  approvers: z.int().meta(about('须由几人审批', 'how many must approve')),
  state: oneOf(states).meta(
    about(
      Object.entries(stateNamesZh)
        .map(([key, zh]) => `${key} ${zh}`)
        .join('，'),
      'where it stands',
    ),
  ),
  version: z.int().meta(about('已有几步，含经办', 'how many steps were taken, the submission among them')),
  maker: z.string().meta(about('经办人', 'maker')),
  openedAt: z.string().meta({ ...about('提交时刻', 'when it was submitted'), format: 'date-time' }),
}
const contentOut = z
  .string()
  .meta(about('所审批的全部内容（规范 JSON 文本），其 SHA-256 即 hash', 'all that is approved, as canonical JSON'))

const summaryView = z
  .strictObject(summaryShape)
  .meta({ id: 'ApprovalSummary', ...about('审批事项', 'something to be checked and approved') })
const decidedView = z
  .strictObject({ ...summaryShape, content: contentOut })
  .meta({ id: 'Approval', ...about('审批事项及其内容', 'an approval with its content') })

const decisionView = z
  .strictObject({
    step: z.int().meta(about('第几步', 'step')),
    decision: z.enum(['submitted', 'checked', 'approved', 'rejected', 'withdrawn', 'superseded']),
    person: z.string(),
    actingFor: z.exactOptional(z.string().meta(about('委托人', 'in whose place'))),
    reason: z.exactOptional(z.string()),
    hash: sha256,
    at: z.string().meta({ ...about('办理时刻', 'when'), format: 'date-time' }),
  })
  .meta({ id: 'ApprovalDecision', ...about('一步办理', 'a decision') })
const fullView = z.strictObject({ ...summaryShape, content: contentOut, decisions: z.array(decisionView) }).meta({
  id: 'ApprovalWithDecisions',
  ...about('审批事项、内容与全部经过', 'an approval, its content and all its steps'),
})

function summaryOf(view: ApprovalView): z.input<typeof summaryView> {
  const { content: _, ...summary } = approvalJson(view)
  return summary
}

const list = route({
  method: 'GET',
  path: '/v1/approvals',
  id: 'listApprovals',
  tag: 'approvals',
  summary: { zh: '审批事项，先提交的在前', en: 'Approvals, oldest first' },
  description: {
    zh: 'mine=to_do 只列出本人此刻可以办理、且尚未参与的事项，包括受托代办的。',
    en: 'mine=to_do gives what the caller may decide now and has taken no part in, also in the place of those who delegated to him.',
  },
  right: 'approval.read',
  query: z.strictObject({
    state: z.exactOptional(oneOf(states).meta(about('所处步骤', 'state'))),
    kind: z.exactOptional(identifier('事项种类', 'kind')),
    subject: z.exactOptional(identifier('针对什么', 'subject')),
    mine: z.exactOptional(oneOf(['to_do']).meta(about('待本人办理', 'what the caller may decide'))),
    limit,
    cursor,
  }),
  answers: { 200: { about: { zh: '一页审批事项', en: 'A page of approvals' }, schema: pageOf(summaryView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const { limit, cursor, mine, ...filter } = query
    const { database, clock } = service.ledger
    const name = ['approvals', filter, ...(mine ? [mine, actor.person] : [])]
    const after = BigInt(placeOfCursor(cursor, name, z.string().regex(/^[0-9]{1,18}$/)) ?? '0')
    const toDoOn = mine === undefined ? undefined : businessDay(clock())
    const found = await listApprovals(database.sql, actor, { ...filter, toDoOn, after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = found.length > limit && last ? cursorFor(name, String(parseApprovalName(last.id))) : null
    return reply(200, { items: items.map(summaryOf), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/approvals/{id}',
  id: 'readApproval',
  tag: 'approvals',
  summary: { zh: '一个审批事项：内容、摘要与全部经过', en: 'An approval: its content, its hash and all its steps' },
  right: 'approval.read',
  params: ofApproval,
  answers: { 200: { about: { zh: '审批事项', en: 'The approval' }, schema: fullView } },
  refuses: ['approval_not_found'],
  handle: async ({ actor, params, service }) => {
    const { decisions, ...approval } = await findApproval(service.ledger.database.sql, actor, params.id)
    const view = { ...approvalJson(approval), decisions: [...decisions] }
    return reply(200, view satisfies z.input<typeof fullView>, versionTag(approval))
  },
})

const decision = route({
  method: 'POST',
  path: '/v1/approvals/{id}/decision',
  id: 'decideApproval',
  tag: 'approvals',
  summary: { zh: '复核、审批、退回或撤回', en: 'Check, approve, reject or withdraw' },
  description: {
    zh: '按经办、复核、审批的顺序，由不同的人办理；引用所见内容的 hash。最后一人批准时，其后果（记账等）在同一事务内完成。退回须写明原因。',
    en: 'Made, checked, approved, in this order, each by another person, each under the hash of the content seen. What follows from the last approval, such as posting, happens in the same transaction. A rejection needs a reason.',
  },
  right: 'approval.read',
  fresh: true,
  params: ofApproval,
  body: json(
    z.strictObject({
      verdict: oneOf(verdicts).meta(about('复核、审批、退回、撤回', 'check, approve, reject, withdraw')),
      hash: sha256.meta(about('所见内容的摘要', 'hash of the content that was seen')),
      reason: z.exactOptional(text(500, '原因；退回时必填', 'why; needed to reject')),
      actingFor: z.exactOptional(identifier('委托人', 'in whose place, by a delegation in force')),
    }),
  ),
  keyed: true,
  answers: { 200: { about: { zh: '已办理', en: 'Decided' }, schema: decidedView } },
  refuses: [
    'approval_not_found',
    'not_delegated',
    'approval_reason_missing',
    'approval_content_changed',
    'approval_settled',
    'approval_step_wrong',
    'approval_not_yours',
    'person_took_part',
    'approval_content_unreadable',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(
      await decideApproval(service.ledger, actor, { approval: params.id, ...body }, key),
      200,
      language,
      (approval) => approval,
      versionTag,
    ),
})

// --- Delegations ----------------------------------------------------------------------------------------------------

const delegationView = z
  .strictObject({
    id: delegationId,
    delegator: z.string().meta(about('委托人', 'who delegates')),
    delegate: z.string().meta(about('受托人', 'who decides in his place')),
    permission: oneOf(lendable).meta(about('所委托的权限', 'what is delegated')),
    district: z.exactOptional(districtCode),
    from: z.string().meta({ ...about('起始日', 'first day'), format: 'date' }),
    to: z.string().meta({ ...about('截止日', 'last day'), format: 'date' }),
    reason: z.string(),
    revoked: z.boolean(),
  })
  .meta({
    id: 'Delegation',
    ...about('委托：受托人办理视同委托人参与', 'a delegation; it counts as the delegator too'),
  })

const presentDelegation = ({ id, delegator, delegate, permission, district, ...rest }: DelegationView): object => ({
  id,
  delegator,
  delegate,
  permission,
  ...(district !== undefined && { district }),
  from: rest.from,
  to: rest.to,
  reason: rest.reason,
  revoked: rest.revoked,
})

const delegations = route({
  method: 'GET',
  path: '/v1/delegations',
  id: 'listDelegations',
  tag: 'approvals',
  summary: {
    zh: '委托：本人授出和受托的；审计人员可见全部',
    en: 'Delegations one has given or been given; auditors see all',
  },
  right: 'approval.read',
  query: z.strictObject({ limit, cursor }),
  answers: { 200: { about: { zh: '一页委托', en: 'A page of delegations' }, schema: pageOf(delegationView) } },
  refuses: [],
  handle: async ({ actor, query: { limit, cursor }, service }) => {
    const name = ['delegations', delegationsSeenBy(actor)]
    const after = BigInt(placeOfCursor(cursor, name, z.string().regex(/^[0-9]{1,18}$/)) ?? '0')
    const found = await listDelegations(service.ledger.database.sql, actor, { after, limit: limit + 1 })
    const items = found.slice(0, limit)
    const last = items.at(-1)
    const next = found.length > limit && last ? cursorFor(name, last.id) : null
    return reply(200, { items: items.map(presentDelegation), next })
  },
})

const delegateRoute = route({
  method: 'POST',
  path: '/v1/delegations',
  id: 'makeDelegation',
  tag: 'approvals',
  summary: { zh: '委托他人复核或审批', en: 'Let somebody else check or approve in one’s place' },
  description: {
    zh: '只能委托本人具备的权限，不能转委托；受托人办理时，委托人与受托人都视为已参与。委托人失去该权限，委托随即失效。',
    en: 'Only what one may oneself, and not further. When it is used, both have taken part. It ends with the right it was lent from.',
  },
  right: 'approval.read',
  fresh: true,
  body: json(
    z.strictObject({
      delegate: identifier('受托人', 'who decides in one’s place'),
      permission: oneOf(lendable).meta(about('所委托的权限', 'what is delegated')),
      from: day.meta(about('起始日', 'first day')),
      to: day.meta(about('截止日', 'last day')),
      reason: text(500, '委托原因', 'why'),
    }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已委托', en: 'Delegated' }, schema: delegationView } },
  refuses: ['delegation_to_self', 'delegation_days_reversed', 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(await makeDelegation(service.ledger, actor, body, key), 201, language, presentDelegation),
})

const revocation = route({
  method: 'POST',
  path: '/v1/delegations/{id}/revocation',
  id: 'endDelegation',
  tag: 'approvals',
  summary: { zh: '撤销本人授出的委托，即时生效', en: 'End a delegation of one’s own, at once' },
  right: 'approval.read',
  params: z.strictObject({ id: delegationId }),
  body: optionalJson(z.strictObject({})),
  keyed: true,
  answers: {
    200: {
      about: { zh: '已撤销', en: 'Ended' },
      schema: z.strictObject({ id: delegationId, revoked: z.boolean() }),
    },
  },
  refuses: ['delegation_not_found', 'idempotency_key_reused'],
  handle: async ({ actor, params, key, language, service }) =>
    answerKeyed(await endDelegation(service.ledger, actor, params.id, key), 200, language, (ended) => ended),
})

export const approvalRoutes: readonly Route[] = [list, read, decision, delegations, delegateRoute, revocation]
