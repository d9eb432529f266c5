/** The thread of a supervisor whose jobs misbehave. */
import { register } from 'tsx/esm/api'

register()
const { runThread } = await import('../../jobs/thread.ts')
const { registryOf } = await import('../../jobs/registry.ts')
const { plainJobs } = await import('./fault-jobs.ts')
await runThread(registryOf(plainJobs))
