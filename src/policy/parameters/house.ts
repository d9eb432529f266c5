/** Numbers the law leaves to the bureau: from when on what waits is told of, and how long one is signed in. */
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

/**
 * Signing in to the console. 网络安全等级保护 asks for an end of idle sessions and for a limit of wrong attempts, and
 * gives no figures: they are the bureau's own to set. A session, a link and a proof end by the values of the day on
 * which they are looked at; how many guesses a name has is read when the service starts.
 */
export const signIn = {
  sign_in_idle_minutes: {
    zh: '登录：会话闲置若干分钟即结束',
    en: 'Signing in: a session ends after so many minutes in which nothing came',
    unit: 'count',
    values: undated(15, 'trial-parameters', '登录 会话闲置'),
  },
  sign_in_session_hours: {
    zh: '登录：会话最长若干小时',
    en: 'Signing in: a session ends so many hours after it began',
    unit: 'count',
    values: undated(8, 'trial-parameters', '登录 会话时长'),
  },
  sign_in_proof_minutes: {
    zh: '登录：再次验证身份后若干分钟内有效',
    en: 'Signing in: a fresh proof holds for so many minutes',
    unit: 'count',
    values: undated(5, 'trial-parameters', '登录 再次验证'),
  },
  sign_in_link_hours: {
    zh: '登录：邀请链接若干小时内有效',
    en: 'Signing in: a link is good for so many hours',
    unit: 'count',
    values: undated(24, 'trial-parameters', '登录 邀请链接'),
  },
  sign_in_ticket_minutes: {
    zh: '登录：打开链接后须在若干分钟内设定口令',
    en: 'Signing in: who opened a link sets the password within so many minutes',
    unit: 'count',
    values: undated(30, 'trial-parameters', '登录 设定口令'),
  },
  sign_in_failures: {
    zh: '登录：连续失败若干次即暂停',
    en: 'Signing in: so many failures suspend a name',
    unit: 'count',
    values: undated(5, 'trial-parameters', '登录 失败次数'),
  },
  sign_in_suspended_minutes: {
    zh: '登录：失败过多后暂停若干分钟',
    en: 'Signing in: for so many minutes after too many failures',
    unit: 'count',
    values: undated(15, 'trial-parameters', '登录 暂停时间'),
  },
} satisfies Record<string, Parameter>
