/**
 * Vouchers of the sample: made by its maker with the paper they rest on, checked and approved by others. The paper is a
 * small file made of what the voucher says, so that loading again finds the same bytes.
 */
import { uploadAttachment } from '../../ledger/attachments.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import type { VoucherGiven } from '../../vouchers/voucher/forms.ts'
import { makeVoucher } from '../../vouchers/voucher/verbs.ts'
import { answered, approve, maker, type Submitted } from './people.ts'

export type SampleVoucher = Pick<VoucherGiven, 'on' | 'type' | 'lines' | 'forms'> & {
  readonly book: string
  readonly summary: string
  /** Number of the paper it rests on. */
  readonly number: string
}

/** Keeps a paper in a book; gives how a voucher or certificate refers to it. */
export async function paper(
  ledger: Ledger,
  book: string,
  number: string,
  says: readonly string[],
): Promise<{ number: string; sha256: string }> {
  const content = Buffer.from(['示例原件', number, ...says, ''].join('\n'), 'utf8')
  const given = { name: `${number}.txt`, mediaType: 'text/plain; charset=utf-8', content }
  const { attachment } = await uploadAttachment(ledger, maker, book, given)
  return { number, sha256: attachment.sha256 }
}

/** Makes a voucher; it waits for the checker. */
export async function submitted(
  ledger: Ledger,
  { book, number, ...given }: SampleVoucher,
  key: string,
): Promise<Submitted> {
  const document = await paper(ledger, book, number, [given.summary, given.on, book])
  return answered(await makeVoucher(ledger, maker, { book, ...given, documents: [document] }, key))
}

/** A voucher that is made, checked, approved and posted. */
export async function posted(ledger: Ledger, voucher: SampleVoucher, key: string): Promise<void> {
  await approve(ledger, await submitted(ledger, voucher, key), key)
}
