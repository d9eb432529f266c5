/**
 * What vouchers and take-overs say no to, in order of precedence. Those marked `pinned` stay with the key they
 * answered.
 */
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const voucherRefusals = {
  voucher_not_found: form<{ voucher: string }>({
    status: 404,
    title: { zh: '没有这张记账凭证', en: 'No such voucher' },
    detail: (f) => ({
      zh: `没有记账凭证 ${f.voucher}，或不在您的管辖范围内。请核对编号（如 V-1）。`,
      en: `There is no voucher ${f.voucher}, or it is not yours to see. Check the number (such as V-1).`,
    }),
  }),
  take_over_not_found: form<{ takeOver: string }>({
    status: 404,
    title: { zh: '没有这次建账接转', en: 'No such take-over' },
    detail: (f) => ({
      zh: `没有建账接转 ${f.takeOver}，或不在您的管辖范围内。请核对编号（如 K-1）。`,
      en: `There is no take-over ${f.takeOver}, or it is not yours to see. Check the number (such as K-1).`,
    }),
  }),
  take_over_day_wrong: form<{ on: string; first: string }>({
    status: 422,
    title: { zh: '接转日不是会计期间的第一天', en: 'Not the first day of a period' },
    detail: (f) => ({
      zh: `接转日 ${f.on} 不是月初。期初余额记在首个开放会计期间的第一天，请改为 ${f.first} 或其他月的一日。`,
      en: `${f.on} is not the first of a month. Opening balances are booked on the first day of the first open period: give ${f.first}, or the first of another month.`,
    }),
  }),
  take_over_after_entries: form<{ book: string; on: string; entry: string; entryOn: string }>({
    status: 409,
    title: { zh: '账套在接转日以前已有凭证', en: 'The book has entries before that day' },
    detail: (f) => ({
      zh: `账套 ${f.book} 在接转日 ${f.on} 以前已有凭证 ${f.entry}（${f.entryOn}），期初余额会与已记的发生额重复。请以第一张凭证所在月的一日为接转日，或另立账套。`,
      en: `Book ${f.book} has entry ${f.entry} of ${f.entryOn}, before ${f.on}: opening balances would count it twice. Take over on the first day of the month of its first entry, or open another book.`,
    }),
  }),
  take_over_account_opened: form<{ line: number; account: string; of: string; book: string; takeOver: string }>({
    status: 409,
    title: { zh: '该科目已接转过期初余额', en: 'The account was opened before' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：账套 ${f.book} 的科目 ${f.account}（${f.of}）已由 ${f.takeOver} 接转期初余额，一个科目及其辅助项只接转一次。余额有误的，冲销 ${f.takeOver} 后重新接转，或用记账凭证更正。`,
      en: `Line ${f.line}: account ${f.account} (${f.of}) of book ${f.book} was opened by ${f.takeOver}; an account with its dimensions is opened once. Reverse ${f.takeOver} and take over anew, or correct it by a voucher.`,
    }),
  }),
  take_over_code_unknown: form<{ line: number; what: Text; code: string }>({
    status: 422,
    title: { zh: '期初余额所写的代码没有登记', en: 'A code of the balances is not registered' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：没有登记${f.what.zh} ${f.code}。指标在同一次接转的 indicators 中登记；房屋先导入（小区/楼栋/房号）。请核对代码。`,
      en: `Line ${f.line}: ${f.what.en} ${f.code} is not registered. Indicators come in indicators of the same take-over; dwellings (community/building/dwelling) are imported before. Check the code.`,
    }),
  }),
  take_over_line_differs: form<{
    line: number
    account: string
    indicator: string
    source: string
    given: string
    payment: string
  }>({
    status: 422,
    title: { zh: '期初余额与指标的来源或支付方式不符', en: 'A balance is not of its indicator' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account}、来源 ${f.given}，而指标 ${f.indicator} 的来源是 ${f.source}、支付方式是 ${f.payment}（authorised 授权支付记 910102，direct 直接支付记 910101）。请更正该行或指标。`,
      en: `Line ${f.line}: account ${f.account} of source ${f.given}, but indicator ${f.indicator} is of ${f.source} and ${f.payment} (authorised is 910102, direct 910101). Correct the line or the indicator.`,
    }),
  }),
  take_over_indicator_unbalanced: form<{ indicator: string; what: Text; approved: string; placed: string }>({
    status: 422,
    title: { zh: '接转的指标前后不平', en: 'The indicator does not add up' },
    detail: (f) => ({
      zh: `指标 ${f.indicator} 的${f.what.zh}为 ${f.approved} 元，可用与已用（可承诺）合计 ${f.placed} 元，两者应相等且批复大于零。请补齐该指标的期初行。`,
      en: `Indicator ${f.indicator}: ${f.what.en} is ${f.approved} yuan and what is left and used ${f.placed}; they must be the same, and what was approved above zero. Complete its lines.`,
    }),
  }),
  take_over_above_cost: form<{ project: string; what: Text; amount: string; cost: string }>({
    status: 422,
    title: { zh: '期初余额超过项目登记造价', en: 'More than the project costs' },
    detail: (f) => ({
      zh: `项目 ${f.project} 的${f.what.zh}期初为 ${f.amount} 元，超过登记造价 ${f.cost} 元。请核对金额，或先登记改造内容与造价（/v1/projects/{project}/items）。`,
      en: `Project ${f.project} would begin with ${f.amount} yuan of ${f.what.en}, above its registered cost of ${f.cost}. Check the amount, or register its items and costs first (/v1/projects/{project}/items).`,
    }),
  }),
  take_over_document_unlisted: form<{ what: Text; document: string; known: Text }>({
    status: 422,
    title: { zh: '所依据的文件不在接转文件中', en: 'The document is not among those of the take-over' },
    detail: (f) => ({
      zh: `${f.what.zh}所依据的文件 ${f.document} 不在 documents 中（${f.known.zh}）。倒填日期的事实须有随本次接转报批的原件，请补列。`,
      en: `${f.what.en} rests on ${f.document}, which is not among documents (${f.known.en}). A fact of an earlier day needs an original that is approved with it: add it.`,
    }),
  }),
  take_over_indicator_moved: form<{ takeOver: string; indicator: string }>({
    status: 409,
    title: { zh: '接转的指标已有后续业务', en: 'Its indicator has moved on' },
    detail: (f) => ({
      zh: `接转 ${f.takeOver} 的指标 ${f.indicator} 在接转后已调整、分解或下达额度，不能随接转一并撤销。请先撤销该指标的后续事项；金额有误的，另行登记指标更正（/v1/indicators）。`,
      en: `Indicator ${f.indicator} of take-over ${f.takeOver} was adjusted, assigned or issued since, so it cannot go with it. Undo that first; a wrong amount is corrected by another indicator (/v1/indicators).`,
    }),
  }),
  template_not_of_standard: form<{ template: string; book: string; standard: Text }>({
    status: 422,
    title: { zh: '分录模板不适用于该账套', en: 'The template is of another chart' },
    detail: (f) => ({
      zh: `分录模板 ${f.template} 用于政府会计账套；账套 ${f.book} 执行${f.standard.zh}。请改填分录行（lines）。`,
      en: `Template ${f.template} is for government books; book ${f.book} keeps ${f.standard.en}. Give the lines instead.`,
    }),
  }),
  parallel_entry_missing: form<{
    project: string
    source: string
    financial: string
    budget: string
    account: string
  }>({
    status: 422,
    title: { zh: '缺少预算会计分录', en: 'The budget lines are missing' },
    detail: (f) => ({
      zh: `项目 ${f.project}、资金来源 ${f.source}：财务会计的额度或货币资金变动 ${f.financial} 元，预算会计 ${f.account} 变动 ${f.budget} 元。涉及纳入预算管理的收支须平行记账，请补充预算会计分录；受托代管的资金记入其他应付款（2307）。`,
      en: `Project ${f.project}, source ${f.source}: quota or cash moves by ${f.financial} yuan in financial accounting and ${f.account} by ${f.budget} in budget accounting. Add the budget lines; money held for others belongs on an account of 2307.`,
    }),
  }),
} as const

export const refuse = catalogue(voucherRefusals)
