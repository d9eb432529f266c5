/**
 * A book of the sample that began in mid-year: the maintenance fund of one community, whose balances by dwelling were
 * taken over with the list of the bank that kept them before, and approved. Loading again does nothing.
 */
import { day } from '../../base/calendar.ts'
import type { Fen } from '../../base/money.ts'
import { createBook } from '../../ledger/actions.ts'
import { uploadAttachment } from '../../ledger/attachments.ts'
import type { Ledger } from '../../ledger/ledger.ts'
import { proposeTakeOver } from '../../vouchers/take-over/verbs.ts'
import { answered, approve, maker } from './people.ts'
import { type SampleProject, sampleProgramme, sampleSource } from './generator.ts'

const district = '110109'
const book = `SAMPLE-${district}-WX`
const dwellingsTaken = 6
/** What each dwelling holds. */
const heldFen: Fen = 860_000n

/** Opens the fund's book and takes its balances over, or does nothing where that is done. */
export async function loadMidYear(
  ledger: Ledger,
  year: number,
  projects: () => readonly SampleProject[] = () => sampleProgramme(year),
): Promise<void> {
  const today = day(`${year}-07-15`)
  if (!(await ledger.shelf.find(book))) {
    const name = `${year} 年七月建账的住宅专项维修资金（示例）`
    await createBook(ledger, maker, {
      code: book,
      name,
      district,
      standard: 'maintenance_fund',
      sampleOf: sampleSource,
    })
  }
  const of = projects().find((project) => project.district === district)
  const dwellings = (of?.buildings ?? [])
    .flatMap(({ community, building, dwellings: all }) =>
      all.map(({ dwelling }) => `${community}/${building}/${dwelling}`),
    )
    .slice(0, dwellingsTaken)
  if (!of || dwellings.length === 0) return
  const list = dwellings.map((dwelling) => `${dwelling},8600.00`).join('\n')
  const original = { name: '专户银行分户账（示例）.csv', mediaType: 'text/csv', content: Buffer.from(list) }
  const { attachment } = await uploadAttachment(ledger, maker, book, original)
  const number = `${year}-07 维修资金专户移交清册（示例）`
  const kept = { project: of.project, source: 'F70' }
  const given = {
    book,
    on: day(`${year}-07-01`),
    summary: '由原专户管理银行接转（示例）',
    documents: [{ number, title: '分户账', sha256: attachment.sha256 }],
    balances: [
      { account: '100101', debit: heldFen * BigInt(dwellings.length), ...kept },
      ...dwellings.map((dwelling) => ({ account: '3001', credit: heldFen, dwelling, ...kept })),
    ],
  }
  const key = `sample:take-over:${book}`
  await approve(ledger, answered(await proposeTakeOver({ ...ledger, today }, maker, given, key)), key)
}
