/**
 * Projects and communities through the door: what is registered is read back, every gate holds, and every refusal says
 * why.
 */
import { describe, expect, it } from 'vitest'
import { actOnce } from '../../src/ledger/act.ts'
import { requireMove, scopeReductionAllowed } from '../../src/projects/project/project.ts'
import { lockProject, requireState, rewriteItemCosts } from '../../src/projects/project/store.ts'
import { newBookBody, useDoor } from '../support/door.ts'
import {
  approvePlan,
  ask,
  begunProject,
  changing,
  clock,
  codeOf,
  district,
  done,
  ifMatch,
  move,
  newCode,
  newCommunity,
  newProject,
  plan,
  readProject,
  record,
} from './office.ts'

const door = useDoor({ clock })

describe('communities', () => {
  it('are registered with buildings and dwellings, and totals follow every change', async () => {
    const community = await newCommunity(door(), {
      dwellings: [
        ['1', '101', '60.05', 'private'],
        ['1', '102', '58.20', 'central'],
        ['2', '101', '80', 'public_rental'],
      ],
    })
    const first = (await ask(door(), `/v1/communities/${community}`)).json
    expect(first.buildings.map((b: { households: number; area: string }) => [b.households, b.area])).toEqual([
      [2, '118.25'],
      [1, '80.00'],
    ])
    const change = {
      dwellings: [{ building: '1', dwelling: '101', area: '61.05', ownership: 'municipal_soe' }],
      remove: [{ building: '1', dwelling: '102' }, { building: '2' }],
    }
    done(await ask(door(), `/v1/communities/${community}/buildings`, ifMatch(2, change, 'POST')))
    const second = (await ask(door(), `/v1/communities/${community}`)).json
    expect(second.buildings).toHaveLength(1)
    expect(second.buildings[0]).toMatchObject({
      households: 1,
      area: '61.05',
      ownership: { private: '0.00', central: '0.00', municipal_soe: '61.05' },
    })
    expect(second.history.map(({ verb }: { verb: string }) => verb)).toEqual([
      'registered',
      'buildings_changed',
      'buildings_changed',
    ])
    const left = (await ask(door(), `/v1/communities/${community}/dwellings`)).json
    expect(left.items).toEqual([{ building: '1', dwelling: '101', area: '61.05', ownership: 'municipal_soe' }])
  })

  it('are changed under their version only, and listed page by page', async () => {
    const community = await newCommunity(door())
    const details = {
      name: '改名小区',
      builtYear: 1982,
      ownersBody: true,
      trustService: true,
      fundPromisedOn: '2026-02-01',
    }
    done(await ask(door(), `/v1/communities/${community}`, ifMatch(2, details)))
    expect((await ask(door(), `/v1/communities/${community}`)).json).toMatchObject({ ...details, version: 3 })
    const late = await ask(door(), `/v1/communities/${community}`, ifMatch(2, { ...details, name: '别的名' }))
    expect([late.status, codeOf(late)]).toEqual([412, 'version_stale'])
    const page = (await ask(door(), '/v1/communities?limit=1')).json
    const next = (await ask(door(), `/v1/communities?limit=1&cursor=${page.next}`)).json
    expect(next.items[0].community > page.items[0].community).toBe(true)
    const many = (await ask(door(), `/v1/communities/${community}/dwellings?limit=1`)).json
    expect([many.items.length, many.next]).toEqual([1, null])
  })

  it('page through dwellings', async () => {
    const community = await newCommunity(door(), {
      dwellings: [
        ['1', '101', '60', 'private'],
        ['1', '102', '60', 'private'],
        ['2', '101', '60', 'private'],
      ],
    })
    const first = (await ask(door(), `/v1/communities/${community}/dwellings?limit=2`)).json
    const rest = (await ask(door(), `/v1/communities/${community}/dwellings?limit=2&cursor=${first.next}`)).json
    expect([...first.items, ...rest.items].map(({ building, dwelling }) => `${building}-${dwelling}`)).toEqual([
      '1-101',
      '1-102',
      '2-101',
    ])
  })

  it('refuse what cannot be', async () => {
    const community = await newCommunity(door())
    const path = `/v1/communities/${community}/buildings`
    const change = (body: object, version = 2) => ask(door(), path, ifMatch(version, body, 'POST'))
    const dwelling = { building: '1', dwelling: '101', area: '60', ownership: 'private' }
    expect(codeOf(await change({ dwellings: [dwelling, dwelling] }))).toBe('listed_twice')
    expect(codeOf(await change({ dwellings: [{ ...dwelling, building: '9' }] }))).toBe('building_unknown')
    expect(codeOf(await change({ remove: [{ building: '9' }] }))).toBe('building_unknown')
    expect(codeOf(await change({ remove: [{ building: '1', dwelling: '909' }] }))).toBe('building_unknown')
    expect(codeOf(await change({}, 1))).toBe('version_stale')
    expect((await change({ dwellings: [{ ...dwelling, area: '0' }] })).status).toBe(400)
    expect((await change({ dwellings: [{ ...dwelling, area: '60.001' }] })).status).toBe(400)
    const body = { community, district, name: '重复' }
    expect(codeOf(await ask(door(), '/v1/communities', { body }))).toBe('community_exists')
    const elsewhere = { community: newCode('XQ'), district: '110199', name: '无此区' }
    expect(codeOf(await ask(door(), '/v1/communities', { body: elsewhere }))).toBe('district_unknown')
    const future = { community: newCode('XQ'), district, name: '将来', fundPromisedOn: '2099-01-01' }
    expect(codeOf(await ask(door(), '/v1/communities', { body: future }))).toBe('day_in_future')
    expect(codeOf(await ask(door(), '/v1/communities/NIX'))).toBe('community_not_found')
  })

  it('keep what projects refer to', async () => {
    const { community } = await newProject(door())
    const remove = (given: object) =>
      ask(door(), `/v1/communities/${community}/buildings`, ifMatch(2, { remove: [given] }, 'POST'))
    expect(codeOf(await remove({ building: '1' }))).toBe('dwelling_in_use')
    const begun = await begunProject(door())
    const dwelling = { community: begun.community, building: '1', dwelling: '101' }
    const works = { item: 'B02', ...dwelling, cause: 'household_refused', reason: '不同意', cost: '1.00' }
    done(await ask(door(), `/v1/projects/${begun.project}/unfinished`, { body: works }))
    const gone = { remove: [{ building: '1', dwelling: '101' }] }
    expect(codeOf(await ask(door(), `/v1/communities/${begun.community}/buildings`, ifMatch(2, gone, 'POST')))).toBe(
      'dwelling_in_use',
    )
  })
})

describe('projects', () => {
  it('are registered, read whole, changed, and keep their history', async () => {
    await door().ask('/v1/books', { body: newBookBody('PRJ') })
    const bundle = newCode('DK')
    done(await ask(door(), '/v1/bundles', { body: { bundle, district, name: '打捆一' } }))
    const { project, community } = await newProject(door(), {
      dwellings: [
        ['1', '101', '60', 'private'],
        ['2', '101', '40.5', 'central'],
      ],
      items: [
        { item: 'B02', cost: '1000.01', quantity: '100 ㎡' },
        { item: 'I02', cost: '500' },
      ],
      more: { book: 'PRJ', bundle },
    })
    const details = { name: '新名', implementer: '另一街道', book: 'PRJ', addedArea: '10.25' }
    done(await changing(door(), project, '', details))
    const read = await ask(door(), `/v1/projects/${project}`)
    expect(read.headers.get('etag')).toBe('"2"')
    expect(read.json).toMatchObject({
      project,
      name: '新名',
      bundle: null,
      state: 'reserve',
      addedArea: '10.25',
      facts: {
        communities: 1,
        buildings: 2,
        households: 2,
        area: '100.50',
        ownership: { private: '60.00', central: '40.50', municipal_soe: '0.00' },
        progress: '0',
        ownersBody: 0,
      },
      items: [
        { item: 'B02', quantity: '100 ㎡', cost: '1000.01' },
        { item: 'I02', quantity: null, cost: '500.00' },
      ],
      buildings: [
        { community, building: '1' },
        { community, building: '2' },
      ],
    })
    expect(read.json.history.map(({ verb }: { verb: string }) => verb)).toEqual(['registered', 'changed'])
    done(await changing(door(), project, '/buildings', { buildings: [{ community, building: '2' }] }))
    done(await changing(door(), project, '/items', { items: [{ item: 'B03', cost: '7' }] }))
    expect(await readProject(door(), project)).toMatchObject({
      facts: { buildings: 1, area: '40.50' },
      items: [{ item: 'B03', cost: '7.00' }],
      version: 4,
    })
  })

  it('of a bundle keep codes of their own', async () => {
    const bundle = newCode('DK')
    const body = { bundle, district, name: '打捆' }
    done(await ask(door(), '/v1/bundles', { body }))
    const one = await newProject(door(), { more: { bundle } })
    const two = await newProject(door(), { more: { bundle } })
    const read = (await ask(door(), `/v1/bundles/${bundle}`)).json
    expect(read.projects.map(({ project }: { project: string }) => project)).toEqual([one.project, two.project].sort())
    const listed = (await ask(door(), `/v1/projects?bundle=${bundle}`)).json
    expect(listed.items).toHaveLength(2)
    expect(codeOf(await ask(door(), '/v1/bundles', { body }))).toBe('bundle_exists')
    expect(codeOf(await ask(door(), '/v1/bundles/NIX'))).toBe('bundle_not_found')
    const details = { name: 'x', implementer: 'y', bundle: 'NIX' }
    expect(codeOf(await changing(door(), one.project, '', details))).toBe('bundle_not_found')
    expect((await ask(door(), `/v1/bundles?district=${district}`)).json.items.length).toBeGreaterThan(0)
  })

  it('are listed by district, state, year, batch and kind', async () => {
    const { project } = await begunProject(door(), { kind: 'environment' })
    const { year } = await readProject(door(), project)
    const query = `district=${district}&state=under_way&year=${year}&batch=1&kind=environment`
    const { items } = (await ask(door(), `/v1/projects?${query}`)).json
    expect(items.map((item: { project: string }) => item.project)).toEqual([project])
    expect((await ask(door(), `/v1/projects?${query.replace('batch=1', 'batch=2')}`)).json.items).toEqual([])
    const first = (await ask(door(), '/v1/projects?limit=1')).json
    const second = (await ask(door(), `/v1/projects?limit=1&cursor=${first.next}`)).json
    expect(second.items[0].project > first.items[0].project).toBe(true)
  })

  it('refuse what cannot be registered', async () => {
    const { project, community } = await newProject(door())
    const body = { project, district, kind: 'single', name: 'x', implementer: 'y' }
    const register = async (more: object) =>
      codeOf(await ask(door(), '/v1/projects', { body: { ...body, project: newCode('XM'), ...more } }))
    expect(await register({ project })).toBe('project_exists')
    expect(await register({ district: '110199' })).toBe('district_unknown')
    expect(await register({ book: 'NIX' })).toBe('book_not_found')
    expect(await register({ bundle: 'NIX' })).toBe('bundle_not_found')
    expect(await register({ items: [{ item: 'B99', cost: '1' }] })).toBe('item_not_in_catalogue')
    const item = { item: 'B01', cost: '1' }
    expect(await register({ items: [item, item] })).toBe('listed_twice')
    const building = { community, building: '1' }
    expect(await register({ buildings: [building, building] })).toBe('listed_twice')
    expect(await register({ buildings: [{ community, building: '9' }] })).toBe('building_unknown')
    expect(await register({ district: '110101', buildings: [building] })).toBe('building_unknown')
    expect(await register({ buildings: [building], kind: 'comprehensive' })).toBe('building_in_other_project')
    // Another kind of works on the same building is another project.
    expect(await register({ buildings: [building] })).toBeUndefined()
    expect(codeOf(await ask(door(), '/v1/projects/NIX'))).toBe('project_not_found')
    expect(codeOf(await ask(door(), '/v1/projects/NIX/progress', progressOf('0.1')))).toBe('project_not_found')
  })

  it('that want one building at once get it once', async () => {
    const community = await newCommunity(door())
    const body = { district, kind: 'single', name: 'x', implementer: 'y', buildings: [{ community, building: '1' }] }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => ask(door(), '/v1/projects', { body: { ...body, project: newCode('XM') } })),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(new Set(answers.filter(({ status }) => status !== 201).map(codeOf))).toEqual(
      new Set(['building_in_other_project']),
    )
  })

  it('give their buildings free when they end', async () => {
    const { project, community } = await newProject(door())
    done(await move(door(), project, 'withdrawn'))
    const again = { project: newCode('XM'), district, kind: 'comprehensive', name: 'x', implementer: 'y' }
    done(await ask(door(), '/v1/projects', { body: { ...again, buildings: [{ community, building: '1' }] } }))
  })

  it('let one of two editors through, and replay the answer of a key', async () => {
    const { project } = await newProject(door())
    const edit = (name: string, key = newCode('k')) =>
      ask(door(), `/v1/projects/${project}`, { ...ifMatch(1, { name, implementer: 'y' }), key })
    const [one, two] = await Promise.all([edit('甲', 'edit-1'), edit('乙', 'edit-2')])
    expect(new Set([one.status, two.status])).toEqual(new Set([200, 412]))
    expect([one, two].filter(({ status }) => status === 412).map(codeOf)).toEqual(['version_stale'])
    const [first, key, name] = one.status === 200 ? [one, 'edit-1', '甲'] : [two, 'edit-2', '乙']
    const again = await edit(name, key)
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true'])
    expect(codeOf(await edit('丙', key))).toBe('idempotency_key_reused')
    expect((await readProject(door(), project)).version).toBe(2)
    const bare = await ask(door(), `/v1/projects/${project}`, { method: 'PUT', body: { name: 'x', implementer: 'y' } })
    expect(codeOf(bare)).toBe('if_match_missing')
  })
})

const progressOf = (ratio: string, on = '2026-03-31', more: object = {}) => ({
  body: { on, ratio, evidence: '监理月报', ...more },
})

describe('progress', () => {
  it('is the latest reported on or before the day, and a correction of the same day counts', async () => {
    const { project } = await begunProject(door())
    const report = (ratio: string, on: string) => ask(door(), `/v1/projects/${project}/progress`, progressOf(ratio, on))
    done(await report('0.2', '2026-03-31'))
    done(await report('0.4', '2026-06-30'))
    done(await report('0.35', '2026-06-30'))
    const at = async (day: string) => (await ask(door(), `/v1/projects/${project}?asOf=${day}`)).json.facts.progress
    expect([await at('2026-03-30'), await at('2026-03-31'), await at('2026-06-30')]).toEqual(['0', '0.2', '0.35'])
    const { progress } = await readProject(door(), project)
    expect(progress.map(({ ratio }: { ratio: string }) => ratio)).toEqual(['0.2', '0.4', '0.35'])
    const valued = await ask(
      door(),
      `/v1/projects/${project}/progress`,
      progressOf('1', '2026-07-01', { value: '9.99' }),
    )
    done(valued)
  })

  it('is refused of the future, above all of the works, and before they begin', async () => {
    const { project } = await begunProject(door())
    const path = `/v1/projects/${project}/progress`
    expect(codeOf(await ask(door(), path, progressOf('0.1', '2099-01-01')))).toBe('day_in_future')
    for (const ratio of ['1.01', '-0.1', '0.12345', '50%'])
      expect((await ask(door(), path, progressOf(ratio))).status, ratio).toBe(400)
    const reserve = await newProject(door())
    const early = await ask(door(), `/v1/projects/${reserve.project}/progress`, progressOf('0.1'))
    expect([early.status, codeOf(early)]).toEqual([409, 'project_state_wrong'])
  })
})

describe('the states of a project', () => {
  it('lead from the reserve to hand-over when every gate is passed', async () => {
    const { project } = await begunProject(door())
    done(await record(door(), project, 'accessible_acceptance'))
    done(await record(door(), project, 'completion_acceptance'))
    done(await move(door(), project, 'accepted'))
    done(await record(door(), project, 'final_accounts'))
    done(await move(door(), project, 'settled'))
    done(await record(door(), project, 'handover'))
    done(await move(door(), project, 'handed_over'))
    const { state, history } = await readProject(door(), project)
    expect(state).toBe('handed_over')
    const moved = history.filter(({ verb }: { verb: string }) => verb === 'moved')
    expect(moved.map(({ body }: { body: { to: string } }) => body.to)).toEqual([
      'planned',
      'under_way',
      'accepted',
      'settled',
      'handed_over',
    ])
    expect(codeOf(await record(door(), project, 'handover'))).toBe('project_state_wrong')
  })

  it('need a promise of each community before the plan (clause 30)', async () => {
    const { project, community } = await newProject(door(), { promisedOn: null })
    const { fix } = await plan(door(), [project])
    const refused = await fix()
    expect([refused.status, codeOf(refused)]).toEqual([422, 'fund_promise_missing'])
    expect(refused.json.clause).toContain('第（三十）条')
    expect(refused.json.detail).toContain(community)
    const other = await newCommunity(door())
    expect(codeOf(await record(door(), project, 'fund_promise', { communities: [other] }))).toBe(
      'community_not_of_project',
    )
    done(await record(door(), project, 'fund_promise', { communities: [community] }))
    done(await fix())
    expect(await readProject(door(), project)).toMatchObject({ state: 'planned', batch: 1 })
  })

  it('take a promise without communities for all of them', async () => {
    const { project } = await newProject(door(), { promisedOn: null })
    done(await record(door(), project, 'fund_promise'))
    done(await (await plan(door(), [project])).fix())
  })

  it('hold a rebuild to its households (clause 4, O-47)', async () => {
    const rebuild = (before: number, after: number) => ({ more: { householdsBefore: before, householdsAfter: after } })
    const { project } = await newProject(door(), { kind: 'rebuild', ...rebuild(20, 20) })
    done(await (await plan(door(), [project])).fix())
    const body = { district, kind: 'rebuild', name: 'x', implementer: 'y', householdsBefore: 20, householdsAfter: 21 }
    const refused = await ask(door(), '/v1/projects', { body: { ...body, project: newCode('XM') } })
    expect([refused.status, codeOf(refused), refused.json.clause]).toEqual([
      422,
      'households_increase',
      '京政办发〔2022〕28号 第（四）条',
    ])
    const details = { name: 'x', implementer: 'y', householdsBefore: 20, householdsAfter: 21 }
    expect(codeOf(await changing(door(), project, '', details))).toBe('households_increase')
    // Other kinds may grow: the clause is about rebuilds.
    await newProject(door(), rebuild(20, 21))
    const silent = await newProject(door(), { kind: 'rebuild' })
    expect(codeOf(await (await plan(door(), [silent.project])).fix())).toBe('households_not_stated')
  })

  it('begin works only under an approved funding plan, and freeze the scope with it', async () => {
    const { project, community } = await newProject(door())
    done(await (await plan(door(), [project])).fix())
    const early = await move(door(), project, 'under_way')
    expect([early.status, codeOf(early)]).toEqual([422, 'funding_plan_not_approved'])
    await approvePlan(door(), project)
    const items = { items: [{ item: 'B03', cost: '1' }] }
    expect(codeOf(await changing(door(), project, '/items', items))).toBe('funding_plan_stands')
    const buildings = { buildings: [{ community, building: '1' }] }
    expect(codeOf(await changing(door(), project, '/buildings', buildings))).toBe('funding_plan_stands')
    done(await move(door(), project, 'under_way'))
    expect(codeOf(await changing(door(), project, '/items', items))).toBe('project_state_wrong')
  })

  it('need the accessible-design acceptance before completion (clause 11)', async () => {
    const { project } = await begunProject(door())
    done(await record(door(), project, 'completion_acceptance'))
    const refused = await move(door(), project, 'accepted')
    expect([codeOf(refused), refused.json.clause]).toEqual([
      'project_document_missing',
      '京政办发〔2022〕28号 第（十一）条',
    ])
    done(await record(door(), project, 'accessible_acceptance'))
    done(await move(door(), project, 'accepted'))
    const settled = await move(door(), project, 'settled')
    expect([codeOf(settled), settled.json.detail]).toEqual([
      'project_document_missing',
      expect.stringContaining('竣工财务决算'),
    ])
    done(await record(door(), project, 'final_accounts'))
    done(await move(door(), project, 'settled'))
    expect(codeOf(await move(door(), project, 'handed_over'))).toBe('project_document_missing')
  })

  it('need the completion acceptance itself', async () => {
    const { project } = await begunProject(door())
    done(await record(door(), project, 'accessible_acceptance'))
    const refused = await move(door(), project, 'accepted')
    expect(refused.json.detail).toContain('竣工验收')
    expect(refused.json.clause).toContain('第（二十二）条')
  })

  it('need a waiver and a design change for what is not done (clause 22, O-49)', async () => {
    const { project, community } = await begunProject(door(), { items: [{ item: 'B02', cost: '42000.00' }] })
    const window = { item: 'B02', community, building: '1', dwelling: '101' }
    const works = { ...window, cause: 'household_refused', reason: '住户不同意更换外窗', cost: '4200.00' }
    done(await ask(door(), `/v1/projects/${project}/unfinished`, { body: works }))
    done(await record(door(), project, 'accessible_acceptance'))
    done(await record(door(), project, 'completion_acceptance'))
    const refused = await move(door(), project, 'accepted')
    expect([refused.status, codeOf(refused), refused.json.clause]).toEqual([
      422,
      'scope_reduction_unproven',
      '京政办发〔2022〕28号 第（二十二）条',
    ])
    expect(refused.json.detail).toContain('缺：住户签字说明、设计变更。')
    done(await record(door(), project, 'design_change', { items: [{ item: 'B02' }] }))
    expect((await move(door(), project, 'accepted')).json.detail).toContain('缺：住户签字说明。')
    // Somebody else's waiver is none.
    done(await record(door(), project, 'waiver', { items: [{ item: 'B02' }] }))
    expect(codeOf(await move(door(), project, 'accepted'))).toBe('scope_reduction_unproven')
    done(await record(door(), project, 'waiver', { items: [window] }))
    done(await move(door(), project, 'accepted'))
    const { unfinished, documents } = await readProject(door(), project)
    expect(unfinished).toEqual([works])
    expect(documents.at(-1).scope).toEqual({
      items: [{ item: 'B02', dwelling: { community, building: '1', dwelling: '101' } }],
    })
  })

  it('cannot be skipped, taken by hand or left when works have begun', async () => {
    const { project } = await newProject(door())
    expect(codeOf(await move(door(), project, 'planned'))).toBe('project_planned_by_batch_only')
    for (const to of ['under_way', 'accepted', 'handed_over', 'reserve'])
      expect(codeOf(await move(door(), project, to)), to).toBe('project_move_unlawful')
    const begun = await begunProject(door())
    const refused = await move(door(), begun.project, 'withdrawn')
    expect([codeOf(refused), refused.json.detail]).toEqual([
      'project_move_unlawful',
      expect.stringContaining('竣工验收'),
    ])
    const planned = await newProject(door())
    done(await (await plan(door(), [planned.project])).fix())
    expect(codeOf(await move(door(), planned.project, 'reserve'))).toBe('project_planned_by_batch_only')
    done(await move(door(), planned.project, 'withdrawn'))
    expect(codeOf(await move(door(), planned.project, 'under_way'))).toBe('project_move_unlawful')
  })

  it('C4: a planned project leaves its batch with a reason, and what it needed is the year’s again', async () => {
    const [stays, leaves] = [await newProject(door()), await newProject(door())]
    const planned = await plan(door(), [stays.project, leaves.project])
    done(await planned.fix())
    const before = await readProject(door(), leaves.project)
    const place = `/v1/plans/${district}/${before.year}`
    const version = (await ask(door(), place)).json.version
    const left = await changing(
      door(),
      leaves.project,
      '/state',
      { to: 'reserve', reason: '居民意愿变化，动态调整' },
      'POST',
    )
    expect(done(left).json).toMatchObject({ state: 'reserve', year: null, batch: null })
    const { json } = await ask(door(), place)
    expect(json.queue.map(({ project }: { project: string }) => project)).toEqual([stays.project])
    expect([json.batches[0].projects, json.version]).toEqual([1, version + 1])
    expect(json.history.at(-1)).toMatchObject({ verb: 'project_left', body: { project: leaves.project, batch: 1 } })
    // It may be planned again; what has begun may not leave.
    done(await (await plan(door(), [leaves.project])).fix())
    const begun = await begunProject(door())
    const late = await changing(door(), begun.project, '/state', { to: 'reserve', reason: 'x' }, 'POST')
    expect(codeOf(late)).toBe('project_move_unlawful')
  })

  it('are of what there is: a project that covers nothing is not planned', async () => {
    const body = { project: newCode('XM'), district, kind: 'single', name: 'x', implementer: 'y' }
    done(await ask(door(), '/v1/projects', { body }))
    expect(codeOf(await (await plan(door(), [body.project])).fix())).toBe('project_covers_nothing')
  })

  it('are settled by rules that need no database', () => {
    const facts = {
      project: 'P',
      kind: 'single' as const,
      on: '2026-03-01',
      communities: [{ community: 'C', promisedOn: '2026-03-02' }],
      byBatch: true,
      planApproved: false,
      documents: [],
      unfinished: [],
    }
    // A promise of tomorrow opens nothing today.
    expect(() => requireMove('reserve', 'planned', facts)).toThrow(/fund_promise_missing/)
    expect(() => requireMove('reserve', 'planned', { ...facts, on: '2026-03-02' })).not.toThrow()
    const promise = { kind: 'fund_promise' as const, number: 'N', on: '2026-03-02' }
    expect(() => requireMove('reserve', 'planned', { ...facts, documents: [promise] })).toThrow(/fund_promise_missing/)
    const today = { ...promise, on: '2026-03-01' }
    expect(() => requireMove('reserve', 'planned', { ...facts, documents: [today] })).not.toThrow()
    const accounts = { kind: 'final_accounts' as const, number: 'N', on: '2026-03-02' }
    expect(() => requireMove('accepted', 'settled', { ...facts, documents: [accounts] })).toThrow(
      /project_document_missing/,
    )
    const dwelling = { community: 'C', building: '1', dwelling: '101' }
    const scope = { items: [{ item: 'B02', dwelling }] }
    const document = (kind: 'waiver' | 'design_change', on = '2026-03-01') => ({ kind, number: kind, on, scope })
    const both = [document('waiver'), document('design_change')]
    expect(scopeReductionAllowed({ item: 'B02', dwelling }, both, '2026-03-01')).toBe(true)
    expect(scopeReductionAllowed({ item: 'B02', dwelling }, both.slice(1), '2026-03-01')).toBe(false)
    expect(scopeReductionAllowed({ item: 'B02', dwelling }, both.slice(0, 1), '2026-03-01')).toBe(false)
    expect(scopeReductionAllowed({ item: 'B02' }, both, '2026-03-01')).toBe(false)
    expect(scopeReductionAllowed({ item: 'B03', dwelling }, both, '2026-03-01')).toBe(false)
    expect(scopeReductionAllowed({ item: 'B02', dwelling }, both, '2026-02-28')).toBe(false)
  })
})

describe('documents', () => {
  it('are recorded once, of the past, and about what the project has', async () => {
    const { project, community } = await newProject(door())
    const number = newCode('文')
    done(await record(door(), project, 'owners_vote', { number, sha256: 'a'.repeat(64) }))
    expect(codeOf(await record(door(), project, 'owners_vote', { number }))).toBe('document_recorded')
    done(await record(door(), project, 'fund_promise', { number }))
    expect(codeOf(await record(door(), project, 'owners_vote', { on: '2099-01-01' }))).toBe('day_in_future')
    for (const kind of ['waiver', 'design_change'])
      expect(codeOf(await record(door(), project, kind)), kind).toBe('document_scope_missing')
    expect(codeOf(await record(door(), project, 'waiver', { items: [{ item: 'B03' }] }))).toBe('item_not_in_project')
    const nobody = { item: 'B02', community, building: '1', dwelling: '999' }
    expect(codeOf(await record(door(), project, 'waiver', { items: [nobody] }))).toBe('dwelling_unknown')
    const half = { item: 'B02', community }
    const answer = await record(door(), project, 'waiver', { items: [half] })
    expect([answer.status, answer.json.errors[0].path]).toEqual([400, '/items/0'])
  })

  it('of unfinished works name an item and a dwelling of the project', async () => {
    const { project, community } = await begunProject(door())
    const works = { item: 'B02', cause: 'objective', reason: '管位冲突', cost: '1.00' }
    const record = (more: object) => ask(door(), `/v1/projects/${project}/unfinished`, { body: { ...works, ...more } })
    done(await record({}))
    expect(codeOf(await record({ item: 'I01' }))).toBe('item_not_in_project')
    expect(codeOf(await record({ community, building: '1', dwelling: '999' }))).toBe('dwelling_unknown')
    expect((await record({ community })).status).toBe(400)
    const reserve = await newProject(door())
    const early = await ask(door(), `/v1/projects/${reserve.project}/unfinished`, { body: works })
    expect(codeOf(early)).toBe('project_state_wrong')
  })
})

describe('one district', () => {
  it('does not see, change or write into another', async () => {
    const { project, community } = await newProject(door())
    const bundle = newCode('DK')
    done(await ask(door(), '/v1/bundles', { body: { bundle, district, name: 'x' } }))
    const token = await door().token('finance_maker', { district: '110101', person: 'dongcheng' })
    const as = (path: string, given: object = {}) => ask(door(), path, { ...given, token })
    expect((await as(`/v1/projects/${project}`)).status).toBe(404)
    expect((await as(`/v1/communities/${community}`)).status).toBe(404)
    expect((await as(`/v1/communities/${community}/dwellings`)).status).toBe(404)
    expect((await as(`/v1/bundles/${bundle}`)).status).toBe(404)
    for (const list of ['projects', 'communities', 'bundles', 'plans']) {
      expect((await as(`/v1/${list}`)).json.items, list).toEqual([])
      expect((await as(`/v1/${list}?district=${district}`)).json.items, list).toEqual([])
    }
    const details = { name: 'x', implementer: 'y' }
    const unseen = await as(`/v1/projects/${project}`, ifMatch(1, details))
    const absent = await as('/v1/projects/NIX', ifMatch(1, details))
    expect([unseen.status, codeOf(unseen)]).toEqual([absent.status, codeOf(absent)])
    expect(unseen.text.replaceAll(project, 'NIX')).toBe(absent.text)
    expect(codeOf(await as(`/v1/communities/${community}`, ifMatch(2, { name: 'x' })))).toBe('community_not_found')
    expect(codeOf(await as('/v1/communities', { body: { community: newCode('XQ'), district, name: 'x' } }))).toBe(
      'district_not_yours',
    )
    const own = { project: newCode('XM'), district: '110101', kind: 'comprehensive', name: 'x', implementer: 'y' }
    const stolen = { ...own, buildings: [{ community, building: '1' }] }
    expect(codeOf(await as('/v1/projects', { body: stolen }))).toBe('building_unknown')
    done(await as('/v1/projects', { body: own }))
  })

  it('is written by those who may', async () => {
    const token = await door().token('auditor')
    const body = { community: newCode('XQ'), district, name: 'x' }
    expect(codeOf(await ask(door(), '/v1/communities', { body, token }))).toBe('permission_denied')
    const { project } = await newProject(door())
    done(await ask(door(), `/v1/projects/${project}`, { token }))
  })
})

describe('what other rooms build on', () => {
  const officer = { person: 'officer', role: 'integration' } as const

  it('changes item costs of an approved scope change, and refuses an item there is not', async () => {
    const { project } = await begunProject(door(), { items: [{ item: 'B02', cost: '42000.00' }] })
    const rewrite = (item: string) =>
      actOnce(door().ledger, async ({ tx, at }) => {
        const row = await lockProject(tx, officer, project)
        requireState(row, 'under_way')
        const change = { verb: 'items_replanned', person: 'officer', at, body: {} }
        await rewriteItemCosts(tx, row, [{ item, costFen: 3_780_000n }], change)
        return null
      })
    await rewrite('B02')
    expect((await readProject(door(), project)).items).toEqual([{ item: 'B02', quantity: null, cost: '37800.00' }])
    await expect(rewrite('B03')).rejects.toMatchObject({ code: 'item_not_in_project' })
  })
})
