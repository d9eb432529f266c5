/**
 * What requests look like: examples of every body, which the document shows and the tests send. For a verb under a key
 * first with everything its form knows, then with nothing that may be left out, and one for every variant that excludes
 * another. They are well formed; whether the books would take them depends on the books, except for the entries, which
 * the tests post in this order into books A and B, with an attachment in A.
 */
import { calculations } from '../../calc/registry.ts'
import { bondExamples } from './bonds.ts'
import { bookExamples } from './books.ts'
import { moneyExamples } from './money.ts'
import { attachment, type Example, plainEntry, project } from './parts.ts'
import { projectExamples } from './projects.ts'
import { releaseExamples } from './release.ts'

/** Of every verb under a key, and of the batch. */
export const keyedExamples = {
  ...bookExamples,
  ...projectExamples,
  ...moneyExamples,
  ...bondExamples,
  ...releaseExamples,
}

const link = 'A'.repeat(43)
const password = '老旧小区-一本账-2026'

const otherExamples = {
  createBook: [
    {
      body: {
        code: 'JD-1',
        name: '某街道办事处',
        district: '110102',
        standard: 'government',
        entity: 'administrative',
      },
    },
    { body: { code: 'BG-1', name: '老旧小区改造备查账', district: '110102', standard: 'memo' } },
  ],
  dryRunEntries: [{ params: { book: 'A' }, body: { entries: [plainEntry('12.50')], atomic: true } }],
  dryRunReversal: [{ params: { id: 'E1-1' }, body: { on: '2026-03-07', reason: '重复记账' } }],
  closePeriod: [{ params: { book: 'A', period: '2026-03' }, body: {} }],
  previewCarryOver: [{ params: { book: 'A', year: '2025' }, body: {} }],
  cosign: [
    {
      params: { book: 'A' },
      body: { size: 1, acts: 0, keyId: 'ab'.repeat(8), signature: `${'A'.repeat(86)}==` },
    },
  ],
  uploadAttachment: [{ params: { book: 'A' }, body: attachment }],
  proposeFundingPlan: [
    {
      params: project,
      body: {
        lines: [{ line: 'CH', item: 'B03', amount: '100.00' }],
        sources: [{ source: 'F21', limit: '100.00', priority: 1 }],
      },
    },
  ],
  stepUp: [{ body: { code: '123456' } }, { body: { password } }, { body: { confirm: true } }],
  beginSession: [
    { body: { person: 'sun', password, code: '123456' } },
    { body: { person: 'sun', password, code: '123456', duty: '1' } },
    { body: { trial: link, person: '示例·审计' } },
  ],
  changeOwnDuty: [{ body: { duty: '1' } }],
  openInvitation: [{ body: { code: link } }],
  enrol: [
    { body: { ticket: link, password, code: '123456' } },
    { body: { ticket: link, name: '孙一', password, code: '123456' } },
  ],
  listTrialPersons: [{ body: { trial: link } }],
} satisfies Readonly<Record<string, readonly Example[]>>

const all: Readonly<Record<string, readonly Example[]>> = {
  ...keyedExamples,
  ...otherExamples,
  ...Object.fromEntries(calculations.map(({ name, example }) => [`calc-${name}`, [{ body: example.input }]])),
}

/** Examples of a route, by its id; none where it takes no body. */
export const examplesOf = (id: string): readonly Example[] => all[id] ?? []
