/**
 * Random worlds against a small model: an early notice is allotted to projects of two districts, then tranches, a final
 * budget, supplements, withdrawals, spending, claw-backs and settlements come in any order. After each step what was
 * paid is within the final budget, no project has more than it was given, and a draft within its limits is approved.
 * YIBEN_SEED plays from one seed on, YIBEN_WORLDS so many, YIBEN_NIGHTLY ten thousand. Year-ends are not among the
 * steps yet.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { day } from '../../src/base/calendar.ts'
import { transact } from '../../src/base/db.ts'
import { type Fen, formatFen, maxFen, minFen, sumFen } from '../../src/base/money.ts'
import type { Indicator } from '../../src/budget/indicator/indicator.ts'
import { settleEarlyNotice } from '../../src/budget/indicator/final-budget.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { settleClaim } from '../../src/release/claim/verbs.ts'
import { requestClawback } from '../../src/release/clawback/verbs.ts'
import { readAllotment } from '../../src/release/release/allotment.ts'
import { mostFen, nextTranche } from '../../src/release/release/release.ts'
import { draftRelease } from '../../src/release/release/verbs.ts'
import { answered, approve, type Submitted } from '../../src/sample/programme/people.ts'
import { outcomeOf } from '../support/ledger.ts'
import { soundChecks } from '../support/sound.ts'
import { longer, report } from '../faults/report.ts'
import { random, type Random } from '../sim/random.ts'
import { useDatabase } from '../support/database.ts'
import { addProject, allocate, openBooks, spent, supplement, testClock } from './programme.ts'

const nightly = process.env.YIBEN_NIGHTLY === '1'
const worlds = Number(process.env.YIBEN_WORLDS ?? (nightly ? 10_000 : 300))
const firstSeed = Number(process.env.YIBEN_SEED ?? 1)
const steps = Number(process.env.YIBEN_SIM_STEPS ?? (nightly ? 10 : 3))
const test = useDatabase()
const time = testClock('2026-07-15')
const maker: Actor = { person: 'sample-maker', role: 'finance_maker' }
const districts = ['110101', '110102'] as const
const projects = districts.flatMap((district) =>
  ['X', 'Y', 'Z'].map((name) => ({ district, project: name + district })),
)
const today = '2026-07-15'
let ledger: Ledger

beforeAll(async () => {
  ledger = openLedger(test().database, time.clock)
  await openBooks(ledger, districts)
  for (const one of projects)
    await actOnce(ledger, ({ tx }) => addProject(tx, { ...one, area: 1_000n, progress: [['2026-02-20', '1']] }))
})

type World = {
  readonly name: string
  readonly from: Random
  readonly upper: Indicator
  /** What each project was given, with supplements: its cost here. */
  readonly given: Map<string, Fen>
  readonly noticeFen: Fen
  finalFen: Fen | undefined
  /** Paid above the final budget when it came: it returns from quota. */
  returnFen: Fen
  keys: number
  readonly done: Map<string, number>
}

const count = ({ done }: World, what: string): void => void done.set(what, (done.get(what) ?? 0) + 1)
const keyOf = (world: World): string => `${world.name}:${++world.keys}`

async function newWorld(seed: number, done: Map<string, number>): Promise<World> {
  const from = random(seed)
  const name = `W${seed}`
  const given = new Map(projects.map(({ project }) => [project, BigInt(1 + from.below(100_000))]))
  const shares = projects.map((one) => ({ ...one, amount: formatFen(given.get(one.project) ?? 0n) }))
  const more = BigInt(from.below(3) * 10_000)
  const upper = await allocate(ledger, {
    allocation: name,
    indicator: name,
    notice: true,
    cashPlan: '100000',
    more: formatFen(more),
    shares,
  })
  const noticeFen = sumFen(given.values()) + more
  return { name, from, upper, given, noticeFen, finalFen: undefined, returnFen: 0n, keys: 0, done }
}

/** What the books say was paid under a world's indicator, and to each project. */
async function paidIn({ name }: World): Promise<{ paidFen: Fen; parts: Map<string, Fen> }> {
  const { sql } = ledger.database
  const [paid] = await sql<{ fen: Fen }[]>`
    select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as fen from account a
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.indicator = ${name} and a.subject in ('910402', '910403')`
  const parts = await sql<{ project: string; fen: Fen }[]>`
    select a.project, sum(c.debit_fen - c.credit_fen)::bigint as fen from account a
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.indicator in ${sql(districts.map((district) => `${name}-${district}`))} and a.subject = '910202' group by 1`
  return { paidFen: paid?.fen ?? 0n, parts: new Map(parts.map(({ project, fen }) => [project, fen])) }
}

/** Gives the code where it is refused. */
async function tried(world: World, what: string, work: () => Promise<unknown>): Promise<string> {
  const found = await outcomeOf(work)
  count(world, `${what} ${found}`)
  return found
}

const approved = (submitted: Submitted, key: string): Promise<void> => approve(ledger, submitted, key)

type Step = (world: World) => Promise<void>

const pay: Step = async (world) => {
  const { from, name } = world
  const district = from.pick(districts)
  const of = await transact(ledger.database, (tx) => readAllotment(tx, name, district))
  const next = of && nextTranche(of, lawOn(day(today)))
  if (!next) return count(world, 'pay nothing')
  const most = mostFen(of, next)
  const amountFen = from.chance(0.6) ? most : 1n + (most * BigInt(from.below(120))) / 100n
  const given = { allocation: name, district, tranche: next.tranche, amountFen }
  const answer = await draftRelease(ledger, maker, given, keyOf(world))
  if ('refusal' in answer) return count(world, `pay ${answer.refusal.code}`)
  // Whatever was drafted within its limits is approved: nothing happens between.
  await approved(answer.answer, keyOf(world))
  count(world, 'pay done')
}

const cut: Step = async (world) => {
  if (world.finalFen !== undefined) return
  const { paidFen } = await paidIn(world)
  // Some budgets end below what was paid already.
  const ofFen = paidFen > 0n && world.from.chance(0.4) ? paidFen : world.noticeFen
  const finalFen = maxFen(1n, (ofFen * BigInt(50 + world.from.below(60))) / 100n)
  const given = {
    indicator: world.name,
    final: finalFen,
    documentNumber: '京财预〔2026〕9号',
    on: day(today),
  }
  await approved(answered(await settleEarlyNotice(ledger, maker, given, keyOf(world))), keyOf(world))
  world.finalFen = finalFen
  world.returnFen = maxFen(0n, paidFen - finalFen)
  count(world, 'cut')
}

const move: Step = async (world) => {
  const [out, into] = [world.from.pick(projects), world.from.pick(projects)]
  if (out === into) return
  const amountFen = ((world.given.get(out.project) ?? 0n) * BigInt(1 + world.from.below(60))) / 100n
  if (amountFen === 0n) return
  const of = { allocation: keyOf(world).replace(':', '-'), supplements: world.name, upper: world.upper, on: today }
  const amount = formatFen(amountFen)
  const shares = [
    { ...out, amount: `-${amount}` },
    { ...into, amount },
  ]
  if ((await tried(world, 'supplement', () => supplement(ledger, of, shares))) !== 'done') return
  world.given.set(out.project, (world.given.get(out.project) ?? 0n) - amountFen)
  world.given.set(into.project, (world.given.get(into.project) ?? 0n) + amountFen)
}

async function spend(world: World, { district, project }: (typeof projects)[number]): Promise<void> {
  const { sql } = ledger.database
  const [held] = await sql<{ fen: Fen }[]>`
    select coalesce(sum(c.debit_fen - c.credit_fen), 0)::bigint as fen from account a
    cross join lateral balance_on(a.book_id, a.account, 'infinity') c
    where a.project = ${project} and a.subject = '1011'`
  // Quota of all worlds together: payments take the oldest money first.
  const amountFen = (held?.fen ?? 0n) / BigInt(1 + world.from.below(2))
  if (amountFen === 0n) return
  const amount = formatFen(amountFen)
  await tried(world, 'spend', () =>
    actOnce(ledger, (act) => spent(act, district, project, amount, today, 'general', keyOf(world))),
  )
}

const claw: Step = async (world) => {
  const { sql } = ledger.database
  const rows = await sql<{ id: string; fen: Fen }[]>`
    select release_id::text as id, amount_fen - clawed_fen as fen from release
    where allocation = ${world.name} and state = 'released' order by release_id`
  if (rows.length === 0) return
  const { id, fen } = world.from.pick(rows)
  const part = { ground: 'error' as const, amountFen: minFen(fen, 1n + fen / BigInt(1 + world.from.below(3))) }
  const ground = world.from.chance(world.returnFen > 0n ? 0.8 : 0.1) ? { ground: 'final_budget' as const } : part
  const given = { release: `R-${id}`, document: '审计决定', reason: '复核', ...ground }
  await tried(world, `claw ${ground.ground}`, async () =>
    approved(answered(await requestClawback(ledger, maker, given, keyOf(world))), keyOf(world)),
  )
}

const giveBack: Step = async (world) => {
  const { sql } = ledger.database
  const [claim] = await sql<{ id: string; fen: Fen }[]>`
    select k.clawback_id::text as id, k.amount_fen - k.settled_fen as fen from clawback_claim k
    join clawback c using (clawback_id) join release r on r.release_id = c.release_id
    where r.allocation = ${world.name} and k.settled_fen < k.amount_fen limit 1`
  if (!claim) return
  const way = world.from.pick(['quota', 'kept'] as const)
  const amount = maxFen(1n, claim.fen / BigInt(1 + world.from.below(2)))
  const given = { clawback: `B-${claim.id}`, way, amount, document: '缴款书' }
  await tried(world, `settle ${way}`, async () =>
    approved(answered(await settleClaim(ledger, maker, given, keyOf(world))), keyOf(world)),
  )
}

/** For one tranche a project is out of its plan. */
const withdraw: Step = async (world) => {
  const { project } = world.from.pick(projects)
  const to = (state: string) =>
    actOnce(ledger, ({ tx }) => tx.query('update project set state = $2 where project = $1', [project, state]))
  const before = (await paidIn(world)).parts.get(project) ?? 0n
  await to('withdrawn')
  await pay(world)
  expect((await paidIn(world)).parts.get(project) ?? 0n, `${world.name}: ${project} is withdrawn`).toBe(before)
  await to('under_way')
}

/** Spent, asked back, and given back in part: a claim. */
const misuse: Step = async (world) => {
  for (const { district } of [world.from.pick(projects), world.from.pick(projects)]) {
    for (const one of projects.filter((project) => project.district === district)) await spend(world, one)
  }
  await claw(world)
  await giveBack(world)
}

const kinds: readonly Step[] = [pay, pay, pay, pay, cut, cut, move, claw, misuse, giveBack, withdraw]

async function holds(world: World): Promise<void> {
  const { paidFen, parts } = await paidIn(world)
  const allowed = maxFen(world.finalFen ?? world.noticeFen, (world.finalFen ?? 0n) + world.returnFen)
  expect(paidFen, `${world.name}: paid within the final budget`).toBeLessThanOrEqual(allowed)
  // What was above the final budget never grows again.
  world.returnFen = maxFen(0n, minFen(world.returnFen, paidFen - (world.finalFen ?? world.noticeFen)))
  for (const [project, fen] of parts)
    expect(fen, `${world.name}: ${project}`).toBeLessThanOrEqual(world.given.get(project) ?? 0n)
}

async function soundBooks(): Promise<void> {
  for await (const { check, faults } of soundChecks(ledger.database)) expect(faults, check).toEqual([])
}

describe('random worlds', () => {
  it(
    'never pay above a final budget, nor a project above its share',
    async () => {
      const began = performance.now()
      const done = new Map<string, number>()
      for (let seed = firstSeed; seed < firstSeed + worlds; seed++) {
        const world = await newWorld(seed, done)
        for (let step = 0; step < steps; step++) {
          await world.from.pick(kinds)(world)
          await holds(world)
        }
        if (seed % 100 === 0) await soundBooks()
      }
      await soundBooks()
      report(`${worlds} worlds`, { ms: Math.round(performance.now() - began), ...Object.fromEntries(done) })
      expect(done.get('pay done') ?? 0).toBeGreaterThan(worlds / 3)
    },
    900_000 * longer,
  )
})
