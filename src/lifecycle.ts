/**
 * The life of a process: what it starts it also stops. On SIGTERM or SIGINT it waits for what is being started, stops
 * all, and ends with 0; a start that is refused ends with a line a person can read. stdout carries the lines a starter
 * waits for, stderr the log.
 */
import { FolderInUse } from './base/server/claim.ts'
import { codeOf } from './base/files.ts'
import { MigrationFault, StartFault } from './base/server/fault.ts'
import type { MigrateOptions } from './base/server/migrate.ts'
import { BadSetting } from './config.ts'
import { failureFields, stderrLog as log } from './http/watch/log.ts'

/** Everything must have ended by then, whatever hangs: the promise is 10 s. */
const endWithinMs = 9_500
/** What a start waits for is not waited for longer once it was told to end. */
const startEndsWithinMs = 5_000

export type Life = {
  /** True once the process has been told to end: what is being started need not be finished. */
  isEnding(): boolean
  end(status: number, reason: string): void
}

/** Runs a process from its start to its end. `stop` gets whatever had been started by then. */
export async function live(start: (life: Life) => Promise<void>, stop: () => Promise<void>): Promise<void> {
  let ending: Promise<void> | undefined
  const end = (status: number, reason: string): void => {
    ending ??= ended(status, reason)
  }
  const ended = async (status: number, reason: string): Promise<void> => {
    if (status === 0) log('info', 'stopping', { reason })
    const last = setTimeout(() => process.exit(status === 0 ? 1 : status), endWithinMs)
    try {
      // A signal during the start waits for what is being started, or PostgreSQL would be left behind.
      await Promise.race([starting, new Promise((resolve) => setTimeout(resolve, startEndsWithinMs).unref())])
      await stop()
    } catch (error) {
      log('error', 'stop_failed', failureFields(error))
    }
    clearTimeout(last)
    if (status === 0) log('info', 'stopped')
    process.exit(status)
  }
  const fail = (error: unknown): void => {
    log('error', 'unhandled', failureFields(error))
    end(1, 'unhandled')
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => end(0, signal))
  // Whatever reaches these is a bug of ours. What is committed is committed, what is not will be asked again under its
  // key; nothing in memory can be trusted any more, so the process ends and is started anew.
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  const begun = async (): Promise<void> => start({ isEnding: () => ending !== undefined, end })
  const starting = begun().catch((error: unknown) => {
    // Told to end before it had begun: that something was then missing is no fault.
    if (!ending) end(refusal(error), 'start_failed')
  })
  await starting
}

/** A start that waits says so, on stderr and every 10 s, and ends when it is told to. */
export const waitingFor = (life: Pick<Life, 'isEnding'>): MigrateOptions => ({
  isEnding: () => life.isEnding(),
  waiting: ({ zh, en }) => {
    process.stderr.write(`yiben: 等待中：${zh} / waiting: ${en}\n`)
  },
})

/** What a person can put right is told in one line; the rest goes to the log. Gives the exit status. */
function refusal(error: unknown): number {
  const told =
    error instanceof BadSetting ||
    error instanceof FolderInUse ||
    error instanceof MigrationFault ||
    error instanceof StartFault
  const line = told ? error.message : startSentence(error)
  if (line !== undefined) process.stderr.write(`yiben: ${line}\n`)
  else log('error', 'start_failed', failureFields(error))
  return error instanceof BadSetting ? 2 : 1
}

const databaseAt = '请核对 DATABASE_URL / check DATABASE_URL'
const otherFolder = '请用 YIBEN_DATA 另指一个可写的文件夹 / name a folder that can be written in YIBEN_DATA'

// What the system or the database says, by its code, as a sentence that says what to do.
const sentences: Readonly<Record<string, string>> = {
  EADDRINUSE: '端口已被占用，请用 PORT 另指一个 / the port is taken: name another in PORT',
  EADDRNOTAVAIL: '本机没有这个地址，请改 HOST / this machine has no such address: change HOST',
  EACCES: `没有写入或监听的权限，${otherFolder}`,
  EPERM: `操作不被允许，${otherFolder}`,
  EROFS: `文件夹在只读磁盘上，${otherFolder}`,
  ENOSPC: '磁盘已满，请腾出空间 / the disk is full: make room',
  EDQUOT: '磁盘配额已用完 / the disk quota is used up',
  ENOTDIR: `数据文件夹的路径中有一处是文件，${otherFolder}`,
  EEXIST: `数据文件夹所指是一个文件，${otherFolder}`,
  ENOENT: `无法建立数据文件夹，${otherFolder}`,
  ECONNREFUSED: `数据库没有在该地址监听，${databaseAt}`,
  ENOTFOUND: `找不到数据库主机，${databaseAt}`,
  EAI_AGAIN: `找不到数据库主机，${databaseAt}`,
  EHOSTUNREACH: `无法到达数据库主机，${databaseAt}`,
  ENETUNREACH: `无法到达数据库主机，${databaseAt}`,
  ECONNRESET: `数据库断开了连接，${databaseAt}`,
  '28P01': `数据库密码或登录名不对，${databaseAt}`,
  '28000': `数据库不接受这个登录名，${databaseAt}`,
  '3D000': `没有这个数据库，请先建立或改 DATABASE_URL / there is no such database: create it, or change DATABASE_URL`,
  '08P01': `数据库地址不是 PostgreSQL，或其前的连接池不接受本服务的会话设置，${databaseAt}`,
  '53300': '数据库连接数已满，请稍后再启动 / the database takes no more connections: start again later',
}

function startSentence(error: unknown): string | undefined {
  const code = codeOf(error) ?? codeOf((error as { errors?: unknown[] } | undefined)?.errors?.[0])
  return code === undefined ? undefined : sentences[code]
}
