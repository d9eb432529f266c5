/**
 * The papers an approval rests on: those its content names, by number or by the hash of an uploaded original, and those
 * its kind knows of beside them. Each with its name, hash, type and size, and where it can be fetched by whoever looks.
 */
import type { Actor } from '../access/actor.ts'
import type { Sql } from '../base/db.ts'
import type { Json } from '../base/json.ts'
import { type NamedAttachment, namedAttachments } from '../ledger/attachments.ts'
import { sees } from '../ledger/ledger.ts'
import type { Paper } from '../noun/proposal.ts'

export type FoundPaper = Paper & {
  /** Of the uploaded original; absent where it was not uploaded to a book that is the actor's to see. */
  readonly file?: string
  readonly mediaType?: string
  readonly size?: number
}

const isObject = (value: Json | undefined): value is { [key: string]: Json } =>
  value !== null && typeof value === 'object' && !Array.isArray(value)
const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined)

/** Papers named anywhere in a content: a field says that it holds one by what it is called. */
function namedIn(value: Json): Paper[] {
  if (Array.isArray(value)) return value.flatMap(namedIn)
  if (!isObject(value)) return []
  return Object.entries(value).flatMap(([key, one]): Paper[] => {
    if (key === 'documentNumber' || key === 'settledBy') return paperOf({ number: one })
    if (key === 'document') return isObject(one) ? paperOf(one) : paperOf({ title: one, sha256: value['sha256'] })
    if (key === 'documents' && Array.isArray(one))
      return one.flatMap((each) => paperOf(isObject(each) ? each : { number: each }))
    return namedIn(one)
  })
}

function paperOf(of: { readonly [key: string]: Json | undefined }): Paper[] {
  const [number, title, sha256] = [textOf(of['number']), textOf(of['title']), textOf(of['sha256'])]
  const name = title ?? number ?? sha256
  if (name === undefined) return []
  return [{ name, ...(number !== undefined && { number }), ...(sha256 !== undefined && { sha256 }) }]
}

/** All of them, each once, with what is known of its original. */
export async function papersFor(
  sql: Sql,
  actor: Actor,
  content: Json,
  besides: readonly Paper[],
): Promise<FoundPaper[]> {
  const all = new Map([...namedIn(content), ...besides].map((paper) => [JSON.stringify(paper), paper]))
  const papers = [...all.values()]
  const files = await namedAttachments(sql, [...new Set(papers.flatMap(({ sha256 }) => sha256 ?? []))])
  const own = files.filter((file) => sees(actor, file))
  return papers.map((paper) => ({ ...paper, ...fileOf(own.find(({ sha256 }) => sha256 === paper.sha256)) }))
}

const fileOf = (file: NamedAttachment | undefined) =>
  file && {
    file: file.name,
    mediaType: file.mediaType,
    size: file.size,
    href: `/v1/books/${encodeURIComponent(file.book)}/attachments/${file.sha256}`,
  }
