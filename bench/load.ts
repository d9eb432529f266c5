/**
 * The load, in a process of its own that shares the machine with what it loads, and so must cost little: plain sockets,
 * requests built as text, answers read as far as needed. Each connection sends its next request when the last one is
 * answered. Run by bench/driver.ts, which sends jobs and receives results.
 */
import { connect, type Socket } from 'node:net'
import { randomUUID } from 'node:crypto'
import { Client } from 'pg'
import type { Day } from '../src/base/calendar.ts'
import { endWithParent } from './place.ts'
import { type Measure, measureOf } from './stats.ts'
import { drawTransfer, fieldsText, type Kind, type Random, randomFrom } from './transfers.ts'

export type HttpJob = {
  readonly what: 'http'
  readonly port: number
  readonly token: string
  readonly book: string
  readonly kind: Kind
  readonly connections: number
  /** Entries a request; 1 is the single form. */
  readonly batch: number
  readonly seconds: number
  readonly on: Day
}

export type SqlJob = {
  readonly what: 'sql'
  readonly url: string
  /** One transfer: $1 from, $2 to, $3 fen. */
  readonly statement: string
  readonly kind: Kind
  readonly connections: number
  readonly seconds: number
}

export type Job = HttpJob | SqlJob
/** `posted` and `refused` count entries of the whole job, `measure` its timed part. */
export type JobResult = { readonly measure: Measure; readonly posted: number; readonly refused: number }
export type Reply = { readonly result: JobResult } | { readonly failed: string }

const warmUpMs = 400
const answersMin = 8

/**
 * What a job saw. Timed from the first answer after the warm-up to the first answer after its time, so that a count of
 * a few long requests is exact; and where hardly any came, on until some did.
 */
class Tally {
  readonly #ready = performance.now() + warmUpMs
  readonly #ms: number
  readonly #latencies: number[] = []
  #from = 0
  #until = 0
  posted = 0
  refused = 0

  constructor(seconds: number) {
    this.#ms = seconds * 1_000
  }

  get over(): boolean {
    return this.#until > 0
  }

  /** An answer to what was asked at `since`. */
  note(since: number): void {
    const now = performance.now()
    if (this.over || now < this.#ready) return
    if (this.#from === 0) {
      this.#from = now
      return
    }
    this.#latencies.push(now - since)
    const passed = now - this.#from
    if (passed < this.#ms || (this.#latencies.length < answersMin && passed < this.#ms * 4)) return
    this.#until = now
  }

  result(each: number): JobResult {
    const measure = measureOf(this.#latencies, (this.#until - this.#from) / 1_000, each)
    return { measure, posted: this.posted, refused: this.refused }
  }
}

async function runHttp(job: HttpJob): Promise<JobResult> {
  const tally = new Tally(job.seconds)
  const random = randomFrom(Date.now())
  const requests = requestsOf(job, random)
  await Promise.all(Array.from({ length: job.connections }, () => talk(job, requests, tally)))
  return tally.result(job.batch)
}

function requestsOf({ port, token, book, batch, kind, on }: HttpJob, random: Random): () => string {
  const run = randomUUID()
  let count = 0
  const head =
    `POST /v1/books/${book}/entries${batch > 1 ? '/batch' : ''} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n` +
    `Authorization: Bearer ${token}\r\nContent-Type: application/json\r\n`
  const fields = () => fieldsText(drawTransfer(random, kind), on)
  const request = (body: string, key: string): string =>
    `${head}${key}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  if (batch === 1) return () => request(`{${fields()}}`, `Idempotency-Key: ${run}-${++count}\r\n`)
  return () => {
    const entries = Array.from({ length: batch }, () => `{"key":"${run}-${++count}",${fields()}}`)
    return request(`{"entries":[${entries.join(',')}]}`, '')
  }
}

/** One connection until the time is over. */
function talk(job: HttpJob, requests: () => string, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect({ host: '127.0.0.1', port: job.port, noDelay: true })
    const answer = new Answer()
    let since = 0
    const next = (): void => {
      if (tally.over) {
        socket.destroy()
        resolve()
        return
      }
      const request = requests()
      since = performance.now()
      socket.write(request)
    }
    socket.on('connect', next)
    socket.on('error', reject)
    socket.on('close', () => reject(new Error('the service closed a connection')))
    socket.on('data', (chunk: Buffer) => {
      if (!answer.take(chunk)) return
      tally.note(since)
      count(job, answer, tally)
      answer.clear()
      next()
    })
  })
}

function count({ batch }: HttpJob, answer: Answer, tally: Tally): void {
  const refused = answer.status >= 300 ? batch : batch === 1 ? 0 : answer.countOf('"problem":')
  tally.refused += refused
  tally.posted += batch - refused
}

/** An answer as it arrives. Ours always tell their length. */
class Answer {
  #chunks: Buffer[] = []
  #missing = -1
  status = 0

  /** True when it is whole. */
  take(chunk: Buffer): boolean {
    this.#chunks.push(chunk)
    if (this.#missing < 0) this.#readHead()
    else this.#missing -= chunk.length
    return this.#missing === 0
  }

  clear(): void {
    this.#chunks = []
    this.#missing = -1
  }

  countOf(text: string): number {
    const body = Buffer.concat(this.#chunks)
    let found = 0
    for (let at = body.indexOf(text); at >= 0; at = body.indexOf(text, at + 1)) found += 1
    return found
  }

  #readHead(): void {
    const all = this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks)
    const end = all?.indexOf('\r\n\r\n') ?? -1
    if (!all || end < 0) return
    const head = all.toString('latin1', 0, end)
    const length = /\r\ncontent-length: *([0-9]+)/i.exec(head)?.[1]
    if (length === undefined) throw new Error(`an answer without its length: ${head}`)
    this.status = Number(head.slice(9, 12))
    this.#missing = Number(length) - (all.length - end - 4)
  }
}

/** The same load on a SQL function, where there is no pgbench. */
async function runSql({ url, statement, kind, connections, seconds }: SqlJob): Promise<JobResult> {
  const random = randomFrom(Date.now())
  const clients = Array.from({ length: connections }, () => new Client({ connectionString: url }))
  await Promise.all(clients.map((client) => client.connect()))
  const tally = new Tally(seconds)
  const run = async (client: Client): Promise<void> => {
    while (!tally.over) {
      const { from, to, fen } = drawTransfer(random, kind)
      const since = performance.now()
      await client.query({ name: 'transfer', text: statement, values: [from, to, fen] })
      tally.note(since)
      tally.posted += 1
    }
  }
  try {
    await Promise.all(clients.map(run))
  } finally {
    await Promise.all(clients.map((client) => client.end()))
  }
  return tally.result(1)
}

endWithParent()
process.on('message', (job: Job) => {
  const running = job.what === 'http' ? runHttp(job) : runSql(job)
  running.then(
    (result) => process.send?.({ result } satisfies Reply),
    (error: unknown) => process.send?.({ failed: String(error) } satisfies Reply),
  )
})
