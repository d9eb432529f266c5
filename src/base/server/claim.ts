/**
 * Who is at work on a data folder: one service at most, and any number of commands. A claim is a file that names a
 * process by its number and start time; what a process left behind when it was killed is noticed and moved aside.
 */
import { randomUUID } from 'node:crypto'
import * as fs from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { codeOf, createWhole, parsed, readIfPresent } from '../files.ts'
import { startMark } from './process.ts'

export type ClaimKind = 'service' | 'command'
export type Claim = { readonly path: string; readonly text: string }

const claimFile = z.object({ pid: z.number(), started: z.string() })

export class FolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(
      `数据文件夹 ${folder} 正由进程 ${pid} 使用，请先停下它，或用 YIBEN_DATA 另指一个文件夹 / ` +
        `data folder ${folder} is in use by process ${pid}: stop it, or name another folder in YIBEN_DATA`,
    )
    this.name = 'FolderInUse'
  }
}

export function takeClaim(home: string, kind: ClaimKind): Claim {
  const text = JSON.stringify({ pid: process.pid, started: startMark(process.pid), token: randomUUID() })
  const path = join(home, kind === 'service' ? 'service.pid' : `command-${randomUUID()}.pid`)
  while (!createWhole(path, text)) {
    const held = readIfPresent(path)
    if (held === undefined) continue
    const holder = parseHolder(held)
    if (holder !== undefined) throw new FolderInUse(home, holder.pid)
    moveStaleAside(path, held)
  }
  return { path, text }
}

/**
 * Two starts may judge the same claim stale; the slower one may then move away the faster one's
 * fresh claim. It notices, because the text is another, and puts it back. Should a third start
 * slip in between, the faster one finds its claim lost at the end of `openEmbedded` and gives way.
 */
function moveStaleAside(path: string, stale: string): void {
  const aside = `${path}.${randomUUID()}`
  try {
    fs.renameSync(path, aside)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return
    throw error
  }
  const moved = fs.readFileSync(aside, 'utf8')
  if (moved !== stale) createWhole(path, moved)
  fs.rmSync(aside, { force: true })
}

export function release(claim: Claim): void {
  if (readIfPresent(claim.path) === claim.text) fs.rmSync(claim.path, { force: true })
}

export function othersAtWork(home: string): boolean {
  return fs
    .readdirSync(home)
    .filter((name) => name === 'service.pid' || /^command-.*\.pid$/.test(name))
    .some((name) => holderOf(join(home, name)) !== undefined)
}

/** The live process behind a claim; none if it is gone or its number now belongs to another one. */
export function holderOf(path: string): { pid: number } | undefined {
  const text = readIfPresent(path)
  return text === undefined ? undefined : parseHolder(text)
}

function parseHolder(text: string): { pid: number } | undefined {
  // A text that is no claim (a hand-made or damaged file) holds nothing.
  const claim = claimFile.safeParse(parsed(text)).data
  return claim !== undefined && startMark(claim.pid) === claim.started ? claim : undefined
}
