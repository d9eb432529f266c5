/**
 * The quarter's job and the treasury's instruction under everything that can go wrong: run twice, by two, killed,
 * answered late, twice, never.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hash } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { earlyDisbursement } from '../../jobs/early-disbursement.ts'
import { instructRelease } from '../../jobs/instruct-release.ts'
import { defineJob, type Job, type Running } from '../../jobs/job.ts'
import { registryOf, registryWith } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { fileDrop, type Order, type Receipt, type TreasuryGateway } from '../../jobs/treasury.ts'
import { transact } from '../../src/base/db.ts'
import type { Json } from '../../src/base/json.ts'
import { enqueue } from '../../src/base/outbox.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { z } from 'zod'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, spent, testClock } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
let office: Office
let folder = ''
const districts = ['110101', '110102', '110105', '110106', '110107', '110108']

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-treasury-'))
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, districts)
  await allocate(ledger, {
    shares: districts.map((district) => ({ district, amount: '10000000' })),
    cashPlan: '45000000',
  })
  for (const district of districts) {
    const project = `X${district}`
    await actOnce(ledger, async (act) => {
      await addProject(act.tx, {
        project,
        district,
        area: 1_000n,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.45']],
      })
      await planned(act, project, [
        ['F21', '10000000'],
        ['F81', '5000000'],
      ])
    })
    const drafted = await office.draft({
      allocation: 'FP-2026',
      district,
      tranche: 1,
      amount: '5000000',
      on: '2026-02-10',
    })
    expect((await office.approve(drafted.json.approval)).json.state).toBe('approved')
    await actOnce(ledger, (act) => spent(act, district, 'LJ2026', '5000000', '2026-05-08'))
    for (const [indicator, value] of [
      ['satisfaction', '0.95'],
      ['integrity', '1'],
    ] as const) {
      await office.enterScore('2026Q2', { district, indicator, value })
    }
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const silent = () => undefined
const runnerOf = (jobs: readonly Job[], leaseMs = 5_000): Runner =>
  new Runner({ ledger: door().ledger, registry: registryOf(jobs), log: silent, settings: { backoffMs: 1, leaseMs } })
const ask = (name: string, key: string, payload: Json): Promise<bigint> =>
  transact(door().ledger.database, async (tx) => (await enqueue(tx, { name, key, payload, askedBy: 'zhou' })).jobId)
const stateOf = async (jobId: bigint): Promise<string> => {
  const [row] = await door().ledger.database.sql<{ state: string }[]>`select state from job where job_id = ${jobId}`
  return row?.state ?? ''
}
/** Runs until a job has ended, waiting out its backoff. */
async function runOut(runner: Runner, jobId: bigint): Promise<string> {
  for (let round = 0; round < 400; round++) {
    await runner.runOne(jobId)
    const state = await stateOf(jobId)
    if (state !== 'waiting') return state
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  return 'waiting'
}
const earlyOnes = async () => (await office.get('/v1/releases?kind=early')).json.items

/** The same job, whose run ends where it would commit. */
const dyingBefore = (job: Job): Job => {
  let died = false
  const form = defineJob({ name: job.name, title: job.title, payload: z.any(), run: () => Promise.reject(new Error()) })
  return {
    ...form,
    attempts: job.attempts,
    payload: job.payload,
    prepare: (payload) => {
      const work = job.prepare(payload)
      return (
        work &&
        ((running: Running) =>
          work({
            ...running,
            finish: (effect) =>
              running.finish(async (act) => {
                const result = await effect(act)
                if (!died) {
                  died = true
                  throw new Error('killed before it committed')
                }
                return result
              }),
          }))
      )
    },
  }
}

describe('the quarter’s job', () => {
  it('killed before its transaction commits has no effect, and run again by two has one', async () => {
    const id = await ask('early-disbursement', '2026Q2', { quarter: '2026Q2', run: 1 })
    const dying = dyingBefore(earlyDisbursement)
    expect(await runnerOf([dying]).runOne(id)).toBe('failed')
    expect(await earlyOnes()).toEqual([])
    expect((await office.get('/v1/early-disbursement/2026Q2/runs/1')).json.code).toBe('early_run_not_found')
    await new Promise((resolve) => setTimeout(resolve, 20))
    await Promise.all([runOut(runnerOf([dying]), id), runOut(runnerOf([earlyDisbursement]), id)])
    expect(await stateOf(id)).toBe('done')
    // 45,000,000 of cash plan less six first tranches leaves five second ones of 3,000,000.
    const drafted = await earlyOnes()
    expect(drafted.map(({ district }: { district: string }) => district)).toEqual(districts.slice(0, 5))
    expect(new Set(drafted.map(({ draftedBy }: { draftedBy: string }) => draftedBy))).toEqual(new Set(['zhou']))
    const { json } = await office.get('/v1/early-disbursement/2026Q2/runs/1')
    expect(json.result.others).toContainEqual(
      expect.objectContaining({ district: '110108', reason: 'exceeds_cash_plan', amount: '3000000.00', left: '0.00' }),
    )
  })

  it('asked for under another key gives the first result and drafts nothing', async () => {
    // A run is read with the facts it saw; a job says what came of them.
    const { facts: _, ...first } = (await office.get('/v1/early-disbursement/2026Q2/runs/1')).json
    const ids = await Promise.all(
      ['a', 'b', 'c'].map((key) => ask('early-disbursement', key, { quarter: '2026Q2', run: 1 })),
    )
    const runners = [runnerOf([earlyDisbursement]), runnerOf([earlyDisbursement])]
    await Promise.all(ids.map((id, index) => runOut(runners[index % 2] ?? runnerOf([earlyDisbursement]), id)))
    for (const id of ids) {
      const [row] = await door().ledger.database.sql<{ result: Json }[]>`select result from job where job_id = ${id}`
      expect(row?.result).toEqual(first)
    }
    expect(await earlyOnes()).toHaveLength(5)
  })

  it('of a run out of order or with a payload that is none parks', async () => {
    const far = await ask('early-disbursement', 'far', { quarter: '2026Q2', run: 5 })
    expect(await runOut(runnerOf([earlyDisbursement]), far)).toBe('parked')
    const wrong = await ask('early-disbursement', 'wrong', { quarter: '2026Q9', run: 1 })
    expect(await runOut(runnerOf([earlyDisbursement]), wrong)).toBe('parked')
  })
})

describe('at the same moment', () => {
  it('five drafts for one allotment are one', async () => {
    const body = { allocation: 'FP-2026', district: '110108', tranche: 1, amount: '0.01' }
    // Its first tranche is paid, so a draft of nothing more is refused: give it something to draft.
    await actOnce(door().ledger, ({ tx }) =>
      tx.query(
        `insert into project_progress (project, on_day, sequence, ratio, evidence, reported_by, reported_at)
         values ('X110108', '2026-07-14', 999, 0.6, '月报', 'zhou', now())`,
      ),
    )
    // The cash plan is not used yet: only what is approved uses it.
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => office.draft({ ...body, tranche: 2, amount: '3000000' })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(4)
    for (const { status, json } of answers)
      if (status === 409) expect(json.code).toMatch(/^(release|approval)_pending$/)
  })

  it('six approvals under a cash plan for five are five', async () => {
    const { items } = (await office.get('/v1/releases?state=drafted')).json
    expect(items).toHaveLength(6)
    const answers = await Promise.all(items.map(({ approval }: { approval: string }) => office.approve(approval)))
    const codes: string[] = answers.map(({ json }) => json.code ?? json.state)
    expect(codes.filter((code) => code === 'approved')).toHaveLength(5)
    expect(codes.filter((code) => code === 'release_exceeds_cash_plan')).toHaveLength(1)
    expect((await door().ask('/v1/books/CITY/balances?account=910501')).json.balance).toBe('0.00')
    await office.soundBooks()
  })
})

/** A treasury that pays whatever reaches it, as often as it does, and answers as it is told to. */
function simulator(): TreasuryGateway & {
  readonly paid: Map<string, number>
  mood: 'well' | 'lost' | 'late' | 'down'
} {
  const paid = new Map<string, number>()
  const known = ({ reference }: Order): Receipt | undefined =>
    paid.has(reference) ? { receipt: `T-${reference}` } : undefined
  const self = {
    paid,
    mood: 'well' as 'well' | 'lost' | 'late' | 'down',
    find: async (order: Order): Promise<Receipt | undefined> => {
      if (self.mood === 'down') throw new Error('the treasury does not answer')
      return known(order)
    },
    send: async (order: Order): Promise<Receipt> => {
      paid.set(order.reference, (paid.get(order.reference) ?? 0) + 1)
      if (self.mood === 'late') await new Promise((resolve) => setTimeout(resolve, 30))
      if (self.mood === 'lost') throw new Error('the answer was lost')
      return { receipt: `T-${order.reference}` }
    },
  }
  return self
}

const references = async (): Promise<string[]> => {
  const rows = await door().ledger.database.sql<{ reference: string }[]>`
    select reference from treasury_instruction where state <> 'sent' order by release_id`
  return rows.map(({ reference }) => reference)
}
const jobOf = async (reference: string): Promise<bigint> => {
  const [row] = await door().ledger.database.sql<{ job_id: bigint }[]>`
    select job_id from job where name = 'instruct-release' and key = ${reference}`
  return row?.job_id ?? 0n
}
const instructionOf = async (reference: string) => {
  const { json } = await office.get(`/v1/releases/${reference}`)
  return json.instructions[0]
}

/** A promise that the test itself keeps. */
function later(): { readonly promise: Promise<undefined>; readonly resolve: (value: undefined) => void } {
  let keep: (value: undefined) => void = () => undefined
  const promise = new Promise<undefined>((resolve) => (keep = resolve))
  return { promise, resolve: (value) => keep(value) }
}

describe('an instruction', () => {
  it.each(['lost', 'late', 'down'] as const)('is paid once by a treasury whose answers are %s', async (mood) => {
    const [reference = ''] = await references()
    const treasury = simulator()
    treasury.mood = mood
    const runner = runnerOf([instructRelease(treasury)])
    const id = await jobOf(reference)
    await runner.runOne(id)
    if (mood !== 'late') {
      expect((await instructionOf(reference)).state).toBe('sending')
      treasury.mood = 'well'
    }
    expect(await runOut(runner, id)).toBe('done')
    expect(treasury.paid).toEqual(new Map([[reference, 1]]))
    expect(await instructionOf(reference)).toMatchObject({ state: 'sent', receipt: `T-${reference}` })
  })

  it('is paid once where the run is killed after the answer and before the record', async () => {
    const [reference = ''] = await references()
    const treasury = simulator()
    const runner = runnerOf([dyingBefore(instructRelease(treasury))])
    const id = await jobOf(reference)
    expect(await runner.runOne(id)).toBe('failed')
    expect(treasury.paid.get(reference)).toBe(1)
    expect((await instructionOf(reference)).state).toBe('sending')
    expect(await runOut(runner, id)).toBe('done')
    expect(treasury.paid.get(reference)).toBe(1)
  })

  it('is not sent by a run that stood still and lost its claim', async () => {
    const [reference = ''] = await references()
    const treasury = simulator()
    const asked = later()
    const goesOn = later()
    const standing: TreasuryGateway = {
      find: () => {
        asked.resolve(undefined)
        return goesOn.promise
      },
      send: treasury.send,
    }
    const id = await jobOf(reference)
    const zombie = runnerOf([instructRelease(standing)], 60_000)
    const first = zombie.runOne(id)
    await asked.promise
    await transact(door().ledger.database, (tx) =>
      tx.query('update job set claimed_until = now(), not_before = now() where job_id = $1', [id.toString()]),
    )
    expect(await runOut(runnerOf([instructRelease(treasury)]), id)).toBe('done')
    goesOn.resolve(undefined)
    expect(await first).toBe('lost')
    expect(treasury.paid.get(reference)).toBe(1)
  })

  it('parks where no way to the treasury is set up, and is sent when there is one', async () => {
    const [reference = ''] = await references()
    const id = await jobOf(reference)
    expect(await runOut(runnerOf(Object.values(registryWith({}))), id)).toBe('parked')
    expect((await instructionOf(reference)).state).toBe('sending')
    const operator = await door().token('operator')
    const parked = await door().ask(`/v1/jobs/${id}`, { token: operator })
    expect(parked.json.error.code).toBe('treasury_not_set_up')
    const retried = await door().ask(`/v1/jobs/${id}/retry`, { method: 'POST', token: operator, body: {} })
    expect(retried.status, retried.text).toBe(202)
    expect(await runOut(runnerOf(Object.values(registryWith({ treasury: folder }))), id)).toBe('done')
    const { content_hash: own } = (
      await door().ledger.database.sql<{ content_hash: Buffer }[]>`
        select content_hash from treasury_instruction where reference = ${reference}`
    )[0] ?? { content_hash: Buffer.alloc(0) }
    const text = await readFile(join(folder, `${reference}.json`), 'utf8')
    expect(hash('sha256', text, 'hex')).toBe(Buffer.from(own).toString('hex'))
  })
})

describe('the folder the treasury collects from', () => {
  const order = (content: string): Order => ({ reference: 'R-77', content, hash: hash('sha256', content, 'hex') })
  const { signal } = new AbortController()

  it('takes a reference once, whole, however many send it at once', async () => {
    const box = join(folder, 'once')
    const gateway = fileDrop(box)
    expect(await gateway.find(order('{"a":1}'), signal)).toBeUndefined()
    const receipts = await Promise.all(Array.from({ length: 8 }, () => gateway.send(order('{"a":1}'), signal)))
    expect(new Set(receipts.map(({ receipt }) => receipt))).toEqual(new Set(['R-77.json']))
    expect(await readdir(box)).toEqual(['R-77.json'])
    expect(await gateway.find(order('{"a":1}'), signal)).toEqual({ receipt: 'R-77.json' })
  })

  it('refuses a reference that is taken by something else, and writes nothing over', async () => {
    const box = join(folder, 'taken')
    await mkdir(box)
    await writeFile(join(box, 'R-77.json'), '{"a":2}')
    const gateway = fileDrop(box)
    await expect(gateway.find(order('{"a":1}'), signal)).rejects.toMatchObject({ code: 'treasury_reference_taken' })
    await expect(gateway.send(order('{"a":1}'), signal)).rejects.toMatchObject({ code: 'treasury_reference_taken' })
    expect(await readFile(join(box, 'R-77.json'), 'utf8')).toBe('{"a":2}')
    expect(await readdir(box)).toEqual(['R-77.json'])
  })

  it('takes no reference that would leave it', async () => {
    const gateway = fileDrop(folder)
    await expect(gateway.send({ reference: '../R-1', content: '', hash: '' }, signal)).rejects.toThrow('no reference')
  })
})
