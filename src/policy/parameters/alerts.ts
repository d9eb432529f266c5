/** From when on something that waits is told of. The law sets none of these: they are the bureau's own to set. */
import type { Parameter } from '../on.ts'
import { undated } from './dated.ts'

export const alerts = {
  alert_waiting_days: {
    zh: '提醒：审批事项等待超过若干日',
    en: 'Alerts: an approval has waited for so many days',
    unit: 'days',
    values: undated(5, 'trial-parameters', '提醒 待办超期'),
  },
  alert_lapse_days: {
    zh: '提醒：指标距收回不足若干日',
    en: 'Alerts: so many days before an indicator lapses',
    unit: 'days',
    values: undated(60, 'trial-parameters', '提醒 指标将到期'),
  },
  alert_closing_days: {
    zh: '提醒：月份终了后若干日仍未结账',
    en: 'Alerts: a month is open so many days after its end',
    unit: 'days',
    values: undated(10, 'trial-parameters', '提醒 未结账'),
  },
  alert_head_hours: {
    zh: '提醒：有新凭证而若干小时未签名树头',
    en: 'Alerts: entries that no head of the last so many hours covers',
    unit: 'count',
    values: undated(24, 'trial-parameters', '提醒 树头过旧'),
  },
  alert_standby_seconds: {
    zh: '提醒：只读备库落后主库超过若干秒，查询改由主库答复',
    en: 'Alerts: the standby is so many seconds behind, and the primary answers its reads',
    unit: 'count',
    values: undated(10, 'trial-parameters', '提醒 备库落后'),
  },
} satisfies Record<string, Parameter>
