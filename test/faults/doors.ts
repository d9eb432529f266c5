/** The ways into the ledger that faults are tried on: its actions in this process, and HTTP. */
import { setTimeout as sleep } from 'node:timers/promises'
import { day } from '../../src/base/calendar.ts'
import { type Database, Unavailable, Unknown, weatherOf } from '../../src/base/db.ts'
import { type Answer, createBook, postEntry, postTransaction } from '../../src/ledger/actions.ts'
import type { EntryDraft } from '../../src/ledger/entry.ts'
import type { Ledger } from '../../src/ledger/ledger.ts'
import { maker } from '../support/ledger.ts'
import { bookCodes, type Door, type Operation, type Part, type Reply, Surprise } from './load.ts'

export async function createBooks(ledger: Ledger): Promise<void> {
  for (const code of bookCodes) {
    await createBook(ledger, maker, { code, name: `故障试验 ${code}`, district: '110102', standard: 'government' })
  }
}

export function ledgerDoor(ledger: Ledger): Door {
  return async (operation, key) => {
    try {
      return replyOf(await ask(ledger, operation, key))
    } catch (error) {
      const weather = weatherOf(error)
      if (weather instanceof Unavailable || weather instanceof Unknown) throw weather
      throw new Surprise(`not weather: ${String(error)}`, { cause: error })
    }
  }
}

function ask(ledger: Ledger, { id, parts }: Operation, key: string): Promise<Answer> {
  const [only] = parts
  if (only && parts.length === 1) return postEntry(ledger, maker, only.book, draftOf(id, only), key)
  return postTransaction(
    ledger,
    maker,
    parts.map((part) => ({ book: part.book, draft: draftOf(id, part) })),
    key,
  )
}

function draftOf(summary: string, { on, lines }: Part): EntryDraft {
  return {
    on: day(on),
    summary,
    type: 'general',
    documents: [],
    lines: lines.map(({ account, side, fen, project }) => ({ account, side, amountFen: fen, project, source: 'F21' })),
  }
}

function replyOf(answer: Answer): Reply {
  const { replayed } = answer
  if ('refusal' in answer) return { kind: 'fail', code: answer.refusal.code, replayed }
  return { kind: 'ok', hashes: answer.entries.map(({ hash }) => hash.toString('hex')), replayed }
}

/** Over HTTP: 2xx is ok, 4xx is a refusal, 5xx and no answer at all are unknown; 500 should never be seen. */
export function httpDoor(url: string, token: string): Door {
  return async ({ id, parts }, key) => {
    const [only] = parts
    const single = parts.length === 1
    const body = single
      ? bodyOf(id, only as Part)
      : { entries: parts.map((part) => ({ book: part.book, ...bodyOf(id, part) })) }
    const response = await fetch(`${url}/v1/${single ? `books/${only?.book}/entries` : 'transactions'}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(20_000),
    })
    const answer = (await response.json()) as { hash?: string; entries?: { hash: string }[]; code?: string }
    const replayed = response.headers.get('idempotent-replayed') === 'true'
    if (response.status === 201)
      return { kind: 'ok', hashes: answer.entries?.map(({ hash }) => hash) ?? [answer.hash ?? ''], replayed }
    if (response.status === 503) throw new Error(`503 ${answer.code}`)
    if (response.status >= 500 || [401, 403, 404].includes(response.status))
      throw new Surprise(`${response.status} ${answer.code}`)
    return { kind: 'fail', code: answer.code ?? '', replayed }
  }
}

function bodyOf(summary: string, { on, lines }: Part): object {
  const amount = (fen: bigint): string => `${fen / 100n}.${(fen % 100n).toString().padStart(2, '0')}`
  return {
    on,
    summary,
    lines: lines.map(({ account, side, fen, project }) => ({ account, [side]: amount(fen), project, source: 'F21' })),
  }
}

export type Watch = { end(): Promise<{ reads: number; unbalanced: number; surprises: unknown[] }> }

/** Reads the sum of all lines again and again while the faults go on: it is zero in every single read (I1). */
export function watchSums({ sql }: Database): Watch {
  const seen = { reads: 0, unbalanced: 0, surprises: [] as unknown[] }
  const state = { ended: false }
  const watching = (async () => {
    while (!state.ended) {
      try {
        const [row] = await sql<{ rest: string }[]>`
          select coalesce(sum(coalesce(debit_fen, 0) - coalesce(credit_fen, 0)), 0)::text as rest from line`
        seen.reads += 1
        if (row?.rest !== '0') seen.unbalanced += 1
      } catch (error) {
        if (!(weatherOf(error) instanceof Unavailable)) seen.surprises.push(error)
      }
      await sleep(100)
    }
  })()
  return {
    end: async () => {
      state.ended = true
      await watching
      return seen
    },
  }
}
