/**
 * `yiben demo`: what the ledger is for, told line by line on a server of its own that is thrown away: a city's money is
 * allocated by formula, a district that does well is paid early, one person cannot do it alone, what was paid in error
 * is clawed back, and a stranger's program verifies the proof. Each step is the verb, the approval and the check that
 * real books go through.
 */
import { spawn } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import type { Actor } from '../access/actor.ts'
import { showAllocation } from '../allocation/reads.ts'
import { type Verdict } from '../approvals/approval.ts'
import { findApproval } from '../approvals/reads.ts'
import { assert } from '../base/assert.ts'
import { groupBy } from '../base/arrays.ts'
import { openDatabase } from '../base/db.ts'
import { systemClock } from '../base/calendar.ts'
import { formatFen, parseAmount, sumFen } from '../base/money.ts'
import type { EmbeddedServer } from '../base/server/embedded.ts'
import { migrate } from '../base/server/migrate.ts'
import { exportEvidence } from '../ledger/evidence.ts'
import { openSigner } from '../ledger/keys.ts'
import { bookFor, type Ledger, openLedger } from '../ledger/ledger.ts'
import { districtName } from '../policy/districts.ts'
import { requestClawback } from '../release/clawback/verbs.ts'
import type { ReleaseView } from '../release/release/forms.ts'
import { releasesOf } from '../release/release/reads.ts'
import { loadSample } from '../sample/load.ts'
import { sampleAllocationOf } from '../sample/programme/allocate.ts'
import { loadProgramme } from '../sample/programme/load.ts'
import { sampleCityBook } from '../sample/programme/money.ts'
import { answered, approvers, checker, maker, type Submitted } from '../sample/programme/people.ts'
import { programmeYear } from '../sample/programme/years.ts'
import { tellSample } from '../sample/telling.ts'
import { decideApproval } from '../workflow/decide.ts'
import { runAllChecks } from '../workflow/checks.ts'
import { previewApproval } from '../workflow/preview.ts'
import { onScratchServer } from './copies/scratch.ts'

export function demoCommand(program: Command): void {
  program
    .command('demo')
    .description(
      '演示：分配、早拨付、收回、核验，一分钟内逐行讲述，不留痕迹 / a told demonstration on a scratch server',
    )
    .action(() => onScratchServer(demonstrate))
}

const say = (zh: string, en: string): void => void process.stdout.write(`${zh}\n  ${en}\n`)

async function demonstrate(server: EmbeddedServer, folder: string): Promise<void> {
  const began = performance.now()
  await migrate(server.url('yiben_migrator'))
  const database = openDatabase(server.url('yiben_app'))
  try {
    const ledger = openLedger(database)
    say(
      '一 示例账套：一市、16 区、303 个项目，一年的收支与年终结转',
      '1  sample books: a city, 16 districts, 303 projects, a year and its end',
    )
    const { told } = tellSample((line) => process.stderr.write(`${line}\n`))
    await loadSample(ledger)
    await loadProgramme(ledger, told)
    await allocated(ledger)
    await clawedBack(ledger, await paidEarly(ledger))
    await verified(ledger, folder)
    const seconds = Math.round((performance.now() - began) / 1000)
    say(`演示完毕，共 ${seconds} 秒；数据库已删除`, `that is all, in ${seconds} s; the database is thrown away`)
  } finally {
    await database.close()
  }
}

async function allocated(ledger: Ledger): Promise<void> {
  const allocation = sampleAllocationOf(await programmeYear(ledger))
  const { head, version } = await showAllocation(ledger, maker, allocation)
  const total = formatFen(version.totalFen)
  say(
    `二 分配 ${allocation}：指标 ${head.indicator} 的 ${total} 元按因素公式分到 ${version.shares.length} 个项目，封顶的余额再分给其他项目`,
    `2  allocation ${allocation}: ${total} yuan by factors to ${version.shares.length} projects; what is above a cap goes on to the others`,
  )
  for (const [district, shares] of [...groupBy(version.shares, (share) => share.district)].slice(0, 3)) {
    const { zh, en } = districtName(district)
    const amount = formatFen(sumFen(shares.map(({ amountFen }) => amountFen)))
    say(`   ${zh} ${amount} 元，${shares.length} 个项目`, `   ${en} ${amount} yuan, ${shares.length} projects`)
  }
}

async function paidEarly(ledger: Ledger): Promise<ReleaseView> {
  const [found] = await releasesOf(ledger, maker, { state: 'drafted', after: 0n, limit: 1 })
  assert(found, 'the sample has an early release that waits')
  const { view: release } = found
  const { zh, en } = districtName(release.district)
  say(
    `三 早拨付 ${release.release}：${zh} ${release.quarter} 得分、满意度、进度均达标，第 ${release.tranche} 批 ${release.amount} 元提前拨付`,
    `3  early release ${release.release}: ${en} reached score, satisfaction and progress; tranche ${release.tranche}, ${release.amount} yuan`,
  )
  const { hash } = await findApproval(ledger.database.sql, checker, release.approval)
  const waiting = { approval: release.approval, hash }
  const alone = await decide(ledger, { ...maker, role: 'finance_checker' }, 'check', waiting)
  assert('refusal' in alone, 'nobody checks what he made')
  say(
    `   经办人想自己复核：拒绝 ${alone.refusal.code}，${alone.refusal.detail.zh}`,
    `   its maker tries to check it: ${alone.refusal.detail.en}`,
  )
  await decidedAll(ledger, waiting)
  return release
}

async function clawedBack(ledger: Ledger, { release, amount }: ReleaseView): Promise<void> {
  const part = (parseAmount(amount) ?? 0n) / 10n
  const given = {
    release,
    ground: 'error',
    document: '重复拨付核查记录（演示）',
    reason: '重复计算',
    amountFen: part,
  } as const
  const asked = answered(await requestClawback(ledger, maker, given, 'demo:clawback'))
  const taken = formatFen(part)
  say(
    `四 收回 ${asked.clawback.clawback}：${release} 中误拨的 ${taken} 元，额度收回，已支出部分成为应收回款`,
    `4  claw-back ${asked.clawback.clawback}: ${taken} yuan paid in error; quota comes back, what is spent becomes a claim`,
  )
  await decidedAll(ledger, asked)
}

const decide = (ledger: Ledger, by: Actor, verdict: Verdict, { approval, hash }: Submitted) =>
  decideApproval(ledger, by, { approval, verdict, hash }, `demo:${approval}:${by.person}:${verdict}`)

/** Checked, shown as it will be posted (the first lines of each entry), and approved by as many as the amount takes. */
async function decidedAll(ledger: Ledger, waiting: Submitted): Promise<void> {
  let { state } = answered(await decide(ledger, checker, 'check', waiting))
  say(
    `   ${checker.person} 复核，内容摘要 ${waiting.hash.slice(0, 16)}…`,
    `   checked by ${checker.person}: the hash of what was read is what is signed`,
  )
  const { entries } = await previewApproval(ledger, checker, waiting.approval)
  for (const { book, lines } of entries)
    for (const { account, side, amountFen } of lines.slice(0, 4))
      say(
        `   将记 ${book} ${side === 'debit' ? '借' : '贷'} ${account} ${formatFen(amountFen)}`,
        `   would post ${book} ${side === 'debit' ? 'Dr' : 'Cr'} ${account} ${formatFen(amountFen)}`,
      )
  for (const by of approvers) {
    if (state !== 'approving') break
    state = answered(await decide(ledger, by, 'approve', waiting)).state
    say(
      `   ${by.person} 审批，${state === 'approved' ? '已记账' : '还须一人'}`,
      `   approved by ${by.person}: ${state === 'approved' ? 'posted' : 'one more is needed'}`,
    )
  }
  assert(state === 'approved', `${waiting.approval} is approved`)
}

async function verified(ledger: Ledger, folder: string): Promise<void> {
  const signer = await openSigner(folder, {})
  const pack = join(folder, 'pack.zip')
  const book = await bookFor(ledger, maker, sampleCityBook, 'book.read')
  const tools = { database: ledger.database, clock: systemClock, signer }
  const { entries, sha256 } = await exportEvidence(tools, book, pack)
  say(`五 证据包：${entries} 张凭证，SHA-256 ${sha256}`, `5  evidence pack: ${entries} entries, SHA-256 ${sha256}`)
  const key = signer.publicKey.toString('base64')
  say(`   核验程序：${await verdictOn(pack, key)}`, '   the verifier, which shares no code with the service, says so')
  const changed = join(folder, 'changed.zip')
  const bytes = await readFile(pack)
  const middle = Math.floor(bytes.length / 2)
  bytes[middle] = (bytes[middle] ?? 0) ^ 1
  await writeFile(changed, bytes)
  say(`   改动一个比特：${await verdictOn(changed, key)}`, '   one bit of it changed')
  const states = new Map<string, number>()
  for await (const { state } of runAllChecks(ledger.database)) states.set(state, (states.get(state) ?? 0) + 1)
  const of = (state: string): number => states.get(state) ?? 0
  say(
    `六 全面自查：${of('passed')} 项通过，${of('failed')} 项不符，${of('nothing')} 项无可核对`,
    `6  checks: ${of('passed')} hold, ${of('failed')} do not, ${of('nothing')} have nothing to look at`,
  )
  if (of('failed') > 0) process.exitCode = 1
}

const verifier = fileURLToPath(new URL('verify.mjs', import.meta.url))

/** What the program in every pack comes to about one. */
const verdictOn = (pack: string, key: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [verifier, pack, '--key', key], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
    child.once('error', reject)
    child.once('close', () => resolve(/^.*通过.*$/m.exec(said)?.[0] ?? said.trim()))
  })
