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
-- What a person proves himself with. The password is an argon2id hash in its usual text; a step of the one-time code is used once.
create table yiben.credential (
  person text primary key references yiben.person (name),
  password text not null check (password like '$argon2id$%'),
  totp_secret bytea not null check (length(totp_secret) = 20),
  totp_step bigint not null default 0,
  failures integer not null default 0,
  locked_until timestamptz,
  set_at timestamptz not null
);
--> statement-breakpoint
-- One-time links by which a person sets what he proves himself with.
create table yiben.invitation (
  code_hash bytea primary key check (length(code_hash) = 32),
  person text not null references yiben.person (name),
  made_by text not null,
  made_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
--> statement-breakpoint
alter table yiben.access_event drop constraint access_event_kind_check;
--> statement-breakpoint
alter table yiben.access_event add constraint access_event_kind_check check (kind in
  ('person_made', 'duty_given', 'duty_ended', 'token_issued', 'token_revoked', 'signed_in', 'signed_out', 'stepped_up', 'invited', 'credential_set'));
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
create function yiben.note_credential() returns trigger language plpgsql as $$
begin
  perform pg_advisory_xact_lock(hashtext('yiben.access'));
  if tg_table_name = 'invitation' then
    insert into yiben.access_event (kind, person, done_by, at) values ('invited', new.person, new.made_by, new.made_at);
  elsif tg_op = 'INSERT' or new.set_at is distinct from old.set_at then
    insert into yiben.access_event (kind, person, done_by, at) values ('credential_set', new.person, new.person, new.set_at);
  end if;
  return null;
end $$;
--> statement-breakpoint
-- A link is used once, and is otherwise what it was.
create function yiben.require_invitation_used_once() returns trigger language plpgsql as $$
begin
  if old.used_at is not null or new.used_at is null or to_jsonb(new) - 'used_at' is distinct from to_jsonb(old) - 'used_at' then
    raise exception 'an invitation is used once and changed never' using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger noted before insert or update on yiben.session for each row execute function yiben.note_session();
--> statement-breakpoint
create trigger noted after insert or update on yiben.credential for each row execute function yiben.note_credential();
--> statement-breakpoint
create trigger noted after insert on yiben.invitation for each row execute function yiben.note_credential();
--> statement-breakpoint
create trigger used_once before update on yiben.invitation for each row execute function yiben.require_invitation_used_once();
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['session', 'credential', 'invitation'] loop
    execute format('alter table yiben.%I enable always trigger noted', name);
    execute format('create trigger no_removal before delete or truncate on yiben.%I for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger no_removal', name);
  end loop;
end $$;
--> statement-breakpoint
alter table yiben.invitation enable always trigger used_once;
--> statement-breakpoint
grant select, insert on yiben.session, yiben.credential, yiben.invitation to yiben_app;
--> statement-breakpoint
grant update (seen_at, stepped_at, ended_at, ended_by) on yiben.session to yiben_app;
--> statement-breakpoint
grant update (password, totp_secret, totp_step, failures, locked_until, set_at) on yiben.credential to yiben_app;
--> statement-breakpoint
grant update (used_at) on yiben.invitation to yiben_app;
