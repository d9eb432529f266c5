/**
 * The SQL of mixed ownership and of owners' contributions: what was split, what each channel paid, what each dwelling
 * gave.
 */
import { asc, desc } from 'drizzle-orm'
import type { Day, Instant } from '../../base/calendar.ts'
import { only, type Reader, rowsOf, type Sql, type Tx } from '../../base/db.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import { matching, prepared, recordOf, written } from '../../base/drizzle/queries.ts'
import type { Ownership } from '../../projects/community/community.ts'
import {
  channelMovements as movements,
  ownershipCertificates as certificates,
  ownershipKeys as keyTable,
  ownershipSchemes as schemes,
} from '../tables.ts'
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

export type SchemeBasis = 'registry' | 'stated'

export type OwnershipScheme = {
  readonly project: string
  readonly scheme: number
  readonly basis: SchemeBasis
  readonly document: Json
  readonly madeBy: string
  readonly keys: readonly OwnershipKey[]
}

const latestScheme = prepared((on, given) =>
  on.select().from(schemes).where(matching(schemes, given)).orderBy(desc(schemes.scheme)).limit(1),
)
const keysOf = prepared((on, given) =>
  on
    .select({
      ownership: keyTable.ownership,
      areaDm2: keyTable.areaDm2,
      source: keyTable.source,
      party: keyTable.party,
    })
    .from(keyTable)
    .where(matching(keyTable, given))
    .orderBy(asc(keyTable.place)),
)

/** The latest scheme: it splits every certificate from now on. */
export async function ownershipScheme(reader: Reader, project: string): Promise<OwnershipScheme | undefined> {
  const [row] = await latestScheme(reader, { project })
  if (!row) return undefined
  const { madeAt: _, ...scheme } = row
  return { ...scheme, keys: (await keysOf(reader, { project, scheme: row.scheme })).map(recordOf) }
}

const insertingScheme = prepared((on, given) => on.insert(schemes).values(written(schemes, given)))

export async function insertScheme(tx: Tx, given: OwnershipScheme, at: Instant): Promise<void> {
  const { keys, ...row } = given
  const { project, scheme } = row
  await insertingScheme(tx, { ...row, madeAt: at })
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

const certified = prepared((on, given) =>
  on
    .select({ amountFen: certificates.amountFen })
    .from(certificates)
    .where(matching(certificates, given))
    .orderBy(asc(certificates.sequence)),
)

/** Amounts of the certificates split under a scheme, in order. */
export const certifiedUnder = async (tx: Tx, project: string, scheme: number): Promise<Fen[]> =>
  (await certified(tx, { project, scheme })).map(({ amountFen }) => amountFen)

export type CertificateGiven = {
  readonly certificate: string
  readonly amountFen: Fen
  readonly contract?: string | undefined
  readonly document: Json
  readonly on: Day
}

/** Whether a certificate of this number stands already. */
export const certificateStands = async (tx: Tx, project: string, certificate: string): Promise<boolean> =>
  (await certified(tx, { project, certificate })).length > 0

/** The certificate whose evidence a file is already, if it is any's. */
export async function certificateProvedBy(tx: Tx, sha256: string): Promise<string | undefined> {
  const [row] = await tx.query<{ first: string }>(
    `select project || ' ' || certificate as first from ownership_certificate
     where document ->> 'sha256' = $1 order by recorded_at limit 1`,
    [sha256],
  )
  return row?.first
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

const insertingCertificate = prepared((on, given) => on.insert(certificates).values(written(certificates, given)))

export async function insertCertificate(tx: Tx, given: NewCertificate): Promise<number> {
  const sequence = await nextOf(tx, 'ownership_certificate', given.project)
  const { parts: _, beforeFen, person: recordedBy, at: recordedAt, ...row } = given
  const cumulativeFen = beforeFen + given.amountFen
  await insertingCertificate(tx, { ...row, sequence, cumulativeFen, recordedBy, recordedAt })
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

/**
 * Where the part of each class stands: what was certified, paid, is due from its unit, and what other money stood in
 * with.
 */
export type ChannelStanding = {
  readonly ownership: Ownership
  readonly certifiedFen: Fen
  readonly paidFen: Fen
  readonly dueFen: Fen
  readonly advanced: readonly { readonly payer: string; readonly openFen: Fen }[]
}

type StandingRow = { ownership: Ownership; kind: string; payer: string | null; fen: bigint }

const standingText = `
  select ownership, 'certified' as kind, null as payer, sum(amount_fen) as fen from ownership_split where project = $1 group by ownership
  union all
  select ownership, kind, payer, sum(amount_fen) from channel_movement where project = $1 group by ownership, kind, payer
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

const insertingMovement = prepared((on, given) => on.insert(movements).values(written(movements, given)))

export async function insertChannelMovement(tx: Tx, project: string, given: ChannelMovement): Promise<number> {
  const sequence = await nextOf(tx, 'channel_movement', project)
  const { person: recordedBy, at: recordedAt, ...moved } = given
  await insertingMovement(tx, { project, sequence, ...moved, recordedBy, recordedAt })
  return sequence
}
