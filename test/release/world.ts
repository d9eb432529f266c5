/**
 * A random world: an early notice allotted to projects of two districts, what may be done with it, and the small model
 * that its books are held against. Worlds of one ledger share its books, projects and years; each has an indicator and
 * an allocation of its own.
 */
import { expect } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { day } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { type Fen, formatFen, maxFen, minFen, sumFen } from '../../src/base/money.ts'
import { settleEarlyNotice } from '../../src/budget/indicator/final-budget.ts'
import type { Indicator } from '../../src/budget/indicator/indicator.ts'
import { renewIndicator } from '../../src/budget/indicator/renew.ts'
import { actOnce } from '../../src/ledger/act.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { settleClaim } from '../../src/release/claim/verbs.ts'
import { requestClawback } from '../../src/release/clawback/verbs.ts'
import { readAllotment } from '../../src/release/release/allotment.ts'
import { clawbackNames, mostFen, nextTranche, releaseNames } from '../../src/release/release/release.ts'
import { draftRelease } from '../../src/release/release/verbs.ts'
import { answered, approve } from '../../src/sample/programme/people.ts'
import { outcomeOf } from '../support/ledger.ts'
import type { Random } from '../sim/random.ts'
import { type GivenAllocation, spent, supplement } from './programme.ts'

const maker: Actor = { person: '示例·经办', role: 'finance_maker' }
export const worldDistricts = ['110101', '110102'] as const
export const worldProjects = worldDistricts.flatMap((district) =>
  ['X', 'Y', 'Z'].map((name) => ({ district, project: name + district })),
)

/** What all worlds of a ledger are told of. */
export type Told = {
  readonly ledger: Ledger
  /** The business day it is. */
  today: string
  /** New Years behind them. */
  years: number
  /** What was done, and what was refused, how often. */
  readonly done: Map<string, number>
}

export type World = Told & {
  readonly name: string
  readonly from: Random
  readonly upper: Indicator
  /** What each project was given, with supplements: its cost here. */
  readonly given: Map<string, Fen>
  readonly noticeFen: Fen
  finalFen: Fen | undefined
  /** Paid above the final budget when it came: it returns from quota. */
  returnFen: Fen
  /** What its books must say was paid, and of it is to be given back. */
  paidFen: Fen
  claimedFen: Fen
  /** Made lines and quota again after a New Year. */
  renewed: boolean
  keys: number
}

const count = ({ done }: Told, what: string): void => void done.set(what, (done.get(what) ?? 0) + 1)
const keyOf = (world: World): string => `${world.name}:${++world.keys}`

/** Draws what a world is given, and what its indicator holds beside it. */
export function drawn(name: string, from: Random): Omit<GivenAllocation, 'on'> & Pick<World, 'given' | 'noticeFen'> {
  const given = new Map(worldProjects.map(({ project }) => [project, BigInt(1 + from.below(100_000))]))
  const more = BigInt(from.below(3) * 10_000)
  return {
    allocation: name,
    indicator: name,
    notice: true,
    cashPlan: '100000',
    more: formatFen(more),
    shares: worldProjects.map((one) => ({ ...one, amount: formatFen(given.get(one.project) ?? 0n) })),
    given,
    noticeFen: sumFen(given.values()) + more,
  }
}

/** Gives the code where it is refused, `done` where it is not. */
async function tried(world: World, what: string, work: () => Promise<unknown>): Promise<string> {
  const found = await outcomeOf(work)
  count(world, `${what} ${found}`)
  return found
}

type Step = (world: World) => Promise<void>

const pay: Step = async (world) => {
  const { from, name, ledger, today } = world
  const district = from.pick(worldDistricts)
  const of = await transact(ledger.database, (tx) => readAllotment(tx, name, district))
  const next = of && nextTranche(of, lawOn(day(today)))
  if (!next) return count(world, 'pay nothing')
  const most = mostFen(of, next)
  const amountFen = from.chance(0.6) ? most : 1n + (most * BigInt(from.below(120))) / 100n
  const given = { allocation: name, district, tranche: next.tranche, amountFen }
  const answer = await draftRelease(ledger, maker, given, keyOf(world))
  if ('refusal' in answer) return count(world, `pay ${answer.refusal.code}`)
  // Whatever was drafted within its limits is approved, for nothing happens between; but lines that a New Year carried
  // over are made lines again first, and after two years they are nobody's.
  const isOpen = world.years === 0 || (world.years === 1 && world.renewed)
  const found = await tried(world, isOpen ? 'pay' : 'pay late', () => approve(ledger, answer.answer, keyOf(world)))
  if (isOpen) expect(found, `${name}: drafted within its limits`).toBe('done')
  if (world.years > 1) expect(found, `${name}: its years are over`).not.toBe('done')
  if (found === 'done') world.paidFen += amountFen
}

const cut: Step = async (world) => {
  if (world.finalFen !== undefined || world.years > 1) return
  const { ledger, name, paidFen } = world
  // Some budgets end below what was paid already.
  const ofFen = paidFen > 0n && world.from.chance(0.4) ? paidFen : world.noticeFen
  const finalFen = maxFen(1n, (ofFen * BigInt(50 + world.from.below(60))) / 100n)
  const given = { indicator: name, final: finalFen, documentNumber: '京财预〔2026〕9号', on: day(world.today) }
  const work = async () =>
    approve(ledger, answered(await settleEarlyNotice(ledger, maker, given, keyOf(world))), keyOf(world))
  if ((await tried(world, 'cut', work)) !== 'done') return expect(world.years, `${name}: cut`).toBeGreaterThan(0)
  world.finalFen = finalFen
  world.returnFen = maxFen(0n, paidFen - finalFen)
}

/** The final budget comes, and what is left of it is asked for at once: the way to its limit. */
const cutAndPay: Step = async (world) => {
  await cut(world)
  for (let asked = 0; asked < 5; asked++) await pay(world)
}

const move: Step = async (world) => {
  const [out, into] = [world.from.pick(worldProjects), world.from.pick(worldProjects)]
  if (out === into || world.years > 1) return
  const amountFen = ((world.given.get(out.project) ?? 0n) * BigInt(1 + world.from.below(60))) / 100n
  if (amountFen === 0n) return
  const { ledger, upper, today, name } = world
  const of = { allocation: keyOf(world).replace(':', '-'), supplements: name, upper, on: today }
  const amount = formatFen(amountFen)
  const shares = [
    { ...out, amount: `-${amount}` },
    { ...into, amount },
  ]
  if ((await tried(world, 'supplement', () => supplement(ledger, of, shares))) !== 'done') return
  world.given.set(out.project, (world.given.get(out.project) ?? 0n) - amountFen)
  world.given.set(into.project, (world.given.get(into.project) ?? 0n) + amountFen)
}

async function spend(world: World, { district, project }: (typeof worldProjects)[number]): Promise<void> {
  const { ledger, today } = world
  const [held] = await ledger.database.sql<{ fen: Fen }[]>`
    select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as fen from account a
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.project = ${project} and a.subject = '1011'`
  // Quota of all worlds together: payments take the oldest money first.
  const amountFen = (held?.fen ?? 0n) / BigInt(1 + world.from.below(2))
  if (amountFen <= 0n) return
  const amount = formatFen(amountFen)
  await tried(world, 'spend', () =>
    actOnce(ledger, (act) => spent(act, district, project, amount, today, 'general', keyOf(world))),
  )
}

const claw: Step = async (world) => {
  const { ledger } = world
  const { sql } = ledger.database
  const rows = await sql<{ id: bigint; fen: Fen }[]>`
    select release_id as id, amount_fen - clawed_fen as fen from release
    where allocation = ${world.name} and state = 'released' order by release_id`
  if (rows.length === 0) return
  const { id, fen } = world.from.pick(rows)
  const part = { ground: 'error' as const, amountFen: minFen(fen, 1n + fen / BigInt(1 + world.from.below(3))) }
  const ground = world.from.chance(world.returnFen > 0n ? 0.8 : 0.1) ? { ground: 'final_budget' as const } : part
  const given = { release: releaseNames.nameOf(id), document: '审计决定', reason: '复核', ...ground }
  const what = `claw ${ground.ground}${world.years > 0 ? ` after ${world.years}` : ''}`
  let clawback = ''
  const found = await tried(world, what, async () => {
    const asked = answered(await requestClawback(ledger, maker, given, keyOf(world)))
    clawback = asked.clawback.clawback
    await approve(ledger, asked, keyOf(world))
  })
  if (found !== 'done') return
  const [row] = await sql<{ taken: Fen; asked: Fen; claim: Fen }[]>`
    select c.taken_fen as taken, c.asked_fen as asked, coalesce(k.amount_fen, 0)::bigint as claim
    from clawback c left join clawback_claim k using (clawback_id) where c.clawback_id = ${clawbackNames.numberOf(clawback) ?? 0n}`
  if (!row) throw new Error(`${clawback} is there`)
  // What is not held as quota any more is to be given back, to the fen.
  expect(row.taken + row.claim, `${clawback}: taken and claimed`).toBe(row.asked)
  world.paidFen -= row.taken
  world.claimedFen += row.claim
}

const giveBack: Step = async (world) => {
  const { ledger } = world
  const [claim] = await ledger.database.sql<{ id: bigint; fen: Fen }[]>`
    select k.clawback_id as id, k.amount_fen - k.settled_fen as fen from clawback_claim k
    join clawback c using (clawback_id) join release r on r.release_id = c.release_id
    where r.allocation = ${world.name} and k.settled_fen < k.amount_fen order by 1 limit 1`
  if (!claim) return
  const way = world.from.pick(['quota', 'kept'] as const)
  const amount = maxFen(1n, claim.fen / BigInt(1 + world.from.below(2)))
  const given = { clawback: clawbackNames.nameOf(claim.id), way, amount, document: '缴款书' }
  const found = await tried(world, `settle ${way}`, async () =>
    approve(ledger, answered(await settleClaim(ledger, maker, given, keyOf(world))), keyOf(world)),
  )
  if (found !== 'done') return
  world.claimedFen -= amount
  if (way === 'quota') world.paidFen -= amount
}

/** For one tranche a project is out of its plan. */
const withdraw: Step = async (world) => {
  const { ledger, name } = world
  const { project } = world.from.pick(worldProjects)
  const to = (state: string) =>
    actOnce(ledger, ({ tx }) => tx.query('update project set state = $2 where project = $1', [project, state]))
  const before = await paidTo(ledger, name, project)
  await to('withdrawn')
  await pay(world)
  expect(await paidTo(ledger, name, project), `${name}: ${project} is withdrawn`).toBe(before)
  await to('under_way')
}

async function paidTo({ database: { sql } }: Ledger, name: string, project: string): Promise<Fen> {
  const [row] = await sql<{ fen: Fen }[]>`
    select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as fen from account a
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.indicator in ${sql(worldDistricts.map((district) => `${name}-${district}`))} and a.subject = '910202'
      and a.project = ${project}`
  return row?.fen ?? 0n
}

/** Spent, asked back, and given back in part: a claim. */
const misuse: Step = async (world) => {
  for (const { district } of [world.from.pick(worldProjects), world.from.pick(worldProjects)]) {
    for (const one of worldProjects.filter((project) => project.district === district)) await spend(world, one)
  }
  await claw(world)
  await giveBack(world)
}

/** After a New Year one approval makes its lines and quota again; then it goes on being paid, or is asked back. */
const renew: Step = async (world) => {
  const { ledger, name } = world
  const given = { indicator: name, on: day(world.today) }
  const found = await tried(world, 'renew', async () =>
    approve(ledger, answered(await renewIndicator(ledger, maker, given, keyOf(world))), keyOf(world)),
  )
  if (world.years > 1) return expect(found, `${name}: its years are over`).not.toBe('done')
  expect(['done', 'nothing_carried_over'], `${name}: renewed`).toContain(found)
  world.renewed = true
  if (world.from.chance(0.6)) await pay(world)
}

const inYear: readonly Step[] = [pay, pay, pay, cutAndPay, cutAndPay, cut, move, claw, misuse, giveBack, withdraw]
const afterNewYear: readonly Step[] = [renew, renew, renew, pay, pay, cut, move, claw, misuse, giveBack, withdraw]

/** Does one thing with a world, whatever. */
export const step = (world: World): Promise<void> =>
  world.from.pick(world.years === 0 || world.renewed ? inYear : afterNewYear)(world)

type Paid = { readonly indicator: string; readonly paid: Fen; readonly claimed: Fen }

/**
 * Holds the books of all worlds of a ledger against their models: paid what the model paid, within the final budget,
 * claimed what it claims, and no project above what it was given.
 */
export async function holdAll({ ledger }: Told, worlds: readonly World[]): Promise<void> {
  const { sql } = ledger.database
  const rows = await sql<Paid[]>`
    select a.indicator, sum(c.debit_fen - c.credit_fen)::bigint as paid,
           coalesce(sum(c.debit_fen - c.credit_fen) filter (where a.subject = '910403'), 0)::bigint as claimed
    from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.subject in ('910402', '910403') group by 1`
  const books = new Map(rows.map((row) => [row.indicator, row]))
  const parts = await sql<{ indicator: string; project: string; fen: Fen }[]>`
    select i.parent as indicator, a.project, sum(c.debit_fen - c.credit_fen)::bigint as fen
    from account a join indicator i on i.indicator = a.indicator
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.subject = '910202' and i.parent is not null group by 1, 2`
  const given = new Map(worlds.map((world) => [world.name, world.given]))
  for (const world of worlds) {
    const { paid, claimed } = books.get(world.name) ?? { paid: 0n, claimed: 0n }
    expect(paid, `${world.name}: paid as the model`).toBe(world.paidFen)
    expect(claimed, `${world.name}: to be given back as the model`).toBe(world.claimedFen)
    const budgetFen = world.finalFen ?? world.noticeFen
    expect(paid, `${world.name}: paid within the final budget`).toBeLessThanOrEqual(budgetFen + world.returnFen)
    // What was above the final budget never grows again.
    world.returnFen = maxFen(0n, minFen(world.returnFen, paid - budgetFen))
  }
  for (const { indicator, project, fen } of parts)
    expect(fen, `${indicator}: ${project}`).toBeLessThanOrEqual(given.get(indicator)?.get(project) ?? 0n)
}
