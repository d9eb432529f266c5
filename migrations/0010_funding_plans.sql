-- Who pays for a project: its funding plans as versions that never change, the split of mixed ownership and what each class's channel paid,
-- and what owners owe and paid. Amounts are whole fen, areas whole dm². What is planned, due and paid stands in the ledger as well; here is
-- which line, dwelling and class each posting was about.
create table yiben.funding_plan (
  project text primary key references yiben.project,
  -- The latest version, the one under approval with its approval, the one in force.
  version integer not null check (version > 0),
  submitted integer check (submitted <= version),
  approval text,
  approved integer check (approved <= version),
  constraint plan_under_approval_has_one check ((submitted is null) = (approval is null)),
  constraint plan_moves_on check (submitted > coalesce(approved, 0))
) with (fillfactor = 80);
--> statement-breakpoint
create table yiben.funding_plan_version (
  project text not null references yiben.funding_plan,
  version integer not null check (version > 0),
  kind text not null check (kind in ('plan', 'scope_change')),
  -- The version in force when it was made: it may be submitted only while that still is.
  basis integer check (basis < version),
  hash bytea not null check (length(hash) = 32),
  total_fen bigint not null check (total_fen > 0),
  planned_fen bigint not null check (planned_fen between 0 and total_fen),
  -- The maintenance-fund book that a share from the fund is held against.
  fund_book text,
  -- What a change of scope left out, and on which papers.
  scope jsonb,
  note text,
  maker text not null,
  made_at timestamptz not null,
  primary key (project, version),
  constraint scope_change_says_what check ((kind = 'scope_change') = (scope is not null))
);
--> statement-breakpoint
create table yiben.funding_plan_line (
  project text not null,
  version integer not null,
  place integer not null check (place > 0),
  line text not null,
  item text,
  contract text,
  purpose text not null check (purpose in ('capital', 'recurrent')),
  ownership text check (ownership in ('private', 'central', 'municipal_soe', 'district_soe', 'public_rental')),
  quantity integer check (quantity >= 0),
  unit_fen bigint check (unit_fen >= 0),
  amount_fen bigint not null check (amount_fen >= 0),
  primary key (project, version, place),
  foreign key (project, version) references yiben.funding_plan_version,
  constraint counted_line_is_product check (num_nonnulls(quantity, unit_fen) <> 1 and amount_fen = coalesce(quantity * unit_fen, amount_fen))
);
--> statement-breakpoint
-- One contract line is paid under one project's plan.
create index plan_line_of_contract on yiben.funding_plan_line (contract, project) where contract is not null;
--> statement-breakpoint
create table yiben.funding_plan_share (
  project text not null,
  version integer not null,
  place integer not null check (place > 0),
  line text not null,
  source text not null,
  party text,
  community text,
  building text,
  dwelling text,
  quantity integer check (quantity > 0),
  indicator text,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (project, version, place),
  foreign key (project, version) references yiben.funding_plan_version,
  constraint share_names_whole_dwelling check (num_nonnulls(community, building, dwelling) in (0, 3))
);
--> statement-breakpoint
-- By which areas, and through which channel, a mixed community's cost is split (clause 32). A new scheme begins a new running total.
create table yiben.ownership_scheme (
  project text not null references yiben.project,
  scheme integer not null check (scheme > 0),
  basis text not null check (basis in ('registry', 'stated')),
  document jsonb,
  made_by text not null,
  made_at timestamptz not null,
  primary key (project, scheme),
  constraint stated_areas_have_document check (basis = 'registry' or document is not null)
);
--> statement-breakpoint
create table yiben.ownership_key (
  project text not null,
  scheme integer not null,
  place integer not null check (place > 0),
  ownership text not null check (ownership in ('private', 'central', 'municipal_soe', 'district_soe', 'public_rental')),
  area_dm2 bigint not null check (area_dm2 > 0),
  source text not null,
  party text,
  primary key (project, scheme, place),
  foreign key (project, scheme) references yiben.ownership_scheme
);
--> statement-breakpoint
create table yiben.ownership_certificate (
  project text not null,
  sequence integer not null check (sequence > 0),
  certificate text not null,
  scheme integer not null,
  contract text,
  amount_fen bigint not null check (amount_fen > 0),
  cumulative_fen bigint not null check (cumulative_fen >= amount_fen),
  document jsonb not null,
  on_day date not null,
  entry text not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (project, sequence),
  foreign key (project, scheme) references yiben.ownership_scheme
);
--> statement-breakpoint
create unique index certificate_once on yiben.ownership_certificate (certificate, project);
--> statement-breakpoint
create table yiben.ownership_split (
  project text not null,
  sequence integer not null,
  ownership text not null,
  amount_fen bigint not null check (amount_fen >= 0),
  cumulative_fen bigint not null check (cumulative_fen >= amount_fen),
  primary key (project, sequence, ownership),
  foreign key (project, sequence) references yiben.ownership_certificate
);
--> statement-breakpoint
-- What became of a class's part: paid from its channel, due from its unit, received from it, stood in for by other money, recovered.
create table yiben.channel_movement (
  project text not null references yiben.project,
  sequence integer not null check (sequence > 0),
  kind text not null check (kind in ('payment', 'due', 'receipt', 'advance', 'recovery')),
  ownership text not null,
  source text not null,
  -- Whose money stood in, of an advance and its recovery.
  payer text,
  party text,
  amount_fen bigint not null check (amount_fen > 0),
  document jsonb not null,
  on_day date not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (project, sequence),
  constraint advance_has_payer check ((kind in ('advance', 'recovery')) = (payer is not null))
);
--> statement-breakpoint
-- Owners' money by dwelling: received, found its dwelling, given back. What was paid too much, and what is nobody's, is kept apart.
create table yiben.owner_movement (
  project text not null references yiben.project,
  sequence integer not null check (sequence > 0),
  kind text not null check (kind in ('receipt', 'match', 'refund')),
  source text not null,
  community text,
  building text,
  dwelling text,
  -- Into custody for what is due, too much, and in suspense: below zero where it left.
  applied_fen bigint not null,
  excess_fen bigint not null,
  suspense_fen bigint not null,
  -- The receipt that a match found the dwelling of.
  of_sequence integer check (of_sequence < sequence),
  reference text not null,
  on_day date not null,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (project, sequence),
  constraint movement_names_whole_dwelling check (num_nonnulls(community, building, dwelling) in (0, 3)),
  constraint match_is_of_receipt check ((kind = 'match') = (of_sequence is not null)),
  constraint only_suspense_is_nobodys check (dwelling is not null or (applied_fen = 0 and excess_fen = 0))
);
--> statement-breakpoint
-- What is in suspense finds its dwelling once.
create unique index receipt_matched_once on yiben.owner_movement (of_sequence, project) where of_sequence is not null;
--> statement-breakpoint
-- A version in force is never taken out of force but by a later one.
create function yiben.require_plan_progress() returns trigger language plpgsql as $$
begin
  if new.project <> old.project or new.version < old.version or coalesce(new.approved, 0) < coalesce(old.approved, 0) then
    raise exception 'the funding plan of % moves forward only', old.project using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger plan_progress before update on yiben.funding_plan for each row execute function yiben.require_plan_progress();
--> statement-breakpoint
alter table yiben.funding_plan enable always trigger plan_progress;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['funding_plan_version', 'funding_plan_line', 'funding_plan_share', 'ownership_scheme', 'ownership_key',
      'ownership_certificate', 'ownership_split', 'channel_movement', 'owner_movement'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.funding_plan, yiben.funding_plan_version, yiben.funding_plan_line, yiben.funding_plan_share,
  yiben.ownership_scheme, yiben.ownership_key, yiben.ownership_certificate, yiben.ownership_split, yiben.channel_movement,
  yiben.owner_movement to yiben_app;
--> statement-breakpoint
grant update (version, submitted, approval, approved) on yiben.funding_plan to yiben_app;
--> statement-breakpoint
grant select on yiben.funding_plan, yiben.funding_plan_version, yiben.funding_plan_line, yiben.funding_plan_share,
  yiben.ownership_scheme, yiben.ownership_key, yiben.ownership_certificate, yiben.ownership_split, yiben.channel_movement,
  yiben.owner_movement to yiben_auditor;
