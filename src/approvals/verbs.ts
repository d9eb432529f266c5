/**
 * Submitting and deciding. What follows from an approval happens in the same transaction, done by whoever calls
 * `decide` there (the room of the subject): approved and not posted cannot be.
 *
 * A decision locks the approval first and its subject after, in the effect. Who changes a subject does well to call
 * `supersede` or `submit` before he locks the subject's rows; done the other way round, PostgreSQL breaks the tie after
 * a second, and one of the two begins again.
 */
import { inWords } from '../base/refusal.ts'
import { type Actor, demand } from '../access/actor.ts'
import { assert } from '../base/assert.ts'
import { businessDay, formatInstant, type Instant } from '../base/calendar.ts'
import type { Tx } from '../base/db.ts'
import { type Json, parseJson } from '../base/json.ts'
import type { Fen } from '../base/money.ts'
import { lawOn } from '../policy/parameters.ts'
import {
  approvalNames,
  approversFor,
  contentOf,
  decisionNamesZh,
  decisionOf,
  isOpen,
  next,
  officeOf,
  permissionsFor,
  stateNamesZh,
  takesProof,
  type Verdict,
} from './approval.ts'
import { demandFor } from './delegation.ts'
import { seesApproval } from './reads.ts'
import { refuse } from './refusals.ts'
import {
  type ApprovalRow,
  type ApprovalView,
  approvalView,
  decisionsOf,
  insertApproval,
  insertDecision,
  insertParties,
  lockApproval,
  lockOpenApproval,
  partiesOf,
} from './store.ts'

export type Submission = {
  /** Which effect follows (workflow/nouns.ts), and of what: `allocation`, `allocation:SZ-2024-1`. */
  readonly kind: string
  readonly subject: string
  /** The district whose people may decide, beside the city's; absent: the city's alone. */
  readonly district?: string | undefined
  readonly amountFen?: Fen | undefined
  /** One line for the list of things to do. */
  readonly summary: string
  /** Everything that is approved. */
  readonly content: Json
  /** Who else had a hand in the content: they are makers too, and may neither check nor approve. */
  readonly madeBy?: readonly string[] | undefined
}

/**
 * Opens an approval in the maker's name. Refuses `permission_denied`, `approval_pending` where one of this subject is
 * open.
 */
export async function submit(tx: Tx, maker: Actor, given: Submission, at: Instant): Promise<ApprovalView> {
  demand(maker, 'approval.submit')
  return submitFor(tx, maker.person, given, at)
}

/** Opens an approval in the name of whoever is said to have made it: a job drafts in the name of who asked for it. */
export async function submitFor(tx: Tx, maker: string, given: Submission, at: Instant): Promise<ApprovalView> {
  const { kind, subject, content, madeBy = [] } = given
  const { text, hash } = contentOf(kind, subject, content)
  const row = await open(tx, maker, given, { text, hash, at })
  assert(await insertParties(tx, row, [...new Set([maker, ...madeBy])]), 'nobody took part before it was opened')
  const made = { decision: 'submitted', person: maker, actingFor: undefined, reason: undefined, hash, at } as const
  return approvalView(await insertDecision(tx, row, 'checking', made))
}

type Opening = { readonly text: string; readonly hash: Buffer; readonly at: Instant }

async function open(tx: Tx, maker: string, given: Submission, { text, hash, at }: Opening): Promise<ApprovalRow> {
  const { kind, subject, district, amountFen, summary } = given
  const row = {
    kind,
    office: officeOf(kind),
    subject,
    district: district ?? null,
    amountFen: amountFen ?? null,
    summary,
    content: text,
    contentHash: hash,
    approvers: approversFor({ kind, amountFen }, lawOn(businessDay(at))),
    state: 'checking',
    maker,
    openedAt: at,
  } as const
  // Somebody else may open one between the look and the insert, and it may be settled again before the next look.
  for (;;) {
    const standing = await lockOpenApproval(tx, kind, subject)
    if (standing) throw refuse('approval_pending', { subject, approval: approvalNames.nameOf(standing.id) })
    const opened = await insertApproval(tx, row)
    if (opened) return opened
  }
}

export type Decision = {
  readonly approval: string
  readonly verdict: Verdict
  /** SHA-256 of the content the person saw, in hex. */
  readonly hash: string
  readonly reason?: string | undefined
  /** Whose place the person takes, by a delegation in force. */
  readonly actingFor?: string | undefined
}

/**
 * Takes a decision. Gives the approval as it stands after it; `state` says whether anything is to follow. Refuses
 * `approval_not_found`,
 * `permission_denied`, `not_delegated`, `approval_reason_missing`, `approval_content_changed`, `approval_settled`,
 * `approval_step_wrong`,
 * `approval_not_yours`, `person_took_part`, `approval_content_unreadable`, `step_up_needed`.
 */
export async function decide(tx: Tx, actor: Actor, given: Decision, at: Instant): Promise<ApprovalView> {
  const { approval, verdict, hash, reason, actingFor } = given
  const id = approvalNames.numberOf(approval)
  const row = id === undefined ? undefined : await lockApproval(tx, id)
  if (!row || !seesApproval(actor, row)) throw refuse('approval_not_found', { approval })
  await demandFor(tx, actor, permissionsFor(verdict, row.state), {
    delegator: actingFor,
    district: row.district,
    office: row.office,
    on: businessDay(at),
  })
  if (verdict === 'reject' && !reason?.trim()) throw refuse('approval_reason_missing', { approval })
  const stands = row.contentHash.toString('hex')
  if (hash !== stands) throw refuse('approval_content_changed', { approval, given: hash, stands })
  if (!isOpen(row.state)) throw refuse('approval_settled', { approval, state: inWords(stateNamesZh, row.state) })
  const decisions = await decisionsOf(tx, row.id)
  const approvals = decisions.filter(({ decision }) => decision === 'approved').length
  const state = next(row.state, verdict, { approvals, approvers: row.approvers })
  if (state === undefined) {
    const wanted =
      row.state === 'checking'
        ? { zh: decisionNamesZh.checked, en: 'checking' }
        : { zh: decisionNamesZh.approved, en: 'approving' }
    throw refuse('approval_step_wrong', { approval, state: inWords(stateNamesZh, row.state), wanted })
  }
  if (verdict === 'withdraw') requireMaker(row, actor)
  else await requireFresh(tx, row, [actor.person, ...(actingFor === undefined ? [] : [actingFor])])
  // Rejecting and withdrawing stay possible whatever the content is: they are the way out.
  if (verdict === 'check' || verdict === 'approve') readContent(approvalView(row))
  if (state === 'approved' && actor.unproved && takesProof(row, lawOn(businessDay(at)))) {
    throw refuse('step_up_needed', { approval, person: actor.person })
  }
  const decided = { decision: decisionOf[verdict], person: actor.person, actingFor, reason, hash: row.contentHash, at }
  return approvalView(await insertDecision(tx, row, state, decided))
}

/** Ends an open approval whose content no longer stands; its maker submits the new one. */
export async function supersede(tx: Tx, kind: string, subject: string, person: string, at: Instant): Promise<void> {
  const row = await lockOpenApproval(tx, kind, subject)
  if (!row) return
  const ended = { decision: 'superseded', person, actingFor: undefined, reason: undefined } as const
  await insertDecision(tx, row, 'superseded', { ...ended, hash: row.contentHash, at })
}

/**
 * What was submitted, out of the text that is approved. Refuses `approval_content_unreadable` where the text is none of
 * this approval's: it comes from another program or another approval, and nothing is done by half of it.
 */
export function readContent({ id: approval, kind, subject, content: text }: ApprovalView): Json {
  const stored = parseJson(text)
  const place = (['kind', 'subject', 'content'] as const).find((name) => {
    if (stored === null || typeof stored !== 'object' || Array.isArray(stored)) return true
    return name === 'content' ? stored[name] === undefined : stored[name] !== { kind, subject }[name]
  })
  if (place !== undefined) throw refuse('approval_content_unreadable', { approval, kind, place })
  return (stored as { content: Json }).content
}

function requireMaker(row: ApprovalRow, { person }: Actor): void {
  if (row.maker === person) return
  throw refuse('approval_not_yours', { approval: approvalNames.nameOf(row.id), maker: row.maker, person })
}

async function requireFresh(tx: Tx, row: ApprovalRow, persons: readonly string[]): Promise<void> {
  const parties = await partiesOf(tx, row.id)
  const earlier = parties.find(({ person }) => persons.includes(person))
  if (earlier) {
    const decisions = await decisionsOf(tx, row.id)
    const took = decisions.find(({ step }) => step === earlier.step)
    const step = took ? inWords(decisionNamesZh, took.decision) : { zh: '', en: '' }
    throw refuse('person_took_part', { approval: approvalNames.nameOf(row.id), person: earlier.person, step })
  }
  // The row is locked, so nobody came between; the key of the table says so once more.
  assert(await insertParties(tx, row, [...new Set(persons)]), 'a person takes part once')
}

type Kept = { readonly person: string; readonly decision: string; readonly at: string; readonly of: string }

/** What entries keep of an approval: who decided what, when, on which hash. */
export async function approvalsFor(tx: Tx, approval: string): Promise<Kept[]> {
  const id = approvalNames.numberOf(approval)
  assert(id !== undefined, `an approval is named ${approval}`)
  const rows = await decisionsOf(tx, id)
  return rows.map(({ person, decision, actingFor, decidedAt: at, contentHash: of }) => ({
    person,
    decision: actingFor === null ? decision : `${decision} for ${actingFor}`,
    at: formatInstant(at),
    of: of.toString('hex'),
  }))
}

/** The maker, and all who decided, as entries keep them. */
export async function approvedBy(tx: Tx, approval: ApprovalView): Promise<{ maker: string; approvals: Kept[] }> {
  return { maker: approval.maker, approvals: await approvalsFor(tx, approval.id) }
}
