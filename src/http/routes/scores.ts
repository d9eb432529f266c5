/** District scores (clause 31): entering what no book knows, computing a score, reading what it was computed from. */
import * as z from 'zod'
import { computeScore, enterScore, scoreEntries, scoresOf, type ScoreView } from '../../release/score/verbs.ts'
import { refuse } from '../../release/refusals.ts'
import { enteredIndicators } from '../../release/score/facts.ts'
import type { ScoreEntry } from '../../release/score/facts.ts'
import { scoreIndicators } from '../../policy/parameters/scores.ts'
import { json, optionalJson } from '../body.ts'
import { about, anyJson, districtCode, oneOf, part, quarter, sha256, text } from '../../form/field.ts'
import { answerKeyed, reply, type Route, route } from '../route.ts'

const ofQuarter = z.strictObject({ quarter })
const ofDistrict = z.strictObject({ quarter, district: districtCode })
const inDistrict = z.strictObject({ district: z.exactOptional(districtCode) })

const entryShape = {
  district: districtCode,
  indicator: oneOf(enteredIndicators).meta(
    about('integrity 廉政风险防控，satisfaction 居民满意度', 'integrity or satisfaction'),
  ),
  value: part,
  document: text(200, '调查报告或结论的文号', 'number of the survey report or finding'),
  sha256: sha256.meta(about('原件的 SHA-256', 'SHA-256 of the original')),
  sampleSize: z
    .int({ error: 'positive' })
    .min(1, { error: 'positive' })
    .max(100_000_000, { error: 'positive' })
    .meta(about('样本量：调查户数，或检查事项数', 'sample size: households asked, or matters examined')),
}

const entryView = z
  .strictObject({
    entry: z.string().meta(about('录入编号', 'id of the entry')),
    quarter: z.string(),
    ...entryShape,
    person: z.string().meta(about('录入人', 'who entered it')),
    enteredAt: z.string().meta({ ...about('录入时刻', 'when'), format: 'date-time' }),
  })
  .meta({ id: 'ScoreEntry', ...about('录入的考核结果及其依据', 'an entered result with its evidence') })

const presentEntry = (entry: ScoreEntry): z.input<typeof entryView> => entry

const scoredIndicator = z.strictObject({
  indicator: oneOf(scoreIndicators),
  value: z.string().meta(about('完成值（占 1 的比例，四位小数）', 'what was reached, as a part of 1')),
  target: z.string().meta(about('满分目标值', 'the value that earns the full weight')),
  weight: z.string().meta(about('权重（分）', 'weight in points')),
  points: z.string().meta(about('得分', 'points')),
})

const scoreForm = z
  .strictObject({
    district: z.string(),
    quarter: z.string(),
    version: z.int().meta(about('第几版；数据更正后重新计算为新版', 'version; corrected data make a new one')),
    total: z.string().meta(about('总分', 'total')),
    frozen: z.boolean().meta(about('已被早拨付采用，永久保留', 'used by early disbursement and kept as it was')),
    runs: z.array(z.int()).meta(about('被哪几轮早拨付采用', 'by which runs')),
    score: z.strictObject({
      indicators: z.array(scoredIndicator),
      total: z.string(),
      arrival: z.exactOptional(z.string().meta(about('资金到位率', 'part of what was allotted that arrived'))),
      leverage: z.exactOptional(z.string().meta(about('撬动倍数', 'planned investment over what was allotted'))),
    }),
    facts: anyJson.meta(
      about('计算所用全部数据：项目进度、账簿科目与金额、录入依据', 'everything it was computed from'),
    ),
    law: anyJson.meta(about('所用政策参数及条款', 'the policy values used, with their clauses')),
    knownAt: z.string().meta({ ...about('按此刻账簿所知', 'as the books were known then'), format: 'date-time' }),
    sequences: z.record(z.string(), z.int()).meta(about('各账套所计至的凭证顺序号', 'the last entry of each book')),
    computedBy: z.string(),
  })
  .meta({ id: 'Score', ...about('区级考核得分', 'score of a district') })

const presentScore = (score: ScoreView): object => score

const enter = route({
  method: 'POST',
  path: '/v1/scores/{quarter}/entries',
  id: 'enterScore',
  tag: 'scores',
  summary: { zh: '录入满意度或廉政结果', en: 'Enter satisfaction or integrity' },
  description: {
    zh: '只录入账簿和项目数据中没有的两项，须附依据。只增不改，最后一次录入为准；其余指标一律由系统计算。',
    en: 'Only the two results no book knows, each with its evidence. Entries are added, never changed; the latest counts.',
  },
  right: 'score.enter',
  params: ofQuarter,
  body: json(z.strictObject(entryShape)),
  keyed: true,
  answers: { 201: { about: { zh: '已录入', en: 'Entered' }, schema: entryView } },
  refuses: ['district_unknown', 'district_not_yours', 'quarter_not_ended', 'idempotency_key_reused'],
  handle: async ({ actor, params, body, key, language, service }) =>
    answerKeyed(await enterScore(service.ledger, actor, { ...params, ...body }, key), 201, language, presentEntry),
})

const entries = route({
  method: 'GET',
  path: '/v1/scores/{quarter}/entries',
  id: 'listScoreEntries',
  tag: 'scores',
  summary: { zh: '某季度录入的全部结果，含被后来替代的', en: 'All that was entered for a quarter' },
  right: 'allocation.read',
  params: ofQuarter,
  query: inDistrict,
  answers: {
    200: { about: { zh: '录入的结果', en: 'Entries' }, schema: z.strictObject({ items: z.array(entryView) }) },
  },
  refuses: [],
  handle: async ({ actor, params, query, service }) => {
    const found = await scoreEntries(service.ledger, actor, params.quarter, query.district)
    return reply(200, { items: found.map(presentEntry) })
  },
})

const compute = route({
  method: 'POST',
  path: '/v1/scores/{quarter}/{district}',
  id: 'computeScore',
  tag: 'scores',
  summary: { zh: '计算区级考核得分', en: 'Compute the score of a district' },
  description: {
    zh: '按季末账簿余额、项目进度、资金方案和已录入的结果计算。数据未变则仍为原版；有变则为新版，旧版保留。',
    en: 'From the books, progress and plans as of the quarter’s end and what was entered. Unchanged data keep the version.',
  },
  right: 'score.enter',
  params: ofDistrict,
  body: optionalJson(z.strictObject({})),
  keyed: true,
  answers: { 201: { about: { zh: '得分', en: 'The score' }, schema: scoreForm } },
  refuses: [
    'district_unknown',
    'district_not_yours',
    'quarter_not_ended',
    'score_inputs_missing',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, key, language, service }) =>
    answerKeyed(await computeScore(service.ledger, actor, params, key), 201, language, presentScore),
})

const list = route({
  method: 'GET',
  path: '/v1/scores/{quarter}',
  id: 'listScores',
  tag: 'scores',
  summary: { zh: '某季度各区得分（最新版）', en: 'The latest scores of a quarter' },
  right: 'allocation.read',
  params: ofQuarter,
  query: inDistrict,
  answers: {
    200: { about: { zh: '各区得分', en: 'Scores' }, schema: z.strictObject({ items: z.array(scoreForm) }) },
  },
  refuses: [],
  handle: async ({ actor, params, query, service }) => {
    const found = await scoresOf(service.ledger.database.sql, actor, params.quarter, query)
    return reply(200, { items: found.map(presentScore) })
  },
})

const versions = route({
  method: 'GET',
  path: '/v1/scores/{quarter}/{district}',
  id: 'listScoreVersions',
  tag: 'scores',
  summary: { zh: '一个区某季度得分的全部版本', en: 'Every version of a district’s score' },
  right: 'allocation.read',
  params: ofDistrict,
  answers: {
    200: {
      about: { zh: '全部版本，旧的在前', en: 'All versions' },
      schema: z.strictObject({ items: z.array(scoreForm) }),
    },
  },
  refuses: ['score_not_found'],
  handle: async ({ actor, params, service }) => {
    const found = await scoresOf(service.ledger.database.sql, actor, params.quarter, {
      district: params.district,
      history: true,
    })
    if (found.length === 0) throw refuse('score_not_found', { ...params, version: '' })
    return reply(200, { items: found.map(presentScore) })
  },
})

export const scoreRoutes: readonly Route[] = [enter, entries, compute, list, versions]
