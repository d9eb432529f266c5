-- What is renovated: communities, their buildings and dwellings; the projects that cover them, what they cost, what proves each step, how
-- far they are; and the yearly plans that fix projects in batches. Areas are whole dm² (0.01 m²), amounts whole fen.
create table yiben.community (
  community text primary key,
  district text not null check (district ~ '^[0-9]{6}$'),
  name text not null,
  built_year integer check (built_year between 1900 and 2199),
  -- 业委会（物管会）; 信托制物业; 维修资金补建续筹承诺 (clauses 27, 29, 30).
  owners_body boolean not null default false,
  trust_service boolean not null default false,
  fund_promised_on date,
  version integer not null check (version > 0)
);
--> statement-breakpoint
create index community_place on yiben.community (district, community);
--> statement-breakpoint
-- The totals are those of its dwellings, written in the transaction that changes a dwelling: facts of a whole programme are read from
-- a thousand buildings and not from eighty thousand dwellings.
create table yiben.building (
  community text not null references yiben.community,
  building text not null,
  name text not null,
  floors integer check (floors between 1 and 200),
  households integer not null default 0 check (households >= 0),
  private_dm2 bigint not null default 0 check (private_dm2 >= 0),
  central_dm2 bigint not null default 0 check (central_dm2 >= 0),
  municipal_soe_dm2 bigint not null default 0 check (municipal_soe_dm2 >= 0),
  district_soe_dm2 bigint not null default 0 check (district_soe_dm2 >= 0),
  public_rental_dm2 bigint not null default 0 check (public_rental_dm2 >= 0),
  area_dm2 bigint generated always as
    (private_dm2 + central_dm2 + municipal_soe_dm2 + district_soe_dm2 + public_rental_dm2) stored,
  primary key (community, building)
) with (fillfactor = 90);
--> statement-breakpoint
create table yiben.dwelling (
  community text not null,
  building text not null,
  dwelling text not null,
  area_dm2 bigint not null check (area_dm2 > 0),
  ownership text not null check (ownership in ('private', 'central', 'municipal_soe', 'district_soe', 'public_rental')),
  primary key (community, building, dwelling),
  foreign key (community, building) references yiben.building
);
--> statement-breakpoint
-- 打捆: projects of several communities tendered together, each with its own code and its own books.
create table yiben.bundle (
  bundle text primary key,
  district text not null check (district ~ '^[0-9]{6}$'),
  name text not null,
  version integer not null check (version > 0)
);
--> statement-breakpoint
create table yiben.project (
  project text primary key,
  district text not null check (district ~ '^[0-9]{6}$'),
  name text not null,
  kind text not null check (kind in ('comprehensive', 'single', 'rebuild', 'environment')),
  implementer text not null,
  -- The government book its money is kept in, and the memo book of its funding plans.
  book text,
  plan_book text,
  -- The batch of a yearly plan that included it.
  year integer check (year between 2000 and 2100),
  batch integer check (batch > 0),
  state text not null check (state in ('reserve', 'planned', 'under_way', 'accepted', 'settled', 'handed_over', 'withdrawn')),
  -- Since when it is in that state.
  state_on date not null,
  bundle text references yiben.bundle,
  households_before integer check (households_before >= 0),
  households_after integer check (households_after >= 0),
  added_area_dm2 bigint check (added_area_dm2 >= 0),
  -- Written by the room of funding plans: the sources cover the cost, and that was approved. No works begin without.
  plan_approved boolean not null default false,
  version integer not null check (version > 0),
  constraint project_batch_has_year check ((year is null) = (batch is null)),
  constraint project_planned_in_batch check (state in ('reserve', 'withdrawn') or batch is not null),
  constraint project_adds_no_household check (kind <> 'rebuild' or households_after <= households_before)
) with (fillfactor = 80);
--> statement-breakpoint
create index project_place on yiben.project (district, year, batch, project);
--> statement-breakpoint
create index project_of_bundle on yiben.project (bundle) where bundle is not null;
--> statement-breakpoint
-- `open` and `kind` are the project's, kept here so that a key can say: one unfinished project of a kind a building.
create table yiben.project_building (
  project text not null references yiben.project,
  community text not null,
  building text not null,
  kind text not null,
  open boolean not null,
  primary key (project, community, building),
  foreign key (community, building) references yiben.building
) with (fillfactor = 90);
--> statement-breakpoint
create unique index building_in_one_project on yiben.project_building (community, building, kind) where open;
--> statement-breakpoint
create table yiben.project_item (
  project text not null references yiben.project,
  item text not null,
  quantity text,
  cost_fen bigint not null check (cost_fen >= 0),
  primary key (project, item)
);
--> statement-breakpoint
create table yiben.project_document (
  project text not null references yiben.project,
  sequence integer not null check (sequence > 0),
  kind text not null check (kind in ('fund_promise', 'owners_vote', 'accessible_acceptance', 'waiver', 'design_change',
    'completion_acceptance', 'final_accounts', 'handover')),
  number text not null,
  on_day date not null,
  sha256 bytea check (length(sha256) = 32),
  -- What of the project it is about: communities of a promise, items and dwellings of a waiver or a design change.
  scope jsonb,
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (project, sequence)
);
--> statement-breakpoint
create unique index project_document_once on yiben.project_document (number, kind, project);
--> statement-breakpoint
-- Works a household refused or something prevented (clause 22): nothing is accepted until a waiver and a design change cover each.
create table yiben.project_unfinished (
  project text not null references yiben.project,
  sequence integer not null check (sequence > 0),
  item text not null,
  -- Absent where it is about the common parts.
  community text,
  building text,
  dwelling text,
  cause text not null check (cause in ('household_refused', 'objective')),
  reason text not null,
  cost_fen bigint not null check (cost_fen >= 0),
  recorded_by text not null,
  recorded_at timestamptz not null,
  primary key (project, sequence),
  constraint unfinished_names_whole_dwelling check (num_nonnulls(community, building, dwelling) in (0, 3)),
  foreign key (community, building, dwelling) references yiben.dwelling
);
--> statement-breakpoint
create table yiben.project_progress (
  project text not null references yiben.project,
  on_day date not null,
  sequence integer not null check (sequence > 0),
  ratio numeric(5, 4) not null check (ratio between 0 and 1),
  -- Value of the works done so far.
  value_fen bigint check (value_fen >= 0),
  evidence text not null,
  reported_by text not null,
  reported_at timestamptz not null,
  primary key (project, on_day, sequence)
);
--> statement-breakpoint
create table yiben.annual_plan (
  district text not null check (district ~ '^[0-9]{6}$'),
  year integer not null check (year between 2000 and 2100),
  capacity_fen bigint not null check (capacity_fen >= 0),
  version integer not null check (version > 0),
  primary key (district, year)
);
--> statement-breakpoint
-- The queue: who asks for a place in the year's plan, in which order, and what it needs of the year's money.
create table yiben.plan_project (
  district text not null,
  year integer not null,
  project text not null references yiben.project,
  priority integer not null check (priority > 0),
  need_fen bigint not null check (need_fen >= 0),
  primary key (district, year, project),
  foreign key (district, year) references yiben.annual_plan
);
--> statement-breakpoint
create table yiben.plan_batch (
  district text not null,
  year integer not null,
  batch integer not null check (batch > 0),
  mode text not null check (mode in ('strict', 'fill')),
  fixed_by text not null,
  fixed_at timestamptz not null,
  primary key (district, year, batch),
  foreign key (district, year) references yiben.annual_plan
);
--> statement-breakpoint
-- What a batch took, at what it needed when the batch was fixed. A project stands in one batch only, of whatever year.
create table yiben.plan_batch_project (
  district text not null,
  year integer not null,
  batch integer not null,
  project text not null references yiben.project,
  need_fen bigint not null check (need_fen >= 0),
  primary key (district, year, batch, project),
  foreign key (district, year, batch) references yiben.plan_batch
);
--> statement-breakpoint
create unique index project_planned_once on yiben.plan_batch_project (project);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['project_document', 'project_progress', 'project_unfinished'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.project_document, yiben.project_progress, yiben.project_unfinished to yiben_app;
--> statement-breakpoint
grant select, insert, update on yiben.community, yiben.bundle, yiben.project, yiben.annual_plan to yiben_app;
--> statement-breakpoint
grant select, insert, update, delete on yiben.building, yiben.dwelling, yiben.project_building, yiben.project_item,
  yiben.plan_project to yiben_app;
--> statement-breakpoint
-- A batch that is fixed anew before anything has begun gives its places back; the record of the change keeps what it was.
grant select, insert, delete on yiben.plan_batch, yiben.plan_batch_project to yiben_app;
--> statement-breakpoint
grant select on yiben.community, yiben.building, yiben.dwelling, yiben.bundle, yiben.project, yiben.project_building,
  yiben.project_item, yiben.project_document, yiben.project_unfinished, yiben.project_progress, yiben.annual_plan,
  yiben.plan_project, yiben.plan_batch, yiben.plan_batch_project to yiben_auditor;
