/** Booking: how far ahead of the day it is recorded an entry may be dated before somebody looks twice. */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const entries = {
  entry_years_ahead: {
    zh: '业务日期最远为记账所在年度之后第几年的年末，更晚的须提示、由第二人确认',
    en: 'Years after that of recording by whose end an entry is dated; later, it is warned of and takes a second person',
    unit: 'years',
    values: undated(1, 'accounting-law', '第十三条（年数为示例参数）'),
  },
} satisfies Record<string, Parameter>
