/**
 * The routes on hono. Hono finds the route and its parameters; everything else about a request is read from node's own
 * message, and the answer is a Response of plain strings, which node-server sends without building the fetch objects
 * behind it. There is no middleware: what every route needs is in route.ts, once, and costs what it costs.
 */
import type { HttpBindings } from '@hono/node-server'
import { type Context, Hono } from 'hono'
import { openCursors } from './cursor.ts'
import { openLimits } from './watch/limits.ts'
import { failureFields } from './watch/log.ts'
import { type Answered, answerTo, languageOf, Problem } from './problem.ts'
import type { OpenRoute, Parts, Route } from './route.ts'
import { apiRoutes, openRoutes, pageRoutes } from './routes.ts'

type Env = { Bindings: HttpBindings }
export type App = Hono<Env>

/** Every route of the service; others in tests, which plant a hole in a copy of the table. */
export function openApp(parts: Parts, routes: readonly Route[] = apiRoutes): App {
  const app: App = new Hono()
  const service = { limits: openLimits(), ...parts.service, cursors: openCursors(parts.service.proof.signer) }
  const pages = pageRoutes(parts)
  for (const page of pages) {
    app.get(page.path, (c) => answered(c, parts, page.path, () => page.serve(c.req.param(), c.env.incoming)))
  }
  for (const route of [...routes, ...openRoutes]) {
    app.on(route.method, honoPath(route.path), (c) =>
      answered(c, parts, `${route.method} ${route.path}`, () => route.serve(c.env.incoming, c.req.param(), service)),
    )
  }
  const allowed = allowedMethods([...routes, ...openRoutes, ...pages.map(({ path }) => ({ method: 'GET', path }))])
  // Each calculation has an address of its own for asking, and one pattern for reading of any: a name without the
  // former is nowhere, whatever the method.
  const addresses = new Set(routes.map(({ path }) => path))
  const isAbsent = (path: string): boolean => path.startsWith('/v1/calc/') && !addresses.has(path)
  app.notFound((c) => {
    const page = parts.console?.answer(c.req.path, c.env.incoming)
    if (page) return answered(c, parts, 'console', () => page)
    return answered(c, parts, 'unknown', () => refuseUnrouted(isAbsent(c.req.path) ? [] : allowed, c.req.path))
  })
  app.onError((error, c) => answered(c, parts, 'unknown', () => Promise.reject(error)))
  return app
}

export const honoPath = (path: string): string => path.replaceAll(/\{([a-z0-9]+)\}/g, ':$1')

/** Runs a handler and turns what it gives or throws into the response. */
async function answered(
  c: Context<Env>,
  { log, metrics }: Parts,
  name: string,
  serve: () => Promise<Answered> | Answered,
): Promise<Response> {
  const start = performance.now()
  let answer: Answered
  let failure: unknown
  try {
    answer = await serve()
    failure = answer.bug
  } catch (thrown) {
    answer = answerTo(thrown, languageOf(c.env.incoming.headers['accept-language']))
    failure = thrown
    if (answer.status === 401 || answer.status === 403)
      log('warn', 'request_denied', { route: name, status: answer.status })
  }
  if (failure !== undefined && answer.status >= 500)
    log('error', 'request_failed', { route: name, status: answer.status, ...failureFields(failure) })
  metrics.observe(name, answer.status, performance.now() - start)
  // As bytes: node would join Chinese text with the header and encode both together, at twice the cost of the whole
  // answer.
  const body = answer.stream ? ReadableStream.from(answer.stream()) : (answer.bytes ?? Buffer.from(answer.text))
  return new Response(body, { status: answer.status, headers: answer.headers })
}

type Allowed = { readonly pattern: RegExp; readonly methods: Set<string> }

function allowedMethods(routes: readonly Pick<Route | OpenRoute, 'path'>[] & readonly { method: string }[]): Allowed[] {
  const byPath = new Map<string, Set<string>>()
  for (const { method, path } of routes) {
    const methods = byPath.get(path) ?? new Set()
    methods.add(method)
    if (method === 'GET') methods.add('HEAD')
    byPath.set(path, methods)
  }
  return [...byPath].map(([path, methods]) => ({
    pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{[a-z0-9]+\}|:[a-z]+/g, '[^/]+')}$`),
    methods,
  }))
}

// No route: either nothing is at this address, or something is that does not take the method.
function refuseUnrouted(allowed: readonly Allowed[], path: string): never {
  const methods = allowed.find(({ pattern }) => pattern.test(path))?.methods
  throw methods ? new Problem('method_not_allowed', [], { allow: [...methods].join(', ') }) : new Problem('not_found')
}
