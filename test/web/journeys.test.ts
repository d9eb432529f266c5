/** What officers come for, from its beginning to its end: by mouse and keyboard, found by accessible names alone. */
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { ask, hasChromium, keep, type Opened, tell, useConsole } from './service.ts'

const slow = 400_000

const inYuan = async ({ page }: Opened): Promise<void> => {
  await page.getByRole('radio', { name: '元', exact: true }).press('Space')
}
const shown = (amount: string): string => amount.replaceAll(/\B(?=(?:\d{3})+\.)/g, ',')
const isDead = async (page: Page, name: string): Promise<string> => {
  const button = page.getByRole('button', { name: new RegExp(`^${name}`) })
  await expect.poll(() => button.getAttribute('aria-disabled'), { timeout: 30_000 }).toBe('true')
  // While what stands in the way is being read, that is the reason.
  await expect.poll(() => button.textContent(), { timeout: 30_000 }).not.toContain('正在读取')
  return (await button.textContent()) ?? ''
}

describe.skipIf(!hasChromium)('an officer', () => {
  const { url, open } = useConsole()

  /** Decides a matter as each of some persons. */
  async function decide(approval: string, ...by: (readonly [person: string, verdict: string])[]): Promise<void> {
    for (const [person, verdict] of by) {
      const one = await open(person)
      await one.page.goto(`${url()}/todo/${approval}`)
      await one.page.getByRole('button', { name: verdict, exact: true }).click()
      const done = one.page.getByRole('region', { name: '经过', exact: true }).getByText(person).first()
      // The last approval of a release, of a reopening and of much money takes a fresh proof.
      const dialog = one.page.getByRole('dialog', { name: '再次确认身份' })
      await done.or(dialog).first().waitFor()
      if (await dialog.isVisible()) await dialog.getByRole('button', { name: '确认是我本人' }).click()
      await done.waitFor()
    }
  }

  it('moves weights, tries them, saves a version, compares and submits it', { timeout: slow }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    const recipients = [
      { id: '110101', area: '120', households: 150, buildings: 30, communities: 4, coefficient: '1.00' },
      { id: '110102', area: '80', households: 110, buildings: 22, communities: 3, coefficient: '1.20' },
      { id: '110108', area: '50', households: 60, buildings: 13, communities: 2, coefficient: '1.50' },
    ]
    await tell(maker, '/v1/allocations', {
      allocation: 'FP-W',
      indicator: 'SZ-LJ2026',
      document: '2026年分配表（示例）',
      on: '2026-03-10',
      recipients: 'districts',
      total: '3000000.00',
      formula: { variant: 'factor-2019' },
      books: recipients.map(({ id }) => ({ district: id, book: `SAMPLE-${id}` })),
      rows: recipients.map(({ id, ...counts }) => ({ recipient: id, ...counts })),
    })
    await page.goto(`${url()}/allocations/FP-W`)
    await inYuan(maker)
    const weights = page.getByRole('region', { name: '权重' })
    await weights.getByRole('slider', { name: '面积权重滑块' }).press('ArrowRight')
    await page.getByText('权重合计为 1 时即试算，现为 1.01').waitFor()
    expect(await isDead(page, '存为新版本')).toContain('权重合计须为 1，现为 1.01')
    // Typed key by key, as hands do; what is no weight is not saved, and what stood before it neither.
    const households = weights.getByRole('textbox', { name: '户数权重' })
    await households.press('Control+a')
    await households.pressSequentially('0.391')
    expect(await households.inputValue()).toBe('0.391')
    await weights.getByText('须为 0 至 1，最多两位小数', { exact: true }).waitFor()
    expect(await isDead(page, '存为新版本')).toContain('户数权重须为 0 至 1，最多两位小数')
    await households.press('Backspace')
    expect(await households.inputValue()).toBe('0.39')
    const { json: tried } = await ask(maker, '/v1/calc/factor-allocation', {
      method: 'POST',
      body: {
        total: '3000000.00',
        weights: { area: '0.41', households: '0.39', buildings: '0.10', communities: '0.10' },
        recipients,
      },
      headers: { 'yiben-console': '1' },
    })
    const [dongcheng] = tried.result.shares
    await page.getByRole('table', { name: '试算' }).getByText(shown(dongcheng.amount)).waitFor()
    await weights.getByRole('textbox', { name: '权重的依据文件' }).fill('京财建〔2026〕示例权重1号')
    await page.getByRole('button', { name: '存为新版本' }).click()
    const compared = page.getByRole('table', { name: '版本对照' })
    await compared.getByRole('row', { name: /东城/ }).getByText(shown(dongcheng.amount)).waitFor()
    expect(await compared.getByRole('row', { name: /^合计/ }).textContent()).toBe('合计3,000,000.003,000,000.000.00')
    await page.getByRole('button', { name: '送审' }).click()
    await page.getByRole('heading', { level: 1, name: /^A-\d+ 资金分配/ }).waitFor()
    const { json: after } = await ask(maker, '/v1/allocations/FP-W')
    expect([after.state, after.version]).toEqual(['submitted', 2])
  })

  it('asks for early disbursement, sees how far it is and what came of it, and has it approved', {
    timeout: slow,
  }, async () => {
    const checker = await open('示例·复核')
    const { json: waiting } = await ask(checker, '/v1/approvals?mine=to_do')
    const { id: first } = waiting.items.find(({ summary }: { summary: string }) => summary.includes('110116'))
    await checker.page.goto(`${url()}/todo/${first}`)
    await checker.page.getByRole('textbox', { name: /意见/ }).fill('金额须重新核定')
    await checker.page.getByRole('button', { name: '退回', exact: true }).click()
    await checker.page.getByText('此事项已办结。').waitFor()

    const maker = await open('示例·经办')
    const { page } = maker
    await page.goto(`${url()}/early/2025Q4`)
    await page.getByRole('table', { name: '预览：可早拨' }).getByRole('row', { name: /怀柔/ }).waitFor()
    await page.getByRole('button', { name: '发起第 2 轮' }).click()
    const job = page.getByRole('region', { name: '作业' })
    await job.getByRole('progressbar', { name: '作业进度' }).waitFor()
    await job.getByText('已完成').waitFor({ timeout: 120_000 })
    await page.getByRole('table', { name: '第 2 轮：可早拨' }).getByRole('row', { name: /怀柔/ }).waitFor()
    await page.getByRole('link', { name: '由此产生的拨付' }).click()
    const released = page.getByRole('table', { name: '拨付' }).getByRole('row', { name: /怀柔/ })
    await released.filter({ hasText: /待/ }).getByRole('link').first().click()
    const matter = page.getByRole('region', { name: '条件' }).getByRole('link', { name: /^A-\d+$/ })
    const approval = (await matter.textContent()) ?? ''
    await decide(approval, ['示例·复核', '复核通过'], ['示例·审批一', '批准'])
    const { json: after } = await ask(maker, `/v1/approvals/${approval}`)
    expect(after.state).toBe('approved')
  })

  it('closes a month, is offered the next, and has it reopened by another person', { timeout: slow }, async () => {
    const checker = await open('示例·复核')
    const periods = `${url()}/books/SAMPLE-E2E/periods`
    await checker.page.goto(periods)
    const month = checker.page.getByLabel('结账月份')
    await expect.poll(() => month.inputValue()).toBe('2026-01')
    await checker.page.getByRole('button', { name: '结账', exact: true }).click()
    await checker.page.getByText('已结账至 2026-01。').waitFor()
    await expect.poll(() => month.inputValue()).toBe('2026-02')

    const maker = await open('示例·经办')
    await maker.page.goto(periods)
    expect(await isDead(maker.page, '申请反结账')).toContain('请写明事由')
    await maker.page.getByRole('textbox', { name: '事由' }).fill('一笔凭证的日期有误')
    await maker.page.getByRole('button', { name: '申请反结账' }).click()
    const approval = (await maker.page.getByRole('status').getByRole('link').textContent()) ?? ''
    expect((await ask(maker, `/v1/books/SAMPLE-E2E/periods`)).json.closedThrough).toBe('2026-01')
    await maker.page.goto(`${url()}/todo/${approval}`)
    await isDead(maker.page, '复核通过')
    await isDead(maker.page, '批准')
    const { json: matter } = await ask(maker, `/v1/approvals/${approval}`)
    const steps: (readonly [string, string])[] = [['示例·审批一', '批准']]
    if (matter.state === 'checking') steps.unshift(['示例·复核', '复核通过'])
    await decide(approval, ...steps)
    await checker.page.reload()
    await checker.page.getByText('已结账至 2025-12。').waitFor()
    const acts = await checker.page.getByRole('region', { name: '经过' }).getByRole('listitem').allTextContents()
    expect(acts.slice(0, 3).map((act) => act.replace(/\d{4}-\d{2}-\d{2}.*$/, '').trim())).toEqual([
      '反结账 2026-01 · 示例·审批一',
      '申请反结账 2026-01 · 示例·经办',
      '结账 2026-01 · 示例·复核',
    ])
  })

  /** What was entered on a page waits there; another person checks it. */
  async function checkWaiting(page: Page): Promise<void> {
    const waiting = page.getByRole('region', { name: '待复核的事实' }).getByRole('link', { name: /^A-\d+$/ })
    const approval = (await waiting.textContent()) ?? ''
    await decide(approval, ['示例·复核', '复核通过'])
  }

  it('takes a project from the reserve to its works, told at each gate what is missing', {
    timeout: slow,
  }, async () => {
    const maker = await open('示例·经办')
    const { page } = maker
    await reserve(maker)
    const documents = `${url()}/projects/GJ-47/documents`
    const plan = `${url()}/plans/110102/2027`
    await page.goto(plan)
    expect(await isDead(page, '确定第 1 批')).toContain('GJ-47')
    await page.goto(documents)
    await page.getByText('推进（现为储备）').waitFor()
    await page.getByRole('combobox', { name: '文件种类' }).click()
    await page.getByTitle(/续筹/).click()
    await page.getByRole('region', { name: '登记文件' }).getByRole('textbox', { name: '文号' }).fill('承诺〔2026〕1号')
    await page.getByLabel('日期', { exact: true }).fill('2026-01-10')
    const sha256 = await keep(maker, 'SAMPLE-110102', '续筹承诺书')
    await page.getByRole('textbox', { name: '原件的 SHA-256（续筹承诺必填）' }).fill(sha256)
    await page.getByRole('button', { name: '登记', exact: true }).click()
    await checkWaiting(page)
    await page.goto(documents)
    await page.getByRole('table', { name: '文件' }).getByText('承诺〔2026〕1号').waitFor()
    await page.goto(plan)
    await page.getByRole('button', { name: '确定第 1 批' }).click()
    await page.getByRole('region', { name: '已定批次' }).getByText('第 1 批').waitFor()
    await page.goto(documents)
    await page.getByText('推进（现为列入计划）').waitFor()
    expect(await isDead(page, '推进到实施')).toContain('资金方案')
    await tell(maker, '/v1/projects/GJ-47/funding-plans', {
      lines: [{ line: 'L1', item: 'B02', amount: '42000.00' }],
      shares: [
        { line: 'L1', source: 'F21', amount: '33600.00' },
        { line: 'L1', source: 'F51', amount: '8400.00' },
      ],
    })
    await page.goto(`${url()}/projects/GJ-47/plan`)
    await page.getByRole('button', { name: '送审' }).click()
    const heading = page.getByRole('heading', { level: 1, name: /^A-\d+ / })
    const [approval = ''] = ((await heading.textContent()) ?? '').split(' ')
    await decide(approval, ['示例·复核', '复核通过'], ['示例·审批一', '批准'])
    await page.goto(documents)
    await page.getByRole('textbox', { name: '依据文件' }).fill('开工令〔2026〕1号')
    await page.getByRole('textbox', { name: /^原件的 SHA-256（先上传/ }).fill(sha256)
    await page.getByRole('button', { name: '推进到实施' }).click()
    await checkWaiting(page)
    await page.goto(documents)
    await page.getByText('推进（现为实施）').waitFor()
    expect((await ask(maker, '/v1/projects/GJ-47')).json.state).toBe('under_way')
  })
})

/** A project of the reserve, first in the queue of a plan that can pay it. */
async function reserve(maker: Opened): Promise<void> {
  await tell(maker, '/v1/communities', { community: 'XQ-47', district: '110102', name: '桦树胡同小区' })
  await tell(
    maker,
    '/v1/communities/XQ-47/buildings',
    {
      buildings: [{ building: '8', name: '8号楼' }],
      dwellings: ['101', '102'].map((dwelling) => ({ building: '8', dwelling, area: '45.60', ownership: 'private' })),
    },
    { version: 1 },
  )
  await tell(maker, '/v1/projects', {
    project: 'GJ-47',
    district: '110102',
    kind: 'rebuild',
    name: '8号楼改建',
    implementer: '某街道办事处',
    planBook: 'SAMPLE-110102-PLAN',
    householdsBefore: 20,
    householdsAfter: 20,
    buildings: [{ community: 'XQ-47', building: '8' }],
    items: [{ item: 'B02', cost: '42000.00' }],
  })
  await tell(maker, '/v1/plans', {
    district: '110102',
    year: 2027,
    capacity: '50000.00',
    queue: [{ project: 'GJ-47', priority: 1, need: '42000.00' }],
  })
}
