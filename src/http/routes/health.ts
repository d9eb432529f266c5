/** What operators and orchestrators ask: alive, ready, and the figures. None of it tells anything about the books. */
import { answersWithin } from '../../base/db.ts'
import { bareHeaders, jsonHeaders } from '../headers.ts'
import { Problem } from '../problem.ts'
import type { Page, Parts } from '../route.ts'

// A database that takes longer than this to say one is not one to send requests to.
const readyWithinMs = 2_000

export const healthPages = ({ service, metrics }: Parts): Page[] => [
  { path: '/healthz', serve: () => ({ status: 200, headers: jsonHeaders, text: '{"status":"ok"}' }) },
  {
    path: '/readyz',
    serve: async () => {
      if (!(await answersWithin(service.ledger.database, readyWithinMs))) throw new Problem('unavailable')
      return { status: 200, headers: jsonHeaders, text: '{"status":"ready"}' }
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
