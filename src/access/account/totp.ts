/** One-time codes of six digits, a new one every 30 seconds (RFC 6238 over RFC 4226, HMAC-SHA-1). Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Instant } from '../../base/calendar.ts'

/** As many as SHA-1 has, as RFC 4226 wants. */
export const secretBytes = 20
export const codePattern = /^[0-9]{6}$/
const microsPerStep = 30_000_000n
// Clocks of telephones and of this machine differ.
const around = [0n, -1n, 1n]

export const stepOf = (at: Instant): bigint => at / microsPerStep

/** The code of a step. */
export function codeOf(secret: Buffer, step: bigint): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(step)
  const mac = createHmac('sha1', secret).update(counter).digest()
  const offset = (mac.at(-1) ?? 0) & 0x0f
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

/** The step a code is of, now or one step before or after, and later than the last that was taken. */
export function stepOfCode(secret: Buffer, code: string, at: Instant, last: bigint): bigint | undefined {
  if (!codePattern.test(code)) return undefined
  const now = stepOf(at)
  // All three are looked at, however early one fits.
  const fitting = around
    .map((offset) => now + offset)
    .filter((step) => timingSafeEqual(Buffer.from(codeOf(secret, step)), Buffer.from(code)))
  return fitting.find((step) => step > last)
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648 without padding: what is typed where no picture can be taken. */
export function base32(bytes: Buffer): string {
  let bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  bits = bits.padEnd(Math.ceil(bits.length / 5) * 5, '0')
  return (bits.match(/.{5}/g) ?? []).map((five) => alphabet[Number.parseInt(five, 2)]).join('')
}

/** What an authenticator reads from the picture. */
export const otpAddress = (person: string, secret: Buffer): string =>
  `otpauth://totp/${encodeURIComponent(`一本账:${person}`)}?secret=${base32(secret)}&issuer=${encodeURIComponent('一本账')}`
