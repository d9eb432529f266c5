/**
 * N18: what a person enters for a score names a file that was uploaded before, counts when another has checked it, and
 * corrects a score only knowingly. What a machine client brings counts at once.
 */
import { createHash } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { childOf } from '../../src/allocation/allocation.ts'
import { day } from '../../src/base/calendar.ts'
import { draftFor, quotaIssued } from '../../src/budget/indicator/entries.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { releaseChecks } from '../../src/release/checks.ts'
import { withPlanted } from '../support/database.ts'
import { type Answer, useDoor } from '../support/door.ts'
import { type Office, openOffice } from './office.ts'
import { addProject, allocate, openBooks, planned, post, spent, testClock, upperOf } from './programme.ts'

const time = testClock('2026-11-27')
const door = useDoor({ clock: time.clock })
let office: Office
const [district, other] = ['110105', '110106'] as const
const entries = '/v1/scores/2026Q3/entries'
const place = `/v1/scores/2026Q3/${district}`

beforeAll(async () => {
  office = openOffice(door())
  const { ledger } = door()
  await openBooks(ledger, [district, other])
  await allocate(ledger, { shares: [{ district, amount: '1000' }], cashPlan: '1000' })
  const child = childOf(upperOf('SZ-2026'), district, `D${district}`)
  await actOnce(ledger, async (act) => {
    await addProject(act.tx, {
      project: 'P1',
      district,
      area: 1_000n,
      planBook: 'PLANS',
      progress: [['2026-09-20', '0.5']],
    })
    await planned(act, 'P1', [
      ['F21', '700'],
      ['F81', '300'],
    ])
    const on = day('2026-06-10')
    const lines = quotaIssued(child, 50_000n)
    await post(act, 'quota', [{ book: child.book, draft: draftFor(child, { on, summary: '下达额度', lines }) }])
    await spent(act, district, 'LJ2026', '400', '2026-08-08')
  })
})

const kept = async (book: string, text: string): Promise<string> => {
  const original = { body: Buffer.from(text), headers: { 'content-type': 'text/plain' } }
  return (await door().ask(`/v1/books/${book}/attachments`, original)).json.sha256
}
const given = (sha256: string, more: object = {}) => ({
  district,
  indicator: 'satisfaction',
  value: '0.93',
  document: '调查报告〔2026〕3号',
  sha256,
  sampleSize: 500,
  ...more,
})
const outcome = ({ status, json }: Answer) => [status, json.code ?? json.state ?? (json.approval ? 'waits' : 'counts')]
const enter = (body: object) => office.draft(body, entries)

describe('what a person enters for a score', () => {
  it('names a file that was uploaded before, to a book of the district or of the city', async () => {
    const typed = await enter(given('cd'.repeat(32)))
    expect(outcome(typed)).toEqual([422, 'evidence_missing'])
    expect(typed.json.detail).toContain('cd'.repeat(32))
    expect(typed.json.clause).toContain('（三十一）')
    expect(outcome(await enter(given(await kept(`D${other}`, '别区的报告'))))).toEqual([422, 'evidence_missing'])
    const citys = await kept('CITY', '市级的报告')
    const local = await door().token('finance_maker', { district, person: 'dong' })
    const asked = await door().ask(entries, { token: local, body: given(citys) })
    expect(outcome(asked)).toEqual([422, 'evidence_missing'])
    // The refusal is not the answer of its key: uploaded meanwhile, the same request is taken.
    const text = '随后上传的报告'
    const body = given(createHash('sha256').update(text).digest('hex'))
    const token = await door().token('finance_maker')
    expect(outcome(await door().ask(entries, { body, token, key: 'later' }))).toEqual([422, 'evidence_missing'])
    await kept('CITY', text)
    const taken = await door().ask(entries, { body, token, key: 'later' })
    expect(outcome(taken)).toEqual([202, 'waits'])
    expect(taken.json).toMatchObject({ keptIn: 'CITY', person: 'finance_maker', quarter: '2026Q3' })
    expect((await office.decide(taken.json.approval, 'withdraw')).json.state).toBe('withdrawn')
  })

  it('waits, is seen to wait, and counts when another person has checked it', async () => {
    const asked = await enter(given(await kept(`D${district}`, '满意度调查报告')))
    const { approval } = asked.json
    expect(outcome(asked)).toEqual([202, 'waits'])
    expect(outcome(await enter(given(asked.json.sha256, { value: '0.99' })))).toEqual([409, 'approval_pending'])
    const missing = await office.draft({}, place)
    expect(outcome(missing)).toEqual([422, 'score_inputs_missing'])
    expect(missing.json.detail).toContain(`${approval}（居民满意度）`)
    for (const path of [entries, '/v1/scores/2026Q3']) {
      const { json } = await office.get(path)
      expect(json.items, path).toEqual([])
      expect(json.waiting, path).toMatchObject([{ approval, district, value: '0.93', keptIn: `D${district}` }])
    }
    const far = await door().token('finance_maker', { district: other, person: 'xi' })
    expect((await door().ask(entries, { token: far })).json.waiting).toEqual([])
    expect((await office.get(`/v1/approvals/${approval}`)).json).toMatchObject({
      kind: 'score_entry',
      approvers: 0,
      state: 'checking',
      district,
    })
    const preview = (await office.get(`/v1/approvals/${approval}/preview`)).json
    expect(preview.limits).toMatchObject([{ parameter: 'approval_checked_only' }])
    expect([preview.entries, preview.refusal]).toEqual([[], undefined])
    const own = { verdict: 'check', hash: asked.json.hash }
    const alone = await office.draft(own, `/v1/approvals/${approval}/decision`)
    expect(outcome(alone)).toEqual([403, 'permission_denied'])
    expect(outcome(await office.decide(approval, 'check'))).toEqual([200, 'approved'])
    const { json } = await office.get(entries)
    expect(json.waiting).toEqual([])
    expect(json.items).toMatchObject([{ value: '0.93', person: 'finance_maker', approval }])
  })

  it('rejected, counts nowhere', async () => {
    const asked = await enter(given(await kept('CITY', '廉政'), { indicator: 'integrity', value: '0' }))
    const token = await door().token('finance_checker', { person: 'check' })
    const body = { verdict: 'reject', hash: asked.json.hash, reason: '样本不足' }
    const { json } = await door().ask(`/v1/approvals/${asked.json.approval}/decision`, { token, body })
    expect(json.state).toBe('rejected')
    expect((await office.get(entries)).json.items).toHaveLength(1)
  })

  it('corrects a score only by naming it, when it is entered and when it is checked', async () => {
    const sha256 = await kept(`D${district}`, '满意度调查报告')
    const early = await enter(given(sha256, { value: '0.91' }))
    expect(outcome(early)).toEqual([202, 'waits'])
    await office.enterScore('2026Q3', { district, indicator: 'integrity', value: '1' })
    const { json: first } = await office.draft({}, place)
    expect([first.version, first.facts.entered.satisfaction.value]).toEqual([1, '0.93'])
    expect(first.facts.entered.satisfaction.approval).toMatch(/^A-/)
    // Entered before there was a score, it would now correct one that nobody spoke of.
    const { json: preview } = await office.get(`/v1/approvals/${early.json.approval}/preview`)
    expect(preview.refusal).toMatchObject({ code: 'score_stands' })
    const late = await office.decide(early.json.approval, 'check')
    expect(outcome(late)).toEqual([409, 'score_stands'])
    expect(late.json.detail).toContain(`第 1 版（${first.total} 分）`)
    expect((await office.decide(early.json.approval, 'withdraw')).json.state).toBe('withdrawn')
    expect(outcome(await enter(given(sha256, { value: '0.91' })))).toEqual([409, 'score_stands'])
    expect(outcome(await enter(given(sha256, { value: '0.91', corrects: 2 })))).toEqual([409, 'score_stands'])
    const asked = await enter(given(sha256, { value: '0.91', corrects: 1 }))
    const { json: shown } = await office.get(`/v1/approvals/${asked.json.approval}/preview`)
    expect(shown.content).toContainEqual(
      expect.objectContaining({ name: { zh: '所更正的得分版本', en: 'corrects' }, value: '1' }),
    )
    expect(outcome(await office.decide(asked.json.approval, 'check'))).toEqual([200, 'approved'])
    const { json: second } = await office.draft({}, place)
    expect([second.version, second.facts.entered.satisfaction.value]).toEqual([2, '0.91'])
  })
})

describe('what a machine client brings', () => {
  it('counts at once; without its original it is a warning of the checks', async () => {
    const brought = await door().ask(entries, { body: given('cd'.repeat(32), { district: other }) })
    expect(outcome(brought)).toEqual([201, 'counts'])
    const { warnings, faults } = await looked()
    const entry = brought.json.entry
    expect([faults, warnings]).toEqual([[], [`${entry}: integration brought it, and its original is in no book`]])
  })
})

const looked = (planted = 'select'): Promise<{ faults: readonly string[]; warnings: readonly string[] | undefined }> =>
  withPlanted(door().test, planted, async ({ sql }) => {
    const check = releaseChecks.find((one) => one.check === 'score_entries_checked')
    const reader = await sql.reserve()
    try {
      const { faults = [], warnings } = (await check?.run(reader)) ?? {}
      return { faults, warnings }
    } finally {
      reader.release()
    }
  })

// Previews take numbers too, so the first is not number 1.
const first = 'where score_entry_id = (select min(score_entry_id) from score_entry)'

describe('the check of what was entered', () => {
  it.each([
    ['a value that nobody checked', `update score_entry set value = '1' ${first}`, 'not what was checked'],
    ['a row of another person', `update score_entry set person = 'dong' ${first}`, 'not what was checked'],
    [
      'a check that was not taken',
      `update approval set state = 'rejected' where kind = 'score_entry'`,
      'not what was checked',
    ],
    ['an original that is gone', 'delete from attachment', 'not what was checked'],
    [
      'a row that a person wrote by himself',
      `update score_entry set origin = 'brought', approval = null, person = 'finance_maker' ${first}`,
      'finance_maker, who is no machine client',
    ],
    ['a check that came to nothing', `delete from score_entry ${first}`, 'checked, and counts nowhere'],
  ])('finds %s', async (_, planted, found) => {
    const { faults } = await looked(planted)
    expect(faults[0] ?? '').toContain(found)
  })

  it('finds nothing in rows of before, and no new row can be one', async () => {
    const before = `update score_entry set origin = 'before', approval = null ${first}`
    await expect(looked(before)).rejects.toMatchObject({ code: '23514' })
    const { faults } = await looked(`
      alter table score_entry drop constraint score_entry_not_of_before; ${before};
      delete from approval_decision; delete from approval_party; delete from approval where kind = 'score_entry'
        and 'A-' || approval_id not in (select approval from score_entry where approval is not null)`)
    expect(faults).toEqual([])
  })
})
