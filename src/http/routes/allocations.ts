/**
 * Allocations of subsidies: drafting, drafting anew, comparing versions, submitting, supplementing what was approved.
 */
import * as z from 'zod'
import {
  allocationForm,
  allocationSummary,
  type AllocationView,
  allocationWithHistory,
  comparisonForm,
  headView,
  inAllocation,
  shareView,
  stateForm,
  submittedAllocation,
  summaryView,
  versionHeadView,
  versionNumber,
  versionView,
  wholeVersion,
} from '../../allocation/forms.ts'
import { compareVersions, listAllocations, showAllocation, showVersion } from '../../allocation/reads.ts'
import { draftAllocation, redraftAllocation, submitAllocation, supplementAllocation } from '../../allocation/verbs.ts'
import { formatFen } from '../../base/money.ts'
import { identifier, year } from '../../form/field.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, etagOfVersion, reply, route, type Route } from '../route.ts'

const etag = ({ changes }: { changes: number }) => ({ etag: etagOfVersion(changes) })
const located = (of: AllocationView) => ({
  ...etag(of),
  location: `/v1/allocations/${encodeURIComponent(of.allocation)}`,
})

const draft = verbRoute(draftAllocation, {
  path: '/v1/allocations',
  id: 'draftAllocation',
  tag: 'allocations',
  summary: { zh: '编制资金分配方案', en: 'Draft an allocation' },
  description: {
    zh: '按公式把一个预算指标的资金分配到区或项目，形成第1稿。每个份额保留数据、步骤、适用规定和条款。此时不记账，不占用指标。',
    en: 'Divides the money of an indicator among districts or projects by a formula: version 1. Every share keeps its figures, steps and clauses. Nothing is posted yet and nothing reserved.',
  },
  status: 201,
  about: { zh: '第1稿', en: 'Version 1' },
  answer: allocationForm,
  headers: located,
})

const redraft = verbRoute(redraftAllocation, {
  path: '/v1/allocations/{allocation}/versions',
  id: 'redraftAllocation',
  tag: 'allocations',
  summary: { zh: '新增一稿', en: 'Add a version' },
  description: {
    zh: '以前各稿都保留。审批中的方案新增一稿后，原审批即被替代，须重新提交。',
    en: 'Earlier versions stay. Where one is under approval, its approval is superseded and the new one is submitted anew.',
  },
  status: 201,
  about: { zh: '新的一稿', en: 'The new version' },
  answer: allocationForm,
  headers: located,
})

const supplement = verbRoute(supplementAllocation, {
  path: '/v1/allocations/{allocation}/supplements',
  params: { supplements: 'allocation' },
  id: 'supplementAllocation',
  tag: 'allocations',
  summary: { zh: '编制补充分配', en: 'Draft a supplement' },
  description: {
    zh: '已批准的分配只能由补充分配更正：增加为正，核减为负（记红字），同样须经审批。',
    en: 'What was approved is corrected by a supplement alone: more is positive, less negative and posted red. It is approved the same way.',
  },
  status: 201,
  about: { zh: '补充分配第1稿', en: 'Version 1 of the supplement' },
  answer: allocationForm,
  headers: located,
})

const submission = verbRoute(submitAllocation, {
  path: '/v1/allocations/{allocation}/submission',
  id: 'submitAllocation',
  tag: 'allocations',
  summary: { zh: '提交审批', en: 'Submit for approval' },
  description: {
    zh: '提交现行一稿。批准时在同一事务内记账：上级账套分配下级，各区账套收到下级指标，分配到项目的同时分解到项目。',
    en: 'Submits the version that stands. With the last approval it is posted in one transaction: allotted in the upper book, received in every district’s, and assigned to projects where they are the recipients.',
  },
  optionalBody: true,
  status: 201,
  about: { zh: '已提交', en: 'Submitted' },
  answer: submittedAllocation,
  headers: ({ allocation }) => etag(allocation),
})

const list = listRoute({
  path: '/v1/allocations',
  id: 'listAllocations',
  tag: 'allocations',
  summary: { zh: '资金分配列表，按编号', en: 'Allocations, by code' },
  description: {
    zh: '区级人员看到本区的分配，以及全市已批准且涉及本区的分配。',
    en: 'People of a district see their own, and those of the city that are approved and give their district something.',
  },
  right: 'allocation.read',
  standby: always,
  filter: {
    indicator: z.exactOptional(identifier('预算指标', 'indicator')),
    programme: z.exactOptional(identifier('项目批次', 'programme')),
    year: z.exactOptional(year),
    state: z.exactOptional(stateForm),
    supplements: z.exactOptional(identifier('所补充的分配', 'what it supplements')),
  },
  about: { zh: '一页资金分配', en: 'A page of allocations' },
  item: allocationSummary,
  list: ({ actor, query, service }) => ({
    name: ['allocations', actor.district ?? null, query],
    place: z.string(),
    read: (after = '', limit) => listAllocations(service.ledger, actor, { ...query, after, limit }),
    placeOf: ({ allocation }) => allocation,
    view: summaryView,
  }),
})

const read = route({
  method: 'GET',
  path: '/v1/allocations/{allocation}',
  id: 'readAllocation',
  tag: 'allocations',
  summary: { zh: '一个资金分配：现行份额、各稿和经过', en: 'An allocation: shares, versions, history' },
  right: 'allocation.read',
  params: inAllocation,
  answers: { 200: { about: { zh: '资金分配', en: 'The allocation' }, schema: allocationWithHistory } },
  refuses: ['allocation_not_found'],
  handle: async ({ actor, params, service }) => {
    const { head, version, versions, history } = await showAllocation(service.ledger, actor, params.allocation)
    const view: z.input<typeof allocationWithHistory> = {
      ...headView(head),
      on: version.on,
      variant: version.variant,
      total: formatFen(version.totalFen),
      hash: version.hash,
      shares: version.shares.map(shareView),
      versions: versions.map(versionHeadView),
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
  answers: { 200: { about: { zh: '一稿', en: 'The version' }, schema: wholeVersion } },
  refuses: ['allocation_not_found', 'allocation_version_not_found'],
  handle: async ({ actor, params, service }) => {
    const { version } = await showVersion(service.ledger, actor, params.allocation, params.version)
    return reply(200, versionView(version), { etag: `"${version.hash}"` })
  },
})

const compare = route({
  method: 'GET',
  path: '/v1/allocations/{allocation}/comparison',
  id: 'compareAllocationVersions',
  tag: 'allocations',
  summary: { zh: '两稿对照', en: 'Compare two versions' },
  right: 'allocation.read',
  standby: always,
  params: inAllocation,
  query: z.strictObject({ from: versionNumber, to: versionNumber }),
  answers: {
    200: {
      about: { zh: '逐个对象的前后金额、差额和变化的数据', en: 'By recipient: before, after, what changed' },
      schema: comparisonForm,
    },
  },
  refuses: ['allocation_not_found', 'allocation_version_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const found = await compareVersions(service.ledger, actor, params.allocation, query)
    const { from, to, shares, formula, basis } = found
    const view: z.input<typeof comparisonForm> = {
      allocation: found.head.allocation,
      from: versionHeadView(from),
      to: versionHeadView(to),
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
