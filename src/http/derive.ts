/** Routes that follow from what a noun says of itself: a verb's, and a list's. */
import * as z from 'zod'
import type { Json } from '../base/json.ts'
import type { Verb } from '../noun/verb.ts'
import { businessDay } from '../base/calendar.ts'
import { cursor, limit } from '../form/field.ts'
import { json, optionalJson } from './body.ts'
import type { RefusalCode } from './refusal-forms.ts'
import { answerKeyed, type Asked, type Definition, none, reply, type Right, type Route, route } from './route.ts'
import { answerSheet, type SheetAsked, sheetQuery, wantsSheet } from './sheet/sheet.ts'
import { pageOf } from './views.ts'

type Said = Pick<
  Definition<z.ZodObject, z.ZodType, unknown, true>,
  'path' | 'id' | 'tag' | 'summary' | 'description' | 'demands' | 'fresh'
>

type VerbRoute<Of extends z.ZodObject, Answer> = Said & {
  readonly method?: 'POST' | 'PUT'
  /** How the address calls what the verb names, where it calls it otherwise. */
  readonly params?: { readonly [Name in keyof z.output<Of>]?: string }
  /** The body may be left out: it is read as {} then. */
  readonly optionalBody?: boolean
  /** The one status of success, what it means, and the form of the answer. */
  readonly status: number
  readonly about: { readonly zh: string; readonly en: string }
  readonly answer: z.ZodType<unknown, Answer>
  /** The form of an answer that names the approval it waits for: its status is 202. */
  readonly waits?: z.ZodType
  readonly headers?: (answer: Answer) => Readonly<Record<string, string>>
}

/** The route of a verb: right, forms, refusals, key and version are the verb's own. */
export function verbRoute<
  Of extends z.ZodObject,
  Form extends z.ZodType,
  Answer extends Json & object,
  Code extends RefusalCode,
  Version extends string = never,
>(
  of: Verb<Of, Form, Answer, Code, Version>,
  {
    method = 'POST',
    params = {},
    optionalBody = false,
    status,
    about,
    answer,
    waits,
    headers,
    ...said
  }: VerbRoute<Of, Answer>,
): Route {
  const names = Object.keys(of.of.shape).map(
    (name) => [name, (params as Record<string, string>)[name] ?? name] as const,
  )
  const shape = Object.fromEntries(names.map(([name, inPath]) => [inPath, of.of.shape[name]]))
  const { form, versioned } = of
  const made = route({
    ...said,
    method,
    right: of.right,
    params: z.strictObject(shape as z.ZodRawShape),
    body: optionalBody ? optionalJson(form) : json(form),
    keyed: true,
    versioned: versioned !== undefined,
    answers: {
      [status]: { about, schema: answer },
      ...(waits && { 202: { about: { zh: '已提交复核', en: 'Submitted to be checked' }, schema: waits } }),
    },
    refuses: of.refuses,
    handle: async ({ actor, params: found, body, key, version, language, service }) => {
      const named = Object.fromEntries(
        names.map(([name, inPath]) => [name, (found as Record<string, unknown>)[inPath]]),
      )
      const read = versioned === undefined ? {} : { [versioned]: version }
      const given = { ...named, ...read, ...(body as object) } as Parameters<typeof of>[2]
      const result = await of(service.ledger, actor, given, key)
      const isWaiting = waits !== undefined && 'answer' in result && 'approval' in result.answer
      return answerKeyed(result, isWaiting ? 202 : status, language, (view) => view, headers)
    },
  })
  return { ...made, isVerb: true }
}

/** A page of a list: where it begins, how it is read, and what is shown of each item. */
export type Listing<Row, Place = string> = {
  /** What a cursor belongs to: the list and everything that selects its items, so that no other list takes it. */
  readonly name: unknown
  /** The form of a place in the list. */
  readonly place: z.ZodType<Place>
  /** At most `most` items after a place, or from the beginning. */
  readonly read: (after: Place | undefined, most: number) => Promise<readonly Row[]>
  readonly placeOf: (row: Row) => Place
  readonly view: (row: Row) => object
}

type ListRoute<Params extends z.ZodType, Filter extends z.ZodRawShape, Row, Place> = Said & {
  readonly right: Right
  readonly params?: Params
  /** What of the query selects the items. */
  readonly filter: Filter
  readonly about: { readonly zh: string; readonly en: string }
  readonly item: z.ZodType
  /** The form of a page, where it was published otherwise. */
  readonly page?: z.ZodType
  readonly refuses?: readonly RefusalCode[]
  readonly standby?: () => boolean
  /** The list that is asked for; none where nothing of it can be the caller's. */
  readonly list: (
    asked: Omit<
      Asked<z.output<Params>, z.output<z.ZodObject<Filter>>, undefined, false>,
      'key' | 'version' | 'body' | 'session' | 'incoming'
    >,
  ) => Promise<Listing<Row, Place> | undefined> | Listing<Row, Place> | undefined
}

type ListQuery = SheetAsked & { readonly limit: number; readonly cursor?: string }

const sheetPage = 500

/** A list from its beginning, page after page; empty after the last. */
function pagesOf<Row, Place>(listing: Listing<Row, Place> | undefined) {
  let after: Place | undefined
  return {
    next: async (): Promise<readonly Row[]> => {
      const rows = (await listing?.read(after, sheetPage)) ?? []
      const last = rows.at(-1)
      if (listing && last !== undefined) after = listing.placeOf(last)
      return rows
    },
    view: (row: Row): object => listing?.view(row) ?? {},
  }
}

/** The route of a list that is read page by page: one more item than asked for says whether there is another page. */
export function listRoute<Row, Filter extends z.ZodRawShape, Params extends z.ZodType = typeof none, Place = string>({
  params,
  filter,
  about,
  item,
  page = pageOf(item),
  refuses = [],
  list,
  ...said
}: ListRoute<Params, Filter, Row, Place>): Route {
  return route({
    ...said,
    method: 'GET',
    params: (params ?? none) as Params,
    query: z.strictObject({ ...filter, limit, cursor, ...sheetQuery }),
    answers: { 200: { about, schema: page, also: 'text/csv' } },
    refuses,
    handle: async ({ query, actor, params: named, language, accept, service }) => {
      const { limit: most, cursor: given, format, columns, ...selected } = query as ListQuery
      const wanted = selected as z.output<z.ZodObject<Filter>>
      const listing = await list({ actor, params: named, query: wanted, language, accept, service })
      const asked = { ...(format && { format }), ...(columns !== undefined && { columns }) }
      if (wantsSheet(asked, accept)) {
        const on = businessDay(service.ledger.clock())
        return answerSheet({ name: said.id, item, asked, on, language, ...pagesOf(listing) })
      }
      if (!listing) return reply(200, { items: [], next: null })
      const { name, place, read, placeOf, view } = listing
      const found = await read(service.cursors.read(given, name, place), most + 1)
      const { items, next } = service.cursors.page(found, most, name, placeOf)
      return reply(200, { items: items.map(view), next })
    },
  })
}
