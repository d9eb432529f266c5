/**
 * The first sign-in over real books, an invitation, and a session that ends under a page, as persons meet them: the
 * real service without a sample, a real browser, found by accessible names alone.
 */
import { describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { codeOf, stepOf } from '../../src/access/account/totp.ts'
import { systemClock } from '../../src/base/calendar.ts'
import { barriers, hasChromium, useConsole } from './service.ts'

const slow = 240_000
const password = 'violet kettle under rain'

const decode = (secret: string): Buffer => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
  const bits = Array.from(secret, (letter) => alphabet.indexOf(letter).toString(2).padStart(5, '0')).join('')
  return Buffer.from((bits.match(/.{8}/g) ?? []).map((eight) => Number.parseInt(eight, 2)))
}
const code = (secret: string, off = 0n) => codeOf(decode(secret), stepOf(systemClock()) + off)

/** Opens a link by its button and sets the password; gives the secret that an authenticator would have scanned. */
async function setPassword(
  page: Page,
  link: string,
  { name, duty }: { name?: string; duty?: string },
): Promise<string> {
  await page.goto(link)
  await page.getByRole('button', { name: '使用此链接' }).click()
  await page.getByRole('img', { name: '动态口令的二维码' }).waitFor()
  const secret = ((await page.locator('code').first().textContent()) ?? '').replaceAll(' ', '')
  expect(secret).toMatch(/^[A-Z2-7]{32}$/)
  // A reload loses what was typed, and not the link.
  await page.getByLabel(/^密码/).fill('something else altogether')
  await page.reload()
  await page.getByText(secret.replaceAll(/(.{4})(?=.)/g, '$1 ')).waitFor()
  if (name !== undefined) await page.getByLabel('姓名（一经登记不再改变）').fill(name)
  await page.getByLabel(/^密码/).fill(password)
  await page.getByLabel('再输入一次密码').fill(password)
  await page.getByLabel('动态口令（六位）').fill(code(secret, -1n))
  expect(await barriers(page)).toEqual([])
  await page.getByRole('button', { name: '设定并登录' }).click()
  if (duty !== undefined) {
    await page.getByRole('heading', { level: 1, name: '选择职责' }).waitFor()
    await page.getByRole('list', { name: '职责' }).getByRole('button', { name: duty }).click()
  }
  await page.getByRole('navigation', { name: '主菜单' }).waitFor()
  return secret
}

describe.skipIf(!hasChromium)('signing in', () => {
  const { url, link, elsewhere, open } = useConsole({ sample: false })
  let guard = ''
  let secret = ''
  let invited = ''
  it('for the first time is by the link that the start prints, and a look at it uses nothing', {
    timeout: slow,
  }, async () => {
    expect(link()).toMatch(/\/signin\/[A-Za-z0-9_-]{43}$/)
    for (let looks = 0; looks < 2; looks += 1) expect((await fetch(link())).status).toBe(200)
    const { page } = await open()
    await page.goto(link())
    await page.getByRole('heading', { level: 1, name: '登录链接' }).waitFor()
    expect(await barriers(page)).toEqual([])
    guard = '陈安全'
    secret = await setPassword(page, link(), { name: guard })
    await page.getByRole('button', { name: new RegExp(guard) }).waitFor()
    expect(await page.getByRole('link', { name: '账套' }).count()).toBe(0)
    // It is used now, in any other browser too.
    const other = await open()
    await other.page.goto(link())
    await other.page.getByRole('button', { name: '使用此链接' }).click()
    await other.page.getByText('invitation_not_found').waitFor()
  })

  it('by plain http under another name is not begun: the page says that it takes HTTPS', {
    timeout: slow,
  }, async () => {
    const { page } = await open()
    for (const address of ['/signin', '/projects', '/signin/whatever']) {
      await page.goto(elsewhere() + address)
      await page.getByText(/^须经 HTTPS 访问/).waitFor()
      expect(await page.getByRole('textbox').count()).toBe(0)
      const use = page.getByRole('button', { name: '使用此链接' })
      if (address === '/signin/whatever') expect(await use.isDisabled()).toBe(true)
      expect(await barriers(page)).toEqual([])
    }
  })

  it('lets the security administrator in by password and code, who invites others', { timeout: slow }, async () => {
    const { page } = await open()
    await page.goto(`${url()}/people`)
    await page.getByLabel('姓名或编号').fill(guard)
    await page.getByLabel('密码').fill('wrong wrong wrong')
    await page.getByLabel('动态口令（六位）').fill(code(secret))
    await page.getByRole('button', { name: '登录', exact: true }).click()
    await page.getByText('sign_in_failed').waitFor()
    expect(await barriers(page)).toEqual([])
    await page.getByLabel('密码').fill(password)
    await page.getByLabel('动态口令（六位）').fill(code(secret))
    await page.getByRole('button', { name: '登录', exact: true }).click()
    // The page that was asked for.
    await page.getByRole('heading', { level: 1, name: '人员' }).waitFor()
    const making = page.getByRole('region', { name: '登记人员' })
    await making.getByLabel(/姓名/).fill('王经办')
    await making.getByLabel(/编号/).fill('wang')
    await making.getByRole('button', { name: '登记', exact: true }).click()
    const card = page.getByRole('region', { name: '王经办' })
    await card.getByLabel('角色').click()
    await page.getByTitle('财政经办').click()
    await card.getByRole('button', { name: '给予' }).click()
    await card.getByText('财政经办（全市）').waitFor()
    await card.getByLabel('角色').click()
    await page.getByTitle('公积金中心').last().click()
    await card.getByLabel('区', { exact: true }).click()
    await page.getByTitle('海淀区').last().click()
    await card.getByRole('button', { name: '给予' }).click()
    await card.getByText('公积金中心（海淀区）').waitFor()
    await card.getByRole('button', { name: '邀请登录' }).click()
    invited = await card.getByLabel(/登录链接/).inputValue()
    expect(invited).toMatch(new RegExp(`^${url()}/signin/[A-Za-z0-9_-]{43}$`))
    expect(await barriers(page)).toEqual([])
  })

  it('that has ended is asked for in place, and what was typed is there', { timeout: slow }, async () => {
    const { page, context } = await open()
    const own = await setPassword(page, invited, { duty: '公积金中心 海淀区' })
    await page.goto(`${url()}/calc/split`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    // Two minutes before: as the service would say it.
    await page.route('**/v1/session', async (route) => {
      if (route.request().method() !== 'GET') return route.continue()
      const answer = await route.fetch()
      const at = new Date((await answer.json()).until)
      const until = new Date(at.getTime() - 14 * 60_000).toISOString()
      return route.fulfill({ response: answer, json: { ...(await answer.json()), until } })
    })
    await page.reload()
    await page.getByText('登录即将到期。').waitFor()
    await page.unroute('**/v1/session')
    await page.getByRole('button', { name: '继续使用' }).click()
    await page.getByText('登录即将到期。').waitFor({ state: 'detached' })
    // Ended.
    await page.getByRole('button', { name: '填入示例' }).click()
    const field = page.getByRole('region', { name: '输入' }).getByRole('textbox').first()
    await field.fill('1234.56')
    await context.clearCookies()
    await page.getByRole('button', { name: '试算' }).click()
    const dialog = page.getByRole('dialog', { name: '登录已到期，请重新登录' })
    await dialog.waitFor()
    expect(await dialog.getByLabel('姓名或编号').inputValue()).toBe('王经办')
    expect(await barriers(page)).toEqual([])
    await dialog.getByLabel('密码').fill(password)
    await dialog.getByLabel('动态口令（六位）').fill(code(own))
    await dialog.getByRole('button', { name: '登录', exact: true }).click()
    await dialog.waitFor({ state: 'detached' })
    // What was about to be done goes on, with what was typed.
    await page.getByRole('heading', { name: '结果' }).waitFor()
    expect(await field.inputValue()).toBe('1234.56')
  })
})
