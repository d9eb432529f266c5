/** The SQL of mixed ownership and of owners' contributions: what was split, what each channel paid, what each dwelling gave. */
import { type Day, type Instant, instantText } from '../../base/calendar.ts'
import { only, type Reader, type Row, rowsOf, type Sql, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import type { Ownership } from '../../projects/community/community.ts'
import type { ClassAmount, OwnershipKey } from './ownership.ts'

type Table = 'ownership_certificate' | 'channel_movement' | 'owner_movement'

/** The next number within a project of what is only added to; the project is locked. */
export async function nextOf(tx: Tx, table: Table, project: string): Promise<number> {
  const { next } = only(
    await tx.query<{ next: number }>(
      `select coalesce(max(sequence), 0)::int + 1 as next from ${table} where project = $1`,
      [project],
    ),
  )
  return next
}

// --- The split ------------------------------------------------------------------------------------------------------

export type OwnershipScheme = {
  readonly project: string
  readonly scheme: number
  readonly basis: 'registry' | 'stated'
  readonly document: Json
  readonly madeBy: string
  readonly keys: readonly OwnershipKey[]
}

type SchemeRow = Row & { scheme: number; basis: 'registry' | 'stated'; document: Json; made_by: string }
type KeyRow = Row & { ownership: Ownership; area_dm2: bigint; source: string; party: string | null }

const schemeText = `select scheme, basis, document, made_by from ownership_scheme where project = $1 order by scheme desc limit 1`
const keysText = `select ownership, area_dm2, source, party from ownership_key where project = $1 and scheme = $2 order by place`

/** The latest scheme: it splits every certificate from now on. */
export async function ownershipScheme(reader: Reader, project: string): Promise<OwnershipScheme | undefined> {
  const [row] = await rowsOf<SchemeRow>(reader, schemeText, [project])
  if (!row) return undefined
  const { made_by: madeBy, scheme, basis, document } = row
  const keys = (await rowsOf<KeyRow>(reader, keysText, [project, scheme])).map(
    ({ ownership, area_dm2: areaDm2, source, party }) => ({
      ownership,
      areaDm2,
      source,
      ...(party !== null && { party }),
    }),
  )
  return { project, scheme, basis, document, madeBy, keys }
}

export async function insertScheme(tx: Tx, given: OwnershipScheme, at: Instant): Promise<void> {
  const { project, scheme, basis, document, madeBy, keys } = given
  await tx.query(
    'insert into ownership_scheme (project, scheme, basis, document, made_by, made_at) values ($1, $2, $3, $4, $5, $6)',
    [project, scheme, basis, document === null ? null : JSON.stringify(document), madeBy, instantText(at)],
  )
  await tx.query(
    `insert into ownership_key (project, scheme, place, ownership, area_dm2, source, party)
     select $1, $2, g.* from unnest($3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[]) g`,
    [
      project,
      scheme,
      keys.map((_, index) => index + 1),
      keys.map(({ ownership }) => ownership),
      keys.map(({ areaDm2 }) => areaDm2.toString()),
      keys.map(({ source }) => source),
      keys.map(({ party = null }) => party),
    ],
  )
}

/** Amounts of the certificates split under a scheme, in order. */
export async function certifiedUnder(tx: Tx, project: string, scheme: number): Promise<Fen[]> {
  const rows = await tx.query<{ fen: bigint }>(
    'select amount_fen as fen from ownership_certificate where project = $1 and scheme = $2 order by sequence',
    [project, scheme],
  )
  return rows.map(({ fen }) => fen)
}

export type CertificateGiven = {
  readonly certificate: string
  readonly amountFen: Fen
  readonly contract?: string | undefined
  readonly document: Json
  readonly on: Day
}

/** Whether a certificate of this number stands already. */
export async function certificateStands(tx: Tx, project: string, certificate: string): Promise<boolean> {
  const rows = await tx.query('select 1 from ownership_certificate where certificate = $1 and project = $2', [
    certificate,
    project,
  ])
  return rows.length > 0
}

export type NewCertificate = CertificateGiven & {
  readonly project: string
  readonly scheme: number
  readonly beforeFen: Fen
  readonly parts: readonly (ClassAmount & { readonly cumulativeFen: Fen })[]
  readonly entry: string
  readonly person: string
  readonly at: Instant
}

export async function insertCertificate(tx: Tx, given: NewCertificate): Promise<number> {
  const sequence = await nextOf(tx, 'ownership_certificate', given.project)
  await tx.query(
    `insert into ownership_certificate (project, sequence, certificate, scheme, contract, amount_fen, cumulative_fen, document, on_day, entry,
       recorded_by, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      given.project,
      sequence,
      given.certificate,
      given.scheme,
      given.contract ?? null,
      given.amountFen.toString(),
      (given.beforeFen + given.amountFen).toString(),
      JSON.stringify(given.document),
      given.on,
      given.entry,
      given.person,
      instantText(given.at),
    ],
  )
  await tx.query(
    `insert into ownership_split (project, sequence, ownership, amount_fen, cumulative_fen)
     select $1, $2, g.* from unnest($3::text[], $4::bigint[], $5::bigint[]) g`,
    [
      given.project,
      sequence,
      given.parts.map(({ ownership }) => ownership),
      given.parts.map(({ amountFen }) => amountFen.toString()),
      given.parts.map(({ cumulativeFen }) => cumulativeFen.toString()),
    ],
  )
  return sequence
}

export type CertificateRow = {
  readonly sequence: number
  readonly certificate: string
  readonly scheme: number
  readonly amount_fen: bigint
  readonly cumulative_fen: bigint
  readonly document: Json
  readonly on_day: string
  readonly entry: string
  readonly recorded_by: string
  readonly parts: { ownership: Ownership; amount: string; cumulative: string; area: string }[]
}

/** Certificates with their parts and the keys they were split by, in order. */
export async function certificatesOf(sql: Sql, project: string): Promise<CertificateRow[]> {
  return sql<CertificateRow[]>`
    select c.sequence, c.certificate, c.scheme, c.amount_fen, c.cumulative_fen, c.document, c.on_day, c.entry, c.recorded_by,
      (select jsonb_agg(jsonb_build_object('ownership', s.ownership, 'amount', s.amount_fen::text, 'cumulative', s.cumulative_fen::text,
                'area', k.area_dm2::text) order by k.place)
       from ownership_split s join ownership_key k on k.project = s.project and k.scheme = c.scheme and k.ownership = s.ownership
       where s.project = c.project and s.sequence = c.sequence) as parts
    from ownership_certificate c where c.project = ${project} order by c.sequence`
}

// --- Channels -------------------------------------------------------------------------------------------------------

export type ChannelKind = 'payment' | 'due' | 'receipt' | 'advance' | 'recovery'

/** Where the part of each class stands: what was certified, paid, is due from its unit, and what other money stood in with. */
export type ChannelStanding = {
  readonly ownership: Ownership
  readonly certifiedFen: Fen
  readonly paidFen: Fen
  readonly dueFen: Fen
  readonly advanced: readonly { readonly payer: string; readonly openFen: Fen }[]
}

type StandingRow = Row & { ownership: Ownership; kind: string; payer: string | null; fen: bigint }

const standingText = `
  select ownership, 'certified' as kind, null as payer, sum(amount_fen)::bigint as fen from ownership_split where project = $1 group by ownership
  union all
  select ownership, kind, payer, sum(amount_fen)::bigint from channel_movement where project = $1 group by ownership, kind, payer
  order by 1, 2, 3`

export async function channelStandings(reader: Reader, project: string): Promise<ChannelStanding[]> {
  const rows = await rowsOf<StandingRow>(reader, standingText, [project])
  return [...new Set(rows.map(({ ownership }) => ownership))].map((ownership) => {
    const of = (kind: string, payer?: string): Fen =>
      rows.reduce(
        (sum, row) =>
          row.ownership === ownership && row.kind === kind && (payer === undefined || row.payer === payer)
            ? sum + row.fen
            : sum,
        0n,
      )
    const payers = new Set(rows.flatMap((row) => (row.ownership === ownership ? (row.payer ?? []) : [])))
    return {
      ownership,
      certifiedFen: of('certified'),
      // What other money stood in with is paid, too.
      paidFen: of('payment') + of('advance'),
      dueFen: of('due') - of('receipt'),
      advanced: [...payers].map((payer) => ({ payer, openFen: of('advance', payer) - of('recovery', payer) })),
    }
  })
}

export type ChannelMovement = {
  readonly kind: ChannelKind
  readonly ownership: Ownership
  readonly source: string
  readonly payer?: string | undefined
  readonly party?: string | undefined
  readonly amountFen: Fen
  readonly document: Json
  readonly on: Day
  readonly person: string
  readonly at: Instant
}

export async function insertChannelMovement(tx: Tx, project: string, given: ChannelMovement): Promise<number> {
  const sequence = await nextOf(tx, 'channel_movement', project)
  await tx.query(
    `insert into channel_movement (project, sequence, kind, ownership, source, payer, party, amount_fen, document, on_day, recorded_by,
       recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      project,
      sequence,
      given.kind,
      given.ownership,
      given.source,
      given.payer ?? null,
      given.party ?? null,
      given.amountFen.toString(),
      JSON.stringify(given.document),
      given.on,
      given.person,
      instantText(given.at),
    ],
  )
  return sequence
}
