/** Where the thread of the calculations begins: node does not read TypeScript there before tsx is told to. */
import { register } from 'tsx/esm/api'

register()
const { runThread } = await import('./work.ts')
runThread()
