/**
 * Reading what a request carries, once and strictly. The bytes are taken from the socket's own message, not from a
 * fetch Request: making one for each request costs more than posting. Whatever cannot be read exactly one way is
 * refused here: other types and encodings, invalid UTF-8, a byte order mark, repeated keys, more than the limit.
 */
import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import * as z from 'zod'
import { type Json, parseJson } from '../base/json.ts'
import { formed } from './faults.ts'
import { invalid, Problem } from './problem.ts'

/** How a route takes its body: what is documented, and the one way it is read. */
export type BodyForm<Body> = {
  readonly mediaType: string | undefined
  readonly required: boolean
  readonly schema: z.ZodType | undefined
  readonly read: (incoming: IncomingMessage) => Promise<Body> | Body
}

const jsonBytesMax = 4 * 1024 * 1024

/** A body that is not looked at: node discards it when the answer is sent. */
export const noBody: BodyForm<undefined> = {
  mediaType: undefined,
  required: false,
  schema: undefined,
  read: () => undefined,
}

/** A JSON document of a form. `before` sees it first, for limits that have a status of their own. */
export function json<Form extends z.ZodType>(
  schema: Form,
  before?: (document: Json) => void,
): BodyForm<z.output<Form>> {
  // Generated code for what is well formed; anything else goes through the schema itself, which says what is wrong.
  const compiled = z.compile(schema)
  return {
    mediaType: 'application/json',
    required: true,
    schema,
    read: async (incoming) => {
      requireJson(incoming)
      const document = parseBytes(await readBytes(incoming, jsonBytesMax))
      before?.(document)
      return formed(compiled, document, '')
    },
  }
}

// No list of any form is longer.
const listMost = 10_000

/** A JSON document that may be left out; an absent one is read as {}. */
export function optionalJson<Form extends z.ZodType>(schema: Form): BodyForm<z.output<Form>> {
  return {
    mediaType: 'application/json',
    required: false,
    schema,
    read: async (incoming) => {
      const bytes = await readBytes(incoming, jsonBytesMax)
      if (bytes.length === 0) return formed(schema, {}, '')
      requireJson(incoming)
      return formed(schema, parseBytes(bytes), '')
    },
  }
}

/** The bytes of a JSON document, parsed by whoever works on it. */
export const jsonBytes = (schema: z.ZodType): BodyForm<Buffer> => ({
  mediaType: 'application/json',
  required: true,
  schema,
  read: (incoming) => {
    requireJson(incoming)
    return readBytes(incoming, jsonBytesMax)
  },
})

export type RawBody = { readonly bytes: Buffer; readonly mediaType: string }

/** Bytes as they are, of a type the caller names. */
export function rawBody(bytesMax: number): BodyForm<RawBody> {
  return {
    mediaType: '*/*',
    required: true,
    schema: undefined,
    read: async (incoming) => {
      const mediaType = incoming.headers['content-type'] ?? ''
      if (
        !/^[a-z0-9][a-z0-9!#$&^_.+-]{0,63}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,63}$/i.test(mediaType) ||
        isEncoded(incoming)
      ) {
        throw new Problem('unsupported_media_type')
      }
      const bytes = await readBytes(incoming, bytesMax)
      if (bytes.length === 0) throw invalid('', '附件为空', 'the attachment is empty')
      return { bytes, mediaType: mediaType.toLowerCase() }
    },
  }
}

const isEncoded = ({ headers }: IncomingMessage): boolean => {
  const encoding = headers['content-encoding']
  return encoding !== undefined && encoding.toLowerCase() !== 'identity'
}

function requireJson(incoming: IncomingMessage): void {
  const type = incoming.headers['content-type'] ?? ''
  const known =
    type === 'application/json' ||
    /^application\/json\s*;\s*charset=("?)utf-8\1\s*$/i.test(type) ||
    /^application\/json\s*$/i.test(type)
  if (!known || isEncoded(incoming)) throw new Problem('unsupported_media_type')
}

/** The document in these bytes, strictly: UTF-8 without a mark, no list too long. */
export function parseBytes(bytes: Buffer, most = listMost): Json {
  if (bytes.length === 0) throw invalid('', '请求体为空', 'the body is empty')
  if (!isUtf8(bytes)) throw invalid('', '不是合法的 UTF-8', 'not valid UTF-8')
  const text = bytes.toString('utf8')
  if (text.charCodeAt(0) === 0xfeff) throw invalid('', '不得带字节顺序标记（BOM）', 'starts with a byte order mark')
  return parseJson(text, most)
}

// A body that moves may take its time; one that trickles holds a connection for nothing.
const slowAfterMs = 30_000
const lookAgainMs = 5_000
const bytesPerSecondMin = 4_096

/**
 * All bytes of a body. Refuses `body_too_large` before reading where the length is told, else as soon as it is passed:
 * the rest is taken and thrown away, because a client that writes its whole body first would find the connection broken
 * and never read why.
 */
function readBytes(incoming: IncomingMessage, bytesMax: number): Promise<Buffer> {
  if (Number(incoming.headers['content-length'] ?? 0) > bytesMax) throw new Problem('body_too_large')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    const began = performance.now()
    const look = (): void => {
      if (length < ((performance.now() - began) / 1000) * bytesPerSecondMin)
        reject(new Problem('request_timeout', [], closing))
      else slow = setTimeout(look, lookAgainMs)
    }
    let slow = setTimeout(look, slowAfterMs)
    incoming.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= bytesMax) {
        chunks.push(chunk)
        return
      }
      chunks.length = 0
      clearTimeout(slow)
      reject(new Problem('body_too_large'))
    })
    incoming.on('end', () => {
      clearTimeout(slow)
      resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks))
    })
    // Nobody is left to be answered; the promise must end all the same.
    incoming.on('error', () => {
      clearTimeout(slow)
      reject(new Problem('request_malformed'))
    })
  })
}

// What is left of such a body is not waited for, so the connection cannot be used again.
const closing = { connection: 'close' }
