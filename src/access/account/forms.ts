/** What comes in to sign in, and what a link is exchanged for. */
import * as z from 'zod'
import { formatInstant } from '../../base/calendar.ts'
import { about, oneOf } from '../../form/field.ts'
import { roleNames, roles } from '../actor.ts'
import { dutyId, personId } from '../forms.ts'
import type { Enrolling, OwnDuty } from './account.ts'
import { passwordLeast, passwordMost } from './password.ts'
import { codePattern } from './totp.ts'

// How long it must be is said by the refusal, which says what to do.
const longest = 4 * passwordMost
export const passwordForm = z
  .string({ error: `password:${longest}` })
  .max(longest, { error: `password:${longest}` })
  .meta(about(`密码，${passwordLeast} 个字符以上`, `password of ${passwordLeast} characters or more`))
export const codeForm = z
  .string({ error: 'one_time_code' })
  .regex(codePattern, { error: 'one_time_code' })
  .meta(about('动态口令，六位数字', 'one-time code, six digits'))
const secret = (zh: string, en: string) =>
  z.string({ error: 'secret' }).max(64, { error: 'secret' }).meta(about(zh, en))

export const linkForm = z.strictObject({ code: secret('链接末尾的一段', 'the last part of the link') })

export const enrolmentForm = z.strictObject({
  ticket: secret('打开链接时所得', 'what the link was exchanged for'),
  name: z.exactOptional(
    z
      .string({ error: 'identifier' })
      .max(64, { error: 'identifier' })
      .meta(about('姓名：首次登录时填写，一经登记不再改变', 'name, at the first sign-in of all; it never changes')),
  ),
  password: passwordForm,
  code: codeForm,
})

export const signInForm = z.strictObject({
  person: personId,
  password: passwordForm,
  code: codeForm,
  duty: z.exactOptional(dutyId),
})

export const ofOwnDuty = z.strictObject({ duty: dutyId })

export const proofForm = z.union([z.strictObject({ password: passwordForm }), z.strictObject({ code: codeForm })])

export const enrollingForm = z
  .strictObject({
    ticket: z.string(),
    person: z.exactOptional(z.string().meta(about('被邀请人；首次登录时没有', 'who was invited; absent at the first'))),
    secret: z.string().meta(about('动态口令的密钥，供手工输入', 'the secret of one-time codes, to be typed')),
    address: z.string().meta(about('供二维码', 'for the picture')),
    until: z.string().meta({ ...about('须在此前设定', 'to be set before then'), format: 'date-time' }),
  })
  .meta({ id: 'Enrolling', ...about('链接所换得的', 'what a link was exchanged for') })

export const enrollingViewOf = ({ person, until, ...rest }: Enrolling): z.input<typeof enrollingForm> => ({
  ...rest,
  ...(person !== undefined && { person }),
  until: formatInstant(until),
})

export const ownDutyForm = z
  .strictObject({
    id: dutyId,
    role: oneOf(roles),
    roleName: z.strictObject({ zh: z.string(), en: z.string() }),
    district: z.exactOptional(z.string()),
  })
  .meta({ id: 'OwnDuty', ...about('本人可以登录的职责', 'a duty of one’s own to sign in to') })

export const ownDutyViewOf = ({ id, role, district }: OwnDuty): z.input<typeof ownDutyForm> => ({
  id: id.toString(),
  role,
  roleName: roleNames[role],
  ...(district !== null && { district }),
})
