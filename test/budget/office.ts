/**
 * What every test about indicators begins with: books, projects with costs, and the persons who make, check and
 * approve, at the door.
 */
import type pg from 'pg'
import { expect } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { createBook, postEntry } from '../../src/ledger/actions.ts'
import type { LineDraft } from '../../src/ledger/entry.ts'
import { soundChecks } from '../support/sound.ts'
import { asSuperuser } from '../support/database.ts'
import type { Answer, Door } from '../support/door.ts'
import { draft, line, newKey, posted } from '../support/ledger.ts'

export const officer: Actor = { person: 'officer', role: 'integration' }
/** The district of the tests' projects, and another. */
export const home = '110102'
export const away = '110105'

export type Office = {
  readonly door: Door
  ask(
    path: string,
    body?: unknown,
    more?: { district?: string; key?: string; role?: 'finance_maker' | 'auditor' },
  ): Promise<Answer>
  /** Checks and approves what was submitted, by as many as it takes; gives the last answer. */
  approve(submitted: Answer): Promise<Answer>
  /** The same, which must succeed. */
  approved(submitted: Answer): Promise<void>
  decide(submitted: Answer, verdict: 'check' | 'approve' | 'reject' | 'withdraw', person?: string): Promise<Answer>
  availability(indicator: string): Promise<Record<string, string>>
  balance(book: string, account: string, on?: string): Promise<string>
  soundBooks(): Promise<void>
}

export function openOffice(door: Door): Office {
  const ask: Office['ask'] = async (path, body, { district, key, role = 'finance_maker' } = {}) =>
    door.ask(path, {
      token: await door.token(role, {
        person: district === undefined ? role : `${role}-${district}`,
        ...(district && { district }),
      }),
      ...(body !== undefined && { body }),
      ...(key !== undefined && { key }),
    })
  const decide: Office['decide'] = async (submitted, verdict, person = verdict) => {
    const role = verdict === 'check' ? 'finance_checker' : verdict === 'withdraw' ? 'finance_maker' : 'finance_approver'
    const { approval, hash } = submitted.json
    const reason = verdict === 'reject' ? { reason: '依据不足' } : {}
    return door.ask(`/v1/approvals/${approval}/decision`, {
      token: await door.token(role, { person: verdict === 'withdraw' ? 'finance_maker' : person }),
      body: { verdict, hash, ...reason },
    })
  }
  const approve: Office['approve'] = async (submitted) => {
    expect(submitted.status, submitted.text).toBe(202)
    let answer = await decide(submitted, 'check')
    for (const person of ['wang', 'liu']) {
      if (answer.status !== 200 || answer.json.state === 'approved') break
      answer = await decide(submitted, 'approve', person)
    }
    return answer
  }
  return {
    door,
    ask,
    decide,
    approve,
    approved: async (submitted) => {
      const answer = await approve(submitted)
      expect(answer.status, answer.text).toBe(200)
      expect(answer.json.state).toBe('approved')
    },
    availability: async (indicator) => {
      const { status, json, text } = await ask(`/v1/indicators/${encodeURIComponent(indicator)}/availability`)
      expect(status, text).toBe(200)
      return json
    },
    balance: async (book, account, on) => {
      const { json } = await ask(`/v1/books/${book}/balances?account=${account}${on ? `&asOf=${on}` : ''}`)
      return `${json.side === 'debit' ? 'Dr' : 'Cr'} ${json.balance}`
    },
    soundBooks: async () => {
      for await (const { check, faults } of soundChecks(door.ledger.database)) expect(faults, check).toEqual([])
    },
  }
}

export const openBook = (door: Door, code: string, district = home, standard: 'government' | 'memo' = 'government') =>
  createBook(door.ledger, officer, { code, name: `账套 ${code}`, district, standard })

export type GivenProject = {
  readonly district?: string
  readonly state?: string
  readonly book?: string
  readonly items?: Readonly<Record<string, string>>
}

/**
 * A project with the costs of its items in yuan, straight into the register: how it came there is not what these tests
 * are about.
 */
export async function newProject(door: Door, project: string, given: GivenProject = {}): Promise<void> {
  const { district = home, state = 'under_way', book = null, items = { B13: '10000000.00' } } = given
  await asSuperuser(door.test, async (client) => {
    await client.query(
      `insert into project (project, district, name, kind, implementer, book, year, batch, state, state_on, plan_approved, version)
       values ($1, $2, $1, 'comprehensive', '街道办事处', $3, $4, $5, $6, '2022-01-10', true, 1)`,
      [project, district, book, state === 'reserve' ? null : 2022, state === 'reserve' ? null : 1, state],
    )
    await recorded(client, 'project', project)
    if (state !== 'reserve') await inBatch(client, project, district)
    for (const [item, cost] of Object.entries(items)) {
      await client.query('insert into project_item (project, item, cost_fen) values ($1, $2, $3::numeric * 100)', [
        project,
        item,
        cost,
      ])
    }
  })
}

// Every version of a thing has its record.
const recorded = (client: pg.Client, noun: string, id: string) =>
  client.query(
    `insert into change (noun, id, version, verb, person, at, body) values ($1, $2, 1, 'registered', 'zhou', now(), '{}')
     on conflict do nothing`,
    [noun, id],
  )

// The batch that took it into a plan, which its row names.
async function inBatch(client: pg.Client, project: string, district: string): Promise<void> {
  const batch = [district, 2022]
  await client.query(
    'insert into annual_plan (district, year, capacity_fen, version) values ($1, $2, 0, 1) on conflict do nothing',
    batch,
  )
  await recorded(client, 'plan', batch.join('-'))
  await client.query(
    `insert into plan_batch (district, year, batch, mode, fixed_by, fixed_at) values ($1, $2, 1, 'strict', 'zhou', now())
     on conflict do nothing`,
    batch,
  )
  await client.query(
    'insert into plan_batch_project (district, year, batch, project, need_fen) values ($1, $2, 1, $3, 0)',
    [...batch, project],
  )
}

export const indicatorBody = (indicator: string, amount: string, more: object = {}) => ({
  indicator,
  book: 'CITY',
  documentNumber: `京财建指〔2022〕${indicator}号`,
  level: 'municipal',
  source: 'F21',
  year: 2022,
  programme: 'LJ2022',
  purpose: '老旧小区综合整治补助',
  payment: 'authorised',
  amount,
  on: '2022-01-15',
  ...more,
})

/** An indicator in force. */
export async function inForce(office: Office, indicator: string, amount: string, more: object = {}): Promise<void> {
  await office.approved(await office.ask('/v1/indicators', indicatorBody(indicator, amount, more)))
}

/** Money of an indicator under a project. */
export async function assignTo(
  office: Office,
  indicator: string,
  project: string,
  amount: string,
  on = '2022-01-20',
): Promise<void> {
  const body = { on, shares: [{ project, amount }] }
  await office.approved(await office.ask(`/v1/indicators/${indicator}/assignments`, body))
}

/** A month's cash plan, approved. */
export async function planned(
  office: Office,
  month: string,
  amount: string,
  more: { book?: string; programme?: string; source?: string } = {},
) {
  const { book = 'CITY', programme = 'LJ2022', source = 'F21' } = more
  const body = { programme, source, month, amount, documentNumber: `用款计划${month}` }
  await office.approved(await office.ask(`/v1/books/${book}/cash-plans`, body))
}

/** Quota spent on works: J04 as the district books it. */
export async function spent(office: Office, book: string, project: string, amount: string, on: string): Promise<void> {
  const of = { project, source: 'F21' } satisfies Partial<LineDraft>
  const lines = [
    line('161301', 'debit', amount, of),
    line('1011', 'credit', amount, of),
    line('7201', 'debit', amount, of),
    line('800101', 'credit', amount, of),
  ]
  posted(await postEntry(office.door.ledger, officer, book, draft(on, lines), newKey()))
}
