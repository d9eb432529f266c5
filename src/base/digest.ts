/**
 * SHA-256, as it is made for every entry posted. The bytes come out of node as text and go into its pool: a buffer of
 * node's own making is an allocation outside the heap, which costs as much as the hash and burdens every collection.
 */
import { hash } from 'node:crypto'

/** In hex digits, where nothing needs the bytes. */
export const sha256Hex = (data: string): string => hash('sha256', data, 'hex')

export const sha256 = (data: string | Uint8Array): Buffer => Buffer.from(hash('sha256', data, 'binary'), 'binary')
