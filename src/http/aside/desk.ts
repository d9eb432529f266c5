/**
 * Calculations of some size run in a thread of their own, one after the other: the thread of the requests has postings
 * to answer meanwhile. A calculation that does not end is ended with the thread, which the next one starts anew.
 */
import { Worker } from 'node:worker_threads'
import { assert } from '../../base/assert.ts'
import { jsonHeaders, problemHeaders } from '../headers.ts'
import { type Answered, type Language, Problem } from '../problem.ts'
import type { Asked, Worked } from './work.ts'

type Waiting = {
  readonly asked: Asked
  readonly resolve: (answer: Answered) => void
  readonly reject: (error: unknown) => void
}

const waitingMost = 30
/** Longer takes none of its bounded inputs; reading itself takes the thread a second. */
const endAfterMs = 30_000
const heapMb = 512

class Desk {
  #worker: Worker | undefined
  #waiting: Waiting[] = []
  #underWay: Waiting | undefined
  #late: NodeJS.Timeout | undefined
  #count = 0

  /** Refuses `too_many_requests` where many wait, `body_too_large` where it takes too long. */
  answer(name: string, bytes: Uint8Array, language: Language): Promise<Answered> {
    if (this.#waiting.length >= waitingMost) throw new Problem('too_many_requests')
    const asked = { id: ++this.#count, name, bytes, language }
    const answer = new Promise<Answered>((resolve, reject) => this.#waiting.push({ asked, resolve, reject }))
    this.#next()
    return answer
  }

  #next(): void {
    const next = this.#underWay ? undefined : this.#waiting.shift()
    if (!next) return
    this.#underWay = next
    this.#worker ??= this.#open()
    this.#late = setTimeout(() => this.#give(new Problem('body_too_large')), endAfterMs)
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window
    this.#worker.postMessage(next.asked)
  }

  #open(): Worker {
    const entry = new URL('./thread.mjs', import.meta.url)
    const worker = new Worker(entry, { execArgv: [], resourceLimits: { maxOldGenerationSizeMb: heapMb } })
    worker.unref()
    worker.on('message', (worked: Worked) => this.#take(worked))
    worker.on('error', (error) => this.#give(error))
    return worker
  }

  #take({ id, status, bytes, bug }: Worked): void {
    const done = this.#underWay
    assert(done?.asked.id === id, 'the answer is of the calculation under way')
    clearTimeout(this.#late)
    this.#underWay = undefined
    const headers = status === 200 ? jsonHeaders : problemHeaders
    done.resolve({ status, headers, text: '', bytes, ...(bug !== undefined && { bug: new Error(bug) }) })
    this.#next()
  }

  /** What ended the thread, or has to: its calculation hears of it. */
  #give(error: unknown): void {
    clearTimeout(this.#late)
    const lost = this.#underWay
    this.#underWay = undefined
    void this.#worker?.terminate()
    this.#worker = undefined
    lost?.reject(error)
    this.#next()
  }
}

const desk = new Desk()

/** Up to this size a calculation takes less time than handing it over. */
export const asideFromBytes = 4 * 1024

export const answerAside = (name: string, bytes: Uint8Array, language: Language): Promise<Answered> =>
  desk.answer(name, bytes, language)
