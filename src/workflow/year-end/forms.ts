/** What comes in and goes out of carrying a year over, and what is approved of it. */
import * as z from 'zod'
import { about, bookCode, sha256, storedAmount, year } from '../../form/field.ts'

export const ofYear = z.strictObject({ book: bookCode, year })

export const carryOverForm = z.strictObject({ hash: sha256.meta(about('预览的摘要', 'hash of the preview')) })

/** What is approved: the plan by its hash, and what each of its rules moves. */
export const yearEndContent = z.strictObject({
  book: z.string(),
  year: z.int(),
  plan: z.string(),
  moves: z.array(z.strictObject({ summary: z.string(), entries: z.int(), amount: storedAmount })),
})

export const obstacleView = z
  .strictObject({
    obstacle: z.string().meta(about('未了事项的种类', 'kind')),
    about: z.string(),
    found: z.array(z.string()).meta(about('逐项列出', 'each of them')),
  })
  .meta({ id: 'YearEndObstacle', ...about('年终结转前的未了事项', 'what stands in the way of year-end') })

/** What a person's request answers: the approval it waits for, which takes a check alone. */
export const yearEndProposed = z
  .strictObject({
    book: z.string(),
    year: z.int(),
    plan: z.string().meta(about('预览的摘要', 'hash of the preview')),
    approval: z.string().meta(about('待复核的事项', 'the approval it waits for')),
    hash: sha256,
  })
  .meta({ id: 'YearEndProposal', ...about('已提交复核', 'submitted to be checked') })

/** What was booked, for `integration`: where its entries stand in the book, and what it was warned of. */
export const yearEndCarried = z.strictObject({
  book: z.string(),
  year: z.int(),
  after: z.int(),
  entries: z.int(),
  warnings: z.array(z.string()),
})
