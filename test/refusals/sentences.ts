/** What is wrong with the sentence of a refusal, found by asking for it with facts that can be recognised in it. */
import type { RefusalForm, Text } from '../../src/base/refusal.ts'
import { formatFen } from '../../src/base/money.ts'

/** Facts a sentence puts into words: a code with a Chinese name, a part that is there or is not, an account's name. */
const unnamed = ['kind', 'from', 'to', 'class', 'name', 'works', 'early', 'recipients', 'books', 'contract']

/** Recognised in a sentence as text, as an amount in fen, or as part of a difference. */
class Fact {
  readonly name: string
  readonly #fen: bigint

  constructor(name: string, place: number) {
    this.name = name
    this.#fen = 10_000_019n * BigInt(place + 1)
  }

  [Symbol.toPrimitive](hint: string): bigint | string {
    return hint === 'number' ? this.#fen : `<${this.name}>`
  }

  get zh(): string {
    return `<${this.name}>`
  }

  get en(): string {
    return `<${this.name}>`
  }

  join(): string {
    return `<${this.name}>`
  }

  map(): this {
    return this
  }

  toString(): string {
    return this.#fen.toString()
  }

  isIn(sentence: string): boolean {
    return sentence.includes(`<${this.name}>`) || sentence.includes(formatFen(this.#fen))
  }
}

/** The faults of a form's sentences; none where each names every fact it was given. */
export function missingOf({ title, detail }: RefusalForm<never>): string[] {
  const facts = new Map<string, Fact>()
  const given = new Proxy(
    {},
    {
      get: (_, name: string) => {
        if (!facts.has(name)) facts.set(name, new Fact(name, facts.size))
        return facts.get(name)
      },
    },
  )
  const said = detail(given as never)
  const missing = (language: keyof Text) =>
    [...facts.values()]
      .filter(({ name }) => !unnamed.includes(name) && !(language === 'en' && name.endsWith('Zh')))
      .filter((fact) => !fact.isIn(said[language]))
      .map(({ name }) => `${language} does not name ${name}: ${said[language]}`)
  return [...missing('zh'), ...missing('en'), ...unwhole(title, said)]
}

const han = /\p{Script=Han}/u

/**
 * What keeps a refusal from being whole in both languages, and from naming `names`, which may be Chinese themselves.
 */
export function unwhole(title: Text, detail: Text, names: readonly string[] = []): string[] {
  const own = names.reduce((text, name) => text.replaceAll(name, ''), detail.en)
  return [
    ...(han.test(title.zh) ? [] : [`no Chinese title: ${title.zh}`]),
    ...(title.en !== '' && !han.test(title.en) ? [] : [`no English title: ${title.en}`]),
    ...(/\p{Script=Han}.*。$/su.test(detail.zh) ? [] : [`no whole Chinese sentence: ${detail.zh}`]),
    ...(detail.en.endsWith('.') && !han.test(own) ? [] : [`no whole English sentence: ${detail.en}`]),
    ...names.filter((name) => !detail.zh.includes(name)).map((name) => `${name} is not in ${detail.zh}`),
    ...names.filter((name) => !detail.en.includes(name)).map((name) => `${name} is not in ${detail.en}`),
  ]
}
