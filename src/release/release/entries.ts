/**
 * What a release and its claw-back post, in the upper book and the district's, and what the treasury is told about it:
 * the fields of a payment voucher (DA/T 95—2022, table B.1) as far as they are known here. No database.
 */
import { type Day, yearOf } from '../../base/calendar.ts'
import { type Fen, formatFen } from '../../base/money.ts'
import { type Indicator, type Lines } from '../../budget/indicator/indicator.ts'
import {
  allotted,
  assigned,
  draftFor,
  quotaIssued,
  received,
  redDraftFor,
  released,
} from '../../budget/indicator/entries.ts'
import { type LineDraft, linesMax } from '../../ledger/entry.ts'
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

/** 收回: the exact reverse, below first, because what was spent there cannot come back. */
export function clawbackEntries(paid: Paid): BookEntry[] {
  const { indicator, child, district, amountFen } = paid
  return [
    ...quotaLines(paid).map((lines) => ({ book: child.book, draft: redDraftFor(child, { ...paid, lines }) })),
    {
      book: indicator.book,
      draft: redDraftFor(indicator, { ...paid, lines: released(indicator, district, amountFen) }),
    },
  ]
}

const quotaLines = ({ child, parts }: Paid): Lines[] =>
  child.payment === 'direct'
    ? []
    : packed(parts.map(({ project, amountFen }) => quotaIssued(child, amountFen, project)))

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
    ...packed(offProjects.map((part) => assigned(child, [part]))).map((lines) => back(child, lines)),
    back(child, received(child, amountFen)),
    back(indicator, allotted(indicator, [{ district, amountFen }])),
    back(indicator, received(indicator, amountFen)),
  ]
}

/** Lines that belong together in as few entries as take them. */
function packed(groups: readonly Lines[]): Lines[] {
  const packs: LineDraft[][] = []
  for (const lines of groups) {
    const pack = packs.at(-1)
    if (pack && pack.length + lines.length <= linesMax) pack.push(...lines)
    else packs.push([...lines])
  }
  return packs
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
