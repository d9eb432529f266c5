/**
 * Settling a claim (J46): the district pays money back, gives quota back, or a tranche that is due is kept. Each is
 * proposed by one person and takes effect when others approve it.
 */
import * as z from 'zod'
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import { type Fen, formatFen, maxFen, minFen, sumFen } from '../../base/money.ts'
import { splitWithin } from '../../budget/recovery/recovery.ts'
import { about, amountOut, documentNumber, namesOf, oneOf, positiveAmount, storedAmount } from '../../form/field.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { figure, limitBy } from '../../noun/limit.ts'
import { proposal, rehearse } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { seesDistrict } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import { type Allotment, progressFor } from '../release/allotment.ts'
import { keptEntry, type ReturnedPart, settlementEntries } from '../release/entries.ts'
import { clawbackNames, isDue, mostFen, releaseNames, settlementNames, tranchesOf } from '../release/release.ts'
import { addClawed, addReleased, lockRelease, readReleaseParts, type ReleaseRow } from '../release/store.ts'
import { instruct, lockedAllotment, takeBackRecovery } from '../release/effect.ts'
import { type SettlementWay, settlementWays, wayNamesZh } from './claim.ts'
import { byProject, heldOf, isOfYear, takenOver } from './standing.ts'
import {
  type ClaimRow,
  endSettlement,
  insertSettlement,
  insertSettlementParts,
  lockClaim,
  lockSettlementOf,
  openEarlyFen,
  pendingSettlement,
  settleClaim as addSettled,
  type SettlementRow,
} from './store.ts'

export const clawbackId = clawbackNames.form.meta(about('收回编号，如 B-1', 'id of the claw-back, such as B-1'))

export const settlementForm = z.strictObject({
  way: oneOf(settlementWays).meta(about(namesOf(wayNamesZh), 'money, quota, or a tranche that is kept')),
  amount: positiveAmount,
  document: documentNumber,
})

const settlementContent = z.strictObject({
  clawback: z.string(),
  release: z.string(),
  allocation: z.string(),
  district: z.string(),
  way: oneOf(settlementWays),
  amount: storedAmount,
  claim: storedAmount,
  settled: storedAmount,
  dueOn: z.string(),
  document: z.string(),
})

export const settlementView = z
  .strictObject({
    settlement: z.string(),
    clawback: z.string(),
    way: oneOf(settlementWays).meta(about(namesOf(wayNamesZh), 'how')),
    amount: amountOut('清偿金额', 'amount'),
    document: z.string(),
    state: oneOf(['drafted', 'posted', 'rejected', 'withdrawn']),
    approval: z.string(),
  })
  .meta({ id: 'ClaimSettlement', ...about('应收回款的清偿', 'what settles a claim') })

export const viewOf = (row: SettlementRow): z.input<typeof settlementView> => ({
  settlement: settlementNames.nameOf(row.id),
  clawback: clawbackNames.nameOf(row.clawbackId),
  way: row.way,
  amount: formatFen(row.amountFen),
  document: row.document,
  state: row.state,
  approval: row.approval,
})

export const settledForm = z.strictObject({ settlement: settlementView, approval: z.string(), hash: z.string() })

/** What a settlement is judged by: its claim, its release, the allotment, locked. */
type Settling = {
  readonly claim: ClaimRow
  readonly row: ReleaseRow
  readonly of: Allotment
  readonly on: Day
  readonly way: SettlementWay
  readonly amountFen: Fen
}

/** Proposes to settle a claim, in whole or in part. */
export const settleClaim = verb({
  kind: 'claim.settle',
  right: 'release.draft',
  of: z.strictObject({ clawback: clawbackId }),
  form: settlementForm,
  refuses: [
    'clawback_not_found',
    'settlement_pending',
    'settlement_exceeds_claim',
    'settlement_exceeds_quota',
    'settlement_exceeds_tranche',
    'approval_pending',
  ],
  alsoRefuses: ['district_not_allotted'],
  work: async (doing, { clawback, way, amount: amountFen, document }) => {
    const { tx, at, today, actor, ledger } = doing
    const claim = await lockClaim(tx, clawbackNames.numberOf(clawback) ?? 0n)
    if (!claim || !seesDistrict(actor, claim)) throw refuse('clawback_not_found', { clawback })
    const pending = await pendingSettlement(tx, claim.clawbackId)
    if (pending) throw refuse('settlement_pending', { clawback, settlement: settlementNames.nameOf(pending.id) })
    const settling = await settlingOf(ledger, tx, { claim, way, amountFen, on: today })
    await partsOf(tx, settling)
    const approval = await settlementProposal.submit(tx, actor, submissionOf(settling, document), at)
    const row = await insertSettlement(tx, {
      clawbackId: claim.clawbackId,
      way,
      amountFen,
      document,
      approval: approval.id,
      draftedBy: actor.person,
      draftedAt: at,
    })
    const body = { ...viewOf(row) }
    await recordChange(tx, noun(row, 1, 'drafted', { person: actor.person, at, body }))
    // What the books would refuse the last signature, such as money that is not there, they refuse now.
    await rehearse(doing, settlementProposal, approval)
    return { settlement: viewOf(row), approval: approval.id, hash: approval.hash }
  },
})

type Recorded = { readonly person: string; readonly at: bigint; readonly body: { readonly [key: string]: string } }
const noun = ({ id }: SettlementRow, version: number, what: string, of: Recorded) => ({
  noun: 'settlement',
  id: settlementNames.nameOf(id),
  version,
  verb: what,
  ...of,
})

async function settlingOf(
  ledger: Ledger,
  tx: Tx,
  given: Pick<Settling, 'claim' | 'way' | 'amountFen' | 'on'>,
): Promise<Settling> {
  const { claim, amountFen, on } = given
  const row = await lockRelease(tx, claim.releaseId)
  assert(row, 'a claim is of a release')
  const leftFen = claim.amountFen - claim.settledFen
  const clawback = clawbackNames.nameOf(claim.clawbackId)
  if (amountFen > leftFen) throw refuse('settlement_exceeds_claim', { clawback, amountFen, leftFen })
  const { of } = await lockedAllotment(ledger, tx, row, { on, open: false })
  return { ...given, row, of }
}

const submissionOf = ({ claim, row, way, amountFen }: Settling, document: string) => ({
  subject: `claim:${clawbackNames.nameOf(claim.clawbackId)}`,
  amountFen,
  summary: `清偿收回 ${clawbackNames.nameOf(claim.clawbackId)}（${claim.district}，${wayNamesZh[way]}）${formatFen(amountFen)} 元`,
  content: {
    clawback: clawbackNames.nameOf(claim.clawbackId),
    release: releaseNames.nameOf(row.id),
    allocation: claim.allocation,
    district: claim.district,
    way,
    amount: amountFen,
    claim: claim.amountFen,
    settled: claim.settledFen,
    dueOn: claim.dueOn,
    document,
  },
})

/** What comes back of which project. Refuses `settlement_exceeds_quota`, `settlement_exceeds_tranche`. */
async function partsOf(tx: Tx, settling: Settling): Promise<ReturnedPart[]> {
  const { claim, row, of, on, way, amountFen } = settling
  const clawback = clawbackNames.nameOf(claim.clawbackId)
  if (way === 'kept') {
    const dueFen = await keepableFen(tx, settling)
    if (amountFen > dueFen) throw refuse('settlement_exceeds_tranche', { clawback, amountFen, dueFen })
    return []
  }
  if (way === 'quota') {
    const { parts, takenFen } = takenOver(amountFen, await heldOf(tx, row, of, on))
    const indicator = of.child.indicator
    if (takenFen < amountFen)
      throw refuse('settlement_exceeds_quota', { clawback, indicator, amountFen, leftFen: takenFen })
    return parts
  }
  const had = await readReleaseParts(tx, row.id)
  const most = had.map((part) => part.amountFen)
  const split = splitWithin(amountFen, most, most)
  return had
    .map(({ project }, index) => ({ project, amountFen: split[index] ?? 0n, from: 'cash' as const }))
    .filter((part) => part.amountFen > 0n)
}

/**
 * What is due to the district now and not paid. What came early counts as paid already, so a tranche that has become
 * due is kept by counting what is claimed of it as paid for good.
 */
async function keepableFen(tx: Tx, { of, on }: Settling): Promise<Fen> {
  const progress = await progressFor(tx, of, on)
  const due = tranchesOf(of.allottedFen, lawOn(on)).findLast((tranche) => isDue(tranche, progress))
  if (!due) return 0n
  const claimedFen = await openEarlyFen(tx, of)
  return mostFen({ ...of, releasedFen: maxFen(0n, of.releasedFen - claimedFen) }, due)
}

/** Approved, what settles the claim is looked at again and posted. */
export const settlementProposal = proposal({
  kind: 'claim_settlement',
  form: settlementContent,
  limits: ({ dueOn }, { today }) => [limitBy(lawOn(today), 'clawback_due_days', figure(dueOn))],
  approved: async ({ ledger, approval, content, stored: _, ...running }) => {
    const { tx, at, today } = running
    const settlement = await lockSettlementOf(tx, approval.id)
    const { way, amountFen, clawbackId: id, document } = settlement
    assert(content.amount === amountFen && content.way === way, 'what is approved is what was proposed')
    const claim = await lockClaim(tx, id)
    assert(claim, 'a settlement is of a claim')
    const settling = await settlingOf(ledger, tx, { claim, way, amountFen, on: today })
    const parts = await partsOf(tx, settling)
    const { of, row } = settling
    await endSettlement(tx, settlement.id, 'posted', today)
    await addSettled(tx, id, amountFen)
    const body = { approval: approval.id, amount: formatFen(amountFen), way }
    await recordChange(tx, noun(settlement, 2, 'posted', { person: approval.maker, at, body }))
    const name = settlementNames.nameOf(settlement.id)
    const summary = `清偿 ${name}：收回 ${clawbackNames.nameOf(id)} ${of.district}（${wayNamesZh[way]}）`
    const paid = { ...of, parts, amountFen, on: today, summary, documents: [document, approval.id] }
    const returned = { ...paid, sameYear: isOfYear(row, today) }
    if (way === 'kept') await addKept(tx, claim, of, amountFen)
    else await addReturned(tx, settlement.id, row, parts)
    await running.post({
      ...(await approvedBy(tx, approval)),
      key: `claim_settlement:${name}`,
      entries: way === 'kept' ? [keptEntry(paid)] : settlementEntries(returned),
    })
    if (way === 'quota') await instruct(running, 'take_back', { settlementId: settlement.id }, paid)
    if (way !== 'kept') await takeBackRecovery(running, of, approval, paid)
  },
  ended: async ({ tx, at, approval }) => {
    const settlement = await lockSettlementOf(tx, approval.id)
    const state = approval.state === 'withdrawn' ? 'withdrawn' : 'rejected'
    await endSettlement(tx, settlement.id, state, null)
    await recordChange(tx, noun(settlement, 2, state, { person: approval.maker, at, body: { approval: approval.id } }))
  },
})

async function addReturned(tx: Tx, id: bigint, row: ReleaseRow, parts: readonly ReturnedPart[]): Promise<void> {
  const amountFen = sumFen(parts.map((part) => part.amountFen))
  await insertSettlementParts(tx, id, byProject(parts))
  await addClawed(tx, row.id, amountFen)
  await addReleased(tx, row.allocation, row.district, -amountFen)
}

/** What came early was counted as paid all along; anything else that is kept counts as paid from now on. */
async function addKept(tx: Tx, { ground }: ClaimRow, of: Allotment, amountFen: Fen): Promise<void> {
  if (ground !== 'early') await addReleased(tx, of.allocation, of.district, minFen(amountFen, of.allottedFen))
}
