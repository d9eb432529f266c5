/** `yiben approvals`: what the console shows of approvals, and that nobody decides without a name. */
import { beforeAll, describe, expect, it } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { parseAmount } from '../../src/base/money.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'
import { approver, checked, say, submitted } from './trial.ts'

const test = useDatabase()
beforeAll(async () => {
  const ledger = openLedger(test().database)
  const first = await checked(ledger, { amountFen: parseAmount('1234.50'), summary: '提前拨付' })
  await say(ledger, approver, 'reject', first, { reason: '合同未备案' })
  await submitted(ledger, { kind: 'other', summary: '追加指标' })
})

const command = (...words: string[]) => runCommand(test(), ['approvals', ...words])
const throughDoor = (...words: string[]) => spawnCommand(test(), ['approvals', ...words])

describe('approvals on the command line', () => {
  it('are listed, also by state and kind', async () => {
    const all = await command('list', '--format', 'csv')
    expect(all.status).toBe(0)
    expect(all.out).toMatch(/A-1,已退回,trial,trial:\d+,,"?1,?234\.50"?,zhang,.*,提前拨付/)
    expect(all.out).toMatch(/A-2,待复核,other/)
    expect((await command('list', '--state', 'rejected', '--format', 'csv')).out).not.toContain('A-2')
    expect((await command('list', '--kind', 'other', '--format', 'csv')).out).not.toContain('A-1')
  })

  it('are shown with content, hash and steps', async () => {
    const { status, out } = await throughDoor('show', 'A-1')
    expect(status).toBe(0)
    for (const words of ['提前拨付', '已退回', '"kind":"trial"', '经办', '复核', '退回', '合同未备案', 'wang']) {
      expect(out).toContain(words)
    }
    expect(out).toMatch(/内容摘要 [0-9a-f]{64}/)
  })

  it('are refused where there is none, and decided by nobody without a token', async () => {
    expect((await command('show', 'A-99')).status).toBe(1)
    expect((await command('show', 'nothing')).status).toBe(1)
    for (const verb of ['check', 'approve', 'decide']) expect((await command(verb, 'A-2')).status).toBe(2)
  })
})
