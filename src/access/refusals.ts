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

export const signInRefusals = {
  invitation_not_found: form<{ hours: number }>({
    status: 404,
    title: { zh: '链接无效', en: 'The link opens nothing' },
    detail: (f) => ({
      zh: `此登录链接不存在、已经用过，或已超过 ${f.hours} 小时。请由安全管理员重新邀请（人员页面，或 yiben person invite）；尚无人可以登录的，请重新启动服务，启动时会打印新的链接。`,
      en: `This link is none of ours, was used already, or is older than ${f.hours} hours. Have a security administrator invite again (the page of persons, or yiben person invite); where nobody can sign in yet, start the service anew, which prints a new link.`,
    }),
  }),
  sign_in_of_own: form<{ person: string }>({
    status: 403,
    pinned: true,
    title: { zh: '不得邀请或停用本人', en: 'Not one’s own way in' },
    detail: (f) => ({
      zh: `${f.person} 不得邀请或停用本人。请由另一名安全管理员办理，或在运行本服务的机器上办理（yiben person invite）。`,
      en: `${f.person} may neither invite nor disable himself. Have another security administrator do it, or do it at the machine of the service (yiben person invite).`,
    }),
  }),
  sign_in_nothing_to_disable: form<{ person: string }>({
    status: 409,
    pinned: true,
    title: { zh: '没有可停用的登录', en: 'No way in to disable' },
    detail: (f) => ({
      zh: `${f.person} 没有密码、未用的邀请、会话或令牌，未作改动。`,
      en: `${f.person} has no password, no open invitation, no session and no token; nothing was changed.`,
    }),
  }),
  password_unfit: form<{ why: Text }>({
    status: 422,
    title: { zh: '不能用作密码', en: 'Not fit for a password' },
    detail: (f) => ({
      zh: `不能用作密码：${f.why.zh}。请另选一个，例如几个互不相干的词。`,
      en: `Not fit for a password: ${f.why.en}. Choose another, such as several words that have nothing to do with each other.`,
    }),
  }),
  one_time_code_wrong: form<{ seconds: number }>({
    status: 422,
    title: { zh: '动态口令不符', en: 'The one-time code does not fit' },
    detail: (f) => ({
      zh: `动态口令与刚才扫描的二维码不符。请核对手机时间，等待下一个口令（每 ${f.seconds} 秒一个）后重试。`,
      en: `The one-time code is not of the picture that was scanned. Check the clock of the telephone, wait for the next code (one every ${f.seconds} seconds) and try again.`,
    }),
  }),
  sign_in_failed: form<{ failures: number; minutes: number }>({
    status: 403,
    title: { zh: '未能登录', en: 'Not signed in' },
    detail: (f) => ({
      zh: `姓名、密码或动态口令不符，或没有可登录的职责。同一个动态口令只能用一次。请核对后重试；连续 ${f.failures} 次不符将暂停 ${f.minutes} 分钟。`,
      en: `The name, the password or the one-time code does not fit, or there is no duty to sign in to. A code is good once. Check and try again; after ${f.failures} failures signing in is suspended for ${f.minutes} minutes.`,
    }),
  }),
} as const

export const refuse = catalogue({ ...personRefusals, ...signInRefusals })
