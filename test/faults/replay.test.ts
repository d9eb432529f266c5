/**
 * I5, to the letter: who asks again under a key gets the first answer, and that is one list in one order, also where a
 * transaction runs over several books whose numbers do not stand in the order they were asked for.
 */
import { beforeAll, expect, it } from 'vitest'
import { type Ledger, openLedger } from '../../src/ledger/ledger.ts'
import { useDatabase } from '../support/database.ts'
import { createBooks, ledgerDoor } from './doors.ts'
import { bookCodes, fund, type Operation } from './load.ts'

const test = useDatabase()
let ledger: Ledger | undefined
beforeAll(async () => {
  ledger = openLedger(test().database)
  await createBooks(ledger)
  await fund(ledgerDoor(ledger))
})

it.each([
  ['as they were opened', [...bookCodes]],
  ['the other way round', bookCodes.toReversed()],
  ['one of them twice', [bookCodes[1], bookCodes[0], bookCodes[1]]],
])('answers a transaction over books %s in the order asked, the second time too', async (name, books) => {
  if (!ledger) throw new Error('opened before the first test')
  const door = ledgerDoor(ledger)
  const operation: Operation = {
    id: name,
    parts: books.map((book, i) => ({
      book,
      on: '2026-03-06',
      lines: [
        { account: '1011', side: 'debit', fen: BigInt(i + 1), project: 'P1' },
        { account: '4001', side: 'credit', fen: BigInt(i + 1), project: 'P1' },
      ],
    })),
  }
  const first = await door(operation, name.replaceAll(' ', '-'))
  expect(first.kind).toBe('ok')
  expect(await door(operation, name.replaceAll(' ', '-'))).toEqual({ ...first, replayed: true })
})
