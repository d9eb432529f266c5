/**
 * What the verbs of indicators share. Each is proposed by one person and takes effect when others approve it, in the
 * transaction of the last decision. Locks: the approval, then indicators in the order of their codes, then the heads of
 * books.
 */
import type * as z from 'zod'
import type { Actor } from '../../access/actor.ts'
import { approvalDistrict } from '../../approvals/approval.ts'
import { approvedBy } from '../../approvals/verbs.ts'
import { inWords } from '../../base/refusal.ts'
import { assert } from '../../base/assert.ts'
import { type Day, yearOf } from '../../base/calendar.ts'
import type { Tx } from '../../base/db.ts'
import { recordChange } from '../../base/history.ts'
import type { Json } from '../../base/json.ts'
import type { Fen } from '../../base/money.ts'
import { figure, type Limit, limitBy } from '../../noun/limit.ts'
import type { Approved, Proposal, Seen } from '../../noun/proposal.ts'
import { type Given, type Verb, verb, type VerbDefinition } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { refuse as projectRefuse } from '../../projects/refusals.ts'
import { type ProjectState, stateNamesZh } from '../../projects/terms.ts'
import { outstandingRecovery } from '../recovery/store.ts'
import { refuse } from '../refusals.ts'
import { draftFor } from './entries.ts'
import { ofIndicator, type Proposed, viewOf } from './forms.ts'
import { type Availability, availabilityWithin } from './holdings.ts'
import { type Indicator, indicatorStateNamesZh, type Lines } from './indicator.ts'
import { lockIndicator, putIndicator, readProjectPlaces } from './store.ts'

/** Whose things one sees: one's own district's, or, for the city, all. */
export const seesIndicator = (actor: Actor, { district }: Pick<Indicator, 'district'>): boolean =>
  actor.district === undefined || actor.district === district

/**
 * An indicator, locked till the transaction ends. Refuses `indicator_not_found`, also where it is another district's.
 */
export async function indicatorFor(tx: Tx, actor: Actor, indicator: string): Promise<Indicator> {
  const found = await lockIndicator(tx, indicator)
  if (!found || !seesIndicator(actor, found)) throw refuse('indicator_not_found', { indicator })
  return found
}

export function requireInForce({ indicator, state }: Indicator): void {
  if (state !== 'in_force')
    throw refuse('indicator_not_in_force', { indicator, state: inWords(indicatorStateNamesZh, state) })
}

/** For how many years an indicator may be used, as whoever approves is shown it: from its year to the last. */
export const openYears = (year: number, on: Day): Limit =>
  limitBy(lawOn(on), 'indicator_open_years', figure(`${year} – ${lastYearOf(year, on)}`))

/** The same of what a proposal about an indicator is held to. */
export const openYearsOf = async (
  { indicator, on }: { readonly indicator: string; readonly on: Day },
  { tx }: Pick<Seen, 'tx'>,
): Promise<Limit[]> => [openYears((await indicatorInForce(tx, indicator)).year, on)]

/** The last year in which an indicator of a year may be used (预算法 第四十二条). */
export const lastYearOf = (year: number, on: Day): number => year + lawOn(on).take('indicator_open_years') - 1

/** Whether a day lies in the years an indicator may be used in. */
export const isOpenYear = ({ year }: Pick<Indicator, 'year'>, on: Day): boolean =>
  yearOf(on) >= year && yearOf(on) <= lastYearOf(year, on)

/** Refuses `indicator_year_over` on a day outside the years an indicator may be used in. */
export function requireOpenYear(of: Indicator, on: Day): void {
  if (isOpenYear(of, on)) return
  throw refuse('indicator_year_over', { indicator: of.indicator, on, first: of.year, last: lastYearOf(of.year, on) })
}

type Recorded = { readonly person: string; readonly at: bigint; readonly body: Json }

/** The record of a change of an indicator, under the version it now has. */
export function recordIndicator(
  tx: Tx,
  { indicator: id, version }: Indicator,
  verb: string,
  of: Recorded,
): Promise<void> {
  return recordChange(tx, { noun: 'indicator', id, version, verb, ...of })
}

// --- Proposals about an indicator in force --------------------------------------------------------------------------

/** What every proposal refuses about its indicator. */
export const changeRefusals = ['indicator_not_found', 'indicator_not_in_force', 'approval_pending'] as const

type OfIndicator<Form extends z.ZodType> = Given<typeof ofIndicator, Form> & { readonly on: Day }

type Change<Form extends z.ZodType, Content extends z.ZodType, Code extends string> = Pick<
  VerbDefinition<typeof ofIndicator, Form, Proposed, Code, void>,
  'kind' | 'form' | 'refuses' | 'before' | 'content'
> & {
  readonly proposal: Proposal<Content>
  readonly amountOf: (given: OfIndicator<Form>) => Fen
  readonly summary: (given: OfIndicator<Form>) => string
  /** Projects it gives money to: they are the district's, and planned. */
  readonly projectsOf?: (given: OfIndicator<Form>) => readonly string[]
  /** Refuses already what its approval would refuse of projects. */
  readonly fits?: (tx: Tx, given: OfIndicator<Form>, of: Indicator) => Promise<void>
  /**
   * What is approved. It refuses what must hold when it is proposed; that is looked at again when it takes effect.
   * `owedFen`: what is still to come back of the indicator by its final budget.
   */
  readonly approve: (given: OfIndicator<Form>, of: Indicator, held: Availability, owedFen: Fen) => z.output<Content>
}

/**
 * A verb that proposes a change of an indicator in force. It is found before the approval is opened: its district says
 * who may decide.
 */
export const changeIndicator = <Form extends z.ZodType, Content extends z.ZodType, const Code extends string>({
  proposal,
  amountOf,
  summary,
  projectsOf,
  fits,
  approve,
  ...verbOf
}: Change<Form, Content, Code>): Verb<typeof ofIndicator, Form, Proposed, Code> =>
  verb<typeof ofIndicator, Form, Proposed, Code, void>({
    ...verbOf,
    right: 'indicator.manage',
    of: ofIndicator,
    work: async ({ tx, at, actor }, request) => {
      const given = request as OfIndicator<Form>
      const indicator = await indicatorFor(tx, actor, given.indicator)
      requireInForce(indicator)
      const district = approvalDistrict(indicator.district, given.on)
      await requireProjects(tx, district, projectsOf?.(given) ?? [])
      await requireKnown(tx, indicator, given)
      await fits?.(tx, given, indicator)
      const owedFen = await outstandingRecovery(tx, indicator.indicator)
      const content = approve(given, indicator, await availabilityWithin(tx, indicator), owedFen)
      const subject = `${proposal.kind}:${given.indicator}`
      const opened = { subject, district, amountFen: amountOf(given), summary: summary(given), content }
      const approval = await proposal.submit(tx, actor, opened, at)
      return { indicator: viewOf(indicator), approval: approval.id, hash: approval.hash, warnings: [] }
    },
  })

// A typing error would open another pocket. What stands under no project stands under the programme.
async function requireKnown(tx: Tx, { programme }: Indicator, given: object): Promise<void> {
  const { project } = given as { readonly project?: string }
  if (project === undefined || project === programme) return
  if (!(await readProjectPlaces(tx, [project])).has(project)) throw projectRefuse('project_unknown', { project })
}

// Money of a district's book is for the district's projects; the city's is for all.
async function requireProjects(tx: Tx, district: string | undefined, projects: readonly string[]): Promise<void> {
  if (projects.length === 0) return
  const standing = await readProjectPlaces(tx, projects)
  for (const project of projects) {
    const found = standing.get(project)
    if (!found || (district !== undefined && found.district !== district))
      throw projectRefuse('project_not_found', { project })
    requireFunded({ project, state: found.state })
  }
}

/** Money goes to what is planned or being built; what is settled still pays out of what it committed before. */
export function requireFunded({ project, state }: { readonly project: string; readonly state: ProjectState }): void {
  if (state === 'planned' || state === 'under_way' || state === 'accepted') return
  throw refuse('project_not_funded', { project, state: inWords(stateNamesZh, state) })
}

/** The indicator an approved proposal names, locked. Refuses `indicator_not_in_force`. */
export async function indicatorInForce(tx: Tx, code: string): Promise<Indicator> {
  const indicator = await lockIndicator(tx, code)
  assert(indicator, `indicator ${code} is registered`)
  requireInForce(indicator)
  return indicator
}

type Effected = { readonly on: Day; readonly verb: string; readonly summary: string; readonly lines: Lines }

/** Posts what an approved proposal of an indicator means, and records it as its next version. */
export async function postFor(
  standing: Indicator,
  { tx, at, post, approval, stored }: Omit<Approved<unknown>, 'content'>,
  { on, verb, summary, lines }: Effected,
): Promise<void> {
  const indicator: Indicator = { ...standing, version: standing.version + 1 }
  await putIndicator(tx, indicator)
  const body = { approval: approval.id, ...stored }
  await recordIndicator(tx, indicator, verb, { person: approval.maker, at, body })
  const draft = draftFor(indicator, { on, summary: `指标 ${indicator.indicator} ${summary}`, lines })
  await post({
    ...(await approvedBy(tx, approval)),
    key: `${approval.kind}:${approval.id}`,
    entries: [{ book: indicator.book, draft }],
  })
}
