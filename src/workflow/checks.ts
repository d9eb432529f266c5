/** Every check of every room, in one run: the books first, then what stands beside them. */
import { allocationChecks } from '../allocation/checks.ts'
import { releaseChecks } from '../release/checks.ts'
import { planChecks } from '../financing/checks.ts'
import { approvalChecks } from '../approvals/checks.ts'
import type { Database } from '../base/db.ts'
import { fundChecks } from '../budget/checks.ts'
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
