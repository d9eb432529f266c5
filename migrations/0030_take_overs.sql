-- Take-overs (建账接转): how books and a register begin in mid-year. What is taken over stands in the approval; here is which books began so.
create table yiben.take_over (
  take_over_id bigint generated always as identity primary key,
  book text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  -- The first day of the first open period: opening balances are booked on it.
  booked_on date not null check (extract(day from booked_on) = 1),
  summary text not null,
  -- Debits of what is opened, or the cost of the plans taken over; 0 where there is neither.
  amount_fen bigint not null check (amount_fen >= 0),
  -- Opening balances, and the rows of the register.
  balances integer not null check (balances >= 0),
  register_rows integer not null check (register_rows >= 0),
  made_by text not null,
  approval text not null unique,
  state text not null check (state in ('proposed', 'posted', 'ended', 'reversed')),
  -- The opening entry, once posted.
  entries text[] not null default '{}',
  version integer not null check (version > 0),
  constraint take_over_is_of_something check (balances > 0 or register_rows > 0),
  constraint take_over_posted_has_entries
    check ((cardinality(entries) > 0) = (state in ('posted', 'reversed') and balances > 0))
) with (fillfactor = 80);
--> statement-breakpoint
create index take_over_of_book on yiben.take_over (book, take_over_id);
--> statement-breakpoint
create function yiben.require_take_over_progress() returns trigger language plpgsql as $$
begin
  if new.version <> old.version + 1
    or not ((old.state = 'proposed' and new.state in ('posted', 'ended'))
      or (old.state = 'posted' and new.state = 'reversed' and new.entries = old.entries)) then
    raise exception 'take-over K-% moves forward only', old.take_over_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger take_over_progress before update on yiben.take_over
  for each row execute function yiben.require_take_over_progress();
--> statement-breakpoint
alter table yiben.take_over enable always trigger take_over_progress;
--> statement-breakpoint
-- An indicator goes back only with the take-over that brought it, and only as it was brought: nothing was done with it since.
create or replace function yiben.require_indicator_progress() returns trigger language plpgsql as $$
begin
  if new.version <= old.version or new.indicator <> old.indicator or old.state = 'lapsed'
     or (old.state = 'in_force' and new.state not in ('in_force', 'lapsed') and not (new.state = 'rejected' and exists (
       select from yiben.change c where c.noun = 'indicator' and c.id = old.indicator and c.version = old.version
         and c.verb = 'taken_over')))
     or (old.state = 'in_force' and
         (new.book, new.district, new.level, new.source, new.year, new.programme, new.payment, new.expected_fen, new.parent)
         is distinct from
         (old.book, old.district, old.level, old.source, old.year, old.programme, old.payment, old.expected_fen, old.parent)) then
    raise exception 'indicator % is in force, or moves forward only', old.indicator using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
grant select, insert on yiben.take_over to yiben_app;
--> statement-breakpoint
grant update (state, entries, version) on yiben.take_over to yiben_app;
--> statement-breakpoint
grant select on yiben.take_over to yiben_auditor;
