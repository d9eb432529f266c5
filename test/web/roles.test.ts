/**
 * Each role on each page, as the service publishes who may do what: no page asks what would be refused, what he may
 * never read is not in his menu, what he may not do is there, dead, with the reason; and nothing of another district
 * is shown to a person of one.
 */
import { beforeAll, describe, expect, it } from 'vitest'
import { permissionsOf, type Role, roles } from '../../src/access/actor.ts'
import { needs } from '../../web/src/rights.ts'
import { addressesFor } from './addresses.ts'
import { ask, hasChromium, type Opened, useConsole } from './service.ts'

const slow = 400_000

/** Buttons that change how a page shows what it has, or work something out and keep nothing. */
const harmless =
  /^(?:紧凑|宽松|导出|再读一页|打印|上一张|下一张|试算|填入示例|添一项|删去第 \d+ 项|搜索|选择文件|核验|重试|刷新|切换为.+|浅色|深色)$/

/** Persons of the sample by role; of the others, who has a token of the role. */
const persons: Readonly<Partial<Record<Role, string>>> = {
  finance_maker: '示例·经办',
  finance_checker: '示例·复核',
  finance_approver: '示例·审批一',
  provident_fund: '示例·公积金中心',
  auditor: '示例·审计',
  operator: '示例·运维',
}

type Walking = {
  /** Goes to an address within the page, as a link does; what the service answered to what the page then asked. */
  to(address: string): Promise<{ status: number; path: string }[]>
}

/** A page that is gone about in; with a token, its requests come from the bearer. */
async function walk({ page }: Opened, url: string, token?: string): Promise<Walking> {
  let under = 0
  let answers: { status: number; path: string }[] = []
  if (token !== undefined)
    await page.route('**/v1/**', (route) =>
      route.continue({ headers: { ...route.request().headers(), authorization: `Bearer ${token}` } }),
    )
  const isOurs = (asked: string): boolean => new URL(asked).pathname.startsWith('/v1/')
  page.on('request', (request) => (under += isOurs(request.url()) ? 1 : 0))
  page.on('requestfailed', (request) => (under -= isOurs(request.url()) ? 1 : 0))
  page.on('requestfinished', (request) => (under -= isOurs(request.url()) ? 1 : 0))
  page.on('response', (response) => {
    const { pathname, search } = new URL(response.url())
    if (isOurs(response.url())) answers.push({ status: response.status(), path: pathname + search })
  })
  const settled = async () => {
    for (let quiet = 0; quiet < 3; ) {
      await page.waitForTimeout(40)
      quiet = under === 0 ? quiet + 1 : 0
    }
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await expect.poll(() => page.getByText(/^正在(?:读取|打开)…$/).count(), { timeout: 60_000 }).toBe(0)
  }
  await page.goto(url)
  await settled()
  return {
    to: async (address) => {
      answers = []
      await page.evaluate((to) => (globalThis as unknown as Browser).history.pushState({}, '', to), address)
      await settled()
      return answers
    },
  }
}
type Browser = { readonly history: { pushState(state: object, title: string, address: string): void } }

// Nine roles on every address take more minutes than all other pages together.
const nightly = process.env['YIBEN_NIGHTLY'] === '1'

describe.skipIf(!hasChromium || !nightly)('the console', () => {
  const { url, open, token } = useConsole()
  let addresses: ReturnType<typeof addressesFor> = []
  beforeAll(async () => {
    const { json } = await ask(await open('示例·审计'), '/v1/projects?limit=1')
    addresses = addressesFor(json.items[0].project)
  }, slow)

  it.each(roles)('shows %s what he may read and asks nothing else', { timeout: slow }, async (role) => {
    const one = await open(persons[role])
    const { page } = one
    const walking = await walk(one, url(), persons[role] === undefined ? await token(role) : undefined)
    const may = (permission: string | undefined): boolean =>
      permission === undefined || (permissionsOf[role] as readonly string[]).includes(permission)
    const menu = await page.getByRole('navigation', { name: '主菜单' }).getByRole('link').all()
    const offered = await Promise.all(menu.map((link) => link.getAttribute('href')))
    const found: string[] = []
    for (const { page: name, address } of addresses) {
      const isOffered = offered.includes(address)
      const refused = (await walking.to(address)).filter(({ status }) => status === 403 || status === 404)
      found.push(...refused.map(({ status, path }) => `${address}: ${status} ${path}`))
      const said = await page.getByRole('heading', { level: 1, name: '无权查看' }).count()
      if (said !== (may(needs[name]) ? 0 : 1)) found.push(`${address}: may ${may(needs[name])}, said ${said}`)
      if (isOffered && said > 0) found.push(`${address}: offered in the menu`)
      const dead = await page.locator('main [aria-disabled="true"].dead').all()
      for (const button of dead) {
        const [reason, label] = [await button.locator('.hidden').textContent(), await button.textContent()]
        if (!reason || reason === '正在读取') found.push(`${address}: ${label} is dead without a reason`)
      }
      const makes = permissionsOf[role].some((permission) => !/\.(?:read|cosign)$|^delegation/.test(permission))
      if (makes) continue
      const alive = await page.locator('main button.ant-btn:not(.dead):not([disabled])').allTextContents()
      found.push(
        ...alive.filter((label) => !harmless.test(label.trim())).map((label) => `${address}: ${label} is alive`),
      )
    }
    expect(found).toEqual([])
  })

  it('shows a person of one district nothing of another, in search neither', { timeout: slow }, async () => {
    const auditor = await open('示例·审计')
    const other = async (path: string) => (await ask(auditor, path)).json.items[0]
    const project = await other('/v1/projects?district=110108&limit=1')
    const community = await other('/v1/communities?district=110108&limit=1')
    const release = await other('/v1/releases?district=110108&limit=1')
    const { json: books } = await ask(auditor, '/v1/books?limit=500')
    const book = books.items.find(({ district }: { district: string }) => district === '110108')
    const one = await open()
    const { page } = one
    const walking = await walk(one, url(), await token('finance_maker', '110102'))
    const found: string[] = []
    const lists = addresses.filter(({ address }) => !/\/.+\//.test(address) && !/^\/(?:policy|calc)/.test(address))
    for (const { address } of lists) {
      const refused = (await walking.to(address)).filter(({ status }) => status === 403 || status === 404)
      found.push(...refused.map(({ status, path }) => `${address}: ${status} ${path}`))
      const text = await page.locator('main').textContent()
      for (const word of ['海淀', '110108', project.project, book.code])
        if (text?.includes(word)) found.push(`${address}: ${word}`)
    }
    expect(lists.length).toBeGreaterThan(12)
    for (const address of [
      `/projects/${project.project}/money`,
      `/communities/${community.community}`,
      `/releases/${release.release}`,
      `/books/${book.code}/trial`,
    ]) {
      const statuses = (await walking.to(address)).map(({ status }) => status)
      if (!statuses.includes(404)) found.push(`${address}: ${statuses.join()}`)
      if ((await page.locator('main').textContent())?.includes(project.name)) found.push(`${address}: its name`)
    }
    for (const q of [project.project, project.name, community.community, book.code, release.release]) {
      await page.getByRole('searchbox', { name: '搜索' }).fill(q)
      const results = page.getByRole('region', { name: '搜索结果' })
      await results.getByText(`没有找到“${q}”`).waitFor()
      if ((await results.getByRole('link').count()) > 0) found.push(`search ${q}`)
    }
    expect(found).toEqual([])
  })
})
