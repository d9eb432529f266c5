-- One mechanism for every decision by several persons: what is approved is a text under its hash; who takes part is a person, not an
-- account, and takes part once, directly or through a delegate.
create table yiben.approval (
  approval_id bigint generated always as identity primary key,
  kind text not null,
  subject text not null,
  district text,
  amount_fen bigint check (amount_fen >= 0),
  summary text not null,
  -- The canonical text of what is approved, and SHA-256 of it: a decision names the hash it saw.
  content text not null,
  content_hash bytea not null check (length(content_hash) = 32),
  approvers smallint not null check (approvers > 0),
  state text not null check (state in ('checking', 'approving', 'approved', 'rejected', 'withdrawn', 'superseded')),
  steps smallint not null default 0 check (steps >= 0),
  maker text not null,
  opened_at timestamptz not null
) with (fillfactor = 80);
--> statement-breakpoint
-- One open approval a subject: a change of what was submitted ends the old one first.
create unique index approval_open on yiben.approval (subject, kind) where state in ('checking', 'approving');
--> statement-breakpoint
create index approval_to_do on yiben.approval (state, approval_id) where state in ('checking', 'approving');
--> statement-breakpoint
create table yiben.approval_decision (
  approval_id bigint not null references yiben.approval,
  step smallint not null check (step > 0),
  decision text not null check (decision in ('submitted', 'checked', 'approved', 'rejected', 'withdrawn', 'superseded')),
  person text not null,
  -- The delegator, where the person decided in somebody's place.
  acting_for text,
  reason text,
  content_hash bytea not null,
  decided_at timestamptz not null,
  primary key (approval_id, step)
);
--> statement-breakpoint
-- Four eyes, held by a key: a person stands once under an approval, whether in his own name or another's.
create table yiben.approval_party (
  approval_id bigint not null references yiben.approval,
  person text not null,
  step smallint not null,
  primary key (approval_id, person)
);
--> statement-breakpoint
create table yiben.delegation (
  delegation_id bigint generated always as identity primary key,
  delegator text not null,
  delegate text not null check (delegate <> delegator),
  permission text not null,
  district text,
  valid_from date not null,
  valid_to date not null check (valid_to >= valid_from),
  reason text not null,
  made_at timestamptz not null,
  revoked_at timestamptz
);
--> statement-breakpoint
create index delegation_of on yiben.delegation (delegate, delegator);
--> statement-breakpoint
-- Where an approval stands may only move forward; what is approved never changes.
create function yiben.require_approval_progress() returns trigger language plpgsql as $$
begin
  if old.state not in ('checking', 'approving') or new.steps <= old.steps
     or (new.kind, new.subject, new.content, new.content_hash, new.approvers, new.maker, new.amount_fen, new.district)
        is distinct from
        (old.kind, old.subject, old.content, old.content_hash, old.approvers, old.maker, old.amount_fen, old.district) then
    raise exception 'approval % is settled, or its content would change', old.approval_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger approval_progress before update on yiben.approval for each row execute function yiben.require_approval_progress();
--> statement-breakpoint
alter table yiben.approval enable always trigger approval_progress;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['approval_decision', 'approval_party'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.approval_decision, yiben.approval_party, yiben.approval, yiben.delegation to yiben_app;
--> statement-breakpoint
grant update (state, steps) on yiben.approval to yiben_app;
--> statement-breakpoint
grant update (revoked_at) on yiben.delegation to yiben_app;
--> statement-breakpoint
grant select on yiben.approval, yiben.approval_decision, yiben.approval_party, yiben.delegation to yiben_auditor;
