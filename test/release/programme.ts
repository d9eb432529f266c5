/**
 * A small programme for tests of scoring and release: city and district books, indicators, an approved allocation,
 * projects, plans.
 */
import type { Actor } from '../../src/access/actor.ts'
import type { Allocation, AllocationVersion, Share } from '../../src/allocation/allocation.ts'
import { childOf, entriesOf, hashOfVersion } from '../../src/allocation/allocation.ts'
import { planDrafts } from '../../src/financing/entries.ts'
import { insertAllocation, insertVersion, lockAllocation, moveAllocation } from '../../src/allocation/store.ts'
import { type Clock, day, type Day, numberOfDay } from '../../src/base/calendar.ts'
import type { Tx } from '../../src/base/db.ts'
import { type Fen, parseAmount, sumFen } from '../../src/base/money.ts'
import { type Indicator } from '../../src/budget/indicator/indicator.ts'
import { cashPlanned, draftFor, received } from '../../src/budget/indicator/entries.ts'
import { lockIndicators, putIndicator } from '../../src/budget/indicator/store.ts'
import { type Act, actOnce, type ActPosting } from '../../src/ledger/act.ts'
import { createBook } from '../../src/ledger/actions.ts'
import type { Entity } from '../../src/ledger/book.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { dwellingsOf, inBatch, recorded } from '../support/register.ts'

export const office: Actor = { person: 'office', role: 'integration' }

export const fen = (amount: string): Fen => {
  const amountFen = parseAmount(amount)
  if (amountFen === undefined) throw new Error(`amount ${amount}`)
  return amountFen
}

/** A clock that tests set to the morning of a day; a microsecond later at every look. */
export function testClock(start: string): { clock: Clock; set(on: string): void } {
  let at = 0n
  const set = (on: string): void => {
    at = BigInt(numberOfDay(day(on))) * 86_400_000_000n + 2n * 3_600_000_000n
  }
  set(start)
  return { clock: () => (at += 1_000n), set }
}

export type GivenProject = {
  readonly project: string
  readonly district: string
  readonly year?: number
  /** In m². */
  readonly area: bigint
  /** Day and ratio. */
  readonly progress?: readonly (readonly [string, string])[]
  readonly communities?: number
  readonly governed?: number
  readonly promisedOn?: string | null
  readonly planBook?: string
}

export async function addProject(tx: Tx, given: GivenProject): Promise<void> {
  const { project, district, year = 2026, area, communities = 1, governed = communities } = given
  const { promisedOn = '2025-12-01', planBook = null } = given
  const query = (text: string, values?: readonly unknown[]) => tx.query(text, values)
  await tx.query(
    `insert into project (project, district, name, kind, implementer, plan_book, year, batch, state, state_on, plan_approved, version)
     values ($1, $2, $1, 'comprehensive', '街道办事处', $3, $4, 1, 'under_way', '2026-01-10', true, 1)`,
    [project, district, planBook, year],
  )
  // What it costs is plenty: these tests are not about that.
  await tx.query(`insert into project_item (project, item, cost_fen) values ($1, 'B13', 100000000000)`, [project])
  await recorded(query, 'project', project)
  await inBatch(query, { project, district, year })
  for (let n = 1; n <= communities; n++) {
    const community = `${project}-C${n}`
    await tx.query(
      `insert into community (community, district, name, owners_body, trust_service, fund_promised_on, version)
       values ($1, $2, $1, $3, false, $4, 1)`,
      [community, district, n <= governed, promisedOn],
    )
    const own = n === 1 ? area * 100n - 10n * BigInt(communities - 1) : 10n
    await recorded(query, 'community', community)
    await tx.query(
      `insert into building (community, building, name, households, private_dm2) values ($1, '1', '1号楼', 10, $2)`,
      [community, own.toString()],
    )
    await dwellingsOf(query, community)
    await tx.query(
      `insert into project_building (project, community, building, kind, open) values ($1, $2, '1', 'comprehensive', true)`,
      [project, community],
    )
  }
  for (const [on, ratio] of given.progress ?? []) await report(tx, project, on, ratio)
}

let reports = 0
export const report = (tx: Tx, project: string, on: string, ratio: string): Promise<unknown> =>
  tx.query(
    `insert into project_progress (project, on_day, sequence, ratio, evidence, reported_by, reported_at)
     values ($1, $2, $3, $4, '监理月报', 'zhou', now())`,
    [project, on, ++reports, ratio],
  )

export type GivenAllocation = {
  readonly allocation?: string
  readonly indicator?: string
  readonly on?: string
  /** By district, or by project with its district. */
  readonly shares: readonly { readonly district: string; readonly project?: string; readonly amount: string }[]
  readonly cashPlan: string
  readonly more?: string
  /** An early notice, to be settled by a final budget. */
  readonly notice?: boolean
  /** Other allocations of the same indicator. */
  readonly beside?: readonly Pick<GivenAllocation, 'allocation' | 'shares'>[]
}

const programme = 'LJ2026'

export const upperOf = (indicator: string): Indicator => ({
  indicator,
  book: 'CITY',
  district: '110000',
  documentNumber: `京财建指〔2026〕${indicator}号`,
  level: 'municipal',
  source: 'F21',
  year: 2026,
  programme,
  purpose: '老旧小区综合整治补助',
  payment: 'authorised',
  kind: 'final',
  state: 'in_force',
  version: 1,
})

/** `entity`: whose book the city's is; absent, as a book is opened. */
export async function openBooks(ledger: Ledger, districts: readonly string[], entity?: Entity): Promise<void> {
  const city = { code: 'CITY', name: '市财政', district: '110000', standard: 'government' } as const
  await createBook(ledger, office, { ...city, ...(entity && { entity }) })
  await createBook(ledger, office, { code: 'PLANS', name: '资金方案', district: '110000', standard: 'memo' })
  for (const district of districts) {
    await createBook(ledger, office, {
      code: `D${district}`,
      name: `${district} 区级`,
      district,
      standard: 'government',
    })
  }
}

/** An indicator of the city, its cash plan, and an allocation of it, approved and posted. */
export async function allocate(ledger: Ledger, given: GivenAllocation): Promise<Indicator> {
  const [upper] = await actOnce(ledger, (act) => allocateAll(act, [given]))
  if (!upper) throw new Error('one is given')
  return upper
}

type Entries = ActPosting['entries']

/** The same of many indicators in one act: their entries are posted together. */
export async function allocateAll(act: Act, all: readonly GivenAllocation[]): Promise<Indicator[]> {
  const uppers: Indicator[] = []
  const [funds, allotted]: [Entries[number][], Entries[number][]] = [[], []]
  for (const given of all) {
    const { allocation = 'FP-2026', indicator = 'SZ-2026', on: text = '2026-01-15' } = given
    const on = day(text)
    const upper: Indicator = {
      ...upperOf(indicator),
      ...(given.notice && { kind: 'early_notice', expectedFen: 100_000_000n }),
    }
    const parts = [{ allocation, shares: given.shares }, ...(given.beside ?? [])]
    const totalOf = (shares: GivenAllocation['shares']): Fen => sumFen(shares.map(({ amount }) => fen(amount)))
    await putIndicator(act.tx, upper)
    await recorded((text, values) => act.tx.query(text, values), 'indicator', indicator)
    const lines = [
      ...received(upper, sumFen(parts.map(({ shares }) => totalOf(shares))) + fen(given.more ?? '0.00')),
      ...cashPlanned(programme, upper.source, fen(given.cashPlan)),
    ]
    funds.push({ book: upper.book, draft: draftFor(upper, { on, summary: '下达指标与用款计划', lines }) })
    for (const { allocation: code = allocation, shares } of parts) {
      allotted.push(
        ...(await approvedAllocation(act, { allocation: code, on, upper, totalFen: totalOf(shares), shares })),
      )
    }
    uppers.push(upper)
  }
  const names = all.map(({ indicator = 'SZ-2026' }) => indicator).join(' ')
  await post(act, `funds:${names}`, funds)
  await post(act, `allocation:${names}`, allotted)
  return uppers
}

/** A supplement of an allocation, approved and posted; the books may refuse it. */
export const supplement = (
  ledger: Ledger,
  of: { readonly allocation: string; readonly supplements: string; readonly upper: Indicator; readonly on: string },
  shares: GivenAllocation['shares'],
): Promise<void> =>
  actOnce(ledger, async (act) => {
    const totalFen = sumFen(shares.map((one) => signed(one.amount)))
    const entries = await approvedAllocation(act, { ...of, on: day(of.on), totalFen, shares })
    await post(act, `allocation:${of.allocation}`, entries)
  })

const signed = (amount: string): Fen => (amount.startsWith('-') ? -fen(amount.slice(1)) : fen(amount))

type Posting = {
  readonly supplements?: string
  readonly allocation: string
  readonly on: Day
  readonly upper: Indicator
  readonly totalFen: Fen
  readonly shares: GivenAllocation['shares']
}

/** Writes an allocation as it stands once approved; gives what its approval posts. */
async function approvedAllocation(
  act: Act,
  { allocation, supplements, on, upper, totalFen, shares }: Posting,
): Promise<Entries> {
  const { tx } = act
  const toProjects = shares.some(({ project }) => project !== undefined)
  const books = Object.fromEntries(shares.map(({ district }) => [district, `D${district}`]))
  const head: Allocation = {
    allocation,
    programme,
    indicator: upper.indicator,
    year: upper.year,
    district: null,
    book: upper.book,
    recipients: toProjects ? 'projects' : 'districts',
    supplements: supplements ?? null,
    state: 'draft',
    version: 1,
    changes: 1,
  }
  const version: AllocationVersion = {
    allocation,
    version: 1,
    on,
    variant: 'stated',
    formula: { kind: 'stated', unit: '0.01' },
    uses: [],
    totalFen,
    given: {},
    basis: {},
    books,
    shares: shares.map(
      ({ district, project, amount }): Share => ({
        recipient: project ?? district,
        district,
        amountFen: signed(amount),
        rows: [],
        steps: {},
        items: [],
      }),
    ),
    document: '京财建〔2026〕1号',
    note: null,
    maker: 'zhang',
  }
  await insertAllocation(tx, head)
  await insertVersion(tx, version, { hash: hashOfVersion(head, version), at: act.at })
  const locked = await lockAllocation(tx, allocation)
  if (!locked) throw new Error('just inserted')
  await moveAllocation(tx, locked, { state: 'approved' })
  const children = new Map(Object.entries(books).map(([district, book]) => [district, childOf(upper, district, book)]))
  const standing = await lockIndicators(
    tx,
    [...children.values()].map(({ indicator }) => indicator),
  )
  for (const child of children.values()) {
    if (standing.has(child.indicator)) continue
    await putIndicator(tx, child)
    await recorded((text, values) => tx.query(text, values), 'indicator', child.indicator)
  }
  return entriesOf(head, version, upper, children)
}

export const post = (act: Act, key: string, entries: Entries): Promise<unknown> =>
  act.post({ key, maker: 'zhang', approvals: [], entries })

/** A funding plan in the memo book: planned investment by source. */
export const planned = (
  act: Act,
  project: string,
  money: readonly (readonly [source: string, amount: string])[],
): Promise<unknown> =>
  post(
    act,
    `plan:${project}`,
    planDrafts(
      project,
      money.map(([source, amount]) => ({ source, item: undefined, amountFen: fen(amount) })),
      { on: day('2026-02-01'), summary: `资金方案 ${project}` },
    ).map((draft) => ({ book: 'PLANS', draft })),
  )

/** Quota spent on works in a district's book (J04); red: taken back. */
export function spent(
  act: Act,
  district: string,
  project: string,
  amount: string,
  on: string,
  type = 'general',
  key = `spent:${district}:${project}:${amount}:${on}:${type}`,
): Promise<unknown> {
  const line = (account: string, side: 'debit' | 'credit') => ({
    account,
    side,
    amountFen: fen(amount),
    project,
    source: 'F21',
  })
  const lines = [line('161301', 'debit'), line('1011', 'credit'), line('7201', 'debit'), line('800101', 'credit')]
  const draft = { on: day(on), summary: '支付工程款', type, documents: [], lines }
  return post(act, key, [{ book: `D${district}`, draft }])
}
