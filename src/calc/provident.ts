/** The housing provident fund (clause 26): withdrawals, and the schedule of a loan. */
import { providentWithdrawal } from '../funds/provident/withdrawal.ts'
import { annuitySchedule } from '../funds/provident/loan.ts'
import { calculation } from './calculation.ts'
import { amount, amountOut, count, countOut, form, list, onDate, oneOf, ratio, text } from './form.ts'

export const providentWithdrawalCalculation = calculation({
  name: 'provident-withdrawal',
  about: { zh: '住房公积金提取额度', en: 'What may be withdrawn from the provident fund' },
  example: {
    oracle: 'O-37',
    input: {
      purpose: 'elevator',
      on: '2023-06-01',
      contribution: '38500.00',
      applicants: [
        { relation: 'self', balance: '25000.35' },
        { relation: 'spouse', balance: '40000.00', requested: '13499.66' },
      ],
    },
    result: {
      limit: '38500.00',
      grants: [
        { relation: 'self', max: '25000.35', granted: '25000.35' },
        { relation: 'spouse', max: '13499.65', granted: '0.00', refusal: 'exceeds_limit' },
      ],
    },
  },
  input: form({
    purpose: text('用途', 'purpose'),
    on: onDate(),
    contribution: amount('实际出资', 'contribution'),
    refunded: amount('已退款', 'refunded').optional(),
    loan: amount('公积金贷款', 'provident-fund loan').optional(),
    withdrawn: amount('此前已提取，所有申请人合计', 'withdrawn before, by all applicants').optional(),
    applicants: list(
      form({
        relation: text('与产权人关系', 'relation'),
        balance: amount('账户余额', 'balance'),
        requested: amount('申请提取', 'requested').optional(),
      }),
      '申请人，依次审核',
      'applicants, granted in this order',
    ),
  }),
  result: form({
    limit: amountOut('总额度', 'limit'),
    grants: list(
      form({
        relation: text('与产权人关系', 'relation'),
        max: amountOut('最高可提取', 'most'),
        granted: amountOut('准予提取', 'granted'),
        refusal: oneOf(['exceeds_limit', 'relation_not_eligible'], '不予提取的原因', 'why not').optional(),
      }),
      '逐人结果',
      'the grants',
    ),
  }),
  on: (input) => input.on,
  rule: providentWithdrawal,
})

/** A thousand years of payments; more would be no loan, and an answer too long for one line. */
const monthsMax = 12_000

export const annuityScheduleCalculation = calculation({
  name: 'annuity-schedule',
  about: { zh: '等额本息还款计划', en: 'Repayment in equal payments' },
  example: {
    oracle: 'O-42',
    input: { principal: '1000', rate: '0.031', months: 2 },
    result: {
      payment: '501.94',
      rows: [
        { month: 1, payment: '501.94', interest: '2.58', principal: '499.36', balance: '500.64' },
        { month: 2, payment: '501.93', interest: '1.29', principal: '500.64', balance: '0.00' },
      ],
      interestTotal: '3.87',
    },
  },
  input: form({
    principal: amount('本金', 'principal'),
    rate: ratio('年利率', 'yearly rate'),
    months: count('期数（月）', 'months', { from: 1, to: monthsMax }),
  }),
  result: form({
    payment: amountOut('每期还款', 'the equal payment'),
    rows: list(
      form({
        month: countOut('期次', 'month'),
        payment: amountOut('还款', 'payment'),
        interest: amountOut('利息', 'interest'),
        principal: amountOut('本金', 'principal'),
        balance: amountOut('余额', 'balance'),
      }),
      '各期',
      'the months',
    ),
    interestTotal: amountOut('利息合计', 'interest in all'),
  }),
  rule: annuitySchedule,
})
