/** Special bonds: planned, issued, allocated to projects, used. Each is proposed and posted when it is approved. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import { formatScaled } from '../../base/decimal.ts'
import { about, amountOut, anyJson, bookCode, projectCode } from '../../form/field.ts'
import {
  allocationView,
  bondAllocationForm,
  bondDueForm,
  dueView,
  bondCode,
  bondForm,
  coverageContent,
  ofBond,
  proposedForm,
  stateForm,
  viewOf,
} from '../../funds/bond/forms.ts'
import {
  allocationsOf,
  type BondStanding,
  duesOf,
  findBond,
  historyOfBond,
  listBonds,
  standingOf,
} from '../../funds/bond/reads.ts'
import { serviceBond } from '../../funds/bond/propose.ts'
import { allocateBond, issueBond, planBond, useBond } from '../../funds/bond/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { reply, type Route, route, versionTag } from '../route.ts'

const proposed = {
  status: 202,
  about: { zh: '已提交审批', en: 'Submitted for approval' },
  answer: proposedForm,
} as const

const plan = verbRoute(planBond, {
  path: '/v1/bonds',
  id: 'planBond',
  tag: 'bonds',
  summary: { zh: '申报专项债券', en: 'Plan a special bond' },
  description: {
    zh: '批准后记核定的限额。本息覆盖倍数按所填分年收入、成本计算；低于下限的，审批人看到提示。',
    en: 'Approved, it has its quota. Coverage is computed from the revenue and cost given by year; below its least the approvers are told.',
  },
  ...proposed,
})

const issue = verbRoute(issueBond, {
  path: '/v1/bonds/{bond}/issue',
  id: 'issueBond',
  tag: 'bonds',
  summary: { zh: '发行专项债券', en: 'Issue a special bond' },
  description: {
    zh: '只发行已批准的债券，一次全额，不超过限额（待发行债券额度不得为负）。',
    en: 'Only one that is approved, once and whole, within the quota: what is left of it may not fall below zero.',
  },
  ...proposed,
})

const allocate = verbRoute(allocateBond, {
  path: '/v1/bonds/{bond}/allocations',
  id: 'allocateBond',
  tag: 'bonds',
  summary: { zh: '分配债券资金到项目', en: 'Allocate a bond to projects' },
  description: {
    zh: '自某日起各项目的分配额，合计等于面值。以后的版本只增加，不改以前的；项目已使用的不能调走。',
    en: 'What projects hold from a day on, together the face. A later version is added and changes no earlier one; what a project used is not taken from it.',
  },
  ...proposed,
})

const use = verbRoute(useBond, {
  path: '/v1/bonds/{bond}/uses',
  id: 'useBond',
  tag: 'bonds',
  summary: { zh: '登记债券资金使用', en: 'Note what was paid out of a bond' },
  description: {
    zh: '只用于已分配项目的资本性支出，不超过分配额（预算法第三十五条）。',
    en: 'For capital cost of a project it is allocated to, within what it holds.',
  },
  ...proposed,
})

const list = listRoute({
  path: '/v1/bonds',
  id: 'listBonds',
  tag: 'bonds',
  summary: { zh: '专项债券，按编号', en: 'Special bonds, by code' },
  right: 'allocation.read',
  filter: {
    book: z.exactOptional(bookCode),
    programme: z.exactOptional(projectCode),
    state: z.exactOptional(stateForm),
  },
  about: { zh: '一页专项债券', en: 'A page of special bonds' },
  item: bondForm,
  list: ({ actor, query, service }) => ({
    name: ['bonds', actor.district, query],
    place: bondCode,
    read: (after, limit) => listBonds(service.ledger, actor, { ...query, after: after ?? '', limit }),
    placeOf: ({ bond }) => bond,
    view: viewOf,
  }),
})

const due = z.strictObject({ on: z.string(), amount: amountOut('金额', 'amount') })
const standingForm = z
  .strictObject({
    ...bondForm.shape,
    coverage: coverageContent.meta({ id: 'BondCoverage', ...about('本息覆盖', 'coverage as it was computed') }),
    unallocated: amountOut('待分配', 'raised and held by no project'),
    projects: z.array(
      z.strictObject({
        project: projectCode,
        allocated: amountOut('分配额', 'what it holds'),
        used: amountOut('已使用', 'what it used'),
        unused: amountOut('未使用', 'what it has left'),
        useRate: z.string().meta(about('使用率（%）', 'per cent used')),
      }),
    ),
    coupons: z.array(due).meta(about('各期利息；未发行的没有', 'coupons; none of a bond that is not issued')),
    principal: z.exactOptional(due),
  })
  .meta({ id: 'BondStanding', ...about('一只专项债券及其资金', 'a special bond and what it holds') })

const percent = (part: bigint, of: bigint): string =>
  of === 0n ? '0.00' : formatScaled((part * 20_000n + of) / (2n * of), 2)

const presentStanding = ({ coverage, unallocatedFen, projects, schedule }: BondStanding) => ({
  coverage: coverageContent.encode(coverage),
  unallocated: formatFen(unallocatedFen),
  projects: projects.map(({ project, allocatedFen, usedFen }) => ({
    project,
    allocated: formatFen(allocatedFen),
    used: formatFen(usedFen),
    unused: formatFen(allocatedFen - usedFen),
    useRate: percent(usedFen, allocatedFen),
  })),
  coupons: (schedule?.coupons ?? []).map(({ on, amount }) => ({ on, amount: formatFen(amount) })),
  ...(schedule && { principal: { on: schedule.principal.on, amount: formatFen(schedule.principal.amount) } }),
})

const read = route({
  method: 'GET',
  path: '/v1/bonds/{bond}',
  id: 'readBond',
  tag: 'bonds',
  summary: { zh: '一只专项债券：条款、分配、使用、付息计划', en: 'A special bond: terms, allocation, use and coupons' },
  right: 'allocation.read',
  params: ofBond,
  answers: { 200: { about: { zh: '专项债券', en: 'The bond' }, schema: standingForm } },
  refuses: ['bond_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findBond(service.ledger, actor, params.bond)
    const standing = presentStanding(await standingOf(service.ledger, found))
    return reply(200, { ...viewOf(found), ...standing }, versionTag(found))
  },
})

const allocations = route({
  method: 'GET',
  path: '/v1/bonds/{bond}/allocations',
  id: 'listBondAllocations',
  tag: 'bonds',
  summary: { zh: '债券资金的各版分配', en: 'Versions of who holds what of a bond' },
  right: 'allocation.read',
  params: ofBond,
  answers: {
    200: {
      about: { zh: '各版分配，旧的在前', en: 'Versions, oldest first' },
      schema: z.strictObject({ items: z.array(bondAllocationForm) }),
    },
  },
  refuses: ['bond_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findBond(service.ledger, actor, params.bond)
    return reply(200, { items: (await allocationsOf(service.ledger, found)).map(allocationView) })
  },
})

const dues = route({
  method: 'GET',
  path: '/v1/bonds/{bond}/dues',
  id: 'listBondDues',
  tag: 'bonds',
  summary: { zh: '债券各期应付本息及项目分摊', en: 'What is due of a bond, and who bears it' },
  right: 'allocation.read',
  params: ofBond,
  answers: {
    200: {
      about: { zh: '已登记的各期，旧的在前', en: 'What is recorded, oldest first' },
      schema: z.strictObject({ items: z.array(bondDueForm) }),
    },
  },
  refuses: ['bond_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findBond(service.ledger, actor, params.bond)
    return reply(200, { items: (await duesOf(service.ledger, found)).map(dueView) })
  },
})

const service = verbRoute(serviceBond, {
  path: '/v1/bonds/{bond}/services',
  id: 'serviceBond',
  tag: 'bonds',
  summary: { zh: '筹集、支付债券本息', en: 'Set aside or pay what is due of a bond' },
  description: {
    zh: '到期的各期由作业 bond-dues 拟定；登记后先筹集（已筹），再支付（已付）。本金支付后债券还清。',
    en: 'What falls due is drafted by the job bond-dues; recorded, it is set aside, then paid. With its principal paid the bond is repaid.',
  },
  ...proposed,
})

const changeView = z
  .strictObject({ version: z.int(), verb: z.string(), person: z.string(), at: z.string(), body: anyJson })
  .meta({ id: 'BondChange', ...about('一次变动', 'a change') })

const history = route({
  method: 'GET',
  path: '/v1/bonds/{bond}/history',
  id: 'readBondHistory',
  tag: 'bonds',
  summary: { zh: '专项债券的全部变动', en: 'Everything that happened to a special bond' },
  right: 'allocation.read',
  params: ofBond,
  answers: {
    200: { about: { zh: '变动', en: 'Changes, oldest first' }, schema: z.strictObject({ items: z.array(changeView) }) },
  },
  refuses: ['bond_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await findBond(service.ledger, actor, params.bond)
    return reply(200, { items: await historyOfBond(service.ledger, found) })
  },
})

export const bondRoutes: readonly Route[] = [
  plan,
  list,
  read,
  allocations,
  history,
  issue,
  allocate,
  use,
  dues,
  service,
]
