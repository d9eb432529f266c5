/** The operator's view over HTTP, the command line and the figures: every refusal provoked, every change recorded. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openMetrics } from '../../src/http/watch/metrics.ts'
import { outboxFigures } from '../../jobs/figures.ts'
import { registry } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { newBook } from '../support/ledger.ts'
import { ask } from './outbox.ts'

const door = useDoor()
let operator = ''
let auditor = ''
const runner = () => new Runner({ ledger: door().ledger, registry, log: () => undefined })
const set = (id: bigint | string, change: string) =>
  asSuperuser(door().test, (client) => client.query(`update job set ${change} where job_id = $1`, [String(id)]))
const parked = `state = 'parked', ended_at = now(), attempts = 4,
  error = '{"code":"balance_insufficient","title":{"zh":"余额不足","en":"x"},"detail":{"zh":"差 100.00 元","en":"x"},"attempt":4}'`
beforeAll(async () => {
  operator = await door().token('operator')
  auditor = await door().token('auditor')
  await newBook(door().ledger)
})

const post = (path: string, body?: object, key?: string) =>
  door().ask(path, { method: 'POST', token: operator, ...(body && { body }), ...(key && { key }) })
const checksBody = (key: string) => ({ name: 'checks', key, payload: { on: '2026-11-23' } })

describe('over HTTP', () => {
  it('asks for a job by hand, runs it, and shows its result to who may read the books', async () => {
    const asked = await post('/v1/jobs', checksBody('by-hand'), 'ask-1')
    expect([asked.status, asked.json.state, asked.json.askedBy]).toEqual([202, 'waiting', 'operator'])
    const again = await post('/v1/jobs', checksBody('by-hand'), 'ask-1')
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([asked.text, 'true'])
    expect((await post('/v1/jobs', checksBody('by-hand'))).json.id).toBe(asked.json.id)
    expect(await runner().runOne(BigInt(asked.json.id))).toBe('done')
    const seen = await door().ask(asked.headers.get('location') ?? '', { token: auditor })
    expect(seen.json).toMatchObject({ state: 'done', attempts: 1, result: { ok: true, on: '2026-11-23' } })
    expect(seen.json.progress.note).not.toBe('')
    expect((await door().ask(`/v1/jobs/${asked.json.id}`, { token: operator })).json).not.toHaveProperty('result')
  })

  it('refuses what cannot be asked for', async () => {
    expect((await post('/v1/jobs', { name: 'nix', key: 'k', payload: {} })).json.code).toBe('job_unknown')
    const bad = await post('/v1/jobs', { name: 'checks', key: 'k', payload: { on: '2026-02-30' } })
    expect([bad.status, bad.json.code, bad.json.errors[0].path]).toEqual([400, 'input_invalid', '/payload/on'])
    const other = await post('/v1/jobs', checksBody('another'), 'ask-1')
    expect([other.status, other.json.code]).toEqual([422, 'idempotency_key_reused'])
    expect((await door().ask('/v1/jobs', { body: checksBody('x'), token: auditor })).status).toBe(403)
  })

  it('sends a parked job again once, and records who did', async () => {
    const id = await ask(door().test, 'checks', 'parked', { on: '2026-11-23' })
    const early = await post(`/v1/jobs/${id}/retry`)
    expect([early.status, early.json.code]).toEqual([409, 'job_not_parked'])
    await set(id, parked)
    const seen = await door().ask(`/v1/jobs/${id}`, { token: auditor })
    expect(seen.json.error).toEqual({
      code: 'balance_insufficient',
      title: '余额不足',
      detail: '差 100.00 元',
      attempt: 4,
    })
    expect((await door().ask(`/v1/jobs/${id}`, { token: operator })).json.error).not.toHaveProperty('detail')
    const sent = await post(`/v1/jobs/${id}/retry`, undefined, 'retry-1')
    expect([sent.status, sent.json.state, sent.json.attempts]).toEqual([202, 'waiting', 0])
    expect((await post(`/v1/jobs/${id}/retry`, undefined, 'retry-1')).text).toBe(sent.text)
    const changes = await door().test.database.sql`
      select version, verb, person from change where noun = 'job' and id = ${String(id)}`
    expect([...changes]).toEqual([{ version: 1, verb: 'retried', person: 'operator' }])
    expect(await runner().runOne(id)).toBe('done')
    expect((await post('/v1/jobs/999999/retry')).json.code).toBe('job_not_found')
  })

  it('cancels what waits, not what runs or has ended', async () => {
    const id = await ask(door().test, 'checks', 'cancelled', { on: '2026-11-23' })
    const path = `/v1/jobs/${id}/cancellation`
    await set(id, `claim = gen_random_uuid(), claimed_until = now() + interval '1 minute'`)
    const running = await post(path, { reason: '不再需要' })
    expect([running.status, running.json.code]).toEqual([409, 'job_running'])
    expect((await door().ask('/v1/jobs?state=running', { token: operator })).json.items).toHaveLength(1)
    await set(id, `claim = null, claimed_until = null`)
    expect((await post(path, { reason: '不再需要' })).json.state).toBe('cancelled')
    expect(await runner().runOne(id)).toBe('not_due')
    const ended = await post(path, { reason: '不再需要' })
    expect([ended.status, ended.json.code]).toEqual([409, 'job_ended'])
    expect((await door().ask('/v1/jobs/1000000', { token: operator })).status).toBe(404)
  })

  it('lists newest first, by state and name, page by page', async () => {
    for (const n of [1, 2, 3]) await ask(door().test, 'checks', `page-${n}`, { on: '2026-11-23' })
    const first = await door().ask('/v1/jobs?state=waiting&name=checks&limit=2', { token: operator })
    expect(first.json.items.map(({ key }: { key: string }) => key)).toEqual(['page-3', 'page-2'])
    const next = await door().ask(`/v1/jobs?state=waiting&name=checks&limit=2&cursor=${first.json.next}`, {
      token: operator,
    })
    expect([next.json.items.map(({ key }: { key: string }) => key), next.json.next]).toEqual([['page-1'], null])
  })

  it('shows a person of one district only what they asked for', async () => {
    const token = await door().token('finance_maker', { district: '110102', person: 'zhang' })
    const own = await ask(door().test, 'checks', 'own', { on: '2026-11-23' })
    const other = await post('/v1/jobs', checksBody('others'))
    expect((await door().ask(`/v1/jobs/${own}`, { token })).status).toBe(200)
    expect((await door().ask(`/v1/jobs/${other.json.id}`, { token })).json.code).toBe('job_not_found')
    const all = await door().ask('/v1/jobs?limit=500', { token })
    expect(new Set(all.json.items.map(({ askedBy }: { askedBy: string }) => askedBy))).toEqual(new Set(['zhang']))
  })

  it('refuses a payload that is too large when it is asked for', async () => {
    const { askForJob } = await import('../../jobs/actions.ts')
    const payload = { on: 'x'.repeat(16_000) }
    const asking = askForJob(
      door().ledger,
      { person: 'op', role: 'operator' },
      { name: 'checks', key: 'big', payload },
      'big',
    )
    await expect(asking).rejects.toThrow(/job_payload_too_large/)
  })
})

describe('figures', () => {
  it('tell how the outbox stands and how runs ended', async () => {
    const { database } = door().test
    const worker = runner()
    const id = await ask(door().test, 'checks', 'figures', { on: '2026-11-23' })
    await set(id, `not_before = now() - interval '90 seconds'`)
    const waiting = await outboxFigures(database)
    expect(waiting.lagSeconds).toBeGreaterThan(80)
    await worker.runOne(id)
    const text = await openMetrics({ outbox: () => outboxFigures(database), runs: () => worker.counts.list() }).text()
    expect(text).toContain('yiben_job_runs_total{job="checks",outcome="done"} 1')
    expect(text).toContain('yiben_checks_ok 1')
    expect(text).toMatch(/yiben_jobs\{state="waiting"\} [1-9]/)
    expect(text).toContain('yiben_job_lag_seconds')
    const away = await openMetrics({ outbox: () => Promise.reject(new Error('away')), runs: () => [] }).text()
    expect(away).not.toMatch(/^yiben_job_lag_seconds \d/m)
  })
})

describe('the command line', () => {
  const run = (...words: string[]) => runCommand(door().test, ['jobs', ...words])
  const throughDoor = (...words: string[]) => spawnCommand(door().test, ['jobs', ...words])

  it('lists, shows, retries, cancels, asks and runs what is due', async () => {
    const [again, off] = [
      await ask(door().test, 'checks', 'cli-again', { on: '2026-11-23' }),
      await ask(door().test, 'checks', 'cli-off', { on: '2026-11-23' }),
    ]
    await set(again, parked)
    const done = await Promise.all([
      run('retry', String(again)),
      run('cancel', String(off), '--reason', '不再需要'),
      run('ask', 'checks', '--key', 'cli-asked', '--payload', '{"on":"2026-11-23"}'),
      run('show', '999999'),
      throughDoor('ask', 'checks', '--key', 'k', '--payload', '{"day":1}'),
    ])
    expect(done.map(({ status }) => status)).toEqual([0, 0, 0, 1, 2])
    expect(done[3]?.err).toContain('job_not_found')
    const due = await throughDoor('run-due')
    expect([due.status, due.out]).toEqual([0, expect.stringMatching(/^checks done [0-9]+\n$/)])
    const [shown, listed] = await Promise.all([run('show', String(again)), run('list', '--format', 'json')])
    expect(JSON.parse(shown.out)).toMatchObject({ state: 'done', result: { ok: true } })
    const { items: states } = JSON.parse(listed.out) as { items: { key: string; state: string }[] }
    expect(states.find(({ key }) => key === 'cli-off')?.state).toBe('cancelled')
    expect(states.find(({ key }) => key === 'cli-asked')?.state).toBe('done')
  }, 60_000)
})
