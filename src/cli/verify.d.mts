/** The types of verify.mjs, which is plain JavaScript so that it runs anywhere by itself. */
export type Verdict = {
  readonly ok: boolean
  /** The finding of the first entry that does not hold, or the first finding of any kind; absent where everything holds. */
  readonly first?: string
  /** Others, at most 19, in the order they were found. */
  readonly findings: readonly string[]
  /** How many findings there are in all. */
  readonly count: number
  readonly notes: readonly string[]
  readonly summary: readonly string[]
}

export type VerifyOptions = {
  /** Raw public keys in base64. */
  readonly keys?: readonly string[]
  readonly witnesses?: readonly string[]
  /** Signed heads that were kept, as they were given out. */
  readonly heads?: readonly object[]
}

/** Verifies a pack given as its bytes. Never throws for what is in the pack. */
export function verifyPack(zip: Buffer, options?: VerifyOptions): Verdict
