import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * Memorandum books: what another body keeps the real books of, and plans. The provident fund centre's subjects
 * (财会字〔1999〕33号) mirror its accounts; the control basis holds a project's funding plan: planned investment against
 * planned sources; the record of a special bond from its quota to its last payment, kept by the issuer; and what an
 * audit found until it is cured (rules §4.7).
 */
export const memo: ChartText = {
  title: '备查账科目（公积金中心、资金筹措方案）',
  source: clause('provident-fund-accounting-1999-33', '第二部分'),
  text: `
financial debit
  101    住房公积金存款 guarded
  102    增值收益存款 guarded
  119    其他应收款
  121    委托贷款 guarded
  122    逾期贷款 guarded
  124    国家债券 guarded
financial credit
  201    住房公积金 guarded by:dwelling
  211    应付利息
  214    专项应付款
  219    其他应付款
  301    贷款风险准备
  311    增值收益
  321    增值收益分配
  401    业务收入
financial debit
  411    业务支出
control debit
  901    计划总投资
  9011   计划总投资·工程及其他费用 kept-from-vouchers:funding_plan
  9012   计划总投资·建设期利息 kept-from-vouchers:funding_plan
  911    待发行债券额度 guarded kept:bond
  912    已发行债券 kept:bond
  921    募集资金待分配 guarded requires:debt kept:bond
  922    已分配待使用 guarded requires:debt kept:bond
  923    已使用 requires:debt kept:bond
  933    应付本息待筹 guarded requires:debt kept:bond
  934    已筹偿债资金 guarded requires:debt kept:bond
  981    未销号问题金额 guarded kept:finding
  982    已退还 kept:finding
  984    已采纳说明 kept:finding
  986    已核销 kept:finding
  987    已补办资料 kept:finding
control credit
  951    计划资金来源 kept-from-vouchers:funding_plan
  961    债券发行额度 kept:bond
  971    募集资金 requires:debt kept:bond
  983    应付本息 requires:debt kept:bond
  985    查出问题金额 kept:finding
`,
}
