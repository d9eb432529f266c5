/** Claw-backs (收回): why money that was released comes back, and how far that is. */
export const clawbackCauses = ['score_corrected', 'audit_finding'] as const
export type ClawbackCause = (typeof clawbackCauses)[number]

export const causeNamesZh: Record<ClawbackCause, string> = { score_corrected: '得分更正', audit_finding: '审计结论' }

export type ClawbackState = 'drafted' | 'posted' | 'rejected' | 'withdrawn'
