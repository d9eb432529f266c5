/**
 * What an approved take-over brings about, in the transaction of its last decision: its indicators are in force, one
 * entry opens the balances, and states, batches and plans stand from their own days. This is the one act that reaches
 * into a quarter that is scored: scores that stand keep the facts they were worked out on.
 *
 * Locks: the take-over; the projects, by code; indicators; then the heads of books.
 */
import { approvedBy } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import { inWords } from '../../base/refusal.ts'
import type { Tx } from '../../base/db.ts'
import { type Indicator, indicatorStateNamesZh } from '../../budget/indicator/indicator.ts'
import { recordIndicator, requireOpenYear } from '../../budget/indicator/proposal.ts'
import { lockIndicators, putIndicator } from '../../budget/indicator/store.ts'
import { refuse as refuseBudget } from '../../budget/refusals.ts'
import { approvePlans, plansEnded } from '../../financing/plan/effect.ts'
import { lineDraft } from '../../ledger/forms.ts'
import { entryId } from '../../ledger/leaf.ts'
import { type Approved, makerOf, proposal } from '../../noun/proposal.ts'
import { joinBatch } from '../../projects/annual-plan/verbs.ts'
import { moveTakenOver } from '../../projects/project/effect.ts'
import { lockProject, lockProjects, type ProjectRow } from '../../projects/project/store.ts'
import { type TakeOverContent, takeOverContent } from './forms.ts'
import { requireOpenable } from './limits.ts'
import { lockTakeOverOf, settleTakeOver, type TakeOver } from './store.ts'
import { effectName, openingType, stepsOf, takeOverNames } from './take-over.ts'

type Running = Approved<TakeOverContent> & { readonly row: TakeOver }

/** An approved take-over is an opening entry of its book, and what was so in the register on its own days. */
export const takeOverProposal = proposal({
  kind: 'take_over',
  form: takeOverContent,
  approved: async (given) => {
    const running = { ...given, row: await lockTakeOverOf(given.tx, given.approval.id) }
    await openRegister(running)
    await openIndicators(running)
    const entries = await openBook(running)
    await settleTakeOver(running.tx, running.row, { state: 'posted', entries })
  },
  ended: async (running) => {
    const row = await lockTakeOverOf(running.tx, running.approval.id)
    await plansEnded(running)
    await settleTakeOver(running.tx, row, { state: 'ended', entries: [] })
  },
})

/** Balances are looked at again: what stood in the way neither then nor now may stand in the way. */
async function openBook({ ledger, tx, today, post, approval, content, row }: Running): Promise<string[]> {
  const { book: code, on, summary, documents, balances, indicators } = content
  const book = await ledger.shelf.find(code)
  assert(book, 'a book that was proposed for is there')
  const lines = balances.map(lineDraft)
  await requireOpenable(tx, { book, on, today, indicators, documents, lines })
  if (lines.length === 0) return []
  const entries = await post({
    ...(await approvedBy(tx, approval)),
    key: effectName(takeOverNames.nameOf(row.id), row.registerRows),
    hand: 'take_over',
    entries: [{ book: code, draft: { on, summary, type: openingType, documents, lines } }],
  })
  return entries.map(({ bookId, sequence }) => entryId(bookId, sequence))
}

async function openIndicators({ tx, at, approval, content, row }: Running): Promise<void> {
  const { book, district, on, indicators } = content
  const codes = indicators.map(({ indicator }) => indicator)
  const standing = await lockIndicators(tx, codes)
  for (const given of indicators) {
    const before = standing.get(given.indicator)
    if (before && before.state !== 'rejected') {
      const state = inWords(indicatorStateNamesZh, before.state)
      throw refuseBudget('indicator_exists', { indicator: given.indicator, state })
    }
    const version = (before?.version ?? 0) + 1
    const made: Indicator = { ...given, book, district, kind: 'final', state: 'in_force', version }
    requireOpenYear(made, on)
    await putIndicator(tx, made)
    const body = { approval: approval.id, takeOver: takeOverNames.nameOf(row.id), ...given, book, district, on }
    await recordIndicator(tx, made, 'taken_over', { person: approval.maker, at, body })
  }
}

// --- The register ---------------------------------------------------------------------------------------------------

async function openRegister(running: Running): Promise<void> {
  const { ledger, tx, at, today, approval, content, row } = running
  const steps = stepsOf(content)
  const codes = [...new Set(steps.map(({ project }) => project))].toSorted()
  await lockProjects(tx, makerOf(running.approval), codes)
  const takeOver = takeOverNames.nameOf(row.id)
  for (const step of steps) {
    const { on, document } = step
    const given = { on, document, today, takeOver, person: approval.maker, at }
    const project = await standingOf(tx, running, step.project)
    if (step.step === 'batch') await joinBatch(tx, project, step, given)
    else if (step.step === 'state') await moveTakenOver(tx, project, step.to, given)
    else {
      const names = [{ project: step.project, version: step.version }]
      const key = `funding-plan:${approval.id}/${step.project}`
      await approvePlans(ledger, { ...running, today: on }, approval, { names, rows: [project], key })
    }
  }
}

/** The maker's word, wherever the maker works: whose projects they are was settled when it was proposed. */

const standingOf = (tx: Tx, running: Running, project: string): Promise<ProjectRow> =>
  lockProject(tx, makerOf(running.approval), project)
