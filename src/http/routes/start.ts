/**
 * The first page: the console; and while that is being built, or where it cannot be, a plain page that says what this
 * service is, how to sign in, which sample books it holds. It is open to anybody who reaches the port, so it shows
 * sample books only; that books of real money exist is not told here. It needs no script.
 */
import { html } from 'hono/html'
import { type BookContent, listSampleBooks } from '../../ledger/book-list.ts'
import { bareHeaders, pageHeaders } from '../headers.ts'
import type { Page, Parts } from '../route.ts'

const samplesShown = 100

const style = `:root{color-scheme:light dark}body{font:16px/1.6 system-ui,"Noto Sans CJK SC","Microsoft YaHei",sans-serif;margin:0}
main{max-width:60rem;margin:0 auto;padding:1.5rem}h1{margin:.2em 0}h2{margin-top:1.6em;font-size:1.15rem}
pre{background:color-mix(in srgb,currentColor 8%,transparent);padding:.8em 1em;overflow:auto;border-radius:6px}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.35em .6em;border-bottom:1px solid color-mix(in srgb,currentColor 20%,transparent);vertical-align:top}
td.number{text-align:right;font-variant-numeric:tabular-nums}.mark{border:1px solid;border-radius:4px;padding:0 .4em;font-size:.8em}\n`

// Open to anybody, so that whoever asks for it again and again costs one making a second.
const shownForMs = 1_000
type Shown = { readonly host: string; readonly state: string; readonly text: string; readonly at: number }

export const startPages = ({ service, console: files }: Parts): Page[] => {
  let shown: Shown | undefined
  return [
    {
      path: '/',
      serve: async (_, { headers: { host = '127.0.0.1:8080' } }) => {
        if (files?.state === 'ready') return files.page()
        const state = files ? states[files.state] : ''
        if (shown?.host !== host || shown.state !== state || performance.now() - shown.at > shownForMs) {
          const books = await listSampleBooks(service.ledger.database, samplesShown)
          const text = String(await page(`http://${host}`, books, files && state))
          shown = { host, state, text, at: performance.now() }
        }
        // Looks again by itself, without a script.
        const headers = files?.state === 'building' ? { ...pageHeaders, refresh: '3' } : pageHeaders
        return { status: 200, headers, text: shown.text }
      },
    },
    {
      path: '/docs/page.css',
      serve: () => ({
        status: 200,
        headers: { ...bareHeaders, 'content-type': 'text/css; charset=utf-8' },
        text: style,
      }),
    },
  ]
}

const states = {
  building: '控制台正在构建，约需十秒，构建好后本页自动打开。',
  failed: '控制台未能构建，原因见服务日志；可运行 npm install 和 npm run build:web。接口照常可用。',
  ready: '',
}

const page = (url: string, books: readonly BookContent[], state: string | undefined) => html`<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>一本账 Yiben</title>
<link rel="stylesheet" href="/docs/page.css"></head><body><main>
<h1>一本账 <small lang="en">Yiben</small></h1>
<p>老旧小区改造资金账：财政资金、专项债券、公积金、维修资金、居民出资和社会资本，一笔一笔复式记账，笔笔可查、可证。</p>
${state ? html`<p role="status">${state}</p>` : ''}
<h2>登录</h2>
<p>接口使用令牌。在运行本服务的机器上签发一个，供本机试用：</p>
<pre>npm run -s yiben -- token --role integration</pre>
<h2>查账与记账</h2>
<pre>TOKEN=$(npm run -s yiben -- token --role integration)
curl -H "Authorization: Bearer $TOKEN" ${url}/v1/books
curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" ${url}/v1/books \\
  -d '{"code":"MY-BOOK","name":"我的账套","district":"110102","standard":"government"}'
curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" -H "Idempotency-Key: my-1" ${url}/v1/books/MY-BOOK/entries \\
  -d '{"on":"2026-03-05","summary":"下达授权支付额度","lines":[
       {"account":"1011","debit":"100.00","project":"P1","source":"F21"},
       {"account":"4001","credit":"100.00","project":"P1","source":"F21"}]}'
curl -H "Authorization: Bearer $TOKEN" "${url}/v1/books/MY-BOOK/trial-balance?asOf=2026-03-31"</pre>
<p><a href="/docs">接口清单</a> · <a href="/openapi.json">openapi.json</a></p>
<h2>示例账套</h2>
${books.length === 0 ? html`<p>没有示例账套。</p>` : bookTable(books)}
</main></body></html>`

const bookTable = (
  books: readonly BookContent[],
) => html`<table><thead><tr><th>账套</th><th>名称</th><th>会计制度</th><th>区划</th><th>凭证</th><th>最近业务日期</th></tr></thead>
<tbody>${books.map(
  ({ book, entries, lastOn }) => html`<tr><td><code>${book.code}</code></td>
<td>${book.name} <span class="mark">示例</span><br><small>数据来源：${book.sampleOf ?? ''}</small></td>
<td>${book.chart.title}</td><td>${book.district}</td><td class="number">${entries}</td><td>${lastOn ?? '—'}</td></tr>`,
)}</tbody></table>`
