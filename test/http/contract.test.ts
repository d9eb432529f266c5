/**
 * The published contract of the service (contract/service.md), as a client meets it. Every answer is held against its
 * own schema.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { apiRoutes, openRoutes } from '../../src/http/routes.ts'
import { type Answer, type Given, newBookBody, quotaBody, spendBody, useDoor } from '../support/door.ts'

const door = useDoor()
beforeAll(async () => {
  await door().ask('/v1/books', { body: newBookBody('A') })
})

/** Asks, and checks the answer against what the document says of it. */
async function ask(path: string, given: Given = {}): Promise<Answer> {
  const answer = await door().ask(path, given)
  const method = given.method ?? (given.body === undefined ? 'GET' : 'POST')
  const pathname = path.split('?')[0] ?? ''
  const route = apiRoutes.find(
    (r) => r.method === method && new RegExp(`^${r.path.replaceAll(/\{[a-z0-9]+\}/g, '[^/]+')}$`).test(pathname),
  )
  const form = route?.answers[answer.status]
  if (form?.schema) {
    // Calculations' schemas read what comes in; their own tests hold what goes out.
    const checked = route?.tag === 'calc' ? { success: true } : form.schema.safeParse(answer.json)
    expect(checked, `${method} ${path}: ${JSON.stringify(checked)}`).toMatchObject({ success: true })
  } else expect(answer.headers.get('content-type'), answer.text).toBe('application/problem+json')
  return answer
}

describe('books', () => {
  it('opens a book of each standard with its chart, and lists it', async () => {
    for (const standard of ['government', 'maintenance_fund', 'common_fund', 'memo', 'enterprise']) {
      const made = await ask('/v1/books', { body: newBookBody(`S-${standard.replaceAll('_', '-')}`, standard) })
      expect(made.status).toBe(201)
      const chart = await ask(`${made.headers.get('location')}/accounts`)
      expect(chart.json.items.length).toBeGreaterThan(3)
    }
    const all = await ask('/v1/books')
    expect(all.json.items.map(({ code }: { code: string }) => code)).toContain('S-memo')
    const first = await ask('/v1/books?limit=1')
    const second = await ask(`/v1/books?limit=1&cursor=${first.json.next}`)
    expect(second.json.items[0].code).not.toBe(first.json.items[0].code)
    expect((await ask('/v1/books/A')).json.standard).toBe('government')
  })
})

describe('whose a government book is', () => {
  it('is said when it is opened, and is an institution where nobody says', async () => {
    for (const entity of ['finance', 'administrative', 'institution']) {
      const made = await ask('/v1/books', { body: { ...newBookBody(`E-${entity}`), entity } })
      expect([made.status, made.json.entity], made.text).toEqual([201, entity])
      expect((await ask(`/v1/books/E-${entity}`)).json.entity).toBe(entity)
    }
    expect((await ask('/v1/books', { body: newBookBody('E-usual') })).json.entity).toBe('institution')
    const { items } = (await ask('/v1/books?limit=500')).json
    const listed = items.find(({ code }: { code: string }) => code === 'E-administrative')
    expect(listed).toMatchObject({ standard: 'government', entity: 'administrative' })
  })

  it('is no question for other standards', async () => {
    const memo = await ask('/v1/books', { body: newBookBody('E-memo', 'memo') })
    expect([memo.status, memo.json.entity]).toEqual([201, undefined])
    const refused = await ask('/v1/books', { body: { ...newBookBody('E-memo-2', 'memo'), entity: 'finance' } })
    expect([refused.status, refused.json.code]).toEqual([422, 'entity_not_of_standard'])
    const unknown = await ask('/v1/books', { body: { ...newBookBody('E-3'), entity: 'street' } })
    expect(unknown.status).toBe(400)
  })
})

describe('entries', () => {
  it('posts one, replays it byte for byte, and refuses its key for other content', async () => {
    const body = {
      ...quotaBody('500.00'),
      type: '转账',
      documents: ['京财〔2026〕12号', { title: '通知', number: 'N1' }],
    }
    Object.assign(body.lines[0] ?? {}, { memo: '备注', counterparty: '北京某某建设（集团）有限公司', contract: 'HT-1' })
    const first = await ask('/v1/books/A/entries', { body, key: 'k1' })
    expect(first.status).toBe(201)
    expect(first.json).toMatchObject({
      id: expect.stringMatching(/^E\d+-1$/),
      book: 'A',
      number: 1,
      sequence: 1,
      on: '2026-03-05',
      period: '2026-03',
    })
    expect(first.json.recordedAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+08:00$/)
    expect(first.json.hash).toMatch(/^[0-9a-f]{64}$/)
    expect(first.headers.get('location')).toBe(`/v1/entries/${first.json.id}`)
    expect(first.headers.get('idempotent-replayed')).toBeNull()
    const again = await ask('/v1/books/A/entries', { body, key: 'k1' })
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([201, first.text, 'true'])
    const reordered = await ask('/v1/books/A/entries', {
      body: { lines: body.lines, documents: body.documents, type: body.type, on: body.on, summary: body.summary },
      key: 'k1',
    })
    expect(reordered.text).toBe(first.text)
    const other = await ask('/v1/books/A/entries', { body: quotaBody('500.01'), key: 'k1' })
    expect([other.status, other.json.code]).toEqual([422, 'idempotency_key_reused'])
    const read = await ask(`/v1/entries/${first.json.id}`)
    expect(read.text).toBe(first.text)
    expect(read.headers.get('etag')).toBe(`"${first.json.hash}"`)
  })

  it('warns of a day beyond the end of next year, and takes it', async () => {
    const on = `${Number(new Date().toISOString().slice(0, 4)) + 5}-03-05`
    const made = await ask('/v1/books/A/entries', { body: quotaBody('1.00', on), key: 'far' })
    expect([made.status, made.json.warnings]).toEqual([201, [expect.stringContaining(`业务日期 ${on}`)]])
    expect((await ask('/v1/books/A/entries', { body: quotaBody('1.00', on), key: 'far' })).text).toBe(made.text)
    expect((await ask(`/v1/entries/${made.json.id}`)).json.warnings).toEqual(made.json.warnings)
    expect((await ask('/v1/books/A/entries', { body: quotaBody('1.00') })).json).not.toHaveProperty('warnings')
  })

  it('pins a refusal that depends on the state to its key, word for word', async () => {
    const first = await ask('/v1/books/A/entries', { body: spendBody('900.00'), key: 'k2' })
    expect([first.status, first.json.code]).toEqual([422, 'balance_insufficient'])
    expect((await ask('/v1/books/A/entries', { body: quotaBody('900.00') })).status).toBe(201)
    const again = await ask('/v1/books/A/entries', { body: spendBody('900.00'), key: 'k2' })
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([422, first.text, 'true'])
    const english = await ask('/v1/books/A/entries', {
      body: spendBody('900.00'),
      key: 'k2',
      headers: { 'accept-language': 'en-GB,en;q=0.9' },
    })
    expect(english.json.title).toBe('Balance insufficient')
    expect(first.json.title).toBe('余额不足')
  })

  it('answers a batch in order, each by itself, or all or none', async () => {
    const batch = (entries: object[], atomic = false) =>
      ask('/v1/books/A/entries/batch', { body: { entries, atomic }, key: null })
    const mixed = await batch([
      { key: 'b1', ...quotaBody('1.00') },
      { key: 'b2', ...quotaBody('1.00', '2026-03-05', { source: undefined }) },
      { key: 'b3', ...quotaBody('2.00') },
    ])
    expect(mixed.status).toBe(200)
    expect(
      mixed.json.results.map((r: { key: string; problem?: { code: string } }) => [r.key, r.problem?.code]),
    ).toEqual([
      ['b1', undefined],
      ['b2', 'source_missing'],
      ['b3', undefined],
    ])
    expect((await batch([{ key: 'b1', ...quotaBody('1.00') }])).json.results[0]).toEqual(mixed.json.results[0])
    const single = await ask('/v1/books/A/entries', { body: quotaBody('1.00'), key: 'b1' })
    expect(single.json).toEqual(mixed.json.results[0].entry)
    const none = await batch(
      [
        { key: 'c1', ...quotaBody('1.00') },
        { key: 'c2', ...spendBody('99999.00') },
      ],
      true,
    )
    expect(none.json.results.map((r: { problem: { code: string } }) => r.problem.code)).toEqual([
      'batch_not_posted',
      'balance_insufficient',
    ])
  })

  it('posts over several books, all or none', async () => {
    await ask('/v1/books', { body: newBookBody('X') })
    const entries = [
      { book: 'A', ...spendBody('10.00') },
      { book: 'X', ...quotaBody('10.00') },
    ]
    const made = await ask('/v1/transactions', { body: { entries }, key: 't1' })
    expect(made.status).toBe(201)
    expect(made.json.entries.map(({ book }: { book: string }) => book)).toEqual(['A', 'X'])
    const again = await ask('/v1/transactions', { body: { entries }, key: 't1' })
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([made.text, 'true'])
    expect((await ask(`/v1/transactions/${made.json.id}`)).text).toBe(made.text)
    expect(
      (
        await ask('/v1/transactions', {
          body: {
            entries: [
              { book: 'X', ...quotaBody('1.00') },
              { book: 'A', ...spendBody('99999.00') },
            ],
          },
        })
      ).json.code,
    ).toBe('balance_insufficient')
    expect((await ask('/v1/transactions', { body: { entries: [{ book: 'NIX', ...quotaBody() }] } })).status).toBe(404)
  })

  it('reverses in red, once, and never a red entry', async () => {
    const entry = (await ask('/v1/books/A/entries', { body: quotaBody('33.00') })).json
    const path = `/v1/entries/${entry.id}/reversal`
    const body = { on: '2026-03-09', reason: '记错项目' }
    const red = await ask(path, { body, key: 'r1' })
    expect(red.json).toMatchObject({
      reverses: entry.id,
      type: 'reversal',
      lines: [{ debit: '-33.00' }, { credit: '-33.00' }],
    })
    const again = await ask(path, { body, key: 'r1' })
    expect([again.text, again.headers.get('idempotent-replayed')]).toEqual([red.text, 'true'])
    expect((await ask(path, { body })).json.code).toBe('entry_already_reversed')
    expect((await ask(`/v1/entries/${red.json.id}/reversal`, { body })).json.code).toBe('entry_is_reversal')
    expect((await ask('/v1/entries/E999-1/reversal', { body })).status).toBe(404)
    expect((await ask(`/v1/entries/${entry.id}`)).json.reversedBy).toBe(red.json.id)
  })

  it('lists with filters', async () => {
    await ask('/v1/books/A/entries', { body: quotaBody('1.00', '2026-04-01') })
    const april = await ask('/v1/books/A/entries?from=2026-04-01&to=2026-04-30')
    expect(april.json.items).toHaveLength(1)
    expect((await ask('/v1/books/A/entries?type=reversal')).json.items).toHaveLength(1)
  })
})

describe('balances', () => {
  it('answers by business date, by what was known, and both', async () => {
    await ask('/v1/books', { body: newBookBody('BAL') })
    await ask('/v1/books/BAL/entries', { body: quotaBody('100.00', '2026-03-05') })
    const between = (await ask('/v1/books/BAL/entries', { body: quotaBody('1.00', '2026-03-05') })).json.recordedAt
    await ask('/v1/books/BAL/entries', { body: spendBody('40.00', '2026-03-20') })
    const balance = async (query: string) => (await ask(`/v1/books/BAL/balances?${query}`)).json
    expect(await balance('account=1011')).toEqual({ debit: '101.00', credit: '40.00', balance: '61.00', side: 'debit' })
    expect((await balance('account=1011&asOf=2026-03-19')).balance).toBe('101.00')
    expect((await balance(`account=10&knownAt=${between}`)).balance).toBe('101.00')
    expect((await balance(`account=1011&knownAt=${between.replace('+', '%2B')}&asOf=2026-03-04`)).balance).toBe('0.00')
    expect((await balance('account=4001&project=P1&source=F21')).side).toBe('credit')
    const trial = (await ask('/v1/books/BAL/trial-balance?asOf=2026-03-31')).json
    expect(trial.totals[0].debitBalance).toBe(trial.totals[0].creditBalance)
    const one = (await ask('/v1/books/BAL/statement?account=1011&from=2026-03-01&to=2026-03-31&limit=2')).json
    const two = (
      await ask(`/v1/books/BAL/statement?account=1011&from=2026-03-01&to=2026-03-31&limit=2&cursor=${one.next}`)
    ).json
    expect([...one.items, ...two.items].map(({ balance }: { balance: string }) => balance)).toEqual([
      '100.00',
      '101.00',
      '61.00',
    ])
    expect([one.opening.balance, two.closing.balance, two.next]).toEqual(['0.00', '61.00', null])
  })
})

describe('periods', () => {
  it('closes and carries over what has ended, a year under a key', async () => {
    await ask('/v1/books', { body: newBookBody('ENDED') })
    const ahead = await ask('/v1/books/ENDED/periods/2199-12/closing', { method: 'POST' })
    expect([ahead.status, ahead.json.code]).toEqual([409, 'period_not_ended'])
    expect((await ask('/v1/books/ENDED/entries', { body: quotaBody('1.00') })).status).toBe(201)
    const year = '/v1/books/ENDED/years/2099/carry-over'
    const { json } = await ask(`${year}/preview`, { method: 'POST' })
    const early = await ask(year, { body: { hash: json.hash } })
    expect([early.status, early.json.code]).toEqual([409, 'year_not_ended'])
    const keyless = await ask(year, { body: { hash: json.hash }, key: null })
    expect([keyless.status, keyless.json.code]).toEqual([400, 'idempotency_key_missing'])
  })

  it('closes, refuses to post, reopens on two persons’ word, and carries a year over', async () => {
    const checker = await door().token('finance_checker')
    const approver = await door().token('finance_approver')
    await ask('/v1/books', { body: newBookBody('PER') })
    await ask('/v1/books/PER/entries', { body: quotaBody('100.00', '2025-03-05') })
    const closed = await ask('/v1/books/PER/periods/2025-03/closing', { method: 'POST' })
    expect([closed.status, closed.json.state]).toEqual([200, 'closed'])
    const late = await ask('/v1/books/PER/entries', { body: quotaBody('1.00', '2025-03-31') })
    expect([late.status, late.json.code]).toEqual([409, 'period_closed'])
    const asked = await ask('/v1/books/PER/periods/2025-03/reopening', { body: { reason: '漏记' } })
    expect(asked.status).toBe(202)
    const { approval, hash } = asked.json
    for (const [token, verdict] of [
      [checker, 'check'],
      [approver, 'approve'],
    ] as const) {
      expect((await ask('/v1/approvals?mine=to_do', { token })).json.items[0].id).toBe(approval)
      const decided = await ask(`/v1/approvals/${approval}/decision`, { token, body: { verdict, hash } })
      expect(decided.status, decided.text).toBe(200)
    }
    expect((await ask('/v1/books/PER/periods')).json.closedThrough).toBe('2025-02')
    expect((await ask('/v1/books/PER/entries', { body: quotaBody('1.00', '2025-03-31') })).status).toBe(201)
    expect((await ask('/v1/books/PER/periods')).json.acts).toHaveLength(3)
    const preview = await ask('/v1/books/PER/years/2025/carry-over/preview', { method: 'POST' })
    expect(preview.status).toBe(200)
    const done = await ask('/v1/books/PER/years/2025/carry-over', { body: { hash: preview.json.hash }, key: 'year' })
    expect(done.status).toBe(201)
    expect(done.json.entries).toHaveLength(preview.json.entries.length)
    expect(preview.json.obstacles).toMatchObject([
      { obstacle: 'quota_mirror', found: ['P1 F21 1011/800101 101.00/0.00'] },
    ])
    expect(done.json.warnings).toEqual([expect.stringContaining('1011/800101 101.00/0.00')])
    expect((await ask('/v1/books/PER/years/2025/carry-over', { body: { hash: preview.json.hash } })).json.code).toBe(
      'year_already_carried',
    )
    const again = await ask('/v1/books/PER/years/2025/carry-over', { body: { hash: preview.json.hash }, key: 'year' })
    expect([again.status, again.text, again.headers.get('idempotent-replayed')]).toEqual([201, done.text, 'true'])
  })

  it('carries a year over on two persons’ word, and not while anything stands in the way', async () => {
    const maker = await door().token('finance_maker')
    const checker = await door().token('finance_checker')
    const approver = await door().token('finance_approver')
    const whole = (amount: string, on: string) => ({
      ...quotaBody(amount, on),
      lines: [
        ['1011', 'debit'],
        ['4001', 'credit'],
        ['800101', 'debit'],
        ['6001', 'credit'],
      ].map(([account, side = '']) => ({ account, [side]: amount, project: 'P1', source: 'F21' })),
    })
    await ask('/v1/books', { body: newBookBody('TWO') })
    await ask('/v1/books/TWO/entries', { body: whole('100.00', '2025-03-05') })
    await ask('/v1/books/TWO/entries', { body: quotaBody('1.00', '2025-03-06') })
    const year = '/v1/books/TWO/years/2025/carry-over'
    const seen = async () => (await ask(`${year}/preview`, { method: 'POST', token: maker })).json
    const obstructed = await ask(year, { body: { hash: (await seen()).hash }, token: maker })
    expect([obstructed.status, obstructed.json.code]).toEqual([409, 'year_end_obstructed'])
    expect(obstructed.json.detail).toContain('P1 F21 1011/800101 101.00/100.00')
    expect((await ask(year, { body: { hash: (await seen()).hash }, token: approver })).status).toBe(403)
    const rest = { ...quotaBody('1.00', '2025-03-06'), lines: whole('1.00', '2025-03-06').lines.slice(2) }
    await ask('/v1/books/TWO/entries', { body: rest })
    const { hash, entries, obstacles } = await seen()
    expect(obstacles).toEqual([])
    const asked = await ask(year, { body: { hash }, token: maker, key: 'two' })
    expect([asked.status, asked.json.plan]).toEqual([202, hash])
    expect((await ask(year, { body: { hash }, token: maker })).json.code).toBe('approval_pending')
    const decide = (verdict: string, token: string) =>
      ask(`/v1/approvals/${asked.json.approval}/decision`, { body: { verdict, hash: asked.json.hash }, token })
    const waits = await ask('/v1/approvals?mine=to_do&kind=year_end', { token: checker })
    expect(waits.json.items).toMatchObject([{ id: asked.json.approval, state: 'checking', approvers: 0 }])
    expect((await decide('approve', approver)).json.code).toBe('approval_step_wrong')
    // Booked since: what was seen is no longer what would be booked.
    const late = (await ask('/v1/books/TWO/entries', { body: whole('5.00', '2025-12-30') })).json
    expect((await decide('check', checker)).json.code).toBe('preview_stale')
    await ask(`/v1/entries/${late.id}/reversal`, { body: { on: '2025-12-30', reason: '重复' } })
    expect((await decide('check', checker)).json.state).toBe('approved')
    expect((await decide('approve', approver)).json.code).toBe('approval_settled')
    const { items } = (await ask('/v1/books/TWO/entries?type=carry_over')).json
    expect(items).toHaveLength(entries.length)
    expect(items[0].approvals.map(({ person }: { person: string }) => person)).toEqual([
      'finance_maker',
      'finance_checker',
    ])
    expect((await ask('/v1/books/TWO/periods')).json.closedThrough).toBe('2025-12')
    const red = await ask(`/v1/entries/${items[0].id}/reversal`, { body: { on: '2026-01-05', reason: '冲销' } })
    expect([red.status, red.json.code]).toEqual([409, 'entry_kept_by_year_end'])
  })
})

describe('proof, attachments, calculations', () => {
  it('proves an entry under the signed head, and one head under a later one', async () => {
    const entry = (await ask('/v1/books/A/entries', { body: quotaBody('1.00') })).json
    const head = (await ask('/v1/books/A/proof')).json
    expect(head).toMatchObject({
      size: expect.any(Number),
      hash: expect.any(String),
      signature: expect.any(String),
      key: expect.any(String),
      at: expect.any(String),
    })
    const proof = (await ask(`/v1/entries/${entry.id}/proof`)).json
    expect(proof.leafHash).toBe(entry.hash)
    expect((await ask('/v1/books/A/proof/consistency?from=1')).json.to).toBe(head.size)
    expect((await ask('/v1/books/A/proof/consistency?from=99999')).status).toBe(404)
  })

  it('keeps an original once and gives the same bytes back as a download', async () => {
    const bytes = new Uint8Array([0, 255, 1, 2, 60, 115])
    const up = () =>
      ask('/v1/books/A/attachments?name=%E5%8F%91%E7%A5%A8.pdf', {
        method: 'POST',
        body: bytes,
        headers: { 'content-type': 'application/pdf' },
      })
    const first = await up()
    expect([first.status, first.json.name, (await up()).status]).toEqual([201, '发票.pdf', 200])
    const response = await fetch(`${door().url}${first.headers.get('location')}`, {
      headers: { authorization: `Bearer ${await door().token('auditor')}` },
    })
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    expect(response.headers.get('content-disposition')).toContain("filename*=UTF-8''%E5%8F%91%E7%A5%A8.pdf")
    expect(
      (await ask('/v1/books/A/entries', { body: { ...quotaBody('1.00'), documents: [first.json.sha256] } })).status,
    ).toBe(201)
    expect((await ask(`/v1/books/A/attachments/${'0'.repeat(64)}`)).status).toBe(404)
  })

  it('calculates, refuses and finds fault', async () => {
    const done = await ask('/v1/calc/split', { body: { total: '100.00', weights: ['1', '1', '1'] }, key: null })
    expect([done.status, done.json]).toEqual([200, { result: { parts: ['33.34', '33.33', '33.33'] }, uses: [] }])
    const bad = await ask('/v1/calc/split', { body: { total: 1, weights: [] } })
    expect([bad.status, bad.json.errors[0].path]).toEqual([400, '/total'])
    const refused = await ask('/v1/calc/progress-certificate', {
      body: {
        completed: '1.00',
        payRatio: '0.5',
        retentionRate: '0',
        advanceRecoveryRate: '0',
        labourRate: '0',
        advanceLeft: '0.00',
        on: '2026-01-01',
      },
    })
    expect([refused.status, refused.json.code]).toEqual([422, 'below_minimum_progress_payment'])
    expect((await ask('/v1/calc/nix', { body: {} })).status).toBe(404)
  })
})

describe('the document and the pages', () => {
  it('is OpenAPI 3.1 and covers every route with resolvable references', async () => {
    const document = (await door().ask('/openapi.json', { token: null })).json
    expect(document.openapi).toBe('3.1.0')
    const operations = Object.entries<
      Record<
        string,
        { operationId: string; responses: object; parameters: { name: string; in: string; required: boolean }[] }
      >
    >(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
    )
    expect(operations.map(({ path, method }) => `${method.toUpperCase()} ${path}`).sort()).toEqual(
      [...apiRoutes, ...openRoutes].map(({ method, path }) => `${method} ${path}`).sort(),
    )
    expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length)
    for (const { path, parameters, responses } of operations) {
      const inPath = parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name)
      expect(inPath.sort()).toEqual([...path.matchAll(/\{([a-z0-9]+)\}/g)].map(([, name]) => String(name)).sort())
      for (const response of Object.values(responses))
        expect(response).toMatchObject({ description: expect.any(String), content: expect.any(Object) })
    }
    for (const [, ref] of JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)) {
      const name = ref?.replace('#/components/schemas/', '') ?? ''
      expect(document.components.schemas, ref).toHaveProperty([name])
    }
  })

  it('serves its pages without a token, from its own origin, under a strict policy', async () => {
    for (const path of [
      '/',
      '/docs',
      '/docs/problems/entry_unbalanced',
      '/docs/swagger-ui.css',
      '/docs/start.js',
      '/healthz',
      '/readyz',
      '/metrics',
    ]) {
      const page = await door().ask(path, { token: null, key: null })
      expect(page.status, path).toBe(200)
      expect(page.text.match(/(src|href)="https?:/), path).toBeNull()
      expect(page.headers.get('content-security-policy')).toContain("default-src 'none'")
    }
    expect((await door().ask('/', { token: null })).text).not.toContain('账套 A')
  })
})
