/** Registering an indicator: money of the book's own, an early notice, or a part of an upper level's indicator. */
import * as z from 'zod'
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { inWords, type Text } from '../../base/refusal.ts'
import type { Actor } from '../../access/actor.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { refuseRepeated } from '../../base/keyed.ts'
import type { ActPosting } from '../../ledger/act.ts'
import type { Book } from '../../ledger/book.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { figure, limitBy } from '../../noun/limit.ts'
import { proposal } from '../../noun/proposal.ts'
import { nothing, verb } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { refuse } from '../refusals.ts'
import { earlyNotice } from './early-notice.ts'
import { allotted, draftFor, received } from './entries.ts'
import { type NewIndicator, newIndicator, type Proposed, registrationContent, viewOf } from './forms.ts'
import { type Indicator, indicatorStateNamesZh, paymentNamesZh } from './indicator.ts'
import { openYears, recordIndicator, requireInForce, seesIndicator } from './proposal.ts'
import { firstLike, lockIndicators, putIndicator } from './store.ts'

/**
 * An approved indicator is in force and stands in its book; with a parent, what it was allotted goes off the parent's.
 */
export const indicatorProposal = proposal({
  kind: 'indicator',
  form: registrationContent,
  limits: ({ year, on, amount, expected }) => [
    openYears(year, on),
    ...(expected === undefined
      ? []
      : [limitBy(lawOn(on), 'early_notice_ratio', figure(`${formatFen(amount)} / ${formatFen(expected)}`))]),
  ],
  approved: async ({
    tx,
    at,
    post,
    approval,
    content: { indicator: code, parent: parentCode, amount: amountFen, on },
  }) => {
    const locked = await lockIndicators(tx, parentCode === undefined ? [code] : [code, parentCode])
    const indicator = await decided(tx, locked.get(code), {
      state: 'in_force',
      person: approval.maker,
      at,
      approval: approval.id,
    })
    const parent = parentCode === undefined ? undefined : locked.get(parentCode)
    if (parent) requireInForce(parent)
    const summary = `预算指标 ${code}：${indicator.purpose}`
    const draft = draftFor(indicator, { on, summary, lines: received(indicator, amountFen) })
    await post({
      ...(await approvedBy(tx, approval)),
      key: `indicator:${code}:${indicator.version}`,
      entries: [{ book: indicator.book, draft }, ...(parent ? [allotment(parent, indicator, { on, amountFen })] : [])],
    })
  },
  ended: async ({ tx, at, approval }) => {
    const code = approval.subject.slice('indicator:'.length)
    // Withdrawn, rejected or superseded, the indicator is not registered; the record says which it was.
    const of = { state: 'rejected', verb: approval.state, person: approval.maker, at, approval: approval.id } as const
    await decided(tx, (await lockIndicators(tx, [code])).get(code), of)
  },
})

type Decided = {
  readonly state: 'in_force' | 'rejected'
  /** How the record calls it, where otherwise than the state. */
  readonly verb?: string
  readonly person: string
  readonly at: bigint
  readonly approval: string
}

async function decided(
  tx: Tx,
  standing: Indicator | undefined,
  { state, verb = state, person, at, approval }: Decided,
): Promise<Indicator> {
  assert(standing, 'what is decided was proposed')
  const indicator: Indicator = { ...standing, state, version: standing.version + 1 }
  await putIndicator(tx, indicator)
  await recordIndicator(tx, indicator, verb, { person, at, body: { approval } })
  return indicator
}

/**
 * Proposes an indicator. With a parent it is allotted from there when it is approved, both books in one transaction. An
 * early notice below its minimum is a warning, which the approvers see too.
 */
export const registerIndicator = verb({
  kind: 'indicator.register',
  right: 'indicator.manage',
  of: nothing,
  form: newIndicator,
  refuses: [
    'book_not_found',
    'book_keeps_no_indicators',
    'source_not_fiscal',
    'approval_pending',
    'indicator_exists',
    'indicator_not_found',
    'indicator_not_in_force',
    'parent_indicator_differs',
    'looks_repeated',
  ],
  before: async (ledger, actor, { book: code, source }) => {
    const book = await bookFor(ledger, actor, code, 'indicator.manage')
    requireKeepsIndicators(book)
    requireFiscal(source)
    return book
  },
  // The district is the book's: a key of a book that was given to another district is another request.
  content: (given, { district }) => ({ ...(z.encode(newIndicator, given) as { [key: string]: Json }), district }),
  work: async ({ tx, at, actor, before: book }, given): Promise<Proposed> => {
    const { warnings: noticed, facts } = noticeOf(given)
    const { district } = book
    const first = await firstLike(tx, given)
    const warnings = [...noticed, ...repeatWarning(given, first)]
    const approval = await indicatorProposal.submit(
      tx,
      actor,
      {
        subject: `indicator:${given.indicator}`,
        district: approvalDistrict(district, given.on),
        amountFen: given.amount,
        summary: `登记预算指标 ${given.indicator}（${given.documentNumber}）${formatFen(given.amount)} 元`,
        content: { ...given, ...facts, district, warnings },
      },
      at,
    )
    const indicator = await proposed(tx, actor, given, book)
    requireLookedAt(given, first)
    await putIndicator(tx, indicator)
    const content = { ...(z.encode(newIndicator, given) as { [key: string]: Json }), district }
    const body = { approval: approval.id, ...content }
    await recordIndicator(tx, indicator, 'proposed', { person: actor.person, at, body })
    return { indicator: viewOf(indicator), approval: approval.id, hash: approval.hash, warnings }
  },
})

export function requireKeepsIndicators({ code, chart }: Book): void {
  if (chart.standard !== 'government')
    throw refuse('book_keeps_no_indicators', { book: code, standard: { zh: chart.title, en: chart.standard } })
}

export function requireFiscal(code: string): void {
  const source = fundSourceOf(code)
  if (!source?.fiscal) throw refuse('source_not_fiscal', { source: code, sourceZh: source?.zh ?? '未知来源' })
}

/** Another indicator of the same document, source, programme and amount is refused until it has been looked at. */
function requireLookedAt({ indicator, documentNumber, amount, confirmed = [] }: NewIndicator, first?: string): void {
  if (first === undefined || confirmed.includes('looks_repeated')) return
  const what = {
    zh: `指标 ${indicator} 的文号 ${documentNumber}、来源、项目和金额 ${formatFen(amount)} 元`,
    en: `Document ${documentNumber} of indicator ${indicator}, with its source, programme and ${formatFen(amount)} yuan,`,
  }
  throw refuseRepeated('looks_repeated', { what, first })
}

/** Then the approvers are told of it. */
const repeatWarning = ({ documentNumber, amount }: NewIndicator, first: string | undefined): string[] =>
  first === undefined
    ? []
    : [
        `文号 ${documentNumber}、来源、项目和金额 ${formatFen(amount)} 元与指标 ${first} 相同；经办人已确认不是重复登记。`,
      ]

type Content = z.output<typeof registrationContent>
type Notice = { readonly warnings: string[]; readonly facts: Pick<Content, 'minimum' | 'clause'> }

function noticeOf({ amount, expected, on, indicator }: NewIndicator): Notice {
  if (expected === undefined) return { warnings: [], facts: {} }
  const { minimumFen, shortFen, clause } = earlyNotice({ noticeFen: amount, expectedFen: expected }, lawOn(on))
  const warnings =
    shortFen === 0n
      ? []
      : [
          `提前下达指标 ${indicator} 金额 ${formatFen(amount)} 元，低于预计数 ${formatFen(expected)} 元的下限 ${formatFen(minimumFen)} 元，差 ${formatFen(shortFen)} 元（${clause}）。`,
        ]
  return { warnings, facts: { minimum: minimumFen, clause } }
}

async function proposed(tx: Tx, actor: Actor, given: NewIndicator, book: Book): Promise<Indicator> {
  const { indicator, parent } = given
  const locked = await lockIndicators(tx, parent === undefined ? [indicator] : [indicator, parent])
  const standing = locked.get(indicator)
  if (standing && standing.state !== 'rejected') {
    // That it exists elsewhere is no secret a code could keep; what it is, is not told.
    throw refuse('indicator_exists', { indicator, state: inWords(indicatorStateNamesZh, standing.state) })
  }
  const { amount: _, on: __, expected: expectedFen, parent: ___, confirmed: ____, ...rest } = given
  const made: Indicator = {
    ...rest,
    district: book.district,
    kind: expectedFen === undefined ? 'final' : 'early_notice',
    ...(expectedFen !== undefined && { expectedFen }),
    ...(parent !== undefined && { parent }),
    state: 'proposed',
    version: (standing?.version ?? 0) + 1,
  }
  if (parent !== undefined) requireFits(made, parent, actor, locked.get(parent))
  return made
}

function requireFits(child: Indicator, code: string, actor: Actor, parent: Indicator | undefined): void {
  if (!parent || !seesIndicator(actor, parent)) throw refuse('indicator_not_found', { indicator: code })
  requireInForce(parent)
  const differ = (what: Text, stands: Text, given: Text): never => {
    throw refuse('parent_indicator_differs', { parent: code, what, stands, given })
  }
  const itself = (code: string): Text => ({ zh: code, en: code })
  if (parent.year !== child.year)
    differ({ zh: '年度', en: 'Year' }, itself(String(parent.year)), itself(String(child.year)))
  if (parent.source !== child.source)
    differ({ zh: '资金来源', en: 'Source' }, itself(parent.source), itself(child.source))
  if (parent.payment !== child.payment)
    differ(
      { zh: '支付方式', en: 'Form of payment' },
      inWords(paymentNamesZh, parent.payment),
      inWords(paymentNamesZh, child.payment),
    )
  if (parent.district === child.district)
    differ({ zh: '区划', en: 'District' }, itself(parent.district), itself(child.district))
}

type Posted = ActPosting['entries'][number]

function allotment(parent: Indicator, child: Indicator, { on, amountFen }: { on: Day; amountFen: Fen }): Posted {
  const lines = allotted(parent, [{ district: child.district, amountFen }])
  const summary = `指标 ${parent.indicator} 分配 ${child.district}（${child.indicator}）`
  return { book: parent.book, draft: draftFor(parent, { on, summary, lines, documents: [child.documentNumber] }) }
}
