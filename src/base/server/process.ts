/** Which process a number means: numbers come again, above all in containers that start anew. */
import * as fs from 'node:fs'
import { codeOf, readIfPresent } from '../files.ts'

export function hasProc(): boolean {
  return fs.existsSync('/proc/self/stat')
}

/**
 * What tells a live process from a later one with the same number: its start time. Nothing for a
 * process that is gone, or is only waiting for its parent to notice (a container without an init
 * keeps such entries for ever). Without /proc we only know that some process has the number.
 */
export function startMark(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  if (hasProc()) {
    const stat = readIfPresent(`/proc/${pid}/stat`)
    // The second field, the name in parentheses, may itself hold blanks and parentheses.
    const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields === undefined || /^[ZXx]$/.test(fields[0] ?? '') ? undefined : fields[19]
  }
  try {
    process.kill(pid, 0)
    return 'alive'
  } catch (error) {
    return codeOf(error) === 'EPERM' ? 'alive' : undefined
  }
}
