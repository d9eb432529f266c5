/** Search: by code, number or the beginning of a name, grouped, at most 20, and never another district's. */
import { beforeAll, describe, expect, it } from 'vitest'
import { districtOf, type District } from '../http/rights-world.ts'
import { testClock } from '../release/programme.ts'
import { useDoor } from '../support/door.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let west: District
let auditor: string
type Group = { noun: string; items: { id: string; name: string; district?: string }[] }

const find = async (q: string, token = auditor): Promise<Record<string, string[]>> => {
  const answer = await door().ask(`/v1/search?q=${encodeURIComponent(q)}`, { token })
  expect(answer.status, answer.text).toBe(200)
  return Object.fromEntries(answer.json.groups.map(({ noun, items }: Group) => [noun, items.map(({ id }) => id)]))
}

beforeAll(async () => {
  west = await districtOf(door(), '110102', 'WEST')
  await districtOf(door(), '110105', 'OST')
  auditor = await door().token('auditor', { person: 'audit' })
})

describe('search', () => {
  it('finds what begins so, in any case, by kind', async () => {
    expect(await find('west-')).toMatchObject({
      project: ['WEST-P'],
      community: ['WEST-C'],
      book: ['WEST-government', 'WEST-memo'],
      indicator: ['WEST-I'],
    })
    expect(await find('WEST-P')).toMatchObject({ project: ['WEST-P'] })
    expect(await find('EST-')).toEqual({})
    expect(await find('%')).toEqual({})
  })

  it('finds an entry, an approval and what is about a thing by their numbers', async () => {
    expect(await find((west.ids['entry'] ?? '').toLowerCase())).toEqual({ entry: [west.ids['entry']] })
    expect(await find(west.ids['approval'] ?? '')).toEqual({ approval: [west.ids['approval']] })
    expect((await find('WEST-I'))['approval']).toHaveLength(1)
    expect(await find('E999-1')).toEqual({})
  })

  it('gives at most 20, kinds taking turns', async () => {
    const maker = await door().token('finance_maker', { person: 'maker110102' })
    for (let n = 1; n <= 25; n++) {
      const body = { bundle: `X${n}`, district: '110102', name: `X${n}` }
      await door().ask('/v1/bundles', { body, token: maker })
      const community = {
        community: `WEST-X${n}`,
        district: '110102',
        name: 'x',
        ownersBody: true,
        trustService: false,
      }
      expect((await door().ask('/v1/communities', { body: community })).status).toBe(201)
    }
    const found = await find('WEST-')
    expect(Object.values(found).flat()).toHaveLength(20)
    expect(found['indicator']).toEqual(['WEST-I'])
  })

  it('shows a district nothing of another, and a role nothing that it may not read', async () => {
    const ost = await door().token('finance_maker', { person: 'o', district: '110105' })
    for (const q of ['WEST-', 'WEST-P', 'WEST-I', west.ids['entry'] ?? '', west.ids['approval'] ?? ''])
      expect([q, await find(q, ost)]).toEqual([q, {}])
    expect(await find('OST-P', ost)).toMatchObject({ project: ['OST-P'] })
    expect(await find('WEST-', await door().token('operator', { person: 'ops' }))).toEqual({})
    expect((await door().ask('/v1/search', { token: auditor })).status).toBe(400)
  })
})
