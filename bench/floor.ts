/**
 * The floor: the least a double-entry ledger must do for a transfer, in bare SQL on the same server, in a database of
 * its own. An entry under a unique idempotency key, two lines, two balances with their versions, in one function call,
 * committed durably. No dimensions, no days, no proof, no guard.
 */
import type { Contender } from './contender.ts'
import type { Place } from './place.ts'
import { accountCount, hotAccount } from './transfers.ts'

const database = 'bench_floor'

const schema = `
  create table account (
    account integer primary key, debit_fen bigint not null, credit_fen bigint not null, version bigint not null
  ) with (fillfactor = 70);
  create table entry (
    entry bigint generated always as identity primary key, key uuid not null unique, at timestamptz not null
  );
  create table line (
    entry bigint not null, line smallint not null, account integer not null, debit_fen bigint, credit_fen bigint,
    version bigint not null, primary key (entry, line)
  );
  insert into account select n, 0, 0, 0 from generate_series(${hotAccount}, ${accountCount}) n;
  create function transfer(key uuid, payer integer, payee integer, fen bigint) returns bigint language plpgsql as $$
  declare
    made bigint; payer_version bigint; payee_version bigint;
  begin
    insert into entry (key, at) values (key, now()) returning entry.entry into made;
    -- The lower number first, whichever way the money goes: no deadlocks.
    if payer < payee then
      update account set credit_fen = credit_fen + fen, version = version + 1
        where account = payer returning version into payer_version;
    end if;
    update account set debit_fen = debit_fen + fen, version = version + 1
      where account = payee returning version into payee_version;
    if payer > payee then
      update account set credit_fen = credit_fen + fen, version = version + 1
        where account = payer returning version into payer_version;
    end if;
    insert into line values (made, 1, payee, fen, null, payee_version), (made, 2, payer, null, fen, payer_version);
    return made;
  end $$;`

export async function openFloor(place: Place): Promise<Contender> {
  await place.createDatabase(database)
  await place.superQuery(database, schema)
  await place.superQuery(database, 'vacuum analyze account')
  return {
    name: 'floor',
    url: place.superUrl(database),
    statement: 'select transfer(gen_random_uuid(), $1::integer, $2::integer, $3::bigint)',
  }
}
