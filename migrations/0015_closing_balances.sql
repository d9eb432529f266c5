-- Closing balances (每日余额): one row for each day an account has moved on, with all it has turned over by the end of that day. They take
-- the place of totals by day and totals by month: a posting writes one row an account where it wrote two, and what an account holds as of
-- any day is the last row at or before it. `floor` says on which side a guarded account must lie (1 debit, -1 credit; 0: either), and the
-- constraint that no guarded account is below zero on any day. A total is below 4e18: the product stays a bigint.
create table yiben.closing (
  book_id integer not null,
  account integer not null,
  booked_on date not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  floor smallint not null check (floor between -1 and 1),
  primary key (book_id, account, booked_on),
  constraint closing_not_below_zero check ((debit_fen - credit_fen) * floor >= 0)
) with (fillfactor = 70);
--> statement-breakpoint
insert into yiben.closing (book_id, account, booked_on, debit_fen, credit_fen, floor)
select book_id, account, t.booked_on, sum(t.debit_fen) over upto, sum(t.credit_fen) over upto,
       case when not a.guarded then 0 when a.side = 'debit' then 1 else -1 end
from yiben.day_total t join yiben.account a using (book_id, account)
window upto as (partition by book_id, account order by t.booked_on);
--> statement-breakpoint
-- What an account holds at the end of a day, and the day it last moved on before or then; no row where it has not moved yet. One statement and
-- nothing set, so that it is part of the query that calls it: `cross join lateral balance_on(…)` is one probe of the primary key an account.
create function yiben.balance_on(of_book integer, of_account integer, on_day date)
returns table (debit_fen bigint, credit_fen bigint, booked_on date) language sql stable as $$
  select c.debit_fen, c.credit_fen, c.booked_on from yiben.closing c
  where c.book_id = of_book and c.account = of_account and c.booked_on <= on_day order by c.booked_on desc limit 1
$$;
--> statement-breakpoint
revoke execute on function yiben.balance_on from public;
--> statement-breakpoint
grant execute on function yiben.balance_on to yiben_app, yiben_auditor;
--> statement-breakpoint
drop table yiben.day_total, yiben.month_total;
--> statement-breakpoint
grant select, insert, update on yiben.closing to yiben_app;
--> statement-breakpoint
grant select on yiben.closing to yiben_auditor;
