/**
 * What the approval of anything says no to, in order of precedence. Those marked `pinned` stay with the key they
 * answered.
 */
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const approvalRefusals = {
  approval_not_found: form<{ approval: string }>({
    status: 404,
    title: { zh: '没有这个审批事项', en: 'No such approval' },
    detail: (f) => ({
      zh: `没有审批事项 ${f.approval}，或不在您的管辖范围内。请核对编号。`,
      en: `There is no approval ${f.approval}, or it is not yours to see. Check the id.`,
    }),
  }),
  delegation_not_found: form<{ delegation: string }>({
    status: 404,
    title: { zh: '没有这项委托', en: 'No such delegation' },
    detail: (f) => ({
      zh: `没有可由您撤销的委托 ${f.delegation}。请核对编号。`,
      en: `There is no delegation ${f.delegation} that is yours to end. Check the id.`,
    }),
  }),
  not_delegated: form<{ person: string; delegator: string; permission: Text; on: string }>({
    status: 403,
    title: { zh: '没有有效委托', en: 'Not delegated' },
    detail: (f) => ({
      zh: `${f.on} 没有 ${f.delegator} 授予 ${f.person} 的「${f.permission.zh}」有效委托，或 ${f.delegator} 已不具备此权限。请由具备权限的人办理，或先办理委托。`,
      en: `On ${f.on} no delegation of ${f.permission.en} from ${f.delegator} to ${f.person} is in force, or ${f.delegator} no longer holds it. Have somebody decide who does, or delegate first.`,
    }),
  }),
  permission_not_lendable: form<{ permission: string }>({
    status: 422,
    title: { zh: '此项权限不能委托', en: 'Not to be delegated' },
    detail: (f) => ({
      zh: `「${f.permission}」不能委托，只有复核（approval.check）和审批（approval.approve）可以委托。`,
      en: `${f.permission} cannot be delegated; only approval.check and approval.approve can.`,
    }),
  }),
  delegation_to_self: form<{ person: string }>({
    status: 422,
    title: { zh: '不能委托给本人', en: 'Delegated to oneself' },
    detail: (f) => ({
      zh: `委托人与受托人都是 ${f.person}。请指定另一人。`,
      en: `${f.person} would delegate to himself. Name another person.`,
    }),
  }),
  delegation_days_reversed: form<{ from: string; to: string }>({
    status: 422,
    title: { zh: '委托期间颠倒', en: 'The delegation ends before it begins' },
    detail: (f) => ({
      zh: `委托起始日 ${f.from} 晚于截止日 ${f.to}。请核对两个日期。`,
      en: `The delegation would begin on ${f.from} and end on ${f.to}. Check both days.`,
    }),
  }),
  delegation_too_long: form<{ to: string; latest: string }>({
    status: 422,
    title: { zh: '委托期限过长', en: 'The delegation is too long' },
    detail: (f) => ({
      zh: `委托截止日 ${f.to} 晚于 ${f.latest}，委托自授出之日起最长一年。请改为不晚于 ${f.latest}，到期再办理。`,
      en: `The delegation would end on ${f.to}; the latest day is ${f.latest}, a year from today. End it by ${f.latest} and delegate anew then.`,
    }),
  }),
  delegate_without_duty: form<{ person: string; roles: Text; where: Text }>({
    status: 422,
    title: { zh: '受托人没有相应职责', en: 'The delegate holds no duty that decides' },
    detail: (f) => ({
      zh: `${f.person} 在${f.where.zh}没有可以受托办理的职责（${f.roles.zh}）。请委托有此职责的人员，或先由安全管理员给予职责。`,
      en: `${f.person} holds none of the duties that may stand in (${f.roles.en}) for ${f.where.en}. Delegate to a person who does, or have a security administrator give the duty first.`,
    }),
  }),
  approval_reason_missing: form<{ approval: string }>({
    status: 422,
    title: { zh: '退回须写明原因', en: 'A rejection needs a reason' },
    detail: (f) => ({
      zh: `退回审批事项 ${f.approval} 须写明原因（reason），以便经办人改正后重新提交。`,
      en: `To reject ${f.approval}, say why (reason), so that its maker can put it right and submit again.`,
    }),
  }),
  approval_pending: form<{ subject: string; approval: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已在审批中', en: 'Already under approval' },
    detail: (f) => ({
      zh: `${f.subject} 已提交审批（${f.approval}），尚未办结。请等待办结，或由经办人撤回后重新提交。`,
      en: `${f.subject} is under approval (${f.approval}). Wait for the decision, or have its maker withdraw it.`,
    }),
  }),
  approval_content_changed: form<{ approval: string; given: string; stands: string }>({
    status: 409,
    pinned: true,
    title: { zh: '审批内容与所见不符', en: 'Not what was shown' },
    detail: (f) => ({
      zh: `审批事项 ${f.approval} 的内容摘要为 ${f.stands}，您依据的是 ${f.given}。请重新查看内容后再办理。`,
      en: `The content of ${f.approval} has the hash ${f.stands}; you decided on ${f.given}. Read it again and decide on what stands.`,
    }),
  }),
  approval_settled: form<{ approval: string; state: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '审批事项已办结', en: 'Settled already' },
    detail: (f) => ({
      zh: `审批事项 ${f.approval} 已办结（${f.state.zh}），不能再办理。如需变更，请由经办人重新提交。`,
      en: `${f.approval} is settled (${f.state.en}) and takes no more decisions. Its maker may submit again.`,
    }),
  }),
  approval_step_wrong: form<{ approval: string; state: Text; wanted: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '审批步骤不符', en: 'Not at that step' },
    detail: (f) => ({
      zh: `审批事项 ${f.approval} 处于「${f.state.zh}」，下一步应为「${f.wanted.zh}」。请按经办、复核、审批的顺序办理。`,
      en: `${f.approval} stands at ${f.state.en}; the next step is ${f.wanted.en}. Steps go in order: made, checked, approved.`,
    }),
  }),
  approval_not_yours: form<{ approval: string; maker: string; person: string }>({
    status: 403,
    pinned: true,
    title: { zh: '只有经办人可以撤回', en: 'Only its maker may withdraw' },
    detail: (f) => ({
      zh: `审批事项 ${f.approval} 由 ${f.maker} 经办，${f.person} 不能撤回。可以退回（reject）。`,
      en: `${f.approval} was made by ${f.maker}; ${f.person} may not withdraw it, but may reject it.`,
    }),
  }),
  person_took_part: form<{ approval: string; person: string; step: Text }>({
    status: 403,
    pinned: true,
    title: { zh: '不相容职务须分离', en: 'The same person twice' },
    detail: (f) => ({
      zh: `${f.person} 已参与审批事项 ${f.approval} 的「${f.step.zh}」。经办、复核、审批须由不同的人办理，受托人视同委托人。请由另一人办理。`,
      en: `${f.person} took part in ${f.approval} as “${f.step.en}”. Making, checking and approving are for different persons, and a delegate counts as the delegator too. Have another person decide.`,
    }),
  }),
  approval_content_unreadable: form<{ approval: string; kind: string; place: string }>({
    status: 409,
    title: { zh: '审批内容的格式无法读取', en: 'The content cannot be read' },
    detail: (f) => ({
      zh: `审批事项 ${f.approval}（${f.kind}）的内容不符合本版本程序能读取的任何格式（${f.place}），不能复核或批准。请退回或撤回，再由经办人重新提交。`,
      en: `The content of ${f.approval} (${f.kind}) fits no form this program reads (${f.place}), so it can be neither checked nor approved. Reject or withdraw it, and have its maker submit it anew.`,
    }),
  }),
  step_up_needed: form<{ approval: string; person: string }>({
    status: 403,
    title: { zh: '须再次确认身份', en: 'Prove yourself again' },
    detail: (f) => ({
      zh: `${f.person} 批准 ${f.approval} 前须再次确认身份（密码或动态口令，五分钟内有效：POST /v1/session/step-up），然后以同一幂等键重新提交。`,
      en: `Before ${f.person} approves ${f.approval} he proves himself again (password or one-time code, good for five minutes: POST /v1/session/step-up); then it is sent again under the same key.`,
    }),
  }),
} as const

export const refuse = catalogue(approvalRefusals)
