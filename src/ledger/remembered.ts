/**
 * The last head of each book that a data folder signed, kept in the folder and not in the database: so a database that
 * was set back to an older copy is noticed by what it no longer holds, and no second head is signed over a history
 * that contradicts the first.
 */
import { randomUUID } from 'node:crypto'
import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { parsed, readIfPresent } from '../base/files.ts'
import { type Reader, rowsOf } from '../base/db.ts'
import type { Text } from '../base/refusal.ts'
import type { Check } from '../base/check.ts'
import type { Book } from './book.ts'
import { rootAt } from './merkle.ts'
import { nearby, nodeReader } from './nodes.ts'

const fileForm = z.record(z.string(), z.strictObject({ note: z.string(), signature: z.string(), key: z.string() }))

/** By the origin of their notes. */
type Heads = z.infer<typeof fileForm>
type SignedNote = Heads[string]

const fileOf = (folder: string): string => join(folder, 'signed-heads.json')

/** What a note says; see `noteText`. */
export type Noted = {
  readonly bookId: number
  readonly book: string
  readonly size: number
  readonly root: string
  readonly at: string
  readonly acts: number
}

function notedIn(note: string): Noted | undefined {
  const parts = /^yiben\/E([0-9]+)\/(.+)\n([0-9]+)\n(\S+)\nat (\S+)\nacts ([0-9]+) \S+\n$/.exec(note)
  if (!parts) return undefined
  const [, bookId, book = '', size, root = '', at = '', acts] = parts
  return { bookId: Number(bookId), book, size: Number(size), root, at, acts: Number(acts) }
}

/** A file that is not there, or not ours, remembers nothing. */
function readHeads(folder: string): Heads {
  return fileForm.safeParse(parsed(readIfPresent(fileOf(folder)) ?? '{}')).data ?? {}
}

/** Where a folder cannot be written the head is given out all the same: this is a second guard, not the first. */
export function rememberHead(folder: string, { note, signature, key }: SignedNote): void {
  const [origin = ''] = note.split('\n')
  const file = fileOf(folder)
  const draft = `${file}.${randomUUID()}`
  try {
    const heads = readHeads(folder)
    const [before, now] = [notedIn(heads[origin]?.note ?? ''), notedIn(note)]
    if (!now || (before && (before.size > now.size || (before.size === now.size && before.acts >= now.acts)))) return
    const text = JSON.stringify({ ...heads, [origin]: { note, signature, key } }, null, 1)
    writeFileSync(draft, `${text}\n`, { mode: 0o600, flush: true })
    renameSync(draft, file)
  } catch {
    rmSync(draft, { force: true })
  }
}

export const rememberedHeads = (folder: string): Noted[] =>
  Object.values(readHeads(folder)).flatMap(({ note }) => notedIn(note) ?? [])

/** Puts what a folder remembers aside, kept under another name, which is answered; none where it remembers nothing. */
export function putAside(folder: string, suffix: string): string | undefined {
  if (Object.keys(readHeads(folder)).length === 0) return undefined
  const aside = join(folder, `signed-heads-${suffix}.json`)
  renameSync(fileOf(folder), aside)
  return aside
}

/** A head that was signed and does not follow from the database: it is older, or its history is another. */
export type LostHead = Noted & { readonly has: number }

export async function lostHeads(reader: Reader, folder: string): Promise<LostHead[]> {
  const lost: LostHead[] = []
  for (const head of rememberedHeads(folder)) lost.push(...(await lostOf(reader, head)))
  return lost
}

/** Of one book, before it is signed. */
export async function lostHeadOf(
  reader: Reader,
  folder: string,
  { bookId, code }: Pick<Book, 'bookId' | 'code'>,
): Promise<LostHead | undefined> {
  const head = rememberedHeads(folder).find((one) => one.bookId === bookId && one.book === code)
  return head && (await lostOf(reader, head))[0]
}

async function lostOf(reader: Reader, head: Noted): Promise<LostHead[]> {
  const has = await sizeOf(reader, head)
  return has < head.size || (await rootOfSize(reader, head)) !== head.root ? [{ ...head, has }] : []
}

async function sizeOf(reader: Reader, { bookId, book }: Noted): Promise<number> {
  const [row] = await rowsOf<{ sequence: bigint }>(
    reader,
    'select h.sequence from book_head h join book b using (book_id) where b.book_id = $1 and b.code = $2',
    [bookId, book],
  )
  return Number(row?.sequence ?? -1n)
}

const rootOfSize = async (reader: Reader, { bookId, size }: Noted): Promise<string> =>
  (await rootAt(nearby(nodeReader(reader, { bookId })), size)).toString('base64')

/** What is wrong, for whoever starts the service or checks it. */
export function lostText({ book, size, at, has }: LostHead): Text {
  const now = Math.max(has, 0)
  return has < size
    ? {
        zh: `账套 ${book} 现有 ${now} 张凭证，而本机 ${at} 签过 ${size} 张的树头：数据库是旧备份`,
        en: `book ${book} holds ${now} entries, and this machine signed a head of ${size} at ${at}: the database is an older copy`,
      }
    : {
        zh: `账套 ${book} 的前 ${size} 张凭证与本机 ${at} 签过的树头不符：数据库是旧备份上另记的账`,
        en: `the first ${size} entries of book ${book} are not those this machine signed at ${at}: other entries were posted on an older copy`,
      }
}

/** What a person does about it, said once for all of them. */
export const lostAdvice: Text = {
  zh: '请停止记账，改用更新的备份恢复；确无更新备份时，向对接系统、国库和见证人核对缺失的凭证后补记，再执行 yiben signing accept-older；若本机改用了另一数据库，请另设 YIBEN_DATA',
  en: 'stop posting and restore a newer back-up; where there is none, settle what is missing with the other systems, the treasury and the witnesses, then run yiben signing accept-older; where this machine was pointed at another database, give it another YIBEN_DATA',
}

/** That the database holds every head its folder signed. */
export const rememberedCheck = (folder: string): Check => ({
  check: 'signed_heads_kept',
  zh: '本机签过的树头，库中的账都与之相接（数据库不是旧备份）',
  en: 'the books continue every head this machine signed: the database is no older copy',
  run: async (sql) => {
    const lost = await lostHeads(sql, folder)
    const faults = lost.map(lostText).map(({ zh, en }) => `${zh} / ${en}`)
    const advice = lost.length === 0 ? [] : [`${lostAdvice.zh} / ${lostAdvice.en}`]
    return { looked: rememberedHeads(folder).length, faults: [...faults, ...advice] }
  },
})
