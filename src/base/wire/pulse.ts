/**
 * Whether the database answers at all. A server that hangs (suspended, its disk or network gone) keeps connections open
 * and says nothing, and no error ever tells; so it is asked a trifle again and again on a connection of its own. While
 * it does not answer, whoever waits for it is told so, and nobody waits anew.
 */
import pg from 'pg'
import { type Database, destroySocket } from '../db.ts'

const everyMs = 500
const answerWithinMs = 2_000

export type Pulse = { stop(): void }

/** `told` hears of each change: true when the database went away. */
export function watchPulse(
  url: string,
  database: Pick<Database, 'setAway'>,
  told: (away: boolean) => void = () => undefined,
): Pulse {
  let client: pg.Client | undefined
  let away = false
  let stopped = false
  let timer: NodeJS.Timeout | undefined
  const say = (now: boolean): void => {
    if (now === away || stopped) return
    away = now
    database.setAway(now)
    told(now)
  }
  const once = async (): Promise<void> => {
    const asked = client ?? (client = open(url))
    const answered = await answersInTime(asked)
    if (answered !== 'yes') {
      client = undefined
      end(asked)
    }
    // A server that refuses is heard of by everybody who asks; one that is silent by nobody.
    say(answered === 'silent')
    if (!stopped) timer = setTimeout(() => void once(), everyMs).unref()
  }
  timer = setTimeout(() => void once(), everyMs).unref()
  return {
    stop: () => {
      stopped = true
      clearTimeout(timer)
      if (client) end(client)
    },
  }
}

type Connecting = pg.Client & { opened?: Promise<unknown> }

function open(url: string): Connecting {
  const client: Connecting = new pg.Client({ connectionString: url, application_name: 'yiben-pulse', options: '' })
  client.on('error', () => undefined)
  client.opened = client.connect()
  client.opened.catch(() => undefined)
  return client
}

async function answersInTime(client: Connecting): Promise<'yes' | 'no' | 'silent'> {
  const seen: { answer?: 'yes' | 'no' } = {}
  const asked = Promise.resolve(client.opened)
    .then(() => client.query('select'))
    .then(
      () => (seen.answer = 'yes'),
      () => (seen.answer = 'no'),
    )
  const late = new Promise<void>((resolve) => setTimeout(resolve, answerWithinMs).unref())
  await Promise.race([asked, late])
  // A thread of ours that was busy finds the time over and the answer still in the socket: it looks there first.
  for (let turn = 0; turn < 3 && !seen.answer; turn++) await new Promise((resolve) => setImmediate(resolve))
  return seen.answer ?? 'silent'
}

function end(client: pg.Client): void {
  client.end().catch(() => undefined)
  destroySocket(client)
}
