/**
 * The figures of the process for Prometheus. Requests are counted in plain arrays and only made into metrics when
 * someone asks, because the library looks a label set up by hashing it on every observation.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Counts, OutboxFigures } from '../../../jobs/figures.ts'

type Series = { count: number; seconds: number }

export type Metrics = {
  readonly contentType: string
  readonly observe: (route: string, status: number, ms: number) => void
  readonly text: () => Promise<string>
}

/** Where the figures of jobs come from: the outbox of all processes, the runs of this one. */
export type JobSources = {
  readonly outbox: () => Promise<OutboxFigures>
  readonly runs: () => ReturnType<Counts['list']>
}

export function openMetrics(jobs?: JobSources): Metrics {
  const registry = new Registry()
  const byRoute = new Map<string, Map<number, Series>>()
  collectDefaultMetrics({ register: registry, prefix: 'yiben_' })
  const requests = counter(registry, 'yiben_http_requests_total', 'Requests answered, by route and status.')
  const seconds = counter(registry, 'yiben_http_request_seconds_total', 'Time spent answering them.')
  const tellJobs = jobs && jobMetrics(registry, jobs)
  return {
    contentType: registry.contentType,
    observe: (route, status, ms) => {
      let byStatus = byRoute.get(route)
      if (!byStatus) byRoute.set(route, (byStatus = new Map()))
      let series = byStatus.get(status)
      if (!series) byStatus.set(status, (series = { count: 0, seconds: 0 }))
      series.count += 1
      series.seconds += ms / 1000
    },
    text: async () => {
      await tellJobs?.()
      requests.reset()
      seconds.reset()
      for (const [route, byStatus] of byRoute) {
        for (const [status, series] of byStatus) {
          requests.inc({ route, status }, series.count)
          seconds.inc({ route, status }, series.seconds)
        }
      }
      return registry.metrics()
    },
  }
}

const counter = (registry: Registry, name: string, help: string): Counter<'route' | 'status'> =>
  new Counter({ name, help, labelNames: ['route', 'status'], registers: [registry] })

// Without the database the figures of the outbox are left out; an alarm on their absence is the right one.
const outboxWithinMs = 2_000

function jobMetrics(registry: Registry, { outbox, runs }: JobSources): () => Promise<void> {
  const gauge = <Label extends string>(name: string, help: string, labelNames: Label[] = []): Gauge<Label> =>
    new Gauge({ name, help, labelNames, registers: [registry] })
  const states = gauge('yiben_jobs', 'Jobs that wait, run and stand parked.', ['state'])
  const lag = gauge('yiben_job_lag_seconds', 'How long the oldest due job has waited for somebody to take it.')
  const checks = gauge('yiben_checks_ok', '1 where the last recomputation of the books found everything in order.')
  const ended = new Counter({
    name: 'yiben_job_runs_total',
    help: 'Runs of jobs in this process, by job and how they ended.',
    labelNames: ['job', 'outcome'],
    registers: [registry],
  })
  return async () => {
    ended.reset()
    for (const { name, outcome, runs: times } of runs()) ended.inc({ job: name, outcome }, times)
    for (const figure of [states, lag, checks]) figure.reset()
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), outboxWithinMs).unref())
    const found = await Promise.race([outbox().catch(() => undefined), late])
    if (!found) {
      for (const figure of [lag, checks]) figure.remove()
      return
    }
    for (const state of ['waiting', 'running', 'parked'] as const) states.set({ state }, found[state])
    lag.set(found.lagSeconds)
    if (found.checksOk === undefined) checks.remove()
    else checks.set(found.checksOk ? 1 : 0)
  }
}
