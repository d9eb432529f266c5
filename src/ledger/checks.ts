/**
 * The books checked again, by a path that shares nothing with the one that posts: plain SQL over the rows, and hashes
 * made from what the rows say. Each check is a name, the promise it tests, and a query that gives the faults, none
 * where the promise holds. A fault names the entry, account or month and both figures.
 *
 * Only the chart is shared (it is what the law says), and the driver. The architecture test keeps it so.
 */
import { hash } from 'node:crypto'
import { byQuery, type Check, type CheckReader, faultsShown, type Finding } from '../base/check.ts'
import type { Database } from '../base/db.ts'
import { chartOf, isStandard } from './chart.ts'

export type CheckState = 'passed' | 'failed' | 'warned' | 'nothing'

export type CheckResult = {
  readonly check: string
  readonly zh: string
  readonly en: string
  readonly ok: boolean
  /** How many things were looked at. */
  readonly looked: number
  /** A check over nothing has neither passed nor failed, nor has one that only warns. */
  readonly state: CheckState
  /** The first few faults. */
  readonly faults: readonly string[]
  readonly warnings: readonly string[]
}

/** Runs every check in turn, and those of other rooms after. A check that cannot run to its end is a failed check. */
export async function* runChecks({ sql }: Database, more: readonly Check[] = []): AsyncGenerator<CheckResult> {
  // One connection of its own, without the time limit of a request: large books take minutes.
  const own = await sql.reserve()
  try {
    await own`set statement_timeout = 0`
    for (const { check, zh, en, run } of [...checks, ...more]) {
      const { looked, faults, warnings = [] } = await inOneSnapshot(own, run)
      const ok = faults.length === 0
      const state = !ok ? 'failed' : warnings.length > 0 ? 'warned' : looked === 0 ? 'nothing' : 'passed'
      const shown = { faults: faults.slice(0, faultsShown), warnings: warnings.slice(0, faultsShown) }
      yield { check, zh, en, ok, state, looked, ...shown }
    }
    await own`reset statement_timeout`
  } finally {
    own.release()
  }
}

// The service posts meanwhile. A check of several statements would compare what stood before with what stands after.
async function inOneSnapshot(own: CheckReader, run: Check['run']): Promise<Finding> {
  await own`begin isolation level repeatable read read only`
  try {
    return await run(own)
  } finally {
    await own`rollback`
  }
}

const entryName = `'E' || book_id || '-' || sequence`

const checks: readonly Check[] = [
  {
    check: 'entries_balance',
    zh: '每张凭证在每套核算中借贷相等',
    en: 'debits equal credits in each basis of every entry',
    run: byQuery(
      'entry',
      `select ${entryName} || ' basis ' || basis || ' differs by ' || sum(coalesce(debit_fen, 0) - coalesce(credit_fen, 0)) as fault
       from line group by book_id, sequence, basis having sum(coalesce(debit_fen, 0) - coalesce(credit_fen, 0)) <> 0`,
    ),
  },
  {
    check: 'entries_whole',
    zh: '每张凭证的行齐全，没有无主的行，行与凭证同日，科目存在且核算基础一致',
    en: 'every entry has all its lines and no line lacks its entry, day or account',
    run: byQuery(
      'line',
      `select coalesce(${entryName.replaceAll('book_id', 'coalesce(e.book_id, l.book_id)').replaceAll('sequence', 'coalesce(e.sequence, l.sequence)')}, '?')
         || ' says ' || coalesce(e.lines::text, 'nothing') || ' lines, has ' || coalesce(l.lines, 0) as fault
       from entry e
       full join (
         select book_id, sequence, count(*) as lines, count(*) filter (where a.basis = l.basis) as sound,
                min(booked_on) as since, max(booked_on) as until
         from line l left join account a using (book_id, account) group by book_id, sequence
       ) l using (book_id, sequence)
       where e.lines is distinct from l.lines or l.sound <> l.lines or l.since <> e.booked_on or l.until <> e.booked_on`,
    ),
  },
  {
    check: 'sequences_dense',
    zh: '各账套的顺序号从 1 起连续无缺，与账头一致',
    en: 'sequences run from 1 without a gap, up to the head',
    run: byQuery(
      'book_head',
      `select 'book ' || h.book_id || ': ' || count(e.sequence) || ' entries from ' || coalesce(min(e.sequence), 0) || ' to '
         || coalesce(max(e.sequence), 0) || ', head at ' || h.sequence as fault
       from book_head h left join entry e using (book_id) group by h.book_id
       having count(e.sequence) <> h.sequence or coalesce(max(e.sequence), 0) <> h.sequence or min(e.sequence) <> 1`,
    ),
  },
  {
    check: 'vouchers_dense',
    zh: '各账套各月凭证号从 1 起连续无缺，不重号',
    en: 'voucher numbers run from 1 without a gap in each book and month',
    run: byQuery(
      'voucher_number',
      `select 'book ' || coalesce(n.book_id, e.book_id) || ' month ' || to_char(coalesce(n.month, e.month), 'YYYY-MM') || ': '
         || coalesce(e.entries, 0) || ' entries, numbers ' || coalesce(e.low, 0) || '–' || coalesce(e.high, 0) || ', counter '
         || coalesce(n.number, 0) as fault
       from voucher_number n
       full join (
         select book_id, date_trunc('month', booked_on)::date as month, count(*) as entries, count(distinct number) as distinct_numbers,
                min(number) as low, max(number) as high
         from entry group by 1, 2
       ) e on e.book_id = n.book_id and e.month = n.month
       where n.number is distinct from e.entries or e.distinct_numbers <> e.entries or e.low <> 1 or e.high <> e.entries`,
    ),
  },
  {
    check: 'recorded_ascending',
    zh: '记账时刻随顺序号严格递增',
    en: 'recorded instants ascend with the sequence',
    run: byQuery(
      'entry',
      `select ${entryName} || ' was recorded at ' || recorded_at || ', the one before at ' || before as fault
       from (select book_id, sequence, recorded_at, lag(recorded_at) over (partition by book_id order by sequence) as before from entry) e
       where recorded_at <= before`,
    ),
  },
  {
    check: 'closing_balances',
    zh: '每日余额等于截至该日各行之和',
    en: 'closing balances equal the sum of all lines up to their day, one for each day with lines',
    run: byQuery(
      'closing',
      `select 'book ' || book_id || ' account ' || account || ' ' || booked_on || ': kept ' || coalesce(c.debit_fen::text, 'nothing') || '/'
         || coalesce(c.credit_fen::text, 'nothing') || ', lines give ' || coalesce(l.debit_fen::text, 'nothing') || '/'
         || coalesce(l.credit_fen::text, 'nothing') || ', sequences ' || coalesce(c.first_sequence || ' to ' || c.last_sequence || ' from ' || c.least_sequence, '-') || ' of '
         || coalesce(l.first_sequence || ' to ' || l.last_sequence || ' from ' || l.least_sequence, '-') || ', floor ' || coalesce(c.floor::text, '-') || ' of ' || coalesce(a.floor::text, '-') as fault
       from closing c
       full join (
         select book_id, account, booked_on, sum(sum(coalesce(debit_fen, 0))) over day as debit_fen,
                sum(sum(coalesce(credit_fen, 0))) over day as credit_fen, min(sequence) as first_sequence,
                max(max(sequence)) over day as last_sequence, min(min(sequence)) over rest as least_sequence
         from line group by book_id, account, booked_on
         window day as (partition by book_id, account order by booked_on), rest as (partition by book_id, account order by booked_on desc)
       ) l using (book_id, account, booked_on)
       left join (
         select book_id, account, case when not guarded then 0 when side = 'debit' then 1 when side = 'credit' then -1 end as floor from account
       ) a using (book_id, account)
       where c.debit_fen is distinct from l.debit_fen or c.credit_fen is distinct from l.credit_fen or c.floor is distinct from a.floor
         or c.first_sequence is distinct from l.first_sequence or c.last_sequence is distinct from l.last_sequence
         or c.least_sequence is distinct from l.least_sequence`,
    ),
  },
  {
    check: 'running_totals',
    zh: '每行所记的当日累计等于该科目当日至该行之和',
    en: 'the running total on every line equals the sum of the day up to it',
    run: byQuery(
      'line',
      `select ${entryName} || ' line ' || line || ' carries ' || day_debit_fen || '/' || day_credit_fen || ', sums to ' || d || '/' || c as fault
       from (
         select book_id, sequence, line, day_debit_fen, day_credit_fen, sum(coalesce(debit_fen, 0)) over day as d,
                sum(coalesce(credit_fen, 0)) over day as c
         from line window day as (partition by book_id, account, booked_on order by sequence, line)
       ) l where d <> day_debit_fen or c <> day_credit_fen`,
    ),
  },
  {
    check: 'guarded_balances',
    zh: '受控科目在任何一日的余额都不为负',
    en: 'no guarded account stands below zero on any day',
    run: byQuery(
      'account',
      `select 'book ' || book_id || ' account ' || subject || ' ' || project || ' ' || source || ' stands at ' || balance || ' fen on ' || booked_on as fault
       from (
         select a.book_id, a.subject, a.project, a.source, l.booked_on,
                sum(sum(case a.side when 'debit' then coalesce(l.debit_fen, 0) - coalesce(l.credit_fen, 0)
                                    else coalesce(l.credit_fen, 0) - coalesce(l.debit_fen, 0) end))
                  over (partition by a.book_id, a.account order by l.booked_on) as balance
         from line l join account a using (book_id, account) where a.guarded
         group by a.book_id, a.account, l.booked_on
       ) b where balance < 0`,
    ),
  },
  {
    check: 'reversals_mirror',
    zh: '红字凭证与原凭证逐行相抵，一张凭证只冲一次，红字不再冲',
    en: 'a red entry mirrors its original line by line, once, and is not reversed itself',
    run: byQuery(
      'entry',
      `select ${entryName.replaceAll('book_id', 'r.book_id').replaceAll('sequence', 'r.sequence')} || ' does not mirror E' || r.book_id || '-' || r.reverses as fault
       from entry r left join entry o on o.book_id = r.book_id and o.sequence = r.reverses
       where r.reverses is not null and (
         o.sequence is null or o.reverses is not null or o.booked_on > r.booked_on or o.lines <> r.lines or exists (
           select from line a full join line b on b.book_id = r.book_id and b.sequence = r.reverses and b.line = a.line
           where a.book_id = r.book_id and a.sequence = r.sequence and
             (a.account, -a.debit_fen, -a.credit_fen, a.counterparty, a.item, a.contract, a.dwelling, a.indicator, a.segment, a.debt, a.memo)
               is distinct from
             (b.account, b.debit_fen, b.credit_fen, b.counterparty, b.item, b.contract, b.dwelling, b.indicator, b.segment, b.debt, b.memo)))`,
    ),
  },
  {
    check: 'receipts_whole',
    zh: '幂等键回执所指的凭证都在，没有凭证无回执，没有一键两用',
    en: 'every receipt has its entries, and every entry its one receipt',
    run: byQuery(
      'receipt',
      `select ${entryName} || ' has ' || receipts || ' receipts' as fault
       from (
         select e.book_id, e.sequence, count(r.key_hash) as receipts
         from entry e left join receipt r on r.book_id = e.book_id and r.sequence = e.sequence
         where e.transaction_id is null group by e.book_id, e.sequence
         union all
         select e.book_id, e.sequence, count(r.key_hash) from entry e left join receipt r on r.transaction_id = e.transaction_id
         where e.transaction_id is not null group by e.book_id, e.sequence
       ) e where receipts <> 1
       union all
       select 'receipt ' || encode(key_hash, 'hex') || ' names what is not there' from receipt r
       where (sequence is not null and not exists (select from entry e where e.book_id = r.book_id and e.sequence = r.sequence))
          or (transaction_id is not null and not exists (select from entry e where e.transaction_id = r.transaction_id))`,
    ),
  },
  {
    check: 'accounts_in_chart',
    zh: '科目都在科目表中，辅助项齐全',
    en: 'accounts agree with their chart',
    run: accountsInChart,
  },
  {
    check: 'closed_months_untouched',
    zh: '结账之后没有凭证记入已结账月份',
    en: 'no entry was recorded into a month closed at that instant',
    run: closedMonthsUntouched,
  },
  {
    check: 'attachments_intact',
    zh: '附件内容与其摘要一致，凭证引用的附件都在',
    en: 'attachments fit their hashes, and those referred to are there',
    run: byQuery(
      'attachment',
      `select 'attachment ' || encode(sha256, 'hex') || ' of book ' || book_id || ' does not fit its hash' as fault
       from attachment where sha256(content) <> sha256
       union all
       select ${entryName.replaceAll('book_id', 'e.book_id').replaceAll('sequence', 'e.sequence')} || ' refers to ' || (d ->> 'sha256') || ', which is not there'
       from entry e cross join lateral jsonb_array_elements(e.documents) d
       where d ? 'sha256' and not exists (
         select from attachment a where a.book_id = e.book_id and a.sha256 = decode(d ->> 'sha256', 'hex'))`,
    ),
  },
  {
    check: 'leaves_and_roots',
    zh: '每张凭证的摘要、账头与每个签名树头的根可由内容重算',
    en: 'every leaf, head and signed root follows from the rows',
    run: leavesAndRoots,
  },
  {
    check: 'acts_chained',
    zh: '结账、反结账、年终结转记录首尾相接',
    en: 'acts on periods are an unbroken chain',
    run: actsChained,
  },
]

async function accountsInChart(sql: CheckReader): Promise<Finding> {
  const rows = await sql<
    {
      book: string
      standard: string | null
      subject: string
      basis: number
      side: string
      guarded: boolean
      given: string[]
    }[]
  >`
    select b.code as book, b.standard, a.subject, a.basis, a.side, a.guarded,
      array_remove(array['project', 'source', case when a.dwelling is not null then 'dwelling' end,
        case when a.segment is not null then 'segment' end, case when a.indicator is not null then 'indicator' end,
        case when a.debt is not null then 'debt' end], null) as given
    from account a left join book b using (book_id)`
  const order = ['financial', 'budget', 'control']
  const faults = rows.flatMap(({ book, standard, subject: code, basis, side, guarded, given }) => {
    const subject = standard !== null && isStandard(standard) ? chartOf(standard).subjects.get(code) : undefined
    if (!subject?.postable) return [`book ${book}: ${code} is not a postable account of ${standard}`]
    const agrees = order[basis - 1] === subject.basis && side === subject.side && guarded === subject.guarded
    const complete = subject.requires.every((dimension) => given.includes(dimension))
    return agrees && complete ? [] : [`book ${book}: account ${code} disagrees with its chart`]
  })
  return { looked: rows.length, faults }
}

type ActBody = { kind: string; month?: string; year?: string; at: string }

async function closedMonthsUntouched(sql: CheckReader): Promise<Finding> {
  const acts = await sql<
    { book_id: number; body: string }[]
  >`select book_id, body from period_act order by book_id, act`
  const closures: { bookId: number; through: string; since: string; until: string }[] = []
  for (const { book_id: bookId, body } of acts) {
    const act = JSON.parse(body) as ActBody
    const open = closures.findLast((closure) => closure.bookId === bookId && closure.until === 'infinity')
    const through = act.kind === 'closed' ? act.month : act.kind === 'carry_over_begun' ? `${act.year}-12` : undefined
    if (through !== undefined && !(open && open.through >= through)) {
      if (open) open.until = act.at
      closures.push({ bookId, through, since: act.at, until: 'infinity' })
    } else if (act.kind === 'reopened' && act.month !== undefined) {
      if (open) open.until = act.at
      closures.push({ bookId, through: monthBefore(act.month), since: act.at, until: 'infinity' })
    }
  }
  const faults: string[] = []
  for (const { bookId, through, since, until } of closures) {
    const rows = await sql<{ fault: string }[]>`
      select 'E' || book_id || '-' || sequence || ' of ' || booked_on || ' was recorded while closed through ' || ${through}::text as fault
      from entry where book_id = ${bookId} and to_char(booked_on, 'YYYY-MM') <= ${through} and type <> 'carry_over'
        and recorded_at > ${since}::timestamptz and recorded_at < ${until}::timestamptz limit ${faultsShown}`
    faults.push(...rows.map(({ fault }) => fault))
  }
  return { looked: closures.length, faults }
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

/** An entry's row as the hash covers it; the field names are those of the published format. */
type LeafRow = {
  sequence: bigint
  leaf: Buffer
  text: Record<string, string | null> & {
    approvals: unknown
    documents: unknown
    lines: Record<string, string | null>[]
  }
}

async function leavesAndRoots(sql: CheckReader): Promise<Finding> {
  const faults: string[] = []
  let looked = 0
  const books = await sql<{ book_id: number; code: string; sequence: bigint; frontier: Buffer }[]>`
    select book_id, code, sequence, frontier from book join book_head using (book_id) order by book_id`
  for (const { book_id: bookId, code, sequence, frontier } of books) {
    const heads = await sql<
      { size: bigint; root: Buffer }[]
    >`select distinct size, root from checkpoint where book_id = ${bookId} order by size`
    const tree = new Peaks()
    const expect = (size: number) => {
      for (const head of heads.filter((candidate) => Number(candidate.size) === size)) {
        if (!head.root.equals(tree.root()))
          faults.push(`book ${code}: the signed root of size ${size} does not follow from the entries`)
      }
    }
    expect(0)
    for await (const rows of leafRows(sql, bookId)) {
      for (const row of rows) {
        const own = hash('sha256', Buffer.concat([Buffer.of(0), Buffer.from(canonical(row.text), 'utf8')]), 'buffer')
        if (!own.equals(row.leaf)) faults.push(`E${bookId}-${row.sequence} does not fit its hash`)
        tree.add(own)
        looked += 1
        expect(tree.size)
      }
    }
    if (tree.size !== Number(sequence) || !Buffer.concat(tree.peaks).equals(frontier)) {
      faults.push(`book ${code}: the head's frontier does not follow from its ${tree.size} entries`)
    }
  }
  return { looked, faults }
}

function leafRows(sql: CheckReader, bookId: number): AsyncIterable<LeafRow[]> {
  const instant = `to_char(e.recorded_at at time zone 'Asia/Shanghai', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+08:00'`
  const yuan = (column: string) =>
    `(case when ${column} < 0 then '-' else '' end || (abs(${column}) / 100)::text || '.' || lpad((abs(${column}) % 100)::text, 2, '0'))`
  return sql<LeafRow[]>`
    select e.sequence, e.leaf, jsonb_build_object(
      'format', case when x.owes then 'yiben-entry-2' else 'yiben-entry-1' end, 'book', b.code, 'id', 'E' || e.book_id || '-' || e.sequence, 'sequence', e.sequence::text,
      'number', e.number::text, 'on', to_char(e.booked_on, 'YYYY-MM-DD'), 'period', to_char(e.booked_on, 'YYYY-MM'),
      'recordedAt', ${sql.unsafe(instant)}, 'type', e.type, 'summary', e.summary, 'maker', e.maker,
      'approvals', e.approvals, 'documents', e.documents, 'transaction', e.transaction_id::text,
      'reverses', 'E' || e.book_id || '-' || e.reverses,
      'lines', x.lines) as text
    from entry e join book b using (book_id) cross join lateral (
      select bool_or(coalesce(a.debt, l.debt) is not null) as owes, jsonb_agg(jsonb_build_object(
          'account', a.subject, 'basis', (array['financial', 'budget', 'control'])[l.basis],
          'debit', case when l.debit_fen is not null then ${sql.unsafe(yuan('l.debit_fen'))} end,
          'credit', case when l.credit_fen is not null then ${sql.unsafe(yuan('l.credit_fen'))} end,
          'project', a.project, 'source', a.source, 'memo', l.memo,
          'counterparty', coalesce(a.counterparty, l.counterparty), 'item', coalesce(a.item, l.item),
          'contract', coalesce(a.contract, l.contract), 'dwelling', coalesce(a.dwelling, l.dwelling),
          'indicator', coalesce(a.indicator, l.indicator), 'segment', coalesce(a.segment, l.segment),
          'debt', coalesce(a.debt, l.debt)) order by l.line) as lines
      from line l join account a using (book_id, account) where l.book_id = e.book_id and l.sequence = e.sequence) x
    where e.book_id = ${bookId} order by e.sequence`.cursor(1000)
}

/**
 * JSON with keys in code-unit order and nothing that is null: the published form, written here a second time on
 * purpose.
 */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const fields = Object.entries(value).filter(([, part]) => part !== null)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`
}

/** A Merkle tree as the roots of its complete subtrees: RFC 9162, written here a second time on purpose. */
class Peaks {
  size = 0
  peaks: Buffer[] = []

  add(leaf: Buffer): void {
    let node = leaf
    for (let bit = 1; this.size & bit; bit <<= 1) node = this.#join(this.peaks.pop(), node)
    this.peaks.push(node)
    this.size += 1
  }

  root(): Buffer {
    let node = this.peaks.at(-1)
    if (!node) return hash('sha256', '', 'buffer')
    for (let i = this.peaks.length - 2; i >= 0; i--) node = this.#join(this.peaks[i], node)
    return node
  }

  #join(left: Buffer | undefined, right: Buffer): Buffer {
    return hash('sha256', Buffer.concat([Buffer.of(1), left ?? Buffer.alloc(0), right]), 'buffer')
  }
}

async function actsChained(sql: CheckReader): Promise<Finding> {
  const acts = await sql<{ book_id: number; act: number; body: string; hash: Buffer }[]>`
    select book_id, act, body, hash from period_act order by book_id, act`
  const heads = await sql<
    { book_id: number; acts: number; acts_hash: Buffer }[]
  >`select book_id, acts, acts_hash from book_head`
  const faults: string[] = []
  for (const head of heads) {
    let before: Buffer = Buffer.alloc(0)
    const own = acts.filter(({ book_id }) => book_id === head.book_id)
    own.forEach((act, index) => {
      const expected = hash('sha256', Buffer.concat([before, Buffer.from(act.body, 'utf8')]), 'buffer')
      if (act.act !== index + 1 || !expected.equals(act.hash))
        faults.push(`act ${act.act} of book ${head.book_id} breaks the chain`)
      before = act.hash
    })
    if (own.length !== head.acts || !before.equals(head.acts_hash))
      faults.push(`the head of book ${head.book_id} does not end its acts`)
  }
  return { looked: acts.length, faults }
}
