/**
 * Everything the ledger says no to, in order of precedence: of several reasons the first in this list is given.
 * Those marked `pinned` depend on the state of the books and stay with the idempotency key they answered.
 */
import type { Day, Month } from '../base/calendar.ts'
import { periodRefusals } from './period-refusals.ts'
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const ledgerRefusals = {
  book_not_found: form<{ book: string }>({
    status: 404,
    title: { zh: '没有这个账套', en: 'No such book' },
    detail: (f) => ({
      zh: `没有账套 ${f.book}，或不在您的管辖范围内。请核对账套编号。`,
      en: `There is no book ${f.book}, or it is not yours to see. Check the code.`,
    }),
  }),
  book_exists: form<{ book: string }>({
    status: 409,
    title: { zh: '账套编号已被使用', en: 'The book code is taken' },
    detail: (f) => ({
      zh: `账套编号 ${f.book} 已存在，请换一个编号。`,
      en: `A book with code ${f.book} exists; choose another code.`,
    }),
  }),
  district_unknown: form<{ district: string }>({
    status: 422,
    title: { zh: '行政区划代码无效', en: 'Unknown district' },
    detail: (f) => ({
      zh: `${f.district} 不是现行的北京市区级行政区划代码（GB/T 2260），请核对。`,
      en: `${f.district} is not a district of Beijing in force (GB/T 2260); check the code.`,
    }),
  }),
  district_not_yours: form<{ district: string; yours: string }>({
    status: 403,
    title: { zh: '不在您的管辖范围内', en: 'Not your district' },
    detail: (f) => ({
      zh: `${f.district} 是北京市的区级行政区划代码，但您的职责只限 ${f.yours}。请由 ${f.district} 或全市的人员办理。`,
      en: `${f.district} is a district of Beijing, but your duty is limited to ${f.yours}. Have somebody of ${f.district}, or of the whole city, do it.`,
    }),
  }),
  entity_not_of_standard: form<{ book: string; entity: string; standard: string }>({
    status: 422,
    title: { zh: '该会计制度不分单位性质', en: 'Books of this standard have no entity' },
    detail: (f) => ({
      zh: `账套 ${f.book} 采用 ${f.standard}，不填单位性质（entity: ${f.entity}）；只有政府会计账套分财政部门、行政单位、事业单位。请去掉该项。`,
      en: `Book ${f.book} is kept by the standard ${f.standard} and takes no entity (${f.entity}): only a government book is a finance bureau's, an administrative body's or an institution's. Leave it out.`,
    }),
  }),
  entry_not_found: form<{ entry: string }>({
    status: 404,
    title: { zh: '没有这张凭证', en: 'No such entry' },
    detail: (f) => ({
      zh: `没有凭证 ${f.entry}，或不在您的管辖范围内。请核对凭证编号。`,
      en: `There is no entry ${f.entry}, or it is not yours to see. Check the id.`,
    }),
  }),
  attachment_not_found: form<{ sha256: string }>({
    status: 404,
    title: { zh: '没有这个附件', en: 'No such attachment' },
    detail: (f) => ({
      zh: `本账套没有摘要为 ${f.sha256} 的附件。`,
      en: `This book has no attachment with the hash ${f.sha256}.`,
    }),
  }),
  date_out_of_range: form<{ on: string; from: string; to: string }>({
    status: 422,
    title: { zh: '业务日期超出账簿范围', en: 'Business date out of range' },
    detail: (f) => ({
      zh: `业务日期 ${f.on} 不在账簿受理的 ${f.from} 至 ${f.to} 之间，请核对年份。`,
      en: `The books take dates from ${f.from} to ${f.to}; ${f.on} is outside. Check the year.`,
    }),
  }),
  voucher_needs_check: form<{ person: string; role: string }>({
    status: 422,
    title: { zh: '凭证须经审核后记账', en: 'A voucher is checked before it is posted' },
    detail: (f) => ({
      zh: `${f.person}（角色 ${f.role}）不能直接记账或冲销：账簿以经过审核的会计凭证为依据。请提交记账凭证（POST /v1/vouchers），由他人复核、审批后记账；冲销填写 reverses。`,
      en: `${f.person} (role ${f.role}) may not post or reverse directly: books follow checked vouchers. Submit a voucher (POST /v1/vouchers) for others to check and approve; to reverse, name the entry in reverses.`,
    }),
  }),
  entry_too_short: form<{ lines: number }>({
    status: 422,
    title: { zh: '凭证至少两行', en: 'An entry has at least two lines' },
    detail: (f) => ({
      zh: `凭证只有 ${f.lines} 行，复式记账至少一借一贷。请补充对方科目。`,
      en: `The entry has ${f.lines} line(s); double entry needs a debit and a credit. Add the other side.`,
    }),
  }),
  entry_too_long: form<{ lines: number; most: number }>({
    status: 422,
    title: { zh: '凭证行数过多', en: 'Too many lines in one entry' },
    detail: (f) => ({
      zh: `凭证有 ${f.lines} 行，每张凭证最多 ${f.most} 行。请拆成几张各自平衡的凭证，或用一笔多凭证事务提交。`,
      en: `The entry has ${f.lines} lines, at most ${f.most} are taken. Split it into entries that each balance, or post them as one transaction.`,
    }),
  }),
  amount_not_positive: form<{ line: number; account: string }>({
    status: 422,
    title: { zh: '金额必须大于零', en: 'Amounts are above zero' },
    detail: (f) => ({
      zh: `第 ${f.line} 行（科目 ${f.account}）金额为 0.00。请填写大于零的金额，或删去该行。`,
      en: `Line ${f.line} (account ${f.account}) has the amount 0.00. Give an amount above zero, or leave the line out.`,
    }),
  }),
  account_unknown: form<{ line: number; account: string; standard: string }>({
    status: 422,
    title: { zh: '科目不存在', en: 'No such account' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 不在本账套的科目表（${f.standard}）中。请查阅账套科目表。`,
      en: `Line ${f.line}: account ${f.account} is not in this book's chart (${f.standard}). See the book's accounts.`,
    }),
  }),
  account_not_postable: form<{ line: number; account: string; children: Text }>({
    status: 422,
    title: { zh: '非末级科目不能记账', en: 'An account with children takes no postings' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 有下级科目，不能直接记账。请使用其末级科目：${f.children.zh}。`,
      en: `Line ${f.line}: account ${f.account} has children and takes no postings. Use one of: ${f.children.en}.`,
    }),
  }),
  account_kept_by_action: form<{ line: number; account: string; action: Text }>({
    status: 422,
    title: { zh: '该科目由业务事项记账', en: 'An action keeps this account' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 只随业务事项记账，不能手工填制。请改为：${f.action.zh}。要撤销已记的，也由该事项办理。`,
      en: `Line ${f.line}: account ${f.account} follows an action and takes no line by hand. Use: ${f.action.en}. What it posted is undone there too.`,
    }),
  }),
  project_missing: form<{ line: number; account: string }>({
    status: 422,
    title: { zh: '缺少项目', en: 'Project missing' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 必须写明项目（project）。每一分钱都要归到项目，请补充。`,
      en: `Line ${f.line}: account ${f.account} requires a project. Name it.`,
    }),
  }),
  source_missing: form<{ line: number; account: string }>({
    status: 422,
    title: { zh: '缺少资金来源', en: 'Fund source missing' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 必须写明资金来源（source，如 F21）。请补充。`,
      en: `Line ${f.line}: account ${f.account} requires a fund source (such as F21). Name it.`,
    }),
  }),
  dimension_missing: form<{ line: number; account: string; dimension: string }>({
    status: 422,
    title: { zh: '缺少辅助核算项', en: 'A required dimension is missing' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：科目 ${f.account} 必须写明 ${f.dimension}。请补充该辅助核算项。`,
      en: `Line ${f.line}: account ${f.account} requires ${f.dimension}. Name it.`,
    }),
  }),
  source_unknown: form<{ line: number; source: string; known: Text }>({
    status: 422,
    title: { zh: '资金来源代码无效', en: 'Unknown fund source' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：没有资金来源 ${f.source}。可用代码：${f.known.zh}。`,
      en: `Line ${f.line}: there is no fund source ${f.source}. Known: ${f.known.en}.`,
    }),
  }),
  item_unknown: form<{ line: number; item: string }>({
    status: 422,
    title: { zh: '改造内容代码无效', en: 'Unknown catalogue item' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：改造内容 ${f.item} 不在清单中。基础类为 B、完善类为 I、提升类为 U 加两位数字，例如 B03。`,
      en: `Line ${f.line}: ${f.item} is not in the catalogue. Basic items are B, improvement items I, upgrade items U with two digits, such as B03.`,
    }),
  }),
  entry_unbalanced: form<{ basis: string; basisZh: string; debit: string; credit: string; difference: string }>({
    status: 422,
    title: { zh: '借贷不平', en: 'Debits and credits differ' },
    detail: (f) => ({
      zh: `${f.basisZh}（${f.basis}）借方 ${f.debit} 元、贷方 ${f.credit} 元，相差 ${f.difference} 元。三套核算各自平衡后再提交。`,
      en: `In the ${f.basis} basis debits are ${f.debit} and credits ${f.credit}: a difference of ${f.difference} yuan. Each basis must balance by itself.`,
    }),
  }),
  entry_moves_nothing: form<{ on: Day }>({
    status: 422,
    title: { zh: '凭证没有任何变动', en: 'The entry moves nothing' },
    detail: () => ({
      zh: '凭证各行的借贷落在同一科目、同一项目和资金来源上，互相抵消。请核对对方科目。',
      en: 'The lines cancel out on the same account, project and source. Check the other side.',
    }),
  }),
  source_not_eligible: form<{
    line: number
    source: string
    sourceZh: string
    item: string
    classZh: string
    class: string
  }>({
    status: 422,
    title: { zh: '该资金不得用于此项改造', en: 'This source may not pay for this' },
    detail: (f) => ({
      zh: `第 ${f.line} 行：${f.sourceZh}（${f.source}）不得用于${f.classZh}改造内容 ${f.item}。请改用可支付该类内容的资金来源。`,
      en: `Line ${f.line}: source ${f.source} may not pay item ${f.item} of the class ${f.class}. Use a source that may.`,
    }),
  }),
  attachment_unknown: form<{ sha256: string; book: string }>({
    status: 422,
    pinned: false,
    title: { zh: '附件尚未上传', en: 'Attachment not uploaded' },
    detail: (f) => ({
      zh: `账套 ${f.book} 中没有摘要为 ${f.sha256} 的附件。请先上传原件，再引用其摘要。`,
      en: `Book ${f.book} has no attachment with the hash ${f.sha256}. Upload the original first, then refer to it.`,
    }),
  }),
  period_closed: form<{ book: string; on: Day; period: Month; through: Month }>({
    status: 409,
    pinned: true,
    title: { zh: '会计期间已结账', en: 'The period is closed' },
    detail: (f) => ({
      zh: `账套 ${f.book} 已结账至 ${f.through}，业务日期 ${f.on} 属于 ${f.period}，不能再记账。请记入未结账月份，或申请反结账。`,
      en: `Book ${f.book} is closed through ${f.through}; ${f.on} lies in ${f.period}. Post into an open month, or ask for the period to be reopened.`,
    }),
  }),
  entry_is_reversal: form<{ entry: string; of: string }>({
    status: 409,
    pinned: true,
    title: { zh: '红字凭证不能再冲销', en: 'A red entry cannot be reversed' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 本身是对 ${f.of} 的红字冲销，不能再冲。如冲销有误，请按正确内容另记一张蓝字凭证。`,
      en: `Entry ${f.entry} is itself the red entry of ${f.of}. If that was wrong, post the right content as a new entry.`,
    }),
  }),
  entry_of_transaction: form<{ entry: string; transaction: string; legs: number }>({
    status: 409,
    title: { zh: '凭证属于一笔事务', en: 'The entry is of a transaction' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 是事务 ${f.transaction} 的 ${f.legs} 张凭证之一，不能单独冲销。请整笔冲销：POST /v1/transactions/${f.transaction}/reversal；经办人员提交记账凭证（POST /v1/vouchers）填写 reverses。`,
      en: `Entry ${f.entry} is one of the ${f.legs} entries of transaction ${f.transaction} and is not reversed alone. Take all back: POST /v1/transactions/${f.transaction}/reversal, or, as a person, submit a voucher (POST /v1/vouchers) that names it in reverses.`,
    }),
  }),
  entry_kept_by_year_end: form<{ entry: string; book: string; year: number }>({
    status: 409,
    title: { zh: '年终结转凭证不能单独冲销', en: 'An entry of a carry-over is not reversed by itself' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 是账套 ${f.book} ${f.year} 年度结转的一张，不能逐张冲销。结转有误的，请对 ${f.year}-12 申请反结账，补记后重新预览、结转，只结转差额。`,
      en: `Entry ${f.entry} is one of the carry-over of ${f.year} in book ${f.book} and is not reversed by itself. Ask for ${f.year}-12 to be reopened, book what is missing, and carry the year over again: only the difference moves.`,
    }),
  }),
  entry_kept_by_approval: form<{ entry: string; persons: Text }>({
    status: 409,
    title: { zh: '经审批的凭证须经审批冲销', en: 'What was approved is reversed by approval' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 经 ${f.persons.zh} 复核、审批后记账，不能由一人冲销。请提交冲销凭证（POST /v1/vouchers，填写 reverses），由他人复核、审批。`,
      en: `Entry ${f.entry} was posted on the word of ${f.persons.en} and is not taken back by one person. Submit a voucher that names it in reverses (POST /v1/vouchers) for others to check and approve.`,
    }),
  }),
  entry_kept_by_action: form<{ entry: string; effect: string; action: Text }>({
    status: 409,
    title: { zh: '业务事项所记的凭证由该事项撤销', en: 'What an action posted, an action undoes' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 由业务事项（${f.effect}）记账，单独冲销会使账簿与业务记录不符。请改为：${f.action.zh}。`,
      en: `Entry ${f.entry} was posted by an action (${f.effect}); reversed alone, books and records would differ. Use: ${f.action.en}.`,
    }),
  }),
  entry_already_reversed: form<{ entry: string; by: string }>({
    status: 409,
    pinned: true,
    title: { zh: '凭证已被冲销', en: 'The entry is already reversed' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 已由红字凭证 ${f.by} 冲销，一张凭证只能冲销一次。`,
      en: `Entry ${f.entry} was reversed by ${f.by}; an entry is reversed once.`,
    }),
  }),
  transaction_not_found: form<{ transaction: string }>({
    status: 404,
    title: { zh: '没有这笔事务', en: 'No such transaction' },
    detail: (f) => ({
      zh: `没有事务 ${f.transaction}，或其中有不在您管辖范围内的账套。请核对编号，或由能看到全部账套的人员办理。`,
      en: `There is no transaction ${f.transaction}, or it has entries in books that are not yours to see. Check the id, or have it done by somebody who sees all its books.`,
    }),
  }),
  reversal_before_entry: form<{ entry: string; on: Day; entryOn: Day }>({
    status: 422,
    title: { zh: '冲销日期早于原凭证', en: 'Reversal before the entry' },
    detail: (f) => ({
      zh: `凭证 ${f.entry} 的业务日期是 ${f.entryOn}，冲销日期 ${f.on} 不得早于它。`,
      en: `Entry ${f.entry} is dated ${f.entryOn}; its reversal cannot be dated ${f.on}.`,
    }),
  }),
  balance_insufficient: form<{
    book: string
    line: number
    account: string
    name: string
    project: string
    source: string
    day: Day
    balance: string
    short: string
  }>({
    status: 422,
    pinned: true,
    title: { zh: '余额不足', en: 'Balance insufficient' },
    detail: (f) => ({
      zh: `账套 ${f.book} 第 ${f.line} 行：${f.name}（${f.account}）在项目 ${f.project}、资金来源 ${f.source} 下 ${f.day} 的余额将为 ${f.balance} 元，不足 ${f.short} 元。请减少金额，或先补足该来源的资金。`,
      en: `Book ${f.book}, line ${f.line}: account ${f.account} for project ${f.project} and source ${f.source} would stand at ${f.balance} yuan on ${f.day}, ${f.short} short. Lower the amount, or bring in money of that source first.`,
    }),
  }),
  total_out_of_range: form<{ account: string }>({
    status: 422,
    title: { zh: '累计金额超出账簿上限', en: 'Total beyond what the books can hold' },
    detail: (f) => ({
      zh: `科目 ${f.account} 的累计发生额将超出账簿上限，请核对金额单位（元）。`,
      en: `The total of account ${f.account} would pass what the books can hold. Check the unit (yuan).`,
    }),
  }),
  batch_not_posted: form<{ key: string; code: string }>({
    status: 422,
    title: { zh: '整批未记账', en: 'The whole batch was not posted' },
    detail: (f) => ({
      zh: `本批要求全部成功才记账；凭证 ${f.key} 被拒绝（${f.code}），因此本条也未记账。请改正该凭证并为其换用新的幂等键后重新提交，其余凭证的键仍可使用。`,
      en: `The batch is all or none, and entry ${f.key} was refused (${f.code}), so this one was not posted either. Correct that entry and send it under a new key; the keys of the others are still free.`,
    }),
  }),
  idempotency_key_reused: form<{ key: string }>({
    status: 422,
    title: { zh: '幂等键已用于其他内容', en: 'The key was used for something else' },
    detail: (f) => ({
      zh: `幂等键「${f.key}」已用于另一内容的请求。重试请保持内容不变；新业务请换一个新的键。`,
      en: `The idempotency key "${f.key}" was used with other content. Retry with the same content, or use a new key for a new fact.`,
    }),
  }),
  ...periodRefusals,
}

export const refuse = catalogue(ledgerRefusals)
