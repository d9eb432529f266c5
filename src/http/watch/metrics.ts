/**
 * The figures of the process for Prometheus. Requests are counted in plain arrays and only made into metrics when
 * someone asks, because the library looks a label set up by hashing it on every observation.
 */
import { collectDefaultMetrics, Counter, Gauge, Registry } from 'prom-client'
import type { Counts, OutboxFigures } from '../../../jobs/figures.ts'
import type { Standing } from '../../base/wire/standby.ts'

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

export function openMetrics(jobs?: JobSources, standby?: () => Standing): Metrics {
  const registry = new Registry()
  const byRoute = new Map<string, Map<number, Series>>()
  collectDefaultMetrics({ register: registry, prefix: 'yiben_' })
  const requests = counter(registry, 'yiben_http_requests_total', 'Requests answered, by route and status.')
  const seconds = counter(registry, 'yiben_http_request_seconds_total', 'Time spent answering them.')
  const tellJobs = jobs && jobMetrics(registry, jobs)
  const tellStandby = standby && standbyMetrics(registry, standby)
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
      tellStandby?.()
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

function standbyMetrics(registry: Registry, standby: () => Standing): () => void {
  const gauge = (name: string, help: string): Gauge => new Gauge({ name, help, registers: [registry] })
  const near = gauge('yiben_standby_near', '1 while reads that decide nothing are asked of the standby.')
  const seconds = gauge('yiben_standby_lag_seconds', 'For how long something stands that it has not replayed.')
  const bytes = gauge('yiben_standby_lag_bytes', 'How much of the log it has not replayed.')
  const answered = new Counter({
    name: 'yiben_standby_reads_total',
    help: 'Reads that a standby may answer, by who answered them.',
    labelNames: ['by'],
    registers: [registry],
  })
  return () => {
    const { state, lagSeconds, lagBytes, reads } = standby()
    near.set(state === 'near' || state === 'late' ? 1 : 0)
    // What is not known is left out: an alarm on its absence is the right one.
    if (lagSeconds === undefined) seconds.remove()
    else seconds.set(lagSeconds)
    if (lagBytes === undefined) bytes.remove()
    else bytes.set(lagBytes)
    answered.reset()
    for (const by of ['standby', 'primary'] as const) answered.inc({ by }, reads[by])
  }
}

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
