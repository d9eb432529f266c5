/**
 * Writes src/api/operations.ts from the published document: the forms of the API as types, one line a form, and for
 * each operation its method, its address and whether it takes a key or a version. `npm run operations` after a change
 * of the contract; a test says when the file is behind.
 */
import { readFileSync, writeFileSync } from 'node:fs'

type Schema = { readonly [key: string]: unknown }
type Parameter = { readonly name: string; readonly in: string; readonly required?: boolean; readonly schema: Schema }
type Operation = {
  readonly operationId: string
  readonly parameters?: readonly Parameter[]
  readonly requestBody?: { readonly required?: boolean; readonly content: Content }
  readonly responses: { readonly [status: string]: { readonly content?: Content } }
}
type Content = { readonly [media: string]: { readonly schema?: Schema } }
export type OpenApi = {
  readonly paths: { readonly [path: string]: { readonly [method: string]: Operation } }
  readonly components: { readonly schemas: { readonly [name: string]: Schema } }
}

// zod's form of any JSON refers to itself, which the compiler takes for an error.
const named = (ref: string): string => {
  const name = ref.split('/').at(-1) ?? ''
  return name.startsWith('__schema') ? 'Json' : name
}
const quoted = (name: string): string => (/^[a-zA-Z_]\w*$/.test(name) ? name : JSON.stringify(name))

/** A schema as a type, on one line. */
function typeOf(schema: Schema | undefined): string {
  if (!schema) return 'Json'
  if (typeof schema['$ref'] === 'string') return named(schema['$ref'])
  if ('const' in schema) return JSON.stringify(schema['const'])
  if (Array.isArray(schema['enum'])) return schema['enum'].map((value) => JSON.stringify(value)).join(' | ')
  const choices = (schema['anyOf'] ?? schema['oneOf']) as Schema[] | undefined
  if (choices) return choices.map((choice) => typeOf(choice)).join(' | ')
  const both = schema['allOf'] as Schema[] | undefined
  if (both) return both.map((part) => `(${typeOf(part)})`).join(' & ')
  const type = schema['type']
  if (Array.isArray(type)) return type.map((one: string) => typeOf({ ...schema, type: one })).join(' | ')
  if (type === 'array') return `readonly (${typeOf(schema['items'] as Schema | undefined)})[]`
  if (type === 'object') return objectOf(schema)
  if (type === 'integer' || type === 'number') return 'number'
  return type === 'string' || type === 'boolean' || type === 'null' ? type : 'Json'
}

function objectOf(schema: Schema): string {
  const properties = (schema['properties'] ?? {}) as { readonly [name: string]: Schema }
  const required = (schema['required'] ?? []) as readonly string[]
  const more = schema['additionalProperties']
  const fields = Object.entries(properties).map(
    ([name, field]) => `readonly ${quoted(name)}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`,
  )
  if (more !== undefined && more !== false) {
    const any = fields.length > 0 || typeof more !== 'object' ? 'unknown' : typeOf(more as Schema)
    fields.push(`readonly [name: string]: ${any}`)
  }
  return fields.length === 0 ? 'Nothing' : `{ ${fields.join('; ')} }`
}

function parametersOf(operation: Operation, place: string): string {
  const fields = (operation.parameters ?? []).filter((parameter) => parameter.in === place)
  // A query is text; what it means is the service's to read.
  const text = (schema: Schema) =>
    place === 'query' ? typeOf(schema).replaceAll(/\b(?:boolean|number)\b/g, 'string') : 'string'
  return fields.length === 0
    ? 'Nothing'
    : `{ ${fields.map(({ name, required, schema }) => `readonly ${quoted(name)}${required ? '' : '?'}: ${text(schema)}`).join('; ')} }`
}

const bodyOf = ({ requestBody }: Operation): string => {
  if (!requestBody) return 'undefined'
  const form = requestBody.content['application/json']
  const type = form ? typeOf(form.schema) : 'Blob'
  return requestBody.required ? type : `${type} | undefined`
}

function answerOf({ responses }: Operation): string {
  const good = Object.entries(responses).filter(([status]) => status.startsWith('2'))
  const types = good.map(([, { content }]) => {
    const json = content?.['application/json']
    return json ? typeOf(json.schema) : content ? 'string' : 'Nothing'
  })
  return [...new Set(types)].join(' | ') || 'Nothing'
}

/** The text of operations.ts. */
export function operationsOf({ paths, components }: OpenApi): string {
  const types = Object.entries(components.schemas)
    .filter(([name]) => !name.startsWith('__schema'))
    .map(([name, schema]) => `export type ${name} = ${typeOf(schema)}`)
  const all = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method: method.toUpperCase(), operation })),
  )
  const takes = (operation: Operation, header: string) =>
    (operation.parameters ?? []).some(({ name }) => name === header)
  const forms = all.map(({ operation }) => {
    const [keyed, versioned] = [takes(operation, 'Idempotency-Key'), takes(operation, 'If-Match')]
    return `  ${quoted(operation.operationId)}: { path: ${parametersOf(operation, 'path')}; query: ${parametersOf(operation, 'query')}; body: ${bodyOf(operation)}; answer: ${answerOf(operation)}; keyed: ${keyed}; versioned: ${versioned} }`
  })
  const list = all.map(({ path, method, operation }) => {
    const marks = [takes(operation, 'Idempotency-Key') && 'keyed', takes(operation, 'If-Match') && 'versioned']
    return `  ${quoted(operation.operationId)}: ['${method}', '${path}'${marks.map((mark) => (mark ? `, '${mark}'` : '')).join('')}],`
  })
  return [
    '// Made by web/operations.ts from the published document; npm run operations makes it anew.',
    'export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json }',
    'export type Nothing = { readonly [name: string]: never }',
    ...types,
    'export interface Operations {',
    ...forms,
    '}',
    'export const operations = {',
    ...list,
    '} as const satisfies Record<keyof Operations, readonly string[]>',
    '',
  ].join('\n')
}

if (process.argv[1] === import.meta.filename) {
  const document: OpenApi = JSON.parse(readFileSync(new URL('../test/http/openapi.json', import.meta.url), 'utf8'))
  writeFileSync(new URL('src/api/operations.ts', import.meta.url), operationsOf(document))
}
