/**
 * The command line. Data goes to stdout, talk to stderr; 0 is done, 1 refused or failed, 2 wrong usage. Each command is
 * loaded when it is called, so that `calc` needs neither the database driver nor anything of the ledger.
 */
import { Command, CommanderError } from 'commander'

type Adder = (program: Command) => void

/** What the program can do: one line of help, and where the command is. */
const commands: Readonly<Record<string, { about: string; load: () => Promise<Adder> }>> = {
  calc: {
    about: '试算：每行一个 JSON，逐行作答 / trial calculations, one JSON object a line',
    load: async () => (await import('./calc.ts')).calcCommand,
  },
  token: {
    about: '签发令牌 / issue a bearer token',
    load: async () => (await import('./access/token.ts')).tokenCommand,
  },
  try: {
    about: '试用链接：服务运行、账套全为示例时 / the link that tries the sample, while the service runs',
    load: async () => (await import('./access/try.ts')).tryCommand,
  },
  codes: {
    about: '代码及名称：来源、改造内容、科目、角色、公式、作业 / codes and their names',
    load: async () => (await import('./codes.ts')).codesCommand,
  },
  persons: {
    about: '人员与职责：登记、给予、终止，邀请登录、停用 / persons: register, duties, invite to sign in, disable',
    load: async () => (await import('./access/persons.ts')).personsCommand,
  },
  book: {
    about: '查账：账套、科目余额、明细、凭证 / books: balances, statements, entries',
    load: async () => (await import('./books/book.ts')).bookCommand,
  },
  overview: {
    about: '一本账：全部资金，分来源和分区 / all money, by source and by district',
    load: async () => (await import('./overview.ts')).overviewCommand,
  },
  approvals: {
    about: '审批事项：列表、内容与经过 / approvals: what waits, and what became of it',
    load: async () => (await import('./approvals.ts')).approvalsCommand,
  },
  do: {
    about: '办理：审批、起草、提交，先示后办 / decide, draft, ask: shown first, then done',
    load: async () => (await import('./acting/do.ts')).doCommand,
  },
  history: {
    about: '一件事物的全部经过 / everything that touched a thing',
    load: async () => (await import('./books/history.ts')).historyCommand,
  },
  indicators: {
    about: '预算指标及其余额 / indicators and what they hold',
    load: async () => (await import('./indicators.ts')).indicatorsCommand,
  },
  bonds: {
    about: '专项债券：列表、分配与使用、付息计划 / special bonds, who holds what, coupons',
    load: async () => (await import('./books/bonds.ts')).bondsCommand,
  },
  'take-over': {
    about: '建账接转：期初余额、批次、现行方案、项目状态 / take over balances, batches, plans and states',
    load: async () => (await import('./books/take-over.ts')).takeOverCommand,
  },
  import: {
    about: '从 NDJSON 成批记账 / post entries from NDJSON',
    load: async () => (await import('./books/import.ts')).importCommand,
  },
  export: {
    about: '导出证据包 / export an evidence pack',
    load: async () => (await import('./books/export.ts')).exportCommand,
  },
  verify: {
    about: '核验证据包，无需数据库 / verify an evidence pack, without a database',
    load: async () => (await import('./books/verify.ts')).verifyCommand,
  },
  witness: {
    about: '登记见证人的公钥 / register a witness’s public key',
    load: async () => (await import('./books/witness.ts')).witnessCommand,
  },
  jobs: {
    about: '后台作业：查看、重新执行、撤销、提交 / queued jobs: see, retry, cancel, ask for',
    load: async () => (await import('./jobs.ts')).jobsCommand,
  },
  allocations: {
    about: '资金分配：列表、份额与步骤、两稿对照 / allocations: list, shares and steps, versions compared',
    load: async () => (await import('./allocations.ts')).allocationsCommand,
  },
  releases: {
    about: '拨付与早拨付：列表、试算、复查、得分 / releases: list, early preview, review, scores',
    load: async () => (await import('./releases.ts')).releasesCommand,
  },
  projects: {
    about: '项目、小区与年度计划：导入与查询 / projects, communities, yearly plans: import and look',
    load: async () => (await import('./projects.ts')).projectsCommand,
  },
  plans: {
    about: '资金方案：显示方案、项目全部资金 / funding plans: show one, all money of a project',
    load: async () => (await import('./funding-plans.ts')).plansCommand,
  },
  withdrawals: {
    about: '公积金提取：列表 / withdrawals from the provident fund',
    load: async () => (await import('./funds/withdrawals.ts')).withdrawalsCommand,
  },
  demo: {
    about: '演示：分配、早拨付、收回、核验，逐行讲述 / a told demonstration',
    load: async () => (await import('./demo.ts')).demoCommand,
  },
  checks: {
    about: '全面自查：重算每一个余额、编号和哈希 / recompute every balance, number and hash',
    load: async () => (await import('./books/checks.ts')).checksCommand,
  },
  signing: {
    about: '签名：数据库的签名密钥、本机签过的树头 / the key a database is signed with, and the heads signed here',
    load: async () => (await import('./copies/signing.ts')).signingCommand,
  },
  standby: {
    about: '只读备库：状态与落后多少 / the standby that answers reads: how it stands',
    load: async () => (await import('./copies/standby.ts')).standbyCommand,
  },
  backup: {
    about: '备份：全部账目与角色写入一个文件 / back up all books and roles into one file',
    load: async () => (await import('./copies/backup.ts')).backupCommand,
  },
  restore: {
    about: '恢复：备份整体写入空库，或完全不写 / restore a back-up into an empty database, whole or not at all',
    load: async () => (await import('./copies/restore.ts')).restoreCommand,
  },
  drill: {
    about:
      '演练：备份恢复到临时库并全面自查，报告用时 / restore into a scratch database, check all, say how long it took',
    load: async () => (await import('./copies/drill.ts')).drillCommand,
  },
}

/** Other names of commands. */
const aliases: Readonly<Record<string, string>> = { person: 'persons' }

const wrongUsage = 2

/** Runs the command line and gives the exit status. */
export async function run(argv: readonly string[]): Promise<number> {
  const program = new Command('yiben')
    .description('一本账：老旧小区改造资金账 / one ledger for the money that renovates old communities')
    .helpOption('-h, --help', '显示帮助 / show help')
    .helpCommand('help [command]', '显示某个命令的帮助 / show help of a command')
    .configureHelp({ styleTitle: (title) => titles[title] ?? title })
    .showHelpAfterError('（用 --help 查看用法 / see --help）')
    .exitOverride()
  const wanted = argv.map((word) => aliases[word] ?? word).find((word) => Object.hasOwn(commands, word))
  for (const [name, { about, load }] of Object.entries(commands)) {
    if (name === wanted) (await load())(program)
    else program.command(name).description(about)
  }
  for (const command of program.commands) inherit(command, program)
  try {
    await program.parseAsync([...argv], { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : wrongUsage
    return (await import('./failure.ts')).tell(error)
  }
}

const titles: Readonly<Record<string, string>> = {
  'Usage:': '用法 / Usage:',
  'Options:': '选项 / Options:',
  'Commands:': '命令 / Commands:',
  'Arguments:': '参数 / Arguments:',
}

// Settings of the program do not reach commands that were made before they were set.
function inherit(command: Command, parent: Command): void {
  command.copyInheritedSettings(parent).helpOption('-h, --help', '显示帮助 / show help')
  for (const child of command.commands) inherit(child, command)
}
