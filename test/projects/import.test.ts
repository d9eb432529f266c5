/**
 * Lists from CSV over the command line: a whole file or nothing, every fault with its row; run again, nothing changes.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { csvRecords } from '../../src/form/file/csv.ts'
import { type Ran, runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-import-'))
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const run = (args: readonly string[]): Promise<Ran> => runCommand(test(), ['projects', ...args], { folder })
const throughDoor = (args: readonly string[]): Promise<Ran> => spawnCommand(test(), ['projects', ...args], { folder })

async function take(what: string, content: string | Buffer, by = run): Promise<Ran> {
  const path = join(folder, `${what}.csv`)
  await writeFile(path, content)
  return by(['import', what, path])
}

const header = 'district,community,community_name,building,building_name,floors,dwelling,area,ownership'
const good = [
  '110102,XQ1,和平小区,1,1号楼,6,101,60.05,private',
  '110102,XQ1,和平小区,1,1号楼,6,102,58.2,central',
  '110102,XQ2,"安宁,小区",A,"""甲""楼",,1-101,80,public_rental',
]
const file = (...rows: readonly string[]): string => [header, ...rows].join('\n')

const counts = async () => {
  const [row] = await test().database.sql`
    select (select count(*)::int from community) as communities, (select count(*)::int from dwelling) as dwellings,
           (select coalesce(sum(area_dm2), 0)::text from building) as area, (select count(*)::int from change) as changes`
  return row
}

describe('dwellings', () => {
  it('are refused row by row, and nothing is taken', async () => {
    const badForm = await take(
      'dwellings',
      file(good[0] ?? '', '110102,XQ1,和平小区,1,1号楼,6,102,0,nobody', good[2] ?? ''),
    )
    expect(badForm.status).toBe(1)
    expect(badForm.err).toContain('第 3 行 面积（area）：须为面积')
    expect(badForm.err).toContain(
      '第 3 行 产权（ownership）：须为以下之一：业主所有（private）、中央单位产权（central）',
    )
    const doubled = await take(
      'dwellings',
      file(
        ...good,
        good[1] ?? '',
        '110102,XQ1,改名小区,1,1号楼,6,103,50,private',
        '110102,XQ1,和平小区,1,1号楼,7,104,50,private',
        '110199,XQ9,无此区,1,1号楼,6,101,50,private',
      ),
    )
    expect(doubled.status).toBe(1)
    expect(doubled.err.split('\n').filter((line) => line.startsWith('第'))).toEqual([
      expect.stringContaining('第 5 行 与第 3 行是同一套房屋'),
      expect.stringContaining('第 6 行 小区的区划或名称与第 2 行不一致'),
      expect.stringContaining('第 7 行 楼栋名称或层数与第 2 行不一致'),
      expect.stringContaining('第 8 行 110199 不是现行的北京市区级行政区划代码'),
    ])
    expect(await counts()).toEqual({ communities: 0, dwellings: 0, area: '0', changes: 0 })
  }, 60_000)

  it('are registered with their communities, corrected, and taken again without a change', async () => {
    const taken = await take('dwellings', `\uFEFF${file(...good).replaceAll('\n', '\r\n')}\r\n`, throughDoor)
    expect([taken.status, taken.err]).toEqual([0, expect.stringContaining('新小区 2，楼栋 2，房屋 3')])
    const first = { communities: 2, dwellings: 3, area: '19825', changes: 2 }
    expect(await counts()).toEqual(first)
    const again = await take('dwellings', file(...good))
    expect([again.status, again.err]).toEqual([0, expect.stringContaining('新小区 0，楼栋 0，房屋 0')])
    expect(await counts()).toEqual(first)
    const corrected = await take('dwellings', file(good[0]?.replace('60.05', '61') ?? ''))
    expect(corrected.status).toBe(0)
    expect(await counts()).toEqual({ ...first, area: '19920', changes: 3 })
    const [names] = await test().database.sql`
      select c.name as community, b.name as building, b.floors from community c join building b using (community) where community = 'XQ2'`
    expect(names).toEqual({ community: '安宁,小区', building: '"甲"楼', floors: null })
  }, 60_000)
})

describe('projects and items', () => {
  const projectHeader = 'project,district,name,kind,implementer,households_before,households_after,covers'
  const itemHeader = '项目编号,改造内容,工程量,造价'

  it('of a file with a fault are none of them registered', async () => {
    const rows = [
      'P1,110102,一,single,街道,,,XQ1',
      'P2,110102,二,single,街道,,,XQ1/1',
      'P3,110102,三,rebuild,街道,20,21,XQ2/A',
      'P4,110102,四,single,街道,,,XQ2/Z',
    ]
    const refused = await take('projects', [projectHeader, ...rows].join('\n'))
    expect(refused.status).toBe(1)
    expect(refused.err.split('\n').filter((line) => line.startsWith('第'))).toEqual([
      expect.stringContaining('第 3 行 楼栋 XQ1 1 已列入未完成的同类项目 P1'),
      expect.stringContaining('第 4 行 改建项目 P3 改建前 20 户、改建后 21 户'),
      expect.stringContaining('第 5 行 小区 XQ2 没有登记楼栋 Z'),
    ])
    expect(await test().database.sql`select 1 from project`).toEqual([])
  }, 60_000)

  it('are registered, and items put in place of what there was', async () => {
    const rows = ['P1,110102,一,single,街道,,,XQ1', 'P2,110102,二,rebuild,街道,20,20,XQ2/A；XQ1/1']
    const taken = await take('projects', [projectHeader, ...rows].join('\n'))
    expect([taken.status, taken.err]).toEqual([0, expect.stringContaining('项目 2')])
    const bad = await take(
      'items',
      [itemHeader, 'P1,B03,,10.00', 'P1,X99,,1.00', 'P1,B03,,2.00', 'NIX,B03,,1.00'].join('\n'),
    )
    expect(bad.err.split('\n').filter((line) => line.startsWith('第'))).toEqual([
      expect.stringContaining('第 3 行 X99 不在'),
      expect.stringContaining('第 4 行 项目 P1 的 B03（第 2 行） 在同一请求中出现两次'),
      expect.stringContaining('第 5 行 没有项目 NIX'),
    ])
    expect((await take('items', [itemHeader, 'P1,B03,10 米,10.00', 'P1,B04,,5.5'].join('\n'))).status).toBe(0)
    expect((await take('items', [itemHeader, 'P1,B04,,6.00'].join('\n'))).status).toBe(0)
    expect(await test().database.sql`select item, quantity, cost_fen from project_item`).toEqual([
      { item: 'B04', quantity: null, cost_fen: 600n },
    ])
    const listed = await run(['list', '--format', 'csv', '--district', '110102'])
    expect(listed.out).toContain('P2')
    expect(listed.out).toContain('危旧楼改建')
    expect((await run(['plan', '--district', '110102', '--year', '2031'])).err).toContain('plan_not_found')
  }, 60_000)
})

describe('a file', () => {
  it.each([
    ['in another encoding', Buffer.from('b1e0bac5', 'hex'), '不是 UTF-8'],
    ['without a column', 'district,community\n1,2', '缺少列'],
    ['with a column nobody knows', `${header},colour\n`, '不认识的列 colour'],
    ['with a column twice', `${header},area\n`, '表头有重复的列'],
    ['with more cells than the header', `${header}\n${good[0]},x`, '第 2 行 有 10 列'],
    ['with a quote left open', `${header}\n"110102`, '第 2 行的引号不成对'],
  ])(
    '%s is refused as a whole',
    async (_, content, words) => {
      const { status, err } = await take('dwellings', content)
      expect([status, err]).toEqual([1, expect.stringContaining(words)])
    },
    60_000,
  )

  it('of the provident fund’s own words, with full-width digits, is taken', async () => {
    const zh = '区划,小区编号,小区名称,楼栋编号,楼栋名称,房号,面积（㎡）,产权'
    const taken = await take('dwellings', `${zh}\r１１０１０２,XQ７,全角里,1,1号楼,１０１,６０．０５,业主所有\r`)
    expect([taken.status, taken.err]).toEqual([0, expect.stringContaining('房屋 1')])
    const [row] = await test().database.sql`select dwelling, area_dm2, ownership from dwelling where community = 'XQ7'`
    expect(row).toEqual({ dwelling: '101', area_dm2: 6005n, ownership: 'private' })
  }, 60_000)

  it('with a number in scientific notation is refused by its row', async () => {
    const { status, err } = await take('dwellings', file('1.10102E+05,XQ8,里,1,1号楼,6,101,1.5E+01,private'))
    expect(status).toBe(1)
    expect(err).toContain('第 2 行 区划（district）：是科学记数法')
    expect(err).toContain('第 2 行 面积（area）：是科学记数法')
  }, 60_000)

  it('that is not there is told', async () => {
    expect(await run(['import', 'dwellings', '/nowhere.csv'])).toMatchObject({ status: 2 })
  }, 60_000)

  it('is read as RFC 4180 says', () => {
    const text = 'a,"b\nc",""\r\n\r\n"x""y",,z'
    expect(csvRecords(text)).toEqual([
      { line: 1, cells: ['a', 'b\nc', ''] },
      { line: 4, cells: ['x"y', '', 'z'] },
    ])
  })
})
