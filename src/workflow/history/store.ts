/**
 * The SQL of history: everything that touched a thing, gathered from the records that each act leaves, and from nothing
 * written for it alone. A noun that is registered here says what belongs to it; what happened to all of that, who
 * decided it and what was posted by it follow for every noun alike.
 */
import type { Office } from '../../approvals/approval.ts'
import { type Instant, instantText } from '../../base/calendar.ts'
import { instantColumn, type Reader, rowsOf } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'

type Belonging = {
  /**
   * What belongs to a thing beside itself, as SQL that gives noun and id. `$1` is its id, `$2` the only district that
   * is seen, null for all.
   */
  readonly things?: readonly string[]
  /** How the subjects of approvals about it begin, beside its own `noun:id`; `$1` is its id. */
  readonly subjects?: readonly string[]
  /** The dimension of the books under which its money stands. */
  readonly dimension?: 'indicator' | 'project'
}

/** Is called so, or so with more behind a colon; ';' is what follows ':'. */
const named = (column: string, name: string): string =>
  `(${column} collate "C" = ${name} or ${column} collate "C" > ${name} || ':' and ${column} collate "C" < ${name} || ';')`
const seen = (district: string): string => `($2::text is null or ${district} = $2)`

const ofReleases = (which: string): readonly string[] => [
  `select 'release', 'R-' || r.release_id from release r where ${which} and ${seen('r.district')}`,
  `select 'clawback', 'B-' || b.clawback_id from release r join clawback b using (release_id) where ${which} and ${seen('r.district')}`,
  `select 'settlement', 'T-' || s.settlement_id from release r join clawback b using (release_id)
     join claim_settlement s using (clawback_id) where ${which} and ${seen('r.district')}`,
]
const ofCommitments = (column: string): string =>
  `select 'commitment', 'C-' || c.commitment_id from commitment c where c.${column} = $1 and ${seen('c.district')}`
const supplements = `select 'allocation', a.allocation from allocation a where a.supplements = $1 and ${seen('a.district')}`

const belonging = {
  indicator: {
    things: [
      `select 'indicator', i.indicator from indicator i where i.parent = $1 and ${seen('i.district')}`,
      `select 'allocation', a.allocation from allocation a where a.indicator = $1 and ${seen('a.district')}`,
      ...ofReleases(`r.allocation in (select a.allocation from allocation a where a.indicator = $1)`),
      ofCommitments('indicator'),
    ],
    subjects: [`'indicator_renewal:' || $1`],
    dimension: 'indicator',
  },
  project: {
    things: [
      `select 'funding_plan', v.project || '/' || v.version from funding_plan_version v where v.project = $1`,
      ...ofReleases(`exists (select from release_part p where p.release_id = r.release_id and p.project = $1)`),
      ofCommitments('project'),
    ],
    subjects: [`'plan:' || $1`, `'advance:' || $1`, `'project_fact:' || $1`],
    dimension: 'project',
  },
  allocation: { things: [supplements, ...ofReleases('r.allocation = $1')] },
  release: { things: ofReleases(`r.release_id = substr($1, 3)::bigint`) },
  commitment: {},
  community: { subjects: [`'community_fact:' || $1`] },
  plan: {},
  cash_plan: { subjects: [`'cash_plan:' || $1`] },
} as const satisfies Readonly<Record<string, Belonging>>

export type HistoryNoun = keyof typeof belonging
const historyNouns = Object.keys(belonging) as HistoryNoun[]

type What = 'act' | 'decision' | 'entry'
export type HistoryRow = {
  readonly at: Instant
  readonly key: string
  readonly what: What
  readonly noun: string
  readonly id: string
  readonly version: number | null
  readonly verb: string
  readonly person: string
  readonly body: Json
}

export type HistoryPlace = { readonly at: Instant; readonly key: string }
type Asked = {
  readonly noun: HistoryNoun
  readonly id: string
  readonly district: string | undefined
  /** The only office whose decisions are seen; absent: every one's. */
  readonly office: Office | undefined
  readonly after: HistoryPlace | undefined
  readonly limit: number
}

/**
 * What happened after a place, by the instant it was recorded. What an approval brought about is told of whoever gave
 * the decision that brought it about: the maker only asked.
 */
export function readHistory(
  reader: Reader,
  { noun, id, district, office, after, limit }: Asked,
): Promise<HistoryRow[]> {
  const place = [after ? instantText(after.at) : null, after?.key ?? null]
  const values = [id, district ?? null, ...place, limit, office ?? null]
  return rowsOf<HistoryRow>(reader, texts[noun], values)
}

function textOf(noun: HistoryNoun): string {
  const { things = [], subjects = [], dimension }: Belonging = belonging[noun]
  const posted = `select e.* from effects f join entry_effect x on ${named('x.effect', 'f.effect')} join entry e using (book_id, sequence)`
  const held = `select e.* from (
         select distinct l.book_id, l.sequence from account a join line l on l.book_id = a.book_id and l.account = a.account
         where a.${dimension} = $1${dimension === 'indicator' ? ` union select l.book_id, l.sequence from line l where l.indicator = $1` : ''}) p
       join entry e using (book_id, sequence)`
  return `
  with things (noun, id) as (${[`select '${noun}', $1::text`, ...things].join('\n union ')}),
  acts as (
    select c.* from things t join change c on c.id = t.id and c.noun = t.noun),
  subjects (subject) as (
    select t.noun || ':' || t.id from things t${subjects.map((subject) => `\n union select ${subject}`).join('')}),
  approvals as (
    select a.approval_id, a.kind from approval a
    where a.approval_id in (select substr(c.body ->> 'approval', 3)::bigint from acts c where c.body ->> 'approval' ~ '^A-[0-9]+$')
    union
    select a.approval_id, a.kind from subjects s join approval a on ${named('a.subject', 's.subject')} where ${seen('a.district')}),
  effects (effect) as (
    select a.kind || ':A-' || a.approval_id from approvals a
    union select 'recovery:A-' || a.approval_id from approvals a
    union select t.noun || ':' || t.id from things t where t.noun <> 'community'),
  entries as (${[posted, ...(dimension ? [held] : [])].join('\n union ')}),
  events as (
    select c.at, '2/' || c.noun || '/' || c.id || '/' || lpad(c.version::text, 9, '0') as mark, 'act' as what, c.noun, c.id, c.version, c.verb,
           coalesce((select d.person from approval_decision d where 'A-' || d.approval_id = c.body ->> 'approval' and d.step > 1
                     and d.decided_at = c.at order by d.step desc limit 1), c.person) as person, c.body
    from acts c
    -- A district sees its share of a city's allocation, and not how the city came to it.
    where c.noun <> 'allocation' or exists (select from allocation a where a.allocation = c.id and ${seen('a.district')})
    union all
    select d.decided_at, '1/' || lpad(d.approval_id::text, 19, '0') || '/' || lpad(d.step::text, 5, '0'), 'decision', 'approval',
           'A-' || d.approval_id, d.step, d.decision, d.person,
           jsonb_strip_nulls(jsonb_build_object('kind', a.kind, 'summary', p.summary, 'actingFor', d.acting_for, 'reason', d.reason))
    from approvals a join approval_decision d using (approval_id) join approval p using (approval_id)
    where ${seen('p.district')} and ($6::text is null or p.office = $6)
    union all
    select e.recorded_at, '3/' || lpad(e.book_id::text, 9, '0') || '/' || lpad(e.sequence::text, 15, '0'), 'entry', 'entry',
           'E' || e.book_id || '-' || e.sequence, null, case when e.reverses is null then 'posted' else 'reversed' end, e.maker,
           jsonb_strip_nulls(jsonb_build_object('book', b.code, 'on', e.booked_on, 'number', e.number, 'summary', e.summary,
             'reverses', 'E' || e.book_id || '-' || e.reverses, 'transaction', e.transaction_id))
    from entries e join book b using (book_id) where ${seen('b.district')})
  select ${instantColumn('at')} as at, mark as key, what, noun, id, version, verb, person, body from events
  where $3::timestamptz is null or (events.at, events.mark) > ($3::timestamptz, $4::text)
  order by events.at, events.mark limit $5`
}

const texts: Readonly<Record<HistoryNoun, string>> = Object.fromEntries(
  historyNouns.map((noun) => [noun, textOf(noun)]),
) as Record<HistoryNoun, string>
