/**
 * The judge. It reads the history of a run and the tables, in plain SQL as superuser, and shares no code with the
 * ledger: sums, balances, numbers, canonical texts, hashes and trees are computed here a second time, in the most naive
 * way there is.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { History, Operation } from './load.ts'

export type Verdict = {
  acked: number
  refused: number
  /** Acknowledged and not there. */
  missing: number
  /** There more than once. */
  doubled: number
  /** Entries without all their lines, lines without an entry, transactions without all their entries. */
  half: number
  /** Refused, and there nevertheless. */
  phantom: number
  /** There, but not with the acknowledged hash, or not what was asked for. */
  altered: number
  replays: number
  /** Tries that ended without an answer. */
  unknown: number
  /** Operations that never had a definite answer. */
  open: number
  longestStallMs: number
  /** Everything that is wrong, in words; empty for a sound ledger. */
  faults: string[]
}

type Found = {
  readonly place: string
  readonly hash: string
  readonly fen: bigint
  readonly transaction: string | null
}

/** Judges a run. `given` is what was posted before it began. */
export async function judge(superUrl: string, history: History, given: readonly Operation[]): Promise<Verdict> {
  const client = new pg.Client({ connectionString: superUrl, options: '-c search_path=yiben' })
  await client.connect()
  try {
    await client.query('begin isolation level repeatable read read only')
    const found = await entriesById(client)
    const verdict = judgeHistory(history, found)
    judgeStrangers(verdict, found, [...history.operations, ...given])
    for (const judgement of [judgeArithmetic, judgeNumbers, judgeProof]) await judgement(client, verdict)
    return verdict
  } finally {
    await client.end()
  }
}

async function entriesById(client: pg.Client): Promise<Map<string, Found[]>> {
  const { rows } = await client.query<{ place: string; summary: string; leaf: Buffer; fen: string; tx: string | null }>(
    `select e.book_id || '-' || e.sequence as place, summary, leaf, transaction_id as tx,
            (select coalesce(sum(debit_fen), 0) from line l where l.book_id = e.book_id and l.sequence = e.sequence) as fen
     from entry e order by e.book_id, e.sequence`,
  )
  const found = new Map<string, Found[]>()
  for (const { place, summary, leaf, fen, tx } of rows) {
    const list = found.get(summary) ?? []
    list.push({ place, hash: leaf.toString('hex'), fen: BigInt(fen), transaction: tx })
    found.set(summary, list)
  }
  return found
}

// --- What was said, against what is there ---------------------------------------------------------------------------

function judgeHistory({ operations, events }: History, found: ReadonlyMap<string, Found[]>): Verdict {
  const verdict: Verdict = {
    acked: 0,
    refused: 0,
    missing: 0,
    doubled: 0,
    half: 0,
    phantom: 0,
    altered: 0,
    replays: 0,
    unknown: 0,
    open: 0,
    longestStallMs: longestStall(events),
    faults: [],
  }
  const replies = new Map(events.flatMap((event) => (isReply(event) ? [[event.id, event] as const] : [])))
  for (const event of events) {
    if (event.kind === 'unknown') verdict.unknown += 1
    if (isReply(event) && event.replayed) verdict.replays += 1
  }
  for (const operation of operations)
    judgeOperation(verdict, operation, replies.get(operation.id), found.get(operation.id) ?? [])
  return verdict
}

type Event = History['events'][number]
type ReplyEvent = Extract<Event, { replayed: boolean }>
const isReply = (event: Event): event is ReplyEvent => event.kind === 'ok' || event.kind === 'fail'

function judgeOperation(
  verdict: Verdict,
  operation: Operation,
  reply: ReplyEvent | undefined,
  there: readonly Found[],
): void {
  const { id, parts } = operation
  const wrong = (kind: 'missing' | 'doubled' | 'half' | 'phantom' | 'altered', what: string): void => {
    verdict[kind] += 1
    verdict.faults.push(`${id}: ${kind}: ${what}`)
  }
  if (!reply) verdict.open += 1
  else if (reply.kind === 'ok') verdict.acked += 1
  else verdict.refused += 1

  const places = there.map(({ place }) => place).join(', ')
  if (reply?.kind === 'fail' && there.length > 0) wrong('phantom', `refused as ${reply.code}, found at ${places}`)
  else if (reply?.kind === 'ok' && there.length === 0) wrong('missing', `acknowledged as ${reply.hashes.join(', ')}`)
  else if (there.length > parts.length) wrong('doubled', `found at ${places}`)
  else if (there.length > 0 && there.length < parts.length) wrong('half', `${there.length} of ${parts.length} entries`)
  else if (
    there.length === parts.length &&
    parts.length > 1 &&
    new Set(there.map(({ transaction }) => transaction)).size > 1
  )
    wrong('half', `entries of one transaction carry several ids: ${places}`)

  if (
    reply?.kind === 'ok' &&
    there.length === parts.length &&
    !sameSet(
      reply.hashes,
      there.map(({ hash }) => hash),
    )
  )
    wrong('altered', `acknowledged ${reply.hashes.join(', ')}, found ${there.map(({ hash }) => hash).join(', ')}`)
  const asked = parts.map(({ lines }) => lines.reduce((sum, { side, fen }) => (side === 'debit' ? sum + fen : sum), 0n))
  if (there.some(({ fen }) => !asked.includes(fen)))
    wrong('altered', `asked for ${asked.join(', ')} fen, found at ${places}`)
}

const sameSet = (a: readonly string[], b: readonly string[]): boolean => a.toSorted().join() === b.toSorted().join()

function judgeStrangers(verdict: Verdict, found: ReadonlyMap<string, Found[]>, asked: readonly Operation[]): void {
  const known = new Set(asked.map(({ id }) => id))
  for (const id of found.keys()) if (!known.has(id)) verdict.faults.push(`nobody asked for ${id}`)
}

/** The longest time in which no client had an answer. */
function longestStall(events: readonly Event[]): number {
  const times = events.filter(isReply).map(({ at }) => at)
  return Math.max(0, ...times.slice(1).map((at, i) => at - (times[i] ?? at)))
}

// --- Arithmetic -----------------------------------------------------------------------------------------------------

const never: Readonly<Record<string, string>> = {
  'an entry out of balance': `select book_id, sequence, basis from line group by 1, 2, 3
    having sum(coalesce(debit_fen, 0)) <> sum(coalesce(credit_fen, 0))`,
  'a line without an entry': `select l.book_id, l.sequence from line l left join entry e using (book_id, sequence)
    where e.book_id is null or e.booked_on <> l.booked_on`,
  'an entry without its lines': `select e.book_id, e.sequence from entry e left join line l using (book_id, sequence)
    group by e.book_id, e.sequence, e.lines having count(l.line) <> e.lines or count(l.line) < 2`,
  'a line without its account': `select l.book_id, l.account from line l left join account a using (book_id, account)
    where a.basis is distinct from l.basis`,
  'a closing that is not the sum of its lines up to its day': `select * from
    (select distinct book_id, account, booked_on, coalesce(sum(debit_fen) over w, 0) as d, coalesce(sum(credit_fen) over w, 0) as c,
       min(sequence) over (partition by book_id, account, booked_on) as first, max(sequence) over w as last,
       min(sequence) over (partition by book_id, account order by booked_on desc) as least from line
     window w as (partition by book_id, account order by booked_on)) s
    full join closing t using (book_id, account, booked_on) where s.d is distinct from t.debit_fen or s.c is distinct from t.credit_fen
      or s.first is distinct from t.first_sequence or s.last is distinct from t.last_sequence
      or s.least is distinct from t.least_sequence`,
  'a guarded account without its floor': `select * from closing t join account a using (book_id, account)
    where t.floor <> case when not a.guarded then 0 when a.side = 'debit' then 1 else -1 end`,
  'a running total of a day that is wrong': `select * from
    (select *, sum(coalesce(debit_fen, 0)) over w as d, sum(coalesce(credit_fen, 0)) over w as c from line
     window w as (partition by book_id, account, booked_on order by sequence, line)) s where d <> day_debit_fen or c <> day_credit_fen`,
  'a quota below zero at the end of some day': `select * from
    (select a.subject, sum(coalesce(debit_fen, 0) - coalesce(credit_fen, 0)) over (partition by l.book_id, l.account order by l.booked_on) as rest
     from line l join account a using (book_id, account) where a.subject = '1011') s where rest < 0`,
}

async function judgeArithmetic(client: pg.Client, verdict: Verdict): Promise<void> {
  for (const [what, statement] of Object.entries(never)) {
    const { rowCount } = await client.query(statement)
    if (!rowCount) continue
    verdict.faults.push(`${what}: ${rowCount}`)
    if (what.includes('without')) verdict.half += rowCount
  }
}

// --- Numbers --------------------------------------------------------------------------------------------------------

const neverNumbers: Readonly<Record<string, string>> = {
  'sequences with gaps or past the head': `select h.book_id from book_head h left join entry e using (book_id)
    group by h.book_id, h.sequence having count(e.sequence) <> h.sequence or coalesce(max(e.sequence), 0) <> h.sequence`,
  'voucher numbers with gaps or twice': `select * from
    (select book_id, date_trunc('month', booked_on)::date as month, count(*) as n, count(distinct number) as kinds, max(number) as last
     from entry group by 1, 2) s full join voucher_number v using (book_id, month)
    where n is distinct from number or n <> kinds or n <> last`,
  'account numbers with gaps': `select h.book_id from book_head h left join account a using (book_id)
    group by h.book_id, h.accounts having count(a.account) <> h.accounts or coalesce(max(a.account), 0) <> h.accounts`,
  'instants that do not ascend': `select * from
    (select recorded_at <= lag(recorded_at) over (partition by book_id order by sequence) as back from entry) s where back`,
  'entries without exactly one receipt': `select e.book_id, e.sequence from entry e left join receipt r
      on (r.book_id = e.book_id and r.sequence = e.sequence) or (r.book_id = 0 and r.transaction_id = e.transaction_id)
    group by 1, 2 having count(r.key_hash) <> 1`,
  'receipts without an entry': `select * from receipt r where refusal is null and not exists (select from entry e
      where (r.book_id = e.book_id and r.sequence = e.sequence) or r.transaction_id = e.transaction_id)`,
}

async function judgeNumbers(client: pg.Client, verdict: Verdict): Promise<void> {
  for (const [what, statement] of Object.entries(neverNumbers)) {
    const { rowCount } = await client.query(statement)
    if (rowCount) verdict.faults.push(`${what}: ${rowCount}`)
  }
}

// --- Hashes ---------------------------------------------------------------------------------------------------------

const sha256 = (...pieces: (Buffer | string)[]): Buffer =>
  pieces.reduce((hash, piece) => hash.update(piece), createHash('sha256')).digest()

/** RFC 9162, 2.1.1, word for word. */
function treeHash(leaves: readonly Buffer[]): Buffer {
  const [first] = leaves
  if (!first) return sha256('')
  if (leaves.length === 1) return first
  let k = 1
  while (k * 2 < leaves.length) k *= 2
  return sha256(Buffer.from([1]), treeHash(leaves.slice(0, k)), treeHash(leaves.slice(k)))
}

function rootOfFrontier(frontier: Buffer): Buffer {
  const peaks: Buffer[] = []
  for (let at = 0; at < frontier.length; at += 32) peaks.push(frontier.subarray(at, at + 32))
  const last = peaks.pop()
  return last ? peaks.reverse().reduce((right, left) => sha256(Buffer.from([1]), left, right), last) : sha256('')
}

type EntryFields = Record<string, unknown> & { lines: Record<string, string | null>[] }

const entryTexts = `select e.leaf, json_strip_nulls(json_build_object(
    'book', b.code, 'format', 'yiben-entry-1', 'id', 'E' || e.book_id || '-' || e.sequence, 'maker', e.maker,
    'number', e.number::text, 'on', e.booked_on::text, 'period', to_char(e.booked_on, 'YYYY-MM'),
    'recordedAt', to_char(e.recorded_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+08:00',
    'sequence', e.sequence::text, 'summary', e.summary, 'transaction', e.transaction_id, 'type', e.type,
    'approvals', e.approvals, 'documents', e.documents, 'reverses', 'E' || e.book_id || '-' || e.reverses,
    'lines', (select json_agg(json_build_object('account', a.subject, 'basis', (array['financial', 'budget', 'control'])[l.basis],
        'debit', to_char(l.debit_fen / 100.0, 'FM999999999999990.00'), 'credit', to_char(l.credit_fen / 100.0, 'FM999999999999990.00'),
        'memo', l.memo, 'project', a.project, 'source', a.source) order by l.line)
      from line l join account a using (book_id, account) where l.book_id = e.book_id and l.sequence = e.sequence))) as fields
  from entry e join book b using (book_id) where e.book_id = $1 order by e.sequence`

async function judgeProof(client: pg.Client, verdict: Verdict): Promise<void> {
  const heads = await client.query<{ book_id: number; frontier: Buffer }>('select book_id, frontier from book_head')
  for (const { book_id, frontier } of heads.rows) {
    const { rows } = await client.query<{ leaf: Buffer; fields: EntryFields }>(entryTexts, [book_id])
    const wrong = rows.filter(({ leaf, fields }) => !leaf.equals(sha256(Buffer.from([0]), sortedJson(fields))))
    if (wrong.length > 0)
      verdict.faults.push(`leaves of book ${book_id} that are not the hash of their entry: ${wrong.length}`)
    const leaves = rows.map(({ leaf }) => leaf)
    if (!treeHash(leaves).equals(rootOfFrontier(frontier)))
      verdict.faults.push(`root of book ${book_id} is not that of its leaves`)
    const nodes = await client.query<{ level: number; index: string; hash: Buffer }>(
      'select level, index, hash from merkle_node where book_id = $1',
      [book_id],
    )
    const complete = Math.floor(leaves.length / 256) + Math.floor(leaves.length / 65_536)
    if (nodes.rowCount !== complete) verdict.faults.push(`book ${book_id} has ${nodes.rowCount} nodes, not ${complete}`)
    for (const { level, index, hash } of nodes.rows) {
      const [width, at] = [2 ** level, Number(index)]
      if (!treeHash(leaves.slice(at * width, (at + 1) * width)).equals(hash))
        verdict.faults.push(`node ${level}/${index} of book ${book_id}`)
    }
  }
}

/** JSON with its keys in order at every level. */
function sortedJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sortedJson).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${sortedJson(field)}`).join(',')}}`
}
