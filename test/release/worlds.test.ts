/**
 * Random worlds against a small model: an early notice is allotted to projects of two districts, then tranches, a final
 * budget, supplements, withdrawals, spending, claw-backs and settlements come in any order, over one New Year or two:
 * what waits is withdrawn, lines lapse, the books of all are carried over by two persons, and one approval makes a
 * world's lines and quota again. After each step of every world what was paid is what the model paid and within the
 * final budget, no project has more than it was given, a draft within its limits is approved, and every check holds.
 *
 * Worlds stand side by side in the books of one database, a hundred at once, so that years end and checks run for all
 * of them together. YIBEN_SEED plays from one seed on, YIBEN_WORLDS so many, YIBEN_NIGHTLY ten thousand.
 */
import { describe, expect, it } from 'vitest'
import { longer, report } from '../faults/report.ts'
import { play } from './cohort.ts'

const nightly = process.env.YIBEN_NIGHTLY === '1'
const worlds = Number(process.env.YIBEN_WORLDS ?? (nightly ? 10_000 : 300))
const firstSeed = Number(process.env.YIBEN_SEED ?? 1)
const steps = Number(process.env.YIBEN_SIM_STEPS ?? (nightly ? 10 : 3))
const sideBySide = 100

describe('random worlds', () => {
  it(
    'never pay above a final budget, nor a project above its share, whatever the year',
    async () => {
      const began = performance.now()
      const done = new Map<string, number>()
      const seeds = Array.from({ length: worlds }, (_, index) => firstSeed + index)
      for (let from = 0; from < seeds.length; from += sideBySide) {
        const place = Math.floor((firstSeed + from) / sideBySide)
        await play({ seeds: seeds.slice(from, from + sideBySide), place, steps }, done)
      }
      const told = [...done].toSorted(([a], [b]) => (a < b ? -1 : 1))
      report(`${worlds} worlds`, { ms: Math.round(performance.now() - began), ...Object.fromEntries(told) })
      expect(done.get('pay done') ?? 0).toBeGreaterThan(worlds / 3)
    },
    900_000 * longer,
  )
})
