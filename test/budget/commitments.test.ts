/**
 * Commitments at the door: what an item costs is claimed once (O-09), by sources that may pay it, out of what
 * indicators have free.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { payCommitment } from '../../src/budget/commitment/verbs.ts'
import { claimsOfItem } from '../../src/budget/commitment/store.ts'
import { transact } from '../../src/base/db.ts'
import { day } from '../../src/base/calendar.ts'
import { draftFor } from '../../src/budget/indicator/entries.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { useDoor } from '../support/door.ts'
import {
  assignTo,
  away,
  home,
  indicatorBody,
  inForce,
  newProject,
  type Office,
  officer,
  openBook,
  openOffice,
} from './office.ts'

const door = useDoor()
let office: Office
beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  await newProject(door(), 'P1', { book: 'HOME', items: { B03: '100000.00', B04: '500000.00', U02: '50000.00' } })
  await newProject(door(), 'P2', { items: { B03: '1000.00' } })
  await newProject(door(), 'P-FAR', { district: away, items: { B03: '1000.00' } })
  await newProject(door(), 'P-DONE', { state: 'settled', items: { B03: '1000.00' } })
  await inForce(office, 'Z-M', '200000.00')
  await assignTo(office, 'Z-M', 'P1', '200000.00')
  await inForce(office, 'Z-C', '100000.00', { source: 'F10', level: 'central' })
  await assignTo(office, 'Z-C', 'P1', '100000.00')
  await inForce(office, 'Z-HOME', '100.00', { book: 'HOME', source: 'F30', level: 'district' })
})

let number = 0
const commit = (amount: string, more: object = {}, options: { district?: string; key?: string } = {}) =>
  office.ask(
    '/v1/commitments',
    { project: 'P1', item: 'B03', indicator: 'Z-M', amount, on: '2022-03-01', ...more },
    options,
  )
const refused = async (answer: ReturnType<typeof commit>) => {
  const { status, json } = await answer
  return `${status} ${json.code}`
}
const release = (commitment: string, body: object = {}, options: { district?: string } = {}) =>
  office.ask(`/v1/commitments/${commitment}/release`, { on: '2022-03-05', reason: '合同变更', ...body }, options)

describe('O-09: an item of 100,000', () => {
  it('with 60,000 and 30,000 booked by two levels takes 10,000.00 more and no fen above it', async () => {
    const first = await commit('60000.00')
    expect(first.status, first.text).toBe(201)
    expect(first.headers.get('location')).toBe(`/v1/commitments/${first.json.commitment}`)
    expect((await commit('30000.00', { indicator: 'Z-C' })).status).toBe(201)
    const over = await commit('10000.01', { indicator: 'Z-C' })
    expect(`${over.status} ${over.json.code}`).toBe('422 commitment_exceeds_cost')
    for (const amount of ['100000.00', '90000.00', 'F10 30000.00', 'F21 60000.00', '10000.01', '0.01', '10000.00'])
      expect(over.json.detail).toContain(amount)
    expect((await commit('10000.00', { indicator: 'Z-C' })).status).toBe(201)
    expect(await refused(commit('0.01'))).toBe('422 commitment_exceeds_cost')
    expect(await office.availability('Z-M')).toMatchObject({ committable: '140000.00', committed: '60000.00' })
    expect(await office.availability('Z-C')).toMatchObject({ committable: '60000.00', committed: '40000.00' })
    await office.soundBooks()
  })

  it('counts what owners take upon themselves, in the project’s own book', async () => {
    const owners = { indicator: undefined, source: 'F51', item: 'U02' }
    const { json, status } = await commit('45000.00', owners)
    expect([status, json.book, json.indicator]).toEqual([201, 'HOME', undefined])
    expect(await office.balance('HOME', '910302')).toBe('Dr 45000.00')
    expect(await refused(commit('5000.01', { ...owners, source: 'F81' }))).toBe('422 commitment_exceeds_cost')
    expect((await commit('5000.00', { ...owners, source: 'F81' })).status).toBe(201)
    const claims = await transact(door().test.database, (tx) => claimsOfItem(tx, 'P1', 'U02'))
    expect(claims).toEqual([
      { source: 'F51', claimedFen: 4_500_000n },
      { source: 'F81', claimedFen: 500_000n },
    ])
    expect((await release(json.commitment)).json).toMatchObject({ state: 'released', open: '0.00' })
    expect(await office.balance('HOME', '910302')).toBe('Dr 5000.00')
    await office.soundBooks()
  })

  it('is answered the same under the same key, a refusal too', async () => {
    const first = await commit('1.00', { item: 'B04' }, { key: 'again' })
    const second = await commit('1.00', { item: 'B04' }, { key: 'again' })
    expect([second.status, second.text]).toEqual([first.status, first.text])
    const { json } = await office.ask('/v1/commitments?project=P1&item=B04')
    expect(json.items).toHaveLength(1)
    const no = await commit('1.00', {}, { key: 'no' })
    await release(await firstOf('B03', 'Z-M'), { amount: '1.00' })
    expect((await commit('1.00', {}, { key: 'no' })).text).toBe(no.text)
    expect((await commit('1.00')).status).toBe(201)
  })
})

const firstOf = async (item: string, indicator: string): Promise<string> => {
  const { json } = await office.ask(`/v1/commitments?project=P1&item=${item}&indicator=${indicator}&limit=1`)
  return json.items[0].commitment
}

describe('a commitment', () => {
  it('takes no more than is free under its project', async () => {
    expect(await refused(commit('60000.01', { item: 'B04', indicator: 'Z-C' }))).toBe('422 balance_insufficient')
    // Assigned to another project, or to none, it is not free here.
    expect(await refused(commit('1.00', { project: 'P2' }))).toBe('422 balance_insufficient')
  })

  it('comes from a source that may pay the item', async () => {
    await inForce(office, 'Z-UPGRADE', '100.00')
    await assignTo(office, 'Z-UPGRADE', 'P1', '100.00')
    const answer = await commit('1.00', { item: 'U02', indicator: 'Z-UPGRADE' })
    expect(`${answer.status} ${answer.json.code}`).toBe('422 source_not_eligible')
    expect(answer.json.clause).toContain('京政办发〔2022〕28号')
    expect(await refused(commit('1.00', { item: 'B04', indicator: undefined, source: 'F62' }))).toBe(
      '422 source_not_eligible',
    )
  })

  it('needs a project that is funded, an item with a cost, an indicator in force in its years, one fund', async () => {
    expect(await refused(commit('1.00', { project: 'P-NONE' }))).toBe('404 project_not_found')
    expect(await refused(commit('1.00', { project: 'P-DONE' }))).toBe('422 project_not_funded')
    expect(await refused(commit('1.00', { item: 'B09' }))).toBe('422 item_not_of_project')
    expect(await refused(commit('1.00', { item: 'B04', indicator: 'Z-NONE' }))).toBe('404 indicator_not_found')
    expect(await refused(commit('1.00', { item: 'B04', on: '2024-01-01' }))).toBe('422 indicator_year_over')
    expect(await refused(commit('1.00', { indicator: undefined, source: 'F21' }))).toBe('422 source_needs_indicator')
    expect(await refused(commit('1.00', { project: 'P2', indicator: undefined, source: 'F51' }))).toBe(
      '422 project_has_no_book',
    )
    expect(await refused(commit('1.00', { source: 'F51' }))).toBe('400 input_invalid')
    expect(await refused(commit('1.00', { indicator: undefined }))).toBe('400 input_invalid')
    await office.ask('/v1/indicators', indicatorBody('Z-NOT-YET', '1.00'))
    expect(await refused(commit('1.00', { item: 'B04', indicator: 'Z-NOT-YET' }))).toBe('422 indicator_not_in_force')
  })

  it('is made where its maker may, and exists for its district alone', async () => {
    expect(await refused(commit('1.00', { project: 'P-FAR' }, { district: home }))).toBe('404 project_not_found')
    expect(await refused(commit('1.00', { item: 'B04' }, { district: home }))).toBe('404 indicator_not_found')
    const { json } = await commit('1.00', { item: 'B04' })
    expect((await office.ask(`/v1/commitments/${json.commitment}`, undefined, { district: home })).status).toBe(200)
    const other = await office.ask(`/v1/commitments/${json.commitment}`, undefined, { district: away })
    expect(other.json.code).toBe('commitment_not_found')
    expect(await refused(release(json.commitment, {}, { district: away }))).toBe('404 commitment_not_found')
    expect((await office.ask('/v1/commitments', undefined, { district: away })).json.items).toEqual([])
    const token = await door().token('finance_checker')
    const denied = await door().ask('/v1/commitments', {
      token,
      body: { project: 'P1', item: 'B04', indicator: 'Z-M', amount: '1.00', on: '2022-03-01' },
    })
    expect(denied.json.code).toBe('permission_denied')
  })

  it('is released in part and in full, and never more than is open', async () => {
    const { json } = await commit('100.00', { item: 'B04', contract: `HT-${++number}` })
    const before = await office.availability('Z-M')
    expect((await release(json.commitment, { amount: '40.00' })).json).toMatchObject({
      state: 'made',
      released: '40.00',
      open: '60.00',
      version: 2,
    })
    expect(await refused(release(json.commitment, { amount: '60.01' }))).toBe('422 commitment_not_open')
    expect((await release(json.commitment)).json).toMatchObject({ state: 'released', open: '0.00' })
    expect(await refused(release(json.commitment))).toBe('422 commitment_not_open')
    expect(await refused(release('C-999999'))).toBe('404 commitment_not_found')
    const after = await office.availability('Z-M')
    expect(Number(after.committable)).toBeCloseTo(Number(before.committable) + 100)
    const { json: red } = await office.ask('/v1/books/CITY/entries?type=red&limit=500')
    expect(red.items.at(-1).lines[0]).toMatchObject({ account: '910302', debit: '-60.00', item: 'B04' })
  })

  it('that is paid stays claimed, and cannot be released', async () => {
    const { json } = await commit('100.00', { item: 'B04' })
    await actOnce(door().ledger, async ({ tx, at, post }) => {
      const { book, lines } = await payCommitment(tx, officer, { commitment: json.commitment, amountFen: 10_000n, at })
      const draft = draftFor({ documentNumber: '支付1号' }, { on: day('2022-04-01'), summary: '支付工程款', lines })
      await post({ key: `pay:${json.commitment}`, maker: 'officer', approvals: [], entries: [{ book, draft }] })
    })
    expect((await office.ask(`/v1/commitments/${json.commitment}`)).json).toMatchObject({
      state: 'paid',
      paid: '100.00',
    })
    expect(await refused(release(json.commitment))).toBe('422 commitment_not_open')
    expect(await office.availability('Z-M')).toMatchObject({ committedPaid: '100.00' })
    await office.soundBooks()
  })

  it('is paged', async () => {
    const { json: first } = await office.ask('/v1/commitments?project=P1&limit=2')
    const { json: rest } = await office.ask(`/v1/commitments?project=P1&limit=500&cursor=${first.next}`)
    const { json: all } = await office.ask('/v1/commitments?project=P1&limit=500')
    expect([...first.items, ...rest.items]).toEqual(all.items)
    const { json: open } = await office.ask('/v1/commitments?state=paid')
    expect(open.items.every((one: { state: string }) => one.state === 'paid')).toBe(true)
  })
})
