/**
 * Two quarters of the sample programme, after its projects, money and allocation: the first tranche is released, works
 * go on and are paid, surveys and integrity results are entered, and the districts are scored. Everything follows from
 * codes and places in a list, so it is the same every time; loading again completes it.
 */
import { scoreQuarter } from '../../release/early/verbs.ts'
import { draftRelease } from '../../release/release/verbs.ts'
import { enterScore } from '../../release/score/propose.ts'
import { tranchesOf } from '../../release/release/release.ts'
import { type ApprovedAllotment, readAllocation, readApprovedAllotments, readVersions } from '../../allocation/store.ts'
import { readReleases, type ReleaseRow } from '../../release/release/store.ts'
import { childCode } from '../../allocation/allocation.ts'
import { assert } from '../../base/assert.ts'
import { addDays, businessDay, type Day } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { firstDayOfQuarter, lastDayOfQuarter, nextQuarter, type Quarter, quarterOf } from '../../base/quarter.ts'
import { readIndicator } from '../../budget/indicator/store.ts'
import { actOnce } from '../../ledger/act.ts'
import { uploadAttachment } from '../../ledger/attachments.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { lawOn } from '../../policy/parameters.ts'
import { reportProgress } from '../../projects/project/steps.ts'
import { standingOn } from '../../projects/project/facts.ts'
import type { Progress } from './load.ts'
import { answered, approve, client, maker } from './people.ts'
import { sampleBookOf } from './registry.ts'
import { inTurn } from './turns.ts'
import { posted } from './vouchers.ts'

/**
 * How a district does: what people say, what is found, how far its works get and how much of its money it spends, by
 * quarter.
 */
type Conduct = {
  readonly satisfaction: readonly [string, string]
  readonly integrity: readonly [string, string]
  readonly progress: readonly [string, string]
  /** In hundredths of what it received. */
  readonly spent: readonly [number, number]
}

const conduct = (satisfaction: Conduct['satisfaction'], progress: Conduct['progress'], spent: Conduct['spent']) => ({
  satisfaction,
  integrity: ['1', '1'] as const,
  progress,
  spent,
})

/** In turn by the districts' codes: a few do well enough to be paid early, most do not yet. */
const conducts: readonly Conduct[] = [
  conduct(['0.93', '0.95'], ['0.36', '0.57'], [70, 98]),
  conduct(['0.91', '0.92'], ['0.30', '0.48'], [60, 85]),
  conduct(['0.88', '0.89'], ['0.33', '0.56'], [65, 96]),
  { ...conduct(['0.92', '0.93'], ['0.25', '0.38'], [45, 70]), integrity: ['1', '0.9'] },
  conduct(['0.94', '0.96'], ['0.38', '0.59'], [75, 97]),
  conduct(['0.86', '0.90'], ['0.20', '0.35'], [40, 62]),
]

/**
 * Loads what is missing of the two quarters, and says whether there is anything. Without an approved allocation there
 * is nothing to load.
 */
export async function loadQuarters(ledger: Ledger, progress: Progress = () => undefined): Promise<boolean> {
  const { sql } = ledger.database
  const allotments = (await readApprovedAllotments(sql, {})).filter(({ amountFen }) => amountFen > 0n)
  const [first] = allotments
  if (!first) return false
  const on = await allottedOn(ledger, first.allocation)
  const quarters = [quarterOf(on), nextQuarter(quarterOf(on))] as const
  // The sample is of quarters that are over.
  if (lastDayOfQuarter(quarters[1]) >= businessDay(ledger.clock())) return false
  const districts = [...new Set(allotments.map(({ district }) => district))].toSorted()
  let done = 0
  // A district's release, and each of its quarters.
  const step = () => progress(++done, allotments.length + quarters.length * districts.length)
  for (const allotment of allotments) {
    await releaseFirst(ledger, allotment)
    step()
  }
  for (const [index, quarter] of quarters.entries()) {
    const which = index === 0 ? 0 : 1
    await inTurn([...districts.entries()], async ([place, district]) => {
      const of = conducts[place % conducts.length]
      assert(of, 'every district has a conduct')
      await works(ledger, { district, quarter, ratio: of.progress[which] })
      await payments(ledger, { district, quarter, from: which === 0 ? 0 : of.spent[0], to: of.spent[which] })
      await results(ledger, { district, quarter, satisfaction: of.satisfaction[which], integrity: of.integrity[which] })
      step()
    })
    await actOnce(ledger, (act) => scoreQuarter(act, { quarter, run: 1, askedBy: maker.person }))
  }
  return true
}

async function allottedOn({ database: { sql } }: Ledger, allocation: string): Promise<Day> {
  const head = await readAllocation(sql, allocation)
  const version = (await readVersions(sql, allocation)).find(({ version }) => version === head?.version)
  assert(version, `allocation ${allocation} has the version it says`)
  return version.on
}

async function releaseFirst(ledger: Ledger, { allocation, district, amountFen }: ApprovedAllotment): Promise<void> {
  const on = await allottedOn(ledger, allocation)
  const [tranche] = tranchesOf(amountFen, lawOn(on))
  assert(tranche, 'a schedule has a first tranche')
  const given = { allocation, district, tranche: tranche.tranche, amountFen: tranche.targetFen, on }
  const key = `sample:release:${allocation}:${district}`
  await approve(ledger, answered(await draftRelease(ledger, maker, given, key)), key)
}

type Quartered = { readonly district: string; readonly quarter: Quarter }

/** Works are reported where nobody did. */
async function works(ledger: Ledger, { district, quarter, ratio }: Quartered & { ratio: string }): Promise<void> {
  const { sql } = ledger.database
  const last = lastDayOfQuarter(quarter)
  const progressOn = (on: Day) => sql`coalesce((
    select ratio from project_progress r where r.project = p.project and on_day <= ${on} order by on_day desc, sequence desc limit 1), 0)`
  const unreported = await sql<{ project: string }[]>`
    select p.project from project p cross join ${sql.unsafe(standingOn('p.project', `date '${last}'`))} w
    where p.district = ${district} and w.state = 'under_way' and ${progressOn(last)} <= ${ratio}::numeric
      and ${progressOn(last)} = ${progressOn(addDays(firstDayOfQuarter(quarter), -1))}
    order by p.project`
  for (const { project } of unreported) {
    const given = { project, on: addDays(last, -5), ratio, evidence: '监理月报（示例）' }
    answered(await reportProgress(ledger, client, given, `sample:progress:${project}:${quarter}`))
  }
}

type Payments = Quartered & { readonly from: number; readonly to: number }

/** Works are paid out of what was released, project by project, from one part of it to another. */
async function payments(ledger: Ledger, { district, quarter, from, to }: Payments): Promise<void> {
  const { sql } = ledger.database
  const released = await readReleases(sql, { district, state: 'released', kind: 'normal', after: 0n, limit: 500 })
  for (const row of released) {
    // As it was released, whatever was clawed back since: what is paid is the same when it is loaded again.
    const parts = await sql<{ project: string; amountFen: Fen }[]>`
      select project, amount_fen as "amountFen" from release_part where release_id = ${row.id} order by project`
    const upTo = (amountFen: Fen, hundredths: number): Fen => (amountFen * BigInt(hundredths)) / 100n
    const paid = parts.map(({ project, amountFen }) => ({
      project,
      amount: upTo(amountFen, to) - upTo(amountFen, from),
    }))
    await pay(ledger, row, quarter, paid)
  }
}

type Paid = { readonly project: string; readonly amount: Fen }

// J04: out of quota into works, and budget spending beside it, of the source of the district's indicator.
async function pay(
  ledger: Ledger,
  { allocation, district, id }: ReleaseRow,
  quarter: Quarter,
  all: readonly Paid[],
): Promise<void> {
  const { sql } = ledger.database
  const head = await readAllocation(sql, allocation)
  const child = head && (await readIndicator(sql, childCode(head.indicator, district)))
  const paid = all.filter(({ amount }) => amount > 0n)
  if (!child || child.payment !== 'authorised' || paid.length === 0) return
  const { book, source } = child
  const voucher = {
    book,
    on: addDays(lastDayOfQuarter(quarter), -10),
    summary: `支付改造工程进度款（${quarter}）`,
    number: `${district} ${quarter} 工程款支付申请（示例）`,
    forms: paid.map((one) => ({ template: 'J04' as const, source, ...one })),
  }
  await posted(ledger, voucher, `sample:paid:${id}:${quarter}`)
}

type Results = Quartered & { readonly satisfaction: string; readonly integrity: string }

async function results(ledger: Ledger, { district, quarter, ...values }: Results): Promise<void> {
  for (const [indicator, sampleSize] of [
    ['satisfaction', 600],
    ['integrity', 40],
  ] as const) {
    const document = `${district} ${quarter} ${indicator === 'satisfaction' ? '居民满意度调查报告' : '廉政风险检查结论'}（示例）`
    const original = { name: `${document}.txt`, mediaType: 'text/plain', content: Buffer.from(document) }
    const { attachment } = await uploadAttachment(ledger, maker, sampleBookOf(district), original)
    const { sha256 } = attachment
    const given = { district, quarter, indicator, value: values[indicator], document, sha256, sampleSize }
    const key = `sample:score:${district}:${quarter}:${indicator}`
    const entered = answered(await enterScore(ledger, maker, given, key))
    // What an earlier program loaded counts already.
    if ('hash' in entered) await approve(ledger, entered, key)
  }
}
