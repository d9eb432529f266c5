/** How a project goes on: documents that prove a step, works that stay unfinished, progress, and moving it on. */
import { formatFen } from '../../base/money.ts'
import { brought } from '../fact/fact.ts'
import { datedRefusals } from '../dated.ts'
import { refuse } from '../refusals.ts'
import {
  dayOfMove,
  documentable,
  documentBody,
  dwellingJson,
  progressBody,
  proposeFact,
  reportable,
  requireOfProject,
  requireStep,
  requireUnrecorded,
  scopeOf,
  takeStep,
  writeDocument,
  writeProgress,
} from './effect.ts'
import { moveForm, newDocument, newProgress, newUnfinished, scopeItemOf } from './forms.ts'
import { changeProject as writeProject, insertUnfinished, requireState } from './store.ts'
import { addToProject, alterProject } from './verbs.ts'

const addRefusals = ['project_not_found', 'project_state_wrong', 'idempotency_key_reused'] as const
/** What is refused of a fact that another person has to check. */
const checkedRefusals = ['evidence_missing', 'approval_pending'] as const

/**
 * Records a document of a project; it is never changed. A promise to fill the maintenance fund earns points: what a
 * person records of it counts when another has checked it.
 */
export const recordDocument = addToProject({
  kind: 'project.document',
  form: newDocument,
  refuses: [
    ...addRefusals,
    'day_in_future',
    'document_scope_missing',
    'community_not_of_project',
    'item_not_in_project',
    'dwelling_unknown',
    'document_recorded',
    ...checkedRefusals,
  ],
  body: documentBody,
  work: async (doing, row, given, body) => {
    const { tx, at, today, actor, passed } = doing
    const { kind, number, on } = given
    const { project } = row
    requireState(row, ...documentable)
    passed()
    if (on > today)
      throw refuse('day_in_future', { what: { zh: `文件 ${number} `, en: `Document ${number}` }, on, today })
    const scope = scopeOf(given)
    const needsScope = kind === 'waiver' || kind === 'design_change'
    if (needsScope && (scope?.items ?? []).length === 0) throw refuse('document_scope_missing', { kind })
    if (scope) await requireOfProject(tx, row, scope)
    if (kind === 'fund_promise' && !brought(actor)) {
      await requireUnrecorded(tx, { project, kind, number })
      return proposeFact(doing, row, { fact: 'promise', ...given })
    }
    return writeDocument(tx, row, given, { person: actor.person, at, body })
  },
})

/**
 * Records works that are not done, because a household refused them or something prevented them (clause 22). From then
 * on nothing is accepted until a signed waiver and a design change cover them.
 */
export const recordUnfinished = addToProject({
  kind: 'project.unfinished',
  form: newUnfinished,
  refuses: [...addRefusals, 'item_not_in_project', 'dwelling_unknown'],
  body: (given) => {
    const { item, dwelling } = scopeItemOf(given)
    const { cause, reason, cost } = given
    return { item, dwelling: dwelling ? dwellingJson(dwelling) : null, cause, reason, cost: formatFen(cost) }
  },
  work: async ({ tx, at, actor, passed }, row, given, body) => {
    const { project } = row
    const { item, dwelling } = scopeItemOf(given)
    requireState(row, 'under_way')
    passed()
    await requireOfProject(tx, row, { items: [scopeItemOf(given)] })
    const { cause, reason, cost: costFen } = given
    const recorded = { recordedBy: actor.person, recordedAt: at }
    await insertUnfinished(tx, { project, item, ...dwelling, cause, reason, costFen, ...recorded })
    return writeProject(tx, row, {}, { verb: 'unfinished_recorded', person: actor.person, at, body })
  },
})

/**
 * Reports how far works are on a day. A later report of the same day corrects it; both stay on record. What a person
 * reports counts when another has checked it.
 */
export const reportProgress = addToProject({
  kind: 'project.progress',
  form: newProgress,
  refuses: [...addRefusals, 'day_in_future', ...checkedRefusals],
  body: progressBody,
  work: async (doing, row, given, body) => {
    const { tx, at, today, actor, passed } = doing
    const { on } = given
    requireState(row, ...reportable)
    passed()
    if (on > today) throw refuse('day_in_future', { what: { zh: '进度', en: 'Progress' }, on, today })
    if (!brought(actor)) return proposeFact(doing, row, { fact: 'progress', ...given })
    return writeProgress(tx, row, given, { person: actor.person, at, body })
  },
})

// --- State
// --------------------------------------------------------------------------------------------------------------

/**
 * Moves a project to its next state, or out of the programme. Refuses by the first gate that is not passed
 * (project.ts). What a person asks is done when another has checked it, by the gates of that day.
 */
export const moveProject = alterProject({
  kind: 'project.move',
  form: moveForm,
  refuses: [
    'project_not_found',
    'version_stale',
    ...datedRefusals,
    'day_before_state',
    'project_move_unlawful',
    'project_planned_by_batch_only',
    'project_holds_money',
    'households_not_stated',
    'households_increase',
    'funding_plan_not_approved',
    'project_document_missing',
    'scope_reduction_unproven',
    ...checkedRefusals,
    'idempotency_key_reused',
  ],
  // What is absent leaves no mark: a key is answered with the content it had.
  body: ({ to, reason, on, document, sha256 }) => ({
    to,
    reason: reason ?? null,
    ...(on !== undefined && { on }),
    ...(document !== undefined && { document }),
    ...(sha256 !== undefined && { sha256 }),
  }),
  work: async (doing, row, { to, reason, ...given }, body) => {
    const { tx, today, actor, passed } = doing
    const on = await dayOfMove(tx, row, { on: given.on, document: given.document, today })
    const step = { to, reason, on }
    await requireStep(tx, row, step)
    if (brought(actor)) return takeStep(doing, row, step, body)
    passed()
    return proposeFact(doing, row, {
      fact: 'state',
      to,
      on,
      ...(reason !== undefined && { reason }),
      document: given.document,
      sha256: given.sha256,
    })
  },
})
