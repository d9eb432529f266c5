/**
 * Seals the secrets of one-time codes (AES-256-GCM) under a key that is a file of its own, outside the database, so
 * that a copy of the tables makes no code. Processes that share a database share the file.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { readKeyFile } from '../../base/files.ts'

export type Vault = { readonly seal: (plain: Buffer) => Buffer; readonly open: (sealed: Buffer) => Buffer | undefined }

const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16]
const newKey = (): string => `${randomBytes(keyBytes).toString('base64')}\n`
const keyText = /^[A-Za-z0-9+/]{43}=\n?$/

/**
 * Opens the vault. Its key stands in `keyFile` where one is named, which must exist; otherwise in the data folder, made
 * on first use. Throws a plain Error, fit to be shown at start, where the file is missing, no key, or open to others.
 */
export async function openVault(folder: string, { keyFile }: { readonly keyFile?: string | undefined } = {}) {
  if (keyFile !== undefined) return vaultOf(await readKey(keyFile))
  return vaultOf(await readKey(join(folder, 'keys', 'accounts.key'), newKey))
}

/** The vault of a key of 32 bytes. */
export const vaultOf = (key: Buffer): Vault => ({
  seal: (plain) => {
    const nonce = randomBytes(nonceBytes)
    const cipher = createCipheriv('aes-256-gcm', key, nonce)
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()])
  },
  open: (sealed) => {
    const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, nonceBytes), { authTagLength: tagBytes })
    decipher.setAuthTag(sealed.subarray(-tagBytes))
    const plain = decipher.update(sealed.subarray(nonceBytes, -tagBytes))
    try {
      decipher.final()
      return plain
    } catch {
      // Another key sealed it, or nobody did.
      return undefined
    }
  },
})

async function readKey(file: string, make?: () => string): Promise<Buffer> {
  const text = (await readKeyFile(file, 'key of accounts', make)).toString('latin1')
  if (!keyText.test(text)) throw new Error(`${file} holds no key of 32 bytes in base64`)
  return Buffer.from(text, 'base64')
}
