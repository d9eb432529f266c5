/**
 * The catalogue is data of a day: a published list that replaces it changes what is an item, everywhere, from its day
 * on and not before.
 */
import { describe, expect, it, vi } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { catalogueOf, classOfItem } from '../../src/policy/catalogue.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { seismicEnergyMonitor } from '../../src/projects/annual-plan/annual-plan.ts'
import { newBookBody, useDoor } from '../support/door.ts'
import { ask, clock, codeOf, district, done, newCode } from './office.ts'

// The published list, as it would be entered: one more dated value, and nothing else.
vi.mock('../../src/policy/parameters/planning.ts', async (original) => {
  const module = await original<typeof import('../../src/policy/parameters/planning.ts')>()
  const { clause } = await import('../../src/policy/documents.ts')
  const value = [
    { code: 'J101', class: 'basic', zh: '抗震节能一体化', en: 'seismic and energy works', seismicEnergy: true },
    { code: 'B03', class: 'improvement', zh: '供水（改列完善类）', en: 'water supply, now an improvement' },
  ] as const
  const listed = { from: '2026-07-01', value, clause: clause('beijing-2022-28', '第（五）条 正式清单') }
  const { renovation_catalogue: catalogue } = module.planning
  return {
    ...module,
    planning: {
      ...module.planning,
      renovation_catalogue: { ...catalogue, values: [...catalogue.values, listed] },
    },
  }
})

const door = useDoor({ clock })

describe('the provisional list', () => {
  it('has 13 basic, 11 improvement and 12 upgrade items, and 8 that come first', () => {
    const list = catalogueOf(lawOn(day('2026-06-30')))
    const count = (itemClass: string) => list.filter((item) => item.class === itemClass).length
    expect([count('basic'), count('improvement'), count('upgrade')]).toEqual([13, 11, 12])
    expect(new Set(list.map(({ code }) => code)).size).toBe(36)
    expect(list.filter(({ first }) => first).map(({ code }) => code)).toEqual(
      'B02 B03 B04 B05 I01 I02 I03 I04'.split(' '),
    )
    expect(list.filter(({ seismicEnergy }) => seismicEnergy).map(({ code }) => code)).toEqual(['B01', 'B02'])
  })
})

describe('a published list', () => {
  it('replaces codes and classes from its day on', () => {
    const on = (text: string) => [
      classOfItem('J101', day(text)),
      classOfItem('B03', day(text)),
      classOfItem('B01', day(text)),
    ]
    expect(on('2026-06-30')).toEqual([undefined, 'basic', 'basic'])
    expect(on('2026-07-01')).toEqual(['basic', 'improvement', undefined])
  })

  it('is what the service shows on a day', async () => {
    const before = (await ask(door(), '/v1/catalogue?on=2026-06-30')).json
    expect([before.items.length, before.items[0].code]).toEqual([36, 'B01'])
    const after = (await ask(door(), '/v1/catalogue?on=2026-07-01')).json
    expect(after.items.map(({ code }: { code: string }) => code)).toEqual(['J101', 'B03'])
    expect(after.clause).toContain('正式清单')
  })

  it('decides which entries may be posted, by their business date', async () => {
    await door().ask('/v1/books', { body: newBookBody('CAT') })
    const post = (on: string, item: string, source = 'F21') => {
      const given = { project: 'P1', source, item }
      const lines = [
        { account: '161301', debit: '1.00', ...given },
        { account: '230201', credit: '1.00', ...given, counterparty: '施工单位', contract: 'HT-1' },
      ]
      return door().ask('/v1/books/CAT/entries', { body: { on, summary: '进度', lines } })
    }
    expect((await post('2026-06-30', 'B01')).status).toBe(201)
    expect((await post('2026-06-30', 'J101')).json.code).toBe('item_unknown')
    expect((await post('2026-07-01', 'B01')).json.code).toBe('item_unknown')
    expect((await post('2026-07-01', 'J101')).status).toBe(201)
    // Proceeds of sold public housing may not pay basic works, and may pay what became an improvement.
    expect((await post('2026-06-30', 'B03', 'F62')).json.code).toBe('source_not_eligible')
    expect((await post('2026-07-01', 'B03', 'F62')).status).toBe(201)
  })

  it('decides what a project may consist of, and what the monitor counts', async () => {
    const body = { project: newCode('XM'), district, kind: 'single', name: 'x', implementer: 'y' }
    const items = (item: string) => ({ items: [{ item, cost: '1.00' }] })
    expect(codeOf(await ask(door(), '/v1/projects', { body: { ...body, ...items('B01') } }))).toBe(
      'item_not_in_catalogue',
    )
    done(await ask(door(), '/v1/projects', { body: { ...body, ...items('J101') } }))
    const works = [{ project: 'P', kind: 'comprehensive' as const, areaDm2: 100n, items: ['J101'] }]
    expect(seismicEnergyMonitor(works, lawOn(day('2026-07-01'))).seismicEnergyDm2).toBe(100n)
    expect(seismicEnergyMonitor(works, lawOn(day('2026-06-30'))).basicDm2).toBe(0n)
  })
})
