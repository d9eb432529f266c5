/**
 * Indicators at the door: registered, settled, assigned, allotted, issued, reinstated, each by approval; and every
 * reason to say no.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import { carry } from '../support/ledger.ts'
import {
  assignTo,
  away,
  home,
  inForce,
  indicatorBody,
  newProject,
  type Office,
  openBook,
  openOffice,
  planned,
  spent,
} from './office.ts'

const door = useDoor()
let office: Office
beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  await openBook(door(), 'AWAY', away)
  await openBook(door(), 'NOTES', home, 'memo')
  await newProject(door(), 'P1')
  await newProject(door(), 'P-FAR', { district: away })
  await newProject(door(), 'P-RESERVE', { state: 'reserve' })
})

const refusedBy = async (path: string, body: unknown, more?: { district?: string }) => {
  const { status, json } = await office.ask(path, body, more)
  return `${status} ${json.code}`
}

describe('an indicator', () => {
  it('stands in its book on both axes once it is approved, with the approvals on its entry', async () => {
    const submitted = await office.ask('/v1/indicators', indicatorBody('Z-1', '1000.00'))
    expect(submitted.json).toMatchObject({ indicator: { state: 'proposed', version: 1 }, warnings: [] })
    expect(await office.availability('Z-1')).toMatchObject({ approved: '0.00', available: '0.00' })
    await office.approved(submitted)
    expect(await office.availability('Z-1')).toMatchObject({
      approved: '1000.00',
      available: '1000.00',
      unassigned: '1000.00',
      committableApproved: '1000.00',
      committable: '1000.00',
    })
    const { json } = await office.ask('/v1/books/CITY/entries?limit=1')
    expect(json.items[0]).toMatchObject({
      on: '2022-01-15',
      maker: 'finance_maker',
      documents: [{ number: '京财建指〔2022〕Z-1号' }],
    })
    expect(json.items[0].approvals.map((one: { decision: string }) => one.decision)).toEqual([
      'submitted',
      'checked',
      'approved',
    ])
    const { json: history } = await office.ask('/v1/indicators/Z-1/history')
    expect(history.items.map((one: { verb: string }) => one.verb)).toEqual([
      'submitted',
      'proposed',
      'checked',
      'approved',
      'in_force',
      'posted',
    ])
  })

  it('is answered the same under the same key', async () => {
    const body = indicatorBody('Z-KEY', '10.00')
    const first = await office.ask('/v1/indicators', body, { key: 'once' })
    const again = await office.ask('/v1/indicators', body, { key: 'once' })
    expect([again.status, again.text]).toEqual([first.status, first.text])
    expect(again.headers.get('idempotent-replayed')).toBe('true')
  })

  it('may be proposed anew when it was sent back, and books nothing before', async () => {
    const submitted = await office.ask('/v1/indicators', indicatorBody('Z-BACK', '10.00'))
    await office.decide(submitted, 'check')
    expect((await office.decide(submitted, 'reject', 'wang')).json.state).toBe('rejected')
    expect((await office.ask('/v1/indicators/Z-BACK')).json).toMatchObject({ state: 'rejected', version: 2 })
    await inForce(office, 'Z-BACK', '12.00')
    expect(await office.availability('Z-BACK')).toMatchObject({ approved: '12.00' })
    expect((await office.ask('/v1/indicators/Z-BACK')).json).toMatchObject({ state: 'in_force', version: 4 })
  })

  it('exists for its district and the city, and for nobody else', async () => {
    await inForce(office, 'Z-HOME', '10.00', { book: 'HOME', source: 'F30', level: 'district' })
    expect((await office.ask('/v1/indicators/Z-HOME', undefined, { district: home })).status).toBe(200)
    for (const path of ['', '/availability', '/history']) {
      const { status, json } = await office.ask(`/v1/indicators/Z-HOME${path}`, undefined, { district: away })
      expect(`${status} ${json.code}`).toBe('404 indicator_not_found')
    }
    const mine = await office.ask('/v1/indicators', undefined, { district: away })
    expect(mine.json.items).toEqual([])
    const all = await office.ask('/v1/indicators?limit=1')
    expect(all.json.items).toHaveLength(1)
    const rest = await office.ask(`/v1/indicators?limit=500&cursor=${all.json.next}`)
    expect(rest.json.items.map((one: { indicator: string }) => one.indicator)).toContain('Z-HOME')
  })

  it('is refused where it cannot stand', async () => {
    const path = '/v1/indicators'
    expect(await refusedBy(path, indicatorBody('Z-X', '1.00', { book: 'NOWHERE' }))).toBe('404 book_not_found')
    expect(await refusedBy(path, indicatorBody('Z-X', '1.00', { book: 'HOME' }), { district: away })).toBe(
      '404 book_not_found',
    )
    expect(await refusedBy(path, indicatorBody('Z-X', '1.00', { book: 'NOTES' }))).toBe('422 book_keeps_no_indicators')
    expect(await refusedBy(path, indicatorBody('Z-X', '1.00', { source: 'F51' }))).toBe('422 source_not_fiscal')
    expect(await refusedBy(path, indicatorBody('Z-X', '0.00'))).toBe('400 input_invalid')
    expect(await refusedBy(path, indicatorBody('Z-1', '1.00'))).toBe('409 indicator_exists')
    await office.ask(path, indicatorBody('Z-WAITS', '1.00'))
    expect(await refusedBy(path, indicatorBody('Z-WAITS', '1.00'))).toBe('409 approval_pending')
    const { status, json } = await door().ask(path, {
      token: await door().token('auditor'),
      body: indicatorBody('Z-X', '1.00'),
    })
    expect(`${status} ${json.code}`).toBe('403 permission_denied')
  })

  it('may not be used before it is in force', async () => {
    await office.ask('/v1/indicators', indicatorBody('Z-NOT-YET', '1.00'))
    const shares = [{ project: 'P1', amount: '1.00' }]
    expect(await refusedBy('/v1/indicators/Z-NOT-YET/assignments', { on: '2022-02-01', shares })).toBe(
      '422 indicator_not_in_force',
    )
    expect(await refusedBy('/v1/indicators/Z-NONE/assignments', { on: '2022-02-01', shares })).toBe(
      '404 indicator_not_found',
    )
  })
})

describe('O-05: an early notice', () => {
  const notice = (indicator: string, amount: string, expected = '180000000.00') =>
    office.ask('/v1/indicators', indicatorBody(indicator, amount, { expected, year: 2023, on: '2022-11-10' }))

  it('of exactly 70 % passes without a word, a fen less is a warning its approvers see too', async () => {
    const enough = await notice('E-ENOUGH', '126000000.00')
    expect(enough.json.warnings).toEqual([])
    const short = await notice('E-SHORT', '125999999.99')
    expect(short.status).toBe(202)
    expect(short.json.warnings).toHaveLength(1)
    expect(short.json.warnings[0]).toContain('126000000.00')
    expect(short.json.warnings[0]).toContain('0.01')
    expect(short.json.warnings[0]).toContain('预算法实施条例 第四十八条')
    const { json } = await office.ask(`/v1/approvals/${short.json.approval}`)
    expect(JSON.parse(json.content).content).toMatchObject({ minimum: '126000000.00', warnings: short.json.warnings })
    await office.approved(short)
  })

  it('rounds its minimum up to the fen', async () => {
    expect((await notice('E-UP', '0.70', '1.01')).json.warnings[0]).toContain('0.71')
    expect((await notice('E-UP-OK', '0.71', '1.01')).json.warnings).toEqual([])
  })

  it('below the final budget has the rest issued: 49,320,000.00', async () => {
    await office.approved(await notice('E-MORE', '126000000.00'))
    const body = { final: '175320000.00', documentNumber: '京财建指〔2023〕88号', on: '2023-02-20' }
    const submitted = await office.ask('/v1/indicators/E-MORE/final-budget', body)
    const { json } = await office.ask(`/v1/approvals/${submitted.json.approval}`)
    expect(JSON.parse(json.content).content).toMatchObject({
      further: '49320000.00',
      recovered: '0.00',
      outstanding: '0.00',
    })
    await office.approved(submitted)
    expect(await office.availability('E-MORE')).toMatchObject({
      approved: '175320000.00',
      available: '175320000.00',
      committable: '175320000.00',
    })
    expect((await office.ask('/v1/indicators/E-MORE')).json).toMatchObject({ kind: 'final', expected: '180000000.00' })
    expect(await refusedBy('/v1/indicators/E-MORE/final-budget', body)).toBe('422 indicator_is_final')
  })

  it('above the final budget has what is free taken back at once, in red: 6,000,000.00', async () => {
    await office.approved(await notice('E-LESS', '126000000.00'))
    const body = { final: '120000000.00', documentNumber: '京财建指〔2023〕89号', on: '2023-02-20' }
    await office.approved(await office.ask('/v1/indicators/E-LESS/final-budget', body))
    expect(await office.availability('E-LESS')).toMatchObject({
      approved: '120000000.00',
      committable: '120000000.00',
      recoveries: [],
    })
    const { json } = await office.ask('/v1/books/CITY/entries?type=red&limit=500')
    expect(json.items.at(-1).lines[0]).toMatchObject({ account: '910102', debit: '-6000000.00', indicator: 'E-LESS' })
  })

  it('that was allotted is recovered from later tranches, by what each district holds', async () => {
    await office.approved(await notice('E-GONE', '126000000.00'))
    const child = (code: string, book: string, amount: string) =>
      office.ask(
        '/v1/indicators',
        indicatorBody(code, amount, { book, parent: 'E-GONE', year: 2023, on: '2023-01-10' }),
      )
    await office.approved(await child('E-GONE-1', 'HOME', '84000000.00'))
    await office.approved(await child('E-GONE-2', 'AWAY', '40000000.00'))
    const body = { final: '120000000.00', documentNumber: '京财建指〔2023〕90号', on: '2023-02-20' }
    await office.approved(await office.ask('/v1/indicators/E-GONE/final-budget', body))
    // 2,000,000 were free; of the other 4,000,000 84 parts in 124 are of one district.
    expect(await office.availability('E-GONE')).toMatchObject({
      approved: '124000000.00',
      available: '0.00',
      allotted: '124000000.00',
      recoveries: [
        { district: home, due: '2709677.42', done: '0.00' },
        { district: away, due: '1290322.58', done: '0.00' },
      ],
    })
    await office.soundBooks()
  })

  it('is not settled with nothing', async () => {
    expect(
      await refusedBy('/v1/indicators/E-ENOUGH/final-budget', { final: '0.00', documentNumber: 'x', on: '2023-02-20' }),
    ).toBe('422 adjustment_changes_nothing')
  })
})

describe('allotting', () => {
  const child = (indicator: string, more: object = {}) =>
    indicatorBody(indicator, '300.00', { book: 'HOME', parent: 'Z-UP', ...more })

  it('books both books at once, and the city can neither issue nor commit the money again', async () => {
    await inForce(office, 'Z-UP', '1000.00')
    await inForce(office, 'Z-DOWN', '300.00', child('Z-DOWN'))
    expect(await office.availability('Z-UP')).toMatchObject({
      available: '700.00',
      committable: '700.00',
      allotted: '300.00',
      byDistrict: [{ district: home, allotted: '300.00', released: '0.00' }],
    })
    expect(await office.availability('Z-DOWN')).toMatchObject({
      approved: '300.00',
      available: '300.00',
      committable: '300.00',
    })
    await planned(office, '2022-02', '1000.00')
    const quota = { on: '2022-02-10', amount: '700.01' }
    const answer = await office.approve(await office.ask('/v1/indicators/Z-UP/quota', quota))
    expect(`${answer.status} ${answer.json.code}`).toBe('422 balance_insufficient')
  })

  it('is refused by the ledger above what is left, and the approval is not given', async () => {
    const submitted = await office.ask(
      '/v1/indicators',
      indicatorBody('Z-TOO-MUCH', '700.01', { book: 'HOME', parent: 'Z-UP' }),
    )
    const answer = await office.approve(submitted)
    expect(`${answer.status} ${answer.json.code}`).toBe('422 balance_insufficient')
    expect((await office.ask('/v1/indicators/Z-TOO-MUCH')).json.state).toBe('proposed')
  })

  it('keeps year, source and form of payment, goes to another district, and takes from what one may see', async () => {
    const path = '/v1/indicators'
    for (const more of [{ year: 2023 }, { source: 'F20' }, { payment: 'direct' }, { book: 'CITY' }])
      expect(await refusedBy(path, child('Z-ODD', more))).toBe('422 parent_indicator_differs')
    expect(await refusedBy(path, child('Z-ODD', { parent: 'Z-NONE' }))).toBe('404 indicator_not_found')
    expect(await refusedBy(path, child('Z-ODD'), { district: home })).toBe('404 indicator_not_found')
    expect(await refusedBy(path, child('Z-ODD', { parent: 'Z-NOT-YET' }))).toBe('422 indicator_not_in_force')
  })

  it('leaves issuing to the release of the upper level', async () => {
    const quota = { on: '2022-03-10', amount: '1.00' }
    expect(await refusedBy('/v1/indicators/Z-DOWN/quota', quota)).toBe('422 quota_comes_by_release')
  })
})

describe('projects and quota', () => {
  it('takes money from the programme to projects and on to quota, under the cash plan', async () => {
    await inForce(office, 'Z-Q', '1000.00', { programme: 'LJ-Q' })
    await assignTo(office, 'Z-Q', 'P1', '600.00')
    expect(await office.availability('Z-Q')).toMatchObject({
      available: '1000.00',
      unassigned: '400.00',
      byProject: [
        { project: 'LJ-Q', available: '400.00', committable: '400.00' },
        { project: 'P1', available: '600.00', committable: '600.00' },
      ],
    })
    const issue = async (amount: string, on = '2022-04-10') =>
      office.approve(await office.ask('/v1/indicators/Z-Q/quota', { on, amount, project: 'P1' }))
    await planned(office, '2022-04', '500.00', { programme: 'LJ-Q' })
    const early = await issue('500.00', '2022-03-31')
    expect(`${early.status} ${early.json.code}`).toBe('422 balance_insufficient')
    expect(early.json.detail).toContain('用款计划')
    // A proposal that cannot be given is withdrawn before another is made.
    await withdrawAll()
    expect((await issue('500.00')).status).toBe(200)
    const over = await issue('0.01')
    expect(over.json.code).toBe('balance_insufficient')
    await withdrawAll()
    await planned(office, '2022-05', '500.00', { programme: 'LJ-Q' })
    const above = await issue('100.01', '2022-05-05')
    expect(above.json.detail).toContain('可用指标')
    await withdrawAll()
    expect(await office.availability('Z-Q')).toMatchObject({ available: '500.00', issued: '500.00' })
    expect((await office.ask('/v1/books/CITY/cash-plans?year=2022&limit=500')).json.items.at(-1)).toMatchObject({
      month: '2022-05',
      amount: '500.00',
    })
    await office.soundBooks()
  })

  const withdrawAll = async () => {
    const { json } = await office.ask('/v1/approvals?limit=500')
    for (const one of json.items) {
      if (one.subject !== 'quota:Z-Q') continue
      const { hash, id } = one
      await office.decide({ ...(await office.ask('/v1/health')), json: { approval: id, hash } }, 'withdraw')
    }
  }

  it('gives to planned projects of the district only', async () => {
    await inForce(office, 'Z-P', '100.00', { book: 'HOME', source: 'F30', level: 'district' })
    const assign = (project: string) =>
      refusedBy('/v1/indicators/Z-P/assignments', { on: '2022-02-01', shares: [{ project, amount: '1.00' }] })
    expect(await assign('P-NONE')).toBe('404 project_not_found')
    expect(await assign('P-FAR')).toBe('404 project_not_found')
    expect(await assign('P-RESERVE')).toBe('422 project_not_funded')
  })

  it('issues nothing under direct payment, nor outside the years of the indicator', async () => {
    await inForce(office, 'Z-D', '100.00', { payment: 'direct' })
    expect(await refusedBy('/v1/indicators/Z-D/quota', { on: '2022-02-01', amount: '1.00' })).toBe(
      '422 indicator_paid_directly',
    )
    for (const on of ['2021-12-31', '2024-01-01'])
      expect(await refusedBy('/v1/indicators/Z-1/quota', { on, amount: '1.00' })).toBe('422 indicator_year_over')
  })

  it('restores what was carried over before it issues anything new, and can make it an indicator again', async () => {
    await openBook(door(), 'YEAR', '110000')
    const of = { book: 'YEAR', programme: 'LJ-Y' }
    await inForce(office, 'Z-Y', '1000.00', of)
    await carry(door().ledger, { code: 'YEAR' }, 2022)
    expect(await office.availability('Z-Y')).toMatchObject({
      approved: '1000.00',
      available: '0.00',
      carried: '1000.00',
      committable: '1000.00',
    })
    expect(await office.balance('YEAR', '120102')).toBe('Dr 1000.00')
    await office.approved(await office.ask('/v1/indicators/Z-Y/reinstatement', { on: '2023-01-05', amount: '400.00' }))
    expect(await office.availability('Z-Y')).toMatchObject({ available: '400.00', carried: '600.00' })
    await planned(office, '2023-01', '1000.00', of)
    await office.approved(await office.ask('/v1/indicators/Z-Y/quota', { on: '2023-01-10', amount: '700.00' }))
    expect(await office.availability('Z-Y')).toMatchObject({ available: '300.00', carried: '0.00', issued: '700.00' })
    expect(await office.balance('YEAR', '1011')).toBe('Dr 700.00')
    // 600 of last year's claim restored, 100 of this year's income.
    expect(await office.balance('YEAR', '120102')).toBe('Dr 0.00')
    expect(await office.balance('YEAR', '4001')).toBe('Cr 100.00')
    expect(await office.balance('YEAR', '3001')).toBe('Cr 600.00')
    await spent(office, 'YEAR', 'LJ-Y', '1.00', '2023-01-11')
    await office.soundBooks()
  })

  it('is refused a cash plan where there is no book for it', async () => {
    const plan = { programme: 'LJ-NONE', source: 'F21', month: '2022-06', amount: '1.00', documentNumber: 'x' }
    expect(await refusedBy('/v1/books/NOWHERE/cash-plans', plan)).toBe('404 book_not_found')
    expect(await refusedBy('/v1/books/NOTES/cash-plans', plan)).toBe('422 book_keeps_no_indicators')
    expect(await refusedBy('/v1/books/CITY/cash-plans', { ...plan, source: 'F51' })).toBe('422 source_not_fiscal')
    await office.ask('/v1/books/CITY/cash-plans', plan)
    expect(await refusedBy('/v1/books/CITY/cash-plans', plan)).toBe('409 approval_pending')
  })
})
