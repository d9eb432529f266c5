/**
 * A start in mid-year: its checks hold on an honest world and each finds what is planted for it; files are taken whole
 * or not at all, told row by row.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/base/db.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { newProject } from '../financing/trial.ts'
import { type Office, openOffice } from '../release/office.ts'
import { testClock } from '../release/programme.ts'
import { runCommand } from '../support/command.ts'
import { withPlanted } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { draft, line } from '../support/ledger.ts'

const door = useDoor({ clock: testClock('2026-11-05').clock })
let office: Office
let folder = ''
let project = ''
let book = ''

async function approved(path: string, body: object) {
  const answer = await office.draft(body, path)
  expect(answer.status, answer.text).toBe(202)
  expect((await office.approve(answer.json.approval)).json.state).toBe('approved')
  return answer.json
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-take-over-'))
  office = openOffice(door())
  project = await newProject(door(), { items: { B02: '1000.00' } })
  book = `${project}-GOV`
  const original = { body: '原账套余额表', headers: { 'content-type': 'text/plain' } }
  const { sha256 } = (await door().ask(`/v1/books/${book}/attachments`, original)).json
  const lines = [{ line: 'L1', item: 'B02', amount: '1000.00' }]
  await office.draft(
    { lines, shares: [{ line: 'L1', source: 'F21', amount: '1000.00' }] },
    `/v1/projects/${project}/funding-plans`,
  )
  const of = { project, source: 'F21' }
  await approved('/v1/take-overs', {
    book,
    on: '2026-09-01',
    summary: '从原软件接转',
    documents: [{ number: '清册1号', sha256 }],
    balances: [
      { account: '161301', debit: '70.00', ...of },
      { account: '3001', credit: '70.00', ...of },
      { account: '910501', debit: '30.00', ...of },
      { account: '9902', credit: '30.00', ...of },
    ],
    plans: [{ project, version: 1, on: '2026-03-05', document: '清册1号' }],
  })
}, 120_000)
afterAll(async () => rm(folder, { recursive: true, force: true }))

async function told(database: Database = door().test.database): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for await (const { check, state, faults } of runAllChecks(database)) if (state === 'failed') found[check] = faults
  return found
}

describe('the checks of take-overs', () => {
  it('hold on an honest world', async () => {
    expect(await told()).toEqual({})
  })

  it.each([
    [
      'balances that were approved at another amount',
      `alter table yiben.approval drop constraint approval_hash_fits;
       update yiben.approval set content = replace(content, '"debit":"30.00"', '"debit":"31.00"') where kind = 'take_over'`,
      'take_overs_as_approved',
    ],
    [
      'balances that were approved for an indicator',
      `alter table yiben.approval drop constraint approval_hash_fits;
       update yiben.approval set content = replace(content, '"account":"910501"', '"account":"910501","indicator":"QX-1"')
       where kind = 'take_over'`,
      'take_overs_as_approved',
    ],
    [
      'an approval that was never given',
      `update yiben.approval set state = 'rejected' where kind = 'take_over'`,
      'take_overs_founded',
    ],
    [
      'an approval of another kind',
      `update yiben.approval set kind = 'voucher' where kind = 'take_over'`,
      'take_overs_founded',
    ],
    [
      'an original that is gone',
      `alter table yiben.attachment disable trigger all; delete from yiben.attachment`,
      'take_overs_founded',
    ],
  ])('find %s', async (_, sql, check) => {
    await withPlanted(door().test, sql, async (planted) => {
      expect(Object.keys(await told(planted))).toContain(check)
    })
  })

  it('find a state moved into a scored quarter by nobody’s take-over', async () => {
    const planted = `
      insert into yiben.score_head (quarter, district, version) values ('2026Q3', '110102', 1);
      insert into yiben.score (quarter, district, version, total, satisfaction, progress, score, facts, facts_hash, law, known_at, sequences, computed_by)
      select '2026Q3', p.district, 1, '95.00', '0.9', '0.9', '{}', '{}', sha256(''), '{}', '2026-10-10', '{}', 'x'
      from yiben.project p where p.project = '${project}';
      insert into yiben.change (noun, id, version, verb, person, at, body)
      values ('project', '${project}', 99, 'moved', 'x', '2026-11-01', '{"on": "2026-08-01", "to": "planned"}')`
    await withPlanted(door().test, planted, async (database) => {
      expect(Object.keys(await told(database))).toContain('scored_quarters_stand')
    })
  })

  it('find an account opened twice, and a book opened by nobody', async () => {
    const of = { project, source: 'F21' }
    const lines = [line('910501', 'debit', '1.00', of), line('9902', 'credit', '1.00', of)]
    const entries = [{ book, draft: draft('2026-09-01', lines) }]
    await actOnce(door().ledger, (act) =>
      act.post({ key: 'take_over:K-99', maker: 'zhang', approvals: [], entries, hand: 'take_over' }),
    )
    const found = (await told())['take_overs_founded']?.join('\n')
    expect(found).toContain('opens a book by take_over:K-99, on no approval of a take-over')
    expect(found).toMatch(/910501 \S+ F21 was opened by take_over/)
    expect((await told())['kept_accounts_founded']?.join()).toContain('by take_over:K-99')
  })
})

describe('a take-over out of files', () => {
  const paths: string[] = []
  const file = async (name: string, content: string): Promise<string> => {
    const path = join(folder, name)
    await writeFile(path, content)
    paths.push(path)
    return path
  }
  const run = (...words: string[]) => runCommand(door().test, ['take-over', ...words], { folder })

  it('is refused row by row, and nothing is proposed; then taken whole', async () => {
    const next = await newProject(door(), { items: { B02: '1000.00' } })
    const to = ['propose', '--book', `${next}-GOV`, '--on', '2026-09-01', '--summary', '年中建账', '--person', '李会计']
    const paper = ['--document', `清册2号=${await file('清册.txt', '原账套科目余额表')}`]
    const bad = await file(
      'bad.csv',
      `科目,借方,贷方,项目,资金来源\n9999,1.00,,${next},F21\n161301,一元,,${next},F21\n3001,,1.00,${next},F21`,
    )
    const form = await run(...to, ...paper, '--balances', bad)
    expect([form.status, form.err]).toEqual([1, expect.stringContaining('bad.csv 第 3 行 借方（debit）：')])
    const chart = await file(
      'chart.csv',
      `科目,借方,贷方,项目,资金来源\n9999,1.00,,${next},F21\n910302,1.00,,${next},F21\n3001,,2.00,${next},F77`,
    )
    const states = await file('states.csv', `项目,状态,自何日,依据文号\n${next},实施,2026-03-01,清册9号`)
    const account = await run(...to, ...paper, '--balances', chart, '--states', states)
    expect(account.status).toBe(1)
    for (const row of ['chart.csv 第 2 行', 'chart.csv 第 3 行', 'chart.csv 第 4 行', 'states.csv 第 2 行'])
      expect(account.err).toContain(row)
    expect(account.err).toContain('清册9号')
    const uneven = await file(
      'uneven.csv',
      `account,debit,credit,project,source\n161301,1.00,,${next},F21\n3001,,2.00,${next},F21`,
    )
    const refused = await run(...to, ...paper, '--balances', uneven)
    expect([refused.status, refused.err]).toEqual([1, expect.stringContaining('entry_unbalanced')])
    expect((await office.get(`/v1/take-overs?book=${next}-GOV`)).json.items).toEqual([])

    const balances = await file(
      'balances.csv',
      `科目,借方,贷方,项目,资金来源,指标\n910102,500.00,,LJ2026,F21,QX-7\n9901,,500.00,LJ2026,F21,QX-7\n910301,500.00,,LJ2026,F21,QX-7\n9903,,500.00,LJ2026,F21,QX-7`,
    )
    const indicators = await file(
      'indicators.csv',
      '指标,文号,级次,资金来源,年度,未分解项目编号,用途,支付方式\nQX-7,指标文7号,市级,F21,2026,LJ2026,改造补助,财政授权支付',
    )
    const taken = await run(...to, ...paper, '--balances', balances, '--indicators', indicators)
    expect([taken.status, taken.out.trim()], taken.err).toEqual([0, expect.stringMatching(/^K-\d+$/)])
    const [{ approval, state, madeBy }] = (await office.get(`/v1/take-overs?book=${next}-GOV`)).json.items
    expect([state, madeBy]).toEqual(['proposed', '李会计'])
    expect((await office.approve(approval)).json.state).toBe('approved')
    const list = await run('list', '--book', `${next}-GOV`, '--format', 'csv')
    expect(list.out).toContain('已接转')
    expect(list.out).toContain('已接转,500.00,4,0,李会计')
  }, 120_000)
})
