/**
 * The reference: the document, swagger-ui from our own origin (its usual wrappers load it from elsewhere, which leaves
 * a blank page on a closed network), and a page for each kind of problem, which its `type` leads to: what it means,
 * what to do, and what may answer with it.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { html } from 'hono/html'
import type { Text } from '../../base/refusal.ts'
import { blankSentence } from '../examples/blank.ts'
import { refusalForms } from '../refusal-forms.ts'
import { bareHeaders, docsHeaders, pageHeaders } from '../headers.ts'
import { openApiDocument } from '../openapi.ts'
import { type Answered, doorProblems, Problem } from '../problem.ts'
import type { OpenRoute, Page, Route } from '../route.ts'

const assetFolder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

const asset = (path: string, mediaType: string, content: () => string | Buffer): Page => {
  let bytes: Uint8Array<ArrayBuffer> | undefined
  return {
    path,
    serve: () => {
      bytes ??= new Uint8Array(Buffer.from(content()))
      return { status: 200, text: '', bytes, headers: { ...bareHeaders, 'content-type': mediaType } }
    },
  }
}

const fromSwagger = (name: string) => () => readFileSync(join(assetFolder, name))

// validatorUrl: the badge would send our document to a public service.
const starter = `window.ui = SwaggerUIBundle({
  url: '/openapi.json', dom_id: '#ui', validatorUrl: null, deepLinking: true, docExpansion: 'list', defaultModelsExpandDepth: 0,
  tryItOutEnabled: false, persistAuthorization: false, filter: true, plugins: [{ fn: { opsFilter: search } }],
  onComplete: () => document.querySelector('.operation-filter-input')?.setAttribute('placeholder', '搜索：名称、地址、权限 / search'),
})

// Its own search knows addresses alone: ours every word of an operation and of its group.
function search(groups, phrase) {
  const folded = (text) => String(text ?? '').normalize('NFKC').toLowerCase()
  const words = folded(phrase).split(/\\s+/)
  const says = (group) => (one) => {
    const { summary, description, operationId } = one.get('operation').toObject()
    const text = folded([group.getIn(['tagDetails', 'description']), one.get('method'), one.get('path'), summary, description, operationId].join(' '))
    return words.every((word) => text.includes(word))
  }
  return groups
    .map((group) => group.set('operations', group.get('operations').filter(says(group))))
    .filter((group) => group.get('operations').size > 0)
}\n`

const page = `<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>一本账 接口 / API</title><link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/icon.png"></head>
<body><div id="ui"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body></html>\n`

export const docsPages = (routes: readonly (Route | OpenRoute)[]): Page[] => [
  asset('/openapi.json', 'application/json', () => JSON.stringify(openApiDocument(routes), null, 1)),
  { path: '/docs', serve: () => ({ status: 200, headers: docsHeaders, text: page }) },
  asset('/docs/swagger-ui.css', 'text/css; charset=utf-8', fromSwagger('swagger-ui.css')),
  asset('/docs/swagger-ui-bundle.js', 'text/javascript; charset=utf-8', fromSwagger('swagger-ui-bundle.js')),
  asset('/docs/icon.png', 'image/png', fromSwagger('favicon-32x32.png')),
  asset('/docs/start.js', 'text/javascript; charset=utf-8', () => starter),
  { path: '/docs/problems/:code', serve: ({ code = '' }) => problemPage(code, routes) },
]

type Known = { readonly status: number; readonly title: Text; readonly detail: Text | ((facts: never) => Text) }

const knownProblems = new Map<string, Known>([...Object.entries(doorProblems), ...Object.entries(refusalForms)])

async function problemPage(code: string, routes: readonly (Route | OpenRoute)[]): Promise<Answered> {
  const known = knownProblems.get(code)
  if (!known) throw new Problem('not_found')
  const { status, title, detail } = known
  const meaning = typeof detail === 'function' ? blankSentence(detail) : detail
  const answering = routes.filter(({ refuses }) => refuses.some((one) => one === code))
  const text = await html`<!doctype html><html lang="zh-CN"><head><meta charset="utf-8"><title>${title.zh}</title>
<link rel="stylesheet" href="/docs/page.css"></head><body><main><h1>${title.zh}</h1><p>${meaning.zh}</p>
<h2 lang="en">${title.en}</h2><p lang="en">${meaning.en}</p>
<p><code>${code}</code> · HTTP ${status}</p><p>答复的 detail 写明「…」处的编号、金额和日期。 / The detail of an answer says which ids, amounts and days stand for “…”.</p>
${answering.length === 0 ? '' : html`<h2>可能遇到的操作 / What may answer with it</h2><ul>${answering.map(operationLine)}</ul>`}
<p><a href="/docs">接口清单 / API reference</a></p></main></body></html>`
  return { status: 200, headers: pageHeaders, text: String(text) }
}

const operationLine = ({ id, tag, method, path, summary }: Route | OpenRoute) =>
  html`<li><a href="/docs#/${tag}/${id}">${summary.zh} / ${summary.en}</a> <code>${method} ${path}</code></li>`
