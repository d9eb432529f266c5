/**
 * Ends a server whose owner is gone: killed, out of memory, its power button held. Started by the shell that waits for
 * that (guard.ts), when the wire to the owner is cut. Plain JavaScript, because it must start where nothing else does.
 *
 * A data folder may be taken over by whoever starts next, and the server with it: so it is waited for a while, and the
 * server is left to whoever is at work on the folder then.
 */
import * as fs from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

const [pidText = '', mark = '', graceText = '0', home = '', first = 'SIGINT', last = 'SIGQUIT'] = process.argv.slice(2)
const pid = Number(pidText)
const endsWithinMs = 10_000

/** As `startMark` of process.ts: what tells a live process from a later one with its number. */
function startMark(of) {
  try {
    const stat = fs.readFileSync(`/proc/${of}/stat`, 'utf8')
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return /^[ZXx]$/.test(fields[0]) ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** Whether a live process holds a claim on the folder (claim.ts). */
function isClaimed() {
  const claims = home === '' ? [] : fs.readdirSync(home).filter((name) => /^(?:service|command-.*)\.pid$/.test(name))
  return claims.some((name) => {
    try {
      const claim = JSON.parse(fs.readFileSync(`${home}/${name}`, 'utf8'))
      return startMark(claim.pid) === claim.started
    } catch {
      return false
    }
  })
}

const isThere = () => startMark(pid) === mark

async function gone(withinMs, isKept = () => false) {
  for (const began = performance.now(); isThere(); await sleep(100)) {
    // Whoever took the server over meanwhile has a guard of his own: this one is not to end it when he is gone in turn.
    if (isKept()) process.exit(0)
    if (performance.now() - began > withinMs) return false
  }
  return true
}

if (!(await gone(Number(graceText), isClaimed)) && !isClaimed()) {
  for (const signal of [first, last]) {
    if (isThere()) process.kill(pid, signal)
    if (await gone(endsWithinMs)) break
  }
}
