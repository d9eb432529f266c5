/**
 * Proofs: the signed head of a book, that an entry is under it, that a later log begins with an earlier one, and
 * witnesses' signatures.
 */
import * as z from 'zod'
import { lastChecks } from '../../../jobs/last-checks.ts'
import { formatInstant, type Instant } from '../../base/calendar.ts'
import { bookFor, placeOf } from '../../ledger/ledger.ts'
import { consistencyProof, cosign, inclusionProof, signedStates, signHead } from '../../ledger/proof.ts'
import { json } from '../body.ts'
import { about, entryIdForm, inBook, instantOut, size } from '../../form/field.ts'
import { reply, type Route, route } from '../route.ts'

const headView = z
  .strictObject({
    size: z.int().meta(about('凭证数', 'number of entries')),
    hash: z.string().meta(about('Merkle 树根（十六进制）', 'root of the Merkle tree, hex')),
    signature: z.string().meta(about('对 note 的 Ed25519 签名（base64）', 'Ed25519 signature of the note, base64')),
    key: z.string().meta(about('公钥（base64，32 字节）', 'public key, 32 bytes in base64')),
    at: z.string(),
    keyId: z.string(),
    acts: z
      .strictObject({ count: z.int(), hash: z.string() })
      .meta(about('期间事项链', 'the chain of acts on periods')),
    note: z.string().meta(about('被签名的文本', 'the text that is signed')),
  })
  .meta({ id: 'SignedHead', ...about('签名树头', 'signed head') })

const provedBook = z
  .strictObject({
    book: z.string(),
    name: z.string(),
    size: z.int().meta(about('凭证数', 'number of entries')),
    recordedAt: z.exactOptional(instantOut('最后一张凭证的记账时刻', 'when the last entry was recorded')),
    head: z.exactOptional(
      z
        .strictObject({
          size: z.int(),
          hash: z.string(),
          at: instantOut('签名时刻', 'when it was signed'),
          ageSeconds: z.int().meta(about('距今秒数', 'seconds ago')),
          witnesses: z.int().meta(about('见证签名数', 'signatures of witnesses')),
        })
        .meta(about('最近一次签名的树头；尚未签名的没有此项', 'the last head that was signed')),
    ),
    unsigned: z.int().meta(about('树头之后新增的凭证数', 'entries since that head')),
  })
  .meta({ id: 'ProvedBook', ...about('一个账套的证明状态', 'how far a book is proved') })
const proofsView = z
  .strictObject({
    at: instantOut('此刻', 'now'),
    books: z.array(provedBook),
    verified: z.exactOptional(
      z
        .strictObject({
          job: z.string(),
          on: z.exactOptional(z.string()),
          at: instantOut('完成时刻', 'when it ended'),
          ok: z.boolean(),
          failed: z.array(z.string()).meta(about('不成立的检查', 'checks that do not hold')),
        })
        .meta(about('最近一次全面自查；从未自查的没有此项', 'the last recomputation of all books')),
    ),
  })
  .meta({ id: 'Proofs', ...about('各账套的证明与最近一次核验', 'proofs of all books and the last verification') })

const heads = route({
  method: 'GET',
  path: '/v1/proof',
  id: 'listProofs',
  tag: 'proof',
  summary: {
    zh: '各账套的签名树头、其时距与最近一次核验',
    en: 'Heads of all books with their age, and the last verification',
  },
  description: {
    zh: '只读已有的签名，不产生新的；要最新的签名树头，见 /v1/books/{book}/proof。',
    en: 'Reads what was signed and signs nothing; for a head of now see /v1/books/{book}/proof.',
  },
  right: 'book.read',
  answers: { 200: { about: { zh: '证明', en: 'The proofs' }, schema: proofsView } },
  refuses: [],
  handle: async ({ actor, service: { ledger } }) => {
    const now = ledger.clock()
    const [states, last] = await Promise.all([signedStates(ledger.database, actor.district), lastChecks(ledger)])
    const books = states.map(({ head: signed, recordedAt, ...book }) => ({
      ...book,
      ...(recordedAt !== undefined && { recordedAt: formatInstant(recordedAt) }),
      ...(signed && { head: { ...signed, at: formatInstant(signed.at), ageSeconds: secondsSince(signed.at, now) } }),
      unsigned: book.size - (signed?.size ?? 0),
    }))
    // What checks found names amounts of every district: a district is told whether they held.
    const verified = last && { ...last, failed: actor.district === undefined ? last.failed : [] }
    return reply(200, { at: formatInstant(now), books, ...(verified && { verified }) })
  },
})

const secondsSince = (then: Instant, now: Instant): number => Number((now - then) / 1_000_000n)

/** Whatever gives out a head may have to sign one. */
const signing = ['signing_key_other', 'head_contradicts_signed'] as const

const head = route({
  method: 'GET',
  path: '/v1/books/{book}/proof',
  id: 'readProof',
  tag: 'proof',
  summary: { zh: '账套的签名树头', en: 'The signed head of a book' },
  right: 'book.read',
  params: inBook,
  answers: { 200: { about: { zh: '签名树头', en: 'The signed head' }, schema: headView } },
  refuses: ['book_not_found', ...signing],
  handle: async ({ actor, params, service }) =>
    reply(200, await signHead(service.proof, await bookFor(service.ledger, actor, params.book, 'book.read'))),
})

const consistency = route({
  method: 'GET',
  path: '/v1/books/{book}/proof/consistency',
  id: 'readConsistency',
  tag: 'proof',
  summary: { zh: '一致性证明：后来的树以先前的树开头', en: 'That the log of now begins with the log of then' },
  right: 'book.read',
  params: inBook,
  query: z.strictObject({ from: size, to: z.exactOptional(size) }),
  answers: {
    200: {
      about: { zh: '证明与当前树头', en: 'The proof, and the head of now' },
      schema: z.strictObject({ from: z.int(), to: z.int(), path: z.array(z.string()), head: headView }),
    },
  },
  refuses: ['book_not_found', 'checkpoint_not_found', ...signing],
  handle: async ({ actor, params, query, service }) => {
    const book = await bookFor(service.ledger, actor, params.book, 'book.read')
    const head = await signHead(service.proof, book)
    return reply(200, { ...(await consistencyProof(service.proof, book, query.from, query.to ?? head.size)), head })
  },
})

const inclusion = route({
  method: 'GET',
  path: '/v1/entries/{id}/proof',
  id: 'readEntryProof',
  tag: 'proof',
  summary: { zh: '包含证明：凭证在签名树头之下', en: 'That an entry is under the signed head' },
  right: 'book.read',
  params: z.strictObject({ id: entryIdForm }),
  answers: {
    200: {
      about: { zh: '证明', en: 'The proof' },
      schema: z.strictObject({
        entry: z.string(),
        index: z.int(),
        size: z.int(),
        leaf: z.string().meta(about('凭证的规范文本', 'canonical text of the entry')),
        leafHash: z.string(),
        path: z.array(z.string()),
        head: headView,
      }),
    },
  },
  refuses: ['entry_not_found', ...signing],
  handle: async ({ actor, params, service }) => {
    const { book, sequence } = await placeOf(service.ledger, actor, params.id, 'book.read')
    return reply(200, await inclusionProof(service.proof, book, sequence))
  },
})

const cosignature = z.strictObject({
  size: z.int({ error: 'size' }).min(0, { error: 'size' }).meta(about('所见证树头的凭证数', 'size of the head')),
  acts: z.int({ error: 'size' }).min(0, { error: 'size' }).meta(about('所见证树头的期间事项数', 'its number of acts')),
  keyId: z
    .string({ error: 'key_id' })
    .regex(/^[0-9a-f]{16}$/, { error: 'key_id' })
    .meta(about('见证公钥编号', 'id of the witness’s key')),
  signature: z
    .string({ error: 'base64' })
    .regex(/^[A-Za-z0-9+/]{86}==$/, { error: 'base64' })
    .meta(about('对 note 的 Ed25519 签名', 'Ed25519 signature of the note')),
})

const witness = route({
  method: 'POST',
  path: '/v1/books/{book}/proof/cosignatures',
  id: 'cosign',
  tag: 'proof',
  summary: { zh: '提交见证签名', en: 'Give a witness’s signature' },
  right: 'proof.cosign',
  params: inBook,
  body: json(cosignature),
  answers: { 201: { about: { zh: '已保存', en: 'Kept' }, schema: cosignature } },
  refuses: ['book_not_found', 'checkpoint_not_found', 'cosignature_invalid'],
  handle: async ({ actor, params, body, service }) => {
    await cosign(service.proof, await bookFor(service.ledger, actor, params.book, 'proof.cosign'), body)
    return reply(201, body)
  },
})

export const proofRoutes: readonly Route[] = [heads, head, consistency, inclusion, witness]
