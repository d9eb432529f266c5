/**
 * pgledger (github.com/pgr0ss/pgledger), a ledger in PL/pgSQL, with the same transfers on the same server. Its text is
 * not ours and not in this repository: PGLEDGER_SQL names a copy of pgledger.sql, beside which its `vendor` folder is
 * looked for. Without it the comparison is left out.
 */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Contender } from './contender.ts'
import type { Place } from './place.ts'
import { accountCount, hotAccount } from './transfers.ts'

const database = 'bench_pgledger'
// As long as the ids pgledger makes, and to be told from a number.
const id = (number: string): string => `'pgla_' || lpad(${number}::text, 26, '0')`

export async function openPgledger(place: Place): Promise<Contender | undefined> {
  const path = process.env['PGLEDGER_SQL']
  if (path === undefined || path === '') return undefined
  await place.createDatabase(database)
  const vendored = ['ulid-to-uuid.sql', 'uuid-to-ulid.sql'].map((name) =>
    join(dirname(path), 'vendor', 'scoville-pgsql-ulid', name),
  )
  for (const file of [...vendored.filter((name) => existsSync(name)), path]) {
    await place.superQuery(database, readFileSync(file, 'utf8'))
  }
  await place.superQuery(
    database,
    `insert into pgledger_accounts (id, name, currency, allow_negative_balance, allow_positive_balance, created_at, updated_at)
     select ${id('n')}, 'account ' || n, 'CNY', true, true, now(), now()
     from generate_series(${hotAccount}, ${accountCount}) n`,
  )
  await place.superQuery(database, 'vacuum analyze')
  return {
    name: 'pgledger',
    url: place.superUrl(database),
    statement: `select id from pgledger_create_transfer(${id('$1')}, ${id('$2')}, $3::numeric)`,
  }
}
