/**
 * The verbs of commitments: making one, releasing it, noting that it was paid. Nobody approves them one by one: what
 * may be committed was approved with the indicator, and the ledger's guarded account posts no fen above it. What an
 * item costs is guarded here, under the lock of the item's row, so that of many who ask at once only as many succeed as
 * the cost allows (O-09).
 *
 * Locks: the project, its item, then the indicator, then the heads of books.
 */
import * as z from 'zod'
import { type Actor } from '../../access/actor.ts'
import { type Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { listedCodes } from '../../base/refusal.ts'
import { type Act } from '../../ledger/act.ts'
import type { EntryDraft } from '../../ledger/entry.ts'
import { nothing, verb } from '../../noun/verb.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { lockProject, type ProjectRow } from '../../projects/project/store.ts'
import { requireOpenYear } from '../indicator/proposal.ts'
import { indicatorFor, requireFunded, requireInForce, seesIndicator } from '../indicator/proposal.ts'
import { commitmentNames, commitmentState, openFen, unclaimedFen } from './commitment.ts'
import { type Indicator, type Lines } from '../indicator/indicator.ts'
import {
  commitmentPaid,
  commitmentCancelled,
  committed,
  draftFor,
  redDraftFor,
  undertaken,
  undertakingPaid,
} from '../indicator/entries.ts'
import { refuse } from '../refusals.ts'
import {
  cancellation,
  type CommitmentGiven,
  commitmentId,
  type CommitmentView,
  newCommitment,
  viewOf,
} from './forms.ts'
import {
  claimsOfItem,
  type Commitment,
  insertCommitment,
  lockCommitment,
  lockItemCost,
  updateCommitment,
} from './store.ts'
import { lockIndicator } from '../indicator/store.ts'

/** Commits money to an item of a project. */
export const makeCommitment = verb({
  kind: 'commitment.make',
  right: 'commitment.make',
  of: nothing,
  form: newCommitment,
  refuses: [
    'source_needs_indicator',
    'project_not_found',
    'project_not_funded',
    'project_has_no_book',
    'item_not_of_project',
    'commitment_exceeds_cost',
    'indicator_not_found',
    'indicator_not_in_force',
    'indicator_year_over',
    'source_not_eligible',
    'balance_insufficient',
    'period_closed',
  ],
  before: async (_ledger, _actor, { source }) => {
    if (source !== undefined) requireNoIndicator(source)
  },
  work: (doing, given) => commit(doing, doing.actor, given),
})

async function commit(running: Act, actor: Actor, given: CommitmentGiven): Promise<CommitmentView> {
  const { tx, at } = running
  const project = await lockProject(tx, actor, given.project)
  requireFunded(project)
  await requireWithinCost(tx, given)
  const fund = await fundOf(tx, actor, given, project)
  const made = await insertCommitment(tx, {
    ...(fund.indicator && { indicator: fund.indicator.indicator }),
    book: fund.book,
    district: project.district,
    project: given.project,
    item: given.item,
    source: fund.source,
    ...(given.contract !== undefined && { contract: given.contract }),
    amountFen: given.amount,
    madeBy: actor.person,
    madeOn: given.on,
  })
  const view = viewOf(made)
  await recordChange(tx, { ...changeOf(made), verb: 'made', person: actor.person, at, body: view })
  const money = { ...given, amountFen: given.amount }
  const lines = fund.indicator ? committed(fund.indicator, money) : undertaken(fund.source, money)
  const summary = `承诺 ${view.commitment}：项目 ${given.project} 内容 ${given.item}`
  await postOf(running, actor, made, { verb: 'made', draft: draftFor(fund, { on: given.on, summary, lines }) })
  return view
}

function requireNoIndicator(code: string): void {
  const source = fundSourceOf(code)
  if (source?.fiscal) throw refuse('source_needs_indicator', { source: code, sourceZh: source.zh })
}

async function requireWithinCost(tx: Tx, { project, item, amount: amountFen }: CommitmentGiven): Promise<void> {
  const costFen = await lockItemCost(tx, project, item)
  if (costFen === undefined) throw refuse('item_not_of_project', { project, item })
  const claims = await claimsOfItem(tx, project, item)
  const claimedFen = sumFen(claims.map((claim) => claim.claimedFen))
  const leftFen = unclaimedFen({ costFen, claimedFen })
  if (amountFen <= leftFen) return
  throw refuse('commitment_exceeds_cost', {
    project,
    item,
    cost: formatFen(costFen),
    claimed: formatFen(claimedFen),
    bySource: listedCodes(
      claims.length === 0 ? ['—'] : claims.map((claim) => `${claim.source} ${formatFen(claim.claimedFen)}`),
    ),
    asked: formatFen(amountFen),
    left: formatFen(leftFen > 0n ? leftFen : 0n),
    over: formatFen(amountFen - leftFen),
  })
}

type Fund = {
  readonly indicator?: Indicator
  readonly source: string
  readonly book: string
  readonly documentNumber: string
}

async function fundOf(tx: Tx, actor: Actor, given: CommitmentGiven, project: ProjectRow): Promise<Fund> {
  if (given.indicator === undefined) {
    if (project.book === null) throw refuse('project_has_no_book', { project: project.project })
    return { source: given.source ?? '', book: project.book, documentNumber: given.contract ?? project.project }
  }
  const indicator = await indicatorFor(tx, actor, given.indicator)
  requireInForce(indicator)
  requireOpenYear(indicator, given.on)
  return { indicator, source: indicator.source, book: indicator.book, documentNumber: indicator.documentNumber }
}

const changeOf = ({ id, version }: Commitment) => ({ noun: 'commitment', id: commitmentNames.nameOf(id), version })

type Effect = { readonly verb: string; readonly draft: EntryDraft }

async function postOf(
  { post }: Pick<Act, 'post'>,
  { person }: Actor,
  of: Commitment,
  { verb, draft }: Effect,
): Promise<void> {
  await post({
    key: `commitment:${commitmentNames.nameOf(of.id)}:${of.version}:${verb}`,
    maker: person,
    approvals: [],
    entries: [{ book: of.book, draft }],
  })
}

// --- Cancelling and paying ------------------------------------------------------------------------------------------

/**
 * Cancels a commitment, or part of it: the money may be committed again. Posted red, with the commitment's own lines.
 * The public words for it are *release* and *released*, which elsewhere mean 拨付; they stay as they are published.
 */
export const cancelCommitment = verb({
  kind: 'commitment.release',
  right: 'commitment.make',
  of: z.strictObject({ commitment: commitmentId }),
  form: cancellation,
  refuses: ['commitment_not_found', 'commitment_not_open', 'period_closed'],
  work: async ({ tx, at, post, actor }, { commitment, amount, on, reason }) => {
    const standing = await commitmentFor(tx, actor, commitment)
    const cancelledFen = amount ?? openFen(standing)
    requireOpen(standing, cancelledFen)
    const { draft, changed } = await cancelled(tx, standing, {
      amountFen: cancelledFen,
      on,
      person: actor.person,
      at,
      reason,
      summary: `撤销承诺 ${commitment}：${reason}`,
    })
    await postOf({ post }, actor, changed, { verb: 'released', draft })
    return viewOf(changed)
  },
})

export type Cancelled = {
  /** At most what is open. */
  readonly amountFen: Fen
  readonly on: Day
  readonly person: string
  readonly at: bigint
  readonly reason: string
  readonly summary: string
  /** Documents beside the commitment's own. */
  readonly documents?: readonly string[]
}

/**
 * Cancels so much of a locked commitment: its row and its record. Gives the entry that says the same in the books, to
 * be posted with it.
 */
export async function cancelled(
  tx: Tx,
  standing: Commitment,
  { amountFen, on, person, at, reason, summary, documents = [] }: Cancelled,
): Promise<{ changed: Commitment; draft: EntryDraft }> {
  const changed = await change(tx, standing, { releasedFen: standing.releasedFen + amountFen })
  const body = { amount: formatFen(amountFen), reason }
  await recordChange(tx, { ...changeOf(changed), verb: 'released', person, at, body })
  const indicator = await indicatorOf(tx, standing)
  const money = moneyOf(standing, amountFen)
  const lines = indicator ? commitmentCancelled(indicator, money) : undertaken(standing.source, money)
  return { changed, draft: redDraftFor(documentOf(standing, indicator), { on, summary, lines, documents }) }
}

/**
 * Notes that so much of a commitment was paid, inside the transaction that posts the payment; gives the control lines
 * that go with it and the book they belong to. Refuses `commitment_not_found`, `commitment_not_open`.
 */
export async function payCommitment(
  tx: Tx,
  actor: Actor,
  given: { readonly commitment: string; readonly amountFen: Fen; readonly at: bigint },
): Promise<{ book: string; lines: Lines }> {
  const standing = await commitmentFor(tx, actor, given.commitment)
  requireOpen(standing, given.amountFen)
  const changed = await change(tx, standing, { paidFen: standing.paidFen + given.amountFen })
  const body = { amount: formatFen(given.amountFen) }
  await recordChange(tx, { ...changeOf(changed), verb: 'paid', person: actor.person, at: given.at, body })
  const indicator = await indicatorOf(tx, standing)
  const money = moneyOf(standing, given.amountFen)
  const lines = indicator ? commitmentPaid(indicator, money) : undertakingPaid(standing.source, money)
  return { book: standing.book, lines }
}

/** A commitment, locked till the transaction ends; another district's does not exist. */
export async function commitmentFor(tx: Tx, actor: Actor, commitment: string): Promise<Commitment> {
  const id = commitmentNames.numberOf(commitment)
  const found = id === undefined ? undefined : await lockCommitment(tx, id)
  if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment })
  return found
}

function requireOpen(standing: Commitment, amountFen: Fen): void {
  const stands = openFen(standing)
  if (amountFen > 0n && amountFen <= stands) return
  throw refuse('commitment_not_open', {
    commitment: commitmentNames.nameOf(standing.id),
    open: formatFen(stands),
    asked: formatFen(amountFen),
  })
}

async function change(
  tx: Tx,
  standing: Commitment,
  amounts: Partial<Pick<Commitment, 'releasedFen' | 'paidFen'>>,
): Promise<Commitment> {
  const next = { ...standing, ...amounts, version: standing.version + 1 }
  const changed: Commitment = { ...next, state: commitmentState(next) }
  await updateCommitment(tx, changed)
  return changed
}

async function indicatorOf(tx: Tx, { indicator }: Commitment): Promise<Indicator | undefined> {
  return indicator === undefined ? undefined : lockIndicator(tx, indicator)
}

const moneyOf = ({ project, item, contract }: Commitment, amountFen: Fen) => ({ project, item, contract, amountFen })

const documentOf = (of: Commitment, indicator: Indicator | undefined): { documentNumber: string } =>
  indicator ?? { documentNumber: of.contract ?? of.project }
