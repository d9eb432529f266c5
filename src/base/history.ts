/**
 * The record of who changed what: one row a version of a noun, added in the transaction of the change and never
 * rewritten.
 */
import { intArray, textArray } from './arrays.ts'
import { formatInstant, type Instant, instantText } from './calendar.ts'
import type { Sql, Statement, Tx } from './db.ts'
import type { Json } from './json.ts'
import { catalogue, type Text } from './refusal.ts'

export const versionRefusals = {
  version_stale: {
    status: 412,
    title: { zh: '内容已被他人修改', en: 'Changed by somebody else' },
    detail: (f: { what: Text; given: number; stands: number }) => ({
      zh: `${f.what.zh} 现为第 ${f.stands} 版，您依据的是第 ${f.given} 版。请重新读取后再修改。`,
      en: `${f.what.en} stands at version ${f.stands}; your change is to version ${f.given}. Read it again and change what stands.`,
    }),
  },
} as const
const refuse = catalogue(versionRefusals)

/** Refuses `version_stale` where what is to be changed is no longer what was read. */
export function requireVersion(what: Text, given: number | undefined, stands: number): void {
  if (given !== undefined && given !== stands) throw refuse('version_stale', { what, given, stands })
}

/** A change of something that is not an entry: `noun` and `id` say of what, `version` counts from 1 without gaps. */
export type Change = {
  readonly noun: string
  readonly id: string
  readonly version: number
  readonly verb: string
  readonly person: string
  readonly at: Instant
  /** What it was changed to, and what it was changed for. */
  readonly body: Json
}

export const recordChange = (tx: Tx, change: Change): Promise<void> => recordChanges(tx, [change])

const recording: Statement = {
  name: 'record_changes',
  text: `insert into change (noun, id, version, verb, person, at, body)
         select * from unnest($1::text[], $2::text[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::jsonb[])`,
}

/** Several at once: one statement, however many there are. */
export async function recordChanges(tx: Tx, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return
  await tx.query(recording, [
    textArray(changes.map(({ noun }) => noun)),
    textArray(changes.map(({ id }) => id)),
    intArray(changes.map(({ version }) => version)),
    textArray(changes.map(({ verb }) => verb)),
    textArray(changes.map(({ person }) => person)),
    textArray(changes.map(({ at }) => instantText(at))),
    textArray(changes.map(({ body }) => JSON.stringify(body))),
  ])
}

export type RecordedChange = {
  readonly version: number
  readonly verb: string
  readonly person: string
  readonly at: string
  readonly body: Json
}

/** All that happened to one thing, oldest first. */
export async function historyOf(sql: Sql, noun: string, id: string): Promise<RecordedChange[]> {
  const rows = await sql<{ version: number; verb: string; person: string; at: bigint; body: Json }[]>`
    select version, verb, person, (extract(epoch from at) * 1000000)::bigint as at, body
    from change where noun = ${noun} and id = ${id} order by version`
  return rows.map(({ at, ...row }) => ({ ...row, at: formatInstant(at) }))
}
