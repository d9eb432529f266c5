/** Every check of every room, in one run: the books first, then what stands beside them. */
import { approvalChecks } from '../approvals/checks.ts'
import type { Database } from '../base/db.ts'
import { type CheckResult, runChecks } from '../ledger/checks.ts'

export const runAllChecks = (database: Database): AsyncGenerator<CheckResult> => runChecks(database, approvalChecks)
