/**
 * Two districts alike, each with something of every kind that a route names, and the requests that name them: the
 * sample of every route with the codes of one district put in. Everything of a district begins with its mark, so that
 * what is read of it can be told from any answer.
 */
import { expect } from 'vitest'
import type { Json } from '../../src/base/json.ts'
import { examplesOf } from '../../src/http/examples/examples.ts'
import type { Route } from '../../src/http/route.ts'
import type { Answer, Door, Given } from '../support/door.ts'

/** A district, and what is called how in it. */
export type District = {
  readonly district: string
  readonly mark: string
  /** By the name a path or a sample gives it. */
  readonly ids: Readonly<Record<string, string>>
}

/** Makes the district's things, with city-wide officers. */
export async function districtOf(door: Door, district: string, mark: string): Promise<District> {
  const officers = {
    maker: await door.token('finance_maker', { person: `maker${district}` }),
    checker: await door.token('finance_checker', { person: `checker${district}` }),
    approver: await door.token('finance_approver', { person: `approver${district}` }),
  }
  const ask = async (path: string, body: object, given: Given = {}): Promise<Answer> => {
    const answer = await door.ask(path, { body, token: officers.maker, ...given })
    expect(answer.status, `${path} ${answer.text}`).toBeLessThan(300)
    return answer
  }
  const version = (n: number) => ({ headers: { 'if-match': `"${n}"` } })
  const machine = await door.token('integration', { person: `machine${district}` })
  const code = (what: string) => `${mark}-${what}`
  for (const standard of ['government', 'memo'])
    await ask('/v1/books', { code: code(standard), name: code(standard), district, standard }, { token: machine })
  const book = code('government')
  const line = { amount: '100.00', project: code('P'), source: 'F21' }
  const of = ({ amount, ...rest }: typeof line, account: string, side: string) => ({ account, [side]: amount, ...rest })
  const entry = await ask(
    `/v1/books/${book}/entries`,
    {
      on: '2026-03-05',
      summary: code('entry'),
      lines: [
        of(line, '1011', 'debit'),
        of(line, '4001', 'credit'),
        of(line, '800101', 'debit'),
        of(line, '6001', 'credit'),
      ],
    },
    { token: machine },
  )
  const kept = await ask(`/v1/books/${book}/attachments`, Buffer.from(code('file')), {
    token: machine,
    headers: { 'content-type': 'text/plain' },
  })
  const community = code('C')
  await ask(
    '/v1/communities',
    { community, district, name: community, ownersBody: true, trustService: false },
    { token: machine },
  )
  const buildings = [{ building: '1', name: code('1') }]
  const dwellings = [{ building: '1', dwelling: '101', area: '60.00', ownership: 'private' }]
  await ask(`/v1/communities/${community}/buildings`, { buildings, dwellings, remove: [] }, version(1))
  await ask('/v1/bundles', { bundle: code('B'), district, name: code('B') })
  await ask('/v1/projects', {
    project: code('P'),
    district,
    kind: 'comprehensive',
    name: code('P'),
    implementer: code('unit'),
    book,
    planBook: code('memo'),
    buildings: [{ community, building: '1' }],
    items: [{ item: 'B03', cost: '100000.00' }],
  })
  const need = [{ project: code('P'), priority: 1, need: '100000.00' }]
  await ask('/v1/plans', { district, year: 2026, capacity: '200000.00', queue: need })
  const line1 = { line: 'CH', item: 'B03', contract: code('HT'), amount: '100000.00' }
  const plan = { lines: [line1], shares: [{ line: 'CH', source: 'F21', amount: '100000.00' }], note: code('note') }
  await ask(`/v1/projects/${code('P')}/funding-plans`, plan)
  const indicator = {
    indicator: code('I'),
    book,
    documentNumber: code('No'),
    level: 'municipal',
    source: 'F21',
    year: 2026,
    programme: 'LJ2026',
    purpose: code('purpose'),
    payment: 'authorised',
    amount: '1000000.00',
    on: '2026-01-15',
  }
  const registered = (await ask('/v1/indicators', indicator)).json
  for (const [token, verdict] of [
    [officers.checker, 'check'],
    [officers.approver, 'approve'],
  ] as const)
    await ask(`/v1/approvals/${registered.approval}/decision`, { verdict, hash: registered.hash }, { token })
  const cash = { programme: 'LJ2026', source: 'F21', month: '2026-02', documentNumber: code('cash'), amount: '1.00' }
  const waiting = (await ask(`/v1/books/${book}/cash-plans`, cash)).json
  const score = { district, indicator: 'integrity', value: '1', document: code('survey'), sampleSize: 10 }
  await ask('/v1/scores/2026Q2/entries', { ...score, sha256: kept.json.sha256 })
  await door.token('finance_maker', { person: `${mark}.deputy`, district })
  const lent = await ask(
    '/v1/delegations',
    {
      delegate: `${mark}.deputy`,
      permission: 'approval.approve',
      from: '2026-07-15',
      to: '2026-07-31',
      reason: code('away'),
    },
    { token: await door.token('finance_approver', { person: `${mark}.head`, district }) },
  )
  const made = await ask('/v1/vouchers', {
    book,
    on: '2026-03-06',
    summary: code('voucher'),
    forms: [{ template: 'J02', amount: '5.00', project: code('P'), source: 'F21' }],
  })
  const taken = await ask('/v1/take-overs', {
    book,
    on: '2026-01-01',
    summary: code('take-over'),
    documents: [{ number: code('paper'), sha256: kept.json.sha256 }],
    balances: [
      { account: '161301', debit: '5.00', project: code('P'), source: 'F21' },
      { account: '3001', credit: '5.00', project: code('P'), source: 'F21' },
    ],
  })
  await ask('/v1/bonds', {
    bond: code('Z'),
    book: code('memo'),
    programme: 'LJ2026',
    face: '1000.00',
    rate: '0.03',
    years: 20,
    feeRate: '0.000864',
    purpose: code('bond'),
    documentNumber: code('bond'),
    on: '2026-01-10',
    coverage: { definition: code('coverage'), horizon: 20, figures: [{ year: 2026, revenue: '1900.00', cost: '100' }] },
  })
  const [duty] = await door.test.database.sql<{ id: string; token: string }[]>`
    select duty_id::text as id, (select token_id::text from token where person = ${`${mark}.deputy`}) as token
    from duty where person = ${`${mark.toLowerCase()}.deputy`} or person in (
      select id from person where name = ${`${mark}.deputy`})`
  return {
    district,
    mark,
    ids: {
      book,
      A: book,
      B: code('memo'),
      project: code('P'),
      P1: code('P'),
      P2: code('P'),
      community,
      'XQ-1': community,
      bundle: code('B'),
      'DK-1': code('B'),
      district,
      '110102': district,
      indicator: code('I'),
      'SZ-2026': code('I'),
      entry: entry.json.id,
      approval: waiting.approval,
      delegation: lent.json.id,
      person: `${mark}.deputy`,
      sun: `${mark}.deputy`,
      duty: duty?.id ?? '',
      token: duty?.token ?? '',
      sha256: kept.json.sha256,
      year: '2026',
      period: '2026-03',
      quarter: '2026Q2',
      batch: '1',
      version: '1',
      run: '1',
      bond: code('Z'),
      withdrawal: 'W-1',
      commitment: 'C-1',
      release: 'R-1',
      voucher: made.json.voucher.voucher,
      takeOver: taken.json.takeOver.takeOver,
      transaction: '0'.repeat(8) + '-0000-4000-8000-' + '0'.repeat(12),
    },
  }
}

/** What `{id}` is, by the beginning of the path. */
const idsOfPaths: Readonly<Record<string, string>> = {
  '/v1/entries': 'entry',
  '/v1/approvals': 'approval',
  '/v1/delegations': 'delegation',
  '/v1/tokens': 'token',
  '/v1/commitments': 'commitment',
  '/v1/releases': 'release',
  '/v1/vouchers': 'voucher',
  '/v1/withdrawals': 'withdrawal',
  '/v1/take-overs': 'takeOver',
  '/v1/transactions': 'transaction',
}

/** What a list or a figure cannot be asked for without. */
const queries: Readonly<Record<string, string>> = {
  readBalance: 'account=1011',
  readStatement: 'account=1011&from=2026-01-01&to=2026-12-31',
  readConsistency: 'from=1&to=1',
  compareAllocationVersions: 'from=1&to=2',
  tryBatch: 'mode=strict',
}

/** Those whose example names two projects. */
const bodies: Readonly<Record<string, Json>> = {
  submitFundingPlans: { plans: [{ project: 'P1', version: 1 }] },
  allocateBond: { from: '2026-03-27', documentNumber: '文', shares: [{ project: 'P1', amount: '1.00' }] },
}

export type Asking = { readonly path: string; readonly given: Given }

/** A request of a route that names the things of one district, from path to body. */
export function requestTo(route: Route, { ids }: District, [sample] = examplesOf(route.id)): Asking {
  const body = bodies[route.id] ?? sample?.body
  const place = Object.keys(idsOfPaths).find((start) => route.path.startsWith(start)) ?? ''
  const path = route.path.replaceAll(/\{([a-z0-9]+)\}/g, (_, name: string) => {
    const wanted = name === 'id' ? (idsOfPaths[place] ?? '') : name
    return encodeURIComponent(ids[wanted] ?? put(sample?.params?.[name] ?? '1', ids))
  })
  const query = queries[route.id]
  return {
    path: query ? `${path}?${query}` : path,
    given: {
      method: route.method,
      ...(route.versioned && { headers: { 'if-match': `"${sample?.version ?? 1}"` } }),
      ...(body !== undefined && { body: deep(body, ids) }),
    },
  }
}

const put = (text: string, ids: District['ids']): string => (Object.hasOwn(ids, text) ? (ids[text] ?? text) : text)

function deep(value: Json, ids: District['ids']): Json {
  if (typeof value === 'string') return put(value, ids)
  if (Array.isArray(value)) return value.map((item) => deep(item, ids))
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deep(item, ids)]))
}
