/**
 * Indicators against a model of a few sums, under a seeded storm of everything that can happen to them: registering,
 * allotting, assigning, committing, releasing, paying, issuing, final budgets, lapsing. After every step the books say
 * what the model says, what the model calls too much is refused and nothing else is, and at the end every check of the
 * books holds. YIBEN_SEED plays one seed again.
 */
import { beforeAll, expect, it } from 'vitest'
import type { Actor } from '../../src/access/actor.ts'
import { assert } from '../../src/base/assert.ts'
import { day } from '../../src/base/calendar.ts'
import type { KeyedAnswer } from '../../src/base/keyed.ts'
import { minFen } from '../../src/base/money.ts'
import { Refusal } from '../../src/base/refusal.ts'
import { assignIndicator } from '../../src/budget/indicator/assign.ts'
import { settleEarlyNotice } from '../../src/budget/indicator/final-budget.ts'
import { issueQuota } from '../../src/budget/indicator/quota.ts'
import { registerIndicator } from '../../src/budget/indicator/register.ts'
import { makeCommitment, payCommitment, cancelCommitment } from '../../src/budget/commitment/verbs.ts'
import { lapseIndicators } from '../../src/budget/lapse/verbs.ts'
import { draftFor } from '../../src/budget/indicator/entries.ts'
import { readAvailability } from '../../src/budget/indicator/holdings.ts'
import { readIndicator } from '../../src/budget/indicator/store.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { decideApproval } from '../../src/workflow/decide.ts'
import { type Random, random } from '../sim/random.ts'
import { useDoor } from '../support/door.ts'
import { newProject, type Office, officer, openBook, openOffice, planned } from './office.ts'

const seed = Number(process.env.YIBEN_SEED ?? 1)
const steps = Number(process.env.YIBEN_SIM_STEPS ?? 100)
const projects = ['P1', 'P2', 'P3']
const on = day('2022-03-01')
const door = useDoor()
let office: Office

/** What the books must say of one indicator. */
class Model {
  readonly code: string
  readonly early: boolean
  readonly parent: Model | undefined
  approved: bigint
  allotted = 0n
  issued = 0n
  settled = false
  lapsed = false
  /** By place: what may be issued there, and what may be committed. */
  readonly available = new Map<string, bigint>()
  readonly committable = new Map<string, bigint>()
  committed = 0n
  paid = 0n

  constructor(code: string, amount: bigint, early: boolean, parent: Model | undefined) {
    this.code = code
    this.early = early
    this.parent = parent
    this.approved = amount
    this.available.set('LJ', amount)
    this.committable.set('LJ', amount)
  }

  at(of: Map<string, bigint>, place: string): bigint {
    return of.get(place) ?? 0n
  }

  add(of: Map<string, bigint>, place: string, amount: bigint): void {
    of.set(place, this.at(of, place) + amount)
  }
}

type Claim = { readonly commitment: string; readonly of: Model | undefined; readonly project: string; open: bigint }
type State = {
  readonly all: Model[]
  readonly claims: Claim[]
  readonly left: Map<string, bigint>
  readonly of: Random
}

beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  for (const project of projects) await newProject(door(), project, { book: 'HOME', items: { B03: '400.00' } })
  await planned(office, '2022-01', '1000000.00', { programme: 'LJ' })
})

const { ledger, key } = { ledger: () => door().ledger, key: () => `model-${++keys}` }
let keys = 0
const persons: readonly [Actor, 'check' | 'approve'][] = [
  [{ person: 'li', role: 'finance_checker' }, 'check'],
  [{ person: 'wang', role: 'finance_approver' }, 'approve'],
]

/** Proposes and approves; a refusal of either is given by its code, and what could not be approved is withdrawn. */
async function carried(proposed: Promise<KeyedAnswer<{ approval: string; hash: string }>>): Promise<string> {
  const outcome = await settledBy(() => proposed)
  if (outcome.code !== 'done' || !outcome.answer) return outcome.code
  const { approval, hash } = outcome.answer
  for (const [actor, verdict] of persons) {
    const { code } = await settledBy(() => decideApproval(ledger(), actor, { approval, verdict, hash }, key()))
    if (code === 'done') continue
    await decideApproval(ledger(), officer, { approval, verdict: 'withdraw', hash }, key())
    return code
  }
  return 'done'
}

async function settledBy<T>(work: () => Promise<KeyedAnswer<T>>): Promise<{ code: string; answer?: T }> {
  try {
    const result = await work()
    return 'refusal' in result ? { code: result.refusal.code } : { code: 'done', answer: result.answer }
  } catch (error) {
    if (error instanceof Refusal) return { code: error.code }
    throw error
  }
}

const doable = (fits: boolean, refusal = 'balance_insufficient'): string => (fits ? 'done' : refusal)

async function register({ all, of }: State): Promise<void> {
  const roots = all.filter((one) => !one.parent && !one.lapsed)
  const parent = roots.length > 0 && of.chance(0.4) ? of.pick(roots) : undefined
  const amount = BigInt(of.below(40_000) + 1)
  const early = !parent && of.chance(0.4)
  const code = `M-${all.length}-${++keys}`
  const fits = !parent || (amount <= parent.at(parent.available, 'LJ') && amount <= parent.at(parent.committable, 'LJ'))
  const outcome = await carried(
    registerIndicator(
      ledger(),
      officer,
      {
        indicator: code,
        book: parent ? 'HOME' : 'CITY',
        documentNumber: code,
        level: 'municipal',
        source: 'F21',
        year: 2022,
        programme: 'LJ',
        purpose: '模型',
        payment: 'authorised',
        amount,
        on,
        ...(parent && { parent: parent.code }),
        ...(early && { expected: amount }),
      },
      key(),
    ),
  )
  expect(outcome).toBe(doable(fits))
  if (!fits) return
  if (parent) {
    parent.allotted += amount
    parent.add(parent.available, 'LJ', -amount)
    parent.add(parent.committable, 'LJ', -amount)
  }
  all.push(new Model(code, amount, early, parent))
}

async function assign({ all, of }: State): Promise<void> {
  const one = of.pick(all)
  const project = of.pick(projects)
  const amount = BigInt(of.below(20_000) + 1)
  const fits = amount <= one.at(one.available, 'LJ') && amount <= one.at(one.committable, 'LJ')
  const given = { indicator: one.code, on, shares: [{ project, amount }] }
  expect(await carried(assignIndicator(ledger(), officer, given, key()))).toBe(
    one.lapsed ? 'indicator_not_in_force' : doable(fits),
  )
  if (!fits || one.lapsed) return
  for (const axis of [one.available, one.committable]) {
    one.add(axis, 'LJ', -amount)
    one.add(axis, project, amount)
  }
}

async function issue({ all, of }: State): Promise<void> {
  const one = of.pick(all)
  const place = of.pick(['LJ', ...projects])
  const amountFen = BigInt(of.below(15_000) + 1)
  const outcome = await carried(
    issueQuota(ledger(), officer, { indicator: one.code, on, amount: amountFen, project: place }, key()),
  )
  const fits = amountFen <= one.at(one.available, place)
  if (one.lapsed) return expect(outcome).toBe('indicator_not_in_force')
  if (one.parent) return expect(outcome).toBe('quota_comes_by_release')
  expect(outcome).toBe(doable(fits))
  if (!fits) return
  one.add(one.available, place, -amountFen)
  one.issued += amountFen
}

async function commit({ all, claims, left, of }: State): Promise<void> {
  const one = of.chance(0.8) ? of.pick(all) : undefined
  const project = of.pick(projects)
  const amountFen = BigInt(of.below(9_000) + 1)
  const fund = one ? { indicator: one.code } : { source: 'F51' }
  const { code, answer } = await settledBy(() =>
    makeCommitment(ledger(), officer, { ...fund, project, item: 'B03', amount: amountFen, on }, key()),
  )
  const unclaimed = left.get(project) ?? 40_000n
  if (amountFen > unclaimed) return expect(code).toBe('commitment_exceeds_cost')
  if (one?.lapsed) return expect(code).toBe('indicator_not_in_force')
  const fits = !one || amountFen <= one.at(one.committable, project)
  expect(code).toBe(doable(fits))
  if (!fits || !answer) return
  left.set(project, unclaimed - amountFen)
  if (one) {
    one.add(one.committable, project, -amountFen)
    one.committed += amountFen
  }
  claims.push({ commitment: answer.commitment, of: one, project, open: amountFen })
}

async function release({ claims, left, of }: State): Promise<void> {
  if (claims.length === 0) return
  const claim = of.pick(claims)
  const amountFen = BigInt(of.below(9_000) + 1)
  const given = { commitment: claim.commitment, amount: amountFen, on, reason: '模型' }
  const { code } = await settledBy(() => cancelCommitment(ledger(), officer, given, key()))
  const fits = amountFen <= claim.open
  expect(code).toBe(doable(fits, 'commitment_not_open'))
  if (!fits) return
  claim.open -= amountFen
  left.set(claim.project, (left.get(claim.project) ?? 40_000n) + amountFen)
  if (!claim.of) return
  claim.of.committed -= amountFen
  claim.of.add(claim.of.committable, claim.project, amountFen)
}

async function pay({ claims, of }: State): Promise<void> {
  const open = claims.filter((claim) => claim.open > 0n)
  if (open.length === 0) return
  const claim = of.pick(open)
  const amountFen = minFen(claim.open, BigInt(of.below(5_000) + 1))
  await actOnce(ledger(), async ({ tx, at, post }) => {
    const { book, lines } = await payCommitment(tx, officer, { commitment: claim.commitment, amountFen, at })
    const draft = draftFor({ documentNumber: '支付' }, { on, summary: '支付', lines })
    await post({ key: key(), maker: 'officer', approvals: [], entries: [{ book, draft }] })
  })
  claim.open -= amountFen
  if (!claim.of) return
  claim.of.committed -= amountFen
  claim.of.paid += amountFen
}

async function settle({ all, of }: State): Promise<void> {
  const one = of.pick(all)
  const finalFen = BigInt(of.below(60_000) + 1)
  const given = { indicator: one.code, final: finalFen, documentNumber: '正式', on }
  const outcome = await carried(settleEarlyNotice(ledger(), officer, given, key()))
  if (one.lapsed) return expect(outcome).toBe('indicator_not_in_force')
  if (!one.early || one.settled) return expect(outcome).toBe('indicator_is_final')
  expect(outcome).toBe('done')
  const free = minFen(one.at(one.available, 'LJ'), one.at(one.committable, 'LJ'))
  const change = finalFen >= one.approved ? finalFen - one.approved : -minFen(one.approved - finalFen, free)
  one.settled = true
  one.approved += change
  one.add(one.available, 'LJ', change)
  one.add(one.committable, 'LJ', change)
}

/** Everything of 2022 lapses at once: what is left, allotted and not released, and quota nobody spent. */
async function lapse({ all }: State): Promise<void> {
  const { refused } = await lapseIndicators(ledger(), 2023, officer)
  expect(refused).toEqual([])
  for (const one of all) {
    if (one.lapsed) continue
    one.lapsed = true
    one.available.clear()
    one.committable.clear()
    one.approved = 0n
    one.issued = 0n
    one.allotted = 0n
  }
}

async function compare({ all }: State): Promise<void> {
  const { sql } = door().test.database
  for (const one of all) {
    const of = await readIndicator(sql, one.code)
    assert(of, 'what was registered is there')
    const held = await readAvailability(sql, of)
    const sum = (map: Map<string, bigint>) => [...map.values()].reduce((total, amount) => total + amount, 0n)
    expect(held, one.code).toMatchObject({
      approvedFen: one.approved,
      availableFen: sum(one.available),
      issuedFen: one.issued,
      allottedFen: one.allotted,
      carriedFen: 0n,
      committableFen: sum(one.committable),
      committedFen: one.committed,
      committedPaidFen: one.paid,
      committableAllottedFen: one.allotted,
    })
    expect(held.approvedFen).toBe(held.availableFen + held.carriedFen + held.issuedFen + held.allottedFen)
    expect(held.committableApprovedFen).toBe(
      held.committableFen + held.committedFen + held.committedPaidFen + held.committableAllottedFen,
    )
  }
}

it('says what the model says, whatever happens', async () => {
  const state: State = { all: [], claims: [], left: new Map(), of: random(seed) }
  const deeds = [assign, assign, commit, commit, commit, release, pay, issue, settle]
  const done = new Map<string, number>()
  for (let step = 0; step < steps; step++) {
    const late = step === Math.floor((steps * 2) / 3)
    const deed = late ? lapse : state.all.length < 3 || state.of.chance(0.12) ? register : state.of.pick(deeds)
    await deed(state)
    done.set(deed.name, (done.get(deed.name) ?? 0) + 1)
    await compare(state)
  }
  expect([...done.keys()].toSorted()).toEqual([
    'assign',
    'commit',
    'issue',
    'lapse',
    'pay',
    'register',
    'release',
    'settle',
  ])
  await office.soundBooks()
}, 120_000)
