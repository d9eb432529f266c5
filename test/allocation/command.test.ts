/**
 * `yiben allocations …`: the list, the shares of a version with their steps, two versions side by side, and what it
 * refuses.
 */
import { beforeAll, expect, it } from 'vitest'
import { draftAllocation, redraftAllocation } from '../../src/allocation/verbs.ts'
import { day } from '../../src/base/calendar.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'
import { dongcheng, fund, office, openBooks, xicheng } from './world.ts'

const test = useDatabase()

beforeAll(async () => {
  const ledger = openLedger(test().database)
  await openBooks(ledger, [dongcheng, xicheng])
  await fund(ledger, { indicator: 'SZ', amount: '100.00' })
  const row = { households: 1, buildings: 1, communities: 1, coefficient: '1' }
  const content = (area: string) => ({
    on: day('2026-03-10'),
    total: '100.00',
    formula: { variant: 'factor-2019' },
    rows: [
      { recipient: dongcheng, area, ...row },
      { recipient: xicheng, area: '1', ...row },
    ],
    document: '附表',
  })
  const given = { allocation: 'FP-1', indicator: 'SZ', recipients: 'districts', ...content('1') } as const
  await draftAllocation(ledger, office, given, 'one')
  await redraftAllocation(ledger, office, { allocation: 'FP-1', ...content('2'), changes: 1 }, 'two')
})

const run = (...words: string[]) => runCommand(test(), ['allocations', ...words])
const throughDoor = (...words: string[]) => spawnCommand(test(), ['allocations', ...words])

it('lists, shows with steps and clauses, and compares to the fen', async () => {
  const list = await run('list', '--format', 'csv')
  expect([list.status, list.err]).toEqual([0, ''])
  expect(list.out).toContain('FP-1')
  expect(list.out).toContain('100.00')
  expect((await run('list', '--year', '2025', '--format', 'csv')).out).not.toContain('FP-1')
  const shown = await run('show', 'FP-1')
  expect(shown.out).toContain('第2稿')
  expect(shown.out).toContain('S15')
  // 0.4 × 2/3 + 0.6 × 1/2 = 0.5666…
  expect(shown.out).toContain('0.5666666666')
  expect(shown.out).toContain('56.67')
  expect((await run('show', 'FP-1', '1')).out).toContain('50.00')
  const compared = await throughDoor('compare', 'FP-1', '1', '2')
  expect(compared.out).toContain('area 1→2')
  expect(compared.out).toContain('-6.67')
}, 60_000)

it('refuses what is not there', async () => {
  const none = await run('show', 'NONE')
  expect([none.status, none.err.includes('allocation_not_found')]).toEqual([1, true])
  const version = await run('compare', 'FP-1', '1', '3')
  expect([version.status, version.err.includes('allocation_version_not_found')]).toEqual([1, true])
  expect((await run('show', 'FP-1', 'x')).status).toBe(2)
}, 60_000)
