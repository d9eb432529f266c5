/** What the rules of disbursement say no to, in the order in which one row of the trial calculations names them. */
import { catalogue } from '../base/refusal.ts'

type RateFacts = { rate: string; limit: string }

export const disbursementRefusals = {
  below_minimum_progress_payment: {
    status: 422,
    title: { zh: '进度款支付比例低于下限', en: 'The progress payment is below its minimum' },
    detail: (f: RateFacts) => ({
      zh: `进度款支付比例 ${f.rate} 低于已完成工程价款的 ${f.limit}。请按不低于 ${f.limit} 的比例支付。`,
      en: `A payment ratio of ${f.rate} is below the minimum of ${f.limit} of the completed value. Pay at least that part.`,
    }),
  },
  retention_above_maximum: {
    status: 422,
    title: { zh: '质量保证金比例超过上限', en: 'The retention is above its maximum' },
    detail: (f: RateFacts) => ({
      zh: `质量保证金比例 ${f.rate} 超过上限 ${f.limit}。请改为不超过 ${f.limit}。`,
      en: `A retention rate of ${f.rate} is above the maximum of ${f.limit}. Retain no more than that.`,
    }),
  },
  retention_eaten: {
    status: 422,
    title: { zh: '支付比例侵占了质量保证金', en: 'The payment eats the retention' },
    detail: (f: { payRatio: string; retentionRate: string }) => ({
      zh: `支付比例 ${f.payRatio} 加质量保证金比例 ${f.retentionRate} 超过已完成价款，质量保证金无从扣留。请降低支付比例。`,
      en: `A payment ratio of ${f.payRatio} and a retention rate of ${f.retentionRate} are together more than the completed value. Lower the payment ratio.`,
    }),
  },
} as const

export const refuse = catalogue(disbursementRefusals)
