/**
 * The listening server: limits on what reaches a route, and how it ends. Everything here acts on node's own request
 * before hono sees it, so that a malformed, oversized, misdirected or late request costs next to nothing and still gets
 * a problem it can read.
 */
import { getRequestListener } from '@hono/node-server'
import { createServer, type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'
import type { App } from './app.ts'
import { type DoorCode, answerTo, languageOf, Problem } from './problem.ts'

export type ListenOptions = { readonly host: string; readonly port: number; readonly hosts?: readonly string[] }

export type Listening = {
  readonly url: string
  readonly port: number
  /** Takes no more requests, finishes those under way, and ends within `deadlineMs`. */
  drain(deadlineMs: number): Promise<void>
}

const headersMax = 100
const settings = {
  headersTimeout: 10_000,
  // A body that moves is not cut (an upload from a district's line); one that rests or trickles is, see body.ts.
  requestTimeout: 600_000,
  maxHeaderSize: 16 * 1024,
  // Our own check answers in words.
  requireHostHeader: false,
  // Longer than the idle time of common proxies would let them reuse a connection we just closed.
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 2_000,
}
// Nothing came and nothing was taken on a connection: whoever asks for an answer and does not fetch it keeps it in
// memory.
const restMaxMs = 30_000
// Of one address. A proxy in front is one address too, and needs no more.
const connectionsMax = 512
// Connections kept alive may send one more request while they learn that the service stops.
const farewellMs = 300

export async function listen(app: App, { host, port, hosts = [] }: ListenOptions): Promise<Listening> {
  const state = { draining: false, underWay: 0 }
  const toApp = getRequestListener(app.fetch, {
    errorHandler: () => response('request_malformed'),
    // It would cut the connection half a second after an answer that came before the body was sent. Node takes and
    // drops what is left of a body by itself.
    autoCleanupIncoming: false,
  })
  const known = hostCheck(host, hosts)
  const busy = new Set<Socket>()
  const server = createServer(settings, (incoming, outgoing) => {
    const refused = refusalOf(incoming, known) ?? (state.draining ? 'shutting_down' : undefined)
    if (refused) return refuse(incoming, outgoing, refused)
    state.underWay += 1
    busy.add(incoming.socket)
    outgoing.once('close', () => {
      state.underWay -= 1
      busy.delete(incoming.socket)
    })
    void toApp(incoming, outgoing)
  })
  server.on('clientError', answerBrokenRequest)
  server.setTimeout(restMaxMs, (socket: Socket) => endResting(socket, busy))
  limitConnections(server)
  server.on('connect', (_: IncomingMessage, socket: Socket) => end(socket, 'method_not_allowed'))
  const address = await listening(server, host, port)
  return {
    port: address,
    url: `http://${host.includes(':') ? `[${host}]` : host}:${address}`,
    drain: (deadlineMs) => drain(server, state, deadlineMs),
  }
}

function listening(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port, backlog: 511 }, () => {
      server.off('error', reject)
      const address = server.address()
      resolve(typeof address === 'object' && address ? address.port : port)
    })
  })
}

// --- What is refused before it is routed ----------------------------------------------------------------------------

function refusalOf(incoming: IncomingMessage, isKnown: (host: string) => boolean): DoorCode | undefined {
  const { rawHeaders, url = '', method } = incoming
  if (rawHeaders.length > headersMax * 2) return 'headers_too_large'
  if (method === 'TRACE') return 'method_not_allowed'
  // The absolute form is for proxies, and would let a request name another host than its Host.
  if (!url.startsWith('/') || url.length > 8_192 || hasDotSegment(url)) return 'request_malformed'
  let hosts = 0
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]
    if (name?.length === 4 && name.toLowerCase() === 'host') hosts += 1
  }
  if (hosts !== 1) return 'request_malformed'
  return isKnown(incoming.headers.host ?? '') ? undefined : 'wrong_host'
}

// `..` and its spellings would be resolved on the way to the route, past a proxy that closes one path and not another.
const dotSegment = /[/\\](?:\.|%2e){1,2}(?:[/\\]|$)/i
const hasDotSegment = (url: string): boolean => {
  const path = url.split('?', 1)[0] ?? ''
  return path.includes('\\') || dotSegment.test(path.replaceAll(/%(?:2f|5c)/gi, '/'))
}

/** Whether a listener there is of this machine alone. */
export const isLoopback = (host: string): boolean => ['127.0.0.1', '::1', 'localhost'].includes(host)

/**
 * A service on the loopback answers to its loopback names only, so that a web page whose name was pointed at 127.0.0.1
 * cannot read it (DNS rebinding). One that listens on a network is named by whoever runs it.
 */
function hostCheck(host: string, names: readonly string[]): (host: string) => boolean {
  if (!isLoopback(host) && names.length === 0) return () => true
  const known = new Set(['localhost', '127.0.0.1', '[::1]', ...names])
  return (given) => known.has(given.replace(/:[0-9]*$/, '').toLowerCase())
}

function refuse(incoming: IncomingMessage, outgoing: ServerResponse, code: DoorCode): void {
  const { status, headers, text } = answerTo(new Problem(code), languageOf(incoming.headers['accept-language']))
  // A client that is still writing its body would not read an answer on a connection that was closed.
  const writes =
    Number(incoming.headers['content-length'] ?? 0) > restOfBodyMax || incoming.headers['transfer-encoding']
  outgoing.writeHead(status, writes ? headers : { ...headers, connection: 'close' })
  outgoing.end(text)
  incoming.resume()
}

// What is on its way already when an answer closes the connection.
const restOfBodyMax = 16 * 1024

/**
 * Of a connection that rested too long: the answer nobody fetches is dropped, the body that does not come is told so.
 */
function endResting(socket: Socket, busy: ReadonlySet<Socket>): void {
  // A handler that takes its time is not the client's fault.
  if (socket.writableLength === 0 && busy.has(socket)) return
  socket.destroy()
}

function limitConnections(server: Server): void {
  const open = new Map<string, number>()
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress ?? ''
    const count = (open.get(address) ?? 0) + 1
    if (count > connectionsMax) return end(socket, 'too_many_requests')
    open.set(address, count)
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1
      if (left > 0) open.set(address, left)
      else open.delete(address)
    })
  })
}

const response = (code: DoorCode): Response => {
  const { status, headers, text } = answerTo(new Problem(code), 'zh')
  return new Response(text, { status, headers })
}

// What node's parser gives up on never becomes a request.
function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') {
    socket.destroy()
    return
  }
  const code = { HPE_HEADER_OVERFLOW: 'headers_too_large', ERR_HTTP_REQUEST_TIMEOUT: 'request_timeout' } as const
  end(socket, error.code && error.code in code ? code[error.code as keyof typeof code] : 'request_malformed')
}

function end(socket: Socket, code: DoorCode): void {
  const { status, headers, text } = answerTo(new Problem(code), 'zh')
  const lines = Object.entries({ ...headers, 'content-length': Buffer.byteLength(text), connection: 'close' })
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${text}`,
  )
}

// --- How it ends ----------------------------------------------------------------------------------------------------

async function drain(
  server: Server,
  state: { draining: boolean; underWay: number },
  deadlineMs: number,
): Promise<void> {
  state.draining = true
  const closed = new Promise<void>((resolve) => server.once('close', resolve))
  // Not http's own close: it would cut idle connections on which a request may just be under way to us.
  NetServer.prototype.close.call(server)
  const started = performance.now()
  const passed = () => performance.now() - started
  while (passed() < farewellMs || (state.underWay > 0 && passed() < deadlineMs)) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), Math.max(0, deadlineMs - passed()))
  await closed
  clearTimeout(late)
}
