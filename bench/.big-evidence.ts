import { mkdtemp, rm, stat, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { openEmbedded } from '/work/main/src/base/embedded.ts'
import { migrate } from '/work/main/src/base/migrate.ts'
import { openDatabase } from '/work/main/src/base/db.ts'
import { openLedger } from '/work/main/src/ledger/ledger.ts'
import { postBatch, createBook } from '/work/main/src/ledger/actions.ts'
import { openSigner } from '/work/main/src/ledger/keys.ts'
import { exportEvidence } from '/work/main/src/ledger/evidence.ts'
import { signHead, inclusionProof, consistencyProof } from '/work/main/src/ledger/proof.ts'
import { parseAmount } from '/work/main/src/base/money.ts'
const N = Number(process.argv[2])
const folder = await mkdtemp(join(tmpdir(), 'yiben-big-'))
const server = await openEmbedded(folder, { claim: 'service', settings: {} })
const admin = new pg.Client({ connectionString: server.adminUrl }); await admin.connect()
await admin.query('create database big owner yiben_owner'); await admin.end()
await migrate(server.url('yiben_migrator', 'big'))
const database = openDatabase(server.url('yiben_app', 'big'))
const ledger = openLedger(database)
const actor = { person: 'zhang', role: 'integration' } as const
const book = await createBook(ledger, actor, { code: 'BIG', name: '大账套', district: '110102', standard: 'government' })
const tools = { ...ledger, signer: await openSigner(folder) }
let t = performance.now()
const lap = (what: string) => { console.log(what, ((performance.now() - t) / 1000).toFixed(2), 's', Math.round(process.memoryUsage().rss / 1e6), 'MB rss'); t = performance.now() }
const l = (account: string, side: 'debit' | 'credit', amount: string, project: string, more = {}) => ({ account, side, amountFen: parseAmount(amount)!, project, source: 'F21', ...more })
let k = 0
for (let done = 0; done < N; done += 1000) {
  const entries = Array.from({ length: 1000 }, () => { const i = k++; const p = `P${i % 997}`; const on = `2026-${String(1 + Math.floor(i * 10 / N)).padStart(2, '0')}-${String(1 + i % 27).padStart(2, '0')}`
    return { key: `k${i}`, draft: { on: on as never, summary: `下达授权支付额度 ${i}`, type: 'general', documents: [{ number: `文号〔2026〕${i}号`, title: '批复' }], lines: [l('1011','debit','6000.00',p), l('4001','credit','6000.00',p), l('800101','debit','6000.00',p,{counterparty:'91110000600007520Y'}), l('6001','credit','6000.00',p,{memo:'授权支付'})] } } })
  const answers = await postBatch(ledger, actor, 'BIG', entries, false)
  if (!answers.every((a) => 'entries' in a)) throw new Error(JSON.stringify(answers.find((a) => !('entries' in a))))
  if (done % 20000 === 0) await signHead(tools, book)
}
lap(`posted ${N}`)
const e = await exportEvidence(tools, book, '/tmp/big/pack.zip')
lap('exported ' + e.bytes)
await inclusionProof(tools, book, 5); lap('inclusion'); await inclusionProof(tools, book, N - 7); lap('inclusion'); await consistencyProof(tools, book, 12345, N); lap('consistency')
await database.close(); await server.stop(); await rm(folder, { recursive: true, force: true })
