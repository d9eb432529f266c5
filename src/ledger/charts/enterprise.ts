import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * 企业会计准则 subjects a property company, platform company or investor needs. Revenue and cost of elderly care
 * require a segment, because clause 12 wants them accounted separately.
 */
export const enterprise: ChartText = {
  title: '企业会计准则会计科目',
  source: clause('enterprise-accounting-2006-18', '附录'),
  text: `
financial debit
  1001   库存现金 guarded
  1002   银行存款 guarded
  1012   其他货币资金 guarded
  1122   应收账款
  1123   预付账款
  1221   其他应收款
  1231   坏账准备 credit
  1403   原材料
  1405   库存商品
  1511   长期股权投资
  1601   固定资产
  1602   累计折旧 credit
  1604   在建工程
  1605   工程物资
  1606   固定资产清理
  1701   无形资产
  1702   累计摊销 credit
  1801   长期待摊费用
  1901   待处理财产损溢
financial credit
  2001   短期借款
  2202   应付账款
  2203   预收账款
  2211   应付职工薪酬
  2221   应交税费
  2231   应付利息
  2232   应付股利
  2241   其他应付款
  2401   递延收益
  2501   长期借款
  2502   应付债券
  2701   长期应付款
  2801   预计负债
  4001   实收资本
  4002   资本公积
  4101   盈余公积
  4103   本年利润
  4104   利润分配
financial debit
  5001   生产成本
  5101   制造费用
financial credit
  6001   主营业务收入
  600101 物业服务收入
  600102 养老服务收入 requires:segment
  600199 其他主营业务收入
  6051   其他业务收入
  6111   投资收益
  6117   其他收益
  6301   营业外收入
financial debit
  6401   主营业务成本
  640101 物业服务成本
  640102 养老服务成本 requires:segment
  640199 其他主营业务成本
  6402   其他业务成本
  6403   税金及附加
  6601   销售费用
  6602   管理费用
  6603   财务费用
  6711   营业外支出
  6801   所得税费用
  6901   以前年度损益调整
`,
}
