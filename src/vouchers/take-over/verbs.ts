/**
 * Proposing a take-over. Whatever stands in its way is refused now, and its effect is brought about for trial in a
 * transaction that takes it off again: nobody signs what cannot be posted.
 */
import { approvalDistrict } from '../../approvals/approval.ts'
import { groupBy } from '../../base/arrays.ts'
import type { Fen } from '../../base/money.ts'
import { formatFen, maxFen, sumFen } from '../../base/money.ts'
import type { Book } from '../../ledger/book.ts'
import { controlAccounts as control, openedByTakeOver } from '../../ledger/charts/control-accounts.ts'
import type { EntryLine } from '../../ledger/entry.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { noteSubmitted, submissionRefusals, submittable } from '../../financing/plan/submission.ts'
import type { PlanName } from '../../financing/plan/standing.ts'
import { rehearse } from '../../noun/proposal.ts'
import { type Doing, nothing, verb } from '../../noun/verb.ts'
import { scoredFrom } from '../../projects/dated.ts'
import { lockProjects, type ProjectRow } from '../../projects/project/store.ts'
import { refuse as refuseProject } from '../../projects/refusals.ts'
import { lineDraft, storedLineOf } from '../../ledger/forms.ts'
import { amountOf } from '../voucher/voucher.ts'
import { takeOverProposal } from './effect.ts'
import { newTakeOver, type TakeOverContent, type TakeOverGiven, type TakeOverView, viewOf } from './forms.ts'
import { isOfBook, requireOpenable, unlistedOf } from './limits.ts'
import { insertTakeOver } from './store.ts'
import { type RegisterStep, stepsOf } from './take-over.ts'

type Proposed = { takeOver: TakeOverView; approval: string; hash: string; warnings: string[] }

/** Proposes what a book, and projects with it, begin with: in force when others have checked and approved it. */
export const proposeTakeOver = verb({
  kind: 'take_over.propose',
  right: 'entry.post',
  of: nothing,
  form: newTakeOver,
  refuses: [
    'book_not_found',
    'day_in_future',
    'take_over_day_wrong',
    'attachment_unknown',
    'take_over_after_entries',
    'account_unknown',
    'account_not_postable',
    'account_kept_by_action',
    'dimension_missing',
    'project_missing',
    'source_missing',
    'source_unknown',
    'item_unknown',
    'entry_too_short',
    'entry_unbalanced',
    'source_not_eligible',
    'parallel_entry_missing',
    'project_unknown',
    'project_not_found',
    'take_over_code_unknown',
    'book_keeps_no_indicators',
    'source_not_fiscal',
    'take_over_line_differs',
    'take_over_indicator_unbalanced',
    'take_over_account_opened',
    'take_over_above_cost',
    'take_over_document_unlisted',
    'funding_plan_stands',
    ...submissionRefusals.filter((code) => code !== 'project_not_found'),
    'plan_not_found',
    'take_over_not_queued',
    'capacity_below_fixed',
    'back_dated_without_document',
    'day_before_state',
    'project_move_unlawful',
    'project_planned_by_batch_only',
    'project_covers_nothing',
    'fund_promise_missing',
    'households_not_stated',
    'households_increase',
    'funding_plan_not_approved',
    'project_document_missing',
    'scope_reduction_unproven',
    'indicator_exists',
    'indicator_year_over',
    'period_closed',
    'balance_insufficient',
  ],
  before: (ledger, actor, { book }): Promise<Book> => bookFor(ledger, actor, book, 'entry.post'),
  work: async (doing, given): Promise<Proposed> => {
    const { tx, actor, at, today, before: book } = doing
    const { on, summary, documents, indicators = [], balances = [] } = given
    const lines = balances.map(lineDraft)
    const opened = await requireOpenable(tx, { book, on, today, indicators, documents, lines })
    const { content, names, plannedFen } = await contentOf(doing, given)
    const amountFen = maxFen(openedFen(opened.map(({ line }) => line)), plannedFen)
    const registerRows = content.batches.length + content.plans.length + content.states.length
    const approval = await takeOverProposal.submit(
      tx,
      actor,
      {
        subject: `take_over:${book.code}`,
        district: approvalDistrict(book.district, on),
        amountFen,
        summary: `建账接转 ${book.code} ${on} ${summary}：期初 ${lines.length} 行 ${formatFen(amountFen)} 元，登记 ${registerRows} 行`,
        content: { ...content, balances: opened.map(({ line }) => storedLineOf(line)) },
      },
      at,
    )
    const made = { book: book.code, district: book.district, on, summary, amountFen, balances: lines.length }
    const row = await insertTakeOver(tx, { ...made, registerRows, madeBy: actor.person, approval: approval.id })
    await noteSubmitted(doing, names, approval.id)
    await rehearse(doing, takeOverProposal, approval)
    return { takeOver: viewOf(row), approval: approval.id, hash: approval.hash, warnings: content.warnings }
  },
})

/**
 * How much is opened, which says how many approve it: the debits of financial accounting, or the largest of what was
 * approved on an axis of the control basis, which says the same money more than once.
 */
function openedFen(lines: readonly EntryLine[]): Fen {
  const axes = [control.approved, control.committableApproved, control.cashPlanApproved].map((account) =>
    sumFen(lines.filter((line) => line.account === account).map(({ amountFen }) => amountFen)),
  )
  const other = amountOf(lines.filter(({ account }) => !openedByTakeOver.has(account)))
  return [other, ...axes].reduce(maxFen)
}

type Asked = Doing<Book>
type Content = Omit<TakeOverContent, 'balances'>

/** What is approved but for the balances; its plans by their names, and what they cost together. */
async function contentOf(
  doing: Asked,
  given: TakeOverGiven,
): Promise<{ content: Content; names: readonly PlanName[]; plannedFen: Fen }> {
  const { before: book } = doing
  const { on, summary, documents, indicators = [], batches = [], plans = [], states = [] } = given
  const steps = stepsOf({ batches, plans, states })
  const rows = await requireRegister(doing, given, steps)
  const names = plans.map(({ project, version }) => ({ project, version }))
  const { versions, contents } = await submittable(doing, rows, names)
  const whole = plans.map((plan, index) => ({ ...plan, plan: contents[index] ?? null }))
  const warnings = await scoredAlready(doing, rows, steps)
  const register = { batches, plans: whole, states, warnings }
  const content = { book: book.code, district: book.district, on, summary, documents, indicators, ...register }
  return { content, names, plannedFen: sumFen(versions.map(({ totalFen }) => totalFen)) }
}

/** The projects, locked; every row rests on a document of the take-over, and no plan is in force yet. */
async function requireRegister(
  { tx, actor, today, before: book }: Asked,
  { documents, plans = [] }: TakeOverGiven,
  steps: readonly RegisterStep[],
): Promise<ProjectRow[]> {
  const rows = await lockProjects(tx, actor, [...new Set(steps.map(({ project }) => project))].toSorted())
  const elsewhere = rows.find(({ district }) => !isOfBook(book, district, today))
  if (elsewhere) throw refuseProject('project_not_found', { project: elsewhere.project })
  const numbers = documents.map(({ number }) => number)
  for (const step of steps) {
    const unlisted = unlistedOf(step, numbers)
    if (unlisted) throw unlisted
  }
  const standing = rows.find(
    ({ project, planApproved }) => planApproved && plans.some((plan) => plan.project === project),
  )
  if (standing) throw refuseProject('funding_plan_stands', { project: standing.project })
  return rows
}

/** Quarters that are scored: their scores stay, and whoever approves is told so. */
async function scoredAlready(
  { tx }: Asked,
  rows: readonly ProjectRow[],
  steps: readonly RegisterStep[],
): Promise<string[]> {
  const told: string[] = []
  const districts = new Map(rows.map(({ project, district }) => [project, district]))
  const own = groupBy(steps, ({ project }) => districts.get(project))
  for (const district of new Set(districts.values())) {
    // Steps come by their days, and every project of the rows has one.
    const first = own.get(district)?.[0]?.on
    if (first === undefined) continue
    const quarters = await scoredFrom(tx, { district, on: first })
    if (quarters.length === 0) continue
    told.push(
      `${district} 的 ${quarters.join('、')} 已评分：接转的事实自 ${first} 起登记，已评的分数及其所依据的事实不变，据此作出的决定不变。`,
    )
  }
  return told
}
