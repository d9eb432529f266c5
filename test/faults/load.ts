/**
 * Load under faults. Seeded clients transfer random amounts among a few accounts, and now and then from one book to
 * another; each asks with the same key until it has a definite answer, and everything that happens is written down. The
 * history is all the checker gets: it must not have to believe the ledger.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { random, type Random } from '../sim/random.ts'

export type Line = {
  readonly account: string
  readonly side: 'debit' | 'credit'
  readonly fen: bigint
  readonly project: string
}
export type Part = { readonly book: string; readonly on: string; readonly lines: readonly Line[] }

/** One thing asked for: an entry, or entries of two books that stand together. Its id is the summary of its entries. */
export type Operation = { readonly id: string; readonly parts: readonly Part[] }

export type Reply =
  | { readonly kind: 'ok'; readonly hashes: readonly string[]; readonly replayed: boolean }
  | { readonly kind: 'fail'; readonly code: string; readonly replayed: boolean }

/** Asks once. What it throws says that the outcome is not known; a `Surprise` that it should never have been thrown. */
export type Door = (operation: Operation, key: string) => Promise<Reply>

/** Not weather: an error no caller should see, whatever happens to the machine. */
export class Surprise extends Error {
  override readonly name = 'Surprise'
}

export type Event = { readonly at: number; readonly id: string } & (
  | { readonly kind: 'invoke' }
  | { readonly kind: 'unknown'; readonly why: string }
  | Reply
)

export type History = {
  readonly seed: number
  readonly operations: readonly Operation[]
  readonly events: readonly Event[]
  readonly surprises: readonly unknown[]
}

export type Load = {
  readonly history: History
  /** Stops asking for new things and waits until what was asked for is answered. */
  finish(): Promise<History>
}

export const bookCodes = ['F-A', 'F-B'] as const
const projects = 20
const days = ['2026-03-05', '2026-03-06', '2026-03-31', '2026-04-01']
const projectOf = (n: number): string => `P${n}`

export type LoadOptions = {
  readonly clients?: number
  readonly projects?: number
  /** A system without idempotency keys, for the negative control: every try is a new request. */
  readonly newKeyEachTry?: boolean
  readonly name?: string
}

/** Puts money into every account, so that transfers have something to move. */
export async function fund(door: Door): Promise<Operation[]> {
  const operations = bookCodes.map((book): Operation => {
    const lines = Array.from({ length: projects }, (_, i): Line[] => [
      { account: '1011', side: 'debit', fen: 500_000n, project: projectOf(i) },
      { account: '4001', side: 'credit', fen: 500_000n, project: projectOf(i) },
    ])
    return { id: `fund ${book}`, parts: [{ book, on: '2026-03-01', lines: lines.flat() }] }
  })
  for (const operation of operations) {
    const reply = await door(operation, operation.id.replace(' ', '-'))
    if (reply.kind !== 'ok') throw new Error(`could not fund: ${reply.code}`)
  }
  return operations
}

export function startLoad(door: Door, seed: number, options: LoadOptions = {}): Load {
  const { clients = 6, name = `s${seed}` } = options
  const operations: Operation[] = []
  const events: Event[] = []
  const surprises: unknown[] = []
  const history: History = { seed, operations, events, surprises }
  const state = { stopped: false }
  const record = (id: string, rest: { kind: 'invoke' } | { kind: 'unknown'; why: string } | Reply) => {
    events.push({ at: performance.now(), id, ...rest })
  }

  const client = async (number: number): Promise<void> => {
    const luck = random(seed * 1_000 + number)
    for (let count = 1; !state.stopped; count++) {
      const operation = draw(luck, `${name} c${number} ${count}`, options.projects ?? projects)
      operations.push(operation)
      record(operation.id, { kind: 'invoke' })
      await ask(operation, luck)
    }
  }

  const ask = async (operation: Operation, luck: Random): Promise<void> => {
    for (let tries = 1; tries <= 400; tries++) {
      const key = keyOf(operation) + (options.newKeyEachTry ? `-${tries}` : '')
      try {
        record(operation.id, await door(operation, key))
        return
      } catch (error) {
        record(operation.id, { kind: 'unknown', why: error instanceof Error ? error.message : String(error) })
        if (error instanceof Surprise) {
          surprises.push(error)
          return
        }
      }
      await sleep(20 + luck.below(60))
    }
  }

  const running = Promise.all(Array.from({ length: clients }, (_, number) => client(number)))
  return {
    history,
    finish: async () => {
      state.stopped = true
      await running
      return history
    },
  }
}

const keyOf = ({ id }: Operation): string => id.replaceAll(' ', '-')

/**
 * Asks again, under its key, for some of what has been answered: the answer must be the first one (the order of its
 * entries is replay.test.ts); and another request under an old key must be refused. Gives what was answered otherwise.
 */
export async function askAgain(door: Door, { operations, events, seed }: History, times: number): Promise<string[]> {
  const luck = random(seed)
  const replies = new Map(events.flatMap((event) => ('replayed' in event ? [[event.id, event] as const] : [])))
  const asked = operations.filter(({ id }) => replies.has(id))
  const wrong: string[] = []
  for (let i = 0; i < times && asked.length > 0; i++) {
    const operation = luck.pick(asked)
    const first = replies.get(operation.id)
    const again = await door(operation, keyOf(operation))
    if (!again.replayed || outcomeOf(again) !== outcomeOf(first))
      wrong.push(`${operation.id}: ${outcomeOf(again)}, not ${outcomeOf(first)}`)
    if (i % 10 !== 0) continue
    const other = await door({ ...operation, id: `${operation.id} changed` }, keyOf(operation))
    if (outcomeOf(other) !== 'idempotency_key_reused') wrong.push(`${operation.id} changed: ${outcomeOf(other)}`)
  }
  return wrong
}

const outcomeOf = (reply: Reply | undefined): string =>
  reply?.kind === 'ok' ? reply.hashes.toSorted().join() : (reply?.code ?? 'nothing')

function draw(luck: Random, id: string, among: number): Operation {
  const fen = BigInt(1 + luck.below(400_000))
  const on = luck.pick(days)
  const [from, to] = [projectOf(luck.below(among)), projectOf(luck.below(among))]
  const [book, other] = luck.chance(0.5) ? bookCodes : [bookCodes[1], bookCodes[0]]
  const spends: Line = { account: '1011', side: 'credit', fen, project: from }
  if (from === to || luck.chance(0.1)) {
    // Between two books: each is balanced by an account of its own.
    return {
      id,
      parts: [
        { book, on, lines: [{ account: '161301', side: 'debit', fen, project: from }, spends] },
        {
          book: other,
          on,
          lines: [
            { account: '1011', side: 'debit', fen, project: to },
            { account: '4001', side: 'credit', fen, project: to },
          ],
        },
      ],
    }
  }
  return { id, parts: [{ book, on, lines: [{ account: '1011', side: 'debit', fen, project: to }, spends] }] }
}
