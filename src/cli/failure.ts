/**
 * How a command fails: what a person can understand is told in a line on stderr, and the exit status says refused or
 * failed.
 */
import { Unavailable, Unknown, weatherOf } from '../base/db.ts'
import { FolderInUse } from '../base/server/claim.ts'
import { BackupFault } from '../base/server/copy/file.ts'
import { MigrationFault, StartFault } from '../base/server/fault.ts'
import { PackTooLarge } from '../ledger/pack.ts'
import { Refusal } from '../base/refusal.ts'
import { BadSetting } from '../config.ts'
import { FileRefused } from '../form/file/text.ts'
import { Problem, problemView } from '../http/problem.ts'

/** Wrong use of a command: exit status 2. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage'
}

/** A file that is not there, or may not be read. */
export const unreadable = (path: string): WrongUsage =>
  new WrongUsage(`无法读取文件 ${path} / the file cannot be read: ${path}`)

/** Something the command found and said itself: exit status 1 without more words. */
export class Told extends Error {
  override readonly name = 'Told'
}

export function tell(error: unknown): number {
  if (error instanceof Told) return 1
  process.stderr.write(`yiben: ${lineOf(error)}\n`)
  return isWrongUse(error) ? 2 : 1
}

const isWrongUse = (error: unknown): boolean =>
  error instanceof BadSetting ||
  error instanceof WrongUsage ||
  (error instanceof Problem && ['input_invalid', 'range_reversed'].includes(error.code))

function lineOf(error: unknown): string {
  if (error instanceof Refusal) return `${error.code}: ${error.detail.zh} / ${error.detail.en}`
  if (error instanceof Problem) return problemLine(error)
  if (
    error instanceof BackupFault ||
    error instanceof BadSetting ||
    error instanceof WrongUsage ||
    error instanceof FileRefused ||
    error instanceof FolderInUse ||
    error instanceof PackTooLarge ||
    error instanceof MigrationFault ||
    error instanceof StartFault
  ) {
    return error.message
  }
  const weather = weatherOf(error)
  if (weather instanceof Unavailable || weather instanceof Unknown)
    return '数据库暂时无法访问，请重试 / the database cannot be reached, try again'
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

function problemLine(problem: Problem): string {
  const [zh, en] = (['zh', 'en'] as const).map((language) => {
    const { detail, errors = [] } = problemView(problem, language)
    return [detail, ...errors.map(({ path, message }) => `${path} ${message}`.trim())].join('；')
  })
  return `${problem.code}: ${zh} / ${en}`
}
