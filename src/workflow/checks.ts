/** Every check of every room, in one run: the books first, then what stands beside them. */
import type { Check } from '../base/check.ts'
import type { Database } from '../base/db.ts'
import { type CheckResult, runChecks } from '../ledger/checks.ts'
import { checks } from './nouns.ts'

/** `more`: what only the machine that asks can look at. */
export const runAllChecks = (database: Database, more: readonly Check[] = []): AsyncGenerator<CheckResult> =>
  runChecks(database, [...checks, ...more])
