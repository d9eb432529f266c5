/**
 * The worked examples of allocation through the door, from draft to the trial balances: O-01 to O-04, O-07, O-08, O-10.
 * What is computed is what is approved, and what is approved is what stands in the books, to the fen.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import {
  addProjects,
  allocated,
  approve,
  ask,
  bookOf,
  chaoyang,
  dongcheng,
  draft,
  faultsOf,
  fund,
  on,
  openBooks,
  type Staff,
  staffOf,
  submit,
  trialOf,
  xicheng,
} from './world.ts'

const door = useDoor()
let staff: Staff
beforeAll(async () => {
  await openBooks(door().ledger, [dongcheng, xicheng, chaoyang])
  staff = await staffOf(door())
})

const three = [dongcheng, xicheng, chaoyang]
const facts = [
  { recipient: dongcheng, area: '120', households: 15000, buildings: 300, communities: 40, coefficient: '1.00' },
  { recipient: xicheng, area: '80', households: 11000, buildings: 220, communities: 35, coefficient: '1.20' },
  { recipient: chaoyang, area: '50', households: 6000, buildings: 130, communities: 15, coefficient: '1.50' },
]
const document = '京建发〔2026〕8号附表'
const toDistricts = (indicator: string, more: object) => ({
  allocation: `FP-${indicator}`,
  indicator,
  recipients: 'districts',
  on,
  total: '100000000.00',
  rows: facts,
  document,
  ...more,
})

const sharesOf = (json: { shares: { recipient: string; amount: string }[] }): string[] =>
  json.shares.map(({ amount }) => amount)

/** What an allocation to the three districts leaves in all books, beside what was there. */
async function expectAllotted(indicator: string, amounts: readonly string[], total: string, left: string | undefined) {
  const { ledger } = door()
  const sql = ledger.database.sql
  for (const [index, district] of three.entries()) {
    const rows = await sql<{ subject: string; project: string; net: bigint }[]>`
      select a.subject, a.project, sum(t.debit_fen - t.credit_fen)::bigint as net
      from account a join book b using (book_id) cross join lateral balance_on(a.book_id, a.account, 'infinity') t
      where b.code = ${bookOf(district)} and a.indicator = ${`${indicator}-${district}`}
      group by a.subject, a.project order by a.subject`
    const fen = BigInt((amounts[index] ?? '').replace('.', ''))
    expect(rows.map(({ subject, project, net }) => [subject, project, net])).toEqual([
      ['910102', 'LJ2026', fen],
      ['910301', 'LJ2026', fen],
      ['9901', 'LJ2026', -fen],
      ['9903', 'LJ2026', -fen],
    ])
  }
  const upper = await sql<{ subject: string; counterparty: string | null; net: bigint }[]>`
    select a.subject, a.counterparty, sum(t.debit_fen - t.credit_fen)::bigint as net
    from account a join book b using (book_id) cross join lateral balance_on(a.book_id, a.account, 'infinity') t
    where b.code = 'CITY' and a.indicator = ${indicator} and a.subject in ('910102', '910401')
    group by a.subject, a.counterparty having sum(t.debit_fen - t.credit_fen) <> 0 order by a.subject, a.counterparty`
  expect(upper.map(({ subject, counterparty, net }) => [subject, counterparty, net])).toEqual([
    ...(left === undefined ? [] : [['910102', null, BigInt(left.replace('.', ''))]]),
    ...three.map((district, index) => ['910401', district, BigInt((amounts[index] ?? '').replace('.', ''))]),
  ])
  expect(three.reduce((sum, _, index) => sum + BigInt((amounts[index] ?? '').replace('.', '')), 0n)).toBe(
    BigInt(total.replace('.', '')),
  )
}

describe('to districts by factors', () => {
  it('O-01: draft, compare, submit, check, approve, posted to the fen', async () => {
    await fund(door().ledger, { indicator: 'O1', amount: '100000000.00' })
    const before = await door().counts()
    const first = await draft(door(), staff, {
      ...toDistricts('O1', {}),
      rows: facts.map((row) => ({ ...row, coefficient: '1.00' })),
      formula: { variant: 'factor-2019' },
    })
    expect(first.headers.get('location')).toBe('/v1/allocations/FP-O1')
    const { allocation: _, indicator: __, recipients: ___, ...content } = toDistricts('O1', {})
    const second = await ask(
      door(),
      '/v1/allocations/FP-O1/versions',
      {
        body: { ...content, formula: { variant: 'factor-2019' }, note: '补入困难系数' },
        token: staff.maker,
        headers: { 'if-match': first.headers.get('etag') ?? '' },
      },
      201,
    )
    expect(second.json).toMatchObject({ version: 2, state: 'draft', variant: 'factor-2019' })
    const amounts = ['40404197.99', '34886824.30', '24708977.71']
    expect(sharesOf(second.json)).toEqual(amounts)
    // A draft moves nothing.
    expect((await door().counts())['entry']).toBe(before['entry'])

    const compared = await ask(door(), '/v1/allocations/FP-O1/comparison?from=1&to=2', { token: staff.checker }, 200)
    expect(compared.json.difference).toBe('0.00')
    expect(compared.json.shares.map((share: { inputs: unknown }) => share.inputs)).toEqual([
      [],
      [{ input: 'coefficient', before: '1.00', after: '1.20' }],
      [{ input: 'coefficient', before: '1.00', after: '1.50' }],
    ])
    const moved = compared.json.shares.map(({ before: was, after: is, difference }: Record<string, string>) => [
      was,
      is,
      difference,
    ])
    expect(moved.map(([, is]: string[]) => is)).toEqual(amounts)
    for (const [was, is, difference] of moved) {
      const [a, b, c] = [was, is, difference].map((text: string) => BigInt(text.replace('.', '')))
      expect((b ?? 0n) - (a ?? 0n)).toBe(c)
    }

    const version = await ask(door(), '/v1/allocations/FP-O1/versions/2', { token: staff.checker }, 200)
    expect(version.json.basis).toMatchObject({
      factors: {
        area: { weight: '0.4', sum: '291' },
        households: { weight: '0.4', sum: '37200' },
        buildings: { weight: '0.1', sum: '759' },
        communities: { weight: '0.1', sum: '104.5' },
      },
      task: { floors: '99999999.99', left: '0.01' },
    })
    expect(version.json.shares[0]).toMatchObject({
      amount: '40404197.99',
      steps: {
        // Cut off, where the worked example rounds its sixth decimal.
        counts: { area: '120', households: '15000', buildings: '300', communities: '40' },
        task: { share: '0.4040419798', raw: '40404197.985021', floor: '40404197.98', extra: '0.01' },
      },
    })
    expect(version.json.shares[2].steps.counts.communities).toBe('22.5')
    expect(version.json.uses).toMatchObject([
      { parameter: 'formula_factor_2019', clause: expect.stringContaining('40/40/10/10'), from: '1900-01-01' },
    ])

    const approved = await approve(door(), staff, await submit(door(), staff, 'FP-O1'))
    expect(approved.json, approved.text).toMatchObject({ state: 'approved' })
    await expectAllotted('O1', amounts, '100000000.00', undefined)
    expect(await trialOf(door().ledger, 'CITY')).toEqual({
      '910304': 'Dr 100000000.00',
      '910401': 'Dr 100000000.00',
      '9901': 'Cr 100000000.00',
      '9903': 'Cr 100000000.00',
    })
    expect(await trialOf(door().ledger, bookOf(dongcheng))).toEqual({
      '910102': 'Dr 40404197.99',
      '910301': 'Dr 40404197.99',
      '9901': 'Cr 40404197.99',
      '9903': 'Cr 40404197.99',
    })
    const whole = await ask(door(), '/v1/allocations/FP-O1', { token: staff.checker }, 200)
    expect(whole.json.state).toBe('approved')
    expect(whole.json.history.map(({ verb }: { verb: string }) => verb)).toEqual([
      'drafted',
      'redrafted',
      'submitted',
      'approved',
    ])
    const entry = await ask(door(), `/v1/entries/${whole.json.history[3].body.entries[0]}`, {}, 200)
    expect(entry.json.approvals.map(({ decision }: { decision: string }) => decision)).toEqual([
      'submitted',
      'checked',
      'approved',
      'approved',
    ])
    expect(await faultsOf(door().ledger)).toEqual([])
  })

  it('O-01 in 万元 with two decimals', async () => {
    await fund(door().ledger, { indicator: 'O1W', amount: '100000000.00' })
    const drafted = await draft(
      door(),
      staff,
      toDistricts('O1W', { formula: { variant: 'factor-2019', unit: '100.00' } }),
    )
    expect(sharesOf(drafted.json)).toEqual(['40404200.00', '34886800.00', '24709000.00'])
  })

  it('O-02 with performance, which is not multiplied by the coefficient', async () => {
    await fund(door().ledger, { indicator: 'O2', amount: '100000000.00' })
    const rows = facts.map((row, index) => ({ ...row, performance: ['92', '85', '78'][index] }))
    await allocated(door(), staff, toDistricts('O2', { rows, formula: { variant: 'factor-performance' } }))
    await expectAllotted('O2', ['39979783.06', '34671770.54', '25348446.40'], '100000000.00', undefined)
  })

  it('O-03: 80 % by task, 20 % as reward', async () => {
    await fund(door().ledger, { indicator: 'O3', amount: '100000000.01' })
    const rows = facts.map((row, index) => ({ ...row, reward: ['1.1', '1.0', '0.9'][index] }))
    await allocated(door(), staff, toDistricts('O3', { rows, formula: { variant: 'task-reward-2024' } }))
    await expectAllotted('O3', ['41074924.19', '34779005.27', '24146070.54'], '100000000.00', '0.01')
    const { json } = await ask(door(), '/v1/allocations/FP-O3/versions/1', { token: staff.checker }, 200)
    expect(
      json.shares.map(({ steps }: { steps: Record<string, { amount: string }> }) => [
        steps['task']?.amount,
        steps['reward']?.amount,
      ]),
    ).toEqual([
      ['32323358.39', '8751565.80'],
      ['27909459.44', '6869545.83'],
      ['19767182.17', '4378888.37'],
    ])
  })

  it('by weights of one’s own, kept with the document they come from', async () => {
    await fund(door().ledger, { indicator: 'OWN', amount: '100000000.00' })
    const weights = { area: '0.40', households: '0.40', buildings: '0.10', communities: '0.10' }
    const formula = { weights, document: '区财政局函〔2026〕3号' }
    const drafted = await draft(door(), staff, toDistricts('OWN', { formula }))
    expect(sharesOf(drafted.json)).toEqual(['40404197.99', '34886824.30', '24708977.71'])
    expect(drafted.json.variant).toBe('own')
    const { json } = await ask(door(), '/v1/allocations/FP-OWN/versions/1', { token: staff.checker }, 200)
    expect(json.uses).toMatchObject([{ parameter: 'formula_own', clause: '区财政局函〔2026〕3号', from: on }])
  })

  it('O-04: a published table must be its total', async () => {
    await fund(door().ledger, { indicator: 'O4', amount: '200000000.00' })
    // 7,704 + 4,371 + 5,533 = 17,608 万.
    const rows = (last: string) => [
      { recipient: dongcheng, amount: '77040000' },
      { recipient: xicheng, amount: '43710000' },
      { recipient: chaoyang, amount: last },
    ]
    const body = (last: string) =>
      toDistricts('O4', { total: '176080000.00', rows: rows(last), formula: { variant: 'stated', unit: '10000.00' } })
    const refused = await door().ask('/v1/allocations', { body: body('55340000'), token: staff.maker })
    expect([refused.status, refused.json.code]).toEqual([422, 'table_not_total'])
    expect(refused.json.detail).toContain('1 个单位')
    await allocated(door(), staff, body('55330000'))
    await expectAllotted('O4', ['77040000.00', '43710000.00', '55330000.00'], '176080000.00', '23920000.00')
  })
})

describe('to projects by a standard', () => {
  beforeAll(async () => {
    await addProjects(door().ledger, [
      { project: 'P1', district: dongcheng },
      { project: 'P2', district: xicheng },
      { project: 'P3', district: xicheng },
    ])
  })
  const toProjects = (indicator: string, more: object) => ({
    allocation: `FP-${indicator}`,
    indicator,
    recipients: 'projects',
    on,
    document,
    ...more,
  })

  it('O-07: by area, at most the cost', async () => {
    await fund(door().ledger, { indicator: 'O7', amount: '32958000.00' })
    const rows = [
      { recipient: 'P1', item: 'B01', area: '3000', cost: '25200000.00' },
      { recipient: 'P2', item: 'B01', area: '3000', cost: '15600000.00' },
    ]
    await allocated(door(), staff, toProjects('O7', { rows, formula: { variant: 'area-standard' } }))
    const { json } = await ask(door(), '/v1/allocations/FP-O7/versions/1', { token: staff.checker }, 200)
    expect(json.total).toBe('32958000.00')
    expect(
      json.shares.map(
        ({ recipient, amount, steps }: { recipient: string; amount: string; steps: { claims: { gap: string }[] } }) => [
          recipient,
          amount,
          steps.claims[0]?.gap,
        ],
      ),
    ).toEqual([
      ['P1', '17358000.00', '7842000.00'],
      ['P2', '15600000.00', '0.00'],
    ])
    const held = await door().ledger.database.sql<{ project: string; net: bigint }[]>`
      select a.project, sum(t.debit_fen - t.credit_fen)::bigint as net from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
      where a.indicator in ('O7-110101', 'O7-110102') and a.subject = '910102'
      group by a.project having sum(t.debit_fen - t.credit_fen) <> 0 order by a.project`
    expect(held.map(({ project, net }) => [project, net])).toEqual([
      ['P1', 1_735_800_000n],
      ['P2', 1_560_000_000n],
    ])
    expect(await faultsOf(door().ledger)).toEqual([])
  })

  it('O-08: elevators, with cap, certificate and both levels', async () => {
    await fund(door().ledger, { indicator: 'O8', amount: '2000000.00' })
    const rows = [
      { recipient: 'P1', item: 'I01', part: '1号梯', cost: '1120000', pipelineCost: '315000', certificate: true },
      { recipient: 'P1', item: 'I01', part: '2号梯', cost: '1120000', pipelineCost: '452000', certificate: true },
      { recipient: 'P2', item: 'I01', part: '1号梯', cost: '1120000', pipelineCost: '315000', certificate: false },
    ]
    await allocated(door(), staff, toProjects('O8', { rows, formula: { variant: 'elevator' } }))
    const { json } = await ask(door(), '/v1/allocations/FP-O8/versions/1', { token: staff.checker }, 200)
    expect(
      json.shares.map(({ recipient, amount }: { recipient: string; amount: string }) => [recipient, amount]),
    ).toEqual([
      ['P1', '1195000.00'],
      ['P2', '0.00'],
    ])
    expect(
      json.shares[0].steps.claims.map(({ municipal, district, others }: Record<string, string>) => [
        municipal,
        district,
        others,
      ]),
    ).toEqual([
      ['555000.00', '245000.00', '320000.00'],
      ['640000.00', '160000.00', '320000.00'],
    ])
    // The district's own money gives its part of the same elevators, from its own indicator.
    await fund(door().ledger, {
      indicator: 'O8Q',
      amount: '405000.00',
      book: bookOf(dongcheng),
      district: dongcheng,
      level: 'district',
      source: 'F30',
    })
    const own = await staffOf(door(), dongcheng)
    await allocated(door(), own, toProjects('O8Q', { rows: rows.slice(0, 2), formula: { variant: 'elevator' } }))
    const district = await ask(door(), '/v1/allocations/FP-O8Q', { token: own.checker }, 200)
    expect(district.json).toMatchObject({ district: dongcheng, shares: [{ recipient: 'P1', amount: '405000.00' }] })
    expect(await faultsOf(door().ledger)).toEqual([])
  })

  it('O-10: co-creation, and claims above the budget cut alike', async () => {
    await fund(door().ledger, { indicator: 'O10', amount: '4770000.00' })
    const row = { area: '10000', investment: '500', class: 'basic' }
    const rows = [
      { ...row, recipient: 'P1', ownersShare: '0.123' },
      { ...row, recipient: 'P2', ownersShare: '0.085' },
      { ...row, recipient: 'P3', ownersShare: '0.242' },
    ]
    await allocated(door(), staff, toProjects('O10', { rows, formula: { variant: 'co-creation' } }))
    const { json } = await ask(door(), '/v1/allocations/FP-O10/versions/1', { token: staff.checker }, 200)
    expect(
      json.shares.map(
        ({ amount, steps }: { amount: string; steps: { claims: { steps: string; ratio: string }[] } }) => [
          amount,
          steps.claims[0]?.steps,
          steps.claims[0]?.ratio,
        ],
      ),
    ).toEqual([
      ['1590000.00', '3', '0.53'],
      ['1380000.00', '-2', '0.46'],
      ['1800000.00', '15', '0.6'],
    ])
    await fund(door().ledger, { indicator: 'O10B', amount: '2385000.00' })
    const cut = await draft(
      door(),
      staff,
      toProjects('O10B', { rows, total: '2385000.00', formula: { variant: 'co-creation' } }),
    )
    expect(cut.json.shares.map(({ amount }: { amount: string }) => amount)).toEqual([
      '795000.00',
      '690000.00',
      '900000.00',
    ])
  })
})
