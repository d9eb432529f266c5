/** What the rules of the funds say no to, in the order in which one row of the trial calculations names them. */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue } from '../base/refusal.ts'

/** What rules of trial calculations say no to. */
export const ruleRefusals = {
  allocation_not_face: {
    status: 422,
    title: { zh: '分配额与债券面值不符', en: 'The allocation is not the face of the bond' },
    detail: (f: { allocated: Fen; face: Fen }) => ({
      zh: `各项目分配额合计 ${formatFen(f.allocated)} 元，与债券面值 ${formatFen(f.face)} 元相差 ${formatFen(f.allocated - f.face)} 元。请调整分配额，使合计等于面值。`,
      en: `The projects are allocated ${formatFen(f.allocated)} yuan of a face of ${formatFen(f.face)} yuan, a difference of ${formatFen(f.allocated - f.face)}. Change the allocation so that it adds up to the face.`,
    }),
  },
  term_not_allowed: {
    status: 422,
    title: { zh: '债券期限不在规定范围', en: 'A bond may not have this term' },
    detail: (f: { years: number; allowed: readonly number[] }) => ({
      zh: `专项债券期限 ${f.years} 年不在可用期限（${f.allowed.join('、')} 年）之内。请改用其中一个期限。`,
      en: `A special bond may not run for ${f.years} years; the terms are ${f.allowed.join(', ')} years. Choose one of them.`,
    }),
  },
  purpose_not_eligible: {
    status: 422,
    title: { zh: '该用途不能提取住房公积金', en: 'Provident fund may not be withdrawn for this purpose' },
    detail: (f: { purpose: string; allowed: readonly string[] }) => ({
      zh: `用途「${f.purpose}」不在可提取范围（${f.allowed.join('、')}）。请核对用途，或改用其他资金来源。`,
      en: `Purpose "${f.purpose}" is none of ${f.allowed.join(', ')}. Check the purpose, or pay from another source.`,
    }),
  },
} as const

export const refuse = catalogue(ruleRefusals)
