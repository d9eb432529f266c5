/** District scores (clause 31): entering what no book knows, computing a score, reading what it was computed from. */
import * as z from 'zod'
import {
  newScoreEntry,
  ofQuarter,
  scoreEntryView,
  scoreEntryViewOf,
  waitingScoreEntry,
} from '../../release/score/forms.ts'
import { enterScore } from '../../release/score/propose.ts'
import { scoreEntries } from '../../release/score/reads.ts'
import { computeScore, scoresOf, type ScoreView } from '../../release/score/verbs.ts'
import { refuse } from '../../release/refusals.ts'
import { scoreIndicators } from '../../policy/parameters/scores.ts'
import { json, optionalJson } from '../body.ts'
import { about, anyJson, districtCode, oneOf, quarter } from '../../form/field.ts'
import { answerKeyed, reply, type Route, route, same } from '../route.ts'

const ofDistrict = z.strictObject({ quarter, district: districtCode })
const inDistrict = z.strictObject({ district: z.exactOptional(districtCode) })

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
    zh: '只录入账簿和项目数据中没有的两项，依据的原件须先上传到该区或市级的账套。由人录入的，经另一人复核后计入（202）；系统接口（integration）直接计入（201）。只增不改，最后计入的为准；季度已有得分的，须写明所更正的版本（corrects）。其余指标一律由系统计算。',
    en: 'Only the two results no book knows, each with its evidence, a file uploaded before to a book of the district or of the city. What a person enters counts when another person has checked it (202); what a machine client (integration) brings, at once (201). Entries are added, never changed; the latest counts. Where the quarter is scored, the version it corrects is named.',
  },
  right: 'score.enter',
  params: ofQuarter,
  body: json(newScoreEntry),
  keyed: true,
  answers: {
    201: { about: { zh: '已计入', en: 'It counts' }, schema: scoreEntryView },
    202: { about: { zh: '已提交复核', en: 'Submitted to be checked' }, schema: waitingScoreEntry },
  },
  refuses: enterScore.refuses,
  handle: async ({ actor, params, body, key, language, service }) => {
    const result = await enterScore(service.ledger, actor, { ...params, ...body }, key)
    const status = 'answer' in result && 'entry' in result.answer ? 201 : 202
    return answerKeyed(result, status, language, same)
  },
})

const entries = route({
  method: 'GET',
  path: '/v1/scores/{quarter}/entries',
  id: 'listScoreEntries',
  tag: 'scores',
  summary: { zh: '某季度录入的全部结果，含被后来替代的和待复核的', en: 'All that was entered for a quarter' },
  right: 'allocation.read',
  params: ofQuarter,
  query: inDistrict,
  answers: {
    200: {
      about: { zh: '已计入的和待复核的', en: 'What counts, and what waits' },
      schema: z.strictObject({ items: z.array(scoreEntryView), waiting: z.array(waitingScoreEntry) }),
    },
  },
  refuses: [],
  handle: async ({ actor, params, query, service }) => {
    const { database } = service.ledger
    const { items, waiting } = await scoreEntries(database.sql, actor, params.quarter, query.district)
    return reply(200, { items: items.map(scoreEntryViewOf), waiting })
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
    200: {
      about: { zh: '各区得分，和录入而待复核的结果', en: 'Scores, and what was entered and waits' },
      schema: z.strictObject({ items: z.array(scoreForm), waiting: z.array(waitingScoreEntry) }),
    },
  },
  refuses: [],
  handle: async ({ actor, params, query, service }) => {
    const { sql } = service.ledger.database
    const found = await scoresOf(sql, actor, params.quarter, query)
    const { waiting } = await scoreEntries(sql, actor, params.quarter, query.district)
    return reply(200, { items: found.map(presentScore), waiting })
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
