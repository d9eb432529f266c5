/**
 * What projects and yearly plans say no to, in order of precedence. Those marked `pinned` stay with the key they
 * answered.
 */
import { type Fen, formatFen } from '../base/money.ts'
import { catalogue, listed, type RefusalForm, type Text } from '../base/refusal.ts'
import { documentNamesZh as documentZh, stateNamesZh as stateZh } from './terms.ts'
import type { DocumentKind, ProjectState, ScopeItem } from './terms.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

const worksText = ({ item, dwelling }: ScopeItem): string =>
  dwelling === undefined ? item : `${item}（${dwelling.community} ${dwelling.building} ${dwelling.dwelling}）`

export const projectRefusals = {
  community_not_found: form<{ community: string }>({
    status: 404,
    title: { zh: '没有这个小区', en: 'No such community' },
    detail: (f) => ({
      zh: `没有小区 ${f.community}，或不在您的管辖范围内。请核对编号，或先登记小区。`,
      en: `There is no community ${f.community}, or it is not yours to see. Check the code, or register it first.`,
    }),
  }),
  bundle_not_found: form<{ bundle: string }>({
    status: 404,
    title: { zh: '没有这个打捆项目包', en: 'No such bundle' },
    detail: (f) => ({
      zh: `没有打捆项目包 ${f.bundle}，或不属于本区。请核对编号，或先登记。`,
      en: `There is no bundle ${f.bundle} in the district. Check the code, or register it first.`,
    }),
  }),
  project_unknown: form<{ project: string }>({
    status: 422,
    title: { zh: '没有登记这个项目', en: 'No such project' },
    detail: (f) => ({
      zh: `没有登记项目 ${f.project}，记在它名下的钱不属于任何项目。请用 GET /v1/projects 核对项目编号。`,
      en: `No project ${f.project} is registered, so money under it would belong to none. Check the code with GET /v1/projects.`,
    }),
  }),
  project_not_found: form<{ project: string }>({
    status: 404,
    title: { zh: '没有这个项目', en: 'No such project' },
    detail: (f) => ({
      zh: `没有项目 ${f.project}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no project ${f.project}, or it is not yours to see. Check the code.`,
    }),
  }),
  plan_not_found: form<{ district: string; year: number }>({
    status: 404,
    title: { zh: '没有这个年度计划', en: 'No such plan' },
    detail: (f) => ({
      zh: `${f.district} 没有 ${f.year} 年度改造计划，或不在您的管辖范围内。请先编制计划。`,
      en: `District ${f.district} has no plan for ${f.year}, or it is not yours to see. Make the plan first.`,
    }),
  }),
  community_exists: form<{ community: string }>({
    status: 409,
    pinned: true,
    title: { zh: '小区编号已登记', en: 'Community exists' },
    detail: (f) => ({
      zh: `小区编号 ${f.community} 已登记。请换一个编号，或修改已有的小区。`,
      en: `A community ${f.community} is registered. Use another code, or change the one there is.`,
    }),
  }),
  bundle_exists: form<{ bundle: string }>({
    status: 409,
    pinned: true,
    title: { zh: '打捆编号已登记', en: 'Bundle exists' },
    detail: (f) => ({
      zh: `打捆项目包 ${f.bundle} 已登记。请换一个编号。`,
      en: `A bundle ${f.bundle} is registered. Use another code.`,
    }),
  }),
  project_exists: form<{ project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '项目编号已登记', en: 'Project exists' },
    detail: (f) => ({
      zh: `项目编号 ${f.project} 已登记。请换一个编号，或修改已有的项目。`,
      en: `A project ${f.project} is registered. Use another code, or change the one there is.`,
    }),
  }),
  plan_exists: form<{ district: string; year: number }>({
    status: 409,
    pinned: true,
    title: { zh: '年度计划已编制', en: 'Plan exists' },
    detail: (f) => ({
      zh: `${f.district} 的 ${f.year} 年度改造计划已编制。请修改已有的计划。`,
      en: `District ${f.district} has a plan for ${f.year}. Change the one there is.`,
    }),
  }),
  building_unknown: form<{ community: string; building: string }>({
    status: 422,
    title: { zh: '楼栋未登记', en: 'Building not registered' },
    detail: (f) => ({
      zh: `小区 ${f.community} 没有登记楼栋 ${f.building}，或小区不属于本区。请先登记楼栋和房屋。`,
      en: `Building ${f.building} of community ${f.community} is not registered in the district. Register it and its dwellings first.`,
    }),
  }),
  dwelling_unknown: form<{ community: string; building: string; dwelling: string; project: string }>({
    status: 422,
    title: { zh: '房屋不在项目范围内', en: 'Dwelling not covered' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的范围内没有房屋 ${f.community} ${f.building} ${f.dwelling}。请核对小区、楼栋和房号。`,
      en: `Project ${f.project} covers no dwelling ${f.community} ${f.building} ${f.dwelling}. Check community, building and dwelling.`,
    }),
  }),
  dwelling_in_use: form<{ community: string; what: Text; by: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已被项目引用，不能删除', en: 'In use' },
    detail: (f) => ({
      zh: `小区 ${f.community} 的 ${f.what.zh} 已列入项目 ${f.by}，不能删除。请先调整项目范围，或改为更正登记内容。`,
      en: `${f.what.en} of community ${f.community} belongs to project ${f.by} and cannot be removed. Change the project first, or correct the entry instead.`,
    }),
  }),
  item_not_in_catalogue: form<{ item: string; on: string }>({
    status: 422,
    title: { zh: '改造内容不在清单内', en: 'Not in the catalogue' },
    detail: (f) => ({
      zh: `${f.item} 不在 ${f.on} 适用的改造内容清单内。请按清单选择代码（见 GET /v1/catalogue）。`,
      en: `${f.item} is not in the catalogue in force on ${f.on}. Take a code of the catalogue (GET /v1/catalogue).`,
    }),
  }),
  item_not_in_project: form<{ project: string; item: string }>({
    status: 422,
    title: { zh: '项目没有这项改造内容', en: 'Not an item of the project' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的改造内容中没有 ${f.item}。请核对代码，或先登记改造内容。`,
      en: `${f.item} is not among the items of project ${f.project}. Check the code, or register the item first.`,
    }),
  }),
  community_not_of_project: form<{ project: string; community: string }>({
    status: 422,
    title: { zh: '小区不在项目范围内', en: 'Community not covered' },
    detail: (f) => ({
      zh: `项目 ${f.project} 不包含小区 ${f.community}。请核对编号，或先把楼栋列入项目。`,
      en: `Project ${f.project} does not cover community ${f.community}. Check the code, or put its buildings into the project first.`,
    }),
  }),
  listed_twice: form<{ what: Text }>({
    status: 422,
    title: { zh: '同一项列了两次', en: 'Listed twice' },
    detail: (f) => ({
      zh: `${f.what.zh} 在同一请求中出现两次，无法判断以哪一次为准。请只保留一次。`,
      en: `${f.what.en} comes twice in one request, and which one holds cannot be told. Give it once.`,
    }),
  }),
  day_in_future: form<{ what: Text; on: string; today: string }>({
    status: 422,
    title: { zh: '日期在将来', en: 'The day lies ahead' },
    detail: (f) => ({
      zh: `${f.what.zh}的日期 ${f.on} 晚于今天 ${f.today}，尚未发生的事不能登记。请更正日期。`,
      en: `${f.what.en} is dated ${f.on}, after today (${f.today}); what has not happened cannot be recorded. Correct the day.`,
    }),
  }),
  back_dated_without_document: form<{ what: Text; on: string; today: string }>({
    status: 422,
    title: { zh: '倒填日期须注明依据文件', en: 'An earlier day names its document' },
    detail: (f) => ({
      zh: `${f.what.zh}的日期 ${f.on} 早于今天 ${f.today}，须注明证明当日事实的文件。请填写 document，或不填日期。`,
      en: `${f.what.en} is dated ${f.on}, before today (${f.today}): name the document that shows it as document, or give no day.`,
    }),
  }),
  evidence_missing: form<{ district: string; document: string | undefined; sha256: string | undefined }>({
    status: 422,
    title: { zh: '依据的原件尚未上传', en: 'The evidence was not uploaded' },
    detail: (f) => ({
      zh: `${f.district} 和市级的账套都没有「${f.document ?? '未写明的文件'}」的原件（SHA-256 ${f.sha256 ?? '未填'}）。请先将原件上传到其中一个账套（/v1/books/{book}/attachments），再写明文件和摘要录入，经另一人复核后计入。`,
      en: `No book of ${f.district} or of the city keeps the original of ${f.document ?? 'a document that is not named'} (SHA-256 ${f.sha256 ?? 'not given'}). Upload it to one of them first (/v1/books/{book}/attachments), then enter the fact with its document and hash; it counts once another person has checked it.`,
    }),
  }),
  quarter_scored: form<{ what: Text; district: string; on: string; quarter: string }>({
    status: 409,
    pinned: true,
    title: { zh: '该季度已经考核计分', en: 'The quarter is scored' },
    detail: (f) => ({
      zh: `${f.what.zh}的日期 ${f.on} 在 ${f.district} 已计分的 ${f.quarter} 季末以前，已计分季度所依据的事实不再改变。请填写其后的日期；确有遗漏的，按期初接管办理。`,
      en: `${f.what.en} is dated ${f.on}, by the end of ${f.quarter}, which ${f.district} is scored for; what a score rests on does not change. Give a later day, or have it taken over with approval.`,
    }),
  }),
  day_before_state: form<{ project: string; state: Text; since: string; on: string }>({
    status: 422,
    pinned: true,
    title: { zh: '早于进入当前状态的日期', en: 'Before the state it is in' },
    detail: (f) => ({
      zh: `项目 ${f.project} 自 ${f.since} 起为「${f.state.zh}」，不能在 ${f.on} 进入下一状态。请核对日期。`,
      en: `Project ${f.project} is ${f.state.en} since ${f.since} and cannot move on as of ${f.on}. Check the day.`,
    }),
  }),
  document_recorded: form<{ project: string; kind: DocumentKind; number: string }>({
    status: 409,
    pinned: true,
    title: { zh: '文件已登记', en: 'Document recorded already' },
    detail: (f) => ({
      zh: `项目 ${f.project} 已登记${documentZh[f.kind]} ${f.number}。登记的文件不能改，如有新文件请用新文号登记。`,
      en: `Project ${f.project} has the ${f.kind} ${f.number} on record. Records are not changed; record a new document under its own number.`,
    }),
  }),
  document_scope_missing: form<{ kind: DocumentKind }>({
    status: 422,
    title: { zh: '须写明涉及的改造内容', en: 'Say what it is about' },
    detail: (f) => ({
      zh: `${documentZh[f.kind]}须写明涉及的改造内容（涉及住户的写明房屋）。请填写 scope.items。`,
      en: `A ${f.kind} names the items it is about, and the dwelling where it is one household's. Fill in scope.items.`,
    }),
  }),
  building_in_other_project: form<{ community: string; building: string; project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '楼栋已在同类项目中', en: 'Building is in another project' },
    detail: (f) => ({
      zh: `楼栋 ${f.community} ${f.building} 已列入未完成的同类项目 ${f.project}，同一栋楼不能重复改造、重复计费。请先办结或调整该项目。`,
      en: `Building ${f.building} of ${f.community} stands in project ${f.project} of the same kind, which is not finished. Finish or change that one first.`,
    }),
  }),
  project_state_wrong: form<{ project: string; state: Text; wanted: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '项目状态不符', en: 'Not in that state' },
    detail: (f) => ({
      zh: `项目 ${f.project} 处于「${f.state.zh}」，此项操作只能在「${f.wanted.zh}」时办理。`,
      en: `Project ${f.project} stands at ${f.state.en}; this can be done only at ${f.wanted.en}.`,
    }),
  }),
  funding_plan_stands: form<{ project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '资金方案已批准，范围不能直接改', en: 'The funding plan stands' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的资金方案已按现有楼栋和改造内容批准，不能单独修改。请通过资金方案的变更办理。`,
      en: `The funding plan of project ${f.project} was approved for its buildings and items. Change them through a change of that plan.`,
    }),
  }),
  project_move_unlawful: form<{ project: string; from: ProjectState; to: ProjectState; next: readonly Text[] }>({
    status: 409,
    pinned: true,
    title: { zh: '不能这样变更状态', en: 'Not the next state' },
    detail: (f) => ({
      zh: `项目 ${f.project} 处于「${stateZh[f.from]}」，不能变更为「${stateZh[f.to]}」。下一步可以是：${listed(f.next).zh || '无（已办结）'}。`,
      en: `Project ${f.project} stands at ${f.from} and cannot become ${f.to}. Next may be: ${listed(f.next).en || 'nothing, it has ended'}.`,
    }),
  }),
  project_planned_by_batch_only: form<{ project: string }>({
    status: 409,
    pinned: true,
    title: { zh: '须经年度计划分批列入', en: 'Planned by a batch only' },
    detail: (f) => ({
      zh: `项目 ${f.project} 只能随年度计划的批次列入。请把它排入区年度计划后确定批次；已列入计划、退回储备的，请填写原因。`,
      en: `Project ${f.project} enters a plan with a batch: queue it in the district's plan and fix the batch. To leave its batch for the reserve, give a reason.`,
    }),
  }),
  project_holds_money: form<{ project: string; heldFen: Fen; bySource: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '项目名下还有已安排的资金', en: 'Money is assigned to the project' },
    detail: (f) => ({
      zh: `项目 ${f.project} 名下还有已安排的指标 ${formatFen(f.heldFen)} 元（${f.bySource.zh}），不能退出批次。请先办理补充分配把它核减，再退出。`,
      en: `${formatFen(f.heldFen)} yuan are assigned to project ${f.project} (${f.bySource.en}), so it cannot leave its batch. Take them back by a supplementary allocation first.`,
    }),
  }),
  project_covers_nothing: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '项目没有楼栋', en: 'Covers no building' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未列明改造的楼栋。请先登记项目范围。`,
      en: `Project ${f.project} names no building. Say what it covers first.`,
    }),
  }),
  fund_promise_missing: form<{ project: string; communities: readonly string[] }>({
    status: 422,
    pinned: true,
    title: { zh: '缺维修资金补建续筹承诺', en: 'Owners have not promised' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的小区 ${f.communities.join('、')} 业主尚未作出维修资金补建、续筹承诺，不能列入计划。请先组织业主承诺并登记承诺日期或承诺文件。`,
      en: `Owners of ${f.communities.join(', ')} in project ${f.project} have not promised to top up the maintenance fund, so it cannot be planned. Record their promise first.`,
    }),
  }),
  households_not_stated: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '未填写改建前后户数', en: 'Households not stated' },
    detail: (f) => ({
      zh: `改建项目 ${f.project} 须填写改建前后的户数。请补充 householdsBefore 和 householdsAfter。`,
      en: `The rebuild ${f.project} states its households before and after. Fill in householdsBefore and householdsAfter.`,
    }),
  }),
  households_increase: form<{ project: string; before: number; after: number }>({
    status: 422,
    pinned: true,
    title: { zh: '改建不得增加户数', en: 'A rebuild adds no household' },
    detail: (f) => ({
      zh: `改建项目 ${f.project} 改建前 ${f.before} 户、改建后 ${f.after} 户，增加 ${f.after - f.before} 户。请调整方案，改建后不超过 ${f.before} 户。`,
      en: `The rebuild ${f.project} goes from ${f.before} to ${f.after} households, ${f.after - f.before} more. Change it to at most ${f.before}.`,
    }),
  }),
  funding_plan_not_approved: form<{ project: string }>({
    status: 422,
    pinned: true,
    title: { zh: '资金方案未批准', en: 'Funding plan not approved' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的资金方案尚未批准，不能开工。请先提交资金方案审批。`,
      en: `The funding plan of project ${f.project} is not approved, so works cannot begin. Submit it for approval first.`,
    }),
  }),
  project_document_missing: form<{ project: string; kind: DocumentKind }>({
    status: 422,
    pinned: true,
    title: { zh: '缺必备文件', en: 'A document is missing' },
    detail: (f) => ({
      zh: `项目 ${f.project} 尚未登记${documentZh[f.kind]}，不能进入下一状态。请先办理并登记该文件。`,
      en: `Project ${f.project} has no ${f.kind} on record and cannot go on. Obtain and record it first.`,
    }),
  }),
  scope_reduction_unproven: form<{
    project: string
    works: ScopeItem
    missing: readonly ('waiver' | 'design_change')[]
  }>({
    status: 422,
    pinned: true,
    title: { zh: '未完成项缺签字说明或设计变更', en: 'Unfinished works not cleared' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的未完成项 ${worksText(f.works)} 缺：${f.missing.map((kind) => documentZh[kind]).join('、')}。请由实施主体取得住户签字说明并办理设计变更，登记后再减少改造范围或竣工验收。`,
      en: `Unfinished works ${worksText(f.works)} of project ${f.project} lack: ${f.missing.join(', ')}. Obtain the signed waiver and the design change, record them, then reduce the scope or accept.`,
    }),
  }),
  plan_project_unfit: form<{ project: string; state: Text; district: string }>({
    status: 409,
    pinned: true,
    title: { zh: '不能排入年度计划', en: 'Cannot be queued' },
    detail: (f) => ({
      zh: `项目 ${f.project} 处于「${f.state.zh}」，只有 ${f.district} 的储备项目可以排入该区年度计划。`,
      en: `Project ${f.project} stands at ${f.state.en}; only projects of the reserve of ${f.district} can be queued in its plan.`,
    }),
  }),
  project_already_planned: form<{ project: string; year: number; batch: number }>({
    status: 409,
    pinned: true,
    title: { zh: '已列入其他批次', en: 'Planned already' },
    detail: (f) => ({
      zh: `项目 ${f.project} 已列入 ${f.year} 年第 ${f.batch} 批，不能重复列入。`,
      en: `Project ${f.project} stands in batch ${f.batch} of ${f.year} and cannot be planned twice.`,
    }),
  }),
  take_over_not_queued: form<{ project: string; district: string; year: number }>({
    status: 422,
    title: { zh: '项目不在该年度计划的排队中', en: 'The project is not in the queue of the plan' },
    detail: (f) => ({
      zh: `${f.district} ${f.year} 年度改造计划的排队中没有项目 ${f.project}，不知道当年所需资金。请先编制或调整该年度计划（/v1/plans），再接转批次。`,
      en: `The plan of ${f.district} for ${f.year} has no place for project ${f.project}, so what it needs of the year is not known. Make or change the plan first (/v1/plans).`,
    }),
  }),
  plan_project_fixed: form<{ project: string; batch: number; need: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已确定批次的项目不能改排', en: 'Fixed in a batch' },
    detail: (f) => ({
      zh: `项目 ${f.project} 已按 ${f.need} 元列入第 ${f.batch} 批，须保留在计划内且资金需求不变。如需调整，请重新确定该批次。`,
      en: `Project ${f.project} is fixed in batch ${f.batch} at ${f.need} yuan; it stays in the plan with that need. To change it, fix the batch anew.`,
    }),
  }),
  capacity_below_fixed: form<{ district: string; year: number; capacity: string; fixed: string }>({
    status: 409,
    pinned: true,
    title: { zh: '财力低于已确定批次', en: 'Less than what is fixed' },
    detail: (f) => ({
      zh: `${f.district} ${f.year} 年已确定批次共需 ${f.fixed} 元，年度财力不能改为 ${f.capacity} 元。请先重新确定批次。`,
      en: `Batches fixed in ${f.district} for ${f.year} need ${f.fixed} yuan; the capacity cannot become ${f.capacity}. Fix the batches anew first.`,
    }),
  }),
  batch_started: form<{ district: string; year: number; batch: number; project: string; state: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '批次已有项目实施', en: 'The batch has begun' },
    detail: (f) => ({
      zh: `${f.district} ${f.year} 年第 ${f.batch} 批的项目 ${f.project} 已处于「${f.state.zh}」，该批次不能重新确定。请为其余项目另定批次。`,
      en: `Project ${f.project} of batch ${f.batch} (${f.district}, ${f.year}) stands at ${f.state.en}, so the batch cannot be fixed anew. Fix another batch for the rest.`,
    }),
  }),
  batch_empty: form<{ district: string; year: number; left: string; first: string; need: string }>({
    status: 422,
    pinned: true,
    title: { zh: '财力不足，没有可列入的项目', en: 'Nothing fits the capacity' },
    detail: (f) => ({
      zh: `${f.district} ${f.year} 年剩余财力 ${f.left} 元，排在最前的 ${f.first} 需 ${f.need} 元，没有项目可以列入。请增加财力、调整排序或改用补足方式。`,
      en: `${f.district} has ${f.left} yuan left for ${f.year}; the first in the queue, ${f.first}, needs ${f.need}, and nothing can be taken. Raise the capacity, reorder the queue, or fill.`,
    }),
  }),
} as const

export const refuse = catalogue(projectRefusals)
