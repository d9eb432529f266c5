/**
 * Stories: what officers do with the service, told in its own words and played through its door. An operation is called
 * by its Chinese name in the published document, so a story reads like the work and breaks when the document no longer
 * says what it did.
 *
 *   人 张三 finance_maker [110108]       somebody who acts, with a role and, where limited, a district
 *   日 2024-03-15                        the business day on which what follows happens
 *   张三 登记指标 -> Z                    an operation; its answer is kept as Z. Rows below it are its fields:
 *     amount  100,000,000.00             name and value; $Z.approval is a field of a kept answer
 *     allocation  FP-2                   a name of the path and of the body is given twice, first for the path
 *     shares:                            a table: names of the columns, then rows; - is an empty cell
 *       recipient  area
 *       110101     120
 *   张三 登记指标 同前 indicator=Z-2      what was last asked in full, with other values; a name without one is left out
 *   得 shares[110101].amount 4.00        what the answer must say; [x] is the row in which something is x
 *   拒 balance_insufficient 4.00 F21      it must be refused so and no other way, by a sentence that names these
 *   张三 存档 DC 满意度调查报告 -> F       keeps an original with this text in a book; $F.sha256 is its name
 *   李四 复核 $Z.approval                 decides on an approval as it is shown: 复核, 审批, 退回, 撤回
 *   账 BOOK 910401 借 4.00 [project=P1]   a balance; 账 BOOK 1011 平 is zero
 *   误 BOOK 2026-01-12 910402 910401 4.00 [project=P1]
 *                                       what only a fault of the program could post: debit, credit, amount
 *   作业                                 every job that is due has run
 *   自查                                 every check of the books passes
 */
export type Field = { readonly name: string; readonly value: string }
export type Table = { readonly name: string; readonly rows: readonly (readonly Field[])[] }

/** A refusal by its code, and what its sentence names in either language. */
export type Expected = { readonly code: string; readonly names: readonly string[] }

type Operation = Statement & { readonly kind: 'operation' }

export type Statement =
  | { readonly kind: 'person'; readonly name: string; readonly role: string; readonly district?: string }
  | { readonly kind: 'day'; readonly day: string }
  | {
      readonly kind: 'operation'
      readonly person: string
      readonly operation: string
      readonly fields: readonly Field[]
      readonly tables: readonly Table[]
      readonly keep?: string
      readonly refused?: Expected
      readonly says: readonly Field[]
    }
  | {
      readonly kind: 'decision'
      readonly person: string
      readonly verdict: string
      readonly approval: string
      readonly reason?: string
      readonly refused?: Expected
    }
  | {
      readonly kind: 'original'
      readonly person: string
      readonly book: string
      readonly content: string
      readonly keep: string
    }
  | {
      readonly kind: 'balance'
      readonly book: string
      readonly account: string
      readonly side: '借' | '贷' | '平'
      readonly amount: string
      readonly filter: readonly Field[]
    }
  | {
      readonly kind: 'fault'
      readonly book: string
      readonly day: string
      readonly debit: string
      readonly credit: string
      readonly amount: string
      readonly of: readonly Field[]
    }
  | { readonly kind: 'jobs' }
  | { readonly kind: 'checks' }

export type Step = { readonly at: number; readonly text: string; readonly does: Statement }
export type Story = { readonly title: string; readonly steps: readonly Step[] }

export const verdictOf: Readonly<Record<string, string>> = {
  复核: 'check',
  审批: 'approve',
  退回: 'reject',
  撤回: 'withdraw',
}

type Line = { readonly at: number; readonly indent: number; readonly text: string }

/** Reads a story; what is not understood is named with its line. */
export function readStory(source: string, file: string): Story {
  const all = source.split('\n').map((text, index) => ({ at: index + 1, indent: text.search(/\S/), text: text.trim() }))
  const title = all.find(({ text }) => text.startsWith('# '))?.text.slice(2) ?? file
  const lines = all.filter(({ text }) => text !== '' && !text.startsWith('#'))
  const steps: Step[] = []
  const last = new Map<string, Operation>()
  for (let i = 0; i < lines.length; ) {
    const head = lines[i] as Line
    if (head.indent !== 0) throw wrong(file, head, 'stands under nothing')
    let end = i + 1
    while ((lines[end]?.indent ?? 0) > 0) end += 1
    const under = lines.slice(i + 1, end)
    if (!attach(steps, head, file))
      steps.push({ at: head.at, text: head.text, does: statement(head, under, { file, last }) })
    i = end
  }
  return { title, steps }
}

const wrong = (file: string, { at, text }: Line, why: string): Error => new Error(`${file}:${at} ${text}: ${why}`)

// 得 and 拒 belong to the operation before them; says whether the line was one of these.
function attach(steps: Step[], line: Line, file: string): boolean {
  const [word, name = '', ...rest] = line.text.split(/\s+/)
  if (word !== '得' && word !== '拒') return false
  const last = steps.pop()
  if (last?.does.kind !== 'operation' && last?.does.kind !== 'decision') throw wrong(file, line, 'follows no operation')
  const { does } = last
  if (word === '拒') steps.push({ ...last, does: { ...does, refused: { code: name, names: rest } } })
  else if (does.kind === 'operation')
    steps.push({ ...last, does: { ...does, says: [...does.says, { name, value: rest.join(' ') }] } })
  else throw wrong(file, line, 'a decision is only refused or not')
  return true
}

/** Where a story is read, and what was last asked in full of each operation in it. */
type Reading = { readonly file: string; readonly last: Map<string, Operation> }

function statement(head: Line, under: readonly Line[], reading: Reading): Statement {
  const { file } = reading
  const words = head.text.split(/\s+/)
  const [first = '', second = '', third = '', fourth = ''] = words
  if (first === '人') return { kind: 'person', name: second, role: third, ...(fourth !== '' && { district: fourth }) }
  if (first === '日') return { kind: 'day', day: second }
  if (first === '作业') return { kind: 'jobs' }
  if (first === '自查') return { kind: 'checks' }
  if (first === '误') {
    const [, book = '', day = '', debit = '', credit = '', amount = '', ...of] = words
    return { kind: 'fault', book, day, debit, credit, amount: amount.replaceAll(',', ''), of: of.map(pair) }
  }
  if (first === '账') {
    if (fourth !== '借' && fourth !== '贷' && fourth !== '平') throw wrong(file, head, 'says neither 借, 贷 nor 平')
    const amount = fourth === '平' ? '0.00' : (words[4] ?? '').replaceAll(',', '')
    const filter = words.slice(fourth === '平' ? 4 : 5).map(pair)
    return { kind: 'balance', book: second, account: third, side: fourth, amount, filter }
  }
  if (Object.hasOwn(verdictOf, second)) {
    const reason = words.slice(3).join(' ')
    const verdict = verdictOf[second] ?? ''
    return { kind: 'decision', person: first, verdict, approval: third, ...(reason !== '' && { reason }) }
  }
  if (second === '存档') {
    const [keep = ''] = words.slice(5)
    if (words[4] !== '->' || keep === '') throw wrong(file, head, 'keeps a text of one word -> as a name')
    return { kind: 'original', person: first, book: third, content: fourth, keep }
  }
  if (second === '') throw wrong(file, head, 'is not understood')
  const { fields, tables, ...rest } = operation(words, under, file)
  const before = words[2] === '同前' ? reading.last.get(second) : undefined
  if (words[2] === '同前' && !before) throw wrong(file, head, 'comes before any other')
  const asked = {
    ...rest,
    fields: merged(before?.fields ?? [], fields).filter(({ value }) => value !== ''),
    tables: merged(before?.tables ?? [], tables).filter(({ name }) => !fields.some((one) => one.name === name)),
  }
  reading.last.set(second, before ?? asked)
  return asked
}

/** What was given before, with what is given now in the place of what has the same name. */
const merged = <Of extends { readonly name: string }>(before: readonly Of[], now: readonly Of[]): Of[] => [
  ...before.filter(({ name }) => !now.some((one) => one.name === name)),
  ...now,
]

function operation(words: readonly string[], under: readonly Line[], file: string): Operation {
  const [person = '', name = ''] = words
  const arrow = words.indexOf('->')
  const keep = arrow === -1 ? undefined : words[arrow + 1]
  const inline = words.slice(words[2] === '同前' ? 3 : 2, arrow === -1 ? undefined : arrow).map(pair)
  const fields: Field[] = [...inline]
  const tables: Table[] = []
  const margin = Math.min(...under.map(({ indent }) => indent))
  for (let i = 0; i < under.length; ) {
    const line = under[i] as Line
    if (line.indent > margin) throw wrong(file, line, 'stands under no table')
    let end = i + 1
    while ((under[end]?.indent ?? 0) > margin) end += 1
    if (line.text.endsWith(':')) tables.push(table(line.text.slice(0, -1), under.slice(i + 1, end)))
    else fields.push(field(line.text))
    i = end
  }
  return { kind: 'operation', person, operation: name, fields, tables, says: [], ...(keep !== undefined && { keep }) }
}

function table(name: string, [head, ...rows]: readonly Line[]): Table {
  const columns = head?.text.split(/\s+/) ?? []
  return {
    name,
    rows: rows.map(({ text }) => {
      const cells = text.split(/\s+/)
      return columns.flatMap((column, index) => {
        const value = cells[index]
        return value === undefined || value === '-' ? [] : [{ name: column, value }]
      })
    }),
  }
}

function field(text: string): Field {
  const [name = ''] = text.split(/\s+/)
  return { name, value: text.slice(name.length).trim() }
}

function pair(text: string): Field {
  const at = text.indexOf('=')
  return { name: text.slice(0, at), value: text.slice(at + 1) }
}
