/** Every route of the service. What is not in these lists is not reachable. */
import type { OpenRoute, Page, Parts, Route } from './route.ts'
import { actionRoutes } from './routes/actions.ts'
import { alertRoutes } from './routes/alerts.ts'
import { allocationRoutes } from './routes/allocations.ts'
import { approvalRoutes } from './routes/approvals.ts'
import { attachmentRoutes } from './routes/attachments.ts'
import { balanceRoutes } from './routes/balances.ts'
import { bookRoutes } from './routes/books.ts'
import { bundleRoutes } from './routes/bundles.ts'
import { calcRoutes } from './routes/calc.ts'
import { codeRoutes } from './routes/codes.ts'
import { communityRoutes } from './routes/communities.ts'
import { bondRoutes } from './routes/bonds.ts'
import { commitmentRoutes } from './routes/commitments.ts'
import { docsPages } from './routes/docs.ts'
import { entryRoutes } from './routes/entries.ts'
import { entrySearchRoutes } from './routes/entry-search.ts'
import { fundingPlanRoutes } from './routes/funding-plans.ts'
import { healthPages } from './routes/health.ts'
import { historyRoutes } from './routes/history.ts'
import { indicatorRoutes } from './routes/indicators.ts'
import { jobRoutes } from './routes/jobs.ts'
import { overviewRoutes } from './routes/overview.ts'
import { periodRoutes } from './routes/periods.ts'
import { personRoutes } from './routes/persons.ts'
import { planRoutes } from './routes/plans.ts'
import { policyRoutes } from './routes/policy.ts'
import { projectStepRoutes } from './routes/project-steps.ts'
import { projectRoutes } from './routes/projects.ts'
import { projectShareRoutes } from './routes/project-shares.ts'
import { proofRoutes } from './routes/proof.ts'
import { claimRoutes } from './routes/claims.ts'
import { releaseRoutes } from './routes/releases.ts'
import { scoreRoutes } from './routes/scores.ts'
import { openSessionRoutes, sessionRoutes } from './routes/session.ts'
import { openSignInRoutes, signInRoutes } from './routes/sign-in.ts'
import { searchRoutes } from './routes/search.ts'
import { startPages } from './routes/start.ts'
import { transactionRoutes } from './routes/transactions.ts'
import { takeOverRoutes } from './routes/take-overs.ts'
import { voucherRoutes } from './routes/vouchers.ts'
import { withdrawalRoutes } from './routes/withdrawals.ts'

/** Routes of the API: all need a token or a session. */
export const apiRoutes: readonly Route[] = [
  ...bookRoutes,
  ...entryRoutes,
  ...entrySearchRoutes,
  ...transactionRoutes,
  ...voucherRoutes,
  ...takeOverRoutes,
  ...balanceRoutes,
  ...periodRoutes,
  ...proofRoutes,
  ...attachmentRoutes,
  ...calcRoutes,
  ...policyRoutes,
  ...searchRoutes,
  ...codeRoutes(() => apiRoutes),
  ...indicatorRoutes,
  ...commitmentRoutes,
  ...bondRoutes,
  ...jobRoutes,
  ...approvalRoutes,
  ...alertRoutes,
  ...personRoutes,
  ...communityRoutes,
  ...overviewRoutes,
  ...projectRoutes,
  ...projectStepRoutes,
  ...historyRoutes,
  ...bundleRoutes,
  ...planRoutes,
  ...allocationRoutes,
  ...fundingPlanRoutes,
  ...projectShareRoutes,
  ...withdrawalRoutes,
  ...scoreRoutes,
  ...releaseRoutes,
  ...claimRoutes,
  ...sessionRoutes,
  ...signInRoutes,
  ...actionRoutes,
]

/** By which one signs in. */
export const openRoutes: readonly OpenRoute[] = [...openSessionRoutes, ...openSignInRoutes]

/** What is open to anybody: pages for people, the document, and what operators watch. */
export const pageRoutes = (parts: Parts): readonly Page[] => [
  ...startPages(parts),
  ...docsPages([...apiRoutes, ...openRoutes]),
  ...healthPages(parts),
]
