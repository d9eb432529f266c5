/**
 * `yiben verify pack.zip`: runs the verifier, which is one file that needs nothing but Node and is the same inside
 * every pack. It runs in a process of its own, so that what is verified here is what anyone else would run.
 */
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'

const verifier = fileURLToPath(new URL('../verify.mjs', import.meta.url))

export function verifyCommand(program: Command): void {
  program
    .command('verify')
    .description('核验证据包，无需数据库和网络 / verify an evidence pack, without database or network')
    .argument('<pack>', '证据包 / the pack')
    .option('--key <key...>', '已知的服务公钥（base64 或文件）/ the service’s public key as you know it')
    .option('--witness <key...>', '见证公钥 / a witness’s public key')
    .option('--head <file...>', '保存的签名树头 / a head you kept')
    .action(async (pack: string, options: Record<string, string[] | undefined>) => {
      const given = Object.entries(options).flatMap(([name, values]) =>
        (values ?? []).flatMap((value) => [`--${name}`, value]),
      )
      process.exitCode = await runVerifier([pack, ...given])
    })
}

function runVerifier(args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [verifier, ...args], { stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (status) => resolve(status ?? 1))
  })
}
