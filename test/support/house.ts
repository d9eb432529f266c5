/**
 * The source of the house as its walls read it: files, what they import, and the rules that look at more than one line.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))

export type Source = { readonly path: string; readonly text: string }
export type Import = { readonly from: string; readonly to: string; readonly typeOnly: boolean }

/** Paths below some folders of the checkout whose names end as given. */
export function filesBelow(folders: readonly string[], ending: RegExp): string[] {
  return folders
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
    )
    .filter((path) => ending.test(path) && !path.includes('node_modules') && !path.startsWith('web/dist'))
    .toSorted((a, b) => (a < b ? -1 : 1))
}

export const read = (path: string): Source => ({ path, text: readFileSync(join(root, path), 'utf8') })

export const planted = (path: string, text: string): Source => ({ path, text })

export function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/(^|\s)\/\/.*$/gm, '$1')
}

export function importsOf({ path, text }: Source): Import[] {
  const found = withoutComments(text).matchAll(
    /(?:^|\n|;)\s*(import|export)\s+(type\s)?(?:[^'"`;]*?from\s*)?'([^']+)'|import\(\s*'([^']+)'\s*\)/g,
  )
  return [...found].map(([, , typeOnly, from, dynamic]) => ({
    from: path,
    to: resolve(path, from ?? dynamic ?? ''),
    typeOnly: typeOnly !== undefined,
  }))
}

const resolve = (path: string, target: string): string =>
  target.startsWith('.') ? normalize(join(dirname(path), target)) : target

// --- What is reached ------------------------------------------------------------------------------------------------

/**
 * The way from each of some files to something it must not reach, however deep; types do not count, they are gone when
 * it runs.
 */
export function waysTo(all: readonly Source[], starts: (path: string) => boolean, target: RegExp): string[] {
  const values = new Map(
    all.map((source) => [source.path, importsOf(source).flatMap(({ to, typeOnly }) => (typeOnly ? [] : [to]))]),
  )
  const way = (path: string, seen: Set<string>): string[] | undefined => {
    for (const to of values.get(path) ?? []) {
      if (target.test(to)) return [path, to]
      if (seen.has(to)) continue
      const further = way(to, seen.add(to))
      if (further) return [path, ...further]
    }
    return undefined
  }
  return [...values.keys()].filter(starts).flatMap((path) => {
    const found = way(path, new Set([path]))
    return found ? [found.join(' → ')] : []
  })
}

/** Files that nothing imports. */
export function deadFiles(all: readonly Source[], entries: RegExp): string[] {
  const imported = new Set(all.flatMap(importsOf).map(({ to }) => to))
  return all.flatMap(({ path }) => (imported.has(path) || entries.test(path) ? [] : [path]))
}

// --- Sizes ----------------------------------------------------------------------------------------------------------

/** Folders that hold more files than a newcomer reads at a glance. */
export function fullFolders(paths: readonly string[], most: number, ofOneKind: RegExp): string[] {
  const files = new Map<string, number>()
  for (const folder of paths.map((path) => dirname(path))) files.set(folder, (files.get(folder) ?? 0) + 1)
  return [...files].flatMap(([folder, count]) =>
    count > most && !ofOneKind.test(folder) ? [`${folder} holds ${count} files`] : [],
  )
}

const linesOf = ({ text }: Source): number => text.trimEnd().split('\n').length

/** Files longer than the limit, with their length. */
export const longFiles = (all: readonly Source[], most: number): string[] =>
  all.flatMap((source) => (linesOf(source) > most ? [source.path] : []))

/** Lines of comments wider than code may be. A Chinese character is as wide as two. */
export const wideComments = (all: readonly Source[], columns: number): string[] =>
  all.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        /^\s*(?:\/\/|\/?\*)/.test(line) && line.length > columns ? [`${path}:${index + 1}`] : [],
      ),
  )

// --- Tables ---------------------------------------------------------------------------------------------------------

/** The room of a path: its folder in `src`, or the folder of the checkout. */
export const roomIn = (path: string): string =>
  path
    .split('/')
    .slice(0, path.startsWith('src/') ? 2 : 1)
    .join('/')

/** Who may write a table: the room whose `tables.ts` describes it. */
export function foreignWrites(all: readonly Source[], lent: Readonly<Record<string, string>>): string[] {
  const owners = new Map<string, string>()
  const named = new Map<string, string>()
  for (const { path, text } of all.filter((source) => source.path.endsWith('/tables.ts'))) {
    for (const [, name = '', table = ''] of text.matchAll(/const (\w+) = pgTable\(\s*'(\w+)'/g)) {
      owners.set(table, roomIn(path))
      named.set(name, roomIn(path))
    }
  }
  return all.flatMap(({ path, text }) => {
    const code = withoutComments(text)
    const writes = [
      ...[...code.matchAll(/\b(?:insert into|update|delete from) (?:yiben\.)?(\w+)/g)].map(([, table = '']) => [
        table,
        owners.get(table),
      ]),
      ...[...code.matchAll(/\.(?:insert|update|delete)\(\s*(\w+)/g)].map(([, name = '']) => [name, named.get(name)]),
    ]
    return writes
      .filter(([, owner]) => owner !== undefined && owner !== roomIn(path) && lent[roomIn(path)] !== owner)
      .map(([table, owner]) => `${path} writes ${table}, which is ${owner}'s`)
  })
}
