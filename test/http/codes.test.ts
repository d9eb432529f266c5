/**
 * Codes are looked up, by any part of code or name (N15); and what is in no list is refused, also a detail of a group.
 */
import { describe, expect, it } from 'vitest'
import { roles } from '../../src/access/actor.ts'
import { variants } from '../../src/allocation/formula.ts'
import { day } from '../../src/base/calendar.ts'
import { chartOf } from '../../src/ledger/chart.ts'
import { carryOverType, type EntryDraft, examine, generalType, reversalType } from '../../src/ledger/entry.ts'
import { fundSources } from '../../src/policy/sources.ts'
import { runCommand } from '../support/command.ts'
import { useDoor } from '../support/door.ts'

const door = useDoor()
const ask = async (path: string) => door().ask(path, { token: await door().token('provident_fund') })
const codes = async (path: string): Promise<string[]> =>
  (await ask(path)).json.items.map(({ code }: { code: string }) => code)

describe('codes', () => {
  it('are listed whole, with their names', async () => {
    expect(await codes('/v1/sources')).toEqual(fundSources.map(({ code }) => code))
    expect(await codes('/v1/roles')).toEqual(roles)
    expect(await codes('/v1/formulas')).toEqual(Object.keys(variants))
    expect(await codes('/v1/job-names')).toContain('early-disbursement')
    expect(await codes('/v1/catalogue-items')).toHaveLength(36)
    expect((await codes('/v1/accounts')).length).toBe(chartOf('government').subjects.size)
    expect(await codes('/v1/accounts?standard=memo')).toContain('9011')
    const [source] = (await ask('/v1/sources?q=F70')).json.items
    expect(source).toEqual({ code: 'F70', zh: '住宅专项维修资金', en: 'maintenance fund', group: 'maintenance_fund' })
  })

  it('are found by any part of code or name, in either language and any width', async () => {
    expect(await codes(`/v1/sources?q=${encodeURIComponent('维修')}`)).toEqual(['F70'])
    expect(await codes('/v1/sources?q=MAINTENANCE')).toEqual(['F70'])
    expect(await codes(`/v1/sources?q=${encodeURIComponent('Ｆ７０')}`)).toEqual(['F70'])
    expect(await codes(`/v1/roles?q=${encodeURIComponent('经办')}`)).toEqual(['finance_maker'])
    expect(await codes(`/v1/accounts?q=${encodeURIComponent('零余额')}`)).toEqual(['1011', '800101'])
    expect(await codes('/v1/sources?q=F77')).toEqual([])
    expect((await ask('/v1/accounts?standard=king')).status).toBe(400)
    expect((await ask('/v1/sources?standard=memo')).status).toBe(400)
  })

  it('are looked up at the machine too', async () => {
    const { status, out } = await runCommand(door().test, ['codes', 'sources', '--q', '维修'])
    expect([status, out]).toEqual([0, expect.stringContaining('F70')])
    expect((await runCommand(door().test, ['codes', 'kings'])).status).toBe(2)
  })
})

describe('a source that no list names', () => {
  const draft = (type: string): EntryDraft => ({
    on: day('2026-03-05'),
    type,
    summary: '维修资金',
    documents: [],
    lines: [
      { account: '1011', side: 'debit', amountFen: 100n, project: 'P1', source: 'F77' },
      { account: '4001', side: 'credit', amountFen: 100n, project: 'P1', source: 'F77' },
    ],
  })

  it('is refused to everybody, and what was booked under one is still undone and carried over', () => {
    expect(() => examine(draft(generalType), chartOf('government'))).toThrow(/source_unknown.*F77/)
    for (const type of [reversalType, carryOverType])
      expect(examine(draft(type), chartOf('government'))).toHaveLength(2)
  })
})
