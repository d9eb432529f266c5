/**
 * `yiben do OPERATION`: whatever the API does, done from the command line by the holder of a token: deciding, drafting,
 * asking. What is about to be done is shown first, with the refusal that would come; it is done when it is confirmed,
 * or at once with --yes. The token stands in YIBEN_TOKEN, where no list of processes shows it.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createInterface } from 'node:readline/promises'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { TokenDesk } from '../../access/token.ts'
import { roleNames } from '../../access/actor.ts'
import { JsonFault, type Json, parseJson } from '../../base/json.ts'
import type { Route } from '../../http/route.ts'
import { apiRoutes } from '../../http/routes.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { districtName } from '../../policy/districts.ts'
import { ask, type Asked, queryShape, refusedNow, requireDone } from './ask.ts'
import { tokenSet, withLedger } from '../books/open.ts'
import { unreadable, WrongUsage } from '../failure.ts'
import { printJson, printTable, tableOf, text, wholeOption } from '../table.ts'

export type Consent = {
  readonly yes?: true
  readonly preview?: true
  readonly key?: string
  readonly tokenFile?: string
}
type Options = Consent & {
  readonly with: Readonly<Record<string, string>>
  readonly body?: string
  readonly ifMatch?: number
}

/** Whoever acts says who he is, and that it shall be done. */
export const withConsent = (command: Command): Command =>
  command
    .addOption(new Option('--yes', '不再询问，供脚本使用 / do not ask, for scripts').conflicts('preview'))
    .option('--preview', '只显示将办理什么 / show what would be done, and do nothing')
    .option('--key <key>', '幂等键，缺省为新的一个 / idempotency key, a new one by default')
    .option('--token-file <file>', '令牌所在的文件；缺省取环境变量 YIBEN_TOKEN / file with the token')

export function doCommand(program: Command): void {
  const command = program
    .command('do')
    .description('办理 API 的任何一项：审批、起草、提交 / do what the API does: decide, draft, ask')
    .argument('[operation]', '接口（operationId）；不写则列出全部 / the operation; none: list them')
    .option('--with <name=value>', '地址或查询中的参数，可重复 / a parameter, again for more', parameter, {})
    .option('--body <json>', '请求内容：JSON、@文件，或 - 为标准输入 / JSON, @file, or - for stdin')
    .option('--if-match <version>', '上次读取的版本 / the version last read', wholeOption(9))
  withConsent(command).action((id: string | undefined, given: Options) =>
    id === undefined ? listOperations() : doOne(routeOf(id), given),
  )
}

function parameter(given: string, before: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const equals = given.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('须为 名称=值 / must be name=value')
  return { ...before, [given.slice(0, equals)]: given.slice(equals + 1) }
}

function routeOf(id: string): Route {
  const found = apiRoutes.find((route) => route.id === id)
  if (!found)
    throw new WrongUsage(`没有 ${id} 这一项，yiben do 列出全部 / there is no operation ${id}; yiben do lists them`)
  return found
}

const listOperations = (): void =>
  printTable(
    'text',
    tableOf<Route>({
      title: '可以办理的',
      notes: [],
      columns: [
        text('id', '接口', 'Operation', ({ id }) => id),
        text('about', '事项', 'About', ({ summary }) => summary.zh),
        text('address', '地址', 'Address', ({ method, path }) => `${method} ${path}`),
      ],
      items: apiRoutes.filter(({ method }) => method !== 'GET'),
    }),
  )

async function doOne(route: Route, given: Options): Promise<void> {
  const names = new Set([...route.path.matchAll(/\{([a-z0-9]+)\}/g)].map(([, name = '']) => name))
  const unknown = Object.keys(given.with).find((name) => !names.has(name) && !(name in queryShape(route)))
  if (unknown !== undefined) throw new WrongUsage(`${route.id} 没有参数 ${unknown} / has no parameter ${unknown}`)
  const missing = [...names].filter((name) => given.with[name] === undefined)
  if (missing.length > 0) throw new WrongUsage(`缺少参数 / missing: ${missing.join('、')}`)
  const chosen = (inPath: boolean) =>
    Object.fromEntries(Object.entries(given.with).filter(([name]) => names.has(name) === inPath))
  const body = given.body === undefined ? undefined : parsed(await bytesOf(given.body))
  await withLedger((ledger) =>
    carryOut(ledger, route, given, {
      params: chosen(true),
      query: chosen(false),
      ...(body !== undefined && { body }),
      version: given.ifMatch,
    }),
  )
}

async function bytesOf(given: string): Promise<string> {
  if (!given.startsWith('@') && given !== '-') return given
  if (given.startsWith('@'))
    return readFile(given.slice(1), 'utf8').catch(() => Promise.reject(unreadable(given.slice(1))))
  const chunks: Buffer[] = []
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function parsed(given: string): Json {
  try {
    return parseJson(given)
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error
    throw new WrongUsage(`请求内容不是合法的 JSON / the body is not JSON: ${error.message}`)
  }
}

/** What is shown of an act before it is done, besides itself. */
export type Shown = (ledger: Ledger, token: string) => Promise<readonly string[]>

/** Shows what is about to be done, asks, does it, and prints what the API answers. */
export async function carryOut(
  ledger: Ledger,
  route: Route,
  consent: Consent,
  asked: Asked,
  shown: Shown = async () => [],
): Promise<void> {
  const token = await tokenOf(consent)
  const who = { token }
  if (route.method !== 'GET') {
    const lines = [...(await saidOf(ledger, route, token, asked)), ...(await shown(ledger, token))]
    for (const line of lines) process.stderr.write(`${line}\n`)
    const key = consent.key ?? randomUUID()
    const refused = await refusedNow(ledger, who, route, { ...asked, key })
    // A key that was answered is answered again, whatever stands in the way by now.
    if (refused && (consent.preview || consent.key === undefined)) return requireDone(refused)
    if (consent.preview) return
    await requireYes(consent)
    const answer = await ask(ledger, who, route, { ...asked, key })
    requireDone(answer)
    if (answer.replayed) process.stderr.write('此前已用该键办理，以下为当时的答复 / done before under this key\n')
    return printJson(answer.json)
  }
  const answer = await ask(ledger, who, route, asked)
  requireDone(answer)
  return printJson(answer.json)
}

async function tokenOf({ tokenFile }: Consent): Promise<string> {
  if (tokenFile !== undefined)
    return (await readFile(tokenFile, 'utf8').catch(() => Promise.reject(unreadable(tokenFile)))).trim()
  const token = tokenSet()
  if (!token)
    throw new WrongUsage(
      '须以令牌办理：YIBEN_TOKEN 或 --token-file / acting takes a token: YIBEN_TOKEN or --token-file',
    )
  return token
}

async function saidOf(ledger: Ledger, route: Route, token: string, { params = {}, body }: Asked): Promise<string[]> {
  const actor = await new TokenDesk(ledger.database, ledger.clock).actorOf(token, true)
  const address = route.path.replaceAll(/\{([a-z0-9]+)\}/g, (_, name: string) => params[name] ?? '')
  const district = actor?.district === undefined ? '全市' : districtName(actor.district).zh
  return [
    `将办理 / about to: ${route.summary.zh} / ${route.summary.en}`,
    `办理人 / who: ${actor ? `${actor.person}（${roleNames[actor.role].zh}，${district}）` : '令牌无效 / unknown token'}`,
    `${route.method} ${address}`,
    ...(body === undefined ? [] : [JSON.stringify(body, null, 2)]),
  ]
}

async function requireYes({ yes }: Consent): Promise<void> {
  if (yes) return
  if (!process.stdin.isTTY) throw new WrongUsage('未办理：请确认后加 --yes / nothing was done: confirm with --yes')
  const questions = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await questions.question('确认办理？输入 yes / type yes to do it: ')
  questions.close()
  if (answer.trim().toLowerCase() !== 'yes') throw new WrongUsage('未办理 / nothing was done')
}
