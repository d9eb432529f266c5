/** Bundles: projects that are tendered together. */
import * as z from 'zod'
import { isElsewhere } from '../../access/actor.ts'
import { districtCode } from '../../form/field.ts'
import { registerBundle } from '../../projects/project/bundle.ts'
import { bundleForm, ofBundle, wholeBundleForm } from '../../projects/project/forms.ts'
import { listBundles, showBundle } from '../../projects/project/reads.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, reply, type Route, route, same, versionTag } from '../route.ts'

const register = verbRoute(registerBundle, {
  path: '/v1/bundles',
  id: 'registerBundle',
  tag: 'projects',
  summary: { zh: '登记打捆项目包', en: 'Register a bundle' },
  description: {
    zh: '打捆只是一起招标实施：每个项目仍有自己的编号和账。',
    en: 'Tendered and carried out together; each project keeps its own code and books.',
  },
  status: 201,
  about: { zh: '已登记', en: 'Registered' },
  answer: bundleForm,
  headers: (made) => ({ location: `/v1/bundles/${encodeURIComponent(made.bundle)}`, ...versionTag(made) }),
})

const listAll = listRoute({
  path: '/v1/bundles',
  id: 'listBundles',
  tag: 'projects',
  summary: { zh: '打捆项目包列表', en: 'Bundles' },
  right: 'project.read',
  standby: always,
  filter: { district: z.exactOptional(districtCode) },
  about: { zh: '一页打捆项目包', en: 'A page of bundles' },
  item: bundleForm,
  list: ({ actor, query: { district }, service }) =>
    isElsewhere(actor, district)
      ? undefined
      : {
          name: ['bundles', actor.district ?? null, district ?? null],
          place: z.string(),
          read: (after = '', limit) => listBundles(service.ledger, actor, { district, after, limit }),
          placeOf: ({ bundle }) => bundle,
          view: same,
        },
})

const read = route({
  method: 'GET',
  path: '/v1/bundles/{bundle}',
  id: 'readBundle',
  tag: 'projects',
  summary: { zh: '打捆项目包及其项目', en: 'A bundle and its projects' },
  right: 'project.read',
  params: ofBundle,
  answers: { 200: { about: { zh: '打捆项目包', en: 'The bundle' }, schema: wholeBundleForm } },
  refuses: ['bundle_not_found'],
  handle: async ({ actor, params, service }) => {
    const bundle = await showBundle(service.ledger, actor, params.bundle)
    return reply(200, bundle, versionTag(bundle))
  },
})

export const bundleRoutes: readonly Route[] = [register, listAll, read]
