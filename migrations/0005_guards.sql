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
-- Every entry touched by a statement has the lines it says, on its own day, of accounts that exist, and sums to zero in each basis.
-- Checked when the statement ends, so an entry and its lines are written by one statement; nothing waits for COMMIT.
create function yiben.require_balance() returns trigger language plpgsql as $$
declare bad record;
begin
  select t.book_id, t.sequence into bad
  from (select distinct book_id, sequence from added) t
  left join yiben.entry e using (book_id, sequence)
  left join lateral (
    select sum(b.lines) as lines, bool_and(b.net = 0) as balanced, bool_and(b.sound) as sound
    from (
      select count(*) as lines,
             sum(coalesce(l.debit_fen, 0)::numeric - coalesce(l.credit_fen, 0)) as net,
             bool_and(l.booked_on = e.booked_on and a.basis = l.basis) as sound
      from yiben.line l
      left join yiben.account a on a.book_id = l.book_id and a.account = l.account
      where l.book_id = t.book_id and l.sequence = t.sequence
      group by l.basis
    ) b
  ) s on true
  where e.sequence is null or s.lines is distinct from e.lines or s.balanced is not true or s.sound is not true
  limit 1;
  if found then
    raise exception 'entry %-% does not balance, or lacks lines or accounts', bad.book_id, bad.sequence
      using errcode = 'check_violation';
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger entry_balances after insert on yiben.entry
  referencing new table as added for each statement execute function yiben.require_balance();
--> statement-breakpoint
create trigger line_balances after insert on yiben.line
  referencing new table as added for each statement execute function yiben.require_balance();
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
