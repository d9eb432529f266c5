/** docs/WALKTHROUGH.md, command by command, on the sample: what an officer is told to type does what it says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openLedger } from '../../src/ledger/ledger.ts'
import { loadSample } from '../../src/sample/load.ts'
import { spawnCommand } from '../support/command.ts'
import { asSuperuser, useDatabase } from '../support/database.ts'

const test = useDatabase()
const folder = mkdtempSync(join(tmpdir(), 'yiben-walk-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
beforeAll(async () => {
  await loadSample(openLedger(test().database))
  // What autovacuum does within the minute.
  await asSuperuser(test(), (client) => client.query('analyze'))
}, 120_000)

const page = readFileSync(new URL('../../docs/WALKTHROUGH.md', import.meta.url), 'utf8')
const commands = [...page.matchAll(/^npm run -s yiben -- (.+)$/gm)].map(([, words = '']) => words)

describe('the walk-through', () => {
  it('has its commands', () => expect(commands.length).toBeGreaterThan(10))

  it.each(commands)(
    '%s',
    async (words) => {
      const args = words.split(' ').map((word) => (word === 'pack.zip' ? join(folder, word) : word))
      const { status, out, err } = await spawnCommand(test(), args, { folder })
      expect(status, `${out}\n${err}`).toBe(0)
    },
    180_000,
  )
})
