/**
 * F29: fifty approve one request at one moment, its maker through a second account among them and its checker twice.
 * F31: what is approved is edited between the check and the approval. Each with a control, in which a lock is taken off
 * and the same harness sees what is wrong.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { decide, submit, supersede } from '../../src/approvals/verbs.ts'
import type { ApprovalView } from '../../src/approvals/store.ts'
import { type Database, openDatabase, transact, type Tx } from '../../src/base/db.ts'
import { parseAmount } from '../../src/base/money.ts'
import type { Act } from '../../src/ledger/act.ts'
import { soundChecks } from '../support/sound.ts'
import type { Effect } from '../../src/noun/proposal.ts'
import { approver, checked, checker, maker, newKey, newSubject, person, say } from '../approvals/trial.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'

const landed = vi.hoisted(() => ({ effects: [] as string[] }))
vi.mock('../../src/workflow/nouns.ts', async (original) => {
  const { effects, ...nouns } = await original<typeof import('../../src/workflow/nouns.ts')>()
  const trial: Effect = (_ledger, _act, { id, state }) => {
    landed.effects.push(`${id} ${state}`)
    return Promise.resolve()
  }
  return { ...nouns, effects: { ...effects, trial } }
})

const door = useDoor()

async function failing(): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of soundChecks(door().test.database)) if (!ok) failed.push(check)
  return failed
}

const gate = () => {
  let open = (): void => undefined
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { open: () => open(), opened }
}

describe('F29: fifty approvals of one request at one moment', () => {
  const crowd = 47

  /** Fifty sessions: 47 approvers, the maker's second account, and the checker's twice. */
  async function storm(approval: ApprovalView): Promise<{ who: string; status: number; code: string }[]> {
    const approvers = Array.from({ length: crowd }, (_, index) => `approver-${index}`)
    const sessions = await Promise.all(
      [maker.person, checker.person, checker.person, ...approvers].map(async (who) => ({
        who,
        token: await door().token('finance_approver', { person: who }),
      })),
    )
    return Promise.all(
      sessions.map(async ({ who, token }) => {
        const body = { verdict: 'approve', hash: approval.hash }
        const { status, json } = await door().ask(`/v1/approvals/${approval.id}/decision`, {
          body,
          token,
          key: newKey(),
        })
        return { who, status, code: json.code ?? json.state }
      }),
    )
  }

  it.each([
    ['one approver', '1.00', ['approved']],
    ['two approvers', '10000000.01', ['approving', 'approved']],
  ] as const)('has as many winners as it needs: %s', async (_, amount, states) => {
    const approval = await checked(door().ledger, { amountFen: parseAmount(amount) })
    const results = await storm(approval)
    const winners = results.filter(({ status }) => status === 200)
    expect(winners.map(({ code }) => code).sort()).toEqual([...states].sort())
    expect(winners.every(({ who }) => who.startsWith('approver-'))).toBe(true)
    const losers = results.filter(({ status }) => status !== 200)
    expect(losers).toHaveLength(50 - states.length)
    for (const { who, status, code } of losers) {
      const own = who === maker.person || who === checker.person
      const allowed = own ? ['403 person_took_part', '409 approval_settled'] : ['409 approval_settled']
      expect(allowed).toContain(`${status} ${code}`)
    }
    expect(landed.effects.filter((effect) => effect.startsWith(`${approval.id} `))).toEqual([`${approval.id} approved`])
    expect(await failing()).toEqual([])
  })

  it('is answered once where fifty send the same key', async () => {
    const approval = await checked(door().ledger)
    const key = newKey()
    const token = await door().token('finance_approver', { person: 'same' })
    const answers = await Promise.all(
      Array.from({ length: 50 }, () =>
        door().ask(`/v1/approvals/${approval.id}/decision`, {
          body: { verdict: 'approve', hash: approval.hash },
          token,
          key,
        }),
      ),
    )
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1)
    expect(answers.filter(({ headers }) => headers.get('idempotent-replayed') === null)).toHaveLength(1)
    expect(landed.effects.filter((effect) => effect.startsWith(`${approval.id} `))).toHaveLength(1)
  })
})

/** Several who all look before any of them writes: what the row lock makes impossible. */
describe('F29, the control', () => {
  const few = 4
  const databases: Database[] = []
  beforeAll(() => {
    databases.push(openDatabase(door().test.url, { connections: few + 1 }))
  })
  afterAll(() => Promise.all(databases.map((database) => database.close())))

  async function race(approval: ApprovalView, persons: readonly string[], locked: boolean): Promise<string[]> {
    const { clock } = door().ledger
    let looked = 0
    const all = gate()
    // The same code without `for update`, and held after its last look until everybody has looked.
    const loose = (tx: Tx): Tx => ({
      query: async (statement, values, rowMode) => {
        const text = typeof statement === 'string' ? statement : statement.text
        if (text.startsWith('insert into approval_party')) {
          if (++looked === persons.length) all.open()
          await Promise.race([all.opened, sleep(2_000)])
        }
        return tx.query(locked ? text : text.replace(' for update', ''), values, rowMode)
      },
    })
    const database = databases[0] as Database
    const one = async (name: string): Promise<string> => {
      const given = { approval: approval.id, verdict: 'approve', hash: approval.hash } as const
      try {
        const actor = person(name, 'finance_approver')
        return (await transact(database, (tx) => decide(loose(tx), actor, given, clock()), { retries: 0 })).state
      } catch (error) {
        const { code } = error as { code?: string }
        return code ?? (error as Error).message
      }
    }
    return Promise.all(persons.map(one))
  }
  const winners = (results: readonly string[]): number => results.filter((state) => state === 'approved').length
  const different = ['a', 'b', 'c', 'd']
  const same = ['a', 'a', 'a', 'a']

  it('with the row lock one of several wins, though all would have looked', async () => {
    const results = await race(await checked(door().ledger), different, true)
    expect(results.sort()).toEqual(['approval_settled', 'approval_settled', 'approval_settled', 'approved'])
  })

  it('without the row lock the keys still let one win', async () => {
    for (const persons of [different, same]) {
      expect(winners(await race(await checked(door().ledger), persons, false))).toBe(1)
    }
    expect(await failing()).toEqual([])
  })

  it('without lock and keys several win, and both harness and checks see it', async () => {
    const [one, two] = [await checked(door().ledger), await checked(door().ledger)]
    await asSuperuser(door().test, async (client) => {
      await client.query('alter table approval_decision drop constraint approval_decision_pkey')
      await client.query('alter table approval_party drop constraint approval_party_pkey')
      await client.query('alter table approval disable trigger all; alter table approval_decision disable trigger all')
    })
    expect(winners(await race(one, different, false))).toBe(few)
    expect(winners(await race(two, same, false))).toBe(few)
    expect(await failing()).toEqual(['approvals_by_different_persons', 'approvals_follow_decisions'])
  })
})

/** A thing with content of its own, that is edited while it is under approval, and applied when it is approved. */
describe('F31: content edited between check and approval', () => {
  async function newThing(): Promise<{ subject: string; approval: ApprovalView }> {
    const subject = newSubject()
    await asSuperuser(door().test, (client) =>
      client.query(`insert into thing values ($1, 'first', null, null)`, [subject]),
    )
    const approval = await checked(door().ledger, { subject, content: { text: 'first' } })
    return { subject, approval }
  }
  beforeAll(async () => {
    await asSuperuser(door().test, (client) =>
      client.query(`create table thing (subject text primary key, content text not null, applied text, applied_hash text);
        grant select, insert, update on thing to yiben_app`),
    )
  })

  /** Applies what the thing says when it is approved: right only where nobody can have changed it since it was seen. */
  const apply =
    (before: () => Promise<unknown> = () => Promise.resolve()): Effect =>
    async (_ledger, { tx }: Act, { subject, hash, state }) => {
      await before()
      if (state !== 'approved') return
      await tx.query('update thing set applied = content, applied_hash = $2 where subject = $1', [subject, hash])
    }

  /** Writes new content; the approval under way ends, and the new content is submitted. */
  type Editing = { ends?: boolean; before?: () => Promise<unknown> }
  const edit = (subject: string, { ends = true, before = () => Promise.resolve() }: Editing = {}) =>
    transact(door().test.database, async (tx) => {
      const at = door().ledger.clock()
      if (ends) await supersede(tx, 'trial', subject, maker.person, at)
      const [row] = await tx.query<{ applied: string | null }>(
        'select applied from thing where subject = $1 for update',
        [subject],
      )
      if (row?.applied !== null) return 'applied already'
      await tx.query(`update thing set content = 'second' where subject = $1`, [subject])
      await before()
      if (!ends) return undefined
      const content = { text: 'second' }
      return submit(tx, maker, { kind: 'trial', subject, summary: '改', content }, at)
    })

  /** Everything that was applied although its hash is not that of what was applied. */
  async function violations(): Promise<string[]> {
    const rows = await door().test.database.sql<{ subject: string }[]>`
      select t.subject from thing t join approval a on a.subject = t.subject and encode(a.content_hash, 'hex') = t.applied_hash
      where (a.content::json -> 'content' ->> 'text') <> t.applied`
    return rows.map(({ subject }) => subject)
  }
  const appliedOf = async (subject: string): Promise<string | null> => {
    const [row] = await door().test.database.sql<{ applied: string | null }[]>`
      select applied from thing where subject = ${subject}`
    return row?.applied ?? null
  }
  const approve = (approval: Pick<ApprovalView, 'id' | 'hash'>, before?: () => Promise<unknown>) =>
    say(door().ledger, approver, 'approve', approval, { effects: { trial: apply(before) } })

  it('before the approval: it names what no longer stands, and the new content needs its own check', async () => {
    const { subject, approval } = await newThing()
    const renewed = await edit(subject)
    if (typeof renewed !== 'object') throw new Error('submitted anew')
    expect(await approve(approval)).toBe('approval_settled')
    expect(await approve({ id: renewed.id, hash: approval.hash })).toBe('approval_content_changed')
    expect(await approve(renewed)).toBe('approval_step_wrong')
    expect(await appliedOf(subject)).toBeNull()
    expect(await say(door().ledger, checker, 'check', renewed)).toBe('approving')
    expect(await approve(renewed)).toBe('approved')
    expect([await appliedOf(subject), await violations()]).toEqual(['second', []])
  })

  it('while the approval waits for the edit: refused when the edit has committed', async () => {
    const { subject, approval } = await newThing()
    const [written, go] = [gate(), gate()]
    const editing = edit(subject, {
      before: () => {
        written.open()
        return go.opened
      },
    })
    await written.opened
    const approving = approve(approval)
    await sleep(50)
    go.open()
    await editing
    expect(await approving).toBe('approval_settled')
    expect([await appliedOf(subject), await violations()]).toEqual([null, []])
  })

  it('while the edit waits for the approval: what was approved is applied, and the edit finds it so', async () => {
    const { subject, approval } = await newThing()
    const [deciding, go] = [gate(), gate()]
    const approving = approve(approval, () => {
      deciding.open()
      return go.opened
    })
    await deciding.opened
    const editing = edit(subject)
    await sleep(50)
    go.open()
    expect([await approving, await editing]).toEqual(['approved', 'applied already'])
    expect([await appliedOf(subject), await violations()]).toEqual(['first', []])
  })

  it('the control: an edit that does not end the approval is applied unseen, and the harness sees it', async () => {
    const { subject, approval } = await newThing()
    await edit(subject, { ends: false })
    expect(await approve(approval)).toBe('approved')
    expect([await appliedOf(subject), await violations()]).toEqual(['second', [subject]])
  })

  it('an effect that rests on the approval’s content applies what was seen even then', async () => {
    const { subject, approval } = await newThing()
    await edit(subject, { ends: false })
    const careful: Effect = async (_ledger, { tx }, { content, hash }) => {
      const { text } = (JSON.parse(content) as { content: { text: string } }).content
      await tx.query('update thing set applied = $2, applied_hash = $3 where subject = $1', [subject, text, hash])
    }
    expect(await say(door().ledger, approver, 'approve', approval, { effects: { trial: careful } })).toBe('approved')
    expect(await appliedOf(subject)).toBe('first')
    expect(await violations()).not.toContain(subject)
  })
})
