/** What vouchers say no to, in order of precedence. Those marked `pinned` stay with the key they answered. */
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
