/** What a job of a test leaves behind: a row of a table without a unique key, so that a doubled effect is seen. */
import type { Act } from '../../src/ledger/act.ts'

export const leaveEffect = (act: Pick<Act, 'tx'>, key: string, attempt: number): Promise<unknown> =>
  act.tx.query('insert into effect (key, attempt) values ($1, $2)', [key, attempt])
