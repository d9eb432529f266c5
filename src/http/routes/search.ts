/** Finding things by what they are called. */
import * as z from 'zod'
import { about, oneOf, text } from '../../form/field.ts'
import { search, type SearchNoun, searchNouns } from '../../workflow/search/reads.ts'
import { reply, type Route, route } from '../route.ts'

const foundForm = z
  .strictObject({
    noun: oneOf(Object.keys(searchNouns) as SearchNoun[]).meta(about('哪一种', 'which kind')),
    zh: z.string(),
    en: z.string(),
    items: z.array(z.strictObject({ id: z.string(), name: z.string(), district: z.exactOptional(z.string()) })),
  })
  .meta({ id: 'FoundGroup', ...about('一种事物中找到的', 'what of one kind was found') })

export const searchRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/v1/search',
    id: 'search',
    tag: 'codes',
    summary: { zh: '查找项目、小区、账套、凭证、事项、指标、分配、拨付', en: 'Find things by what they are called' },
    description: {
      zh: '编号完全相同，或编号、名称以所查文字开头；相同的在前。至多 20 项，各种轮流。只列出本人可见的。',
      en: 'Called exactly so, or by a code or a name that begins so; the exact first. At most 20, kinds taking turns; only what the caller may see.',
    },
    right: 'signed_in',
    query: z.strictObject({ q: text(64, '编号，或编号、名称的开头', 'a code, or the beginning of a code or a name') }),
    answers: {
      200: {
        about: { zh: '按种类列出', en: 'By kind' },
        schema: z.strictObject({ groups: z.array(foundForm) }),
      },
    },
    refuses: [],
    handle: async ({ actor, query, service }) => {
      const groups = (await search(service.ledger, actor, query.q.trim())).map(({ noun, items }) => ({
        noun,
        zh: searchNouns[noun].zh,
        en: searchNouns[noun].en,
        items: items.map(({ id, name, district }) => ({ id, name, ...(district !== null && { district }) })),
      }))
      return reply(200, { groups })
    },
  }),
]
