/**
 * What follows when the approval of something about a bond is settled: its row, its versions, and the entry that was
 * approved, line by line. Locks: the approval, the bond, the heads of books.
 */
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange, requireVersion } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { formatFen } from '../../base/money.ts'
import { inWords, listedCodes } from '../../base/refusal.ts'
import { generalType } from '../../ledger/entry.ts'
import { lineDraft } from '../../ledger/forms.ts'
import { figure, limitBy } from '../../noun/limit.ts'
import { type Approved, type Ended, proposal } from '../../noun/proposal.ts'
import { lawOn } from '../../policy/parameters.ts'
import { refuse } from '../refusals.ts'
import {
  allocationContent,
  type Coverage,
  issueContent,
  planContent,
  type Posted,
  serviceContent,
  useContent,
} from './forms.ts'
import { type Bond, type BondAllocation, bondStateNamesZh, requireAboveUsed, shareOf } from './record.ts'
import {
  type DueRow,
  insertAllocation,
  insertDue,
  lockBond,
  moveDue,
  putBond,
  readAllocations,
  readCoverage,
  readDues,
  usedOf,
} from './store.ts'
import { type DueState, dueStateNamesZh } from './service.ts'

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }

/** The record of a change of a bond, under the version it now has. */
export const recordBond = (tx: Tx, { bond: id, version }: Bond, verb: string, of: Recorded): Promise<void> =>
  recordChange(tx, { noun: 'bond', id, version, verb, ...of })

const subject = /^bond(?:_\w+)?:(.*)$/

async function lockedBond(tx: Tx, code: string): Promise<Bond> {
  const bond = await lockBond(tx, code)
  assert(bond, `bond ${code} was there when it was submitted`)
  return bond
}

/** Writes the bond as it is by now, and its record. */
async function moved(
  { tx, at, approval }: Pick<Ended, 'tx' | 'at' | 'approval'>,
  { version, ...bond }: Bond,
  verb: string,
  coverage?: Coverage,
): Promise<void> {
  const next = { ...bond, version: version + 1 }
  await putBond(tx, next, coverage ?? (await readCoverage(tx, bond.bond)))
  await recordBond(tx, next, verb, { person: approval.maker, at, body: { approval: approval.id } })
}

/** Posts the entry that was approved. */
async function postApproved<Content extends Posted>({ tx, post, approval, content }: Approved<Content>): Promise<void> {
  const { bond, book, on, summary, documents, lines } = content
  await post({
    ...(await approvedBy(tx, approval)),
    key: `bond:${bond}:${approval.id}`,
    entries: [{ book, draft: { on, summary, type: generalType, documents, lines: lines.map(lineDraft) } }],
  })
}

const coverageLimit = ({ on, coverage }: { readonly on: Day; readonly coverage: Coverage }) => [
  limitBy(lawOn(on), 'special_bond_coverage_min', figure(coverage.ratio)),
]

/** An approved plan has its quota; a rejected one may be planned anew. */
export const bondPlanProposal = proposal({
  kind: 'bond_plan',
  form: planContent,
  limits: coverageLimit,
  approved: async (running) => {
    const bond = await lockedBond(running.tx, running.content.bond)
    await moved(running, { ...bond, state: 'approved' }, 'approved')
    await postApproved(running)
  },
  ended: async (running) => {
    const [, code = ''] = subject.exec(running.approval.subject) ?? []
    await moved(running, { ...(await lockedBond(running.tx, code)), state: 'rejected' }, 'rejected')
  },
})

/** Refuses `bond_not_approved`. */
export function requireApproved({ bond, state }: Bond): void {
  if (state !== 'approved') throw refuse('bond_not_approved', { bond, state: inWords(bondStateNamesZh, state) })
}

/** Refuses `bond_not_issued`, also on a day before it bears interest. */
export function requireIssued({ bond, state, startOn }: Bond, on: Day): void {
  if (state === 'issued' && startOn !== undefined && on >= startOn) return
  throw refuse('bond_not_issued', { bond, state: inWords(bondStateNamesZh, state), on, start: startOn ?? '—' })
}

/** Issued on its day: out of the quota, and what it raised stands to be allocated. */
export const bondIssueProposal = proposal({
  kind: 'bond_issue',
  form: issueContent,
  limits: coverageLimit,
  approved: async (running) => {
    const { on, rate, coverage, bond: code } = running.content
    const bond = await lockedBond(running.tx, code)
    requireApproved(bond)
    await moved(running, { ...bond, state: 'issued', startOn: on, rate }, 'issued', coverage)
    await postApproved(running)
  },
})

/** Refuses `bond_allocation_out_of_order`. */
export function requireAfter(latest: BondAllocation | undefined, { bond }: Bond, from: Day): void {
  if (latest && from <= latest.fromOn)
    throw refuse('bond_allocation_out_of_order', { bond, from, version: latest.version, since: latest.fromOn })
}

/** A version of who holds what, from its day on. */
export const bondAllocationProposal = proposal({
  kind: 'bond_allocation',
  form: allocationContent,
  approved: async (running) => {
    const { tx, approval, content } = running
    const { version, from: fromOn, documentNumber } = content
    const bond = await lockedBond(tx, content.bond)
    requireIssued(bond, fromOn)
    const latest = (await readAllocations(tx, bond.bond)).at(-1)
    requireVersion(allocationOf(bond.bond), version - 1, latest?.version ?? 0)
    requireAfter(latest, bond, fromOn)
    const shares = content.shares.map(({ project, amount: amountFen }) => ({ project, amountFen }))
    requireAboveUsed(bond.bond, shares, await usedOf(tx, bond))
    await insertAllocation(tx, { bond: bond.bond, version, fromOn, documentNumber, approval: approval.id, shares })
    await moved(running, bond, 'allocated')
    await postApproved(running)
  },
})

const allocationOf = (bond: string) => ({ zh: `专项债券 ${bond} 的分配`, en: `The allocation of special bond ${bond}` })

/**
 * Refuses `bond_not_allocated`, `bond_allocation_insufficient`: what a project uses, with what it has used, is at most
 * what it holds on the day. Gives both.
 */
export async function requireAllocated(
  tx: Tx,
  of: Bond,
  { project, amountFen, on }: { readonly project: string; readonly amountFen: bigint; readonly on: Day },
): Promise<{ readonly allocatedFen: bigint; readonly usedFen: bigint }> {
  const { bond } = of
  const versions = await readAllocations(tx, bond)
  const held = versions.findLast(({ fromOn }) => fromOn <= on)?.shares ?? []
  const latest = versions.at(-1)?.shares ?? []
  const onDayFen = shareOf(held, project)
  if (onDayFen === 0n) {
    const projects = listedCodes(held.map((share) => `${share.project} ${formatFen(share.amountFen)}`))
    throw refuse('bond_not_allocated', { bond, project, on, projects })
  }
  const latestFen = shareOf(latest, project)
  const allocatedFen = latestFen < onDayFen ? latestFen : onDayFen
  const usedFen = (await usedOf(tx, of)).get(project) ?? 0n
  const overFen = usedFen + amountFen - allocatedFen
  if (overFen > 0n)
    throw refuse('bond_allocation_insufficient', { bond, project, allocatedFen, usedFen, askedFen: amountFen, overFen })
  return { allocatedFen, usedFen }
}

/** What a project used of what it holds. */
export const bondUseProposal = proposal({
  kind: 'bond_use',
  form: useContent,
  approved: async (running) => {
    const { tx, content } = running
    const bond = await lockedBond(tx, content.bond)
    requireIssued(bond, content.on)
    await requireAllocated(tx, bond, { ...content, amountFen: content.amount })
    await moved(running, bond, 'used')
    await postApproved(running)
  },
})

const stateBefore: Partial<Record<DueState, DueState>> = { set_aside: 'due', paid: 'set_aside' }

/** Something due of a bond, where a step may follow. Refuses `bond_due_not_found`, `bond_due_out_of_order`. */
export async function dueFor(tx: Tx, { bond }: Bond, number: number, step: DueState): Promise<DueRow> {
  const due = (await readDues(tx, bond)).find((one) => one.number === number)
  if (!due) throw refuse('bond_due_not_found', { bond, number })
  if (due.state !== stateBefore[step])
    throw refuse('bond_due_out_of_order', {
      bond,
      number,
      state: inWords(dueStateNamesZh, due.state),
      step: inWords(dueStateNamesZh, step),
    })
  return due
}

/** What is due is recorded, set aside and paid; with its principal a bond is repaid. */
export const bondServiceProposal = proposal({
  kind: 'bond_service',
  form: serviceContent,
  approved: async (running) => {
    const { tx, approval, content } = running
    const { number, what, step, dueOn, payOn } = content
    const bond = await lockedBond(tx, content.bond)
    if (step === 'due') {
      const shares = content.shares.map(({ project, amount: amountFen }) => ({ project, amountFen }))
      const due = { bond: bond.bond, number, what, dueOn, payOn, amountFen: content.amount }
      await insertDue(tx, { ...due, state: 'due', approval: approval.id, shares })
    } else await moveDue(tx, await dueFor(tx, bond, number, step), step)
    const isRepaid = what === 'principal' && step === 'paid'
    await moved(running, isRepaid ? { ...bond, state: 'repaid' } : bond, step)
    await postApproved(running)
  },
})
