/**
 * Who may do what: every route for every role, tokens that open nothing, and what the server refuses before it routes.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { type Permission, permissionsOf, roles } from '../../src/access/actor.ts'
import { revokeToken, TokenDesk } from '../../src/access/token.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { newBookBody, quotaBody, useDoor } from '../support/door.ts'

const door = useDoor()
beforeAll(async () => {
  await door().ask('/v1/books', { body: newBookBody('A') })
})

const pathOf = (path: string): string =>
  path.replaceAll(
    /\{[a-z0-9]+\}/g,
    (name) =>
      ({ '{book}': 'A', '{period}': '2026-03', '{year}': '2026', '{id}': 'E1-1', '{sha256}': '0'.repeat(64) })[name] ??
      'x',
  )

describe('routes and roles', () => {
  it('refuses every route without a token', async () => {
    for (const { method, path } of apiRoutes) {
      const answer = await door().ask(pathOf(path), { method, token: null })
      expect([answer.status, answer.json.code], path).toEqual([401, 'unauthenticated'])
      expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/)
    }
  })

  it('lets each role do what its permissions say and nothing else', async () => {
    for (const role of roles) {
      const token = await door().token(role)
      const permissions: readonly Permission[] = permissionsOf[role]
      for (const { method, path, right } of apiRoutes) {
        const answer = await door().ask(pathOf(path), { method, token })
        const may = right === 'signed_in' || permissions.includes(right)
        expect(answer.status === 403, `${role} ${method} ${path}: ${answer.status} ${answer.text}`).toBe(!may)
        if (!may) expect(answer.json.code).toBe('permission_denied')
      }
    }
  })

  it('161: takes one bearer token that is whole, in force and not revoked', async () => {
    const good = await door().token('auditor')
    const read = (authorization: string) => door().ask('/v1/books', { token: null, headers: { authorization } })
    expect((await read(`Bearer ${good}`)).status).toBe(200)
    expect((await read(`bearer  ${good}`)).status).toBe(200)
    for (const bad of [
      '',
      good,
      `Basic ${good}`,
      `Bearer ${good}x`,
      `Bearer ${good.slice(0, -1)}`,
      `Bearer ${good} ${good}`,
      'Bearer eyJhbGciOiJub25lIn0.e30.',
      "Bearer ' OR 1=1--",
    ]) {
      expect((await read(bad)).status, bad).toBe(401)
    }
    const two = await door().raw(
      `GET /v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${good}\r\nAuthorization: Bearer x\r\n\r\n`,
    )
    expect(two).toMatch(/^HTTP\/1.1 401/)
  })

  it('forgets a token that is revoked or has run out', async () => {
    const { database } = door().test
    const token = await door().token('auditor')
    expect(await new TokenDesk(database, systemClock).actorOf(token)).toMatchObject({ role: 'auditor' })
    const later = () => systemClock() + 86_400_000_001n
    expect(await new TokenDesk(database, later).actorOf(token)).toBeUndefined()
    expect(await revokeToken(database, token)).toBe(true)
    expect(await new TokenDesk(database, systemClock).actorOf(token)).toBeUndefined()
  })

  it('keeps no token in the database', async () => {
    const token = await door().token('auditor')
    const rows = await door().test.database.sql`select to_jsonb(t)::text as row from token t`
    expect(rows.length).toBeGreaterThan(0)
    expect(JSON.stringify(rows)).not.toContain(token)
  })
})

describe('before a request is routed', () => {
  const get = (lines: string) => door().raw(`GET /v1/books HTTP/1.1\r\n${lines}\r\n`)
  const cases: [string, () => Promise<string>, number][] = [
    ['81 a header of 20 KB', () => get(`Host: 127.0.0.1\r\nX-Long: ${'x'.repeat(20_000)}\r\n`), 431],
    [
      '81 200 headers',
      () => get(`Host: 127.0.0.1\r\n${Array.from({ length: 200 }, (_, i) => `X-${i}: 1\r\n`).join('')}`),
      431,
    ],
    ['81 Host twice', () => get('Host: 127.0.0.1\r\nHost: evil.example\r\n'), 400],
    ['81 no Host', () => get(''), 400],
    ['81 absolute form', () => door().raw('GET http://127.0.0.1/v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), 400],
    ['81 Host of another site', () => get('Host: evil.example\r\n'), 421],
    [
      '82 length and chunked',
      () =>
        door().raw(
          'POST /v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        ),
      400,
    ],
    [
      '82 two lengths',
      () =>
        door().raw('POST /v1/books HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n{}'),
      400,
    ],
    ['82 obsolete fold', () => get('Host: 127.0.0.1\r\nX-A: 1\r\n 2\r\n'), 400],
    ['82 NUL in a header', () => get('Host: 127.0.0.1\r\nX-A: a\0b\r\n'), 400],
    ['83 TRACE', () => door().raw('TRACE / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), 405],
    ['83 CONNECT', () => door().raw('CONNECT evil.example:443 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'), 405],
    ['87 websocket', () => get('Host: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n'), 401],
    ['not HTTP', () => door().raw('hello\r\n\r\n'), 400],
  ]
  it.each(cases)('%s', async (_, send, status) => {
    const text = await send()
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(text).toContain('application/problem+json')
  })

  const posting = async (head: string, body: string, halfClose = false) => {
    const token = await door().token('integration')
    return door().raw(
      `POST /v1/books/A/entries HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nIdempotency-Key: raw\r\n${head}\r\n\r\n${body}`,
      { halfClose },
    )
  }

  it('64: stops a chunked body at the limit, and believes no length', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
    expect(await posting('Transfer-Encoding: chunked', chunk.repeat(80))).toMatch(/^HTTP\/1.1 413 /)
    expect(await posting('Content-Length: 5', JSON.stringify(quotaBody()))).toMatch(/^HTTP\/1.1 400 /)
    expect(await posting('Content-Length: 99999', JSON.stringify(quotaBody()), true)).not.toMatch(/^HTTP\/1.1 20/)
    expect((await door().counts()).entry).toBe(0)
  })

  it('tells its methods, and speaks of nothing else on errors', async () => {
    const answer = await door().ask('/v1/books', { method: 'DELETE' })
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD')
    expect((await door().ask('/v1/books', { method: 'HEAD' })).status).toBe(200)
  })

  it('14: carries the security headers on every kind of answer', async () => {
    for (const path of ['/v1/books', '/v1/nothing', '/healthz', '/', '/v1/books?limit=0']) {
      const { headers } = await door().ask(path)
      for (const name of [
        'content-security-policy',
        'x-content-type-options',
        'referrer-policy',
        'strict-transport-security',
      ]) {
        expect(headers.get(name), `${path} ${name}`).not.toBeNull()
      }
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })
})
