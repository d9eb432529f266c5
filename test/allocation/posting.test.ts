/**
 * Posting under contention and again: approvals at once never allot more than there is, a request sent twice acts once,
 * and what a district's people see of it is theirs.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { readApprovedAllotments, readApprovedShares } from '../../src/allocation/store.ts'
import { asSuperuser } from '../support/database.ts'
import { useDoor } from '../support/door.ts'
import {
  addProjects,
  allocated,
  approve,
  ask,
  chaoyang,
  decide,
  dongcheng,
  draft,
  faultsOf,
  fund,
  on,
  openBooks,
  type Staff,
  staffOf,
  submit,
  xicheng,
} from './world.ts'

const door = useDoor()
let staff: Staff
beforeAll(async () => {
  await openBooks(door().ledger, [dongcheng, xicheng, chaoyang])
  staff = await staffOf(door())
})

const table = (allocation: string, indicator: string, amounts: Record<string, string>, total: string) => ({
  allocation,
  indicator,
  recipients: 'districts',
  on,
  total,
  formula: { variant: 'stated' },
  rows: Object.entries(amounts).map(([recipient, amount]) => ({ recipient, amount })),
  document: '分配表',
})

const allottedOf = async (indicator: string): Promise<bigint> => {
  const [row] = await door().ledger.database.sql<{ net: bigint }[]>`
    select coalesce(sum(t.debit_fen - t.credit_fen), 0)::bigint as net from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
    where a.indicator = ${indicator} and a.subject = '910401'`
  return row?.net ?? 0n
}

describe('at once', () => {
  it('two allocations of one indicator: one fits, the other does not, nothing is allotted twice', async () => {
    for (let round = 1; round <= 4; round++) {
      const indicator = `C${round}`
      await fund(door().ledger, { indicator, amount: '100.00' })
      const waiting = []
      for (const name of ['a', 'b']) {
        const allocation = `${indicator}-${name}`
        await draft(door(), staff, table(allocation, indicator, { [dongcheng]: '40', [xicheng]: '20' }, '60'))
        const one = await submit(door(), staff, allocation)
        expect((await decide(door(), staff.checker, one, 'check')).json.state).toBe('approving')
        waiting.push(one)
      }
      const answers = await Promise.all(
        waiting.map((one, index) => decide(door(), staff.approvers[index] ?? '', one, 'approve')),
      )
      expect(answers.map(({ json }): string => json.state ?? json.code).toSorted()).toEqual([
        'approved',
        'balance_insufficient',
      ])
      expect(await allottedOf(indicator)).toBe(6_000n)
    }
    expect(await faultsOf(door().ledger)).toEqual([])
  })

  it('two that both fit: both are allotted, under one indicator a district', async () => {
    await fund(door().ledger, { indicator: 'B', amount: '100.00' })
    const waiting = []
    for (const allocation of ['B-a', 'B-b']) {
      await draft(door(), staff, table(allocation, 'B', { [dongcheng]: '50' }, '50'))
      const one = await submit(door(), staff, allocation)
      await decide(door(), staff.checker, one, 'check')
      waiting.push(one)
    }
    const answers = await Promise.all(
      waiting.map((one, index) => decide(door(), staff.approvers[index] ?? '', one, 'approve')),
    )
    expect(answers.map(({ json }) => json.state ?? json.code)).toEqual(['approved', 'approved'])
    const rows = await door().ledger.database
      .sql`select indicator, parent, book, version from indicator where parent = 'B'`
    expect([...rows]).toEqual([{ indicator: 'B-110101', parent: 'B', book: 'D110101', version: 1 }])
    expect(await allottedOf('B')).toBe(10_000n)
  })

  it('two levels for one item: together they never give more than it costs', async () => {
    const own = await staffOf(door(), dongcheng)
    await fund(door().ledger, { indicator: 'IC', amount: '1000000.00' })
    await fund(door().ledger, {
      indicator: 'ID',
      amount: '1000000.00',
      book: 'D110101',
      district: dongcheng,
      level: 'district',
      source: 'F30',
    })
    await addProjects(
      door().ledger,
      Array.from({ length: 10 }, (_, i) => ({
        project: `I${i}`,
        district: dongcheng,
        batch: 9,
        year: 2030,
        items: { B01: '100.00' },
      })),
    )
    for (let round = 0; round < 10; round++) {
      const waiting = []
      for (const [people, indicator] of [
        [staff, 'IC'],
        [own, 'ID'],
      ] as const) {
        const allocation = `${indicator}-${round}`
        await draft(door(), people, {
          allocation,
          indicator,
          recipients: 'projects',
          on,
          formula: { standard: '60', document: '文' },
          rows: [{ recipient: `I${round}`, item: 'B01', area: '1', cost: '100' }],
          document: '文',
        })
        const one = await submit(door(), people, allocation)
        await decide(door(), people.checker, one, 'check')
        waiting.push({ one, token: people.approvers[0] ?? '' })
      }
      const answers = await Promise.all(waiting.map(({ one, token }) => decide(door(), token, one, 'approve')))
      const ends = answers.map(({ json }): string => json.state ?? json.code).toSorted()
      expect(ends).toEqual(['approved', 'subsidy_exceeds_cost'])
    }
  }, 60_000)

  it('a change and a decision: either the old version is posted, or the new one waits', async () => {
    await fund(door().ledger, { indicator: 'E', amount: '1000.00' })
    for (let round = 1; round <= 4; round++) {
      const allocation = `E-${round}`
      const body = table(allocation, 'E', { [dongcheng]: '10' }, '10')
      await draft(door(), staff, body)
      const one = await submit(door(), staff, allocation)
      await decide(door(), staff.checker, one, 'check')
      const { allocation: _, indicator: __, recipients: ___, ...content } = body
      const change = door().ask(`/v1/allocations/${allocation}/versions`, {
        body: { ...content, total: '7', rows: [{ recipient: dongcheng, amount: '7' }] },
        token: staff.maker,
        headers: { 'if-match': one.etag },
      })
      const [changed, decided] = await Promise.all([change, decide(door(), staff.approvers[0] ?? '', one, 'approve')])
      const { json } = await ask(door(), `/v1/allocations/${allocation}`, { token: staff.maker }, 200)
      if (decided.json.state === 'approved') {
        expect(changed.json.code).toBe('allocation_approved')
        expect([json.state, json.version, json.total]).toEqual(['approved', 1, '10.00'])
      } else {
        expect(decided.json.code).toBe('approval_settled')
        expect([json.state, json.version, json.total]).toEqual(['draft', 2, '7.00'])
      }
    }
  })
})

describe('again', () => {
  it('the same request under its key is answered alike and acts once, at every step', async () => {
    await fund(door().ledger, { indicator: 'R', amount: '100.00' })
    const body = table('R-1', 'R', { [dongcheng]: '60', [xicheng]: '40' }, '100')
    const first = await draft(door(), staff, body, 'again-1')
    const again = await draft(door(), staff, body, 'again-1')
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([first.text, 'true'])
    const other = await door().ask('/v1/allocations', {
      body: { ...body, total: '99.99' },
      token: staff.maker,
      key: 'again-1',
    })
    expect(other.json.code).toBe('idempotency_key_reused')
    const given = { body: {}, token: staff.maker, headers: { 'if-match': '"1"' }, key: 'again-2' }
    const submitted = await ask(door(), '/v1/allocations/R-1/submission', given, 201)
    expect((await ask(door(), '/v1/allocations/R-1/submission', given, 201)).text).toBe(submitted.text)
    const one = { ...submitted.json, etag: '' }
    await decide(door(), staff.checker, one, 'check')
    const decision = { body: { verdict: 'approve', hash: one.hash }, token: staff.approvers[0] ?? '', key: 'again-3' }
    const path = `/v1/approvals/${one.approval}/decision`
    const answers = await Promise.all([1, 2, 3].map(() => door().ask(path, decision)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
    expect(await allottedOf('R')).toBe(10_000n)
    const changes = await door().ledger.database.sql<{ verb: string }[]>`
      select verb from change where noun = 'allocation' and id = 'R-1' order by version`
    expect(changes.map(({ verb }) => verb)).toEqual(['drafted', 'submitted', 'approved'])
  })
})

describe('from the registry', () => {
  beforeAll(async () => {
    await addProjects(door().ledger, [
      { project: 'G1', district: dongcheng, area: 3_000n, buildings: 3, households: 60, batch: 2 },
      { project: 'G2', district: dongcheng, area: 1_000n, buildings: 1, households: 20, batch: 3 },
      { project: 'G3', district: xicheng, area: 2_000n, buildings: 2, households: 40, batch: 2 },
      { project: 'G4', district: xicheng, area: 9_000n, buildings: 9, households: 90, state: 'accepted' },
      { project: 'G5', district: xicheng, area: 9_000n, state: 'reserve' },
      { project: 'G6', district: xicheng, area: 9_000n, year: 2025 },
    ])
    await fund(door().ledger, { indicator: 'G', amount: '600.00' })
  })
  const districts = [
    { district: dongcheng, coefficient: '1' },
    { district: xicheng, coefficient: '1' },
  ]
  const given = (allocation: string, more: object = {}) => ({
    allocation,
    indicator: 'G',
    recipients: 'projects',
    on,
    total: '600.00',
    formula: { weights: { area: '0.5', households: '0.5' }, document: '文' },
    registry: { districts },
    document: '登记数据',
    ...more,
  })

  it('takes the open projects of the indicator’s year, and keeps which figures it took', async () => {
    const { json } = await draft(door(), staff, given('G-1'))
    expect(json.shares).toEqual([
      { recipient: 'G1', district: dongcheng, amount: '300.00' },
      { recipient: 'G2', district: dongcheng, amount: '100.00' },
      { recipient: 'G3', district: xicheng, amount: '200.00' },
    ])
    const version = await ask(door(), '/v1/allocations/G-1/versions/1', { token: staff.checker }, 200)
    expect(version.json.shares[0].rows).toEqual([
      { recipient: 'G1', area: '3000.00', households: 60, buildings: 3, communities: 1, coefficient: '1' },
    ])
  })

  it('takes a batch, or projects by name, or districts with their projects summed', async () => {
    const batch = await draft(door(), staff, given('G-2', { registry: { batch: 2, districts } }))
    expect(batch.json.shares.map(({ recipient }: { recipient: string }) => recipient)).toEqual(['G1', 'G3'])
    const named = await draft(door(), staff, given('G-3', { registry: { projects: ['G2', 'G6'], districts } }))
    expect(named.json.shares.map(({ recipient }: { recipient: string }) => recipient)).toEqual(['G2', 'G6'])
    const summed = await draft(door(), staff, given('G-4', { recipients: 'districts' }))
    expect(summed.json.shares.map(({ amount }: { amount: string }) => amount)).toEqual(['400.00', '200.00'])
  })

  it('is seen by a district’s people once it is approved, their part alone', async () => {
    await allocated(door(), staff, given('G-5'))
    const own = await staffOf(door(), xicheng)
    const seen = await ask(door(), '/v1/allocations/G-5', { token: own.checker }, 200)
    expect(seen.json.shares).toEqual([{ recipient: 'G3', district: xicheng, amount: '200.00' }])
    expect(seen.json.history).toEqual([])
    const list = await ask(door(), '/v1/allocations', { token: own.checker }, 200)
    const codes = list.json.items.map(({ allocation }: { allocation: string }) => allocation)
    expect(codes).toContain('G-5')
    expect(codes).not.toContain('G-1')
    const none = await ask(door(), '/v1/allocations/G-5', { token: (await staffOf(door(), chaoyang)).checker }, 404)
    expect(none.json.code).toBe('allocation_not_found')
    const change = await door().ask('/v1/allocations/G-5/submission', {
      body: {},
      token: own.maker,
      headers: { 'if-match': '"3"' },
    })
    expect(change.json.code).toBe('allocation_not_found')
  })

  it('is read by other rooms with supplements added in, by district and by project', async () => {
    const supplement = {
      allocation: 'G-6',
      on,
      total: '-50.00',
      formula: { variant: 'stated' },
      rows: [{ recipient: 'G3', amount: '-50' }],
      document: '核减',
    }
    await ask(door(), '/v1/allocations/G-5/supplements', { body: supplement, token: staff.maker }, 201)
    await approve(door(), staff, await submit(door(), staff, 'G-6'))
    const { sql } = door().ledger.database
    const shares = await readApprovedShares(sql, { allocation: 'G-5' })
    expect(shares.map(({ district, recipient, amountFen }) => [district, recipient, amountFen])).toEqual([
      [dongcheng, 'G1', 30_000n],
      [dongcheng, 'G2', 10_000n],
      [xicheng, 'G3', 15_000n],
    ])
    const allotments = await readApprovedAllotments(sql, { indicator: 'G' })
    expect(allotments.map(({ allocation, district, amountFen }) => [allocation, district, amountFen])).toEqual([
      ['G-5', dongcheng, 40_000n],
      ['G-5', xicheng, 15_000n],
    ])
    expect(await faultsOf(door().ledger)).toEqual([])
  })

  it('pages and filters its list', async () => {
    const codes: string[] = []
    let next = ''
    for (;;) {
      const page = await ask(door(), `/v1/allocations?indicator=G&limit=2${next}`, { token: staff.checker }, 200)
      codes.push(...page.json.items.map(({ allocation }: { allocation: string }) => allocation))
      if (page.json.next === null) break
      next = `&cursor=${page.json.next}`
    }
    expect(codes).toEqual(['G-1', 'G-2', 'G-3', 'G-4', 'G-5', 'G-6'])
    const approved = await ask(door(), '/v1/allocations?indicator=G&state=approved', { token: staff.checker }, 200)
    expect(approved.json.items).toMatchObject([
      { allocation: 'G-5' },
      { allocation: 'G-6', supplements: 'G-5', total: '-50.00' },
    ])
  })
})

describe('what was approved', () => {
  it('is changed by nobody, in the database either', async () => {
    for (const statement of [
      `update allocation set state = 'draft', changes = changes + 1 where allocation = 'G-5'`,
      `update allocation set indicator = 'B', changes = changes + 1 where allocation = 'G-1'`,
      'update allocation_share set amount_fen = 0',
      'delete from allocation_version',
      'truncate allocation_item',
    ]) {
      await expect(
        asSuperuser(door().test, (client) => client.query(statement)),
        statement,
      ).rejects.toThrow()
    }
  })

  it('that is not what was posted is found by the checks', async () => {
    await asSuperuser(door().test, async (client) => {
      await client.query('set session_replication_role = replica')
      await client.query('alter table allocation_share disable trigger append_only')
      await client.query(
        `update allocation_share set amount_fen = amount_fen + 1 where allocation = 'G-5' and recipient = 'G1'`,
      )
    })
    const faults = await faultsOf(door().ledger)
    expect(faults.join('\n')).toContain('G-5')
    expect(faults.some((fault) => fault.includes('shares'))).toBe(true)
    expect(faults.some((fault) => fault.includes('posted'))).toBe(true)
  })
})
