/** What a person should look at now. */
import * as z from 'zod'
import { may } from '../../access/actor.ts'
import { readJobAlerts } from '../../../jobs/alerts.ts'
import { about, oneOf } from '../../form/field.ts'
import { type AlertName, alertNames, type Severity, severityNames, standbyAlert } from '../../workflow/alerts/alerts.ts'
import { readAlerts } from '../../workflow/alerts/reads.ts'
import { reply, type Route, route } from '../route.ts'
import { pageOf } from '../views.ts'

const alertForm = z
  .strictObject({
    alert: oneOf(Object.keys(alertNames) as AlertName[]).meta(about('哪一种', 'which kind')),
    severity: oneOf(Object.keys(severityNames) as Severity[]).meta(about('轻重', 'how grave')),
    detail: z.string().meta(about('说明与下一步', 'what it is and what to do')),
    clause: z.exactOptional(z.string().meta(about('所依据的条款', 'the clause it rests on'))),
    at: z.strictObject({ noun: z.string(), id: z.string() }).meta(about('到哪里去', 'where to go')),
    district: z.exactOptional(z.string()),
    since: z.string().meta(about('自何时（日期或时刻）', 'since when: a day or an instant')),
  })
  .meta({ id: 'Alert', ...about('提醒', 'something to look at now') })

const bySeverity: readonly Severity[] = ['bad', 'warn']

export const alertRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/alerts',
    id: 'listAlerts',
    tag: 'approvals',
    summary: { zh: '提醒：此刻须处理和留意的事', en: 'What to look at now' },
    description: {
      zh: '当场算出，不另保存：全面自查不成立、作业搁置、用款计划不足、未达到早拨付条件、审批事项久未办理、指标将到期、月份未结账、树头过旧、只读备库落后。重者在前；只列出本人可见的。',
      en: 'Computed now and not kept: checks that fail, parked jobs, cash plans that are short, conditions missed, approvals that wait, indicators near their lapse, months not closed, old heads, a standby that is behind. The grave first; only what the caller may see.',
    },
    right: 'signed_in',
    answers: { 200: { about: { zh: '全部提醒', en: 'All of them' }, schema: pageOf(alertForm) } },
    refuses: [],
    handle: async ({ actor, language, service: { ledger, standby } }) => {
      const tellsStandby = standby && may(actor, 'job.read') && actor.district === undefined
      const found = [
        ...(await readJobAlerts(ledger, actor)),
        ...(await readAlerts(ledger, actor)),
        ...(tellsStandby ? standbyAlert(standby.standing()) : []),
      ]
      const items = bySeverity
        .flatMap((severity) => found.filter((one) => one.severity === severity))
        .map(({ detail, clause, district, ...one }) => ({
          ...one,
          detail: detail[language],
          ...(clause !== undefined && { clause }),
          ...(district !== undefined && { district }),
        }))
      return reply(200, { items, next: null })
    },
  }),
]
