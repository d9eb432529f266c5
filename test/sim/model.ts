/**
 * A ledger small enough to be believed: a list of what was booked, and sums over it. It shares no code with the real
 * one, keeps no totals and no cache, and answers every question by adding up from the start.
 */
export type ModelLine = {
  /** subject, project, source */
  readonly account: string
  readonly project: string
  readonly source: string
  /** Debit positive, credit negative. */
  readonly debit: bigint
  readonly credit: bigint
}

export type ModelEntry = {
  readonly on: string
  readonly recordedAt: bigint
  readonly lines: readonly ModelLine[]
  reversed: boolean
  readonly isReversal: boolean
  /** One of several that stand together: it is not reversed alone. */
  readonly ofTransaction: boolean
}

/** Subjects of the simulation: `+1` where the normal side is debit; guarded ones may not go below zero. */
export type ModelSubject = { readonly sign: 1n | -1n; readonly guarded: boolean }

export class ModelBook {
  readonly entries: ModelEntry[] = []
  closedThrough = ''
  readonly #subjects: Readonly<Record<string, ModelSubject>>

  constructor(subjects: Readonly<Record<string, ModelSubject>>) {
    this.#subjects = subjects
  }

  /**
   * Why an entry of these lines on this day must be refused, by order of precedence; `undefined` where it must be
   * taken.
   */
  refusal(on: string, lines: readonly ModelLine[], pending: readonly ModelEntry[] = []): string | undefined {
    if (this.closedThrough !== '' && on.slice(0, 7) <= this.closedThrough) return 'period_closed'
    const all = [...this.entries, ...pending]
    return lines.some((line) => this.#overdraws(line, on, lines, all)) ? 'balance_insufficient' : undefined
  }

  #overdraws(
    { account, project, source }: ModelLine,
    on: string,
    lines: readonly ModelLine[],
    all: readonly ModelEntry[],
  ): boolean {
    const subject = this.#subjects[account]
    if (!subject?.guarded) return false
    const own = (line: ModelLine) => line.account === account && line.project === project && line.source === source
    const net = (list: readonly ModelLine[]) =>
      list.filter(own).reduce((sum, l) => sum + subject.sign * (l.debit - l.credit), 0n)
    const effect = net(lines)
    if (effect >= 0n) return false
    const days = new Set([
      on,
      ...all.filter((entry) => entry.on > on && entry.lines.some(own)).map((entry) => entry.on),
    ])
    const balanceOn = (upTo: string) =>
      all.filter((entry) => entry.on <= upTo).reduce((sum, entry) => sum + net(entry.lines), 0n)
    return [...days].some((upTo) => effect + balanceOn(upTo) < 0n)
  }

  sums(
    filter: (line: ModelLine) => boolean,
    asOf = '9999-12-31',
    knownAt?: bigint,
    from = '0000-01-01',
  ): { debit: bigint; credit: bigint } {
    let [debit, credit] = [0n, 0n]
    for (const entry of this.entries) {
      if (entry.on > asOf || entry.on < from || (knownAt !== undefined && entry.recordedAt > knownAt)) continue
      for (const line of entry.lines) {
        if (!filter(line)) continue
        debit += line.debit
        credit += line.credit
      }
    }
    return { debit, credit }
  }
}
