/**
 * The verbs of withdrawals (clause 26; O-36 to O-41). An officer of the centre takes an application, and it is examined
 * at once: against what the books hold of the dwelling and what was granted before by any relative, and not against
 * what the application says. The project is locked, so two spouses at one instant never pass the limit. Another person
 * of the centre decides.
 */
import { approvedBy } from '../../approvals/verbs.ts'
import type { Day } from '../../base/calendar.ts'
import type { Json } from '../../base/json.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import type { Tx } from '../../base/db.ts'
import { providentWithdrawal } from '../../funds/provident/withdrawal.ts'
import type { EntryDraft } from '../../ledger/entry.ts'
import { generalType } from '../../ledger/entry.ts'
import { lineDraft } from '../../ledger/forms.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { type Ended, makerOf, proposal, rehearse } from '../../noun/proposal.ts'
import { nothing, verb } from '../../noun/verb.ts'
import { clauseOf, type Law, lawOn } from '../../policy/parameters.ts'
import type { DwellingName } from '../../projects/terms.ts'
import { lockProject } from '../../projects/project/store.ts'
import { balancesOf } from '../contribution/reads.ts'
import { ownerBalances } from '../contribution/store.ts'
import { dwellingKey, duesOf } from '../plan/plan.ts'
import { planInForce } from '../plan/standing.ts'
import { refuse } from '../refusals.ts'
import { newWithdrawal, viewOf, withdrawalContent, type WithdrawalView } from './forms.ts'
import { grantedFor, insertWithdrawal, lockWithdrawalOf, settleWithdrawal, type Withdrawal } from './store.ts'
import {
  claimOf,
  decisionDue,
  withdrawalLines,
  withdrawalNames,
  type WithdrawalWay,
  withdrawalWayNamesZh,
} from './withdrawal.ts'

const wayNames = {
  payer: { zh: withdrawalWayNamesZh.payer, en: 'nothing was paid' },
  supervised: { zh: withdrawalWayNamesZh.supervised, en: 'nothing is owed under a plan in force' },
} as const

type Asked = {
  readonly project: string
  readonly dwelling: DwellingName
  readonly purpose: string
  readonly way: WithdrawalWay
  readonly on: Day
  readonly applicants: readonly { readonly relation: string; readonly balance: Fen; readonly requested: Fen }[]
}

type Examined = {
  readonly contribution: Fen
  readonly loan: Fen
  readonly withdrawn: Fen
  readonly limit: Fen
}

/**
 * Examines against the books. Refuses `purpose_not_eligible`, `receipt_not_found`, `relation_not_eligible`,
 * `exceeds_limit`. The project is locked.
 */
async function examine(tx: Tx, asked: Asked, law: Law, without?: Withdrawal): Promise<Examined> {
  const { project, dwelling, purpose, way, on, applicants } = asked
  const name = dwellingKey(dwelling)
  const balances = balancesOf(await ownerBalances(tx, project), name)
  const grantedFen = await grantedFor(tx, { project, ...dwelling }, without)
  const paidFen = new Map(balances.map(({ source, appliedFen }) => [source, appliedFen]))
  const plan = await planInForce(tx, project)
  const dueFen = (plan && duesOf(plan).get(name)?.dueFen) ?? 0n
  const claim = claimOf(way, { dueFen, paidFen, grantedFen })
  const { limit, grants } = providentWithdrawal({ ...claim, purpose, applicants }, law)
  if (claim.contribution <= 0n) throw refuse('receipt_not_found', { project, dwelling: name, way: wayNames[way] })
  for (const [index, { relation, max, refusal }] of grants.entries()) {
    if (refusal === 'relation_not_eligible') {
      const allowed = law.take('provident_relations')
      throw refuse('relation_not_eligible', { relation, on, allowed }, clauseOf(law, 'provident_relations'))
    }
    const requested = applicants[index]?.requested ?? 0n
    if (refusal === 'exceeds_limit') {
      throw refuse(
        'exceeds_limit',
        { dwelling: name, relation, requested, max, limit },
        clauseOf(law, 'provident_purposes'),
      )
    }
  }
  const { contribution, loan = 0n, withdrawn = 0n } = claim
  return { contribution, loan, withdrawn, limit }
}

async function settle({ tx, approval }: Ended, state: 'decided' | 'returned'): Promise<void> {
  await settleWithdrawal(tx, await lockWithdrawalOf(tx, approval.id), state)
}

/** A withdrawal that was decided is booked; the books are looked at once more, for a refund may have come between. */
export const withdrawalProposal = proposal({
  kind: 'withdrawal',
  form: withdrawalContent,
  approved: async (running) => {
    const { tx, post, approval, content } = running
    const { project, book, on, lines, documents, granted } = content
    await lockProject(tx, makerOf(approval), project)
    const row = await lockWithdrawalOf(tx, approval.id)
    await examine(tx, content, lawOn(on), row)
    const draft: EntryDraft = {
      on,
      summary: `公积金提取 ${withdrawalNames.nameOf(row.id)} ${dwellingKey(content.dwelling)} ${formatFen(granted)} 元`,
      type: generalType,
      documents,
      lines: lines.map(lineDraft),
    }
    const name = withdrawalNames.nameOf(row.id)
    await post({ ...(await approvedBy(tx, approval)), key: `withdrawal:${name}`, entries: [{ book, draft }] })
    await settle(running, 'decided')
  },
  ended: (running) => settle(running, 'returned'),
})

type Made = { withdrawal: WithdrawalView; approval: string; hash: string }

/** Takes an application, examines it and submits it to be decided by another person of the centre. */
export const takeWithdrawal = verb({
  kind: 'withdrawal.take',
  right: 'withdrawal.make',
  of: nothing,
  form: newWithdrawal,
  refuses: [
    'project_not_found',
    'book_not_found',
    'book_not_memo',
    'purpose_not_eligible',
    'receipt_not_found',
    'relation_not_eligible',
    'exceeds_limit',
    'approval_pending',
    'attachment_unknown',
    'balance_insufficient',
    'period_closed',
    'idempotency_key_reused',
  ],
  work: async (doing, given): Promise<Made> => {
    const { tx, actor, at, ledger } = doing
    const { project, dwelling, purpose, way, on, applicants } = given
    const { district } = await lockProject(tx, actor, project)
    const book = await bookFor(ledger, actor, given.book, 'book.read')
    if (book.chart.standard !== 'memo')
      throw refuse('book_not_memo', { book: book.code, standard: book.chart.standard })
    const law = lawOn(on)
    const examined = await examine(tx, given, law)
    const granted = sumFen(applicants.map(({ requested }) => requested))
    const due = decisionDue(on, law)
    const name = dwellingKey(dwelling)
    const lines = withdrawalLines(project, name, granted)
    const submitted = {
      subject: `withdrawal:${project}:${name}:${purpose}`,
      district,
      amountFen: granted,
      summary: `公积金提取 ${project} ${name} ${purpose} ${formatFen(granted)} 元`,
      content: { ...given, due, book: book.code, ...examined, granted, applicants: [...applicants], lines },
    }
    const approval = await withdrawalProposal.submit(tx, actor, submitted, at)
    const row = await insertWithdrawal(tx, {
      project,
      district,
      ...dwelling,
      purpose,
      way,
      on,
      due,
      book: book.code,
      contributionFen: examined.contribution,
      limitFen: examined.limit,
      grantedFen: granted,
      uses: law.uses.map((use) => ({ ...use, value: use.value as Json })),
      approval: approval.id,
      madeBy: actor.person,
      madeAt: at,
    })
    await rehearse(doing, withdrawalProposal, approval)
    return { withdrawal: viewOf(row), approval: approval.id, hash: approval.hash }
  },
})
