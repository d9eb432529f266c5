/**
 * What funding plans, the split of mixed ownership and owners' contributions say no to, in order of precedence: of
 * several reasons the first in this list is given. Those marked `pinned` depend on what stands and stay with the key
 * they answered.
 */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given
const yuan = formatFen

export const fundingPlanRefusals = {
  withdrawal_not_found: form<{ withdrawal: string }>({
    status: 404,
    title: { zh: '没有这笔提取', en: 'No such withdrawal' },
    detail: (f) => ({
      zh: `没有编号为 ${f.withdrawal} 的公积金提取。请在提取列表中核对编号。`,
      en: `There is no withdrawal ${f.withdrawal}. Look for it in the list of withdrawals.`,
    }),
  }),
  book_not_memo: form<{ book: string; standard: string }>({
    status: 422,
    title: { zh: '不是公积金备查账', en: 'Not a memo book' },
    detail: (f) => ({
      zh: `账套 ${f.book} 执行 ${f.standard}，公积金提取记在备查账（memo）中。请填写公积金中心的备查账。`,
      en: `Book ${f.book} is kept by ${f.standard}; withdrawals are booked in a memo book. Name that of the fund.`,
    }),
  }),
  relation_not_eligible: form<{ relation: string; on: string; allowed: readonly string[] }>({
    status: 422,
    title: { zh: '该人员不能提取', en: 'May not withdraw' },
    detail: (f) => ({
      zh: `${f.on} 可以提取的人员为：${f.allowed.join('、') || '无'}；「${f.relation}」不在其中。请只列可以提取的人员。`,
      en: `On ${f.on} these may withdraw: ${f.allowed.join(', ') || 'nobody'}; "${f.relation}" is none of them. Name only those who may.`,
    }),
  }),
  receipt_not_found: form<{ project: string; dwelling: string; way: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '账上没有该房屋的出资', en: 'No contribution of this dwelling' },
    detail: (f) => ({
      zh: `项目 ${f.project} 账上没有房屋 ${f.dwelling} 可供提取的出资（${f.way.zh}）。请先登记收款或批准资金方案，再受理。`,
      en: `The books of ${f.project} hold nothing of dwelling ${f.dwelling} to withdraw for (${f.way.en}). Record the receipt, or approve the funding plan, first.`,
    }),
  }),
  exceeds_limit: form<{ dwelling: string; relation: string; requested: Fen; max: Fen; limit: Fen }>({
    status: 409,
    pinned: true,
    title: { zh: '超过可提取限额', en: 'Above what may be withdrawn' },
    detail: (f) => ({
      zh: `房屋 ${f.dwelling} 本次可提取限额 ${yuan(f.limit)} 元；${f.relation} 申请 ${yuan(f.requested)} 元，至多可提取 ${yuan(f.max)} 元。请改为不超过该数后重新申请。`,
      en: `For dwelling ${f.dwelling} at most ${yuan(f.limit)} yuan may be withdrawn now; ${f.relation} asks for ${yuan(f.requested)} and may have ${yuan(f.max)}. Ask again for no more than that.`,
    }),
  }),
  plan_version_not_found: form<{ project: string; version: number }>({
    status: 404,
    title: { zh: '没有这一版资金方案', en: 'No such version' },
    detail: (f) => ({
      zh: `项目 ${f.project} 没有第 ${f.version} 版资金方案。请先查看该项目的方案版本。`,
      en: `Project ${f.project} has no funding plan of version ${f.version}. List its versions first.`,
    }),
  }),
  bank_reference_used: form<{ reference: string; book: string; project: string; receipt: number; on: string }>({
    status: 409,
    pinned: true,
    title: { zh: '银行回单已登记', en: 'The bank slip was recorded before' },
    detail: (f) => ({
      zh: `账套 ${f.book} 中，银行回单 ${f.reference} 已于 ${f.on} 登记为项目 ${f.project} 的第 ${f.receipt} 笔。同一账户的回单只登记一次，请核对回单号。`,
      en: `In book ${f.book} the bank slip ${f.reference} was recorded on ${f.on} as movement ${f.receipt} of project ${f.project}. A slip stands once in an account; check its number.`,
    }),
  }),
  owner_movement_not_found: form<{ project: string; receipt: number }>({
    status: 404,
    title: { zh: '没有这笔待认领款', en: 'Nothing in suspense there' },
    detail: (f) => ({
      zh: `项目 ${f.project} 没有编号为 ${f.receipt} 且尚待认领的收款。请查看居民出资明细。`,
      en: `Project ${f.project} has no receipt ${f.receipt} waiting for its dwelling. Look at the contributions.`,
    }),
  }),
  plan_settled: form<{ project: string; version: number; approved: number }>({
    status: 409,
    pinned: true,
    title: { zh: '该版方案已被取代', en: 'A later version stands' },
    detail: (f) => ({
      zh: `项目 ${f.project} 第 ${f.approved} 版资金方案已批准，第 ${f.version} 版是在此之前编制的，不能提交。请在现行方案基础上重新编制。`,
      en: `Version ${f.approved} of the plan of ${f.project} is in force; version ${f.version} was made before it. Draft anew from what stands.`,
    }),
  }),
  plan_not_in_force: form<{ project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '项目没有已批准的资金方案', en: 'No plan in force' },
    detail: (f) => ({
      zh: `项目 ${f.project} 没有已批准的资金方案。请先编制、提交并批准。`,
      en: `Project ${f.project} has no approved funding plan. Draft, submit and approve one first.`,
    }),
  }),
  plan_line_repeated: form<{ line: string }>({
    status: 422,
    title: { zh: '费用行重复', en: 'A cost twice in one plan' },
    detail: (f) => ({
      zh: `费用行或合同行 ${f.line} 在方案中出现两次，同一费用只能列一行。请合并。`,
      en: `The line or contract line ${f.line} stands twice in the plan; one cost is one line. Merge them.`,
    }),
  }),
  plan_item_unknown: form<{ line: string; item: string }>({
    status: 422,
    title: { zh: '改造内容代码无效', en: 'No such item' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 的改造内容 ${f.item} 不在清单中（B、I、U 加两位数字）。请核对代码。`,
      en: `Line ${f.line} names item ${f.item}, which the catalogue does not have (B, I or U and two digits). Check the code.`,
    }),
  }),
  plan_quantity_wrong: form<{ line: string; product: Fen; amount: Fen }>({
    status: 422,
    title: { zh: '数量乘单价不等于金额', en: 'Quantity times price is not the amount' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 数量乘单价为 ${yuan(f.product)} 元，所列金额为 ${yuan(f.amount)} 元。请改正其一。`,
      en: `On line ${f.line} quantity times price is ${yuan(f.product)}, the amount ${yuan(f.amount)}. Correct one of them.`,
    }),
  }),
  plan_share_unplaced: form<{ line: string }>({
    status: 422,
    title: { zh: '方案中没有这一费用行', en: 'No such line in the plan' },
    detail: (f) => ({
      zh: `方案中没有费用行 ${f.line}。请先列出费用，再安排其资金来源。`,
      en: `The plan has no line ${f.line}. List the cost first, then who pays it.`,
    }),
  }),
  plan_source_unknown: form<{ line: Text; source: string }>({
    status: 422,
    title: { zh: '资金来源代码无效', en: 'No such fund source' },
    detail: (f) => ({
      zh: `费用行 ${f.line.zh} 的资金来源 ${f.source} 不存在。来源代码为 F 加两位数字，如 F21。`,
      en: `Line ${f.line.en} names the source ${f.source}, which does not exist. Sources are F and two digits, such as F21.`,
    }),
  }),
  plan_source_not_eligible: form<{ line: string; item: string; classZh: string; source: string; sourceZh: string }>({
    status: 422,
    title: { zh: '该来源不得用于此类改造', en: 'This source may not pay such works' },
    detail: (f) => ({
      zh: `费用行 ${f.line}（${f.item}，${f.classZh}）不得由 ${f.source} ${f.sourceZh}支付。请改由其他来源支付。`,
      en: `Line ${f.line} (${f.item}) may not be paid from ${f.source}. Have another source pay it.`,
    }),
  }),
  plan_recurrent_not_eligible: form<{ line: string; source: string; sourceZh: string }>({
    status: 422,
    title: { zh: '举借的债务不得用于经常性支出', en: 'Borrowed money pays no recurrent cost' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 是经常性支出，不得由 ${f.source} ${f.sourceZh}支付。请改由其他来源支付。`,
      en: `Line ${f.line} is a recurrent cost and may not be paid from ${f.source}. Have another source pay it.`,
    }),
  }),
  channel_source_wrong: form<{ ownershipZh: string; source: string; channel: Text }>({
    status: 422,
    title: { zh: '不是该产权份额的资金渠道', en: 'Not the channel of these owners' },
    detail: (f) => ({
      zh: `${f.ownershipZh}的份额只能由其渠道（${f.channel.zh}）支付，不得由 ${f.source} 支付。渠道资金不足的，记应收该产权单位；确需其他资金垫付的，另行提交垫付审批。`,
      en: `The part of these owners is paid through their channel (${f.channel.en}) alone, not from ${f.source}. What the channel lacks is due from the unit; other money may stand in only under an advance of its own that was approved.`,
    }),
  }),
  plan_line_overclaimed: form<{
    line: string
    contract: string | undefined
    sources: readonly string[]
    cost: Fen
    overlap: Fen
  }>({
    status: 422,
    title: { zh: '同一费用重复安排资金', en: 'One cost claimed twice' },
    detail: (f) => ({
      zh: `费用行 ${f.line}${f.contract === undefined ? '' : `（合同行 ${f.contract}）`} 造价 ${yuan(f.cost)} 元，${f.sources.join('、')} 合计多安排 ${yuan(f.overlap)} 元。请调减。`,
      en: `Line ${f.line}${f.contract === undefined ? '' : ` (contract line ${f.contract})`} costs ${yuan(f.cost)}; ${f.sources.join(', ')} together claim ${yuan(f.overlap)} more. Reduce them.`,
    }),
  }),
  plan_contract_claimed: form<{ line: string; contract: string; project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '合同行已列入其他项目的方案', en: 'Paid under another project’s plan' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 的合同行 ${f.contract} 已列入项目 ${f.project} 的资金方案。同一费用只能在一个项目列支，请核对合同行。`,
      en: `The contract line ${f.contract} of line ${f.line} stands in the funding plan of project ${f.project}. One cost is paid by one project; check the contract line.`,
    }),
  }),
  project_book_missing: form<{ project: string; which: Text }>({
    status: 422,
    title: { zh: '项目没有指定账套', en: 'The project names no book' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未指定${f.which.zh}，无法记账。请先在项目中指定。`,
      en: `Project ${f.project} names no such book (${f.which.en}), so nothing can be posted. Name it with the project first.`,
    }),
  }),
  plan_item_cost_differs: form<{ project: string; item: string; planned: Fen; stated: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '方案与项目造价不符', en: 'Not what the project says it costs' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的 ${f.item} 造价为 ${yuan(f.stated)} 元，方案列 ${yuan(f.planned)} 元，相差 ${yuan(f.planned - f.stated)} 元。请改方案，或先改项目造价。`,
      en: `${f.item} of project ${f.project} costs ${yuan(f.stated)}, the plan has ${yuan(f.planned)}, a difference of ${yuan(f.planned - f.stated)}. Correct the plan, or the cost of the project first.`,
    }),
  }),
  plan_has_gap: form<{ project: string; gap: Fen; lines: Text }>({
    status: 422,
    title: { zh: '资金方案有缺口', en: 'The plan does not close' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的资金方案有缺口 ${yuan(f.gap)} 元（${f.lines.zh}）。每行费用须足额落实来源，补足后再提交。`,
      en: `The funding plan of ${f.project} has a gap of ${yuan(f.gap)} (${f.lines.en}). Every line is to be paid in full; close it, then submit.`,
    }),
  }),
  plan_source_limit_exceeded: form<{ source: string; of: string; plannedFen: Fen; limitFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过该来源可用额', en: 'More than the source has' },
    detail: (f) => ({
      zh: `${f.source}（${f.of}）可用 ${yuan(f.limitFen)} 元，方案安排 ${yuan(f.plannedFen)} 元，超出 ${yuan(f.plannedFen - f.limitFen)} 元。请调减，或先落实资金。`,
      en: `${f.source} (${f.of}) has ${yuan(f.limitFen)}, the plan takes ${yuan(f.plannedFen)}, ${yuan(f.plannedFen - f.limitFen)} too much. Take less, or secure the money first.`,
    }),
  }),
  plan_below_claims: form<{ project: string; item: string; source: string; planned: Fen; claimed: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '方案低于已承诺和已支付金额', en: 'Less than is committed and paid' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的 ${f.item} 按新方案由 ${f.source} 支付 ${yuan(f.planned)} 元，已承诺和支付 ${yuan(f.claimed)} 元，多 ${yuan(f.claimed - f.planned)} 元。请先收回多付款项，再批准方案。`,
      en: `Under the new plan ${f.source} pays ${yuan(f.planned)} of ${f.item} of project ${f.project}; ${yuan(f.claimed)} are committed and paid, ${yuan(f.claimed - f.planned)} too much. Recover what was overpaid, then approve.`,
    }),
  }),
  scope_line_not_counted: form<{ line: string }>({
    status: 422,
    title: { zh: '该费用行没有数量和单价', en: 'The line counts nothing' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 没有数量和单价，无法按数量核减。请先以有数量和单价的方案取代现行方案。`,
      en: `Line ${f.line} has no quantity and unit price, so nothing can be left out by count. Replace the plan by one that has them.`,
    }),
  }),
  scope_reduction_too_large: form<{ line: string; dwelling: string; waived: number; has: number }>({
    status: 422,
    title: { zh: '核减数量超过该户数量', en: 'More left out than there is' },
    detail: (f) => ({
      zh: `${f.dwelling} 在费用行 ${f.line} 中有 ${f.has} 个，不能核减 ${f.waived} 个。请核对数量。`,
      en: `${f.dwelling} has ${f.has} on line ${f.line}; ${f.waived} cannot be left out. Check the quantity.`,
    }),
  }),
  scope_shares_do_not_fit: form<{ line: string; rest: Fen; available: Fen }>({
    status: 422,
    title: { zh: '核减额无法由各来源分担', en: 'The reduction does not fit the shares' },
    detail: (f) => ({
      zh: `费用行 ${f.line} 扣除住户份额后还须核减 ${yuan(f.rest)} 元，其他来源共 ${yuan(f.available)} 元。请改以新版方案调整。`,
      en: `After the households’ own shares ${yuan(f.rest)} of line ${f.line} would have to come off other sources, which pay ${yuan(f.available)}. Draft a new version instead.`,
    }),
  }),
  ownership_areas_missing: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '没有可用于分摊的面积', en: 'No areas to split by' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的房屋登记中没有面积，无法按产权分摊。请先登记房屋，或附文件列明各产权面积。`,
      en: `The registry has no areas for project ${f.project}. Register its dwellings, or state the areas with a document.`,
    }),
  }),
  ownership_channel_missing: form<{ project: string; ownership: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '产权性质没有资金渠道', en: 'Owners without a channel' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的${f.ownership.zh}有面积，但没有列明资金渠道。请为其指定一个资金来源。`,
      en: `Project ${f.project} has areas of ${f.ownership.en} and names no channel for them. Name the source that pays their part.`,
    }),
  }),
  ownership_not_set: form<{ project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '尚未确定产权分摊', en: 'No split of ownership' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未确定产权分摊比例和渠道。请先设定。`,
      en: `Project ${f.project} has no split of ownership and no channels yet. Set them first.`,
    }),
  }),
  certificate_recorded: form<{ project: string; certificate: string }>({
    status: 409,
    pinned: true,
    title: { zh: '该期进度款已入账', en: 'Recorded already' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的 ${f.certificate} 已经分摊入账，不能再记一次。请核对期次。`,
      en: `${f.certificate} of project ${f.project} was split and posted already. Check its number.`,
    }),
  }),
  nothing_payable: form<{ project: string; ownershipZh: string; payable: Fen; asked: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过该产权应付份额', en: 'More than is payable' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的${f.ownershipZh}份额尚应付 ${yuan(f.payable)} 元，不能支付 ${yuan(f.asked)} 元。请核对进度款分摊。`,
      en: `${yuan(f.payable)} are payable for this part of project ${f.project}, not ${yuan(f.asked)}. Check the certificates.`,
    }),
  }),
  receivable_exceeded: form<{ project: string; ownershipZh: string; due: Fen; given: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过应收产权单位金额', en: 'More than is due from the unit' },
    detail: (f) => ({
      zh: `项目 ${f.project} 应收${f.ownershipZh}单位 ${yuan(f.due)} 元，本次 ${yuan(f.given)} 元。请核对金额。`,
      en: `${yuan(f.due)} are due from this unit for project ${f.project}, ${yuan(f.given)} were given. Check the amount.`,
    }),
  }),
  advance_exceeded: form<{ project: string; source: string; open: Fen; asked: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过未收回的垫付款', en: 'More than was advanced' },
    detail: (f) => ({
      zh: `项目 ${f.project} 由 ${f.source} 垫付未收回 ${yuan(f.open)} 元，不能收回 ${yuan(f.asked)} 元。请核对金额。`,
      en: `${yuan(f.open)} advanced from ${f.source} for project ${f.project} are open, not ${yuan(f.asked)}. Check the amount.`,
    }),
  }),
  contribution_not_due: form<{ project: string; dwelling: string }>({
    status: 422,
    pinned: true,
    title: { zh: '该房屋没有应缴款', en: 'Nothing is due from this dwelling' },
    detail: (f) => ({
      zh: `${f.dwelling} 不在项目 ${f.project} 现行资金方案的出资名单中，不能认领。请核对房屋。`,
      en: `${f.dwelling} owes nothing under the plan of ${f.project} in force, so money cannot be matched to it. Check the dwelling.`,
    }),
  }),
  refund_exceeds_excess: form<{ project: string; dwelling: string; excess: Fen; asked: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '超过可退金额', en: 'More than can be given back' },
    detail: (f) => ({
      zh: `${f.dwelling} 在项目 ${f.project} 可退 ${yuan(f.excess)} 元，不能退 ${yuan(f.asked)} 元。请核对居民出资明细。`,
      en: `${yuan(f.excess)} of project ${f.project} can be given back to ${f.dwelling}, not ${yuan(f.asked)}. Check its contributions.`,
    }),
  }),
} as const

export const refuse = catalogue(fundingPlanRefusals)
