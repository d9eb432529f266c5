/** Registering an indicator: money of the book's own, an early notice, or a part of an upper level's indicator. */
import type { Actor } from '../../access/actor.ts'
import { submit } from '../../approvals/verbs.ts'
import type { ApprovalView } from '../../approvals/store.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { act, type Act, type ActPosting } from '../../ledger/act.ts'
import type { Book } from '../../ledger/book.ts'
import { bookFor, type Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import {
  approvalDistrict,
  approvedBy,
  contentOf,
  fenOf,
  indicatorJson,
  type Proposed,
  recordIndicator,
  requireInForce,
  seesIndicator,
} from './proposal.ts'
import { earlyNotice } from './early-notice.ts'
import { type Indicator, indicatorStateNamesZh, paymentNamesZh } from './indicator.ts'
import { allotted, draftFor, received } from './entries.ts'
import { refuse } from '../../budget/refusals.ts'
import { lockIndicators, putIndicator } from './store.ts'

/** An indicator to be registered: what the book does not say of it, and its money. */
export type NewIndicator = Pick<
  Indicator,
  'indicator' | 'book' | 'documentNumber' | 'level' | 'source' | 'year' | 'programme' | 'purpose' | 'payment'
> & {
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
