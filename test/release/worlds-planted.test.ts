/**
 * That the random worlds see what they look for: one fault after another is planted in the program, and worlds are
 * played until they say what does not hold.
 */
import { afterEach, describe, expect, it, vi } from 'vitest'
import type * as Allotments from '../../src/release/release/allotment.ts'
import type * as Entries from '../../src/release/release/entries.ts'
import type * as Releases from '../../src/release/release/release.ts'
import { play } from './cohort.ts'

type Fault = 'the final budget is forgotten' | 'all to the first' | 'withdrawn is paid' | 'half' | 'claimed short' | ''
const planted = vi.hoisted(() => ({ fault: '' as Fault }))

vi.mock('../../src/release/release/release.ts', async (original) => {
  const right = await original<typeof Releases>()
  const forgotten = <Of extends Releases.Allotted>(of: Of): Of =>
    planted.fault === 'the final budget is forgotten' ? { ...of, recoveryFen: 0n } : of
  const faulty: Partial<typeof Releases> = {
    mostFen: (of, tranche) => right.mostFen(forgotten(of), tranche),
    nextTranche: (of, law) => right.nextTranche(forgotten(of), law),
    splitOverProjects: (amountFen, shares) =>
      planted.fault === 'all to the first'
        ? shares.slice(0, 1).map(({ project }) => ({ project, amountFen }))
        : right.splitOverProjects(amountFen, shares),
  }
  return { ...right, ...faulty }
})
vi.mock('../../src/release/release/allotment.ts', async (original) => {
  const right = await original<typeof Allotments>()
  const faulty: Partial<typeof Allotments> = {
    leftProjects: (of) => (planted.fault === 'withdrawn is paid' ? [] : right.leftProjects(of)),
    // The guard behind the limit of a tranche.
    heldFor: async (...given) => {
      const { budget, ...held } = await right.heldFor(...given)
      const finalFen = planted.fault === 'the final budget is forgotten' ? budget.finalFen * 10n : budget.finalFen
      return { ...held, budget: { ...budget, finalFen } }
    },
  }
  return { ...right, ...faulty }
})
vi.mock('../../src/release/release/entries.ts', async (original) => {
  const right = await original<typeof Entries>()
  const faulty: Partial<typeof Entries> = {
    releaseEntries: (paid) => right.releaseEntries(paid).slice(0, planted.fault === 'half' ? 1 : undefined),
    claimEntry: (paid) =>
      right.claimEntry(planted.fault === 'claimed short' ? { ...paid, amountFen: paid.amountFen - 1n } : paid),
  }
  return { ...right, ...faulty }
})

const seeds = Array.from({ length: 40 }, (_, index) => index + 1)
const nightly = process.env.YIBEN_NIGHTLY === '1'

type Seen = { readonly fault: Fault; readonly said: RegExp; readonly late?: true }
const faults: readonly Seen[] = [
  { fault: 'all to the first', said: /drafted within its limits: expected 'district_indicator_insufficient'/ },
  { fault: 'withdrawn is paid', said: /is withdrawn: expected \d+n to be 0n/ },
  { fault: 'half', said: /^upper_paid_lower_received/ },
  // It takes a final budget below what is due, and a claim: most of their worlds are played first.
  { fault: 'the final budget is forgotten', said: /a split needs a total of at least 0/, late: true },
  { fault: 'claimed short', said: /to be given back as the model/, late: true },
]

afterEach(() => {
  planted.fault = ''
})

describe('worlds with a fault planted', () => {
  it.each(faults.filter(({ late }) => nightly || !late))('$fault', { timeout: 300_000 }, async ({ fault, said }) => {
    planted.fault = fault
    await expect(play({ seeds, place: 0, steps: 4 }, new Map())).rejects.toThrow(said)
  })
})
