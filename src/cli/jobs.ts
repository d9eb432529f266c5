/**
 * `yiben jobs …`: looking after the jobs from the command line: how they stand, one with its error and result, sending
 * a parked one again, cancelling one, asking for one, and running what is due in this process, where no worker runs.
 */
import { randomUUID } from 'node:crypto'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { askForJob, cancelJob, jobByHand, listJobs, readJob, retryJob } from '../../jobs/actions.ts'
import { jobStateNames, jobStates, type JobView } from '../../jobs/forms.ts'
import type { JobLog } from '../../jobs/job.ts'
import { registryWith } from '../../jobs/registry.ts'
import { Runner } from '../../jobs/runner.ts'
import type { Actor } from '../access/actor.ts'
import { JsonFault, type Json, parseJson } from '../base/json.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import { Refusal } from '../base/refusal.ts'
import type { Config } from '../config.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { Table } from '../../reports/table.ts'
import { operator, withLedger } from './books/open.ts'
import { WrongUsage } from './failure.ts'
import { count, type Given, print, printJson, tableOf, text, wholeUpTo, withFormat } from './table.ts'

/** Whoever reads at the machine may read the books; whoever changes something does it as the machine's operator. */
const keeper = (): Actor => ({ ...operator(), role: 'operator' })

type Filter = { readonly state?: (typeof jobStates)[number]; readonly name?: string; readonly limit: number }

export function jobsCommand(program: Command): void {
  const jobs = program.command('jobs').description('后台作业 / queued jobs')
  const list = jobs
    .command('list')
    .description('作业列表，新的在前 / jobs, newest first')
    .addOption(new Option('--state <state>', '状态 / how it stands').choices(jobStates))
    .option('--name <name>', '作业种类 / which job')
    .option('--limit <count>', '至多多少个（1–500）/ at most so many', wholeUpTo(500), 50)
  withFormat(list).action(({ format, ...query }: Given & Filter) =>
    print({ format }, (ledger) => listTable(ledger, query), { id: 'listJobs', query }),
  )
  ofJob(jobs, 'show', '一个作业的全部 / all of one job').action((id: string) =>
    withLedger(async (ledger) => printJson(await readJob(ledger, operator(), id))),
  )
  ofJob(jobs, 'retry', '重新执行已搁置的作业 / send a parked job again').action((id: string) =>
    withLedger(async (ledger) => printJson(answerOf(await retryJob(ledger, keeper(), { id }, randomUUID())))),
  )
  ofJob(jobs, 'cancel', '撤销等待执行的作业 / cancel a job that waits')
    .requiredOption('--reason <text>', '原因 / why')
    .action((id: string, { reason }: { reason: string }) =>
      withLedger(async (ledger) =>
        printJson(answerOf(await cancelJob(ledger, keeper(), { id, reason }, randomUUID()))),
      ),
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
    .action(() => withLedger(runDue))
}

const ofJob = (jobs: Command, name: string, about: string): Command => jobs.command(`${name} <id>`).description(about)

function jsonOption(given: string): Json {
  try {
    return parseJson(given)
  } catch (error) {
    if (error instanceof JsonFault) throw new InvalidArgumentError(`${error.zh} / ${error.message}`)
    throw error
  }
}

async function listTable(ledger: Ledger, { state, name, limit }: Filter): Promise<Table> {
  const items = await listJobs(ledger, operator(), { state, name, limit })
  return tableOf<JobView>({
    title: '后台作业',
    notes: [],
    columns: [
      text('id', '编号', 'Id', ({ id }) => id),
      text('name', '作业', 'Job', ({ name }) => name),
      text('key', '键', 'Key', ({ key }) => key),
      text('state', '状态', 'State', ({ state }) => jobStateNames[state].zh),
      count('attempts', '次数', 'Attempts', ({ attempts }) => attempts),
      text('askedAt', '提交时刻', 'Asked', ({ askedAt }) => askedAt.slice(0, 19)),
      text('error', '错误', 'Error', ({ error }) => error?.code),
    ],
    items,
  })
}

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
  printJson(answerOf(await askForJob(ledger, keeper(), { name, key, payload }, randomUUID())))
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
