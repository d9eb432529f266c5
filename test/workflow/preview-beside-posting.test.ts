/**
 * Posting goes on while previews are computed: a preview holds a book for no longer than its own computation, waits for
 * nobody for long while it holds anything, and leaves nothing behind.
 */
import { performance } from 'node:perf_hooks'
import { setTimeout } from 'node:timers/promises'
import { beforeAll, expect, it } from 'vitest'
import { actOnce } from '../../src/ledger/act.ts'
import { transact } from '../../src/base/db.ts'
import { type Office, openOffice } from '../release/office.ts'
import { addProject, allocate, openBooks, testClock } from '../release/programme.ts'
import { useDoor } from '../support/door.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let office: Office
let approval = ''

beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, ['110102'])
  const projects = Array.from({ length: 60 }, (_, n) => `P${n}`)
  await actOnce(ledger, async (act) => {
    for (const project of projects) await addProject(act.tx, { project, district: '110102', area: 100n })
  })
  const shares = projects.map((project) => ({ district: '110102', project, amount: '100000' }))
  await allocate(ledger, { shares, cashPlan: '6000000' })
  const drafted = await office.draft({
    allocation: 'FP-2026',
    district: '110102',
    tranche: 1,
    amount: '3000000',
    on: '2026-02-10',
  })
  expect(drafted.status, drafted.text).toBe(201)
  approval = drafted.json.approval
}, 60_000)

const entry = (amount: string) => ({
  on: '2026-03-05',
  summary: '下达授权支付额度',
  lines: [
    { account: '1011', debit: amount, project: 'P1', source: 'F21' },
    { account: '4001', credit: amount, project: 'P1', source: 'F21' },
    { account: '800101', debit: amount, project: 'P1', source: 'F21' },
    { account: '6001', credit: amount, project: 'P1', source: 'F21' },
  ],
})

async function timed<T>(work: () => Promise<T>): Promise<{ ms: number; value: T }> {
  const begin = performance.now()
  const value = await work()
  return { ms: performance.now() - begin, value }
}

it('posts on in the very book that is previewed', { timeout: 60_000 }, async () => {
  const previews: number[] = []
  const looked = { over: false }
  const looking = (async () => {
    while (!looked.over) previews.push((await timed(() => office.get(`/v1/approvals/${approval}/preview`))).ms)
  })()
  const waits: number[] = []
  while (previews.length < 8) {
    const ended = previews.length
    const { ms, value } = await timed(() => door().ask('/v1/books/D110102/entries', { body: entry('1.00') }))
    expect(value.status, value.text).toBe(201)
    waits.push(ms)
    // A posting waits for the preview that is under way; the next may answer before the client hears of the posting.
    expect(previews.length - ended).toBeLessThanOrEqual(2)
  }
  looked.over = true
  await looking
  const longest = (all: readonly number[]) => Math.max(...all)
  process.stderr.write(
    `previews ${previews.length}, longest ${longest(previews).toFixed(0)} ms; posted beside them ${waits.length}, longest wait ${longest(waits).toFixed(0)} ms\n`,
  )
  expect(waits.length).toBeGreaterThan(previews.length)
  const { json } = await office.get(`/v1/approvals/${approval}/preview`)
  expect([json.state, json.entries.length]).toEqual(['checking', expect.any(Number)])
})

/** Ends when a preview waits for a lock. */
async function waits(): Promise<void> {
  const { sql } = door().ledger.database
  for (let tries = 0; tries < 2_000; tries++) {
    const [row] = await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%book_head%'`
    if (row) return
    await setTimeout(5)
  }
  throw new Error('no preview waits')
}

it('gives way where a book it needs is held by another, and holds none meanwhile for long', {
  timeout: 30_000,
}, async () => {
  await transact(door().ledger.database, async (tx) => {
    await tx.query(`select from book_head h join book b using (book_id) where b.code = 'D110102' for update of h`)
    // Both are answered while the book is held: whoever waited for it here would wait until the test is ended.
    const asked = office.get(`/v1/approvals/${approval}/preview`)
    await waits()
    const city = await door().ask('/v1/books/CITY/entries', { body: { ...entry('1.00') } })
    expect(city.status, city.text).toBe(201)
    const { status, headers, text } = await asked
    expect([status, headers.get('retry-after') !== null], text).toEqual([503, true])
  })
  expect((await office.get(`/v1/approvals/${approval}/preview`)).status).toBe(200)
})
