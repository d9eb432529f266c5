/**
 * What an approval would bring about: its content in words, what its last signature would post now or why it would be
 * refused, and how many must approve by which rule. The effect is brought about in a transaction that is rolled back:
 * nothing is written, and what is shown is what would happen, not a second account of it.
 */
import type { Actor } from '../access/actor.ts'
import { isOpen, ruleOfApprovers } from '../approvals/approval.ts'
import { findApproval, findEarlier } from '../approvals/reads.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { readContent } from '../approvals/verbs.ts'
import { businessDay } from '../base/calendar.ts'
import { transact, type Tx } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import { Refusal, type RefusalRecord, type Text } from '../base/refusal.ts'
import { turns } from '../base/wire/turns.ts'
import { actWithin } from '../ledger/act.ts'
import type { PostedEntry } from '../ledger/leaf.ts'
import { type Ledger, todayOf } from '../ledger/ledger.ts'
import type { Limit } from '../noun/limit.ts'
import type { Effect, Paper } from '../noun/proposal.ts'
import { lawOn } from '../policy/parameters.ts'
import { effects } from './nouns.ts'
import { type FoundPaper, papersFor } from './papers.ts'
import { movesOf, type ProjectMoves } from './parts.ts'
import { wordOf } from './words.ts'

const none = { entries: [], projects: [] }

/** One value of the content, by the name its form gives it. */
export type Said = { readonly at: string; readonly name: Text; readonly value: string }

export type Preview = {
  readonly approval: ApprovalView
  readonly content: readonly Said[]
  /** What was submitted of the same subject before, for the difference. */
  readonly earlier?: { readonly approval: ApprovalView; readonly content: readonly Said[] }
  /** What the last signature, be it a check, would post now; their numbers are given when they are posted. */
  readonly entries: readonly PostedEntry[]
  /** What it would be refused with now. */
  readonly refusal?: RefusalRecord
  /** Which projects they move money of, and how much. */
  readonly projects: readonly ProjectMoves[]
  /** The rule that says how many approve, and what policy and plans hold it to, with what is measured now. */
  readonly limits: readonly Limit[]
  /** The papers it rests on. */
  readonly documents: readonly FoundPaper[]
}

/** Of what waits, what would follow now; of what is settled, the content alone. Refuses `approval_not_found`. */
export async function previewApproval(ledger: Ledger, actor: Actor, id: string): Promise<Preview> {
  const approval = await findApproval(ledger.database.sql, actor, id)
  const effect = effects[approval.kind]
  const law = lawOn(businessDay(ledger.clock()))
  law.take(ruleOfApprovers(approval.approvers))
  const before = await findEarlier(ledger.database.sql, actor, approval)
  const content = readContent(approval)
  const shown =
    effect && isOpen(approval.state)
      ? await previewing(async () => ({
          ...(await besideOf(ledger, effect, approval)),
          ...(await wouldBe(ledger, effect, approval)),
        }))
      : { limits: [], papers: [], ...none }
  const { limits, papers, ...moved } = shown
  return {
    approval,
    content: saidOf(content),
    ...(before && { earlier: { approval: before, content: saidOf(readContent(before)) } }),
    limits: [...law.uses, ...limits],
    documents: await papersFor(ledger.database.sql, actor, content, papers),
    ...moved,
  }
}

// A preview holds what its effect locks and the heads of its books while it lasts: one at a time, so that readers never
// stand in posters' way by the dozen.
const previewing = turns(1)

type Beside = { readonly limits: readonly Limit[]; readonly papers: readonly Paper[] }

/**
 * What the kind shows beside the content. What cannot be measured any more, such as of an indicator that is over, is
 * not shown: the refusal says why.
 */
async function besideOf(ledger: Ledger, effect: Effect, approval: ApprovalView): Promise<Beside> {
  let beside: Beside = { limits: [], papers: [] }
  await undone(ledger, async (tx) => {
    const seen = { ledger, tx, approval, today: todayOf(ledger) }
    beside = { limits: (await effect.limits?.(seen)) ?? [], papers: (await effect.papers?.(seen)) ?? [] }
  })
  return beside
}

/** Thrown to roll back; never seen outside. */
class Undone extends Error {}

async function wouldBe(
  ledger: Ledger,
  effect: Effect,
  approval: ApprovalView,
): Promise<Pick<Preview, 'entries' | 'projects' | 'refusal'>> {
  let entries: PostedEntry[] = []
  const refusal = await undone(ledger, async (tx) => {
    entries = []
    const running = actWithin(ledger, tx)
    const post: typeof running.post = async (given) => {
      const posted = await running.post(given)
      entries.push(...posted)
      return posted
    }
    await effect(ledger, { ...running, post }, { ...approval, state: 'approved' })
  })
  if (refusal) return { ...none, refusal: refusal.record() }
  return { entries, projects: await movesOf(ledger.database.sql, entries) }
}

// While a preview waits for one book it holds another: it waits for nobody for long, and then there is none just now.
const giveWay = `set local lock_timeout = '500ms'`

/**
 * Works in a transaction that is rolled back; gives the refusal where there is one. Throws `Unavailable` where what
 * it needs is held by others.
 */
async function undone(ledger: Ledger, work: (tx: Tx) => Promise<void>): Promise<Refusal | undefined> {
  try {
    await transact(ledger.database, async (tx) => {
      await tx.query(giveWay)
      await work(tx)
      throw new Undone()
    })
  } catch (error) {
    if (error instanceof Refusal) return error
    if (!(error instanceof Undone)) throw error
  }
  return undefined
}

// --- The content in words -------------------------------------------------------------------------------------------

type Place = { readonly at: string; readonly name: Text }

/** Every value of a content under the names of its fields, from the outside in. */
function saidOf(value: Json, place: Place = { at: '', name: { zh: '', en: '' } }): Said[] {
  const { at, name } = place
  if (Array.isArray(value)) {
    return value.flatMap((one, index) =>
      saidOf(one, { at: `${at}/${index}`, name: { zh: `${name.zh}${index + 1}`, en: `${name.en} ${index + 1}` } }),
    )
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, one]) => {
      const { zh, en } = wordOf(key)
      const under = (above: string, own: string) => (above === '' ? own : `${above}·${own}`)
      return saidOf(one, { at: `${at}/${key}`, name: { zh: under(name.zh, zh), en: under(name.en, en) } })
    })
  }
  return value === null ? [] : [{ at, name, value: String(value) }]
}
