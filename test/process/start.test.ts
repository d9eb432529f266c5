/**
 * A start that cannot go on says in one line, in both languages, what a person does about it; one that waits says so,
 * and hears SIGTERM.
 */
import * as fs from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { endAll, type Running, startService } from '../support/process.ts'

const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-start-'))
const services: Running[] = []
afterAll(async () => {
  await endAll(services)
  fs.rmSync(folder, { recursive: true, force: true })
})

function start(env: Record<string, string>): Running {
  const service = startService({ YIBEN_DATA: join(folder, 'data'), ...env })
  services.push(service)
  return service
}

const file = join(folder, 'file')
fs.writeFileSync(file, '')

describe.sequential('a start that is refused', () => {
  it.each([
    ['a database that does not listen', { DATABASE_URL: 'postgres://x@127.0.0.1:1/x' }, '数据库没有在该地址监听'],
    ['a folder below /proc', { YIBEN_DATA: '/proc/x' }, '无法建立数据文件夹'],
    ['a folder that is a file', { YIBEN_DATA: file }, '数据文件夹所指是一个文件'],
    ['a folder below a file', { YIBEN_DATA: join(file, 'b') }, '路径中有一处是文件'],
  ])('%s is told in a line', { timeout: 60_000 }, async (_, env, said) => {
    const { status, err } = await start(env).ended
    expect(status).toBe(1)
    expect(err.trim().split('\n')).toHaveLength(1)
    expect(err).toContain(said)
    expect(err).toMatch(/^yiben: .+ \/ .+/)
  })
})

describe('a start that waits', () => {
  it('for a database that takes the connection and says nothing tells so, and ends on SIGTERM', {
    timeout: 90_000,
  }, async () => {
    const silent = createServer((socket) => socket.on('error', () => undefined))
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const { port } = silent.address() as { port: number }
    const service = start({ DATABASE_URL: `postgres://x@127.0.0.1:${port}/x` })
    while (!service.said().includes('数据库没有应答')) await new Promise((resolve) => setTimeout(resolve, 100))
    const began = performance.now()
    service.child.kill('SIGTERM')
    expect((await service.ended).status).toBe(0)
    expect(performance.now() - began).toBeLessThan(10_000)
    silent.close()
  })
})
