/**
 * `yiben export …`: a book or a project taken out of the database: as an evidence pack to be verified anywhere, or a
 * book as a journal for other tools.
 */
import { type Command, Option } from 'commander'
import { exportProjectEvidence } from '../../financing/money/evidence.ts'
import { exportEvidence } from '../../ledger/evidence.ts'
import { openSigner } from '../../ledger/keys.ts'
import { bookFor } from '../../ledger/ledger.ts'
import { WrongUsage } from '../failure.ts'
import { operator, withLedger } from './open.ts'
import { exportJournal, type JournalFormat, journalFormats } from './journal.ts'

type Evidence = { book?: string; project?: string; out: string }
type Journal = { book: string; format: JournalFormat }

export function exportCommand(program: Command): void {
  const command = program.command('export').description('导出 / export')
  command
    .command('evidence')
    .description('证据包：用 node verify.mjs 即可离线核验 / an evidence pack, verified offline with node verify.mjs')
    .addOption(new Option('--book <code>', '账套编号：该账套全部凭证 / code of a book: all of it').conflicts('project'))
    .option('--project <code>', '项目编号：各账套中该项目的凭证 / code of a project: its entries in every book')
    .requiredOption('--out <file>', '写到哪个文件 / file to write')
    .action(writeEvidence)
  command
    .command('journal')
    .description('序时账文本，写到标准输出 / the journal as text, on stdout')
    .requiredOption('--book <code>', '账套编号 / code of the book')
    .addOption(new Option('--format <format>', '格式 / format').choices(journalFormats).default('hledger'))
    .action(async ({ book, format }: Journal) => {
      await withLedger((ledger) => exportJournal(ledger, operator(), book, process.stdout, format))
    })
}

async function writeEvidence({ book: code, project, out }: Evidence): Promise<void> {
  const of = code ?? project
  if (of === undefined) throw new WrongUsage('须给出 --book 或 --project / give --book or --project')
  await withLedger(async (ledger, config) => {
    const signer = await openSigner(config.folder, { keyFile: config.signingKey })
    const tools = { ...ledger, signer }
    const { entries, bytes, sha256 } =
      code === undefined
        ? await exportProjectEvidence(tools, operator(), of, out)
        : await exportEvidence(tools, await bookFor(ledger, operator(), code, 'book.read'), out)
    process.stdout.write(`${out}\n`)
    process.stderr.write(
      `${of}：${entries} 张凭证 / entries, ${bytes} 字节 / bytes, SHA-256 ${sha256}\n核验 / verify: npm run -s yiben -- verify ${out}\n`,
    )
  })
}
