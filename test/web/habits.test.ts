/** What holds on every page: nothing is sent twice, nothing typed is lost, what is exported is what is there. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { ask, hasChromium, keep, type Opened, tell, useConsole } from './service.ts'

const slow = 300_000

describe.skipIf(!hasChromium)('the console', () => {
  const { url, open } = useConsole()

  const vouchers = async (one: Opened): Promise<number> => (await ask(one, '/v1/vouchers?limit=500')).json.items.length

  it('sends once what is clicked five times, and once what was not answered', { timeout: slow }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    const before = await vouchers(maker)
    await page.goto(`${url()}/entries/E1-9`)
    await page.getByRole('button', { name: '红字冲销' }).click()
    await page.getByLabel('冲销日期').fill('2026-02-10')
    await page.getByRole('textbox', { name: '事由' }).fill('重复支付')
    const keys: (string | undefined)[] = []
    await page.route('**/v1/vouchers', async (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      keys.push(route.request().headers()['idempotency-key'])
      // It is done, and the answer is lost on the way.
      if (keys.length > 1) return route.continue()
      await route.fetch()
      return route.abort()
    })
    const send = page.getByRole('button', { name: '送复核' })
    await send.evaluate((button: { click(): void }) => {
      for (let click = 0; click < 5; click += 1) button.click()
    })
    await page.getByText('没有收到答复，内容仍在，可重试。').waitFor()
    expect(keys).toHaveLength(1)
    expect(await page.getByRole('textbox', { name: '事由' }).inputValue()).toBe('重复支付')
    await send.click()
    await page.getByRole('heading', { level: 1, name: /^A-\d+ / }).waitFor()
    expect(keys).toEqual([keys[0], keys[0]])
    expect(await vouchers(maker)).toBe(before + 1)
  })

  it('keeps what was typed through a reload and another tab, and asks before it is left', {
    timeout: slow,
  }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    const { json } = await ask(maker, '/v1/projects?state=under_way&limit=1')
    const { project } = json.items[0]
    await page.goto(`${url()}/projects/${project}/works`)
    const ratio = page.getByRole('textbox', { name: /^完成比例/ })
    await ratio.fill('0.62')
    await page.getByRole('textbox', { name: '依据' }).fill('监理月报（未写完')
    const asked: string[] = []
    page.on('dialog', (dialog) => {
      asked.push(dialog.type())
      void dialog.accept()
    })
    await page.reload()
    await expect.poll(() => ratio.inputValue()).toBe('0.62')
    expect(asked).toEqual(['beforeunload'])
    await page.getByRole('link', { name: '变更记录' }).click()
    await page.getByRole('link', { name: '内容与进度' }).click()
    expect(await ratio.inputValue()).toBe('0.62')
    expect(await page.getByRole('textbox', { name: '依据' }).inputValue()).toBe('监理月报（未写完')
  })

  it('shows what changed meanwhile beside what was typed, and goes on from there', { timeout: slow }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    const { json } = await ask(maker, '/v1/projects?state=planned&district=110106&limit=1')
    const { project, version, name } = json.items[0]
    await page.goto(`${url()}/projects/${project}/documents`)
    const reason = page.getByRole('region', { name: '推进' }).getByRole('textbox', { name: '事由' })
    await reason.fill('开工令已下达')
    const other = await open('示例·经办')
    await tell(
      other,
      `/v1/projects/${project}`,
      { name, implementer: '另一街道办事处（示例）' },
      { method: 'PUT', version },
    )
    await page.getByRole('button', { name: '推进到实施' }).click()
    const changes = page.getByRole('table', { name: '填写期间的改动' })
    await changes.getByRole('row', { name: '实施主体 街道办事处（示例） 另一街道办事处（示例） —' }).waitFor()
    expect(await reason.inputValue()).toBe('开工令已下达')
    await page.getByRole('button', { name: '按现在的内容继续' }).click()
    await page.getByRole('textbox', { name: '依据文件' }).fill('开工令')
    const sha256 = await keep(maker, 'SAMPLE-110106', '开工令')
    await page.getByRole('textbox', { name: /^原件的 SHA-256（先上传/ }).fill(sha256)
    await page.getByRole('button', { name: '推进到实施' }).click()
    await page.getByRole('region', { name: '待复核的事实' }).getByText('实施').waitFor()
  })

  it('exports by the filter of the page what its table shows, row for row', { timeout: slow }, async () => {
    const one = await open('示例·审计')
    const { page } = one
    await page.goto(`${url()}/projects?state=under_way`)
    const table = page.getByRole('table', { name: '项目' })
    await table.getByRole('link').first().waitFor()
    const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: '导出' }).click()])
    const [, ...lines] = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\r\n')
    await page.getByText(`共 ${lines.length} 行`).waitFor()
    const rows = await table.getByRole('row').all()
    const texts = await Promise.all(rows.slice(1, -1).map((row) => row.getByRole('cell').allTextContents()))
    const cells = (line: string): string[] => line.split(',').map((cell) => (cell === '' ? '—' : cell))
    expect(texts.length).toBeGreaterThan(5)
    expect(lines.slice(0, texts.length).map(cells)).toEqual(texts)
  })

  it('asks who is signed out to sign in before he proves himself again, and goes on', { timeout: slow }, async () => {
    const { page, context } = await open('示例·经办')
    await page.goto(`${url()}/calc/split`)
    let sent = 0
    await page.route('**/v1/calc/split', (route) => {
      if (route.request().method() !== 'POST') return route.continue()
      sent += 1
      const refusal = { type: 'about:blank', title: '须再次确认身份', status: 403, detail: '—', code: 'step_up_needed' }
      return sent > 1 ? route.continue() : route.fulfill({ status: 403, json: refusal })
    })
    await page.getByRole('button', { name: '填入示例' }).click()
    await page.getByRole('button', { name: '试算' }).click()
    const proving = page.getByRole('dialog', { name: '再次确认身份' })
    await proving.waitFor()
    await context.clearCookies()
    await proving.getByRole('button', { name: '确认是我本人' }).click()
    const signingIn = page.getByRole('dialog', { name: '登录已到期，请重新登录' })
    await signingIn.getByRole('button', { name: '示例·经办' }).click()
    await signingIn.waitFor({ state: 'detached' })
    await proving.waitFor({ state: 'detached' })
    await page.getByRole('heading', { name: '结果' }).waitFor()
    expect(sent).toBe(2)
  })

  it('takes nothing typed about one matter to another', { timeout: slow }, async () => {
    const checker = await open('示例·复核')
    const { page } = checker
    const { json } = await ask(checker, '/v1/approvals?mine=to_do')
    const [one, other] = json.items
    await page.goto(`${url()}/todo/${one.id}`)
    const reason = page.getByRole('textbox', { name: /意见/ })
    await reason.fill('退回的理由')
    await page.getByRole('searchbox', { name: '搜索' }).fill(other.id)
    await page.getByRole('region', { name: '搜索结果' }).getByRole('link').first().click()
    await page.getByRole('heading', { level: 1, name: new RegExp(`^${other.id} `) }).waitFor()
    expect(await reason.inputValue()).toBe('')
  })

  it('says with its code what a preview foresees to be refused', { timeout: slow }, async () => {
    const checker = await open('示例·复核')
    const { page } = checker
    const { json } = await ask(checker, '/v1/approvals?mine=to_do')
    const refusal = {
      type: 'about:blank',
      title: '指标可用数不足',
      status: 409,
      detail: '差 1.00 元。',
      code: 'short_of',
    }
    await page.route('**/v1/approvals/*/preview', async (route) => {
      const answer = await route.fetch()
      await route.fulfill({ response: answer, json: { ...(await answer.json()), refusal } })
    })
    await page.goto(`${url()}/todo/${json.items[0].id}`)
    const refused = page.getByRole('region', { name: '此刻不能生效' })
    await refused.getByText('指标可用数不足').waitFor()
    await refused.getByText('short_of').waitFor()
  })

  it('takes a preview of a year-end away with its year', { timeout: slow }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    await page.goto(`${url()}/books/SAMPLE-R21/periods`)
    const year = page.getByRole('textbox', { name: '年度' })
    await page.route('**/carry-over/preview', (route) =>
      route.fulfill({ json: { hash: 'ab'.repeat(32), obstacles: [], entries: [], year: '2024' } }),
    )
    await year.fill('2024')
    await page.getByRole('button', { name: '预览结转' }).click()
    await page.getByRole('button', { name: '结转', exact: true }).waitFor()
    await year.fill('2025')
    expect(await page.getByRole('button', { name: '结转', exact: true }).count()).toBe(0)
  })
})
