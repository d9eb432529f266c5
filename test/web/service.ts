/**
 * The real service with its sample on a free port, and a real Chromium. Whatever a page logs as an error, its policy
 * refuses, or it asks of another host is kept, and a test fails on it. Without a browser the tests say so and are
 * skipped.
 */
import { randomUUID } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { endAll, type Running, startService } from '../support/process.ts'

export const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
export const hasChromium = existsSync(chromiumPath)
if (!hasChromium) process.stderr.write(`no browser at ${chromiumPath} (or CHROMIUM): the pages are not tested\n`)

export type Console = {
  readonly url: string
  readonly link: string
  /** The same service by a name that is not of this machine. */
  readonly elsewhere: string
  readonly browser: Browser
  /** A page of a browser of its own, and what went wrong on it. */
  open(options?: { dark?: boolean }): Promise<Opened>
  /** A token of a role, of one district or of all. */
  token(role: string, district?: string): Promise<string>
  stop(): Promise<void>
}
export type Opened = { readonly page: Page; readonly context: BrowserContext; readonly faults: string[] }

const startWithinMs = 420_000
const otherName = 'books.test'

/** With the sample, and the link that tries it; or empty, as of real books, and the link of the first sign-in. */
export async function startConsole({ sample = true } = {}): Promise<Console> {
  const folder = mkdtempSync(join(tmpdir(), 'yiben-web-'))
  const service = startService({ YIBEN_DATA: folder, YIBEN_SAMPLE: sample ? '1' : '0', YIBEN_HOSTS: otherName })
  await service.ready(startWithinMs)
  const link = await linkOf(service)
  const args = ['--no-sandbox', '--disable-gpu', `--host-resolver-rules=MAP ${otherName} 127.0.0.1`]
  const browser = await chromium.launch({ executablePath: chromiumPath, args })
  const url = new URL(link).origin
  const elsewhere = `http://${otherName}:${new URL(url).port}`
  return {
    url,
    link,
    elsewhere,
    browser,
    open: ({ dark = false } = {}) => openPage(browser, [url, elsewhere], dark),
    token: async (role, district) => {
      const args = ['token', '--role', role, ...(district === undefined ? [] : ['--district', district])]
      const { out, err, status } = await startService({ YIBEN_DATA: folder }, { file: 'src/cli/main.ts', args }).ended
      expect(status, err).toBe(0)
      return out.trim()
    },
    stop: async () => {
      await browser.close()
      await endAll([service])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** The link that lets somebody in, once the console is there that may still be built beside the start. */
async function linkOf(service: Running): Promise<string> {
  for (let i = 0; i < 200; i += 1) {
    const link = /(http:\S+\/(?:try#|signin\/)\S+)\n/.exec(service.told())?.[1]
    if (link !== undefined && (await isBuilt(link))) return link
    await new Promise((resolve) => setTimeout(resolve, 300))
  }
  throw new Error(`no console: ${service.told()}${service.said().slice(-2_000)}`)
}

const isBuilt = async (link: string): Promise<boolean> =>
  (await (await fetch(new URL(link).origin)).text()).includes('id="root"')

async function openPage(browser: Browser, own: readonly string[], dark: boolean): Promise<Opened> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: 'zh-CN',
    colorScheme: dark ? 'dark' : 'light',
  })
  // Two cores are shared with the service, its database and other tests.
  context.setDefaultTimeout(90_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    // A refusal is an answer, though the browser writes it down as an error.
    // Over http:// on another name a header means nothing, and the page says the rest.
    const isKnown = /^(?:Failed to load resource|The Cross-Origin-Opener-Policy header has been ignored)/
    if (message.type() === 'error' && !isKnown.test(message.text())) faults.push(message.text())
  })
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('request', (request) => {
    const isOwn = own.some((url) => request.url().startsWith(url))
    if (!/^(?:data|blob):/.test(request.url()) && !isOwn) faults.push(`asked ${request.url()}`)
  })
  return { page, context, faults }
}

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What of a page keeps somebody out, by axe: serious and critical. */
export async function barriers(page: Page): Promise<string[]> {
  await page.evaluate(axe)
  const found: { id: string; impact: string | null; nodes: { html: string }[] }[] = await page.evaluate(
    `window.axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)`,
  )
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)
}

/** Signs in by the trial link as one of the sample. */
export async function signIn(page: Page, link: string, person: string): Promise<void> {
  await page.goto(link)
  await page.getByRole('list', { name: '示例人员' }).getByRole('button', { name: person }).click()
  await page.getByRole('heading', { level: 1, name: '首页 一本账' }).waitFor()
}

export type Told = { readonly method?: string; readonly body?: unknown; readonly headers?: Record<string, string> }

/** Asks the API as the person of a page. */
export const ask = ({ page }: Opened, path: string, given: Told = {}) =>
  page.evaluate(
    async ({ path: at, given: { method, body, headers } }) => {
      const answer = await fetch(at, {
        method: method ?? 'GET',
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      })
      return { status: answer.status, json: await answer.json() }
    },
    { path, given },
    // oxlint-disable-next-line typescript/no-explicit-any -- tests look into whatever came back
  ) as Promise<{ status: number; json: any }>

/** What a change by cookie must come with. */
export const own = { 'yiben-console': '1' }

/** The SHA-256 of an original that is kept in a book, uploaded by the person of a page. */
export async function keep(one: Opened, book: string, text: string): Promise<string> {
  const headers = { ...own, 'content-type': 'text/plain' }
  const { json } = await ask(one, `/v1/books/${book}/attachments`, { method: 'POST', body: text, headers })
  return json.sha256
}

/** A change of the API by the person of a page, under a key of its own; what came of it. */
export async function tell(one: Opened, path: string, body: unknown, { method = 'POST', version = 0 } = {}) {
  const headers = {
    ...own,
    'idempotency-key': `told-${randomUUID()}`,
    ...(version > 0 && { 'if-match': `"${version}"` }),
  }
  const { status, json } = await ask(one, path, { method, body, headers })
  expect([path, status < 300], JSON.stringify(json)).toEqual([path, true])
  return json
}

/** The console of a file of tests. A test fails where anything went wrong on a page it opened. */
export function useConsole({ sample = true } = {}) {
  let web: Console
  const opened: Opened[] = []
  beforeAll(async () => {
    web = await startConsole({ sample })
  }, 500_000)
  afterAll(async () => {
    await web?.stop()
  })
  afterEach(async () => {
    const faults = opened.flatMap((one) => one.faults)
    for (const { context } of opened.splice(0)) await context.close()
    expect(faults).toEqual([])
  })
  return {
    url: () => web.url,
    link: () => web.link,
    elsewhere: () => web.elsewhere,
    token: (role: string, district?: string) => web.token(role, district),
    open: async (person?: string, options?: { dark?: boolean }): Promise<Opened> => {
      const one = await web.open(options)
      opened.push(one)
      if (person !== undefined) await signIn(one.page, web.link, person)
      return one
    },
  }
}
