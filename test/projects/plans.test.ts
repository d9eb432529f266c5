/**
 * Yearly plans: what fits the capacity (O-16), what a batch does to its projects, and the minimum of seismic and energy
 * renovation.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { day } from '../../src/base/calendar.ts'
import { sumFen } from '../../src/base/money.ts'
import { lawOn } from '../../src/policy/parameters.ts'
import { type PlannedWorks, planBatch, seismicEnergyMonitor } from '../../src/projects/annual-plan/annual-plan.ts'
import { useDoor } from '../support/door.ts'
import {
  approvePlan,
  ask,
  clock,
  codeOf,
  district,
  done,
  ifMatch,
  move,
  newProject,
  plan,
  readProject,
} from './office.ts'

const door = useDoor({ clock })

/** The queue of O-16: four projects and what they need. */
async function queueOfO16() {
  const needs = ['72000000.00', '65500000.00', '48000000.00', '40000000.00']
  const projects: string[] = []
  for (const _ of needs) projects.push((await newProject(door())).project)
  const made = await plan(door(), projects, { capacity: '180000000.00' })
  const queue = projects.map((project, index) => ({ project, priority: index + 1, need: needs[index] }))
  done(await ask(door(), made.path, ifMatch(1, { capacity: '180000000.00', queue })))
  return { ...made, projects, queue }
}

describe('planBatch', () => {
  const entries = (needs: readonly bigint[]) => needs.map((needFen, index) => ({ project: `P${index}`, needFen }))
  const arbitrary = fc.array(fc.bigInt({ min: 0n, max: 1_000n }), { maxLength: 30 })

  it('never exceeds the capacity, keeps the order, and says where it stopped', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 5_000n }), arbitrary, (capacityFen, needs) => {
        const queue = entries(needs)
        const strict = planBatch(capacityFen, queue, 'strict')
        const fill = planBatch(capacityFen, queue, 'fill')
        for (const { taken, totalFen, leftFen } of [strict, fill]) {
          expect(totalFen).toBe(sumFen(taken.map(({ needFen }) => needFen)))
          expect(totalFen + leftFen).toBe(capacityFen)
          expect(leftFen).toBeGreaterThanOrEqual(0n)
          expect(taken).toEqual(queue.filter((entry) => taken.includes(entry)))
        }
        expect(strict.taken).toEqual(queue.slice(0, strict.taken.length))
        expect(strict.stoppedAt).toBe(queue[strict.taken.length])
        expect(fill.taken.slice(0, strict.taken.length)).toEqual(strict.taken)
        expect(fill.stoppedAt).toBe(strict.stoppedAt)
        // Filling leaves nothing out that would still fit at its turn.
        let left = capacityFen
        for (const entry of queue) {
          expect(fill.taken.includes(entry)).toBe(entry.needFen <= left)
          if (entry.needFen <= left) left -= entry.needFen
        }
      }),
    )
  })
})

describe('a batch', () => {
  it('strict stops at the first that does not fit, filling goes on (O-16)', async () => {
    const { path, fix, projects } = await queueOfO16()
    const [a, b, c, d] = projects
    const strict = (await ask(door(), `${path}/batches/1/trial?mode=strict`)).json
    expect(strict).toMatchObject({ total: '137500000.00', left: '42500000.00', stoppedAt: c })
    const codes = (answer: { projects: { project: string }[] }) => answer.projects.map(({ project }) => project)
    expect(codes(strict)).toEqual([a, b])
    const filled = (await ask(door(), `${path}/batches/1/trial?mode=fill`)).json
    expect([codes(filled), filled.total, filled.left]).toEqual([[a, b, d], '177500000.00', '2500000.00'])
    // Trying changes nothing.
    expect((await readProject(door(), String(a))).state).toBe('reserve')
    const fixed = done(await fix('strict')).json
    expect([codes(fixed), fixed.total, fixed.stoppedAt]).toEqual([[a, b], '137500000.00', c])
    const states = async () => Promise.all(projects.map(async (p) => (await readProject(door(), p)).state))
    expect(await states()).toEqual(['planned', 'planned', 'reserve', 'reserve'])
    const again = done(await fix('fill')).json
    expect([codes(again), again.total, again.left]).toEqual([[a, b, d], '177500000.00', '2500000.00'])
    expect(await states()).toEqual(['planned', 'planned', 'reserve', 'planned'])
    const read = (await ask(door(), path)).json
    expect(read).toMatchObject({
      left: '2500000.00',
      batches: [{ batch: 1, mode: 'fill', projects: 3, total: '177500000.00', fixedBy: 'integration' }],
      queue: [{ batch: 1 }, { batch: 1 }, { project: c, batch: null, state: 'reserve' }, { batch: 1 }],
    })
    expect(read.history.map(({ verb }: { verb: string }) => verb)).toEqual([
      'made',
      'changed',
      'batch_fixed',
      'batch_fixed',
    ])
  })

  it('fixed anew gives back what it no longer takes', async () => {
    const { path, fix, projects, queue } = await queueOfO16()
    done(await fix('fill'))
    done(await fix('strict'))
    const last = String(projects[3])
    const back = await readProject(door(), last)
    expect([back.state, back.year, back.batch]).toEqual(['reserve', null, null])
    expect(back.history.at(-1)).toMatchObject({ verb: 'moved', body: { from: 'planned', to: 'reserve' } })
    const { version } = (await ask(door(), path)).json
    const without = queue.filter(({ project }) => project !== last)
    done(await ask(door(), path, ifMatch(version, { capacity: '180000000.00', queue: without })))
  })

  it('leaves the next batch what it did not take, and takes nothing twice', async () => {
    const { path, fix, projects } = await queueOfO16()
    done(await fix('strict', 2))
    const { json } = done(await fix('fill', 3))
    expect(json.projects.map(({ project }: { project: string }) => project)).toEqual([projects[3]])
    expect((await ask(door(), path)).json.left).toBe('2500000.00')
    const rest = await fix('fill', 4)
    expect([rest.status, codeOf(rest)]).toEqual([422, 'batch_empty'])
    expect(rest.json.detail).toContain('2500000.00')
    expect(await readProject(door(), String(projects[3]))).toMatchObject({ batch: 3, state: 'planned' })
  })

  it('that has begun is fixed no more', async () => {
    const { fix, projects } = await queueOfO16()
    done(await fix())
    await approvePlan(door(), String(projects[1]))
    done(await move(door(), String(projects[1]), 'under_way'))
    const refused = await fix('fill')
    expect([refused.status, codeOf(refused)]).toEqual([409, 'batch_started'])
    expect(refused.json.detail).toContain(projects[1])
  })

  it('gives the money of a project that withdrew back to the year', async () => {
    const { path, fix, projects } = await queueOfO16()
    done(await fix())
    done(await move(door(), String(projects[0]), 'withdrawn'))
    const read = (await ask(door(), path)).json
    expect([read.left, read.batches[0]]).toEqual([
      '114500000.00',
      expect.objectContaining({ projects: 1, total: '65500000.00' }),
    ])
    const next = done(await fix('strict', 2)).json
    expect(next.total).toBe('88000000.00')
  })

  it('fixed twice at once is fixed once', async () => {
    const { path } = await queueOfO16()
    const { version } = (await ask(door(), path)).json
    const fix = (batch: number) => ask(door(), `${path}/batches/${batch}`, ifMatch(version, { mode: 'strict' }, 'POST'))
    const answers = await Promise.all([fix(1), fix(2)])
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 412]))
  })
})

describe('a yearly plan', () => {
  it('refuses what cannot be queued', async () => {
    const { project } = await newProject(door())
    const { path } = await plan(door(), [project])
    const change = async (queue: object[], capacity = '100.00') => {
      const { version } = (await ask(door(), path)).json
      return ask(door(), path, ifMatch(version, { capacity, queue }))
    }
    const entry = { project, priority: 1, need: '1.00' }
    expect(codeOf(await change([entry, { ...entry, priority: 2 }]))).toBe('listed_twice')
    const other = (await newProject(door())).project
    expect(codeOf(await change([entry, { ...entry, project: other }]))).toBe('listed_twice')
    expect(codeOf(await change([{ ...entry, project: 'NIX' }]))).toBe('project_not_found')
    done(await move(door(), other, 'withdrawn'))
    expect(codeOf(await change([{ ...entry, project: other }]))).toBe('plan_project_unfit')
    const planned = (await newProject(door())).project
    done(await (await plan(door(), [planned])).fix())
    expect(codeOf(await change([{ ...entry, project: planned }]))).toBe('project_already_planned')
    const [, , , of, year] = path.split('/')
    const body = { district: of, year: Number(year), capacity: '1.00' }
    expect(codeOf(await ask(door(), '/v1/plans', { body }))).toBe('plan_exists')
    expect(codeOf(await ask(door(), '/v1/plans', { body: { ...body, district: '110199' } }))).toBe('district_unknown')
    expect(codeOf(await ask(door(), `/v1/plans/${district}/2001`))).toBe('plan_not_found')
    expect(codeOf(await ask(door(), `/v1/plans/${district}/2001/batches/1/trial?mode=fill`))).toBe('plan_not_found')
  })

  it('of one district takes no project of another', async () => {
    const { project } = await newProject(door())
    const queue = [{ project, priority: 1, need: '1.00' }]
    const body = { district: '110101', year: 2031, capacity: '1.00', queue }
    expect(codeOf(await ask(door(), '/v1/plans', { body }))).toBe('plan_project_unfit')
    const token = await door().token('finance_maker', { district: '110101', person: 'dongcheng' })
    expect(codeOf(await ask(door(), '/v1/plans', { body, token }))).toBe('project_not_found')
    expect(codeOf(await ask(door(), '/v1/plans', { body: { ...body, district }, token }))).toBe('district_not_yours')
  })

  it('keeps what its batches took', async () => {
    const { path, fix, queue } = await queueOfO16()
    done(await fix())
    const change = async (given: object) => {
      const { version } = (await ask(door(), path)).json
      return ask(door(), path, ifMatch(version, { capacity: '180000000.00', queue, ...given }))
    }
    expect(codeOf(await change({ capacity: '137499999.99' }))).toBe('capacity_below_fixed')
    done(await change({ capacity: '137500000.00' }))
    expect(codeOf(await change({ queue: queue.slice(1) }))).toBe('plan_project_fixed')
    const raised = queue.map((entry, index) => (index === 0 ? { ...entry, need: '1.00' } : entry))
    expect(codeOf(await change({ queue: raised }))).toBe('plan_project_fixed')
    done(await change({ queue: queue.slice(0, 2) }))
    const stale = await ask(door(), path, ifMatch(1, { capacity: '1.00', queue: [] }))
    expect([stale.status, codeOf(stale)]).toEqual([412, 'version_stale'])
  })

  it('is listed by district and year', async () => {
    const { path } = await plan(door(), [])
    const year = path.split('/').at(-1)
    const { items } = (await ask(door(), `/v1/plans?district=${district}&year=${year}`)).json
    expect(items).toEqual([{ district, year: Number(year), capacity: '1000000.00', version: 1 }])
    const first = (await ask(door(), '/v1/plans?limit=1')).json
    const second = (await ask(door(), `/v1/plans?limit=1&cursor=${first.next}`)).json
    expect(second.items[0].year).not.toBe(first.items[0].year)
  })
})

describe('the minimum of seismic and energy renovation (clause 3, O-16)', () => {
  const works = (
    area: string,
    items: readonly string[],
    kind: PlannedWorks['kind'] = 'comprehensive',
  ): PlannedWorks => ({
    project: area,
    kind,
    areaDm2: BigInt(area) * 100n,
    items,
  })
  const law = () => lawOn(day('2026-01-01'))

  it('is a fifth of the basic volume', () => {
    const planned = [works('248000', ['B02', 'B03']), works('1002000', ['B04'])]
    expect(seismicEnergyMonitor(planned, law())).toEqual({
      basicDm2: 125_000_000n,
      seismicEnergyDm2: 24_800_000n,
      minimumDm2: 25_000_000n,
      shortfallDm2: 200_000n,
      clause: '京政办发〔2022〕28号 第（三）条',
    })
    const enough = [works('250000', ['B01']), works('1000000', ['B04'])]
    expect(seismicEnergyMonitor(enough, law()).shortfallDm2).toBe(0n)
  })

  it('counts comprehensive projects with such an item, and no volume without basic works', () => {
    const planned = [
      works('100', ['B02'], 'single'),
      works('100', ['B02'], 'comprehensive'),
      works('100', ['I02', 'U01'], 'comprehensive'),
      works('100', ['B05']),
    ]
    expect(seismicEnergyMonitor(planned, law())).toMatchObject({ basicDm2: 30_000n, seismicEnergyDm2: 10_000n })
    // A part of a dm² is one: 3 × 20 % = 0.6.
    const tiny = { ...works('0', ['B04']), areaDm2: 3n }
    expect(seismicEnergyMonitor([tiny], law()).minimumDm2).toBe(1n)
  })

  it('is told of what is fixed and of the whole queue', async () => {
    const dwelling = (area: string) => [['1', '101', area, 'private'] as const]
    const energy = await newProject(door(), { dwellings: dwelling('248000.00') })
    const pipes = await newProject(door(), {
      dwellings: dwelling('1002000.00'),
      items: [{ item: 'B04', cost: '1.00' }],
    })
    const later = await newProject(door(), { dwellings: dwelling('2000.00') })
    const { path, fix } = await plan(door(), [energy.project, pipes.project, later.project], { capacity: '2.00' })
    done(await fix())
    const { monitor } = (await ask(door(), path)).json
    expect(monitor.fixed).toEqual({
      basic: '1250000.00',
      seismicEnergy: '248000.00',
      minimum: '250000.00',
      shortfall: '2000.00',
      clause: '京政办发〔2022〕28号 第（三）条',
    })
    expect(monitor.queued).toMatchObject({ basic: '1252000.00', seismicEnergy: '250000.00', shortfall: '400.00' })
  })
})
