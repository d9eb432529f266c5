/**
 * `yiben persons …`: who there is, registering a person, giving and ending duties. Whoever does it at the machine does
 * it as its security administrator, under the name of his login.
 */
import { randomUUID } from 'node:crypto'
import { type Command, InvalidArgumentError } from 'commander'
import { type Actor, isRole, type Role, roles } from '../../access/actor.ts'
import { type DutyRow, listPersons, type Person, readPerson } from '../../access/persons.ts'
import { signInStateNamesZh } from '../../access/forms.ts'
import { formatInstant } from '../../base/calendar.ts'
import type { KeyedAnswer } from '../../base/keyed.ts'
import { Refusal } from '../../base/refusal.ts'
import type { Config } from '../../config.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { assignDuty, disableSignIn, inviteToSignIn, registerPerson, withdrawDuty } from '../../workflow/persons.ts'
import { operator, withLedger } from '../books/open.ts'
import { everyOf, type Given, instant, print, printJson, tableOf, text, withFormat } from '../table.ts'

/** Who looks after persons and tokens at the machine. */
export const guard = (): Actor => ({ ...operator(), role: 'security_admin' })

export function personsCommand(program: Command): void {
  const persons = program.command('persons').alias('person').description('人员与职责 / persons and duties')
  withFormat(persons.command('list').description('人员及其在任职责 / persons and the duties they hold')).action(
    (given: Given) => print(given, ({ database: { sql } }) => listTable(sql), { id: 'listPersons', as: guard() }),
  )
  withFormat(persons.command('show <person>').description('一名人员的全部职责 / all duties of a person')).action(
    (person: string, given: Given) =>
      print(given, (ledger) => showTable(ledger, person), { id: 'readPerson', params: { person }, as: guard() }),
  )
  persons
    .command('add <id> <name>')
    .description('登记人员：小写英文编号、姓名 / register a person by a lower-case id and a name')
    .action((id: string, name: string) => said((ledger, key) => registerPerson(ledger, guard(), { id, name }, key)))
  persons
    .command('give <person> <role>')
    .description('给予职责 / give a duty')
    .option('--district <code>', '只限一个区 / limited to one district')
    .action((person: string, role: string, { district }: { district?: string }) =>
      said((ledger, key) =>
        assignDuty(ledger, guard(), { person, role: roleOf(role), ...(district && { district }) }, key),
      ),
    )
  persons
    .command('end <person> <duty>')
    .description('终止职责，其令牌一并吊销 / end a duty and its tokens')
    .action((person: string, duty: string) =>
      said((ledger, key) => withdrawDuty(ledger, guard(), { person, duty }, key)),
    )
  persons
    .command('invite <person>')
    .description('邀请登录：一次有效的链接，24 小时 / invite to sign in: a link that is good once, for 24 hours')
    .option('--url <url>', '控制台的地址 / address of the console')
    .action((person: string, { url }: { url?: string }) => invite(person, url))
  persons
    .command('disable <person>')
    .description('停用登录：密码、链接、会话、令牌 / let a person in no more: password, links, sessions, tokens')
    .action((person: string) => said((ledger, key) => disableSignIn(ledger, guard(), { person }, key)))
}

/** Prints the link and nothing else on stdout: it is kept nowhere. */
const invite = (person: string, given: string | undefined): Promise<void> =>
  withLedger(async (ledger, config) => {
    const { code, endsAt } = await inviteToSignIn(ledger, guard(), person)
    const url = given?.replace(/\/+$/, '') ?? addressOf(config)
    process.stdout.write(`${url}/signin/${code}\n`)
    process.stderr.write(`${person}：有效至 ${formatInstant(endsAt)}，一次有效 / good once, until then\n`)
  })

/** Where a browser finds the console: under the name a proxy passes on, else where the service listens. */
const addressOf = ({ hosts: [name], host, port }: Config): string =>
  name === undefined ? `http://${host.includes(':') ? `[${host}]` : host}:${port}` : `https://${name}`

function roleOf(given: string): Role {
  if (!isRole(given)) throw new InvalidArgumentError(`须为 ${roles.join('、')} / one of these`)
  return given
}

/** Does it and prints what was answered. */
const said = <T>(work: (ledger: Ledger, key: string) => Promise<KeyedAnswer<T>>): Promise<void> =>
  withLedger(async (ledger) => {
    const answer = await work(ledger, randomUUID())
    if ('refusal' in answer) throw new Refusal(answer.refusal)
    printJson(answer.answer)
  })

const runs = ({ endedAt }: DutyRow): boolean => endedAt === null
const inWords = ({ role, district }: DutyRow): string => (district === null ? role : `${role}@${district}`)

async function listTable(sql: Parameters<typeof listPersons>[0]) {
  const items = await everyOf(
    '',
    (after, limit) => listPersons(sql, guard(), { after, limit }),
    ({ id }) => id,
  )
  return tableOf<Person>({
    title: '人员',
    notes: [],
    columns: [
      text('id', '编号', 'Id', ({ id }) => id),
      text('name', '姓名', 'Name', ({ name }) => name),
      text('duties', '在任职责', 'Duties', ({ duties }) => duties.filter(runs).map(inWords).join('、')),
      text('signIn', '登录', 'Signs in', ({ signIn = 'none' }) => signInStateNamesZh[signIn]),
      text('madeBy', '登记人', 'Registered by', ({ madeBy }) => madeBy),
    ],
    items,
  })
}

async function showTable({ database: { sql } }: Ledger, person: string) {
  const { id, name, duties } = await readPerson(sql, guard(), person)
  return tableOf<DutyRow>({
    title: `${name}（${id}）`,
    notes: [],
    columns: [
      text('id', '编号', 'Id', (duty) => duty.id.toString()),
      text('role', '角色', 'Role', ({ role }) => role),
      text('district', '区划', 'District', ({ district }) => district),
      instant('givenAt', '给予', 'Given', ({ givenAt }) => givenAt),
      text('givenBy', '给予人', 'By', ({ givenBy }) => givenBy),
      instant('endedAt', '终止', 'Ended', ({ endedAt }) => endedAt),
      text('endedBy', '终止人', 'By', ({ endedBy }) => endedBy),
    ],
    items: duties,
  })
}
