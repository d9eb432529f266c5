/**
 * The treasury's side, as a gateway: it is asked what it knows of a reference, and sent what it does not know. One
 * reference is taken once, whoever sends it however often. The gateway of an installation that exchanges files writes
 * one file a reference into a folder that the treasury's system collects from; a file appears whole or not at all, and
 * is never written over.
 */
import { hash, randomUUID } from 'node:crypto'
import { link, open, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { codeOf, makeFolder } from '../src/base/files.ts'
import { catalogue } from '../src/base/refusal.ts'

export type Order = {
  readonly reference: string
  /** What is sent, byte for byte, and SHA-256 of it in hex. */
  readonly content: string
  readonly hash: string
}

/** What the treasury calls what it took. */
export type Receipt = { readonly receipt: string }

export type TreasuryGateway = {
  /** What the treasury knows of a reference; undefined only where it says that it knows nothing of it. */
  readonly find: (order: Order, signal: AbortSignal) => Promise<Receipt | undefined>
  readonly send: (order: Order, signal: AbortSignal) => Promise<Receipt>
}

export const treasuryRefusals = {
  treasury_reference_taken: {
    status: 409,
    title: { zh: '国库已有同号不同内容的指令', en: 'The reference is taken' },
    detail: (f: { reference: string; known: string; own: string }) => ({
      zh: `国库已有编号 ${f.reference} 的指令，内容摘要 ${f.known}，与本指令 ${f.own} 不同，未再发送。请与国库核对后处理。`,
      en: `The treasury knows ${f.reference} with the hash ${f.known}, not ${f.own}; nothing was sent. Settle it with the treasury.`,
    }),
  },
  treasury_not_set_up: {
    status: 503,
    title: { zh: '未配置国库指令通道', en: 'No way to the treasury' },
    detail: (f: { reference: string }) => ({
      zh: `本进程未配置国库指令通道，指令 ${f.reference} 未发送。请设置 YIBEN_TREASURY 后重新执行该作业。`,
      en: `This process has no way to the treasury, and ${f.reference} was not sent. Set YIBEN_TREASURY and run the job again.`,
    }),
  },
} as const
const refuse = catalogue(treasuryRefusals)

const referencePattern = /^[A-Z]-[1-9][0-9]{0,17}$/

/** A folder the treasury's system collects from. */
export function fileDrop(folder: string): TreasuryGateway {
  const fileOf = (reference: string): string => {
    if (!referencePattern.test(reference)) throw new Error(`no reference: ${reference}`)
    return join(folder, `${reference}.json`)
  }
  const find: TreasuryGateway['find'] = async ({ reference, hash: own }) => {
    const text = await textOf(fileOf(reference))
    if (text === undefined) return undefined
    const known = hash('sha256', text, 'hex')
    if (known !== own) throw refuse('treasury_reference_taken', { reference, known, own })
    return { receipt: `${reference}.json` }
  }
  return {
    find,
    send: async (order, signal) => {
      makeFolder(folder, 0o750)
      await dropOnce(folder, fileOf(order.reference), order.content)
      // Ours, or the one that was there first.
      const known = await find(order, signal)
      if (!known) throw new Error(`${order.reference} was dropped and is gone`)
      return known
    },
  }
}

async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/**
 * Written whole under another name, then given its own by a link, which fails where the name is taken: nothing is ever
 * written over.
 */
async function dropOnce(folder: string, file: string, content: string): Promise<void> {
  const draft = join(folder, `.${randomUUID()}.part`)
  const handle = await open(draft, 'wx', 0o640)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  try {
    await link(draft, file)
    await syncFolder(folder)
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error
  } finally {
    await rm(draft, { force: true })
  }
}

// The name must survive a power cut as the content does.
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Where nobody said how to reach the treasury, nothing is sent and nothing is marked as sent. */
export const noTreasury: TreasuryGateway = {
  find: ({ reference }) => Promise.reject(refuse('treasury_not_set_up', { reference })),
  send: ({ reference }) => Promise.reject(refuse('treasury_not_set_up', { reference })),
}
