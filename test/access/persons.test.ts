/**
 * Persons are rows, and not spellings: who is made, which duties one person may hold, what ends with them, and that it
 * is the same through two processes at once.
 */
import { readFileSync } from 'node:fs'
import pg from 'pg'
import { beforeAll, describe, expect, inject, it, vi } from 'vitest'
import type { Role } from '../../src/access/actor.ts'
import { giveDuty, makePerson } from '../../src/access/persons.ts'
import { issueToken, revokeToken, TokenDesk } from '../../src/access/token.ts'
import { businessDay, systemClock } from '../../src/base/calendar.ts'
import { openDatabase, transact } from '../../src/base/db.ts'
import { runCommand } from '../support/command.ts'
import { type Answer, newBookBody, useDoor } from '../support/door.ts'

const door = useDoor()
let guard = ''
beforeAll(async () => {
  guard = await door().token('security_admin', { person: 'guard' })
})

const database = () => door().test.database
const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )
const issue = (person: string, role: Role, district?: string) =>
  issueToken(database(), { person, role, district, days: 1 })
const outcome = ({ status, json }: Answer) => [status, json?.code ?? 'done']

describe('a person', () => {
  it('is no spelling: what looks like another is not made (S6)', async () => {
    await issue('zhang', 'finance_maker', '110102')
    for (const [name, code] of [
      ['Zhang', 'person_taken'],
      ['ZHANG', 'person_taken'],
      ['ｚhang', 'person_name_unfit'],
      ['zhаng', 'person_name_unfit'],
      ['zhang​', 'person_name_unfit'],
      ['zhang ', 'person_name_unfit'],
      ['-zhang', 'person_name_unfit'],
    ] as const)
      expect([name, await codeOf(issue(name, 'finance_checker', '110105'))]).toEqual([name, code])
    await issue('li', 'finance_checker', '110102')
    for (const name of ['Li', 'lI', '1i', 'lı', 'ｌi'])
      expect([name, await codeOf(issue(name, 'finance_checker', '110102'))]).not.toEqual([name, 'done'])
    await issue('corner', 'finance_maker')
    expect(await codeOf(issue('comer', 'finance_maker'))).toBe('person_taken')
    // The radical ⽊ is another character than the word 木.
    await issue('木子', 'finance_maker')
    expect(await codeOf(issue('⽊子', 'finance_maker'))).toBe('person_name_unfit')
    expect(await codeOf(issue('木子', 'finance_maker'))).toBe('done')
  })

  it('has an id of its own, which nobody is named like', async () => {
    const made = await door().ask('/v1/persons', { token: guard, body: { id: 'wang.wei', name: '王伟' } })
    expect([made.status, made.json.id, made.json.name, made.json.duties]).toEqual([201, 'wang.wei', '王伟', []])
    expect(made.headers.get('location')).toBe('/v1/persons/wang.wei')
    const again = (id: string, name: string) => door().ask('/v1/persons', { token: guard, body: { id, name } })
    expect(outcome(await again('wang.wei', '王薇'))).toEqual([409, 'person_taken'])
    expect(outcome(await again('wang2', '王伟'))).toEqual([409, 'person_taken'])
    expect(outcome(await again('wang3', 'Wang.Wei'))).toEqual([409, 'person_taken'])
    expect(outcome(await again('wang3', 'а'))).toEqual([422, 'person_name_unfit'])
    for (const id of ['Wang', '王', 'person.7', '7', '']) expect((await again(id, '王五')).status, id).toBe(400)
    await issue('赵六', 'finance_maker')
    const shown = await door().ask(`/v1/persons/${encodeURIComponent('赵六')}`, { token: guard })
    expect(shown.json).toMatchObject({ name: '赵六', duties: [{ role: 'finance_maker' }] })
    expect(shown.json.id).toMatch(/^person\.[0-9]+$/)
    // Named by his id, the token is his.
    await issue('wang.wei', 'finance_maker')
    const tokens = await door().ask(`/v1/tokens?person=${encodeURIComponent('王伟')}`, { token: guard })
    expect(tokens.json.items).toMatchObject([{ person: '王伟', role: 'finance_maker', issuedBy: 'console' }])
  })
})

describe('duties', () => {
  it('that exclude each other are not one person’s (会计法 25)', async () => {
    await issue('sun', 'finance_maker', '110102')
    for (const role of ['finance_checker', 'finance_approver'] as const) {
      expect(await codeOf(issue('sun', role, '110102'))).toBe('duty_excluded')
      expect(await codeOf(issue('sun', role))).toBe('duty_excluded')
    }
    expect(await codeOf(issue('sun', 'finance_checker', '110105'))).toBe('done')
    expect(await codeOf(issue('sun', 'provident_fund'))).toBe('done')
    for (const role of ['integration', 'operator', 'security_admin', 'auditor'] as const)
      expect([role, await codeOf(issue('sun', role))]).toEqual([role, 'duty_excluded'])
    for (const [one, other] of [
      ['integration', 'finance_maker'],
      ['operator', 'security_admin'],
      ['auditor', 'provident_fund'],
    ] as const) {
      await issue(`only-${one}`, one)
      expect([one, await codeOf(issue(`only-${one}`, other))]).toEqual([one, 'duty_excluded'])
    }
    expect(await codeOf(issue('sun', 'finance_maker', '999999'))).toBe('duty_district_unknown')
    expect(await codeOf(issue('far', 'security_admin', '110102'))).toBe('duty_citywide')
  })

  it('are given and ended by a security administrator, never his own; a token ends with its duty', async () => {
    await door().ask('/v1/persons', { token: guard, body: { id: 'qian', name: '钱七' } })
    const give = (person: string, body: object, token = guard, key?: string) =>
      door().ask(`/v1/persons/${encodeURIComponent(person)}/duties`, { token, body, ...(key && { key }) })
    const given = await give('qian', { role: 'finance_checker', district: '110102' }, guard, 'give-1')
    expect([given.status, given.json.role, given.json.givenBy]).toEqual([201, 'finance_checker', 'guard'])
    const again = await give('qian', { role: 'finance_checker', district: '110102' }, guard, 'give-1')
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([given.text, 'true'])
    expect(outcome(await give('qian', { role: 'finance_checker', district: '110102' }))).toEqual([409, 'duty_stands'])
    expect(outcome(await give('qian', { role: 'finance_maker' }))).toEqual([409, 'duty_excluded'])
    expect(outcome(await give('nobody-such', { role: 'finance_maker' }))).toEqual([404, 'person_not_found'])
    expect(outcome(await give('guard', { role: 'finance_maker' }))).toEqual([403, 'duty_of_own'])
    const maker = await door().token('finance_maker')
    expect(outcome(await give('qian', { role: 'auditor' }, maker))).toEqual([403, 'permission_denied'])
    expect(outcome(await door().ask('/v1/books', { token: guard, body: newBookBody('S') }))).toEqual([
      403,
      'permission_denied',
    ])
    const token = await issue('钱七', 'finance_checker', '110102')
    expect((await door().ask('/v1/books', { token })).status).toBe(200)
    const end = (person: string, duty: string) =>
      door().ask(`/v1/persons/${person}/duties/${duty}/ending`, { method: 'POST', token: guard })
    expect(outcome(await end('qian', '99999'))).toEqual([404, 'duty_not_found'])
    expect(outcome(await end('guard', '1'))).toEqual([403, 'duty_of_own'])
    const ended = await end('qian', given.json.id)
    expect([ended.status, ended.json.endedBy]).toEqual([200, 'guard'])
    expect(outcome(await end('qian', given.json.id))).toEqual([404, 'duty_not_found'])
    expect((await door().ask('/v1/approvals/A-1/decision', { token, body: {} })).status).toBe(401)
    expect(outcome(await give('qian', { role: 'finance_maker' }))).toEqual([201, 'done'])
    const events = await door().ask(`/v1/access-events?person=${encodeURIComponent('钱七')}`, { token: guard })
    expect(events.json.items.map(({ kind, by }: { kind: string; by: string }) => `${kind} ${by}`)).toEqual([
      'person_made guard',
      'duty_given guard',
      'token_issued console',
      'duty_ended guard',
      'token_revoked guard',
      'duty_given guard',
    ])
  })

  it('and persons are read by who looks after them and by auditors, a district’s own by its auditors', async () => {
    const read = async (role: Role, district?: string) => {
      const token = await door().token(role, {
        person: `reads-${role}${district ?? ''}`,
        ...(district && { district }),
      })
      return door().ask('/v1/persons?limit=500', { token })
    }
    await issue('only-east', 'finance_maker', '110105')
    await issue('only-west', 'finance_maker', '110102')
    for (const role of ['finance_maker', 'integration', 'operator'] as const)
      expect(outcome(await read(role))).toEqual([403, 'permission_denied'])
    const names = ({ json }: Answer): string[] => json.items.map(({ name }: { name: string }) => name)
    expect(names(await read('auditor'))).toEqual(expect.arrayContaining(['only-east', 'only-west', 'guard']))
    const west = names(await read('auditor', '110102'))
    expect([west.includes('only-west'), west.includes('only-east')]).toEqual([true, false])
  })
})

describe('two processes at once', () => {
  it('make one person, and give one of two duties that exclude each other', async () => {
    const other = openDatabase(door().test.url)
    try {
      const doer = { by: 'guard', at: systemClock() }
      const make = (on: typeof other, name: string) => codeOf(transact(on, (tx) => makePerson(tx, { name }, doer)))
      for (let round = 0; round < 5; round++) {
        const made = await Promise.all([make(database(), `twin-${round}x`), make(other, `Twin-${round}x`)])
        expect(made.toSorted()).toEqual(['done', 'person_taken'])
      }
      await issue('both', 'provident_fund')
      const give = (on: typeof other, role: Role) =>
        codeOf(transact(on, (tx) => giveDuty(tx, 'both', { role, district: null }, doer)))
      const given = await Promise.all([give(database(), 'finance_maker'), give(other, 'finance_approver')])
      expect(given.toSorted()).toEqual(['done', 'duty_excluded'])
    } finally {
      await other.close()
    }
  })
})

describe('a token', () => {
  it('that is revoked opens nothing in any process within a second, and nothing that decides at once (S5)', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const token = await issue('leaver', 'finance_maker')
      const [here, there] = [new TokenDesk(database(), systemClock), new TokenDesk(database(), systemClock)]
      for (const desk of [here, there]) expect(await desk.actorOf(token)).toMatchObject({ person: 'leaver' })
      expect(await revokeToken(database(), token)).toBe(true)
      expect(await here.actorOf(token, true)).toBeUndefined()
      expect(await here.actorOf(token)).toBeUndefined()
      // Another process believes what it saw for less than a second.
      expect(await there.actorOf(token)).toMatchObject({ person: 'leaver' })
      vi.advanceTimersByTime(999)
      expect(await there.actorOf(token)).toBeUndefined()
    } finally {
      vi.useRealTimers()
    }
  })

  it('is not believed where the record of access cannot be looked at', async () => {
    vi.useFakeTimers({ toFake: ['performance'] })
    try {
      const token = await issue('stays-believed', 'auditor')
      const gone = openDatabase(door().test.url)
      const desk = new TokenDesk(gone, systemClock)
      expect(await desk.actorOf(token)).toMatchObject({ role: 'auditor' })
      await gone.close()
      expect(await desk.actorOf(token)).toMatchObject({ role: 'auditor' })
      vi.advanceTimersByTime(999)
      await expect((async () => desk.actorOf(token))()).rejects.toThrow()
      await expect((async () => desk.actorOf(token, true))()).rejects.toThrow()
    } finally {
      vi.useRealTimers()
    }
  })

  it('is revoked by who may, by its number; issue and revocation each leave an event, also by hand', async () => {
    const token = await issue('lost', 'finance_approver')
    const { json } = await door().ask('/v1/tokens?person=lost', { token: guard })
    expect(json.items.length).toBe(1)
    expect(JSON.stringify(json)).not.toContain(token)
    const revoke = (id: string, by = guard) => door().ask(`/v1/tokens/${id}/revocation`, { method: 'POST', token: by })
    expect(outcome(await revoke('99999'))).toEqual([404, 'token_not_found'])
    expect(outcome(await revoke(json.items[0].id, await door().token('auditor')))).toEqual([403, 'permission_denied'])
    const ended = await revoke(json.items[0].id)
    expect([ended.status, ended.json.revokedBy]).toEqual([200, 'guard'])
    expect(outcome(await revoke(json.items[0].id))).toEqual([404, 'token_not_found'])
    expect((await door().ask('/v1/approvals', { token, method: 'GET', key: null })).status).toBe(401)
    const byHand = await issue('lost', 'finance_approver')
    const client = new pg.Client({ connectionString: door().test.superUrl, options: '-c search_path=yiben' })
    await client.connect()
    await client.query(`update token set revoked_at = now() where person = 'lost' and revoked_at is null`)
    await expect(client.query(`update token set revoked_at = null where person = 'lost'`)).rejects.toMatchObject({
      code: '23514',
    })
    await client.end()
    const events = await door().ask('/v1/access-events?person=lost', { token: guard })
    expect(events.json.items.map(({ kind, by }: { kind: string; by: string }) => `${kind} ${by}`)).toEqual([
      'person_made console',
      'duty_given console',
      'token_issued console',
      'token_revoked guard',
      'token_issued console',
      'token_revoked postgres',
    ])
    expect((await door().ask('/v1/approvals/A-1/decision', { token: byHand, body: {} })).status).toBe(401)
  })

  it('is issued, listed and revoked at the machine; persons and duties too', async () => {
    const run = (...words: string[]) => runCommand(door().test, words)
    const issued = await run('token', '--role', 'finance_maker', '--person', '周八', '--district', '110102')
    expect([issued.status, issued.out]).toEqual([0, expect.stringMatching(/^yb_\S{43}\n$/)])
    const refused = await run('token', '--role', 'finance_checker', '--person', '周八', '--district', '110102')
    expect([refused.status, refused.out]).toEqual([1, ''])
    expect(refused.err).toContain('duty_excluded')
    const nowhere = await run('token', '--role', 'finance_maker', '--district', '999999')
    expect([nowhere.status, nowhere.err]).toEqual([1, expect.stringContaining('duty_district_unknown')])
    const listed = JSON.parse((await run('token', 'list', '--format', 'json')).out) as { rows: unknown[] }
    const text = (await run('token', 'list')).out
    const id = /^ *([0-9]+) +周八/m.exec(text)?.[1] ?? ''
    expect([JSON.stringify(listed).includes('周八'), id]).toEqual([true, expect.stringMatching(/^[0-9]+$/)])
    expect((await run('token', 'revoke', id)).status).toBe(0)
    expect((await run('token', 'revoke', id)).err).toContain('token_not_found')
    expect((await run('persons', 'add', 'wu', '吴九')).status).toBe(0)
    expect((await run('persons', 'give', 'wu', 'finance_approver', '--district', '110102')).status).toBe(0)
    expect((await run('persons', 'give', 'wu', 'finance_maker')).err).toContain('duty_excluded')
    expect((await run('persons', 'show', 'wu')).out).toContain('finance_approver')
    expect((await run('persons', 'list')).out).toContain('finance_approver@110102')
  })
})

describe('a delegation', () => {
  const today = businessDay(systemClock())
  const lend = async (by: string, more: object) => {
    const body = { delegate: 'deputy', permission: 'approval.approve', from: today, to: today, reason: '出差', ...more }
    return door().ask('/v1/delegations', { token: await door().token('finance_approver', { person: by }), body })
  }

  it('goes to a registered person with a duty that decides, for a year at most', async () => {
    await issue('deputy', 'finance_maker')
    await issue('watcher', 'auditor')
    expect(outcome(await lend('holder', { delegate: 'nobody-such' }))).toEqual([404, 'person_not_found'])
    expect(outcome(await lend('holder', { delegate: 'Holder' }))).toEqual([404, 'person_not_found'])
    expect(outcome(await lend('holder', { delegate: 'watcher' }))).toEqual([422, 'delegate_without_duty'])
    expect(outcome(await lend('holder', { to: '2199-12-31' }))).toEqual([422, 'delegation_too_long'])
    expect(outcome(await lend('holder', { from: '2000-01-01' }))).toEqual([201, 'done'])
  })

  it('is ended by a security administrator, whoever gave it', async () => {
    const { json } = await lend('holder', {})
    const listed = await door().ask('/v1/delegations?limit=500', { token: guard })
    expect(listed.json.items).toContainEqual(json)
    const end = () => door().ask(`/v1/delegations/${json.id}/revocation`, { method: 'POST', token: guard })
    expect(outcome(await end())).toEqual([200, 'done'])
    expect(outcome(await end())).toEqual([404, 'delegation_not_found'])
  })
})

describe('whom tokens named before there were persons', () => {
  it('are persons under the spelling they signed with, and nobody is locked out', async () => {
    const name = `persons_before_${process.pid}`
    const admin = new pg.Client({ connectionString: inject('server').adminUrl })
    await admin.connect()
    await admin.query(`create database ${name} owner yiben_owner`)
    const url = new URL(inject('server').adminUrl)
    url.pathname = `/${name}`
    const client = new pg.Client({ connectionString: url.href, options: '-c role=yiben_owner' })
    await client.connect()
    try {
      const folder = new URL('../../migrations/', import.meta.url)
      const journal = JSON.parse(readFileSync(new URL('meta/_journal.json', folder), 'utf8')) as {
        entries: { tag: string }[]
      }
      const apply = async (tag: string) => {
        const statements = readFileSync(new URL(`${tag}.sql`, folder), 'utf8').split('--> statement-breakpoint')
        for (const statement of statements) await client.query(statement)
      }
      const before = journal.entries.map(({ tag }) => tag).filter((tag) => tag < '0026')
      await client.query('create schema yiben')
      for (const tag of before) await apply(tag)
      const tokens = [
        ['zhang', 'finance_maker', null, null],
        ['zhang', 'finance_checker', null, null],
        ['Zhang', 'finance_checker', '110102', null],
        ['zhаng', 'finance_checker', '999999', 'now()'],
        ['王审批', 'finance_approver', null, null],
        ['person.1', 'king', null, null],
      ]
      for (const [index, [person, role, district, revoked]] of tokens.entries())
        await client.query(
          `insert into yiben.token (token_hash, person, role, district, created_at, expires_at, revoked_at)
           values (sha256($1), $2, $3, $4, now() + $5 * interval '1 second', now() + interval '1 day', ${revoked})`,
          [Buffer.from(`t${index}`), person, role, district, index],
        )
      await apply('0026_persons')
      const { rows } = await client.query<{ id: string; name: string; twin: number; duties: string }>(
        `select p.id, p.name, p.twin, string_agg(d.role || case when d.ended_at is null then '' else ' ended' end, ',' order by d.role) as duties
         from yiben.person p join yiben.duty d on d.person = p.id group by p.id order by min(d.given_at)`,
      )
      expect(rows.map(({ name: called, duties }) => [called, duties])).toEqual([
        ['zhang', 'finance_checker,finance_maker'],
        ['Zhang', 'finance_checker'],
        ['zhаng', 'finance_checker ended'],
        ['王审批', 'finance_approver'],
        ['person.1', 'king'],
      ])
      expect(rows.map(({ id }) => id)).toEqual(['zhang', 'person.1', 'person.2', 'person.3', 'person.4'])
      expect(rows.map(({ twin }) => twin > 0)).toEqual([true, true, false, false, false])
    } finally {
      await client.end()
      await admin.query(`drop database ${name} with (force)`)
      await admin.end()
    }
  })
})
