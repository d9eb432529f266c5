/**
 * A project with its books, dwellings and costs, and the persons who plan, check and approve: what every story about
 * plans begins with.
 */
import { expect } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { day } from '../../src/base/calendar.ts'
import { parseAmount } from '../../src/base/money.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { holdDuty } from '../../src/access/persons.ts'
import type { Entity } from '../../src/ledger/book.ts'
import { createBook } from '../../src/ledger/actions.ts'
import { changeBuildings, registerCommunity } from '../../src/projects/community/verbs.ts'
import { registerProject } from '../../src/projects/project/verbs.ts'
import type { Ownership } from '../../src/projects/community/community.ts'
import { parseArea } from '../../src/projects/community/community.ts'
import { soundChecks } from '../support/sound.ts'
import type { ProjectKind } from '../../src/projects/terms.ts'
import type { Answer, Door } from '../support/door.ts'
import { inBatch } from '../support/register.ts'

export const officer: Actor = { person: 'officer', role: 'integration' }
const district = '110102'
let keys = 0
const newKey = (): string => `trial-${++keys}`
export const fen = (text: string): bigint => parseAmount(text) ?? 0n

/** The ledger of a door, with the people of these tests. */
export type Stage = {
  readonly door: Door
  readonly maker: string
  ask(path: string, body?: unknown, more?: { method?: string; token?: string; key?: string }): Promise<Answer>
  /** Checks and approves by as many as it takes; gives the last answer. */
  approve(submitted: Answer, verdict?: 'approve' | 'reject'): Promise<Answer>
}

export async function stageOn(door: Door): Promise<Stage> {
  const maker = await door.token('finance_maker', { person: 'plan-maker' })
  const machine = await door.token('integration', { person: 'plan-machine' })
  const checker = await door.token('finance_checker', { person: 'plan-checker' })
  const approvers = [
    await door.token('finance_approver', { person: 'plan-approver' }),
    await door.token('finance_approver', { person: 'plan-second' }),
  ]
  // Entries are brought by a machine client: a person's voucher waits for others.
  const usual = (path: string, body: unknown) =>
    body !== undefined && /\/(?:entries|reversal)$/.test(path) ? machine : maker
  const ask: Stage['ask'] = (path, body, { method, token = usual(path, body), key } = {}) =>
    door.ask(path, {
      token,
      ...(body !== undefined && { body }),
      ...(method !== undefined && { method }),
      ...(key !== undefined && { key }),
    })
  return {
    door,
    maker,
    ask,
    approve: async (submitted, verdict = 'approve') => {
      expect(submitted.status, submitted.text).toBe(202)
      const { approval, hash } = submitted.json
      let last = await ask(`/v1/approvals/${approval}/decision`, { verdict: 'check', hash }, { token: checker })
      for (const token of approvers) {
        if (last.status !== 200 || !['checking', 'approving'].includes(last.json.state)) break
        const reason = verdict === 'reject' ? { reason: '依据不足' } : {}
        last = await ask(`/v1/approvals/${approval}/decision`, { verdict, hash, ...reason }, { token })
      }
      return last
    },
  }
}

export type Dwellings = readonly (readonly [dwelling: string, area: string, ownership: Ownership])[]

export type ProjectGiven = {
  readonly items?: Readonly<Record<string, string>>
  readonly dwellings?: Dwellings
  readonly kind?: ProjectKind
  readonly households?: readonly [before: number, after: number]
  readonly books?: boolean
  /** Whose the government book is. */
  readonly entity?: Entity
}

let projects = 0

/**
 * A planned project with its own community and books: `P1` in `P1-GOV` and `P1-PLAN`, building `1` of community `P1-C`.
 */
export async function newProject(door: Door, given: ProjectGiven = {}): Promise<string> {
  const { ledger } = door
  const project = `P${++projects}`
  const { items = {}, dwellings = [], kind = 'comprehensive', households, books = true, entity } = given
  if (books) {
    const named = { name: `账套 ${project}`, district }
    await createBook(ledger, officer, {
      ...named,
      code: `${project}-GOV`,
      standard: 'government',
      ...(entity && { entity }),
    })
    await createBook(ledger, officer, { ...named, code: `${project}-PLAN`, standard: 'memo' })
  }
  const community = `${project}-C`
  const details = { name: community, ownersBody: true, trustService: false, fundPromisedOn: day('2026-01-01') }
  // What a machine client brings counts at once, and the checks ask whether it is one.
  const known = { ...officer, district: null }
  await actOnce(ledger, ({ tx, at }) => holdDuty(tx, known, { by: officer.person, at }))
  await registerCommunity(ledger, officer, { community, district, ...details }, newKey())
  const change = {
    community,
    version: 1,
    buildings: [{ building: '1', name: '1号楼' }],
    dwellings: dwellings.map(([dwelling, area, ownership]) => {
      return { building: '1', dwelling, area: parseArea(area) ?? 0n, ownership }
    }),
    remove: [],
  }
  await changeBuildings(ledger, officer, change, newKey())
  const registered = await registerProject(
    ledger,
    officer,
    {
      project,
      district,
      kind,
      name: project,
      implementer: '街道办事处',
      ...(books && { book: `${project}-GOV`, planBook: `${project}-PLAN` }),
      ...(households && { householdsBefore: households[0], householdsAfter: households[1] }),
      buildings: [{ community, building: '1' }],
      items: Object.entries(items).map(([item, cost]) => ({ item, cost: fen(cost) })),
    },
    newKey(),
  )
  if ('refusal' in registered) throw new Error(registered.refusal.code)
  // As a batch of a yearly plan would: that is another room's story.
  await door.test.database.sql`update project set state = 'planned', year = 2026, batch = 1 where project = ${project}`
  await inBatch((text, values) => door.test.database.pool.query(text, [...(values ?? [])]), {
    project,
    district,
    year: 2026,
  })
  return project
}

export const dwellingOf = (project: string, dwelling: string) => ({
  community: `${project}-C`,
  building: '1',
  dwelling,
})

/** What a book says of an account: its balance and the side it lies on. */
export async function balanceOf(
  door: Door,
  book: string,
  account: string,
  more: { source?: string; project?: string } = {},
): Promise<string> {
  const query = new URLSearchParams({ account, ...more })
  const answer = await door.ask(`/v1/books/${book}/balances?${query.toString()}`)
  expect(answer.status, answer.text).toBe(200)
  return `${answer.json.side === 'debit' ? 'Dr' : 'Cr'} ${answer.json.balance}`
}

/** The checks that fail. */
export async function failing(door: Door): Promise<string[]> {
  const failed: string[] = []
  for await (const { check, ok } of soundChecks(door.test.database)) if (!ok) failed.push(check)
  return failed
}

/** Every check of every book and room holds. */
export const expectClean = async (door: Door): Promise<void> => expect(await failing(door)).toEqual([])

/** Drafts, submits and approves a plan. */
export async function approvedPlan(stage: Stage, project: string, plan: object): Promise<Answer> {
  const drafted = await stage.ask(`/v1/projects/${project}/funding-plans`, plan)
  expect(drafted.status, drafted.text).toBe(201)
  const submitted = await stage.ask(`${drafted.headers.get('location')}/submission`, {})
  const approved = await stage.approve(submitted)
  expect([approved.status, approved.json.state], approved.text).toEqual([200, 'approved'])
  return drafted
}
