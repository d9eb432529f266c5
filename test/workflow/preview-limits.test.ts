/**
 * Whoever approves is shown what policy and plans hold the proposal to, with value, day, clause and what was measured,
 * whatever its kind is, as long as any rule does; and the command line shows the same.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../support/command.ts'
import { type Door, useDoor } from '../support/door.ts'
import { submitEveryKind } from '../http/every-approval.ts'
import { testClock } from '../release/programme.ts'

type Shown = { parameter: string; value: unknown; from: string; clause: string; measured?: { zh: string; en: string } }
type Previewed = { limits: Shown[]; documents: { name: string; href?: string }[]; projects: { project: string }[] }

const door = useDoor({ clock: testClock('2026-07-15').clock })
const previews = new Map<string, Previewed[]>()
let last = ''

/** The door, with a look at each approval before it is first decided. */
function watched(): Door {
  const seen = new Set<string>()
  return {
    ...door(),
    ask: async (path, given) => {
      const [, id] = /^\/v1\/approvals\/([^/]+)\/decision$/.exec(path) ?? []
      if (id !== undefined && !seen.has(id)) {
        seen.add(id)
        const { json } = await door().ask(`/v1/approvals/${id}`)
        const preview = await door().ask(`/v1/approvals/${id}/preview`)
        expect(preview.status, `${json.kind} ${preview.text}`).toBe(200)
        previews.set(json.kind, [...(previews.get(json.kind) ?? []), preview.json])
        if (json.kind === 'voucher') last = id
      }
      return door().ask(path, given)
    },
  }
}

beforeAll(() => submitEveryKind(watched()), 240_000)

const limitsOf = (kind: string): Shown[] => (previews.get(kind) ?? []).flatMap(({ limits }) => limits)
const parametersOf = (kind: string) => new Set(limitsOf(kind).map(({ parameter }) => parameter))

describe('a preview shows what holds', () => {
  it('with day, clause and what was measured', () => {
    const measured = [...previews.values()].flat().flatMap(({ limits }) => limits.filter((one) => one.measured))
    expect(measured.length).toBeGreaterThan(20)
    for (const { parameter, from, clause, measured: of } of measured) {
      expect([parameter, from, clause, of?.zh, of?.en]).toEqual([
        parameter,
        expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
        expect.stringMatching(/\S/),
        expect.stringMatching(/./),
        expect.stringMatching(/./),
      ])
    }
  })

  it('a cash plan: what the indicators of its programme were approved for', () => {
    expect(parametersOf('cash_plan')).toContain('programme_indicators')
    const [held] = limitsOf('cash_plan').filter(({ parameter }) => parameter === 'programme_indicators')
    expect(held).toMatchObject({
      clause: expect.stringContaining('预算法'),
      measured: { zh: expect.stringMatching(/年用款计划连同本次合计 [0-9.]+ 元/) },
    })
  })

  it('funding plans, one or many: that they close, what sources have, and which may pay which works', () => {
    expect(parametersOf('funding_plan')).toContain('plan_cost')
    const [cost] = limitsOf('funding_plan').filter(({ parameter }) => parameter === 'plan_cost')
    // A plan closes: what sources pay is what it costs.
    expect(cost?.measured?.zh.endsWith(` ${String(cost.value)}`), JSON.stringify(cost)).toBe(true)
    expect([...parametersOf('funding_plan')].some((name) => name.startsWith('eligibility_'))).toBe(true)
    expect(previews.get('funding_plan')?.[0]?.projects.length).toBeGreaterThan(0)
  })

  it('a voucher: what a guarded account holds that it takes of, and the papers', () => {
    const all = previews.get('voucher') ?? []
    expect(all.length).toBeGreaterThan(0)
    expect(all.every(({ projects }) => projects.length > 0)).toBe(true)
  })

  it('a reversal: the entries that it takes back', () => {
    const hrefs = (previews.get('reversal') ?? []).flatMap(({ documents }) => documents.map(({ href }) => href))
    expect(hrefs).toContainEqual(expect.stringMatching(/^\/v1\/entries\/E\d+-\d+$/))
  })

  it('a year-end: each thing that may stand in its way, and the balances it is checked against', () => {
    const limits = limitsOf('year_end')
    const obstacles = limits.filter(({ parameter }) => parameter.startsWith('year_end_'))
    expect(obstacles.map(({ parameter }) => parameter)).toEqual([
      'year_end_releases_waiting',
      'year_end_approvals_waiting',
      'year_end_suspense',
      'year_end_quota_mirror',
      'year_end_cash_mirror',
      'year_end_returnable_mirror',
      'year_end_indicators_not_lapsed',
    ])
    expect(obstacles.every(({ value, measured }) => value === 0 && measured?.zh.endsWith('：0 项'))).toBe(true)
    expect(parametersOf('year_end')).toContain('indicator_open_years')
    expect(previews.get('year_end')?.[0]?.documents).toContainEqual({
      name: 'YEAR 2025-12-31 科目余额表',
      href: '/v1/books/YEAR/trial-balance?asOf=2025-12-31',
    })
  })

  it('on the command line too, of what is settled and of what is none', async () => {
    const settled = await runCommand(door().test, ['approvals', 'preview', last])
    expect([settled.status, settled.out]).toEqual([0, expect.stringContaining('approval_tiers')])
    const none = await runCommand(door().test, ['approvals', 'preview', 'A-9999'])
    expect([none.status, none.err]).toEqual([1, expect.stringContaining('A-9999')])
  })
})

describe('a voucher that takes of a guarded account', () => {
  it('is shown with what the account holds', async () => {
    const book = { code: 'HELD', name: '账套 HELD', district: '110102', standard: 'government' }
    expect((await door().ask('/v1/books', { body: book })).status).toBe(201)
    const moved = (sides: readonly (readonly [string, string])[], amount: string) =>
      sides.map(([account, side]) => ({ account, [side]: amount, project: 'LJ2026', source: 'F21' }))
    const received = [
      ['1011', 'debit'],
      ['4001', 'credit'],
      ['800101', 'debit'],
      ['6001', 'credit'],
    ] as const
    const entry = { on: '2026-03-05', summary: '下达授权支付额度', lines: moved(received, '500.00') }
    expect((await door().ask('/v1/books/HELD/entries', { body: entry })).status).toBe(201)
    const token = await door().token('finance_maker', { person: 'finance_maker' })
    const back = received.map(([account, side]) => [account, side === 'debit' ? 'credit' : 'debit'] as const)
    const body = { book: 'HELD', on: '2026-03-06', summary: '收回额度', lines: moved(back, '120.00') }
    const made = await door().ask('/v1/vouchers', { body, token })
    expect(made.status, made.text).toBe(202)
    const { json } = await door().ask(`/v1/approvals/${made.json.approval}/preview`)
    const red = {
      book: 'HELD',
      on: '2026-03-06',
      summary: '红字收回额度',
      type: 'red',
      lines: moved(received, '120.00'),
    }
    const madeRed = await door().ask('/v1/vouchers', { body: red, token })
    expect(madeRed.status, madeRed.text).toBe(202)
    const previewOfRed = await door().ask(`/v1/approvals/${madeRed.json.approval}/preview`)
    expect(previewOfRed.json.limits).toEqual(json.limits)
    expect(json.limits.slice(1)).toEqual([
      {
        parameter: 'account_held',
        value: '500.00',
        from: '2026-03-06',
        clause: expect.stringContaining('第十七条'),
        measured: {
          zh: '1011 零余额账户用款额度 LJ2026 F21 120.00',
          en: '1011 零余额账户用款额度 LJ2026 F21 120.00',
        },
      },
      expect.objectContaining({
        parameter: 'account_held',
        measured: expect.objectContaining({ zh: expect.stringContaining('800101') }),
      }),
    ])
    const { status, out, err } = await runCommand(door().test, ['approvals', 'preview', made.json.approval])
    expect([status, err]).toEqual([0, ''])
    for (const told of ['account_held', '500.00', '第十七条', '1011 零余额账户用款额度 LJ2026 F21 120.00', '将记凭证'])
      expect(out).toContain(told)
  })
})
