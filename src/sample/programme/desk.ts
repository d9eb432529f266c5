/**
 * What an office has under way in the January after the programme's year: persons and what one lent another, money
 * committed to contracts, progress that was certified by owners, claw-backs in error and after a finding, and vouchers
 * at every step. Each is made by the verb that makes real ones; loading again goes on where it stopped.
 */
import { childCode } from '../../allocation/allocation.ts'
import { holdDuty } from '../../access/persons.ts'
import { addDays, type Day, day } from '../../base/calendar.ts'
import { assert } from '../../base/assert.ts'
import { type Fen, parseAmount } from '../../base/money.ts'
import { cancelCommitment, makeCommitment } from '../../budget/commitment/verbs.ts'
import { certifyShares, setOwnership } from '../../financing/ownership/verbs.ts'
import { actOnce } from '../../ledger/act.ts'
import { readBalance } from '../../ledger/balance.ts'
import { type Ledger, todayOf } from '../../ledger/ledger.ts'
import { settleClaim } from '../../release/claim/verbs.ts'
import { requestClawback } from '../../release/clawback/verbs.ts'
import { releaseNames } from '../../release/release/release.ts'
import { readReleases } from '../../release/release/store.ts'
import { decideApproval, endDelegation, makeDelegation } from '../../workflow/decide.ts'
import { answered, approve, checker, deputy, everybody, maker } from './people.ts'
import { sampleBookOf } from './registry.ts'
import { paper, posted, submitted } from './vouchers.ts'

/** By this the sample is known to be there whole. */
export const lastVoucher = '支付设计费（示例，待复核）'

/** Loads what is missing of it. */
export async function loadDesk(ledger: Ledger, year: number): Promise<void> {
  await lend(ledger, year)
  await certify(ledger, year)
  await commit(ledger, year)
  await clawBack(ledger, year)
  await payLater(ledger, year)
}

const january = (year: number, of: number): Day => day(`${year + 1}-01-${String(of).padStart(2, '0')}`)
const projectOf = (year: number, district: string, number: number): string =>
  `BJ${year}-${district}-${String(number).padStart(3, '0')}`

function fen(amount: string): Fen {
  const amountFen = parseAmount(amount)
  assert(amountFen !== undefined, `not an amount: ${amount}`)
  return amountFen
}

/**
 * The checker's duty lent for a season, and an approver's for days that are over. While the sample is loaded nobody of
 * it can sign in, so none is used.
 */
async function lend(ledger: Ledger, year: number): Promise<void> {
  await actOnce(ledger, async ({ tx, at }) => {
    for (const { person, role } of everybody)
      await holdDuty(tx, { person, role, district: null }, { by: maker.person, at })
  })
  const [there] = await ledger.database.sql`select from delegation where delegate = ${deputy.person} limit 1`
  if (there) return
  const today = todayOf(ledger)
  const [, , approver] = everybody
  const over = { delegate: deputy.person, permission: 'approval.approve' as const, reason: '年休假（示例）' }
  const days = { from: january(year, 4), to: january(year, 22) }
  const { id } = answered(await makeDelegation(ledger, approver, { ...over, ...days }, 'sample:lent:approve'))
  answered(await endDelegation(ledger, approver, { delegation: id }, 'sample:lent:approve:ended'))
  const season = { from: january(year, 4), to: addDays(today, 90) }
  const lent = { delegate: deputy.person, permission: 'approval.check' as const, reason: '外出培训（示例）' }
  answered(await makeDelegation(ledger, checker, { ...lent, ...season }, 'sample:lent:check'))
}

/** Two certificates of an estate of several owners, each part on the channel that pays it. */
async function certify(ledger: Ledger, year: number): Promise<void> {
  const district = '110112'
  const project = projectOf(year, district, 1)
  const channels = [
    { ownership: 'private', source: 'F21' },
    { ownership: 'central', source: 'F10' },
    { ownership: 'municipal_soe', source: 'F21', party: '市属企业（示例）' },
    { ownership: 'district_soe', source: 'F30', party: '区属企业（示例）' },
    { ownership: 'public_rental', source: 'F30' },
  ] as const
  answered(await setOwnership(ledger, maker, { project, channels: [...channels] }, `sample:owners:${project}`))
  for (const [number, of, amount] of [
    [1, 12, '186000.00'],
    [2, 26, '142500.00'],
  ] as const) {
    const certificate = `${project}-JD${number}`
    const document = await paper(ledger, sampleBookOf(district), `${certificate} 进度款支付证书（示例）`, [amount])
    const given = { project, certificate, amount: fen(amount), on: january(year, of), document }
    answered(await certifyShares(ledger, maker, given, `sample:certified:${certificate}`))
  }
}

/** Two contracts: one open whole, one of which a part was let go. */
async function commit(ledger: Ledger, year: number): Promise<void> {
  const district = '110105'
  const indicator = childCode(`SZ-LJ${year}`, district)
  for (const [number, amount, letGo] of [
    [1, '360000.00', undefined],
    [2, '240000.00', '40000.00'],
  ] as const) {
    const project = projectOf(year, district, number)
    const key = `sample:committed:${project}`
    const given = { project, item: 'B02', amount: fen(amount), on: january(year, 14), indicator }
    const made = answered(await makeCommitment(ledger, maker, { ...given, contract: `HT-${project}` }, key))
    if (letGo === undefined) continue
    const less = { commitment: made.commitment, amount: fen(letGo), on: january(year, 21), reason: '合同变更（示例）' }
    answered(await cancelCommitment(ledger, maker, less, `${key}:less`))
  }
}

/**
 * Paid in error, and against a finding: what is held as quota comes back, the rest is a claim. Of the first a part came
 * back out of what a contractor refunded; of the second the days run from the first start.
 */
async function clawBack(ledger: Ledger, year: number): Promise<void> {
  const claimed = fen('180000.00')
  const inError = { district: '110118', ground: 'error', document: '重复拨付核查记录（示例）' } as const
  const clawback = await clawed({ ...ledger, today: january(year, 18) }, { ...inError, claimed })
  const refunded = fen('60000.00')
  const [project] = await projectsPaid(ledger, inError.district)
  assert(project !== undefined, 'a release is of projects')
  const line = { project, source: 'F21' }
  const refund = {
    book: sampleBookOf(inError.district),
    on: january(year, 20),
    summary: '施工单位退回多付工程款（示例）',
    number: `${inError.district} 退款凭证（示例）`,
    lines: [
      { account: '1011', debit: refunded, ...line },
      { account: '161301', credit: refunded, ...line },
      { account: '800101', debit: refunded, ...line },
      // Spent in the year before.
      { account: '8101', credit: refunded, ...line },
    ],
  }
  await posted(ledger, refund, 'sample:refunded')
  const settled = { clawback, way: 'quota' as const, amount: refunded, document: '额度退回通知（示例）' }
  const later = { ...ledger, today: january(year, 22) }
  await approve(later, answered(await settleClaim(later, maker, settled, 'sample:settled')), 'sample:settled')
  const found = { district: '110119', ground: 'finding', document: '审计决定（示例）' } as const
  await clawed(ledger, { ...found, claimed })
}

type Clawed = { readonly district: string; readonly ground: 'error' | 'finding'; readonly document: string }

async function clawed(ledger: Ledger, { district, claimed, ...given }: Clawed & { claimed: Fen }): Promise<string> {
  const { sql } = ledger.database
  const key = `sample:clawed:${district}`
  const [row] = await readReleases(sql, { district, state: 'released', after: 0n, limit: 1 })
  assert(row, `${district} was paid`)
  const [asked] = await sql<{ fen: Fen }[]>`select asked_fen as fen from clawback where release_id = ${row.id}`
  const amountFen = asked?.fen ?? (await quotaOf(ledger, district)) + claimed
  const reason = '不符合补助范围（示例）'
  const request = { ...given, release: releaseNames.nameOf(row.id), reason, amountFen }
  const drafted = answered(await requestClawback(ledger, maker, request, key))
  await approve(ledger, drafted, key)
  return drafted.clawback.clawback
}

async function quotaOf(ledger: Ledger, district: string): Promise<Fen> {
  const book = await ledger.shelf.find(sampleBookOf(district))
  assert(book, `${district} has a book`)
  const { debitFen, creditFen } = await readBalance(ledger.database, book, { account: '1011' })
  return debitFen - creditFen
}

const projectsPaid = async ({ database: { sql } }: Ledger, district: string): Promise<string[]> =>
  (
    await sql<{ project: string }[]>`
      select project from release_part p join release r using (release_id) where r.district = ${district} order by project`
  ).map(({ project }) => project)

/** Three payments of a district: one is posted like all others, one is checked, by the deputy, one waits. */
async function payLater(ledger: Ledger, year: number): Promise<void> {
  const district = '110106'
  const ofVoucher = (number: number, of: number, summary: string) => ({
    book: sampleBookOf(district),
    on: january(year, of),
    summary,
    number: `${district} ${year + 1}-${number} 支付申请（示例）`,
  })
  const works = { source: 'F21', template: 'J04' as const, amount: fen('85000.00') }
  const design = { source: 'F21', template: 'J04-3' as const, amount: fen('12000.00') }
  const [first, second] = await projectsPaid(ledger, district)
  assert(first !== undefined && second !== undefined, 'a release is of projects')
  const paid = { ...ofVoucher(1, 25, '支付改造工程进度款（示例）'), forms: [{ ...works, project: first }] }
  await posted(ledger, paid, 'sample:voucher:paid')
  const checked = { ...ofVoucher(2, 27, '支付监理费（示例，待审批）'), forms: [{ ...design, project: first }] }
  const { approval, hash } = await submitted(ledger, checked, 'sample:voucher:checked')
  const decision = { approval, hash, verdict: 'check' } as const
  answered(await decideApproval(ledger, deputy, decision, 'sample:voucher:checked:deputy'))
  const waiting = { ...ofVoucher(3, 28, lastVoucher), forms: [{ ...design, project: second }] }
  await submitted(ledger, waiting, 'sample:voucher:waiting')
}
