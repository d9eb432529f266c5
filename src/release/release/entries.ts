/**
 * What a release and its claw-back post, in the upper book and the district's, and what the treasury is told about it:
 * the fields of a payment voucher (DA/T 95—2022, table B.1) as far as they are known here. No database.
 */
import { type Day, yearOf } from '../../base/calendar.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { type Indicator, type Lines } from '../../budget/indicator/indicator.ts'
import {
  allotmentLapsed,
  allotted,
  assigned,
  claimed,
  claimKept,
  claimReturned,
  draftFor,
  inAsFewEntries,
  issueReturned,
  quotaIssued,
  received,
  redDraftFor,
  released,
  releaseReturned,
  type ReturnedFrom,
} from '../../budget/indicator/entries.ts'
import type { BookEntry } from '../../allocation/allocation.ts'
import type { ProjectPart } from './release.ts'

export type Paid = {
  readonly indicator: Indicator
  readonly child: Indicator
  readonly district: string
  readonly parts: readonly ProjectPart[]
  readonly amountFen: Fen
  readonly on: Day
  readonly summary: string
  readonly documents: readonly string[]
}

/** 拨付: paid out above under the cash plan, quota issued below; a district that is paid directly gets no quota. */
export function releaseEntries(paid: Paid): BookEntry[] {
  const { indicator, child, district, amountFen } = paid
  return [
    { book: indicator.book, draft: draftFor(indicator, { ...paid, lines: released(indicator, district, amountFen) }) },
    ...quotaLines(paid).map((lines) => ({ book: child.book, draft: draftFor(child, { ...paid, lines }) })),
  ]
}

/** What comes back of a project, and from where it stands. */
export type ReturnedPart = ProjectPart & { readonly from: ReturnedFrom }

export type Returned = Omit<Paid, 'parts'> & {
  readonly parts: readonly ReturnedPart[]
  /** Whether it was paid in the year in which it comes back. */
  readonly sameYear: boolean
}

/**
 * 收回, below first, because what was spent there cannot come back. In the year of the payment it is the exact reverse;
 * later the income has become surplus, what was cancelled at a year-end is given back from there, and the cash plan is
 * over.
 */
export function clawbackEntries(returned: Returned): BookEntry[] {
  const { indicator, district, amountFen, sameYear } = returned
  const { book } = indicator
  const above = sameYear
    ? redDraftFor(indicator, { ...returned, lines: released(indicator, district, amountFen) })
    : draftFor(indicator, { ...returned, lines: releaseReturned(indicator, district, amountFen) })
  return [...returnedBelow(returned), { book, draft: above }]
}

/** In the district's book: what was issued is given back. */
function returnedBelow(returned: Returned): BookEntry[] {
  const { child, parts, sameYear } = returned
  if (child.payment === 'direct') return []
  const { book } = child
  const exact = parts.filter(({ from }) => sameYear && from === 'quota')
  const others = parts.filter((part) => !exact.includes(part))
  const reversed = inAsFewEntries(exact.map(({ project, amountFen }) => quotaIssued(child, amountFen, project)))
  const terms = { sameYear, lapsed: child.state === 'lapsed' }
  const given = inAsFewEntries(
    others.map(({ project, amountFen, from }) => issueReturned(child, amountFen, project, { ...terms, from })),
  )
  return [
    ...reversed.map((lines) => ({ book, draft: redDraftFor(child, { ...returned, lines }) })),
    ...given.map((lines) => ({ book, draft: draftFor(child, { ...returned, lines }) })),
  ]
}

/** 应收回: what is spent of a claw-back is due from the district (J46). */
export const claimEntry = ({ indicator, district, amountFen, ...paid }: Omit<Paid, 'parts'>): BookEntry => ({
  book: indicator.book,
  draft: draftFor(indicator, { ...paid, lines: claimed(indicator, district, amountFen) }),
})

/** A claim is settled by what comes back: money, or quota. Of an indicator that lapsed it goes back to the treasury. */
export function settlementEntries(returned: Returned): BookEntry[] {
  const { indicator, district, amountFen } = returned
  const over = indicator.state === 'lapsed' ? allotmentLapsed(indicator, { district, amountFen }) : []
  const lines = [...claimReturned(indicator, district, amountFen), ...over]
  return [...returnedBelow(returned), { book: indicator.book, draft: draftFor(indicator, { ...returned, lines }) }]
}

/** A claim is settled by a tranche that is due and not paid. */
export const keptEntry = ({ indicator, district, amountFen, ...paid }: Omit<Paid, 'parts'>): BookEntry => ({
  book: indicator.book,
  draft: draftFor(indicator, { ...paid, lines: claimKept(indicator, district, amountFen) }),
})

const quotaLines = ({ child, parts }: Paid): Lines[] =>
  child.payment === 'direct'
    ? []
    : inAsFewEntries(parts.map(({ project, amountFen }) => quotaIssued(child, amountFen, project)))

/**
 * 扣回: what was announced too much goes back before it is paid: off the district's projects and its indicator, off what
 * was allotted to it, and off the city's indicator.
 */
export function recoveryEntries(paid: Paid): BookEntry[] {
  const { indicator, child, district, parts, amountFen } = paid
  const offProjects = parts.filter(({ project }) => project !== child.programme)
  const back = (of: Indicator, lines: Lines): BookEntry => ({
    book: of.book,
    draft: redDraftFor(of, { ...paid, lines }),
  })
  return [
    ...inAsFewEntries(offProjects.map((part) => assigned(child, [part]))).map((lines) => back(child, lines)),
    back(child, received(child, amountFen)),
    back(indicator, allotted(indicator, [{ district, amountFen }])),
    back(indicator, received(indicator, amountFen)),
  ]
}

/** What the treasury is told: issue quota to a district, or take it back. Written once; sent as it stands. */
export function instructionText(reference: string, kind: 'issue' | 'take_back', paid: Paid): string {
  const { indicator, child, district, parts, amountFen, on, summary } = paid
  return JSON.stringify({
    Id: reference,
    VoucherNo: reference,
    Kind: kind,
    AdmDivCode: indicator.district,
    StYear: String(yearOf(on)),
    VouDate: on,
    FundTypeCode: indicator.source,
    CorBgtDocNo: indicator.documentNumber,
    BgtIndicator: indicator.indicator,
    PayeeDivCode: district,
    PayeeBgtIndicator: child.indicator,
    AgencyCode: child.book,
    PaySummaryName: summary,
    PayAmt: formatFen(amountFen),
    Items: parts.map(({ project, amountFen: partFen }, index) => ({
      Id: `${reference}-${index + 1}`,
      DepProCode: project,
      PayAmt: formatFen(partFen),
    })),
  } satisfies Record<string, unknown>)
}
