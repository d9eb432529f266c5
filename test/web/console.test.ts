/** The console as persons use it: the real service with its sample, a real browser, found by accessible names alone. */
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { addressesFor } from './addresses.ts'
import { ask, barriers, hasChromium, own, useConsole } from './service.ts'

const slow = 240_000

describe.skipIf(!hasChromium)('the console', () => {
  const { url, open } = useConsole()

  it('lets a person of the sample in by the trial link alone, and out again', { timeout: slow }, async () => {
    const one = await open('示例·复核')
    await one.page.getByText('示例数据').first().waitFor()
    const wrong = await ask(one, '/v1/session/trial', { method: 'POST', body: { trial: 'wrong' }, headers: own })
    expect([wrong.status, wrong.json.code]).toEqual([404, 'not_found'])
    await one.page.getByRole('button', { name: /示例·复核/ }).click()
    await one.page.getByRole('menuitem', { name: '退出登录' }).click()
    await one.page.getByRole('heading', { name: '试用一本账' }).waitFor()
    expect((await ask(one, '/v1/session')).status).toBe(401)
  })

  it('takes nothing by cookie that another site could send', { timeout: slow }, async () => {
    const one = await open('示例·经办')
    const sent = await ask(one, '/v1/calc/split', { method: 'POST', body: { total: '1.00', weights: ['1'] } })
    expect([sent.status, sent.json.code]).toEqual([403, 'cross_site'])
    const good = await ask(one, '/v1/calc/split', {
      method: 'POST',
      body: { total: '1.00', weights: ['1'] },
      headers: own,
    })
    expect(good.status).toBe(200)
  })

  it('shows at home what the API says, in the unit chosen', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    const { json } = await ask(one, '/v1/overview')
    await one.page.getByRole('radio', { name: '元', exact: true }).press('Space')
    const yuan = json.total.planned.replaceAll(/\B(?=(?:\d{3})+\.)/g, ',')
    await one.page.getByRole('region', { name: '合计' }).getByText(yuan).waitFor()
    await one.page.getByText('看数表').click()
    await one.page
      .getByRole('table', { name: '资金流向' })
      .getByRole('row', { name: /市级改造补助/ })
      .first()
      .waitFor()
  })

  it('has a release checked and approved by two others, the last after a fresh proof; the maker is told why he may not', {
    timeout: slow,
  }, async () => {
    const maker = await open('示例·经办')
    const { json } = await ask(maker, '/v1/approvals?state=checking')
    const { id, hash } = json.items[0]
    await maker.page.goto(`${url()}/todo/${id}`)
    const dead = maker.page.getByRole('button', { name: /^复核通过/ })
    await dead.waitFor()
    await expect.poll(() => dead.getAttribute('aria-disabled')).toBe('true')
    const anyway = await ask(maker, `/v1/approvals/${id}/decision`, {
      method: 'POST',
      body: { verdict: 'check', hash },
      headers: { ...own, 'idempotency-key': 'anyway' },
    })
    expect(anyway.status).toBe(403)
    for (const [person, verdict] of [
      ['示例·复核', '复核通过'],
      ['示例·审批一', '批准'],
      ['示例·审批二', '批准'],
    ] as const) {
      const one = await open(person)
      await one.page.goto(`${url()}/todo/${id}`)
      await one.page.getByRole('region', { name: '批准后将记账' }).waitFor()
      await one.page.getByRole('button', { name: verdict, exact: true }).click()
      // The last of all proves himself again, and what he did goes on.
      if (person === '示例·审批二') {
        const dialog = one.page.getByRole('dialog', { name: '再次确认身份' })
        await dialog.waitFor()
        expect(await barriers(one.page)).toEqual([])
        await dialog.getByRole('button', { name: '确认是我本人' }).click()
      }
      await one.page.getByRole('region', { name: '经过', exact: true }).getByText(person).waitFor()
    }
    const { json: after } = await ask(maker, `/v1/approvals/${id}`)
    expect(after.state).toBe('approved')
  })

  it('proves a voucher on this machine, and names what was changed on the way', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    await one.page.goto(`${url()}/entries/E1-2`)
    const proof = one.page.getByRole('region', { name: '证明' })
    await proof.getByText('成立', { exact: true }).waitFor()
    await one.page.route('**/v1/entries/E1-2', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, body: (await answer.text()).replace('320000.00', '320000.01') })
    })
    await one.page.reload()
    await proof.getByText('不成立').waitFor()
    await proof.getByText('不一致：lines').waitFor()
  })

  it('follows money from home to a project, an account, a voucher', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    await one.page.goto(`${url()}/projects`)
    await one.page.getByRole('table', { name: '项目' }).getByRole('link').first().click()
    await one.page.getByRole('table', { name: '计入各栏的科目' }).getByRole('link').first().click()
    await one.page.getByRole('table', { name: '明细账' }).getByRole('link').first().click()
    await one.page.getByRole('heading', { level: 1, name: /^凭证/ }).waitFor()
  })

  it('never holds more than 80 rows of a long table', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    await one.page.goto(`${url()}/communities`)
    await one.page.getByText('共 337 行').waitFor()
    expect(await one.page.getByRole('row').count()).toBeLessThanOrEqual(80)
  })

  it('runs every calculation with its example through its form', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    const { json } = await ask(one, '/v1/calc')
    expect(json.items.length).toBeGreaterThanOrEqual(28)
    for (const { name } of json.items) {
      await one.page.goto(`${url()}/calc/${name}`)
      await one.page.getByRole('button', { name: '填入示例' }).click()
      await one.page.getByRole('button', { name: '试算' }).click()
      await one.page.getByRole('heading', { name: '结果' }).waitFor()
    }
  })

  for (const dark of [false, true])
    it(`keeps nobody out, ${dark ? 'dark' : 'light'}: each page has one h1 and no barrier`, {
      timeout: 2 * slow,
    }, async () => {
      const one = await open('示例·审计', { dark })
      const { page } = one
      const { json } = await ask(one, '/v1/projects?limit=1')
      const pictures = mkdtempSync(join(tmpdir(), 'yiben-pages-'))
      const found: string[] = []
      for (const { address } of addressesFor(json.items[0].project)) {
        await page.goto(url() + address)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await page.waitForLoadState('networkidle')
        if ((await page.getByRole('heading', { level: 1 }).count()) !== 1) found.push(`${address}: not one h1`)
        found.push(...(await barriers(page)).map((barrier) => `${address}: ${barrier}`))
        if (dark) continue
        for (const width of [1440, 390]) {
          await page.setViewportSize({ width, height: 900 })
          await page.screenshot({
            path: join(pictures, `${address.slice(1).replaceAll('/', '+') || 'home'}-${width}.png`),
          })
        }
        await page.setViewportSize({ width: 1440, height: 900 })
      }
      if (!dark) process.stderr.write(`pictures of all pages: ${pictures}\n`)
      expect(found).toEqual([])
    })

  for (const dark of [false, true])
    it(`keeps nobody out of its dialogs and forms, ${dark ? 'dark' : 'light'}`, { timeout: slow }, async () => {
      const one = await open('示例·经办', { dark })
      const { page } = one
      const found: string[] = []
      const look = async (what: string) => found.push(...(await barriers(page)).map((barrier) => `${what}: ${barrier}`))
      for (const [address, button] of [
        ['/entries/E1-9', '红字冲销'],
        ['/projects', '登记储备项目'],
      ] as const) {
        await page.goto(url() + address)
        await page.getByRole('button', { name: button }).click()
        await page
          .getByRole('dialog', { name: button })
          .getByRole('button', { name: /^(?:送复核|登记为储备)/ })
          .waitFor()
        await look(button)
      }
      await page.getByRole('button', { name: '添一栋' }).click()
      await look('登记储备项目 with a row')
      const { json } = await ask(one, '/v1/projects?state=under_way&limit=1')
      await page.goto(`${url()}/projects/${json.items[0].project}/plan?draft=1`)
      await page.getByRole('table', { name: '方案矩阵' }).waitFor()
      await look('编制资金方案')
      await page.keyboard.press('?')
      await page.getByRole('dialog', { name: '快捷键' }).waitFor()
      await look('快捷键')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: /示例·经办/ }).click()
      await page.getByRole('menuitem', { name: '切换身份' }).click()
      await page.getByRole('dialog', { name: '切换身份' }).getByRole('button', { name: '示例·审计' }).waitFor()
      await look('切换身份')
      expect(found).toEqual([])
    })

  it('brings no more than 260 kB of script before a page, and 400 kB with the first', { timeout: slow }, async () => {
    const weight = async (path: string): Promise<number> => {
      const answer = await fetch(url() + path, { headers: { 'accept-encoding': 'gzip' } })
      expect([path, answer.headers.get('content-encoding')]).toEqual([path, 'gzip'])
      return Number(answer.headers.get('content-length'))
    }
    const sum = async (all: readonly string[]): Promise<number> =>
      (await Promise.all(all.map(weight))).reduce((a, b) => a + b, 0)
    const html = await (await fetch(url())).text()
    const scripts = [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.js)"/g)].map(([, path = '']) => path)
    expect(scripts.length).toBeGreaterThan(1)
    const before = await sum(scripts)
    const { page } = await open('示例·审计')
    await page.waitForLoadState('networkidle')
    const loaded: string[] = await page.evaluate(
      `performance.getEntriesByType('resource').map(({ name }) => new URL(name).pathname).filter((path) => path.startsWith('/assets/'))`,
    )
    const all = await sum([...new Set(loaded)])
    process.stderr.write(`before a page ${before} B of script, with the first page ${all} B (gzip)\n`)
    expect(before).toBeGreaterThan(100_000)
    expect(before).toBeLessThanOrEqual(260_000)
    expect(all).toBeLessThanOrEqual(400_000)
  })

  it('answers only its own addresses', async () => {
    for (const path of ['/nothing', '/projects/a/b/c', '/assets/none.js', '/try/x'])
      expect([path, (await fetch(url() + path)).status]).toEqual([path, 404])
    const page = await fetch(`${url()}/todo`)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-security-policy')).toContain("script-src 'self'")
  })
})
