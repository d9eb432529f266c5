/** The services under load, each a process of its own: the real one, and the same door with a transaction a request. */
import type { Child } from './place.ts'
import { type Place, startChild } from './place.ts'

export type Running = { readonly port: number; readonly child: Child }

const startWithinMs = 40_000

// As `npm start` gives them to node: see package.json.
const options = ['--max-semi-space-size=64']

/** src/main.ts as `npm start` runs it, on the data folder of this place. */
export const startService = (place: Place): Promise<Running> =>
  started(
    startChild('../src/main.ts', { PORT: '0', YIBEN_SAMPLE: '0', YIBEN_DATA: place.folder, DATABASE_URL: '' }, options),
  )

/** The same routes without group commit. */
export const startAlone = (place: Place): Promise<Running> =>
  started(startChild('./alone.ts', { BENCH_DATABASE: place.appUrl, BENCH_FOLDER: place.folder }, options))

function started(child: Child): Promise<Running> {
  return new Promise((resolve, reject) => {
    let said = ''
    let log = ''
    const fail = (reason: string): void => {
      clearTimeout(timer)
      reject(new Error(`the service did not start: ${reason}\n${log.slice(-2_000)}`))
    }
    const timer = setTimeout(() => fail('too slow'), startWithinMs)
    child.process.once('exit', (status) => fail(`status ${status}`))
    child.process.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk.toString()}`.slice(-4_000)
    })
    child.process.stdout?.on('data', (chunk: Buffer) => {
      said = `${said}${chunk.toString()}`.slice(-1_000)
      const port = /ready http:\/\/127\.0\.0\.1:([0-9]+)/.exec(said)?.[1]
      if (port === undefined) return
      clearTimeout(timer)
      resolve({ port: Number(port), child })
    })
  })
}
