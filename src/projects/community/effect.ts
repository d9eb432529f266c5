/**
 * Who governs a community and what its owners promised, from which day: facts of the score (clauses 27, 29, 30). What a
 * machine client brings of them stands at once; what a person says is proposed and checked by another.
 */
import * as z from 'zod'
import type { Day } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import { day, flag, sha256, text } from '../../form/field.ts'
import type { Act } from '../../ledger/act.ts'
import { makerOf, proposal } from '../../noun/proposal.ts'
import type { Doing } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { dayOf, requireUnscored } from '../dated.ts'
import { requireEvidence } from '../fact/evidence.ts'
import { communityFact, factNamesZh } from '../fact/forms.ts'
import type { Waiting } from '../fact/fact.ts'
import { type CommunityDetails, communityCode } from './forms.ts'
import { type CommunityRow, lockCommunity, updateCommunity } from './store.ts'

type Said = Pick<
  CommunityDetails,
  'ownersBody' | 'ownersBodyOn' | 'trustService' | 'trustServiceOn' | 'fundPromisedOn' | 'document'
>

export type Standing = Pick<
  CommunityRow,
  'district' | 'ownersBody' | 'ownersBodyOn' | 'trustService' | 'trustServiceOn' | 'fundPromisedOn'
>

/**
 * Since when a community has what it has. What stays keeps its day; what changes holds from the day given, else from
 * today. A day that is moved reaches into no scored quarter, neither the old nor the new; the promise neither.
 */
export async function daysOf(
  { tx, today }: Pick<Act, 'tx' | 'today'>,
  { community, district, ...standing }: Standing & { readonly community: string },
  given: Said,
): Promise<Pick<Standing, 'ownersBodyOn' | 'trustServiceOn'>> {
  const facts = [
    { fact: 'ownersBody', zh: '业委会（物管会）', en: 'The owners’ body' },
    { fact: 'trustService', zh: '信托制物业服务', en: 'The trust service' },
  ] as const
  const days: { ownersBodyOn?: Day | null; trustServiceOn?: Day | null } = {}
  for (const { fact, zh, en } of facts) {
    const [was, on] = [standing[`${fact}On`], given[`${fact}On`]]
    const what = { zh: `小区 ${community} ${zh}`, en: `${en} of community ${community}` }
    const changes = standing[fact] !== given[fact]
    days[`${fact}On`] = was
    if (!changes && (on === undefined || on === was)) continue
    if (!changes && was !== null) await requireUnscored(tx, { what, district, on: was })
    days[`${fact}On`] = await dayOf(tx, { what, district, on, document: given.document, today })
  }
  const promised = given.fundPromisedOn ?? null
  const [earlier] = [standing.fundPromisedOn, promised].filter((on) => on !== null).toSorted()
  if (promised !== standing.fundPromisedOn && earlier !== undefined) {
    const what = { zh: `小区 ${community} 续筹承诺`, en: `The promise of community ${community}` }
    await requireUnscored(tx, { what, district, on: earlier })
  }
  return { ownersBodyOn: days.ownersBodyOn ?? null, trustServiceOn: days.trustServiceOn ?? null }
}

type Facts = Pick<Said, 'ownersBody' | 'trustService'> & { readonly fundPromisedOn?: Day | null | undefined }

/** The facts another person checks, without the days that follow from them. */
export const factsOf = ({ ownersBody, trustService, fundPromisedOn }: Facts) => ({
  ownersBody,
  trustService,
  fundPromisedOn: fundPromisedOn ?? null,
})

/** Whether what is said of a community differs from what stands, with the days that follow from it. */
export const differs = (row: Standing, given: Said, days: Awaited<ReturnType<typeof daysOf>>): boolean =>
  (['ownersBody', 'trustService', 'fundPromisedOn'] as const).some((fact) => factsOf(given)[fact] !== row[fact]) ||
  days.ownersBodyOn !== row.ownersBodyOn ||
  days.trustServiceOn !== row.trustServiceOn

const communityFactContent = z.strictObject({
  fact: z.literal('standing'),
  community: communityCode,
  ownersBody: flag,
  trustService: flag,
  fundPromisedOn: z.exactOptional(day),
  ownersBodyOn: z.exactOptional(day),
  trustServiceOn: z.exactOptional(day),
  document: text(200, '文件', 'document'),
  sha256,
  keptIn: z.string(),
})

export const communityFactProposal = proposal({
  kind: communityFact,
  form: communityFactContent,
  approved: async ({ tx, at, today, approval, content, stored }) => {
    const maker = makerOf(approval)
    const row = await lockCommunity(tx, maker, content.community)
    const days = await daysOf({ tx, today }, row, content)
    const next = { community: row.community, version: row.version + 1 }
    await updateCommunity(tx, { ...next, ...factsOf(content), ...days })
    const { fact: _, community: __, ...said } = stored
    const body = { ...said, approval: approval.id }
    await noteChange({ tx, at, person: maker.person }, row, 'standing_checked', body)
  },
})

/** Has who governs a community checked. Refuses `evidence_missing`, and `approval_pending` while the same waits. */
export async function proposeStanding(
  { tx, at, today, actor }: Pick<Doing, 'tx' | 'at' | 'today' | 'actor'>,
  row: CommunityRow,
  { sha256: given, ...said }: Said & { readonly sha256?: string | undefined },
  days: Awaited<ReturnType<typeof daysOf>>,
): Promise<Waiting<CommunityRow>> {
  const { community, district } = row
  const evidence = await requireEvidence(tx, actor, { district, document: said.document, sha256: given }, lawOn(today))
  const { ownersBody, trustService, fundPromisedOn } = said
  const content = {
    fact: 'standing' as const,
    community,
    ownersBody,
    trustService,
    ...(fundPromisedOn !== undefined && { fundPromisedOn }),
    ...(days.ownersBodyOn !== null && { ownersBodyOn: days.ownersBodyOn }),
    ...(days.trustServiceOn !== null && { trustServiceOn: days.trustServiceOn }),
    ...evidence,
  }
  const has = (yes: boolean) => (yes ? '有' : '无')
  const promised = fundPromisedOn === undefined ? '' : `、续筹承诺 ${fundPromisedOn}`
  const summary = `小区 ${community} ${factNamesZh.standing}：业委会${has(ownersBody)}、信托制${has(trustService)}${promised}`
  const submitted = { subject: `${communityFact}:${community}`, district, summary, content }
  return { row, waits: await communityFactProposal.submit(tx, actor, submitted, at) }
}

type Noting = { readonly tx: Tx; readonly at: bigint; readonly person: string }

export function noteChange({ tx, at, person }: Noting, row: CommunityRow, verb: string, body: Json): Promise<void> {
  const change = { noun: 'community', id: row.community, version: row.version + 1, verb, person, at }
  return recordChange(tx, { ...change, body })
}
