/**
 * Reading CSV as RFC 4180 says and as spreadsheets write it: any kind of line end is taken, rows of empty cells alone
 * are left out, a quote where none may be is told with its line. Every record knows the line it begins on.
 */
import { FileRefused } from './text.ts'

export type FileRecord = { readonly line: number; readonly cells: readonly string[] }

/** The records of a text. Throws `FileRefused` where it is not CSV. */
export function csvRecords(text: string): FileRecord[] {
  const records: FileRecord[] = []
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y
  let [line, begins] = [1, 1]
  let cells: string[] = []
  while (pattern.lastIndex < text.length || cells.length > 0) {
    const found = pattern.exec(text)
    if (!found) throw new FileRefused(`第 ${line} 行的引号不成对`, `line ${line}: a quote is out of place`)
    const [whole, quoted, plain = '', end = ''] = found
    cells.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
    line += whole.match(/\r\n|\n|\r/g)?.length ?? 0
    if (end === ',') continue
    if (cells.some((cell) => cell.trim() !== '')) records.push({ line: begins, cells })
    begins = line
    cells = []
    if (end === '') break
  }
  return records
}
