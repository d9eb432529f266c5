/** What the rules of allocation say no to, in the order in which one row of the trial calculations names them. */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

export const carryForwardRefusals = {
  indicator_not_open: {
    status: 422,
    title: { zh: '预算指标在该年度不可使用', en: 'The budget indicator is not open in that year' },
    detail: (f: { year: number; first: number; last: number }) => ({
      zh: `${f.first} 年度指标只能在 ${f.first} 至 ${f.last} 年使用，${f.year} 年的支出不能列支。请改用 ${f.year} 年可用的指标。`,
      en: `The indicator of ${f.first} may be spent from ${f.first} to ${f.last}, not in ${f.year}. Use an indicator that is open in ${f.year}.`,
    }),
  },
  exceeds_indicator: {
    status: 422,
    title: { zh: '支出超过指标余额', en: 'Spending exceeds what is left of the indicator' },
    detail: (f: { year: number; opening: Fen; spent: Fen }) => ({
      zh: `${f.year} 年年初指标余额 ${formatFen(f.opening)} 元，支出 ${formatFen(f.spent)} 元，超出 ${formatFen(f.spent - f.opening)} 元。请减少支出或另行申请指标。`,
      en: `${formatFen(f.opening)} yuan of the indicator were open at the start of ${f.year} and ${formatFen(f.spent)} spent, ${formatFen(f.spent - f.opening)} too much. Spend less, or apply for another indicator.`,
    }),
  },
} as const

export const refuse = catalogue(carryForwardRefusals)

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

/** 「…的」 before an amount of somebody, nothing before the total. */
const whose = (what: string): string => (what === '' ? '分配总额' : `${what} 的金额`)

/**
 * What the allocation of a subsidy says no to, in order of precedence. Those marked `pinned` stay with the key they
 * answered.
 */
export const allocationRefusals = {
  allocation_not_found: form<{ allocation: string }>({
    status: 404,
    title: { zh: '没有这个资金分配', en: 'No such allocation' },
    detail: (f) => ({
      zh: `没有资金分配 ${f.allocation}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no allocation ${f.allocation}, or it is not yours to see. Check its code.`,
    }),
  }),
  allocation_version_not_found: form<{ allocation: string; version: number; last: number }>({
    status: 404,
    title: { zh: '没有这一稿', en: 'No such version' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 没有第 ${f.version} 稿，现有 1 至 ${f.last} 稿。请核对稿次。`,
      en: `Allocation ${f.allocation} has no version ${f.version}; there are 1 to ${f.last}.`,
    }),
  }),
  allocation_exists: form<{ allocation: string }>({
    status: 409,
    pinned: true,
    title: { zh: '分配编号已被使用', en: 'The code is taken' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 已登记。请换一个编号；修改方案请为其新增一稿。`,
      en: `Allocation ${f.allocation} exists. Use another code; to change it, add a version to it.`,
    }),
  }),
  allocation_approved: form<{ allocation: string }>({
    status: 409,
    pinned: true,
    title: { zh: '资金分配已批准', en: 'The allocation is approved' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 已批准并记账，不能再修改或提交。请办理补充分配（增加或核减）。`,
      en: `Allocation ${f.allocation} is approved and posted and takes no change. Correct it by a supplementary allocation.`,
    }),
  }),
  allocation_not_approved: form<{ allocation: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '资金分配尚未批准', en: 'The allocation is not approved yet' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 的状态为「${f.state.zh}」，不能办理补充分配。未批准的请直接新增一稿。`,
      en: `Allocation ${f.allocation} is ${f.state.en}; only what is approved is supplemented. Add a version to it instead.`,
    }),
  }),
  supplement_of_supplement: form<{ allocation: string; supplements: string }>({
    status: 422,
    title: { zh: '不能对补充分配再作补充', en: 'A supplement is not supplemented' },
    detail: (f) => ({
      zh: `${f.allocation} 本身是 ${f.supplements} 的补充分配。请直接对 ${f.supplements} 办理补充分配。`,
      en: `${f.allocation} supplements ${f.supplements} itself. Supplement ${f.supplements}.`,
    }),
  }),
  recipients_not_projects: form<{ indicator: string; district: string }>({
    status: 422,
    title: { zh: '区级指标只能分配到项目', en: 'A district’s indicator goes to projects' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 属于 ${f.district}，只能分配到本区项目。请把 recipients 改为 projects。`,
      en: `Indicator ${f.indicator} belongs to ${f.district} and is allocated to its projects only. Set recipients to projects.`,
    }),
  }),
  indicator_out_of_time: form<{ indicator: string; year: number; last: number; on: string }>({
    status: 422,
    title: { zh: '预算指标已过使用期', en: 'The time of the indicator is over' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 为 ${f.year} 年度，可用至 ${f.last} 年末，不能在 ${f.on} 分配。请改用当年可用的指标。`,
      en: `Indicator ${f.indicator} of ${f.year} may be used to the end of ${f.last}, not on ${f.on}. Use one that is open.`,
    }),
  }),
  formula_unknown: form<{ variant: string; known: readonly string[] }>({
    status: 422,
    title: { zh: '没有这个分配公式', en: 'No such formula' },
    detail: (f) => ({
      zh: `没有分配公式「${f.variant}」。可用公式：${f.known.join('、')}；也可以给出自定权重及其依据文件。`,
      en: `There is no formula ${f.variant}. Use one of ${f.known.join(', ')}, or give weights of your own with their document.`,
    }),
  }),
  weights_not_one: form<{ sum: string }>({
    status: 422,
    title: { zh: '因素权重合计不为1', en: 'The weights do not add up to 1' },
    detail: (f) => ({
      zh: `各因素权重合计为 ${f.sum}，须为 1。请调整权重。`,
      en: `The weights add up to ${f.sum} and must add up to 1. Change them.`,
    }),
  }),
  total_missing: form<{ formula: string }>({
    status: 422,
    title: { zh: '缺少分配总额', en: 'The total is missing' },
    detail: (f) => ({
      zh: `公式「${f.formula}」须给出分配总额。请填写 total。`,
      en: `The formula ${f.formula} divides a total. Give it as total.`,
    }),
  }),
  amount_not_in_unit: form<{ what: string; amountFen: Fen; unitFen: Fen }>({
    status: 422,
    title: { zh: '金额不是计量单位的整数倍', en: 'The amount is not in whole units' },
    detail: (f) => ({
      zh: `${whose(f.what)} ${formatFen(f.amountFen)} 元不是取整单位 ${formatFen(f.unitFen)} 元的整数倍，或取整单位为零。请调整金额或单位。`,
      en: `${f.what === '' ? 'The total' : `The amount of ${f.what}`}, ${formatFen(f.amountFen)} yuan, is not a multiple of the unit of ${formatFen(f.unitFen)} yuan, or the unit is zero. Change the one or the other.`,
    }),
  }),
  recipients_missing: form<{ programme: string; on: string }>({
    status: 422,
    title: { zh: '没有分配对象', en: 'There is nobody to allocate to' },
    detail: (f) => ({
      zh: `按所给条件，截至 ${f.on} 没有可以分配 ${f.programme} 资金的项目。请核对年度、批次或项目编号。`,
      en: `By what was given, no project could be allocated money of ${f.programme} on ${f.on}. Check year, batch or codes.`,
    }),
  }),
  recipient_repeated: form<{ recipient: string; item: string; part: string }>({
    status: 422,
    title: { zh: '分配对象重复', en: 'A recipient comes twice' },
    detail: (f) => ({
      zh: `${[f.recipient, f.item, f.part].filter((text) => text !== '').join(' ')} 出现两次。请合并为一行。`,
      en: `${[f.recipient, f.item, f.part].filter((text) => text !== '').join(' ')} comes twice. Make it one row.`,
    }),
  }),
  recipient_unknown: form<{ recipient: string; recipients: 'districts' | 'projects' }>({
    status: 422,
    title: { zh: '没有这个分配对象', en: 'No such recipient' },
    detail: (f) => ({
      zh: `没有${f.recipients === 'districts' ? '行政区' : '项目'} ${f.recipient}。请核对代码，或先登记。`,
      en: `There is no ${f.recipients === 'districts' ? 'district' : 'project'} ${f.recipient}. Check its code, or register it first.`,
    }),
  }),
  recipient_outside_district: form<{ recipient: string; district: string; of: string }>({
    status: 422,
    title: { zh: '分配对象不在本区', en: 'The recipient is of another district' },
    detail: (f) => ({
      zh: `项目 ${f.recipient} 属于 ${f.of}，不能分配 ${f.district} 的区级资金。请改为本区项目。`,
      en: `Project ${f.recipient} is of ${f.of} and gets no money of ${f.district}. Name a project of the district.`,
    }),
  }),
  project_not_planned: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '项目尚未列入年度计划', en: 'The project is in no plan' },
    detail: (f) => ({
      zh: `项目 ${f.project} 仍在储备库，不能分配资金。请先列入年度改造计划。`,
      en: `Project ${f.project} is in the reserve and gets no money yet. Take it into a yearly plan first.`,
    }),
  }),
  project_closed: form<{ project: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '项目已竣工验收或已退出', en: 'The project is closed' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的状态为「${f.state.zh}」，不再分配资金。请从分配对象中去掉；多分的资金请办理核减。`,
      en: `Project ${f.project} is ${f.state.en} and gets no more money. Leave it out; take back what it has too much by a supplement.`,
    }),
  }),
  input_missing: form<{ recipient: string; input: string; formula: string }>({
    status: 422,
    title: { zh: '缺少计算所需数据', en: 'A figure is missing' },
    detail: (f) => ({
      zh: `${f.recipient} 缺少 ${f.input}，公式「${f.formula}」需要此项。请补充后重新提交。`,
      en: `${f.recipient} has no ${f.input}, which the formula ${f.formula} needs. Add it.`,
    }),
  }),
  input_unused: form<{ recipient: string; input: string; formula: string }>({
    status: 422,
    title: { zh: '所给数据与公式无关', en: 'A figure the formula does not use' },
    detail: (f) => ({
      zh: `${f.recipient} 给出了 ${f.input}，公式「${f.formula}」不使用此项。请核对公式，或去掉该数据。`,
      en: `${f.recipient} has ${f.input}, which the formula ${f.formula} does not use. Check the formula, or leave it out.`,
    }),
  }),
  factor_sum_zero: form<{ factor: string }>({
    status: 422,
    title: { zh: '有权重的因素合计为零', en: 'A weighted factor adds up to 0' },
    detail: (f) => ({
      zh: `因素 ${f.factor} 有权重，但全部对象合计为零，无法分配。请核对数据或权重。`,
      en: `The factor ${f.factor} has a weight but adds up to 0 over all recipients. Check the figures or the weights.`,
    }),
  }),
  reward_sum_zero: form<{ recipients: number }>({
    status: 422,
    title: { zh: '奖励系数合计为零', en: 'All rewards are 0' },
    detail: (f) => ({
      zh: `全部 ${f.recipients} 个对象的奖励系数（乘以因素份额）均为零，奖励部分无法分配。请核对奖励系数。`,
      en: `Reward coefficient times factor share is 0 for all ${f.recipients} recipients, so the reward cannot be divided. Check the coefficients.`,
    }),
  }),
  share_negative: form<{ recipient: string; amountFen: Fen }>({
    status: 422,
    title: { zh: '分配额不得为负', en: 'A share may not be negative' },
    detail: (f) => ({
      zh: `${whose(f.recipient)}为 ${formatFen(f.amountFen)} 元。首次分配不得为负；核减已分配的资金请办理补充分配，并按列明金额的表办理。`,
      en: `${f.recipient === '' ? 'The total' : `The amount of ${f.recipient}`} is ${formatFen(f.amountFen)} yuan. Only a supplementary allocation by a stated table takes money back.`,
    }),
  }),
  table_not_total: form<{ sum: Fen; totalFen: Fen; unitFen: Fen }>({
    status: 422,
    title: { zh: '分配表与总额不符', en: 'The table is not its total' },
    detail: (f) => ({
      zh: `分配表各行合计 ${formatFen(f.sum)} 元，所列总额 ${formatFen(f.totalFen)} 元，相差 ${formatFen(f.sum - f.totalFen)} 元（${(f.sum - f.totalFen) / f.unitFen} 个单位，每单位 ${formatFen(f.unitFen)} 元）。请核对各行或总额。`,
      en: `The rows add up to ${formatFen(f.sum)} yuan and the total says ${formatFen(f.totalFen)}, a difference of ${formatFen(f.sum - f.totalFen)} (${(f.sum - f.totalFen) / f.unitFen} units of ${formatFen(f.unitFen)}). Check rows and total.`,
    }),
  }),
  subsidy_exceeds_cost: form<{
    project: string
    item: string
    part: string
    cost: string
    others: string
    asked: string
    over: string
  }>({
    status: 422,
    pinned: true,
    title: { zh: '各级补助合计超过造价', en: 'The subsidies exceed the cost' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的 ${f.item}${f.part === '' ? '' : `（${f.part}）`} 登记造价 ${f.cost} 元，各级已分配 ${f.others} 元，本次 ${f.asked} 元，超出 ${f.over} 元。补助不得超过成本，请减少本次分配。`,
      en: `${f.item}${f.part === '' ? '' : ` (${f.part})`} of project ${f.project} is registered to cost ${f.cost} yuan; ${f.others} are allocated by all levels, and ${f.asked} more are ${f.over} too much. Allocate less.`,
    }),
  }),
  total_exceeds_projects: form<{ totalFen: Fen; mostFen: Fen; projects: number }>({
    status: 422,
    pinned: true,
    title: { zh: '总额超过各项目可以承受的数额', en: 'More than all projects may be given' },
    detail: (f) => ({
      zh: `分配总额 ${formatFen(f.totalFen)} 元，${f.projects} 个项目按登记造价、资金方案和资金来源合计至多 ${formatFen(f.mostFen)} 元，超出 ${formatFen(f.totalFen - f.mostFen)} 元。请减少总额，或增加项目。`,
      en: `The total is ${formatFen(f.totalFen)} yuan; by registered cost, funding plan and source the ${f.projects} projects may be given ${formatFen(f.mostFen)} together, ${formatFen(f.totalFen - f.mostFen)} less. Divide less, or among more projects.`,
    }),
  }),
  supplement_takes_too_much: form<{ recipient: string; standsFen: Fen; changeFen: Fen }>({
    status: 422,
    pinned: true,
    title: { zh: '核减超过已分配额', en: 'More is taken back than was given' },
    detail: (f) => ({
      zh: `${f.recipient} 现已分配 ${formatFen(f.standsFen)} 元，本次变动 ${formatFen(f.changeFen)} 元，将小于零。请减少核减金额。`,
      en: `${f.recipient} stands at ${formatFen(f.standsFen)} yuan; a change of ${formatFen(f.changeFen)} would leave less than nothing. Take back less.`,
    }),
  }),
  allocation_empty: form<{ allocation: string; version: number }>({
    status: 422,
    pinned: true,
    title: { zh: '没有可分配的金额', en: 'Nothing is allocated' },
    detail: (f) => ({
      zh: `资金分配 ${f.allocation} 第 ${f.version} 稿各对象金额均为零，不能提交。请核对数据（如特种设备合格证），或修改方案。`,
      en: `Version ${f.version} of ${f.allocation} gives nobody anything and is not submitted. Check the figures (such as certificates), or draft again.`,
    }),
  }),
  district_book_missing: form<{ district: string; books: readonly string[] }>({
    status: 422,
    title: { zh: '未确定该区的账套', en: 'The district’s book is not settled' },
    detail: (f) => ({
      zh: `${f.district} ${f.books.length === 0 ? '没有政府会计账套，请先建立' : `有多个政府会计账套（${f.books.join('、')}），请在 books 中指明`}，再编制分配方案。`,
      en: `${f.district} ${f.books.length === 0 ? 'has no government book: open one' : `has several government books (${f.books.join(', ')}): name one in books`}, then draft again.`,
    }),
  }),
  book_not_of_district: form<{ district: string; book: string }>({
    status: 422,
    title: { zh: '所指账套不属于该区', en: 'The book is not the district’s' },
    detail: (f) => ({
      zh: `账套 ${f.book} 不是 ${f.district} 的政府会计账套，不能接收分配的指标。请改为该区账套。`,
      en: `Book ${f.book} is no government book of ${f.district} and takes no indicator from above. Name one that is.`,
    }),
  }),
  district_indicator_differs: form<{ indicator: string; what: Text; stands: string; wanted: string }>({
    status: 422,
    pinned: true,
    title: { zh: '该区下级指标与分配不一致', en: 'The district’s indicator differs' },
    detail: (f) => ({
      zh: `下级指标 ${f.indicator} 已存在，其${f.what.zh}为 ${f.stands}，本次分配为 ${f.wanted}。请核对该指标，或在 books 中改为其账套。`,
      en: `Indicator ${f.indicator} exists; its ${f.what.en} is ${f.stands}, here ${f.wanted}. Check it, or name its book in books.`,
    }),
  }),
} as const

export const refuseAllocation = catalogue(allocationRefusals)
