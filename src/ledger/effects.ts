/**
 * Which entries an action posted, and under what name. Such an entry follows rows beside the books; it is undone where
 * those rows are, never by a red entry alone.
 */
import { rowsOf, type Reader, type Tx } from '../base/db.ts'
import type { Text } from '../base/refusal.ts'
import { keepers } from './charts/keepers.ts'
import type { PostedEntry } from './leaf.ts'

/** Notes that an action posted these under its name, such as `release:R-3`. */
export async function recordEffect(tx: Tx, effect: string, entries: readonly PostedEntry[]): Promise<void> {
  await tx.query(
    `insert into entry_effect (book_id, sequence, effect) select book_id, sequence, $3 from unnest($1::int[], $2::bigint[]) e(book_id, sequence)`,
    [entries.map(({ bookId }) => bookId), entries.map(({ sequence }) => sequence), effect],
  )
}

/** The effect an entry was posted by; `undefined` where a hand wrote it. */
export async function effectOf(reader: Reader, bookId: number, sequence: number): Promise<string | undefined> {
  const [row] = await rowsOf<{ effect: string }>(
    reader,
    'select effect from entry_effect where book_id = $1 and sequence = $2',
    [bookId, sequence],
  )
  return row?.effect
}

/**
 * Effects that left nothing beside the books but the record of a change: a voucher's, quota issued, quota reinstated;
 * and a take-over of balances, whose indicators go with it. Approval takes their entries back; those of all others are
 * undone by their own action.
 */
export const isTakenBackByApproval = (effect: string): boolean =>
  /^(voucher|quota|indicator_reinstatement|take_over):/.test(effect)

const owners: Text = {
  zh: '居民出资的匹配或退款（/v1/projects/{project}/contributions）',
  en: 'matching or refunding the contribution (/v1/projects/{project}/contributions)',
}
const channels: Text = {
  zh: '混合产权的渠道收付（/v1/projects/{project}/channel-…）',
  en: 'the channels of mixed ownership (/v1/projects/{project}/channel-…)',
}

// The beginning of an effect's name says whose it is.
const undoneBy: Readonly<Record<string, Text>> = {
  indicator: keepers.indicator,
  indicator_adjustment: keepers.indicator,
  indicator_assignment: keepers.indicator,
  indicator_reinstatement: keepers.indicator,
  indicator_lapse: keepers.indicator,
  indicator_renewal: keepers.indicator,
  quota: keepers.indicator,
  cash_plan: keepers.cash_plan,
  cash_plan_lapse: keepers.cash_plan,
  commitment: keepers.commitment,
  allocation: keepers.allotment,
  release: keepers.allotment,
  recovery: keepers.allotment,
  clawback: keepers.allotment,
  claim_settlement: keepers.allotment,
  'funding-plan': keepers.funding_plan,
  take_over: {
    zh: '整体冲销该次接转（POST /v1/vouchers，reverses），经审批后连同其指标一并撤销',
    en: 'reversing the take-over whole (POST /v1/vouchers with reverses), its indicators with it, by approval',
  },
  take_over_register: {
    zh: '该次接转同时登记了项目状态、批次或资金方案，已成为后续业务的依据，不整体冲销：余额有误用记账凭证更正（/v1/vouchers），指标用调整事项（/v1/indicators），项目与方案用各自事项（/v1/projects）',
    en: 'the take-over also recorded states, batches or plans that later work rests on and is not reversed whole: correct balances by a voucher (/v1/vouchers), indicators by their adjustment (/v1/indicators), projects and plans by their own actions (/v1/projects)',
  },
  withdrawal: {
    zh: '公积金提取已作出决定：退回的款项由公积金中心以备查账凭证（/v1/vouchers）记回',
    en: 'a withdrawal that was decided: what comes back is booked by the centre with a voucher of the memo book (/v1/vouchers)',
  },
  bond: {
    zh: '专项债券的分配、使用和还本付息（/v1/bonds/{bond}/…）：以新的一版分配或新的一笔更正',
    en: 'the allocation, use and service of the bond (/v1/bonds/{bond}/…): corrected by a new version or another use',
  },
  owner: owners,
  channel: channels,
  'ownership-certificate': channels,
  // Migration 0019 could not tell which.
  before: { zh: '原来记账的业务事项', en: 'the action that posted it' },
}

/** Whether somebody is named who undoes an effect. */
export const isOwned = (effect: string): boolean => Object.hasOwn(undoneBy, kindOf(effect))

/** What is done instead of reversing an entry of this effect. */
export function undoing(effect: string): Text {
  const kind = kindOf(effect)
  return undoneBy[kind] ?? { zh: `由「${kind}」事项办理撤销`, en: `undo it by the action ${kind}` }
}

const kindOf = (effect: string): string => effect.split(':', 1)[0] ?? ''
