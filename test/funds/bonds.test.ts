/**
 * The checks of special bonds hold on an honest bond, and each finds what is planted for it; what the books refuse
 * whatever the record says; and how versions of an allocation move.
 */
import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Database } from '../../src/base/db.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { draftDues } from '../../src/funds/bond/propose.ts'
import { bondAllocated, bondIssued, bondUsed } from '../../src/funds/bond/entries.ts'
import { type BondShare, movedBy, shareOf } from '../../src/funds/bond/record.ts'
import { runAllChecks } from '../../src/workflow/checks.ts'
import { newProject } from '../financing/trial.ts'
import { type Office, openOffice } from '../release/office.ts'
import { testClock } from '../release/programme.ts'
import { newBookBody, useDoor } from '../support/door.ts'
import { draft, maker, outcomeOf } from '../support/ledger.ts'
import { withPlanted } from '../support/database.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let office: Office
let projects: readonly [string, string]

async function approved(path: string, body: object): Promise<void> {
  const answer = await office.draft(body, path)
  expect(answer.status, answer.text).toBe(202)
  const last = await office.approve(answer.json.approval)
  expect(last.json.state, last.text).toBe('approved')
}

const coverage = {
  definition: '净收益对本息之比',
  horizon: 10,
  figures: [{ year: 2026, revenue: '2000.00', cost: '0' }],
}
const plan = {
  bond: 'ZQ-1',
  book: 'ZQ',
  programme: 'LJ2026',
  face: '1000.00',
  rate: '0.03',
  years: 10,
  purpose: '老旧小区改造',
  documentNumber: '京财债〔2026〕1号',
  on: '2026-01-10',
  coverage,
}

beforeAll(async () => {
  office = openOffice(door())
  await door().ask('/v1/books', { body: { ...newBookBody('ZQ', 'memo'), district: '110102' } })
  projects = [await newProject(door()), await newProject(door())]
  await approved('/v1/bonds', plan)
  const documentNumber = '京财债〔2026〕2号'
  await approved('/v1/bonds/ZQ-1/issue', { start: '2026-01-15', documentNumber })
  const shares = projects.map((project, index) => ({ project, amount: index === 0 ? '600.00' : '400.00' }))
  await approved('/v1/bonds/ZQ-1/allocations', { from: '2026-01-20', documentNumber, shares })
  const use = { project: projects[0], purpose: 'capital', amount: '250.00', on: '2026-03-01', documentNumber }
  await approved('/v1/bonds/ZQ-1/uses', use)
})

async function told(database: Database = door().test.database): Promise<Record<string, readonly string[]>> {
  const found: Record<string, readonly string[]> = {}
  for await (const { check, state, faults } of runAllChecks(database)) if (state === 'failed') found[check] = faults
  return found
}

const of = { bond: 'ZQ-1', programme: 'LJ2026', source: 'F40' }

describe('the checks of bonds', () => {
  it('hold on an honest bond', async () => {
    expect(await told()).toEqual({})
  })

  const cases: readonly (readonly [string, string, string])[] = [
    ['a face that was not raised', `update yiben.bond set face_fen = face_fen + 1`, 'bonds_stand_in_the_books'],
    [
      'a share that is not in the books',
      `update yiben.bond_allocation_share set amount_fen = amount_fen + 1`,
      'bond_allocations_stand_in_the_books',
    ],
    [
      'a project that used more than it holds',
      `update yiben.bond_allocation_share set amount_fen = 249_99 where amount_fen = 600_00`,
      'bond_used_within_allocation',
    ],
    [
      'a coupon of which projects bear a fen less',
      `insert into yiben.bond_due values ('ZQ-1', 1, 'coupon', '2026-07-15', '2026-07-15', 15_00, 'due', 'A-99');
       insert into yiben.bond_due_share values ('ZQ-1', 1, 'P1', 14_99)`,
      'bond_dues_split',
    ],
    [
      'a line that was approved otherwise',
      `alter table yiben.approval drop constraint approval_hash_fits;
       update yiben.approval set content = replace(content, '"250.00"', '"251.00"') where kind = 'bond_use'`,
      'bonds_as_approved',
    ],
  ]
  it.each(cases)('find %s', async (_, statement, check) => {
    await withPlanted(door().test, statement, async (planted) => {
      expect(Object.keys(await told(planted))).toContain(check)
    })
  })
})

describe('the book of a bond', () => {
  const posting = (lines: ReturnType<typeof bondIssued>) =>
    outcomeOf(() =>
      actOnce(door().ledger, ({ post }) =>
        post({
          key: `fault:${JSON.stringify(lines, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}`,
          maker: maker.person,
          approvals: [],
          entries: [{ book: 'ZQ', draft: draft('2026-07-01', lines) }],
        }),
      ),
    )

  it('takes no issue above the quota, no allocation above what was raised, no use above what is held', async () => {
    const [first] = projects
    expect(await posting(bondIssued(of, 1n))).toBe('balance_insufficient')
    expect(await posting(bondAllocated(of, [{ project: first, amountFen: 1n }]))).toBe('balance_insufficient')
    expect(await posting(bondUsed(of, { project: first, amountFen: 350_01n }))).toBe('balance_insufficient')
  })
})

describe('what falls due', () => {
  it('is drafted once, and set aside before it is paid', async () => {
    const drafting = () => actOnce(door().ledger, (act) => draftDues(act, 'finance_maker'))
    const { drafted } = await drafting()
    expect(drafted).toMatchObject([{ bond: 'ZQ-1', number: 1 }])
    expect(await drafting()).toEqual({ drafted: [] })
    expect((await office.approve(drafted[0]?.approval ?? '')).json.state).toBe('approved')
    const early = { number: 1, step: 'paid', on: '2026-07-15', documentNumber: '付息通知' }
    const { json } = await office.draft(early, '/v1/bonds/ZQ-1/services')
    expect(json.code).toBe('bond_due_out_of_order')
    expect(await told()).toEqual({})
  })
})

describe('a later version', () => {
  const shares = fc
    .uniqueArray(fc.record({ project: fc.constantFrom('P1', 'P2', 'P3', 'P4'), amountFen: fc.bigInt(1n, 100n) }), {
      selector: ({ project }) => project,
      minLength: 1,
    })
    .map((list): BondShare[] => list)

  it('moves from each project exactly the difference, and its entry balances', () => {
    fc.assert(
      fc.property(shares, shares, (before, after) => {
        const moved = movedBy(before, after)
        for (const project of ['P1', 'P2', 'P3', 'P4'])
          expect(shareOf(moved, project)).toBe(shareOf(after, project) - shareOf(before, project))
        const net = moved.reduce((sum, { amountFen }) => sum + amountFen, 0n)
        if (net < 0n) return
        const sums = bondAllocated(of, moved).map(({ side, amountFen }) => (side === 'debit' ? amountFen : -amountFen))
        expect(sums.reduce((sum, one) => sum + one, 0n)).toBe(0n)
      }),
    )
  })
})
