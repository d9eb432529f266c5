/**
 * The verbs of mixed ownership (央产“双纳入”, clause 32): setting areas and channels, splitting certificates, paying a class's part from its
 * channel, and what follows where the channel is short: the claim on the unit, and, only with an approval of its own, other money standing
 * in. The project is locked first; the books decide again what they hold.
 */
import * as z from 'zod'
import { inWords } from '../../base/refusal.ts'
import { type Actor, demand } from '../../access/actor.ts'
import { approvalsFor } from '../../approvals/verbs.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'

import type { Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, minFen, sumFen } from '../../base/money.ts'
import { day, oneOf, storedAmount } from '../../form/field.ts'
import { proposal, type Proposal } from '../../noun/proposal.ts'
import { type Act, act } from '../../ledger/act.ts'
import { readHoldings } from '../../ledger/balance.ts'
import type { DocumentReference, EntryDraft } from '../../ledger/entry.ts'
import { moneyAccounts } from '../../ledger/charts/plan-accounts.ts'
import { entryId } from '../../ledger/leaf.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { clauseOf, lawOn } from '../../policy/parameters.ts'
import { type Ownership, ownershipNamesZh, ownerships } from '../../projects/community/community.ts'
import { readProjectFacts } from '../../projects/project/facts.ts'
import { lockProject, type ProjectRow } from '../../projects/project/store.ts'
import { moneyBookOf } from '../plan/standing.ts'
import { nextSplit, type OwnershipKey, payFromChannel } from './ownership.ts'
import {
  advanceLines,
  certificateDraft,
  channelPaymentLines,
  entryOf,
  recoveryLines,
  unitDueLines,
  unitReceivedLines,
  unspentDraft,
} from '../entries.ts'
import { requireChannelKind } from '../plan/rules.ts'
import { refuse } from '../refusals.ts'
import {
  type CertificateGiven,
  certificateStands,
  certifiedUnder,
  type ChannelKind,
  channelStandings,
  type ChannelStanding,
  insertCertificate,
  insertChannelMovement,
  insertScheme,
  ownershipScheme,
  type OwnershipScheme,
} from './store.ts'

// --- Areas and channels ---------------------------------------------------------------------------------------------

export type Channel = {
  readonly ownership: Ownership
  readonly source: string
  readonly party?: string | undefined
  /** Stated with a document; absent: by the registry. */
  readonly areaDm2?: bigint | undefined
}

export type OwnershipGiven = {
  readonly channels: readonly Channel[]
  /** Proves areas that are stated. */
  readonly document?: DocumentReference | undefined
}

/**
 * Sets by which areas a project's common cost is split, and which source pays whose part. Areas are the registry's, or stated with a
 * document. Refuses `channel_source_wrong`, `ownership_areas_missing`, `ownership_channel_missing`.
 */
export function setOwnership(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: OwnershipGiven,
  key: string,
): Promise<KeyedAnswer<OwnershipJson>> {
  demand(actor, 'plan.manage')
  const content = { project, channels: given.channels.map(channelJson), document: documentJson(given.document) }
  return act(ledger, { person: actor.person, key, kind: 'ownership.set', content }, async ({ tx, at, today }) => {
    await lockProject(tx, actor, project)
    const law = lawOn(today)
    for (const { ownership, source } of given.channels) requireChannelKind(ownership, source, law)
    const keys = given.document ? statedKeys(project, given) : await registryKeys(tx, project, given, today)
    const standing = await ownershipScheme(tx, project)
    const scheme: OwnershipScheme = {
      project,
      scheme: (standing?.scheme ?? 0) + 1,
      basis: given.document ? 'stated' : 'registry',
      document: documentJson(given.document),
      madeBy: actor.person,
      keys,
    }
    await insertScheme(tx, scheme, at)
    return ownershipJson(scheme)
  })
}

function statedKeys(project: string, { channels }: OwnershipGiven): OwnershipKey[] {
  const keys = channels.flatMap(({ areaDm2 = 0n, ...channel }) => (areaDm2 > 0n ? [{ ...channel, areaDm2 }] : []))
  if (keys.length === 0) throw refuse('ownership_areas_missing', { project })
  return keys
}

async function registryKeys(tx: Tx, project: string, { channels }: OwnershipGiven, asOf: Day): Promise<OwnershipKey[]> {
  const [facts] = await readProjectFacts(tx, { projects: [project], asOf })
  assert(facts, 'a project that is locked has facts')
  const areaOf = (ownership: Ownership): bigint => facts.ownershipDm2[ownership]
  const owned = ownerships.filter((ownership) => areaOf(ownership) > 0n)
  if (owned.length === 0) throw refuse('ownership_areas_missing', { project })
  const missing = owned.find((ownership) => !channels.some((channel) => channel.ownership === ownership))
  if (missing) throw refuse('ownership_channel_missing', { project, ownership: inWords(ownershipNamesZh, missing) })
  // In the order the channels were given: of equal remainders the earlier takes the fen.
  return channels
    .filter(({ ownership }) => owned.includes(ownership))
    .map((channel) => ({ ...channel, areaDm2: areaOf(channel.ownership) }))
}

const channelJson = ({ ownership, source, party, areaDm2 }: Channel) => ({
  ownership,
  source,
  party: party ?? null,
  areaDm2: areaDm2?.toString() ?? null,
})

const documentJson = (document: DocumentReference | undefined): Json => (document ? { ...document } : null)

export type OwnershipJson = {
  project: string
  scheme: number
  basis: 'registry' | 'stated'
  channels: { ownership: Ownership; areaDm2: string; source: string; party?: string }[]
}

export const ownershipJson = ({ project, scheme, basis, keys }: OwnershipScheme): OwnershipJson => ({
  project,
  scheme,
  basis,
  channels: keys.map(({ ownership, areaDm2, source, party }) => ({
    ownership,
    areaDm2: areaDm2.toString(),
    source,
    ...(party !== undefined && { party }),
  })),
})

// --- Certificates ---------------------------------------------------------------------------------------------------

export type CertificateJson = {
  project: string
  sequence: number
  certificate: string
  amount: string
  cumulative: string
  entry: string
  parts: { ownership: Ownership; source: string; amount: string; cumulative: string }[]
}

/**
 * Splits a certificate by its running total (O-14) and posts each class's part on its own channel (J19). Refuses `ownership_not_set`,
 * `certificate_recorded`, `project_book_missing`.
 */
export function certifyShares(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: CertificateGiven & { readonly document: { number: string; title?: string; sha256?: string } },
  key: string,
): Promise<KeyedAnswer<CertificateJson>> {
  demand(actor, 'plan.manage')
  const { amountFen, contract, ...rest } = given
  const content = { project, ...rest, contract: contract ?? null, amount: formatFen(amountFen) }
  return act(ledger, { person: actor.person, key, kind: 'ownership.certify', content }, async (running) => {
    const { tx, at } = running
    const row = await lockProject(tx, actor, project)
    const { scheme, keys } = await schemeOf(tx, project)
    if (await certificateStands(tx, project, given.certificate)) {
      throw refuse('certificate_recorded', { project, certificate: given.certificate })
    }
    const before = await certifiedUnder(tx, project, scheme)
    const amounts = nextSplit(before, amountFen, keys)
    const sofar = runningTotals(before, keys)
    const parts = amounts.map((part, index) => ({ ...part, cumulativeFen: (sofar[index] ?? 0n) + part.amountFen }))
    const facts = { on: given.on, summary: `进度款按产权分摊 ${given.certificate}`, documents: [given.document] }
    const draft = certificateDraft(project, keys, parts, { ...facts, certificate: given.certificate, contract })
    const [entry] = await running.post({
      key: `ownership-certificate:${project}:${given.certificate}`,
      maker: actor.person,
      approvals: [],
      entries: [{ book: await moneyBookOf(ledger, row), draft }],
    })
    assert(entry, 'a certificate posts an entry')
    const id = entryId(entry.bookId, entry.sequence)
    const beforeFen = sumFen(before)
    const stored = { ...given, project, scheme, beforeFen, parts, entry: id, person: actor.person, at }
    return certificateJson(project, await insertCertificate(tx, stored), { given, parts, keys, beforeFen, entry: id })
  })
}

function runningTotals(before: readonly Fen[], keys: readonly OwnershipKey[]): Fen[] {
  const sums = keys.map(() => 0n)
  before.forEach((amountFen, index) => {
    nextSplit(before.slice(0, index), amountFen, keys).forEach((part, place) => {
      sums[place] = (sums[place] ?? 0n) + part.amountFen
    })
  })
  return sums
}

async function schemeOf(tx: Tx, project: string): Promise<OwnershipScheme> {
  const scheme = await ownershipScheme(tx, project)
  if (!scheme) throw refuse('ownership_not_set', { project })
  return scheme
}

function certificateJson(
  project: string,
  sequence: number,
  of: {
    given: CertificateGiven
    parts: readonly { ownership: Ownership; amountFen: Fen; cumulativeFen: Fen }[]
    keys: readonly OwnershipKey[]
    beforeFen: Fen
    entry: string
  },
): CertificateJson {
  const { given, parts, keys, beforeFen, entry } = of
  return {
    project,
    sequence,
    certificate: given.certificate,
    amount: formatFen(given.amountFen),
    cumulative: formatFen(beforeFen + given.amountFen),
    entry,
    parts: parts.map(({ ownership, amountFen, cumulativeFen }, index) => ({
      ownership,
      source: keys[index]?.source ?? '',
      amount: formatFen(amountFen),
      cumulative: formatFen(cumulativeFen),
    })),
  }
}

// --- Paying, receiving ----------------------------------------------------------------------------------------------

export type ChannelGiven = {
  readonly ownership: Ownership
  readonly source: string
  /** Absent: all that is payable. */
  readonly amountFen?: Fen | undefined
  readonly document: DocumentReference
  readonly on: Day
}

/** What a payment did: paid from the channel, and what its unit owes for the rest. */
export type ChannelPaymentJson = { project: string; ownership: Ownership; paid: string; due: string; payable: string }

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
 * Pays a class's part from its own channel and nothing else (O-15): as much as the channel holds; the rest is due from its unit (J17).
 * Refuses `channel_source_wrong`, `nothing_payable`.
 */
export function payShare(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ChannelGiven,
  key: string,
): Promise<KeyedAnswer<ChannelPaymentJson>> {
  demand(actor, 'plan.manage')
  return act(ledger, requestOf(actor, project, 'channel.pay', given, key), async (running) => {
    const { tx } = running
    const locked = await lockChannel(tx, actor, project, given.ownership)
    requireOwnChannel(locked.key, given.source, running.today)
    const askedFen = requirePayable(project, locked.standing, given.amountFen)
    const book = await moneyBookOf(ledger, locked.row)
    const paid = payFromChannel(askedFen, await heldBy(tx, book, { project, source: given.source }))
    // Of what is short, as much as the unit does not owe already.
    const shortFen = paid.shortFen - minFen(paid.shortFen, locked.standing.dueFen)
    const place = placeOf(locked.key)
    const on = { project, source: given.source }
    const lines = [...channelPaymentLines(on, paid, place), ...unitDueLines(on, shortFen, place)]
    const moved = { ...given, person: actor.person, at: running.at, party: locked.key.party }
    const movements = [
      { kind: 'payment' as const, amountFen: paid.paidFen },
      { kind: 'due' as const, amountFen: shortFen },
    ].filter(({ amountFen }) => amountFen > 0n)
    const draft = draftOf(given, `支付${ownershipNamesZh[given.ownership]}份额`, lines)
    await moveAndPost(running, project, { book, draft, moved, movements })
    const payable = locked.standing.certifiedFen - locked.standing.paidFen - paid.paidFen
    return paymentJson(project, given.ownership, paid.paidFen, locked.standing.dueFen + shortFen, payable)
  })
}

function requireOwnChannel({ ownership, source }: OwnershipKey, given: string, today: Day): void {
  if (given === source) return
  const facts = { ownershipZh: ownershipNamesZh[ownership], source: given, channel: source }
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

/** Money of the unit arrives in its channel (J17). Refuses `receivable_exceeded`. */
export function receiveFromUnit(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: ChannelGiven & { readonly amountFen: Fen },
  key: string,
): Promise<KeyedAnswer<ChannelPaymentJson>> {
  demand(actor, 'plan.manage')
  return act(ledger, requestOf(actor, project, 'channel.receive', given, key), async (running) => {
    const locked = await lockChannel(running.tx, actor, project, given.ownership)
    requireOwnChannel(locked.key, given.source, running.today)
    const { standing } = locked
    const ownershipZh = ownershipNamesZh[given.ownership]
    if (given.amountFen > standing.dueFen) {
      throw refuse('receivable_exceeded', { project, ownershipZh, due: standing.dueFen, given: given.amountFen })
    }
    const lines = unitReceivedLines({ project, source: given.source }, given.amountFen, placeOf(locked.key))
    const draft = draftOf(given, `收到${ownershipZh}单位出资`, lines)
    const moved = { ...given, person: actor.person, at: running.at, party: locked.key.party }
    const movements = [{ kind: 'receipt' as const, amountFen: given.amountFen }]
    await moveAndPost(running, project, { book: await moneyBookOf(ledger, locked.row), draft, moved, movements })
    const payable = standing.certifiedFen - standing.paidFen
    return paymentJson(project, given.ownership, 0n, standing.dueFen - given.amountFen, payable)
  })
}

// --- Standing in ----------------------------------------------------------------------------------------------------

export type AdvanceGiven = {
  readonly ownership: Ownership
  /** Whose money stands in. */
  readonly payer: string
  readonly amountFen: Fen
  readonly document: DocumentReference
  readonly on: Day
  readonly reason: string
}

/**
 * Asks that other money stand in for a channel: an entry of its own, approved, marked, and recoverable from the unit (O-15). At most what the
 * unit owes. Refuses `receivable_exceeded`, `nothing_payable`.
 */
export function submitAdvance(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: AdvanceGiven,
  key: string,
): Promise<KeyedAnswer<{ approval: string; hash: string }>> {
  demand(actor, 'plan.manage')
  const { amountFen, document, ...rest } = given
  const content = { project, ...rest, amount: formatFen(amountFen), document: documentJson(document) }
  return act(ledger, { person: actor.person, key, kind: 'channel.advance', content }, async ({ tx, at }) => {
    const { row, key: channel, standing } = await lockChannel(tx, actor, project, given.ownership)
    requireAdvanceable(project, standing, amountFen)
    const summary = `垫付：项目 ${project} ${ownershipNamesZh[given.ownership]}份额 ${formatFen(amountFen)} 元，由 ${given.payer} 垫付，向产权单位收回`
    const submission = {
      subject: `advance:${project}:${given.ownership}`,
      district: row.district,
      amountFen,
      summary,
      content: { project, ...rest, amount: amountFen, document, channel: channel.source, party: channel.party ?? null },
    }
    const opened = await advanceProposal.submit(tx, actor, submission, at)
    return { approval: opened.id, hash: opened.hash }
  })
}

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
    const maker: Actor = { person: approval.maker, role: 'finance_maker' }
    const { row, key, standing } = await lockChannel(tx, maker, project, ownership)
    requireAdvanceable(project, standing, amountFen)
    const place = { ...placeOf(key), memo: `垫付 ${approval.id}` }
    const lines = advanceLines(project, key.source, payer, amountFen, place)
    const draft = draftOf({ on, document }, `垫付${ownershipNamesZh[ownership]}份额，应向产权单位收回`, lines)
    const moved = { on, document, ownership, source: key.source, payer, party: key.party, person: approval.maker, at }
    const movements = [{ kind: 'advance' as const, amountFen }]
    const book = await moneyBookOf(ledger, row)
    await moveAndPost(running, project, { book, draft, moved, movements, approval: approval.id })
  },
})

/** What the unit paid into its channel goes back to the money that stood in. Refuses `advance_exceeded`. */
export function recoverAdvance(
  ledger: Ledger,
  actor: Actor,
  project: string,
  given: Omit<AdvanceGiven, 'reason'>,
  key: string,
): Promise<KeyedAnswer<ChannelPaymentJson>> {
  demand(actor, 'plan.manage')
  return act(ledger, requestOf(actor, project, 'channel.recover', given, key), async (running) => {
    const { row, key: channel, standing } = await lockChannel(running.tx, actor, project, given.ownership)
    const open = standing.advanced.find(({ payer }) => payer === given.payer)?.openFen ?? 0n
    const { amountFen, payer } = given
    if (amountFen > open) throw refuse('advance_exceeded', { project, source: payer, open, asked: amountFen })
    const place = { ...placeOf(channel), memo: '收回垫付' }
    const lines = recoveryLines(project, channel.source, payer, amountFen, place)
    const draft = draftOf(given, `收回垫付${ownershipNamesZh[given.ownership]}份额`, lines)
    const moved = { ...given, source: channel.source, person: actor.person, at: running.at, party: channel.party }
    const movements = [{ kind: 'recovery' as const, amountFen }]
    const unspent = unspentDraft({ ...draft }, { project, source: payer }, amountFen, place)
    await moveAndPost(running, project, { book: await moneyBookOf(ledger, row), draft, unspent, moved, movements })
    const payable = standing.certifiedFen - standing.paidFen
    return paymentJson(project, given.ownership, 0n, standing.dueFen, payable)
  })
}

// --- Shared ---------------------------------------------------------------------------------------------------------

type Given = {
  readonly ownership: Ownership
  readonly document: DocumentReference
  readonly on: Day
  readonly amountFen?: Fen | undefined
  readonly source?: string
  readonly payer?: string
}

function requestOf({ person }: Actor, project: string, kind: string, given: Given, key: string) {
  const { amountFen, document, ownership, on, source = null, payer = null } = given
  const amount = amountFen === undefined ? null : formatFen(amountFen)
  const content = { project, ownership, on, source, payer, amount, document: documentJson(document) }
  return { person, key, kind, content }
}

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
    const document = documentJson(moved.document)
    last = await insertChannelMovement(tx, project, { ...moved, document, kind, amountFen })
  }
  const approvals = approval === undefined ? [] : await approvalsFor(tx, approval)
  if (draft.lines.length === 0) return
  const entries = [{ book, draft }, ...(unspent ? [{ book, draft: unspent }] : [])]
  await running.post({ key: `channel:${project}:${last}`, maker: moved.person, approvals, entries })
}

const placeOf = ({ party }: OwnershipKey) => (party === undefined ? {} : { counterparty: party })

const draftOf = (given: Pick<Given, 'on' | 'document'>, summary: string, lines: Parameters<typeof entryOf>[1]) =>
  entryOf({ on: given.on, summary, documents: [given.document] }, lines)

const paymentJson = (
  project: string,
  ownership: Ownership,
  paidFen: Fen,
  dueFen: Fen,
  payableFen: Fen,
): ChannelPaymentJson => ({
  project,
  ownership,
  paid: formatFen(paidFen),
  due: formatFen(dueFen),
  payable: formatFen(payableFen),
})
