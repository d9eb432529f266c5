/**
 * `yiben signing …`: which key the heads of a database are signed with and which heads this folder signed; and the two
 * words only a person can give: that the key is replaced, and that an older copy is what the books go on from.
 */
import type { Command } from 'commander'
import { formatInstant, systemClock } from '../../base/calendar.ts'
import { keyOfDatabase, replaceKey } from '../../ledger/key-of-database.ts'
import { openSigner } from '../../ledger/keys.ts'
import { lostHeads, lostText, putAside, rememberedHeads } from '../../ledger/remembered.ts'
import { withDatabase } from '../books/open.ts'
import { Told } from '../failure.ts'

export function signingCommand(program: Command): void {
  const signing = program
    .command('signing')
    .description('签名：密钥与签过的树头 / signing: the key, and the heads that were signed')
  signing
    .command('show')
    .description(
      '数据库的签名密钥、本机密钥、本机签过的树头 / the key of the database, this machine’s, heads signed here',
    )
    .action(show)
  signing
    .command('replace-key')
    .description(
      '原密钥确已遗失或更换：此后以本机密钥签名 / the key before is lost or replaced: sign with this machine’s from now on',
    )
    .action(replace)
  signing
    .command('accept-older')
    .description(
      '确无更新备份、缺失凭证已核对补记：此后以现库为准 / no newer back-up, what was missing is settled: go on from this database',
    )
    .action(acceptOlder)
}

const say = (line: string): void => void process.stdout.write(`${line}\n`)

const show = (): Promise<void> =>
  withDatabase(async (database, { folder, signingKey }) => {
    const signer = await openSigner(folder, { keyFile: signingKey })
    const current = await keyOfDatabase(database, signer, systemClock())
    say(`数据库的签名密钥 / key of the database: ${current}`)
    say(`本机密钥 / key of this machine: ${signer.keyId}  ${signer.publicKey.toString('base64')}`)
    for (const { book, size, at } of rememberedHeads(folder)) say(`已签树头 / signed head: ${book}  ${size}  ${at}`)
    for (const { zh, en } of (await lostHeads(database.sql, folder)).map(lostText)) say(`不符 FAIL ${zh} / ${en}`)
  })

const replace = (): Promise<void> =>
  withDatabase(async (database, { folder, signingKey }) => {
    const signer = await openSigner(folder, { keyFile: signingKey })
    const current = await replaceKey(database, signer, systemClock())
    if (current !== signer.keyId) {
      process.stderr.write(
        `密钥 ${signer.keyId} 已被 ${current} 取代，不能再启用，请另建新密钥 / ` +
          `key ${signer.keyId} was replaced by ${current} and is not taken up again: make a new one\n`,
      )
      throw new Told()
    }
    say(
      `此后以 ${current} 签名，请公布其公钥 / signed with ${current} from now on, publish its key: ${signer.publicKey.toString('base64')}`,
    )
  })

const acceptOlder = (): Promise<void> =>
  withDatabase(async (database, { folder }) => {
    const lost = await lostHeads(database.sql, folder)
    if (lost.length === 0) return say('本机签过的树头都在库中，无需处理 / the database holds every head signed here')
    for (const { zh, en } of lost.map(lostText)) say(`${zh} / ${en}`)
    const aside = putAside(folder, formatInstant(systemClock()).slice(0, 19).replaceAll(':', ''))
    say(`已留存 / kept for the auditor: ${aside ?? ''}`)
  })
