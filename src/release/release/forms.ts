/** What goes out of releases, their claw-backs and instructions, and what is approved of a release. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import type { Json } from '../../base/json.ts'
import { formatFen } from '../../base/money.ts'
import { anyJson, day, oneOf, quarter, storedAmount } from '../../form/field.ts'
import type { ClawbackRow } from '../clawback/store.ts'
import type { Instruction } from '../instruction/store.ts'
import { clawbackNames, releaseNames } from './release.ts'
import type { ReleaseRow } from './store.ts'

export type ReleaseView = {
  release: string
  allocation: string
  district: string
  tranche: number
  kind: ReleaseRow['kind']
  amount: string
  clawed: string
  state: ReleaseRow['state']
  conditions: Json
  quarter?: string
  run?: number
  scoreVersion?: number
  on?: string
  releasedOn?: string
  approval: string
  draftedBy: string
  draftedAt: string
}

export const releaseView = (row: ReleaseRow): ReleaseView => ({
  release: releaseNames.nameOf(row.id),
  allocation: row.allocation,
  district: row.district,
  tranche: row.tranche,
  kind: row.kind,
  amount: formatFen(row.amountFen),
  clawed: formatFen(row.clawedFen),
  state: row.state,
  conditions: row.conditions,
  ...(row.quarter !== null && { quarter: row.quarter }),
  ...(row.run !== null && { run: row.run }),
  ...(row.scoreVersion !== null && { scoreVersion: row.scoreVersion }),
  ...(row.on !== null && { on: row.on }),
  ...(row.releasedOn !== null && { releasedOn: row.releasedOn }),
  approval: row.approval,
  draftedBy: row.draftedBy,
  draftedAt: formatInstant(row.draftedAt),
})

export type ClawbackView = {
  clawback: string
  ground: ClawbackRow['ground']
  cause: ClawbackRow['cause']
  document: string
  reason: string
  asked: string
  /** What the quota still held and gave back; absent until it is posted. */
  taken?: string
  outstanding?: string
  /** What came back of which project; absent until it is posted. */
  projects?: { project: string; amount: string }[]
  /** What is spent, if anything is: how much, due when, and what was settled of it. */
  claim?: { amount: string; settled: string; dueOn: string }
  state: ClawbackRow['state']
  approval: string
}

export const clawbackView = (row: ClawbackRow): ClawbackView => ({
  clawback: clawbackNames.nameOf(row.id),
  ground: row.ground,
  cause: row.cause,
  document: row.document,
  reason: row.reason,
  asked: formatFen(row.askedFen),
  ...(row.takenFen !== null && {
    taken: formatFen(row.takenFen),
    outstanding: formatFen(row.askedFen - row.takenFen),
  }),
  state: row.state,
  approval: row.approval,
})

export type InstructionView = {
  reference: string
  amount: string
  hash: string
  state: Instruction['state']
  receipt?: string
  sentAt?: string
}

export type ReleaseDetail = ReleaseView & {
  /** By project, less what came back. */
  projects: { project: string; amount: string }[]
  clawbacks: ClawbackView[]
  instructions: InstructionView[]
}

/** What is approved of a release. */
export const releaseContent = z.strictObject({
  allocation: z.string(),
  district: z.string(),
  indicator: z.string(),
  tranche: z.int(),
  kind: oneOf(['normal', 'early']),
  amount: storedAmount,
  allotted: storedAmount,
  released: storedAmount,
  recovery: storedAmount,
  cashPlan: storedAmount,
  /** What it was drafted on: progress and its least, or score, satisfaction and progress. */
  conditions: z.record(z.string(), z.string()),
  clauses: z.array(z.strictObject({ parameter: z.string(), clause: z.string() })),
  /** The same with what each says and since when; content of older programs has none. */
  rules: z.exactOptional(
    z.array(z.strictObject({ parameter: z.string(), value: anyJson, from: z.string(), clause: z.string() })),
  ),
  /** The day to book it on; absent: the day it is approved. */
  on: z.exactOptional(day),
  quarter: z.exactOptional(quarter),
  run: z.exactOptional(z.int()),
  scoreVersion: z.exactOptional(z.int()),
})
