/**
 * A proposal of no domain: what is approved is parsed by the form that made it, or by an older one, or refused before
 * anybody has checked it.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import * as z from 'zod'
import type { ApprovalView } from '../../src/approvals/store.ts'
import { submit } from '../../src/approvals/verbs.ts'
import type { Json } from '../../src/base/json.ts'
import { transact } from '../../src/base/db.ts'
import { day, storedAmount } from '../../src/form/field.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { proposal } from '../../src/noun/proposal.ts'
import { effects as registry } from '../../src/workflow/nouns.ts'
import { useDatabase } from '../support/database.ts'
import { approver, checker, employ, maker, say } from '../approvals/trial.ts'

const done: unknown[] = []
const ended: string[] = []
// Before version 2 there was no day, and the amount was called `sum`.
const waiver = proposal({
  kind: 'waiver',
  form: z.strictObject({ amount: storedAmount, on: z.union([day, z.null()]) }),
  older: [z.strictObject({ sum: storedAmount }).transform(({ sum }) => ({ amount: sum, on: null }))],
  approved: async ({ content, stored }) => void done.push({ content, stored }),
  ended: async ({ approval }) => void ended.push(`${approval.subject} ${approval.state}`),
})
const effects = { waiver: waiver.effect }

const test = useDatabase()
let ledger: Ledger
beforeAll(async () => {
  ledger = openLedger(test().database)
  for (const actor of [maker, checker, approver]) await employ(ledger, actor)
})

let subjects = 0
/** Submitted as a program of another version would have. */
const stored = (content: Json): Promise<ApprovalView> =>
  transact(ledger.database, (tx) =>
    submit(tx, maker, { kind: 'waiver', subject: `waiver:${++subjects}`, summary: '减免', content }, ledger.clock()),
  )

async function approve(approval: ApprovalView): Promise<void> {
  expect(await say(ledger, checker, 'check', approval, { effects })).toBe('approving')
  expect(await say(ledger, approver, 'approve', approval, { effects })).toBe('approved')
}

describe('a proposal', () => {
  it('stores what is approved as its form writes it, and gives it to the effect as its form reads it', async () => {
    const content = { amount: 150n, on: day.parse('2026-03-05') }
    const given = { subject: 'waiver:new', summary: '减免', content }
    const approval = await transact(ledger.database, (tx) => waiver.submit(tx, maker, given, ledger.clock()))
    const written = { amount: '1.50', on: '2026-03-05' }
    expect(JSON.parse(approval.content)).toEqual({ kind: 'waiver', subject: 'waiver:new', content: written })
    await approve(approval)
    expect(done.pop()).toEqual({ content, stored: written })
  })

  it('reads what an older program stored by the form of its version', async () => {
    await approve(await stored({ sum: '2.00' }))
    expect(done.pop()).toEqual({ content: { amount: 200n, on: null }, stored: { sum: '2.00' } })
  })

  it('refuses what no form reads before anybody has checked it, naming the place, and lets it be rejected', async () => {
    const wrong: Json[] = [
      { amount: '2.0', on: '2026-03-05' },
      { amount: 2, on: '2026-03-05' },
      { amount: '2.00', on: '2026-02-30' },
      { amount: '2.00' },
      { amount: '2.00', on: '2026-03-05', more: true },
      { sum: '2.00', on: null },
      'two',
      null,
    ]
    for (const content of wrong) {
      const approval = await stored(content)
      expect(await say(ledger, checker, 'check', approval, { effects })).toBe('approval_content_unreadable')
      expect(await say(ledger, checker, 'reject', approval, { effects })).toBe('rejected')
      expect(ended.pop()).toBe(`${approval.subject} rejected`)
    }
    expect(done).toEqual([])
  })
})

describe('contents as they were submitted before', () => {
  // Two lines an approval: kind, subject and id; then the text.
  const lines = readFileSync(new URL('../http/approval-contents.txt', import.meta.url), 'utf8').split('\n')
  const texts = lines.map((line) => line.trim()).filter((line) => line.startsWith('{'))
  const approvals = texts.map((content, n) => {
    const { kind, subject } = JSON.parse(content) as { kind: string; subject: string }
    return { id: `A-${n + 1}`, kind, subject, content } as ApprovalView
  })

  it('are of every kind there is', () => {
    expect([...new Set(approvals.map(({ kind }) => kind))].toSorted()).toEqual(Object.keys(registry).toSorted())
  })

  it.each(approvals)('are read: $kind $id', (approval) => {
    const read = registry[approval.kind]?.read
    expect(read?.(approval)).toBeTypeOf('object')
    const other = approval.content.replace(/"(project|allocation|indicator|book|community)":"/, '"$1s":"')
    expect(() => read?.({ ...approval, content: other })).toThrow('approval_content_unreadable')
  })
})
