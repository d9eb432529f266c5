/** Every refusal a room can give, for the document and the pages about problems. */
import { jobRefusals } from '../../jobs/refusals.ts'
import { allocationRefusals } from '../allocation/refusals.ts'
import { fundingPlanRefusals } from '../financing/refusals.ts'
import { ruleRefusals } from '../funds/refusals.ts'
import { releaseRefusals, scoreRefusals } from '../release/refusals.ts'
import { personRefusals, signInRefusals } from '../access/refusals.ts'
import { approvalRefusals } from '../approvals/refusals.ts'
import { versionRefusals } from '../base/history.ts'
import { keyRefusals, repeatRefusals } from '../base/keyed.ts'
import { budgetRefusals } from '../budget/refusals.ts'
import { bondRefusals } from '../funds/refusals.ts'
import { ledgerRefusals } from '../ledger/refusals.ts'
import { policyRefusals } from '../policy/on.ts'
import { projectRefusals } from '../projects/refusals.ts'
import { voucherRefusals } from '../vouchers/refusals.ts'

export const refusalForms = {
  ...keyRefusals,
  ...repeatRefusals,
  ...versionRefusals,
  ...approvalRefusals,
  ...personRefusals,
  ...signInRefusals,
  ...ledgerRefusals,
  ...jobRefusals,
  ...policyRefusals,
  ...projectRefusals,
  ...budgetRefusals,
  ...bondRefusals,
  ...allocationRefusals,
  ...ruleRefusals,
  ...fundingPlanRefusals,
  ...scoreRefusals,
  ...releaseRefusals,
  ...voucherRefusals,
} as const

export type RefusalCode = keyof typeof refusalForms
