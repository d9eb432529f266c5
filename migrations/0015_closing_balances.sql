-- Closing balances (每日余额): one row for each day an account has moved on, with all it has turned over by the end of that day. They take
-- the place of totals by day and totals by month: a posting writes one row an account where it wrote two, and what an account holds as of
-- any day is the last row at or before it. `floor` says on which side a guarded account must lie (1 debit, -1 credit; 0: either), and the
-- constraint that no guarded account is below zero on any day. A total is below 4e18: the product stays a bigint.
-- `first_sequence` is the first line of the day, `last_sequence` the last line of the day or of any before it, in the order they were
-- recorded, `least_sequence` the first line of the day or of any after it: what was known of a day at some sequence is all of it, nothing, or
-- to be looked up in its lines. The latter two rise with the day. A least sequence is for ever: what is recorded later has a higher one.
create table yiben.closing (
  book_id integer not null,
  account integer not null,
  booked_on date not null,
  floor smallint not null check (floor between -1 and 1),
  debit_fen bigint not null,
  credit_fen bigint not null,
  first_sequence bigint not null,
  last_sequence bigint not null check (last_sequence >= first_sequence),
  least_sequence bigint not null check (least_sequence <= first_sequence),
  primary key (book_id, account, booked_on),
  constraint closing_not_below_zero check ((debit_fen - credit_fen) * floor >= 0)
) with (fillfactor = 70);
--> statement-breakpoint
insert into yiben.closing (book_id, account, booked_on, floor, debit_fen, credit_fen, first_sequence, last_sequence, least_sequence)
select book_id, account, l.booked_on, case when not a.guarded then 0 when a.side = 'debit' then 1 else -1 end,
       sum(l.debit_fen) over upto, sum(l.credit_fen) over upto, l.first_sequence, max(l.last_sequence) over upto, min(l.first_sequence) over since
from (
  select book_id, account, booked_on, sum(coalesce(debit_fen, 0))::bigint as debit_fen, sum(coalesce(credit_fen, 0))::bigint as credit_fen,
         min(sequence) as first_sequence, max(sequence) as last_sequence
  from yiben.line group by book_id, account, booked_on
) l join yiben.account a using (book_id, account)
window upto as (partition by book_id, account order by l.booked_on), since as (partition by book_id, account order by l.booked_on desc);
--> statement-breakpoint
-- What an account holds at the end of a day, and the day it last moved on before or then; no row where it has not moved yet. One statement and
-- nothing set, so that it is part of the query that calls it: `cross join lateral balance_on(…)` is one probe of the primary key an account.
create function yiben.balance_on(of_book integer, of_account integer, on_day date)
returns table (debit_fen bigint, credit_fen bigint, booked_on date) language sql stable as $$
  select c.debit_fen, c.credit_fen, c.booked_on from yiben.closing c
  where c.book_id = of_book and c.account = of_account and c.booked_on <= on_day order by c.booked_on desc limit 1
$$;
--> statement-breakpoint
-- What an account held at the end of a day as it was known when a sequence was the last recorded; zero where nothing was. The latest closing
-- with all its lines known holds for the days up to it. It is searched for by guessing its day from how far the sequence lies between two known
-- ones, which mostly hits in a few steps, and every other time by halving, which always ends. Of the days after it, those begun by then are
-- looked up in their lines, as far as the least sequences say that any are: seldom more than one.
create function yiben.known_balance_on(of_book integer, of_account integer, on_day date, up_to bigint,
  out debit_fen bigint, out credit_fen bigint) language plpgsql stable as $$
declare
  low yiben.closing;
  high yiben.closing;
  middle yiben.closing;
  since date;
  until date;
  guess date;
  halve boolean := false;
  begun record;
  moved record;
begin
  debit_fen := 0;
  credit_fen := 0;
  select * into high from yiben.closing c
  where c.book_id = of_book and c.account = of_account and c.booked_on <= on_day order by c.booked_on desc limit 1;
  if high.booked_on is null then return; end if;
  if high.last_sequence <= up_to then
    debit_fen := high.debit_fen;
    credit_fen := high.credit_fen;
    return;
  end if;
  select * into low from yiben.closing c
  where c.book_id = of_book and c.account = of_account and c.booked_on <= on_day order by c.booked_on limit 1;
  if low.last_sequence > up_to then
    high := low;
    since := low.booked_on - 1;
  else
    -- All closings up to since are complete, as low is; from high on none is.
    since := low.booked_on;
    until := high.booked_on;
    while until - since > 1 loop
      guess := case when halve then since + (until - since) / 2
        else since + ((until - since) * ((up_to - low.last_sequence)::float8 / (high.last_sequence - low.last_sequence)))::integer end;
      guess := least(greatest(guess, since + 1), until - 1);
      select * into middle from yiben.closing c
      where c.book_id = of_book and c.account = of_account and c.booked_on between since + 1 and guess
      order by c.booked_on desc limit 1;
      if middle.booked_on is null then
        -- None so early: the next one there is, so that an account of few closings takes few steps however far apart they lie.
        since := guess;
        select * into middle from yiben.closing c
        where c.book_id = of_book and c.account = of_account and c.booked_on between guess + 1 and until - 1
        order by c.booked_on limit 1;
        exit when middle.booked_on is null;
        guess := middle.booked_on;
      end if;
      if middle.last_sequence <= up_to then
        low := middle;
        since := guess;
      else
        high := middle;
        until := middle.booked_on;
      end if;
      halve := not halve;
    end loop;
    debit_fen := low.debit_fen;
    credit_fen := low.credit_fen;
  end if;
  if high.least_sequence > up_to then return; end if;
  for begun in
    select c.booked_on, c.first_sequence, c.least_sequence from yiben.closing c
    where c.book_id = of_book and c.account = of_account and c.booked_on > since and c.booked_on <= on_day order by c.booked_on
  loop
    exit when begun.least_sequence > up_to;
    continue when begun.first_sequence > up_to;
    select l.day_debit_fen, l.day_credit_fen into moved from yiben.line l
    where l.book_id = of_book and l.account = of_account and l.booked_on = begun.booked_on and l.sequence <= up_to
    order by l.sequence desc, l.line desc limit 1;
    debit_fen := debit_fen + moved.day_debit_fen;
    credit_fen := credit_fen + moved.day_credit_fen;
  end loop;
end $$;
--> statement-breakpoint
revoke execute on function yiben.balance_on, yiben.known_balance_on from public;
--> statement-breakpoint
grant execute on function yiben.balance_on, yiben.known_balance_on to yiben_app, yiben_auditor;
--> statement-breakpoint
drop table yiben.day_total, yiben.month_total;
--> statement-breakpoint
grant select, insert, update on yiben.closing to yiben_app;
--> statement-breakpoint
grant select on yiben.closing to yiben_auditor;
