/**
 * Signing in over real books: the first link of all, invitations, password and one-time code, guessing, several duties,
 * proving oneself again, and what ends a session.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { inviteFirst } from '../../src/access/account/account.ts'
import { codeOf, stepOf } from '../../src/access/account/totp.ts'
import { giveDuty, makePerson } from '../../src/access/persons.ts'
import type { Role } from '../../src/access/actor.ts'
import { SessionDesk } from '../../src/access/session.ts'
import { assert } from '../../src/base/assert.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { type Answer, newBookBody, useDoor } from '../support/door.ts'

const door = useDoor()
const at = () => systemClock()
const by = { by: 'test', at: systemClock() }

/** A browser: one cookie, our own pages. */
function browser() {
  let cookie = ''
  const ask = async (
    path: string,
    body?: unknown,
    given: { method?: string; headers?: Record<string, string> } = {},
  ) => {
    const answer = await door().ask(path, {
      ...(body !== undefined && { body }),
      ...(given.method !== undefined && { method: given.method }),
      token: null,
      headers: { origin: door().url, 'yiben-console': '1', ...(cookie && { cookie }), ...given.headers },
    })
    const set = answer.headers.get('set-cookie')
    if (set) cookie = set.split(';')[0] ?? ''
    return answer
  }
  return { ask, secret: () => cookie.split('=')[1] ?? '' }
}
type Browser = ReturnType<typeof browser>

const outcome = ({ status, json }: Answer) => [status, json?.code ?? 'done']
const decode = (secret: string): Buffer => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(secret, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
/** The code of now, or of so many steps from now. */
const code = (secret: string, off = 0n) => codeOf(decode(secret), stepOf(at()) + off)

const password = 'violet kettle under rain'

/** A person with a duty, who has set a password: his name, his secret, and how he signs in. */
async function enrolled(id: string, name: string, duties: readonly (readonly [Role, string | null])[]) {
  await transact(door().test.database, async (tx) => {
    await makePerson(tx, { id, name }, by)
    for (const [role, district] of duties) await giveDuty(tx, id, { role, district }, by)
  })
  const guard = await door().token('security_admin', { person: 'guard' })
  const invited = await door().ask(`/v1/persons/${id}/invitations`, { method: 'POST', token: guard })
  expect(invited.status, invited.text).toBe(201)
  const page = browser()
  const opened = await page.ask('/v1/invitations', { code: invited.json.path.split('/').at(-1) })
  expect([opened.status, opened.json.person], opened.text).toEqual([201, name])
  const { ticket, secret } = opened.json
  const set = await page.ask('/v1/enrolments', { ticket, password, code: code(secret, -1n) })
  expect(set.status, set.text).toBe(201)
  return { page, secret: secret as string, session: set.json }
}

/** As often as codes can be had: a step is good once, so each asks for the next one. */
const signIn = (page: Browser, person: string, secret: string, off = 0n, more: object = {}) =>
  page.ask('/v1/session', { person, password, code: code(secret, off), ...more })

describe('the first sign-in of all', () => {
  it('is by a link that is used by sending it alone, once, and makes a security administrator and nothing else', async () => {
    const { database } = door().test
    const link = (await inviteFirst(database, at())) ?? ''
    const page = browser()
    // What a preview of the link would do.
    expect((await page.ask(`/signin/${link}`)).status).toBe(404)
    expect(outcome(await page.ask('/v1/invitations', { code: `${link.slice(1)}x` }))).toEqual([
      404,
      'invitation_not_found',
    ])
    expect(
      outcome(await page.ask('/v1/invitations', { code: link }, { headers: { origin: 'http://evil.example' } })),
    ).toEqual([403, 'cross_site'])
    const opened = await page.ask('/v1/invitations', { code: link })
    expect([opened.status, opened.json.person]).toEqual([201, undefined])
    expect(outcome(await page.ask('/v1/invitations', { code: link }))).toEqual([404, 'invitation_not_found'])
    const { ticket, secret } = opened.json
    const set = (given: object) =>
      page.ask('/v1/enrolments', { ticket, name: '陈安全', password, code: code(secret), ...given })
    const wrong = code(secret) === '000000' ? '000001' : '000000'
    expect(outcome(await set({ code: wrong }))).toEqual([422, 'one_time_code_wrong'])
    expect(outcome(await set({ password: 'admin@123456' }))).toEqual([422, 'password_unfit'])
    expect(outcome(await set({ name: 'ｃｈｅｎ' }))).toEqual([422, 'person_name_unfit'])
    const done = await set({})
    expect(done.json, done.text).toMatchObject({ person: '陈安全', role: 'security_admin', trial: false })
    expect(done.json.permissions).not.toContain('book.read')
    expect(done.headers.get('set-cookie')).toMatch(/^__Host-yiben=.{43}; Path=\/; Secure; HttpOnly; SameSite=Strict$/)
    expect((await page.ask('/v1/persons')).status).toBe(200)
    expect(outcome(await page.ask('/v1/books'))).toEqual([403, 'permission_denied'])
    expect(outcome(await set({}))).toEqual([404, 'invitation_not_found'])
    // There is an account now: no start makes such a link, and one that was made opens nothing.
    expect(await inviteFirst(database, at())).toBeUndefined()
  })

  it('is over for every link that was made before it', async () => {
    await door().test.database.pool.query(
      `insert into invitation (invitation_hash, made_at, made_by, ends_at) values (sha256('x'), now(), 'x', now() + interval '1 hour')`,
    )
    // A hash is no code; one of a known code is planted instead.
    const known = 'k'.repeat(43)
    await door().test.database.pool.query(
      `insert into invitation (invitation_hash, made_at, made_by, ends_at) values (sha256($1), now(), 'x', now() + interval '1 hour')`,
      [known],
    )
    expect(outcome(await browser().ask('/v1/invitations', { code: known }))).toEqual([404, 'invitation_not_found'])
  })

  it('leaves no link, ticket, code or password in the database', async () => {
    const { page, secret } = await enrolled('qin', '秦一', [['auditor', null]])
    const rows = await door().test.database.sql`select to_jsonb(i)::text as row from invitation i
      union all select to_jsonb(c)::text from credential c union all select to_jsonb(s)::text from session s`
    const text = JSON.stringify(rows)
    for (const open of [page.secret(), secret, decode(secret).toString('hex'), password])
      expect(text).not.toContain(open)
  })
})

describe('an invitation', () => {
  it('takes the place of the former, runs out in a day, and is not for oneself', async () => {
    await enrolled('wu', '吴二', [['auditor', null]])
    const guard = await door().token('security_admin', { person: 'guard' })
    const invite = async (person: string) =>
      (await door().ask(`/v1/persons/${person}/invitations`, { method: 'POST', token: guard })).json
    const [one, other] = [await invite('wu'), await invite('wu')]
    const open = (path: string) => browser().ask('/v1/invitations', { code: path.split('/').at(-1) })
    expect(outcome(await open(one.path))).toEqual([404, 'invitation_not_found'])
    expect((await open(other.path)).status).toBe(201)
    expect((await invite('guard')).code).toBe('sign_in_of_own')
    expect((await invite('nobody')).code).toBe('person_not_found')
    const maker = await door().token('finance_maker')
    const denied = await door().ask('/v1/persons/wu/invitations', { method: 'POST', token: maker })
    expect(outcome(denied)).toEqual([403, 'permission_denied'])
    const late = 'z'.repeat(43)
    await door().test.database.pool.query(
      `insert into invitation (invitation_hash, person, made_at, made_by, ends_at)
       values (sha256($1), '吴二', now() - interval '25 hours', 'x', now() - interval '1 hour')`,
      [late],
    )
    expect(outcome(await open(`/signin/${late}`))).toEqual([404, 'invitation_not_found'])
    await expect(
      door().test.database.pool.query(
        `insert into invitation (invitation_hash, made_at, made_by, ends_at) values (sha256('y'), now(), 'x', now() + interval '25 hours')`,
      ),
    ).rejects.toThrow(/invitation_lasts/)
  })
})

describe('signing in', () => {
  it('takes the name or the id, the password and a code that nobody used; it never says which was wrong', async () => {
    const { secret } = await enrolled('zheng', '郑三', [['auditor', null]])
    const page = browser()
    expect((await signIn(page, '郑三', secret)).json).toMatchObject({ person: '郑三', role: 'auditor' })
    const again = await signIn(browser(), '郑三', secret)
    const wrongs = [
      again,
      await browser().ask('/v1/session', {
        person: '郑三',
        password: 'violet kettle under sun',
        code: code(secret, 1n),
      }),
      await browser().ask('/v1/session', { person: '郑三', password, code: '000000' }),
      await browser().ask('/v1/session', { person: '没有此人', password, code: code(secret, 1n) }),
    ]
    for (const wrong of wrongs) expect(outcome(wrong)).toEqual([403, 'sign_in_failed'])
    expect(new Set(wrongs.map(({ text }) => text)).size).toBe(1)
    // The right one still goes, in the next step, by the id.
    const later = browser()
    expect((await signIn(later, 'zheng', secret, 1n)).status).toBe(201)
    expect((await page.ask('/v1/session')).status).toBe(200)
    expect((await later.ask('/v1/session', undefined, { method: 'DELETE' })).status).toBe(200)
    expect((await later.ask('/v1/session')).status).toBe(401)
  })

  it('takes a code once of two that come together', async () => {
    const { secret } = await enrolled('feng', '冯四', [['auditor', null]])
    const both = await Promise.all([signIn(browser(), 'feng', secret), signIn(browser(), 'feng', secret)])
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 403])
  })

  it('is suspended after five failures, however the person is called, and for nobody else', async () => {
    const { secret } = await enrolled('zhu', '朱五', [['auditor', null]])
    const guess = (person: string) =>
      browser().ask('/v1/session', { person, password: 'wrong wrong wrong', code: '123456' })
    const tries: number[] = []
    for (const person of ['朱五', 'zhu', '朱五', 'zhu', '朱五', 'zhu', '朱五']) tries.push((await guess(person)).status)
    expect(tries).toEqual([403, 403, 403, 403, 403, 429, 429])
    const right = await signIn(browser(), 'zhu', secret)
    expect(outcome(right)).toEqual([429, 'too_many_requests'])
    expect(Number(right.headers.get('retry-after'))).toBeGreaterThan(600)
    // A name nobody has is suspended alike, so that it is not told from one that somebody has.
    const unknown: number[] = []
    for (let i = 0; i < 6; i += 1) unknown.push((await guess('无名氏')).status)
    expect(unknown).toEqual([403, 403, 403, 403, 403, 429])
    const other = await enrolled('wei', '卫六', [['auditor', null]])
    expect((await signIn(browser(), 'wei', other.secret)).status).toBe(201)
  })

  it('is written down as tokens are, and a name nobody has is not', async () => {
    const guard = await door().token('security_admin', { person: 'guard' })
    const { items } = (await door().ask('/v1/access-events?limit=500', { token: guard })).json
    const kinds = (person: string): string[] =>
      items.filter((one: { person: string }) => one.person === person).map(({ kind }: { kind: string }) => kind)
    expect(kinds('朱五')).toEqual([
      'person_made',
      'duty_given',
      'invited',
      'invitation_used',
      'credential_set',
      'signed_in',
      ...Array.from({ length: 5 }, () => 'sign_in_failed'),
    ])
    expect(kinds('无名氏')).toEqual([])
    expect(kinds('-').filter((kind) => kind === 'sign_in_failed').length).toBeGreaterThan(4)
  })

  it('is for one duty of several, which may be changed; a machine’s is none', async () => {
    const duties = [
      ['finance_maker', '110102'],
      ['finance_checker', '110105'],
    ] as const
    const { page, secret, session } = await enrolled('jiang', '蒋七', duties)
    expect(session).toMatchObject({ role: 'finance_maker', district: '110102' })
    expect(session.duties.map(({ role }: { role: string }) => role)).toEqual(['finance_maker', 'finance_checker'])
    const checker = session.duties[1].id as string
    const before = page.secret()
    const changed = await page.ask('/v1/session/duty', { duty: checker })
    expect(changed.json, changed.text).toMatchObject({
      role: 'finance_checker',
      district: '110105',
      endsAt: session.endsAt,
    })
    expect(await door().desk.sessions.find(before)).toBeUndefined()
    expect(outcome(await page.ask('/v1/session/duty', { duty: '999999' }))).toEqual([404, 'duty_not_found'])
    expect((await signIn(browser(), 'jiang', secret, 0n, { duty: checker })).json.role).toBe('finance_checker')
    // It ends with the duty it rests on.
    await door().test.database.pool.query(`update duty set ended_at = now(), ended_by = 'x' where duty_id = $1`, [
      checker,
    ])
    expect((await page.ask('/v1/session')).status).toBe(401)
    const machine = await enrolledMachine()
    expect(outcome(machine)).toEqual([403, 'sign_in_failed'])
  })

  async function enrolledMachine(): Promise<Answer> {
    await transact(door().test.database, async (tx) => {
      await makePerson(tx, { id: 'robot', name: '机器' }, by)
      await giveDuty(tx, 'robot', { role: 'integration', district: null }, by)
    })
    const guard = await door().token('security_admin', { person: 'guard' })
    const { path } = (await door().ask('/v1/persons/robot/invitations', { method: 'POST', token: guard })).json
    const { ticket, secret } = (await browser().ask('/v1/invitations', { code: path.split('/').at(-1) })).json
    return browser().ask('/v1/enrolments', { ticket, password, code: code(secret) })
  }

  it('ends after fifteen minutes in which nobody came, and a page that asks by itself is nobody', async () => {
    const { page } = await enrolled('shen', '沈八', [['auditor', null]])
    const minutes = (count: number) => () => systemClock() + BigInt(count) * 60_000_000n
    const found = (count: number, resting = false) =>
      new SessionDesk(door().test.database, minutes(count)).find(page.secret(), resting)
    expect(await found(14, true)).toBeDefined()
    expect(await found(16)).toBeUndefined()
    expect((await found(14))?.until).toBeGreaterThan(systemClock())
    expect(await found(16)).toBeDefined()
    for (let count = 30; count < 480; count += 14) await found(count)
    expect(await found(479)).toBeDefined()
    expect(await found(480)).toBeUndefined()
    const resting = await page.ask('/v1/session', undefined, { headers: { 'yiben-resting': '1' } })
    expect(resting.status).toBe(200)
  })

  it('is no more once it is disabled, nor by token, until he is invited again', async () => {
    const { page, secret } = await enrolled('han', '韩九', [['finance_maker', '110102']])
    const token = await door().token('finance_maker', { person: 'han', district: '110102' })
    const guard = await door().token('security_admin', { person: 'guard' })
    const disable = (person: string) => door().ask(`/v1/persons/${person}/disabling`, { method: 'POST', token: guard })
    const state = async () => (await door().ask('/v1/persons/han', { token: guard })).json.signIn
    expect(await state()).toBe('ready')
    expect(outcome(await disable('guard'))).toEqual([403, 'sign_in_of_own'])
    const { path } = (await door().ask('/v1/persons/han/invitations', { method: 'POST', token: guard })).json
    expect((await disable('han')).json).toMatchObject({ name: '韩九', signIn: 'disabled' })
    expect((await page.ask('/v1/session')).status).toBe(401)
    expect((await door().ask('/v1/books', { token })).status).toBe(401)
    expect(outcome(await signIn(browser(), 'han', secret, 1n))).toEqual([403, 'sign_in_failed'])
    expect(outcome(await browser().ask('/v1/invitations', { code: path.split('/').at(-1) }))).toEqual([
      404,
      'invitation_not_found',
    ])
    expect(outcome(await disable('han'))).toEqual([409, 'sign_in_nothing_to_disable'])
    const anew = (await door().ask('/v1/persons/han/invitations', { method: 'POST', token: guard })).json
    expect(await state()).toBe('invited')
    const opened = (await browser().ask('/v1/invitations', { code: anew.path.split('/').at(-1) })).json
    const set = { ticket: opened.ticket, password: 'otters sing bass at noon', code: code(opened.secret) }
    expect((await browser().ask('/v1/enrolments', set)).status).toBe(201)
    expect(await state()).toBe('ready')
  })
})

describe('proving oneself again', () => {
  beforeAll(async () => {
    await door().ask('/v1/books', { body: { ...newBookBody('STEP'), district: '110102' } })
  })

  /** A reopening that waits for its last approval, and its hash. */
  async function waiting(month: string) {
    const books = '/v1/books/STEP/periods'
    const maker = await door().token('finance_maker', { person: '申请人' })
    const checker = await door().token('finance_checker', { person: '复核人' })
    const closed = await door().ask(`${books}/${month}/closing`, { method: 'POST', token: checker })
    expect(closed.status, closed.text).toBe(200)
    const asked = await door().ask(`${books}/${month}/reopening`, { token: maker, body: { reason: '漏记' } })
    expect(asked.status, asked.text).toBe(202)
    const { approval, hash } = asked.json
    const body = { verdict: 'check', hash }
    const checked = await door().ask(`/v1/approvals/${approval}/decision`, { token: checker, body })
    expect(checked.json.state, checked.text).toBe('approving')
    return { approval, hash }
  }

  it('is wanted of a session before a month is reopened, and the same key then goes through', async () => {
    const { page, secret } = await enrolled('yang', '杨十', [['finance_approver', null]])
    const { approval, hash } = await waiting('2026-01')
    const approve = () =>
      page.ask(
        `/v1/approvals/${approval}/decision`,
        { verdict: 'approve', hash },
        { headers: { 'idempotency-key': 'once' } },
      )
    expect(outcome(await approve())).toEqual([403, 'step_up_needed'])
    // It is no reason why he might not: the console asks him when he does.
    const { actions } = (await page.ask(`/v1/approvals/${approval}/actions`)).json
    const approving = actions.find((one: { with: { verdict: string } }) => one.with.verdict === 'approve')
    expect(approving.allowed, JSON.stringify(approving)).toBe(true)
    const prove = (body: object) => page.ask('/v1/session/step-up', body)
    expect(outcome(await prove({ confirm: true }))).toEqual([400, 'input_invalid'])
    expect(outcome(await prove({ password: 'wrong wrong wrong' }))).toEqual([403, 'sign_in_failed'])
    expect(outcome(await approve())).toEqual([403, 'step_up_needed'])
    // The code that set the password is used up; the next is good once.
    expect(outcome(await prove({ code: code(secret, -1n) }))).toEqual([403, 'sign_in_failed'])
    expect((await prove({ code: code(secret) })).status).toBe(200)
    const done = await approve()
    expect([done.status, done.json.state], done.text).toEqual([200, 'approved'])
    expect((await approve()).headers.get('idempotent-replayed')).toBe('true')
  })

  it('lasts five minutes, by password too, and is never wanted of a token', async () => {
    const { page } = await enrolled('zhao2', '赵十一', [['finance_approver', null]])
    expect((await page.ask('/v1/session/step-up', { password })).status).toBe(200)
    const found = (minutes: bigint) =>
      new SessionDesk(door().test.database, () => systemClock() + minutes * 60_000_000n).find(page.secret())
    expect((await found(4n))?.actor.unproved).toBeUndefined()
    expect((await found(6n))?.actor.unproved).toBe(true)
    const { approval, hash } = await waiting('2026-02')
    const token = await door().token('finance_approver', { person: '令牌审批' })
    const body = { verdict: 'approve', hash }
    expect((await door().ask(`/v1/approvals/${approval}/decision`, { token, body })).status).toBe(200)
    expect(outcome(await door().ask('/v1/session/step-up', { token, body: { password } }))).toEqual([404, 'not_found'])
  })

  it('is none of a session that ended meanwhile', async () => {
    const { page } = await enrolled('qian2', '钱十二', [['auditor', null]])
    const desk = new SessionDesk(door().test.database, systemClock)
    const session = await desk.find(page.secret())
    assert(session, 'he is signed in')
    expect(await desk.stepUp(session)).toBeGreaterThan(systemClock())
    await desk.end(session)
    expect(await desk.stepUp(session)).toBeUndefined()
  })
})
