/**
 * Who may do what in the database, whatever the program does: every privilege of the roles stands in the lists here,
 * what is not listed is refused, and the guards of the tables refuse the rest, for the owner too. The program itself
 * works as yiben_app, as all tests do.
 */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { sqlState } from '../../src/base/db.ts'
import type { Book } from '../../src/ledger/book.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { closePeriod } from '../../src/ledger/period.ts'
import { queryOnce } from '../faults/own-server.ts'
import { checker, newBook, post, posted, quota, spend } from '../support/ledger.ts'
import { asSuperuser, type TestDatabase, useDatabase } from '../support/database.ts'

const test = useDatabase()
let book: Book | undefined
beforeAll(async () => {
  const ledger = openLedger(test().database)
  book = await newBook(ledger)
  posted(await post(ledger, book, quota('100.00')))
  posted(await post(ledger, book, spend('1.00')))
})

// Each room adds a line of its own to the lists that follow.
const appendOnly = [
  'account',
  'action_receipt',
  'change',
  // access
  'person',
  'access_event',
  'approval_decision',
  'approval_party',
  'attachment',
  'book',
  'checkpoint',
  'cosignature',
  'entry',
  'entry_effect',
  'line',
  'merkle_node',
  'period_act',
  'receipt',
  'signing_key',
  // projects
  'project_document',
  'project_progress',
  'project_unfinished',
  'project_standing',
  'community_standing',
  'cash_plan', // funds
  'recovery_taken',
  'recovery_part',
  'bond_allocation',
  'bond_allocation_share',
  'bond_due_share',
  // releases
  'score_entry',
  'score',
  'early_run',
  'early_run_score',
  'release_part',
  'clawback_part',
  'settlement_part',
  'funding_plan_version',
  'funding_plan_line',
  'funding_plan_share',
  'channel_movement',
  'owner_movement', // plans
  'allocation_version',
  'allocation_share',
  'allocation_item', // allocation
  'ownership_scheme',
  'ownership_key',
  'ownership_certificate',
  'ownership_split',
] as const
/** Tables that a migration fills, and nothing else. */
const fixed = ['facts_checked_since'] as const
/** Tables whose rows are also changed. */
const moving = [
  'book_head',
  'closing',
  'voucher_number',
  'job_progress', // jobs
  // projects
  'community',
  'bundle',
  'project',
  'annual_plan',
  'indicator',
  'bond', // funds
] as const
/** Tables of whose rows some columns may be changed. */
const settled: Readonly<Record<string, readonly string[]>> = {
  token: ['revoked_at', 'revoked_by'],
  duty: ['ended_at', 'ended_by'],
  session: ['ended_at', 'ended_by', 'seen_at', 'stepped_at'],
  credential: ['disabled_at', 'disabled_by', 'password', 'set_at', 'totp_secret', 'totp_step'],
  invitation: ['ended_at', 'ticket_hash', 'totp_secret', 'used_at'],
  approval: ['state', 'steps'],
  job: [
    'attempts',
    'claim',
    'claimed_until',
    'ended_at',
    'error',
    'not_before',
    'published_at',
    'result',
    'setbacks',
    'state',
  ],
  delegation: ['revoked_at'],
  allocation: ['state', 'version', 'changes'],
  funding_plan: ['version', 'submitted', 'approval', 'approved'],
  // funds
  indicator_recovery: ['due_fen', 'done_fen', 'return_fen'],
  commitment: ['released_fen', 'paid_fen', 'state', 'version'],
  withdrawal: ['state', 'version'],
  bond_due: ['state'],
  voucher: ['state', 'entries', 'version'],
  take_over: ['state', 'entries', 'version'], // vouchers
  // releases
  score_head: ['version'],
  allotment_release: ['released_fen'],
  release: ['state', 'released_on', 'clawed_fen'],
  clawback: ['state', 'taken_fen', 'posted_on'],
  clawback_claim: ['settled_fen'],
  claim_settlement: ['state', 'posted_on'],
  treasury_instruction: ['state', 'receipt', 'sending_at', 'sent_at'],
}

/** Tables of the register, whose rows may also be taken out: the record of changes keeps what they were. */
const registered: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(
    ['building', 'dwelling', 'project_building', 'project_item', 'plan_project'].map((t) => [t, ['UPDATE', 'DELETE']]),
  ),
  ...Object.fromEntries(['plan_batch', 'plan_batch_project'].map((t) => [t, ['DELETE']])),
}

/** Everything yiben_app may do, one line a right. */
const appMay = [
  ...Object.entries(registered).flatMap(([table, more]) =>
    ['INSERT', 'SELECT', ...more].map((right) => `table ${table} ${right}`),
  ),
  ...appendOnly.flatMap((table) => [`table ${table} INSERT`, `table ${table} SELECT`]),
  ...fixed.map((table) => `table ${table} SELECT`),
  ...moving.flatMap((table) => [`table ${table} INSERT`, `table ${table} SELECT`, `table ${table} UPDATE`]),
  ...Object.entries(settled).flatMap(([table, columns]) => [
    `table ${table} INSERT`,
    `table ${table} SELECT`,
    ...columns.map((column) => `column ${table}.${column} UPDATE`),
  ]),
  'function balance_on EXECUTE',
  'function known_balance_near EXECUTE',
  'function known_balance_on EXECUTE',
  'function entry_at EXECUTE',
  'function folded EXECUTE',
  'function hold_heads EXECUTE',
  'function skeleton EXECUTE',
  'schema yiben USAGE',
].sort()

/** What opens anything. */
const opening = ['token', 'session', 'credential', 'invitation']

const auditorMay = [
  ...Object.keys(registered).map((table) => `table ${table} SELECT`),
  ...[...appendOnly, ...fixed, ...moving, 'migration'].map((table) => `table ${table} SELECT`),
  // What opens anything is not for auditors to hold.
  ...Object.keys(settled).flatMap((table) => (opening.includes(table) ? [] : [`table ${table} SELECT`])),
  'function balance_on EXECUTE',
  'function known_balance_near EXECUTE',
  'function known_balance_on EXECUTE',
  'function entry_at EXECUTE',
  'schema yiben USAGE',
].sort()

/** What everybody may: PostgreSQL lets anybody execute a new function; these are of triggers, and cannot be called. */
const everybodyMay = [
  'refuse_change',
  'require_balanced_lines',
  'require_lines',
  'require_number_rises',
  'require_progress',
  // access
  'note_access',
  'note_credential',
  'note_invitation',
  'note_session',
  'require_duty_ends_once',
  'require_token_revoked_once',
  // approvals
  'require_approval_progress',
  'require_delegation_ends_once',
  'require_party',
  'note_project_standing',
  'note_community_standing',
  'require_allocation_progress',
  'require_indicator_progress',
  'require_bond_progress',
  'require_due_progress',
  'require_voucher_progress',
  'require_withdrawal_progress',
  'require_take_over_progress',
  'require_commitment_progress', // funds
  // releases
  'require_release_progress',
  'require_clawback_progress',
  'require_claim_progress',
  'require_settlement_progress',
  'require_instruction_progress',
  'require_plan_progress',
]
  .map((name) => `function ${name} EXECUTE`)
  .sort()

/**
 * Every right that is granted in this database's catalog to a role; 0 is PUBLIC. Defaults are spelled out, not left
 * null.
 */
const rights = `
  with everything as (
    select 'schema ' || nspname as thing, coalesce(nspacl, acldefault('n', nspowner)) as acl, nspowner as owner from pg_namespace
      where nspname not like 'pg\\_%' and nspname <> 'information_schema'
    union all select case relkind when 'S' then 'sequence ' else 'table ' end || relname,
      coalesce(relacl, acldefault(case relkind when 'S' then 's' else 'r' end::"char", relowner)), relowner
      from pg_class where relkind in ('r', 'p', 'v', 'm', 'f', 'S') and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    union all select 'column ' || relname || '.' || attname, attacl, relowner from pg_attribute join pg_class on pg_class.oid = attrelid
      where attacl is not null and relnamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    union all select 'function ' || proname, coalesce(proacl, acldefault('f', proowner)), proowner from pg_proc
      where pronamespace not in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)
    union all select 'type ' || typname, typacl, typowner from pg_type where typacl is not null
    union all select 'language ' || lanname, lanacl, lanowner from pg_language where lanacl is not null and lanname <> 'plpgsql'
    union all select 'large object', lomacl, lomowner from pg_largeobject_metadata
    union all select 'parameter ' || parname, paracl, 10 from pg_parameter_acl
    union all select 'default', defaclacl, defaclrole from pg_default_acl
    union all select 'foreign ' || fdwname, fdwacl, fdwowner from pg_foreign_data_wrapper
    union all select 'server ' || srvname, srvacl, srvowner from pg_foreign_server
  )
  select thing || ' ' || privilege_type || case when is_grantable then ' WITH GRANT OPTION' else '' end as item
  from everything, aclexplode(acl) where grantee = $1 and grantee <> owner order by 1`

async function rightsOf(role: string): Promise<string[]> {
  const [found] = await queryOnce<{ oid: string }>(
    test().superUrl,
    `select coalesce(to_regrole($1)::oid, 0)::text as oid`,
    [role],
  )
  const rows = await queryOnce<{ item: string }>(test().superUrl, rights, [found?.oid])
  return rows.map(({ item }) => item).sort()
}

describe('every right in the catalog', () => {
  it('of yiben_app', async () => expect(await rightsOf('yiben_app')).toEqual(appMay))
  it('of yiben_auditor', async () => expect(await rightsOf('yiben_auditor')).toEqual(auditorMay))
  it('of everybody', async () => expect(await rightsOf('nobody at all')).toEqual(everybodyMay))

  it('sees a right that is granted behind its back', async () => {
    await asSuperuser(test(), (client) =>
      client.query('grant delete on line to yiben_app; grant select on token to public'),
    )
    expect(await rightsOf('yiben_app')).toContain('table line DELETE')
    expect(await rightsOf('nobody at all')).toContain('table token SELECT')
    await asSuperuser(test(), (client) =>
      client.query('revoke delete on line from yiben_app; revoke select on token from public'),
    )
  })

  it('belongs to roles without power, that are members of nothing and own nothing', async () => {
    const powers = `select rolname, rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls as power,
        array(select r.rolname::text from pg_auth_members m join pg_roles r on r.oid = m.roleid where m.member = p.oid) as member_of,
        (select count(*)::int from pg_class where relowner = p.oid) + (select count(*)::int from pg_proc where proowner = p.oid)
          + (select count(*)::int from pg_namespace where nspowner = p.oid) + (select count(*)::int from pg_database where datdba = p.oid) as owns
      from pg_roles p where rolname in ('yiben_app', 'yiben_auditor') order by 1`
    expect(await queryOnce(test().superUrl, powers)).toEqual([
      { rolname: 'yiben_app', power: false, member_of: [], owns: 0 },
      { rolname: 'yiben_auditor', power: false, member_of: [], owns: 0 },
    ])
    const owner = `select rolcanlogin or rolsuper or rolbypassrls as open, (select count(distinct relowner)::int from pg_class
        where relnamespace = 'yiben'::regnamespace) as owners from pg_roles where rolname = 'yiben_owner'`
    expect(await queryOnce(test().superUrl, owner)).toEqual([{ open: false, owners: 1 }])
  })

  it('leaves the database of a plain start to the roles of the program', async () => {
    const { adminUrl } = inject('server')
    const rows = await queryOnce(
      adminUrl,
      `select grantee from pg_database, aclexplode(coalesce(datacl, acldefault('d', datdba))) where datname = 'yiben' and grantee = 0`,
    )
    expect(rows).toEqual([])
  })
})

const anyChange = ['entry', 'line', 'receipt', 'account', 'book', 'period_act', 'checkpoint', 'signing_key']
const forbiddenToAll = [
  ...anyChange.map((table) => `delete from ${table}`),
  ...['entry', 'line', 'book_head', 'token'].map((table) => `truncate ${table}`),
  `update entry set summary = 'x'`,
  'update line set debit_fen = 1',
  `update receipt set refusal = '{}'`,
  `update book set name = 'x'`,
  'delete from book_head',
  'delete from closing',
  'truncate closing',
  'alter table closing drop constraint closing_not_below_zero',
  'delete from voucher_number',
  'delete from token',
  `update token set role = 'integration'`,
  `update job set payload = '{}'`,
  `update job set name = 'checks'`,
  `update job set asked_by = 'x'`,
  `select lo_create(0)`,
  `select lo_from_bytea(0, 'x')`,
  `update token set expires_at = 'infinity'`,
  `insert into migration (hash, created_at) values ('x', 1)`,
  'alter table entry disable trigger append_only',
  'alter table entry disable trigger all',
  'alter table line drop constraint line_has_one_side',
  'alter table entry add column x int',
  'alter table entry owner to yiben_app',
  'drop table line',
  'drop trigger append_only on entry',
  'drop schema yiben cascade',
  'create table yiben.mine (n int)',
  'create table public.mine (n int)',
  `create function yiben.mine() returns int language sql as 'select 1'`,
  `create or replace function yiben.refuse_change() returns trigger language plpgsql as 'begin return null; end'`,
  'create schema mine',
  `create extension dblink`,
  'create index on entry (summary)',
  'create trigger mine before insert on entry for each row execute function yiben.refuse_change()',
  `create rule mine as on insert to entry do instead nothing`,
  'create policy mine on entry',
  'set session_replication_role = replica',
  'set role yiben_owner',
  'set role postgres',
  'set role yiben_migrator',
  'set session authorization postgres',
  'create role mine',
  'alter role yiben_app createrole',
  'alter role yiben_app superuser',
  `alter role yiben_migrator password 'x'`,
  'grant yiben_owner to yiben_app',
  'alter system set fsync = off',
  `alter database postgres set fsync = off`,
  `copy (select 1) to program 'cat'`,
  `copy (select 1) to '/tmp/yiben-x'`,
  `copy entry from '/etc/passwd'`,
  `copy receipt from program 'echo'`,
  `select pg_read_file('/etc/passwd')`,
  `select pg_ls_dir('/')`,
  `select lo_import('/etc/passwd')`,
  'select pg_reload_conf()',
  'select rolpassword from pg_authid',
  'begin; lock table entry in access exclusive mode',
  `select pg_terminate_backend(pid) from pg_stat_activity where usename = 'postgres'`,
  'checkpoint',
]
const forbiddenToAuditors = [
  'select * from token',
  'select token_hash from token',
  `insert into book_head (book_id) values (9)`,
  'update book_head set sequence = sequence + 1',
  'update closing set debit_fen = 0',
  `update voucher_number set number = 1`,
  `insert into signing_key values ('x', sha256('x'), 'x', 'witness', now())`,
  'select from book_head for update',
  'select pg_advisory_lock(20220028)',
  `select pg_try_advisory_xact_lock(hashtext('yiben.book'))`,
]

/** Each statement in a session of its own, without the read-only default: it is the right that must be missing. */
async function refusalOf(url: string, statement: string): Promise<string | undefined> {
  const client = new pg.Client({
    connectionString: url,
    options: '-c search_path=yiben -c default_transaction_read_only=off -c statement_timeout=5s',
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    await client.query(statement)
    return undefined
  } catch (error) {
    return sqlState(error) ?? String(error)
  } finally {
    await client.end()
  }
}

/** Everything in the tables and the names of everything there is, as one hash. */
async function stateOf({ superUrl }: TestDatabase): Promise<unknown> {
  const tables = [...appendOnly, ...moving, ...Object.keys(settled), ...Object.keys(registered), 'migration']
  const content = tables.map(
    (table) =>
      `select '${table}' as t, md5(coalesce(string_agg(x::text, '|' order by x::text), '')) as h from yiben.${table} x`,
  )
  const names = `select 'names', md5(string_agg(relname || relkind::text || relowner || coalesce(relacl::text, ''), '|' order by oid)) from pg_class where relname not like 'pg\\_%'
    union all select 'triggers', md5(string_agg(tgname || tgenabled::text || tgrelid, '|' order by oid)) from pg_trigger
    union all select 'functions', md5(string_agg(proname || prosrc, '|' order by oid)) from pg_proc where pronamespace = 'yiben'::regnamespace
    union all select 'roles', md5(string_agg(rolname || rolsuper || rolcreaterole, '|' order by oid)) from pg_roles`
  return queryOnce(superUrl, `${content.join(' union all ')} union all ${names} order by 1`)
}

describe.each([
  ['yiben_app', () => test().url, forbiddenToAll],
  ['yiben_auditor', () => test().auditorUrl, [...forbiddenToAll, ...forbiddenToAuditors]],
] as const)('forbidden to %s', (_, url, statements) => {
  let before: unknown
  beforeAll(async () => {
    before = await stateOf(test())
  })
  // Lack of a right, a read-only table, or a guard; any other error would say that the statement was not understood.
  it.each(statements)('%s', async (statement) => {
    expect(await refusalOf(url(), statement)).toMatch(/^(42501|23001)$/)
  })
  it('grant all on entry to public', async () => {
    // Who has some right, and none to pass on, gets a warning and no error.
    expect(await refusalOf(url(), 'grant all on entry to public')).toBeUndefined()
  })
  it('and nothing has changed', async () => expect(await stateOf(test())).toEqual(before))
})

describe('the guards', () => {
  const owner = '-c role=yiben_owner -c search_path=yiben'

  it('are always enabled, on every table of history', async () => {
    const rows = await queryOnce<{ item: string }>(
      test().superUrl,
      `select tgrelid::regclass::text || ' ' || tgname || ' ' || tgenabled::text as item from pg_trigger where not tgisinternal order by 1`,
    )
    const guards = [
      ...[...appendOnly, ...fixed].map((table) => `yiben.${table} append_only A`),
      'yiben.book_head head_progress A',
      'yiben.voucher_number number_rises A',
      'yiben.entry entry_balances A',
      'yiben.line line_balances A',
      'yiben.person noted A',
      'yiben.session noted A',
      'yiben.session no_removal A',
      'yiben.credential noted A',
      'yiben.credential no_removal A',
      'yiben.invitation noted A',
      'yiben.invitation no_removal A',
      'yiben.duty noted A',
      'yiben.duty duty_ends_once A',
      'yiben.duty no_removal A',
      'yiben.token noted A',
      'yiben.token token_revoked_once A',
      'yiben.approval approval_progress A',
      'yiben.approval no_removal A',
      'yiben.approval_decision decision_of_party A',
      'yiben.release release_progress A',
      'yiben.clawback clawback_progress A',
      'yiben.clawback_claim claim_progress A',
      'yiben.claim_settlement settlement_progress A',
      'yiben.treasury_instruction instruction_progress A',
      'yiben.delegation delegation_ends_once A',
      'yiben.delegation no_removal A',
      'yiben.funding_plan plan_progress A',
      'yiben.allocation allocation_progress A',
      'yiben.commitment commitment_progress A',
      'yiben.indicator indicator_progress A',
      'yiben.bond bond_progress A',
      'yiben.bond_due due_progress A', // funds
      'yiben.voucher voucher_progress A',
      'yiben.withdrawal withdrawal_progress A',
      'yiben.withdrawal no_removal A',
      'yiben.take_over take_over_progress A',
      // These record what was written beside them: a replica is sent the record too.
      ...['project', 'community'].flatMap((table) =>
        ['note_first_standing', 'note_standing'].map((name) => `yiben.${table} ${name} O`),
      ),
    ]
    expect(rows.map(({ item }) => item)).toEqual(guards.sort())
  })

  it.each(appendOnly)('refuse the owner, and a replica, to change or empty %s', async (table) => {
    const [column] = await queryOnce<{ name: string }>(
      test().superUrl,
      `select attname as name from pg_attribute where attrelid = $1::regclass and attnum = 1`,
      [`yiben.${table}`],
    )
    for (const statement of [
      `update ${table} set ${column?.name} = ${column?.name}`,
      `delete from ${table}`,
      `truncate ${table} cascade`,
    ]) {
      for (const options of [owner, '-c session_replication_role=replica -c search_path=yiben']) {
        const client = new pg.Client({ connectionString: test().superUrl, options })
        await client.connect()
        await expect(client.query(statement), `${statement} ${options}`).rejects.toMatchObject({ code: '23001' })
        await client.end()
      }
    }
  })
})

/** Direct SQL as yiben_app, past the posting path: whole entries are taken, anything less is refused. */
describe('direct SQL as yiben_app', () => {
  type Line = {
    account?: number
    basis?: number
    line?: number
    on?: string
    debit?: number | null
    credit?: number | null
  }
  let session = new pg.Client()
  beforeAll(async () => {
    session = new pg.Client({ connectionString: test().url, options: '-c search_path=yiben' })
    await session.connect()
  })
  afterAll(() => session.end())
  const run = async (text: string): Promise<string> => {
    await session.query('begin')
    try {
      await session.query(text)
      return 'accepted'
    } catch (error) {
      return `${sqlState(error)} ${(error as Error).message}`
    } finally {
      await session.query('rollback')
    }
  }

  const id = (): number => book?.bookId ?? 0
  const entry = (lines: number, sequence = 900): string =>
    `insert into entry (book_id, sequence, booked_on, number, lines, recorded_at, type, summary, maker, leaf)
     values (${id()}, ${sequence}, '2026-03-09', 9, ${lines}, now(), 'general', 'x', 'x', sha256('x'))`
  const linesOf = (lines: readonly Line[], sequence = 900): string =>
    `insert into line (book_id, account, sequence, booked_on, line, basis, debit_fen, credit_fen, day_debit_fen, day_credit_fen) values ${lines
      .map(
        ({ account = 1, basis = 1, line, on = '2026-03-09', debit = null, credit = null }, i) =>
          `(${id()}, ${account}, ${sequence}, '${on}', ${line ?? i + 1}, ${basis}, ${debit}, ${credit}, 0, 0)`,
      )
      .join(', ')}`
  const together = (count: number, lines: readonly Line[]): string => `with e as (${entry(count)}) ${linesOf(lines)}`
  const good: readonly Line[] = [{ debit: 5 }, { account: 2, credit: 5 }]

  it('the control: a whole entry is accepted, so what follows is refused for what is wrong with it', async () => {
    expect(await run(together(2, good))).toBe('accepted')
  })

  // Of several entries, each with lines or without; `whole` has what it says.
  const several = (sequences: readonly number[], whole: readonly number[]): string => {
    const parts = [
      ...sequences.map((sequence) => entry(2, sequence)),
      ...whole.map((sequence) => linesOf(good, sequence)),
    ]
    return `with ${parts.map((part, index) => `p${index} as (${part})`).join(', ')} select 1`
  }

  it('accepts several whole entries, side by side or with gaps, also round one that stands', async () => {
    expect(await run(several([900, 901, 902], [900, 901, 902]))).toBe('accepted')
    expect(await run(several([900, 905], [905, 900]))).toBe('accepted')
    expect(await run(`${together(2, good)}; ${several([899, 901], [899, 901])}`)).toBe('accepted')
  })

  it.each<[string, () => string, RegExp]>([
    ['one of three entries without lines', () => several([900, 901, 902], [900, 902]), /^23514 .*-901 lacks its lines/],
    [
      'an entry without lines, made up for by one that stands between',
      () => `${together(2, good)}; ${several([899, 901], [901])}`,
      /^23514 .*-899 lacks its lines/,
    ],
    [
      'an entry with a line too few beside one with a line too many',
      () => `with e as (${entry(3)}), f as (${entry(2, 901)}), l as (${linesOf(good)})
        ${linesOf([{ debit: 5 }, { account: 2, credit: 4 }, { account: 2, credit: 1 }], 901)}`,
      /^23514 .*not whole/,
    ],
    ['an entry without lines', () => entry(2), /^23514 .*lacks its lines/],
    ['lines without an entry', () => linesOf(good), /^23514 .*not whole/],
    ['an entry, and its lines afterwards', () => `${entry(2)}; ${linesOf(good)}`, /^23514 .*lacks its lines/],
    ['an entry with fewer lines than it says', () => together(3, good), /^23514/],
    ['an entry with more lines than it says', () => together(2, [...good, { debit: 1 }, { credit: 1 }]), /^23514/],
    [
      'lines that do not begin with 1',
      () =>
        together(2, [
          { line: 2, debit: 5 },
          { line: 3, credit: 5 },
        ]),
      /^23514/,
    ],
    ['lines with a gap', () => together(3, [{ debit: 5 }, { line: 3, credit: 5 }]), /^23514/],
    ['debit and credit that differ', () => together(2, [{ debit: 5 }, { credit: 6 }]), /^23514 .*not balance/],
    [
      'two bases that balance only together',
      () => together(2, [{ debit: 5 }, { basis: 2, credit: 5 }]),
      /^23514 .*not balance/,
    ],
    ['two debits, one of them red', () => together(2, [{ debit: 5 }, { debit: -4 }]), /^23514 .*not balance/],
    [
      'an account that does not exist',
      () => together(2, [{ debit: 5 }, { account: 99, credit: 5 }]),
      /^23514 .*does not exist/,
    ],
    [
      'an account of another basis',
      () =>
        together(2, [
          { basis: 2, debit: 5 },
          { basis: 2, credit: 5 },
        ]),
      /^23514 .*does not exist in that basis/,
    ],
    ['a line of another day', () => together(2, [{ debit: 5 }, { credit: 5, on: '2026-03-10' }]), /^23514 .*not whole/],
    [
      'all lines of another day',
      () =>
        together(
          2,
          good.map((line) => ({ ...line, on: '2026-03-10' })),
        ),
      /^23514/,
    ],
    [
      'a line with both sides',
      () => together(2, [{ debit: 5, credit: 5 }, { credit: 5 }]),
      /^23514 .*line_has_one_side/,
    ],
    ['a line with no side', () => together(2, [{}, { credit: 5 }]), /^23514 .*line_has_one_side/],
    ['a line of nothing', () => together(2, [{ debit: 0 }, { credit: 0 }]), /^23514 .*line_moves_something/],
    ['an entry of one line', () => together(1, [{ debit: 5 }]), /^23514/],
    [
      'more lines for an entry that stands',
      () =>
        linesOf(
          [
            { line: 3, debit: 5 },
            { line: 4, credit: 5 },
          ],
          1,
        ),
      /^23514/,
    ],
    ['the same lines again', () => linesOf(good, 1), /^23505/],
    ['the same entry again', () => entry(2, 1), /^23505/],
    ['a leaf that is no hash', () => together(2, good).replace(`sha256('x')`, `'x'`), /^23514/],
    [
      'a second reversal',
      () => `${together(2, good).replace('leaf)', 'leaf, reverses)').replace(`sha256('x'))`, `sha256('x'), 1)`)};
      ${together(2, good).replaceAll(', 900,', ', 901,').replace('leaf)', 'leaf, reverses)').replace(`sha256('x'))`, `sha256('x'), 1)`)}`,
      /^23505 .*entry_reversed_once/,
    ],
    [
      'a receipt with two outcomes',
      () =>
        `insert into receipt values (${id()}, decode(repeat('00', 16), 'hex'), decode(repeat('00', 16), 'hex'), 1, gen_random_uuid())`,
      /^23514 .*one_outcome/,
    ],
    [
      'a head that moves back',
      () => `update book_head set sequence = sequence - 1 where book_id = ${id()}`,
      /^23514 .*forward only/,
    ],
    [
      'a head with fewer accounts',
      () => `update book_head set accounts = accounts - 1 where book_id = ${id()}`,
      /^23514 .*forward only/,
    ],
    [
      'a head with fewer acts',
      () => `update book_head set acts = acts - 1 where book_id = ${id()}`,
      /^23514 .*forward only/,
    ],
    [
      "a head that becomes another book's",
      () => `update book_head set book_id = 99 where book_id = ${id()}`,
      /^23(514|503)/,
    ],
  ])('%s is refused', async (_, statement, words) => {
    expect(await run(statement())).toMatch(words)
  })
})

describe('what the role that serves may change is changed as the program does', () => {
  it.each([
    ['a closing without an act', `update book_head set closed_through = '2099-12-01'`],
    ['an act that stands nowhere', `update book_head set acts = acts + 1, closed_through = '2099-12-01'`],
    ['the end of the chain of acts', `update book_head set acts_hash = sha256('x')`],
    ['a voucher number that was given', 'update voucher_number set number = number - 1'],
  ])('refuses %s', async (_, statement) => {
    expect(await refusalOf(test().url, statement)).toBe('23514')
  })

  it('and closes a month by its act', async () => {
    const ledger = openLedger(test().database)
    const own = await newBook(ledger, 'government', 'CLOSED')
    await closePeriod(ledger, checker, own.code, '2026-01' as never)
    await closePeriod(ledger, checker, own.code, '2026-02' as never)
  })
})

describe('the databases beside ours', () => {
  it('take nobody of ours', async () => {
    const rows = await queryOnce<{ datname: string }>(
      inject('server').adminUrl,
      `select datname from pg_database, unnest(array['yiben_app', 'yiben_auditor']) r
       where datname in ('postgres', 'template1') and has_database_privilege(r, oid, 'connect, temp')`,
    )
    expect(rows).toEqual([])
  })
})
