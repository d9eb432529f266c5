/** How a person comes to sign in: the link that is good once, the password that follows it, and letting in no more. */
import * as z from 'zod'
import { enrol, openInvitation } from '../../access/account/account.ts'
import { enrollingForm, enrollingViewOf, enrolmentForm, linkForm } from '../../access/account/forms.ts'
import { ofPerson, personForm } from '../../access/forms.ts'
import { formatInstant } from '../../base/calendar.ts'
import { about } from '../../form/field.ts'
import { disableSignIn, inviteToSignIn } from '../../workflow/persons.ts'
import { json } from '../body.ts'
import { verbRoute } from '../derive.ts'
import { openRoute, type OpenRoute, reply, type Route, route } from '../route.ts'
import { counted, sessionForm, signedIn } from './session.ts'

const open = openRoute({
  method: 'POST',
  path: '/v1/invitations',
  id: 'openInvitation',
  tag: 'session',
  summary: { zh: '使用登录链接，一次有效', en: 'Use a link to sign in; it is good once' },
  description: {
    zh: '打开页面不使用链接，提交才使用；换得设定密码所需的 ticket 和动态口令的密钥，三十分钟内有效。',
    en: 'Opening the page uses nothing, sending this does; it gives the ticket and the secret of one-time codes that setting a password takes, for thirty minutes.',
  },
  body: json(linkForm),
  refuses: ['invitation_not_found'],
  answers: { 201: { about: { zh: '可以设定密码', en: 'The password can be set' }, schema: enrollingForm } },
  handle: async ({ incoming, body: { code }, service }) => {
    const made = await counted(incoming, service, undefined, () => openInvitation(service.accounts, code))
    return reply(201, enrollingViewOf(made))
  },
})

const set = openRoute({
  method: 'POST',
  path: '/v1/enrolments',
  id: 'enrol',
  tag: 'session',
  summary: { zh: '设定密码和动态口令，并登录', en: 'Set password and one-time code, and sign in' },
  description: {
    zh: '首次登录须填写姓名，所设人员为安全管理员，没有任何业务权限。此前的会话随即终止。',
    en: 'At the first sign-in of all the name is given, and its person is security administrator without any right of business. Sessions of before end.',
  },
  body: json(enrolmentForm),
  refuses: [
    'invitation_not_found',
    'one_time_code_wrong',
    'password_unfit',
    'person_name_unfit',
    'person_taken',
    'duty_excluded',
    'sign_in_failed',
  ],
  answers: { 201: { about: { zh: '已登录', en: 'Signed in' }, schema: sessionForm } },
  handle: async ({ incoming, body, service }) => {
    const secret = await counted(incoming, service, undefined, () => enrol(service.accounts, body))
    return signedIn(incoming, secret, service)
  },
})

const invite = route({
  method: 'POST',
  path: '/v1/persons/{person}/invitations',
  id: 'invitePerson',
  tag: 'persons',
  summary: { zh: '邀请登录：一次有效的链接', en: 'Invite to sign in: a link that is good once' },
  description: {
    zh: '以此设定密码和动态口令；也用于重设。原有未用的链接随即失效；链接不留存，只在此答复一次。',
    en: 'By it the person sets password and one-time code, or sets them anew. An earlier link opens nothing any more; the link is kept nowhere and answered once.',
  },
  right: 'person.manage',
  params: ofPerson,
  answers: {
    201: {
      about: { zh: '已邀请', en: 'Invited' },
      schema: z
        .strictObject({
          path: z.string().meta(about('控制台中的地址，交给本人', 'address within the console, to be handed over')),
          until: z.string().meta(about('有效期至', 'good until')),
        })
        .meta({ id: 'Invitation', ...about('登录链接', 'a link to sign in') }),
    },
  },
  refuses: ['person_not_found', 'sign_in_of_own'],
  handle: async ({ actor, params: { person }, service }) => {
    const { code, endsAt } = await inviteToSignIn(service.ledger, actor, person)
    return reply(201, { path: `/signin/${code}`, until: formatInstant(endsAt) })
  },
})

const disable = verbRoute(disableSignIn, {
  path: '/v1/persons/{person}/disabling',
  id: 'disablePerson',
  tag: 'persons',
  summary: { zh: '停用登录', en: 'Let a person in no more' },
  description: {
    zh: '密码、未用的链接、会话和令牌一并失效；职责不变。再次邀请即恢复。',
    en: 'Password, open links, sessions and tokens end; duties stay. Another invitation lets him in again.',
  },
  optionalBody: true,
  status: 200,
  about: { zh: '已停用', en: 'Disabled' },
  answer: personForm,
})

export const openSignInRoutes: readonly OpenRoute[] = [open, set]
export const signInRoutes: readonly Route[] = [invite, disable]
