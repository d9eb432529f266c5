/**
 * What a stranger may send in an address: made-up cursors, days that are none, dot segments. Nothing of it reaches SQL.
 */
import { describe, expect, it } from 'vitest'
import { type Door, useDoor } from '../support/door.ts'

const door = useDoor()

describe('cursors', () => {
  // As they were made before: a checksum without a secret, over whatever one liked.
  const made = ['"x"', '99999999999', '"\\u0000"', '{"on":"2026-01-01","sequence":1,"line":99999}', 'not json', '']
  const spelled = made.flatMap((text) => [
    Buffer.from(text).toString('base64url'),
    Buffer.concat([Buffer.alloc(12), Buffer.from(text)]).toString('base64url'),
  ])

  it('that were made up are refused in every list', async () => {
    await door().ask('/v1/books', { body: { code: 'CUR', name: 'c', district: '110102', standard: 'memo' } })
    const lists = ['/v1/books?', '/v1/books/CUR/entries?', '/v1/communities?', '/v1/releases?', '/v1/approvals?']
    for (const list of [...lists, '/v1/books/CUR/statement?account=9011&from=2026-01-01&to=2026-01-31&'])
      for (const cursor of spelled.filter((given) => given !== '')) {
        const { status, json } = await door().ask(`${list}cursor=${cursor}`)
        expect([list, status, json.errors?.[0]?.path]).toEqual([list, 400, '/query/cursor'])
      }
  })

  it('of one list lead on in it, and in no other', async () => {
    await door().ask('/v1/books', { body: { code: 'CUR2', name: 'c', district: '110102', standard: 'memo' } })
    const { json } = await door().ask('/v1/books?limit=1')
    expect((await door().ask(`/v1/books?limit=1&cursor=${json.next}`)).json.items).toHaveLength(1)
    expect((await door().ask(`/v1/communities?cursor=${json.next}`)).status).toBe(400)
    expect((await door().ask(`/v1/books?cursor=${json.next.slice(0, -1)}`)).status).toBe(400)
  })
})

describe('days', () => {
  it.each(['0000-01-01', '1899-12-31', '2200-01-01'])('%s is refused in every parameter', async (on) => {
    const paths = [
      `/v1/books/CUR/balances?asOf=${on}`,
      `/v1/books/CUR/trial-balance?asOf=${on}`,
      `/v1/books/CUR/statement?account=9011&from=${on}&to=2026-01-31`,
      `/v1/books/CUR/entries?from=${on}`,
      `/v1/catalogue-items?on=${on}`,
    ]
    for (const path of paths) expect([path, (await door().ask(path)).status]).toEqual([path, 400])
  })
})

describe('an address with dot segments', () => {
  it.each([
    '/docs/%2e%2e/metrics',
    '/docs/../metrics',
    '/docs/%2E./metrics',
    '/v1/./books',
    '/docs\\..\\metrics',
    '/docs%2f..%2fmetrics',
    '/..',
  ])('%s is refused before it is routed', async (path) => {
    const answer = await door().raw(`GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n`)
    expect(answer.split('\r\n')[0]).toContain('400')
  })
})

describe('the journal as other systems read it', () => {
  it('is asked for by key, after a sequence, as known at an instant, newest first', async () => {
    const ask: Door['ask'] = (path, given) => door().ask(path, given)
    await ask('/v1/books', { body: { code: 'FEED', name: 'f', district: '110102', standard: 'memo' } })
    const line = (account: string, side: string) => ({ account, [side]: '1.00', project: 'P1', source: 'F21' })
    const body = { on: '2026-03-05', summary: '计划', lines: [line('9011', 'debit'), line('951', 'credit')] }
    const posted = []
    for (const key of ['k1', 'k2', 'k3', 'k4'])
      posted.push((await ask('/v1/books/FEED/entries', { body, key: `feed-${key}` })).json)
    const found = async (query: string) => {
      const { status, json } = await ask(`/v1/books/FEED/${query}`)
      expect(status, JSON.stringify(json)).toBe(200)
      return json
    }
    const sequences = ({ items }: { items: { sequence: number }[] }) => items.map(({ sequence }) => sequence)
    expect(sequences(await found('entries?key=feed-k2'))).toEqual([2])
    expect(sequences(await found('entries?key=feed-none'))).toEqual([])
    expect(sequences(await found('entries?after=2'))).toEqual([3, 4])
    const newest = await found('entries?order=newest&limit=2')
    expect(sequences(newest)).toEqual([4, 3])
    expect(sequences(await found(`entries?order=newest&limit=2&cursor=${newest.next}`))).toEqual([2, 1])
    const known = encodeURIComponent(posted[1].recordedAt)
    expect(sequences(await found(`entries?knownAt=${known}`))).toEqual([1, 2])
    const whole = await found('statement?account=9011&limit=1')
    expect([whole.opening.balance, whole.closing.balance, whole.items.length]).toEqual(['0.00', '4.00', 1])
    const then = await found(`statement?account=9011&knownAt=${known}&limit=1`)
    const page = await found(`statement?account=9011&knownAt=${known}&limit=1&cursor=${then.next}`)
    expect([then.closing.balance, page.items[0].balance, page.next]).toEqual(['2.00', '2.00', null])
  })
})
