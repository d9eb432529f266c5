/** Claw-backs (收回): why money that was released comes back, and how far that is. */
export const clawbackCauses = ['score_corrected', 'audit_finding', 'paid_in_error', 'final_budget'] as const
export type ClawbackCause = (typeof clawbackCauses)[number]

export const causeNamesZh: Record<ClawbackCause, string> = {
  score_corrected: '得分更正',
  audit_finding: '审计结论',
  paid_in_error: '拨付有误',
  final_budget: '正式预算低于提前下达',
}

/** What of a release is asked back: what came early, was paid in error, was misused, or is above a final budget. */
export const clawbackGrounds = ['early', 'error', 'finding', 'final_budget'] as const
export type ClawbackGround = (typeof clawbackGrounds)[number]

export const groundNamesZh: Record<ClawbackGround, string> = {
  early: '提前拨付',
  error: '错拨',
  finding: '检查发现问题',
  final_budget: '超过正式预算',
}

/** The cause of a ground, where the request names none. */
export const causeOf: Record<Exclude<ClawbackGround, 'early'>, ClawbackCause> = {
  error: 'paid_in_error',
  finding: 'audit_finding',
  final_budget: 'final_budget',
}

export type ClawbackState = 'drafted' | 'posted' | 'rejected' | 'withdrawn'
/** Of claw-backs, and of the settlements of what they claim. */
export const clawbackStateNamesZh: Record<ClawbackState, string> = {
  drafted: '待审批',
  posted: '已记账',
  rejected: '已退回',
  withdrawn: '已撤回',
}
