/** What comes in and goes out of entering what no book knows of a district, and what is checked of it. */
import * as z from 'zod'
import { approvalId } from '../../approvals/forms.ts'
import { about, districtCode, oneOf, part, quarter, sha256, text } from '../../form/field.ts'
import { enteredIndicators, type ScoreEntry } from './facts.ts'

export const ofQuarter = z.strictObject({ quarter })

const givenShape = {
  district: districtCode,
  indicator: oneOf(enteredIndicators).meta(
    about('integrity 廉政风险防控，satisfaction 居民满意度', 'integrity or satisfaction'),
  ),
  value: part,
  document: text(200, '调查报告或结论的文号', 'number of the survey report or finding'),
  sha256: sha256.meta(about('原件的 SHA-256，原件须先上传', 'SHA-256 of the original, which is uploaded before')),
  sampleSize: z
    .int({ error: 'positive' })
    .min(1, { error: 'positive' })
    .max(100_000_000, { error: 'positive' })
    .meta(about('样本量：调查户数，或检查事项数', 'sample size: households asked, or matters examined')),
}
const corrects = z.exactOptional(
  z
    .int({ error: 'positive' })
    .min(1, { error: 'positive' })
    .meta(about('该季度已有得分的，所更正的得分版本', 'where the quarter is scored: the version it corrects')),
)

export const newScoreEntry = z.strictObject({ ...givenShape, corrects })

/** What is checked: what was entered, where its original is kept, and the score it corrects. */
export const scoreEntryContent = z.strictObject({
  quarter,
  ...givenShape,
  keptIn: z.string(),
  corrects: z.exactOptional(z.int()),
})

export const scoreEntryView = z
  .strictObject({
    entry: z.string().meta(about('录入编号', 'id of the entry')),
    quarter: z.string(),
    ...givenShape,
    person: z.string().meta(about('录入人', 'who entered it')),
    enteredAt: z.string().meta({ ...about('生效时刻', 'since when it counts'), format: 'date-time' }),
    approval: z.exactOptional(approvalId.meta(about('复核事项', 'the approval under which it was checked'))),
  })
  .meta({ id: 'ScoreEntry', ...about('录入的考核结果及其依据', 'an entered result with its evidence') })

/** One that counts when another person has checked it. */
export const waitingScoreEntry = z
  .strictObject({
    ...givenShape,
    quarter: z.string(),
    keptIn: z.string().meta(about('原件所在账套', 'the book that keeps the original')),
    corrects,
    person: z.string().meta(about('录入人', 'who entered it')),
    approval: approvalId.meta(about('待复核的事项', 'the approval it waits for')),
    hash: sha256.meta(about('内容的摘要，复核时引用', 'hash of what is checked; a decision names it')),
  })
  .meta({ id: 'WaitingScoreEntry', ...about('录入而待复核的考核结果，复核后计入', 'entered, and to be checked') })

export const scoreEntryViewOf = (entry: ScoreEntry): z.input<typeof scoreEntryView> => entry
