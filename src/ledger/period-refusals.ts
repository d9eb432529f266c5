/**
 * What closing, reopening, carrying over and proving say no to, in order of precedence: the end of the ledger's list.
 */
import type { Day, Month } from '../base/calendar.ts'
import type { RefusalForm, Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const periodRefusals = {
  period_not_ended: form<{ book: string; period: Month; last: Day; today: Day }>({
    status: 409,
    title: { zh: '该月份尚未结束', en: 'The month has not ended' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.period} 至 ${f.last} 结束，今天是 ${f.today}，月内还会有业务，不能结账。请在月末之后办理。`,
      en: `${f.period} of book ${f.book} ends on ${f.last} and today is ${f.today}: there is business to come. Close it when the month has ended.`,
    }),
  }),
  year_not_ended: form<{ book: string; year: number; last: Day; today: Day }>({
    status: 409,
    title: { zh: '会计年度尚未结束', en: 'The fiscal year has not ended' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.year} 年度至 ${f.last} 结束，今天是 ${f.today}，不能年终结转。请先核对预览，在年度终了之后办理。`,
      en: `${f.year} of book ${f.book} ends on ${f.last} and today is ${f.today}. Look at the preview now, and carry the year over when it has ended.`,
    }),
  }),
  year_end_obstructed: form<{ book: string; year: number; obstacles: Text }>({
    status: 409,
    title: { zh: '年终结转前尚有未了事项', en: 'Something stands in the way of year-end' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.year} 年度还有未了事项：${f.obstacles.zh}。请逐项办结（审批、清理挂账、补齐平行记账），再重新预览、结转。`,
      en: `Of ${f.year} in book ${f.book} there is still open: ${f.obstacles.en}. Settle each (approvals, suspense, parallel entries), then preview and carry over again.`,
    }),
  }),
  period_not_closed: form<{ book: string; period: Month }>({
    status: 409,
    title: { zh: '该月份未结账', en: 'The period is not closed' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.period} 尚未结账，无需反结账。`,
      en: `${f.period} of book ${f.book} is open already.`,
    }),
  }),
  reopening_not_requested: form<{ book: string; period: Month; hash: string }>({
    status: 409,
    title: { zh: '没有待批准的反结账申请', en: 'No such request to reopen' },
    detail: (f) => ({
      zh: `账套 ${f.book} 没有内容摘要为 ${f.hash} 的 ${f.period} 反结账申请，或它已办理。请核对后重新申请。`,
      en: `Book ${f.book} has no open request to reopen ${f.period} with the hash ${f.hash}. Check it, or ask again.`,
    }),
  }),
  maker_is_approver: form<{ person: string; what: Text }>({
    status: 403,
    title: { zh: '经办人不得审批本人申请', en: 'The maker may not approve' },
    detail: (f) => ({
      zh: `${f.person} 是「${f.what.zh}」的申请人，不得自己审批（会计法第二十五条）。请由另一位审批人办理。`,
      en: `${f.person} asked for ${f.what.en} and may not approve it. Another approver must.`,
    }),
  }),
  year_not_carried: form<{ book: string; year: number; standard: string }>({
    status: 422,
    title: { zh: '该会计制度没有年终结转规则', en: 'No year-end rule for this standard' },
    detail: (f) => ({
      zh: `账套 ${f.book}（${f.standard}）没有 ${f.year} 年的年终结转规则。`,
      en: `Book ${f.book} (${f.standard}) has no year-end carry-over for ${f.year}.`,
    }),
  }),
  carry_over_pending: form<{ book: string; year: number; hash: string }>({
    status: 409,
    title: { zh: '有未完成的年终结转', en: 'A carry-over was left unfinished' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.year} 年度结转（${f.hash}）由旧版程序开始、未完成。请对 ${f.year}-12 申请反结账，批准后重新预览、结转，已记的不会重记。`,
      en: `The carry-over of ${f.year} of book ${f.book} (${f.hash}) was begun by an earlier program and not finished. Ask for ${f.year}-12 to be reopened, then preview and carry over again: what was booked is not booked twice.`,
    }),
  }),
  year_already_carried: form<{ book: string; year: number }>({
    status: 409,
    title: { zh: '该年度已结转', en: 'The year is carried over already' },
    detail: (f) => ({
      zh: `账套 ${f.book} 的 ${f.year} 年度已完成年终结转。如需更正，请先申请对 ${f.year}-12 反结账。`,
      en: `Book ${f.book} has carried ${f.year} over. To correct it, ask for ${f.year}-12 to be reopened.`,
    }),
  }),
  preview_stale: form<{ book: string; year: number; hash: string }>({
    status: 409,
    title: { zh: '预览后账簿已变动', en: 'The books changed since the preview' },
    detail: (f) => ({
      zh: `账套 ${f.book} ${f.year} 年度结转预览（${f.hash}）之后又有记账，内容已不同。请重新预览、核对后再提交。`,
      en: `Book ${f.book} has changed since the preview ${f.hash} of ${f.year}. Preview again, review, then commit.`,
    }),
  }),
  checkpoint_not_found: form<{ book: string; size: string }>({
    status: 404,
    title: { zh: '没有这个签名树头', en: 'No such signed head' },
    detail: (f) => ({
      zh: `账套 ${f.book} 没有大小为 ${f.size} 的签名树头。`,
      en: `Book ${f.book} has given out no head of size ${f.size}.`,
    }),
  }),
  signing_key_other: form<{ current: string; own: string }>({
    status: 409,
    title: { zh: '数据库的树头由另一密钥签名', en: 'The heads of this database are signed with another key' },
    detail: (f) => ({
      zh: `该数据库的树头由密钥 ${f.current} 签名，本机密钥是 ${f.own}：同一数据库的各服务须用同一密钥。请把该密钥文件复制到本机，或用 YIBEN_SIGNING_KEY 指明；原密钥确已遗失或更换时，执行 yiben signing replace-key。`,
      en: `The heads of this database are signed with key ${f.current}, and this machine has ${f.own}: all services of one database sign with one key. Copy that key's file here, or name it in YIBEN_SIGNING_KEY; where it is lost or replaced, run yiben signing replace-key.`,
    }),
  }),
  head_contradicts_signed: form<{ book: string; size: number; at: string; has: number }>({
    status: 409,
    title: { zh: '与已签的树头矛盾，不再签名', en: 'It would contradict a head that was signed' },
    detail: (f) => ({
      zh: `账套 ${f.book} 现有 ${f.has} 张凭证，与本机 ${f.at} 签过的 ${f.size} 张的树头不相接：数据库是旧备份，或在旧备份上另记了账，再签名会证明两套历史。请改用更新的备份恢复；确无更新备份时，核对并补记缺失的凭证后执行 yiben signing accept-older。`,
      en: `Book ${f.book} holds ${f.has} entries, which do not continue the head of ${f.size} that this machine signed at ${f.at}: the database is an older copy, and another signature would prove two histories. Restore a newer back-up; where there is none, settle and post what is missing, then run yiben signing accept-older.`,
    }),
  }),
  cosignature_invalid: form<{ key: string }>({
    status: 422,
    title: { zh: '见证签名无效', en: 'The cosignature does not verify' },
    detail: (f) => ({
      zh: `见证密钥 ${f.key} 未登记，或签名与树头不符。请核对签名内容和密钥。`,
      en: `The witness key ${f.key} is not registered, or the signature does not fit the head.`,
    }),
  }),
}
