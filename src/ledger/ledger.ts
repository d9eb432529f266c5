/**
 * What every action of the ledger works with: one database, its shelf of books, the one writer of this process, and a
 * clock.
 */
import { type Actor, demand, type Permission } from '../access/actor.ts'
import { businessDay, type Clock, type Day, systemClock } from '../base/calendar.ts'
import type { Database } from '../base/db.ts'
import type { Book } from './book.ts'
import { BookShelf } from './books.ts'
import { PostingGroup } from './group.ts'
import { parseEntryId } from './leaf.ts'
import { refuse } from './refusals.ts'

export type Ledger = {
  readonly database: Database
  readonly shelf: BookShelf
  readonly group: PostingGroup
  readonly clock: Clock
  /** The business day acts are dated, where it is not the clock's: the sample tells of days that have passed. */
  readonly today?: Day
  /**
   * Acts are tried and not done: each works in a transaction that is rolled back, up to where all that can be known
   * before what is asked has been looked at (`Act.passed`). See `refusalOf` in act.ts.
   */
  readonly isTrial?: true
}

/** Thrown where a trial has passed, to roll it back; never seen outside. */
export class Passed extends Error {}

export function openLedger(database: Database, clock: Clock = systemClock): Ledger {
  const shelf = new BookShelf(database)
  return { database, shelf, clock, group: new PostingGroup(database, shelf, clock) }
}

/** The business day it is, in Beijing; of a sample, the day it tells of. */
export const todayOf = ({ today, clock }: Ledger): Day => today ?? businessDay(clock())

/**
 * The book of a code, for an actor who may do this with it. A book of another district does not exist for an actor of
 * one district: refuses `book_not_found` either way, and `permission_denied` where the role lacks the permission.
 */
export async function bookFor(ledger: Ledger, actor: Actor, code: string, permission: Permission): Promise<Book> {
  demand(actor, permission)
  const book = await ledger.shelf.find(code)
  if (!book || !sees(actor, book)) throw refuse('book_not_found', { book: code })
  return book
}

/** The book and sequence an entry id names, for an actor who may do this with it. Refuses `entry_not_found`. */
export async function placeOf(
  ledger: Ledger,
  actor: Actor,
  id: string,
  permission: Permission,
): Promise<{ book: Book; sequence: number }> {
  demand(actor, permission)
  const place = parseEntryId(id)
  const book = place && (await ledger.shelf.findById(place.bookId))
  if (!place || !book || !sees(actor, book)) throw refuse('entry_not_found', { entry: id })
  return { book, sequence: place.sequence }
}

/** Refuses `district_not_yours` where a district that there is is not the actor's. */
export function requireOwnDistrict(actor: Actor, district: string): void {
  if (actor.district === undefined || actor.district === district) return
  throw refuse('district_not_yours', { district, yours: actor.district })
}

export const sees = (actor: Actor, book: Pick<Book, 'district'>): boolean =>
  actor.district === undefined || actor.district === book.district
