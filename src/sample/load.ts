/**
 * The sample an empty database starts with: a project from quota to zero, the textbook's year-end, and published
 * funding plans and final accounts, one book each, every book marked as a sample with its source. Persons in it are
 * duties, not names.
 *
 * Business dates are fixed; when something was recorded is the time of loading. Loading again completes what is
 * missing.
 */
import { readFile } from 'node:fs/promises'
import type { Ledger } from '../ledger/ledger.ts'
import { type People, Player } from './play.ts'
import { lastVoucher } from './programme/desk.ts'
import { approver, checker, maker } from './programme/people.ts'
import { isCheck, readScenario, type Scenario } from './scenario.ts'

export const samplePeople: People = { maker, checker, approver }

/** In the order they are loaded; each names its book and its text. */
export const sampleBooks = {
  'SAMPLE-E2E': 'e2e.txt',
  'SAMPLE-R21': 'r21.txt',
  'SAMPLE-R4': 'r4.txt',
  'SAMPLE-R6': 'r6.txt',
  'SAMPLE-R7': 'r7.txt',
  'SAMPLE-R13': 'r13.txt',
  'SAMPLE-R14': 'r14.txt',
  'SAMPLE-R15': 'r15.txt',
} as const

export type SampleBook = keyof typeof sampleBooks

/** The text of one sample book, with the checks that the tests hold it to. */
export async function readSample(code: SampleBook): Promise<Scenario> {
  const file = sampleBooks[code]
  return readScenario(await readFile(new URL(`texts/${file}`, import.meta.url), 'utf8'), file)
}

/**
 * Whether the last of what the sample holds is there. Before payments were vouchers it ended with an early disbursement
 * that was worked out; what was loaded then stays as it is.
 */
export async function isSampleLoaded({ database: { sql } }: Ledger): Promise<boolean> {
  const [is] = await sql<{ loaded: boolean }[]>`
    select exists (select from early_run) and (
      exists (select from voucher where summary = ${lastVoucher}) or not exists (select from voucher)) as loaded`
  return is?.loaded ?? false
}

/**
 * What the loading has come to: which part of how many, in both languages, and how far that is where it can be said.
 */
export type Told = (
  part: {
    readonly zh: string
    readonly en: string
    readonly done: number | undefined
    readonly of: number | undefined
  },
  place: number,
  of: number,
) => void

/** Loads every sample book, or what is missing of it. */
export async function loadSample(ledger: Ledger): Promise<void> {
  for (const code of Object.keys(sampleBooks) as SampleBook[]) {
    const { steps } = await readSample(code)
    const player = new Player(ledger, samplePeople, code)
    for (const step of steps) {
      // What a text says is refused, and what it checks, is for the tests.
      if (!isCheck(step.does) && step.refused === undefined) await player.play(step, step.does)
    }
  }
}
