/**
 * Approvals through the door: rows 151 to 153 of the bad-input table, what is listed for whom, delegations, and answers
 * given again.
 */
import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { Role } from '../../src/access/actor.ts'
import { revokeToken } from '../../src/access/token.ts'
import type { Submission } from '../../src/approvals/verbs.ts'
import { businessDay } from '../../src/base/calendar.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { type Answer, type Given, useDoor } from '../support/door.ts'
import { maker, newSubject, person, submitted } from './trial.ts'

// The door's list of effects, and one more: a kind that exists in this file alone.
vi.mock('../../src/workflow/nouns.ts', async (original) => {
  const { effects } = await original<typeof import('../../src/workflow/nouns.ts')>()
  return { effects: { ...effects, trial: () => Promise.resolve() } }
})

const door = useDoor()
const tokens: Record<string, string> = {}
const people: Readonly<Record<string, readonly [Role, string?]>> = {
  zhang: ['finance_maker'],
  li: ['finance_checker'],
  wang: ['finance_approver'],
  chen: ['finance_approver'],
  west: ['finance_checker', '110102'],
  zhao: ['auditor'],
}
beforeAll(async () => {
  for (const [name, [role, district]] of Object.entries(people)) tokens[name] = await tokenOf(name, role, district)
})

const tokenOf = (name: string, role: Role, district?: string) =>
  door().token(role, { person: name, ...(district !== undefined && { district }) })
/** Of somebody who held another duty until now. */
const tokenSince = (name: string, role: Role) => door().token(role, { person: name, instead: true })

/** Asks as a person, and holds the answer against what the document says of it. */
async function ask(who: string, path: string, given: Given = {}): Promise<Answer> {
  const answer = await door().ask(path, { ...given, token: tokens[who] ?? who })
  const method = given.method ?? (given.body === undefined ? 'GET' : 'POST')
  const pathname = path.split('?')[0] ?? ''
  const route = apiRoutes.find(
    (one) => one.method === method && new RegExp(`^${one.path.replaceAll(/\{[a-z0-9]+\}/g, '[^/]+')}$`).test(pathname),
  )
  const schema = route?.answers[answer.status]?.schema
  if (schema) expect(schema.safeParse(answer.json), answer.text).toMatchObject({ success: true })
  else expect(answer.headers.get('content-type'), answer.text).toBe('application/problem+json')
  return answer
}

type Open = { id: string; hash: string }
const open = (more: Partial<Submission> = {}): Promise<Open> => submitted(door().ledger, more)
const decide = (who: string, { id, hash }: Open, verdict: string, more: object = {}, key?: string): Promise<Answer> =>
  ask(who, `/v1/approvals/${id}/decision`, { body: { verdict, hash, ...more }, ...(key !== undefined && { key }) })
const outcome = ({ status, json }: Answer): readonly unknown[] => [status, json.code ?? json.state]
const checkedOne = async (more: Partial<Submission> = {}): Promise<Open> => {
  const approval = await open(more)
  expect(outcome(await decide('li', approval, 'check'))).toEqual([200, 'approving'])
  return approval
}

describe('row 151: nobody approves for himself', () => {
  it('not his own request, by his own account or a second one', async () => {
    const approval = await submitted(door().ledger, {}, person('shuang', 'finance_maker'))
    expect(outcome(await decide('zhang', approval, 'check'))).toEqual([403, 'permission_denied'])
    // One person holds one of these duties; and who has changed from one to another stays among the parties.
    await tokenOf('shuang', 'finance_maker')
    await expect(tokenOf('shuang', 'finance_checker')).rejects.toMatchObject({ code: 'duty_excluded' })
    const asChecker = await tokenSince('shuang', 'finance_checker')
    expect(outcome(await decide(asChecker, approval, 'check'))).toEqual([403, 'person_took_part'])
    expect(outcome(await decide(await tokenOf('gu', 'finance_checker'), approval, 'check'))).toEqual([200, 'approving'])
    for (const name of ['shuang', 'gu']) {
      const since = await tokenSince(name, 'finance_approver')
      expect(outcome(await decide(since, approval, 'approve'))).toEqual([403, 'person_took_part'])
    }
    expect(outcome(await decide('wang', approval, 'approve'))).toEqual([200, 'approved'])
  })

  it('not after his role was removed a second ago', async () => {
    const approval = await checkedOne()
    const token = await tokenOf('jiang', 'finance_approver')
    // The door has met the token, and believes it.
    expect((await ask(token, `/v1/approvals/${approval.id}`)).status).toBe(200)
    await revokeToken(door().test.database, token)
    expect(outcome(await decide(token, approval, 'approve'))).toEqual([401, 'unauthenticated'])
    const lower = await tokenSince('jiang', 'finance_maker')
    expect(outcome(await decide(lower, approval, 'approve'))).toEqual([403, 'permission_denied'])
    const { json } = await ask('wang', `/v1/approvals/${approval.id}`)
    expect([json.state, json.decisions.length]).toEqual(['approving', 2])
  })
})

describe('row 152: steps go in order, and what is settled is settled', () => {
  it('refuses to skip, to repeat, to decide on what is rejected, and to withdraw what is approved', async () => {
    const skipped = await open()
    expect(outcome(await decide('wang', skipped, 'approve'))).toEqual([409, 'approval_step_wrong'])
    const twice = await checkedOne()
    expect(outcome(await decide('li', twice, 'check'))).toEqual([409, 'approval_step_wrong'])
    expect(outcome(await decide('wang', twice, 'approve'))).toEqual([200, 'approved'])
    expect(outcome(await decide('wang', twice, 'approve'))).toEqual([409, 'approval_settled'])
    expect(outcome(await decide('chen', twice, 'approve'))).toEqual([409, 'approval_settled'])
    expect(outcome(await decide('zhang', twice, 'withdraw'))).toEqual([409, 'approval_settled'])
    const rejected = await checkedOne()
    expect(outcome(await decide('wang', rejected, 'reject'))).toEqual([422, 'approval_reason_missing'])
    expect(outcome(await decide('wang', rejected, 'reject', { reason: '金额有误' }))).toEqual([200, 'rejected'])
    expect(outcome(await decide('chen', rejected, 'approve'))).toEqual([409, 'approval_settled'])
  })

  it('refuses a second submission while one is open', async () => {
    const subject = newSubject()
    await open({ subject })
    await expect(open({ subject, content: { amount: '2.00' } })).rejects.toMatchObject({
      code: 'approval_pending',
      status: 409,
    })
  })
})

describe('row 153: what is approved is what was shown', () => {
  it('refuses another hash, and takes the one that stands', async () => {
    const approval = await checkedOne()
    for (const hash of ['0'.repeat(64), (await open()).hash]) {
      const answer = await decide('wang', { ...approval, hash }, 'approve')
      expect(outcome(answer)).toEqual([409, 'approval_content_changed'])
      expect(answer.json.detail).toContain(approval.hash)
    }
    for (const hash of ['', approval.hash.toUpperCase(), approval.hash.slice(1), 7, null]) {
      const body = { verdict: 'approve', hash }
      expect((await ask('wang', `/v1/approvals/${approval.id}/decision`, { body })).status).toBe(400)
    }
    expect(outcome(await decide('wang', approval, 'approve'))).toEqual([200, 'approved'])
  })
})

describe('the counts of what is mine', () => {
  const which = ['to_do', 'made', 'done', 'others'] as const
  it.each(['zhang', 'li', 'wang', 'west', 'zhao'])('are as many as are listed: %s', async (who) => {
    await open()
    await checkedOne({ district: '110102' })
    await open({ district: '110105' })
    const { json, status } = await ask(who, '/v1/approvals/counts')
    const listed = await Promise.all(
      which.map(async (mine) => [mine, (await ask(who, `/v1/approvals?mine=${mine}&limit=500`)).json.items.length]),
    )
    expect([status, json]).toEqual([200, Object.fromEntries(listed)])
    expect(Object.values(json as Record<string, number>).some((count) => count > 0)).toBe(true)
  })
})

describe('a decision through the door', () => {
  it('is given again byte for byte under its key, and needs one', async () => {
    const approval = await open()
    const first = await decide('li', approval, 'check', {}, 'once')
    const again = await decide('li', approval, 'check', {}, 'once')
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([200, first.text, 'true'])
    expect([first.headers.get('etag'), again.headers.get('etag'), first.headers.get('idempotent-replayed')]).toEqual([
      '"2"',
      '"2"',
      null,
    ])
    expect(outcome(await decide('li', approval, 'reject', { reason: '改' }, 'once'))).toEqual([
      422,
      'idempotency_key_reused',
    ])
    const body = { verdict: 'approve', hash: approval.hash }
    const bare = await ask('wang', `/v1/approvals/${approval.id}/decision`, { body, key: null })
    expect(outcome(bare)).toEqual([400, 'idempotency_key_missing'])
    const early = await open()
    const refused = await decide('wang', early, 'approve', {}, 'early')
    await decide('li', early, 'check')
    const pinned = await decide('wang', early, 'approve', {}, 'early')
    expect([pinned.status, pinned.text, pinned.headers.get('idempotent-replayed')]).toEqual([409, refused.text, 'true'])
  })

  it('shows what it is about, its hash and every step, and its version as ETag', async () => {
    const approval = await open({ summary: '提前拨付', content: { 金额: '1.00' }, amountFen: 100n })
    await decide('li', approval, 'check', { reason: '已核对合同' })
    const { json, headers } = await ask('zhao', `/v1/approvals/${approval.id}`)
    expect(json).toMatchObject({ state: 'approving', summary: '提前拨付', amount: '1.00', version: 2, approvers: 1 })
    expect(json.hash).toBe(approval.hash)
    expect(JSON.parse(json.content)).toMatchObject({ kind: 'trial', content: { 金额: '1.00' } })
    expect(json.decisions).toMatchObject([
      { step: 1, decision: 'submitted', person: 'zhang', hash: approval.hash },
      { step: 2, decision: 'checked', person: 'li', reason: '已核对合同', hash: approval.hash },
    ])
    expect(headers.get('etag')).toBe('"2"')
  })

  it('is refused in form: an unknown verdict, a field too many, a name that is none', async () => {
    const { id, hash } = await open()
    for (const body of [{ verdict: 'pass', hash }, { verdict: 'check', hash, force: true }, { hash }, [], 'x']) {
      expect((await ask('li', `/v1/approvals/${id}/decision`, { body })).status, JSON.stringify(body)).toBe(400)
    }
    for (const name of ['1', 'A-0', 'A-1%27', 'A-99999999999999999999']) {
      expect((await ask('li', `/v1/approvals/${name}`)).status, name).toBe(400)
    }
    expect(outcome(await ask('li', '/v1/approvals/A-999999'))).toEqual([404, 'approval_not_found'])
  })
})

describe('the list', () => {
  const ids = ({ json }: Answer): string[] => json.items.map(({ id }: Open) => id)

  it('gives to each what he may decide now, in pages', async () => {
    const subject = newSubject()
    const { id, hash } = await open({ subject, district: '110102' })
    const todo = (who: string) => ask(who, `/v1/approvals?mine=to_do&subject=${subject}`).then(ids)
    expect([await todo('li'), await todo('west'), await todo('wang'), await todo('zhang'), await todo('zhao')]).toEqual(
      [[id], [id], [], [], []],
    )
    await decide('west', { id, hash }, 'check')
    expect([await todo('li'), await todo('west'), await todo('wang')]).toEqual([[], [], [id]])
    const all: string[] = []
    for (let next = ''; ; ) {
      const page = await ask('zhao', `/v1/approvals?kind=trial&limit=2${next}`)
      expect(page.json.items.length).toBeLessThanOrEqual(2)
      all.push(...ids(page))
      if (page.json.next === null) break
      next = `&cursor=${page.json.next}`
    }
    expect(new Set(all).size).toBe(all.length)
    expect(all).toEqual(ids(await ask('zhao', '/v1/approvals?limit=500')))
    const approved = await ask('zhao', '/v1/approvals?state=approved&limit=500')
    expect(new Set(approved.json.items.map(({ state }: { state: string }) => state))).toEqual(new Set(['approved']))
    const { next } = (await ask('zhao', '/v1/approvals?limit=1')).json
    expect((await ask('zhao', `/v1/approvals?kind=trial&cursor=${next}`)).status).toBe(400)
    expect((await ask('zhao', '/v1/approvals?state=lost')).status).toBe(400)
  })

  it('hides the things of other districts, one by one too', async () => {
    const [city, east] = [await open(), await open({ district: '110105' })]
    const seen = await ask('west', '/v1/approvals?limit=500')
    expect(new Set(seen.json.items.map(({ district }: { district: string }) => district))).toEqual(new Set(['110102']))
    for (const approval of [city, east]) {
      expect(outcome(await ask('west', `/v1/approvals/${approval.id}`))).toEqual([404, 'approval_not_found'])
      expect(outcome(await decide('west', approval, 'check'))).toEqual([404, 'approval_not_found'])
    }
  })
})

describe('delegations through the door', () => {
  it('are made by who holds the right, used, seen by both and by auditors, and ended', async () => {
    const today = businessDay(door().ledger.clock())
    const body = { delegate: 'sun', permission: 'approval.approve', from: today, to: today, reason: '出差' }
    tokens['sun'] = await tokenOf('sun', 'finance_maker')
    expect(outcome(await ask('li', '/v1/delegations', { body }))).toEqual([403, 'permission_denied'])
    const made = await ask('wang', '/v1/delegations', { body, key: 'lend' })
    expect([made.status, made.json.delegator, made.json.revoked]).toEqual([201, 'wang', false])
    const again = await ask('wang', '/v1/delegations', { body, key: 'lend' })
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([made.text, 'true'])
    const codes: Record<string, object> = {
      delegation_to_self: { delegate: 'wang' },
      delegation_days_reversed: { from: '2026-02-02', to: '2026-02-01' },
    }
    for (const [code, wrong] of Object.entries(codes)) {
      expect(outcome(await ask('wang', '/v1/delegations', { body: { ...body, ...wrong } }))).toEqual([422, code])
    }
    expect((await ask('wang', '/v1/delegations', { body: { ...body, permission: 'entry.post' } })).status).toBe(400)
    const [used, left] = [await checkedOne(), await checkedOne()]
    const todo = await ask('sun', '/v1/approvals?mine=to_do&limit=500')
    expect(todo.json.items.map(({ id }: Open) => id)).toEqual(expect.arrayContaining([used.id, left.id]))
    expect(outcome(await decide('sun', used, 'approve', { actingFor: 'wang' }))).toEqual([200, 'approved'])
    const steps = (await ask('zhao', `/v1/approvals/${used.id}`)).json.decisions
    expect(steps[2]).toMatchObject({ person: 'sun', actingFor: 'wang', decision: 'approved' })
    for (const who of ['wang', 'sun', 'zhao']) {
      expect((await ask(who, '/v1/delegations')).json.items, who).toEqual([made.json])
    }
    expect((await ask('chen', '/v1/delegations')).json.items).toEqual([])
    const end = (who: string, key?: string) =>
      ask(who, `/v1/delegations/${made.json.id}/revocation`, { method: 'POST', ...(key !== undefined && { key }) })
    expect(outcome(await end('sun'))).toEqual([404, 'delegation_not_found'])
    const ended = await end('wang', 'end')
    expect(ended.json).toEqual({ id: made.json.id, revoked: true })
    expect((await end('wang', 'end')).text).toBe(ended.text)
    expect(outcome(await end('wang'))).toEqual([404, 'delegation_not_found'])
    expect((await ask('sun', '/v1/delegations')).json.items).toMatchObject([{ revoked: true }])
    expect(outcome(await decide('sun', left, 'approve', { actingFor: 'wang' }))).toEqual([403, 'not_delegated'])
  })

  it('of a person who has lost the right open nothing', async () => {
    const today = businessDay(door().ledger.clock())
    const [gone, stays] = [await tokenOf('gone', 'finance_approver'), await tokenOf('stays', 'finance_maker')]
    const body = { delegate: 'stays', permission: 'approval.approve', from: today, to: today, reason: '调离' }
    expect((await ask(gone, '/v1/delegations', { body })).status).toBe(201)
    const approval = await checkedOne()
    await revokeToken(door().test.database, gone)
    expect(outcome(await decide(stays, approval, 'approve', { actingFor: 'gone' }))).toEqual([403, 'not_delegated'])
  })
})

describe('an unfinished delegate', () => {
  it('who is the maker himself decides nothing', async () => {
    const today = businessDay(door().ledger.clock())
    const body = { delegate: maker.person, permission: 'approval.approve', from: today, to: today, reason: '误' }
    expect((await ask('chen', '/v1/delegations', { body })).status).toBe(201)
    const approval = await checkedOne()
    expect(outcome(await decide('zhang', approval, 'approve', { actingFor: 'chen' }))).toEqual([
      403,
      'person_took_part',
    ])
    expect(person('zhang', 'finance_maker')).toEqual(maker)
  })
})
