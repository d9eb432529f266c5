/** Jobs that misbehave, and one that pays, for processes and threads that tests kill. */
import { existsSync } from 'node:fs'
import { z } from 'zod'
import { defineJob, type Job, type Running } from '../../jobs/job.ts'
import { callOutside } from '../../jobs/outside.ts'
import type { Act } from '../../src/ledger/act.ts'
import { leaveEffect } from './effect.ts'

const title = { zh: '测试', en: 'test' }
const payload = z.strictObject({ key: z.string() })

const effect = (running: Running, key: string) =>
  running.finish((act) => leaveEffect(act, key, running.attempt).then(() => null))

const job = (name: string, run: (running: Running, key: string) => ReturnType<typeof effect>, more = {}): Job =>
  defineJob({ name, title, payload, attempts: 3, ...more, run: (running, { key }) => run(running, key) })

/** Stands still until there is a file: what a test waits for decides how long, not the machine. */
const blockUntil = (file: string): void => {
  for (const began = performance.now(); !existsSync(file) && performance.now() - began < 30_000; );
}

/** Where a run stops for good so that it can be killed there. */
export type Pause = (point: string, running: Running) => Promise<void>

export const plainJobs: readonly Job[] = [
  job('plain', effect),
  job('throws', () => Promise.reject(new Error('poison'))),
  job('exits', () => process.exit(7)),
  job('endless', () => new Promise(() => undefined), { limitMs: 300 }),
  job('blocks', async (running, key) => {
    if (running.attempt === 1) blockUntil(key)
    return effect(running, key)
  }),
  job('hangs', async () => {
    for (;;);
  }),
]

/** `bank` is the address of a bank that pays whatever it is sent. */
export function payingJobs(bank: string, pause: Pause): readonly Job[] {
  const prepare = async ({ tx }: Act, key: string): Promise<string> => {
    const reference = `ref-${key}`
    await tx.query(
      `insert into effect (key, attempt) select $1, 0 where not exists (select 1 from effect where key = $1)`,
      [`sending-${key}`],
    )
    return reference
  }
  const send = async (reference: string): Promise<string> => {
    const response = await fetch(`${bank}/${reference}`, { method: 'POST' })
    return response.text()
  }
  const find = async (reference: string): Promise<string | undefined> => {
    const response = await fetch(`${bank}/${reference}`)
    return response.status === 200 ? response.text() : undefined
  }
  return [
    job('pays', async (running, key) => {
      const finished = await callOutside<string, string>(running, {
        prepare: (act) => prepare(act, key),
        find,
        send: async (reference) => {
          await pause('before the call', running)
          const answer = await send(reference)
          await pause('after the call', running)
          return answer
        },
        record: async (act) => {
          await leaveEffect(act, key, running.attempt)
          return null
        },
      })
      await pause('after the record', running)
      return finished
    }),
    // The control: sends without asking first.
    job('pays-naively', async (running, key) => {
      await send(`ref-${key}`)
      await pause('after the call', running)
      return effect(running, key)
    }),
  ]
}
