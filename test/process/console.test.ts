/** The console of a checkout whose packages were installed without scripts: nothing was built, and the start builds it. */
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { endAll, type Running, startService } from '../support/process.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const clone = fs.mkdtempSync(join(tmpdir(), 'yiben-clone-'))
const services: Running[] = []
afterAll(async () => {
  await endAll(services)
  fs.rmSync(clone, { recursive: true, force: true })
})

const left = /^(?:\.|node_modules|test|bench|docs|web\/dist)/

it('is built beside the start, and the first page says so until it is there', { timeout: 300_000 }, async () => {
  fs.cpSync(root, clone, { recursive: true, filter: (path) => !left.test(relative(root, path)) })
  fs.symlinkSync(join(root, 'node_modules'), join(clone, 'node_modules'))
  expect(fs.existsSync(join(clone, 'web/dist'))).toBe(false)
  const service = startService({ YIBEN_DATA: join(clone, '.yiben') }, { cwd: clone })
  services.push(service)
  const url = await service.ready(120_000)
  const isConsole = (text: string): boolean => text.includes('id="root"')
  const first = async () => {
    const answer = await fetch(url)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/html')
    const text = await answer.text()
    // Until then it is plain, and looks again by itself.
    if (!isConsole(text)) expect([text.includes('控制台正在构建'), answer.headers.get('refresh')]).toEqual([true, '3'])
    return text
  }
  await expect.poll(first, { timeout: 240_000, interval: 200 }).toContain('id="root"')
  const [, script = ''] = /src="(\/assets\/[^"]+\.js)"/.exec(await first()) ?? []
  expect((await fetch(url + script)).status).toBe(200)
  expect((await fetch(`${url}/projects`)).status).toBe(200)
  expect(fs.existsSync(join(clone, 'web/dist/stamp'))).toBe(true)
})
