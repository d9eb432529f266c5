/** What comes in and goes out of yearly plans. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { formatFen } from '../../base/money.ts'
import { about, amount, amountOut, districtCode, oneOf, projectCode, year } from '../../form/field.ts'
import { formatArea } from '../community/community.ts'
import { areaOut, changeForm, versionOut } from '../community/forms.ts'
import { datedShape } from '../project/forms.ts'
import { projectStates } from '../terms.ts'
import { type BatchChoice, batchModes, type SeismicEnergyMonitor } from './annual-plan.ts'
import type { PlanRead } from './reads.ts'
import type { PlanRow } from './store.ts'

export const modeForm = oneOf(batchModes).meta(
  about(
    'strict 按序至额满为止；fill 按序并以后面能容纳的补足',
    'strict stops at the first that does not fit; fill goes on',
  ),
)
const rank = z.int({ error: 'positive' }).min(1, { error: 'positive' }).max(100_000, { error: 'positive' })
const batchIn = z
  .string({ error: 'positive' })
  .regex(/^[1-9][0-9]?$/, { error: 'positive', abort: true })
  .transform(Number)
  .meta({ ...about('批次', 'batch'), type: 'integer', minimum: 1, maximum: 99 })

export const ofPlan = z.strictObject({ district: districtCode, year })
export const ofBatch = z.strictObject({ district: districtCode, year, batch: batchIn })

// --- Requests -------------------------------------------------------------------------------------------------------

const queueMost = 2_000
const contentShape = {
  capacity: amount.meta(about('年度财力（元）', 'what the district can bear in the year')),
  queue: z
    .array(
      z
        .strictObject({
          project: projectCode,
          priority: rank.meta(about('排序，小者优先', 'place in the queue, the lower first')),
          need: amount.meta(about('当年所需资金（元）', 'what it needs of the year’s money')),
        })
        .meta({ id: 'QueueEntry', ...about('排队项目', 'a place in the queue') }),
      { error: `list:0:${queueMost}` },
    )
    .max(queueMost, { error: `list:0:${queueMost}` })
    .default([]),
}
export const planContent = z.strictObject(contentShape)
export type PlanContent = z.output<typeof planContent>
export const newPlan = z.strictObject({
  district: districtCode,
  year: z.int({ error: 'year' }).min(2000, { error: 'year' }).max(2100, { error: 'year' }).meta(about('年度', 'year')),
  ...contentShape,
})
export const batchForm = z.strictObject({ mode: modeForm, ...datedShape })

// --- Answers --------------------------------------------------------------------------------------------------------

const needOut = amountOut('当年所需资金（元）', 'need')
const planShape = {
  district: districtCode,
  year: z.int(),
  capacity: amountOut('年度财力（元）', 'capacity'),
  version: versionOut,
}
export const planSummary = z.strictObject(planShape).meta({ id: 'PlanSummary' })
export const planContentForm = z
  .strictObject({
    ...planShape,
    queue: z.array(z.strictObject({ project: z.string(), priority: z.int(), need: needOut })),
  })
  .meta({ id: 'PlanContent', ...about('年度计划', 'a yearly plan') })

const choiceShape = {
  projects: z.array(z.strictObject({ project: z.string(), need: needOut })),
  total: amountOut('列入项目合计（元）', 'what they need together'),
  left: amountOut('剩余财力（元）', 'what is left'),
  stoppedAt: z.union([z.string(), z.null()]).meta(about('首个容纳不下的项目', 'the first that does not fit')),
}
export const triedBatch = z.strictObject(choiceShape).meta({ id: 'TriedBatch' })
export const fixedBatch = z
  .strictObject({
    district: districtCode,
    year: z.int(),
    batch: z.int(),
    mode: modeForm,
    ...choiceShape,
    version: versionOut,
  })
  .meta({ id: 'FixedBatch', ...about('已确定的批次', 'a batch that is fixed') })

const monitorForm = z
  .strictObject({
    basic: areaOut('基础类改造总量（㎡）', 'volume of basic works'),
    seismicEnergy: areaOut('其中抗震、节能综合改造（㎡）', 'of it comprehensive seismic and energy renovation'),
    minimum: areaOut('应不低于（㎡）', 'at least'),
    shortfall: areaOut('差额（㎡）', 'wanting'),
    clause: z.string(),
  })
  .meta({ id: 'SeismicEnergyMonitor', ...about('抗震、节能改造比例监测', 'the minimum of clause 3') })

export const planForm = z
  .strictObject({
    ...planShape,
    left: amountOut('剩余财力（元）', 'what is left'),
    queue: z.array(
      z.strictObject({
        project: z.string(),
        name: z.string(),
        priority: z.int(),
        need: needOut,
        state: oneOf(projectStates),
        batch: z.union([z.int(), z.null()]),
      }),
    ),
    batches: z.array(
      z.strictObject({
        batch: z.int(),
        mode: modeForm,
        projects: z.int(),
        total: amountOut('合计（元）', 'total'),
        fixedBy: z.string(),
        fixedAt: z.string(),
      }),
    ),
    monitor: z.strictObject({
      fixed: monitorForm.meta(about('已确定批次', 'of what is fixed')),
      queued: monitorForm.meta(about('全部排队项目', 'of the whole queue')),
    }),
    history: z.array(changeForm),
  })
  .meta({ id: 'Plan', ...about('年度计划及其监测', 'a yearly plan with its monitor') })

export const summaryView = ({ capacityFen, ...row }: PlanRow): z.input<typeof planSummary> => ({
  ...row,
  capacity: formatFen(capacityFen),
})

/** A choice as it is answered: what is taken, what it needs, what is left, where the queue did not fit. */
export const choiceView = ({ taken, totalFen, leftFen, stoppedAt }: BatchChoice): z.input<typeof triedBatch> => ({
  projects: taken.map(({ project, needFen }) => ({ project, need: formatFen(needFen) })),
  total: formatFen(totalFen),
  left: formatFen(leftFen),
  stoppedAt: stoppedAt?.project ?? null,
})

const monitorView = (monitor: SeismicEnergyMonitor): z.input<typeof monitorForm> => ({
  basic: formatArea(monitor.basicDm2),
  seismicEnergy: formatArea(monitor.seismicEnergyDm2),
  minimum: formatArea(monitor.minimumDm2),
  shortfall: formatArea(monitor.shortfallDm2),
  clause: monitor.clause,
})

export const planView = ({
  row,
  queue,
  batches,
  leftFen,
  monitor,
}: PlanRead): Omit<z.input<typeof planForm>, 'history'> => ({
  district: row.district,
  year: row.year,
  capacity: formatFen(row.capacityFen),
  version: row.version,
  left: formatFen(leftFen),
  queue: queue.map(({ needFen, ...entry }) => ({ ...entry, need: formatFen(needFen) })),
  batches: batches.map(({ totalFen, fixedBy, at, ...batch }) => ({
    ...batch,
    total: formatFen(totalFen),
    fixedBy,
    fixedAt: formatInstant(at),
  })),
  monitor: { fixed: monitorView(monitor.fixed), queued: monitorView(monitor.queued) },
})
