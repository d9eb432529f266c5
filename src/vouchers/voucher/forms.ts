/** What comes in and goes out of vouchers, and what is approved of them. */
import * as z from 'zod'
import { formatFen } from '../../base/money.ts'
import {
  about,
  accountCode,
  amountOut,
  bookCode,
  bookedOn,
  districtCode,
  entryIdForm,
  listOf,
  namesOf,
  oneOf,
  positiveAmount,
  sha256,
  text,
} from '../../form/field.ts'
import { dimensionForms, documentObject, entryType, memoForm, storedLine } from '../../ledger/forms.ts'
import { linesMax } from '../../ledger/entry.ts'
import { businessFormNamesZh, businessForms, type FilledForm, templateCodes } from './templates.ts'
import {
  type VoucherKind,
  voucherKindNamesZh,
  voucherNames,
  type VoucherState,
  voucherStateNamesZh,
} from './voucher.ts'
import type { Voucher } from './store.ts'

const states = Object.keys(voucherStateNamesZh) as [VoucherState, ...VoucherState[]]
export const stateForm = oneOf(states).meta(about(namesOf(voucherStateNamesZh), 'how it stands'))
const kinds = Object.keys(voucherKindNamesZh) as [VoucherKind, ...VoucherKind[]]
export const voucherId = voucherNames.form.meta(about('记账凭证编号，如 V-1', 'number of the voucher, such as V-1'))

// --- What is asked --------------------------------------------------------------------------------------------------

export const voucherLine = z
  .strictObject({
    account: accountCode,
    debit: z.exactOptional(positiveAmount),
    credit: z.exactOptional(positiveAmount),
    memo: memoForm,
    ...dimensionForms,
  })
  .refine(({ debit, credit }) => (debit === undefined) !== (credit === undefined), { error: 'one_side' })
  .meta({
    id: 'VoucherLine',
    ...about('分录行；debit、credit 有且仅有其一', 'a line; exactly one of debit and credit'),
  })

const filledForm = z
  .strictObject({
    template: oneOf(templateCodes).meta(about('分录模板，见 voucher-templates', 'template: see voucher-templates')),
    amount: positiveAmount,
    memo: memoForm,
    ...dimensionForms,
  })
  .meta({
    id: 'BusinessForm',
    ...about('业务单据的一行，分录由模板得出', 'a row of a business form; its lines follow from the template'),
  })

/** A voucher is given by lines or by business forms; or it takes an entry back, with all that stand with it. */
export const newVoucher = z
  .strictObject({
    on: bookedOn,
    book: z.exactOptional(bookCode),
    summary: z.exactOptional(text(500, '摘要', 'summary')),
    type: z.exactOptional(entryType),
    documents: z.exactOptional(listOf(documentObject, 50)),
    lines: z.exactOptional(listOf(voucherLine, linesMax)),
    forms: z.exactOptional(listOf(filledForm, 200)),
    reverses: z.exactOptional(entryIdForm.meta(about('要冲销的凭证', 'the entry to take back'))),
    reason: z.exactOptional(text(500, '冲销原因', 'why it is taken back')),
  })
  .refine(
    ({ book, summary, type, documents, lines, forms, reverses, reason }) =>
      reverses === undefined
        ? book !== undefined && summary !== undefined && (lines === undefined) !== (forms === undefined) && !reason
        : reason !== undefined && ![book, summary, type, documents, lines, forms].some((given) => given !== undefined),
    { error: 'one_voucher' },
  )
  .meta({
    id: 'VoucherDraft',
    ...about(
      '记账：book、on、summary 与 lines 或 forms 之一；冲销：reverses、on、reason',
      'to post: book, on, summary and one of lines and forms; to take back: reverses, on, reason',
    ),
  })
export type VoucherGiven = z.output<typeof newVoucher>

export type { FilledForm }

// --- What is approved -----------------------------------------------------------------------------------------------

/** The entry exactly as it will be posted. */
export const voucherContent = z.strictObject({
  book: bookCode,
  on: bookedOn,
  summary: text(500, '摘要', 'summary'),
  type: z.string(),
  documents: z.array(documentObject),
  lines: z.array(storedLine),
})

/** Every entry that is taken back, under its hash: what stands in the books cannot be another by then. */
export const reversalContent = z.strictObject({
  reverses: entryIdForm,
  on: bookedOn,
  reason: text(500, '冲销原因', 'why it is taken back'),
  transaction: z.exactOptional(z.string()),
  entries: z.array(z.strictObject({ entry: entryIdForm, book: bookCode, hash: sha256, lines: z.array(storedLine) })),
})

// --- What goes out --------------------------------------------------------------------------------------------------

export const voucherForm = z
  .strictObject({
    voucher: voucherId,
    book: bookCode,
    district: districtCode,
    kind: oneOf(kinds).meta(about(namesOf(voucherKindNamesZh), 'posts or takes back')),
    reverses: z.exactOptional(entryIdForm),
    on: z.string(),
    summary: z.string(),
    amount: amountOut('金额', 'amount'),
    madeBy: z.string(),
    approval: z.string().meta(about('审批事项', 'its approval')),
    state: stateForm,
    entries: z.array(entryIdForm).meta(about('记成的凭证', 'the entries it became')),
    version: z.int(),
  })
  .meta({ id: 'Voucher', ...about('记账凭证：经复核、审批后记账', 'a voucher: posted when checked and approved') })
export type VoucherView = z.input<typeof voucherForm>

export const proposedVoucherForm = z.strictObject({ voucher: voucherForm, approval: z.string(), hash: sha256 })

export function viewOf({ id, amountFen, ...rest }: Voucher): VoucherView {
  return { voucher: voucherNames.nameOf(id), ...rest, entries: [...rest.entries], amount: formatFen(amountFen) }
}

export const templateForm = z
  .strictObject({
    template: oneOf(templateCodes),
    form: oneOf(businessForms).meta(about(namesOf(businessFormNamesZh), 'receipt, payment or transfer')),
    name: z.strictObject({ zh: z.string(), en: z.string() }),
    lines: z.array(z.strictObject({ side: oneOf(['debit', 'credit']), account: accountCode })),
  })
  .meta({ id: 'VoucherTemplate', ...about('分录模板：标准分录', 'a template: a standard journal') })
