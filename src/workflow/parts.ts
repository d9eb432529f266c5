/** Which projects entries move money of, and how much of which source in which book. */
import type { Reader } from '../base/db.ts'
import type { Fen } from '../base/money.ts'
import type { Basis } from '../ledger/chart.ts'
import type { PostedEntry } from '../ledger/leaf.ts'
import { namesOfProjects } from '../projects/project/store.ts'
import type { ProjectState } from '../projects/terms.ts'

/** What the entries move of a project in one book and basis, of one source. */
export type ProjectMove = {
  readonly book: string
  readonly basis: Basis
  readonly source: string
  readonly debitFen: Fen
  readonly creditFen: Fen
}

export type ProjectMoves = {
  readonly project: string
  /** Absent where the code is a programme's. */
  readonly name?: string
  readonly district?: string
  readonly state?: ProjectState
  readonly parts: readonly ProjectMove[]
}

/** By code of the project, in the order in which the entries come to it. */
export async function movesOf(reader: Reader, entries: readonly PostedEntry[]): Promise<ProjectMoves[]> {
  const sums = new Map<string, Map<string, ProjectMove>>()
  for (const { book, lines } of entries) {
    for (const { project = '', source = '', basis, side, amountFen } of lines) {
      const parts = sums.get(project) ?? new Map<string, ProjectMove>()
      sums.set(project, parts)
      const key = [book, basis, source].join('|')
      const { debitFen, creditFen } = parts.get(key) ?? { debitFen: 0n, creditFen: 0n }
      const moved =
        side === 'debit'
          ? { debitFen: debitFen + amountFen, creditFen }
          : { debitFen, creditFen: creditFen + amountFen }
      parts.set(key, { book, basis, source, ...moved })
    }
  }
  const names = new Map((await namesOfProjects(reader, [...sums.keys()])).map(({ project, ...row }) => [project, row]))
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([project, parts]) => ({ project, ...names.get(project), parts: [...parts.values()] }))
}
