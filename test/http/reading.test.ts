/**
 * What the service says of itself: the numbers of policy, the trial calculations, and how far its books are proved.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { calculations } from '../../src/calc/registry.ts'
import { parameters } from '../../src/policy/parameters.ts'
import { topics } from '../../src/policy/topics.ts'
import { apiRoutes } from '../../src/http/routes.ts'
import { newBookBody, quotaBody, useDoor } from '../support/door.ts'

const door = useDoor()

/** Asks, and holds the answer against what the document says of it. */
async function ask(id: string, path: string, token?: string) {
  const answer = await door().ask(path, token === undefined ? {} : { token })
  const schema = apiRoutes.find((one) => one.id === id)?.answers[answer.status]?.schema
  if (schema) expect(schema.safeParse(answer.json), answer.text).toMatchObject({ success: true })
  return answer
}

describe('GET /v1/policy', () => {
  it('gives every number with its days, clauses and the rules that read it', async () => {
    const { items } = (await ask('listPolicy', '/v1/policy?on=2026-03-05')).json
    expect(items.map(({ parameter }: { parameter: string }) => parameter).toSorted()).toEqual(
      Object.keys(parameters).toSorted(),
    )
    expect(topics.every(({ zh, en }) => zh !== '' && en !== '')).toBe(true)
    const tiers = items.find(({ parameter }: { parameter: string }) => parameter === 'approval_tiers')
    expect(tiers.readBy).toContain('src/approvals/approval.ts')
    expect(tiers.values.at(-1)).toMatchObject({ inForce: true, clause: expect.stringContaining('会计法') })
  })

  it('says which value is in force on the day asked about, and finds a number by its name', async () => {
    const find = async (on: string) =>
      (await ask('listPolicy', `/v1/policy?on=${on}&q=formula_task_reward_2024`)).json.items[0].values
    expect((await find('2024-04-14'))[0]).toMatchObject({ from: '2024-04-15', inForce: false })
    expect((await find('2024-04-15'))[0].inForce).toBe(true)
    expect((await ask('listPolicy', '/v1/policy?q=nothing-such')).json.items).toEqual([])
  })
})

describe('GET /v1/calc', () => {
  it('lists every calculation; each has its forms, and an example that is what it answers', async () => {
    const { items } = (await ask('listCalculations', '/v1/calc')).json
    expect(items.map(({ name }: { name: string }) => name)).toEqual(calculations.map(({ name }) => name))
    for (const { name, path } of items) {
      const { status, json } = await ask('readCalculation', `/v1/calc/${name}`)
      expect([status, json.calc, json.input.type]).toEqual([200, name, 'object'])
      const tried = await door().ask(path, { body: json.example.input, key: null })
      expect([name, tried.json.result]).toEqual([name, json.example.result])
    }
    expect((await ask('readCalculation', '/v1/calc/alchemy')).json.code).toBe('not_found')
  })
})

describe('GET /v1/proof', () => {
  beforeAll(async () => {
    for (const [code, district] of [
      ['WEST', '110102'],
      ['OST', '110105'],
    ] as const)
      await door().ask('/v1/books', { body: { ...newBookBody(code), district } })
    await door().ask('/v1/books/WEST/entries', { body: quotaBody() })
    expect((await door().ask('/v1/books/WEST/proof')).status).toBe(200)
    await door().ask('/v1/books/WEST/entries', { body: quotaBody('7.00') })
  })

  it('says how far each book is signed, and signs nothing', async () => {
    const { books, verified } = (await ask('listProofs', '/v1/proof')).json
    expect(verified).toBeUndefined()
    expect(books).toMatchObject([
      { book: 'WEST', size: 2, unsigned: 1, head: { size: 1, witnesses: 0 } },
      { book: 'OST', size: 0, unsigned: 0 },
    ])
    expect(books[0].head.ageSeconds).toBeLessThan(600)
    expect(books[1].head).toBeUndefined()
  })

  it('says what the last recomputation of the books found', async () => {
    const result = {
      on: '2026-03-05',
      ok: false,
      checks: [
        { check: 'entries balance', ok: false },
        { check: 'x', ok: true },
      ],
    }
    const { sql } = door().test.database
    await sql`
      insert into job (name, key, payload, asked_by, state, result, ended_at)
      values ('checks', '2026-03-05', '{"on":"2026-03-05"}', 'schedule', 'done', ${sql.json(result)}, now())`
    const { verified } = (await ask('listProofs', '/v1/proof')).json
    expect(verified).toMatchObject({ on: '2026-03-05', ok: false, failed: ['entries balance'] })
  })

  it('shows a district its own books, and nothing to whoever may not read books', async () => {
    const west = await door().token('auditor', { person: 'west', district: '110102' })
    const { books, verified } = (await ask('listProofs', '/v1/proof', west)).json
    expect(books.map(({ book }: { book: string }) => book)).toEqual(['WEST'])
    expect([verified.ok, verified.failed]).toEqual([false, []])
    const operator = await door().token('operator', { person: 'ops' })
    expect((await ask('listProofs', '/v1/proof', operator)).status).toBe(403)
  })
})
