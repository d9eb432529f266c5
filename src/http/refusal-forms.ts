/** Every refusal a room can give, for the document and the pages about problems. */
import { approvalRefusals } from '../approvals/refusals.ts'
import { versionRefusals } from '../base/history.ts'
import { keyRefusals } from '../base/keyed.ts'
import { ledgerRefusals } from '../ledger/refusals.ts'

export const refusalForms = {
  ...keyRefusals,
  ...versionRefusals,
  ...approvalRefusals,
  ...ledgerRefusals,
} as const

export type RefusalCode = keyof typeof refusalForms
