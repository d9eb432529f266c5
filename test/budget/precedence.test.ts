/** Of two faults of one request the first of the verb's own order answers, for every pair that one request can have. */
import { beforeAll, describe, expect, it } from 'vitest'
import { useDoor } from '../support/door.ts'
import { assignTo, home, indicatorBody, inForce, newProject, type Office, openBook, openOffice } from './office.ts'

const door = useDoor()
let office: Office
beforeAll(async () => {
  office = openOffice(door())
  await openBook(door(), 'CITY', '110000')
  await openBook(door(), 'HOME')
  await openBook(door(), 'NOTES', home, 'memo')
  await newProject(door(), 'P1', { book: 'HOME', items: { B03: '100.00', B04: '100.00', B13: '800.00' } })
  await newProject(door(), 'P-DONE', { state: 'settled', items: { B03: '100.00' } })
  await inForce(office, 'Z-1', '1000.00')
  await assignTo(office, 'Z-1', 'P1', '1000.00')
  await inForce(office, 'Z-DIRECT', '10.00', { payment: 'direct' })
  await office.ask('/v1/indicators', indicatorBody('Z-WAITS', '10.00'))
})

type Fault = { readonly code: string; readonly with: object }
const codeOf = async (path: string, body: object): Promise<string> => (await office.ask(path, body)).json.code

/** Pairs of faults that do not set the same field, in the order in which they answer. */
const pairsOf = (faults: readonly Fault[]) =>
  faults.flatMap((first, place) =>
    faults
      .slice(place + 1)
      .filter((second) => !Object.keys(first.with).some((field) => field in second.with))
      .map((second) => [first.code, second.code, { ...second.with, ...first.with }] as const),
  )

describe('a commitment is refused by the first of', () => {
  const good = { project: 'P1', item: 'B03', indicator: 'Z-1', amount: '1.00', on: '2022-03-01' }
  const faults: Fault[] = [
    { code: 'source_needs_indicator', with: { indicator: undefined, source: 'F21' } },
    { code: 'project_not_found', with: { project: 'P-NONE' } },
    { code: 'project_not_funded', with: { project: 'P-DONE' } },
    { code: 'item_not_of_project', with: { item: 'B09' } },
    { code: 'commitment_exceeds_cost', with: { amount: '100.01' } },
    { code: 'indicator_not_found', with: { indicator: 'Z-NONE' } },
    { code: 'indicator_not_in_force', with: { indicator: 'Z-WAITS' } },
    { code: 'indicator_year_over', with: { on: '2024-01-01' } },
  ]
  it.each(faults)('$code, alone', async ({ code, with: fault }) => {
    expect(await codeOf('/v1/commitments', { ...good, ...fault })).toBe(code)
  })
  it.each(pairsOf(faults))('%s before %s', async (first, _, both) => {
    expect(await codeOf('/v1/commitments', { ...good, ...both })).toBe(first)
  })
})

describe('the registration of an indicator is refused by the first of', () => {
  const good = indicatorBody('Z-NEW', '1.00')
  const faults: Fault[] = [
    { code: 'book_not_found', with: { book: 'NONE' } },
    { code: 'book_keeps_no_indicators', with: { book: 'NOTES' } },
    { code: 'source_not_fiscal', with: { source: 'F51' } },
    { code: 'indicator_exists', with: { indicator: 'Z-1' } },
    { code: 'indicator_not_found', with: { parent: 'Z-NONE' } },
    { code: 'indicator_not_in_force', with: { parent: 'Z-WAITS' } },
  ]
  it.each(faults)('$code, alone', async ({ code, with: fault }) => {
    expect(await codeOf('/v1/indicators', { ...good, ...fault })).toBe(code)
  })
  it.each(pairsOf(faults))('%s before %s', async (first, _, both) => {
    expect(await codeOf('/v1/indicators', { ...good, ...both })).toBe(first)
  })
})

describe('quota is refused by the first of', () => {
  const good = { indicator: 'Z-1', amount: '1.00', on: '2022-03-01' }
  const faults: Fault[] = [
    { code: 'indicator_not_found', with: { indicator: 'Z-NONE' } },
    { code: 'indicator_not_in_force', with: { indicator: 'Z-WAITS' } },
    { code: 'indicator_paid_directly', with: { indicator: 'Z-DIRECT' } },
    { code: 'indicator_year_over', with: { on: '2024-01-01' } },
  ]
  const ask = (given: object) => {
    const { indicator, ...body } = { ...good, ...given }
    return codeOf(`/v1/indicators/${indicator}/quota`, body)
  }
  it.each(faults)('$code, alone', async ({ code, with: fault }) => {
    expect(await ask(fault)).toBe(code)
  })
  it.each(pairsOf(faults))('%s before %s', async (first, _, both) => {
    expect(await ask(both)).toBe(first)
  })
})
