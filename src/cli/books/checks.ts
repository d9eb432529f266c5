/**
 * `yiben checks`: every promise of the books recomputed by a path of its own, a line a check. Exit 1 if any does not
 * hold.
 */
import type { Command } from 'commander'
import { runAllChecks } from '../../workflow/checks.ts'
import { withDatabase } from './open.ts'

const faultsShown = 20

export function checksCommand(program: Command): void {
  program
    .command('checks')
    .description('全面自查：重算每一个余额、编号和哈希 / recompute every balance, number and hash')
    .action(async () => {
      await withDatabase(async (database) => {
        for await (const { check, ok, zh, en, looked, faults } of runAllChecks(database)) {
          process.stdout.write(`${ok ? '通过 ok  ' : '不符 FAIL'} ${check}  ${zh} / ${en} (${looked})\n`)
          for (const fault of faults.slice(0, faultsShown)) process.stdout.write(`    ${fault}\n`)
          if (!ok) process.exitCode = 1
        }
      })
    })
}
