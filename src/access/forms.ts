/** What comes in and goes out of persons, duties, tokens and the record of access. */
import * as z from 'zod'
import { formatInstant, type Instant } from '../base/calendar.ts'
import { about, districtCode, identifier, namesOf, oneOf, text } from '../form/field.ts'
import { type SignInState, signInStateNames } from './account/store.ts'
import { roles } from './actor.ts'
import { isPersonId, type Person } from './persons.ts'
import type { AccessEventRow, DutyRow, TokenRow } from './store.ts'
import type { AccessEventKind } from './tables.ts'

const number = (zh: string, en: string) =>
  z
    .string({ error: 'identifier' })
    .regex(/^[1-9][0-9]{0,17}$/, { error: 'identifier' })
    .meta(about(zh, en))
const moment = (zh: string, en: string) => z.string().meta({ ...about(zh, en), format: 'date-time' })

export const personId = identifier('人员编号或姓名', 'id or name of the person')
export const dutyId = number('职责编号', 'id of the duty')
export const tokenId = number('令牌编号', 'id of the token')
export const ofPerson = z.strictObject({ person: personId })
export const ofDuty = z.strictObject({ person: personId, duty: dutyId })
export const ofToken = z.strictObject({ token: tokenId })

export const newPerson = z.strictObject({
  id: z
    .string({ error: 'identifier' })
    .refine(isPersonId, { error: 'identifier' })
    .meta(about('编号，小写英文字母开头', 'id: lower-case ASCII, beginning with a letter')),
  name: text(64, '姓名：汉字或英文字母，一经登记不再改变', 'name: Han characters or ASCII letters; it never changes'),
})

const role = oneOf(roles).meta(about('角色', 'role'))

export const newDuty = z.strictObject({ role, district: z.exactOptional(districtCode) })

export const dutyForm = z
  .strictObject({
    id: dutyId,
    role: z.string().meta(about('角色', 'role')),
    district: z.exactOptional(z.string().meta(about('只限该区', 'limited to this district'))),
    givenAt: moment('给予时刻', 'when it was given'),
    givenBy: z.string().meta(about('给予人', 'by whom')),
    endedAt: z.exactOptional(moment('终止时刻', 'when it was ended')),
    endedBy: z.exactOptional(z.string().meta(about('终止人', 'by whom it was ended'))),
  })
  .meta({ id: 'Duty', ...about('职责：一个角色，全市或一个区', 'a role, in all districts or one') })

export const signInStateNamesZh: Readonly<Record<SignInState, string>> = {
  none: '未邀请',
  invited: '已邀请',
  ready: '可登录',
  disabled: '已停用',
}

export const personForm = z
  .strictObject({
    id: z.string().meta(about('编号', 'id')),
    name: z.string().meta(about('姓名：凭证和审批中的署名', 'name: what entries and approvals keep')),
    madeAt: moment('登记时刻', 'when registered'),
    madeBy: z.string().meta(about('登记人', 'by whom')),
    duties: z.array(dutyForm),
    signIn: z.exactOptional(
      z.enum(signInStateNames).meta(about(namesOf(signInStateNamesZh), 'whether he may sign in')),
    ),
  })
  .meta({ id: 'Person', ...about('人员及其全部职责', 'a person with all duties, those that ended too') })

export const tokenForm = z
  .strictObject({
    id: tokenId,
    person: z.string().meta(about('持有人', 'who holds it')),
    role: z.string(),
    district: z.exactOptional(z.string()),
    createdAt: moment('签发时刻', 'when issued'),
    expiresAt: moment('到期时刻', 'when it runs out'),
    issuedBy: z.exactOptional(z.string().meta(about('签发人', 'by whom'))),
    revokedAt: z.exactOptional(moment('吊销时刻', 'when revoked')),
    revokedBy: z.exactOptional(z.string().meta(about('吊销人', 'by whom it was revoked'))),
  })
  .meta({ id: 'Token', ...about('令牌，不含可用内容', 'a token, never what opens anything') })

export const accessEventNamesZh: Readonly<Record<AccessEventKind, string>> = {
  person_made: '登记',
  duty_given: '给予职责',
  duty_ended: '终止职责',
  token_issued: '签发',
  token_revoked: '吊销',
  signed_in: '登录',
  signed_out: '退出',
  stepped_up: '再次确认身份',
  invited: '邀请',
  invitation_used: '打开邀请链接',
  credential_set: '设定密码和动态口令',
  sign_in_failed: '登录未成功',
  sign_in_disabled: '停用登录',
}
export const accessEventForm = z
  .strictObject({
    id: number('序号', 'number'),
    kind: z
      .enum(Object.keys(accessEventNamesZh) as AccessEventKind[])
      .meta(about(namesOf(accessEventNamesZh), 'what happened')),
    person: z.string(),
    role: z.exactOptional(z.string()),
    district: z.exactOptional(z.string()),
    token: z.exactOptional(tokenId),
    by: z.string().meta(about('办理人', 'by whom')),
    at: moment('时刻', 'when'),
  })
  .meta({ id: 'AccessEvent', ...about('人员、职责、令牌的一次变动', 'an event of persons, duties and tokens') })

const when = <Name extends string>(name: Name, at: Instant | null) =>
  (at === null ? {} : { [name]: formatInstant(at) }) as { readonly [N in Name]?: string }
const word = <Name extends string>(name: Name, given: string | null) =>
  (given === null ? {} : { [name]: given }) as { readonly [N in Name]?: string }

export const dutyViewOf = (row: DutyRow): z.input<typeof dutyForm> => ({
  id: row.id.toString(),
  role: row.role,
  ...word('district', row.district),
  givenAt: formatInstant(row.givenAt),
  givenBy: row.givenBy,
  ...when('endedAt', row.endedAt),
  ...word('endedBy', row.endedBy),
})

export const personViewOf = ({ id, name, madeAt, madeBy, duties, signIn }: Person): z.input<typeof personForm> => ({
  id,
  name,
  madeAt: formatInstant(madeAt),
  madeBy,
  duties: duties.map(dutyViewOf),
  ...(signIn !== undefined && { signIn }),
})

export const tokenViewOf = (row: TokenRow): z.input<typeof tokenForm> => ({
  id: row.id.toString(),
  person: row.person,
  role: row.role,
  ...word('district', row.district),
  createdAt: formatInstant(row.createdAt),
  expiresAt: formatInstant(row.expiresAt),
  ...word('issuedBy', row.issuedBy),
  ...when('revokedAt', row.revokedAt),
  ...word('revokedBy', row.revokedBy),
})

export const accessEventViewOf = (row: AccessEventRow): z.input<typeof accessEventForm> => ({
  id: row.id.toString(),
  kind: row.kind,
  person: row.person,
  ...word('role', row.role),
  ...word('district', row.district),
  ...(row.tokenId !== null && { token: row.tokenId.toString() }),
  by: row.doneBy,
  at: formatInstant(row.at),
})
