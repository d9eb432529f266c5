/** Our side of bench/load.ts: the process that makes the load, asked one job at a time. */
import { once } from 'node:events'
import type { Job, JobResult, Reply } from './load.ts'
import { startChild } from './place.ts'

export type Driver = { run(job: Job): Promise<JobResult>; stop(): Promise<void> }

export function startDriver(): Driver {
  const child = startChild('./load.ts')
  child.process.stderr?.pipe(process.stderr)
  child.process.stdout?.resume()
  return {
    run: async (job) => {
      const gone = new AbortController()
      const ended = once(child.process, 'exit', { signal: gone.signal }).then(() => {
        throw new Error('the load process ended')
      })
      try {
        const answered = once(child.process, 'message', { signal: gone.signal })
        child.process.send(job)
        const [reply] = (await Promise.race([answered, ended])) as [Reply]
        if ('failed' in reply) throw new Error(reply.failed)
        return reply.result
      } finally {
        ended.catch(() => undefined)
        gone.abort()
      }
    },
    stop: () => child.stop(),
  }
}
