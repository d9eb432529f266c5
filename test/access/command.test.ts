/**
 * `yiben person …`: a person is registered, let in by a link that works once, seen in the list as he stands, and let in
 * no more; what is refused is told, with status 1.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Accounts, enrol, openInvitation, signIn } from '../../src/access/account/account.ts'
import { codeOf, stepOf } from '../../src/access/account/totp.ts'
import { vaultOf } from '../../src/access/account/vault.ts'
import { SessionDesk } from '../../src/access/session.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'

const test = useDatabase()
let folder = ''
let accounts: Accounts
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-persons-'))
  accounts = { database: test().database, clock: systemClock, vault: vaultOf(Buffer.alloc(32, 1)) }
})
afterAll(async () => rm(folder, { recursive: true, force: true }))

const run = (...words: string[]) => runCommand(test(), ['person', ...words], { folder })
const password = 'violet kettle under rain'

type Listed = { readonly id: string; readonly signIn?: string }
const standing = async (id: string): Promise<string | undefined> => {
  const { status, out } = await run('list', '--format', 'json')
  expect(status).toBe(0)
  return (JSON.parse(out) as { items: Listed[] }).items.find((person) => person.id === id)?.signIn
}

async function invited(...words: string[]): Promise<string> {
  const { status, out, err } = await run('invite', ...words)
  expect([status, err]).toEqual([0, expect.stringMatching(/：有效至 \S+，一次有效 \/ good once/)])
  const code = /^https?:\/\/\S+\/signin\/([A-Za-z0-9_-]{43})\n$/.exec(out)?.[1]
  expect(code).toBeDefined()
  return code ?? ''
}

/** As an authenticator reads it. */
function bytesOf(base32: string): Buffer {
  const bits = Array.from(base32, (letter) =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  ).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)))
}

describe.sequential('yiben person', () => {
  it('registers, gives a duty, and lists who may sign in', async () => {
    expect((await run('add', 'zhou.wen', '周文')).status).toBe(0)
    expect((await run('give', 'zhou.wen', 'finance_maker', '--district', '110102')).status).toBe(0)
    expect(await standing('zhou.wen')).toBe('none')
    const text = await run('list')
    expect([text.status, text.err]).toEqual([0, ''])
    expect(text.out).toMatch(/zhou\.wen +周文 +finance_maker@110102 +未邀请/)
    // Through the real door once: that the process ends, and how.
    const shown = await spawnCommand(test(), ['person', 'show', '周文'], { folder })
    expect([shown.status, shown.out]).toEqual([0, expect.stringContaining('110102')])
  }, 60_000)

  it('invites by a link that is printed alone, works once, and replaces the one before', async () => {
    const before = await invited('zhou.wen')
    const code = await invited('周文', '--url', 'https://ledger.example/')
    expect(await standing('zhou.wen')).toBe('invited')
    await expect(openInvitation(accounts, before)).rejects.toThrow('invitation_not_found')
    const { ticket, secret, person } = await openInvitation(accounts, code)
    expect(person).toBe('周文')
    await expect(openInvitation(accounts, code)).rejects.toThrow('invitation_not_found')
    const session = await enrol(accounts, { ticket, password, code: codeOf(bytesOf(secret), stepOf(systemClock())) })
    expect(await new SessionDesk(test().database, systemClock).find(session)).toMatchObject({
      actor: { person: '周文', role: 'finance_maker', district: '110102' },
    })
    expect(await standing('zhou.wen')).toBe('ready')
    // What follows lets him in no more.
    const { status, out } = await run('disable', 'zhou.wen')
    expect([status, JSON.parse(out)]).toEqual([0, expect.objectContaining({ id: 'zhou.wen', signIn: 'disabled' })])
    expect(await standing('zhou.wen')).toBe('disabled')
    expect(await new SessionDesk(test().database, systemClock).find(session)).toBeUndefined()
    await expect(signIn(accounts, { person: '周文', password, code: '000000' })).rejects.toThrow('sign_in_failed')
    await invited('zhou.wen')
    expect(await standing('zhou.wen')).toBe('invited')
  }, 60_000)

  it('says in one line why not, with status 1', async () => {
    for (const words of [
      ['invite', 'nobody'],
      ['disable', 'nobody'],
    ]) {
      const { status, out, err } = await run(...words)
      expect([words, status, out]).toEqual([words, 1, ''])
      expect(err).toContain('nobody')
    }
    expect((await run('add', 'li.si', '李四')).status).toBe(0)
    const none = await run('disable', 'li.si')
    expect([none.status, none.err]).toEqual([1, expect.stringContaining('李四')])
  })
})
