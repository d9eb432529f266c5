/** `yiben releases …`: what the command line shows of releases, previews and scores, and that it writes nothing. */
import { beforeAll, describe, expect, it } from 'vitest'
import { actOnce } from '../../src/ledger/act.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'
import { addProject, allocate, openBooks } from './programme.ts'

const test = useDatabase()

beforeAll(async () => {
  const ledger = openLedger(test().database)
  await openBooks(ledger, ['110105'])
  await allocate(ledger, { shares: [{ district: '110105', amount: '100.00' }], cashPlan: '100.00' })
  await actOnce(ledger, ({ tx }) => addProject(tx, { project: 'P1', district: '110105', area: 10n }))
})

const run = (...words: string[]) => runCommand(test(), ['releases', ...words])
const throughDoor = (...words: string[]) => spawnCommand(test(), ['releases', ...words])

describe('yiben releases', () => {
  it('previews a quarter, district by district, and writes nothing', async () => {
    const preview = await throughDoor('preview', '2026Q1')
    expect([preview.status, preview.err]).toEqual([0, ''])
    expect(preview.out).toContain('季度早拨付试算')
    expect(preview.out).toContain('考核数据不全')
    const json = await run('preview', '2026Q1', '--format', 'json')
    expect(JSON.parse(json.out)).toMatchObject({ quarter: '2026Q1', run: 1, result: { drafts: [] } })
    const [row] = await test().database.sql<{ n: number }[]>`
      select (select count(*) from early_run) + (select count(*) from score) + (select count(*) from release) as n`
    expect(Number(row?.n)).toBe(0)
  })

  it('lists releases, scores and what is no longer earned', async () => {
    for (const args of [['list'], ['scores', '2026Q1'], ['review', '2026Q1']]) {
      const { status, out, err } = await run(...args, '--format', 'json')
      expect([status, JSON.parse(out).items, err]).toEqual([0, [], ''])
      expect((await run(...args)).status).toBe(0)
    }
  })

  it('refuses what is no quarter, and a quarter that has not ended', async () => {
    expect((await run('preview', '2026Q5')).status).toBe(2)
    const ahead = await run('preview', '2199Q4')
    expect(ahead.status).toBe(1)
    expect(ahead.err).toContain('quarter_not_ended')
  })
})
