/** `yiben COMMAND`: the process around the command line. */
import { run } from './program.ts'

process.exitCode = await run(process.argv.slice(2))
