/**
 * What the caller may do now with one thing: each operation of it, tried by the very verb that does it, up to where the
 * state of the thing and the caller's rights have been looked at. What is not allowed says why in the words of the
 * refusal; what is allowed may still be refused for what is asked, such as an amount.
 */
import * as z from 'zod'
import { cancelJob, readJob, retryJob } from '../../../jobs/actions.ts'
import { jobId } from '../../../jobs/forms.ts'
import type { Actor } from '../../access/actor.ts'
import { inAllocation } from '../../allocation/forms.ts'
import { showAllocation } from '../../allocation/reads.ts'
import { redraftAllocation, submitAllocation, supplementAllocation } from '../../allocation/verbs.ts'
import { type Verdict, verdicts } from '../../approvals/approval.ts'
import { approvalId } from '../../approvals/forms.ts'
import { findApproval } from '../../approvals/reads.ts'
import { inVersion } from '../../financing/plan/forms.ts'
import { readPlan } from '../../financing/plan/reads.ts'
import { changeScope, draftPlan, submitPlan } from '../../financing/plan/verbs.ts'
import { about, bookCode, entryIdForm, month } from '../../form/field.ts'
import { refusalOf } from '../../ledger/act.ts'
import { reverseEntry } from '../../ledger/actions.ts'
import { bookFor, type Ledger, placeOf, todayOf } from '../../ledger/ledger.ts'
import { closePeriod } from '../../ledger/period.ts'
import { ofPlan } from '../../projects/annual-plan/forms.ts'
import { showPlan } from '../../projects/annual-plan/reads.ts'
import { changePlan, fixBatch } from '../../projects/annual-plan/verbs.ts'
import { ofProject } from '../../projects/project/forms.ts'
import { moves } from '../../projects/project/project.ts'
import { showProject } from '../../projects/project/reads.ts'
import { moveProject, recordDocument, recordUnfinished, reportProgress } from '../../projects/project/steps.ts'
import { changeCoverage, changeItems, changeProject } from '../../projects/project/verbs.ts'
import { requestClawback } from '../../release/clawback/verbs.ts'
import { releaseOf } from '../../release/release/reads.ts'
import { makeVoucher } from '../../vouchers/voucher/verbs.ts'
import { decideApproval } from '../../workflow/decide.ts'
import { askForReopening } from '../../workflow/reopening.ts'
import { refusalView } from '../problem.ts'
import type { RefusalCode } from '../refusal-forms.ts'
import { reply, type Right, type Route, route, type tags } from '../route.ts'
import { ofRelease } from './claims.ts'

/** One operation, and how it is asked for. `with`: the part of the request that it is tried with. */
type Action = {
  readonly action: string
  readonly with?: Readonly<Record<string, string>>
  readonly ask: (trial: Ledger) => Promise<unknown>
}

const actionForm = z
  .strictObject({
    action: z
      .string()
      .meta(about('接口（operationId），名称见 /v1/terms 的 operations', 'operation; its name is in /v1/terms')),
    with: z.exactOptional(
      z.record(z.string(), z.string()).meta(about('所试请求的内容', 'the part of the request it was tried with')),
    ),
    allowed: z.boolean(),
    code: z.exactOptional(z.string().meta(about('不能办理的代码', 'why not'))),
    detail: z.exactOptional(z.string().meta(about('不能办理的原因与下一步', 'why not, and what to do'))),
    clause: z.exactOptional(z.string().meta(about('所依据的条款', 'the clause it rests on'))),
  })
  .meta({ id: 'Action', ...about('此刻能否办理的一件事', 'something that may be done now, or why it may not') })
const actionsForm = z.strictObject({ actions: z.array(actionForm) })

type Of<Params extends z.ZodObject> = {
  readonly path: string
  readonly id: string
  readonly tag: keyof typeof tags
  readonly zh: string
  readonly en: string
  /** That of reading the thing. */
  readonly right: Right
  readonly params: Params
  readonly refuses: readonly RefusalCode[]
  /** Reads the thing first, so that it is as unknown here as there. */
  readonly actions: (ledger: Ledger, actor: Actor, params: z.output<Params>) => Promise<readonly Action[]>
}

const actionsOf = <Params extends z.ZodObject>({ path, zh, en, actions, ...said }: Of<Params>): Route =>
  route({
    ...said,
    method: 'GET',
    path: `${path}/actions`,
    summary: { zh: `${zh}此刻能办理什么`, en: `What may be done with ${en} now` },
    description: {
      zh: '由办理时同样的检查得出，不写入任何内容。可以办理的，仍可能因所填内容（如金额）被拒绝。',
      en: 'By the same gates that refuse; nothing is written. What is allowed may still be refused for what is asked, such as an amount.',
    },
    answers: { 200: { about: { zh: '各项', en: 'Each of them' }, schema: actionsForm } },
    handle: async ({ actor, params, language, service: { ledger } }) => {
      const found: z.input<typeof actionForm>[] = []
      // One after the other: each takes the locks of what it tries.
      // A person who has yet to prove himself is asked to when he does it: that is no reason against it.
      for (const { ask, ...action } of await actions(ledger, { ...actor, unproved: false }, params)) {
        const refusal = await refusalOf(ledger, ask)
        const why = refusal && refusalView(refusal, language)
        found.push({
          ...action,
          allowed: !why,
          ...(why && { code: why.code, detail: why.detail, ...(why.clause !== undefined && { clause: why.clause }) }),
        })
      }
      return reply(200, { actions: found })
    },
  })

/** What a trial names and no more: it ends before the rest of a request is looked at. */
const untold = (named: object): never => named as never
const noKey = ''
const someReason = '—'

const ofApproval = actionsOf({
  path: '/v1/approvals/{id}',
  id: 'actionsOfApproval',
  tag: 'approvals',
  zh: '一个审批事项',
  en: 'an approval',
  right: 'approval.read',
  params: z.strictObject({ id: approvalId }),
  refuses: ['approval_not_found'],
  actions: async (ledger, actor, { id }) => {
    const { hash } = await findApproval(ledger.database.sql, actor, id)
    return verdicts.map((verdict: Verdict) => ({
      action: 'decideApproval',
      with: { verdict },
      ask: (trial) => decideApproval(trial, actor, { approval: id, verdict, hash, reason: someReason }, noKey),
    }))
  },
})

const ofOneProject = actionsOf({
  path: '/v1/projects/{project}',
  id: 'actionsOfProject',
  tag: 'projects',
  zh: '一个项目',
  en: 'a project',
  right: 'project.read',
  params: ofProject,
  refuses: ['project_not_found'],
  actions: async (ledger, actor, { project }) => {
    const on = todayOf(ledger)
    const { state } = (await showProject(ledger, actor, project, on)).project
    const details = { name: '', implementer: '' }
    const adding = [
      ['changeProject', (trial: Ledger) => changeProject(trial, actor, untold({ project, ...details }), noKey)],
      ['changeCoverage', (trial: Ledger) => changeCoverage(trial, actor, untold({ project, buildings: [] }), noKey)],
      ['changeItems', (trial: Ledger) => changeItems(trial, actor, untold({ project, items: [] }), noKey)],
      ['draftFundingPlan', (trial: Ledger) => draftPlan(trial, actor, untold({ project }), noKey)],
      ['changeScope', (trial: Ledger) => changeScope(trial, actor, untold({ project }), noKey)],
      ['recordDocument', (trial: Ledger) => recordDocument(trial, actor, untold({ project }), noKey)],
      ['recordUnfinished', (trial: Ledger) => recordUnfinished(trial, actor, untold({ project, cost: 0n }), noKey)],
      ['reportProgress', (trial: Ledger) => reportProgress(trial, actor, untold({ project, on }), noKey)],
    ] as const
    const moving = moves[state].map((to) => ({
      action: 'moveProject',
      with: { to },
      ask: (trial: Ledger) => moveProject(trial, actor, { project, version: undefined, to, reason: someReason }, noKey),
    }))
    return [...adding.map(([action, ask]) => ({ action, ask })), ...moving]
  },
})

const ofFundingPlan = actionsOf({
  path: '/v1/projects/{project}/funding-plans/{version}',
  id: 'actionsOfFundingPlan',
  tag: 'plans',
  zh: '一版资金方案',
  en: 'a version of a funding plan',
  right: 'project.read',
  params: inVersion,
  refuses: ['project_not_found', 'plan_version_not_found'],
  actions: async (ledger, actor, { project, version }) => {
    await readPlan(ledger.database.sql, actor, project, version)
    return [
      {
        action: 'submitFundingPlan',
        ask: (trial) => submitPlan(trial, actor, { project, version }, noKey),
      },
    ]
  },
})

const ofYearlyPlan = actionsOf({
  path: '/v1/plans/{district}/{year}',
  id: 'actionsOfPlan',
  tag: 'plans',
  zh: '一个年度计划',
  en: 'a yearly plan',
  right: 'project.read',
  params: ofPlan,
  refuses: ['plan_not_found'],
  actions: async (ledger, actor, { district, year }) => {
    const { batches } = await showPlan(ledger, actor, { district, year }, todayOf(ledger))
    const batch = Math.max(0, ...batches.map((one) => one.batch)) + 1
    const fixed = { district, year, batch, version: undefined, mode: 'strict' } as const
    return [
      { action: 'changePlan', ask: (trial) => changePlan(trial, actor, untold({ district, year }), noKey) },
      {
        action: 'fixBatch',
        with: { batch: String(batch), mode: fixed.mode },
        ask: (trial) => fixBatch(trial, actor, fixed, noKey),
      },
    ]
  },
})

const ofOneAllocation = actionsOf({
  path: '/v1/allocations/{allocation}',
  id: 'actionsOfAllocation',
  tag: 'allocations',
  zh: '一个资金分配',
  en: 'an allocation',
  right: 'allocation.read',
  params: inAllocation,
  refuses: ['allocation_not_found'],
  actions: async (ledger, actor, { allocation }) => {
    await showAllocation(ledger, actor, allocation)
    const named = { allocation, changes: undefined }
    return [
      { action: 'redraftAllocation', ask: (trial) => redraftAllocation(trial, actor, untold(named), noKey) },
      { action: 'submitAllocation', ask: (trial) => submitAllocation(trial, actor, named, noKey) },
      {
        action: 'supplementAllocation',
        ask: (trial) => supplementAllocation(trial, actor, untold({ supplements: allocation }), noKey),
      },
    ]
  },
})

const ofOneRelease = actionsOf({
  path: '/v1/releases/{id}',
  id: 'actionsOfRelease',
  tag: 'releases',
  zh: '一笔拨付',
  en: 'a release',
  right: 'allocation.read',
  params: ofRelease,
  refuses: ['release_not_found'],
  actions: async (ledger, actor, { id }) => {
    const { kind } = await releaseOf(ledger, actor, id)
    const grounds = [...(kind === 'early' ? (['early'] as const) : []), 'error', 'finding'] as const
    return grounds.map((ground) => ({
      action: 'requestClawback',
      with: { ground },
      ask: (trial) =>
        requestClawback(trial, actor, { release: id, ground, document: someReason, reason: someReason }, noKey),
    }))
  },
})

const ofEntry = actionsOf({
  path: '/v1/entries/{id}',
  id: 'actionsOfEntry',
  tag: 'entries',
  zh: '一张凭证',
  en: 'an entry',
  right: 'book.read',
  params: z.strictObject({ id: entryIdForm }),
  refuses: ['entry_not_found'],
  actions: async (ledger, actor, { id }) => {
    await placeOf(ledger, actor, id, 'book.read')
    const given = { on: todayOf(ledger), reason: someReason }
    return [
      {
        action: 'makeVoucher',
        with: { reverses: id },
        ask: (trial) => makeVoucher(trial, actor, { ...given, reverses: id }, noKey),
      },
      { action: 'reverseEntry', ask: (trial) => reverseEntry(trial, actor, id, given, noKey) },
    ]
  },
})

const ofPeriod = actionsOf({
  path: '/v1/books/{book}/periods/{period}',
  id: 'actionsOfPeriod',
  tag: 'periods',
  zh: '账套的一个月',
  en: 'a month of a book',
  right: 'book.read',
  params: z.strictObject({ book: bookCode, period: month }),
  refuses: ['book_not_found'],
  actions: async (ledger, actor, { book, period }) => {
    await bookFor(ledger, actor, book, 'book.read')
    return [
      { action: 'closePeriod', ask: (trial) => closePeriod(trial, actor, book, period) },
      {
        action: 'requestReopening',
        ask: (trial) => askForReopening(trial, actor, { book, period, reason: someReason }, noKey),
      },
    ]
  },
})

const ofJob = actionsOf({
  path: '/v1/jobs/{id}',
  id: 'actionsOfJob',
  tag: 'jobs',
  zh: '一个作业',
  en: 'a job',
  right: 'job.read',
  params: z.strictObject({ id: jobId }),
  refuses: ['job_not_found'],
  actions: async (ledger, actor, { id }) => {
    await readJob(ledger, actor, id)
    return [
      { action: 'retryJob', ask: (trial) => retryJob(trial, actor, { id }, noKey) },
      { action: 'cancelJob', ask: (trial) => cancelJob(trial, actor, { id, reason: someReason }, noKey) },
    ]
  },
})

export const actionRoutes: readonly Route[] = [
  ofApproval,
  ofOneProject,
  ofFundingPlan,
  ofYearlyPlan,
  ofOneAllocation,
  ofOneRelease,
  ofEntry,
  ofPeriod,
  ofJob,
]
