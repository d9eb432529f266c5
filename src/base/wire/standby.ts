/**
 * A hot standby that answers reads which decide nothing. An answer of it misses nothing that was committed before the
 * question, by whomever and through whichever process: the primary is asked how far its log goes, which costs it a
 * trifle, and the standby is waited for until it has replayed that far. One that is not there in a moment, is behind,
 * away or no standby of this primary answers nothing, and the primary does.
 */
import { assert, Bug } from '../assert.ts'
import { type Instant, systemClock } from '../calendar.ts'
import type { Database, Sql } from '../db.ts'
import type { Text } from '../refusal.ts'

/**
 * `near`: it answers; `late`: it was not there in a moment, and is looked at again before it is asked; `behind`: by
 * more than the bound; `away`: it cannot be reached or does not answer; `other`: no standby of this primary.
 */
export const standbyNames = {
  near: { zh: '跟上主库', en: 'near' },
  late: { zh: '稍后', en: 'a moment late' },
  behind: { zh: '落后', en: 'behind' },
  away: { zh: '无法连接或不应答', en: 'away' },
  other: { zh: '不是本主库的备库', en: 'no standby of this primary' },
} as const satisfies Readonly<Record<string, Text>>
export type StandbyState = keyof typeof standbyNames

/** What is told of one that does not answer: what is wrong, what happens meanwhile, what to do. */
export function standbyWarning({ state, lagSeconds = 0 }: Pick<StandbyFigures, 'state' | 'lagSeconds'>): Text {
  const [zh, en] = {
    near: ['', ''],
    late: ['稍后于主库', 'is a moment late'],
    behind: [`落后主库 ${lagSeconds.toFixed(0)} 秒`, `is ${lagSeconds.toFixed(0)} s behind the primary`],
    away: ['无法连接或不应答', 'cannot be reached or does not answer'],
    other: [
      '不是本主库的备库（已被提升，或属于别的主库）',
      'is no standby of this primary: promoted, or of another one',
    ],
  }[state]
  return {
    zh: `只读备库${zh}，查询暂由主库答复。请检查备库的复制，或更正 DATABASE_READ_URL。`,
    en: `The standby ${en}; the primary answers its reads. Look at its replication, or at DATABASE_READ_URL.`,
  }
}

export type StandbyFigures = {
  readonly state: StandbyState
  /** For how long something has been committed that it has not replayed; absent where that is not known. */
  readonly lagSeconds: number | undefined
  /** How much of the log it has not replayed; absent where that is not known. */
  readonly lagBytes: number | undefined
}

/** Since when it stands as it does, and how many reads each of the two has answered. */
export type Standing = StandbyFigures & {
  readonly since: Instant
  readonly reads: { readonly standby: number; readonly primary: number }
}

export type Standby = {
  /** Its reads. Nothing can be written through it. */
  readonly database: Database
  /** Whether a read that begins now may be asked of it: it has all that is committed at this moment. */
  hasAll(): Promise<boolean>
  /** Counts who answered a read. */
  answered(by: 'standby' | 'primary'): void
  standing(): Standing
  stop(): void
}

export type StandbyOptions = {
  /** Further behind than this it is said to be behind. */
  readonly boundSeconds: number
  readonly told?: (figures: StandbyFigures) => void
}

const everyMs = 500
const answerWithinMs = 2_000
// A standby on a line of its own is behind by some milliseconds; longer than this a read is not held up.
const waitMs = 150
const pollMs = 3

/** Watches a standby: `primary` says how far the log goes, `standby` how far it has replayed it. */
export const watchStandby = (primary: Pick<Database, 'sql'>, standby: Database, options: StandbyOptions): Standby =>
  new Watched(primary, standby, options)

const unknown = (state: StandbyState): StandbyFigures => ({ state, lagSeconds: undefined, lagBytes: undefined })

class Watched implements Standby {
  readonly database: Database
  readonly #primary: Pick<Database, 'sql'>
  readonly #options: StandbyOptions
  // What was committed when, of which the standby has not been seen to have all: the lag by our own clock, whatever
  // the clocks of the two servers say.
  readonly #pending: { readonly at: number; readonly position: bigint }[] = []
  readonly #reads = { standby: 0, primary: 0 }
  readonly #flushed: () => Promise<bigint>
  readonly #replayed: () => Promise<bigint>
  #figures = unknown('late')
  #since = systemClock()
  #timer: NodeJS.Timeout | undefined
  #stopped = false

  constructor(primary: Pick<Database, 'sql'>, standby: Database, options: StandbyOptions) {
    this.database = { ...standby, pool: noPool }
    this.#primary = primary
    this.#options = options
    this.#flushed = shared(() => primaryPosition(primary.sql))
    this.#replayed = shared(() => standbyPosition(standby.sql))
    void this.#once()
  }

  async hasAll(): Promise<boolean> {
    if (this.#figures.state !== 'near') return false
    const position = await inTime(this.#flushed())
    if (position === undefined) return false
    const has = await this.#reaches(position)
    if (!has && this.#figures.state === 'near') this.#figures = { ...this.#figures, state: 'late' }
    return has
  }

  answered(by: 'standby' | 'primary'): void {
    this.#reads[by] += 1
  }

  standing(): Standing {
    return { ...this.#figures, since: this.#since, reads: { ...this.#reads } }
  }

  stop(): void {
    this.#stopped = true
    clearTimeout(this.#timer)
  }

  async #reaches(position: bigint): Promise<boolean> {
    for (const began = performance.now(); performance.now() - began < waitMs && this.#figures.state === 'near'; ) {
      const now = await inTime(this.#replayed(), waitMs)
      if (now === undefined) return false
      if (now >= position) return true
      await new Promise((resolve) => setTimeout(resolve, pollMs))
    }
    return false
  }

  async #once(): Promise<void> {
    const seen = await this.#look()
    if (this.#stopped) return
    if (seen.state === 'away') this.database.setAway(true)
    const before = this.#figures.state
    this.#figures = seen
    if (seen.state !== before) {
      this.#since = systemClock()
      // That it was late for one read is nothing to tell of.
      const isSmall = seen.state === 'late' || (seen.state === 'near' && before === 'late')
      if (!isSmall) this.#options.told?.(seen)
    }
    this.#timer = setTimeout(() => void this.#once(), everyMs).unref()
  }

  async #look(): Promise<StandbyFigures> {
    const at = performance.now()
    // Where the primary does not say how far it is, nobody reads of it either, and nothing is known of the lag.
    const ahead = await inTime(primaryPlace(this.#primary.sql))
    if (!ahead) return this.#figures
    const place = await inTime(standbyPlace(this.database.sql))
    if (!place) return unknown('away')
    if (!place.recovers || place.system !== ahead.system || place.timeline !== ahead.timeline) return unknown('other')
    const pending = this.#pending
    pending.push({ at, position: ahead.position })
    while (pending[0] && pending[0].position <= place.position) pending.shift()
    // Of a long pause the first moment is kept, and the last.
    if (pending.length > 4_096) pending.splice(1, 2_048)
    const lagSeconds = pending[0] ? (performance.now() - pending[0].at) / 1_000 : 0
    const lagBytes = Number(ahead.position > place.position ? ahead.position - place.position : 0n)
    return { state: this.#stateAt(lagSeconds), lagSeconds, lagBytes }
  }

  // Who was behind is near again when it has all, and not whenever it comes under the bound for a moment.
  #stateAt(lagSeconds: number): StandbyState {
    if (lagSeconds > this.#options.boundSeconds) return 'behind'
    if (lagSeconds <= (2 * everyMs) / 1_000) return 'near'
    return this.#figures.state === 'behind' ? 'behind' : 'late'
  }
}

/** Looks at the two once, for whoever asks by hand. */
export async function lookAtStandby(
  primary: Pick<Database, 'sql'>,
  standby: Database,
  options: Pick<StandbyOptions, 'boundSeconds'>,
): Promise<StandbyFigures> {
  const watched = watchStandby(primary, standby, options)
  try {
    // A standby that is near has all within a moment; of one that is behind it takes the bound to know it.
    const limitMs = Math.max(2 * answerWithinMs, (options.boundSeconds + 1) * 1_000)
    for (const began = performance.now(); ; await new Promise((resolve) => setTimeout(resolve, everyMs))) {
      const { state, lagSeconds, lagBytes } = watched.standing()
      const settled = state !== 'late' && !(state === 'near' && lagBytes !== 0)
      if (settled || performance.now() - began > limitMs) return { state, lagSeconds, lagBytes }
    }
  } finally {
    watched.stop()
  }
}

const noPool = new Proxy({} as Database['pool'], {
  get: (_, name) => {
    throw new Bug(`a read of the standby asked for a transaction (${String(name)})`)
  },
})

type Place = { readonly position: bigint; readonly system: bigint; readonly timeline: number }

const positionOf = (lsn: string): string => `pg_wal_lsn_diff(${lsn}, '0/0')::bigint as position`
const atPrimary = positionOf('pg_current_wal_flush_lsn()')
const atStandby = positionOf(`coalesce(pg_last_wal_replay_lsn(), '0/0')`)
const system = '(select system_identifier from pg_control_system()) as system'

async function one<Row extends object>(sql: Sql, columns: string): Promise<Row> {
  const [row] = await sql.unsafe<Row[]>(`select ${columns}`)
  assert(row !== undefined, 'a select without a table gives a row')
  return row
}

const primaryPosition = async (sql: Sql): Promise<bigint> => (await one<Place>(sql, atPrimary)).position
const standbyPosition = async (sql: Sql): Promise<bigint> => (await one<Place>(sql, atStandby)).position

// The name of a file of the log begins with its timeline.
const primaryPlace = (sql: Sql): Promise<Place> =>
  one(sql, `${atPrimary}, ${system}, ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int as timeline`)

// After a promotion its control file tells the new timeline a moment late: until then the primary answers.
const standbyPlace = (sql: Sql): Promise<Place & { readonly recovers: boolean }> =>
  one(
    sql,
    `${atStandby}, ${system}, pg_is_in_recovery() as recovers, (select timeline_id from pg_control_checkpoint()) as timeline`,
  )

/** What comes in time; nothing where it is late or fails. */
async function inTime<T>(asked: Promise<T>, ms = answerWithinMs): Promise<T | undefined> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<undefined>((resolve) => (timer = setTimeout(() => resolve(undefined), ms).unref()))
  const found = await Promise.race([asked.catch(() => undefined), late])
  clearTimeout(timer)
  return found
}

/** Whoever asks while one is under way waits for the next, together with all others: what comes is never older. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> | undefined
  let next: Promise<T> | undefined
  const start = (): Promise<T> => {
    const asked = ask()
    const ended: Promise<unknown> = asked
      .catch(() => undefined)
      .then(() => {
        if (running === ended) running = undefined
      })
    running = ended
    return asked
  }
  return () => {
    if (!running) return start()
    next ??= running.then(() => {
      next = undefined
      return start()
    })
    return next
  }
}
