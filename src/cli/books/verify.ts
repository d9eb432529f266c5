/**
 * `yiben verify pack.zip`: runs the verifier, which is one file that needs nothing but Node and is the same inside
 * every pack. It runs in a process of its own, so that what is verified here is what anyone else would run.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { ownKeyFile } from './open.ts'

const verifier = fileURLToPath(new URL('../verify.mjs', import.meta.url))

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('核验证据包，无需数据库和网络 / verify an evidence pack, without database or network')
    .argument('<pack>', '证据包 / the pack')
    .option('--key <key...>', '已知的服务公钥（base64 或文件）/ the service’s public key as you know it')
    .option('--witness <key...>', '见证公钥 / a witness’s public key')
    .option('--head <file...>', '保存的签名树头 / a head you kept')
    .option('--strict', '未核对签名人时以 3 退出 / exit 3 where the signer was not checked')
    .action(async (pack: string, { strict, ...options }: Options) => {
      const given = Object.entries(options).flatMap(([name, values]) =>
        (values ?? []).flatMap((value) => [`--${name}`, value]),
      )
      const own = given.length > 0 ? [] : ownKey()
      process.exitCode = await runVerifier([pack, ...given, ...own, ...(strict ? ['--strict'] : [])])
    })
}

type Options = { readonly strict?: true } & Record<string, string[] | undefined>

/** Where nothing is named, the key of the folder's own service, if it has one: its packs are signed with no other. */
function ownKey(): string[] {
  const file = ownKeyFile()
  return existsSync(file) ? ['--key', file] : []
}

function runVerifier(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [verifier, ...args], { stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
}
