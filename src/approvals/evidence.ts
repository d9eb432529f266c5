/**
 * Approvals as evidence packs hold them: the text that was approved, its hash, and every decision on it. What entries
 * keep of an approval says which one it is: the same text may have been submitted twice.
 */
import { formatInstant } from '../base/calendar.ts'
import { instantColumn, type Sql } from '../base/db.ts'
import { approvalNames } from './approval.ts'

/** What an entry keeps of a decision. */
type Kept = { readonly at: string; readonly of: string }

/** The approvals that decisions are of: each by its hash and its first decision. */
export function trailsOf(decisions: readonly Kept[]): string[] {
  const first = new Map<string, string>()
  for (const { of, at } of decisions) if (!first.has(of)) first.set(of, `${of} ${at}`)
  return [...first.values()]
}

type Decision = {
  step: number
  decision: string
  person: string
  actingFor: string | null
  reason: string | null
  of: string
  at: string
}

type Row = {
  id: bigint
  kind: string
  subject: string
  content: string
  hash: Buffer
  approvers: number
  decisions: Decision[]
}

const hashOf = (trail: string): string => trail.slice(0, trail.indexOf(' '))

/**
 * The canonical texts of approvals, a line each, in the order of their numbers: keys in order, every value a text.
 */
export async function* approvalLines(sql: Sql, trails: ReadonlySet<string>): AsyncGenerator<Buffer> {
  const hashes = [...new Set([...trails].map(hashOf))].filter((hash) => /^[0-9a-f]{64}$/.test(hash))
  const pages = sql<Row[]>`
    select a.approval_id as id, a.kind, a.subject, a.content, a.content_hash as hash, a.approvers,
      (select json_agg(json_build_object('step', d.step, 'decision', d.decision, 'person', d.person,
         'actingFor', d.acting_for, 'reason', d.reason, 'of', encode(d.content_hash, 'hex'),
         'at', ${sql.unsafe(instantColumn('d.decided_at'))}::text) order by d.step)
       from approval_decision d where d.approval_id = a.approval_id) as decisions
    from approval a
    where a.content_hash = any(select decode(h, 'hex') from unnest(${hashes}::text[]) h)
    order by a.approval_id`.cursor(50)
  for await (const rows of pages) {
    const texts = rows.map(recordOf).filter(({ hash, decisions }) => trails.has(`${hash} ${decisions[0]?.at}`))
    yield Buffer.from(texts.map((record) => `${JSON.stringify(record)}\n`).join(''))
  }
}

const recordOf = ({ id, kind, subject, content, hash, approvers, decisions }: Row) => ({
  approval: approvalNames.nameOf(id),
  approvers: String(approvers),
  decisions: (decisions ?? []).map(({ actingFor, at, decision, of, person, reason, step }) => ({
    ...(actingFor !== null && { actingFor }),
    at: formatInstant(BigInt(at)),
    decision,
    of,
    person,
    ...(reason !== null && { reason }),
    step: String(step),
  })),
  hash: hash.toString('hex'),
  kind,
  subject,
  text: content,
})
