-- What money rests on has a day. Where a project stood and in which plan, and whether a community had an owners' body or a trust service,
-- is kept from the day it was so; a score as of a quarter's last day reads what was so by then, whatever the register says today.
create table yiben.project_standing (
  project text not null references yiben.project,
  sequence integer not null check (sequence > 0),
  state text not null,
  year integer,
  batch integer,
  on_day date not null,
  recorded_at timestamptz not null default now(),
  primary key (project, sequence)
);
--> statement-breakpoint
alter table yiben.community add column owners_body_on date, add column trust_service_on date;
--> statement-breakpoint
-- Since when each is as it stands; null: always, as far as is known.
create table yiben.community_standing (
  community text not null references yiben.community,
  sequence integer not null check (sequence > 0),
  owners_body boolean not null,
  owners_body_on date,
  trust_service boolean not null,
  trust_service_on date,
  recorded_at timestamptz not null default now(),
  primary key (community, sequence)
);
--> statement-breakpoint
-- What was registered and moved before, on the day it was recorded; of the plan only the one a project is in now is known.
insert into yiben.project_standing (project, sequence, state, year, batch, on_day, recorded_at)
select s.project, row_number() over (partition by s.project order by s.place, s.on_day), s.state,
       case when s.state <> 'reserve' then p.year end, case when s.state <> 'reserve' then p.batch end, s.on_day, s.at
from (
  select c.id as project, c.version as place, c.at, (c.at at time zone 'Asia/Shanghai')::date as on_day,
         case c.verb when 'registered' then 'reserve' else c.body ->> 'to' end as state
  from yiben.change c where c.noun = 'project' and c.verb in ('registered', 'moved')
  union all
  select c.id, c.version, c.at, make_date(q.year, 6, 30), 'planned'
  from yiben.change c join yiben.project q on q.project = c.id where c.noun = 'project' and c.verb = 'sample_loaded'
  union all
  select q.project, q.version + 1, now(), q.state_on, q.state from yiben.project q
) s join yiben.project p on p.project = s.project;
--> statement-breakpoint
insert into yiben.community_standing (community, sequence, owners_body, trust_service)
select community, 1, owners_body, trust_service from yiben.community;
--> statement-breakpoint
create function yiben.note_project_standing() returns trigger language plpgsql as $$
begin
  insert into yiben.project_standing (project, sequence, state, year, batch, on_day)
  select new.project, coalesce(max(s.sequence), 0) + 1, new.state, new.year, new.batch, new.state_on
  from yiben.project_standing s where s.project = new.project;
  return null;
end $$;
--> statement-breakpoint
create function yiben.note_community_standing() returns trigger language plpgsql as $$
begin
  insert into yiben.community_standing (community, sequence, owners_body, owners_body_on, trust_service, trust_service_on)
  select new.community, coalesce(max(s.sequence), 0) + 1, new.owners_body, new.owners_body_on, new.trust_service, new.trust_service_on
  from yiben.community_standing s where s.community = new.community;
  return null;
end $$;
--> statement-breakpoint
create trigger note_first_standing after insert on yiben.project for each row execute function yiben.note_project_standing();
--> statement-breakpoint
create trigger note_standing after update on yiben.project for each row
  when ((old.state, old.state_on, old.year, old.batch) is distinct from (new.state, new.state_on, new.year, new.batch))
  execute function yiben.note_project_standing();
--> statement-breakpoint
create trigger note_first_standing after insert on yiben.community for each row execute function yiben.note_community_standing();
--> statement-breakpoint
create trigger note_standing after update on yiben.community for each row
  when ((old.owners_body, old.owners_body_on, old.trust_service, old.trust_service_on)
    is distinct from (new.owners_body, new.owners_body_on, new.trust_service, new.trust_service_on))
  execute function yiben.note_community_standing();
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['project_standing', 'community_standing'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
      for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.project_standing, yiben.community_standing to yiben_app;
--> statement-breakpoint
grant select on yiben.project_standing, yiben.community_standing to yiben_auditor;
