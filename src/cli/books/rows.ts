/** Files of lists: their bytes, and what is wrong with their rows, a line each. */
import { readFile } from 'node:fs/promises'
import { csvRecords, type FileRecord } from '../../form/file/csv.ts'
import { textOfFile } from '../../form/file/text.ts'
import { ImportRefused } from '../../projects/import.ts'
import { Told, unreadable } from '../failure.ts'

/** So many faults are told: a file wrong in every row has one reason. */
const toldMost = 100

/** Does what takes all rows or none, and tells what is wrong with any. */
export async function byRow<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof ImportRefused)) throw error
    for (const { row, file, message } of error.faults.slice(0, toldMost)) {
      const of = file === undefined ? '' : `${file} `
      process.stderr.write(`${of}第 ${row} 行 ${message.zh} / ${of}row ${row}: ${message.en}\n`)
    }
    process.stderr.write(
      `未导入任何一行，共 ${error.faults.length} 处 / nothing was imported: ${error.faults.length} faults\n`,
    )
    throw new Told('import refused')
  }
}

/** The records of a list in CSV. */
export const recordsOf = async (path: string): Promise<FileRecord[]> => csvRecords(textOfFile(await bytesOf(path)).text)

export async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch {
    throw unreadable(path)
  }
}
