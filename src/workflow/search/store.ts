/** The SQL of search: what is called exactly so, or begins so, each kind by its own keys and names. */
import type { Office } from '../../approvals/approval.ts'
import { type Reader, rowsOf } from '../../base/db.ts'

export type Found = { readonly id: string; readonly name: string; readonly district: string | null }

type Asked = {
  readonly q: string
  /** Of the only district, and the only office, that is seen; absent: all. */
  readonly district: string | undefined
  readonly office: Office | undefined
  readonly most: number
}

// `$1` what is looked for, `$2` the same as a beginning, `$3` the district, `$4` how many, `$5` the office. What is
// called exactly so comes first.
const begins = (code: string, name: string): string =>
  `(lower(${code}) like lower($2) escape '!' or ${name} like $2 escape '!')`
const seen = (district: string): string => `($3::text is null or ${district} = $3)`
const named = (table: string, code: string, name: string, sees = seen('t.district')): string => `
  select t.${code} as id, t.${name} as name, t.district from ${table} t
  where ${begins(`t.${code}`, `t.${name}`)} and ${sees} order by lower(t.${code}) <> lower($1), t.${code} limit $4`

// Of the city's allocations a district sees those approved that give it something.
const seesAllocation = `(${seen('t.district')} or (t.district is null and t.state = 'approved' and exists (
    select from allocation_share s
    where s.allocation = t.allocation and s.version = t.version and s.district = $3)))`

const byName = {
  project: named('project', 'project', 'name'),
  community: named('community', 'community', 'name'),
  book: named('book', 'code', 'name'),
  indicator: named('indicator', 'indicator', 'document_number'),
  allocation: named('allocation', 'allocation', 'programme', seesAllocation),
} as const
export type NamedNoun = keyof typeof byName

/** A pattern that means the text itself, and what begins with it. */
const patternOf = (q: string): string => `${q.replaceAll(/[!%_]/g, (character) => `!${character}`)}%`

export const readNamed = (reader: Reader, noun: NamedNoun, { q, district, most }: Asked): Promise<Found[]> =>
  rowsOf<Found>(reader, byName[noun], [q, patternOf(q), district ?? null, most])

// Things that are called by a number, and those that are about what is called so.
const numberedTexts = {
  approval: `select 'A-' || approval_id as id, summary as name, district from approval
    where (approval_id = $1::bigint or subject = $2 or right(subject, length($2) + 1) = ':' || $2) and ${seen('district')}
      and ($5::text is null or office = $5)
    order by approval_id desc limit $4`,
  release: `select 'R-' || release_id as id, allocation || ' ' || district as name, district from release
    where (release_id = $1::bigint or allocation = $2) and ${seen('district')} order by release_id desc limit $4`,
} as const
export type NumberedNoun = keyof typeof numberedTexts

export const readNumbered = (
  reader: Reader,
  noun: NumberedNoun,
  { q, district, office, most }: Asked,
  number: bigint | undefined,
): Promise<Found[]> =>
  rowsOf<Found>(reader, numberedTexts[noun], [
    number?.toString() ?? null,
    q,
    district ?? null,
    most,
    ...(noun === 'approval' ? [office ?? null] : []),
  ])
