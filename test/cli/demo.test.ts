/** `npm run demo`: told to its end, with what was refused, posted and found out; nothing is left behind. */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { endAll, startService } from '../support/process.ts'

// The account of the embedded server must reach it.
const place = fs.mkdtempSync(join(tmpdir(), 'yiben-demo-'))
fs.chmodSync(place, 0o755)
const demo = startService(
  { TMPDIR: place, YIBEN_DATA: join(place, 'own') },
  { file: 'src/cli/main.ts', args: ['demo'] },
)
afterAll(async () => {
  await endAll([demo])
  fs.rmSync(place, { recursive: true, force: true })
})

it('allocates, pays early, claws back and verifies, and tells what is refused on the way', {
  timeout: 300_000,
}, async () => {
  const { status, out, err } = await demo.ended
  expect(status, err).toBe(0)
  for (const said of [
    /^二 分配 FP-LJ\d{4}-1：.* 元按因素公式分到 303 个项目/m,
    /^三 早拨付 R-\d+：.*提前拨付$/m,
    /经办人想自己复核：拒绝 person_took_part/,
    /将记 SAMPLE-CITY 借 910402 /,
    /示例·审批二 审批，已记账/,
    /^四 收回 B-\d+：/m,
    /将记 SAMPLE-CITY 借 910402 -/,
    /核验程序：通过 OK/,
    /改动一个比特：(?!通过)/,
    /^六 全面自查：\d+ 项通过，0 项不符/m,
  ])
    expect(out).toMatch(said)
  // What tsx keeps of compiled files is its own.
  expect(fs.readdirSync(place).filter((name) => !name.startsWith('tsx'))).toEqual([])
})
