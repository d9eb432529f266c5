/** Reading vouchers. A voucher exists for the district of its book and for the city. */
import { type Actor, demand } from '../../access/actor.ts'
import { bookFor, type Ledger, sees } from '../../ledger/ledger.ts'
import { refuse } from '../refusals.ts'
import { readVoucher, readVouchers, type Voucher, type VoucherFilter } from './store.ts'
import { type TemplateView, templatesFor } from './templates.ts'
import { voucherNames } from './voucher.ts'

export type VoucherPage = Omit<VoucherFilter, 'district'> & { readonly after: bigint; readonly limit: number }

/** Vouchers after a number, oldest first: of the actor's district, for the city all. Refuses `permission_denied`. */
export async function listVouchers({ database: { sql } }: Ledger, actor: Actor, page: VoucherPage): Promise<Voucher[]> {
  demand(actor, 'book.read')
  return readVouchers(sql, { ...page, district: actor.district })
}

/** Refuses `permission_denied`, `voucher_not_found`. */
export async function findVoucher({ database: { sql } }: Ledger, actor: Actor, voucher: string): Promise<Voucher> {
  demand(actor, 'book.read')
  const id = voucherNames.numberOf(voucher)
  const found = id === undefined ? undefined : await readVoucher(sql, id)
  if (!found || !sees(actor, found)) throw refuse('voucher_not_found', { voucher })
  return found
}

/** The templates of standard journals in a book. Refuses `permission_denied`, `book_not_found`. */
export async function listTemplates(ledger: Ledger, actor: Actor, code: string): Promise<TemplateView[]> {
  const book = await bookFor(ledger, actor, code, 'book.read')
  return book.chart.standard === 'government' ? templatesFor(book) : []
}
