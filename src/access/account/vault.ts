/**
 * Seals the secrets of one-time codes (AES-256-GCM) under a key that is a file of its own, outside the database, so
 * that a copy of the tables makes no code. Processes that share a database share the file.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { readFile, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createWhole, makeFolder } from '../../base/files.ts'

export type Vault = { readonly seal: (plain: Buffer) => Buffer; readonly open: (sealed: Buffer) => Buffer | undefined }

const [keyBytes, nonceBytes, tagBytes] = [32, 12, 16]
const keyText = /^[A-Za-z0-9+/]{43}=\n?$/

/**
 * Opens the vault. Its key stands in `keyFile` where one is named, which must exist; otherwise in the data folder, made
 * on first use. Throws a plain Error, fit to be shown at start, where the file is missing, no key, or open to others.
 */
export async function openVault(folder: string, { keyFile }: { readonly keyFile?: string | undefined } = {}) {
  const file = keyFile ?? join(folder, 'keys', 'accounts.key')
  if (keyFile === undefined) await createOnce(file)
  return vaultOf(await readKey(file))
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

// Of two processes that start together one wins and both read its key.
async function createOnce(file: string): Promise<void> {
  if (await stat(file).catch(() => undefined)) return
  makeFolder(dirname(file), 0o700)
  createWhole(file, `${randomBytes(keyBytes).toString('base64')}\n`)
}

async function readKey(file: string): Promise<Buffer> {
  const found = await stat(file).catch(() => undefined)
  if (!found) throw new Error(`there is no key of accounts at ${file}`)
  if ((found.mode & 0o077) !== 0) throw new Error(`the key of accounts ${file} is open to other users: chmod 600 it`)
  const text = await readFile(file, 'latin1')
  if (!keyText.test(text)) throw new Error(`${file} holds no key of 32 bytes in base64`)
  return Buffer.from(text, 'base64')
}
