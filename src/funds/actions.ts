/**
 * The verbs of indicators: registering one, settling an early notice with the final budget, assigning its money to projects, issuing its
 * quota. Each is proposed by one person and takes effect when others approve it; the effects stand here too and post in the
 * transaction of the last decision. Locks: the approval, then indicators in the order of their codes, then the heads of books.
 */
import { type Actor, demand } from '../access/actor.ts'
import { approvalsFor, submit } from '../approvals/actions.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { assert } from '../base/assert.ts'
import { type Day, yearOf } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { recordChange } from '../base/history.ts'
import type { Json } from '../base/json.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import { type Fen, formatFen, maxFen, minFen, parseAmount, sumFen } from '../base/money.ts'
import { type Act, act, type ActPosting } from '../ledger/act.ts'
import type { Book } from '../ledger/book.ts'
import { bookFor, type Ledger } from '../ledger/ledger.ts'
import { lawOn } from '../policy/parameters.ts'
import { fundSourceOf } from '../policy/sources.ts'
import { refuse as projectRefuse } from '../projects/refusals.ts'
import { type ProjectState, stateNamesZh } from '../projects/terms.ts'
import { earlyNotice, finalBudget, recoveryShares } from './early-notice.ts'
import {
  allotted,
  assigned,
  cashPlanUsed,
  draftFor,
  type Indicator,
  type IndicatorLevel,
  indicatorStateNamesZh,
  type Lines,
  type PaymentForm,
  paymentNamesZh,
  type ProjectAmount,
  quotaIssued,
  quotaRestored,
  received,
  redDraftFor,
  reinstated,
} from './indicator.ts'
import { refuse } from './refusals.ts'
import {
  addRecovery,
  type Availability,
  availabilityWithin,
  lockIndicator,
  lockIndicators,
  putIndicator,
  readProjectPlaces,
} from './store.ts'

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

/** The districts of approvals: a district's own, or none for the city's. */
export const approvalDistrict = (district: string, on: Day): string | undefined =>
  district === lawOn(on).take('city_code') ? undefined : district

// --- Registering ----------------------------------------------------------------------------------------------------

export type NewIndicator = {
  readonly indicator: string
  readonly book: string
  readonly documentNumber: string
  readonly level: IndicatorLevel
  readonly source: string
  readonly year: number
  readonly programme: string
  readonly purpose: string
  readonly payment: PaymentForm
  readonly amountFen: Fen
  /** The business day it is booked on. */
  readonly on: Day
  /** Only of an early notice: what is expected for the year. */
  readonly expectedFen?: Fen | undefined
  /** Only of money from an upper level: its indicator there. */
  readonly parent?: string | undefined
}

/**
 * Proposes an indicator. With a parent it is allotted from there when it is approved, both books in one transaction. Refuses
 * `book_not_found`, `book_keeps_no_indicators`, `source_not_fiscal`, `approval_pending`, `indicator_exists`, `indicator_not_found` (the
 * parent), `indicator_not_in_force`, `parent_indicator_differs`. An early notice below its minimum is a warning.
 */
export async function registerIndicator(
  ledger: Ledger,
  actor: Actor,
  given: NewIndicator,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const book = await bookFor(ledger, actor, given.book, 'indicator.manage')
  requireKeepsIndicators(book)
  requireFiscal(given.source)
  const content = registrationContent(given, book)
  const request = { person: actor.person, key, kind: 'indicator.register', content }
  return act(ledger, request, async ({ tx, at }) => {
    const { warnings, facts } = noticeOf(given)
    const approval = await submit(
      tx,
      actor,
      {
        kind: 'indicator',
        subject: `indicator:${given.indicator}`,
        district: approvalDistrict(book.district, given.on),
        amountFen: given.amountFen,
        summary: `登记预算指标 ${given.indicator}（${given.documentNumber}）${formatFen(given.amountFen)} 元`,
        content: { ...content, ...facts, warnings },
      },
      at,
    )
    const indicator = await proposeIndicator(tx, actor, given, book)
    await putIndicator(tx, indicator)
    await recordIndicator(tx, indicator, 'proposed', {
      person: actor.person,
      at,
      body: { approval: approval.id, ...content },
    })
    return { indicator: indicatorJson(indicator), approval: approval.id, hash: approval.hash, warnings }
  })
}

function registrationContent(given: NewIndicator, { district }: Book): { [key: string]: Json } {
  const { amountFen, expectedFen, parent, ...rest } = given
  return {
    ...rest,
    district,
    amount: formatFen(amountFen),
    ...(expectedFen !== undefined && { expected: formatFen(expectedFen) }),
    ...(parent !== undefined && { parent }),
  }
}

export function requireKeepsIndicators({ code, chart }: Book): void {
  if (chart.standard !== 'government') throw refuse('book_keeps_no_indicators', { book: code, standard: chart.title })
}

export function requireFiscal(code: string): void {
  const source = fundSourceOf(code)
  if (!source?.fiscal) throw refuse('source_not_fiscal', { source: code, sourceZh: source?.zh ?? '未知来源' })
}

type Notice = { readonly warnings: string[]; readonly facts: { [key: string]: Json } }

function noticeOf({ amountFen, expectedFen, on, indicator }: NewIndicator): Notice {
  if (expectedFen === undefined) return { warnings: [], facts: {} }
  const { minimumFen, shortFen, clause } = earlyNotice({ noticeFen: amountFen, expectedFen }, lawOn(on))
  const warnings =
    shortFen === 0n
      ? []
      : [
          `提前下达指标 ${indicator} 金额 ${formatFen(amountFen)} 元，低于预计数 ${formatFen(expectedFen)} 元的下限 ${formatFen(minimumFen)} 元，差 ${formatFen(shortFen)} 元（${clause}）。`,
        ]
  return { warnings, facts: { minimum: formatFen(minimumFen), clause } }
}

async function proposeIndicator(tx: Tx, actor: Actor, given: NewIndicator, book: Book): Promise<Indicator> {
  const { indicator, parent } = given
  const locked = await lockIndicators(tx, parent === undefined ? [indicator] : [indicator, parent])
  const standing = locked.get(indicator)
  if (standing && standing.state !== 'rejected') {
    // That it exists elsewhere is no secret a code could keep; what it is, is not told.
    throw refuse('indicator_exists', { indicator, state: indicatorStateNamesZh[standing.state] })
  }
  const { amountFen: _, on: __, expectedFen, parent: ___, ...rest } = given
  const proposed: Indicator = {
    ...rest,
    district: book.district,
    kind: expectedFen === undefined ? 'final' : 'early_notice',
    ...(expectedFen !== undefined && { expectedFen }),
    ...(parent !== undefined && { parent }),
    state: 'proposed',
    version: (standing?.version ?? 0) + 1,
  }
  if (parent !== undefined) requireFits(proposed, parent, actor, locked.get(parent))
  return proposed
}

function requireFits(child: Indicator, code: string, actor: Actor, parent: Indicator | undefined): void {
  if (!parent || !seesIndicator(actor, parent)) throw refuse('indicator_not_found', { indicator: code })
  requireInForce(parent)
  const differ = (what: string, stands: string, given: string): never => {
    throw refuse('parent_indicator_differs', { parent: code, what, stands, given })
  }
  if (parent.year !== child.year) differ('年度', String(parent.year), String(child.year))
  if (parent.source !== child.source) differ('资金来源', parent.source, child.source)
  if (parent.payment !== child.payment)
    differ('支付方式', paymentNamesZh[parent.payment], paymentNamesZh[child.payment])
  if (parent.district === child.district) differ('区划', parent.district, child.district)
}

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

/** What follows when the registration of an indicator is settled: it is in force and stands in its book, or it is rejected. */
export async function settleIndicator(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const { indicator: code, parent: parentCode } = contentOf(approval) as { indicator: string; parent?: string }
  const locked = await lockIndicators(tx, parentCode === undefined ? [code] : [code, parentCode])
  const standing = locked.get(code)
  assert(standing, `indicator ${code} was proposed`)
  const state = approval.state === 'approved' ? 'in_force' : 'rejected'
  const indicator: Indicator = { ...standing, state, version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const body = { approval: approval.id }
  await recordIndicator(tx, indicator, state, { person: approval.maker, at, body })
  if (state === 'rejected') return
  const { amount, on } = contentOf(approval) as { amount: string; on: Day }
  const amountFen = fenOf(amount)
  const parent = parentCode === undefined ? undefined : locked.get(parentCode)
  if (parent) requireInForce(parent)
  await post({
    ...(await approvedBy(tx, approval)),
    key: `indicator:${code}:${indicator.version}`,
    entries: [
      {
        book: indicator.book,
        draft: draftFor(indicator, {
          on,
          summary: `预算指标 ${code}：${indicator.purpose}`,
          lines: received(indicator, amountFen),
        }),
      },
      ...(parent ? [allotment(parent, indicator, { on, amountFen })] : []),
    ],
  })
}

type Posted = ActPosting['entries'][number]

function allotment(parent: Indicator, child: Indicator, { on, amountFen }: { on: Day; amountFen: Fen }): Posted {
  const lines = allotted(parent, [{ district: child.district, amountFen }])
  const summary = `指标 ${parent.indicator} 分配 ${child.district}（${child.indicator}）`
  return { book: parent.book, draft: draftFor(parent, { on, summary, lines, documents: [child.documentNumber] }) }
}

/** The maker, and all who decided, as entries keep them. */
export async function approvedBy(tx: Tx, approval: ApprovalView): Promise<Pick<ActPosting, 'maker' | 'approvals'>> {
  return { maker: approval.maker, approvals: await approvalsFor(tx, approval.id) }
}

/** What was approved, as it was submitted. */
export const contentOf = ({ content }: ApprovalView): unknown => (JSON.parse(content) as { content: unknown }).content

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

// The indicator is found before the approval is opened, because its district says who may decide; then locked and looked at.
function propose(ledger: Ledger, actor: Actor, key: string, given: Proposal): Promise<KeyedAnswer<Proposed>> {
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
async function approvedIndicator(tx: Tx, approval: ApprovalView): Promise<Indicator | undefined> {
  if (approval.state !== 'approved') return undefined
  const { indicator: code } = contentOf(approval) as { indicator: string }
  const indicator = await lockIndicator(tx, code)
  assert(indicator, `indicator ${code} is registered`)
  requireInForce(indicator)
  return indicator
}

// --- Early notice and final budget ----------------------------------------------------------------------------------

export type FinalBudgetGiven = {
  readonly indicator: string
  readonly finalFen: Fen
  readonly documentNumber: string
  readonly on: Day
}

/**
 * Proposes to settle an early notice with the final budget: what is still to issue is posted, what is too much comes off what is free, and
 * the rest is noted as due from later tranches. Refuses `indicator_not_found`, `indicator_not_in_force`, `indicator_is_final`,
 * `adjustment_changes_nothing`, `approval_pending`.
 */
export async function settleEarlyNotice(
  ledger: Ledger,
  actor: Actor,
  { indicator, finalFen, documentNumber, on }: FinalBudgetGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const final = formatFen(finalFen)
  if (finalFen === 0n) throw refuse('adjustment_changes_nothing', { indicator, final })
  return propose(ledger, actor, key, {
    kind: 'indicator_adjustment',
    verb: 'indicator.settle',
    indicator,
    amountFen: finalFen,
    on,
    summary: `指标 ${indicator} 按正式预算 ${final} 元清算（${documentNumber}）`,
    content: { final, settledBy: documentNumber },
    require: (of, held) => {
      if (of.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator })
      const { furtherFen, recoveredFen, outstandingFen } = budgetOf(held, finalFen)
      return {
        approved: formatFen(held.approvedFen),
        further: formatFen(furtherFen),
        recovered: formatFen(recoveredFen),
        outstanding: formatFen(outstandingFen),
      }
    },
  })
}

// What may be taken back at once is free on both axes.
const budgetOf = (held: Availability, finalFen: Fen) =>
  finalBudget({
    approvedFen: held.approvedFen,
    finalFen,
    freeFen: minFen(held.unassignedFen, held.byProject[0]?.committableFen ?? 0n),
  })

/** What follows from an approved final budget. */
export async function applyFinalBudget(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  if (standing.kind !== 'early_notice') throw refuse('indicator_is_final', { indicator: standing.indicator })
  const { final, settledBy, on } = contentOf(approval) as { final: string; settledBy: string; on: Day }
  const held = await availabilityWithin(tx, standing)
  const change = budgetOf(held, fenOf(final))
  const indicator: Indicator = { ...standing, kind: 'final', version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const body = { approval: approval.id, final, ...json(change) }
  await recordIndicator(tx, indicator, 'settled', { person: approval.maker, at, body })
  for (const { district, heldFen } of recoveryShares(change.outstandingFen, holdings(indicator, held))) {
    await addRecovery(tx, indicator.indicator, district, heldFen)
  }
  const amountFen = maxFen(change.furtherFen, change.recoveredFen)
  if (amountFen === 0n) return
  const draft = change.furtherFen > 0n ? draftFor : redDraftFor
  const of = { on, documents: [settledBy] }
  const summary = `指标 ${indicator.indicator} 按正式预算${change.furtherFen > 0n ? '补下达' : '收回'}`
  const parent = indicator.parent === undefined ? undefined : await lockIndicator(tx, indicator.parent)
  await post({
    ...(await approvedBy(tx, approval)),
    key: `indicator_adjustment:${approval.id}`,
    entries: [
      { book: indicator.book, draft: draft(indicator, { ...of, summary, lines: received(indicator, amountFen) }) },
      ...(parent
        ? [
            {
              book: parent.book,
              draft: draft(parent, {
                ...of,
                summary,
                lines: allotted(parent, [{ district: indicator.district, amountFen }]),
              }),
            },
          ]
        : []),
    ],
  })
}

const json = (amounts: { [name: string]: Fen }): { [name: string]: string } =>
  Object.fromEntries(
    Object.entries(amounts).map(([name, amountFen]) => [name.replace(/Fen$/, ''), formatFen(amountFen)]),
  )

// Who holds what is not free: districts by what was allotted to them, the book's own by the rest.
function holdings({ district }: Indicator, held: Availability) {
  const ownFen =
    held.approvedFen - minFen(held.unassignedFen, held.byProject[0]?.committableFen ?? 0n) - held.allottedFen
  const of = new Map(held.byDistrict.map((one) => [one.district, one.allottedFen]))
  of.set(district, (of.get(district) ?? 0n) + ownFen)
  return [...of].map(([code, heldFen]) => ({ district: code, heldFen })).filter(({ heldFen }) => heldFen > 0n)
}

// --- Assigning to projects ------------------------------------------------------------------------------------------

export type Assignment = { readonly indicator: string; readonly on: Day; readonly shares: readonly ProjectAmount[] }

/**
 * Proposes to assign money of the programme to projects. Refuses `indicator_not_found`, `indicator_not_in_force`, `approval_pending`; when
 * approved, the ledger's `balance_insufficient` where the programme no longer holds so much.
 */
export function assignIndicator(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, shares }: Assignment,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amountFen = sumFen(shares.map((share) => share.amountFen))
  return propose(ledger, actor, key, {
    kind: 'indicator_assignment',
    verb: 'indicator.assign',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 分解到 ${shares.length} 个项目，共 ${formatFen(amountFen)} 元`,
    projects: shares.map(({ project }) => project),
    content: { shares: shares.map((share) => ({ project: share.project, amount: formatFen(share.amountFen) })) },
    require: (_, { unassignedFen }) => ({ unassigned: formatFen(unassignedFen) }),
  })
}

/** What follows from an approved assignment. */
export async function applyAssignment(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { shares, on } = contentOf(approval) as { shares: { project: string; amount: string }[]; on: Day }
  const lines = assigned(
    standing,
    shares.map(({ project, amount }) => ({ project, amountFen: fenOf(amount) })),
  )
  await postFor(standing, approval, { tx, at, post }, { on, verb: 'assigned', summary: '分解到项目', lines })
}

type Effected = { readonly on: Day; readonly verb: string; readonly summary: string; readonly lines: Lines }

async function postFor(
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

// --- Issuing quota --------------------------------------------------------------------------------------------------

export type QuotaGiven = {
  readonly indicator: string
  readonly on: Day
  readonly amountFen: Fen
  /** Absent: the programme. */
  readonly project?: string | undefined
}

/**
 * Proposes to issue quota, first what was carried over from the year before (先用结转), under the book's cash plan. Refuses
 * `indicator_not_found`, `indicator_not_in_force`, `indicator_paid_directly`, `indicator_year_over`, `quota_comes_by_release`,
 * `approval_pending`; when approved, `balance_insufficient` above the indicator or the cash plan.
 */
export function issueQuota(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, amountFen, project }: QuotaGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amount = formatFen(amountFen)
  return propose(ledger, actor, key, {
    kind: 'quota',
    verb: 'indicator.issue',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 下达授权支付额度 ${amount} 元`,
    content: { amount, ...(project !== undefined && { project }) },
    require: (of, held) => {
      const { restoredFen, issuedFen } = quotaOf(of, held, { on, amountFen, project })
      return { restored: formatFen(restoredFen), issued: formatFen(issuedFen) }
    },
  })
}

type QuotaParts = { readonly restoredFen: Fen; readonly issuedFen: Fen }

function quotaOf(of: Indicator, held: Availability, given: Omit<QuotaGiven, 'indicator'>): QuotaParts {
  const { indicator } = of
  if (of.payment === 'direct') throw refuse('indicator_paid_directly', { indicator })
  requireOpenYear(of, given.on)
  const place = given.project ?? of.programme
  const carriedFen = held.byProject.find(({ project }) => project === place)?.carriedFen ?? 0n
  const restoredFen = minFen(carriedFen, given.amountFen)
  const issuedFen = given.amountFen - restoredFen
  if (issuedFen > 0n && of.parent !== undefined) {
    throw refuse('quota_comes_by_release', {
      indicator,
      parent: of.parent,
      carried: formatFen(carriedFen),
      asked: formatFen(given.amountFen),
    })
  }
  return { restoredFen, issuedFen }
}

/** The last year in which an indicator of a year may be used (预算法 第四十二条). */
export const lastYearOf = (year: number, on: Day): number => year + lawOn(on).take('indicator_open_years') - 1

/** Refuses `indicator_year_over` on a day outside the years an indicator may be used in. */
export function requireOpenYear({ indicator, year }: Indicator, on: Day): void {
  const last = lastYearOf(year, on)
  if (yearOf(on) >= year && yearOf(on) <= last) return
  throw refuse('indicator_year_over', { indicator, on, first: year, last })
}

/** What follows from approved quota. */
export async function applyQuota(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { amount, on, project } = contentOf(approval) as { amount: string; on: Day; project?: string }
  const amountFen = fenOf(amount)
  const { restoredFen, issuedFen } = quotaOf(standing, await availabilityWithin(tx, standing), {
    on,
    amountFen,
    project,
  })
  const lines = [
    ...(restoredFen > 0n ? quotaRestored(standing, restoredFen, project) : []),
    ...(issuedFen > 0n ? quotaIssued(standing, issuedFen, project) : []),
    ...cashPlanUsed(standing, amountFen),
  ]
  await postFor(standing, approval, { tx, at, post }, { on, verb: 'issued', summary: '下达授权支付额度', lines })
}

// --- Carried over -----------------------------------------------------------------------------------------------------

/**
 * Proposes that what year-end carried over becomes an indicator again, so that it can be assigned or allotted (a unit that will spend it
 * itself restores it as quota instead). Refuses `indicator_not_found`, `indicator_not_in_force`, `indicator_year_over`,
 * `approval_pending`; when approved, `balance_insufficient` above what was carried over.
 */
export function reinstateIndicator(
  ledger: Ledger,
  actor: Actor,
  { indicator, on, amountFen, project }: QuotaGiven,
  key: string,
): Promise<KeyedAnswer<Proposed>> {
  const amount = formatFen(amountFen)
  return propose(ledger, actor, key, {
    kind: 'indicator_reinstatement',
    verb: 'indicator.reinstate',
    indicator,
    amountFen,
    on,
    summary: `指标 ${indicator} 上年结转 ${amount} 元恢复为可用指标`,
    content: { amount, ...(project !== undefined && { project }) },
    require: (of, { carriedFen }) => {
      requireOpenYear(of, on)
      return { carried: formatFen(carriedFen) }
    },
  })
}

/** What follows from an approved reinstatement. */
export async function applyReinstatement(_: Ledger, { tx, at, post }: Act, approval: ApprovalView): Promise<void> {
  const standing = await approvedIndicator(tx, approval)
  if (!standing) return
  const { amount, on, project } = contentOf(approval) as { amount: string; on: Day; project?: string }
  const lines = reinstated(standing, fenOf(amount), project)
  await postFor(
    standing,
    approval,
    { tx, at, post },
    { on, verb: 'reinstated', summary: '上年结转恢复为可用指标', lines },
  )
}
