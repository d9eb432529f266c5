/**
 * Limits: wrong tokens by address, calculations by what they cost a person. A valid token is served whatever others of
 * its address send, and guessing costs hardly a read of the database.
 */
import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { signInLaw } from '../../src/access/session.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { issueToken } from '../../src/access/token.ts'
import { openApp } from '../../src/http/app.ts'
import { openLimits } from '../../src/http/watch/limits.ts'
import { Problem } from '../../src/http/problem.ts'
import { reply } from '../../src/http/route.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { listen } from '../../src/http/server.ts'
import { openMetrics } from '../../src/http/watch/metrics.ts'
import { queryOnce } from '../faults/own-server.ts'
import { newBookBody, quotaBody, useDoor } from '../support/door.ts'

const charged: number[] = []
const limits = openLimits()
const door = useDoor({
  limits: {
    ...limits,
    calculated: (person, ms) => {
      charged.push(ms)
      return limits.calculated(person, ms)
    },
  },
})
const wrong = () => door().ask('/v1/books', { token: `yb_${randomBytes(32).toString('base64url')}` })

async function reads(): Promise<number> {
  const [row] = await queryOnce<{ calls: string }>(
    door().test.superUrl,
    `select (xact_commit + xact_rollback)::text as calls from pg_stat_database where datname = current_database()`,
  )
  return Number(row?.calls)
}

describe('tries to sign in', () => {
  it('that came to none give back themselves, and no wrong one before them', async () => {
    const one = openLimits()
    const who = ['203.0.113.7', 'zhu'] as const
    for (let wrong = 0; wrong < signInLaw(systemClock()).failures - 1; wrong++) await one.triesToSignIn(...who)
    await one.triesToSignIn(...who)
    await one.noTry(...who)
    await one.triesToSignIn(...who)
    await expect(one.triesToSignIn(...who)).rejects.toThrow(Problem)
    await one.noGuess(...who)
    await one.triesToSignIn(...who)
  })
})

describe('wrong tokens', () => {
  it('are 401, then 429 with Retry-After, cost hardly a read, and hold up nobody who is known', async () => {
    expect((await door().ask('/v1/books', { body: newBookBody('L') })).status).toBe(201)
    // Statistics of the server come with a delay.
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    const before = await reads()
    const statuses = new Map<number, number>()
    let retry: string | null = null
    for (let round = 0; round < 15; round++) {
      for (const answer of await Promise.all(Array.from({ length: 20 }, wrong))) {
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
        if (answer.status === 429) retry = answer.headers.get('retry-after')
      }
    }
    expect([...statuses.keys()].toSorted((a, b) => a - b)).toEqual([401, 429])
    expect(statuses.get(401)).toBeGreaterThanOrEqual(200)
    expect(statuses.get(401)).toBeLessThan(290)
    expect(Number(retry)).toBeGreaterThan(0)
    await new Promise((resolve) => setTimeout(resolve, 1_200))
    // 300 guesses: those of the first round, and a few a second for all others together.
    expect((await reads()) - before).toBeLessThan(120)

    // Known, and known to nobody yet.
    expect((await door().ask('/v1/books/L/entries', { body: quotaBody() })).status).toBe(201)
    const fresh = await issueToken(door().test.database, { person: 'li', role: 'auditor', days: 1 })
    expect((await door().ask('/v1/books', { token: fresh })).status).toBe(200)
    // Without any token nobody guesses.
    expect((await door().ask('/v1/books', { token: null })).status).toBe(401)
  })
})

describe('calculations', () => {
  it('are limited by what they cost a person, and nobody else pays', async () => {
    const limits = openLimits()
    await limits.mayCalculate('zhang')
    await limits.calculated('zhang', 31_000)
    const refused = await limits.mayCalculate('zhang').then(
      () => undefined,
      (error: unknown) => error,
    )
    expect(refused).toBeInstanceOf(Problem)
    expect((refused as Problem).code).toBe('too_many_requests')
    expect(Number((refused as Problem).headers['retry-after'])).toBeGreaterThan(1)
    await limits.mayCalculate('li')
  })

  it('of some size answer from their own thread as they do at once', async () => {
    const body = (count: number) => ({ total: '1000.00', weights: Array.from({ length: count }, () => '1') })
    const large = await door().ask('/v1/calc/split', { body: body(3_000) })
    expect(large.status).toBe(200)
    expect(large.json.result.parts).toHaveLength(3_000)
    const wrongOnes = await door().ask('/v1/calc/split', {
      body: { total: '1.00', weights: Array.from({ length: 3_000 }, () => 'x') },
      headers: { 'accept-language': 'en' },
    })
    expect([wrongOnes.status, wrongOnes.json.code]).toEqual([400, 'input_invalid'])
    expect(wrongOnes.json.errors).toHaveLength(50)
    expect(wrongOnes.headers.get('content-type')).toBe('application/problem+json')
  })

  it('cost a person what they took, and not what they waited for others', { timeout: 60_000 }, async () => {
    const body = { total: '1000.00', weights: Array.from({ length: 9_000 }, () => '1') }
    const ask = () => door().ask('/v1/calc/split', { body })
    expect((await ask()).status).toBe(200)
    charged.length = 0
    const began = performance.now()
    const answers = await Promise.all(Array.from({ length: 12 }, ask))
    const took = performance.now() - began
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 12 }, () => 200))
    expect(charged).toHaveLength(12)
    // One thread works on one after the other: together they take no longer than all that passed.
    expect(charged.reduce((sum, ms) => sum + ms, 0)).toBeLessThanOrEqual(took)
  })

  it('that fail by a fault of ours are told in the log, as whatever fails on the way', async () => {
    const told: unknown[] = []
    const bug = new Error('planted')
    const failing = { serve: () => Promise.resolve({ ...reply(500, {}), bug }) }
    const service = { ledger: door().ledger, desk: door().desk, proof: door().proof, accounts: door().accounts }
    const log = (level: string, event: string, fields: unknown) => told.push([level, event, fields])
    const routes = apiRoutes.map((one) => (one.id === 'calc-split' ? { ...one, ...failing } : one))
    const app = openApp({ service, log, metrics: openMetrics() }, routes)
    const listening = await listen(app, { host: '127.0.0.1', port: 0 })
    try {
      expect((await fetch(`${listening.url}/v1/calc/split`, { method: 'POST' })).status).toBe(500)
    } finally {
      await listening.drain(1_000)
    }
    expect(told).toEqual([
      ['error', 'request_failed', expect.objectContaining({ status: 500, failure: 'Error: planted' })],
    ])
  })

  it('leave the door open meanwhile', { timeout: 60_000 }, async () => {
    const amounts = Array.from({ length: 900 }, () => '1000000.00')
    const weights = Array.from({ length: 1_000 }, (_, i) => String(i + 1))
    const answered: string[] = []
    const asked = async <A extends { status: number }>(name: string, answer: Promise<A>): Promise<number> => {
      const { status } = await answer
      answered.push(name)
      return status
    }
    // The answer counts from its head: this one is long, and reading it lets others past.
    const token = await door().token('auditor')
    const calculate = (given: unknown) =>
      fetch(`${door().url}/v1/calc/split-stream`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(given),
      })
    // Who asks is known from now on: what is asked next begins at once.
    expect((await calculate({ amounts: ['1.00'], weights: ['1'] })).status).toBe(200)
    const slow = asked('slow', calculate({ amounts, weights }))
    await new Promise((resolve) => setTimeout(resolve, 50))
    for (let round = 0; round < 3; round++) expect(await asked('health', fetch(`${door().url}/healthz`))).toBe(200)
    expect([200, 413]).toContain(await slow)
    expect(answered).toEqual(['health', 'health', 'health', 'slow'])
  })
})
