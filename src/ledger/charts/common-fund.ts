import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * Owners' common fund of a trust-style community (clause 29) and its public revenue (clause 30): cash basis, double
 * entry. No national chart exists; this one keeps public revenue in its own account, as 北京市物业管理条例 第七十四条 demands.
 */
export const commonFund: ChartText = {
  title: '业主共有资金会计科目',
  source: clause('beijing-2022-28', '第（二十九）条'),
  text: `
financial debit
  1001   业主共有资金专户 guarded
  1002   公共收益专户 guarded
  1121   应收物业费
financial credit
  2101   预收物业费
  2201   应付服务款
  2202   应付酬金
  2301   应补专项维修资金
  3101   业主共有基金
  3201   公共收益结余
  4101   物业费
  4201   公共收益
  420101 公共收益·停车
  420102 公共收益·广告
  420103 公共收益·场地
  420199 公共收益·其他
  4301   利息
financial debit
  5101   服务支出
  510101 服务支出·保洁
  510102 服务支出·秩序
  510103 服务支出·设备
  510104 服务支出·绿化
  510105 服务支出·维修
  5201   公共收益成本
  5301   酬金
  5401   补充专项维修资金
`,
}
