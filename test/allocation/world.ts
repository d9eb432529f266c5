/**
 * City and district books, indicators in force and projects for tests of allocation, and the way of an allocation
 * through the door.
 */
import { expect } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { day } from '../../src/base/calendar.ts'
import { type Indicator } from '../../src/budget/indicator/indicator.ts'
import { draftFor, received } from '../../src/budget/indicator/entries.ts'
import { putIndicator } from '../../src/budget/indicator/store.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { createBook } from '../../src/ledger/actions.ts'
import { readTrialBalance } from '../../src/ledger/trial-balance.ts'
import { formatFen, parseAmount } from '../../src/base/money.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { projectChecks } from '../../src/projects/checks.ts'
import { soundChecks } from '../support/sound.ts'
import type { Answer, Door, Given } from '../support/door.ts'

export const office: Actor = { person: 'office', role: 'integration' }
export const [dongcheng, xicheng, chaoyang] = ['110101', '110102', '110105'] as const
export const on = '2026-03-10'
export const bookOf = (district: string): string => (district === '110000' ? 'CITY' : `D${district}`)

export type GivenIndicator = Partial<Indicator> & { readonly indicator: string; readonly amount: string }

export const indicatorOf = ({ amount: _, ...more }: GivenIndicator): Indicator => ({
  book: 'CITY',
  district: '110000',
  documentNumber: `京财建指〔2026〕${more.indicator}号`,
  level: 'municipal',
  source: 'F21',
  year: 2026,
  programme: 'LJ2026',
  purpose: '老旧小区综合整治补助',
  payment: 'authorised',
  kind: 'final',
  state: 'in_force',
  version: 1,
  ...more,
})

export async function openBooks(ledger: Ledger, districts: readonly string[]): Promise<void> {
  for (const district of ['110000', ...districts]) {
    const code = bookOf(district)
    await createBook(ledger, office, { code, name: `账套 ${code}`, district, standard: 'government' })
  }
}

/** An indicator in force that holds so much. */
export async function fund(ledger: Ledger, given: GivenIndicator): Promise<Indicator> {
  const indicator = indicatorOf(given)
  const amountFen = parseAmount(given.amount)
  if (amountFen === undefined) throw new Error(given.amount)
  await actOnce(ledger, async ({ tx, post }) => {
    await putIndicator(tx, indicator)
    const draft = draftFor(indicator, {
      on: day(`${indicator.year}-01-05`),
      summary: '批复指标',
      lines: received(indicator, amountFen),
    })
    await post({
      key: `fund:${indicator.indicator}`,
      maker: 'office',
      approvals: [],
      entries: [{ book: indicator.book, draft }],
    })
  })
  return indicator
}

export type GivenProject = {
  readonly project: string
  readonly district: string
  readonly state?: string
  readonly year?: number
  readonly batch?: number
  /** In m², of one community; its buildings and households. */
  readonly area?: bigint
  readonly buildings?: number
  readonly households?: number
  /** What its items cost in yuan: plenty, where a test is not about costs. */
  readonly items?: Readonly<Record<string, string>>
}

const plenty = { B01: '900000000.00', B05: '100000.00', I01: '900000000.00' }

export const addProjects = (ledger: Ledger, projects: readonly GivenProject[]): Promise<void> =>
  actOnce(ledger, async ({ tx }) => {
    for (const given of projects) {
      const { project, district, state = 'under_way', year = 2026, batch = 1 } = given
      const { area = 1_000n, buildings = 1, households = 10, items = plenty } = given
      const planned = state === 'reserve' ? [null, null] : [year, batch]
      await tx.query(
        `insert into project (project, district, name, kind, implementer, year, batch, state, state_on, plan_approved, version)
         values ($1, $2, $1, 'comprehensive', '街道办事处', $3, $4, $5, '2026-01-10', true, 1)`,
        [project, district, ...planned, state],
      )
      for (const [item, cost] of Object.entries(items)) {
        await tx.query('insert into project_item (project, item, cost_fen) values ($1, $2, $3::numeric * 100)', [
          project,
          item,
          cost,
        ])
      }
      const community = `${project}-C`
      await tx.query('insert into community (community, district, name, version) values ($1, $2, $1, 1)', [
        community,
        district,
      ])
      await tx.query(
        `insert into building (community, building, name, households, private_dm2)
         select $1, g::text, g || '号楼', case g when 1 then $3::int - $2::int + 1 else 1 end,
                case g when 1 then $4::bigint - $2::int + 1 else 1 end
         from generate_series(1, $2::int) g`,
        [community, buildings, households, (area * 100n).toString()],
      )
      await tx.query(
        `insert into dwelling (community, building, dwelling, area_dm2, ownership)
         select community, building, g::text, case g when 1 then private_dm2 - households + 1 else 1 end, 'private'
         from building, generate_series(1, households) g where community = $1`,
        [community],
      )
      await tx.query(
        `insert into project_building (project, community, building, kind, open)
         select $1, $2, g::text, 'comprehensive', true from generate_series(1, $3::int) g`,
        [project, community, buildings],
      )
    }
  })

export const moveProject = (ledger: Ledger, project: string, state: string): Promise<void> =>
  actOnce(ledger, async ({ tx }) => {
    await tx.query('update project set state = $2, version = version + 1 where project = $1', [project, state])
  })

// --- Through the door -----------------------------------------------------------------------------------------------

/** The persons of an approval: a maker, a checker, two approvers. */
export type Staff = { readonly maker: string; readonly checker: string; readonly approvers: readonly string[] }

export const staffOf = async (door: Door, district?: string): Promise<Staff> => {
  const of = (role: Parameters<Door['token']>[0], person: string) =>
    door.token(role, { person: `${person}${district ?? ''}`, ...(district !== undefined && { district }) })
  return {
    maker: await of('finance_maker', 'maker'),
    checker: await of('finance_checker', 'checker'),
    approvers: [await of('finance_approver', 'approver'), await of('finance_approver', 'second')],
  }
}

export const ask = async (door: Door, path: string, given: Given, status: number): Promise<Answer> => {
  const answer = await door.ask(path, given)
  expect([answer.status, answer.json?.code], answer.text).toEqual([
    status,
    status < 400 ? undefined : answer.json?.code,
  ])
  return answer
}

/** The code a request is refused with. */
export const codeOf = async (door: Door, path: string, given: Given): Promise<string> => {
  const { status, json } = await door.ask(path, given)
  return `${status} ${json?.code ?? 'done'}`
}

export const draft = (door: Door, staff: Staff, body: object, key?: string): Promise<Answer> =>
  ask(door, '/v1/allocations', { body, token: staff.maker, ...(key !== undefined && { key }) }, 201)

export type SubmittedOnce = { readonly approval: string; readonly hash: string; readonly etag: string }

export async function submit(door: Door, staff: Staff, allocation: string): Promise<SubmittedOnce> {
  const path = `/v1/allocations/${allocation}`
  const etag = (await ask(door, path, { token: staff.maker }, 200)).headers.get('etag') ?? ''
  const given = { body: {}, token: staff.maker, headers: { 'if-match': etag } }
  const { json, headers } = await ask(door, `${path}/submission`, given, 201)
  return { approval: json.approval, hash: json.hash, etag: headers.get('etag') ?? '' }
}

export const decide = (
  door: Door,
  token: string,
  of: SubmittedOnce,
  verdict: string,
  more: object = {},
): Promise<Answer> =>
  door.ask(`/v1/approvals/${of.approval}/decision`, { body: { verdict, hash: of.hash, ...more }, token })

/** Checks and approves, as many as it takes; gives the last answer. */
export async function approve(door: Door, staff: Staff, of: SubmittedOnce): Promise<Answer> {
  let answer = await decide(door, staff.checker, of, 'check')
  for (const token of staff.approvers) {
    if (answer.json?.state !== 'approving') break
    answer = await decide(door, token, of, 'approve')
  }
  return answer
}

/** From draft to posted. */
export async function allocated(door: Door, staff: Staff, body: { allocation: string }): Promise<void> {
  await draft(door, staff, body)
  const answer = await approve(door, staff, await submit(door, staff, body.allocation))
  expect(answer.json, answer.text).toMatchObject({ state: 'approved' })
}

/** Every account of a book that does not stand at zero: code, side and balance. */
export async function trialOf(ledger: Ledger, code: string): Promise<Record<string, string>> {
  const book = await ledger.shelf.find(code)
  if (!book) throw new Error(`no book ${code}`)
  const { rows } = await readTrialBalance(ledger.database, book, {})
  return Object.fromEntries(
    rows
      .filter(({ balanceFen }) => balanceFen !== 0n)
      .map(({ account, side, balanceFen }) => [account, `${side === 'debit' ? 'Dr' : 'Cr'} ${formatFen(balanceFen)}`]),
  )
}

const ofRegister = new Set(projectChecks.map(({ check }) => check))

/** Faults that any check finds. Projects planted here have no history, which the checks of the register would miss. */
export async function faultsOf(ledger: Ledger, { register = false } = {}): Promise<string[]> {
  const faults: string[] = []
  for await (const result of soundChecks(ledger.database)) {
    if (register || !ofRegister.has(result.check)) faults.push(...result.faults)
  }
  return faults
}

/** A funding plan in force, straight into its rows: who pays how much of which item. */
export const planInForce = (
  ledger: Ledger,
  project: string,
  shares: readonly (readonly [item: string, source: string, amount: string])[],
): Promise<void> =>
  actOnce(ledger, async ({ tx }) => {
    const lines = [...new Set(shares.map(([item]) => item))]
    const sum = (of: typeof shares): string => of.reduce((total, [, , amount]) => total + fenOf(amount), 0n).toString()
    await tx.query('insert into funding_plan (project, version) values ($1, 1)', [project])
    await tx.query(
      `insert into funding_plan_version (project, version, kind, hash, total_fen, planned_fen, maker, made_at)
       values ($1, 1, 'plan', sha256('plan'), $2, $2, 'zhang', now())`,
      [project, sum(shares)],
    )
    for (const [index, line] of lines.entries()) {
      await tx.query(
        `insert into funding_plan_line (project, version, place, line, item, purpose, amount_fen)
         values ($1, 1, $2, $3, $3, 'capital', $4)`,
        [project, index + 1, line, sum(shares.filter(([item]) => item === line))],
      )
    }
    for (const [index, [line, source, amount]] of shares.entries()) {
      await tx.query(
        `insert into funding_plan_share (project, version, place, line, source, amount_fen) values ($1, 1, $2, $3, $4, $5)`,
        [project, index + 1, line, source, fenOf(amount).toString()],
      )
    }
    await tx.query('update funding_plan set approved = 1 where project = $1', [project])
  })

const fenOf = (amount: string): bigint => {
  const amountFen = parseAmount(amount)
  if (amountFen === undefined) throw new Error(amount)
  return amountFen
}
