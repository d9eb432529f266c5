/**
 * Clawing releases back, and claims on districts (应收回): what is spent already, how old it is, and what settles it.
 */
import * as z from 'zod'
import { businessDay, type Day } from '../../base/calendar.ts'
import { releaseNames } from '../../release/release/release.ts'
import { json } from '../body.ts'
import { formatFen } from '../../base/money.ts'
import { about, amountOut, districtCode, namesOf, oneOf, positiveAmount, sha256, text } from '../../form/field.ts'
import { daysOverdue } from '../../release/claim/claim.ts'
import { type Claim, claimAges, claimPlace, claimsOf } from '../../release/claim/reads.ts'
import { clawbackId, settleClaim, settledForm } from '../../release/claim/verbs.ts'
import { causeNamesZh, clawbackCauses, clawbackGrounds, groundNamesZh } from '../../release/clawback/clawback.ts'
import { requestClawback } from '../../release/clawback/verbs.ts'
import { listRoute, verbRoute } from '../derive.ts'
import { always, answerKeyed, reply, type Route, route } from '../route.ts'

export const releaseId = releaseNames.form.meta(about('拨付编号，如 R-1', 'id of the release, such as R-1'))
export const ofRelease = z.strictObject({ id: releaseId })
export const clawbackView = z
  .strictObject({
    clawback: z.string(),
    ground: oneOf(clawbackGrounds).meta(about(namesOf(groundNamesZh), 'what is asked back')),
    cause: oneOf(clawbackCauses).meta(about(namesOf(causeNamesZh), 'why')),
    document: z.string(),
    reason: z.string(),
    asked: amountOut('应收回', 'what is asked back'),
    taken: z.exactOptional(amountOut('额度尚在、已收回', 'what came back')),
    outstanding: z.exactOptional(
      amountOut('已支出、须另行清偿', 'what is spent: to be settled, and counted as paid till then'),
    ),
    projects: z.exactOptional(
      z
        .array(z.strictObject({ project: z.string(), amount: amountOut('已收回', 'what came back') }))
        .meta(about('已收回部分按项目', 'what came back, by project')),
    ),
    claim: z.exactOptional(
      z
        .strictObject({
          amount: amountOut('应收回', 'claimed'),
          settled: amountOut('已清偿', 'settled'),
          dueOn: z.string().meta(about('到期日', 'due day')),
        })
        .meta(about('已支出部分', 'what is spent')),
    ),
    state: oneOf(['drafted', 'posted', 'rejected', 'withdrawn']),
    approval: z.string(),
  })
  .meta({ id: 'Clawback', ...about('收回', 'a claw-back') })

export const drafted = (what: z.ZodType, name: string) =>
  z.strictObject({
    [name]: what,
    approval: z.string().meta(about('待复核审批的事项', 'the approval it waits under')),
    hash: z.string().meta(about('所审批内容的摘要', 'hash of what is to be approved')),
  })

const clawback = route({
  method: 'POST',
  path: '/v1/releases/{id}/clawback',
  id: 'requestClawback',
  tag: 'releases',
  summary: { zh: '申请收回早拨付', en: 'Ask to claw a release back' },
  description: {
    zh: 'ground 不填为收回提前、尚未到期的部分（得分更正或审计结论）；错拨、检查发现问题的，任何已拨付数、任何年度均可收回；超过正式预算的收回至正式预算。额度尚在的收回额度，已支出的成为应收回款，限期清偿。',
    en: 'Without a ground, what came early and is not due (a corrected score, an audit finding); paid in error or against a finding, whatever was paid, in any year; above a final budget, down to it. Quota still held comes back; what is spent is a claim with a due day.',
  },
  right: 'release.draft',
  params: ofRelease,
  body: json(
    z
      .strictObject({
        ground: z.exactOptional(
          oneOf(clawbackGrounds).meta(
            about(`${namesOf(groundNamesZh)}；默认 early`, 'what is asked back; early by default'),
          ),
        ),
        cause: z.exactOptional(
          oneOf(clawbackCauses).meta(about(namesOf(causeNamesZh), 'why; asked for where it came early')),
        ),
        amount: z.exactOptional(
          positiveAmount.meta(
            about('错拨、检查发现问题的金额；不填为全部', 'in error or against a finding; absent: all of it'),
          ),
        ),
        document: text(200, '依据文件的文号', 'number of the document it rests on'),
        sha256: z.exactOptional(sha256.meta(about('原件的 SHA-256', 'SHA-256 of the original'))),
        reason: text(500, '收回原因', 'why'),
      })
      .refine(({ cause, ground = 'early' }) => ground !== 'early' || cause !== undefined, {
        path: ['cause'],
        error: 'required',
      }),
  ),
  keyed: true,
  answers: { 201: { about: { zh: '已申请，待审批', en: 'Asked for' }, schema: drafted(clawbackView, 'clawback') } },
  refuses: [
    'release_not_found',
    'release_not_early',
    'release_not_paid',
    'clawback_pending',
    'approval_pending',
    'clawback_unfounded',
    'clawback_nothing_early',
    'clawback_exceeds_release',
    'clawback_nothing_to_return',
    'idempotency_key_reused',
  ],
  handle: async ({ actor, params, body, key, language, service }) => {
    const { amount: amountFen, ...given } = body
    const asked = await requestClawback(service.ledger, actor, { release: params.id, ...given, amountFen }, key)
    return answerKeyed(asked, 201, language, (answer) => answer)
  },
})

const settle = verbRoute(settleClaim, {
  path: '/v1/clawbacks/{clawback}/settlements',
  id: 'settleClaim',
  tag: 'releases',
  summary: { zh: '清偿应收回款', en: 'Settle a claim' },
  description: {
    zh: '缴回资金、交回额度，或以已到期应拨的批次抵扣；可分次。批准后记账。',
    en: 'By money, by quota, or by a tranche that is due and kept; in parts if need be. Posted when approved.',
  },
  status: 202,
  about: { zh: '已提交审批', en: 'Submitted for approval' },
  answer: settledForm,
})

const claimView = z
  .strictObject({
    clawback: clawbackId,
    release: z.string(),
    allocation: z.string(),
    district: districtCode,
    ground: oneOf(clawbackGrounds).meta(about(namesOf(groundNamesZh), 'what was asked back')),
    document: z.string(),
    amount: amountOut('应收回', 'claimed'),
    settled: amountOut('已清偿', 'settled'),
    open: amountOut('尚欠', 'open'),
    dueOn: z.string().meta(about('到期日', 'due day')),
    overdue: z.int().meta(about('逾期日数', 'days overdue')),
  })
  .meta({ id: 'Claim', ...about('应收回款', 'a claim on a district') })

const viewOn =
  (today: Day) =>
  ({ clawback, release, amountFen, settledFen, dueOn, ...row }: Claim): z.input<typeof claimView> => ({
    clawback,
    release,
    allocation: row.allocation,
    district: row.district,
    ground: row.ground,
    document: row.document,
    amount: formatFen(amountFen),
    settled: formatFen(settledFen),
    open: formatFen(amountFen - settledFen),
    dueOn,
    overdue: settledFen < amountFen ? daysOverdue({ dueOn }, today) : 0,
  })

const list = listRoute({
  path: '/v1/claims',
  id: 'listClaims',
  tag: 'releases',
  summary: { zh: '应收回款，按收回编号', en: 'Claims, by claw-back' },
  right: 'allocation.read',
  standby: always,
  filter: {
    district: z.exactOptional(districtCode),
    state: z.exactOptional(
      oneOf(['open', 'all']).meta(about('open 尚欠的（默认），all 全部', 'open ones, by default, or all')),
    ),
  },
  about: { zh: '一页应收回款', en: 'A page of claims' },
  item: claimView,
  list: ({ actor, query: { district, state = 'open' }, service: { ledger } }) => ({
    name: ['claims', actor.district, district, state],
    place: clawbackId,
    read: (after, limit) =>
      claimsOf(ledger, actor, { district, open: state === 'open', after: claimPlace(after), limit }),
    placeOf: ({ clawback }) => clawback,
    view: viewOn(businessDay(ledger.clock())),
  }),
})

const ages = route({
  method: 'GET',
  path: '/v1/claims/ageing',
  id: 'ageClaims',
  tag: 'releases',
  summary: { zh: '应收回款账龄，按区', en: 'What is open of each district, by age' },
  right: 'allocation.read',
  standby: always,
  answers: {
    200: {
      about: { zh: '账龄', en: 'Ages' },
      schema: z.strictObject({
        bands: z
          .array(z.int())
          .meta(about('各档逾期日数上限，最后一档为以上', 'most days overdue of each band; the last is above')),
        items: z.array(
          z.strictObject({
            district: districtCode,
            open: amountOut('尚欠', 'open'),
            notDue: amountOut('未到期', 'not due yet'),
            overdue: z.array(amountOut('逾期，按档', 'overdue, by band')),
          }),
        ),
      }),
    },
  },
  refuses: [],
  handle: async ({ actor, service: { ledger } }) => {
    const { bands, districts } = await claimAges(ledger, actor, businessDay(ledger.clock()))
    const items = districts.map(({ district, openFen, notDueFen, overdueFen }) => ({
      district,
      open: formatFen(openFen),
      notDue: formatFen(notDueFen),
      overdue: overdueFen.map(formatFen),
    }))
    return reply(200, { bands: [...bands], items })
  },
})

export const claimRoutes: readonly Route[] = [clawback, settle, list, ages]
