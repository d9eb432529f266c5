/**
 * The published document (OpenAPI 3.1), made from the routes themselves. Schemas that carry an id become components;
 * everything else stands in its place. What every route shares (401, 403, the problem form, the key header) is added
 * here once.
 */
import * as z from 'zod'
import { type Permission, permissionsOf, type Role, roles } from '../access/actor.ts'
import { assert } from '../base/assert.ts'
import type { Json } from '../base/json.ts'
import { examplesOf } from './examples/examples.ts'
import { refusalForms } from './refusal-forms.ts'
import { doorProblems } from './problem.ts'
import { type OpenRoute, type Route, tags } from './route.ts'
import { problemForm } from './views.ts'

type Schema = { [key: string]: Json }
type Direction = 'input' | 'output'

const description = `一本账：老旧小区改造资金账。金额是以元为单位的字符串，日期是 Asia/Shanghai 的业务日期。
涉及资金的 POST 须带 Idempotency-Key；同一键、同一内容永远得到第一次的答复（Idempotent-Replayed: true）。

One ledger for the money that renovates old residential communities. Amounts are strings in yuan, dates are business days of
Asia/Shanghai. A POST that moves money takes Idempotency-Key; the same key with the same content gets the first answer, for ever.`

const security = [{ bearer: [] }, { session: [] }]

/** The document of these routes. */
export function openApiDocument(routes: readonly (Route | OpenRoute)[]): Schema {
  const components = new Components()
  const paths: Record<string, Schema> = {}
  for (const route of routes) {
    const operations = (paths[route.path] ??= {})
    operations[route.method.toLowerCase()] = operation(route, components)
  }
  const problem = components.schema(problemForm, 'input')
  return {
    openapi: '3.1.0',
    info: { title: '一本账 Yiben', version: '1', description },
    servers: [{ url: '/' }],
    security,
    tags: Object.entries(tags).map(([name, description]) => ({ name, description })),
    paths,
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', description: 'npm run -s yiben -- token --role integration' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: '__Host-yiben',
          description:
            '控制台的会话；提交另须本站 Origin 与请求头 yiben-console: 1 / the console’s session; what changes anything also takes our own Origin and the header yiben-console: 1',
        },
      },
      schemas: components.all(),
      responses: { Problem: problemResponse('出错时 / whenever something is refused', problem) },
    },
  }
}

function operation(route: Route | OpenRoute, components: Components): Schema {
  const { answers, body } = route
  const responses: Schema = {}
  for (const [status, { about, schema, mediaType = 'application/json', also }] of Object.entries(answers)) {
    const content = schema ? { schema: components.schema(schema, 'input') } : {}
    responses[status] = {
      description: `${about.zh} / ${about.en}`,
      content: { [mediaType]: content, ...(also !== undefined && { [also]: { schema: { type: 'string' } } }) },
    }
  }
  for (const [status, codes] of problemCodes(route)) {
    responses[status] = problemResponse(
      codes.map((code) => `\`${code}\``).join(', '),
      components.schema(problemForm, 'input'),
    )
  }
  return {
    operationId: route.id,
    ...(route.right === 'open' && { security: [] }),
    tags: [route.tag],
    summary: `${route.summary.zh} / ${route.summary.en}`,
    description: [route.description && `${route.description.zh}\n\n${route.description.en}`, rightText(route)]
      .filter((part) => part !== undefined)
      .join('\n\n'),
    parameters: parameters(route, components),
    ...(body.mediaType !== undefined && {
      requestBody: {
        required: body.required,
        content: {
          [body.mediaType]: {
            ...(body.schema && { schema: components.schema(body.schema, 'input') }),
            ...shownExamples(route.id),
          },
        },
      },
    }),
    responses,
  }
}

const problemResponse = (description: string, schema: Schema): Schema => ({
  description,
  content: { 'application/problem+json': { schema } },
})

/** The bodies of its examples, each once. */
function shownExamples(id: string): Schema {
  const texts = new Set(examplesOf(id).flatMap(({ body }) => (body === undefined ? [] : [JSON.stringify(body)])))
  const named = [...texts].map((text, place): [string, Schema] => [
    String(place + 1),
    { summary: `示例 ${place + 1} / example ${place + 1}`, value: JSON.parse(text) as Json },
  ])
  return named.length === 0 ? {} : { examples: Object.fromEntries(named) }
}

/** The roles that may do it: which hold its permission, and one of those its work demands besides. */
export function rolesFor({ right, demands }: Pick<Route | OpenRoute, 'right' | 'demands'>): readonly Role[] {
  const holds = (role: Role, permission: Permission): boolean => permissionsOf[role].includes(permission)
  return roles.filter(
    (role) =>
      (right === 'open' || right === 'signed_in' || holds(role, right)) &&
      (demands?.some((permission) => holds(role, permission)) ?? true),
  )
}

const rightText = (route: Route | OpenRoute): string => {
  const { right, demands } = route
  if (right === 'open') return '无须登录，只供本站页面调用 / nobody has to be known; for our own pages alone'
  if (right === 'signed_in') return '任何有效令牌 / any valid token'
  const besides = demands
    ? `，并视所办事项 / and, by what is done, ${demands.map((one) => `\`${one}\``).join(' · ')}`
    : ''
  return `权限 / permission \`${right}\`${besides}: ${rolesFor(route).join(', ')}`
}

/** Which codes a route answers with, by status. */
function problemCodes({ method, body, keyed, versioned, refuses, right }: Route | OpenRoute): Map<string, string[]> {
  const codes = new Map<string, string[]>()
  const add = (status: number, code: string) => codes.set(String(status), [...(codes.get(String(status)) ?? []), code])
  const door = (code: keyof typeof doorProblems) => add(doorProblems[code].status, code)
  door('input_invalid')
  if (keyed) {
    door('idempotency_key_missing')
    door('idempotency_key_invalid')
  }
  if (versioned) door('if_match_missing')
  if (right !== 'open') door('unauthenticated')
  if (right !== 'signed_in' && right !== 'open') add(403, 'permission_denied')
  if (method !== 'GET') door('cross_site')
  if (method !== 'GET' && body.mediaType !== undefined) {
    door('body_too_large')
    door('unsupported_media_type')
  }
  for (const code of refuses) add(refusalForms[code].status, code)
  door('unavailable')
  return codes
}

function parameters({ params, query, keyed, versioned }: Route | OpenRoute, components: Components): Schema[] {
  const listed = [...fields(params, 'path', components), ...fields(query, 'query', components)]
  if (versioned) {
    listed.push({
      name: 'If-Match',
      in: 'header',
      required: true,
      description: '上次读取的 ETag / the ETag last read',
      schema: { type: 'string', pattern: '^"[1-9][0-9]{0,8}"$' },
    })
  }
  if (!keyed) return listed
  return [
    ...listed,
    {
      name: 'Idempotency-Key',
      in: 'header',
      required: true,
      description: '1–255 个可见 ASCII 字符 / 1–255 visible ASCII characters',
      schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
    },
  ]
}

function fields(form: z.ZodType, place: 'path' | 'query', components: Components): Schema[] {
  const { properties = {}, required = [] } = components.schema(form, 'input')
  assert(isSchema(properties) && Array.isArray(required), 'parameters are the fields of an object')
  return Object.entries(properties).map(([name, schema]) => {
    assert(isSchema(schema), 'a parameter has a schema')
    const { description = name, ...rest } = schema
    return { name, in: place, required: required.includes(name), description, schema: rest }
  })
}

const isSchema = (value: Json): value is Schema => value !== null && typeof value === 'object' && !Array.isArray(value)

/** Collects the schemas that have a name. */
class Components {
  readonly #named = new Map<string, Schema>()

  schema(form: z.ZodType, io: Direction): Schema {
    const made = z.toJSONSchema(form, { io, unrepresentable: 'any' })
    // As plain JSON, with its own definitions moved to where the document keeps them.
    const text = JSON.stringify(made).replaceAll('"#/$defs/', '"#/components/schemas/')
    const { $defs = {}, $schema: _, id: __, ...schema } = JSON.parse(text) as Schema
    assert(isSchema($defs), 'definitions are an object')
    for (const [name, definition] of Object.entries($defs)) {
      assert(isSchema(definition), 'a definition is a schema')
      this.#add(name, definition)
    }
    return schema
  }

  all(): Schema {
    return Object.fromEntries([...this.#named].sort(([a], [b]) => (a < b ? -1 : 1)))
  }

  #add(name: string, { id: _, ...schema }: Schema): void {
    const known = this.#named.get(name)
    assert(!known || JSON.stringify(known) === JSON.stringify(schema), `two schemas are named ${name}`)
    this.#named.set(name, schema)
  }
}
