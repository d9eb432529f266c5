-- The guards of 0005, made cheaper: what they hold is the same. They looked up every entry and its last line one by one; a statement adds
-- entries next to each other, so one range of each index tells as much. Rows in the range that the statement did not touch are left out of account.
create or replace function yiben.require_balanced_lines() returns trigger language plpgsql as $$
declare bad record;
begin
  -- Each line once, and each entry of the range once as a row of its own: no join, whatever the planner may not use.
  select t.book_id, t.sequence into bad
  from (
    select book_id, sequence, count(line) as lines, min(line) as first, max(line) as last, min(booked_on) as since, max(booked_on) as until,
           count(due) as entries, max(due) as due,
           sum(net) filter (where basis = 1) as financial, sum(net) filter (where basis = 2) as budget, sum(net) filter (where basis = 3) as control
    from (
      select book_id, sequence, line, booked_on, null::smallint as due, basis, coalesce(debit_fen, -credit_fen) as net from added
      union all
      select e.book_id, e.sequence, null, e.booked_on, e.lines, null, null
      from (select book_id, min(sequence) as low, max(sequence) as high from added group by book_id) r
      join yiben.entry e on e.book_id = r.book_id and e.sequence between r.low and r.high
    ) rows group by book_id, sequence
  ) t
  where t.lines > 0 and (t.entries <> 1 or t.lines <> t.due or t.first <> 1 or t.last <> t.due or t.since <> t.until
     or t.financial <> 0 or t.budget <> 0 or t.control <> 0)
  limit 1;
  if found then
    raise exception 'entry %-% does not balance, or is not whole', bad.book_id, bad.sequence using errcode = 'check_violation';
  end if;
  -- A line's account exists in the line's basis, and an account's basis is 1, 2 or 3: so no line escapes the sums above.
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
create or replace function yiben.require_lines() returns trigger language plpgsql as $$
declare bad record;
begin
  -- Lines stand only under entries, and only as many as those say. Where the added entries fill their range, as they do, and the range
  -- has as many lines as they say together, none of them lacks any.
  perform from (
    select book_id, min(sequence) as low, max(sequence) as high, count(*) as entries, sum(lines) as lines from added group by book_id
  ) r
  where r.high - r.low + 1 <> r.entries
     or r.lines <> (select count(*) from yiben.line l where l.book_id = r.book_id and l.sequence between r.low and r.high);
  if not found then return null; end if;
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
