/**
 * `yiben witness`: registers the public key of somebody who checks this service's heads with a copy of their own and
 * cosigns them.
 */
import type { Command } from 'commander'
import { openSigner } from '../../ledger/keys.ts'
import { registerWitness } from '../../ledger/proof.ts'
import { systemClock } from '../../base/calendar.ts'
import { withDatabase } from './open.ts'

export function witnessCommand(program: Command): void {
  program
    .command('witness')
    .description('登记见证人的公钥 / register a witness’s public key')
    .requiredOption('--holder <name>', '见证人 / who the witness is')
    .requiredOption('--key <base64>', 'Ed25519 公钥（32 字节，base64）/ Ed25519 public key, 32 bytes in base64')
    .action(async ({ holder, key }: { holder: string; key: string }) => {
      const keyId = await withDatabase(async (database, config) => {
        const signer = await openSigner(config.folder, { keyFile: config.signingKey })
        return registerWitness({ database, clock: systemClock, signer }, { holder, publicKey: key })
      })
      process.stdout.write(`${keyId}\n`)
    })
}
