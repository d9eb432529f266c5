/** Bundles: projects that are financed together. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { registerBundle } from '../../projects/project/verbs.ts'
import { listBundles, showBundle } from '../../projects/project/reads.ts'
import { json } from '../body.ts'
import { cursorFor, placeOfCursor } from '../cursor.ts'
import { about, cursor, districtCode, limit, text } from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, same, versionTag } from '../route.ts'
import { pageOf } from '../views.ts'
import { bundleCode, projectView, versionOut } from './projects.ts'

const bundleShape = { bundle: bundleCode, district: districtCode, name: z.string(), version: versionOut }
const bundleView = z
  .strictObject(bundleShape)
  .meta({ id: 'Bundle', ...about('打捆项目包', 'projects tendered together') })

const makeBundle = route({
  method: 'POST',
  path: '/v1/bundles',
  id: 'registerBundle',
  tag: 'projects',
  summary: { zh: '登记打捆项目包', en: 'Register a bundle' },
  description: {
    zh: '打捆只是一起招标实施：每个项目仍有自己的编号和账。',
    en: 'Tendered and carried out together; each project keeps its own code and books.',
  },
  right: 'project.manage',
  body: json(z.strictObject({ bundle: bundleCode, district: districtCode, name: text(200, '名称', 'name') })),
  keyed: true,
  answers: { 201: { about: { zh: '已登记', en: 'Registered' }, schema: bundleView } },
  refuses: ['district_unknown', 'bundle_exists', 'idempotency_key_reused'],
  handle: async ({ actor, body, key, language, service }) =>
    answerKeyed(await registerBundle(service.ledger, actor, body, key), 201, language, same, (answer) => ({
      location: `/v1/bundles/${encodeURIComponent(answer.bundle)}`,
      ...versionTag(answer),
    })),
})

const list = route({
  method: 'GET',
  path: '/v1/bundles',
  id: 'listBundles',
  tag: 'projects',
  summary: { zh: '打捆项目包列表', en: 'Bundles' },
  right: 'project.read',
  query: z.strictObject({ district: z.exactOptional(districtCode), limit, cursor }),
  answers: { 200: { about: { zh: '一页打捆项目包', en: 'A page of bundles' }, schema: pageOf(bundleView) } },
  refuses: [],
  handle: async ({ actor, query, service }) => {
    if (isElsewhere(actor, query.district)) return reply(200, { items: [], next: null })
    const name = ['bundles', actor.district ?? null, query.district ?? null]
    const after = placeOfCursor(query.cursor, name, z.string()) ?? ''
    const found = await listBundles(service.ledger, actor, {
      district: query.district,
      after,
      limit: query.limit + 1,
    })
    const items = found.slice(0, query.limit)
    const next = found.length > query.limit ? cursorFor(name, items.at(-1)?.bundle) : null
    return reply(200, { items, next })
  },
})

const readOneBundle = route({
  method: 'GET',
  path: '/v1/bundles/{bundle}',
  id: 'readBundle',
  tag: 'projects',
  summary: { zh: '打捆项目包及其项目', en: 'A bundle and its projects' },
  right: 'project.read',
  params: z.strictObject({ bundle: bundleCode }),
  answers: {
    200: {
      about: { zh: '打捆项目包', en: 'The bundle' },
      schema: z.strictObject({ ...bundleShape, projects: z.array(projectView) }).meta({ id: 'BundleWithProjects' }),
    },
  },
  refuses: ['bundle_not_found'],
  handle: async ({ actor, params, service }) => {
    const bundle = await showBundle(service.ledger, actor, params.bundle)
    return reply(200, bundle, versionTag(bundle))
  },
})

export const bundleRoutes: readonly Route[] = [makeBundle, list, readOneBundle]
