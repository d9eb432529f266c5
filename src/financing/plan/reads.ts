/** Reading funding plans: a version whole, and every version without its lines. */
import { type Actor, demand } from '../../access/actor.ts'
import type { Sql } from '../../base/db.ts'
import { readProject } from '../../projects/project/store.ts'
import { refuse } from '../refusals.ts'
import type { Plan, PlanState } from './plan.ts'
import { type PlanHead, type PlanVersion, readPlanHead, versionsOf, wholeVersions } from './store.ts'

export type { PlanVersion } from './store.ts'

export type PlanView = PlanVersion & {
  readonly state: PlanState
  readonly approval: string | null
  readonly plan: Plan
}

/**
 * One version whole; the one in force, or the latest where none is, unless a version is named. Refuses
 * `plan_version_not_found`.
 */
export async function readPlan(sql: Sql, actor: Actor, project: string, version?: number): Promise<PlanView> {
  demand(actor, 'project.read')
  await readProject(sql, actor, project)
  const head = await readPlanHead(sql, project)
  const wanted = version ?? head?.approved ?? head?.version ?? 1
  const [found] = await wholeVersions(sql, [{ project, version: wanted }])
  if (!head || !found) throw refuse('plan_version_not_found', { project, version: wanted })
  return { ...found, ...stateIn(head, found) }
}

/** Every version, newest first, without its lines. */
export async function readPlans(
  sql: Sql,
  actor: Actor,
  project: string,
): Promise<(PlanVersion & { state: PlanState; approval: string | null })[]> {
  demand(actor, 'project.read')
  await readProject(sql, actor, project)
  const head = await readPlanHead(sql, project)
  if (!head) return []
  return (await versionsOf(sql, project)).map((version) => ({ ...version, ...stateIn(head, version) }))
}

function stateIn(head: PlanHead, { version, basis }: PlanVersion): { state: PlanState; approval: string | null } {
  if (version === head.approved) return { state: 'approved', approval: null }
  if (version === head.submitted) return { state: 'submitted', approval: head.approval }
  return { state: basis === head.approved ? 'draft' : 'replaced', approval: null }
}
