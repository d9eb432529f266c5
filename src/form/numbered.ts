/**
 * Things that are called by a letter and a number, in the order in which they were made: approval A-1, commitment C-1,
 * release R-1, voucher V-1.
 */
import * as z from 'zod'

export function numbered(letter: string) {
  const pattern = new RegExp(`^${letter}-[1-9][0-9]{0,17}$`)
  return {
    nameOf: (id: bigint | number): string => `${letter}-${id}`,
    /** The number of a name; `undefined` for whatever is no such name. */
    numberOf: (name: string): bigint | undefined =>
      pattern.test(name) ? BigInt(name.slice(letter.length + 1)) : undefined,
    /** The form of a name. */
    form: z.string({ error: 'identifier' }).regex(pattern, { error: 'identifier' }),
  }
}
