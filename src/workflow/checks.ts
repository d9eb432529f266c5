/** Every check of every room, in one run: the books first, then what stands beside them. */
import type { Database } from '../base/db.ts'
import { type CheckResult, runChecks } from '../ledger/checks.ts'
import { checks } from './nouns.ts'

export const runAllChecks = (database: Database): AsyncGenerator<CheckResult> => runChecks(database, checks)
