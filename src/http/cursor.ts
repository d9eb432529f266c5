/**
 * Cursors: where the next page of a list begins. Opaque to the caller and bound to the list and its filters: one that
 * was cut, changed or taken from elsewhere is refused, not guessed at. It opens nothing, so a checksum is enough and no
 * secret is needed; a page is always read with the rights of who asks for it.
 */
import { createHash } from 'node:crypto'
import type * as z from 'zod'
import { invalid } from './problem.ts'

const separator = '~'

/** `list` names the list with everything that selects its items. */
export function cursorFor(list: unknown, place: unknown): string {
  const text = JSON.stringify(place)
  return Buffer.from(`${checksum(list, text)}${separator}${text}`).toString('base64url')
}

/** The place of a cursor made for this list; `undefined` where none was given. */
export function placeOfCursor<Form extends z.ZodType>(
  cursor: string | undefined,
  list: unknown,
  form: Form,
): z.output<Form> | undefined {
  if (cursor === undefined) return undefined
  const written = Buffer.from(cursor, 'base64url')
  const [sum, ...rest] = written.toString('utf8').split(separator)
  const text = rest.join(separator)
  if (written.toString('base64url') !== cursor || sum !== checksum(list, text)) throw forged()
  const place = form.safeParse(JSON.parse(text))
  if (!place.success) throw forged()
  return place.data
}

const checksum = (list: unknown, text: string): string =>
  createHash('sha256')
    .update(`yiben-cursor-1\n${JSON.stringify(list)}\n${text}`)
    .digest('base64url')
    .slice(0, 16)

const forged = () => invalid('/query/cursor', '游标无效，或属于另一个列表', 'the cursor is not one of this list')
