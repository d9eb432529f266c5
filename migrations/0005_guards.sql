-- The second lock on what the posting path decides: a mistake of ours, or a hand at the prompt, meets these.

-- History is added to and never changed. ENABLE ALWAYS: a replication role does not walk past.
create function yiben.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'append only: % on % is refused; correct with a red entry', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['book', 'account', 'entry', 'line', 'receipt', 'merkle_node', 'signing_key', 'checkpoint',
                              'cosignature', 'period_act', 'attachment'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
-- An entry and all its lines are written by one statement. Lines come as the whole set 1..n of an entry, on its own day, of accounts that
-- exist, and sum to zero in each basis; an entry has its last line. Checked when the statement ends, once for all its rows; nothing waits
-- for COMMIT. Each lookup is a LATERAL with LIMIT, so that it stays one index probe a row: the plans are made when the tables are small.
create function yiben.require_balanced_lines() returns trigger language plpgsql as $$
declare bad record;
begin
  select t.book_id, t.sequence into bad
  from (
    select book_id, sequence, sum(lines) as lines, min(first) as first, max(last) as last,
           min(since) as since, max(until) as until, bool_and(net = 0) as balanced
    from (
      select book_id, sequence, count(*) as lines, min(line) as first, max(line) as last,
             min(booked_on) as since, max(booked_on) as until, sum(coalesce(debit_fen, 0) - coalesce(credit_fen, 0)) as net
      from added group by book_id, sequence, basis
    ) basis group by book_id, sequence
  ) t
  left join lateral (
    select lines, booked_on from yiben.entry where book_id = t.book_id and sequence = t.sequence limit 1
  ) e on true
  where e.lines is null or not t.balanced or t.lines <> e.lines or t.first <> 1 or t.last <> e.lines
     or t.since <> e.booked_on or t.until <> e.booked_on
  limit 1;
  if found then
    raise exception 'entry %-% does not balance, or is not whole', bad.book_id, bad.sequence using errcode = 'check_violation';
  end if;
  select t.book_id, t.account into bad
  from (select distinct book_id, account, basis from added) t
  left join lateral (
    select basis from yiben.account where book_id = t.book_id and account = t.account limit 1
  ) a on true
  where a.basis is distinct from t.basis
  limit 1;
  if found then
    raise exception 'account % of book % does not exist in that basis', bad.account, bad.book_id using errcode = 'check_violation';
  end if;
  return null;
end $$;
--> statement-breakpoint
create function yiben.require_lines() returns trigger language plpgsql as $$
declare bad record;
begin
  select t.book_id, t.sequence into bad
  from added t
  left join lateral (
    select line from yiben.line where book_id = t.book_id and sequence = t.sequence and line = t.lines limit 1
  ) l on true
  where l.line is null
  limit 1;
  if found then
    raise exception 'entry %-% lacks its lines', bad.book_id, bad.sequence using errcode = 'check_violation';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger entry_balances after insert on yiben.entry
  referencing new table as added for each statement execute function yiben.require_lines();
--> statement-breakpoint
create trigger line_balances after insert on yiben.line
  referencing new table as added for each statement execute function yiben.require_balanced_lines();
--> statement-breakpoint
alter table yiben.entry enable always trigger entry_balances;
--> statement-breakpoint
alter table yiben.line enable always trigger line_balances;
--> statement-breakpoint
-- A book's head only moves forward.
create function yiben.require_progress() returns trigger language plpgsql as $$
begin
  if new.book_id <> old.book_id or new.sequence < old.sequence or new.accounts < old.accounts or new.acts < old.acts then
    raise exception 'the head of book % moves forward only', old.book_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger head_progress before update on yiben.book_head for each row execute function yiben.require_progress();
--> statement-breakpoint
alter table yiben.book_head enable always trigger head_progress;
--> statement-breakpoint
-- Auditors read everything but the tokens.
grant select on all tables in schema yiben to yiben_auditor;
--> statement-breakpoint
revoke select on yiben.token from yiben_auditor;
