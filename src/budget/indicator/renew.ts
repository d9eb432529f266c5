/**
 * 整体恢复上年结转: what a unit's year-end made of an indicator and of those allotted from it is made lines and quota
 * again, project by project, in all their books, under one approval. Lines that were never issued are reinstated, their
 * income taken off; quota that was cancelled unspent comes back (J33), under the plan it was issued under. So what was
 * allotted goes on being released in the new year, and what was issued can be spent, or taken back.
 */
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { type Day, monthOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { assert } from '../../base/assert.ts'
import { proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { unspentOf } from '../lapse/lapse.ts'
import { refuse } from '../refusals.ts'
import { draftFor, inAsFewEntries, quotaReturned, reinstated } from './entries.ts'
import { ofIndicator, type Proposed, renewalContent, renewalForm, viewOf } from './forms.ts'
import { availabilityWithin, quotaPools } from './holdings.ts'
import type { Indicator, Lines } from './indicator.ts'
import {
  changeRefusals,
  indicatorFor,
  openYearsOf,
  recordIndicator,
  requireInForce,
  requireOpenYear,
} from './proposal.ts'
import { allottedFrom, lockIndicators, putIndicator } from './store.ts'

/** What year-end made of one indicator under one project. */
type Part = {
  readonly indicator: string
  readonly project: string
  /** Not issued: carried over with its indicator (910103). */
  readonly carried: Fen
  /** Issued and cancelled unspent (J30). */
  readonly cancelled: Fen
}

/** Approved, all of it is booked, in all books or in none; above what is there, the ledger's `balance_insufficient`. */
export const renewalProposal = proposal({
  kind: 'indicator_renewal',
  form: renewalContent,
  limits: openYearsOf,
  approved: async ({ tx, at, post, approval, stored, content: { on, parts } }) => {
    const codes = [...new Set(parts.map(({ indicator }) => indicator))].toSorted()
    const locked = await lockIndicators(tx, codes)
    const entries = []
    for (const code of codes) {
      const standing = locked.get(code)
      assert(standing, `indicator ${code} is registered`)
      requireInForce(standing)
      requireOpenYear(standing, on)
      const indicator: Indicator = { ...standing, version: standing.version + 1 }
      await putIndicator(tx, indicator)
      const body = { approval: approval.id, ...stored }
      await recordIndicator(tx, indicator, 'renewed', { person: approval.maker, at, body })
      const own = parts.filter((part) => part.indicator === code)
      for (const lines of inAsFewEntries(own.map((part) => linesOf(indicator, part)))) {
        const draft = draftFor(indicator, { on, summary: `指标 ${code} 整体恢复上年结转`, lines })
        entries.push({ book: indicator.book, draft })
      }
    }
    await post({ ...(await approvedBy(tx, approval)), key: `indicator_renewal:${approval.id}`, entries })
  },
})

const linesOf = (of: Indicator, { project, carried, cancelled }: Part): Lines => [
  ...(carried > 0n ? reinstated(of, carried, project) : []),
  ...(cancelled > 0n ? quotaReturned(of, cancelled, project) : []),
]

/** Proposes to renew an indicator whole, with all that was allotted from it. */
export const renewIndicator = verb({
  kind: 'indicator.renew',
  right: 'indicator.manage',
  of: ofIndicator,
  form: renewalForm,
  refuses: [...changeRefusals, 'indicator_year_over', 'nothing_carried_over'],
  work: async ({ tx, at, actor }, { indicator: code, on }): Promise<Proposed> => {
    const indicator = await indicatorFor(tx, actor, code)
    requireInForce(indicator)
    requireOpenYear(indicator, on)
    const allotted = await lockIndicators(tx, await allottedFrom(tx, code))
    const parts: Part[] = []
    for (const of of [indicator, ...allotted.values()]) parts.push(...(await partsOf(tx, of, on)))
    if (parts.length === 0) throw refuse('nothing_carried_over', { indicator: code, book: indicator.book, on })
    const [carriedFen, cancelledFen] = [
      sumFen(parts.map((one) => one.carried)),
      sumFen(parts.map((one) => one.cancelled)),
    ]
    const submitted = {
      subject: `indicator_renewal:${code}`,
      district: approvalDistrict(indicator.district, on),
      amountFen: carriedFen + cancelledFen,
      summary: `指标 ${code} 整体恢复上年结转：指标 ${formatFen(carriedFen)} 元，额度 ${formatFen(cancelledFen)} 元`,
      content: { indicator: code, on, documentNumber: indicator.documentNumber, parts },
    }
    const approval = await renewalProposal.submit(tx, actor, submitted, at)
    return { indicator: viewOf(indicator), approval: approval.id, hash: approval.hash, warnings: [] }
  },
})

/** What is carried over of one indicator, project by project, the programme first. */
async function partsOf(tx: Tx, of: Indicator, on: Day): Promise<Part[]> {
  if (of.state !== 'in_force') return []
  const { byProject } = await availabilityWithin(tx, of)
  const pools = await quotaPools(tx, of, monthOf(on))
  return byProject.flatMap(({ project, carriedFen: carried }) => {
    const pool = pools.get(project)
    const cancelled = pool ? unspentOf(of.indicator, pool).cancelledFen : 0n
    return carried > 0n || cancelled > 0n ? [{ indicator: of.indicator, project, carried, cancelled }] : []
  })
}
