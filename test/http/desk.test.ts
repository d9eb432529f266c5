/**
 * The desk of the calculations: one thread, one calculation at a time, and what happens when the thread has to be
 * ended.
 */
import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { Desk } from '../../src/http/aside/desk.ts'
import type { Asked, Worked } from '../../src/http/aside/work.ts'

/** A thread that answers when it is told to. */
class Told extends EventEmitter {
  readonly asked: Asked[] = []
  ended = false

  postMessage(asked: Asked): void {
    this.asked.push(asked)
  }

  terminate(): void {
    this.ended = true
  }

  answers(place: number, text: string): void {
    const { id = 0 } = this.asked[place] ?? {}
    this.emit('message', { id, status: 200, bytes: new TextEncoder().encode(text), ms: 7 } satisfies Worked)
  }
}

function open(endAfterMs: number) {
  const threads: Told[] = []
  const opened = (): Told => {
    const thread = new Told()
    threads.push(thread)
    return thread
  }
  const desk = new Desk(opened, endAfterMs)
  const ask = async () => {
    const { answered, ms } = await desk.answer('split', new Uint8Array(), 'en')
    return { status: answered.status, text: Buffer.from(answered.bytes ?? []).toString(), ms, bug: answered.bug }
  }
  return { threads, ask }
}

it('hears nothing more of a thread that took too long', async () => {
  const { threads, ask } = open(20)
  const late = ask()
  const next = ask()
  const { status, ms } = await late
  expect([status, ms >= 19]).toEqual([413, true])
  const [first, second] = threads
  expect([first?.ended, second?.asked.length]).toEqual([true, 1])
  first?.answers(0, 'late')
  first?.emit('error', new Error('late'))
  second?.answers(0, 'own')
  expect(await next).toEqual({ status: 200, text: 'own', ms: 7, bug: undefined })
  expect(threads).toHaveLength(2)
})

it('tells of a thread that broke, and works on with another', async () => {
  const { threads, ask } = open(60_000)
  const broken = ask()
  const next = ask()
  const fault = new Error('out of memory')
  threads[0]?.emit('error', fault)
  expect(await broken).toMatchObject({ status: 500, bug: fault })
  threads[1]?.answers(0, 'own')
  expect(await next).toMatchObject({ status: 200, text: 'own' })
})
