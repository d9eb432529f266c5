/**
 * Reopening a month through the door: it waits among everything else, for whoever may decide and nobody else; it takes
 * effect when others approve it; and a request that a later closing made void is ended by the next.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor, newBookBody, quotaBody } from '../support/door.ts'

const door = useDoor()
const tokens: Record<string, string> = {}
beforeAll(async () => {
  tokens['zhang'] = await door().token('finance_maker', { person: 'zhang' })
  tokens['li'] = await door().token('finance_checker', { person: 'li' })
  tokens['wang'] = await door().token('finance_approver', { person: 'wang' })
  tokens['chen'] = await door().token('finance_approver', { person: 'chen' })
  for (const code of ['R1', 'R2']) {
    await door().ask('/v1/books', { body: newBookBody(code) })
    await door().ask(`/v1/books/${code}/entries`, { body: quotaBody('1.00', '2026-01-05') })
  }
})
const ask = (who: string, path: string, given: object = {}) => door().ask(path, { token: tokens[who] ?? '', ...given })
const close = (book: string, month: string) =>
  ask('li', `/v1/books/${book}/periods/${month}/closing`, { method: 'POST' })
const reopen = (book: string, month: string, who = 'zhang') =>
  ask(who, `/v1/books/${book}/periods/${month}/reopening`, { body: { reason: '漏记' } })
type Open = { approval: string; hash: string }
const decide = (who: string, { approval, hash }: Open, verdict: string) =>
  ask(who, `/v1/approvals/${approval}/decision`, { body: { verdict, hash } })
const mine = async (who: string, which: string): Promise<string[]> =>
  (await ask(who, `/v1/approvals?mine=${which}&kind=period_reopening`)).json.items.map(({ id }: { id: string }) => id)

describe('a month that is to be reopened', () => {
  it('waits for whoever may decide, is listed for who made it and who decided, and opens', async () => {
    await close('R1', '2026-01')
    const asked = await reopen('R1', '2026-01')
    expect(asked.status, asked.text).toBe(202)
    const { approval } = asked.json
    expect(await mine('li', 'to_do')).toEqual([approval])
    expect([await mine('zhang', 'made'), await mine('zhang', 'to_do'), await mine('zhang', 'others')]).toEqual([
      [approval],
      [],
      [],
    ])
    expect([await mine('wang', 'to_do'), await mine('wang', 'others')]).toEqual([[], [approval]])
    expect((await reopen('R1', '2026-01', 'li')).json.code).toBe('approval_pending')
    expect((await decide('li', asked.json, 'check')).json.state).toBe('approving')
    expect([await mine('li', 'done'), await mine('li', 'others'), await mine('wang', 'to_do')]).toEqual([
      [approval],
      [],
      [approval],
    ])
    const waiting = (await ask('chen', '/v1/approvals?state=waiting')).json.items
    expect(waiting.map(({ id }: { id: string }) => id)).toEqual([approval])
    expect((await decide('wang', asked.json, 'approve')).json.state).toBe('approved')
    expect([await mine('wang', 'done'), await mine('chen', 'to_do'), await mine('chen', 'others')]).toEqual([
      [approval],
      [],
      [],
    ])
    const { closedThrough, acts } = (await ask('wang', '/v1/books/R1/periods')).json
    expect([closedThrough, acts.map(({ kind, person }: Record<string, string>) => `${kind} ${person}`)]).toEqual([
      '2025-12',
      ['closed li', 'reopening_requested zhang', 'reopened wang'],
    ])
    expect((await reopen('R1', '2026-01')).json.code).toBe('period_not_closed')
  })

  it('is asked for anew when a later closing made the request void', async () => {
    await close('R2', '2026-01')
    const first = (await reopen('R2', '2026-01')).json
    await decide('li', first, 'check')
    await close('R2', '2026-02')
    const late = await decide('wang', first, 'approve')
    expect([late.status, late.json.code]).toEqual([409, 'reopening_not_requested'])
    const second = await reopen('R2', '2026-01')
    expect(second.status, second.text).toBe(202)
    expect((await ask('wang', `/v1/approvals/${first.approval}`)).json.state).toBe('superseded')
    await decide('li', second.json, 'check')
    expect((await decide('wang', second.json, 'approve')).json.state).toBe('approved')
    expect((await ask('wang', '/v1/books/R2/periods')).json.closedThrough).toBe('2025-12')
  })
})
