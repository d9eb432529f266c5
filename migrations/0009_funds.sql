-- Appropriation lines (指标), the monthly cash plan under which they are paid, and what is committed of them. How much an indicator holds
-- stands in the ledger alone; here is what it is, and how far.
create table yiben.indicator (
  indicator text primary key,
  book text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  document_number text not null,
  level text not null check (level in ('central', 'municipal', 'district')),
  source text not null,
  year integer not null check (year between 2000 and 2100),
  -- The project code under which money stands that is assigned to no project yet.
  programme text not null,
  purpose text not null,
  payment text not null check (payment in ('authorised', 'direct')),
  kind text not null check (kind in ('final', 'early_notice')),
  -- 预计数: what the early notice was measured against; kept when the budget became final.
  expected_fen bigint check (expected_fen > 0),
  -- The upper level's indicator it was allotted from.
  parent text references yiben.indicator,
  state text not null check (state in ('proposed', 'in_force', 'rejected', 'lapsed')),
  version integer not null check (version > 0),
  constraint early_notice_has_expected check (kind = 'final' or expected_fen is not null),
  constraint indicator_not_its_parent check (parent <> indicator)
) with (fillfactor = 80);
--> statement-breakpoint
create index indicator_of_book on yiben.indicator (book, indicator);
--> statement-breakpoint
create index indicator_of_parent on yiben.indicator (parent, indicator) where parent is not null;
--> statement-breakpoint
create index indicator_of_year on yiben.indicator (year, indicator);
--> statement-breakpoint
-- What must come back after a final budget below the early notice and could not at once, because it was allotted or issued: due from later
-- tranches of the district named.
create table yiben.indicator_recovery (
  indicator text not null references yiben.indicator,
  district text not null check (district ~ '^[0-9]{6}$'),
  due_fen bigint not null check (due_fen > 0),
  done_fen bigint not null default 0 check (done_fen between 0 and due_fen),
  primary key (indicator, district)
) with (fillfactor = 80);
--> statement-breakpoint
-- A month's plan as it was approved and posted. A change of plan is another row.
create table yiben.cash_plan (
  book text not null,
  cash_plan_id bigint generated always as identity primary key,
  programme text not null,
  source text not null,
  month date not null check (extract(day from month) = 1),
  amount_fen bigint not null check (amount_fen > 0),
  document_number text not null,
  approval text not null
);
--> statement-breakpoint
create index cash_plan_of_book on yiben.cash_plan (book, month, cash_plan_id);
--> statement-breakpoint
-- A payment that comes back opens its commitment again, so paid_fen may fall; what was released never comes back.
-- A claim of one source on the cost of one item of one project. Fiscal money names its indicator; other sources have none.
create table yiben.commitment (
  commitment_id bigint generated always as identity primary key,
  indicator text references yiben.indicator,
  book text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  project text not null,
  item text not null,
  source text not null,
  contract text,
  amount_fen bigint not null check (amount_fen > 0),
  released_fen bigint not null default 0 check (released_fen >= 0),
  paid_fen bigint not null default 0 check (paid_fen >= 0),
  state text not null default 'made' check (state in ('made', 'released', 'paid')),
  made_by text not null,
  made_on date not null,
  version integer not null check (version > 0),
  constraint commitment_not_exceeded check (released_fen + paid_fen <= amount_fen),
  constraint commitment_open_while_anything_is check ((state = 'made') = (released_fen + paid_fen < amount_fen))
) with (fillfactor = 80);
--> statement-breakpoint
create index commitment_of_item on yiben.commitment (project, item, commitment_id);
--> statement-breakpoint
create index commitment_of_indicator on yiben.commitment (indicator, commitment_id) where indicator is not null;
--> statement-breakpoint
-- What an indicator is may be put right until it is in force; afterwards only how far it is, and its budget becoming final.
create function yiben.require_indicator_progress() returns trigger language plpgsql as $$
begin
  if new.version <= old.version or new.indicator <> old.indicator or old.state = 'lapsed'
     or (old.state = 'in_force' and new.state not in ('in_force', 'lapsed'))
     or (old.state = 'in_force' and
         (new.book, new.district, new.level, new.source, new.year, new.programme, new.payment, new.expected_fen, new.parent)
         is distinct from
         (old.book, old.district, old.level, old.source, old.year, old.programme, old.payment, old.expected_fen, old.parent)) then
    raise exception 'indicator % is in force, or moves forward only', old.indicator using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger indicator_progress before update on yiben.indicator for each row execute function yiben.require_indicator_progress();
--> statement-breakpoint
alter table yiben.indicator enable always trigger indicator_progress;
--> statement-breakpoint
create function yiben.require_commitment_progress() returns trigger language plpgsql as $$
begin
  if new.version <> old.version + 1 or new.released_fen < old.released_fen then
    raise exception 'commitment C-% moves forward only', old.commitment_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger commitment_progress before update on yiben.commitment for each row execute function yiben.require_commitment_progress();
--> statement-breakpoint
alter table yiben.commitment enable always trigger commitment_progress;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.cash_plan
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.cash_plan enable always trigger append_only;
--> statement-breakpoint
grant select, insert, update on yiben.indicator to yiben_app;
--> statement-breakpoint
grant select, insert on yiben.cash_plan, yiben.commitment, yiben.indicator_recovery to yiben_app;
--> statement-breakpoint
grant update (due_fen, done_fen) on yiben.indicator_recovery to yiben_app;
--> statement-breakpoint
grant update (released_fen, paid_fen, state, version) on yiben.commitment to yiben_app;
--> statement-breakpoint
grant select on yiben.indicator, yiben.indicator_recovery, yiben.cash_plan, yiben.commitment to yiben_auditor;
