/**
 * `yiben checks`: every promise of the books recomputed by a path of its own, a line a check. Exit 1 if any does not
 * hold. A warning (提示) and a check over nothing (无可核对) are neither passed nor failed.
 */
import type { Command } from 'commander'
import type { CheckState } from '../../ledger/checks.ts'
import { rememberedCheck } from '../../ledger/remembered.ts'
import { runAllChecks } from '../../workflow/checks.ts'
import { withDatabase } from './open.ts'

const faultsShown = 20

const words: Record<CheckState, string> = {
  passed: '通过 ok  ',
  failed: '不符 FAIL',
  warned: '提示 note',
  nothing: '无可核对 -',
}

export function checksCommand(program: Command): void {
  program
    .command('checks')
    .description('全面自查：重算每一个余额、编号和哈希 / recompute every balance, number and hash')
    .action(async () => {
      await withDatabase(async (database, { folder }) => {
        for await (const { check, ok, state, zh, en, looked, faults, warnings } of runAllChecks(database, [
          rememberedCheck(folder),
        ])) {
          process.stdout.write(`${words[state]} ${check}  ${zh} / ${en} (${looked})\n`)
          for (const line of [...faults, ...warnings].slice(0, faultsShown)) process.stdout.write(`    ${line}\n`)
          if (!ok) process.exitCode = 1
        }
      })
    })
}
