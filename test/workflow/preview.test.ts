/**
 * Whoever approves sees what he approves: the content in words, the entries it would post now, or why it would be
 * refused; and looking changes nothing.
 */
import { readFileSync } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { openBooks, testClock } from '../release/programme.ts'
import { type Office, openOffice } from '../release/office.ts'
import { wordsZh } from '../../src/workflow/words.ts'
import { municipalIndicator, useDoor } from '../support/door.ts'

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
    expect(json.limits).toMatchObject([{ parameter: 'approval_tiers', clause: expect.stringContaining('会计法') }])
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
