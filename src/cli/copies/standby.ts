/** `yiben standby`: how the standby of DATABASE_READ_URL stands; exit status 1 where it is not near its primary. */
import type { Command } from 'commander'
import { openDatabase } from '../../base/db.ts'
import { lookAtStandby, standbyNames, standbyWarning } from '../../base/wire/standby.ts'
import { businessDay, systemClock } from '../../base/calendar.ts'
import { lawOn } from '../../policy/parameters.ts'
import { withDatabase } from '../books/open.ts'
import { type Given, printJson, printTable, tableOf, text, withFormat } from '../table.ts'

export function standbyCommand(program: Command): void {
  const standby = program
    .command('standby')
    .description('只读备库：状态与落后多少 / the standby that answers reads: how it stands, how far behind')
  withFormat(standby).action(({ format }: Given) =>
    withDatabase(async (primary, { readUrl }) => {
      if (readUrl === undefined)
        return standby.error('没有设置 DATABASE_READ_URL，查询都由主库答复 / DATABASE_READ_URL is not set: no standby')
      const database = openDatabase(readUrl, { connections: 2 })
      try {
        const boundSeconds = lawOn(businessDay(systemClock())).take('alert_standby_seconds')
        const { state, lagSeconds, lagBytes } = await lookAtStandby(primary, database, { boundSeconds })
        if (state !== 'near') process.exitCode = 1
        const figures = { state, lagSeconds: lagSeconds ?? null, lagBytes: lagBytes ?? null }
        if (format === 'json') return printJson(figures)
        const { zh } = standbyNames[state]
        printTable(
          format,
          tableOf({
            title: '只读备库',
            notes: state === 'near' ? [] : [standbyWarning({ state, lagSeconds }).zh],
            columns: [
              text('state', '状态', 'State', () => zh),
              text('lagSeconds', '落后（秒）', 'Behind, seconds', () => lagSeconds?.toFixed(1)),
              text('lagBytes', '落后（字节）', 'Behind, bytes', () => lagBytes?.toString()),
            ],
            items: [figures],
          }),
        )
      } finally {
        await database.close()
      }
    }),
  )
}
