/**
 * N26: what is said in English is English, and what is said in Chinese is Chinese. Every sentence of the source that
 * stands in both languages is looked at, wherever it stands: refusals, terms, forms, alerts, limits, words of previews,
 * the command line. English holds no Chinese character and no Chinese comma; Chinese holds no English phrase. Codes and
 * names that both quote are not words. A list that is put into both sentences is spelled for each.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const sources = ['src', 'jobs', 'reports'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(join(root, folder, name), 'utf8') })),
)

const literal = String.raw`(?:'(?:[^'\\\n]|\\.)*'|\x60(?:[^\x60\\]|\\.)*\x60)`
const patterns = {
  /** A field of a text: `zh: '…'`, `en: '…'`. */
  field: new RegExp(String.raw`\b(zh|en):\s*(${literal})`, 'g'),
  /** What a form is about: Chinese, then English. */
  pair: new RegExp(String.raw`\babout\(\s*(${literal}),\s*(${literal}),?\s*\)`, 'g'),
}

type Said = { readonly language: 'zh' | 'en'; readonly text: string; readonly at: string }

/** Everything that is said in one of the languages; what a template puts in is left out. */
function said({ path, text }: { path: string; text: string }): Said[] {
  const at = (index: number) => `${path}:${text.slice(0, index).split('\n').length}`
  const of = (language: 'zh' | 'en', found: string, index: number): Said => ({
    language,
    text: withoutHoles(found.slice(1, -1)),
    at: at(index),
  })
  return [
    ...[...text.matchAll(patterns.field)].map((m) => of(m[1] as 'zh' | 'en', m[2] ?? '', m.index)),
    ...[...text.matchAll(patterns.pair)].flatMap((m) => [of('zh', m[1] ?? '', m.index), of('en', m[2] ?? '', m.index)]),
  ]
}

/** A template without what is put into it, however deep that is. */
function withoutHoles(text: string): string {
  let depth = 0
  let out = ''
  for (let i = 0; i < text.length; i++) {
    if (text.startsWith('${', i)) depth++
    if (depth === 0) out += text[i]
    if (depth > 0 && text[i] === '}') depth--
  }
  return out
}

const chinese = /[\p{Script=Han}、，。；：（）「」《》！？]/u
/** Chinese that English quotes because it is a name. */
const quoted = /\([\p{Script=Han}、]+\)|“[^”]+”/gu
/** What Chinese quotes as it is written: commands, routes, headers, codes, names of formats, units and products. */
const written =
  /\b(?:GET|POST|PUT|DELETE)\b[^，。；）]*|\byiben [a-z -]+|\bnpm [a-z -]+|--[a-z-]+(?: [A-Z]+)?|\/[\w{}/.?=&-]+|"[^"]*"|\b[A-Z][\w-]*\b|\b[a-z]+(?:[A-Z_.][A-Za-z]*)+\b/g
/** Two words of English in a row. */
const phrase = /\b[a-z]{2,} [a-z]{2,}\b/

const faultOf = ({ language, text, at }: Said): string[] =>
  language === 'en'
    ? chinese.test(text.replaceAll(quoted, ''))
      ? [`${at} Chinese in English: ${text}`]
      : []
    : phrase.test(text.replaceAll(written, ' · '))
      ? [`${at} English in Chinese: ${text}`]
      : []

/** A list joined the Chinese way that is not part of a Chinese text: it goes into both sentences. */
function joinedForBoth({ path, text }: { path: string; text: string }): string[] {
  return text.split('\n').flatMap((line, index, lines) => {
    // A cell of a sheet is no sentence.
    if (!line.includes("join('、')") || path.startsWith('src/http/sheet/')) return []
    const near = `${lines[index - 1] ?? ''}\n${line}`
    const isChinese = /\p{Script=Han}/u.test(near.replaceAll('、', '')) || /\bzh\b|\bname:|about\(/.test(near)
    return isChinese ? [] : [`${path}:${index + 1} a Chinese list for both languages: ${line.trim()}`]
  })
}

describe('every sentence', () => {
  it('is found, some thousands of them', () => expect(sources.flatMap(said).length).toBeGreaterThan(3_000))
  it('is of its language', () => expect(sources.flatMap(said).flatMap(faultOf)).toEqual([]))
  it('spells its lists for each language', () => expect(sources.flatMap(joinedForBoth)).toEqual([]))

  it.each([
    ["{ zh: '状态', en: '状态' }", 'Chinese in English'],
    ["{ zh: '状态', en: 'one、two' }", 'Chinese in English'],
    ["{ zh: '状态 is not valid now', en: 'state' }", 'English in Chinese'],
    ["about('状态', '状态')", 'Chinese in English'],
    ['{ zh: `状态 ${f.x}`, en: `state ${f.x} 元` }', 'Chinese in English'],
  ])('of another language is found: %s', (text, fault) => {
    const found = said({ path: 'src/x.ts', text }).flatMap(faultOf)
    expect(found[0] ?? '').toContain(fault)
  })
  it('a list for both is found', () => {
    const text = "throw refuse('x', { known: all.join('、') })"
    expect(joinedForBoth({ path: 'src/x.ts', text })).toHaveLength(1)
    expect(joinedForBoth({ path: 'src/x.ts', text: "zh: all.join('、')," })).toEqual([])
  })
})
