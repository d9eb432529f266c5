/**
 * The same door and the same posting, but each request in a transaction of its own on a pool of connections, as most
 * services do it: what group commit is measured against. Run by bench/service.ts.
 */
import { openVault } from '../src/access/account/vault.ts'
import { TokenDesk } from '../src/access/token.ts'
import { systemClock } from '../src/base/calendar.ts'
import { type Database, openDatabase } from '../src/base/db.ts'
import { openApp } from '../src/http/app.ts'
import { openMetrics } from '../src/http/watch/metrics.ts'
import { listen } from '../src/http/server.ts'
import { BookShelf } from '../src/ledger/books.ts'
import { PostingGroup } from '../src/ledger/group.ts'
import { openSigner } from '../src/ledger/keys.ts'
import { type PartOutcome, postUnits, type Unit } from '../src/ledger/post.ts'
import { endWithParent } from './place.ts'

const connections = 16

class Alone extends PostingGroup {
  readonly #database: Database

  constructor(database: Database, shelf: BookShelf) {
    super(database, shelf, systemClock)
    this.#database = database
  }

  override async post(unit: Unit): Promise<PartOutcome[]> {
    const [outcome] = await postUnits(this.#database, this.memory, systemClock, [unit])
    return outcome ?? []
  }
}

endWithParent()
const database = openDatabase(process.env['BENCH_DATABASE'] ?? '', { connections })
const shelf = new BookShelf(database)
const ledger = { database, shelf, clock: systemClock, group: new Alone(database, shelf) }
const signer = await openSigner(process.env['BENCH_FOLDER'] ?? '')
const service = {
  ledger,
  desk: new TokenDesk(database, systemClock),
  accounts: { database, clock: systemClock, vault: await openVault(process.env['BENCH_FOLDER'] ?? '') },
  proof: { database, clock: systemClock, signer },
}
const log = (...line: readonly unknown[]): void => void process.stderr.write(`${JSON.stringify(line)}\n`)
const listening = await listen(openApp({ service, log, metrics: openMetrics() }), { host: '127.0.0.1', port: 0 })
process.stdout.write(`alone ready ${listening.url}\n`)
