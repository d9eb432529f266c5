/**
 * N19: the history of a thing shows everything that touched it: acts, approvals step by step with their persons, what
 * was posted and taken back, releases and claw-backs; of whatever noun, from the records the acts themselves leave.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import { submitEveryKind } from '../http/every-approval.ts'
import { testClock } from '../release/programme.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
type Event = {
  at: string
  what: string
  noun: string
  id: string
  version: number
  verb: string
  person: string
  body: { [key: string]: unknown }
}
let auditor = ''
beforeAll(async () => {
  await submitEveryKind(door())
  auditor = await door().token('auditor', { person: 'audit' })
}, 300_000)

async function historyOf(path: string, limit = 7, token = auditor): Promise<Event[]> {
  const all: Event[] = []
  let cursor = ''
  do {
    const { status, json, text } = await door().ask(`${path}/history?limit=${limit}${cursor}`, { token })
    expect(status, text).toBe(200)
    all.push(...json.items)
    cursor = json.next === null ? '' : `&cursor=${json.next}`
  } while (cursor !== '')
  return all
}
const first = async (path: string) => (await door().ask(path, { token: auditor })).json.items[0]

describe('the history of an indicator', () => {
  it('shows acts, decisions, entries, releases and claw-backs, in the order they were recorded, once each', async () => {
    const { allocation } = await first('/v1/releases?state=released')
    const { indicator } = (await door().ask(`/v1/allocations/${allocation}`, { token: auditor })).json
    const all = await historyOf(`/v1/indicators/${indicator}`)
    const of = (what: string) => all.filter((event) => event.what === what)
    const nouns = of('act').map(({ noun }) => noun)
    expect(nouns).toEqual(expect.arrayContaining(['indicator', 'release', 'clawback', 'settlement']))
    expect(of('decision').map(({ verb }) => verb)).toEqual(expect.arrayContaining(['submitted', 'checked', 'approved']))
    expect(of('entry').length).toBeGreaterThan(3)
    const order = all.map(({ at }) => at)
    expect(order).toEqual(order.toSorted())
    const names = all.map(({ what, noun, id, version, verb }) => [what, noun, id, version, verb].join('|'))
    expect(new Set(names).size).toBe(names.length)
    expect(await historyOf(`/v1/indicators/${indicator}`, 500)).toEqual(all)
  })

  it('tells who put it in force, and not who asked for it', async () => {
    const all = await historyOf('/v1/indicators/ZY-1')
    const force = all.find(({ noun, id, verb }) => noun === 'indicator' && id === 'ZY-1' && verb === 'in_force')
    const approved = all.filter(({ what, verb, at }) => what === 'decision' && verb === 'approved' && at === force?.at)
    expect(approved.map(({ person }) => person)).toContain(force?.person)
    expect(force?.person).not.toBe('finance_maker')
  })

  it('a withdrawn one reads withdrawn', async () => {
    const token = await door().token('finance_maker')
    const body = {
      indicator: 'GONE-1',
      book: 'CITY',
      documentNumber: '京财建指〔2026〕99号',
      level: 'central',
      source: 'F10',
      year: 2026,
      programme: 'LJ2026',
      purpose: '撤回的',
      payment: 'authorised',
      amount: '5.00',
      on: '2026-07-15',
    }
    const { json } = await door().ask('/v1/indicators', { body, token })
    const withdrawn = { verdict: 'withdraw', hash: json.hash }
    await door().ask(`/v1/approvals/${json.approval}/decision`, { body: withdrawn, token })
    const all = await historyOf('/v1/indicators/GONE-1')
    expect(all.map(({ what, verb }) => `${what} ${verb}`)).toEqual([
      'decision submitted',
      'act proposed',
      'decision withdrawn',
      'act withdrawn',
    ])
  })

  it('shows a district of a shared allocation its share, and not how the city came to it', async () => {
    const { allocation } = await first('/v1/allocations?state=approved')
    const path = `/v1/allocations/${allocation}`
    expect((await historyOf(path)).filter(({ noun }) => noun === 'allocation').length).toBeGreaterThan(1)
    const token = await door().token('finance_maker', { district: '110102', person: 'xi' })
    const own = await historyOf(path, 500, token)
    expect(own.filter(({ noun }) => noun === 'allocation')).toEqual([])
    for (const { id } of own.filter(({ what }) => what === 'decision'))
      expect((await door().ask(`/v1/approvals/${id}`, { token })).status).toBe(200)
  })

  it('shows another office no decision of finance', async () => {
    const { project } = await first('/v1/withdrawals')
    const path = `/v1/projects/${project}`
    expect((await historyOf(path)).filter(({ what }) => what === 'decision')).not.toEqual([])
    for (const [role, person] of [
      ['pf_officer', '公积金甲'],
      ['provident_fund', '公积金乙'],
    ] as const) {
      const all = await historyOf(path, 500, await door().token(role, { person }))
      expect(all.filter(({ what }) => what === 'act')).not.toEqual([])
      expect(all.filter(({ what }) => what === 'decision')).toEqual([])
    }
  })

  it('shows a district nothing of the city’s', async () => {
    const token = await door().token('finance_maker', { district: '110105', person: 'dong' })
    expect((await door().ask('/v1/indicators/ZY-1/history', { token })).json.code).toBe('indicator_not_found')
  })
})

describe('of every other noun likewise', () => {
  it('of a project, a release, an allocation, a commitment, a cash plan, a community', async () => {
    const verbs = async (path: string) => (await historyOf(path)).map(({ noun, verb }) => `${noun} ${verb}`)
    const { release } = await first('/v1/releases?state=released')
    expect(await verbs(`/v1/releases/${release}`)).toEqual(
      expect.arrayContaining(['release drafted', 'approval approved', 'entry posted']),
    )
    const { allocation } = await first('/v1/releases?state=released')
    expect(await verbs(`/v1/allocations/${allocation}`)).toEqual(
      expect.arrayContaining(['release released', 'clawback posted', 'approval approved', 'entry posted']),
    )
    expect(await verbs('/v1/books/CITY/cash-plans')).toEqual(
      expect.arrayContaining(['approval submitted', 'approval approved', 'entry posted']),
    )
    expect(await verbs('/v1/communities/GC-1')).toEqual(
      expect.arrayContaining(['community registered', 'approval checked', 'community standing_checked']),
    )
    const { project } = await first('/v1/projects?state=planned')
    expect(await verbs(`/v1/projects/${project}`)).toEqual(expect.arrayContaining(['project registered']))
  })
})
