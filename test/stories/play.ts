/** Plays a story through the door of a service on the file's own database, with a clock the story sets. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import * as z from 'zod'
import { registryWith } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import type { Role } from '../../src/access/actor.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { unwhole } from '../refusals/sentences.ts'
import type { Answer, Door } from '../support/door.ts'
import { asAction, draft, line } from '../support/ledger.ts'
import type { Expected, Field, Statement, Step, Story, Table } from './story.ts'

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
type Schema = { [key: string]: Json }
type Operation = Statement & { kind: 'operation' }

export async function playStory(door: Door, story: Story, file: string, setDay: (day: string) => void): Promise<void> {
  const treasury = await mkdtemp(join(tmpdir(), 'yiben-story-'))
  try {
    const player = new Player(door, setDay, treasury)
    for (const step of story.steps) await player.play(step, `${file}:${step.at} ${step.text}`)
  } finally {
    await rm(treasury, { recursive: true, force: true })
  }
}

class Player {
  readonly #door: Door
  readonly #setDay: (day: string) => void
  readonly #treasury: string
  readonly #tokens = new Map<string, string>()
  readonly #kept = new Map<string, Json>()

  constructor(door: Door, setDay: (day: string) => void, treasury: string) {
    this.#door = door
    this.#setDay = setDay
    this.#treasury = treasury
  }

  async play({ does }: Step, where: string): Promise<void> {
    if (does.kind === 'person') return this.#introduce(does)
    if (does.kind === 'day') return this.#setDay(does.day)
    if (does.kind === 'operation') return this.#operate(does, where)
    if (does.kind === 'decision') return this.#decide(does, where)
    if (does.kind === 'original') return this.#file(does, where)
    if (does.kind === 'balance') return this.#hold(does, where)
    if (does.kind === 'fault') return this.#slip(does)
    if (does.kind === 'jobs') return this.#runJobs(where)
    for await (const { check, faults } of runAllChecks(this.#door.ledger.database))
      expect(faults, `${where} ${check}`).toEqual([])
  }

  async #introduce({ name, role, district }: Statement & { kind: 'person' }): Promise<void> {
    const token = await this.#door.token(role as Role, { person: name, ...(district !== undefined && { district }) })
    this.#tokens.set(name, token)
  }

  #token(person: string, where: string): string {
    const token = this.#tokens.get(person)
    if (token === undefined) throw new Error(`${where}: nobody introduced ${person}`)
    return token
  }

  async #operate(does: Operation, where: string): Promise<void> {
    const route = apiRoutes.find(({ summary }) => summary.zh === does.operation)
    if (!route) throw new Error(`${where}: the document has no operation called ${does.operation}`)
    const form = route.body.schema ? schemaOf(route.body.schema) : undefined
    const inPath = [...route.path.matchAll(/\{([a-z0-9]+)\}/gi)].map(([, name]) => name)
    const given = does.fields.map(({ name, value }) => ({ name, value: this.#filled(value, where) }))
    // A name the path and the body both have is given twice: first for the path.
    const isForPath = ({ name }: Field, index: number) =>
      inPath.includes(name) && given.findIndex((one) => one.name === name) === index
    const path = given
      .filter(isForPath)
      .reduce((text, { name, value }) => text.replace(`{${name}}`, encodeURIComponent(value)), route.path)
    const headers = given.filter(({ name }) => name === 'If-Match').map(({ value }) => ['if-match', `"${value}"`])
    const rest = given.filter((one, index) => !isForPath(one, index) && one.name !== 'If-Match')
    const query = form ? '' : `?${queryOf(rest)}`
    const body = form && bodyOf(form, rest, this.#filledTables(does.tables, where))
    const ask = (language: string) =>
      this.#door.ask(path + (query === '?' ? '' : query), {
        method: route.method,
        token: this.#token(does.person, where),
        headers: { ...Object.fromEntries(headers), 'accept-language': language },
        ...(body !== undefined && { body }),
      })
    const answer = await this.#settled(ask, does.refused, where)
    for (const { name, value } of does.says) {
      expect(shown(lookUp(answer.json as Json, name)), `${where} 得 ${name}\n${answer.text.slice(0, 2_000)}`).toBe(
        plain(this.#filled(value, where)),
      )
    }
    if (does.keep !== undefined) this.#kept.set(does.keep, answer.json as Json)
  }

  async #decide(does: Statement & { kind: 'decision' }, where: string): Promise<void> {
    const token = this.#token(does.person, where)
    const id = this.#filled(does.approval, where)
    const shownAs = await this.#door.ask(`/v1/approvals/${encodeURIComponent(id)}`, { token })
    const { hash } = shownAs.json as { hash?: string }
    const ask = (language: string) =>
      this.#door.ask(`/v1/approvals/${encodeURIComponent(id)}/decision`, {
        token,
        headers: { 'accept-language': language },
        body: { verdict: does.verdict, hash, ...(does.reason !== undefined && { reason: does.reason }) },
      })
    await this.#settled(ask, does.refused, where)
  }

  async #file({ person, book, content, keep }: Statement & { kind: 'original' }, where: string): Promise<void> {
    const answer = await this.#door.ask(`/v1/books/${book}/attachments?name=${encodeURIComponent(`${content}.txt`)}`, {
      token: this.#token(person, where),
      headers: { 'content-type': 'text/plain' },
      body: Buffer.from(content),
    })
    expect(answer.status, `${where}\n${answer.text}`).toBeLessThan(300)
    this.#kept.set(keep, answer.json as Json)
  }

  async #hold({ book, account, side, amount, filter }: Statement & { kind: 'balance' }, where: string): Promise<void> {
    const query = queryOf([{ name: 'account', value: account }, ...filter])
    const answer = await this.#door.ask(`/v1/books/${book}/balances?${query}`)
    const found = answer.json as { balance: string; side: string }
    const zero = found.balance === '0.00'
    const sideFound = zero ? '平' : found.side === 'debit' ? '借' : '贷'
    expect(`${sideFound} ${found.balance}`, `${where}\n${answer.text}`).toBe(`${side} ${amount}`)
  }

  async #slip({ book: code, day, debit, credit, amount, of }: Statement & { kind: 'fault' }): Promise<void> {
    const { ledger } = this.#door
    const book = await ledger.shelf.find(code)
    if (!book) throw new Error(`no book ${code}`)
    const kept = Object.fromEntries(of.map(({ name, value }) => [name, value]))
    const lines = [line(debit, 'debit', amount, kept), line(credit, 'credit', amount, kept)]
    await asAction(ledger, book, draft(day, lines))
  }

  /** A job that is refused is parked; the story looks at it and says why. */
  async #runJobs(where: string): Promise<void> {
    const failures: unknown[] = []
    const log = (level: string, event: string, fields?: object) => {
      if (level === 'error' && event !== 'job_parked') failures.push([event, fields])
    }
    const runner = new Runner({ ledger: this.#door.ledger, registry: registryWith({ treasury: this.#treasury }), log })
    while (await runner.runNext());
    expect(failures, where).toEqual([])
  }

  /** The answer, which is as told. A refusal changed nothing, so asked again in English it is the same refusal. */
  async #settled(ask: (language: string) => Promise<Answer>, expected: Expected | undefined, where: string) {
    const answer = await ask('zh')
    const outcome = ({ status, json }: Answer) =>
      status < 300 ? 'done' : ((json as { code?: string } | undefined)?.code ?? String(status))
    expect(outcome(answer), `${where}\n${answer.text.slice(0, 2_000)}`).toBe(expected?.code ?? 'done')
    if (!expected) return answer
    const english = await ask('en')
    expect(outcome(english), `${where}\n${english.text}`).toBe(expected.code)
    const names = expected.names.map((name) => plain(this.#filled(name, where)))
    const { title, detail } = answer.json as Sentence
    const { title: titleEn, detail: detailEn } = english.json as Sentence
    expect(unwhole({ zh: title, en: titleEn }, { zh: detail, en: detailEn }, names), where).toEqual([])
    return answer
  }

  #filled(value: string, where: string): string {
    return value.replaceAll(
      /\$([\p{L}\p{N}_]+)((?:\.[\p{L}\p{N}_]+|\[[^\]]+\])*)/gu,
      (_, name: string, path: string) => {
        const kept = this.#kept.get(name)
        if (kept === undefined) throw new Error(`${where}: nothing is kept as ${name}`)
        return shown(path === '' ? kept : lookUp(kept, path.replace(/^\./, '')))
      },
    )
  }

  #filledTables(tables: readonly Table[], where: string): Table[] {
    return tables.map(({ name, rows }) => ({
      name,
      rows: rows.map((row) => row.map((cell) => ({ name: cell.name, value: this.#filled(cell.value, where) }))),
    }))
  }
}

type Sentence = { readonly title: string; readonly detail: string }

const queryOf = (fields: readonly Field[]): string =>
  new URLSearchParams(Object.fromEntries(fields.map(({ name, value }) => [name, value]))).toString()

const schemaOf = (form: z.ZodType): Schema => z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' }) as Schema

/** The body that fields and tables say, typed as the form wants it. */
function bodyOf(form: Schema, fields: readonly Field[], tables: readonly Table[]): Json {
  const body: { [key: string]: Json } = {}
  for (const { name, value } of fields) put(body, name.split('.'), typed(at(form, form, name.split('.')), value))
  for (const { name, rows } of tables) {
    const row = resolved(form, at(form, form, name.split('.'))['items'] as Schema)
    const made = rows.map((cells) => {
      const item: { [key: string]: Json } = {}
      for (const cell of cells) put(item, cell.name.split('.'), typed(at(form, row, cell.name.split('.')), cell.value))
      return item
    })
    put(body, name.split('.'), made)
  }
  return body
}

function put(into: { [key: string]: Json }, [first = '', ...rest]: readonly string[], value: Json): void {
  if (rest.length === 0) into[first] = value
  else put((into[first] ??= {}) as { [key: string]: Json }, rest, value)
}

function resolved(root: Schema, schema: Schema | undefined): Schema {
  const reference = schema?.['$ref']
  if (typeof reference !== 'string') return schema ?? {}
  return ((root['$defs'] as Schema)[reference.slice('#/$defs/'.length)] as Schema) ?? {}
}

// Of several forms the first that knows the name.
function at(root: Schema, given: Schema, [first, ...rest]: readonly string[]): Schema {
  const schema = resolved(root, given)
  if (first === undefined) return schema
  const variants = [
    schema,
    ...((schema['anyOf'] ?? schema['oneOf'] ?? []) as Schema[]).map((one) => resolved(root, one)),
  ]
  for (const variant of variants) {
    const known = (variant['properties'] as Schema | undefined)?.[first] as Schema | undefined
    if (known) return at(root, known, rest)
    const open = variant['additionalProperties']
    if (open && typeof open === 'object') return at(root, open as Schema, rest)
  }
  return {}
}

function typed(schema: Schema, value: string): Json {
  const kinds = [schema, ...((schema['anyOf'] ?? []) as Schema[])].map((one) => one['type'])
  if (/^[[{]/.test(value)) return JSON.parse(value) as Json
  if (kinds.includes('integer') || kinds.includes('number')) return Number(plain(value))
  if (kinds.includes('boolean')) return value === '是' || value === 'true'
  return plain(value)
}

/** An amount without the separators a person reads it by. */
const plain = (text: string): string =>
  /^-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?$/.test(text) ? text.replaceAll(',', '') : text

const shown = (value: Json | undefined): string =>
  typeof value === 'string' ? value : value === undefined ? '（无）' : JSON.stringify(value)

/** The value at a.b[x].c: [x] is the row in which some field is x, or the row of that number. */
function lookUp(value: Json | undefined, path: string): Json | undefined {
  const parts = [...path.matchAll(/([^.[\]]+)|\[([^\]]+)\]/g)]
  return parts.reduce<Json | undefined>((found, [, name, row]) => {
    if (found === null || typeof found !== 'object') return undefined
    if (name !== undefined) return Array.isArray(found) ? undefined : found[name]
    if (!Array.isArray(found)) return undefined
    return (
      found.find((one) => one !== null && typeof one === 'object' && Object.values(one).includes(row ?? '')) ??
      found[Number(row)]
    )
  }, value)
}
