/**
 * `yiben restore FILE`: a back-up put into the empty database of DATABASE_URL, or into the data folder where it holds
 * nothing yet. Whole, with every row compared and every head verified, or not at all.
 */
import type { Command } from 'commander'
import { existsSync } from 'node:fs'
import { BackupFault, sealText, type Seal } from '../../base/server/copy/file.ts'
import { type Put, putBackup, readBackup, type Said } from '../../base/server/copy/put.ts'
import { openEmbedded } from '../../base/server/embedded.ts'
import { migrate } from '../../base/server/migrate.ts'
import { faultsOfHeads } from '../../ledger/backed-heads.ts'
import { isSignedBy, keyIdOf, openSigner, parseBase64 } from '../../ledger/keys.ts'
import { WrongUsage } from '../failure.ts'
import { ownConfig, ownKeyFile } from '../books/open.ts'

export const keyOption = ['--key <key>', '服务的公钥（base64），默认取本机密钥 / public key of the service'] as const

export function restoreCommand(program: Command): void {
  program
    .command('restore <file>')
    .description(
      '把备份恢复到空库：全部写入并逐表核对、核验树头，或完全不写 / restore into an empty database, whole or not at all',
    )
    .option(...keyOption)
    .action(async (file: string, { key }: { key?: string }) => {
      const said = await readBackup(file)
      const signer = await signerOf(said.seal, key)
      const put = await restoreHere(file, said)
      process.stderr.write(toldOf(said, put, signer))
    })
}

/** Who signed a back-up, in words; refused where it was somebody else than `key` or this machine's own. */
export async function signerOf({ sha256, key, signature }: Seal, wanted: string | undefined): Promise<string> {
  const pinned = wanted ?? (await ownPublicKey())
  if (wanted !== undefined && parseBase64(wanted, 32) === undefined)
    throw new WrongUsage('--key 须为 32 字节的 base64 / --key must be 32 bytes in base64')
  if (key === null || signature === null) {
    if (wanted === undefined) return '未签名，只核对了完整性 / not signed: only its wholeness was checked'
    throw new BackupFault(
      '备份未签名，与所给密钥无从核对',
      'the back-up is not signed: it cannot be held against the key',
    )
  }
  const [publicKey, bytes] = [parseBase64(key, 32), parseBase64(signature, 64)]
  if (!publicKey || !bytes || !isSignedBy(publicKey, sealText(sha256), bytes))
    throw new BackupFault(
      '备份的签名不成立，请换用另一份',
      'the signature of the back-up does not hold: use another one',
    )
  if (pinned !== undefined && pinned !== key)
    throw new BackupFault(
      `备份由另一密钥 ${keyIdOf(publicKey)} 签名，请核对备份来源，或以 --key 给出该服务的公钥`,
      `the back-up is signed with another key, ${keyIdOf(publicKey)}: check where it comes from, or give the key of that service with --key`,
    )
  return pinned === undefined
    ? `由 ${keyIdOf(publicKey)} 签名，未核对签名人 / signed by ${keyIdOf(publicKey)}, signer not checked`
    : `由 ${keyIdOf(publicKey)} 签名 / signed by ${keyIdOf(publicKey)}`
}

async function ownPublicKey(): Promise<string | undefined> {
  if (!existsSync(ownKeyFile())) return undefined
  const { folder, signingKey } = ownConfig()
  return (await openSigner(folder, { keyFile: signingKey })).publicKey.toString('base64')
}

async function restoreHere(file: string, said: Said): Promise<Put> {
  const { databaseUrl, folder } = ownConfig()
  if (databaseUrl !== undefined) return restoreInto(databaseUrl, file, said)
  // As a service does, so that none can be at work in the folder.
  const server = await openEmbedded(folder, { claim: 'service' })
  try {
    return await restoreInto(superuserOf(server.adminUrl), file, said)
  } finally {
    await server.stop()
  }
}

/** The administrator of an embedded server on the books' database: roles are made by nobody else there. */
export const superuserOf = (adminUrl: string): string => adminUrl.replace(/postgres$/, 'yiben')

/** Restores, and brings what was restored to the schema of this program. */
export async function restoreInto(url: string, path: string, said: Said): Promise<Put> {
  const put = await putBackup({ url, path, look: faultsOfHeads }, said)
  await migrate(url)
  return put
}

export function toldOf({ start, end }: Said, { rows, rolesMade }: Put, signer: string): string {
  const made =
    rolesMade.length === 0
      ? ''
      : `已建角色 / roles made: ${rolesMade.join(', ')}，请为其设置口令 / give them passwords\n`
  return (
    `已恢复 / restored: ${start.takenAt} 的备份 / back-up, ${start.tables.length} 张表 / tables, ${rows} 行 / rows, ` +
    `${end.heads.length} 个账套树头相符 / heads of books hold；${signer}\n${made}` +
    '请接着执行 / now run: npm run -s yiben -- checks\n'
  )
}
