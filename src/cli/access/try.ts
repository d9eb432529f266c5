/** `yiben try`: the link that tries the sample, printed again while the service runs. */
import type { Command } from 'commander'
import { readIfPresent } from '../../base/files.ts'
import { trialFile } from '../../config.ts'
import { dataFolder } from '../books/open.ts'

const none = '没有试用链接：服务没有运行，或账套不全是示例 / no link: the service is not running, or holds real books'

export function tryCommand(program: Command): void {
  const command = program
    .command('try')
    .description('试用链接：服务运行、账套全为示例时 / the link that tries the sample, while the service runs')
    .action(() => {
      const link = readIfPresent(trialFile(dataFolder()))
      if (link !== undefined) process.stdout.write(link)
      else command.error(none)
    })
}
