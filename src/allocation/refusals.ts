/** What the rules of allocation say no to, in the order in which one row of the trial calculations names them. */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue } from '../base/refusal.ts'

export const refuse = catalogue({
  indicator_not_open: {
    status: 422,
    title: { zh: '预算指标在该年度不可使用', en: 'The budget indicator is not open in that year' },
    detail: (f: { year: number; first: number; last: number }) => ({
      zh: `${f.first} 年度指标只能在 ${f.first} 至 ${f.last} 年使用，${f.year} 年的支出不能列支。请改用 ${f.year} 年可用的指标。`,
      en: `The indicator of ${f.first} may be spent from ${f.first} to ${f.last}, not in ${f.year}. Use an indicator that is open in ${f.year}.`,
    }),
  },
  exceeds_indicator: {
    status: 422,
    title: { zh: '支出超过指标余额', en: 'Spending exceeds what is left of the indicator' },
    detail: (f: { year: number; opening: Fen; spent: Fen }) => ({
      zh: `${f.year} 年年初指标余额 ${formatFen(f.opening)} 元，支出 ${formatFen(f.spent)} 元，超出 ${formatFen(f.spent - f.opening)} 元。请减少支出或另行申请指标。`,
      en: `${formatFen(f.opening)} yuan of the indicator were open at the start of ${f.year} and ${formatFen(f.spent)} spent, ${formatFen(f.spent - f.opening)} too much. Spend less, or apply for another indicator.`,
    }),
  },
})
