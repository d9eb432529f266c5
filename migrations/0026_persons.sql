-- Persons, what they may do, and how it came to be. Books and approvals keep the name under which a person signs: it is unique and never
-- changes, and neither does the id, by which machines and addresses call the same person.
create function yiben.folded(given text) returns text language sql immutable strict parallel safe as
  $$ select lower(normalize(given, NFKC) collate "C") $$;
--> statement-breakpoint
-- What a spelling looks like: letters and digits that are drawn alike are one (after Unicode TS 39, for the characters a name may have).
create function yiben.skeleton(given text) returns text language sql immutable strict parallel safe as
  $$ select replace(replace(lower(translate(normalize(given, NFKC), 'I1|0', 'lllo') collate "C"), 'rn', 'm'), 'vv', 'w') $$;
--> statement-breakpoint
create table yiben.person (
  id text primary key check (id ~ '^[a-z][a-z0-9_.:@-]{0,63}$'),
  name text not null unique check (name <> ''),
  -- Above 0 for spellings that were alike before there were persons: they stay what they are, and none is made like them.
  twin smallint not null default 0,
  folded text not null generated always as (yiben.folded(name)) stored,
  skeleton text not null generated always as (yiben.skeleton(name)) stored,
  made_at timestamptz not null,
  made_by text not null,
  constraint person_folded unique (folded, twin),
  constraint person_skeleton unique (skeleton, twin)
);
--> statement-breakpoint
create table yiben.duty (
  duty_id bigint generated always as identity primary key,
  person text not null references yiben.person (id),
  role text not null,
  district text,
  given_at timestamptz not null,
  given_by text not null,
  ended_at timestamptz,
  ended_by text,
  constraint duty_ended_by check ((ended_at is null) = (ended_by is null))
);
--> statement-breakpoint
create unique index duty_in_force on yiben.duty (person, role, coalesce(district, '')) where ended_at is null;
--> statement-breakpoint
create index duty_of_person on yiben.duty (person);
--> statement-breakpoint
alter table yiben.token add column token_id bigint generated always as identity, add column issued_by text, add column revoked_by text;
--> statement-breakpoint
create unique index token_by_id on yiben.token (token_id);
--> statement-breakpoint
create index token_of_person on yiben.token (person, role);
--> statement-breakpoint
-- Whom tokens name is a person from now on, under the spelling he has signed with; what excludes each other is not taken away here.
insert into yiben.person (id, name, twin, made_at, made_by)
select case when fits then name else 'person.' || row_number() over (partition by fits order by made_at, name) end, name,
       case when alike > 1 or drawn_alike > 1 then row_number() over (order by made_at, name) else 0 end, made_at, 'migration'
from (select person as name, min(created_at) as made_at,
             person ~ '^[a-z][a-z0-9_.:@-]{0,63}$' and person !~ '^person[.]' as fits,
             count(*) over (partition by yiben.folded(person)) as alike, count(*) over (partition by yiben.skeleton(person)) as drawn_alike
      from yiben.token group by person) known;
--> statement-breakpoint
insert into yiben.duty (person, role, district, given_at, given_by, ended_at, ended_by)
select p.id, t.role, t.district, min(t.created_at), 'migration',
       case when bool_and(t.revoked_at is not null) then max(t.revoked_at) end, case when bool_and(t.revoked_at is not null) then 'migration' end
from yiben.token t join yiben.person p on p.name = t.person group by p.id, t.role, t.district;
--> statement-breakpoint
alter table yiben.token add constraint token_person foreign key (person) references yiben.person (name);
--> statement-breakpoint
-- The record of access, written by the tables themselves: whoever makes, gives, ends, issues or revokes leaves an event, also by hand.
create table yiben.access_event (
  kind text not null check (kind in ('person_made', 'duty_given', 'duty_ended', 'token_issued', 'token_revoked')),
  event_id bigint generated always as identity primary key,
  person text not null,
  role text,
  district text,
  token_id bigint,
  done_by text not null,
  at timestamptz not null
);
--> statement-breakpoint
-- What every process looks at, again and again: the last right that was taken.
create index access_taken on yiben.access_event (event_id) where kind in ('duty_ended', 'token_revoked');
--> statement-breakpoint
-- The lock is held until the end of the transaction, so events become visible in the order of their ids.
create function yiben.note_access() returns trigger language plpgsql as $$
declare of_person text;
begin
  perform pg_advisory_xact_lock(hashtext('yiben.access'));
  if tg_table_name = 'person' then
    insert into yiben.access_event (kind, person, done_by, at) values ('person_made', new.name, new.made_by, new.made_at);
    return null;
  end if;
  if tg_table_name = 'duty' then
    select name into of_person from yiben.person where id = new.person;
    insert into yiben.access_event (kind, person, role, district, done_by, at)
    values (case tg_op when 'INSERT' then 'duty_given' else 'duty_ended' end, of_person, new.role, new.district,
            case tg_op when 'INSERT' then new.given_by else new.ended_by end, case tg_op when 'INSERT' then new.given_at else new.ended_at end);
    return null;
  end if;
  insert into yiben.access_event (kind, person, role, district, token_id, done_by, at)
  values (case tg_op when 'INSERT' then 'token_issued' else 'token_revoked' end, new.person, new.role, new.district, new.token_id,
          coalesce(case tg_op when 'INSERT' then new.issued_by else new.revoked_by end, session_user),
          case tg_op when 'INSERT' then new.created_at else coalesce(new.revoked_at, now()) end);
  return null;
end $$;
--> statement-breakpoint
-- A duty is ended once, and is otherwise what it was.
create function yiben.require_duty_ends_once() returns trigger language plpgsql as $$
begin
  if old.ended_at is not null or new.ended_at is null
     or to_jsonb(new) - '{ended_at,ended_by}'::text[] is distinct from to_jsonb(old) - '{ended_at,ended_by}'::text[] then
    raise exception 'duty % is ended once and changed never', old.duty_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger duty_ends_once before update on yiben.duty for each row execute function yiben.require_duty_ends_once();
--> statement-breakpoint
alter table yiben.duty enable always trigger duty_ends_once;
--> statement-breakpoint
-- A token is revoked once, and is otherwise what it was.
create function yiben.require_token_revoked_once() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null or new.revoked_at is null
     or to_jsonb(new) - '{revoked_at,revoked_by}'::text[] is distinct from to_jsonb(old) - '{revoked_at,revoked_by}'::text[] then
    raise exception 'token % is revoked once and changed never', old.token_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger token_revoked_once before update on yiben.token for each row execute function yiben.require_token_revoked_once();
--> statement-breakpoint
alter table yiben.token enable always trigger token_revoked_once;
--> statement-breakpoint
create trigger noted after insert on yiben.person for each row execute function yiben.note_access();
--> statement-breakpoint
create trigger noted after insert or update on yiben.duty for each row execute function yiben.note_access();
--> statement-breakpoint
create trigger noted after insert or update on yiben.token for each row execute function yiben.note_access();
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['person', 'duty', 'token'] loop
    execute format('alter table yiben.%I enable always trigger noted', name);
  end loop;
  foreach name in array array['person', 'access_event'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
  execute 'create trigger no_removal before delete or truncate on yiben.duty for each statement execute function yiben.refuse_change()';
  execute 'alter table yiben.duty enable always trigger no_removal';
end $$;
--> statement-breakpoint
revoke execute on function yiben.folded, yiben.skeleton from public;
--> statement-breakpoint
grant execute on function yiben.folded, yiben.skeleton to yiben_app;
--> statement-breakpoint
grant select, insert on yiben.person, yiben.duty, yiben.access_event to yiben_app;
--> statement-breakpoint
grant update (ended_at, ended_by) on yiben.duty to yiben_app;
--> statement-breakpoint
grant update (revoked_by) on yiben.token to yiben_app;
--> statement-breakpoint
grant select on yiben.person, yiben.duty, yiben.access_event to yiben_auditor;
