/**
 * The words of projects: kinds, states, documents, with their names. What they mean for money is said where they are
 * used.
 */

export const projectKinds = ['comprehensive', 'single', 'rebuild', 'environment'] as const
export type ProjectKind = (typeof projectKinds)[number]

export const kindNamesZh: Record<ProjectKind, string> = {
  comprehensive: '综合改造',
  single: '单项改造',
  rebuild: '危旧楼改建',
  environment: '环境整治',
}

/** In the order in which a project goes through them; `withdrawn` ends it before works begin. */
export const projectStates = [
  'reserve',
  'planned',
  'under_way',
  'accepted',
  'settled',
  'handed_over',
  'withdrawn',
] as const
export type ProjectState = (typeof projectStates)[number]

export const stateNamesZh: Record<ProjectState, string> = {
  reserve: '储备',
  planned: '列入计划',
  under_way: '实施',
  accepted: '竣工验收',
  settled: '决算',
  handed_over: '移交',
  withdrawn: '退出',
}

/** While it is none of these, its buildings stand in no other project of its kind. */
export const finishedStates: readonly ProjectState[] = ['handed_over', 'withdrawn']
export const isOpenState = (state: ProjectState): boolean => !finishedStates.includes(state)

export const documentKinds = [
  'fund_promise',
  'owners_vote',
  'accessible_acceptance',
  'waiver',
  'design_change',
  'completion_acceptance',
  'final_accounts',
  'handover',
] as const
export type DocumentKind = (typeof documentKinds)[number]

export const documentNamesZh: Record<DocumentKind, string> = {
  fund_promise: '维修资金补建续筹承诺',
  owners_vote: '业主表决结果',
  accessible_acceptance: '适老化与无障碍专项验收',
  waiver: '住户签字说明',
  design_change: '设计变更',
  completion_acceptance: '竣工验收',
  final_accounts: '竣工财务决算',
  handover: '移交手续',
}

/** Why works stay unfinished (clause 22). */
export const unfinishedCauses = ['household_refused', 'objective'] as const
export type UnfinishedCause = (typeof unfinishedCauses)[number]

export const causeNamesZh: Record<UnfinishedCause, string> = {
  household_refused: '住户不同意',
  objective: '客观因素',
}

/** What a document is about; absent members mean the whole project. */
export type DocumentScope = {
  readonly communities?: readonly string[]
  readonly items?: readonly ScopeItem[]
}
export type ScopeItem = { readonly item: string; readonly dwelling?: DwellingName }
export type DwellingName = { readonly community: string; readonly building: string; readonly dwelling: string }

/** 资本性、经常性: bonds pay only the first (预算法 第三十五条). */
export const costPurposes = ['capital', 'recurrent'] as const
export type CostPurpose = (typeof costPurposes)[number]
export const purposeNamesZh: Record<CostPurpose, string> = { capital: '资本性', recurrent: '经常性' }
