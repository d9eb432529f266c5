/**
 * A scenario is a text an accountant can read: what is posted, closed, carried over, and what the books must then say.
 * The sample that `npm start` loads and the ledger's tests are such texts, so that each story is written down once. The
 * form is described in docs/FLOWS.md; in short, a statement stands at the margin, and the rows of its table are
 * indented under it.
 *
 * This file knows the form and nothing of a ledger: play.ts carries the deeds out, and the tests hold the checks
 * against the books.
 */
import { isRole, type Actor } from '../access/actor.ts'
import { Bug } from '../base/assert.ts'
import { type Day, day, type Month, parseMonth } from '../base/calendar.ts'
import { type Fen, parseAmount } from '../base/money.ts'
import { entities, type Entity } from '../ledger/book.ts'
import { type Basis, bases, type Dimension, dimensions, type Side, type Standard, standards } from '../ledger/chart.ts'
import { type DocumentReference, type EntryDraft, generalType, type LineDraft, redType } from '../ledger/entry.ts'

export type BookText = {
  readonly code: string
  readonly standard: Standard
  readonly entity?: Entity
  readonly district: string
  readonly name: string
  readonly sampleOf?: string
}

export type EntryText = { readonly draft: EntryDraft; readonly label?: string }

/** What changes the books. */
export type Deed =
  | { readonly kind: 'book'; readonly book: BookText }
  | { readonly kind: 'in'; readonly code: string }
  | ({ readonly kind: 'entry' } & EntryText)
  | {
      readonly kind: 'together'
      readonly how: 'transaction' | 'batch' | 'atomic'
      readonly entries: readonly (EntryText & { readonly book?: string; readonly refused?: string })[]
    }
  | {
      readonly kind: 'reverse'
      /** A label with its @, or the id of an entry. */
      readonly of: string
      readonly on: Day
      readonly reason: string
      readonly label?: string
    }
  | { readonly kind: 'close'; readonly month: Month }
  | { readonly kind: 'request' | 'approve' | 'reopen'; readonly month: Month; readonly reason: string }
  | { readonly kind: 'carry' | 'preview' | 'commit'; readonly year: number }
  | { readonly kind: 'again' | 'forget' }

/** An expected balance; `side` is absent where it is zero. */
export type Expected = { readonly side?: Side; readonly amountFen: Fen }

export type MomentText = { readonly asOf?: Day; readonly knownAt?: string }

/** What the books must say. */
export type Check =
  | ({
      readonly kind: 'balance'
      readonly account: string
      readonly project?: string
      readonly source?: string
    } & MomentText &
      Expected)
  | ({
      readonly kind: 'trial'
      readonly basis?: Basis
      readonly rows: readonly ({ readonly account: string } & Expected)[]
    } & MomentText)
  | { readonly kind: 'zero'; readonly basis?: Basis }

export type Step = {
  /** Line of the text, for messages. */
  readonly at: number
  readonly text: string
  readonly does: Deed | Check
  readonly by?: Actor
  readonly key?: string
  /** The code it must be refused with. */
  readonly refused?: string
}

export type Scenario = { readonly title: string; readonly steps: readonly Step[] }

type Numbered = { readonly at: number; readonly text: string; readonly rows: readonly Row[] }
type Row = { readonly at: number; readonly words: readonly string[] }

const columnsKnown: readonly string[] = ['side', 'account', 'amount', 'memo', ...dimensions]
const columnsMax = 8

/** Reads a scenario. What it does not understand is a mistake of ours, named by file and line. */
export function readScenario(text: string, file: string): Scenario {
  const reader = new Reader(file)
  for (const statement of statementsOf(text)) reader.read(statement)
  return { title: /^# *(.+)/.exec(text)?.[1] ?? file, steps: reader.finish() }
}

function statementsOf(text: string): Numbered[] {
  const statements: (Numbered & { rows: Row[] })[] = []
  text.split(/\r?\n/).forEach((raw, index) => {
    const at = index + 1
    const content = raw.replace(/(^|\s)#.*$/, '').trimEnd()
    if (content === '') return
    if (/^\s/.test(content)) statements.at(-1)?.rows.push({ at, words: content.trim().split(/\s+/) })
    else statements.push({ at, text: content, rows: [] })
  })
  return statements
}

type Open = { how: 'transaction' | 'batch' | 'atomic'; at: number; book?: string } & {
  entries: (EntryText & { book?: string; refused?: string })[]
}

class Reader {
  readonly #file: string
  readonly #steps: Step[] = []
  #columns: readonly string[] = ['side', 'account', 'amount', 'project', 'source']
  #given: Readonly<Record<string, string>> = {}
  #by: Actor | undefined
  #key: string | undefined
  #open: Open | undefined

  constructor(file: string) {
    this.#file = file
  }

  finish(): Step[] {
    if (this.#open) this.#fail(this.#open.at, 'is never ended')
    return this.#steps
  }

  read(statement: Numbered): void {
    const [word = '', ...rest] = statement.text.split(/\s+/)
    const tail = statement.text.slice(word.length).trim()
    if (this.#settles(word, rest, tail, statement)) return
    if (word === 'entry' || word === 'red') return this.#entry(word, tail, statement)
    if (statement.rows.length > 0 && word !== 'trial') this.#fail(statement.at, 'takes no rows')
    const does = this.#deedOf(word, rest, tail, statement) ?? this.#checkOf(word, rest, statement)
    if (!does) return this.#fail(statement.at, `is not understood: ${statement.text}`)
    this.#push(statement, does)
  }

  /** Statements that say how the next ones are meant. */
  #settles(word: string, rest: readonly string[], tail: string, { at }: Numbered): boolean {
    if (word === 'columns') this.#columns = this.#columnsFrom(rest, at)
    else if (word === 'given') this.#given = this.#pairs(rest, at)
    else if (word === 'by') this.#by = this.#actor(rest, at)
    else if (word === 'key') this.#key = tail
    else if (word === 'sampled') this.#sampled(tail.replace(/^from\s+/, ''), at)
    else if (word === 'expect') this.#expect(rest, at)
    else if (word === 'in' && this.#open) this.#open.book = tail
    else if (word === 'transaction' || word === 'batch' || word === 'atomic')
      this.#open = { how: word, at, entries: [] }
    else if (word === 'end') this.#end(at)
    else return false
    return true
  }

  #columnsFrom(names: readonly string[], at: number): readonly string[] {
    const unknown = names.find((name) => !columnsKnown.includes(name))
    if (unknown !== undefined) this.#fail(at, `knows no column ${unknown}`)
    if (names.length > columnsMax) this.#fail(at, `has more than ${columnsMax} columns`)
    return names
  }

  #actor([person = '', role = '', district]: readonly string[], at: number): Actor {
    if (!isRole(role)) this.#fail(at, `knows no role ${role}`)
    return { person, role, ...(district !== undefined && { district }) }
  }

  #sampled(sampleOf: string, at: number): void {
    const last = this.#steps.at(-1)
    if (last?.does.kind !== 'book') return this.#fail(at, 'follows a book')
    this.#steps[this.#steps.length - 1] = {
      ...last,
      does: { kind: 'book', book: { ...last.does.book, sampleOf } },
    }
  }

  #expect([word, code = '']: readonly string[], at: number): void {
    if (word !== 'refused' || code === '') this.#fail(at, 'reads: expect refused <code>')
    const open = this.#open?.entries
    const list: { refused?: string }[] = open ?? this.#steps
    const last = list.at(-1)
    if (!last) return this.#fail(at, 'follows what is refused')
    list[list.length - 1] = { ...last, refused: code }
  }

  #end(at: number): void {
    const open = this.#open
    if (!open) return this.#fail(at, 'ends nothing')
    this.#open = undefined
    this.#push({ at: open.at, text: open.how, rows: [] }, { kind: 'together', how: open.how, entries: open.entries })
  }

  #entry(word: string, tail: string, { at, text, rows }: Numbered): void {
    const parts = /^(\S+)(?:\s+@(\S+))?\s+(.+)$/.exec(tail)
    if (!parts) return this.#fail(at, `reads: ${word} <day> [@label] <summary>`)
    const [, on = '', label, summary = ''] = parts
    const draft: EntryDraft = {
      on: day(on),
      summary,
      type: word === 'red' ? redType : generalType,
      documents: rows.flatMap((row) => this.#document(row)),
      lines: rows.flatMap((row) => (row.words[0] === 'document' ? [] : this.#line(row))),
    }
    const entry: EntryText = { draft, ...(label !== undefined && { label }) }
    if (this.#open) {
      const { book } = this.#open
      this.#open.entries.push({ ...entry, ...(book !== undefined && { book }) })
    } else this.#push({ at, text, rows: [] }, { kind: 'entry', ...entry })
  }

  /** A row `document number=… sha256=…` beside the lines. */
  #document({ words: [word, ...rest] }: Row): DocumentReference[] {
    if (word !== 'document') return []
    return [Object.fromEntries(rest.map((pair) => pair.split('=')))]
  }

  #line({ at, words }: Row): LineDraft {
    const named = words.filter((word) => word.includes('='))
    const placed = words.filter((word) => !word.includes('='))
    if (placed.length > this.#columns.length) this.#fail(at, 'has more cells than columns')
    const cells: Record<string, string> = { ...this.#given }
    placed.forEach((word, index) => {
      if (word !== '-') cells[this.#columns[index] ?? ''] = word
    })
    Object.assign(cells, this.#pairs(named, at))
    const { side = '', account = '', amount = '', ...more } = cells
    const given = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== ''))
    return { account, side: this.#side(side, at), amountFen: this.#amount(amount, at), ...given }
  }

  /** `project=P1 source=F21`; an empty value takes a given one away. */
  #pairs(words: readonly string[], at: number): Record<string, string> {
    return Object.fromEntries(
      words.map((word) => {
        const [name = '', value = ''] = word.split('=')
        if (!columnsKnown.includes(name)) this.#fail(at, `knows no ${name}`)
        return [name, value]
      }),
    )
  }

  #side(word: string, at: number): Side {
    if (word === 'Dr' || word === '借') return 'debit'
    if (word === 'Cr' || word === '贷') return 'credit'
    return this.#fail(at, `needs Dr or Cr, not ${word}`)
  }

  #amount(word: string, at: number): Fen {
    const amountFen = parseAmount(word.replaceAll(',', ''))
    return amountFen === undefined ? this.#fail(at, `knows no amount ${word}`) : amountFen
  }

  #deedOf(word: string, rest: readonly string[], tail: string, { at }: Numbered): Deed | undefined {
    const [first = ''] = rest
    const after = tail.slice(first.length).trim()
    switch (word) {
      case 'book':
        return { kind: 'book', book: this.#book(rest, at) }
      case 'in':
        return { kind: 'in', code: first }
      case 'reverse':
        return this.#reverse(tail, at)
      case 'close':
        return { kind: 'close', month: this.#month(first, at) }
      case 'request':
      case 'approve':
      case 'reopen':
        return { kind: word, month: this.#month(first, at), reason: after || '更正' }
      case 'carry-over':
        return { kind: 'carry', year: Number(first) }
      case 'preview':
      case 'commit':
        return { kind: word, year: Number(first) }
      case 'again':
      case 'forget':
        return { kind: word }
      default:
        return undefined
    }
  }

  /** The standard, or `government:administrative`: whose book it is too. */
  #book([code = '', kind = '', district = '', ...name]: readonly string[], at: number): BookText {
    const [standard, whose] = kind.split(':')
    const known = standards.find((candidate) => candidate === standard)
    if (!known) return this.#fail(at, `knows no standard ${standard}`)
    const entity = entities.find((candidate) => candidate === whose)
    if (whose !== undefined && !entity) return this.#fail(at, `knows no entity ${whose}`)
    return { code, standard: known, ...(entity && { entity }), district, name: name.join(' ') || code }
  }

  #reverse(tail: string, at: number): Deed {
    const parts = /^(@\S+|E\S+)\s+(\S+)(?:\s+@(\S+))?\s+(.+)$/.exec(tail)
    if (!parts) return this.#fail(at, 'reads: reverse <@label or id> <day> [@label] <reason>')
    const [, of = '', on = '', label, reason = ''] = parts
    return { kind: 'reverse', of, on: day(on), reason, ...(label !== undefined && { label }) }
  }

  #month(word: string, at: number): Month {
    return parseMonth(word) ?? this.#fail(at, `knows no month ${word}`)
  }

  #checkOf(word: string, rest: readonly string[], { at, rows }: Numbered): Check | undefined {
    if (word === 'balance') return this.#balance(rest, at)
    if (word === 'trial') return this.#trial(rest, rows, at)
    if (word === 'zero') return { kind: 'zero', ...this.#basis(rest) }
    return undefined
  }

  #balance([account = '', ...rest]: readonly string[], at: number): Check {
    const sided = rest[0] === 'Dr' || rest[0] === 'Cr'
    const [amount = '', ...words] = sided ? rest.slice(1) : rest
    const filter: { [D in Dimension]?: string } = this.#pairs(
      words.filter((w) => w.includes('=')),
      at,
    )
    return {
      kind: 'balance',
      account,
      ...this.#expected(sided ? rest[0] : undefined, amount, at),
      ...(filter.project !== undefined && { project: filter.project }),
      ...(filter.source !== undefined && { source: filter.source }),
      ...this.#moment(words, at),
    }
  }

  #trial([balance, ...rest]: readonly string[], rows: readonly Row[], at: number): Check {
    if (balance !== 'balance') this.#fail(at, 'reads: trial balance [basis] [as of <day>] [known at @label]')
    return {
      kind: 'trial',
      ...this.#basis(rest),
      ...this.#moment(rest, at),
      rows: rows.map(({ at: row, words: [account = '', side, amount = ''] }) => ({
        account,
        ...this.#expected(side, amount, row),
      })),
    }
  }

  #expected(side: string | undefined, amount: string, at: number): Expected {
    const amountFen = this.#amount(amount, at)
    if (side === undefined && amountFen !== 0n) this.#fail(at, 'needs Dr or Cr')
    return { amountFen, ...(side !== undefined && { side: this.#side(side, at) }) }
  }

  #basis([word]: readonly string[]): { basis?: Basis } {
    const basis = bases.find((candidate) => candidate === word)
    return basis ? { basis } : {}
  }

  /** `as of <day>` and `known at @label`, after the other words. */
  #moment(words: readonly string[], at: number): MomentText {
    const text = words.join(' ')
    const asOf = /\bas of (\S+)/.exec(text)?.[1]
    const knownAt = /\bknown at (\S+)/.exec(text)?.[1]
    if (knownAt !== undefined && !knownAt.startsWith('@')) this.#fail(at, 'knows instants by @label')
    return {
      ...(asOf !== undefined && { asOf: day(asOf) }),
      ...(knownAt !== undefined && { knownAt: knownAt.slice(1) }),
    }
  }

  #push({ at, text }: Numbered, does: Deed | Check): void {
    this.#steps.push({
      at,
      text,
      does,
      ...(this.#by && { by: this.#by }),
      ...(this.#key !== undefined && { key: this.#key }),
    })
    this.#by = undefined
    this.#key = undefined
  }

  #fail(at: number, what: string): never {
    throw new Bug(`${this.#file}:${at} ${what}`)
  }
}

const checkKinds: readonly string[] = ['balance', 'trial', 'zero']
export const isCheck = (does: Deed | Check): does is Check => checkKinds.includes(does.kind)
