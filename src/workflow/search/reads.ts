/**
 * Finding a thing by its code, its number or the beginning of its name: projects, communities, books, entries,
 * approvals, indicators, allocations, releases. Each kind for whoever may read it, in the districts he sees.
 */
import { type Actor, may, type Permission } from '../../access/actor.ts'
import { approvalNames, officeSeenBy } from '../../approvals/approval.ts'
import { parseEntryId } from '../../ledger/leaf.ts'
import { readEntry } from '../../ledger/journal.ts'
import { type Ledger, sees } from '../../ledger/ledger.ts'
import { releaseNames } from '../../release/release/release.ts'
import { type Found, type NamedNoun, type NumberedNoun, readNamed, readNumbered } from './store.ts'

export const searchNouns = {
  project: { zh: '项目', en: 'projects', right: 'project.read' },
  community: { zh: '小区', en: 'communities', right: 'project.read' },
  book: { zh: '账套', en: 'books', right: 'book.read' },
  entry: { zh: '凭证', en: 'entries', right: 'book.read' },
  approval: { zh: '审批事项', en: 'approvals', right: 'approval.read' },
  indicator: { zh: '预算指标', en: 'indicators', right: 'allocation.read' },
  allocation: { zh: '资金分配', en: 'allocations', right: 'allocation.read' },
  release: { zh: '拨付', en: 'releases', right: 'allocation.read' },
} as const satisfies Readonly<Record<string, { zh: string; en: string; right: Permission }>>
export type SearchNoun = keyof typeof searchNouns

export type FoundGroup = { readonly noun: SearchNoun; readonly items: readonly Found[] }

const numberOf: Record<NumberedNoun, (q: string) => bigint | undefined> = {
  approval: (q) => approvalNames.numberOf(q),
  release: (q) => releaseNames.numberOf(q),
}
const isNumbered = (noun: SearchNoun): noun is NumberedNoun => Object.hasOwn(numberOf, noun)

/** At most so many in all. */
const most = 20

/** What is found, by kind; a kind of which nothing is found is left out. At most 20 in all, kinds taking turns. */
export async function search(ledger: Ledger, actor: Actor, q: string): Promise<FoundGroup[]> {
  const nouns = (Object.keys(searchNouns) as SearchNoun[]).filter((noun) => may(actor, searchNouns[noun].right))
  const groups = await Promise.all(nouns.map(async (noun) => ({ noun, items: await findIn(ledger, actor, noun, q) })))
  const found = groups.filter(({ items }) => items.length > 0)
  const shares = turns(found.map(({ items }) => items.length))
  return found.map(({ noun, items }, index) => ({ noun, items: items.slice(0, shares[index]) }))
}

async function findIn(ledger: Ledger, actor: Actor, noun: SearchNoun, q: string): Promise<Found[]> {
  const { sql } = ledger.database
  const asked = { q, district: actor.district, office: officeSeenBy(actor), most }
  if (noun === 'entry') return findEntry(ledger, actor, q.toUpperCase())
  if (isNumbered(noun)) return readNumbered(sql, noun, asked, numberOf[noun](q.toUpperCase()))
  return readNamed(sql, noun satisfies NamedNoun, asked)
}

async function findEntry(ledger: Ledger, actor: Actor, id: string): Promise<Found[]> {
  const place = parseEntryId(id)
  const book = place && (await ledger.shelf.findById(place.bookId))
  if (!place || !book || !sees(actor, book)) return []
  const entry = await readEntry(ledger.database, book, place.sequence)
  return entry ? [{ id, name: entry.summary, district: book.district }] : []
}

/** How many of each kind: one each in turn, till there are no more or they are enough. */
function turns(counts: readonly number[]): number[] {
  const shares = counts.map(() => 0)
  for (let given = 0, before = -1; given < most && given > before; ) {
    before = given
    for (const [index, count] of counts.entries()) {
      const share = shares[index] ?? 0
      if (given < most && share < count) {
        shares[index] = share + 1
        given++
      }
    }
  }
  return shares
}
