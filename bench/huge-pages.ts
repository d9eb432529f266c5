/**
 * Huge pages for the server's shared memory, as docs/OPERATE.md advises for large books: reserved for the run where
 * this account may, and given back after it. Without them every connection pays the machine for the first touch of each
 * 4 KB, which under virtualization costs more than many a query.
 */
import * as fs from 'node:fs'

const reserve = '/proc/sys/vm/nr_hugepages'

/** Reserves so many pages more, in whole or not at all; what gives them back, or nothing where it cannot be. */
export function reserveHugePages(count: number): (() => void) | undefined {
  try {
    const before = pages()
    fs.writeFileSync(reserve, String(before + count))
    const giveBack = () => fs.writeFileSync(reserve, String(before))
    if (pages() === before + count) return giveBack
    giveBack()
  } catch {
    // No Linux, or no right to.
  }
  return undefined
}

const pages = (): number => Number(fs.readFileSync(reserve, 'utf8'))
