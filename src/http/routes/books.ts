/** Books: opening one, listing them, reading one and its chart. */
import * as z from 'zod'
import { createBook } from '../../ledger/actions.ts'
import { listBooks } from '../../ledger/book-list.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { json } from '../body.ts'
import { bookCode, cursor, districtCode, inBook, limit, text } from '../../form/field.ts'
import { entity, standard } from './entry-forms.ts'
import { reply, type Route, route } from '../route.ts'
import { accountView, bookView, pageOf, presentAccount, presentBook } from '../views.ts'

const create = route({
  method: 'POST',
  path: '/v1/books',
  id: 'createBook',
  tag: 'books',
  summary: { zh: '建立账套', en: 'Open a book' },
  description: { zh: '账套按所选会计制度带有科目表。', en: 'A book brings the chart of accounts of its standard.' },
  right: 'book.create',
  body: json(
    z.strictObject({
      code: bookCode,
      name: text(200, '账套名称', 'name'),
      district: districtCode,
      standard,
      entity: z.exactOptional(entity),
    }),
  ),
  answers: { 201: { about: { zh: '已建立', en: 'Opened' }, schema: bookView } },
  refuses: ['book_exists', 'district_unknown', 'district_not_yours', 'entity_not_of_standard'],
  handle: async ({ actor, body, service }) => {
    const book = await createBook(service.ledger, actor, body)
    return reply(201, presentBook(book), { location: `/v1/books/${book.code}` })
  },
})

const list = route({
  method: 'GET',
  path: '/v1/books',
  id: 'listBooks',
  tag: 'books',
  summary: { zh: '账套列表，按建立顺序', en: 'Books, in the order they were opened' },
  right: 'book.read',
  query: z.strictObject({ limit, cursor }),
  answers: { 200: { about: { zh: '一页账套', en: 'A page of books' }, schema: pageOf(bookView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    const name = ['books', actor.district ?? null]
    const after = service.cursors.read(query.cursor, name, z.int().min(0)) ?? 0
    const found = await listBooks(service.ledger.database, actor, { after, limit: query.limit + 1 })
    const { items, next } = service.cursors.page(found, query.limit, name, ({ bookId }) => bookId)
    return reply(200, { items: items.map(presentBook), next })
  },
})

const read = route({
  method: 'GET',
  path: '/v1/books/{book}',
  id: 'readBook',
  tag: 'books',
  summary: { zh: '一个账套', en: 'A book' },
  right: 'book.read',
  params: inBook,
  answers: { 200: { about: { zh: '账套', en: 'The book' }, schema: bookView } },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, service }) =>
    reply(200, presentBook(await bookFor(service.ledger, actor, params.book, 'book.read'))),
})

const accounts = route({
  method: 'GET',
  path: '/v1/books/{book}/accounts',
  id: 'listAccounts',
  tag: 'books',
  summary: { zh: '账套的科目表', en: 'The chart of accounts of a book' },
  right: 'book.read',
  params: inBook,
  answers: {
    200: {
      about: { zh: '全部科目，按制度顺序', en: 'Every account, in the order of the standard' },
      schema: pageOf(accountView),
    },
  },
  refuses: ['book_not_found'],
  handle: async ({ actor, params, service }) => {
    const { chart } = await bookFor(service.ledger, actor, params.book, 'book.read')
    return reply(200, { items: [...chart.subjects.values()].map(presentAccount), next: null })
  },
})

export const bookRoutes: readonly Route[] = [create, list, read, accounts]
