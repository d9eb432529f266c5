/**
 * What a job is: a name, the form of its payload, and what it does. A job works in transactions that begin by showing
 * the claim of this run, so a run that lost its claim (a process that was frozen, killed or slow) writes nothing any
 * more, and the effect of a job stands exactly once however often it is run. What hands jobs round (embedded.ts,
 * bull.ts) may lose, double or delay them as it likes.
 */
import type { z } from 'zod'
import type { Clock, Day, Instant } from '../src/base/calendar.ts'
import type { Json } from '../src/base/json.ts'
import type { Text } from '../src/base/refusal.ts'
import type { Act } from '../src/ledger/act.ts'
import type { Ledger } from '../src/ledger/ledger.ts'

export type JobLog = (
  level: 'info' | 'warn' | 'error',
  event: string,
  fields?: Readonly<Record<string, string | number | boolean | undefined>>,
) => void

declare const finished: unique symbol
/** Only `finish` makes one, so a job that forgets to finish does not compile. */
export type Finished = { readonly [finished]: true }

/** One run of a job. */
export type Running = {
  readonly jobId: bigint
  /** 1 for the first run; a run that was lost counts. */
  readonly attempt: number
  /** Who asked: what the job drafts, it drafts in that name. */
  readonly askedBy: string
  readonly ledger: Ledger
  readonly clock: Clock
  readonly log: JobLog
  /**
   * Aborted when the run has lost its claim, took too long or is told to stop: for long computations and outside calls.
   */
  readonly signal: AbortSignal
  /** Tells how far the run is. Between steps, not inside them. Throws `Fenced` where the run is no longer the one. */
  progress(done: number, total: number, note: string): Promise<void>
  /** A transaction of this job that does not end it. */
  step<T>(work: (act: Act) => Promise<T>): Promise<T>
  /**
   * The transaction that commits the effect and marks the job done. What the work gives is kept as the job's result.
   */
  finish(work: (act: Act) => Promise<Json>): Promise<Finished>
}

/** When a job is asked for by the calendar; times of day are Beijing's. */
export type Schedule = {
  readonly rule:
    | { readonly every: 'day'; readonly at: string }
    /** The so-manyth working day of the month after the quarter. */
    | { readonly every: 'quarter'; readonly workday: number; readonly at: string }
    | { readonly every: 'year'; readonly month: number; readonly date: number; readonly at: string }
  readonly payload: (occurrence: Occurrence) => Json
}

export type Occurrence = {
  /**
   * What it is for: `2024-11-23`, `2024Q3` (the quarter that ended), `2024`. Key of the job, so it is asked for once.
   */
  readonly period: string
  readonly on: Day
  readonly at: Instant
  /** False where the holidays of that year are not announced and weekdays were counted instead. */
  readonly certain: boolean
}

export type JobForm<Payload> = {
  readonly name: string
  readonly title: Text
  readonly payload: z.ZodType<Payload>
  /** So many runs before it is parked. */
  readonly attempts?: number
  /** A run that takes longer is given up and counted as failed. */
  readonly limitMs?: number
  /** Refusals that time may cure: tried again as failures are. All others park the job at once. */
  readonly retries?: readonly string[]
  /** May be asked for by an operator. */
  readonly byHand?: boolean
  readonly schedule?: Schedule
  readonly run: (running: Running, payload: Payload) => Promise<Finished>
}

/** A job whose payload has been told to no one: the form checks it before it runs. */
export type Job = Omit<JobForm<never>, 'payload' | 'run' | 'attempts' | 'limitMs' | 'retries' | 'byHand'> & {
  readonly attempts: number
  readonly limitMs: number
  readonly retries: readonly string[]
  readonly byHand: boolean
  readonly payload: z.ZodType
  /** What to run with this payload; undefined where the payload is not of the form. */
  readonly prepare: (payload: Json) => ((running: Running) => Promise<Finished>) | undefined
}

const attemptsDefault = 8
const limitMsDefault = 15 * 60_000

export function defineJob<Payload>({ run, payload: form, ...given }: JobForm<Payload>): Job {
  return {
    attempts: attemptsDefault,
    limitMs: limitMsDefault,
    retries: [],
    byHand: false,
    ...given,
    payload: form,
    prepare: (payload) => {
      const parsed = form.safeParse(payload)
      return parsed.success ? (running) => run(running, parsed.data) : undefined
    },
  }
}

/** The run has lost its claim: somebody else has the job, or has done it. Nothing of this run may be written. */
export class Fenced extends Error {
  override readonly name = 'Fenced'

  constructor(jobId: bigint) {
    super(`job ${jobId} is no longer this run's`)
  }
}
