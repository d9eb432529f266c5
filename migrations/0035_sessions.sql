-- Sessions of the console, beside tokens: kept as hashes, one person in one duty, ended by idleness, by time, by hand, or with the duty.
create table yiben.session (
  session_hash bytea primary key check (length(session_hash) = 32),
  session_id bigint generated always as identity unique,
  person text not null references yiben.person (name),
  role text not null,
  district text,
  -- Of the sample alone: ends with the first book that is real.
  trial boolean not null,
  began_at timestamptz not null,
  ends_at timestamptz not null,
  seen_at timestamptz not null,
  -- When the person last proved again who he is.
  stepped_at timestamptz,
  ended_at timestamptz,
  ended_by text,
  constraint session_ended_by check ((ended_at is null) = (ended_by is null)),
  constraint session_lasts check (ends_at > began_at and ends_at <= began_at + interval '8 hours')
);
--> statement-breakpoint
create index session_of_person on yiben.session (person) where ended_at is null;
--> statement-breakpoint
alter table yiben.access_event drop constraint access_event_kind_check;
--> statement-breakpoint
alter table yiben.access_event add constraint access_event_kind_check check (kind in
  ('person_made', 'duty_given', 'duty_ended', 'token_issued', 'token_revoked', 'signed_in', 'signed_out', 'stepped_up'));
--> statement-breakpoint
create function yiben.note_session() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and old.ended_at is not null then
    raise exception 'session % has ended', old.session_id using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and to_jsonb(new) - '{seen_at,stepped_at,ended_at,ended_by}'::text[]
                          is distinct from to_jsonb(old) - '{seen_at,stepped_at,ended_at,ended_by}'::text[] then
    raise exception 'session % is what it was when it began', old.session_id using errcode = 'check_violation';
  end if;
  if tg_op = 'UPDATE' and new.ended_at is null and new.stepped_at is not distinct from old.stepped_at then return new; end if;
  perform pg_advisory_xact_lock(hashtext('yiben.access'));
  insert into yiben.access_event (kind, person, role, district, done_by, at)
  values (case when tg_op = 'INSERT' then 'signed_in' when new.ended_at is not null then 'signed_out' else 'stepped_up' end,
          new.person, new.role, new.district, coalesce(new.ended_by, new.person), coalesce(new.ended_at, new.stepped_at, new.began_at));
  return new;
end $$;
--> statement-breakpoint
create trigger noted before insert or update on yiben.session for each row execute function yiben.note_session();
--> statement-breakpoint
alter table yiben.session enable always trigger noted;
--> statement-breakpoint
create trigger no_removal before delete or truncate on yiben.session for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.session enable always trigger no_removal;
--> statement-breakpoint
grant select, insert on yiben.session to yiben_app;
--> statement-breakpoint
grant update (seen_at, stepped_at, ended_at, ended_by) on yiben.session to yiben_app;
