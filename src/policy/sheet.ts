/**
 * The printed sheet of all policy numbers, docs/POLICY.md: what each is, from when, by which clause, and which rule
 * files read it. It is generated (`npm run policy`) from the tables and the sources, and a test keeps it equal to them,
 * so that an official can check the service's law without reading its code.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { clauseText, documents } from './documents.ts'
import { always, type DatedValue, type Parameter } from './on.ts'
import { topics, unitNames } from './topics.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** The source files that read each parameter by `take('name')`, by name. */
export function readersOf(folder = join(root, 'src')): Map<string, string[]> {
  const readers = new Map<string, string[]>()
  for (const file of sourceFiles(folder)) {
    const code = readFileSync(file, 'utf8').replaceAll(/^\s*(\/\/|\/?\*).*$/gm, '')
    const names = [...code.matchAll(/\.take\('([a-z0-9_]+)'\)/g)].map((match) => match[1] ?? '')
    for (const name of new Set(names)) readers.set(name, [...(readers.get(name) ?? []), relative(root, file)])
  }
  return readers
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

/** The whole sheet as Markdown. */
export function policySheet(readers: ReadonlyMap<string, readonly string[]> = readersOf()): string {
  return [
    '# 政策参数表 / Policy numbers',
    '',
    '由 `npm run policy` 从 `src/policy/` 生成，请勿手改。每个数值自所列日期起适用；“始终”指出处未载明日期。',
    'Generated from `src/policy/` by `npm run policy`; do not edit. A value holds from its date on; 始终 (always) where its source names no date.',
    '',
    ...topics.flatMap(({ zh, en, parameters }) => [
      `## ${zh} / ${en}`,
      '',
      '| 参数 parameter | 含义 meaning | 单位 unit | 自 from | 值 value | 依据 clause | 使用者 read by |',
      '|---|---|---|---|---|---|---|',
      ...Object.entries(parameters).flatMap(([name, parameter]) => rowsOf(name, parameter, readers.get(name) ?? [])),
      '',
    ]),
    ...documentList(),
  ].join('\n')
}

function rowsOf(name: string, parameter: Parameter, readers: readonly string[]): string[] {
  return parameter.values.map((dated, index) => {
    const first = index === 0
    return row([
      first ? `\`${name}\`` : '',
      first ? `${parameter.zh}<br>${parameter.en}` : '',
      first ? unitText(parameter) : '',
      ...datedCells(dated),
      first ? readers.map((file) => `\`${file}\``).join('<br>') : '',
    ])
  })
}

const unitText = ({ unit }: Parameter): string => `${unitNames[unit].zh} ${unitNames[unit].en}`

function datedCells({ from, value, clause }: DatedValue<unknown>): string[] {
  return [from === always ? '始终' : from, valueText(value), clauseText(clause)]
}

/** A list as its items, a table of rows as one line a row, all else as it is written in the table. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) {
    const separator = value.some((entry) => typeof entry === 'object') ? '<br>' : '、'
    return value.length === 0 ? '（无 none）' : value.map(valueText).join(separator)
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value)
      .map(([key, entry]) => `${key}: ${valueText(entry)}`)
      .join('; ')
  }
  return String(value)
}

function documentList(): string[] {
  const cited = new Set<string>(
    topics.flatMap(({ parameters }) =>
      Object.values(parameters).flatMap(({ values }) => values.map(({ clause }) => clause.document)),
    ),
  )
  const rows = Object.entries(documents).filter(([key]) => cited.has(key))
  return [
    '## 依据文件 / Documents',
    '',
    '| 文号 number | 名称 title | 发布 issuer | 日期 date |',
    '|---|---|---|---|',
    ...rows.map(([, { number, title, issuer, date }]) => row([number, title, issuer, date])),
    '',
  ]
}

const row = (cells: readonly string[]): string => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const path = join(root, 'docs/POLICY.md')
  writeFileSync(path, policySheet())
  process.stdout.write(`${relative(process.cwd(), path)}\n`)
}
