/**
 * Whoever approves sees what he approves: the content in words, the entries it would post now, or why it would be
 * refused; and looking changes nothing.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { rowsOf, transact } from '../../src/base/db.ts'
import { quarter } from '../../src/base/quarter.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { runEarly } from '../../src/release/early/verbs.ts'
import { addProject, allocate, openBooks, planned, spent, testClock } from '../release/programme.ts'
import { type Office, openOffice } from '../release/office.ts'
import { wordsZh } from '../../src/workflow/words.ts'
import { municipalIndicator, useDoor } from '../support/door.ts'

type Measured = { parameter: string; value: unknown; from: string; measured?: { zh: string } }

const door = useDoor({ clock: testClock('2026-07-15').clock })
let office: Office

beforeAll(async () => {
  office = openOffice(door())
  await openBooks(door().ledger, ['110102'])
})

describe('a preview', () => {
  it('says the content in words, what would be posted, and by which rule so many approve; nothing is written', async () => {
    const { json: asked } = await office.draft(municipalIndicator, '/v1/indicators')
    const before = await door().counts()
    const { json, status, text } = await office.get(`/v1/approvals/${asked.approval}/preview`)
    expect(status, text).toBe(200)
    const named = json.content.map(({ name, value }: { name: { zh: string }; value: string }) => [name.zh, value])
    expect(named).toContainEqual(['文号', '京财建指〔2026〕1号'])
    expect(json.content.find(({ at }: { at: string }) => at === '/amount')).toMatchObject({ value: '1000.00' })
    expect(json.entries).toHaveLength(1)
    expect(json.entries[0]).toMatchObject({ book: 'CITY', on: '2026-01-12' })
    expect(json.entries[0].lines[0]).toMatchObject({
      account: '910102',
      name: '可用指标·财政授权支付',
      debit: '1000.00',
    })
    expect(json.limits).toMatchObject([
      { parameter: 'approval_tiers', clause: expect.stringContaining('会计法') },
      {
        parameter: 'indicator_open_years',
        value: 2,
        measured: { zh: '2026 – 2027' },
        clause: expect.stringContaining('预算法'),
      },
    ])
    expect(json.documents).toEqual([{ name: '京财建指〔2026〕1号', number: '京财建指〔2026〕1号' }])
    expect(json.projects).toEqual([
      {
        project: 'LJ2026',
        parts: [{ book: 'CITY', basis: 'control', source: 'F21', debit: '2000.00', credit: '2000.00' }],
      },
    ])
    expect(json.refusal).toBeUndefined()
    expect(await door().counts()).toEqual(before)
    expect((await office.approve(asked.approval)).json.state).toBe('approved')
    const settled = (await office.get(`/v1/approvals/${asked.approval}/preview`)).json
    expect([settled.state, settled.entries]).toEqual(['approved', []])
  })

  it('says what was submitted of the same subject before: the last approved, or else the last there was', async () => {
    const cash = { programme: 'LJ2026', source: 'F21', month: '2026-03', documentNumber: '用款1' }
    const plan = async (amount: string) => (await office.draft({ ...cash, amount }, '/v1/books/CITY/cash-plans')).json
    const shown = async (id: string) => (await office.get(`/v1/approvals/${id}/preview`)).json
    const amountIn = (content: { at: string; value: string }[]) => content.find(({ at }) => at === '/amount')?.value
    const first = await plan('100.00')
    expect((await shown(first.approval)).earlier).toBeUndefined()
    await office.approve(first.approval)
    const second = await plan('200.00')
    const { earlier, content } = await shown(second.approval)
    expect([earlier.approval, earlier.state, earlier.hash]).toEqual([first.approval, 'approved', first.hash])
    expect([amountIn(earlier.content), amountIn(content)]).toEqual(['100.00', '200.00'])
    expect((await office.decide(second.approval, 'withdraw')).json.state).toBe('withdrawn')
    const third = await plan('300.00')
    expect((await shown(third.approval)).earlier.approval).toBe(first.approval)
  })

  it('says what the last signature would be refused with', async () => {
    const { json: asked, text: told } = await office.draft(
      { on: '2026-02-10', amount: '100.00' },
      '/v1/indicators/Z-1/quota',
    )
    expect(asked.approval, told).toBeDefined()
    const { json, text } = await office.get(`/v1/approvals/${asked.approval}/preview`)
    expect(json.entries, text).toEqual([])
    expect(json.refusal).toMatchObject({ code: 'balance_insufficient', status: 422 })
    expect((await office.decide(asked.approval, 'withdraw')).json.state).toBe('withdrawn')
  })

  it('takes its turn for all it holds: of many at once one waits for what another holds', async () => {
    const { json: asked } = await office.draft({ on: '2026-02-11', amount: '100.00' }, '/v1/indicators/Z-1/quota')
    const look = () => office.get(`/v1/approvals/${asked.approval}/preview`)
    const waiting: number[] = []
    await transact(door().ledger.database, async (tx) => {
      await tx.query('select 1 from indicator where indicator = $1 for update', ['Z-1'])
      const all = { answered: false }
      const looking = Promise.all([look(), look(), look()]).finally(() => {
        all.answered = true
      })
      while (!all.answered) {
        const [row] = await rowsOf<{ n: number }>(
          door().ledger.database.sql,
          `select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event in ('transactionid', 'tuple')`,
        )
        waiting.push(row?.n ?? 0)
      }
      // Nobody waits for long: what is held just now is said.
      expect((await looking).map(({ status }) => status)).toEqual([503, 503, 503])
    })
    expect(Math.max(...waiting)).toBe(1)
    expect((await office.decide(asked.approval, 'withdraw')).json.state).toBe('withdrawn')
  })

  it('shows what a release is held to, with what is measured, and by project', async () => {
    const { ledger } = door()
    await actOnce(ledger, async (act) => {
      await addProject(act.tx, {
        project: 'P1',
        district: '110102',
        area: 1_000n,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.45']],
      })
      await addProject(act.tx, {
        project: 'P2',
        district: '110102',
        area: 1_000n,
        planBook: 'PLANS',
        progress: [['2026-06-20', '0.45']],
      })
    })
    const shares = ['P1', 'P2'].map((project) => ({ district: '110102', project, amount: '5000000' }))
    await allocate(ledger, { shares, cashPlan: '9000000' })
    const given = { allocation: 'FP-2026', district: '110102', tranche: 1, amount: '5000000', on: '2026-02-10' }
    const { json: asked, text: told } = await office.draft(given)
    expect(asked.approval, told).toBeDefined()
    const { json, text } = await office.get(`/v1/approvals/${asked.approval}/preview`)
    const measured = json.limits.map(({ parameter, value, from, measured: of }: Measured) => [
      parameter,
      value,
      from,
      of?.zh,
    ])
    expect(measured.slice(1), text).toEqual([
      [
        'release_schedule',
        expect.any(Array),
        '1900-01-01',
        expect.stringContaining('第1批：拨付后累计 5000000.00 元，至本批可累计 5000000.00 元'),
      ],
      ['allotment_waiting', '10000000.00', '2026-02-10', '5000000.00'],
      ['final_budget_left', '10000000.00', '2026-02-10', '5000000.00'],
      ['cash_plan_left', '9000000.00', '2026-02-10', '5000000.00'],
    ])
    const ofDistrict = json.projects.filter(({ name }: { name?: string }) => name !== undefined)
    expect(ofDistrict).toMatchObject([
      { project: 'P1', district: '110102', state: 'under_way' },
      { project: 'P2', district: '110102', state: 'under_way' },
    ])
    expect(ofDistrict[0].parts).toContainEqual({
      book: 'D110102',
      basis: 'financial',
      source: 'F21',
      debit: '2500000.00',
      credit: '2500000.00',
    })
    await office.approve(asked.approval)
  })

  it('shows what an early release is held to, and the surveys its score rests on', async () => {
    const { ledger } = door()
    await actOnce(ledger, async (act) => {
      await planned(act, 'P1', [
        ['F21', '10000000'],
        ['F81', '5000000'],
      ])
      await spent(act, '110102', 'P1', '2500000', '2026-05-08')
      await spent(act, '110102', 'P2', '2500000', '2026-05-09')
    })
    for (const [indicator, value] of [
      ['satisfaction', '0.95'],
      ['integrity', '1'],
    ] as const) {
      await office.enterScore('2026Q2', { district: '110102', indicator, value })
    }
    await actOnce(ledger, (act) => runEarly(act, { quarter: quarter('2026Q2'), run: 1, askedBy: 'finance_maker' }))
    const [early] = (await office.get('/v1/releases?state=drafted')).json.items
    const { json, text } = await office.get(`/v1/approvals/${early?.approval}/preview`)
    const shown = Object.fromEntries(
      json.limits.map(({ parameter, value, measured }: Measured) => [parameter, [value, measured?.zh]]),
    )
    expect(shown, text).toMatchObject({
      early_release_score: ['90', expect.stringMatching(/^9/)],
      early_release_satisfaction: ['0.90', '0.95'],
      early_release_progress: ['0.40', '0.4500'],
    })
    const sha256 = expect.stringMatching(/^[0-9a-f]{64}$/)
    expect(json.documents).toMatchObject([
      { name: '调查报告', sha256, href: expect.stringMatching(/^\/v1\/books\/D110102\/attachments\//) },
    ])
  })

  it('names an original with its type, size and where it is fetched, to whoever may see its book', async () => {
    const kept = {
      body: '通知单原件',
      headers: { 'content-type': 'text/plain', 'content-disposition': 'attachment; filename="tz.txt"' },
    }
    const uploaded = await door().ask('/v1/books/CITY/attachments', kept)
    expect(uploaded.status, uploaded.text).toBe(201)
    const documents = [{ title: '通知单', number: 'TZ-1', sha256: uploaded.json.sha256 }]
    const forms = [{ template: 'J02', amount: '7.00', project: 'LJ2026', source: 'F21' }]
    const made = { book: 'CITY', on: '2026-03-02', summary: '收到额度', documents, forms }
    const { json: asked, text } = await office.draft(made, '/v1/vouchers')
    expect(asked.approval, text).toBeDefined()
    const { json } = await office.get(`/v1/approvals/${asked.approval}/preview`)
    const [paper] = json.documents
    expect(paper).toMatchObject({
      name: '通知单',
      number: 'TZ-1',
      sha256: uploaded.json.sha256,
      mediaType: 'text/plain',
      size: 15,
      href: `/v1/books/CITY/attachments/${uploaded.json.sha256}`,
    })
    expect((await door().ask(paper.href)).text).toBe('通知单原件')
  })

  it('has a name for every field of every content there is', () => {
    const file = readFileSync(new URL('../http/approval-contents.txt', import.meta.url), 'utf8')
    const contents = file.split('\n').flatMap((line) => (line.trim().startsWith('{') ? [JSON.parse(line)] : []))
    const nameless = new Set<string>()
    const look = (value: unknown): void => {
      if (value === null || typeof value !== 'object') return
      for (const [key, one] of Object.entries(value)) {
        // Codes are keys too, where a table is kept by them.
        if (!Array.isArray(value) && !/^[0-9]+$/.test(key) && !Object.hasOwn(wordsZh, key)) nameless.add(key)
        look(one)
      }
    }
    for (const { content } of contents) look(content)
    expect(contents.length).toBeGreaterThan(20)
    expect([...nameless]).toEqual([])
  })

  it('is of an approval one may see', async () => {
    expect((await office.get('/v1/approvals/A-99/preview')).json.code).toBe('approval_not_found')
  })
})
