/**
 * An allocation of a whole programme: 16 districts, 303 projects, 79,000 dwellings. Prints how long each step took;
 * asserts none.
 */
import { beforeAll, expect, it } from 'vitest'
import { lawOn } from '../../src/policy/parameters.ts'
import { day } from '../../src/base/calendar.ts'
import { useDoor } from '../support/door.ts'
import {
  addProjects,
  ask,
  decide,
  draft,
  faultsOf,
  fund,
  type GivenProject,
  on,
  openBooks,
  type Staff,
  staffOf,
  submit,
} from './world.ts'

const door = useDoor()
let staff: Staff
const districts = [...lawOn(day(on)).take('district_codes')].filter((code) => code !== '110000')

/** 303 projects that add up to 1,167 buildings, 79,000 households and 6.67 million m². */
function programme(): GivenProject[] {
  const part = (total: number, i: number): number => Math.floor((total * (i + 1)) / 303) - Math.floor((total * i) / 303)
  return Array.from({ length: 303 }, (_, i) => ({
    project: `LJ-${String(i + 1).padStart(3, '0')}`,
    district: districts[i % 16] ?? '',
    area: BigInt(part(6_670_000, i)),
    buildings: part(1_167, i),
    households: part(79_000, i),
  }))
}

beforeAll(async () => {
  await openBooks(door().ledger, districts)
  staff = await staffOf(door())
  await addProjects(door().ledger, programme())
  await fund(door().ledger, { indicator: 'SZ', amount: '1000000000.00' })
}, 120_000)

it('303 projects: from the request to the draft, and from the last approval to the books', async () => {
  const times: [string, number][] = []
  const timed = async <T>(what: string, work: Promise<T>): Promise<T> => {
    const start = performance.now()
    const answer = await work
    times.push([what, performance.now() - start])
    return answer
  }
  const body = {
    allocation: 'ALL',
    indicator: 'SZ',
    recipients: 'projects',
    on,
    total: '1000000000.00',
    formula: { variant: 'factor-2019' },
    registry: { districts: districts.map((district) => ({ district, coefficient: '1.00' })) },
    document: '登记数据',
  }
  const drafted = await timed('draft', draft(door(), staff, body))
  expect(drafted.json.shares).toHaveLength(303)
  const { allocation: _, indicator: __, recipients: ___, ...content } = body
  const given = { body: { ...content, total: '999999999.99' }, token: staff.maker, headers: { 'if-match': '"1"' } }
  await timed('redraft', ask(door(), '/v1/allocations/ALL/versions', given, 201))
  await timed('compare', ask(door(), '/v1/allocations/ALL/comparison?from=1&to=2', { token: staff.checker }, 200))
  const one = await timed('submit', submit(door(), staff, 'ALL'))
  await timed('check', decide(door(), staff.checker, one, 'check'))
  await decide(door(), staff.approvers[0] ?? '', one, 'approve')
  const last = await timed('approve and post', decide(door(), staff.approvers[1] ?? '', one, 'approve'))
  expect(last.json?.state, last.text.slice(0, 500)).toBe('approved')
  await timed('read a version', ask(door(), '/v1/allocations/ALL/versions/2', { token: staff.checker }, 200))
  const [sums] = await door().ledger.database.sql<{ assigned: bigint; dwellings: number }[]>`
    select (select sum(t.debit_fen - t.credit_fen)::bigint from account a cross join lateral balance_on(a.book_id, a.account, 'infinity') t
            where a.subject = '910102' and a.project like 'LJ-%') as assigned,
           (select count(*)::int from dwelling) as dwellings`
  expect(sums).toEqual({ assigned: 99_999_999_999n, dwellings: 79_000 })
  expect(await faultsOf(door().ledger)).toEqual([])
  process.stdout.write(`${times.map(([what, ms]) => `${what}: ${Math.round(ms)} ms`).join(' · ')}\n`)
}, 120_000)
