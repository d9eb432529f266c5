import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * Memorandum books: what another body keeps the real books of, and plans. The provident fund centre's subjects
 * (财会字〔1999〕33号) mirror its accounts; the control basis holds a project's funding plan: planned investment against
 * planned sources, and a special bond's quota until it is issued.
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
  9011   计划总投资·工程及其他费用
  9012   计划总投资·建设期利息
  911    待发行债券额度 guarded
  912    已发行债券
control credit
  951    计划资金来源
  961    债券发行额度
`,
}
