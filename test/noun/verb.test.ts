/** A verb of no domain: what its key is held against, what it may refuse, and what comes before its key. */
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { Actor } from '../../src/access/actor.ts'
import { requireVersion } from '../../src/base/history.ts'
import { catalogue } from '../../src/base/refusal.ts'
import { bookedOn, positiveAmount, text } from '../../src/form/field.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { verb } from '../../src/noun/verb.ts'
import { formed } from '../../src/http/faults.ts'
import { useDatabase } from '../support/database.ts'

const said = { zh: '不行。', en: 'No.' }
const refuse = catalogue({
  declared_code: { status: 422, pinned: true, title: said, detail: () => said },
  other_code: { status: 422, title: said, detail: () => said },
})

const worked: unknown[] = []
const waive = verb({
  kind: 'trial.waive',
  right: 'plan.manage',
  of: z.strictObject({ project: z.string() }),
  form: z.strictObject({ amount: positiveAmount, on: bookedOn, note: z.exactOptional(text(20, '说明', 'note')) }),
  refuses: ['declared_code'],
  before: async (_ledger, _actor, { project }) => {
    if (project === 'nowhere') throw refuse('declared_code', {})
    return project.length
  },
  work: async ({ actor, before }, { project, amount, on, note }) => {
    if (note === 'declared') throw refuse('declared_code', {})
    if (note === 'other') throw refuse('other_code', {})
    worked.push({ person: actor.person, before, project, amount, on, note })
    return { project, nth: worked.length }
  },
})

const rename = verb({
  kind: 'trial.rename',
  right: 'plan.manage',
  of: z.strictObject({ project: z.string() }),
  form: z.strictObject({ name: text(20, '名称', 'name') }),
  versioned: 'changes',
  refuses: [],
  alsoRefuses: ['other_code'],
  work: async (_doing, { project, changes, name }) => {
    if (name === 'other') throw refuse('other_code', {})
    requireVersion({ zh: project, en: project }, changes, 2)
    return { project, name, changes: 3 }
  },
})

const test = useDatabase()
let ledger: Ledger
beforeAll(() => {
  ledger = openLedger(test().database)
})

const officer: Actor = { person: 'zhang', role: 'finance_maker' }
const of = (body: unknown) => ({ project: 'P1', ...formed(waive.form, body, '') })
const body = { amount: '1.5', on: '2026-03-05' }
const kept = async () => {
  const [row] = await ledger.database.sql<{ content: string }[]>`select count(*)::text as content from action_receipt`
  return row?.content
}

describe('a verb', () => {
  it('gets what its forms read, and answers an equal request the same, however it was written', async () => {
    expect(await waive(ledger, officer, of(body), 'k1')).toEqual({ answer: { project: 'P1', nth: 1 }, replayed: false })
    expect(worked).toEqual([
      { person: 'zhang', before: 2, project: 'P1', amount: 150n, on: '2026-03-05', note: undefined },
    ])
    const again = await waive(ledger, officer, of({ on: '2026-03-05', amount: '1.50' }), 'k1')
    expect(again).toEqual({ answer: { project: 'P1', nth: 1 }, replayed: true })
  })

  it('refuses its key for other content: a field more, another amount, another address', async () => {
    const others = [of({ ...body, note: 'x' }), of({ ...body, amount: '1.51' }), { ...of(body), project: 'P2' }]
    for (const given of others) {
      await expect(waive(ledger, officer, given, 'k1')).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    }
  })

  it('asks for its right first, and for what comes before the key next', async () => {
    const auditor: Actor = { person: 'zhao', role: 'auditor' }
    const nowhere = { ...of(body), project: 'nowhere' }
    await expect(waive(ledger, auditor, nowhere, 'k1')).rejects.toMatchObject({ code: 'permission_denied' })
    await expect(waive(ledger, officer, nowhere, 'k1')).rejects.toMatchObject({ code: 'declared_code' })
  })

  it('keeps a refusal that the state decided with its key', async () => {
    const before = await kept()
    const given = of({ ...body, note: 'declared' })
    expect(await waive(ledger, officer, given, 'k2')).toMatchObject({
      refusal: { code: 'declared_code' },
      replayed: false,
    })
    expect(await waive(ledger, officer, given, 'k2')).toMatchObject({
      refusal: { code: 'declared_code' },
      replayed: true,
    })
    expect(Number(await kept())).toBe(Number(before) + 1)
  })

  it('holds its key against the version that was read, where it has one', async () => {
    const given = { project: 'P1', changes: 2, name: 'x' }
    const answer = { project: 'P1', name: 'x', changes: 3 }
    expect(await rename(ledger, officer, given, 'v1')).toEqual({ answer, replayed: false })
    expect(await rename(ledger, officer, given, 'v1')).toEqual({ answer, replayed: true })
    for (const changes of [1, undefined]) {
      const other = rename(ledger, officer, { ...given, changes }, 'v1')
      await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused' })
    }
    await expect(rename(ledger, officer, { ...given, changes: 1 }, 'v2')).rejects.toMatchObject({
      code: 'version_stale',
    })
    expect(await rename(ledger, officer, { ...given, changes: undefined }, 'v3')).toEqual({ answer, replayed: false })
  })

  it('may refuse what the document does not list yet', async () => {
    const given = { project: 'P1', changes: 2, name: 'other' }
    await expect(rename(ledger, officer, given, 'v4')).rejects.toMatchObject({ code: 'other_code' })
  })

  it('is found out by the tests where it refuses what it does not declare', async () => {
    const given = of({ ...body, note: 'other' })
    await expect(waive(ledger, officer, given, 'k3')).rejects.toThrow(
      'trial.waive refused other_code, which it does not',
    )
  })

  it('does not take a value its form could not have read', async () => {
    const given = { ...of(body), amount: 0n }
    await expect(waive(ledger, officer, given, 'k4')).rejects.toThrow()
  })
})
