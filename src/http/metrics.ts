/**
 * The figures of the process for Prometheus. Requests are counted in plain arrays and only made into metrics when someone asks, because
 * the library looks a label set up by hashing it on every observation.
 */
import { collectDefaultMetrics, Counter, Registry } from 'prom-client'

type Series = { count: number; seconds: number }

export type Metrics = {
  readonly contentType: string
  readonly observe: (route: string, status: number, ms: number) => void
  readonly text: () => Promise<string>
}

export function openMetrics(): Metrics {
  const registry = new Registry()
  const byRoute = new Map<string, Map<number, Series>>()
  collectDefaultMetrics({ register: registry, prefix: 'yiben_' })
  const requests = counter(registry, 'yiben_http_requests_total', 'Requests answered, by route and status.')
  const seconds = counter(registry, 'yiben_http_request_seconds_total', 'Time spent answering them.')
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
    text: () => {
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
