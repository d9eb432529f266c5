-- Signing in with a password and a one-time code: what a person proves himself with, and the links by which he comes to it.
create table yiben.credential (
  person text primary key references yiben.person (name),
  password text not null check (password like '$argon2id$%'),
  -- Sealed under a key that is not in the database.
  totp_secret bytea not null check (length(totp_secret) > 28),
  -- The last step of the one-time code that was taken: none is taken twice.
  totp_step bigint not null,
  set_at timestamptz not null,
  disabled_at timestamptz,
  disabled_by text,
  constraint credential_disabled_by check ((disabled_at is null) = (disabled_by is null))
);
--> statement-breakpoint
create table yiben.invitation (
  invitation_hash bytea primary key check (length(invitation_hash) = 32),
  -- Absent in the first of all, which makes the first account.
  person text references yiben.person (name),
  made_at timestamptz not null,
  made_by text not null,
  ends_at timestamptz not null,
  used_at timestamptz,
  -- What the link was exchanged for, once, and the secret that goes with it, sealed.
  ticket_hash bytea unique check (length(ticket_hash) = 32),
  totp_secret bytea,
  ended_at timestamptz,
  constraint invitation_lasts check (ends_at > made_at and ends_at <= made_at + interval '24 hours'),
  constraint invitation_used check ((used_at is null) = (ticket_hash is null))
);
--> statement-breakpoint
create index invitation_of_person on yiben.invitation (person) where ended_at is null;
--> statement-breakpoint
alter table yiben.access_event drop constraint access_event_kind_check;
--> statement-breakpoint
alter table yiben.access_event add constraint access_event_kind_check check (kind in
  ('person_made', 'duty_given', 'duty_ended', 'token_issued', 'token_revoked', 'signed_in', 'signed_out', 'stepped_up',
   'invited', 'invitation_used', 'credential_set', 'sign_in_failed', 'sign_in_disabled'));
--> statement-breakpoint
create function yiben.note_credential() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (new.person <> old.person
      or (new.totp_secret = old.totp_secret and new.totp_step < old.totp_step)
      or (new.set_at = old.set_at and (new.password <> old.password or new.totp_secret <> old.totp_secret))) then
    raise exception 'the credential of % is replaced as a whole, and no step is taken twice', old.person using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' or new.set_at <> old.set_at or new.disabled_at is distinct from old.disabled_at then
    perform pg_advisory_xact_lock(hashtext('yiben.access'));
    insert into yiben.access_event (kind, person, done_by, at)
    values (case when new.disabled_at is null then 'credential_set' else 'sign_in_disabled' end, new.person,
            coalesce(new.disabled_by, new.person), coalesce(new.disabled_at, new.set_at));
  end if;
  return null;
end $$;
--> statement-breakpoint
create function yiben.note_invitation() returns trigger language plpgsql as $$
begin
  if tg_op = 'UPDATE' and (old.ended_at is not null
      or to_jsonb(new) - '{used_at,ticket_hash,totp_secret,ended_at}'::text[]
         is distinct from to_jsonb(old) - '{used_at,ticket_hash,totp_secret,ended_at}'::text[]
      or (old.used_at is not null and (new.used_at, new.ticket_hash) is distinct from (old.used_at, old.ticket_hash))) then
    raise exception 'an invitation is used once, ends once, and is otherwise what it was' using errcode = 'check_violation';
  end if;
  if tg_op = 'INSERT' or (old.used_at is null and new.used_at is not null) then
    perform pg_advisory_xact_lock(hashtext('yiben.access'));
    insert into yiben.access_event (kind, person, done_by, at)
    values (case tg_op when 'INSERT' then 'invited' else 'invitation_used' end, coalesce(new.person, '-'),
            case tg_op when 'INSERT' then new.made_by else coalesce(new.person, '-') end, coalesce(new.used_at, new.made_at));
  end if;
  return null;
end $$;
--> statement-breakpoint
create trigger noted after insert or update on yiben.credential for each row execute function yiben.note_credential();
--> statement-breakpoint
create trigger noted after insert or update on yiben.invitation for each row execute function yiben.note_invitation();
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['credential', 'invitation'] loop
    execute format('alter table yiben.%I enable always trigger noted', name);
    execute format('create trigger no_removal before delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger no_removal', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.credential, yiben.invitation to yiben_app;
--> statement-breakpoint
grant update (password, totp_secret, totp_step, set_at, disabled_at, disabled_by) on yiben.credential to yiben_app;
--> statement-breakpoint
grant update (used_at, ticket_hash, totp_secret, ended_at) on yiben.invitation to yiben_app;
