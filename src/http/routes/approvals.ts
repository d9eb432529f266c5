/**
 * What waits for another's eyes: the list of things to do, one with all it rests on, deciding it, and letting somebody
 * else decide.
 */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import type { Json } from '../../base/json.ts'
import type { Book } from '../../ledger/book.ts'
import { dimensionForms } from '../../ledger/forms.ts'
import type { PostedEntry } from '../../ledger/leaf.ts'
import { refusalView } from '../problem.ts'
import { problemForm } from '../views.ts'
import { approvalNames, lendable } from '../../approvals/approval.ts'
import {
  approvalForm,
  approvalId,
  approvalSummary,
  approvalSummaryOf,
  approvalViewOf,
  approvalWithDecisions,
  delegationForm,
  delegationViewOf,
  endedDelegation,
  stateFilter,
} from '../../approvals/forms.ts'
import {
  countMine,
  delegationsSeenBy,
  findApproval,
  listApprovals,
  listDelegations,
  mineNames,
} from '../../approvals/reads.ts'
import { businessDay } from '../../base/calendar.ts'
import type { ProjectMove } from '../../workflow/parts.ts'
import { type Preview, previewApproval } from '../../workflow/preview.ts'
import { decideApproval, endDelegation, makeDelegation } from '../../workflow/decide.ts'
import { about, amountOut, identifier, inBoth, oneOf } from '../../form/field.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { reply, type Route, route, versionTag } from '../route.ts'

const ofApproval = z.strictObject({ id: approvalId })

/** An entry that would be posted: it has no number yet. */
const previewedEntry = z.strictObject({
  book: z.string(),
  on: z.string(),
  summary: z.string(),
  lines: z.array(
    z.strictObject({
      account: z.string(),
      name: z.string(),
      debit: z.exactOptional(z.string()),
      credit: z.exactOptional(z.string()),
      ...dimensionForms,
    }),
  ),
})

// Where a page begins: after so many.
const place = z.string().regex(/^[0-9]{1,18}$/)

const list = listRoute({
  path: '/v1/approvals',
  id: 'listApprovals',
  tag: 'approvals',
  summary: { zh: '审批事项，先提交的在前', en: 'Approvals, oldest first' },
  description: {
    zh: 'mine=to_do 只列出本人此刻可以办理、且尚未参与的事项，包括受托代办的；made 本人经办的；done 本人办理过的；others 等待他人办理的。state=waiting 为待复核和待审批。',
    en: 'mine=to_do gives what the caller may decide now and has taken no part in, also in the place of those who delegated to him; made what he made; done where he decided; others what waits for others. state=waiting is checking and approving.',
  },
  right: 'approval.read',
  filter: {
    state: z.exactOptional(stateFilter),
    kind: z.exactOptional(identifier('事项种类', 'kind')),
    subject: z.exactOptional(identifier('针对什么', 'subject')),
    mine: z.exactOptional(
      oneOf(mineNames).meta(
        about('to_do 待本人办理，made 本人经办，done 本人已办理，others 等待他人', 'what of the caller’s'),
      ),
    ),
  },
  about: { zh: '一页审批事项', en: 'A page of approvals' },
  item: approvalSummary,
  list: ({ actor, query: { mine: which, state, ...rest }, service }) => {
    const { database, clock } = service.ledger
    const mine = which && { which, on: businessDay(clock()) }
    const filter = { ...rest, ...(state === 'waiting' ? { waiting: true } : state && { state }) }
    return {
      name: ['approvals', filter, ...(which ? [which, actor.person] : [])],
      place,
      read: (after, limit) => listApprovals(database.sql, actor, { ...filter, mine, after: BigInt(after ?? 0), limit }),
      placeOf: ({ id }) => String(approvalNames.numberOf(id)),
      view: approvalSummaryOf,
    }
  },
})

const countsForm = z.strictObject(Object.fromEntries(mineNames.map((name) => [name, z.int()]))).meta({
  id: 'ApprovalCounts',
  ...about(
    'to_do 待本人办理，made 本人经办，done 本人已办理，others 等待他人',
    'to decide, made, decided, waiting for others',
  ),
})

const counts = route({
  method: 'GET',
  path: '/v1/approvals/counts',
  id: 'countApprovals',
  tag: 'approvals',
  summary: { zh: '审批事项各有几件', en: 'How many approvals there are of the caller’s' },
  description: {
    zh: '与 GET /v1/approvals?mine=… 所列的件数相同。',
    en: 'As many as GET /v1/approvals?mine=… lists.',
  },
  right: 'approval.read',
  answers: { 200: { about: { zh: '件数', en: 'The counts' }, schema: countsForm } },
  refuses: [],
  handle: async ({ actor, service: { ledger } }) =>
    reply(200, await countMine(ledger.database.sql, actor, businessDay(ledger.clock()))),
})

const read = route({
  method: 'GET',
  path: '/v1/approvals/{id}',
  id: 'readApproval',
  tag: 'approvals',
  summary: { zh: '一个审批事项：内容、摘要与全部经过', en: 'An approval: its content, its hash and all its steps' },
  right: 'approval.read',
  params: ofApproval,
  answers: { 200: { about: { zh: '审批事项', en: 'The approval' }, schema: approvalWithDecisions } },
  refuses: ['approval_not_found'],
  handle: async ({ actor, params, service }) => {
    const { decisions, ...approval } = await findApproval(service.ledger.database.sql, actor, params.id)
    const view = { ...approvalViewOf(approval), decisions: [...decisions] }
    return reply(200, view satisfies z.input<typeof approvalWithDecisions>, versionTag(approval))
  },
})

const saidForm = z.array(
  z.strictObject({
    at: z.string().meta(about('在内容中的位置', 'where it stands in the content')),
    name: inBoth,
    value: z.string(),
  }),
)

const previewedLimit = z.strictObject({
  parameter: z.string(),
  value: z.json(),
  from: z.string(),
  clause: z.string(),
  measured: z.exactOptional(inBoth.meta(about('与之相比之数', 'what is measured against it'))),
})

const previewedProject = z.strictObject({
  project: z.string(),
  name: z.exactOptional(z.string()),
  district: z.exactOptional(z.string()),
  state: z.exactOptional(z.string()),
  parts: z.array(
    z.strictObject({
      book: z.string(),
      basis: z.string(),
      source: z.string(),
      debit: amountOut('借方合计', 'debits'),
      credit: amountOut('贷方合计', 'credits'),
    }),
  ),
})

const previewedPaper = z.strictObject({
  name: z.string(),
  number: z.exactOptional(z.string()),
  sha256: z.exactOptional(z.string()),
  file: z.exactOptional(z.string().meta(about('原件的文件名', 'name of the original'))),
  mediaType: z.exactOptional(z.string()),
  size: z.exactOptional(z.int()),
  href: z.exactOptional(z.string().meta(about('在何处取得', 'where it can be fetched'))),
})
const previewForm = z
  .strictObject({
    approval: approvalId,
    state: approvalSummary.shape.state,
    content: saidForm.meta(about('内容，逐项', 'the content, value by value')),
    earlier: z.exactOptional(
      z
        .strictObject({
          approval: approvalId,
          state: approvalSummary.shape.state,
          hash: approvalSummary.shape.hash,
          content: saidForm,
        })
        .meta(
          about(
            '同一对象此前提交的内容，供比对：最近一次已批准的，没有则最近一次提交的',
            'what was submitted of the same subject before: the last approved, or else the last there was',
          ),
        ),
    ),
    entries: z.array(previewedEntry).meta(about('最后一人批准时将记的凭证', 'what the last approval would post now')),
    refusal: z.exactOptional(problemForm.meta(about('现在批准将被拒绝的原因', 'why it would be refused now'))),
    projects: z.array(previewedProject).meta(about('涉及的项目及各来源金额', 'which projects, and how much of each')),
    limits: z
      .array(previewedLimit)
      .meta(about('限额与依据：参数、数值、起始日、条款、所量之数', 'limits: parameter, value, day, clause, measured')),
    documents: z.array(previewedPaper).meta(about('所依据的文件及原件', 'the papers it rests on')),
  })
  .meta({
    id: 'ApprovalPreview',
    ...about('批准后将发生什么；不写入任何内容', 'what approval would bring about; nothing is written'),
  })

function previewedOf(entry: PostedEntry, { chart }: Book): z.input<typeof previewedEntry> {
  const lines = entry.lines.map(({ account, side, amountFen, basis: _, memo: __, ...kept }) => ({
    account,
    name: chart.subjects.get(account)?.name ?? account,
    [side]: formatFen(amountFen),
    ...kept,
  }))
  return { book: entry.book, on: entry.on, summary: entry.summary, lines }
}

const earlierOf = ({ approval, content }: NonNullable<Preview['earlier']>) => ({
  approval: approval.id,
  state: approval.state,
  hash: approval.hash,
  content,
})

const moveView = ({ debitFen, creditFen, ...of }: ProjectMove) => ({
  ...of,
  debit: formatFen(debitFen),
  credit: formatFen(creditFen),
})

const preview = route({
  method: 'GET',
  path: '/v1/approvals/{id}/preview',
  id: 'previewApproval',
  tag: 'approvals',
  summary: { zh: '批准后将发生什么：内容、凭证、依据', en: 'What approval would bring about' },
  description: {
    zh: '内容逐项用文字列出；如现在由最后一人批准，将记哪些凭证，或因何被拒绝；涉及哪些项目，受何限额约束、所量之数，依据哪些文件。不写入任何内容。',
    en: 'The content in words, the entries that the last approval would post now, or the refusal that would come; which projects it moves money of, what it is held to and measured at, what papers it rests on. Nothing is written.',
  },
  right: 'approval.read',
  params: ofApproval,
  answers: { 200: { about: { zh: '预览', en: 'The preview' }, schema: previewForm } },
  refuses: ['approval_not_found', 'approval_content_unreadable'],
  handle: async ({ actor, params, language, service }) => {
    const { approval, content, earlier, entries, projects, refusal, limits, documents } = await previewApproval(
      service.ledger,
      actor,
      params.id,
    )
    return reply(200, {
      approval: approval.id,
      state: approval.state,
      content,
      ...(earlier && { earlier: earlierOf(earlier) }),
      entries: entries.map((entry) => previewedOf(entry, service.ledger.shelf.book(entry.bookId))),
      ...(refusal && { refusal: refusalView(refusal, language) }),
      projects: projects.map(({ parts, ...project }) => ({ ...project, parts: parts.map(moveView) })),
      limits: limits.map(({ value, ...limit }) => ({ ...limit, value: value as Json })),
      documents: [...documents],
    })
  },
})

const decision = verbRoute(decideApproval, {
  path: '/v1/approvals/{id}/decision',
  params: { approval: 'id' },
  id: 'decideApproval',
  tag: 'approvals',
  summary: { zh: '复核、审批、退回或撤回', en: 'Check, approve, reject or withdraw' },
  demands: ['approval.check', 'approval.approve', 'approval.submit'],
  description: {
    zh: '按经办、复核、审批的顺序，由不同的人办理；approvers 为 0 的复核后即生效。引用所见内容的 hash。最后一人办理时，其后果（记账等）在同一事务内完成。退回须写明原因。',
    en: 'Made, checked, approved, in this order, each by another person, each under the hash of the content seen; where approvers is 0, the check is the last. What follows from the last decision, such as posting, happens in the same transaction. A rejection needs a reason.',
  },
  status: 200,
  about: { zh: '已办理', en: 'Decided' },
  answer: approvalForm,
  headers: versionTag,
})

// --- Delegations ----------------------------------------------------------------------------------------------------

const delegations = listRoute({
  path: '/v1/delegations',
  id: 'listDelegations',
  tag: 'approvals',
  summary: {
    zh: '委托：本人授出和受托的；审计和安全管理人员可见全部',
    en: 'Delegations one has given or been given; auditors and security administrators see all',
  },
  right: 'delegation.read',
  filter: {},
  about: { zh: '一页委托', en: 'A page of delegations' },
  item: delegationForm,
  list: ({ actor, service }) => ({
    name: ['delegations', delegationsSeenBy(actor)],
    place,
    read: (after, limit) => listDelegations(service.ledger.database.sql, actor, { after: BigInt(after ?? 0), limit }),
    placeOf: ({ id }) => id,
    view: delegationViewOf,
  }),
})

const delegateRoute = verbRoute(makeDelegation, {
  path: '/v1/delegations',
  id: 'makeDelegation',
  tag: 'approvals',
  summary: { zh: '委托他人复核或审批', en: 'Let somebody else check or approve in one’s place' },
  demands: lendable,
  description: {
    zh: '只能委托本人具备的权限，最长一年，不能转委托；受托人须已登记并任经办、复核或审批；办理时委托人与受托人都视为已参与。委托人的职责终止或令牌全部失效，委托随即失效。',
    en: 'Only what one may oneself, for a year at most, and not further; to a registered person who makes, checks or approves. When it is used, both have taken part. It ends with the delegator’s duty, or with the last token of it.',
  },
  status: 201,
  about: { zh: '已委托', en: 'Delegated' },
  answer: delegationForm,
})

const revocation = verbRoute(endDelegation, {
  path: '/v1/delegations/{id}/revocation',
  params: { delegation: 'id' },
  id: 'endDelegation',
  tag: 'approvals',
  summary: { zh: '撤销本人授出的委托，即时生效', en: 'End a delegation of one’s own, at once' },
  description: {
    zh: '安全管理员可以撤销任何人授出的委托。',
    en: 'A security administrator may end anybody’s.',
  },
  optionalBody: true,
  status: 200,
  about: { zh: '已撤销', en: 'Ended' },
  answer: endedDelegation,
})

export const approvalRoutes: readonly Route[] = [
  list,
  counts,
  read,
  preview,
  decision,
  delegations,
  delegateRoute,
  revocation,
]
