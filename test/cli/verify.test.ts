/** What `verify` says of whom a pack was held against: a pack that agrees with itself was signed by nobody known. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isSigned } from '../../src/cli/verify/examination.mjs'
import { openSigner } from '../../src/ledger/keys.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDatabase } from '../support/database.ts'
import { newBook, post, quota } from '../support/ledger.ts'

const test = useDatabase()
const verifier = fileURLToPath(new URL('../../src/cli/verify.mjs', import.meta.url))
let folder = ''
let pack = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-verify-'))
  pack = join(folder, 'pack.zip')
  const ledger = openLedger(test().database)
  await post(ledger, await newBook(ledger, 'government', 'V1'), quota('100.00', '2026-03-05'))
  const { status } = await runCommand(test(), ['export', 'evidence', '--book', 'V1', '--out', pack], { folder })
  expect(status).toBe(0)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const run = (...args: string[]) => spawnSync(process.execPath, [verifier, ...args], { encoding: 'utf8' })

describe('verify', () => {
  it('says that the signer was not checked where nothing is named, and with --strict fails', () => {
    const plain = run(pack)
    expect([plain.status, plain.stdout]).toEqual([0, expect.stringMatching(/仅自洽，未核对签名人.*\n$/)])
    expect(run(pack, '--strict').status).toBe(3)
  })

  it('says what it checked, and takes the key of the folder by itself', async () => {
    const { publicKey } = await openSigner(folder)
    const pinned = run(pack, '--strict', '--key', publicKey.toString('base64'))
    expect([pinned.status, pinned.stdout]).toEqual([0, expect.stringMatching(/everything holds.*服务公钥 key\n$/)])
    const own = await spawnCommand(test(), ['verify', pack, '--strict'], { folder })
    expect([own.status, own.out]).toEqual([0, expect.stringContaining('服务公钥 key')])
    expect(run(pack, '--key', Buffer.alloc(32, 7).toString('base64')).status).toBe(1)
  })

  it('helps, and tells in a line what it cannot read', () => {
    const help = run('--help')
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('--strict')])
    const missing = run(join(folder, 'nothing.zip'))
    expect([missing.status, missing.stderr]).toEqual([2, expect.stringMatching(/^无法读取文件 .*nothing\.zip\n$/)])
    expect(run(pack, '--head', pack).stderr).toMatch(/^不是留存的树头/)
  })

  it('takes a key for none where it is not spelled in its one way', async () => {
    const { publicKey, sign } = await openSigner(folder)
    const [note, key] = ['note', publicKey.toString('base64')]
    const signature = sign(Buffer.from(note)).toString('base64')
    expect(isSigned(note, signature, key)).toBe(true)
    expect(isSigned(note, signature, `${key}\n已核对`)).toBe(false)
    expect(isSigned(note, `${signature} `, key)).toBe(false)
  })
})
