/**
 * Calculations of some size run in a thread of their own, one after the other: the thread of the requests has postings
 * to answer meanwhile. A calculation that does not end is ended with the thread, which the next one starts anew.
 */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { jsonHeaders, problemHeaders } from '../headers.ts'
import { type Answered, answerTo, type Language, Problem } from '../problem.ts'
import type { Asked, Worked } from './work.ts'

/** An answer, and how long the thread was at work for it: whoever waits for others has not asked for that. */
export type Calculated = { readonly answered: Answered; readonly ms: number }

type Waiting = { readonly asked: Asked; readonly resolve: (calculated: Calculated) => void }

/** What the desk needs of a thread. */
export type Thread = {
  on(event: 'message', taken: (worked: Worked) => void): unknown
  on(event: 'error', lost: (error: unknown) => void): unknown
  postMessage(asked: Asked): void
  terminate(): unknown
}

const waitingMost = 30
/** Longer takes none of its bounded inputs; reading itself takes the thread a second. */
const endAfterMs = 30_000
const heapMb = 512

export class Desk {
  readonly #open: () => Thread
  readonly #endAfterMs: number
  #thread: Thread | undefined
  #waiting: Waiting[] = []
  #underWay: Waiting | undefined
  #late: NodeJS.Timeout | undefined
  #began = 0
  #count = 0

  constructor(open: () => Thread, endAfter: number) {
    this.#open = open
    this.#endAfterMs = endAfter
  }

  /** Refuses `too_many_requests` where many wait, and answers `body_too_large` to what takes too long. */
  answer(name: string, bytes: Uint8Array, language: Language): Promise<Calculated> {
    if (this.#waiting.length >= waitingMost) throw new Problem('too_many_requests')
    const asked = { id: ++this.#count, name, bytes, language }
    const calculated = new Promise<Calculated>((resolve) => this.#waiting.push({ asked, resolve }))
    this.#next()
    return calculated
  }

  #next(): void {
    const next = this.#underWay ? undefined : this.#waiting.shift()
    if (!next) return
    this.#underWay = next
    this.#thread ??= this.#opened()
    this.#began = performance.now()
    this.#late = setTimeout(() => this.#give(new Problem('body_too_large')), this.#endAfterMs)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#thread.postMessage(next.asked)
  }

  /** A thread that was ended may have answered already: only the one at work is heard. */
  #opened(): Thread {
    const thread = this.#open()
    thread.on('message', (worked) => {
      if (thread === this.#thread) this.#take(worked)
    })
    thread.on('error', (error) => {
      if (thread === this.#thread) this.#give(error)
    })
    return thread
  }

  #take({ id, status, bytes, bug, ms }: Worked): void {
    assert(this.#underWay?.asked.id === id, 'the answer is of the calculation under way')
    const headers = status === 200 ? jsonHeaders : problemHeaders
    this.#done({ status, headers, text: '', bytes, ...(bug !== undefined && { bug: new Error(bug) }) }, ms)
  }

  /** What ended the thread, or has to: its calculation hears of it. */
  #give(error: unknown): void {
    void this.#thread?.terminate()
    this.#thread = undefined
    const language = this.#underWay?.asked.language ?? 'zh'
    this.#done(answerTo(error, language), performance.now() - this.#began)
  }

  #done(answered: Answered, ms: number): void {
    clearTimeout(this.#late)
    const done = this.#underWay
    this.#underWay = undefined
    done?.resolve({ answered, ms })
    this.#next()
  }
}

function openThread(): Thread {
  const entry = new URL('./thread.mjs', import.meta.url)
  const worker = new Worker(entry, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } })
  worker.unref()
  return worker
}

const desk = new Desk(openThread, endAfterMs)

/** Up to this size a calculation takes less time than handing it over. */
export const asideFromBytes = 4 * 1024

export const answerAside = (name: string, bytes: Uint8Array, language: Language): Promise<Calculated> =>
  desk.answer(name, bytes, language)
