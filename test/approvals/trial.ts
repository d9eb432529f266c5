/** An approval of a kind that exists in tests alone, and short ways to submit and decide it. */
import type { Actor, Role } from '../../src/access/actor.ts'
import { issueToken } from '../../src/access/token.ts'
import { submit, type Submission } from '../../src/approvals/verbs.ts'
import type { Verdict } from '../../src/approvals/approval.ts'
import type { ApprovalView } from '../../src/approvals/store.ts'
import { transact } from '../../src/base/db.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { decidingWith } from '../../src/workflow/decide.ts'
import type { Effect } from '../../src/noun/proposal.ts'

export const person = (name: string, role: Role, district?: string): Actor => ({ person: name, role, district })
export const maker = person('zhang', 'finance_maker')
export const checker = person('li', 'finance_checker')
export const approver = person('wang', 'finance_approver')
export const second = person('chen', 'finance_approver')

/** What became of which approval, in the order it happened. */
export const settled: { id: string; state: string }[] = []
const note: Effect = (_ledger, _act, { id, state }) => {
  settled.push({ id, state })
  return Promise.resolve()
}
/** A kind that is only checked, with an effect of tests. */
export const checkedOnly = 'year_end'
export const trialEffects: Readonly<Record<string, Effect>> = { trial: note, other: note, [checkedOnly]: note }

let subjects = 0
let keys = 0
export const newKey = (): string => `decision-${++keys}`
export const newSubject = (): string => `trial:${++subjects}`

export const submitted = (ledger: Ledger, more: Partial<Submission> = {}, by: Actor = maker): Promise<ApprovalView> => {
  const given = { kind: 'trial', subject: newSubject(), summary: '测试事项', content: { amount: '1.00' }, ...more }
  return transact(ledger.database, (tx) => submit(tx, by, given, ledger.clock()))
}

export type Said = Partial<Parameters<ReturnType<typeof decidingWith>>[2]> & {
  key?: string
  effects?: Readonly<Record<string, Effect>>
}

/** Decides, and gives the state it led to or the code it was refused with. */
export async function say(
  ledger: Ledger,
  by: Actor,
  verdict: Verdict,
  { id, hash }: Pick<ApprovalView, 'id' | 'hash'>,
  { key = newKey(), effects = trialEffects, ...more }: Said = {},
): Promise<string> {
  try {
    const reason = verdict === 'reject' ? { reason: '依据不足' } : {}
    const decision = { approval: id, verdict, hash, ...reason, ...more }
    const result = await decidingWith(effects)(ledger, by, decision, key)
    return 'answer' in result ? result.answer.state : result.refusal.code
  } catch (error) {
    const { code } = error as { code?: string }
    if (code === undefined) throw error
    return code
  }
}

/** One that has been checked and waits to be approved. */
export async function checked(ledger: Ledger, more: Partial<Submission> = {}): Promise<ApprovalView> {
  const approval = await submitted(ledger, more)
  const state = await say(ledger, checker, 'check', approval)
  if (state !== 'approving') throw new Error(`not checked: ${state}`)
  return approval
}

/** A token behind a person's role: what says that he holds it. */
export const employ = (ledger: Ledger, { person: name, role, district }: Actor): Promise<string> =>
  issueToken(ledger.database, { person: name, role, district, days: 1 })
