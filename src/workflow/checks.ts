/** Every check of every room, in one run: the books first, then what stands beside them. */
import { allocationChecks } from '../allocation/allocation-checks.ts'
import { releaseChecks } from '../allocation/release-checks.ts'
import { planChecks } from '../allocation/store-planchecks.ts'
import { approvalChecks } from '../approvals/checks.ts'
import type { Database } from '../base/db.ts'
import { fundChecks } from '../funds/checks.ts'
import { type CheckResult, runChecks } from '../ledger/checks.ts'
import { projectChecks } from '../projects/checks.ts'

export const runAllChecks = (database: Database): AsyncGenerator<CheckResult> =>
  runChecks(database, [
    ...approvalChecks,
    ...projectChecks,
    ...fundChecks,
    ...planChecks,
    ...allocationChecks,
    ...releaseChecks,
  ])
