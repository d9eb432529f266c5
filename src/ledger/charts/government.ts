import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * 政府会计制度 (财会〔2017〕25号), in force 2019-01-01: financial accounting on accrual beside budget accounting on cash.
 * First level as published; the detail subjects are those this programme needs. The control basis is ours:
 * appropriation lines (指标) and what is committed of them are ordinary accounts, so that spending past one cannot be
 * posted. Two of them exist so that nothing leaves an axis without a trace: 910103 keeps, indicator by indicator, what
 * year-end turned into quota to be returned (J31, J32), because
 * 1201 does not know indicators and the two-year rule asks for them; 910304 is the right to commit that went to a lower
 * level with the money.
 */
export const government: ChartText = {
  title: '政府会计制度——行政事业单位会计科目',
  source: clause('government-accounting-2017-25', '第二部分'),
  text: `
financial debit
  1001   库存现金 guarded
  1002   银行存款
  100201 项目专户 guarded
  100202 居民出资监管户 guarded
  100203 农民工工资专户 guarded
  1011   零余额账户用款额度 guarded
  1021   其他货币资金 guarded
  1101   短期投资
  1201   财政应返还额度
  120101 财政应返还额度·财政直接支付 guarded
  120102 财政应返还额度·财政授权支付 guarded
  1211   应收票据
  1212   应收账款
  1214   预付账款
  121401 预付工程款
  121402 预付备料款
  1215   应收股利
  1216   应收利息
  1218   其他应收款
  121801 应收贴息
  121802 应收超付工程款
  121803 应收产权单位出资
  121899 其他应收款·其他
  1219   坏账准备 credit
  1301   在途物品
  1302   库存物品
  1303   加工物品
  1401   待摊费用
  1501   长期股权投资
  1502   长期债券投资
  1601   固定资产
  1602   固定资产累计折旧 credit
  1611   工程物资
  1613   在建工程
  161301 建筑安装工程投资
  161302 设备投资
  161303 待摊投资
  161304 其他投资
  161305 待核销基建支出
  161306 基建转出投资
  1701   无形资产
  1702   无形资产累计摊销 credit
  1703   研发支出
  1801   公共基础设施
  1802   公共基础设施累计折旧（摊销） credit
  1811   政府储备物资
  1821   文物文化资产
  1831   保障性住房
  1832   保障性住房累计折旧 credit
  1891   受托代理资产
  1901   长期待摊费用
  1902   待处理财产损溢
financial credit
  2001   短期借款
  2101   应交增值税
  2102   其他应交税费
  2103   应缴财政款
  2201   应付职工薪酬
  2301   应付票据
  2302   应付账款
  230201 应付工程款
  230202 应付质量保证金
  230299 应付账款·其他
  2303   应付政府补贴款
  2304   应付利息
  2305   预收账款
  2307   其他应付款
  230701 居民出资款 guarded
  230702 产权单位出资 guarded
  230703 维修资金划入 guarded
  230704 社会资本 guarded
  230705 待返还结余 guarded
  230799 其他应付款·其他
  2401   预提费用
  2501   长期借款
  250101 长期借款·本金
  250102 长期借款·应计利息
  2502   长期应付款
  250201 专项债券转贷
  250299 长期应付款·其他
  2601   预计负债
  2901   受托代理负债
  3001   累计盈余
  3101   专用基金
  3201   权益法调整
  3301   本期盈余
  3302   本年盈余分配
  3401   无偿调拨净资产
  3501   以前年度盈余调整
  4001   财政拨款收入
  4101   事业收入
  4201   上级补助收入
  4301   附属单位上缴收入
  4401   经营收入
  4601   非同级财政拨款收入
  4602   投资收益
  4603   捐赠收入
  4604   利息收入
  4605   租金收入
  4609   其他收入
financial debit
  5001   业务活动费用
  5101   单位管理费用
  5201   经营费用
  5301   资产处置费用
  5401   上缴上级费用
  5501   对附属单位补助费用
  5801   所得税费用
  5901   其他费用
budget credit
  6001   财政拨款预算收入
  6101   事业预算收入
  6201   上级补助预算收入
  6301   附属单位上缴预算收入
  6401   经营预算收入
  6501   债务预算收入
  6601   非同级财政拨款预算收入
  6602   投资预算收益
  6609   其他预算收入
budget debit
  7101   行政支出
  7201   事业支出
  7301   经营支出
  7401   上缴上级支出
  7501   对附属单位补助支出
  7601   投资支出
  7701   债务还本支出
  7901   其他支出
  8001   资金结存
  800101 资金结存·零余额账户用款额度 guarded
  800102 资金结存·货币资金 guarded
  800103 资金结存·财政应返还额度 guarded
budget credit
  8101   财政拨款结转
  8102   财政拨款结余
  8201   非财政拨款结转
  8202   非财政拨款结余
  8301   专用结余
  8401   经营结余
  8501   其他结余
  8701   非财政拨款结余分配
control debit
  9101   可用指标
  910101 可用指标·财政直接支付 guarded by:indicator kept:indicator
  910102 可用指标·财政授权支付 guarded by:indicator kept:indicator
  910103 可用指标·上年结转 guarded by:indicator kept:indicator
  9102   已用指标
  910201 已用指标·直接支付 by:indicator kept:indicator
  910202 已用指标·已下达额度 by:indicator kept:indicator
  9103   指标承诺
  910301 可承诺指标 guarded by:indicator kept:commitment
  910302 已承诺指标 guarded by:indicator by:item kept:commitment
  910303 承诺已支付 by:indicator by:item kept:commitment
  910304 可承诺指标·已分配下级 guarded by:indicator by:counterparty kept:allotment
  9104   分配下级
  910401 已分配待拨付 guarded by:indicator by:counterparty kept:allotment
  910402 已拨付 by:indicator by:counterparty kept:allotment
  910403 应收回 guarded by:indicator by:counterparty kept:allotment
  9105   用款计划
  910501 可用用款计划 guarded kept:cash_plan
  910502 已用用款计划 kept:cash_plan
control credit
  9901   预算指标批复 by:indicator kept:indicator
  9902   用款计划批复 kept:cash_plan
  9903   可承诺指标批复 by:indicator kept:commitment
`,
}
