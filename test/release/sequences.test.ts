/**
 * Any sequence of what officers and the quarter's job may do, on real books: normal and early releases, approvals and
 * rejections, works, spending, corrected scores, claw-backs, changes of the cash plan. After each step every check
 * holds, nobody has more than was allotted and the plan is not overdrawn; when all is done and everything is due, the
 * sum is the allotment to the fen.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { cashPlanned, draftFor } from '../../src/budget/indicator/entries.ts'
import { day } from '../../src/base/calendar.ts'
import { type Fen, formatFen, parseAmount } from '../../src/base/money.ts'
import { quarter } from '../../src/base/quarter.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { longer } from '../faults/report.ts'
import { random } from '../sim/random.ts'
import { useDoor } from '../support/door.ts'
import { openOffice, type Office } from './office.ts'
import { addProject, allocate, openBooks, planned, post, report, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2026-07-15')
const door = useDoor({ clock: time.clock })
const districts = ['110101', '110102', '110105'] as const
const allotted: Readonly<Record<string, Fen>> = { '110101': 100_000_001n, '110102': 33_333_333n, '110105': 7n }
const firsts: Readonly<Record<string, string>> = { '110101': '500000.01', '110102': '166666.67', '110105': '0.04' }
const seed = 20_260_715
const steps = 60 * longer
let office: Office

const ledger = () => door().ledger
const balance = async (book: string, account: string): Promise<Fen> => {
  const { json } = await door().ask(`/v1/books/${book}/balances?account=${account}`)
  return parseAmount(json.balance) ?? -1n
}
const releasesOf = async (query: string) => (await office.get(`/v1/releases?limit=500&${query}`)).json.items

async function netOf(district: string): Promise<Fen> {
  const released = await releasesOf(`district=${district}&state=released`)
  return released.reduce(
    (sum: Fen, { amount, clawed }: { amount: string; clawed: string }) =>
      sum + (parseAmount(amount) ?? 0n) - (parseAmount(clawed) ?? 0n),
    0n,
  )
}

async function raisePlan(amountFen: Fen, name: string): Promise<void> {
  const upper = upperOf('SZ-2026')
  const lines = cashPlanned(upper.programme, upper.source, amountFen)
  const draft = draftFor(upper, { on: day('2026-07-15'), summary: '追加用款计划', lines })
  await actOnce(ledger(), (act) => post(act, `plan:${name}`, [{ book: 'CITY', draft }]))
}

async function survey(district: string, value: string): Promise<void> {
  for (const [indicator, given] of [
    ['satisfaction', value],
    ['integrity', '1'],
  ] as const) {
    await office.enterScore('2026Q2', { district, indicator, value: given })
  }
}

beforeAll(async () => {
  office = openOffice(door())
  await openBooks(ledger(), districts)
  await allocate(ledger(), {
    shares: districts.map((district) => ({ district, amount: formatFen(allotted[district] ?? 0n) })),
    cashPlan: '800000',
  })
  for (const district of districts) {
    const project = `X${district}`
    await actOnce(ledger(), async (act) => {
      await addProject(act.tx, {
        project,
        district,
        area: 1_000n,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.45']],
      })
      await planned(act, project, [
        ['F21', '10000000'],
        ['F81', '5000000'],
      ])
    })
    const { json } = await office.draft({
      allocation: 'FP-2026',
      district,
      tranche: 1,
      amount: firsts[district],
      on: '2026-02-10',
    })
    await office.approve(json.approval)
    await actOnce(ledger(), (act) => spent(act, district, 'LJ2026', firsts[district] ?? '', '2026-05-08'))
    await survey(district, '0.95')
  }
})

describe('whatever is done', () => {
  it('adds no fen', async () => {
    const chance = random(seed)
    const pick = <T>(list: readonly T[]): T => chance.pick(list)
    const mostOf = async (district: string, tranche: number): Promise<string> => {
      const probe = await office.draft({ allocation: 'FP-2026', district, tranche, amount: '999999999.99' })
      return /至多可拨 ([0-9.]+) 元/.exec(probe.json.detail)?.[1] ?? '0.00'
    }
    const progress = new Map<string, number>(districts.map((district) => [district, 45]))
    const done = new Map<string, number>()
    const count = (what: string, status: number | string) => {
      const key = `${what} ${status}`
      done.set(key, (done.get(key) ?? 0) + 1)
    }
    let runs = 0
    const moves: Record<string, (district: string, step: number) => Promise<void>> = {
      normal: async (district) => {
        const tranche = 1 + chance.below(3)
        const left = (allotted[district] ?? 0n) - (await netOf(district))
        const some = formatFen((left * BigInt(1 + chance.below(120))) / 100n + 1n)
        const most = chance.chance(0.5) ? await mostOf(district, tranche) : '0.00'
        const amount = most === '0.00' ? some : most
        const answer = await office.draft({ allocation: 'FP-2026', district, tranche, amount })
        count('normal', answer.json.code ?? answer.status)
      },
      early: async () => {
        runs += 1
        await actOnce(ledger(), (act) =>
          runEarly(act, { quarter: quarter('2026Q2'), run: runs, askedBy: 'finance_maker' }),
        )
        count('early', 'ran')
      },
      approve: async () => {
        const waiting = await releasesOf('state=drafted')
        if (waiting.length === 0) return
        const { approval } = pick<{ approval: string }>(waiting)
        const { json } = await office.decide(approval, 'check')
        const approved = json.code === undefined || json.code === 'approval_step_wrong'
        const answer = approved ? await office.decide(approval, 'approve', 'wang') : { json }
        count('approve', answer.json.code ?? answer.json.state)
      },
      reject: async () => {
        const [first] = await releasesOf('state=drafted')
        if (first) count('reject', (await office.decide(first.approval, 'withdraw')).json.state)
      },
      works: async (district, step) => {
        const ratio = Math.min(100, (progress.get(district) ?? 0) + chance.below(12))
        progress.set(district, ratio)
        await actOnce(ledger(), ({ tx }) => report(tx, `X${district}`, '2026-07-15', (ratio / 100).toFixed(2)))
        count('works', step >= 0 ? 'reported' : '')
      },
      spend: async (district, step) => {
        const held = await balance(`D${district}`, '1011')
        const amountFen = (held * BigInt(chance.below(60))) / 100n
        if (amountFen === 0n) return
        const on = '2026-07-15'
        await actOnce(ledger(), (act) =>
          spent(act, district, 'LJ2026', formatFen(amountFen), on, step < 0 ? '' : 'general'),
        )
        count('spend', 'paid')
      },
      survey: async (district) => {
        await survey(district, pick(['0.95', '0.95', '0.50']))
        count('score', (await office.draft({}, `/v1/scores/2026Q2/${district}`)).status)
      },
      claw: async (district) => {
        const early = await releasesOf(`district=${district}&kind=early&state=released`)
        if (early.length === 0) return
        const { release } = pick<{ release: string }>(early)
        const body = { cause: pick(['score_corrected', 'audit_finding']), document: '审计报告', reason: '复核' }
        const asked = await office.draft(body, `/v1/releases/${release}/clawback`)
        count('claw', asked.json.code ?? asked.status)
        if (asked.status === 201) count('clawed', (await office.approve(asked.json.approval)).json.state)
      },
      plan: async (_, step) => {
        await raisePlan(BigInt(1 + chance.below(20_000_000)), `${seed}:${step}`)
        count('plan', 'raised')
      },
    }
    const names = [
      'normal',
      'normal',
      'early',
      'early',
      'approve',
      'approve',
      'approve',
      'reject',
      'works',
      'spend',
      'survey',
      'claw',
      'claw',
      'plan',
    ]
    for (let step = 0; step < steps; step++) {
      await moves[pick(names)]?.(pick(districts), step)
      for (const district of districts) {
        expect(await netOf(district)).toBeLessThanOrEqual(allotted[district] ?? 0n)
        expect(await balance(`D${district}`, '910202')).toBe(await netOf(district))
      }
      expect(await balance('CITY', '910501')).toBeGreaterThanOrEqual(0n)
    }
    await office.soundBooks()

    // All is done: what waits is withdrawn, everything is due, the plan is wide, and tranche after tranche is paid.
    for (const { approval } of await releasesOf('state=drafted')) await office.decide(approval, 'withdraw')
    await raisePlan(200_000_000n, `${seed}:wide`)
    for (const district of districts) {
      await actOnce(ledger(), ({ tx }) => report(tx, `X${district}`, '2026-07-15', '1'))
      for (const tranche of [1, 2, 3]) {
        const most = await mostOf(district, tranche)
        if (most === '0.00') continue
        const drafted = await office.draft({ allocation: 'FP-2026', district, tranche, amount: most })
        expect((await office.approve(drafted.json.approval)).json.state).toBe('approved')
      }
      expect(await netOf(district)).toBe(allotted[district])
      expect(await balance(`D${district}`, '910202')).toBe(allotted[district])
    }
    expect(await balance('CITY', '910401')).toBe(0n)
    await office.soundBooks()
    process.stdout.write(
      `[releases, seed ${seed}] ${[...done].map(([what, times]) => `${what} ${times}`).join(', ')}\n`,
    )
  }, 240_000)
})
