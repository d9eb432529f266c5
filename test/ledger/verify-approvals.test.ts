/**
 * The approvals in an evidence pack: a voucher and its reversal, each made, checked and approved by different persons.
 * Whatever a hand does to a text or a decision afterwards is found offline, and the entry that rests on it is named.
 */
import { createHash, sign } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Verdict, verifyPack } from '../../src/cli/verify.mjs'
import { transact } from '../../src/base/db.ts'
import type { Book } from '../../src/ledger/book.ts'
import { exportEvidence } from '../../src/ledger/evidence.ts'
import { openSigner } from '../../src/ledger/keys.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { cosign, type ProofTools, registerWitness, signHead } from '../../src/ledger/proof.ts'
import { makeVoucher } from '../../src/vouchers/voucher/verbs.ts'
import { decideApproval } from '../../src/workflow/decide.ts'
import { approver, checker, employ, maker, person } from '../approvals/trial.ts'
import { addProject } from '../release/programme.ts'
import { useDatabase } from '../support/database.ts'
import { line, newBook, newKey } from '../support/ledger.ts'
import {
  forgeTexts,
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

const test = useDatabase()
const sha = (text: string): string => createHash('sha256').update(text).digest('hex')

type Decision = { actingFor?: string; person: string; decision: string; of: string; at: string; step: string }
type Approval = {
  approval: string
  approvers: string
  hash: string
  kind: string
  text: string
  decisions: Decision[]
}

let tools: ProofTools
let folder: string
let book: Book
let pack: Buffer
let id: string

beforeAll(async () => {
  const ledger = openLedger(test().database)
  folder = await mkdtemp(join(tmpdir(), 'yiben-approvals-'))
  tools = { ...ledger, signer: await openSigner(folder) }
  for (const actor of [maker, checker, approver]) await employ(ledger, actor)
  await transact(ledger.database, (tx) => addProject(tx, { project: 'P1', district: '110102', area: 100n }))
  book = await newBook(ledger)
  const quota = (amount: string) => [
    line('1011', 'debit', amount),
    line('4001', 'credit', amount),
    line('800101', 'debit', amount),
    line('6001', 'credit', amount),
  ]
  const made = async (given: Parameters<typeof makeVoucher>[2]) => {
    const answer = await makeVoucher(ledger, maker, given, newKey())
    if (!('answer' in answer)) throw new Error(answer.refusal.code)
    const { approval, hash } = answer.answer
    await decideApproval(ledger, checker, { approval, verdict: 'check', hash }, newKey())
    await decideApproval(ledger, approver, { approval, verdict: 'approve', hash, reason: '同意\u001B[31m' }, newKey())
  }
  const voucher = (amount: string, type: string, day: string) => ({
    book: book.code,
    on: day as never,
    summary: `收到额度 ${amount}`,
    type,
    documents: [{ title: '通知单', number: 'TZ-1' }],
    lines: quota(amount).map(({ side, amountFen, ...rest }) => ({ ...rest, [side]: amountFen })),
  })
  await made(voucher('700.00', '收款', '2026-03-02'))
  await made(voucher('50.00', '收款', '2026-03-03'))
  await made(voucher('20.00', 'red', '2026-03-04'))
  await made({ reverses: `E${book.bookId}-2`, on: '2026-03-05' as never, reason: '重复记账' })
  pack = await packOf()
  id = `E${book.bookId}`
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function packOf(): Promise<Buffer> {
  const out = join(folder, `${newKey()}.zip`)
  await exportEvidence(tools, book, out)
  return readFile(out)
}

const all = ({ first = '', findings }: Verdict): string => [first, ...findings].join('\n')
const approvalsOf = (members: Members): Approval[] => recordsOf<Approval>(members, 'approvals.ndjson')
const withApprovals = (members: Members, change: (approvals: Approval[]) => void): Members => {
  const approvals = approvalsOf(members)
  change(approvals)
  return setLines(
    members,
    'approvals.ndjson',
    approvals.map((approval) => JSON.stringify(approval)),
  )
}
const at = <T>(list: readonly T[], index: number): T => {
  const found = list[index]
  if (found === undefined) throw new Error(`no ${index}`)
  return found
}

describe('a pack with approvals', () => {
  it('passes, and holds every text with its decisions', () => {
    const verdict = verifyPack(pack)
    expect(all(verdict)).toBe('')
    expect(verdict.summary.join('\n')).toContain('批准 approvals 4')
    const approvals = approvalsOf(unzip(pack))
    expect(approvals.map(({ kind }) => kind)).toEqual(['voucher', 'voucher', 'voucher', 'reversal'])
    const [first] = approvals
    expect(first && sha(first.text)).toBe(first?.hash)
    expect(first?.text).toContain('收到额度 700.00')
    expect(first?.decisions.map(({ person: who, decision }) => `${who} ${decision}`)).toEqual([
      'zhang submitted',
      'li checked',
      'wang approved',
    ])
  })

  it('is the same bytes for the same position', async () => {
    expect((await packOf()).equals(await packOf())).toBe(true)
  })

  it('of the former format still verifies, and says that texts are not in it', async () => {
    const members = unzip(pack)
    members.delete('approvals.ndjson')
    const manifest = textOf(members, 'manifest.json').replace('yiben-evidence-2', 'yiben-evidence-1')
    members.set('manifest.json', Buffer.from(manifest))
    const verdict = verifyPack(await zip(remanifest(members)))
    expect(all(verdict)).toBe('')
    expect(verdict.notes.join('\n')).toContain('former format')
    members.set('approvals.ndjson', Buffer.from(''))
    expect(all(verifyPack(await zip(remanifest(members))))).toContain('not of this format: approvals.ndjson')
  })
})

describe('what a hand does to approvals', () => {
  const cases: readonly [string, string, (approvals: Approval[]) => void][] = [
    [
      'one byte of a text',
      '-2 (sequence 2): 批准 A-2: 文本与摘要不符',
      (a) => (at(a, 1).text = at(a, 1).text.replace('50.00', '51.00')),
    ],
    ['a decision dropped', '-1 (sequence 1): 批准 A-1 的经过', (a) => void at(a, 0).decisions.splice(1, 1)],
    [
      'a decision dropped, with the number that is wanted',
      '-1 (sequence 1): 批准 A-1 的经过',
      (a) => {
        at(a, 0).decisions.pop()
        at(a, 0).approvers = '0'
      },
    ],
    ['a person', '-1 (sequence 1): 批准 A-1 的经过', (a) => (at(at(a, 0).decisions, 1).person = 'zhao')],
    [
      'instead of whom',
      '-1 (sequence 1): 批准 A-1 的经过',
      (a) => {
        const { at: when, ...rest } = at(at(a, 0).decisions, 1)
        at(a, 0).decisions[1] = { actingFor: 'zhao', at: when, ...rest }
      },
    ],
    ['when', '-1 (sequence 1): 批准 A-1 的经过', (a) => (at(at(a, 0).decisions, 1).at = at(at(a, 1).decisions, 1).at)],
    ['how many approve', '-1 (sequence 1): 批准 A-1: 经办、复核、审批不齐', (a) => (at(a, 0).approvers = '2')],
    ['an approval left out', '-2 (sequence 2): 缺少批准文本', (a) => void a.splice(1, 1)],
    [
      'an approval exchanged for another',
      '-1 (sequence 1): 缺少批准文本',
      (a) => a.splice(0, 1, { ...at(a, 1), approval: 'A-1' }),
    ],
    [
      'a text exchanged with its hash',
      '-1 (sequence 1): 缺少批准文本',
      (a) =>
        Object.assign(at(a, 0), {
          text: at(a, 1).text,
          hash: at(a, 1).hash,
          decisions: at(a, 0).decisions.map((d) => ({ ...d, of: at(a, 1).hash })),
        }),
    ],
    ['a text exchanged', '-1 (sequence 1): 批准 A-1: 文本与摘要不符', (a) => (at(a, 0).text = at(a, 1).text)],
    ['its kind', '-1 (sequence 1): 批准 A-1: 文本不是该事项的', (a) => (at(a, 0).kind = 'reversal')],
    ['an approval twice', 'not understood, or twice: A-1', (a) => void a.push(at(a, 0))],
    [
      'an approval that nothing rests on',
      'no entry rests on A-9',
      (a) => {
        const text = '{"content":{},"kind":"trial","subject":"x"}'
        const decisions = at(a, 0).decisions.map((decision) => ({ ...decision, of: sha(text) }))
        a.push({ ...at(a, 0), approval: 'A-9', kind: 'trial', text, hash: sha(text), decisions })
      },
    ],
    ['a field more', 'not understood, or twice: A-1', (a) => Object.assign(at(a, 0), { note: 'x' })],
  ]

  it.each(cases)('finds %s', async (_, said, change) => {
    const verdict = verifyPack(await zip(remanifest(withApprovals(unzip(pack), change))))
    expect(verdict.ok).toBe(false)
    if (said.startsWith('-')) expect(verdict.first?.startsWith(`${id}${said}`), all(verdict)).toBe(true)
    else expect(all(verdict)).toContain(said)
  })

  /** Entries rewritten to fit, under a key of the forger's own: every hash agrees. */
  const forged =
    (change: (entry: string, approvals: Approval[]) => string, index = 0) =>
    async () => {
      const members = unzip(pack)
      const approvals = approvalsOf(members)
      const texts = linesOf(members, 'entries.ndjson').map((text, i) => (i === index ? change(text, approvals) : text))
      withApprovals(members, (given) => given.splice(0, given.length, ...approvals))
      return verifyPack(await zip(forgeTexts(members, texts)))
    }
  const rehashed = (approval: Approval, entry: string, text: string): string => {
    const before = approval.hash
    Object.assign(approval, { text, hash: sha(text) })
    for (const decision of approval.decisions) decision.of = approval.hash
    return entry.replaceAll(before, approval.hash)
  }

  it('finds an entry that says another thing than its text, though all of it is signed anew', async () => {
    const amounts = await forged((entry, approvals) => {
      const first = at(approvals, 0)
      return rehashed(
        first,
        entry,
        first.text.replaceAll('700.00', '800.00').replace('收到额度 800.00', '收到额度 700.00'),
      )
    })()
    expect(amounts.first).toContain(`${id}-1 (sequence 1): 批准 A-1: 分录 the lines differs from the entry`)
    const day = await forged((entry, approvals) =>
      rehashed(at(approvals, 0), entry, at(approvals, 0).text.replace('2026-03-02', '2026-03-01')),
    )()
    expect(day.first).toContain('批准 A-1: 账套、日期、摘要、类型或附件')
    const reversed = await forged(
      (entry, approvals) => rehashed(at(approvals, 3), entry, at(approvals, 3).text.replace('-50.00', '-51.00')),
      3,
    )()
    expect(reversed.first).toContain(`${id}-4 (sequence 4): 批准 A-4: 分录`)
    const red = await forged(
      (entry, approvals) => rehashed(at(approvals, 2), entry, at(approvals, 2).text.replace('"20.00"', '"21.00"')),
      2,
    )()
    expect(red.first).toContain(`${id}-3 (sequence 3): 批准 A-3: 分录`)
  })

  it('finds one person in two steps, under whatever spelling, and a maker who submitted nothing', async () => {
    const twice = await forged((entry, approvals) => {
      at(at(approvals, 0).decisions, 2).person = 'Ｚhang'
      return entry.replace('"person":"wang"', '"person":"Ｚhang"')
    })()
    expect(twice.first).toContain('one person took two steps')
    const other = await forged((entry) => entry.replace('"maker":"zhang"', '"maker":"zhao"'))()
    expect(other.first).toContain('submitted by another than the entry’s maker')
  })
})

it('prints nothing that a terminal would obey', async () => {
  const witness = newKeyPair()
  await registerWitness(tools, { holder: person('sun', 'auditor').person, publicKey: witness.key })
  const head = await signHead(tools, book)
  const signature = sign(null, Buffer.from(head.note), witness.privateKey).toString('base64')
  await cosign(tools, book, { size: head.size, acts: 0, keyId: witness.keyId, signature })
  const members = unzip(await packOf())
  // Decoders of base64 skip what is none; a key counts in one spelling only.
  const keys = textOf(members, 'keys.ndjson').replace(witness.key, `${witness.key}\\u001b[2J\\u202e`)
  members.set('keys.ndjson', Buffer.from(keys))
  const printed = verifyPack(await zip(remanifest(members)))
  expect(printed.first).toBeDefined()
  const spoiled = withApprovals(unzip(pack), (a) => (at(a, 0).approval = 'A-\u001B[31m1'))
  spoiled.set('book.json', Buffer.from(textOf(spoiled, 'book.json').replace('测试账套', '测\\u001b]0;x\\u0007')))
  const { first, findings, notes, summary } = verifyPack(await zip(remanifest(spoiled)))
  const hidden = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
  const told = [
    printed.first ?? '',
    ...printed.findings,
    ...printed.notes,
    first ?? '',
    ...findings,
    ...notes,
    ...summary,
  ]
  expect(told.filter((text) => hidden.test(text))).toEqual([])
})
