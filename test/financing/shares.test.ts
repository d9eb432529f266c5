/**
 * Mixed ownership and its channels through the door (O-13…O-15): split by running total, posted by channel, paid from
 * nowhere else.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import type { Entity } from '../../src/ledger/book.ts'
import { type Answer, useDoor } from '../support/door.ts'
import { balanceOf, type Dwellings, expectClean, newProject, type Stage, stageOn } from './trial.ts'

const door = useDoor()
let stage: Stage
beforeAll(async () => {
  stage = await stageOn(door())
})

const document = { number: '监理〔2026〕1号' }
const on = '2026-03-05'
const channels = [
  { ownership: 'central', source: 'F10', party: '某部机关服务局' },
  { ownership: 'municipal_soe', source: 'F61' },
  { ownership: 'private', source: 'F21' },
]
/** 4,128.36, 2,577.20 and 3,305.91 m², in dwellings. */
const dwellings: Dwellings = [
  ['101', '4128.36', 'central'],
  ['102', '2577.20', 'municipal_soe'],
  ['103', '3305.91', 'private'],
]
const at = (project: string, what: string) => `/v1/projects/${project}/${what}`
const setOwnership = (project: string, body: object) => stage.ask(at(project, 'ownership'), body, { method: 'PUT' })
const certify = (project: string, certificate: string, amount: string) =>
  stage.ask(at(project, 'shared-certificates'), { certificate, amount, on, document })
const partsOf = ({ json }: Answer): string[] => json.parts.map(({ amount }: { amount: string }) => amount)

/** A project whose split is set by its registry. */
async function mixedProject(entity?: Entity): Promise<string> {
  const project = await newProject(door(), { dwellings, ...(entity && { entity }) })
  expect((await setOwnership(project, { channels })).json.basis).toBe('registry')
  return project
}

describe('a file that is evidence of a certificate', () => {
  it('is evidence of no second one, unless the maker has looked', async () => {
    const project = await mixedProject()
    const body = Buffer.from(`监理月报 ${project}`)
    const kept = await door().ask(`/v1/books/${project}-GOV/attachments`, {
      body,
      headers: { 'content-type': 'text/plain' },
    })
    const proved = { number: '监理〔2026〕1号', sha256: kept.json.sha256 }
    const certified = (certificate: string, more: object = {}, key?: string) => {
      const given = { certificate, amount: '100.00', on, document: proved, ...more }
      return stage.ask(at(project, 'shared-certificates'), given, key === undefined ? {} : { key })
    }
    expect((await certified('JL-1')).status).toBe(201)
    const again = await certified('JL-2', {}, `again-${project}`)
    expect([again.status, again.json.code]).toEqual([422, 'looks_repeated'])
    expect(again.json.detail).toContain(`${project} JL-1`)
    // The refusal is not kept: the same key serves the request that is confirmed.
    expect((await certified('JL-2', { confirmed: ['looks_repeated'] }, `again-${project}`)).status).toBe(201)
  })
})

/** Quota of a source in the project's book, in both accountings. */
async function quota(project: string, source: string, amount: string): Promise<void> {
  const line = (account: string, side: 'debit' | 'credit') => ({ account, [side]: amount, project, source })
  const posted = await stage.ask(`/v1/books/${project}-GOV/entries`, {
    on: '2026-03-01',
    summary: '下达额度',
    lines: [line('1011', 'debit'), line('4001', 'credit'), line('800101', 'debit'), line('6001', 'credit')],
  })
  expect(posted.status, posted.text).toBe(201)
}

describe('the split', () => {
  it('divides 6,000,000.00 by area, the last fen to the largest remainders (O-13)', async () => {
    const project = await mixedProject()
    const split = await certify(project, 'JL-1', '6000000.00')
    expect([split.status, partsOf(split)]).toEqual([201, ['2474178.12', '1544548.40', '1981273.48']])
    expect(await balanceOf(door(), `${project}-GOV`, '161301')).toBe('Dr 6000000.00')
    expect(await balanceOf(door(), `${project}-GOV`, '230201', { source: 'F10' })).toBe('Cr 2474178.12')
    await expectClean(door())
  })

  it('splits three certificates by their running total, and keeps keys, totals and paper of each (O-14)', async () => {
    const project = await mixedProject()
    const rows: string[][] = []
    for (const certificate of ['JL-1', 'JL-2', 'JL-3'])
      rows.push(partsOf(await certify(project, certificate, '1000000.00')))
    expect(rows).toEqual([
      ['412363.02', '257424.73', '330212.25'],
      ['412363.02', '257424.74', '330212.24'],
      ['412363.02', '257424.73', '330212.25'],
    ])
    expect(await balanceOf(door(), `${project}-GOV`, '230201', { source: 'F61' })).toBe('Cr 772274.20')
    const { json } = await stage.ask(at(project, 'ownership'))
    expect(json.certificates[2]).toMatchObject({
      certificate: 'JL-3',
      cumulative: '3000000.00',
      document,
      parts: [
        { ownership: 'central', area: '4128.36', cumulative: '1237089.06' },
        { ownership: 'municipal_soe', area: '2577.20', cumulative: '772274.20' },
        { ownership: 'private', area: '3305.91', cumulative: '990636.74' },
      ],
    })
  })

  it('takes no fen back from a class when a payment of a few fen would (C4)', async () => {
    const project = await newProject(door())
    const areas = ['6.00', '6.00', '2.00']
    const stated = channels.map((channel, index) => ({ ...channel, area: areas[index] }))
    await setOwnership(project, { channels: stated, document })
    // 0.10 gives 4, 4, 2 fen; 0.11 would give 5, 5, 1: the third class keeps its fen and the larger parts wait.
    expect(partsOf(await certify(project, 'JL-1', '0.10'))).toEqual(['0.04', '0.04', '0.02'])
    expect(partsOf(await certify(project, 'JL-2', '0.01'))).toEqual(['0.01', '0.00', '0.00'])
    expect(partsOf(await certify(project, 'JL-3', '0.03'))).toEqual(['0.01', '0.02', '0.00'])
  })

  it('refuses a certificate before the split is set, and the same one twice', async () => {
    const project = await newProject(door(), { dwellings })
    expect((await certify(project, 'JL-1', '1.00')).json.code).toBe('ownership_not_set')
    await setOwnership(project, { channels })
    expect((await certify(project, 'JL-1', '1.00')).status).toBe(201)
    const twice = await certify(project, 'JL-1', '1.00')
    expect([twice.status, twice.json.code]).toEqual([409, 'certificate_recorded'])
  })

  it('refuses owners without a channel, a channel of the wrong money, and areas nobody stated', async () => {
    const project = await newProject(door(), { dwellings })
    const missing = await setOwnership(project, { channels: channels.slice(0, 2) })
    expect([missing.json.code, missing.json.detail]).toEqual([
      'ownership_channel_missing',
      expect.stringContaining('业主所有'),
    ])
    const wrong = await setOwnership(project, { channels: [{ ownership: 'central', source: 'F21' }] })
    expect([wrong.json.code, wrong.json.clause]).toEqual([
      'channel_source_wrong',
      expect.stringContaining('（三十二）'),
    ])
    const empty = await setOwnership(await newProject(door()), { channels })
    expect(empty.json.code).toBe('ownership_areas_missing')
  })
})

describe('channels (O-15)', () => {
  const central = { ownership: 'central', on, document }
  const pay = (project: string, source: string, amount?: string) =>
    stage.ask(at(project, 'channel-payments'), { ...central, source, ...(amount && { amount }) })
  const advance = (project: string, amount: string) =>
    stage.ask(at(project, 'channel-advances'), { ...central, payer: 'F21', amount, reason: '中央资金未到位，先行垫付' })

  /** The first certificate of O-14, with 400,000.00 in the central channel and municipal money besides. */
  async function shortChannel(entity?: Entity): Promise<string> {
    const project = await mixedProject(entity)
    await certify(project, 'JL-1', '1000000.00')
    await quota(project, 'F10', '400000.00')
    await quota(project, 'F21', '900000.00')
    return project
  }

  it('refuses municipal money, pays what the channel holds, and notes the rest as due from the unit', async () => {
    const project = await shortChannel()
    const refused = await pay(project, 'F21')
    expect([refused.status, refused.json.code]).toEqual([422, 'channel_source_wrong'])
    expect(refused.json.clause).toContain('（三十二）')
    const paid = await pay(project, 'F10')
    expect(paid.json).toMatchObject({ paid: '400000.00', due: '12363.02', payable: '12363.02' })
    const book = `${project}-GOV`
    expect(await balanceOf(door(), book, '121803', { source: 'F10' })).toBe('Dr 12363.02')
    expect(await balanceOf(door(), book, '230702', { source: 'F10' })).toBe('Cr 12363.02')
    expect(await balanceOf(door(), book, '1011', { source: 'F10' })).toBe('Dr 0.00')
    expect(await balanceOf(door(), book, '1011', { source: 'F21' })).toBe('Dr 900000.00')
    // Asked again, nothing more is there to pay with, and the unit owes no more than it did.
    expect((await pay(project, 'F10')).json).toMatchObject({ paid: '0.00', due: '12363.02' })
    expect(await balanceOf(door(), book, '121803', { source: 'F10' })).toBe('Dr 12363.02')
    await expectClean(door())
  })

  it.each([
    ['administrative', '7101', '7201'],
    ['finance', '7101', '7201'],
    ['institution', '7201', '7101'],
  ] as const)('books the spending of a book of %s on %s', async (entity, spent, other) => {
    const project = await shortChannel(entity)
    await pay(project, 'F10')
    await stage.approve(await advance(project, '12363.02'))
    const book = `${project}-GOV`
    expect(await balanceOf(door(), book, spent, { source: 'F10' })).toBe('Dr 400000.00')
    expect(await balanceOf(door(), book, spent, { source: 'F21' })).toBe('Dr 12363.02')
    expect(await balanceOf(door(), book, other)).toMatch(/ 0\.00$/)
    const recovery = { ...central, payer: 'F21', amount: '12363.02' }
    await stage.ask(at(project, 'channel-receipts'), { ...central, source: 'F10', amount: '12363.02' })
    expect((await stage.ask(at(project, 'channel-recoveries'), recovery)).status).toBe(201)
    expect(await balanceOf(door(), book, spent, { source: 'F21' })).toBe('Dr 0.00')
    expect(await balanceOf(door(), book, other)).toMatch(/ 0\.00$/)
  })

  it('pays the rest from what the unit then brings (J17, J14)', async () => {
    const project = await shortChannel()
    await pay(project, 'F10')
    const receive = (amount: string) =>
      stage.ask(at(project, 'channel-receipts'), { ...central, source: 'F10', amount })
    const much = await receive('12363.03')
    expect([much.json.code, much.json.detail]).toEqual(['receivable_exceeded', expect.stringContaining('12363.02')])
    expect((await receive('12363.02')).json.due).toBe('0.00')
    expect((await pay(project, 'F10')).json).toMatchObject({ paid: '12363.02', due: '0.00', payable: '0.00' })
    const book = `${project}-GOV`
    for (const account of ['121803', '230702', '230201', '100201']) {
      expect(await balanceOf(door(), book, account, { source: 'F10' }), account).toMatch(/ 0\.00$/)
    }
    const over = await pay(project, 'F10')
    expect([over.status, over.json.code]).toEqual([422, 'nothing_payable'])
    const { sources } = (await stage.ask(at(project, 'money'))).json
    expect(sources.find(({ source }: { source: string }) => source === 'F10')).toMatchObject({
      received: '412363.02',
      paid: '412363.02',
      inHand: '0.00',
    })
    await expectClean(door())
  })

  it('lets municipal money stand in only under an approval of its own, marked and recovered', async () => {
    const project = await shortChannel()
    await pay(project, 'F10')
    const much = await advance(project, '12363.03')
    expect([much.status, much.json.code]).toEqual([422, 'nothing_payable'])
    const submitted = await advance(project, '12363.02')
    expect(await balanceOf(door(), `${project}-GOV`, '1011', { source: 'F21' })).toBe('Dr 900000.00')
    expect((await advance(project, '1.00')).json.code).toBe('approval_pending')
    expect((await stage.approve(submitted)).json.state).toBe('approved')
    const book = `${project}-GOV`
    expect(await balanceOf(door(), book, '121899', { source: 'F21' })).toBe('Dr 12363.02')
    expect(await balanceOf(door(), book, '1011', { source: 'F21' })).toBe('Dr 887636.98')
    expect(await balanceOf(door(), book, '230201', { source: 'F10' })).toBe('Cr 0.00')
    const { items } = (await stage.ask(`/v1/books/${book}/entries`)).json
    const entry = items.at(-1)
    expect(entry.approvals.map(({ decision }: { decision: string }) => decision)).toEqual([
      'submitted',
      'checked',
      'approved',
    ])
    expect(entry.lines[0].memo).toContain('垫付')

    const recover = (amount: string) =>
      stage.ask(at(project, 'channel-recoveries'), { ...central, payer: 'F21', amount })
    expect((await recover('12363.02')).json.code).toBe('balance_insufficient')
    await stage.ask(at(project, 'channel-receipts'), { ...central, source: 'F10', amount: '12363.02' })
    expect((await recover('12363.03')).json.code).toBe('advance_exceeded')
    expect((await recover('12363.02')).status).toBe(201)
    for (const account of ['121899', '230299', '230702', '121803']) {
      expect(await balanceOf(door(), book, account), account).toMatch(/ 0\.00$/)
    }
    const { sources } = (await stage.ask(at(project, 'money'))).json
    const of = (code: string) => sources.find(({ source }: { source: string }) => source === code)
    expect(of('F10')).toMatchObject({ received: '412363.02', paid: '412363.02' })
    expect(of('F21')).toMatchObject({ received: '900000.00', paid: '0.00', inHand: '900000.00' })
    await expectClean(door())
  })
})
