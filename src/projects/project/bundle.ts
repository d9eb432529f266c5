/** Bundles (打捆): projects of a district that are tendered together. Each keeps its own code and books. */
import { recordChange } from '../../base/history.ts'
import { nothing, verb } from '../../noun/verb.ts'
import { requireDistrict } from '../community/verbs.ts'
import { refuse } from '../refusals.ts'
import { newBundle } from './forms.ts'
import { insertBundle } from './store.ts'

/** Registers a bundle, to which projects of the district are then assigned. */
export const registerBundle = verb({
  kind: 'bundle.register',
  right: 'project.manage',
  of: nothing,
  form: newBundle,
  refuses: ['district_unknown', 'district_not_yours', 'bundle_exists', 'idempotency_key_reused'],
  work: async ({ tx, at, today, actor }, { bundle, district, name }) => {
    requireDistrict(actor, district, today)
    const made = await insertBundle(tx, { bundle, district, name, version: 1 })
    if (!made) throw refuse('bundle_exists', { bundle })
    const body = { bundle, district, name }
    const change = { noun: 'bundle', id: bundle, version: 1, verb: 'registered', person: actor.person, at }
    await recordChange(tx, { ...change, body })
    return { ...body, version: 1 }
  },
})
