-- What was known at an instant, in one statement. The day of the last entry recorded by then tells where to look: in books kept day by day the
-- closing before it was complete and the one after it had begun at most, so that two or three probes say what an account held, as part of the
-- query that asks (a search of its own took thrice as long an account). Where the books were not kept so, the search says it.
drop function yiben.sequence_at(integer, timestamptz);
--> statement-breakpoint
-- The last entry recorded by an instant and its day; sequence 0 and no day where there was none. Instants rise with the sequence: what is
-- sought is among the 64 from the last landmark.
create function yiben.entry_at(of_book integer, at_instant timestamptz, out sequence bigint, out booked_on date) language plpgsql stable as $$
declare
  landmark bigint := coalesce((select e.sequence from yiben.entry e where e.book_id = of_book and e.recorded_at <= at_instant and e.sequence % 64 = 0
    order by e.recorded_at desc limit 1), 0);
begin
  select e.sequence, e.booked_on into sequence, booked_on from yiben.entry e
  where e.book_id = of_book and e.sequence between landmark and landmark + 63 and e.recorded_at <= at_instant order by e.sequence desc limit 1;
  sequence := coalesce(sequence, 0);
end $$;
--> statement-breakpoint
-- What `known_balance_on` gives, whatever `near` is, and fast where `near` is the day of the entry `up_to`; zero without one. `offset 0` keeps
-- the search from being made where it is not asked for.
create function yiben.known_balance_near(of_book integer, of_account integer, on_day date, up_to bigint, near date)
returns table (debit_fen bigint, credit_fen bigint) language sql stable as $$
  select coalesce(searched.debit_fen, coalesce(before.debit_fen, 0) + coalesce(begun.day_debit_fen, 0)),
         coalesce(searched.credit_fen, coalesce(before.credit_fen, 0) + coalesce(begun.day_credit_fen, 0))
  from (select) one
  left join lateral (
    select c.debit_fen, c.credit_fen, c.last_sequence from yiben.closing c
    where c.book_id = of_book and c.account = of_account and c.booked_on < near and c.booked_on <= on_day order by c.booked_on desc limit 1
  ) before on true
  left join lateral (
    select c.booked_on, c.first_sequence, c.least_sequence from yiben.closing c
    where c.book_id = of_book and c.account = of_account and c.booked_on >= near and c.booked_on <= on_day order by c.booked_on limit 1
  ) day on true
  left join lateral (
    select l.day_debit_fen, l.day_credit_fen from yiben.line l
    where day.first_sequence <= up_to and l.book_id = of_book and l.account = of_account and l.booked_on = day.booked_on and l.sequence <= up_to
    order by l.sequence desc, l.line desc limit 1
  ) begun on true
  left join lateral (
    select c.least_sequence from yiben.closing c
    where day.least_sequence <= up_to and c.book_id = of_book and c.account = of_account and c.booked_on > day.booked_on and c.booked_on <= on_day
    order by c.booked_on limit 1
  ) later on true
  left join lateral (
    select k.debit_fen, k.credit_fen from yiben.known_balance_on(of_book, of_account, on_day, up_to) k
    where before.last_sequence > up_to or later.least_sequence <= up_to offset 0
  ) searched on true
$$;
--> statement-breakpoint
revoke execute on function yiben.entry_at, yiben.known_balance_near from public;
--> statement-breakpoint
grant execute on function yiben.entry_at, yiben.known_balance_near to yiben_app, yiben_auditor;
