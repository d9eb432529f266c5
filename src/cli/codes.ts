/** `yiben codes LIST`: what may be written where a code is asked for, found by part of code or name. No database. */
import { Argument, type Command, Option } from 'commander'
import { businessDay, type Day, systemClock } from '../base/calendar.ts'
import { type Code, type CodeList, codeListNames, codesOf } from '../http/codes.ts'
import { type Standard, standards } from '../ledger/chart.ts'
import { dayOption, type Given, printJson, printTable, tableOf, text, withFormat } from './table.ts'

type Options = Given & { readonly q?: string; readonly on?: Day; readonly standard?: Standard }

export function codesCommand(program: Command): void {
  const codes = program
    .command('codes')
    .description('代码：来源、改造内容、科目、角色、公式、作业 / codes and their names')
    .addArgument(new Argument('<list>', '哪一类 / which list').choices(codeListNames))
    .option('--q <text>', '代码或名称中含有的字 / part of the code or a name')
    .option('--on <day>', '何日适用 / in force on', dayOption)
    .addOption(new Option('--standard <standard>', '会计制度（科目）/ standard, of accounts').choices(standards))
  withFormat(codes).action((list: CodeList, { q, on = businessDay(systemClock()), standard, format }: Options) => {
    const items = codesOf(list, { on, standard }, q)
    if (format === 'json') return printJson({ items, next: null })
    return printTable(
      format,
      tableOf<Code>({
        title: list,
        notes: [],
        columns: [
          text('code', '代码', 'Code', ({ code }) => code),
          text('zh', '名称', 'Name', ({ zh }) => zh),
          text('en', '英文', 'English', ({ en }) => en),
          text('group', '类别', 'Group', ({ group }) => group),
        ],
        items,
      }),
    )
  })
}
