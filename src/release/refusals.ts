/**
 * What scoring, paying out and clawing back say no to, in order of precedence. Those marked `pinned` stay with the key
 * they answered.
 */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const scoreRefusals = {
  score_not_found: form<{ district: string; quarter: string; version: string }>({
    status: 404,
    title: { zh: '没有这份考核得分', en: 'No such score' },
    detail: (f) => ({
      zh: `没有 ${f.district} ${f.quarter} ${f.version}的考核得分，或不在您的管辖范围内。请先计算得分。`,
      en: `There is no score of ${f.district} for ${f.quarter} ${f.version}, or it is not yours to see. Compute it first.`,
    }),
  }),
  quarter_not_ended: form<{ quarter: string; ends: string; today: string }>({
    status: 422,
    pinned: true,
    title: { zh: '季度尚未结束', en: 'The quarter has not ended' },
    detail: (f) => ({
      zh: `${f.quarter} 于 ${f.ends} 结束，今天是 ${f.today}，数据尚不完整。请在季度结束后办理。`,
      en: `${f.quarter} ends on ${f.ends} and today is ${f.today}: its figures are not complete. Come back when it has ended.`,
    }),
  }),
  score_stands: form<{ district: string; quarter: string; stands: Text; corrects: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '与该季度现行得分不符', en: 'Not the score that stands' },
    detail: (f) => ({
      zh: `${f.district} ${f.quarter} 的现行得分：${f.stands.zh}；录入所写更正的得分：${f.corrects.zh}。已有得分的季度只能更正：请核对现行得分，写明所更正的版本（corrects）重新提交；尚无得分的不写。`,
      en: `The score of ${f.district} for ${f.quarter} that stands: ${f.stands.en}; what is entered says that it corrects: ${f.corrects.en}. A scored quarter is only corrected: look at the score that stands and submit anew with its version as corrects, or without one where there is none.`,
    }),
  }),
  score_inputs_missing: form<{ district: string; quarter: string; missing: Text; waits: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '考核数据不全', en: 'The score lacks inputs' },
    detail: (f) => ({
      zh: `${f.district} ${f.quarter} 缺少：${f.missing.zh}（已录入待复核：${f.waits.zh}）。调查与廉政结果请先录入并经复核；其余取自账簿和项目数据，请先完成记账、进度和资金方案。`,
      en: `${f.district} lacks inputs for ${f.quarter}: ${f.missing.en} (entered and to be checked: ${f.waits.en}). Enter surveys and integrity and have them checked; the rest comes from the books, progress reports and funding plans.`,
    }),
  }),
} as const

const amounts = (f: { targetFen: Fen; releasedFen: Fen; recoveryFen: Fen }): { zh: string; en: string } => ({
  zh: `累计应拨 ${formatFen(f.targetFen)} 元，已拨 ${formatFen(f.releasedFen)} 元，待扣回 ${formatFen(f.recoveryFen)} 元`,
  en: `due in all ${formatFen(f.targetFen)}, paid ${formatFen(f.releasedFen)}, to come back ${formatFen(f.recoveryFen)}`,
})

export const releaseRefusals = {
  release_not_found: form<{ release: string }>({
    status: 404,
    title: { zh: '没有这笔拨付', en: 'No such release' },
    detail: (f) => ({
      zh: `没有拨付 ${f.release}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no release ${f.release}, or it is not yours to see. Check the id.`,
    }),
  }),
  early_run_not_found: form<{ quarter: string; run: number }>({
    status: 404,
    title: { zh: '没有这一轮早拨付', en: 'No such run' },
    detail: (f) => ({
      zh: `${f.quarter} 第 ${f.run} 轮早拨付尚未运行。请先发起，或查看任务进展。`,
      en: `Run ${f.run} of early disbursement for ${f.quarter} has not run. Ask for it, or look at its job.`,
    }),
  }),
  early_run_out_of_order: form<{ quarter: string; run: number; last: number }>({
    status: 409,
    pinned: true,
    title: { zh: '早拨付轮次不衔接', en: 'Not the next run' },
    detail: (f) => ({
      zh: `${f.quarter} 已完成 ${f.last} 轮早拨付，下一轮是第 ${f.last + 1} 轮，不能发起第 ${f.run} 轮。请核对轮次，或等待上一轮完成。`,
      en: `${f.quarter} has had ${f.last} runs; the next is ${f.last + 1}, not ${f.run}. Check the number, or wait for the run before.`,
    }),
  }),
  allotment_not_approved: form<{ allocation: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '资金分配尚未批准', en: 'The allocation is not approved' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 的状态为「${f.state.zh}」，批准记账后才能拨付。请先完成分配审批。`,
      en: `Allocation ${f.allocation} is ${f.state.en}; only what is approved and posted is paid out. Have it approved first.`,
    }),
  }),
  district_not_allotted: form<{ allocation: string; district: string }>({
    status: 422,
    pinned: true,
    title: { zh: '该区没有分配额', en: 'Nothing is allotted to the district' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 没有分配给 ${f.district} 的金额。请核对分配编号和区划。`,
      en: `Allocation ${f.allocation} gives nothing to ${f.district}. Check the allocation and the district.`,
    }),
  }),
  release_day_invalid: form<{ on: string; from: string; to: string }>({
    status: 422,
    pinned: true,
    title: { zh: '拨付日期不在范围内', en: 'The day is out of range' },
    detail: (f) => ({
      zh: `拨付日期 ${f.on} 须在 ${f.from} 至 ${f.to} 之间。请更正，或不填而以批准日为准。`,
      en: `The day ${f.on} must be from ${f.from} to ${f.to}. Correct it, or leave it out: then the day of approval counts.`,
    }),
  }),
  release_pending: form<{ allocation: string; district: string; release: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已有拨付待审批', en: 'A release waits for approval' },
    detail: (f) => ({
      zh: `${f.allocation} 对 ${f.district} 的拨付 ${f.release} 正在审批。请等待办结，或由经办人撤回后再提交。`,
      en: `Release ${f.release} of ${f.allocation} to ${f.district} is under approval. Wait for it, or have its maker withdraw it.`,
    }),
  }),
  tranche_unknown: form<{ tranche: number; tranches: number }>({
    status: 422,
    title: { zh: '没有这个批次', en: 'No such tranche' },
    detail: (f) => ({
      zh: `现行规定分 ${f.tranches} 批拨付，没有第 ${f.tranche} 批。请核对批次。`,
      en: `Money is paid in ${f.tranches} tranches; there is no tranche ${f.tranche}. Check the number.`,
    }),
  }),
  tranche_out_of_order: form<{ tranche: number; first: number; leftFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '前一批次尚未拨完', en: 'A tranche before it is open' },
    detail: (f) => ({
      zh: `第 ${f.first} 批尚有 ${formatFen(f.leftFen)} 元未拨，不能先拨第 ${f.tranche} 批。请先办理第 ${f.first} 批。`,
      en: `${formatFen(f.leftFen)} yuan of tranche ${f.first} are not paid yet, so tranche ${f.tranche} cannot be. Release tranche ${f.first} first.`,
    }),
  }),
  tranche_not_due: form<{ tranche: number; progress: string; least: string; early: boolean }>({
    status: 422,
    pinned: true,
    title: { zh: '未达到该批次的改造进度', en: 'The works are not far enough' },
    detail: (f) => ({
      zh: `第 ${f.tranche} 批须改造进度达到 ${f.least}，现为 ${f.progress}。请待进度达到后办理${f.early ? '；考核优良的区可由季度早拨付办理' : ''}。`,
      en: `Tranche ${f.tranche} is due at a progress of ${f.least}; it stands at ${f.progress}. Wait for it${f.early ? '; a district that scores well may be paid by the quarter’s early disbursement' : ''}.`,
    }),
  }),
  early_no_longer_earned: form<{ release: string; quarter: string; version: number; failed: Text; conditions: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '现行得分不再符合早拨付条件', en: 'The latest score does not earn it' },
    detail: (f) => ({
      zh: `拨付 ${f.release} 以最近考核季度的得分为准，${f.quarter} 现为第 ${f.version} 版（${f.conditions.zh}），未达标：${f.failed.zh}。请退回该拨付。`,
      en: `The latest score decides about release ${f.release}: version ${f.version} of ${f.quarter} (${f.conditions.en}) fails: ${f.failed.en}. Reject the release.`,
    }),
  }),
  release_exceeds_tranche: form<{
    tranche: number
    amountFen: Fen
    mostFen: Fen
    targetFen: Fen
    releasedFen: Fen
    recoveryFen: Fen
  }>({
    status: 422,
    pinned: true,
    title: { zh: '超过本批次可拨金额', en: 'More than the tranche' },
    detail: (f) => ({
      zh: `第 ${f.tranche} 批至多可拨 ${formatFen(f.mostFen)} 元（${amounts(f).zh}），申请 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.amountFen - f.mostFen)} 元。请减少金额。`,
      en: `Tranche ${f.tranche} takes ${formatFen(f.mostFen)} yuan at most (${amounts(f).en}); ${formatFen(f.amountFen)} are ${formatFen(f.amountFen - f.mostFen)} too much. Ask for less.`,
    }),
  }),
  release_exceeds_allotment: form<{ allocation: string; district: string; amountFen: Fen; waitingFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过账上已分配待拨付数', en: 'More than the books hold for the district' },
    detail: (f) => ({
      zh: `${f.allocation} 对 ${f.district} 账上已分配待拨付 ${formatFen(f.waitingFen)} 元，申请 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.amountFen - f.waitingFen)} 元。请核对分配与指标。`,
      en: `The books hold ${formatFen(f.waitingFen)} yuan of ${f.allocation} for ${f.district}; ${formatFen(f.amountFen)} are ${formatFen(f.amountFen - f.waitingFen)} too much. Check the allotment.`,
    }),
  }),
  release_exceeds_final_budget: form<{
    indicator: string
    amountFen: Fen
    paidFen: Fen
    finalFen: Fen
    overFen: Fen
  }>({
    status: 422,
    pinned: true,
    title: { zh: '累计拨付超过正式预算', en: 'More than the final budget' },
    detail: (f) => ({
      zh: `指标 ${f.indicator} 按正式预算至多拨付 ${formatFen(f.finalFen)} 元，已拨付 ${formatFen(f.paidFen)} 元，本次 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.overFen)} 元，不得拨付。请减少金额，或先收回多拨的部分。`,
      en: `Indicator ${f.indicator} may pay ${formatFen(f.finalFen)} yuan in all by its final budget and has paid ${formatFen(f.paidFen)}; ${formatFen(f.amountFen)} are ${formatFen(f.overFen)} too much. Pay less, or first claw back what was paid too much.`,
    }),
  }),
  release_project_left: form<{ allocation: string; district: string; projects: Text; amountFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '分配中有项目已退出', en: 'A project has left the plan' },
    detail: (f) => ({
      zh: `${f.allocation} 对 ${f.district} 的分配中，${f.projects.zh} 已不在计划内，尚有 ${formatFen(f.amountFen)} 元未拨，不得再拨。请先以补充分配调回其份额，再办理拨付。`,
      en: `Of ${f.allocation} for ${f.district}, ${f.projects.en} left the plan with ${formatFen(f.amountFen)} yuan still to be paid, which may not be. Take their shares back by a supplement first, then release.`,
    }),
  }),
  release_exceeds_cash_plan: form<{ programme: string; source: string; amountFen: Fen; leftFen: Fen; on: string }>({
    status: 422,
    pinned: true,
    title: { zh: '超过用款计划', en: 'More than the cash plan' },
    detail: (f) => ({
      zh: `${f.programme}（${f.source}）截至 ${f.on} 可用用款计划 ${formatFen(f.leftFen)} 元，本次拨付 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.amountFen - f.leftFen)} 元，不得拨付。请先申请追加用款计划，或减少金额。`,
      en: `${formatFen(f.leftFen)} yuan of the cash plan of ${f.programme} (${f.source}) are left on ${f.on}; ${formatFen(f.amountFen)} are ${formatFen(f.amountFen - f.leftFen)} too much. Have the plan raised, or pay less.`,
    }),
  }),
  district_indicator_insufficient: form<{ indicator: string; project: string; amountFen: Fen; leftFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '区级指标不足以下达额度', en: 'The district’s indicator is too small' },
    detail: (f) => ({
      zh: `区级指标 ${f.indicator} 在项目 ${f.project} 下可用 ${formatFen(f.leftFen)} 元，需下达 ${formatFen(f.amountFen)} 元，差 ${formatFen(f.amountFen - f.leftFen)} 元。请核对该区指标分解；是上年结转的，请先对上级指标或本指标办理整体恢复上年结转（/v1/indicators/${f.indicator}/renewal）。`,
      en: `Indicator ${f.indicator} has ${formatFen(f.leftFen)} yuan under ${f.project}; ${formatFen(f.amountFen)} are to be issued, ${formatFen(f.amountFen - f.leftFen)} too much. Check how the district assigned it; what year-end carried over comes back by renewing the upper indicator, or this one, whole (/v1/indicators/${f.indicator}/renewal).`,
    }),
  }),
  release_not_early: form<{ release: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '不是已拨付的早拨付', en: 'Not paid early' },
    detail: (f) => ({
      zh: `拨付 ${f.release}（${f.state.zh}）不是已拨付的早拨付，不能按提前拨付收回。错拨或检查发现问题的，请按 ground 错拨、检查发现问题申请收回。`,
      en: `Release ${f.release} (${f.state.en}) was not paid early and is not clawed back as such. What was paid in error or against a finding is clawed back on that ground.`,
    }),
  }),
  clawback_pending: form<{ release: string; clawback: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已有收回待审批', en: 'A claw-back waits for approval' },
    detail: (f) => ({
      zh: `拨付 ${f.release} 的收回 ${f.clawback} 正在审批。请等待办结，或由经办人撤回。`,
      en: `Claw-back ${f.clawback} of release ${f.release} is under approval. Wait for it, or have its maker withdraw it.`,
    }),
  }),
  clawback_unfounded: form<{ release: string; used: number; latest: number; conditions: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '更正后的得分仍符合条件', en: 'The score still earns it' },
    detail: (f) => ({
      zh: `拨付 ${f.release} 依据第 ${f.used} 版得分，现行第 ${f.latest} 版（${f.conditions.zh}）仍符合早拨付条件，没有收回的依据。请先更正得分，或依据审计结论办理。`,
      en: `Release ${f.release} rests on version ${f.used} of the score; version ${f.latest} (${f.conditions.en}) earns it still. Correct the score first, or claw back on an audit finding.`,
    }),
  }),
  release_not_paid: form<{ release: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '该拨付尚未拨出', en: 'Nothing was paid' },
    detail: (f) => ({
      zh: `拨付 ${f.release} 的状态为「${f.state.zh}」，没有已拨出的资金可收回。待审批的请退回或撤回。`,
      en: `Release ${f.release} is ${f.state.en}: nothing of it was paid, and nothing can come back. Reject or withdraw one that waits.`,
    }),
  }),
  clawback_exceeds_release: form<{ release: string; amountFen: Fen; leftFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过可收回金额', en: 'More than can come back' },
    detail: (f) => ({
      zh: `拨付 ${f.release} 尚可收回 ${formatFen(f.leftFen)} 元（已减去收回和应收回的），申请 ${formatFen(f.amountFen)} 元。请减少金额。`,
      en: `Of release ${f.release} ${formatFen(f.leftFen)} yuan are neither clawed back nor claimed; ${formatFen(f.amountFen)} are too much. Ask for less.`,
    }),
  }),
  clawback_nothing_to_return: form<{ release: string; indicator: string; district: string }>({
    status: 422,
    pinned: true,
    title: { zh: '没有须按正式预算交回的已拨款', en: 'Nothing paid is above the final budget' },
    detail: (f) => ({
      zh: `指标 ${f.indicator} 对 ${f.district} 没有超过正式预算的已拨款，或已由未拨部分扣回，拨付 ${f.release} 无需按此收回。`,
      en: `Of indicator ${f.indicator} ${f.district} was paid nothing above the final budget, or what is unpaid bears it: release ${f.release} need not come back.`,
    }),
  }),
  clawback_not_found: form<{ clawback: string }>({
    status: 404,
    title: { zh: '没有这笔收回', en: 'No such claw-back' },
    detail: (f) => ({
      zh: `没有收回 ${f.clawback} 的应收回款，或不在您的管辖范围内。请核对编号。`,
      en: `There is no claim of claw-back ${f.clawback}, or it is not yours to see. Check the id.`,
    }),
  }),
  settlement_pending: form<{ clawback: string; settlement: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已有清偿待审批', en: 'A settlement waits for approval' },
    detail: (f) => ({
      zh: `收回 ${f.clawback} 的清偿 ${f.settlement} 正在审批。请等待办结，或由经办人撤回。`,
      en: `Settlement ${f.settlement} of claw-back ${f.clawback} is under approval. Wait for it, or have its maker withdraw it.`,
    }),
  }),
  settlement_exceeds_claim: form<{ clawback: string; amountFen: Fen; leftFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过应收回余额', en: 'More than the claim' },
    detail: (f) => ({
      zh: `收回 ${f.clawback} 尚应收回 ${formatFen(f.leftFen)} 元，本次 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.amountFen - f.leftFen)} 元。请减少金额。`,
      en: `${formatFen(f.leftFen)} yuan of claw-back ${f.clawback} are open; ${formatFen(f.amountFen)} are ${formatFen(f.amountFen - f.leftFen)} too much. Give less.`,
    }),
  }),
  settlement_exceeds_quota: form<{ clawback: string; indicator: string; amountFen: Fen; leftFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '额度不足以交回', en: 'Too little quota is held' },
    detail: (f) => ({
      zh: `收回 ${f.clawback} 所涉项目在指标 ${f.indicator} 下尚有额度 ${formatFen(f.leftFen)} 元，需交回 ${formatFen(f.amountFen)} 元。请减少金额，或以资金缴回。`,
      en: `The projects of claw-back ${f.clawback} hold ${formatFen(f.leftFen)} yuan of quota under ${f.indicator}; ${formatFen(f.amountFen)} are to come back. Give less, or pay it back in money.`,
    }),
  }),
  settlement_exceeds_tranche: form<{ clawback: string; amountFen: Fen; dueFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '没有足够的应拨批次可抵扣', en: 'Too little is due to be kept' },
    detail: (f) => ({
      zh: `该区按改造进度现有 ${formatFen(f.dueFen)} 元应拨而可抵扣，收回 ${f.clawback} 拟抵扣 ${formatFen(f.amountFen)} 元。请待下一批次到期，或减少金额，或以资金、额度清偿。`,
      en: `${formatFen(f.dueFen)} yuan are due to the district by the progress of its works and can be kept; ${formatFen(f.amountFen)} of claw-back ${f.clawback} are asked. Wait for the next tranche, keep less, or settle it by money or quota.`,
    }),
  }),
  release_blocked_by_clawback: form<{ district: string; clawbacks: Text; openFen: Fen; dueOn: string }>({
    status: 422,
    pinned: true,
    title: { zh: '有逾期未缴的应收回款', en: 'A claim is overdue' },
    detail: (f) => ({
      zh: `${f.district} 的应收回款 ${f.clawbacks.zh} 已于 ${f.dueOn} 到期，尚欠 ${formatFen(f.openFen)} 元，清偿前不办理早拨付。请先缴回资金、交回额度或抵扣应拨批次。`,
      en: `The claims ${f.clawbacks.en} on ${f.district} were due on ${f.dueOn} and ${formatFen(f.openFen)} yuan of them are open: nothing is released early until they are settled. Have them paid back, returned from quota, or kept from a tranche that is due.`,
    }),
  }),
  clawback_nothing_early: form<{ release: string; progress: string }>({
    status: 422,
    pinned: true,
    title: { zh: '已达正常拨付条件', en: 'It is due by now' },
    detail: (f) => ({
      zh: `改造进度已达 ${f.progress}，拨付 ${f.release} 按正常条件已应拨付，或已全部收回，没有提前部分。无需收回。`,
      en: `At a progress of ${f.progress} release ${f.release} is due anyway, or all of it was clawed back: nothing of it is early.`,
    }),
  }),
} as const

export const refuse = catalogue({ ...scoreRefusals, ...releaseRefusals })
