-- Allocation of a subsidy: one indicator's money divided among districts or projects. The head says how far it is; versions and their shares are
-- added and never changed, so that what was approved, what it was computed from and by which law stays readable for ever. How much
-- anybody holds stands in the ledger alone.
create table yiben.allocation (
  allocation text primary key,
  programme text not null,
  indicator text not null references yiben.indicator,
  year integer not null check (year between 2000 and 2100),
  -- The district whose own indicator is divided; absent: the city's.
  district text check (district ~ '^[0-9]{6}$'),
  book text not null,
  recipients text not null check (recipients in ('districts', 'projects')),
  supplements text references yiben.allocation,
  state text not null check (state in ('draft', 'submitted', 'approved')),
  -- Of what is divided; and of the record, which changes with its state too.
  version integer not null check (version > 0),
  changes integer not null check (changes >= version),
  constraint allocation_of_district_to_projects check (district is null or recipients = 'projects'),
  constraint allocation_not_its_supplement check (supplements <> allocation)
) with (fillfactor = 80);
--> statement-breakpoint
create index allocation_of_indicator on yiben.allocation (indicator, allocation);
--> statement-breakpoint
create index allocation_supplementing on yiben.allocation (supplements, allocation) where supplements is not null;
--> statement-breakpoint
create index allocation_of_year on yiben.allocation (year, allocation);
--> statement-breakpoint
create table yiben.allocation_version (
  allocation text not null references yiben.allocation,
  version integer not null check (version > 0),
  -- Whose law applied, as of when the registry was read, and the business date it is posted under.
  on_day date not null,
  variant text not null,
  formula jsonb not null,
  -- The policy values used, each with its clause and the day from which it holds.
  uses jsonb not null,
  total_fen bigint not null,
  given jsonb not null,
  -- What all shares have in common: weights, sums, what was left after the floors.
  basis jsonb not null,
  books jsonb not null,
  document text not null,
  note text,
  -- SHA-256 of the version's canonical text, shares included.
  content_hash bytea not null check (length(content_hash) = 32),
  maker text not null,
  made_at timestamptz not null,
  primary key (allocation, version)
);
--> statement-breakpoint
create table yiben.allocation_share (
  allocation text not null,
  version integer not null,
  recipient text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  amount_fen bigint not null,
  -- The rows it was computed from, and each step in figures.
  inputs jsonb not null,
  steps jsonb not null,
  primary key (allocation, version, recipient),
  foreign key (allocation, version) references yiben.allocation_version
);
--> statement-breakpoint
create index allocation_share_of_district on yiben.allocation_share (district, allocation, version);
--> statement-breakpoint
create index allocation_share_of_recipient on yiben.allocation_share (recipient, allocation, version);
--> statement-breakpoint
-- What of a share is for one item of a project (`part` tells several apart, such as elevators), and what that really costs: the subsidies of
-- all levels for it together may not be more.
create table yiben.allocation_item (
  recipient text not null,
  item text not null,
  part text not null,
  allocation text not null,
  version integer not null,
  amount_fen bigint not null,
  cost_fen bigint not null check (cost_fen >= 0),
  primary key (recipient, item, part, allocation, version),
  foreign key (allocation, version, recipient) references yiben.allocation_share
);
--> statement-breakpoint
create index allocation_item_of_version on yiben.allocation_item (allocation, version);
--> statement-breakpoint
-- What it divides never changes; what was approved never changes at all.
create function yiben.require_allocation_progress() returns trigger language plpgsql as $$
begin
  if old.state = 'approved' or new.changes <> old.changes + 1 or new.version not in (old.version, old.version + 1)
     or (new.version > old.version and new.state <> 'draft')
     or (new.allocation, new.programme, new.indicator, new.year, new.district, new.book, new.recipients, new.supplements)
        is distinct from
        (old.allocation, old.programme, old.indicator, old.year, old.district, old.book, old.recipients, old.supplements) then
    raise exception 'allocation % is approved, or moves forward only', old.allocation using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger allocation_progress before update on yiben.allocation for each row execute function yiben.require_allocation_progress();
--> statement-breakpoint
alter table yiben.allocation enable always trigger allocation_progress;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['allocation_version', 'allocation_share', 'allocation_item'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.allocation, yiben.allocation_version, yiben.allocation_share, yiben.allocation_item to yiben_app;
--> statement-breakpoint
grant update (state, version, changes) on yiben.allocation to yiben_app;
--> statement-breakpoint
grant select on yiben.allocation, yiben.allocation_version, yiben.allocation_share, yiben.allocation_item to yiben_auditor;
