/**
 * `yiben jobs …`: looking after the jobs from the command line: how they stand, one with its error and result, sending a parked one again,
 * cancelling one, asking for one, and running what is due in this process, where no worker runs.
 */
import { randomUUID } from 'node:crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import {
  askForJob,
  cancelJob,
  jobByHand,
  jobStateNames,
  jobStates,
  type JobState,
  type JobView,
  listJobs,
  readJob,
  retryJob,
} from '../../jobs/actions.ts'
import type { JobLog } from '../../jobs/job.ts'
import { registryWith } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import { renderPlain } from '../../reports/render/plain.ts'
import { count, type Table, text } from '../../reports/table.ts'
import type { Actor } from '../access/actor.ts'
import { JsonFault, type Json, parseJson } from '../base/json.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import { Refusal } from '../base/refusal.ts'
import type { Config } from '../config.ts'
import { type Ledger, openLedger } from '../ledger/ledger.ts'
import { operator, withDatabase } from './books/open.ts'
import { WrongUsage } from './failure.ts'

/** Whoever reads at the machine may read the books; whoever changes something does it as the machine's operator. */
const keeper = (): Actor => ({ ...operator(), role: 'operator' })

const formats = ['text', 'json'] as const
type Listing = {
  readonly state?: JobState
  readonly name?: string
  readonly limit: number
  readonly format: 'text' | 'json'
}

export function jobsCommand(program: Command): void {
  const jobs = program.command('jobs').description('后台作业 / queued jobs')
  jobs
    .command('list')
    .description('作业列表，新的在前 / jobs, newest first')
    .addOption(new Option('--state <state>', '状态 / how it stands').choices(jobStates))
    .option('--name <name>', '作业种类 / which job')
    .option('--limit <count>', '至多多少个（1–500）/ at most so many', limitOption, 50)
    .addOption(new Option('--format <format>', '输出格式 / output format').choices(formats).default('text'))
    .action((given: Listing) => withLedger((ledger) => list(ledger, given)))
  ofJob(jobs, 'show', '一个作业的全部 / all of one job').action((id: string) =>
    withLedger(async (ledger) => print(await readJob(ledger, operator(), id))),
  )
  ofJob(jobs, 'retry', '重新执行已搁置的作业 / send a parked job again').action((id: string) =>
    withLedger(async (ledger) => print(answerOf(await retryJob(ledger, keeper(), id, randomUUID())))),
  )
  ofJob(jobs, 'cancel', '撤销等待执行的作业 / cancel a job that waits')
    .requiredOption('--reason <text>', '原因 / why')
    .action((id: string, { reason }: { reason: string }) =>
      withLedger(async (ledger) => print(answerOf(await cancelJob(ledger, keeper(), id, reason, randomUUID())))),
    )
  jobs
    .command('ask <name>')
    .description('提交一个作业 / ask for a job')
    .requiredOption('--key <key>', '作业键：同一键只执行一次 / one effect a key')
    .requiredOption('--payload <json>', '参数（JSON）/ what it takes', jsonOption)
    .action((name: string, given: { key: string; payload: Json }) => withLedger((ledger) => ask(ledger, name, given)))
  jobs
    .command('run-due')
    .description('在本进程执行到期的作业，直至没有 / run what is due here, until nothing is')
    .action(() => withDatabase((database, config) => runDue(openLedger(database), config)))
}

const ofJob = (jobs: Command, name: string, about: string): Command => jobs.command(`${name} <id>`).description(about)

const withLedger = (work: (ledger: Ledger, config: Config) => Promise<void>): Promise<void> =>
  withDatabase((database, config) => work(openLedger(database), config))

function limitOption(given: string): number {
  if (!/^[1-9][0-9]{0,2}$/.test(given) || Number(given) > 500)
    throw new InvalidArgumentError('须为 1 至 500 的整数 / must be a whole number from 1 to 500')
  return Number(given)
}

function jsonOption(given: string): Json {
  try {
    return parseJson(given)
  } catch (error) {
    if (error instanceof JsonFault) throw new InvalidArgumentError(`${error.zh} / ${error.message}`)
    throw error
  }
}

async function list(ledger: Ledger, { format, ...filter }: Listing): Promise<void> {
  const found = await listJobs(ledger, operator(), filter)
  process.stdout.write(format === 'json' ? `${JSON.stringify(found, null, 2)}\n` : renderPlain(tableOf(found)))
}

const tableOf = (found: readonly JobView[]): Table => ({
  title: '后台作业',
  notes: [],
  columns: [
    { key: 'id', zh: '编号', en: 'Id', kind: 'text' },
    { key: 'name', zh: '作业', en: 'Job', kind: 'text' },
    { key: 'key', zh: '键', en: 'Key', kind: 'text' },
    { key: 'state', zh: '状态', en: 'State', kind: 'text' },
    { key: 'attempts', zh: '次数', en: 'Attempts', kind: 'count' },
    { key: 'askedAt', zh: '提交时刻', en: 'Asked', kind: 'text' },
    { key: 'error', zh: '错误', en: 'Error', kind: 'text' },
  ],
  rows: found.map(({ id, name, key, state, attempts, askedAt, error }) => ({
    cells: [
      text(id),
      text(name),
      text(key),
      text(jobStateNames[state].zh),
      count(attempts),
      text(askedAt.slice(0, 19)),
      text(error?.code),
    ],
  })),
})

const print = (job: JobView): void => void process.stdout.write(`${JSON.stringify(job, null, 2)}\n`)

function answerOf(answer: KeyedAnswer<JobView>): JobView {
  if ('refusal' in answer) throw new Refusal(answer.refusal)
  return answer.answer
}

async function ask(ledger: Ledger, name: string, { key, payload }: { key: string; payload: Json }): Promise<void> {
  const fault = jobByHand(name).payload.safeParse(payload).error
  if (fault) {
    const places = fault.issues.map(({ path, message }) => `/${path.join('/')} ${message}`).join('; ')
    throw new WrongUsage(`作业参数不合要求 / the payload is not of the form: ${places}`)
  }
  print(answerOf(await askForJob(ledger, keeper(), { name, key, payload }, randomUUID())))
}

async function runDue(ledger: Ledger, config: Config): Promise<void> {
  const log: JobLog = (level, event, fields) => process.stderr.write(`${level} ${event} ${JSON.stringify(fields)}\n`)
  const runner = new Runner({ ledger, registry: registryWith(config), log })
  while (await runner.runNext());
  for (const { name, outcome, runs } of runner.counts.list()) {
    process.stdout.write(`${name} ${outcome} ${runs}\n`)
    if (outcome !== 'done') process.exitCode = 1
  }
}
