/** Whose word counts at once: a machine client brings what was checked elsewhere, a person’s is checked by another. */
import type { Actor } from '../../access/actor.ts'
import type { ApprovalView } from '../../approvals/store.ts'

export const brought = ({ role }: Actor): boolean => role === 'integration'

/** What stands, and the approval that what was said of it waits for. */
export type Waiting<Row> = { readonly row: Row; readonly waits: ApprovalView }
