/** Everything that touched a thing, one route a noun: what was done, who decided it step by step, what was posted. */
import * as z from 'zod'
import { inAllocation } from '../../allocation/forms.ts'
import { formatInstant } from '../../base/calendar.ts'
import { commitmentId } from '../../budget/commitment/forms.ts'
import { ofIndicator } from '../../budget/indicator/forms.ts'
import { about, anyJson, inBook, instantOut, oneOf } from '../../form/field.ts'
import { ofPlan } from '../../projects/annual-plan/forms.ts'
import { ofCommunity } from '../../projects/community/forms.ts'
import { ofProject } from '../../projects/project/forms.ts'
import { historyAfter, type HistoryNoun, type HistoryRow, requireHistory } from '../../workflow/history/reads.ts'
import { listRoute } from '../derive.ts'
import type { RefusalCode } from '../refusal-forms.ts'
import type { Right, Route } from '../route.ts'
import { pageOf } from '../views.ts'
import { ofRelease } from './claims.ts'

const event = z
  .strictObject({
    at: instantOut('登记时刻', 'when it was recorded'),
    what: oneOf(['act', 'decision', 'entry']).meta(
      about('act 办理，decision 审批的一步，entry 记账凭证', 'an act, a step of an approval, or an entry'),
    ),
    noun: z.string().meta(about('何种事物，如 release', 'of which thing, such as release')),
    id: z.string().meta(about('其编号', 'its id')),
    version: z.union([z.int(), z.null()]).meta(about('版本或审批步骤', 'version, or step of the approval')),
    verb: z.string().meta(about('发生了什么', 'what happened')),
    person: z.string().meta(about('何人：批准而生效的，为最后批准的人', 'who; of what took effect, who decided last')),
    body: anyJson,
  })
  .meta({ id: 'HistoryEvent', ...about('发生的一件事', 'something that happened') })

const page = pageOf(event).meta({ id: 'HistoryPage', ...about('一页经过', 'a page of a history') })

type Given = {
  readonly noun: HistoryNoun
  readonly path: string
  readonly id: string
  readonly zh: string
  readonly en: string
  readonly params: z.ZodObject
  readonly right: Right
  readonly refuses: readonly RefusalCode[]
}

const historyRoute = ({ noun, path, id, zh, en, params, right, refuses }: Given): Route =>
  listRoute<HistoryRow, Record<string, never>, z.ZodObject, [string, string]>({
    path: `${path}/history`,
    id,
    tag: 'history',
    summary: { zh: `${zh}的全部经过`, en: `Everything that touched ${en}` },
    description: {
      zh: '办理、审批的每一步及其人员、所记凭证（含红字）、有关的拨付、收回、清偿，按登记时刻排列。',
      en: 'Acts, each step of approvals with its person, entries and red entries, releases, claw-backs and settlements, in the order in which they were recorded.',
    },
    right,
    params,
    filter: {},
    about: { zh: '一页经过，旧的在前', en: 'A page, oldest first' },
    item: event,
    page,
    refuses,
    list: async ({ actor, params: named, service: { ledger } }) => {
      const of = { noun, id: Object.values(named).map(String).join('-') }
      await requireHistory(ledger, actor, of)
      return {
        name: ['history', of, actor.district ?? null],
        place: z.tuple([z.string().regex(/^-?[0-9]{1,18}$/), z.string()]),
        read: (after: [string, string] | undefined, limit: number) =>
          historyAfter(ledger, actor, of, { after: after && { at: BigInt(after[0]), key: after[1] }, limit }),
        placeOf: ({ at, key }: HistoryRow): [string, string] => [at.toString(), key],
        view: ({ key: _, at, ...row }: HistoryRow) => ({ at: formatInstant(at), ...row }),
      }
    },
  })

const byAllocation = { right: 'allocation.read' } as const
const byProject = { right: 'project.read' } as const

export const historyRoutes: readonly Route[] = [
  historyRoute({
    ...byAllocation,
    noun: 'indicator',
    path: '/v1/indicators/{indicator}',
    id: 'readIndicatorHistory',
    zh: '指标',
    en: 'an indicator',
    params: ofIndicator,
    refuses: ['indicator_not_found'],
  }),
  historyRoute({
    ...byProject,
    noun: 'project',
    path: '/v1/projects/{project}',
    id: 'readProjectHistory',
    zh: '项目',
    en: 'a project',
    params: ofProject,
    refuses: ['project_not_found'],
  }),
  historyRoute({
    ...byProject,
    noun: 'plan',
    path: '/v1/plans/{district}/{year}',
    id: 'readPlanHistory',
    zh: '年度计划',
    en: 'a yearly plan',
    params: ofPlan,
    refuses: ['plan_not_found'],
  }),
  historyRoute({
    ...byProject,
    noun: 'community',
    path: '/v1/communities/{community}',
    id: 'readCommunityHistory',
    zh: '小区',
    en: 'a community',
    params: ofCommunity,
    refuses: ['community_not_found'],
  }),
  historyRoute({
    ...byAllocation,
    noun: 'allocation',
    path: '/v1/allocations/{allocation}',
    id: 'readAllocationHistory',
    zh: '资金分配',
    en: 'an allocation',
    params: inAllocation,
    refuses: ['allocation_not_found'],
  }),
  historyRoute({
    ...byAllocation,
    noun: 'release',
    path: '/v1/releases/{id}',
    id: 'readReleaseHistory',
    zh: '拨付',
    en: 'a release',
    params: ofRelease,
    refuses: ['release_not_found'],
  }),
  historyRoute({
    ...byAllocation,
    noun: 'commitment',
    path: '/v1/commitments/{id}',
    id: 'readCommitmentHistory',
    zh: '承诺',
    en: 'a commitment',
    params: z.strictObject({ id: commitmentId }),
    refuses: ['commitment_not_found'],
  }),
  historyRoute({
    ...byAllocation,
    noun: 'cash_plan',
    path: '/v1/books/{book}/cash-plans',
    id: 'readCashPlanHistory',
    zh: '账套用款计划',
    en: 'the cash plans of a book',
    params: inBook,
    refuses: ['book_not_found'],
  }),
]
