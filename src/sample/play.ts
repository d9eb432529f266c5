/**
 * Carries out the deeds of a scenario through the ledger's own actions, each under a key made from the scenario's name
 * and the deed's place in it: played again, every step gets its first answer, so a sample half loaded is completed and
 * nothing is posted twice.
 */
import type { Actor } from '../access/actor.ts'
import { assert, unreachable } from '../base/assert.ts'
import { yearOf } from '../base/calendar.ts'
import type { KeyedAnswer } from '../base/keyed.ts'
import { Refusal } from '../base/refusal.ts'
import { act } from '../ledger/act.ts'
import type { Book } from '../ledger/book.ts'
import type { EntryDraft } from '../ledger/entry.ts'
import { readEntry } from '../ledger/journal.ts'
import {
  type Answer,
  createBook,
  examined,
  postBatch,
  postEntry,
  postTransaction,
  reverseEntry,
} from '../ledger/actions.ts'
import { carryOverType } from '../ledger/entry.ts'
import { readEntriesAfter } from '../ledger/journal.ts'
import type { RecordedAct } from '../ledger/period-acts.ts'
import { entryId } from '../ledger/leaf.ts'
import type { Ledger } from '../ledger/ledger.ts'
import { approveReopening, closePeriod, readPeriods, requestReopening } from '../ledger/period.ts'
import type { PostedEntry } from '../ledger/post.ts'
import { decideApproval } from '../workflow/decide.ts'
import { carryYearOver, entriesOfYearEnd, previewYearEnd } from '../workflow/year-end/verbs.ts'
import type { BookText, Deed, EntryText, Step } from './scenario.ts'

/** Who acts where a step does not say: no person in two duties. */
export type People = { readonly maker: Actor; readonly checker: Actor; readonly approver: Actor }

export class Player {
  readonly ledger: Ledger
  readonly #people: People
  readonly #name: string
  readonly #labels = new Map<string, PostedEntry>()
  /** Everything posted, in order, with what it was posted to. */
  readonly posted: PostedEntry[] = []
  #played = 0
  #book = ''
  #previewed = ''
  #requested = ''
  #last: (() => Promise<void>) | undefined

  constructor(ledger: Ledger, people: People, name: string) {
    this.ledger = ledger
    this.#people = people
    this.#name = name
  }

  /** The code of the book the scenario is in. */
  get book(): string {
    return this.#book
  }

  /** The entry a label was given to. */
  labelled(label: string): PostedEntry {
    const entry = this.#labels.get(label)
    assert(entry, `no entry is labelled @${label}`)
    return entry
  }

  /** Carries out one step. A refusal is thrown. */
  async play(step: Step, deed: Deed): Promise<void> {
    if (deed.kind === 'again') {
      assert(this.#last, 'there was a step before')
      return this.#last()
    }
    const key = step.key ?? `${this.#name} ${++this.#played}`
    const act = () => this.#act(deed, key, step.by)
    this.#last = act
    await act()
  }

  #act(deed: Deed, key: string, by: Actor | undefined): Promise<void> {
    const { maker, checker, approver } = this.#people
    // Books of a scenario are brought in as a machine client brings them.
    const client: Actor = { ...maker, role: 'integration' }
    switch (deed.kind) {
      case 'book':
        return this.#open(deed.book, by ?? maker)
      case 'in':
        this.#book = deed.code
        return Promise.resolve()
      case 'entry':
        return this.#post(deed, key, by ?? client)
      case 'together':
        return this.#together(deed, key, by ?? client)
      case 'reverse':
        return this.#reverse(deed, key, by ?? client)
      case 'close':
        return closePeriod(this.ledger, by ?? checker, this.#book, deed.month).then(() => undefined)
      case 'request':
        return this.#request(deed, by ?? checker)
      case 'approve':
        return this.#approve(deed, by ?? approver)
      case 'reopen':
        return this.#request(deed, checker).then(() => this.#approve(deed, approver))
      case 'preview':
        return this.#preview(deed.year, by ?? maker)
      case 'commit':
        return this.#commit(deed.year, this.#previewed, by ?? maker, key)
      case 'carry':
        return this.#carry(deed.year, by ?? maker, key)
      case 'forget':
        return this.#forget()
      case 'again':
        return Promise.resolve()
      default:
        return unreachable(deed)
    }
  }

  async #open(book: BookText, actor: Actor): Promise<void> {
    this.#book = book.code
    const known = await this.ledger.shelf.find(book.code)
    if (known?.sampleOf !== undefined && known.sampleOf === book.sampleOf) return
    await createBook(this.ledger, actor, book)
  }

  async #post({ draft, label }: EntryText, key: string, actor: Actor): Promise<void> {
    const book = await this.ledger.shelf.find(this.#book)
    const isKept = draft.lines.some(({ account }) => book?.chart.subjects.get(account)?.kept?.from === 'everybody')
    const posted =
      book?.sampleOf !== undefined && isKept
        ? this.#recorded(book, draft, key, actor)
        : postEntry(this.ledger, actor, this.#book, draft, key)
    this.#keep(await posted, label)
  }

  // Published figures of accounts that an action keeps: the sample is the action that records them.
  async #recorded(book: Book, draft: EntryDraft, key: string, { person }: Actor): Promise<Answer> {
    const { linesText: lines } = examined(book, person, draft, [])
    const content = { book: book.code, on: draft.on, lines: lines ?? '' }
    const request = { person, key, kind: 'sample.record', content }
    const answer = await act(this.ledger, request, async ({ post }) => {
      const [entry] = await post({
        key: `sample:${key}`,
        maker: person,
        approvals: [],
        entries: [{ book: book.code, draft }],
      })
      return { sequence: entry?.sequence ?? 0 }
    })
    if ('refusal' in answer) return { refusal: answer.refusal, replayed: answer.replayed }
    const entry = await readEntry(this.ledger.database, book, answer.answer.sequence)
    return { entries: entry ? [entry] : [], replayed: answer.replayed }
  }

  async #together({ how, entries }: Deed & { kind: 'together' }, key: string, actor: Actor): Promise<void> {
    if (how === 'transaction') {
      const given = entries.map(({ book = this.#book, draft }) => ({ book, draft }))
      this.#keep(await postTransaction(this.ledger, actor, given, key), ...entries.map(({ label }) => label))
      return
    }
    const keyed = entries.map(({ draft }, index) => ({ key: `${key}.${index + 1}`, draft }))
    const answers = await postBatch(this.ledger, actor, this.#book, keyed, how === 'atomic')
    answers.forEach((answer, index) => this.#expected(answer, entries[index]?.refused, entries[index]?.label))
  }

  #expected(answer: Answer, refused: string | undefined, label: string | undefined): void {
    if (refused === undefined) return this.#keep(answer, label)
    const code = 'refusal' in answer ? answer.refusal.code : 'posted'
    assert(code === refused, `expected ${refused}, got ${code}`)
  }

  async #reverse({ of, on, reason, label }: Deed & { kind: 'reverse' }, key: string, actor: Actor): Promise<void> {
    const id = of.startsWith('@') ? this.#idOf(this.labelled(of.slice(1))) : of
    this.#keep(await reverseEntry(this.ledger, actor, id, { on, reason }, key), label)
  }

  #idOf({ bookId, sequence }: PostedEntry): string {
    return entryId(bookId, sequence)
  }

  #keep(answer: Answer, ...labels: (string | undefined)[]): void {
    if ('refusal' in answer) throw new Refusal(answer.refusal)
    answer.entries.forEach((entry, index) => {
      const label = labels[index]
      if (label !== undefined) this.#labels.set(label, entry)
      this.posted.push(entry)
    })
  }

  async #request({ month, reason }: Deed & { kind: 'request' | 'approve' | 'reopen' }, actor: Actor): Promise<void> {
    this.#requested = (await requestReopening(this.ledger, actor, this.#book, month, reason)).hash
  }

  async #approve({ month }: Deed & { kind: 'request' | 'approve' | 'reopen' }, actor: Actor): Promise<void> {
    await approveReopening(this.ledger, actor, this.#book, month, this.#requested)
  }

  async #preview(year: number, actor: Actor): Promise<void> {
    this.#previewed = (await previewYearEnd(this.ledger, actor, this.#book, year)).hash
  }

  // What a person asks for another checks; a machine client's is booked at once.
  async #commit(year: number, hash: string, actor: Actor, key: string): Promise<void> {
    const { ledger } = this
    const asked = answered(await carryYearOver(ledger, actor, { book: this.#book, year, hash }, key))
    if ('warnings' in asked) {
      this.#carriedOver(await entriesOfYearEnd(ledger, asked))
      return
    }
    const { approval, hash: seen } = asked
    const decision = { approval, verdict: 'check', hash: seen } as const
    answered(await decideApproval(ledger, this.#people.checker, decision, `${key} check`))
    const carried = (
      await readEntriesAfter(ledger.database, await this.#here(), 0, entriesMost, { type: carryOverType })
    ).filter(({ on, approvals }) => yearOf(on) === year && approvals.some(({ of }) => of === seen))
    this.#carriedOver(carried)
  }

  /** What a carry-over booked can be spoken of: @carried-1 is the first entry of the latest. */
  #carriedOver(entries: readonly PostedEntry[]): void {
    entries.forEach((entry, index) => this.#labels.set(`carried-${index + 1}`, entry))
    this.posted.push(...entries)
  }

  // A year carried over is left alone unless its December was reopened since.
  async #carry(year: number, actor: Actor, key: string): Promise<void> {
    const { acts } = await readPeriods(this.ledger, await this.#here())
    if (acts.findLast((act) => standsFor(act, year))?.kind === 'carried_over') return
    await this.#preview(year, actor)
    await this.#commit(year, this.#previewed, actor, key)
  }

  async #here(): Promise<Book> {
    const book = await this.ledger.shelf.find(this.#book)
    assert(book, `book ${this.#book} is open`)
    return book
  }

  async #forget(): Promise<void> {
    const book = await this.ledger.shelf.find(this.#book)
    if (book) this.ledger.group.memory.forget([book.bookId])
  }
}

function standsFor(act: RecordedAct, year: number): boolean {
  if (act.kind === 'reopened') return act.month <= `${year}-12`
  return act.kind === 'carried_over' && act.year === String(year)
}

/** More entries than a scenario's book has. */
const entriesMost = 10_000

function answered<T>(answer: KeyedAnswer<T>): T {
  if ('refusal' in answer) throw new Refusal(answer.refusal)
  return answer.answer
}
