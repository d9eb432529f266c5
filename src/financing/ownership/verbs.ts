/**
 * The verbs of mixed ownership (央产“双纳入”, clause 32): setting areas and channels, and splitting certificates. What is
 * paid for each class is in channels.ts. The project is locked first.
 */
import type * as z from 'zod'
import { refuseRepeated } from '../../base/keyed.ts'
import { inWords } from '../../base/refusal.ts'
import { assert } from '../../base/assert.ts'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { type Fen, formatFen, sumFen } from '../../base/money.ts'
import { entryId } from '../../ledger/leaf.ts'
import { verb } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { type Ownership, ownershipNamesZh, ownerships } from '../../projects/community/community.ts'
import { readProjectFacts } from '../../projects/project/facts.ts'
import { lockProject } from '../../projects/project/store.ts'
import { certificateDraft } from '../entries.ts'
import { inProject } from '../forms.ts'
import { requireChannelKind } from '../plan/rules.ts'
import { moneyBookOf } from '../plan/standing.ts'
import { refuse } from '../refusals.ts'
import { type CertificateView, newOwnership, newSharedCertificate, type OwnershipGiven, splitView } from './forms.ts'
import { nextSplit, type OwnershipKey } from './ownership.ts'
import {
  certificateStands,
  certifiedUnder,
  certificateProvedBy,
  insertCertificate,
  insertScheme,
  type NewCertificate,
  ownershipScheme,
  type OwnershipScheme,
} from './store.ts'

// --- Areas and channels ---------------------------------------------------------------------------------------------

type Channels = OwnershipGiven['channels']

/**
 * Sets by which areas a project's common cost is split, and which source pays whose part. Areas are the registry's, or
 * stated with a document.
 */
export const setOwnership = verb({
  kind: 'ownership.set',
  right: 'plan.manage',
  of: inProject,
  form: newOwnership,
  refuses: [
    'project_not_found',
    'channel_source_wrong',
    'ownership_areas_missing',
    'ownership_channel_missing',
    'idempotency_key_reused',
  ],
  content: ({ project, channels, document = null }) => ({
    project,
    channels: channels.map(({ ownership, source, party = null, area: areaDm2 }) => ({
      ownership,
      source,
      party,
      areaDm2: areaDm2?.toString() ?? null,
    })),
    document,
  }),
  work: async ({ tx, at, today, actor }, { project, channels, document }) => {
    await lockProject(tx, actor, project)
    const law = lawOn(today)
    for (const { ownership, source } of channels) requireChannelKind(ownership, source, law)
    const keys = document ? statedKeys(project, channels) : await registryKeys(tx, project, channels, today)
    const standing = await ownershipScheme(tx, project)
    const scheme: OwnershipScheme = {
      project,
      scheme: (standing?.scheme ?? 0) + 1,
      basis: document ? 'stated' : 'registry',
      document: document ?? null,
      madeBy: actor.person,
      keys,
    }
    await insertScheme(tx, scheme, at)
    return splitView(scheme)
  },
})

function statedKeys(project: string, channels: Channels): OwnershipKey[] {
  const keys = channels.flatMap(({ area: areaDm2 = 0n, ...channel }) => (areaDm2 > 0n ? [{ ...channel, areaDm2 }] : []))
  if (keys.length === 0) throw refuse('ownership_areas_missing', { project })
  return keys
}

async function registryKeys(tx: Tx, project: string, channels: Channels, asOf: Day): Promise<OwnershipKey[]> {
  const [facts] = await readProjectFacts(tx, { projects: [project], asOf })
  assert(facts, 'a project that is locked has facts')
  const areaOf = (ownership: Ownership): bigint => facts.ownershipDm2[ownership]
  const owned = ownerships.filter((ownership) => areaOf(ownership) > 0n)
  if (owned.length === 0) throw refuse('ownership_areas_missing', { project })
  const missing = owned.find((ownership) => !channels.some((channel) => channel.ownership === ownership))
  if (missing) throw refuse('ownership_channel_missing', { project, ownership: inWords(ownershipNamesZh, missing) })
  // In the order the channels were given: of equal remainders the earlier takes the fen.
  return channels
    .filter(({ ownership }) => owned.includes(ownership))
    .map(({ area: _, ...channel }) => ({ ...channel, areaDm2: areaOf(channel.ownership) }))
}

// --- Certificates ---------------------------------------------------------------------------------------------------

/** Splits a certificate by its running total (O-14) and posts each class's part on its own channel (J19). */
export const certifyShares = verb({
  kind: 'ownership.certify',
  right: 'plan.manage',
  of: inProject,
  form: newSharedCertificate,
  refuses: [
    'project_not_found',
    'ownership_not_set',
    'certificate_recorded',
    'looks_repeated',
    'project_book_missing',
    'period_closed',
    'idempotency_key_reused',
  ],
  content: ({ amount, contract = null, ...rest }) => ({ ...rest, contract, amount: formatFen(amount) }),
  work: async ({ ledger, tx, at, post, actor }, { project, amount, confirmed = [], ...given }) => {
    const row = await lockProject(tx, actor, project)
    const { scheme, keys } = await schemeOf(tx, project)
    if (await certificateStands(tx, project, given.certificate)) {
      throw refuse('certificate_recorded', { project, certificate: given.certificate })
    }
    if (!confirmed.includes('looks_repeated')) await requireNewEvidence(tx, project, given)
    const before = await certifiedUnder(tx, project, scheme)
    const amounts = nextSplit(before, amount, keys)
    const sofar = runningTotals(before, keys)
    const parts = amounts.map((part, index) => ({ ...part, cumulativeFen: (sofar[index] ?? 0n) + part.amountFen }))
    const facts = { on: given.on, summary: `进度款按产权分摊 ${given.certificate}`, documents: [given.document] }
    const draft = certificateDraft(project, keys, parts, {
      ...facts,
      certificate: given.certificate,
      contract: given.contract,
    })
    const [entry] = await post({
      key: `ownership-certificate:${project}:${given.certificate}`,
      maker: actor.person,
      approvals: [],
      entries: [{ book: await moneyBookOf(ledger, row), draft }],
    })
    assert(entry, 'a certificate posts an entry')
    const posted = { entry: entryId(entry.bookId, entry.sequence), person: actor.person, at }
    const split = { project, scheme, amountFen: amount, beforeFen: sumFen(before), parts }
    const made: NewCertificate = { ...given, ...split, ...posted }
    return certificateView(made, await insertCertificate(tx, made), keys)
  },
})

/** One file is evidence of one certificate, unless whoever records it says that it holds two. */
async function requireNewEvidence(tx: Tx, project: string, { certificate, document }: Certified): Promise<void> {
  const { sha256 } = document
  const first = sha256 === undefined ? undefined : await certificateProvedBy(tx, sha256)
  if (first === undefined) return
  const what = {
    zh: `项目 ${project} 进度款 ${certificate} 的凭据文件 ${sha256}`,
    en: `The file ${sha256} that proves certificate ${certificate} of project ${project}`,
  }
  throw refuseRepeated('looks_repeated', { what, first })
}

type Certified = Pick<z.output<typeof newSharedCertificate>, 'certificate' | 'document'>

function runningTotals(before: readonly Fen[], keys: readonly OwnershipKey[]): Fen[] {
  const sums = keys.map(() => 0n)
  before.forEach((amountFen, index) => {
    nextSplit(before.slice(0, index), amountFen, keys).forEach((part, place) => {
      sums[place] = (sums[place] ?? 0n) + part.amountFen
    })
  })
  return sums
}

/** Refuses `ownership_not_set`. */
export async function schemeOf(tx: Tx, project: string): Promise<OwnershipScheme> {
  const scheme = await ownershipScheme(tx, project)
  if (!scheme) throw refuse('ownership_not_set', { project })
  return scheme
}

function certificateView(made: NewCertificate, sequence: number, keys: readonly OwnershipKey[]): CertificateView {
  return {
    project: made.project,
    sequence,
    certificate: made.certificate,
    amount: formatFen(made.amountFen),
    cumulative: formatFen(made.beforeFen + made.amountFen),
    entry: made.entry,
    parts: made.parts.map(({ ownership, amountFen, cumulativeFen }, index) => ({
      ownership,
      source: keys[index]?.source ?? '',
      amount: formatFen(amountFen),
      cumulative: formatFen(cumulativeFen),
    })),
  }
}
