/**
 * Any list as csv: the same items in the same order as its pages, all of them, under Chinese headings, a name beside
 * each code; by the query or by Accept; and no more of it than the caller may see.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { text } from '../../reports/table.ts'
import { businessDay, systemClock } from '../../src/base/calendar.ts'
import { columnsOf } from '../../src/http/sheet/columns.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { testClock } from '../release/programme.ts'
import { useDoor } from '../support/door.ts'
import { districtOf } from './rights-world.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let auditor: string

beforeAll(async () => {
  await districtOf(door(), '110102', 'WEST')
  await districtOf(door(), '110105', 'OST')
  for (let n = 1; n <= 520; n++) {
    const community = `Z-${String(n).padStart(3, '0')}`
    const body = {
      community,
      district: '110102',
      name: n === 7 ? '=SUM(A1)' : community,
      ownersBody: true,
      trustService: false,
    }
    expect((await door().ask('/v1/communities', { body })).status).toBe(201)
  }
  auditor = await door().token('auditor', { person: 'audit' })
}, 300_000)

const sheet = async (path: string, given: { token?: string; headers?: Record<string, string> } = {}) => {
  const answer = await door().ask(path, { token: auditor, ...given })
  const rows = answer.text
    .replace(/^\uFEFF/, '')
    .split('\r\n')
    .slice(0, -1)
  return { ...answer, head: rows[0]?.split(',') ?? [], rows: rows.slice(1) }
}

describe('a list as csv', () => {
  it('holds every item of all pages, in their order', async () => {
    const codes: string[] = []
    for (let next: string | null = ''; next !== null; ) {
      const { json } = await door().ask(`/v1/communities?limit=300${next && `&cursor=${next}`}`, { token: auditor })
      codes.push(...json.items.map(({ community }: { community: string }) => community))
      next = json.next
    }
    expect(codes.length).toBe(522)
    const { status, headers, rows } = await sheet('/v1/communities?format=csv')
    expect([status, headers.get('content-type')]).toEqual([200, 'text/csv; charset=utf-8'])
    expect(headers.get('content-disposition')).toContain('listCommunities.csv')
    expect(rows.map((row) => row.split(',')[0])).toEqual(codes)
    expect((await sheet('/v1/communities', { headers: { accept: 'text/csv' } })).rows).toEqual(rows)
  })

  it('has Chinese headings and names beside codes, and English ones where they are asked for', async () => {
    const { head, rows } = await sheet('/v1/projects?format=csv&district=110102')
    expect(head.slice(0, 4)).toEqual(['项目', '区', '区名称', '名称'])
    expect(rows).toHaveLength(1)
    expect(rows[0]?.split(',').slice(0, 3)).toEqual(['WEST-P', '110102', '西城区'])
    expect(head).toContain('状态名称')
    expect(rows[0]).toContain('储备')
    const english = await sheet('/v1/projects?format=csv', { headers: { 'accept-language': 'en' } })
    expect(english.head.slice(0, 3)).toEqual(['project', 'district', 'district name'])
  })

  it('has the columns that were chosen, in that order, and names those there are where one is not', async () => {
    const { head, rows } = await sheet('/v1/projects?format=csv&columns=stateName,project')
    expect([head.length, rows[0]?.split(',')]).toEqual([2, ['储备', 'OST-P']])
    const wrong = await sheet('/v1/projects?format=csv&columns=colour')
    expect([wrong.status, wrong.json.errors[0].path]).toEqual([400, '/query/columns'])
    expect((await sheet('/v1/projects?format=pdf')).status).toBe(400)
  })

  it('keeps amounts numbers, and what a spreadsheet would take for a formula text', async () => {
    const { head, rows } = await sheet('/v1/approvals?format=csv')
    const place = head.findIndex((name) => name.startsWith('金额'))
    expect(rows.map((row) => row.split(',')[place])).toContain('1000000.00')
    const { rows: communities } = await sheet('/v1/communities?format=csv&columns=community,name')
    expect(communities.find((row) => row.startsWith('Z-007'))).toBe("Z-007,'=SUM(A1)")
  })

  it('shows a district its own alone, and refuses by right as the list does', async () => {
    const token = await door().token('finance_maker', { person: 'o', district: '110105' })
    const { text } = await sheet('/v1/communities?format=csv', { token })
    expect([text.includes('OST-C'), text.includes('WEST')]).toEqual([true, false])
    const operator = await door().token('operator', { person: 'ops' })
    const refused = await sheet('/v1/communities?format=csv', { token: operator })
    expect([refused.status, refused.json.code]).toEqual([403, 'permission_denied'])
    expect((await sheet('/v1/communities?format=csv&district=110105', { token })).rows).toHaveLength(1)
  })

  it('names a code out of the list that has exactly its codes, not out of one that has more', () => {
    const { answers } = apiRoutes.find(({ id }) => id === 'listAllocations') ?? {}
    const page = answers?.[200]?.schema as z.ZodObject<{ items: z.ZodArray<z.ZodType> }>
    const names = columnsOf(page.shape.items.element, businessDay(systemClock())).find(({ key }) => key === 'stateName')
    const called = ['draft', 'submitted', 'approved'].map((state) => names?.cell({ state }))
    expect(called).toEqual(['编制中', '审批中', '已批准'].map((name) => text(name)))
  })

  it('has a heading in Chinese for every column of every list', () => {
    const on = businessDay(systemClock())
    const lists = apiRoutes.filter(({ answers }) => answers[200]?.also === 'text/csv')
    expect(lists.length).toBeGreaterThan(15)
    const bare = lists.flatMap(({ id, answers }) => {
      const page = answers[200]?.schema as z.ZodObject<{ items: z.ZodArray<z.ZodType> }> | undefined
      const columns = page ? columnsOf(page.shape.items.element, on) : []
      expect([id, columns.length > 2]).toEqual([id, true])
      return columns.filter(({ zh }) => !/\p{Script=Han}/u.test(zh)).map(({ key }) => `${id} ${key}`)
    })
    expect(bare).toEqual([])
  })
})
