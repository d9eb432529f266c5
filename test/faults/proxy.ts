/**
 * A wire that can be cut: a TCP proxy between a client and a server, with a look at every piece of data on its way. A
 * hook that answers false keeps the piece back; what else becomes of the connection is in the hook's hands.
 * `commitCutter` is the hook for PostgreSQL: it understands just enough of the protocol to see a COMMIT pass.
 */
import { createConnection, createServer, type Socket } from 'node:net'

export type Link = { readonly client: Socket; readonly server: Socket; cut(): void }

export type Hooks = {
  fromClient?(piece: Buffer, link: Link): boolean
  fromServer?(piece: Buffer, link: Link): boolean
}

export type Proxy = { readonly port: number; close(): Promise<void> }

/** Listens on a free port and passes everything on to `target`. `hooksOf` gives each connection hooks of its own. */
export async function openProxy(target: number, hooksOf: () => Hooks): Promise<Proxy> {
  const links = new Set<Link>()
  const listener = createServer((client) => join(client, target, hooksOf(), links))
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve))
  const address = listener.address()
  return {
    port: typeof address === 'object' && address ? address.port : 0,
    close: async () => {
      const closed = new Promise((resolve) => listener.close(resolve))
      for (const link of links) link.cut()
      await closed
    },
  }
}

function join(client: Socket, target: number, hooks: Hooks, links: Set<Link>): void {
  const server = createConnection({ port: target, host: '127.0.0.1', noDelay: true })
  client.setNoDelay(true)
  const link: Link = {
    client,
    server,
    cut: () => {
      links.delete(link)
      client.destroy()
      server.destroy()
    },
  }
  links.add(link)
  // A client that has been cut off may leave its server waiting for an answer, so the ends close one another only when
  // asked to.
  client.on('data', (piece: Buffer) => {
    if (hooks.fromClient?.(piece, link) ?? true) server.write(piece)
  })
  server.on('data', (piece: Buffer) => {
    if ((hooks.fromServer?.(piece, link) ?? true) && !client.destroyed) client.write(piece)
  })
  client.on('end', () => server.end())
  server.on('end', () => client.end())
  server.on('close', () => link.cut())
  for (const socket of [client, server]) socket.on('error', () => link.cut())
}

/** Where a COMMIT is lost: before the server hears of it, right behind it, or after the server has answered. */
export const cutPoints = ['before', 'behind', 'answered'] as const
export type CutPoint = (typeof cutPoints)[number]

export type Cutter = {
  /** How many of the next COMMITs are lost. */
  left: number
  /** COMMITs lost so far. */
  cuts: number
  readonly hooksOf: () => Hooks
}

export function commitCutter(point: () => CutPoint): Cutter {
  const cutter: Cutter = { left: 0, cuts: 0, hooksOf: () => hooksOfLink(cutter, point) }
  return cutter
}

function hooksOfLink(cutter: Cutter, point: () => CutPoint): Hooks {
  let dropping = false
  return {
    fromClient: (piece, link) => {
      if (cutter.left === 0 || !isCommit(piece)) return true
      cutter.left -= 1
      cutter.cuts += 1
      const where = point()
      if (where === 'before') link.cut()
      else dropping = true
      // The bytes leave for the server, then both ends go; an orderly end, so that the server does read them.
      if (where === 'behind') link.server.end(piece, () => link.client.destroy())
      return where === 'answered'
    },
    fromServer: (_, link) => {
      if (dropping) link.cut()
      return !dropping
    },
  }
}

/**
 * A simple query message ('Q', four bytes of length, the text and a zero), which the driver sends as a piece of its
 * own; or a transaction in one message, which has no COMMIT: it begins by holding the heads, and ends with the Sync
 * that commits it.
 */
const isCommit = (piece: Buffer): boolean =>
  (piece[0] === 0x51 && piece.toString('latin1', 5, 11).toLowerCase() === 'commit') ||
  (piece.includes('\0hold_heads\0') && piece.subarray(-sync.length).equals(sync))

const sync = Buffer.from([0x53, 0, 0, 0, 4])
