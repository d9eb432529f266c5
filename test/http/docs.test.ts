/**
 * The reference for people: every body of the document has an example that is of its form and that is sent here or
 * under a key (golden.test.ts), what is looked for is found by any word of it, and the page of every problem says what
 * it means and what to do.
 */
import { chromium } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { permissionsOf } from '../../src/access/actor.ts'
import { blankSentence } from '../../src/http/examples/blank.ts'
import { examplesOf, keyedExamples } from '../../src/http/examples/examples.ts'
import type { Example } from '../../src/http/examples/parts.ts'
import { openApiDocument, rolesFor } from '../../src/http/openapi.ts'
import { doorProblems } from '../../src/http/problem.ts'
import { refusalForms } from '../../src/http/refusal-forms.ts'
import type { OpenRoute, Route } from '../../src/http/route.ts'
import { apiRoutes, openRoutes } from '../../src/http/routes.ts'
import { newBookBody, useDoor } from '../support/door.ts'
import { chromiumPath, hasChromium } from '../web/service.ts'

const door = useDoor()
const routes = [...apiRoutes, ...openRoutes]
const taking = routes.filter(({ body }) => body.mediaType !== undefined)

describe('examples', () => {
  const without = (all: readonly (Route | OpenRoute)[], given: typeof examplesOf): string[] =>
    all.filter(({ id }) => !given(id).some(({ body }) => body !== undefined)).map(({ id }) => id)

  it('are given for every body, and shown by the document', () => {
    expect(without(taking, examplesOf)).toEqual([])
    expect(without(taking, (id) => (id === 'postEntry' ? [] : examplesOf(id)))).toEqual(['postEntry'])
    const { paths } = openApiDocument(routes) as unknown as {
      paths: Record<string, Record<string, { requestBody?: { content: Record<string, { examples?: object }> } }>>
    }
    const shown = Object.values(paths).flatMap((one) =>
      Object.values(one).flatMap(({ requestBody }) => (requestBody ? Object.values(requestBody.content) : [])),
    )
    expect(shown).toHaveLength(taking.length)
    expect(shown.every(({ examples = {} }) => Object.keys(examples).length > 0)).toBe(true)
  })

  it('are of their forms', () => {
    const faults = taking.flatMap(({ id, body: { schema } }) =>
      examplesOf(id).flatMap(({ body }, place) => {
        const read = body === undefined ? undefined : schema?.safeParse(body)
        return read && !read.success ? [`${id} ${place + 1}: ${read.error.message}`] : []
      }),
    )
    expect(faults).toEqual([])
  })

  it('are taken as they are where no key sends them', async () => {
    for (const code of ['A', 'B']) await door().ask('/v1/books', { body: newBookBody(code) })
    const odd: string[] = []
    const sent = taking.filter(({ id }) => !Object.hasOwn(keyedExamples, id))
    for (const route of sent) {
      for (const example of examplesOf(route.id)) {
        const { status, text } = await send(route, example)
        // What the books have not is not there, and whoever sends it may; but nobody says it is not of the form.
        const isUnknown = status === 403 && /"code":"(?:sign_in_failed|step_up_needed)"/.test(text)
        if (!isUnknown && ![200, 201, 404, 409, 422].includes(status))
          odd.push(`${route.id}: ${status} ${text.slice(0, 300)}`)
        if (route.tag === 'calc' && status !== 200) odd.push(`${route.id}: ${status}`)
      }
    }
    expect(odd).toEqual([])
    expect(sent.length).toBeGreaterThan(30)
  })

  async function send(route: Route | OpenRoute, { params = {}, body }: Example) {
    const path = Object.entries(params).reduce(
      (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(value)),
      route.path,
    )
    const own = route.right === 'open' ? { origin: door().url, 'yiben-console': '1' } : {}
    const [role = 'auditor'] = rolesFor(route)
    const type = route.body.mediaType === 'application/json' ? {} : { 'content-type': 'text/plain' }
    return door().ask(path, {
      method: route.method,
      token: route.right === 'open' ? null : await door().token(role, { person: `docs-${role}` }),
      headers: { ...own, ...type },
      ...(body !== undefined && { body }),
    })
  }
})

describe('the page of a problem', () => {
  const pageOf = async (code: string) => (await door().ask(`/docs/problems/${code}`, { token: null, key: null })).text

  it('says what it means and what to do, for every code there is', async () => {
    const odd: string[] = []
    for (const [code, { title, detail }] of Object.entries({ ...doorProblems, ...refusalForms })) {
      const text = await pageOf(code)
      const said = typeof detail === 'function' ? blankSentence(detail) : detail
      const escaped = (sentence: string) => sentence.replaceAll('&', '&amp;').replaceAll('"', '&quot;')
      if (!said.zh.endsWith('。') || !/[.!?]$/.test(said.en)) odd.push(`${code}: no sentence: ${said.zh} ${said.en}`)
      if (/undefined|NaN|\[object|=>|\uE000/.test(said.zh + said.en)) odd.push(`${code}: ${said.zh} ${said.en}`)
      for (const part of [title.zh, title.en, said.zh, said.en])
        if (!text.includes(escaped(part).replaceAll("'", '&#39;'))) odd.push(`${code}: lacks ${part}`)
    }
    expect(odd).toEqual([])
  })

  it('is the sentence of the answer with dots for its facts, and names what may answer so', async () => {
    const refused = await door().ask('/v1/books/NONE')
    const { zh } = blankSentence(refusalForms.book_not_found.detail)
    expect(zh.split('…')).toEqual(['没有账套 ', '，或不在您的管辖范围内。请核对账套编号。'])
    expect(refused.json.detail).toBe(zh.replace('…', 'NONE'))
    const page = await pageOf('book_not_found')
    expect(page).toContain('<a href="/docs#/books/readBook">')
    expect(page).toContain('GET /v1/books/{book}')
  })
})

describe('the permission a route names', () => {
  it('is what deciding and lending really take', () => {
    const rolesOf = (id: string) => rolesFor(apiRoutes.find((one) => one.id === id) ?? { right: 'open' })
    expect(rolesOf('decideApproval')).not.toContain('auditor')
    expect(rolesOf('decideApproval')).toEqual(
      rolesOf('listApprovals').filter((role) => permissionsOf[role].some((one) => /^approval\.(?!read)/.test(one))),
    )
    expect(rolesOf('makeDelegation')).toEqual(['finance_checker', 'finance_approver', 'pf_reviewer'])
  })
})

// The page is drawn by a browser on a machine that tests other things meanwhile: only one that hangs takes so long.
const hangs = 180_000

describe.skipIf(!hasChromium)('the reference', () => {
  it('finds an operation by any word of it', { timeout: 600_000 }, async () => {
    const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--no-sandbox', '--disable-gpu'] })
    try {
      const page = await browser.newPage()
      page.setDefaultTimeout(hangs)
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(error.message))
      await page.goto(`${door().url}/docs`)
      const shown = page.locator('.opblock')
      await expect.poll(() => shown.count(), { timeout: hangs }).toBeGreaterThan(0)
      const box = page.locator('.operation-filter-input')
      expect(await box.getAttribute('placeholder')).toContain('搜索')
      for (const [phrase, path] of [
        ['预览年终结转', '/v1/books/{book}/years/{year}/carry-over/preview'],
        ['post CARRY-OVER/preview', '/v1/books/{book}/years/{year}/carry-over/preview'],
        ['decideApproval', '/v1/approvals/{id}/decision'],
      ] as const) {
        await box.fill(phrase)
        await expect.poll(() => shown.count(), { timeout: hangs }).toBe(1)
        const found = page.locator('.opblock-summary-path').first()
        await expect.poll(() => found.getAttribute('data-path'), { timeout: hangs }).toBe(path)
      }
      await box.fill('没有这样的操作')
      await expect.poll(() => shown.count(), { timeout: hangs }).toBe(0)
      expect(faults).toEqual([])
    } finally {
      await browser.close()
    }
  })
})
