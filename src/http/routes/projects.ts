/** Projects: registering, changing, what they cover and cost, and reading them. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { businessDay } from '../../base/calendar.ts'
import { about, day, districtCode, year } from '../../form/field.ts'
import {
  batchNumber,
  bundleCode,
  kindForm,
  ofProject,
  projectForm,
  stateForm,
  wholeProjectForm,
  wholeProjectView,
} from '../../projects/project/forms.ts'
import { listProjects, showProject } from '../../projects/project/reads.ts'
import { changeCoverage, changeItems, changeProject, registerProject } from '../../projects/project/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, same, versionTag } from '../route.ts'

const register = verbRoute(registerProject, {
  path: '/v1/projects',
  id: 'registerProject',
  tag: 'projects',
  summary: { zh: '登记储备项目', en: 'Register a project in the reserve' },
  status: 201,
  about: { zh: '已登记', en: 'Registered' },
  answer: projectForm,
  headers: (made) => ({ location: `/v1/projects/${encodeURIComponent(made.project)}`, ...versionTag(made) }),
})

const changing = {
  method: 'PUT',
  tag: 'projects',
  status: 200,
  about: { zh: '已修改', en: 'Changed' },
  answer: projectForm,
  headers: versionTag,
} as const

const change = verbRoute(changeProject, {
  ...changing,
  path: '/v1/projects/{project}',
  id: 'changeProject',
  summary: { zh: '修改项目', en: 'Change a project' },
})

const coverage = verbRoute(changeCoverage, {
  ...changing,
  path: '/v1/projects/{project}/buildings',
  id: 'changeCoverage',
  summary: { zh: '确定项目的楼栋', en: 'Say which buildings a project covers' },
  description: {
    zh: '每次提交全部楼栋。一栋楼同时只能在一个未完成的同类项目中。资金方案批准后不能直接修改。',
    en: 'All of them, each time. A building stands in one unfinished project of a kind. Not after the funding plan was approved.',
  },
})

const items = verbRoute(changeItems, {
  ...changing,
  path: '/v1/projects/{project}/items',
  id: 'changeItems',
  summary: { zh: '确定项目的改造内容', en: 'Say what a project consists of and costs' },
  description: {
    zh: '每次提交全部改造内容及造价，代码须在当日清单内。资金方案批准后不能直接修改。',
    en: 'Every item with its cost, each time; codes of the catalogue of the day. Not after the funding plan was approved.',
  },
})

const listAll = listRoute({
  path: '/v1/projects',
  id: 'listProjects',
  tag: 'projects',
  summary: { zh: '项目列表', en: 'Projects' },
  right: 'project.read',
  standby: always,
  filter: {
    district: z.exactOptional(districtCode),
    state: z.exactOptional(stateForm),
    kind: z.exactOptional(kindForm),
    year: z.exactOptional(year),
    batch: z.exactOptional(batchNumber),
    bundle: z.exactOptional(bundleCode),
  },
  about: { zh: '一页项目', en: 'A page of projects' },
  item: projectForm,
  list: ({ actor, query, service }) =>
    isElsewhere(actor, query.district)
      ? undefined
      : {
          name: ['projects', actor.district ?? null, query],
          place: z.string(),
          read: (after = '', limit) => listProjects(service.ledger, actor, { ...query, after, limit }),
          placeOf: ({ project }) => project,
          view: same,
        },
})

const read = route({
  method: 'GET',
  path: '/v1/projects/{project}',
  id: 'readProject',
  tag: 'projects',
  summary: { zh: '项目及其全部情况', en: 'A project with everything known of it' },
  right: 'project.read',
  params: ofProject,
  query: z.strictObject({
    asOf: z.exactOptional(day.meta(about('截至哪一天的状态和进度', 'state and progress as of this day'))),
  }),
  answers: { 200: { about: { zh: '项目', en: 'The project' }, schema: wholeProjectForm } },
  refuses: ['project_not_found'],
  handle: async ({ actor, params, query, service }) => {
    const { ledger } = service
    const asOf = query.asOf ?? businessDay(ledger.clock())
    const whole = await showProject(ledger, actor, params.project, asOf)
    return reply(200, wholeProjectView(whole), versionTag(whole.project))
  },
})

export const projectRoutes: readonly Route[] = [register, change, coverage, items, listAll, read]
