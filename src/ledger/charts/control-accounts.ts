/**
 * The accounts of a government book that the money of indicators moves through, by what they are: rooms name an account
 * here and nowhere write its code. Three axes of the control basis, each balanced by itself: the right to issue quota,
 * the right to commit, the cash plan.
 */
export const controlAccounts = {
  // 下达额度: 预算指标批复 = 可用 + 已用 + 分配下级
  approved: '9901',
  availableDirect: '910101',
  availableAuthorised: '910102',
  carried: '910103',
  usedDirect: '910201',
  issued: '910202',
  allotted: '910401',
  released: '910402',
  // 已拨付而应收回 (J46)
  claimed: '910403',
  // 承诺: 可承诺指标批复 = 可承诺 + 已承诺 + 已支付 + 已分配下级
  committableApproved: '9903',
  committable: '910301',
  committed: '910302',
  committedPaid: '910303',
  committableAllotted: '910304',
  // 用款计划: 批复 = 可用 + 已用
  cashPlanApproved: '9902',
  cashPlan: '910501',
  cashPlanUsed: '910502',
} as const

/**
 * Of the accounts that actions keep, those a take-over opens: an indicator with what is left and used of it, the right
 * to commit, the cash plan. Commitments, allotments, bonds and findings have rows of their own, and are made again.
 */
export const openedByTakeOver: ReadonlySet<string> = new Set([
  controlAccounts.approved,
  controlAccounts.availableDirect,
  controlAccounts.availableAuthorised,
  controlAccounts.carried,
  controlAccounts.usedDirect,
  controlAccounts.issued,
  controlAccounts.committableApproved,
  controlAccounts.committable,
  controlAccounts.cashPlanApproved,
  controlAccounts.cashPlan,
  controlAccounts.cashPlanUsed,
])

export type ControlAccount = (typeof controlAccounts)[keyof typeof controlAccounts]

/** What quota is in financial and budget accounting (J02, J30, J33). */
export const quotaAccounts = {
  quota: '1011',
  income: '4001',
  budgetQuota: '800101',
  budgetIncome: '6001',
  returnableDirect: '120101',
  returnableAuthorised: '120102',
  budgetReturnable: '800103',
  cash: '100201',
  budgetCash: '800102',
  surplus: '3001',
  budgetCarried: '8101',
} as const
