/**
 * The console as built by web/build.ts: one page for all its addresses, made for each request with a nonce of its own,
 * and files whose names are hashes of what they hold. An address the console does not know stays what it was, 404.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { extname, join } from 'node:path'
import * as z from 'zod'
import { bareHeaders, consoleHeaders } from '../headers.ts'
import type { Answered } from '../problem.ts'

/** What is served of the console: nothing while it is being built, or where it could not be. */
export class ConsoleFiles {
  #page = ''
  #patterns: readonly RegExp[] = []
  #files = new Map<string, Uint8Array<ArrayBuffer>>()
  /** Shown while there is no console: whether it comes, or why not. */
  state: 'building' | 'failed' | 'ready' = 'building'

  /** Takes what was built into memory: about 2 MB, read once. */
  load(folder: string): void {
    this.#page = readFileSync(join(folder, 'index.html'), 'utf8')
    this.#patterns = z
      .array(z.string())
      .parse(JSON.parse(readFileSync(join(folder, 'pages.json'), 'utf8')))
      .map((pattern) => new RegExp(pattern))
    const names = readdirSync(join(folder, 'assets'))
    this.#files = new Map(
      names.map((name) => [`/assets/${name}`, new Uint8Array(readFileSync(join(folder, 'assets', name)))]),
    )
    this.state = 'ready'
  }

  /** The page at one of the console's addresses, or one of its files; `undefined` where there is neither. */
  answer(path: string, { headers, method }: IncomingMessage): Answered | undefined {
    if (method !== 'GET' && method !== 'HEAD') return undefined
    const file = this.#files.get(path)
    if (file) return this.#fileAnswer(path, file, headers['accept-encoding'] ?? '')
    return this.#patterns.some((pattern) => pattern.test(path)) ? this.page() : undefined
  }

  page(): Answered {
    const nonce = randomBytes(18).toString('base64url')
    return { status: 200, headers: consoleHeaders(nonce), text: this.#page.replace('__NONCE__', nonce) }
  }

  #fileAnswer(path: string, plain: Uint8Array<ArrayBuffer>, accepted: string): Answered {
    const encodings = accepted.split(',').map((part) => part.split(';')[0]?.trim())
    const encoding = (['br', 'gzip'] as const).find((name) => encodings.includes(name))
    const packed = encoding && this.#files.get(`${path}.${encoding === 'br' ? 'br' : 'gz'}`)
    const headers = {
      ...bareHeaders,
      'cache-control': 'public, max-age=31536000, immutable',
      'content-type': mediaTypes[extname(path)] ?? 'application/octet-stream',
      vary: 'accept-encoding',
      ...(packed && { 'content-encoding': encoding }),
    }
    return { status: 200, headers, text: '', bytes: packed ?? plain }
  }
}

const mediaTypes: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
}
