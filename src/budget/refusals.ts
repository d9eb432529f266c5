import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

/**
 * What indicators, cash plans and commitments say no to. Of several reasons a verb gives the first in the order its own
 * comment says (`test/budget/precedence.test.ts`). Those marked `pinned` stay with the key they answered.
 */
export const budgetRefusals = {
  indicator_not_found: form<{ indicator: string }>({
    status: 404,
    title: { zh: '没有这个预算指标', en: 'No such indicator' },
    detail: (f) => ({
      zh: `没有预算指标 ${f.indicator}，或不在您的管辖范围内。请核对指标编号。`,
      en: `There is no indicator ${f.indicator}, or it is not yours to see. Check the code.`,
    }),
  }),
  commitment_not_found: form<{ commitment: string }>({
    status: 404,
    title: { zh: '没有这笔承诺', en: 'No such commitment' },
    detail: (f) => ({
      zh: `没有承诺 ${f.commitment}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no commitment ${f.commitment}, or it is not yours to see. Check the id.`,
    }),
  }),
  indicator_exists: form<{ indicator: string; state: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '指标编号已被使用', en: 'The indicator code is taken' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 已登记（${f.state.zh}）。请换一个指标编号；金额变动请办理指标调整。`,
      en: `Indicator ${f.indicator} is registered (${f.state.en}). Use another code; a change of its amount is an adjustment.`,
    }),
  }),
  book_keeps_no_indicators: form<{ book: string; standard: Text }>({
    status: 422,
    title: { zh: '该账套不核算指标', en: 'The book keeps no indicators' },
    detail: (f) => ({
      zh: `账套 ${f.book} 采用「${f.standard.zh}」，没有指标与承诺科目。请登记到政府会计账套。`,
      en: `Book ${f.book} is kept by the standard ${f.standard.en}, which has no accounts for indicators. Register it in a government book.`,
    }),
  }),
  source_not_fiscal: form<{ source: string; sourceZh: string }>({
    status: 422,
    title: { zh: '该资金来源不是财政资金', en: 'The source is not fiscal' },
    detail: (f) => ({
      zh: `预算指标只用于财政资金，${f.source}（${f.sourceZh}）不是。请改用财政资金来源；其他资金直接办理承诺。`,
      en: `Indicators are of fiscal money, and ${f.source} is none. Choose a fiscal source; other money is committed without an indicator.`,
    }),
  }),
  source_needs_indicator: form<{ source: string; sourceZh: string }>({
    status: 422,
    title: { zh: '财政资金的承诺须指明预算指标', en: 'Fiscal money is committed from an indicator' },
    detail: (f) => ({
      zh: `${f.source}（${f.sourceZh}）是财政资金，须在预算指标内承诺。请填写 indicator。`,
      en: `${f.source} is fiscal money and is committed within an indicator. Say which.`,
    }),
  }),
  parent_indicator_differs: form<{ parent: string; what: Text; stands: Text; given: Text }>({
    status: 422,
    title: { zh: '与上级指标不一致', en: 'Not as the upper indicator is' },
    detail: (f) => ({
      zh: `上级指标 ${f.parent} 的${f.what.zh}为 ${f.stands.zh}，本指标为 ${f.given.zh}。分配下级不改变年度、资金来源和支付方式，也不在本账套内进行；请改为一致，或选择另一个上级指标。`,
      en: `${f.what.en} of the upper indicator ${f.parent}: ${f.stands.en}, of this one: ${f.given.en}. What is allotted keeps its year, source and form of payment and goes to another district's book. Make them agree, or name another upper indicator.`,
    }),
  }),
  indicator_not_in_force: form<{ indicator: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '预算指标不可使用', en: 'The indicator is not in force' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 的状态为「${f.state.zh}」，不能动用。待批准的请先办结审批；已收回的请申请新的指标。`,
      en: `Indicator ${f.indicator} is ${f.state.en} and may not be used. Have it approved first; one that lapsed needs a new appropriation.`,
    }),
  }),
  indicator_is_final: form<{ indicator: string }>({
    status: 422,
    pinned: true,
    title: { zh: '该指标不是提前下达指标', en: 'Not an early notice' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 的预算已经确定，不能再按正式预算清算。追加请另行登记指标。`,
      en: `The budget of indicator ${f.indicator} is final and is not settled again. Register further money as an indicator of its own.`,
    }),
  }),
  adjustment_changes_nothing: form<{ indicator: string; final: string }>({
    status: 422,
    title: { zh: '正式预算须大于零', en: 'The final budget must be above zero' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 的正式预算为 ${f.final} 元。请填写大于零的金额。`,
      en: `The final budget of ${f.indicator} is given as ${f.final} yuan. Give an amount above zero.`,
    }),
  }),
  quota_exceeds_final_budget: form<{ indicator: string; final: string; paid: string; asked: string }>({
    status: 422,
    pinned: true,
    title: { zh: '累计下达超过正式预算', en: 'More than the final budget' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 按正式预算至多 ${f.final} 元，已下达和拨付 ${f.paid} 元，本次 ${f.asked} 元超出正式预算，不能下达。请减少金额。`,
      en: `Indicator ${f.indicator} may pay ${f.final} yuan in all by its final budget and has paid ${f.paid}; ${f.asked} more would be above it. Issue less.`,
    }),
  }),
  indicator_paid_directly: form<{ indicator: string }>({
    status: 422,
    title: { zh: '财政直接支付指标不下达额度', en: 'No quota is issued under a direct indicator' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 为财政直接支付，不下达授权支付额度。请由国库直接支付。`,
      en: `Indicator ${f.indicator} is paid by the treasury directly; no quota is issued under it. Have the treasury pay.`,
    }),
  }),
  year_not_over: form<{ year: number; last: string; today: string }>({
    status: 409,
    title: { zh: '年度尚未结束', en: 'The year is not over' },
    detail: (f) => ({
      zh: `${f.year} 年度至 ${f.last} 结束，今天是 ${f.today}，到期指标还可以使用，不能收回。请在年度终了后办理。`,
      en: `${f.year} ends on ${f.last} and today is ${f.today}: its indicators may still be used. Recover what is left when the year is over.`,
    }),
  }),
  indicator_year_over: form<{ indicator: string; on: string; first: number; last: number }>({
    status: 422,
    title: { zh: '不在指标可使用的年度', en: 'Outside the years of the indicator' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 只能在 ${f.first} 至 ${f.last} 年使用，${f.on} 不在其内（预算法 第四十二条）。请改用当年可用的指标。`,
      en: `Indicator ${f.indicator} may be used from ${f.first} to ${f.last}, not on ${f.on}. Use an indicator that is open then.`,
    }),
  }),
  nothing_carried_over: form<{ indicator: string; book: string; on: string }>({
    status: 422,
    pinned: true,
    title: { zh: '没有可恢复的上年结转', en: 'Nothing was carried over' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator}（账套 ${f.book}）及由其分配的指标，至 ${f.on} 没有上年结转或年终注销的额度可以恢复。财政部门账套的指标年终不结转，可直接使用；单位账套请先办理年终结转。`,
      en: `Of indicator ${f.indicator} (book ${f.book}) and those allotted from it nothing stands carried over or cancelled on ${f.on}. In a finance bureau's book lines outlive the year and can be used as they are; of a unit's, carry the year over first.`,
    }),
  }),
  quota_comes_by_release: form<{ indicator: string; parent: string; carried: string; asked: string }>({
    status: 422,
    pinned: true,
    title: { zh: '上级分配的指标由上级拨付时下达额度', en: 'Its quota comes by the release of the upper level' },
    detail: (f) => ({
      zh: `预算指标 ${f.indicator} 由 ${f.parent} 分配，额度只在上级拨付时下达，本级不能自行下达 ${f.asked} 元。请等待拨付；其中上年结转 ${f.carried} 元和年终注销的额度，请办理整体恢复上年结转（/v1/indicators/${f.indicator}/renewal）。`,
      en: `Indicator ${f.indicator} was allotted from ${f.parent}; its quota comes when that is released and is not issued here (${f.asked} yuan were asked). Await the release; the ${f.carried} yuan carried over, and quota cancelled at year-end, come back by renewing the indicator whole (/v1/indicators/${f.indicator}/renewal).`,
    }),
  }),
  project_not_funded: form<{ project: string; state: Text }>({
    status: 422,
    pinned: true,
    title: { zh: '项目尚未列入计划或已结束', en: 'The project is not to be funded' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的状态为「${f.state.zh}」，不能安排资金。储备项目请先列入年度计划。`,
      en: `Project ${f.project} is ${f.state.en}; no money is committed to it. Take a reserve project into the annual plan first.`,
    }),
  }),
  project_has_no_book: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '项目未指定账套', en: 'The project has no book' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未指定账套，非财政资金的承诺无处记账。请先为项目指定账套。`,
      en: `Project ${f.project} names no book, so a commitment of other than fiscal money has nowhere to stand. Give the project its book first.`,
    }),
  }),
  item_not_of_project: form<{ project: string; item: string }>({
    status: 422,
    pinned: true,
    title: { zh: '项目没有这项改造内容', en: 'The project has no such item' },
    detail: (f) => ({
      zh: `项目 ${f.project} 没有改造内容 ${f.item} 的造价。请先在项目中登记该内容及其造价。`,
      en: `Project ${f.project} has no cost for item ${f.item}. Enter the item and its cost in the project first.`,
    }),
  }),
  commitment_exceeds_cost: form<{
    project: string
    item: string
    cost: string
    claimed: string
    bySource: Text
    asked: string
    left: string
    over: string
  }>({
    status: 422,
    pinned: true,
    title: { zh: '超过改造内容的造价', en: 'More than the item costs' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的改造内容 ${f.item} 造价 ${f.cost} 元，各来源已承诺 ${f.claimed} 元（${f.bySource.zh}），本次 ${f.asked} 元，超出 ${f.over} 元。同一造价不得重复列支；至多还可承诺 ${f.left} 元。`,
      en: `Item ${f.item} of project ${f.project} costs ${f.cost} yuan; ${f.claimed} are committed (${f.bySource.en}), and ${f.asked} more are ${f.over} too much. No cost is paid for twice: commit ${f.left} at most.`,
    }),
  }),
  subsidy_not_eligible: form<{
    project: string
    item: string
    source: string
    sourceZh: string
    class: string
    classZh: string
  }>({
    status: 422,
    title: { zh: '该资金不得用于此类改造', en: 'The source may not pay such works' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的${f.item === '' ? '' : ` ${f.item} 为`}${f.classZh}改造，${f.source}（${f.sourceZh}）不得用于此类改造，可安排 0.00 元。请去掉该内容，改由可以支付的来源承担。`,
      en: `${f.item === '' ? 'Works' : f.item} of project ${f.project} are of the class ${f.class}, which ${f.source} may not pay: 0.00 yuan. Leave them out and have another source pay.`,
    }),
  }),
  project_cost_unknown: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '项目未登记造价', en: 'The project states no cost' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未登记改造内容及造价，无从核对补助是否超过造价。请先登记改造内容和造价，再安排资金。`,
      en: `Project ${f.project} has no items with their costs, so nothing says whether a subsidy exceeds them. Register them first.`,
    }),
  }),
  subsidy_exceeds_project: form<{
    project: string
    source: string
    amountFen: Fen
    mostFen: Fen
    registeredFen: Fen
    eligibleFen: Fen
    assignedFen: Fen
    ownFen: Fen
    plannedFen: Fen | undefined
  }>({
    status: 422,
    pinned: true,
    title: { zh: '安排资金超过项目可以承受的数额', en: 'More than the project may be given' },
    detail: (f) => {
      const { project, source, amountFen, mostFen, plannedFen } = f
      const over = formatFen(amountFen - mostFen)
      const [asked, most, registered] = [formatFen(amountFen), formatFen(mostFen), formatFen(f.registeredFen)]
      const [eligible, assigned, own] = [formatFen(f.eligibleFen), formatFen(f.assignedFen), formatFen(f.ownFen)]
      const plan =
        plannedFen === undefined
          ? { zh: '', en: '' }
          : {
              zh: `，现行资金方案由其承担 ${formatFen(plannedFen)} 元`,
              en: `, the funding plan in force takes ${formatFen(plannedFen)} from it`,
            }
      return {
        zh: `项目 ${project} 登记造价 ${registered} 元，其中 ${source} 可以支付 ${eligible} 元${plan.zh}；各来源已安排 ${assigned} 元，其中 ${source} ${own} 元。本次 ${asked} 元，至多 ${most} 元，超出 ${over} 元。请减少金额；造价或资金方案有误的，先更正登记或报批方案变更。`,
        en: `Project ${project} is registered to cost ${registered} yuan, of which ${source} may pay ${eligible}${plan.en}; all sources were assigned ${assigned}, ${source} of it ${own}. ${asked} more are ${over} too much: ${most} at most. Give less, or correct the register or the plan first.`,
      }
    },
  }),
  cash_plan_exceeds_indicators: form<{
    book: string
    programme: string
    source: string
    year: number
    approvedFen: Fen
    plannedFen: Fen
    amountFen: Fen
  }>({
    status: 422,
    pinned: true,
    title: { zh: '用款计划超过预算指标', en: 'More than the indicators hold' },
    detail: (f) => ({
      zh: `账套 ${f.book} 中 ${f.programme} 的 ${f.source} 指标批复 ${formatFen(f.approvedFen)} 元，${f.year} 年用款计划已批 ${formatFen(f.plannedFen)} 元，本次 ${formatFen(f.amountFen)} 元，超出 ${formatFen(f.plannedFen - (f.approvedFen - f.amountFen))} 元。用款计划须在批复的预算指标以内；请减少计划，或先登记指标。`,
      en: `Indicators of ${f.programme} and ${f.source} in book ${f.book} amount to ${formatFen(f.approvedFen)} yuan; ${formatFen(f.plannedFen)} are planned for ${f.year}, and ${formatFen(f.amountFen)} more are ${formatFen(f.plannedFen - (f.approvedFen - f.amountFen))} too much. Plan less, or have the indicator approved first.`,
    }),
  }),
  commitment_not_open: form<{ commitment: string; open: string; asked: string }>({
    status: 422,
    pinned: true,
    title: { zh: '超过承诺的未结金额', en: 'More than is open of the commitment' },
    detail: (f) => ({
      zh: `承诺 ${f.commitment} 未支付、未撤销的金额为 ${f.open} 元，本次 ${f.asked} 元。请按未结金额办理。`,
      en: `${f.open} yuan of commitment ${f.commitment} are neither paid nor released, and ${f.asked} are asked. Ask for what is open.`,
    }),
  }),
} as const

export const refuse = catalogue(budgetRefusals)
