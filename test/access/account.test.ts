/** One-time codes as RFC 6238 has them, passwords that are none, and a vault that opens nothing it did not seal. */
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { hashPassword, isPassword, passwordFault } from '../../src/access/account/password.ts'
import { base32, codeOf, otpAddress, stepOf, stepOfCode } from '../../src/access/account/totp.ts'
import { openVault, vaultOf } from '../../src/access/account/vault.ts'

describe('one-time codes', () => {
  const secret = Buffer.from('12345678901234567890')

  it('are those of RFC 6238, appendix B, in six digits', () => {
    for (const [seconds, code] of [
      [59n, '287082'],
      [1111111109n, '081804'],
      [1111111111n, '050471'],
      [1234567890n, '005924'],
      [2000000000n, '279037'],
      [20000000000n, '353130'],
    ] as const)
      expect([seconds, codeOf(secret, stepOf(seconds * 1_000_000n))]).toEqual([seconds, code])
  })

  it('are taken one step early or late, never twice, and never an earlier one after a later', () => {
    const at = 1_234_567_890_000_000n
    const now = stepOf(at)
    const ask = (step: bigint, last = 0n) => stepOfCode(secret, codeOf(secret, step), at, last)
    expect([-2n, -1n, 0n, 1n, 2n].map((off) => ask(now + off))).toEqual([undefined, now - 1n, now, now + 1n, undefined])
    expect(ask(now, now)).toBeUndefined()
    expect(ask(now - 1n, now)).toBeUndefined()
    expect(ask(now + 1n, now)).toBe(now + 1n)
    for (const no of ['', '12345', '1234567', '١٢٣٤٥٦', 'abcdef'])
      expect(stepOfCode(secret, no, at, 0n)).toBeUndefined()
  })

  it('have a secret that an authenticator reads', () => {
    expect(base32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')
    expect(base32(Buffer.from('foobar'))).toBe('MZXW6YTBOI')
    const address = new URL(otpAddress('张三', secret))
    expect([address.protocol, address.host, address.searchParams.get('secret')]).toEqual([
      'otpauth:',
      'totp',
      base32(secret),
    ])
    expect(decodeURIComponent(address.pathname)).toBe('/一本账:张三')
  })
})

describe('a password', () => {
  it('is none where everybody tries it, however it is dressed up', () => {
    const refused = [
      'short',
      'elevenchars',
      'x'.repeat(513),
      'aaaaaaaaaaaaaa',
      'abcabcabcabcabc',
      '123456789012',
      '210987654321',
      'qwertyuiopas',
      'Password1234',
      'P@ssw0rd1234!',
      'admin@123456',
      'Admin123456789',
      'yibenzhang2026',
      'Beijing2026!!',
      'administrator1',
      'changeme-changeme',
      '1qaz2wsx3edc',
      'caizhengju2026',
      'correcthorsebatterystaple',
      'ｐａｓｓｗｏｒｄ1234',
      '密码密码密码密码密码密码一二',
    ]
    expect(refused.filter((one) => passwordFault(one, []) === undefined)).toEqual([])
    expect(passwordFault('zhangsan-likes-tea', ['zhangsan'])).toMatchObject({ zh: '含有本人的姓名或编号' })
    expect(passwordFault('关于张三丰的二十个字的长句子', ['张三'])).toBeDefined()
  })

  it('is anything else that is long enough', () => {
    for (const one of [
      'violet kettle under rain',
      'tR7#mQ2!xW9z',
      '春江潮水连海平海上明月共潮生',
      'seven-otters-sing-bass',
    ])
      expect([one, passwordFault(one, ['guard', '王伟'])]).toEqual([one, undefined])
  })

  it('is kept as argon2id with a salt of its own, and known again in any width', async () => {
    const [one, other] = await Promise.all(['violet kettle 12', 'violet kettle 12'].map(hashPassword))
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(one).not.toBe(other)
    expect(await isPassword('violet kettle 12', one)).toBe(true)
    expect(await isPassword('ｖｉｏｌｅｔ kettle １２', one)).toBe(true)
    expect(await isPassword('violet kettle 13', one)).toBe(false)
    expect(await isPassword('nobody has this password', undefined)).toBe(false)
  })
})

describe('the vault', () => {
  it('opens what it sealed, and nothing else', () => {
    const vault = vaultOf(Buffer.alloc(32, 7))
    const sealed = vault.seal(Buffer.from('secret of a person'))
    expect(sealed.includes('secret')).toBe(false)
    expect(vault.open(sealed)?.toString()).toBe('secret of a person')
    expect(vaultOf(Buffer.alloc(32, 8)).open(sealed)).toBeUndefined()
    for (let at = 0; at < sealed.length; at += 1) {
      const bent = Buffer.from(sealed)
      bent[at] = (bent[at] ?? 0) ^ 1
      expect(vault.open(bent), `byte ${at}`).toBeUndefined()
    }
  })

  it('keeps its key in a file of its own, and takes none that others may read', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'yiben-vault-'))
    try {
      const sealed = (await openVault(folder)).seal(Buffer.from('x'))
      expect((await openVault(folder)).open(sealed)?.toString()).toBe('x')
      const file = join(folder, 'keys', 'accounts.key')
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      const open = join(folder, 'open.key')
      await writeFile(open, `${Buffer.alloc(32).toString('base64')}\n`, { mode: 0o644 })
      await expect(openVault(folder, { keyFile: open })).rejects.toThrow(/chmod 600/)
      await expect(openVault(folder, { keyFile: join(folder, 'none') })).rejects.toThrow(/no key of accounts/)
      const short = join(folder, 'short.key')
      await writeFile(short, 'YWJj', { mode: 0o600 })
      await expect(openVault(folder, { keyFile: short })).rejects.toThrow(/no key of 32 bytes/)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
