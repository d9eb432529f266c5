/**
 * Three kinds of failure, one treatment each. A *refusal* is the business saying no: thrown, it rolls the transaction
 * back and is shown to the caller in one place per door. A *bug* (assert.ts) is ours. *Weather* (a lost connection, a
 * serialization failure) is retried in `transact()` and nowhere else.
 *
 * Every room that can refuse keeps one `refusals.ts`: a closed catalogue of codes in the order of their precedence,
 * each with its HTTP status and a sentence in both languages that names the ids, the amounts and the next step.
 */

export type Text = { readonly zh: string; readonly en: string }

/** How a code speaks: `facts` is what the sentence names. */
export type RefusalForm<Facts> = {
  readonly status: 400 | 401 | 403 | 404 | 409 | 412 | 413 | 415 | 422 | 429 | 503
  /** True where the answer depends on the state of the books, so that it is pinned to the caller's idempotency key. */
  readonly pinned?: boolean
  readonly title: Text
  readonly detail: (facts: Facts) => Text
}

/** A code of ours as sentences say it: by its Chinese name, and as it is written with spaces. */
export const inWords = <Code extends string>(namesZh: Readonly<Record<Code, string>>, code: Code): Text => ({
  zh: namesZh[code],
  en: code.replaceAll('_', ' '),
})

/** Several of them, in one list. */
export const listed = (words: readonly Text[]): Text => ({
  zh: words.map(({ zh }) => zh).join('、'),
  en: words.map(({ en }) => en).join(', '),
})

/** Codes, numbers and amounts in one list: each sentence has its own comma. */
export const listedCodes = (codes: readonly string[]): Text => ({ zh: codes.join('、'), en: codes.join(', ') })

export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly code: string
  readonly status: number
  readonly pinned: boolean
  readonly title: Text
  readonly detail: Text
  /** The document and article that refuse it, where it is the law and not the form. */
  readonly clause: string | undefined

  constructor(given: Omit<RefusalRecord, 'clause'> & { clause?: string | undefined; pinned?: boolean }) {
    super(`${given.code}: ${given.detail.en}`)
    this.code = given.code
    this.status = given.status
    this.pinned = given.pinned ?? false
    this.title = given.title
    this.detail = given.detail
    this.clause = given.clause
  }

  /** What is kept with an idempotency key, so that the same refusal can be given again word for word. */
  record(): RefusalRecord {
    const { code, status, title, detail, clause } = this
    return { code, status, title, detail, ...(clause === undefined ? {} : { clause }) }
  }
}

export type RefusalRecord = {
  readonly code: string
  readonly status: number
  readonly title: Text
  readonly detail: Text
  readonly clause?: string
}

type FactsOf<Form> = Form extends RefusalForm<infer Facts> ? Facts : never

/** Makes a room's `refuse(code, facts)` from its catalogue; a code that is not in it does not compile. */
// biome-ignore format: the signature reads best on one line
export function catalogue<const Forms extends Record<string, RefusalForm<never>>>(forms: Forms) {
  return function refuse<Code extends keyof Forms & string>(code: Code, facts: FactsOf<Forms[Code]>, clause?: string): Refusal {
    const form = forms[code] as RefusalForm<FactsOf<Forms[Code]>>
    return new Refusal({ code, status: form.status, pinned: form.pinned ?? false, title: form.title, detail: form.detail(facts), clause })
  }
}

let watch: (verb: string, code: string) => void = () => undefined

/**
 * Says that a verb refused with a code it does not declare, so that the document does not list it. It is still the
 * right answer.
 */
export const undeclared = (verb: string, code: string): void => watch(verb, code)

/** For tests, which fail on what is undeclared. */
export function watchUndeclared(report: typeof watch): void {
  watch = report
}
