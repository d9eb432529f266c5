/**
 * Submits something of every kind that is approved, through the door, and has most of it approved, so that what
 * follows is posted too: money of indicators, an allocation with its supplement, releases with their claw-backs,
 * funding plans, an advance of a mixed project, and a start in mid-year.
 */
import { expect } from 'vitest'
import { draftDues } from '../../src/funds/bond/propose.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { quarter } from '../../src/base/quarter.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { type Office, openOffice } from '../release/office.ts'
import { addProject, allocate, openBooks, planned, spent } from '../release/programme.ts'
import { dwellingOf, newProject } from '../financing/trial.ts'
import { type Answer, type Door, newBookBody } from '../support/door.ts'
import { attachment, attachmentHash } from '../../src/http/examples/parts.ts'

const sha256 = 'cd'.repeat(32)

/** The door is to stand at 2026-07-15. */
export async function submitEveryKind(door: Door): Promise<void> {
  const stage: Stage = { door, office: openOffice(door) }
  await openBooks(door.ledger, ['110102', '110105'])
  await indicators(stage)
  await allocation(stage)
  await releases(stage)
  await fundingPlans(stage)
  await advance(stage)
  await vouchers(stage)
  await yearEnd(stage)
  await reopening(stage)
  await takeOver(stage)
  await facts(stage)
  await withdrawal(stage)
  await bond(stage)
}

/** A closed month that one asks to have reopened, and others open. */
async function reopening(stage: Stage): Promise<void> {
  const closing = await stage.door.ask('/v1/books/D110105/periods/2026-05/closing', {
    method: 'POST',
    token: await stage.door.token('finance_checker', { person: 'closes' }),
  })
  expect(closing.status, closing.text).toBe(200)
  await approved(stage, '/v1/books/D110105/periods/2026-05/reopening', { reason: '漏记一笔' })
}

type Stage = { readonly door: Door; readonly office: Office }

async function submitted({ office }: Stage, path: string, body: object): Promise<Answer> {
  const answer = await office.draft(body, path)
  expect([201, 202], `${path} ${answer.text}`).toContain(answer.status)
  return answer
}

/** Submits and has it approved. */
async function approved(stage: Stage, path: string, body: object): Promise<Answer> {
  const answer = await submitted(stage, path, body)
  const { status, json, text } = await stage.office.approve(answer.json.approval)
  expect([status, json.state], `${path} ${text}`).toEqual([200, 'approved'])
  return answer
}

async function rejected(stage: Stage, path: string, body: object): Promise<void> {
  const { json } = await submitted(stage, path, body)
  await stage.office.decide(json.approval, 'check')
  expect((await stage.office.decide(json.approval, 'reject')).json.state).toBe('rejected')
}

async function put({ door }: Stage, path: string, body: object, version?: number): Promise<Answer> {
  const answer = await door.ask(path, {
    method: 'PUT',
    body,
    token: await door.token('finance_maker'),
    ...(version !== undefined && { headers: { 'if-match': `"${version}"` } }),
  })
  expect(answer.status, `${path} ${answer.text}`).toBe(200)
  return answer
}

const indicator = {
  indicator: 'ZY-1',
  book: 'CITY',
  documentNumber: '京财建指〔2026〕11号',
  level: 'central',
  source: 'F10',
  year: 2026,
  programme: 'LJ2026',
  purpose: '老旧小区综合整治补助',
  payment: 'authorised',
  amount: '30000000.00',
  on: '2026-01-15',
}

async function indicators(stage: Stage): Promise<void> {
  const project = await newProject(stage.door, { items: { B02: '200000.00' } })
  await approved(stage, '/v1/indicators', indicator)
  await approved(stage, '/v1/indicators', {
    ...indicator,
    indicator: 'QX-1',
    book: 'D110102',
    parent: 'ZY-1',
    amount: '1000000',
  })
  await approved(stage, '/v1/indicators', { ...indicator, indicator: 'TQ-1', amount: '500000', expected: '2000000' })
  const final = { final: '400000', documentNumber: '京财建指〔2026〕12号', on: '2026-03-01' }
  await approved(stage, '/v1/indicators/TQ-1/final-budget', final)
  await approved(stage, '/v1/indicators/ZY-1/assignments', {
    on: '2026-02-01',
    shares: [{ project, amount: '200000' }],
  })
  const plan = {
    programme: 'LJ2026',
    source: 'F10',
    month: '2026-02',
    documentNumber: '用款〔2026〕2号',
    amount: '600000',
  }
  await approved(stage, '/v1/books/CITY/cash-plans', plan)
  for (const more of [{ project }, {}]) {
    const part = { on: '2026-02-10', amount: '100000', ...more }
    await approved(stage, '/v1/indicators/ZY-1/quota', part)
    await rejected(stage, '/v1/indicators/ZY-1/reinstatement', part)
  }
}

async function allocation(stage: Stage): Promise<void> {
  const content = {
    on: '2026-01-20',
    total: '20000000.00',
    formula: { variant: 'factor-2019' },
    rows: [
      { recipient: '110102', area: '800000', households: 11_000, buildings: 220, communities: 35, coefficient: '1.20' },
      { recipient: '110105', area: '500000', households: 6_000, buildings: 130, communities: 15, coefficient: '1.50' },
    ],
    document: '改造任务统计表',
    books: ['110102', '110105'].map((district) => ({ district, book: `D${district}` })),
    note: '第一稿',
  }
  await submitted(stage, '/v1/allocations', {
    allocation: 'FP-1',
    indicator: 'ZY-1',
    recipients: 'districts',
    ...content,
  })
  await allocationApproved(stage, 'FP-1')
  const less = [
    { recipient: '110102', amount: '-100.00' },
    { recipient: '110105', amount: '300.00' },
  ]
  const supplement = { ...content, allocation: 'FP-1-补', total: '200.00', formula: { variant: 'stated' }, rows: less }
  await submitted(stage, '/v1/allocations/FP-1/supplements', supplement)
  await allocationApproved(stage, 'FP-1-补')
}

async function allocationApproved({ door, office }: Stage, code: string): Promise<void> {
  const answer = await door.ask(`/v1/allocations/${encodeURIComponent(code)}/submission`, {
    body: {},
    token: await door.token('finance_maker'),
    headers: { 'if-match': '"1"' },
  })
  expect(answer.status, answer.text).toBe(201)
  const last = await office.approve(answer.json.approval)
  expect(last.json.state, last.text).toBe('approved')
}

/** A district that scores well over 90 at a progress of 45 %, and then no longer. */
async function releases(stage: Stage): Promise<void> {
  const { door, office } = stage
  const { ledger } = door
  const district = '110105'
  await allocate(ledger, { shares: [{ district, amount: '10000000' }], cashPlan: '60000000' })
  await actOnce(ledger, async (act) => {
    await addProject(act.tx, {
      project: 'X1',
      district,
      area: 1_000n,
      planBook: 'PLANS',
      progress: [['2026-06-20', '0.45']],
    })
    await planned(act, 'X1', [
      ['F21', '10000000'],
      ['F81', '5000000'],
    ])
  })
  const first = { allocation: 'FP-2026', district, tranche: 1, amount: '5000000', on: '2026-02-10' }
  await approved(stage, '/v1/releases', first)
  await actOnce(ledger, (act) => spent(act, district, 'LJ2026', '5000000', '2026-05-08'))
  const survey = (name: string, value: string) => office.enterScore('2026Q2', { district, indicator: name, value })
  await survey('satisfaction', '0.95')
  await survey('integrity', '1')
  await actOnce(ledger, (act) => runEarly(act, { quarter: quarter('2026Q2'), run: 1, askedBy: 'finance_maker' }))
  const [early] = (await office.get('/v1/releases?state=drafted')).json.items
  expect(early).toMatchObject({ kind: 'early' })
  await office.approve(early.approval)
  const path = `/v1/releases/${early.release}/clawback`
  const grounds = { document: '审计意见〔2026〕1号', reason: '审计意见' }
  await rejected(stage, path, { cause: 'audit_finding', sha256, ...grounds })
  await survey('satisfaction', '0.8999')
  await submitted(stage, `/v1/scores/2026Q2/${district}`, {})
  await approved(stage, path, { cause: 'score_corrected', ...grounds })
  const [normal] = (await office.get(`/v1/releases?district=${district}&kind=normal&state=released`)).json.items
  const wrong = await approved(stage, `/v1/releases/${normal.release}/clawback`, { ground: 'error', ...grounds })
  await actOnce(ledger, (act) => spent(act, district, 'LJ2026', '1', '2026-07-14', 'red'))
  const settled = { way: 'quota', amount: '1', document: '抵扣通知〔2026〕1号' }
  await approved(stage, `/v1/clawbacks/${wrong.json.clawback.clawback}/settlements`, settled)
}

/** One plan, a later one, two together with what follows from one of them, and works left out of another. */
async function fundingPlans(stage: Stage): Promise<void> {
  const given = { items: { B02: '42000.00' }, dwellings: [['101', '60.00', 'private']] } as const
  const line = { line: 'CH', item: 'B02', contract: 'HT-1/1', quantity: 10, unitPrice: '4200.00', amount: '42000.00' }
  const planOf = (project: string, unitOwned: object = {}) => ({
    lines: [{ ...line, contract: `${project}/1` }],
    shares: [
      { line: 'CH', source: 'F21', ...unitOwned, amount: '41160.00' },
      { line: 'CH', source: 'F51', dwelling: dwellingOf(project, '101'), quantity: 1, amount: '840.00' },
    ],
    note: '居民出资按户',
  })
  const draft = async (project: string, plan: object) => submitted(stage, `/v1/projects/${project}/funding-plans`, plan)
  const submission = (project: string, version: number) => `/v1/projects/${project}/funding-plans/${version}/submission`

  const alone = await newProject(stage.door, given)
  await draft(alone, planOf(alone))
  await approved(stage, submission(alone, 1), {})
  await draft(alone, { ...planOf(alone), note: '第二版' })
  await approved(stage, submission(alone, 2), {})

  const two = [await newProject(stage.door, given), await newProject(stage.door, given)]
  for (const project of two) await draft(project, planOf(project))
  const plans = two.map((project) => ({ project, version: 1 }))
  await approved(stage, '/v1/funding-plans/submissions', { plans })
  const [owing = ''] = two
  const payment = { source: 'F51', dwelling: dwellingOf(owing, '101'), amount: '900.00', reference: '回单 1' }
  await submitted(stage, `/v1/projects/${owing}/contributions`, { ...payment, on: '2026-03-06' })
  const commitment = { project: owing, item: 'B02', amount: '840.00', on: '2026-03-06', source: 'F51' }
  await submitted(stage, '/v1/commitments', commitment)

  const works = [{ item: 'B02', ...dwellingOf(alone, '101') }]
  await submitted(stage, `/v1/projects/${alone}/documents`, {
    kind: 'waiver',
    number: '签-1',
    on: '2026-03-01',
    items: works,
  })
  const changed = { kind: 'design_change', number: '变-1', on: '2026-03-01', items: [{ item: 'B02' }] }
  await submitted(stage, `/v1/projects/${alone}/documents`, changed)
  const waivers = [{ dwelling: dwellingOf(alone, '101'), quantity: 1 }]
  await approved(stage, `/v1/projects/${alone}/scope-changes`, { line: 'CH', waivers, note: '住户不同意' })
}

/** The central part of a mixed project, which its unit has not paid for, and municipal money that stands in for it. */
async function advance(stage: Stage): Promise<void> {
  const project = await newProject(stage.door, {
    dwellings: [
      ['101', '60.00', 'central'],
      ['102', '40.00', 'private'],
    ],
  })
  const at = (what: string) => `/v1/projects/${project}/${what}`
  const channels = [
    { ownership: 'central', source: 'F10', party: '某部机关服务局' },
    { ownership: 'private', source: 'F21' },
  ]
  await put(stage, at('ownership'), { channels })
  const kept = { body: attachment, headers: { 'content-type': 'text/plain' } }
  expect((await stage.door.ask(`/v1/books/${project}-GOV/attachments`, kept)).json.sha256).toBe(attachmentHash)
  const document = { number: '监理〔2026〕1号', title: '第一期进度款', sha256: attachmentHash }
  const on = '2026-03-05'
  await submitted(stage, at('shared-certificates'), { certificate: 'JL-1', amount: '1000.00', on, document })
  const quota = (account: string, side: 'debit' | 'credit') => ({ account, [side]: '900.00', project, source: 'F21' })
  const posted = await stage.door.ask(`/v1/books/${project}-GOV/entries`, {
    body: {
      on: '2026-03-01',
      summary: '下达额度',
      lines: [quota('1011', 'debit'), quota('4001', 'credit'), quota('800101', 'debit'), quota('6001', 'credit')],
    },
  })
  expect(posted.status, posted.text).toBe(201)
  const central = { ownership: 'central', on, document }
  await submitted(stage, at('channel-payments'), { ...central, source: 'F10' })
  const asked = { ...central, payer: 'F21', amount: '600.00', reason: '中央资金未到位，先行垫付' }
  await approved(stage, at('channel-advances'), asked)
}

/** A voucher that is posted, and its reversal. */
async function vouchers(stage: Stage): Promise<void> {
  const forms = [{ template: 'J02', amount: '700.00', project: 'P5', source: 'F21' }]
  const made = { book: 'P5-GOV', on: '2026-03-02', summary: '收到授权支付额度', forms }
  const { json } = await approved(stage, '/v1/vouchers', made)
  const { json: posted } = await stage.office.get(`/v1/vouchers/${json.voucher.voucher}`)
  const [reverses] = posted.entries
  await approved(stage, '/v1/vouchers', { reverses, on: '2026-03-03', reason: '重复记账' })
}

/** A book that begins in mid-year with an indicator, and a project with it; and one whose balances are reversed. */
async function takeOver(stage: Stage): Promise<void> {
  const project = await newProject(stage.door, { items: { B02: '900.00' } })
  const book = `${project}-GOV`
  const kept = { body: attachment, headers: { 'content-type': 'text/plain' } }
  expect((await stage.door.ask(`/v1/books/${book}/attachments`, kept)).json.sha256).toBe(attachmentHash)
  const draft = {
    lines: [{ line: 'CH', item: 'B02', amount: '900.00' }],
    shares: [{ line: 'CH', source: 'F21', amount: '900.00' }],
  }
  await submitted(stage, `/v1/projects/${project}/funding-plans`, draft)
  const document = '移交清册〔2026〕1号'
  const dated = { on: '2026-02-20', document }
  const { amount: _, on: __, book: ___, ...line } = indicator
  const of = { project, source: 'F10', indicator: 'JZ-1' }
  const balances = [
    { account: '910102', debit: '500.00', ...of },
    { account: '9901', credit: '500.00', ...of },
    { account: '910301', debit: '500.00', ...of },
    { account: '9903', credit: '500.00', ...of },
  ]
  const both = {
    book,
    on: '2026-03-01',
    summary: '年中建账',
    documents: [{ number: document, sha256: attachmentHash }],
  }
  const indicators = [{ ...line, indicator: 'JZ-1' }]
  const plans = [{ project, version: 1, ...dated }]
  const { json: opened } = await approved(stage, '/v1/take-overs', { ...both, indicators, balances })
  const { json } = await stage.office.get(`/v1/take-overs/${opened.takeOver.takeOver}`)
  await approved(stage, '/v1/vouchers', { reverses: json.entries[0], on: '2026-03-03', reason: '余额抄错' })
  await approved(stage, '/v1/take-overs', { ...both, indicators, balances, plans })
}

/** A year that has ended, of a book in which nothing is open. */
async function yearEnd(stage: Stage): Promise<void> {
  const { door } = stage
  const book = { ...newBookBody('YEAR'), entity: 'administrative' }
  expect((await door.ask('/v1/books', { body: book })).status).toBe(201)
  const lines = [
    ['1011', 'debit'],
    ['4001', 'credit'],
    ['800101', 'debit'],
    ['6001', 'credit'],
  ].map(([account, side = '']) => ({ account, [side]: '500.00', project: 'P1', source: 'F21' }))
  const entry = { on: '2025-03-05', summary: '下达授权支付额度', lines }
  expect((await door.ask('/v1/books/YEAR/entries', { body: entry })).status).toBe(201)
  const line = { ...indicator, indicator: 'SZ-2025', book: 'YEAR', year: 2025, amount: '300.00', on: '2025-03-01' }
  await approved(stage, '/v1/indicators', line)
  const { json } = await door.ask('/v1/books/YEAR/years/2025/carry-over/preview', { method: 'POST' })
  await approved(stage, '/v1/books/YEAR/years/2025/carry-over', { hash: json.hash })
  await approved(stage, '/v1/indicators/SZ-2025/renewal', { on: '2026-01-05' })
}

/** What a person says of a project and of a community, each with its original. */
async function facts(stage: Stage): Promise<void> {
  const project = await newProject(stage.door, { items: { B02: '900.00' } })
  const kept = { body: attachment, headers: { 'content-type': 'text/plain' } }
  const { json } = await stage.door.ask(`/v1/books/${project}-GOV/attachments`, kept)
  const promise = { kind: 'fund_promise', number: '承诺〔2026〕9号', on: '2026-03-01', sha256: json.sha256 }
  await approved(stage, `/v1/projects/${project}/documents`, promise)
  const { district } = (await stage.office.get(`/v1/projects/${project}`)).json
  const governed = { community: 'GC-1', district, name: '有物管会的小区', ownersBody: true }
  await approved(stage, '/v1/communities', { ...governed, document: '备案通知书', sha256: json.sha256 })
}

/** Of what an owner has paid, out of the fund's memo book; by the persons of the centre. */
async function withdrawal(stage: Stage): Promise<void> {
  const { door } = stage
  const given = { items: { B02: '840.00' }, dwellings: [['101', '60.00', 'private']] } as const
  const project = await newProject(door, given)
  const dwelling = dwellingOf(project, '101')
  const share = { line: 'DT', source: 'F51', dwelling, amount: '840.00' }
  const plan = { lines: [{ line: 'DT', item: 'B02', amount: '840.00' }], shares: [share] }
  await submitted(stage, `/v1/projects/${project}/funding-plans`, plan)
  await approved(stage, `/v1/projects/${project}/funding-plans/1/submission`, {})
  const on = '2026-03-06'
  const payment = { source: 'F51', dwelling, amount: '840.00', reference: '回单 9', on }
  await submitted(stage, `/v1/projects/${project}/contributions`, payment)
  const of = { project, source: 'F52' }
  const lines = [
    { account: '101', debit: '1000.00', ...of },
    { account: '201', credit: '1000.00', ...of, dwelling: `${dwelling.community}/1/101` },
  ]
  const opening = { on, summary: '账户余额', lines }
  const machine = await door.token('integration', { person: '公积金系统' })
  const opened = await door.ask(`/v1/books/${project}-PLAN/entries`, { token: machine, body: opening })
  expect(opened.status, opened.text).toBe(201)
  const body = {
    project,
    dwelling,
    purpose: 'elevator',
    way: 'payer',
    on,
    book: `${project}-PLAN`,
    applicants: [{ relation: 'self', balance: '1000.00', requested: '840.00' }],
    documents: [{ number: '加梯合同〔2026〕1号' }],
  }
  const taken = await door.ask('/v1/withdrawals', { token: await door.token('pf_officer'), body })
  expect(taken.status, taken.text).toBe(202)
  const { approval, hash } = taken.json
  const reviewer = await door.token('pf_reviewer')
  const decision = { token: reviewer, body: { verdict: 'check', hash } }
  const decided = await door.ask(`/v1/approvals/${approval}/decision`, decision)
  expect([decided.status, decided.json.state], decided.text).toEqual([200, 'approved'])
}

/** A bond from its plan to its first use. */
async function bond(stage: Stage): Promise<void> {
  const project = await newProject(stage.door)
  const book = { ...newBookBody('ZQ', 'memo'), district: '110102' }
  expect((await stage.door.ask('/v1/books', { body: book })).status).toBe(201)
  const documentNumber = '京财债〔2026〕5号'
  await approved(stage, '/v1/bonds', {
    bond: 'ZQ-1',
    book: 'ZQ',
    programme: 'LJ2026',
    face: '1000.00',
    rate: '0.0328',
    years: 20,
    feeRate: '0.000864',
    purpose: '老旧小区改造配套设施',
    documentNumber,
    on: '2026-01-10',
    coverage: {
      definition: '净收益对本息之比',
      horizon: 20,
      figures: [{ year: 2026, revenue: '1900.00', cost: '100' }],
    },
  })
  await approved(stage, '/v1/bonds/ZQ-1/issue', { start: '2026-01-15', rate: '0.03', documentNumber })
  const shares = [{ project, amount: '1000.00' }]
  await approved(stage, '/v1/bonds/ZQ-1/allocations', { from: '2026-01-20', documentNumber, shares })
  const use = { project, purpose: 'capital', amount: '400.00', on: '2026-03-01', documentNumber }
  await approved(stage, '/v1/bonds/ZQ-1/uses', use)
  const { drafted } = await actOnce(stage.door.ledger, (act) => draftDues(act, 'finance_maker'))
  const [due] = drafted
  const last = await stage.office.approve(due?.approval ?? '')
  expect(last.json.state, last.text).toBe('approved')
  const service = { number: 1, step: 'set_aside', on: '2026-07-15', documentNumber }
  await approved(stage, '/v1/bonds/ZQ-1/services', service)
}
