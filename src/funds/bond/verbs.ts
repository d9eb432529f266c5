/**
 * The verbs of special bonds (预算法 第三十五条, clause 24). Each is proposed by one person and takes effect when others
 * approve it; what is approved holds the entry line by line, as it will be posted, and its posting is rehearsed when it
 * is submitted: what the last signature would be refused, the first is.
 */
import type * as z from 'zod'
import { approvalDistrict } from '../../approvals/approval.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import type { Actor } from '../../access/actor.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { inWords } from '../../base/refusal.ts'
import type { Book } from '../../ledger/book.ts'
import type { EntryLine } from '../../ledger/entry.ts'
import { storedLineOf } from '../../ledger/forms.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { type Proposal, rehearse } from '../../noun/proposal.ts'
import { type Doing, nothing, verb } from '../../noun/verb.ts'
import { clauseOf, type Law, lawOn } from '../../policy/parameters.ts'
import { readProject, seesDistrict } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import { requireTerm, usualFrequency } from './bond.ts'
import {
  bondAllocationProposal,
  bondIssueProposal,
  bondPlanProposal,
  bondUseProposal,
  recordBond,
  requireAfter,
  requireAllocated,
  requireApproved,
  requireIssued,
} from './effect.ts'
import { bondAllocated, bondIssued, bondUsed, quotaGiven } from './entries.ts'
import {
  allocationForm,
  type Coverage,
  coverageOf,
  feeOf,
  issueForm,
  newBond,
  ofBond,
  type Posted,
  type proposedForm,
  useForm,
  viewOf,
} from './forms.ts'
import { type Bond, bondSource, bondStateNamesZh, movedBy, requireAboveUsed, requireFace } from './record.ts'
import { lockBond, putBond, readAllocations, readCoverage, usedOf } from './store.ts'

/** A bond, locked till the transaction ends. Refuses `bond_not_found`, also where it is another district's. */
export async function bondFor(tx: Tx, actor: Actor, bond: string): Promise<Bond> {
  const found = await lockBond(tx, bond)
  if (!found || !seesDistrict(actor, found)) throw refuse('bond_not_found', { bond })
  return found
}

type Entry = {
  readonly on: Day
  readonly summary: string
  readonly documentNumber: string
  readonly lines: EntryLine[]
}

const postedOf = ({ bond, book }: Bond, { on, summary, documentNumber, lines }: Entry): Posted => ({
  bond,
  book,
  on,
  summary,
  documents: [{ number: documentNumber }],
  lines: lines.map(storedLineOf),
})

type Submitted<Form extends z.ZodType> = {
  readonly proposal: Proposal<Form>
  readonly amountFen: Fen
  readonly content: z.output<Form> & Posted
}

/** Opens the approval; one of a kind waits for each bond at a time. */
const submitted = <Form extends z.ZodType>(
  { tx, actor, at }: Doing<unknown>,
  of: Bond,
  { proposal, amountFen, content }: Submitted<Form>,
): Promise<ApprovalView> =>
  proposal.submit(
    tx,
    actor,
    {
      subject: `${proposal.kind}:${of.bond}`,
      district: approvalDistrict(of.district, content.on),
      amountFen,
      summary: `${content.summary} ${formatFen(amountFen)} 元`,
      content,
    },
    at,
  )

type Answer = z.input<typeof proposedForm>

export const answerOf = (of: Bond, { id, hash }: ApprovalView, warnings: readonly string[] = []): Answer => ({
  bond: viewOf(of),
  approval: id,
  hash,
  warnings: [...warnings],
})

/** What approvers are told of coverage below its least: no refusal, for the figures are the maker's. */
function warningsOf({ bond }: Bond, { ratio, passes }: Coverage, law: Law): string[] {
  if (passes) return []
  const least = law.take('special_bond_coverage_min')
  const clause = clauseOf(law, 'special_bond_coverage_min') ?? ''
  return [`专项债券 ${bond} 的本息覆盖倍数 ${ratio}，低于下限 ${least}（${clause}）。请补充收益来源或核减面值。`]
}

const termsOf = (of: Bond, coverage: Coverage, law: Law) => ({
  programme: of.programme,
  face: of.faceFen,
  rate: of.rate,
  years: of.years,
  frequency: of.frequency,
  feeRate: of.feeRate,
  fee: feeOf(of),
  purpose: of.purpose,
  coverage,
  warnings: warningsOf(of, coverage, law),
})

/** Refuses `book_keeps_no_bonds`. */
function requireKeepsBonds({ code, chart: { standard, title } }: Book): void {
  if (standard !== 'memo') throw refuse('book_keeps_no_bonds', { book: code, standard: { zh: title, en: standard } })
}

/** Plans a bond: terms, use and coverage. Approved it has its quota. */
export const planBond = verb({
  kind: 'bond.plan',
  right: 'indicator.manage',
  of: nothing,
  form: newBond,
  refuses: ['book_not_found', 'book_keeps_no_bonds', 'term_not_allowed', 'approval_pending', 'bond_exists'],
  before: (ledger, actor, { book }) => bookFor(ledger, actor, book, 'indicator.manage'),
  work: async (doing, given): Promise<Answer> => {
    const { tx, at, actor, before: book } = doing
    const { bond: code, face: faceFen, coverage: figures, on, documentNumber, ...rest } = given
    const law = lawOn(on)
    requireKeepsBonds(book)
    requireTerm(rest.years, law)
    const standing = await lockBond(tx, code)
    const of: Bond = {
      ...rest,
      bond: code,
      district: book.district,
      source: bondSource,
      faceFen,
      frequency: rest.frequency ?? usualFrequency(rest.years, law),
      feeRate: rest.feeRate ?? '0',
      documentNumber,
      state: 'planned',
      version: (standing?.version ?? 0) + 1,
    }
    const coverage = coverageOf(of, figures, law)
    const entry = { on, summary: `专项债券 ${code} 限额`, documentNumber, lines: quotaGiven(of, faceFen) }
    const content = { ...postedOf(of, entry), ...termsOf(of, coverage, law) }
    const approval = await submitted(doing, of, { proposal: bondPlanProposal, amountFen: faceFen, content })
    if (standing && standing.state !== 'rejected')
      throw refuse('bond_exists', { bond: code, state: inWords(bondStateNamesZh, standing.state) })
    await putBond(tx, of, coverage)
    await recordBond(tx, of, 'planned', { person: actor.person, at, body: { ...viewOf(of), approval: approval.id } })
    await rehearse(doing, bondPlanProposal, approval)
    return answerOf(of, approval, content.warnings)
  },
})

/** Issues an approved bond, at the rate it was sold at; its coverage is computed anew. */
export const issueBond = verb({
  kind: 'bond.issue',
  right: 'indicator.manage',
  of: ofBond,
  form: issueForm,
  refuses: ['bond_not_found', 'bond_not_approved', 'approval_pending', 'balance_insufficient', 'period_closed'],
  work: async (doing, { bond: code, start: on, rate, documentNumber }): Promise<Answer> => {
    const { tx, actor } = doing
    const standing = await bondFor(tx, actor, code)
    requireApproved(standing)
    const of: Bond = { ...standing, rate: rate ?? standing.rate }
    const { definition, horizon, figures } = await readCoverage(tx, code)
    const law = lawOn(on)
    const coverage = coverageOf(of, { definition, horizon, figures }, law)
    const entry = { on, summary: `发行专项债券 ${code}`, documentNumber, lines: bondIssued(of, of.faceFen) }
    const content = { ...postedOf(of, entry), ...termsOf(of, coverage, law) }
    const approval = await submitted(doing, of, { proposal: bondIssueProposal, amountFen: of.faceFen, content })
    await rehearse(doing, bondIssueProposal, approval)
    return answerOf(standing, approval, content.warnings)
  },
})

/** Says what projects hold of a bond from a day on; together they hold its face. */
export const allocateBond = verb({
  kind: 'bond.allocate',
  right: 'indicator.manage',
  of: ofBond,
  form: allocationForm,
  refuses: [
    'bond_not_found',
    'bond_not_issued',
    'allocation_not_face',
    'project_not_found',
    'bond_allocation_out_of_order',
    'bond_allocation_insufficient',
    'approval_pending',
    'balance_insufficient',
    'period_closed',
  ],
  work: async (doing, { bond: code, from, documentNumber, shares: given }): Promise<Answer> => {
    const { tx, actor } = doing
    const of = await bondFor(tx, actor, code)
    requireIssued(of, from)
    const shares = given.map(({ project, amount: amountFen }) => ({ project, amountFen }))
    requireFace(of.faceFen, shares)
    for (const { project } of shares) await readProject(tx, actor, project)
    const latest = (await readAllocations(tx, code)).at(-1)
    requireAfter(latest, of, from)
    requireAboveUsed(code, shares, await usedOf(tx, of))
    const before = latest?.shares ?? []
    const moves = movedBy(before, shares)
    const version = (latest?.version ?? 0) + 1
    const summary = `专项债券 ${code} 资金分配（第 ${version} 版）`
    const inContent = (list: typeof shares) => list.map(({ project, amountFen: amount }) => ({ project, amount }))
    const content = {
      ...postedOf(of, { on: from, summary, documentNumber, lines: bondAllocated(of, moves) }),
      version,
      from,
      documentNumber,
      face: of.faceFen,
      shares: inContent(shares),
      before: inContent([...before]),
    }
    const amountFen = sumFen(moves.filter((move) => move.amountFen > 0n).map((move) => move.amountFen))
    const approval = await submitted(doing, of, { proposal: bondAllocationProposal, amountFen, content })
    await rehearse(doing, bondAllocationProposal, approval)
    return answerOf(of, approval)
  },
})

/** Refuses `recurrent_not_allowed`. */
function requireCapital(of: Bond, { project, purpose }: { project: string; purpose: string }, law: Law): void {
  if (purpose === 'recurrent' && law.take('recurrent_excluded').includes('bond'))
    throw refuse('recurrent_not_allowed', { bond: of.bond, project }, clauseOf(law, 'recurrent_excluded'))
}

/** Notes what a project paid out of a bond: capital cost of a project that holds some, within what it holds. */
export const useBond = verb({
  kind: 'bond.use',
  right: 'indicator.manage',
  of: ofBond,
  form: useForm,
  refuses: [
    'bond_not_found',
    'bond_not_issued',
    'recurrent_not_allowed',
    'bond_not_allocated',
    'bond_allocation_insufficient',
    'approval_pending',
    'source_not_eligible',
    'balance_insufficient',
    'period_closed',
  ],
  work: async (doing, { bond: code, item, amount: amountFen, documentNumber, ...given }): Promise<Answer> => {
    const { tx, actor } = doing
    const { project, purpose, on } = given
    const of = await bondFor(tx, actor, code)
    requireIssued(of, on)
    requireCapital(of, given, lawOn(on))
    const { allocatedFen, usedFen } = await requireAllocated(tx, of, { project, amountFen, on })
    const lines = bondUsed(of, { project, amountFen }, item)
    const content = {
      ...postedOf(of, { on, summary: `项目 ${project} 使用专项债券 ${code}`, documentNumber, lines }),
      project,
      purpose,
      amount: amountFen,
      allocated: allocatedFen,
      used: usedFen,
    }
    const approval = await submitted(doing, of, { proposal: bondUseProposal, amountFen, content })
    await rehearse(doing, bondUseProposal, approval)
    return answerOf(of, approval)
  },
})
