/** One job from claim to end: every way a run can end, and that what lost its claim writes nothing. */
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { transact, Unavailable } from '../../src/base/db.ts'
import { catalogue } from '../../src/base/refusal.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { defineJob, Fenced, type Finished, type Job, type JobLog, type Running } from '../../jobs/job.ts'
import { registryOf } from '../../jobs/registry.ts'
import { Runner, type RunnerSettings } from '../../jobs/runner.ts'
import { gateOf } from '../faults/own-server.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'
import { line, newBook, newKey } from '../support/ledger.ts'
import { day } from '../../src/base/calendar.ts'
import { ask, createEffects, doubled, effectsOf, leaveEffect, rowOf } from './outbox.ts'

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  await createEffects(test())
})

type Told = [level: string, event: string]
const title = { zh: '测试', en: 'test' }
const keyed = z.strictObject({ key: z.string() })
const job = (name: string, run: (running: Running, key: string) => Promise<Finished>, more = {}) =>
  defineJob({ name, title, payload: keyed, attempts: 3, ...more, run: (running, { key }) => run(running, key) })

function runnerOf(jobs: readonly Job[], settings: Partial<RunnerSettings> = {}) {
  const told: Told[] = []
  const log: JobLog = (level, event) => told.push([level, event])
  const runner = new Runner({ ledger, registry: registryOf(jobs), log, settings: { backoffMs: 0, ...settings } })
  return { runner, told }
}

const plain = job('plain', (running, key) =>
  running.finish(async (act) => {
    await leaveEffect(act, key, running.attempt)
    return { key }
  }),
)

const refuse = catalogue({
  no_quota: { status: 422, title, detail: () => ({ zh: '额度 100.00 不足', en: 'no quota' }) },
  not_yet: { status: 409, title, detail: () => ({ zh: '尚未', en: 'not yet' }) },
})

describe('a run', () => {
  it('finishes: effect and end commit together, and the result is kept', async () => {
    const { runner } = runnerOf([plain])
    const id = await ask(test(), 'plain', 'f1')
    expect(await runner.runOne(id)).toBe('done')
    expect(await rowOf(test(), id)).toMatchObject({ state: 'done', attempts: 1, result: { key: 'f1' }, claim: null })
    expect(await runner.runOne(id)).toBe('not_due')
    expect(await effectsOf(test(), 'f1')).toEqual([{ key: 'f1', times: 1 }])
    expect([runner.counts.of('plain', 'done'), runner.running]).toEqual([1, 0])
  })

  it('is asked for once by its name and key', async () => {
    const first = await ask(test(), 'plain', 'once')
    expect(await ask(test(), 'plain', 'once')).toBe(first)
    expect(await ask(test(), 'other', 'once')).not.toBe(first)
  })

  it('posts entries in the transaction that ends it', async () => {
    const book = await newBook(ledger)
    const posting = job('posting', (running, key) =>
      running.finish(async (act) => {
        const lines = [line('1011', 'debit', '5.00'), line('4001', 'credit', '5.00')]
        const draft = { on: day('2026-03-05'), summary: '下达', type: 'general', documents: [], lines }
        const [entry] = await act.post({
          key,
          maker: running.askedBy,
          approvals: [],
          entries: [{ book: book.code, draft }],
        })
        return { sequence: Number(entry?.sequence) }
      }),
    )
    const id = await ask(test(), 'posting', newKey())
    expect(await runnerOf([posting]).runner.runOne(id)).toBe('done')
    expect((await rowOf(test(), id)).result).toEqual({ sequence: 1 })
  })

  it('does nothing of its effect where the end fails, and runs again after a wait', async () => {
    let fails = true
    const flaky = job('flaky', (running, key) =>
      running.finish(async (act) => {
        await leaveEffect(act, key, running.attempt)
        if (fails) throw new Error('after the effect')
        return null
      }),
    )
    const { runner, told } = runnerOf([flaky], { backoffMs: 60_000 })
    const id = await ask(test(), 'flaky', 'a1')
    expect(await runner.runOne(id)).toBe('failed')
    const row = await rowOf(test(), id)
    expect(row).toMatchObject({ state: 'waiting', attempts: 1, claim: null, error: { code: 'job_failed' } })
    expect(row.wait).toBeGreaterThan(40)
    expect(await runner.runOne(id)).toBe('not_due')
    expect(await effectsOf(test(), 'a1')).toEqual([])
    fails = false
    await makeDue(id)
    expect(await runner.runOne(id)).toBe('done')
    expect(await rowOf(test(), id)).toMatchObject({ attempts: 2, error: null })
    expect(await doubled(test(), 'a1')).toEqual([])
    expect(told).toEqual([['warn', 'job_failed']])
  })

  it('waits twice as long after each failure, up to the longest', async () => {
    const bad = job('bad', () => Promise.reject(new Error('no')), { attempts: 9 })
    const { runner } = runnerOf([bad], { backoffMs: 10_000, backoffMaxMs: 100_000 })
    const id = await ask(test(), 'bad', 'b')
    const waits: number[] = []
    for (let i = 0; i < 6; i++) {
      await runner.runOne(id)
      waits.push((await rowOf(test(), id)).wait)
      await makeDue(id)
    }
    // Each wait is drawn from ± a quarter of 10, 20, 40, 80, 100, 100 s.
    const wanted = [10, 20, 40, 80, 100, 100]
    waits.forEach((wait, i) => {
      expect(wait).toBeGreaterThan((wanted[i] ?? 0) * 0.7)
      expect(wait).toBeLessThan((wanted[i] ?? 0) * 1.3)
    })
  })

  it('is parked after its last attempt, with a line in the log', async () => {
    const bad = job('poison', () => Promise.reject(new TypeError('x is not a function')))
    const { runner, told } = runnerOf([bad])
    const id = await ask(test(), 'poison', 'p')
    const ends = []
    for (let i = 0; i < 4; i++) ends.push(await runner.runOne(id))
    expect(ends).toEqual(['failed', 'failed', 'parked', 'not_due'])
    expect(await rowOf(test(), id)).toMatchObject({ state: 'parked', attempts: 3, error: { code: 'job_failed' } })
    expect(told.at(-1)).toEqual(['error', 'job_parked'])
  })

  it('is parked at once by a refusal, unless time may cure that one', async () => {
    const no = job('no', () => Promise.reject(refuse('no_quota', {})))
    const later = job('later', () => Promise.reject(refuse('not_yet', {})), { retries: ['not_yet'] })
    const { runner } = runnerOf([no, later])
    const [a, b] = [await ask(test(), 'no', 'n'), await ask(test(), 'later', 'l')]
    expect(await runner.runOne(a)).toBe('parked')
    expect((await rowOf(test(), a)).error).toEqual({
      code: 'no_quota',
      title,
      detail: { zh: '额度 100.00 不足', en: 'no quota' },
      attempt: 1,
    })
    expect(await runner.runOne(b)).toBe('failed')
  })

  it('is parked where its payload is not of the form', async () => {
    const { runner } = runnerOf([plain])
    const id = await ask(test(), 'plain', 'form', { other: 1 })
    expect(await runner.runOne(id)).toBe('parked')
    expect((await rowOf(test(), id)).error?.code).toBe('job_payload_invalid')
  })

  it('cannot be asked for with ten megabytes, and what asks for it is rolled back whole', async () => {
    const big = { key: 'x'.repeat(10_000_000) }
    await expect(ask(test(), 'plain', 'big', big)).rejects.toThrow(/job_payload_check/)
    const rows = await test().database.sql`select 1 from job where key = 'big'`
    expect(rows).toHaveLength(0)
  })

  it('is not counted where the database was away, though not for ever', async () => {
    const away = job('away', () => Promise.reject(new Unavailable('gone')))
    const { runner } = runnerOf([away], { setbacksMax: 2 })
    const id = await ask(test(), 'away', 'w')
    expect([await runner.runOne(id), await runner.runOne(id), await runner.runOne(id)]).toEqual([
      'set_back',
      'set_back',
      'parked',
    ])
    expect(await rowOf(test(), id)).toMatchObject({ setbacks: 2, error: { code: 'unavailable' } })
  })

  it('is given up after its limit, and what it does later is not written', async () => {
    const { open, gate } = gateOf()
    let later: Promise<unknown> = Promise.resolve()
    const endless = job(
      'endless',
      (running, key) => {
        const own = gate.then(() => running.finish((act) => leaveEffect(act, key, 1).then(() => null)))
        later = own.catch((error: unknown) => error)
        return own
      },
      { limitMs: 50 },
    )
    const { runner } = runnerOf([endless])
    const id = await ask(test(), 'endless', 'e')
    expect(await runner.runOne(id)).toBe('failed')
    expect((await rowOf(test(), id)).error?.code).toBe('job_too_slow')
    open()
    expect(await later).toBeInstanceOf(Fenced)
    expect(await effectsOf(test(), 'e')).toEqual([])
  })

  it('leaves alone what it does not know', async () => {
    const { runner } = runnerOf([plain])
    const id = await ask(test(), 'of_a_newer_program', 'x')
    expect(await runner.runOne(id)).toBe('not_due')
    expect(await rowOf(test(), id)).toMatchObject({ state: 'waiting', attempts: 0 })
  })

  it('counts a run that never came back, and parks after the last', async () => {
    const { runner, told } = runnerOf([plain])
    const id = await ask(test(), 'plain', 'kills')
    await asSuperuser(test(), (client) =>
      client.query('update job set attempts = 3 where job_id = $1', [id.toString()]),
    )
    expect(await runner.runOne(id)).toBe('parked')
    expect(await rowOf(test(), id)).toMatchObject({ attempts: 3, error: { code: 'job_lost' } })
    expect(told).toEqual([['error', 'job_parked']])
    expect(await effectsOf(test(), 'kills')).toEqual([])
  })
})

describe('two runs of one job', () => {
  it('keep to the claim: a lease that is renewed is nobody else’s', async () => {
    const { open, gate } = gateOf()
    const slow = job('slow', async (running, key) => {
      await gate
      return running.finish((act) => leaveEffect(act, key, running.attempt).then(() => null))
    })
    // Long enough that a busy machine renews it in time.
    const [one, two] = [runnerOf([slow], { leaseMs: 2_000 }).runner, runnerOf([slow]).runner]
    const id = await ask(test(), 'slow', 's1')
    const first = one.runOne(id)
    // Three leases long it is the first one's.
    for (const began = performance.now(); performance.now() - began < 6_000; ) {
      expect(await two.runOne(id)).toBe('not_due')
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    open()
    expect(await first).toBe('done')
    expect(await doubled(test(), 's1')).toEqual([])
  })

  /** Both runs have computed and are about to write; the first has lost its claim meanwhile. */
  async function bothWrite(name: string, key: string, isFenced: boolean) {
    const gates = [gateOf(), gateOf()]
    const reached = [gateOf(), gateOf()]
    const both = job(name, async (running, own) => {
      const n = running.attempt - 1
      reached[n]?.open()
      await gates[n]?.gate
      if (isFenced) return running.finish((act) => leaveEffect(act, own, running.attempt).then(() => null))
      // The control: a handler that writes past the fence, and ends the row by itself.
      await transact(test().database, (tx) => leaveEffect({ tx }, own, running.attempt))
      return running.finish(async () => null)
    })
    const [one, two] = [runnerOf([both], { leaseMs: 600_000 }), runnerOf([both], { leaseMs: 600_000 })]
    const id = await ask(test(), name, key)
    const first = one.runner.runOne(id)
    await reached[0]?.gate
    await asSuperuser(test(), (client) =>
      client.query('update job set claimed_until = now(), not_before = now() where job_id = $1', [id.toString()]),
    )
    const second = two.runner.runOne(id)
    await reached[1]?.gate
    gates[1]?.open()
    const secondEnd = await second
    gates[0]?.open()
    return { ends: [await first, secondEnd], told: one.told, row: await rowOf(test(), id) }
  }

  it('has one effect: the run that lost its claim is refused by its first statement', async () => {
    const { ends, told, row } = await bothWrite('both', 'fenced', true)
    expect(ends).toEqual(['lost', 'done'])
    expect(told).toEqual([['warn', 'job_fenced']])
    expect(row.state).toBe('done')
    expect(await effectsOf(test(), 'fenced')).toEqual([{ key: 'fenced', times: 1 }])
  })

  it('control: without the fence the same two runs double the effect', async () => {
    await bothWrite('unfenced', 'naive', false)
    expect(await effectsOf(test(), 'naive')).toEqual([{ key: 'naive', times: 2 }])
  })

  it('is told by its signal and by progress that it has lost its claim', async () => {
    const seen: unknown[] = []
    const watching = job('watching', async (running) => {
      await running.progress(1, 3, '第一步')
      await asSuperuser(test(), (client) =>
        client.query(`update job set claim = gen_random_uuid() where name = 'watching'`),
      )
      await running.progress(3, 3, '第三步').catch((error: unknown) => seen.push(error))
      await new Promise((resolve) => running.signal.addEventListener('abort', resolve, { once: true }))
      seen.push(running.signal.reason)
      throw new Error('ends anyhow')
    })
    const id = await ask(test(), 'watching', 'v')
    expect(await runnerOf([watching], { leaseMs: 1_500 }).runner.runOne(id)).toBe('lost')
    expect(seen).toEqual([expect.any(Fenced), expect.any(Fenced)])
    const progress = await test().database.sql`select done, total, note from job_progress where job_id = ${id}`
    expect([...progress]).toEqual([{ done: 1, total: 3, note: '第一步' }])
  })

  it('goes through steps that stand although the run fails later', async () => {
    let fails = true
    const stepped = job('stepped', async (running, key) => {
      const stands = await running.step(async ({ tx }) => {
        const rows = await tx.query('select 1 from effect where key = $1', [`${key}-step`])
        if (rows.length === 0) await leaveEffect({ tx }, `${key}-step`, running.attempt)
        return rows.length
      })
      if (fails) throw new Error('between')
      return running.finish((act) => leaveEffect(act, key, stands).then(() => ({ stands })))
    })
    const { runner } = runnerOf([stepped])
    const id = await ask(test(), 'stepped', 'st')
    expect(await runner.runOne(id)).toBe('failed')
    fails = false
    expect(await runner.runOne(id)).toBe('done')
    expect((await rowOf(test(), id)).result).toEqual({ stands: 1 })
    expect(await effectsOf(test(), 'st')).toEqual([
      { key: 'st', times: 1 },
      { key: 'st-step', times: 1 },
    ])
  })

  it('gives back what runs when it is told to stop, uncounted and at once for others', async () => {
    const { gate, open } = gateOf()
    const held = job('held', async (running, key) => {
      if (running.attempt === 1 && !running.signal.aborted) await gate
      return running.finish((act) => leaveEffect(act, key, running.attempt).then(() => null))
    })
    const [one, two] = [runnerOf([held]).runner, runnerOf([held]).runner]
    const id = await ask(test(), 'held', 'h')
    const first = one.runOne(id)
    while (one.running === 0) await new Promise((resolve) => setTimeout(resolve, 5))
    await one.releaseAll()
    expect(await first).toBe('lost')
    expect(await rowOf(test(), id)).toMatchObject({ state: 'waiting', attempts: 0, setbacks: 1 })
    open()
    expect(await two.runOne(id)).toBe('done')
    expect(await doubled(test(), 'h')).toEqual([])
  })
})

async function makeDue(id: bigint): Promise<void> {
  await asSuperuser(test(), (client) =>
    client.query('update job set not_before = now() where job_id = $1', [id.toString()]),
  )
}
