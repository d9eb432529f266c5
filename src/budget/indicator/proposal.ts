/**
 * What the verbs of indicators share. Each is proposed by one person and takes effect when others approve it; the effects stand beside the
 * proposals and post in the transaction of the last decision. Locks: the approval, then indicators in the order of their codes, then the
 * heads of books.
 */
import { type Actor, demand } from '../../access/actor.ts'
import { approvalsFor, readContent, submit } from '../../approvals/verbs.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import { assert } from '../../base/assert.ts'
import { type Day, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, parseAmount } from '../../base/money.ts'
import { act, type Act, type ActPosting } from '../../ledger/act.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { refuse as projectRefuse } from '../../projects/refusals.ts'
import { type ProjectState, stateNamesZh } from '../../projects/terms.ts'
import {
  type Indicator,
  type IndicatorLevel,
  indicatorStateNamesZh,
  type Lines,
  type PaymentForm,
} from './indicator.ts'
import { draftFor } from './entries.ts'
import { refuse } from '../../budget/refusals.ts'
import { type Availability, availabilityWithin } from './holdings.ts'
import { lockIndicator, putIndicator, readProjectPlaces } from './store.ts'

/** An indicator as JSON. */
export type IndicatorJson = {
  indicator: string
  book: string
  district: string
  documentNumber: string
  level: IndicatorLevel
  source: string
  year: number
  programme: string
  purpose: string
  payment: PaymentForm
  kind: Indicator['kind']
  expected?: string
  parent?: string
  state: Indicator['state']
  version: number
}

export const indicatorJson = ({ expectedFen, parent, ...of }: Indicator): IndicatorJson => ({
  ...of,
  ...(expectedFen !== undefined && { expected: formatFen(expectedFen) }),
  ...(parent !== undefined && { parent }),
})

/** What a proposal answers: the approval under which it waits, and what its maker should know. */
export type Proposed = { indicator: IndicatorJson; approval: string; hash: string; warnings: string[] }

/** Whose things one sees: one's own district's, or, for the city, all. */
export const seesIndicator = (actor: Actor, { district }: Pick<Indicator, 'district'>): boolean =>
  actor.district === undefined || actor.district === district

/** An indicator, locked till the transaction ends. Refuses `indicator_not_found`, also where it is another district's. */
export async function indicatorFor(tx: Tx, actor: Actor, indicator: string): Promise<Indicator> {
  const found = await lockIndicator(tx, indicator)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator })
  return found
}

export function requireInForce({ indicator, state }: Indicator): void {
  if (state !== 'in_force') throw refuse('indicator_not_in_force', { indicator, state: indicatorStateNamesZh[state] })
}

/** The last year in which an indicator of a year may be used (预算法 第四十二条). */
export const lastYearOf = (year: number, on: Day): number => year + lawOn(on).take('indicator_open_years') - 1

/** Refuses `indicator_year_over` on a day outside the years an indicator may be used in. */
export function requireOpenYear({ indicator, year }: Indicator, on: Day): void {
  const last = lastYearOf(year, on)
  if (yearOf(on) >= year && yearOf(on) <= last) return
  throw refuse('indicator_year_over', { indicator, on, first: year, last })
}

/** The districts of approvals: a district's own, or none for the city's. */
export const approvalDistrict = (district: string, on: Day): string | undefined =>
  district === lawOn(on).take('city_code') ? undefined : district

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }

/** The record of a change of an indicator, under the version it now has. */
export function recordIndicator(
  tx: Tx,
  { indicator: id, version }: Indicator,
  verb: string,
  of: Recorded,
): Promise<void> {
  return recordChange(tx, { noun: 'indicator', id, version, verb, ...of })
}

/** The maker, and all who decided, as entries keep them. */
export async function approvedBy(tx: Tx, approval: ApprovalView): Promise<Pick<ActPosting, 'maker' | 'approvals'>> {
  return { maker: approval.maker, approvals: await approvalsFor(tx, approval.id) }
}

/** What was approved, as it was submitted. */
export const contentOf = (approval: ApprovalView): unknown => readContent(approval)

/** An amount of an approved content. */
export function fenOf(text: string): Fen {
  const amountFen = parseAmount(text)
  assert(amountFen !== undefined, `not an amount: ${text}`)
  return amountFen
}

// --- Proposals about an indicator in force --------------------------------------------------------------------------

type Proposal = {
  readonly kind: 'indicator_adjustment' | 'indicator_assignment' | 'indicator_reinstatement' | 'quota'
  readonly verb: string
  readonly indicator: string
  readonly amountFen: Fen
  readonly on: Day
  readonly summary: string
  readonly content: { [key: string]: Json }
  /** What must hold when it is proposed; it is looked at again when it takes effect. */
  readonly require: (indicator: Indicator, availability: Availability) => { [key: string]: Json }
  /** Projects it gives money to: they are the district's, and planned. */
  readonly projects?: readonly string[]
}

/** Proposes a change of an indicator in force. It is found before the approval is opened, because its district says who may decide. */
export function propose(ledger: Ledger, actor: Actor, key: string, given: Proposal): Promise<KeyedAnswer<Proposed>> {
  demand(actor, 'indicator.manage')
  const { kind, verb, indicator: code, amountFen, on, summary } = given
  const content = { ...given.content, indicator: code, on }
  return act(ledger, { person: actor.person, key, kind: verb, content }, async ({ tx, at }) => {
    const indicator = await indicatorFor(tx, actor, code)
    requireInForce(indicator)
    await requireProjects(tx, indicator, given)
    const facts = given.require(indicator, await availabilityWithin(tx, indicator))
    const district = approvalDistrict(indicator.district, on)
    const subject = `${kind}:${code}`
    const approval = await submit(
      tx,
      actor,
      {
        kind,
        subject,
        district,
        amountFen,
        summary,
        content: { ...content, ...facts, documentNumber: indicator.documentNumber },
      },
      at,
    )
    return { indicator: indicatorJson(indicator), approval: approval.id, hash: approval.hash, warnings: [] }
  })
}

// Money of a district's book is for the district's projects; the city's is for all.
async function requireProjects(tx: Tx, { district }: Indicator, { projects = [], on }: Proposal): Promise<void> {
  if (projects.length === 0) return
  const place = approvalDistrict(district, on)
  const standing = await readProjectPlaces(tx, projects)
  for (const project of projects) {
    const found = standing.get(project)
    if (!found || (place !== undefined && found.district !== place))
      throw projectRefuse('project_not_found', { project })
    requireFunded({ project, state: found.state })
  }
}

/** Money goes to what is planned or being built; what is settled still pays out of what it committed before. */
export function requireFunded({ project, state }: { readonly project: string; readonly state: ProjectState }): void {
  if (state === 'planned' || state === 'under_way' || state === 'accepted') return
  throw refuse('project_not_funded', { project, state: stateNamesZh[state] })
}

/** The indicator of an approved proposal, locked and still in force; `undefined` where it was not approved. */
export async function approvedIndicator(tx: Tx, approval: ApprovalView): Promise<Indicator | undefined> {
  if (approval.state !== 'approved') return undefined
  const { indicator: code } = contentOf(approval) as { indicator: string }
  const indicator = await lockIndicator(tx, code)
  assert(indicator, `indicator ${code} is registered`)
  requireInForce(indicator)
  return indicator
}

type Effected = { readonly on: Day; readonly verb: string; readonly summary: string; readonly lines: Lines }

/** Posts what an approved proposal of an indicator means, and records it as its next version. */
export async function postFor(
  standing: Indicator,
  approval: ApprovalView,
  { tx, at, post }: Pick<Act, 'tx' | 'at' | 'post'>,
  { on, verb, summary, lines }: Effected,
): Promise<void> {
  const indicator: Indicator = { ...standing, version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const body = { approval: approval.id, ...(contentOf(approval) as { [key: string]: Json }) }
  await recordIndicator(tx, indicator, verb, { person: approval.maker, at, body })
  const draft = draftFor(indicator, { on, summary: `指标 ${indicator.indicator} ${summary}`, lines })
  await post({
    ...(await approvedBy(tx, approval)),
    key: `${approval.kind}:${approval.id}`,
    entries: [{ book: indicator.book, draft }],
  })
}
