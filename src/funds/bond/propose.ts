/**
 * The service of a bond (还本付息): what falls due is drafted by a job, then set aside and paid by persons; each takes
 * effect when others approve it (kind `bond_service`).
 */
import { approvalDistrict } from '../../approvals/approval.ts'
import { formatFen } from '../../base/money.ts'
import { storedLineOf } from '../../ledger/forms.ts'
import type { EntryLine } from '../../ledger/entry.ts'
import type { Day } from '../../base/calendar.ts'
import type { Act } from '../../ledger/act.ts'
import { rehearse } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { bondServiceProposal, dueFor } from './effect.ts'
import { bondDue, bondPaid, bondRepaid, bondSetAside } from './entries.ts'
import { ofBond, serviceForm } from './forms.ts'
import type { Bond } from './record.ts'
import { type BondDue, dueKindNamesZh, dueStateNamesZh, type DueState, duesUntil, payDayOf } from './service.ts'
import { lockIssued, readAllocations, readDues, waitingServices } from './store.ts'
import { answerOf, bondFor } from './verbs.ts'

type Step = {
  readonly step: DueState
  readonly on: Day
  readonly payOn: Day
  readonly documentNumber: string
}

function linesOf(of: Bond, { what, amountFen, shares }: BondDue, step: DueState): EntryLine[] {
  if (step === 'due') return bondDue(of, shares, amountFen)
  if (step === 'set_aside') return bondSetAside(of, shares)
  return [...bondPaid(of, shares, amountFen), ...(what === 'principal' ? bondRepaid(of, amountFen) : [])]
}

/** One of a bond's dues and one step of it wait at a time. */
const subjectOf = ({ bond }: Bond, number: number): string => `bond_service:${bond}:${number}`

function submissionOf(of: Bond, due: BondDue, { step, on, payOn, documentNumber }: Step) {
  const { number, what, dueOn, amountFen, shares } = due
  const summary = `专项债券 ${of.bond} 第 ${number} 期${dueKindNamesZh[what]}${dueStateNamesZh[step]}`
  return {
    subject: subjectOf(of, number),
    district: approvalDistrict(of.district, on),
    amountFen,
    summary: `${summary} ${formatFen(amountFen)} 元`,
    content: {
      bond: of.bond,
      book: of.book,
      on,
      summary,
      documents: [{ number: documentNumber }],
      lines: linesOf(of, due, step).map(storedLineOf),
      number,
      what,
      step,
      dueOn,
      payOn,
      amount: amountFen,
      shares: shares.map(({ project, amountFen: amount }) => ({ project, amount })),
    },
  }
}

type DraftedDue = { readonly bond: string; readonly number: number; readonly approval: string }

/** Drafts what has fallen due by today and neither stands nor waits. Refuses `approval_pending`. */
export async function draftDues(
  { tx, at, today }: Act,
  askedBy: string,
): Promise<{ readonly drafted: readonly DraftedDue[] }> {
  const waiting = await waitingServices(tx)
  const drafted: DraftedDue[] = []
  for (const of of await lockIssued(tx)) {
    const recorded = new Set((await readDues(tx, of.bond)).map(({ number }) => number))
    const fallen = duesUntil(of, await readAllocations(tx, of.bond), today)
    for (const due of fallen) {
      const payOn = payDayOf(due)
      if (recorded.has(due.number) || waiting.has(subjectOf(of, due.number)) || payOn > today) continue
      const step = { step: 'due', on: payOn, payOn, documentNumber: of.documentNumber } as const
      const { id } = await bondServiceProposal.submitFor(tx, askedBy, submissionOf(of, due, step), at)
      drafted.push({ bond: of.bond, number: due.number, approval: id })
    }
  }
  return { drafted }
}

/** Sets aside or pays what is due of a bond. */
export const serviceBond = verb({
  kind: 'bond.service',
  right: 'indicator.manage',
  of: ofBond,
  form: serviceForm,
  refuses: [
    'bond_not_found',
    'bond_due_not_found',
    'bond_due_out_of_order',
    'approval_pending',
    'balance_insufficient',
    'period_closed',
  ],
  work: async (doing, { bond: code, number, step, on, documentNumber }) => {
    const { tx, actor, at } = doing
    const of = await bondFor(tx, actor, code)
    const due = await dueFor(tx, of, number, step)
    const submission = submissionOf(of, due, { step, on, payOn: due.payOn, documentNumber })
    const approval = await bondServiceProposal.submit(tx, actor, submission, at)
    await rehearse(doing, bondServiceProposal, approval)
    return answerOf(of, approval)
  },
})
