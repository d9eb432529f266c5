/**
 * The query string, read strictly: every parameter once, percent-encoded UTF-8. A plus is a plus and not a space,
 * because no parameter here has spaces and people forget to encode the one in +08:00.
 */
import { invalid } from './problem.ts'

export function parseQuery(url: string): Record<string, string> {
  const start = url.indexOf('?')
  if (start === -1 || start === url.length - 1) return {}
  const parameters: Record<string, string> = Object.create(null)
  for (const part of url.slice(start + 1).split('&')) {
    if (part === '') continue
    const equals = part.indexOf('=')
    const name = decoded(equals === -1 ? part : part.slice(0, equals))
    if (name in parameters) throw invalid(`/query/${name}`, '参数重复', 'given twice')
    parameters[name] = decoded(equals === -1 ? '' : part.slice(equals + 1))
  }
  return parameters
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    throw invalid('/query', '查询参数编码有误', 'a parameter is not percent-encoded UTF-8')
  }
}
