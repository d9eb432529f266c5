/** How far a project is: documents that prove a step, works that stay unfinished, progress, and moving it on. */
import { projectForm, waitingProject } from '../../projects/project/forms.ts'
import { moveProject, recordDocument, recordUnfinished, reportProgress } from '../../projects/project/steps.ts'
import { verbRoute } from '../derive.ts'
import { type Route, versionTag } from '../route.ts'

const adding = {
  tag: 'projects',
  status: 201,
  about: { zh: '已登记', en: 'Recorded' },
  answer: projectForm,
  headers: versionTag,
} as const

const document = verbRoute(recordDocument, {
  ...adding,
  waits: waitingProject,
  path: '/v1/projects/{project}/documents',
  id: 'recordDocument',
  summary: { zh: '登记项目文件', en: 'Record a document of a project' },
  description: {
    zh: '文件只登记不修改。维修资金承诺可写明小区（缺省为全部）；未完成项的签字说明和设计变更须写明改造内容。由人登记的承诺须写明已上传的原件，经另一人复核后计入（202）。',
    en: 'Recorded and never changed. A promise may name communities (all by default); a waiver or design change names items. A promise that a person records names an original uploaded before and counts once another has checked it (202).',
  },
})

const unfinished = verbRoute(recordUnfinished, {
  ...adding,
  path: '/v1/projects/{project}/unfinished',
  id: 'recordUnfinished',
  summary: { zh: '登记未完成项', en: 'Record works that are not done' },
  description: {
    zh: '因住户不同意或其他客观因素不能完成的工程。登记后须有住户签字说明和设计变更才能竣工验收。',
    en: 'Works a household refused or something prevented. Until a signed waiver and a design change cover them nothing is accepted.',
  },
})

const progress = verbRoute(reportProgress, {
  ...adding,
  waits: waitingProject,
  path: '/v1/projects/{project}/progress',
  id: 'reportProgress',
  summary: { zh: '填报项目进度', en: 'Report progress' },
  description: {
    zh: '截至某日的完成比例。同日再次填报即为更正，各次均保留。由人填报的须写明已上传的原件（sha256），经另一人复核后计入（202）。',
    en: 'Share of the works done by a day. A later report of the same day corrects it; both stay. What a person says names an original uploaded before and counts once another has checked it (202).',
  },
})

const move = verbRoute(moveProject, {
  ...adding,
  waits: waitingProject,
  path: '/v1/projects/{project}/state',
  id: 'moveProject',
  summary: { zh: '变更项目状态', en: 'Move a project to its next state' },
  description: {
    zh: '储备 → 列入计划（随年度计划批次）→ 实施 → 竣工验收 → 决算 → 移交；实施前可以退出。每一步的条件不满足即拒绝，并说明条款和下一步。由人变更的须写明已上传的原件（document、sha256），经另一人复核后生效（202）。',
    en: 'Reserve, planned (with a batch of a yearly plan), under way, accepted, settled, handed over; withdrawn before works begin. Refused by the first gate that is not passed. What a person says names an original uploaded before and counts once another has checked it (202).',
  },
  status: 200,
  about: { zh: '已变更', en: 'Moved' },
})

export const projectStepRoutes: readonly Route[] = [document, unfinished, progress, move]
