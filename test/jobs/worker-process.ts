/** A worker of its own process, for tests to freeze and kill. Says on stdout where it is. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type HostSettings, openHost } from '../../jobs/host.ts'
import { defineJob } from '../../jobs/job.ts'
import { registryOf } from '../../jobs/registry.ts'
import { z } from 'zod'
import { leaveEffect } from './effect.ts'
import { payingJobs, plainJobs, type Pause } from './fault-jobs.ts'

export type WorkerOrder = { readonly host: HostSettings; readonly bank: string; readonly pauseAt?: string }

const { host, bank, pauseAt } = JSON.parse(process.argv[2] ?? '{}') as WorkerOrder
const say = (line: string): void => void process.stdout.write(`${line}\n`)
const pause: Pause = async (point) => {
  if (point !== pauseAt) return
  say(`at ${point}`)
  await sleep(60_000)
}

/** Waits long enough to be frozen, then writes. */
const holds = defineJob({
  name: 'holds',
  title: { zh: '测试', en: 'test' },
  payload: z.strictObject({ key: z.string() }),
  run: async (running, { key }) => {
    if (running.attempt === 1) {
      say('at holding')
      await sleep(3_000)
    }
    return running.finish((act) => leaveEffect(act, key, running.attempt).then(() => null))
  },
})

await openHost(host, (_, event) => say(event), registryOf([...plainJobs, ...payingJobs(bank, pause), holds]))
say('ready')
