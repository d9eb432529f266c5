/**
 * `yiben backup --out FILE`: everything the books consist of, and the roles that reach them, in one file, taken in one
 * snapshot while the service goes on. It is made with no program of PostgreSQL's, so the embedded server has it too.
 */
import type { Command } from 'commander'
import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { formatInstant, systemClock } from '../../base/calendar.ts'
import { takeBackup, type Taken } from '../../base/server/copy/take.ts'
import { openEmbedded } from '../../base/server/embedded.ts'
import { headsToBackUp } from '../../ledger/backed-heads.ts'
import { openSigner, type Signer } from '../../ledger/keys.ts'
import { ownConfig, ownKeyFile } from '../books/open.ts'

export function backupCommand(program: Command): void {
  program
    .command('backup')
    .description(
      '备份全部账目与角色到一个文件；服务照常运行 / back up all books and roles into one file, while the service goes on',
    )
    .requiredOption('--out <file>', '写到哪个文件（不覆盖）/ file to write, never written over')
    .action(async ({ out }: { out: string }) => {
      const path = resolve(out)
      const taken = await backUp(path)
      process.stdout.write(`${path}\n`)
      process.stderr.write(toldOf(taken, statSync(path).size))
    })
}

/** The signer of this machine, where its key is here: a back-up made elsewhere is not signed, and says so. */
async function ownSigner(): Promise<Signer | undefined> {
  if (!existsSync(ownKeyFile())) return undefined
  const { folder, signingKey } = ownConfig()
  return openSigner(folder, { keyFile: signingKey })
}

/** Backs up the database of this machine's settings. */
export async function backUp(out: string): Promise<Taken> {
  const { databaseUrl, folder } = ownConfig()
  const sealer = await ownSigner()
  const take = (url: string): Promise<Taken> =>
    takeBackup({
      url,
      out,
      takenAt: formatInstant(systemClock()),
      sealer,
      heads: (sql) => headsToBackUp(sql, sealer, systemClock),
    })
  if (databaseUrl !== undefined) return take(databaseUrl)
  const server = await openEmbedded(folder, { claim: 'command' })
  try {
    return await take(server.url('yiben_migrator'))
  } finally {
    await server.stop()
  }
}

function toldOf({ tables, rows, books, isSigned, roles }: Taken, bytes: number): string {
  const who = roles.length === 0 ? '' : `，登录角色 / roles ${roles.join(', ')}（不含口令 / without passwords）`
  const signed = isSigned
    ? '已签名 / signed'
    : '本机没有签名密钥，未签名 / not signed: the key of the service is not on this machine'
  return (
    `已备份 / backed up: ${tables} 张表 / tables, ${rows} 行 / rows, ${books} 个账套树头 / heads of books, ${bytes} 字节 / bytes，${signed}${who}\n` +
    '不含签名密钥与国库指令文件，请另行保存 / without the signing key and the treasury files: keep those apart\n'
  )
}
