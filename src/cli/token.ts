/**
 * `yiben token`: a bearer token for a local trial or a machine client. It prints the token and nothing else on stdout;
 * the database keeps only its hash, so a token that is lost is replaced, not looked up.
 */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { issueToken } from '../access/token.ts'
import { type Role, roles } from '../access/actor.ts'
import { withDatabase } from './books/open.ts'

type Options = { role: Role; district?: string; person?: string; days: number }

const daysDefault = 30
const daysMax = 3650

export function tokenCommand(program: Command): void {
  program
    .command('token')
    .description('签发令牌（服务运行与否均可）/ issue a bearer token, whether the service runs or not')
    .addOption(new Option('--role <role>', '角色 / role').choices(roles).makeOptionMandatory())
    .option('--district <code>', '只限一个区，如 110102 / limited to one district', district)
    .option('--person <name>', '持有人 / who holds it (default: the role)', person)
    .option('--days <n>', `有效天数 / valid for so many days (1–${daysMax})`, days, daysDefault)
    .action(async ({ role, district, person, days }: Options) => {
      const holder = person ?? (district === undefined ? role : `${role}@${district}`)
      const token = await withDatabase((database) => issueToken(database, { person: holder, role, district, days }))
      process.stdout.write(`${token}\n`)
      process.stderr.write(
        `${holder}（${role}${district === undefined ? '' : `，${district}`}），有效 ${days} 天 / valid for ${days} days\n`,
      )
    })
}

function district(text: string): string {
  if (!/^[0-9]{6}$/.test(text)) throw new InvalidArgumentError('须为六位行政区划代码 / must be six digits')
  return text
}

function person(text: string): string {
  if (!/^[\p{L}\p{N}][\p{L}\p{N}_.:@-]{0,63}$/u.test(text))
    throw new InvalidArgumentError('须为 1 至 64 个字母、数字或 _.:@- / 1 to 64 letters, digits or _.:@-')
  return text.normalize('NFC')
}

function days(text: string): number {
  if (!/^[1-9][0-9]{0,3}$/.test(text) || Number(text) > daysMax)
    throw new InvalidArgumentError(`须为 1 至 ${daysMax} 的整数 / 1 to ${daysMax}`)
  return Number(text)
}
