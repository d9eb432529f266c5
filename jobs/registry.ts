/**
 * Every job there is. A job that is not here is never run; one that an older program does not know waits for a newer
 * one.
 */
import { bondDues } from './bond-dues.ts'
import { checks } from './checks.ts'
import { earlyDisbursement } from './early-disbursement.ts'
import { instructRelease } from './instruct-release.ts'
import type { Job } from './job.ts'
import { lapseIndicatorsJob } from './lapse-indicators.ts'
import { fileDrop, noTreasury } from './treasury.ts'

export type Registry = Readonly<Record<string, Job>>

/** By name, as rows of the outbox say it. */
export const registryOf = (jobs: readonly Job[]): Registry => Object.fromEntries(jobs.map((job) => [job.name, job]))

/** With the way to the treasury of this installation: a folder its system collects from. */
export const registryWith = ({ treasury }: { readonly treasury?: string | undefined }): Registry =>
  registryOf([
    checks,
    earlyDisbursement,
    lapseIndicatorsJob,
    bondDues,
    instructRelease(treasury === undefined ? noTreasury : fileDrop(treasury)),
  ])

/** Every job by its name, for who asks and looks. */
export const registry: Registry = registryWith({})
