import { clause } from '../../policy/documents.ts'
import type { ChartText } from '../chart.ts'

/**
 * 住宅专项维修资金会计核算办法 (财会〔2020〕7号), in force 2021-01-01: cash basis, double entry. What the owners hold (3001, 3002)
 * is kept by dwelling, because the fund follows the dwelling (北京市物业管理条例 第八十一条); deposits and payments may be.
 */
export const maintenanceFund: ChartText = {
  title: '住宅专项维修资金会计科目',
  source: clause('maintenance-fund-accounting-2020-7', '第二章'),
  text: `
financial debit
  1001   银行存款
  100101 商品住宅专户 guarded
  100102 公有住房专户 guarded
  100103 国债专户 guarded
  1101   国债投资 guarded
  1201   备用金 guarded
financial credit
  2001   应付房屋灭失返还资金 guarded
  3001   商品住宅维修资金 guarded requires:dwelling
  3002   已售公有住房维修资金 guarded requires:dwelling
  3101   待分配累计收益
  4001   交存收入 by:dwelling
  4101   存款利息收入
  4102   国债利息收入
  4201   经营收入
  4301   共用设施处置收入
  4901   其他收入
financial debit
  5001   维修支出 by:dwelling
  5101   返还支出 by:dwelling
  5901   其他支出
`,
}
