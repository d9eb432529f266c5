/** What making persons, giving them duties and ending their tokens says no to, in order of precedence. */
import { catalogue, type RefusalForm, type Text } from '../base/refusal.ts'

const form = <Facts>(given: RefusalForm<Facts>): RefusalForm<Facts> => given

export const personRefusals = {
  person_not_found: form<{ person: string }>({
    status: 404,
    title: { zh: '没有这个人员', en: 'No such person' },
    detail: (f) => ({
      zh: `没有登记人员 ${f.person}。请核对写法，或先登记（POST /v1/persons，或 yiben persons add）。`,
      en: `There is no person ${f.person}. Check the spelling, or register the person first (POST /v1/persons, or yiben persons add).`,
    }),
  }),
  duty_not_found: form<{ person: string; duty: string }>({
    status: 404,
    title: { zh: '没有这项职责', en: 'No such duty' },
    detail: (f) => ({
      zh: `${f.person} 没有在任的职责 ${f.duty}。请先查看其职责，再核对编号。`,
      en: `${f.person} holds no duty ${f.duty} that still runs. Look at the person’s duties and check the id.`,
    }),
  }),
  token_not_found: form<{ token: string }>({
    status: 404,
    title: { zh: '没有这个令牌', en: 'No such token' },
    detail: (f) => ({
      zh: `没有未吊销的令牌 ${f.token}。请用令牌列表核对编号。`,
      en: `There is no token ${f.token} that is not revoked. Check the id in the list of tokens.`,
    }),
  }),
  duty_of_own: form<{ person: string }>({
    status: 403,
    pinned: true,
    title: { zh: '不得变更本人的职责', en: 'Not one’s own duties' },
    detail: (f) => ({
      zh: `${f.person} 不得给予或终止本人的职责。请由另一名安全管理员办理。`,
      en: `${f.person} may neither give nor end duties of his own. Have another security administrator do it.`,
    }),
  }),
  person_taken: form<{ given: string; name: string; id: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已有相同或难以区分的人员', en: 'A person is called so, or looks so, already' },
    detail: (f) => ({
      zh: `${f.given} 与已登记人员 ${f.name}（编号 ${f.id}）相同或难以区分。是同一人的，请用 ${f.name}；不是的，请换一个能够区分的写法。`,
      en: `${f.given} is, or looks like, the person ${f.name} (id ${f.id}). If it is the same person, use ${f.name}; if not, choose a spelling that can be told apart.`,
    }),
  }),
  person_name_unfit: form<{ name: string }>({
    status: 422,
    title: { zh: '姓名写法不合规定', en: 'Not a name a person may sign under' },
    detail: (f) => ({
      zh: `${f.name} 不能作为姓名：只能用汉字或英文字母，可带数字和 _.:@·-，以汉字、字母或数字开头，不超过 64 个字符，不用全角或其他文字的相似字符。请改写。`,
      en: `${f.name} cannot be a name: Han characters or ASCII letters, with digits and _.:@·-, beginning with a character, letter or digit, at most 64, no full-width forms and no look-alikes of other scripts. Write it otherwise.`,
    }),
  }),
  duty_district_unknown: form<{ district: string; role: string }>({
    status: 422,
    title: { zh: '没有这个区', en: 'No such district' },
    detail: (f) => ({
      zh: `${f.district} 不是现行的北京市区级行政区划代码，不能用于角色 ${f.role}。请核对代码；全市范围的不写区划。`,
      en: `${f.district} is no district code of Beijing in force and cannot be used for the role ${f.role}. Check the code; leave it out for the whole city.`,
    }),
  }),
  duty_citywide: form<{ role: string; district: string }>({
    status: 422,
    title: { zh: '此职责不分区', en: 'Not held for one district' },
    detail: (f) => ({
      zh: `角色 ${f.role} 面向全市，不能只限 ${f.district}。请不写区划。`,
      en: `The role ${f.role} is held for the whole city, not for ${f.district} alone. Leave the district out.`,
    }),
  }),
  duty_stands: form<{ person: string; role: string; duty: string }>({
    status: 409,
    pinned: true,
    title: { zh: '已有此项职责', en: 'Holds this duty already' },
    detail: (f) => ({
      zh: `${f.person} 已有职责 ${f.role}（编号 ${f.duty}），未作改动。`,
      en: `${f.person} holds the duty ${f.role} already (id ${f.duty}); nothing was changed.`,
    }),
  }),
  duty_excluded: form<{ person: string; role: string; where: Text; held: string; heldWhere: Text }>({
    status: 409,
    pinned: true,
    title: { zh: '不相容职责须分离', en: 'Duties that exclude each other' },
    detail: (f) => ({
      zh: `${f.person} 已任 ${f.held}（${f.heldWhere.zh}），不能兼任 ${f.role}（${f.where.zh}）。请由另一人担任，或先终止原职责。`,
      en: `${f.person} is ${f.held} (${f.heldWhere.en}) and cannot be ${f.role} (${f.where.en}) as well. Have another person do it, or end the former duty first.`,
    }),
  }),
} as const

export const refuse = catalogue(personRefusals)
