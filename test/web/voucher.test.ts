/** A voucher as accountants want it: on one page of paper, and within reach of the keyboard alone. */
import type { Locator, Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { hasChromium, useConsole } from './service.ts'

const slow = 240_000

/** What of a picture is ink: its share, the share of coloured ink, and how near to each edge it comes, in pixels. */
type Ink = { readonly dark: number; readonly coloured: number; readonly edges: readonly number[] }

/** Looks at a picture pixel by pixel, in a page of its own. */
async function inkOf(page: Page, png: Buffer): Promise<Ink> {
  const blank = await page.context().newPage()
  const ink: Ink = await blank.evaluate(`(async () => {
    const bytes = Uint8Array.from(atob(${JSON.stringify(png.toString('base64'))}), (one) => one.charCodeAt(0))
    const picture = await createImageBitmap(new Blob([bytes], { type: 'image/png' }))
    const { width, height } = picture
    const canvas = new OffscreenCanvas(width, height).getContext('2d')
    canvas.drawImage(picture, 0, 0)
    const { data } = canvas.getImageData(0, 0, width, height)
    let [dark, coloured, left, right, top, bottom] = [0, 0, width, width, height, height]
    for (let y = 0; y < height; y += 1)
      for (let x = 0; x < width; x += 1) {
        const [r, g, b] = data.subarray((y * width + x) * 4)
        if (r + g + b > 600) continue
        dark += 1
        if (Math.max(r, g, b) - Math.min(r, g, b) > 60) coloured += 1
        left = Math.min(left, x)
        right = Math.min(right, width - 1 - x)
        top = Math.min(top, y)
        bottom = Math.min(bottom, height - 1 - y)
      }
    return { dark: dark / (width * height), coloured: coloured / (width * height), edges: [left, right, top, bottom] }
  })()`)
  await blank.close()
  return ink
}

describe.skipIf(!hasChromium)('a voucher', () => {
  const { url, open } = useConsole()

  it('is printed on one page of A5, all of it and nothing else', { timeout: slow }, async () => {
    const { page } = await open('示例·审计')
    await page.goto(`${url()}/entries/E1-2`)
    const paper = page.getByRole('region', { name: '记账凭证' })
    await paper.getByText(/^合计（/).waitFor()
    const pdf = (await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1')
    expect(pdf.match(/\/Type\s*\/Page\b/g)).toHaveLength(1)
    const [, width, height] = /\/MediaBox\s*\[\s*0\s+0\s+([\d.]+)\s+([\d.]+)/.exec(pdf) ?? []
    // A5 in points, lying.
    expect([Math.round(Number(width)), Math.round(Number(height))]).toEqual([595, 420])
    // The page within its margins of 8 mm, as it is printed.
    await page.emulateMedia({ media: 'print' })
    await page.setViewportSize({ width: 733, height: 499 })
    expect(await page.getByRole('navigation').count()).toBe(0)
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBeLessThanOrEqual(499)
    const { dark, coloured, edges } = await inkOf(page, await page.screenshot())
    expect(dark).toBeGreaterThan(0.01)
    expect(dark).toBeLessThan(0.3)
    expect(coloured).toBe(0)
    // Nothing is cut off: the rules of the table end before the paper does, or with it.
    expect(Math.min(...edges)).toBeGreaterThanOrEqual(0)
    expect(edges[3]).toBeGreaterThan(20)
    const box = await paper.getByRole('table', { name: '分录' }).boundingBox()
    expect((box?.x ?? 0) + (box?.width ?? 1_000)).toBeLessThanOrEqual(733)
  })

  it('is reached and proved from home by the keyboard alone', { timeout: slow }, async () => {
    const { page } = await open('示例·审计')
    const { keyboard } = page
    /** Goes on by Tab until something has the focus; it is seen to have it. */
    const tabTo = async (what: Locator): Promise<void> => {
      await what.waitFor()
      for (let presses = 0; presses < 150; presses += 1) {
        const isThere = await what.evaluate((element) => element === element.ownerDocument.activeElement)
        if (isThere) {
          const outline = await what.evaluate(
            'element => getComputedStyle(element).outlineStyle + getComputedStyle(element).boxShadow',
          )
          expect(outline).not.toBe('nonenone')
          return
        }
        await keyboard.press('Tab')
      }
      throw new Error(`no Tab leads to ${String(what)}`)
    }
    await keyboard.press('g')
    await keyboard.press('p')
    await page.getByRole('heading', { level: 1, name: '项目' }).waitFor()
    await tabTo(page.getByRole('region', { name: '项目，可滚动' }))
    await keyboard.press('j')
    await keyboard.press('Enter')
    await tabTo(page.getByRole('table', { name: '计入各栏的科目' }).getByRole('link').first())
    await keyboard.press('Enter')
    await tabTo(page.getByRole('table', { name: '明细账' }).getByRole('link').first())
    await keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: /^凭证/ }).waitFor()
    await page.getByRole('region', { name: '证明' }).getByText('成立', { exact: true }).waitFor()
    await tabTo(page.getByRole('button', { name: '打印' }))
    // And home again.
    await keyboard.press('g')
    await keyboard.press('h')
    await page.getByRole('heading', { level: 1, name: '首页 一本账' }).waitFor()
  })
})
