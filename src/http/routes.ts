/** Every route of the service. What is not in these lists is not reachable. */
import type { Page, Parts, Route } from './route.ts'
import { attachmentRoutes } from './routes/attachments.ts'
import { balanceRoutes } from './routes/balances.ts'
import { bookRoutes } from './routes/books.ts'
import { calcRoutes } from './routes/calc.ts'
import { docsPages } from './routes/docs.ts'
import { entryRoutes } from './routes/entries.ts'
import { healthPages } from './routes/health.ts'
import { periodRoutes } from './routes/periods.ts'
import { proofRoutes } from './routes/proof.ts'
import { startPages } from './routes/start.ts'
import { transactionRoutes } from './routes/transactions.ts'

/** Routes of the API: all need a token. */
export const apiRoutes: readonly Route[] = [
  ...bookRoutes,
  ...entryRoutes,
  ...transactionRoutes,
  ...balanceRoutes,
  ...periodRoutes,
  ...proofRoutes,
  ...attachmentRoutes,
  ...calcRoutes,
]

/** What is open to anybody: pages for people, the document, and what operators watch. */
export const pageRoutes = (parts: Parts): readonly Page[] => [
  ...startPages(parts),
  ...docsPages(apiRoutes),
  ...healthPages(parts),
]
