/** The checks of plans and splits find what is planted, and what an indicator or a command line says of a plan. */
import { asAction, draft, line } from '../support/ledger.ts'
import { beforeAll, describe, expect, it } from 'vitest'
import { runCommand, spawnCommand } from '../support/command.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import { approvedPlan, dwellingOf, failing, newProject, type Stage, stageOn } from './trial.ts'

const door = useDoor()
let stage: Stage
let project = ''
beforeAll(async () => {
  stage = await stageOn(door())
  const dwellings = [
    ['101', '60.00', 'central'],
    ['102', '30.00', 'private'],
  ] as const
  project = await newProject(door(), { items: { B02: '100.00' }, dwellings })
  await approvedPlan(stage, project, {
    lines: [{ line: 'L1', item: 'B02', amount: '100.00' }],
    shares: [
      { line: 'L1', source: 'F30', amount: '60.00' },
      { line: 'L1', source: 'F51', dwelling: dwellingOf(project, '102'), amount: '40.00' },
    ],
  })
  const channels = [
    { ownership: 'central', source: 'F10' },
    { ownership: 'private', source: 'F30' },
  ]
  await stage.ask(`/v1/projects/${project}/ownership`, { channels }, { method: 'PUT' })
  const document = { number: '监理1号' }
  await stage.ask(`/v1/projects/${project}/shared-certificates`, {
    certificate: 'JL-1',
    amount: '9.00',
    on: '2026-03-05',
    document,
  })
})

/** Does something to the rows that no role may, looks, and puts it back. */
async function planted(table: string, change: string, back: string): Promise<string[]> {
  const run = (statement: string) =>
    asSuperuser(door().test, (client) =>
      client.query(
        `alter table ${table} disable trigger all; ${statement}; alter table ${table} enable always trigger append_only`,
      ),
    )
  await run(change)
  const found = await failing(door())
  await run(back)
  return found
}

describe('the checks', () => {
  it('hold on what was posted', async () => expect(await failing(door())).toEqual([]))

  it('find a share that is not what was approved', async () => {
    const set = (fen: number) => `update funding_plan_share set amount_fen = ${fen} where source = 'F30'`
    expect(await planted('funding_plan_share', set(5_999), set(6_000))).toEqual(['plans_close', 'plans_in_the_books'])
  })

  it('find a source that is planned in the book and not in the plan', async () => {
    const line = (account: string, side: string) => ({ account, [side]: '1.00', project, source: 'F90' })
    const body = { on: '2026-03-05', summary: '手工', lines: [line('9011', 'debit'), line('951', 'credit')] }
    const posted = await stage.ask(`/v1/books/${project}-PLAN/entries`, body)
    expect(await failing(door())).toEqual(['plans_in_the_books'])
    const reason = { on: '2026-03-05', reason: '记错' }
    expect((await stage.ask(`/v1/entries/${posted.json.id}/reversal`, reason)).status).toBe(201)
    expect(await failing(door())).toEqual([])
  })

  it('find a certificate that was not divided whole', async () => {
    const set = (fen: number) => `update ownership_split set amount_fen = ${fen} where ownership = 'private'`
    expect(await planted('ownership_split', set(299), set(300))).toEqual(['certificates_divided_whole'])
  })
})

describe('an indicator', () => {
  it('pays what it holds for the project and its programme, and no fen more', async () => {
    const other = await newProject(door())
    const indicator = `ZB-${other}`
    await door().test.database.sql`
      insert into indicator (indicator, book, district, document_number, level, source, year, programme, purpose, payment, kind, state, version)
      values (${indicator}, ${`${other}-GOV`}, '110102', '京财〔2026〕2号', 'municipal', 'F21', 2026, 'LJ2026', '改造补助', 'authorised', 'final',
        'in_force', 1)`
    const held = { project: 'LJ2026', source: 'F21', indicator }
    const lines = [line('910301', 'debit', '100.00', held), line('9903', 'credit', '100.00', held)]
    const of = await door().ledger.shelf.find(`${other}-GOV`)
    if (!of) throw new Error('the project has a book')
    await asAction(door().ledger, of, draft('2026-01-05', lines))
    const plan = (source: string, amount: string) => ({
      lines: [{ line: 'L1', item: 'B02', amount }],
      shares: [{ line: 'L1', source, indicator, amount }],
    })
    const submit = async (version: number) =>
      (await stage.ask(`/v1/projects/${other}/funding-plans/${version}/submission`, {})).json
    await stage.ask(`/v1/projects/${other}/funding-plans`, plan('F21', '100.01'))
    const much = await submit(1)
    expect([much.code, much.detail]).toEqual(['plan_source_limit_exceeded', expect.stringContaining('超出 0.01 元')])
    await stage.ask(`/v1/projects/${other}/funding-plans`, plan('F30', '100.00'))
    expect((await submit(2)).code).toBe('plan_source_limit_exceeded')
    await stage.ask(`/v1/projects/${other}/funding-plans`, plan('F21', '100.00'))
    expect(await submit(3)).toHaveProperty('approval')
  })
})

describe('yiben plans', () => {
  const run = (...words: string[]) => runCommand(door().test, ['plans', ...words])
  const throughDoor = (...words: string[]) => spawnCommand(door().test, ['plans', ...words])

  it('shows the plan in force, and the money of the project', async () => {
    const shown = await throughDoor('show', project)
    expect([shown.status, shown.err]).toEqual([0, ''])
    for (const part of ['第 1 版（现行）', '缺口 0.00 元', 'F30 区级财政资金', `${project}-C/1/102`, '40.00'])
      expect(shown.out).toContain(part)
    const money = await run('money', project, '--format', 'csv')
    expect(money.out).toContain('F30 区级财政资金,60.00')
    expect((await run('show', 'NIX')).status).toBe(1)
    expect((await run('show')).status).toBe(2)
  })
})
