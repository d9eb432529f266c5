/** `yiben approvals`: what the console shows of approvals, and that it shows only. */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { parseAmount } from '../../src/base/money.ts'
import { useDatabase } from '../support/database.ts'
import { approver, checked, say, submitted } from './trial.ts'

const test = useDatabase()
beforeAll(async () => {
  const ledger = openLedger(test().database)
  const first = await checked(ledger, { amountFen: parseAmount('1234.50'), summary: '提前拨付' })
  await say(ledger, approver, 'reject', first, { reason: '合同未备案' })
  await submitted(ledger, { kind: 'other', summary: '追加指标' })
})

const root = fileURLToPath(new URL('../..', import.meta.url))

function command(...words: string[]): Promise<{ status: number | null; out: string }> {
  const url = new URL(inject('server').adminUrl)
  url.pathname = new URL(test().url).pathname
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'approvals', ...words], {
      cwd: root,
      env: { ...process.env, DATABASE_URL: url.href },
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    let out = ''
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()))
    child.once('close', (status) => resolve({ status, out }))
  })
}

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
    const { status, out } = await command('show', 'A-1')
    expect(status).toBe(0)
    for (const words of ['提前拨付', '已退回', '"kind":"trial"', '经办', '复核', '退回', '合同未备案', 'wang']) {
      expect(out).toContain(words)
    }
    expect(out).toMatch(/内容摘要 [0-9a-f]{64}/)
  })

  it('are refused where there is none, and decided nowhere', async () => {
    expect((await command('show', 'A-99')).status).toBe(1)
    expect((await command('show', 'nothing')).status).toBe(1)
    for (const verb of ['check', 'approve', 'decide']) expect((await command(verb, 'A-2')).status).toBe(2)
  })
})
