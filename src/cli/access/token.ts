/**
 * `yiben token`: a bearer token for a local trial or a machine client, the list of tokens, and revoking one. Issuing
 * prints the token and nothing else on stdout; the database keeps only its hash, so a token that is lost is replaced,
 * not looked up.
 */
import { type Command, Option } from 'commander'
import { type Role, roles } from '../../access/actor.ts'
import { listTokens, revokeTokenById, type TokenRow } from '../../access/persons.ts'
import { issueToken } from '../../access/token.ts'
import { systemClock } from '../../base/calendar.ts'
import { transact } from '../../base/db.ts'
import { withDatabase } from '../books/open.ts'
import { guard } from './persons.ts'
import { count, everyOf, type Given, instant, optionOf, print, tableOf, text, wholeUpTo, withFormat } from '../table.ts'

type Options = { role?: Role; district?: string; person?: string; days: number }

const daysDefault = 30
const daysMax = 3650

export function tokenCommand(program: Command): void {
  const token = program
    .command('token')
    .description(
      '签发、列出、吊销令牌（服务运行与否均可）/ issue, list, revoke bearer tokens, whether the service runs or not',
    )
    .addOption(new Option('--role <role>', '角色（签发时必填）/ role, needed to issue').choices(roles))
    .option('--district <code>', '只限一个区，如 110102 / limited to one district', district)
    .option(
      '--person <name>',
      '持有人，未登记的随即登记 / who holds it, registered where not yet known (default: the role)',
    )
    .option('--days <n>', `有效天数 / valid for so many days (1–${daysMax})`, wholeUpTo(daysMax), daysDefault)
    .action(async (given: Options) => {
      const { role } = given
      if (role === undefined) token.error("error: required option '--role <role>' not specified")
      else await issue({ ...given, role })
    })
  withFormat(token.command('list').description('令牌，不含可用内容 / tokens, never what opens anything')).action(
    (given: Given) => print(given, ({ database: { sql } }) => listTable(sql), { id: 'listTokens', as: guard() }),
  )
  token
    .command('revoke <id>')
    .description('吊销一个令牌，一秒内各处失效 / revoke a token; it opens nothing anywhere within a second')
    .action((id: string) =>
      withDatabase(async (database) => {
        const by = guard().person
        const ended = await transact(database, (tx) => revokeTokenById(tx, id, { by, at: systemClock() }))
        process.stderr.write(`令牌 ${id}（${ended.person}，${ended.role}）已吊销 / token ${id} is revoked\n`)
      }),
    )
}

async function issue({ role, district: only, person, days: valid }: Options & { role: Role }): Promise<void> {
  const holder = person ?? (only === undefined ? role : `${role}@${only}`)
  const wanted = { person: holder, role, district: only, days: valid }
  const token = await withDatabase((database) => issueToken(database, wanted, systemClock, guard().person))
  process.stdout.write(`${token}\n`)
  process.stderr.write(
    `${holder}（${role}${only === undefined ? '' : `，${only}`}），有效 ${valid} 天 / valid for ${valid} days\n`,
  )
}

async function listTable(sql: Parameters<typeof listTokens>[0]) {
  const items = await everyOf(
    0n,
    (after, limit) => listTokens(sql, guard(), { after, limit }),
    ({ id }) => id,
  )
  return tableOf<TokenRow>({
    title: '令牌',
    notes: [],
    columns: [
      count('id', '编号', 'Id', ({ id }) => Number(id)),
      text('person', '持有人', 'Person', ({ person }) => person),
      text('role', '角色', 'Role', ({ role }) => role),
      text('district', '区划', 'District', ({ district: only }) => only),
      instant('createdAt', '签发', 'Issued', ({ createdAt }) => createdAt),
      instant('expiresAt', '到期', 'Runs out', ({ expiresAt }) => expiresAt),
      instant('revokedAt', '吊销', 'Revoked', ({ revokedAt }) => revokedAt),
    ],
    items,
  })
}

const district = optionOf(
  (given) => (/^[0-9]{6}$/.test(given) ? given : undefined),
  '须为六位行政区划代码 / must be six digits',
)
