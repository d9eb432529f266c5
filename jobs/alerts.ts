/** What of jobs a person should look at: one that is parked, and a recomputation of the books that fails. */
import { type Actor, may } from '../src/access/actor.ts'
import type { Ledger } from '../src/ledger/ledger.ts'
import { clause, clauseText } from '../src/policy/documents.ts'
import type { Alert } from '../src/workflow/alerts/alerts.ts'
import { listJobs } from './actions.ts'
import { lastChecks } from './last-checks.ts'

const most = 50

/** Nothing for whoever may not see jobs; of one district, those he asked for. */
export async function readJobAlerts(ledger: Ledger, actor: Actor): Promise<Alert[]> {
  if (!may(actor, 'job.read')) return []
  const parked = await listJobs(ledger, actor, { state: 'parked', limit: most })
  const last = actor.district === undefined ? await lastChecks(ledger) : undefined
  return [
    ...(last && !last.ok ? [checksAlert(last.failed, last.job, last.at)] : []),
    ...parked.map(
      ({ id, title, key, error, endedAt, askedAt }): Alert => ({
        alert: 'job_parked',
        severity: 'bad',
        detail: {
          zh: `作业 ${id} ${title}（${key}）已搁置：${error?.title ?? '未写明原因'}。请查明后重新执行或撤销。`,
          en: `Job ${id} ${title} (${key}) is parked: ${error?.code ?? 'no reason given'}. Find out why, then retry or cancel it.`,
        },
        at: { noun: 'job', id },
        since: endedAt ?? askedAt,
      }),
    ),
  ]
}

const checksAlert = (failed: readonly string[], job: string, since: string): Alert => ({
  alert: 'checks_failed',
  severity: 'bad',
  detail: {
    zh: `全面自查有 ${failed.length} 项不成立：${failed.join('、')}。请停止办理相关业务并查明。`,
    en: `${failed.length} checks of the books fail: ${failed.join(', ')}. Stop the business they concern and find out why.`,
  },
  clause: clauseText(clause('accounting-law', '第十七条')),
  at: { noun: 'job', id: job },
  since,
})
