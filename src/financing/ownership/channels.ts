/**
 * The verbs of the channels of mixed ownership (clause 32): paying a class's part from its channel, and what follows
 * where the channel is short: the claim on the unit, and, only with an approval of its own, other money standing in.
 * The project is locked first; the books decide again what they hold.
 */
import * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import { approvalsFor } from '../../approvals/verbs.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, minFen, sumFen } from '../../base/money.ts'
import { inWords, listedCodes } from '../../base/refusal.ts'
import { day, oneOf, storedAmount } from '../../form/field.ts'
import type { Act } from '../../ledger/act.ts'
import { readHoldings } from '../../ledger/balance.ts'
import { moneyAccounts } from '../../ledger/charts/plan-accounts.ts'
import type { DocumentReference, EntryDraft } from '../../ledger/entry.ts'
import { makerOf, proposal, type Proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { clauseOf, lawOn } from '../../policy/parameters.ts'
import { type Ownership, ownershipNamesZh, ownerships } from '../../projects/community/community.ts'
import { lockProject, type ProjectRow } from '../../projects/project/store.ts'
import {
  advanceLines,
  channelPaymentLines,
  entryOf,
  recoveryLines,
  unitDueLines,
  unitReceivedLines,
  unspentDraft,
} from '../entries.ts'
import { inProject } from '../forms.ts'
import { moneyBookOf, spendingOf } from '../plan/standing.ts'
import { refuse } from '../refusals.ts'
import { type ChannelPaymentView, newAdvance, newChannelPayment, newChannelReceipt, newRecovery } from './forms.ts'
import { type OwnershipKey, payFromChannel } from './ownership.ts'
import { type ChannelKind, channelStandings, type ChannelStanding, insertChannelMovement } from './store.ts'
import { schemeOf } from './verbs.ts'

// --- Paying, receiving ----------------------------------------------------------------------------------------------

type Locked = { readonly row: ProjectRow; readonly key: OwnershipKey; readonly standing: ChannelStanding }

async function lockChannel(tx: Tx, actor: Actor, project: string, ownership: Ownership): Promise<Locked> {
  const row = await lockProject(tx, actor, project)
  const { keys } = await schemeOf(tx, project)
  const key = keys.find((candidate) => candidate.ownership === ownership)
  if (!key) throw refuse('ownership_channel_missing', { project, ownership: inWords(ownershipNamesZh, ownership) })
  const none = { ownership, certifiedFen: 0n, paidFen: 0n, dueFen: 0n, advanced: [] }
  const standing = (await channelStandings(tx, project)).find((each) => each.ownership === ownership) ?? none
  return { row, key, standing }
}

/**
 * Pays a class's part from its own channel and nothing else (O-15): as much as the channel holds; the rest is due from
 * its unit (J17).
 */
export const payShare = verb({
  kind: 'channel.pay',
  right: 'plan.manage',
  of: inProject,
  form: newChannelPayment,
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'ownership_channel_missing',
    'channel_source_wrong',
    'nothing_payable',
    'project_book_missing',
    'idempotency_key_reused',
  ],
  content: ({ amount, ...rest }) => ({
    ...rest,
    payer: null,
    amount: amount === undefined ? null : formatFen(amount),
  }),
  work: async ({ ledger, actor, before: _, ...running }, { project, ownership, source, amount, on, document }) => {
    const { tx, at, today } = running
    const { row, key, standing } = await lockChannel(tx, actor, project, ownership)
    requireOwnChannel(key, source, today)
    const askedFen = requirePayable(project, standing, amount)
    const book = await moneyBookOf(ledger, row)
    const paid = payFromChannel(askedFen, await heldBy(tx, book, { project, source }))
    // Of what is short, as much as the unit does not owe already.
    const shortFen = paid.shortFen - minFen(paid.shortFen, standing.dueFen)
    const place = placeOf(key)
    const lines = [
      ...channelPaymentLines({ project, source }, paid, await spendingOf(ledger, book), place),
      ...unitDueLines({ project, source }, shortFen, place),
    ]
    const movements = [
      { kind: 'payment' as const, amountFen: paid.paidFen },
      { kind: 'due' as const, amountFen: shortFen },
    ].filter(({ amountFen }) => amountFen > 0n)
    const draft = draftOf({ on, document }, `支付${ownershipNamesZh[ownership]}份额`, lines)
    const moved = { ownership, source, document, on, person: actor.person, at, party: key.party }
    await moveAndPost(running, project, { book, draft, moved, movements })
    const payableFen = standing.certifiedFen - standing.paidFen - paid.paidFen
    return paymentView(project, ownership, paid.paidFen, standing.dueFen + shortFen, payableFen)
  },
})

function requireOwnChannel({ ownership, source }: OwnershipKey, given: string, today: Day): void {
  if (given === source) return
  const facts = { ownershipZh: ownershipNamesZh[ownership], source: given, channel: listedCodes([source]) }
  const law = lawOn(today)
  law.take('ownership_channels')
  throw refuse('channel_source_wrong', facts, clauseOf(law, 'ownership_channels'))
}

function requirePayable(project: string, { ownership, certifiedFen, paidFen }: ChannelStanding, asked?: Fen): Fen {
  const payable = certifiedFen - paidFen
  const askedFen = asked ?? payable
  if (askedFen > 0n && askedFen <= payable) return askedFen
  throw refuse('nothing_payable', { project, ownershipZh: ownershipNamesZh[ownership], payable, asked: askedFen })
}

async function heldBy(tx: Tx, code: string, of: { project: string; source: string }) {
  const { bank, budgetCash, unitCustody, unitReceivable, quota, budgetQuota } = moneyAccounts
  const accounts = [bank, budgetCash, unitCustody, unitReceivable, quota, budgetQuota]
  const held = await readHoldings(tx, { book: code, accounts, ...of })
  const debit = (account: string): Fen => sumFen(held.flatMap((one) => (one.account === account ? [one.netFen] : [])))
  const cashFen = minFen(debit(bank), debit(budgetCash))
  const contributed = -debit(unitCustody) - debit(unitReceivable)
  return {
    quotaFen: minFen(debit(quota), debit(budgetQuota)),
    cashFen,
    custodyFen: minFen(debit(bank) - cashFen, contributed),
  }
}

/** Money of the unit arrives in its channel (J17). */
export const receiveFromUnit = verb({
  kind: 'channel.receive',
  right: 'plan.manage',
  of: inProject,
  form: newChannelReceipt,
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'channel_source_wrong',
    'receivable_exceeded',
    'idempotency_key_reused',
  ],
  alsoRefuses: ['ownership_channel_missing', 'project_book_missing'],
  content: ({ amount, ...rest }) => ({ ...rest, payer: null, amount: formatFen(amount) }),
  work: async ({ ledger, actor, before: _, ...running }, { project, ownership, source, amount, on, document }) => {
    const { tx, at, today } = running
    const { row, key, standing } = await lockChannel(tx, actor, project, ownership)
    requireOwnChannel(key, source, today)
    const ownershipZh = ownershipNamesZh[ownership]
    const { dueFen } = standing
    if (amount > dueFen) throw refuse('receivable_exceeded', { project, ownershipZh, due: dueFen, given: amount })
    const lines = unitReceivedLines({ project, source }, amount, placeOf(key))
    const draft = draftOf({ on, document }, `收到${ownershipZh}单位出资`, lines)
    const moved = { ownership, source, document, on, person: actor.person, at, party: key.party }
    const movements = [{ kind: 'receipt' as const, amountFen: amount }]
    await moveAndPost(running, project, { book: await moneyBookOf(ledger, row), draft, moved, movements })
    return paymentView(project, ownership, 0n, dueFen - amount, standing.certifiedFen - standing.paidFen)
  },
})

// --- Standing in ----------------------------------------------------------------------------------------------------

/**
 * Asks that other money stand in for a channel: an entry of its own, approved, marked, and recoverable from the unit
 * (O-15). At most what the unit owes.
 */
export const submitAdvance = verb({
  kind: 'channel.advance',
  right: 'plan.manage',
  of: inProject,
  form: newAdvance,
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'nothing_payable',
    'receivable_exceeded',
    'approval_pending',
    'idempotency_key_reused',
  ],
  alsoRefuses: ['ownership_channel_missing'],
  work: async ({ tx, at, actor }, given) => {
    const { project, ownership, payer, amount } = given
    const { row, key, standing } = await lockChannel(tx, actor, project, ownership)
    requireAdvanceable(project, standing, amount)
    const submission = {
      subject: `advance:${project}:${ownership}`,
      district: row.district,
      amountFen: amount,
      summary: `垫付：项目 ${project} ${ownershipNamesZh[ownership]}份额 ${formatFen(amount)} 元，由 ${payer} 垫付，向产权单位收回`,
      content: { ...given, channel: key.source, party: key.party ?? null },
    }
    const opened = await advanceProposal.submit(tx, actor, submission, at)
    return { approval: opened.id, hash: opened.hash }
  },
})

function requireAdvanceable(project: string, standing: ChannelStanding, amountFen: Fen): void {
  requirePayable(project, standing, amountFen)
  const openFen = standing.dueFen - sumFen(standing.advanced.map((advance) => advance.openFen))
  const ownershipZh = ownershipNamesZh[standing.ownership]
  if (amountFen > openFen) throw refuse('receivable_exceeded', { project, ownershipZh, due: openFen, given: amountFen })
}

/** What is approved of an advance: with the channel it stands in for, and the unit that owes it. */
const advanceContent = z.strictObject({
  project: z.string(),
  ownership: oneOf(ownerships),
  payer: z.string(),
  amount: storedAmount,
  document: z.strictObject({
    number: z.exactOptional(z.string()),
    title: z.exactOptional(z.string()),
    sha256: z.exactOptional(z.string()),
  }),
  on: day,
  reason: z.string(),
  channel: z.string(),
  party: z.union([z.string(), z.null()]),
})

/** Approved, other money stands in for the channel. */
export const advanceProposal: Proposal<typeof advanceContent> = proposal({
  kind: 'channel_advance',
  form: advanceContent,
  approved: async ({ ledger, approval, content, stored: _, ...running }) => {
    const { tx, at } = running
    const { project, ownership, payer, amount: amountFen, document, on } = content
    const { row, key, standing } = await lockChannel(tx, makerOf(approval), project, ownership)
    requireAdvanceable(project, standing, amountFen)
    const place = { ...placeOf(key), memo: `垫付 ${approval.id}` }
    const book = await moneyBookOf(ledger, row)
    const lines = advanceLines(project, key.source, payer, amountFen, await spendingOf(ledger, book), place)
    const draft = draftOf({ on, document }, `垫付${ownershipNamesZh[ownership]}份额，应向产权单位收回`, lines)
    const moved = { on, document, ownership, source: key.source, payer, party: key.party, person: approval.maker, at }
    const movements = [{ kind: 'advance' as const, amountFen }]
    await moveAndPost(running, project, { book, draft, moved, movements, approval: approval.id })
  },
})

/** What the unit paid into its channel goes back to the money that stood in. */
export const recoverAdvance = verb({
  kind: 'channel.recover',
  right: 'plan.manage',
  of: inProject,
  form: newRecovery,
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'advance_exceeded',
    'balance_insufficient',
    'idempotency_key_reused',
  ],
  alsoRefuses: ['ownership_channel_missing', 'project_book_missing'],
  content: ({ amount, ...rest }) => ({ ...rest, source: null, amount: formatFen(amount) }),
  work: async ({ ledger, actor, before: _, ...running }, { project, ownership, payer, amount, on, document }) => {
    const { tx, at } = running
    const { row, key, standing } = await lockChannel(tx, actor, project, ownership)
    const open = standing.advanced.find((advance) => advance.payer === payer)?.openFen ?? 0n
    if (amount > open) throw refuse('advance_exceeded', { project, source: payer, open, asked: amount })
    const place = { ...placeOf(key), memo: '收回垫付' }
    const book = await moneyBookOf(ledger, row)
    const spent = await spendingOf(ledger, book)
    const lines = recoveryLines(project, key.source, payer, amount, spent, place)
    const draft = draftOf({ on, document }, `收回垫付${ownershipNamesZh[ownership]}份额`, lines)
    const moved = { ownership, source: key.source, payer, document, on, person: actor.person, at, party: key.party }
    const movements = [{ kind: 'recovery' as const, amountFen: amount }]
    const unspent = unspentDraft({ ...draft }, { project, source: payer }, amount, spent, place)
    await moveAndPost(running, project, { book, draft, unspent, moved, movements })
    return paymentView(project, ownership, 0n, standing.dueFen, standing.certifiedFen - standing.paidFen)
  },
})

// --- Shared ---------------------------------------------------------------------------------------------------------

type Moved = {
  readonly book: string
  readonly draft: EntryDraft
  /** Spending that goes back, in red. */
  readonly unspent?: EntryDraft
  readonly moved: {
    readonly ownership: Ownership
    readonly source: string
    readonly payer?: string | undefined
    readonly party?: string | undefined
    readonly document: DocumentReference
    readonly on: Day
    readonly person: string
    readonly at: bigint
  }
  readonly movements: readonly { readonly kind: ChannelKind; readonly amountFen: Fen }[]
  readonly approval?: string
}

async function moveAndPost(running: Act, project: string, given: Moved): Promise<void> {
  const { book, draft, unspent, moved, movements, approval } = given
  const { tx } = running
  let last = 0
  for (const { kind, amountFen } of movements) {
    const document = { ...moved.document }
    last = await insertChannelMovement(tx, project, { ...moved, document, kind, amountFen })
  }
  const approvals = approval === undefined ? [] : await approvalsFor(tx, approval)
  if (draft.lines.length === 0) return
  const entries = [{ book, draft }, ...(unspent ? [{ book, draft: unspent }] : [])]
  await running.post({ key: `channel:${project}:${last}`, maker: moved.person, approvals, entries })
}

const placeOf = ({ party }: OwnershipKey) => (party === undefined ? {} : { counterparty: party })

const draftOf = (
  given: { readonly on: Day; readonly document: DocumentReference },
  summary: string,
  lines: Parameters<typeof entryOf>[1],
) => entryOf({ on: given.on, summary, documents: [given.document] }, lines)

const paymentView = (
  project: string,
  ownership: Ownership,
  paidFen: Fen,
  dueFen: Fen,
  payableFen: Fen,
): ChannelPaymentView => ({
  project,
  ownership,
  paid: formatFen(paidFen),
  due: formatFen(dueFen),
  payable: formatFen(payableFen),
})
