/**
 * Facts on which money depends are not one person's word: how far a project is and where it stands, who governs a
 * community and what its owners promised. A person names the original and another checks; what `integration` brings
 * counts at once.
 */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { withPlanted } from '../support/database.ts'
import { projectChecks } from '../../src/projects/checks.ts'
import type { Answer } from '../support/door.ts'
import { useDoor } from '../support/door.ts'
import { openOffice } from '../release/office.ts'
import {
  ask,
  begunProject,
  changing,
  clock,
  codeOf,
  district,
  done,
  ifMatch,
  newCommunity,
  newProject,
  plan,
  readProject,
} from './office.ts'

const door = useDoor({ clock })
const office = () => openOffice(door())
let maker = ''
let project = ''
const text = '监理月报'
const sha256 = createHash('sha256').update(text).digest('hex')
const keep = (book: string) =>
  door().ask(`/v1/books/${book}/attachments`, { body: Buffer.from(text), headers: { 'content-type': 'text/plain' } })

beforeAll(async () => {
  maker = await door().token('finance_maker', { district })
  for (const [code, of] of [
    [`D${district}`, district],
    ['D110105', '110105'],
  ]) {
    const book = { code, name: code, district: of, standard: 'government' }
    expect((await door().ask('/v1/books', { body: book })).status).toBe(201)
  }
  project = (await begunProject(door())).project
  expect((await keep('D110105')).status).toBe(201)
})

const facts = async () => (await readProject(door(), project)).facts
const report = (body: object): Promise<Answer> =>
  ask(door(), `/v1/projects/${project}/progress`, { token: maker, body: { evidence: '监理月报', ...body } })
const decide = async (approval: string, verdict = 'check') => done(await office().decide(approval, verdict))
const outcome = ({ status, json }: Answer) => [status, json.code ?? (json.approval ? 'waits' : 'counts')]

describe('progress that a person reports', () => {
  const on = '2026-10-01'
  it('names an original that was uploaded to a book of the district or of the city', async () => {
    expect(outcome(await report({ on, ratio: '0.5' }))).toEqual([422, 'evidence_missing'])
    const elsewhere = await report({ on, ratio: '0.5', sha256 })
    expect(outcome(elsewhere)).toEqual([422, 'evidence_missing'])
    for (const fact of [district, '监理月报', sha256]) expect(elsewhere.json.detail).toContain(fact)
    expect((await facts()).progress).toBe('0')
    expect((await keep(`D${district}`)).status).toBe(201)
  })

  it('waits, is seen to wait, and counts when another person has checked it', async () => {
    const asked = await report({ on, ratio: '0.5', sha256 })
    expect(outcome(asked)).toEqual([202, 'waits'])
    const whole = await readProject(door(), project)
    expect([whole.facts.progress, whole.progress]).toEqual(['0', []])
    expect(whole.waiting).toMatchObject([{ approval: asked.json.approval, hash: asked.json.hash, fact: 'progress' }])
    expect(outcome(await report({ on, ratio: '0.9', sha256 }))).toEqual([409, 'approval_pending'])
    const own = { verdict: 'check', hash: asked.json.hash }
    const alone = await ask(door(), `/v1/approvals/${asked.json.approval}/decision`, { token: maker, body: own })
    expect(codeOf(alone)).toBe('permission_denied')
    await decide(asked.json.approval)
    expect((await facts()).progress).toBe('0.5')
    const after = await readProject(door(), project)
    expect(after.waiting).toEqual([])
    expect(after.progress).toMatchObject([{ ratio: '0.5', reportedBy: 'finance_maker' }])
    expect(after.history.at(-1)).toMatchObject({ verb: 'progress_reported', body: { approval: asked.json.approval } })
  })

  it('counts at once where a machine client brings it', async () => {
    const brought = await ask(door(), `/v1/projects/${project}/progress`, {
      body: { on: '2026-10-02', ratio: '0.6', evidence: '系统' },
    })
    expect(outcome(brought)).toEqual([201, 'counts'])
    expect((await facts()).progress).toBe('0.6')
  })
})

describe('a step that a person takes', () => {
  it('waits for another’s check and is held to its gates again', async () => {
    const { project: gone } = await newProject(door())
    done(await (await plan(door(), [gone])).fix())
    const { version } = await readProject(door(), gone)
    const move = (body: object) =>
      ask(door(), `/v1/projects/${gone}/state`, { ...ifMatch(version, body, 'POST'), token: maker })
    expect(outcome(await move({ to: 'withdrawn', reason: '居民不愿意' }))).toEqual([422, 'evidence_missing'])
    const asked = await move({ to: 'withdrawn', reason: '居民不愿意', document: '退出申请', sha256 })
    expect(outcome(asked)).toEqual([202, 'waits'])
    expect((await readProject(door(), gone)).state).toBe('planned')
    // Meanwhile a machine client takes the same step: what waits no longer holds.
    done(await changing(door(), gone, '/state', { to: 'withdrawn' }, 'POST'))
    expect(codeOf(await office().decide(asked.json.approval, 'check'))).toBe('project_move_unlawful')
    const other = (await newProject(door())).project
    done(await (await plan(door(), [other])).fix())
    const { version: stands } = await readProject(door(), other)
    const again = await ask(door(), `/v1/projects/${other}/state`, {
      ...ifMatch(stands, { to: 'withdrawn', document: '退出申请', sha256 }, 'POST'),
      token: maker,
    })
    await decide(again.json.approval)
    expect((await readProject(door(), other)).state).toBe('withdrawn')
  })

  it('a promise of owners likewise', async () => {
    const { project: bare, community } = await newProject(door(), { promisedOn: null })
    const record = (body: object) =>
      ask(door(), `/v1/projects/${bare}/documents`, {
        token: maker,
        body: { kind: 'fund_promise', number: '承诺书', on: '2026-03-02', ...body },
      })
    expect(outcome(await record({}))).toEqual([422, 'evidence_missing'])
    const asked = await record({ sha256, communities: [community] })
    expect(outcome(asked)).toEqual([202, 'waits'])
    expect((await readProject(door(), bare)).documents).toEqual([])
    await decide(asked.json.approval)
    expect((await readProject(door(), bare)).documents).toMatchObject([{ kind: 'fund_promise', sha256 }])
  })
})

describe('who governs a community, as a person says', () => {
  it('waits, while the rest of it is changed at once', async () => {
    const community = await newCommunity(door(), { promisedOn: null })
    const read = async () => (await ask(door(), `/v1/communities/${community}`)).json
    const { version } = await read()
    const said = { name: '新名称', ownersBody: true, fundPromisedOn: '2026-01-05' }
    const put = (body: object) =>
      ask(door(), `/v1/communities/${community}`, { ...ifMatch(version, body), token: maker })
    expect(outcome(await put(said))).toEqual([422, 'evidence_missing'])
    const asked = await put({ ...said, document: '备案通知书', sha256 })
    expect(outcome(asked)).toEqual([202, 'waits'])
    expect(await read()).toMatchObject({ name: '新名称', ownersBody: false, fundPromisedOn: null })
    expect((await read()).waiting).toMatchObject([{ approval: asked.json.approval, fact: 'standing' }])
    await decide(asked.json.approval)
    const after = await read()
    expect(after).toMatchObject({ ownersBody: true, ownersBodyOn: '2026-11-23', fundPromisedOn: '2026-01-05' })
    expect(after.waiting).toEqual([])
  })

  it('of a new one too: it is registered, and what it is said to have waits', async () => {
    const body = { community: 'XQ-NEW', district, name: '新小区', trustService: true, document: '合同', sha256 }
    const asked = await ask(door(), '/v1/communities', { token: maker, body })
    expect(outcome(asked)).toEqual([202, 'waits'])
    expect((await ask(door(), '/v1/communities/XQ-NEW')).json).toMatchObject({ trustService: false })
    await decide(asked.json.approval)
    expect((await ask(door(), '/v1/communities/XQ-NEW')).json).toMatchObject({ trustService: true })
    const plain = await ask(door(), '/v1/communities', {
      token: maker,
      body: { community: 'XQ-P', district, name: '甲' },
    })
    expect(outcome(plain)).toEqual([201, 'counts'])
  })
})

const looked = (planted = 'select'): Promise<readonly string[]> =>
  withPlanted(door().test, planted, async ({ sql }) => {
    const check = projectChecks.find((one) => one.check === 'register_facts_checked')
    const reader = await sql.reserve()
    try {
      return (await check?.run(reader))?.faults ?? ['no such check']
    } finally {
      reader.release()
    }
  })

describe('the check of what was typed', () => {
  it('finds nothing in what was checked and brought', async () => expect(await looked()).toEqual([]))
  it.each([
    [
      'a report that nobody checked',
      `update change set body = body - 'approval' where verb = 'progress_reported'`,
      /unchecked/,
    ],
    [
      'a ratio that was not the checked one',
      `update project_progress set ratio = 0.9 where ratio = 0.5`,
      /not what was checked/,
    ],
    [
      'a check that was not taken',
      `update approval set state = 'rejected' where kind = 'project_fact'`,
      /not what was checked/,
    ],
    ['a step by hand', `update change set body = body - 'approval' where verb = 'moved'`, /unchecked/],
    [
      'an owners’ body by hand',
      `update change set verb = 'changed', body = body - 'approval' where verb = 'standing_checked'`,
      /unchecked/,
    ],
    ['an original that is gone', 'delete from attachment', /not what was checked/],
    [
      'a promise of a community that is not the one checked',
      `update community set fund_promised_on = '2025-01-01' where exists (
         select from change c where c.noun = 'community' and c.id = community and c.verb = 'standing_checked')`,
      /not what was checked under/,
    ],
    [
      'a day since when a community is governed that is not the one checked',
      `alter table community_standing disable trigger all;
       update community_standing set owners_body_on = owners_body_on - 1 where owners_body_on is not null`,
      /not what was checked under/,
    ],
  ])('finds %s', async (_, planted, found) => {
    expect((await looked(planted)).join('\n')).toMatch(found)
  })
})
