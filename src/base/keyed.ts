/**
 * An action under an idempotency key: what it answered commits with what it did and never expires, so the same key and
 * the same content get the first answer again, after restarts too. A refusal that depends on state (`pinned`) is kept
 * the same way. The ledger keeps receipts of its own beside its entries; this is for every other action.
 */
import { hash } from 'node:crypto'
import { Bug } from './assert.ts'
import { type Database, sqlState, type Statement, transact, type Tx } from './db.ts'
import { canonicalText } from './json.ts'
import { catalogue, Refusal, type RefusalRecord, type Text } from './refusal.ts'
import type { Json } from './json.ts'

/** Who asks for what, under which key: `kind` names the action, `content` is everything it was given. */
export type KeyedRequest = {
  readonly person: string
  readonly key: string
  readonly kind: string
  readonly content: Json
  /** Of the duty under which it is asked; absent: all. No answer goes over to the duty of another district. */
  readonly district?: string | undefined
}

export type KeyedAnswer<T> =
  | { readonly answer: T; readonly replayed: boolean }
  | { readonly refusal: RefusalRecord; readonly replayed: boolean }

export const keyRefusals = {
  idempotency_key_reused: {
    status: 422,
    title: { zh: '幂等键已用于其他内容', en: 'Idempotency key used for other content' },
    detail: (f: { key: string; kind: string }) => ({
      zh: `幂等键 ${f.key} 此前已用于另一请求，本次（${f.kind}）未作任何改动。请为新的请求换一个键。`,
      en: `The key ${f.key} was used for another request, and this one (${f.kind}) changed nothing. Use a new key for a new request.`,
    }),
  },
} as const
const refuse = catalogue(keyRefusals)

/**
 * The same fact twice, under another key: what looks as something did before is refused once, naming the first, and
 * taken when whoever asks says that he has looked. That he said so stands in what others approve.
 */
export const repeatRefusals = {
  looks_repeated: {
    status: 422,
    title: { zh: '看似重复', en: 'Looks like a repetition' },
    detail: (f: { what: Text; first: string }) => ({
      zh: `${f.what.zh}，与 ${f.first} 相同，看似重复。请核对；确非重复的，连同 "confirmed": ["looks_repeated"] 再次提交，审批人将看到此项确认。`,
      en: `${f.what.en} is the same as that of ${f.first} and looks like a repetition. Check it; if it is none, send it again with "confirmed": ["looks_repeated"], which the approvers will see.`,
    }),
  },
} as const
export const refuseRepeated = catalogue(repeatRefusals)

// A key that is taken while we work has its answer in the next round.
const roundsMax = 4

/**
 * Runs `work` in one transaction with the receipt of its key. Equal requests wait for each other, so that the second
 * finds the first's answer and not what the first changed. Refusals that are not pinned are thrown, as are bugs and
 * weather; nothing of the work stands then.
 */
export async function keyed<T extends Json>(
  database: Pick<Database, 'pool'>,
  request: KeyedRequest,
  work: (tx: Tx) => Promise<T>,
): Promise<KeyedAnswer<T>> {
  const hashes = hashesOf(request)
  for (let round = 1; round <= roundsMax; round++) {
    try {
      return await transact(
        database,
        async (tx, [, receipts = []]) => {
          const known = recall<T>(receipts as Receipt[], request, hashes)
          if (known) return known
          const text = JSON.stringify(await work(tx))
          await remember(tx, hashes, { answer: text }, request)
          // Read back, so that the first answer and every later one are made alike.
          return { answer: JSON.parse(text) as T, replayed: false }
        },
        { opening: [lockKey(hashes), readReceipt(hashes)] },
      )
    } catch (error) {
      // Somebody else's request under the same key came first: theirs is the answer.
      if (isTaken(error)) continue
      if (!(error instanceof Refusal && error.pinned)) throw error
      const refusal = error.record()
      if (await pinned(database, { hashes, refusal, request })) return { refusal, replayed: false }
    }
  }
  throw new Bug(`the key ${request.key} is taken and has no receipt`)
}

type Hashes = { readonly key: Buffer; readonly request: Buffer }

function hashesOf({ person, key, kind, content }: KeyedRequest): Hashes {
  const digest = (text: string): Buffer => hash('sha256', text, 'buffer').subarray(0, 16)
  return { key: digest(`${person}\n${key}`), request: digest(`${kind}\n${canonicalText(content)}`) }
}

type Receipt = { request_hash: Buffer; answer: string | null; refusal: string | null; district: string | null }

const lockKey = ({ key }: Hashes): string => `select pg_advisory_xact_lock(${key.readBigInt64BE()})`
const readReceipt = ({ key }: Hashes): string =>
  `select request_hash, answer, refusal, district from action_receipt where key_hash = '\\x${key.toString('hex')}'`

function recall<T>([row]: readonly Receipt[], request: KeyedRequest, hashes: Hashes): KeyedAnswer<T> | undefined {
  if (!row) return undefined
  if (!row.request_hash.equals(hashes.request) || isOthers(row, request))
    throw refuse('idempotency_key_reused', request)
  return row.refusal === null
    ? { answer: JSON.parse(row.answer ?? 'null') as T, replayed: true }
    : { refusal: JSON.parse(row.refusal) as RefusalRecord, replayed: true }
}

const allDistricts = 'all'

/** Whether a person of one district asks what he was answered under the duty of another, or of them all. */
const isOthers = (row: Receipt, { district }: KeyedRequest): boolean =>
  district !== undefined && row.district !== null && row.district !== district

const remembering: Statement = {
  name: 'remember_action',
  text: 'insert into action_receipt (key_hash, request_hash, answer, refusal, district) values ($1, $2, $3, $4, $5)',
}

async function remember(
  tx: Tx,
  { key, request }: Hashes,
  outcome: { answer?: string; refusal?: string },
  { district = allDistricts }: KeyedRequest,
): Promise<void> {
  await tx.query(remembering, [key, request, outcome.answer ?? null, outcome.refusal ?? null, district])
}

/** Keeps a refusal with its key; false where another answer was kept meanwhile. */
async function pinned(
  database: Pick<Database, 'pool'>,
  { hashes, refusal, request }: { hashes: Hashes; refusal: RefusalRecord; request: KeyedRequest },
): Promise<boolean> {
  try {
    await transact(database, (tx) => remember(tx, hashes, { refusal: JSON.stringify(refusal) }, request))
    return true
  } catch (error) {
    if (isTaken(error)) return false
    throw error
  }
}

const isTaken = (error: unknown): boolean =>
  sqlState(error) === '23505' && (error as { constraint?: string }).constraint === 'action_receipt_pkey'
