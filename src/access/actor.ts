/**
 * Who acts. Duties are separated by person, not by account (会计法 第二十五条): `person` is the proofed person or the machine
 * client behind a token, and stays the same when the token is replaced.
 */
import { catalogue, listedCodes, type Text } from '../base/refusal.ts'

export type Role =
  | 'finance_maker'
  | 'finance_checker'
  | 'finance_approver'
  | 'provident_fund'
  | 'pf_officer'
  | 'pf_reviewer'
  | 'auditor'
  | 'integration'
  | 'operator'
  | 'security_admin'

export type Actor = {
  readonly person: string
  readonly role: Role
  /** GB/T 2260 code of the only district whose books exist for this actor; absent: all. */
  readonly district?: string | undefined
  /** Came by a session, and has not proved himself again within the last minutes; never said of a token. */
  readonly unproved?: boolean
}

/** What can be done, each named by the noun it acts on. */
export type Permission =
  | 'book.create'
  | 'book.read'
  | 'entry.post'
  | 'entry.post_directly'
  | 'entry.reverse'
  | 'period.close'
  | 'period.request_reopening'
  | 'period.approve_reopening'
  | 'year.carry_over'
  | 'proof.cosign'
  | 'approval.read'
  | 'approval.submit'
  | 'approval.check'
  | 'approval.approve'
  | 'project.read'
  | 'project.manage'
  | 'plan.manage'
  | 'allocation.read'
  | 'indicator.manage'
  | 'commitment.make'
  | 'allocation.manage'
  | 'score.enter'
  | 'release.draft'
  | 'job.read'
  | 'job.operate'
  | 'delegation.read'
  | 'delegation.end'
  | 'withdrawal.read'
  | 'withdrawal.make'
  | 'person.read'
  | 'person.manage'

const reading = [
  'book.read',
  'approval.read',
  'project.read',
  'allocation.read',
  'delegation.read',
  'delegation.end',
] as const
/** 经办: what is made here others check and approve. */
const making = [
  'book.create',
  'entry.post',
  'entry.reverse',
  'period.request_reopening',
  'year.carry_over',
  'approval.submit',
  'project.manage',
  'plan.manage',
  'indicator.manage',
  'commitment.make',
  'allocation.manage',
  'score.enter',
  'release.draft',
  'job.read',
] as const

/**
 * Role → permissions; what is not listed is refused. Nobody may both ask for a reopening and approve it: see period.ts.
 */
export const permissionsOf: Record<Role, readonly Permission[]> = {
  finance_maker: [...reading, ...making],
  finance_checker: [
    ...reading,
    'period.close',
    'year.carry_over',
    'period.request_reopening',
    'approval.check',
    'job.read',
  ],
  finance_approver: [...reading, 'period.approve_reopening', 'approval.approve', 'job.read'],
  provident_fund: ['book.read', 'project.read'],
  pf_officer: ['book.read', 'project.read', 'approval.read', 'approval.submit', 'withdrawal.read', 'withdrawal.make'],
  pf_reviewer: ['book.read', 'project.read', 'approval.read', 'approval.check', 'withdrawal.read'],
  auditor: [...reading, 'proof.cosign', 'job.read', 'person.read', 'withdrawal.read'],
  // Brings what was checked elsewhere, and so posts without a voucher.
  integration: [...reading, ...making, 'entry.post_directly', 'period.close'],
  // Keeps the machine running and sees no business data (三员分立).
  operator: ['job.read', 'job.operate'],
  // Says who may do what, and does nothing of it himself.
  security_admin: ['person.read', 'person.manage', 'delegation.read', 'delegation.end'],
}

export const roleNames: Readonly<Record<Role, Text>> = {
  finance_maker: { zh: '财政经办', en: 'finance, makes' },
  finance_checker: { zh: '财政复核', en: 'finance, checks' },
  finance_approver: { zh: '财政审批', en: 'finance, approves' },
  provident_fund: { zh: '公积金中心', en: 'provident fund centre' },
  pf_officer: { zh: '公积金经办', en: 'provident fund, makes' },
  pf_reviewer: { zh: '公积金复核', en: 'provident fund, checks' },
  auditor: { zh: '审计', en: 'auditor' },
  integration: { zh: '系统集成（机器）', en: 'integration, a machine' },
  operator: { zh: '运维', en: 'operator of the machine' },
  security_admin: { zh: '安全管理', en: 'security administrator' },
}

export const permissionNames: Readonly<Record<Permission, Text>> = {
  'book.create': { zh: '建立账套', en: 'open books' },
  'book.read': { zh: '查账', en: 'read the books' },
  'entry.post': { zh: '编制记账凭证', en: 'make vouchers' },
  'entry.post_directly': { zh: '直接记账', en: 'post without a voucher' },
  'entry.reverse': { zh: '红字冲销', en: 'reverse entries' },
  'period.close': { zh: '结账', en: 'close months' },
  'period.request_reopening': { zh: '申请反结账', en: 'ask for a month to be reopened' },
  'period.approve_reopening': { zh: '批准反结账', en: 'approve the reopening of a month' },
  'year.carry_over': { zh: '年终结转', en: 'carry years over' },
  'proof.cosign': { zh: '见证签名', en: 'sign heads as a witness' },
  'approval.read': { zh: '查看审批事项', en: 'read approvals' },
  'approval.submit': { zh: '提交审批', en: 'submit for approval' },
  'approval.check': { zh: '复核', en: 'check' },
  'approval.approve': { zh: '审批', en: 'approve' },
  'project.read': { zh: '查看小区和项目', en: 'read communities and projects' },
  'project.manage': { zh: '管理小区和项目', en: 'manage communities and projects' },
  'plan.manage': { zh: '编制年度计划', en: 'draw up yearly plans' },
  'allocation.read': { zh: '查看资金分配', en: 'read allocations' },
  'indicator.manage': { zh: '管理预算指标和用款计划', en: 'manage appropriation lines and cash plans' },
  'commitment.make': { zh: '登记承诺', en: 'make commitments' },
  'allocation.manage': { zh: '编制资金分配', en: 'draw up allocations' },
  'score.enter': { zh: '填报考核数据', en: 'enter figures for scores' },
  'release.draft': { zh: '拟定拨付', en: 'draft releases' },
  'job.read': { zh: '查看作业', en: 'see jobs' },
  'job.operate': { zh: '管理作业', en: 'operate jobs' },
  'delegation.read': { zh: '查看委托', en: 'see delegations' },
  'delegation.end': { zh: '撤销委托', en: 'end delegations' },
  'withdrawal.read': { zh: '查看公积金提取', en: 'read withdrawals' },
  'withdrawal.make': { zh: '受理公积金提取', en: 'take applications for withdrawals' },
  'person.read': { zh: '查看人员', en: 'see persons' },
  'person.manage': { zh: '管理人员和职责', en: 'manage persons and duties' },
}

export const roles = Object.keys(permissionsOf) as Role[]

export const isRole = (text: string): text is Role => Object.hasOwn(permissionsOf, text)

export const accessRefusals = {
  permission_denied: {
    status: 403,
    title: { zh: '没有此项权限', en: 'Not permitted' },
    detail: (f: { person: string; role: Role; permission: Permission; holders: Text }) => ({
      zh: `${f.person}（角色 ${f.role}）没有「${f.permission}」权限。请由具备该权限的角色办理：${f.holders.zh}。`,
      en: `${f.person} (role ${f.role}) lacks the permission ${f.permission}. Have it done by one of: ${f.holders.en}.`,
    }),
  },
} as const

const refuse = catalogue(accessRefusals)

export const may = (actor: Actor, permission: Permission): boolean => permissionsOf[actor.role].includes(permission)

/** Whether a list of a district is asked for by an actor of another: there is nothing in it for him. */
export const isElsewhere = (actor: Actor, district: string | undefined): boolean =>
  actor.district !== undefined && district !== undefined && district !== actor.district

/** Who carries a permission. */
export const rolesWith = (permission: Permission): Role[] =>
  roles.filter((role) => permissionsOf[role].includes(permission))

/** Refuses `permission_denied` unless the actor's role carries the permission. */
export function demand(actor: Actor, permission: Permission): void {
  if (may(actor, permission)) return
  const holders = listedCodes(rolesWith(permission))
  throw refuse('permission_denied', { person: actor.person, role: actor.role, permission, holders })
}
