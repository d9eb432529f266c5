-- What a lower final budget takes back, as it came back: from which allotment, with which approval, off which projects. What a district has
-- left to be paid bears it first; what was paid already bears only what that cannot, and returns it from its quota.
alter table yiben.indicator_recovery
  add column return_fen bigint not null default 0 constraint recovery_returns_within_due check (return_fen between 0 and due_fen);
--> statement-breakpoint
grant update (return_fen) on yiben.indicator_recovery to yiben_app;
--> statement-breakpoint
create table yiben.recovery_taken (
  indicator text not null,
  recovery_id bigint generated always as identity primary key,
  district text not null,
  allocation text not null,
  -- The approval it came back with: of a release, or of a claw-back.
  approval text not null,
  amount_fen bigint not null check (amount_fen > 0),
  on_day date not null,
  foreign key (indicator, district) references yiben.indicator_recovery
);
--> statement-breakpoint
create index recovery_taken_of on yiben.recovery_taken (indicator, district, allocation);
--> statement-breakpoint
create table yiben.recovery_part (
  recovery_id bigint not null references yiben.recovery_taken,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (recovery_id, project)
);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['recovery_taken', 'recovery_part'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.recovery_taken, yiben.recovery_part to yiben_app;
--> statement-breakpoint
grant select on yiben.recovery_taken, yiben.recovery_part to yiben_auditor;
