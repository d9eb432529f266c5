/**
 * Entering what no book knows of a district: integrity and satisfaction, each with its evidence, a file uploaded
 * before. They open and close tranches, so what one person enters counts when another has checked it. A machine client
 * brings what was checked elsewhere.
 */
import type { ApprovalView } from '../../approvals/store.ts'
import type { Quarter } from '../../base/quarter.ts'
import { proposal } from '../../noun/proposal.ts'
import { verb } from '../../noun/verb.ts'
import { lawOn } from '../../policy/parameters.ts'
import { requireDistrict } from '../../projects/community/verbs.ts'
import { requireEvidence } from '../../projects/fact/evidence.ts'
import { refuse } from '../refusals.ts'
import type * as z from 'zod'
import {
  newScoreEntry,
  ofQuarter,
  scoreEntryContent,
  type scoreEntryView,
  scoreEntryViewOf,
  type waitingScoreEntry,
} from './forms.ts'
import { indicatorNamesZh } from './score.ts'
import { insertScoreEntry, latestScore, lockScore, type ScoreRow } from './store.ts'
import { requireEnded } from './scope.ts'

/** Checked, the result counts from the next score on; or the check is not taken. */
export const scoreEntryProposal = proposal({
  kind: 'score_entry',
  form: scoreEntryContent,
  approved: async ({ tx, at, approval, content }) => {
    const { keptIn: _, corrects, ...entry } = content
    // The head is locked, so no score is computed between this look and the row.
    requireCorrected(entry, await lockScore(tx, entry.quarter, entry.district), corrects)
    const by = { person: approval.maker, origin: 'checked', approval: approval.id } as const
    await insertScoreEntry(tx, { ...entry, ...by }, at)
  },
})

type Entered = z.input<typeof scoreEntryView>
type Waiting = z.input<typeof waitingScoreEntry>

/** Enters a result: to be checked by another person, at once by `integration`. What was entered before stays. */
export const enterScore = verb({
  kind: 'score.enter',
  right: 'score.enter',
  of: ofQuarter,
  form: newScoreEntry,
  refuses: [
    'district_unknown',
    'district_not_yours',
    'quarter_not_ended',
    'evidence_missing',
    'score_stands',
    'approval_pending',
    'idempotency_key_reused',
  ],
  work: async ({ tx, at, today, actor }, { corrects, ...given }): Promise<Entered | Waiting> => {
    const { quarter, district, indicator, value } = given
    const law = lawOn(today)
    requireDistrict(actor, district, today)
    requireEnded(quarter, at)
    if (actor.role === 'integration') {
      const by = { person: actor.person, origin: 'brought', approval: null } as const
      return scoreEntryViewOf(await insertScoreEntry(tx, { ...given, ...by }, at))
    }
    const { keptIn } = await requireEvidence(tx, actor, given, law)
    requireCorrected(given, await latestScore(tx, quarter, district), corrects)
    const content = { ...given, keptIn, ...(corrects !== undefined && { corrects }) }
    const submitted = {
      subject: `score_entry:${quarter}:${district}:${indicator}`,
      district,
      summary: `录入 ${district} ${quarter} ${indicatorNamesZh[indicator]} ${value}${corrects === undefined ? '' : `（更正第 ${corrects} 版得分）`}`,
      content,
    }
    return waitingOf(await scoreEntryProposal.submit(tx, actor, submitted, at), content)
  },
})

/** An entry that waits, as it is shown. */
export const waitingOf = (
  { id, hash, maker }: Pick<ApprovalView, 'id' | 'hash' | 'maker'>,
  content: z.output<typeof scoreEntryContent>,
): Waiting => ({ ...content, person: maker, approval: id, hash })

type Scored = { readonly quarter: Quarter; readonly district: string }

/** Refuses `score_stands` unless what is entered says that it corrects the score that stands, where there is one. */
function requireCorrected({ quarter, district }: Scored, stands: ScoreRow | undefined, corrects: number | undefined) {
  if (stands?.version === corrects) return
  throw refuse('score_stands', {
    district,
    quarter,
    stands: stands
      ? {
          zh: `第 ${stands.version} 版（${stands.total} 分）`,
          en: `version ${stands.version} (${stands.total} points)`,
        }
      : { zh: '无', en: 'none' },
    corrects:
      corrects === undefined ? { zh: '未填', en: 'nothing' } : { zh: `第 ${corrects} 版`, en: `version ${corrects}` },
  })
}
