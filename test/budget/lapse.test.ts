/**
 * The two-year rule through the books (预算法 第四十二条; O-68): what is carried over, what lapses, what is told of commitments
 * still open.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { lapseIndicators } from '../../src/budget/lapse/verbs.ts'
import { type Pool, unspentOf } from '../../src/budget/lapse/lapse.ts'
import { formatFen } from '../../src/base/money.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import type { Month } from '../../src/base/calendar.ts'
import { useDoor } from '../support/door.ts'
import { checker } from '../support/ledger.ts'
import { assignTo, inForce, newProject, type Office, officer, openBook, openOffice, planned, spent } from './office.ts'

const door = useDoor()
let office: Office
beforeAll(async () => {
  office = openOffice(door())
  for (const project of ['P1', 'P2', 'P3']) await newProject(door(), project, { items: { B03: '5000000.00' } })
})

const carryOver = async (book: string, year: number): Promise<void> => {
  const path = `/v1/books/${book}/years/${year}/carry-over`
  const { json } = await door().ask(`${path}/preview`, { body: {} })
  const done = await door().ask(path, { body: { hash: json.hash } })
  expect(done.status, done.text).toBe(201)
}
const issue = async (indicator: string, amount: string, on: string, project = 'P1') =>
  office.approved(await office.ask(`/v1/indicators/${indicator}/quota`, { on, amount, project }))
const lapse = (year: number) => lapseIndicators(door().ledger, year, officer)
const amountsOf = ({ lapsed }: Awaited<ReturnType<typeof lapse>>) =>
  Object.fromEntries(lapsed.map(({ indicator, amountFen }) => [indicator, formatFen(amountFen)]))

describe('O-68: 5,000,000 of 2022', () => {
  it('used 3,200,000 and 1,100,000: 700,000 go back on the last day of 2023, and both carry-overs stand', async () => {
    await openBook(door(), 'BOOK', '110000')
    await planned(office, '2022-06', '5000000.00', { book: 'BOOK' })
    await planned(office, '2023-06', '5000000.00', { book: 'BOOK' })
    await inForce(office, 'Z-68', '5000000.00', { book: 'BOOK' })
    await assignTo(office, 'Z-68', 'P1', '5000000.00')
    await issue('Z-68', '3200000.00', '2022-06-10')
    await spent(office, 'BOOK', 'P1', '3200000.00', '2022-07-01')
    const committed = await office.ask('/v1/commitments', {
      project: 'P1',
      item: 'B03',
      indicator: 'Z-68',
      amount: '4400000.00',
      on: '2022-06-10',
    })
    expect(committed.status, committed.text).toBe(201)
    expect(amountsOf(await lapse(2022))).toEqual({})
    await carryOver('BOOK', 2022)
    expect(await office.availability('Z-68')).toMatchObject({
      carried: '1800000.00',
      available: '0.00',
      issued: '3200000.00',
    })
    await issue('Z-68', '1100000.00', '2023-06-10')
    await spent(office, 'BOOK', 'P1', '1100000.00', '2023-07-01')

    const result = await lapse(2023)
    expect(amountsOf(result)).toEqual({ 'Z-68': '700000.00' })
    expect(result.lapsed[0]?.commitments).toMatchObject([
      { commitment: committed.json.commitment, project: 'P1', item: 'B03', openFen: 440_000_000n },
    ])
    // What was left of the year's cash plan ends with it.
    expect(result.cashPlans).toMatchObject([{ book: 'BOOK', amountFen: 390_000_000n }])
    expect(result.refused).toEqual([])
    expect(await office.availability('Z-68')).toMatchObject({
      approved: '4300000.00',
      carried: '0.00',
      issued: '4300000.00',
      committable: '0.00',
      committed: '4400000.00',
    })
    for (const account of ['120102', '800103', '1011', '800101'])
      expect(await office.balance('BOOK', account)).toBe('Dr 0.00')
    await carryOver('BOOK', 2023)
    expect(await office.balance('BOOK', '8101')).toBe('Cr 0.00')
    expect(await office.balance('BOOK', '9901', '2023-12-30')).toBe('Cr 5000000.00')
    expect(await office.balance('BOOK', '9901', '2023-12-31')).toBe('Cr 4300000.00')
    await office.soundBooks()
  })

  it('lapses once, however often it is asked', async () => {
    expect(await lapse(2023)).toMatchObject({ lapsed: [], cashPlans: [], refused: [] })
    expect((await office.ask('/v1/indicators/Z-68')).json).toMatchObject({ state: 'lapsed' })
    const answer = await office.ask('/v1/commitments', {
      project: 'P1',
      item: 'B03',
      indicator: 'Z-68',
      amount: '1.00',
      on: '2023-12-31',
    })
    expect(answer.json.code).toBe('indicator_not_in_force')
  })
})

describe('what is left', () => {
  it('of quota in hand is of the newest money: payments take the oldest first', async () => {
    await openBook(door(), 'FIFO', '110000')
    for (const [month] of [['2022-03'], ['2023-03']]) await planned(office, month ?? '', '9000.00', { book: 'FIFO' })
    await inForce(office, 'F-22', '1000.00', { book: 'FIFO' })
    await inForce(office, 'F-23', '1000.00', { book: 'FIFO', year: 2023, on: '2023-01-05', programme: 'LJ2022' })
    await assignTo(office, 'F-22', 'P2', '1000.00')
    await assignTo(office, 'F-23', 'P2', '1000.00', '2023-01-06')
    await issue('F-22', '1000.00', '2022-03-10', 'P2')
    await issue('F-23', '400.00', '2023-03-10', 'P2')
    await spent(office, 'FIFO', 'P2', '950.00', '2023-05-01')
    // 450 in hand: 400 of 2023, so 50 of 2022.
    expect(amountsOf(await lapse(2023))).toEqual({ 'F-22': '50.00' })
    expect(await office.balance('FIFO', '1011')).toBe('Dr 400.00')
    expect(await office.availability('F-22')).toMatchObject({ approved: '950.00', issued: '950.00', available: '0.00' })
    await office.soundBooks()
  })

  it('of quota that year-end cancelled goes back too', async () => {
    await openBook(door(), 'CANCELLED', '110000')
    await planned(office, '2022-03', '900.00', { book: 'CANCELLED' })
    await inForce(office, 'C-22', '900.00', { book: 'CANCELLED' })
    await assignTo(office, 'C-22', 'P3', '900.00')
    await issue('C-22', '500.00', '2022-03-10', 'P3')
    await spent(office, 'CANCELLED', 'P3', '480.00', '2022-05-01')
    await carryOver('CANCELLED', 2022)
    // 400 never issued and 20 cancelled stand together as quota to be returned.
    expect(await office.balance('CANCELLED', '120102')).toBe('Dr 420.00')
    expect(amountsOf(await lapse(2023))).toEqual({ 'C-22': '420.00' })
    expect(await office.balance('CANCELLED', '120102')).toBe('Dr 0.00')
    expect(await office.availability('C-22')).toMatchObject({ approved: '480.00', issued: '480.00' })
    await office.soundBooks()
  })

  it('goes in both books of what was allotted and never paid out', async () => {
    await openBook(door(), 'UPPER', '110000')
    await openBook(door(), 'LOWER')
    await inForce(office, 'U-22', '1000.00', { book: 'UPPER' })
    await inForce(office, 'U-22-1', '600.00', { book: 'LOWER', parent: 'U-22' })
    expect(amountsOf(await lapse(2023))).toEqual({ 'U-22-1': '600.00', 'U-22': '1000.00' })
    for (const indicator of ['U-22', 'U-22-1'])
      expect(await office.availability(indicator)).toMatchObject({
        approved: '0.00',
        available: '0.00',
        allotted: '0.00',
        committableApproved: '0.00',
      })
    await office.soundBooks()
  })

  it('lapses once though two ask at one moment', async () => {
    await openBook(door(), 'TWICE', '110000')
    for (const code of ['W-1', 'W-2', 'W-3']) await inForce(office, code, '10.00', { book: 'TWICE' })
    const results = await Promise.all([lapse(2023), lapse(2023)])
    expect(results.flatMap(({ refused }) => refused)).toEqual([])
    expect(results.flatMap(({ lapsed }) => lapsed.map(({ indicator }) => indicator)).toSorted()).toEqual([
      'W-1',
      'W-2',
      'W-3',
    ])
    await office.soundBooks()
  })

  it('in a book whose December is closed is told, and the others lapse', async () => {
    await openBook(door(), 'SHUT', '110000')
    await openBook(door(), 'OPEN', '110000')
    await inForce(office, 'S-22', '10.00', { book: 'SHUT' })
    await inForce(office, 'T-22', '10.00', { book: 'OPEN' })
    await closePeriod(door().ledger, checker, 'SHUT', '2023-12' as Month)
    const result = await lapse(2023)
    expect(result.refused).toMatchObject([{ what: 'S-22', refusal: { code: 'period_closed' } }])
    expect(amountsOf(result)).toEqual({ 'T-22': '10.00' })
    expect((await office.ask('/v1/indicators/S-22')).json.state).toBe('in_force')
  })

  it('is nobody’s to recover who may not manage indicators', async () => {
    await expect(lapseIndicators(door().ledger, 2023, checker)).rejects.toMatchObject({ code: 'permission_denied' })
  })
})

describe('the pool of quota', () => {
  const pool = (quotaFen: bigint, cancelledFen: bigint, issued: readonly bigint[]): Pool => ({
    quotaFen,
    cancelledFen,
    issued: issued.map((issuedFen, index) => ({ indicator: `I${index}`, issuedFen })),
  })
  it.each<[string, Pool, number, bigint, bigint]>([
    ['nothing left', pool(0n, 0n, [5n, 5n]), 0, 0n, 0n],
    ['all of the newer', pool(5n, 0n, [5n, 5n]), 0, 0n, 0n],
    ['what the newer cannot account for', pool(7n, 0n, [5n, 5n]), 0, 2n, 0n],
    ['no more than was issued of it', pool(20n, 0n, [5n, 5n]), 0, 5n, 0n],
    ['in hand before cancelled', pool(3n, 4n, [6n]), 0, 3n, 3n],
    ['the newest has all', pool(5n, 0n, [5n, 5n]), 1, 5n, 0n],
    ['an indicator that issued nothing', pool(5n, 0n, [5n]), 7, 0n, 0n],
    ['a pool below zero', pool(-5n, 3n, [5n]), 0, 0n, 3n],
  ])('gives an indicator %s', (_, given, which, quotaFen, cancelledFen) => {
    expect(unspentOf(`I${which}`, given)).toEqual({ quotaFen, cancelledFen })
  })
})
