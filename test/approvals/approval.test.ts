/** How an approval moves and what it is of, without a database. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type ApprovalState,
  approvalNames,
  approversFor,
  contentOf,
  next,
  permissionsFor,
  stateNamesZh,
  type Verdict,
  verdicts,
} from '../../src/approvals/approval.ts'
import { day } from '../../src/base/calendar.ts'
import { parseAmount } from '../../src/base/money.ts'
import { lawOn } from '../../src/policy/parameters.ts'

const states = Object.keys(stateNamesZh) as ApprovalState[]

describe('where an approval stands after a decision', () => {
  // Every state, verdict and count, said out: what is missing here is refused.
  const moves: Readonly<Record<string, ApprovalState>> = {
    'checking check 0/1': 'approving',
    'checking reject 0/1': 'rejected',
    'checking withdraw 0/1': 'withdrawn',
    'approving approve 0/1': 'approved',
    'approving reject 0/1': 'rejected',
    'approving withdraw 0/1': 'withdrawn',
    'checking check 0/2': 'approving',
    'checking reject 0/2': 'rejected',
    'checking withdraw 0/2': 'withdrawn',
    'approving approve 0/2': 'approving',
    'approving reject 0/2': 'rejected',
    'approving withdraw 0/2': 'withdrawn',
    'approving approve 1/2': 'approved',
    // Of a kind that is only checked; it never waits to be approved.
    'checking check 0/0': 'approved',
    'checking reject 0/0': 'rejected',
    'checking withdraw 0/0': 'withdrawn',
    'approving reject 1/2': 'rejected',
    'approving withdraw 1/2': 'withdrawn',
  }
  const counts = [
    { approvals: 0, approvers: 1 },
    { approvals: 0, approvers: 2 },
  ]
  const cases = states.flatMap((state) =>
    verdicts.flatMap((verdict) =>
      [...counts, state === 'approving' ? { approvals: 1, approvers: 2 } : { approvals: 0, approvers: 0 }].map(
        (count) => [`${state} ${verdict} ${count.approvals}/${count.approvers}`, state, verdict, count] as const,
      ),
    ),
  )
  it.each(cases)('%s', (name, state, verdict, count) => {
    expect(next(state, verdict, count)).toBe(moves[name])
  })

  it('never approves without a check and as many approvals as it needs, whatever is said in whatever order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4 }), fc.array(fc.constantFrom(...verdicts)), (approvers, said) => {
        let state: ApprovalState = 'checking'
        const taken: Verdict[] = []
        for (const verdict of said) {
          const approvals = taken.filter((one) => one === 'approve').length
          const moved: ApprovalState | undefined = next(state, verdict, { approvals, approvers })
          if (moved === undefined) continue
          taken.push(verdict)
          state = moved
        }
        const whole = ['check', ...Array.from({ length: approvers }, () => 'approve')]
        expect(state === 'approved').toBe(taken.join() === whole.join())
      }),
    )
  })
})

describe('what a decision takes', () => {
  it('is a permission of its own for each verdict', () => {
    for (const state of states) {
      expect(permissionsFor('withdraw', state)).toEqual(['approval.submit'])
      expect(permissionsFor('check', state)).toEqual(['approval.check'])
      expect(permissionsFor('approve', state)).toEqual(['approval.approve'])
    }
    expect(permissionsFor('reject', 'checking')).toEqual(['approval.check'])
    expect(permissionsFor('reject', 'approving')).toEqual(['approval.approve'])
    expect(permissionsFor('reject', 'approved')).toEqual(['approval.check', 'approval.approve'])
  })
})

describe('how many approve an amount', () => {
  const law = lawOn(day('2026-11-23'))
  it.each([
    [undefined, 1],
    ['0.00', 1],
    ['0.01', 1],
    ['9999999.99', 1],
    ['10000000.00', 1],
    ['10000000.01', 2],
    ['99999999999.99', 2],
  ] as const)('%s: %d', (written, approvers) => {
    const amountFen = written === undefined ? undefined : parseAmount(written)
    expect(approversFor({ kind: 'release', amountFen }, law)).toBe(approvers)
  })

  it.each([['year_end'], ['score_entry']])('%s, which is only checked, none, whatever the amount', (kind) => {
    expect(approversFor({ kind }, law)).toBe(0)
    expect(approversFor({ kind, amountFen: parseAmount('99999999999.99') }, law)).toBe(0)
  })
})

describe('what is approved', () => {
  it('is kind, subject and content, whatever the order of their keys', () => {
    const { hash, text } = contentOf('release', 'release:R-1', { to: 'A', amount: '1.00', parts: [1, { b: 2, a: 1 }] })
    expect(text).toBe(
      '{"content":{"amount":"1.00","parts":[1,{"a":1,"b":2}],"to":"A"},"kind":"release","subject":"release:R-1"}',
    )
    expect(hash.toString('hex')).toBe('376bba1fc72343ab1babd06c89aa7bff258e3996fd13805ff81f65498f468de0')
    const same = { parts: [1, { a: 1, b: 2 }], amount: '1.00', to: 'A' }
    expect(contentOf('release', 'release:R-1', same).hash.equals(hash)).toBe(true)
    const others = [
      contentOf('refund', 'release:R-1', same),
      contentOf('release', 'release:R-2', same),
      contentOf('release', 'release:R-1', { ...same, amount: '1.0' }),
      contentOf('release', 'release:R-1', { ...same, parts: [{ a: 1, b: 2 }, 1] }),
      contentOf('release', 'release:R-1', { ...same, note: null }),
    ]
    for (const other of others) expect(other.hash.equals(hash)).toBe(false)
  })

  it('has a name that is read back, and no other text is one', () => {
    expect(approvalNames.numberOf(approvalNames.nameOf(17n))).toBe(17n)
    for (const text of ['', 'A-', 'A-0', 'A-01', 'a-1', 'A-1 ', ' A-1', 'A--1', '1', 'A-1.0', `A-${'9'.repeat(19)}`]) {
      expect(approvalNames.numberOf(text), text).toBeUndefined()
    }
  })
})
