/**
 * The verbs of commitments: making one, releasing it, noting that it was paid. Nobody approves them one by one: what may be committed was
 * approved with the indicator, and the ledger's guarded account posts no fen above it. What an item costs is guarded here, under the lock of
 * the item's row, so that of many who ask at once only as many succeed as the cost allows (O-09).
 *
 * Locks: the project, its item, then the indicator, then the heads of books.
 */
import { type Actor, demand } from '../../access/actor.ts'
import { type Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { type Act, act } from '../../ledger/act.ts'
import type { EntryDraft } from '../../ledger/entry.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { fundSourceOf } from '../../policy/sources.ts'
import { lockProject, type ProjectRow } from '../../projects/project/store.ts'
import { requireOpenYear } from '../indicator/proposal.ts'
import { indicatorFor, requireFunded, requireInForce, seesIndicator } from '../indicator/proposal.ts'
import {
  commitmentName,
  type CommitmentState,
  commitmentState,
  openFen,
  parseCommitmentName,
  unclaimedFen,
} from './commitment.ts'
import { type Indicator, type Lines } from '../indicator/indicator.ts'
import {
  commitmentPaid,
  commitmentReleased,
  committed,
  draftFor,
  redDraftFor,
  undertaken,
  undertakingPaid,
} from '../indicator/entries.ts'
import { refuse } from '../../budget/refusals.ts'
import {
  claimsOfItem,
  type Commitment,
  insertCommitment,
  lockCommitment,
  lockItemCost,
  updateCommitment,
} from './store.ts'
import { lockIndicator } from '../indicator/store.ts'

/** A commitment as JSON. */
export type CommitmentJson = {
  commitment: string
  indicator?: string
  book: string
  district: string
  project: string
  item: string
  source: string
  contract?: string
  amount: string
  released: string
  paid: string
  open: string
  state: CommitmentState
  madeBy: string
  madeOn: string
  version: number
}

export function commitmentJson(given: Commitment): CommitmentJson {
  const { id, amountFen, releasedFen, paidFen, indicator, contract, ...rest } = given
  return {
    commitment: commitmentName(id),
    ...(indicator !== undefined && { indicator }),
    ...rest,
    ...(contract !== undefined && { contract }),
    amount: formatFen(amountFen),
    released: formatFen(releasedFen),
    paid: formatFen(paidFen),
    open: formatFen(openFen(given)),
  }
}

export type NewCommitmentGiven = {
  readonly project: string
  readonly item: string
  readonly amountFen: Fen
  readonly on: Day
  readonly contract?: string | undefined
} & (
  | { readonly indicator: string; readonly source?: undefined }
  /** Other than fiscal money has no indicator; it stands in the project's book. */
  | { readonly source: string; readonly indicator?: undefined }
)

/**
 * Commits money to an item of a project. Refuses `source_needs_indicator`, `project_not_found`, `project_not_funded`,
 * `item_not_of_project`, `indicator_not_found`, `indicator_not_in_force`, `indicator_year_over`, `commitment_exceeds_cost`, and what the
 * ledger refuses: `source_not_eligible`, `balance_insufficient`.
 */
export function makeCommitment(
  ledger: Ledger,
  actor: Actor,
  given: NewCommitmentGiven,
  key: string,
): Promise<KeyedAnswer<CommitmentJson>> {
  demand(actor, 'commitment.make')
  if (given.source !== undefined) requireNoIndicator(given.source)
  const { amountFen, contract, indicator, source, ...rest } = given
  const content = {
    ...rest,
    amount: formatFen(amountFen),
    ...(indicator !== undefined && { indicator }),
    ...(source !== undefined && { source }),
    ...(contract !== undefined && { contract }),
  }
  return act(ledger, { person: actor.person, key, kind: 'commitment.make', content }, (running) =>
    commit(running, actor, given),
  )
}

async function commit(running: Act, actor: Actor, given: NewCommitmentGiven): Promise<CommitmentJson> {
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
    amountFen: given.amountFen,
    madeBy: actor.person,
    madeOn: given.on,
  })
  const view = commitmentJson(made)
  await recordChange(tx, { ...changeOf(made), verb: 'made', person: actor.person, at, body: view })
  const lines = fund.indicator ? committed(fund.indicator, given) : undertaken(fund.source, given)
  const summary = `承诺 ${view.commitment}：项目 ${given.project} 内容 ${given.item}`
  await postOf(running, actor, made, { verb: 'made', draft: draftFor(fund, { on: given.on, summary, lines }) })
  return view
}

function requireNoIndicator(code: string): void {
  const source = fundSourceOf(code)
  if (source?.fiscal) throw refuse('source_needs_indicator', { source: code, sourceZh: source.zh })
}

async function requireWithinCost(tx: Tx, { project, item, amountFen }: NewCommitmentGiven): Promise<void> {
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
    bySource: claims.map((claim) => `${claim.source} ${formatFen(claim.claimedFen)}`).join('、') || '—',
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

async function fundOf(tx: Tx, actor: Actor, given: NewCommitmentGiven, project: ProjectRow): Promise<Fund> {
  if (given.indicator === undefined) {
    if (project.book === null) throw refuse('project_has_no_book', { project: project.project })
    return { source: given.source, book: project.book, documentNumber: given.contract ?? project.project }
  }
  const indicator = await indicatorFor(tx, actor, given.indicator)
  requireInForce(indicator)
  requireOpenYear(indicator, given.on)
  return { indicator, source: indicator.source, book: indicator.book, documentNumber: indicator.documentNumber }
}

const changeOf = ({ id, version }: Commitment) => ({ noun: 'commitment', id: commitmentName(id), version })

type Effect = { readonly verb: string; readonly draft: EntryDraft }

async function postOf({ post }: Act, { person }: Actor, of: Commitment, { verb, draft }: Effect): Promise<void> {
  await post({
    key: `commitment:${commitmentName(of.id)}:${of.version}:${verb}`,
    maker: person,
    approvals: [],
    entries: [{ book: of.book, draft }],
  })
}

// --- Releasing and paying -------------------------------------------------------------------------------------------

export type CommitmentChange = {
  readonly commitment: string
  /** Absent: all that is open. */
  readonly amountFen?: Fen | undefined
  readonly on: Day
  readonly reason: string
}

/**
 * Releases a commitment, or part of it: the money may be committed again. Posted red, with the commitment's own lines. Refuses
 * `commitment_not_found`, `commitment_not_open`.
 */
export function releaseCommitment(
  ledger: Ledger,
  actor: Actor,
  given: CommitmentChange,
  key: string,
): Promise<KeyedAnswer<CommitmentJson>> {
  demand(actor, 'commitment.make')
  const { commitment, amountFen, on, reason } = given
  const content = { commitment, on, reason, ...(amountFen !== undefined && { amount: formatFen(amountFen) }) }
  return act(ledger, { person: actor.person, key, kind: 'commitment.release', content }, async (running) => {
    const { tx, at } = running
    const standing = await commitmentFor(tx, actor, commitment)
    const releasedNow = amountFen ?? openFen(standing)
    requireOpen(standing, releasedNow)
    const changed = await change(tx, standing, { releasedFen: standing.releasedFen + releasedNow })
    const body = { amount: formatFen(releasedNow), reason }
    await recordChange(tx, { ...changeOf(changed), verb: 'released', person: actor.person, at, body })
    const indicator = await indicatorOf(tx, standing)
    const money = moneyOf(standing, releasedNow)
    const lines = indicator ? commitmentReleased(indicator, money) : undertaken(standing.source, money)
    const draft = redDraftFor(documentOf(standing, indicator), {
      on,
      summary: `撤销承诺 ${commitment}：${reason}`,
      lines,
    })
    await postOf(running, actor, changed, { verb: 'released', draft })
    return commitmentJson(changed)
  })
}

/**
 * Notes that so much of a commitment was paid, inside the transaction that posts the payment; gives the control lines that go with it and
 * the book they belong to. Refuses `commitment_not_found`, `commitment_not_open`.
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
  const id = parseCommitmentName(commitment)
  const found = id === undefined ? undefined : await lockCommitment(tx, id)
  if (!found || !seesIndicator(actor, found)) throw refuse('commitment_not_found', { commitment })
  return found
}

function requireOpen(standing: Commitment, amountFen: Fen): void {
  const stands = openFen(standing)
  if (amountFen > 0n && amountFen <= stands) return
  throw refuse('commitment_not_open', {
    commitment: commitmentName(standing.id),
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
