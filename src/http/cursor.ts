/**
 * Cursors: where the next page of a list begins. Opaque to the caller and bound to the list and its filters: one that
 * was cut, changed, made up or taken from elsewhere is refused, not guessed at. It opens nothing (a page is always read
 * with the rights of who asks for it), but what it holds reaches the statements of the list, so it is signed: with a
 * secret that follows from the service's own key, the same in every process that signs with it.
 */
import { createHmac, timingSafeEqual } from 'node:crypto'
import type * as z from 'zod'
import { parsed } from '../base/files.ts'
import type { Signer } from '../ledger/keys.ts'
import { invalid } from './problem.ts'

const sealLength = 12

export type CursorDesk = {
  /** `list` names the list with everything that selects its items. */
  readonly write: (list: unknown, place: unknown) => string
  /** The place of a cursor made for this list; `undefined` where none was given. */
  readonly read: <Form extends z.ZodType>(
    cursor: string | undefined,
    list: unknown,
    form: Form,
  ) => z.output<Form> | undefined
  /** A page of at most `most` items, of which one more was read to know whether there is another page. */
  readonly page: <Row>(
    found: readonly Row[],
    most: number,
    list: unknown,
    placeOf: (row: Row) => unknown,
  ) => { readonly items: readonly Row[]; readonly next: string | null }
}

/** Ed25519 signs the same words the same way, so the secret needs no place of its own. */
export function openCursors(signer: Pick<Signer, 'sign'>): CursorDesk {
  const secret = signer.sign(Buffer.from('yiben-cursor-2'))
  const seal = (list: unknown, text: string): Buffer =>
    createHmac('sha256', secret)
      .update(`${JSON.stringify(list, spelled)}\n${text}`)
      .digest()
      .subarray(0, sealLength)
  const write = (list: unknown, place: unknown): string => {
    const text = JSON.stringify(place)
    return Buffer.concat([seal(list, text), Buffer.from(text)]).toString('base64url')
  }
  return {
    write,
    page: (found, most, list, placeOf) => {
      const items = found.slice(0, most)
      const last = items.at(-1)
      return { items, next: found.length > most && last !== undefined ? write(list, placeOf(last)) : null }
    },
    read: (cursor, list, form) => {
      if (cursor === undefined) return undefined
      const bytes = Buffer.from(cursor, 'base64url')
      const text = bytes.subarray(sealLength).toString('utf8')
      const isOurs =
        bytes.length > sealLength &&
        bytes.toString('base64url') === cursor &&
        timingSafeEqual(bytes.subarray(0, sealLength), seal(list, text))
      const place = isOurs ? form.safeParse(parsed(text)) : undefined
      if (!place?.success) throw forged()
      return place.data
    },
  }
}

// Instants among the filters are bigint.
const spelled = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value)

const forged = () => invalid('/query/cursor', '游标无效，或属于另一个列表', 'the cursor is not one of this list')
