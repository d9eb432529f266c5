/** What operators and orchestrators ask: alive, ready, and the figures. None of it tells anything about the books. */
import { answersWithin } from '../../base/db.ts'
import { bareHeaders, jsonHeaders } from '../headers.ts'
import { Problem } from '../problem.ts'
import type { Page, Parts } from '../route.ts'

// A database that takes longer than this to say one is not one to send requests to.
const readyWithinMs = 2_000

/** How the standby stands, where there is one: a service whose standby is away is ready all the same. */
function standbyOf({ standby }: Parts['service']): object {
  if (!standby) return {}
  const { state, lagSeconds, lagBytes, reads } = standby.standing()
  const round = (value: number | undefined): number | null => (value === undefined ? null : Math.round(value * 10) / 10)
  return { standby: { state, lagSeconds: round(lagSeconds), lagBytes: lagBytes ?? null, reads } }
}

export const healthPages = ({ service, metrics }: Parts): Page[] => [
  { path: '/healthz', serve: () => ({ status: 200, headers: jsonHeaders, text: '{"status":"ok"}' }) },
  {
    path: '/readyz',
    serve: async () => {
      if (!(await answersWithin(service.ledger.database, readyWithinMs))) throw new Problem('unavailable')
      return { status: 200, headers: jsonHeaders, text: JSON.stringify({ status: 'ready', ...standbyOf(service) }) }
    },
  },
  {
    path: '/metrics',
    serve: async () => ({
      status: 200,
      headers: { ...bareHeaders, 'content-type': metrics.contentType },
      text: await metrics.text(),
    }),
  },
]
