/**
 * What an approval would bring about: its content in words, what its last signature would post now or why it would be
 * refused, and how many must approve by which rule. The effect is brought about in a transaction that is rolled back, so
 * nothing is written, and what is shown is what would happen, not a second account of it.
 */
import * as z from 'zod'
import type { Actor } from '../access/actor.ts'
import { isOpen } from '../approvals/approval.ts'
import { findApproval } from '../approvals/reads.ts'
import type { ApprovalView } from '../approvals/store.ts'
import { readContent } from '../approvals/verbs.ts'
import { businessDay } from '../base/calendar.ts'
import { transact } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import { Refusal, type RefusalRecord, type Text } from '../base/refusal.ts'
import { actWithin } from '../ledger/act.ts'
import type { PostedEntry } from '../ledger/leaf.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Effect } from '../noun/proposal.ts'
import { lawOn } from '../policy/parameters.ts'
import type { Use } from '../policy/on.ts'
import { effects } from './nouns.ts'

/** One value of the content, by the name its form gives it. */
export type Said = { readonly at: string; readonly name: Text; readonly value: string }

export type Preview = {
  readonly approval: ApprovalView
  readonly content: readonly Said[]
  /** What the last signature would post now; their numbers are given when they are posted. */
  readonly entries: readonly PostedEntry[]
  /** What it would be refused with now. */
  readonly refusal?: RefusalRecord
  /** The rules that say how many approve. */
  readonly limits: readonly Use[]
}

/** Of what waits, what would follow now; of what is settled, the content alone. Refuses `approval_not_found`. */
export async function previewApproval(ledger: Ledger, actor: Actor, id: string): Promise<Preview> {
  const approval = await findApproval(ledger.database.sql, actor, id)
  const effect = effects[approval.kind]
  const law = lawOn(businessDay(ledger.clock()))
  law.take('approval_tiers')
  const said = { approval, content: effect ? inWords(effect, approval) : [], limits: law.uses }
  if (!effect || !isOpen(approval.state)) return { ...said, entries: [] }
  return { ...said, ...(await oneAtATime(() => wouldBe(ledger, effect, approval))) }
}

/** Thrown to roll back; never seen outside. */
class Undone extends Error {}

async function wouldBe(
  ledger: Ledger,
  effect: Effect,
  approval: ApprovalView,
): Promise<Pick<Preview, 'entries' | 'refusal'>> {
  let entries: PostedEntry[] = []
  try {
    await transact(ledger.database, async (tx) => {
      entries = []
      const running = actWithin(ledger, tx)
      const post: typeof running.post = async (given) => {
        const posted = await running.post(given)
        entries.push(...posted)
        return posted
      }
      await effect(ledger, { ...running, post }, { ...approval, state: 'approved' })
      throw new Undone()
    })
  } catch (error) {
    if (error instanceof Refusal) return { entries: [], refusal: error.record() }
    if (!(error instanceof Undone)) throw error
  }
  return { entries }
}

// A preview holds the heads of its books while it lasts: one at a time, so that readers never stand in posters' way by
// the dozen.
let before: Promise<unknown> = Promise.resolve()
function oneAtATime<T>(work: () => Promise<T>): Promise<T> {
  const mine = before.then(work, work)
  before = mine.catch(() => undefined)
  return mine
}

// --- The content in words -------------------------------------------------------------------------------------------

type Schema = { readonly [key: string]: unknown }

/** Every value of the content under the name that the form of its kind gives it. */
function inWords({ form }: Effect, approval: ApprovalView): Said[] {
  const root = (form ? z.toJSONSchema(form, { io: 'input', unrepresentable: 'any' }) : {}) as Schema
  return saidOf(root, root, readContent(approval), { at: '', name: { zh: '', en: '' } })
}

type Place = { readonly at: string; readonly name: Text }

function saidOf(root: Schema, given: Schema | undefined, value: Json, place: Place): Said[] {
  const schema = resolved(root, given)
  if (Array.isArray(value)) {
    return value.flatMap((one, index) =>
      saidOf(root, schema['items'] as Schema | undefined, one, {
        at: `${place.at}/${index}`,
        name: { zh: `${place.name.zh}${index + 1}`, en: `${place.name.en} ${index + 1}` },
      }),
    )
  }
  if (value !== null && typeof value === 'object') {
    return Object.entries(value).flatMap(([key, one]) => {
      const field = propertyOf(root, schema, key)
      return saidOf(root, field, one, { at: `${place.at}/${key}`, name: nameOf(field, key, place.name) })
    })
  }
  return value === null ? [] : [{ ...place, value: String(value) }]
}

// Said once in a form as `中文 / English`, by `about`; what has no name of its own is called by its key.
function nameOf(field: Schema | undefined, key: string, above: Text): Text {
  const description = typeof field?.['description'] === 'string' ? field['description'] : key
  const [zh = key, en = key] = description.split(' / ')
  const under = (text: string, own: string) => (text === '' ? own : `${text}·${own}`)
  return { zh: under(above.zh, zh), en: under(above.en, en) }
}

function resolved(root: Schema, schema: Schema | undefined): Schema {
  const reference = schema?.['$ref']
  if (typeof reference !== 'string') return schema ?? {}
  return ((root['$defs'] ?? {}) as Record<string, Schema>)[reference.slice('#/$defs/'.length)] ?? {}
}

// Of several forms the first that knows the name.
function propertyOf(root: Schema, schema: Schema, key: string): Schema | undefined {
  const own = (schema['properties'] as Record<string, Schema> | undefined)?.[key]
  if (own) return { ...resolved(root, own), ...own }
  for (const several of ['anyOf', 'oneOf', 'allOf']) {
    for (const one of (schema[several] ?? []) as Schema[]) {
      const found = propertyOf(root, resolved(root, one), key)
      if (found) return found
    }
  }
  return undefined
}
