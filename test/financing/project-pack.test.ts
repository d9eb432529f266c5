/**
 * The pack of a project: what of its money stands in the city's, the district's and its own books, each entry under its
 * own book's head; and the packs of all books of a world where everything there is to approve was approved. What a hand
 * does to a pack is found, and the entry named.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Verdict, verifyPack } from '../../src/cli/verify.mjs'
import { exportProjectEvidence } from '../../src/financing/money/evidence.ts'
import { actOnce } from '../../src/ledger/act.ts'
import { exportEvidence } from '../../src/ledger/evidence.ts'
import { signHead } from '../../src/ledger/proof.ts'
import { submitEveryKind } from '../http/every-approval.ts'
import { openOffice } from '../release/office.ts'
import { addProject, allocate, office as operator, planned, spent, testClock } from '../release/programme.ts'
import { runCommand, spawnCommand } from '../support/command.ts'
import { useDoor } from '../support/door.ts'
import {
  type EntryJson,
  linesOf,
  type Members,
  newKeyPair,
  recordsOf,
  remanifest,
  setLines,
  textOf,
  unzip,
  zip,
} from '../support/pack.ts'

const door = useDoor({ clock: testClock('2026-07-15').clock })
let folder: string
let pack: Buffer
const tools = () => ({ ...door().ledger, ...door().proof })

async function packOf(project: string): Promise<Buffer> {
  const out = join(folder, `${project}.zip`)
  await exportProjectEvidence(tools(), operator, project, out)
  return readFile(out)
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'yiben-project-pack-'))
  await submitEveryKind(door())
  const { ledger } = door()
  const district = '110102'
  await actOnce(ledger, async (act) => {
    for (const project of ['Y1', 'Y2']) {
      await addProject(act.tx, { project, district, area: 1_000n, planBook: 'PLANS' })
      await planned(act, project, [['F21', '10000000']])
    }
  })
  const shares = ['Y1', 'Y2'].map((project) => ({ district, project, amount: '4000000' }))
  await allocate(ledger, { allocation: 'FP-Y', indicator: 'SZ-Y', shares, cashPlan: '8000000' })
  const office = openOffice(door())
  const first = { allocation: 'FP-Y', district, tranche: 1, amount: '4000000', on: '2026-02-10' }
  const drafted = await office.draft(first)
  expect((await office.approve(drafted.json.approval)).json.state, drafted.text).toBe('approved')
  await actOnce(ledger, (act) => spent(act, district, 'Y1', '1500000', '2026-05-08'))
  pack = await packOf('Y1')
}, 120_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

const all = ({ first = '', findings }: Verdict): string => [first, ...findings].join('\n')
const entriesOf = (members: Members): EntryJson[] => recordsOf<EntryJson>(members, 'entries.ndjson')

describe('the pack of a project', () => {
  it('passes, and ties the city’s book to the district’s', () => {
    const verdict = verifyPack(pack, { keys: [door().proof.signer.publicKey.toString('base64')] })
    expect(all(verdict)).toBe('')
    const entries = entriesOf(unzip(pack))
    expect(new Set(entries.map(({ book }) => book))).toEqual(new Set(['CITY', 'PLANS', 'D110102']))
    const released = entries.filter(({ summary }) => String(summary).startsWith('拨付'))
    expect(released.map(({ book }) => String(book)).toSorted()).toEqual(['CITY', 'D110102'])
    expect(new Set(released.map(({ transaction }) => transaction)).size).toBe(1)
    expect(verdict.summary.join('\n')).toContain(
      'F21 D110102: 分配 allocated 4000000.00, 拨付 released 2000000.00, 到账 received 2000000.00, 支付 paid 1500000.00',
    )
    const facts = JSON.parse(textOf(unzip(pack), 'project.json'))
    expect(facts).toMatchObject({ project: 'Y1', district: '110102', items: [{ item: 'B13', cost: '1000000000.00' }] })
  })

  it('is the same bytes for the same position', async () => {
    expect((await packOf('Y1')).equals(await packOf('Y1'))).toBe(true)
  })

  it('of every project, and of every book with everything approved in it, passes', async () => {
    const { sql } = door().ledger.database
    const projects = await sql<{ project: string }[]>`select project from project order by 1`
    for (const { project } of projects) expect([project, all(verifyPack(await packOf(project)))]).toEqual([project, ''])
    const books = await sql<{ code: string }[]>`select code from book order by 1`
    const kinds = new Set<string>()
    for (const { code } of books) {
      const book = await door().ledger.shelf.find(code)
      if (!book) throw new Error(code)
      const out = join(folder, 'book.zip')
      await exportEvidence(tools(), book, out)
      const bytes = await readFile(out)
      expect([code, all(verifyPack(bytes))]).toEqual([code, ''])
      for (const { kind } of recordsOf(unzip(bytes), 'approvals.ndjson')) kinds.add(kind ?? '')
    }
    expect(kinds.size).toBeGreaterThan(10)
  })

  it('is held against a head of the same size that was kept, and says so of others', async () => {
    const city = await door().ledger.shelf.find('CITY')
    if (!city) throw new Error('CITY')
    const head = await signHead(tools(), city)
    expect(verifyPack(pack, { heads: [head] })).toMatchObject({ ok: true, notes: [] })
    const other = { ...head, hash: '00'.repeat(32) }
    expect(all(verifyPack(pack, { heads: [other] }))).toContain('not the head you kept: yiben/E')
    expect(verifyPack(pack, { heads: [{ ...head, size: 1 }] }).notes.join()).toContain('for the pack of its book')
    expect(all(verifyPack(pack, { keys: [newKeyPair().key] }))).toContain('signed with another key')
  })
})

it('is written and verified by commands; a book or a project, not both and not none', async () => {
  const out = join(folder, 'told.zip')
  const told = await spawnCommand(door().test, ['export', 'evidence', '--project', 'Y1', '--out', out], { folder })
  expect([told.status, told.out], told.err).toEqual([0, `${out}\n`])
  // The heads of these books were signed before, by the service of the other tests and not by this folder's.
  const key = tools().signer.publicKey.toString('base64')
  const verified = await spawnCommand(door().test, ['verify', out, '--key', key], { folder })
  expect([verified.status, verified.out], verified.err).toEqual([0, expect.stringContaining('通过 OK')])
  for (const wrong of [[], ['--book', 'CITY', '--project', 'Y1']]) {
    const { status, err } = await runCommand(door().test, ['export', 'evidence', ...wrong, '--out', out], { folder })
    expect([status, err]).toEqual([2, expect.stringContaining('--project')])
  }
  const none = await runCommand(door().test, ['export', 'evidence', '--project', 'X', '--out', out], { folder })
  expect([none.status, none.err]).toEqual([1, expect.stringContaining('project_not_found')])
})

describe('what a hand does to the pack of a project', () => {
  const onLine =
    (name: string, wanted: (line: string) => boolean, change: (line: string) => string | undefined) =>
    (members: Members) => {
      const index = linesOf(members, name).findIndex(wanted)
      expect(index).toBeGreaterThanOrEqual(0)
      return setLines(
        members,
        name,
        linesOf(members, name).flatMap((line, i) => (i === index ? (change(line) ?? []) : [line])),
      )
    }
  const spending = (line: string) => line.includes('"credit":"1500000.00"')
  const paidAbove = (line: string) => line.includes('"book":"CITY"') && line.includes('拨付 R-')
  const both =
    (...changes: ((members: Members) => Members)[]) =>
    (members: Members) =>
      changes.reduce((all, change) => change(all), members)
  const idOf = (wanted: (line: string) => boolean) => {
    const line = linesOf(unzip(pack), 'entries.ndjson').find(wanted)
    return (JSON.parse(line ?? '{}') as { id: string }).id
  }
  const dropped = (wanted: (line: string) => boolean) => {
    const id = idOf(wanted)
    return both(
      onLine('entries.ndjson', wanted, () => undefined),
      onLine(
        'proofs.ndjson',
        (line) => line.includes(`"${id}"`),
        () => undefined,
      ),
    )
  }

  const cases: readonly [string, () => string, () => (members: Members) => Members][] = [
    [
      'an amount on both legs',
      () => `${idOf(spending)}: 内容或位置与签名树头不符`,
      () => onLine('entries.ndjson', spending, (line) => line.replaceAll('1500000.00', '1400000.00')),
    ],
    [
      'one byte of an approval',
      () => '文本与摘要不符',
      () =>
        onLine(
          'approvals.ndjson',
          (line) => line.includes('"kind":"release"'),
          (line) => line.replace('"tranche\\":1', '"tranche\\":2').replace('allotted', 'allottex'),
        ),
    ],
    [
      'an approval dropped',
      () => `${idOf(paidAbove)}: 缺少批准文本`,
      () =>
        onLine(
          'approvals.ndjson',
          (line) => line.includes('"kind":"release"'),
          () => undefined,
        ),
    ],
    [
      'a decision dropped',
      () => `${idOf(paidAbove)}: 批准 `,
      () =>
        onLine(
          'approvals.ndjson',
          (line) => line.includes('"kind":"release"'),
          (line) => {
            const approval = JSON.parse(line)
            approval.decisions.splice(1, 1)
            return JSON.stringify(approval)
          },
        ),
    ],
    ['the city’s half of a payment', () => 'not all entries of its transaction', () => dropped(paidAbove)],
    ['an entry of the project', () => 'totals differ from the entries', () => dropped(spending)],
    [
      'an entry without its proof',
      () => 'its proof is missing',
      () =>
        onLine(
          'proofs.ndjson',
          (line) => line.includes(`"${idOf(spending)}"`),
          () => undefined,
        ),
    ],
    [
      'a proof',
      () => `${idOf(spending)}: 内容或位置与签名树头不符`,
      () =>
        onLine(
          'proofs.ndjson',
          (line) => line.includes(`"${idOf(spending)}"`),
          (line) => line.replace(/"path":"[0-9a-f]{4}/, '"path":"0000'),
        ),
    ],
    [
      'a total',
      () => 'totals differ from the entries',
      () =>
        onLine(
          'totals.ndjson',
          (line) => line.includes('D110102'),
          (line) => line.replace('"paid":"', '"paid":"1'),
        ),
    ],
    [
      'a head',
      () => 'fields differ from the note',
      () =>
        onLine(
          'books.ndjson',
          (line) => line.includes('"D110102"'),
          (line) => line.replace(/"hash":"[0-9a-f]{4}/, '"hash":"0000'),
        ),
    ],
    [
      'a book',
      () => 'of a book that is not listed: CITY',
      () =>
        onLine(
          'books.ndjson',
          (line) => line.includes('"CITY"'),
          () => undefined,
        ),
    ],
    [
      'an entry twice',
      () => 'repeated or out of order',
      () =>
        both(
          onLine('entries.ndjson', spending, (line) => `${line}\n${line}`),
          onLine(
            'proofs.ndjson',
            (line) => line.includes(`"${idOf(spending)}"`),
            (line) => `${line}\n${line}`,
          ),
        ),
    ],
    [
      'an approval more',
      () => 'no entry rests on',
      () => (members) =>
        setLines(members, 'approvals.ndjson', [
          ...linesOf(members, 'approvals.ndjson'),
          ...linesOf(members, 'approvals.ndjson')
            .slice(0, 1)
            .map((line) =>
              line.replace(/"approval":"A-\d+"/, '"approval":"A-999"').replaceAll(/"at":"2026/g, '"at":"2027'),
            ),
        ]),
    ],
    [
      'a member of another format',
      () => 'not of this format: leaves.txt',
      () => (members) => members.set('leaves.txt', Buffer.from('')),
    ],
    ['a member missing', () => 'missing: totals.ndjson', () => (members) => (members.delete('totals.ndjson'), members)],
  ]

  it.each(cases)('finds %s', async (_, said, change) => {
    const verdict = verifyPack(await zip(remanifest(change()(unzip(pack)))))
    expect(verdict.ok).toBe(false)
    const text = said()
    if (text.startsWith('E')) expect(verdict.first?.startsWith(text), all(verdict)).toBe(true)
    else expect(all(verdict)).toContain(text)
  })

  it('refuses to tell of a project that is not there', async () => {
    await expect(packOf('NONE')).rejects.toMatchObject({ code: 'project_not_found' })
  })
})
