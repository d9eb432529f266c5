/**
 * How much one address and one person may ask for. Wrong tokens are counted by address, so that guessing is slow; a
 * valid token is served whatever others of its address send. Whoever is known is not counted by requests but by what
 * they cost beyond the usual: time of calculations. Posting and reading are never limited.
 */
import type { Redis } from 'ioredis'
import { BurstyRateLimiter, RateLimiterMemory, RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible'
import { systemClock } from '../../base/calendar.ts'
import { signInLaw } from '../../access/session.ts'
import { Problem } from '../problem.ts'

// Two hundred at once are a machine with an old token; after that five a second.
const wrongTokensPerSecond = 5
const wrongTokensAtOnce = 200
const wrongTokensAtOnceSeconds = 600
/** Seconds of the calculations' thread, a minute and person. */
const calculatingSeconds = 30
const calculatingPerSeconds = 60
/** Of all who stand behind one address, such as a proxy; of one person: as many as the refusal says. */
const addressFailuresMost = 100

export type Limits = {
  /** Counts a wrong token; refuses `too_many_requests` where it was one too many. */
  wrongToken(address: string): Promise<void>
  /** Refuses `too_many_requests` where the person has used up what a minute gives. */
  mayCalculate(person: string): Promise<void>
  calculated(person: string, ms: number): Promise<void>
  /** Counts a try to sign in, by who is meant and from where; refuses `too_many_requests` where it was one too many. */
  triesToSignIn(address: string, who: string | undefined): Promise<void>
  /** The person proved himself: his wrong tries are forgotten. */
  noGuess(address: string, who: string | undefined): Promise<void>
  /** It came to no try, as where the database is away: what was counted for it is taken back, and nothing else. */
  noTry(address: string, who: string | undefined): Promise<void>
}

/** In memory, or, with a client of Redis, shared by all processes: in memory again while Redis is away. */
export function openLimits(redis?: Redis): Limits {
  const limiter = (keyPrefix: string, points: number, duration: number) => {
    const memory = new RateLimiterMemory({ keyPrefix, points, duration })
    if (!redis) return memory
    return new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration, insuranceLimiter: memory })
  }
  const wrong = new BurstyRateLimiter(
    limiter('yiben:wrong', wrongTokensPerSecond, 1),
    limiter('yiben:wrong-burst', wrongTokensAtOnce, wrongTokensAtOnceSeconds),
  )
  const { failures, suspendedMinutes } = signInLaw(systemClock())
  const suspendedSeconds = suspendedMinutes * 60
  const guessing = limiter('yiben:sign-in', failures, suspendedSeconds)
  const guessingFrom = limiter('yiben:sign-in-from', addressFailuresMost, suspendedSeconds)
  const calculating = limiter('yiben:calc', calculatingSeconds * 1000, calculatingPerSeconds)
  return {
    wrongToken: (address) => wrong.consume(address).then(() => undefined, refuse),
    mayCalculate: async (person) => {
      const used = await calculating.get(person)
      if (used && used.consumedPoints >= calculatingSeconds * 1000) refuse(used)
    },
    calculated: (person, ms) => calculating.penalty(person, Math.ceil(ms)).then(() => undefined),
    // Counted before it is looked at: tries that come together are none the more.
    triesToSignIn: async (address, who) => {
      await guessingFrom.consume(address).catch(refuse)
      if (who !== undefined) await guessing.consume(who).catch(refuse)
    },
    noGuess: async (address, who) => {
      await guessingFrom.reward(address)
      if (who !== undefined) await guessing.delete(who)
    },
    noTry: async (address, who) => {
      await guessingFrom.reward(address)
      if (who !== undefined) await guessing.reward(who)
    },
  }
}

function refuse(over: unknown): never {
  if (over instanceof Error) throw over
  const { msBeforeNext } = over as RateLimiterRes
  throw new Problem('too_many_requests', [], { 'retry-after': String(Math.max(1, Math.ceil(msBeforeNext / 1000))) })
}
