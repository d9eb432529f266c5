/** What a contractor is paid on a certificate, and what managing a project may cost (clauses 20, 23). */
import { managementFeeCap } from '../disbursement/management-fee.ts'
import { progressCertificate } from '../disbursement/progress-certificate.ts'
import { calculation } from './calculation.ts'
import { amount, amountOut, form, onDate, ratioUpTo } from './form.ts'

export const progressCertificateCalculation = calculation({
  name: 'progress-certificate',
  about: { zh: '进度款支付证书', en: 'A progress certificate' },
  example: {
    oracle: 'O-57',
    input: {
      completed: '3000000',
      payRatio: '0.85',
      retentionRate: '0.03',
      advanceRecoveryRate: '0.10',
      labourRate: '0.20',
      advanceLeft: '1000000',
      on: '2024-05-01',
    },
    result: {
      retention: '90000.00',
      recovered: '300000.00',
      payable: '2610000.00',
      payNow: '2250000.00',
      wages: '600000.00',
      contractor: '1650000.00',
      unpaid: '360000.00',
    },
  },
  input: form({
    completed: amount('已完成工程价款', 'completed value'),
    payRatio: ratioUpTo('1', '支付比例', 'payment ratio'),
    retentionRate: ratioUpTo('1', '质量保证金比例', 'retention rate'),
    advanceRecoveryRate: ratioUpTo('1', '预付款扣回比例', 'advance recovery rate'),
    labourRate: ratioUpTo('1', '人工费比例', 'labour rate'),
    advanceLeft: amount('未扣回预付款', 'advance not yet recovered'),
    on: onDate(),
  }),
  result: form({
    retention: amountOut('质量保证金', 'retention'),
    recovered: amountOut('扣回预付款', 'advance recovered'),
    payable: amountOut('应付工程款（入账）', 'payable, as booked'),
    payNow: amountOut('本期支付', 'paid now'),
    wages: amountOut('支付农民工工资专户', 'to the wage account'),
    contractor: amountOut('支付承包人', 'to the contractor'),
    unpaid: amountOut('未支付', 'not yet paid'),
  }),
  on: (input) => input.on,
  rule: progressCertificate,
})

export const managementFeeCapCalculation = calculation({
  name: 'management-fee-cap',
  about: { zh: '项目建设管理费总额控制数', en: 'Control figure of the management fee' },
  example: { oracle: 'O-62', input: { investment: '80000000' }, result: { cap: '1160000.00' } },
  input: form({ investment: amount('总投资', 'investment') }),
  result: form({ cap: amountOut('控制数', 'cap') }),
  rule: managementFeeCap,
})
