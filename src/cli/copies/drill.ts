/**
 * `yiben drill [FILE]`: proves that a back-up can be restored. It takes one where none is named, restores it into a
 * scratch server of its own in a temporary folder, runs every check and verifies every head there, says how long each
 * took, and removes all of it again. The database that works meanwhile is only read.
 */
import type { Command } from 'commander'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../base/db.ts'
import { readBackup } from '../../base/server/copy/put.ts'
import { runAllChecks } from '../../workflow/checks.ts'
import { backUp } from './backup.ts'
import { onScratchServer } from './scratch.ts'
import { keyOption, restoreInto, signerOf, superuserOf } from './restore.ts'

type Options = { readonly key?: string; readonly into?: string }

export function drillCommand(program: Command): void {
  program
    .command('drill [file]')
    .description(
      '恢复演练：恢复到临时库，全面自查并核验树头，报告用时 / restore into a scratch database, run all checks, verify heads',
    )
    .option(...keyOption)
    .option('--into <url>', '演练用的空库，默认临时自建 / an empty database to use; default: a scratch server')
    .action(async (file: string | undefined, options: Options) => {
      const folder = mkdtempSync(join(tmpdir(), 'yiben-drill-'))
      try {
        await drill(file, options, folder)
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    })
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

async function timed<T>(work: () => Promise<T>): Promise<[T, string]> {
  const began = performance.now()
  const done = await work()
  return [done, `${((performance.now() - began) / 1000).toFixed(1)} s`]
}

async function drill(given: string | undefined, { key, into }: Options, folder: string): Promise<void> {
  const began = performance.now()
  const file = given ?? join(folder, 'drill.yiben')
  if (given === undefined) {
    const [taken, seconds] = await timed(() => backUp(file))
    say(`备份 / back-up: ${taken.rows} 行 / rows, ${statSync(file).size} 字节 / bytes, ${seconds}`)
  }
  const [said, read] = await timed(() => readBackup(file))
  say(`读取 / read: ${said.start.takenAt}，${await signerOf(said.seal, key)}, ${read}`)
  await inScratch(into, async (url, appUrl) => {
    const [put, restored] = await timed(() => restoreInto(url, file, said))
    say(
      `恢复 / restore: ${put.rows} 行逐表相符 / rows hold table by table, ${said.end.heads.length} 个树头相符 / heads hold, ${restored}`,
    )
    const [failed, checked] = await timed(() => check(appUrl))
    say(`自查 / checks: ${failed === 0 ? '全部相符 / all hold' : `${failed} 项不符 / do not hold`}, ${checked}`)
    if (failed > 0) process.exitCode = 1
  })
  const all = `${((performance.now() - began) / 1000).toFixed(1)} s`
  say(
    process.exitCode === 1
      ? `演练未通过，共用 ${all}，请查明不符之处 / the drill failed after ${all}: find out what does not hold`
      : `演练通过，共用 ${all} / the drill passed in ${all}`,
  )
}

/** How many checks do not hold; each fault is said. */
async function check(url: string): Promise<number> {
  const database = openDatabase(url, { connections: 2 })
  let failed = 0
  try {
    for await (const { check: name, ok, zh, en, faults } of runAllChecks(database)) {
      if (ok) continue
      failed += 1
      say(`  不符 FAIL ${name}  ${zh} / ${en}`)
      for (const fault of faults) say(`    ${fault}`)
    }
  } finally {
    await database.close()
  }
  return failed
}

/** A server of its own, gone afterwards; or the database that was named, left as it is then. */
async function inScratch(
  into: string | undefined,
  work: (url: string, appUrl: string) => Promise<void>,
): Promise<void> {
  if (into !== undefined) return work(into, into)
  await onScratchServer((server) => work(superuserOf(server.adminUrl), server.url('yiben_app')))
}
