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
  content_hash bytea not null,
  approvers smallint not null check (approvers > 0),
  state text not null check (state in ('checking', 'approving', 'approved', 'rejected', 'withdrawn', 'superseded')),
  steps smallint not null default 0 check (steps >= 0),
  maker text not null,
  opened_at timestamptz not null,
  constraint approval_hash_fits check (content_hash = sha256(convert_to(content, 'UTF8')))
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
  content_hash bytea not null check (length(content_hash) = 32),
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
  permission text not null check (permission in ('approval.check', 'approval.approve')),
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
-- An approval opens to be checked and only moves forward; what is approved never changes; and it is approved where its decisions say so.
create function yiben.require_approval_progress() returns trigger language plpgsql as $$
declare said record;
begin
  if tg_op = 'INSERT' then
    if new.state <> 'checking' or new.steps <> 0 then
      raise exception 'an approval opens with nothing decided' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.state not in ('checking', 'approving') or new.steps <> old.steps + 1
     or (new.approval_id, new.kind, new.subject, new.content, new.content_hash, new.approvers, new.maker, new.amount_fen, new.district,
         new.summary, new.opened_at)
        is distinct from
        (old.approval_id, old.kind, old.subject, old.content, old.content_hash, old.approvers, old.maker, old.amount_fen, old.district,
         old.summary, old.opened_at) then
    raise exception 'approval % is settled, or its content would change', old.approval_id using errcode = 'check_violation';
  end if;
  select count(*) filter (where decision = 'submitted') as submitted, count(*) filter (where decision = 'checked') as checked,
         count(*) filter (where decision = 'approved') as approved, count(*) filter (where content_hash <> new.content_hash) as other,
         max(step) as steps
    into said from yiben.approval_decision where approval_id = new.approval_id;
  if said.steps is distinct from new.steps::integer or said.submitted <> 1 or said.other > 0
     or (new.state in ('approving', 'approved') and said.checked <> 1)
     or (new.state = 'approved') <> (said.approved >= new.approvers) then
    raise exception 'approval % has not the decisions for %', new.approval_id, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger approval_progress before insert or update on yiben.approval
  for each row execute function yiben.require_approval_progress();
--> statement-breakpoint
alter table yiben.approval enable always trigger approval_progress;
--> statement-breakpoint
-- Whoever makes, checks, approves or rejects stands among the parties, at that very step; so does the one whose place he takes.
create function yiben.require_party() returns trigger language plpgsql as $$
declare who text;
begin
  if new.decision in ('submitted', 'checked', 'approved', 'rejected') then
    foreach who in array array_remove(array[new.person, new.acting_for], null) loop
      if not exists (select from yiben.approval_party
                     where approval_id = new.approval_id and person = who and step = new.step) then
        raise exception '% is no party to step % of approval %', who, new.step, new.approval_id using errcode = 'check_violation';
      end if;
    end loop;
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger decision_of_party before insert on yiben.approval_decision for each row execute function yiben.require_party();
--> statement-breakpoint
alter table yiben.approval_decision enable always trigger decision_of_party;
--> statement-breakpoint
-- A delegation is ended once, and is otherwise what it was.
create function yiben.require_delegation_ends_once() returns trigger language plpgsql as $$
begin
  if old.revoked_at is not null or new.revoked_at is null
     or to_jsonb(new) - 'revoked_at' is distinct from to_jsonb(old) - 'revoked_at' then
    raise exception 'delegation % is ended once and changed never', old.delegation_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger delegation_ends_once before update on yiben.delegation
  for each row execute function yiben.require_delegation_ends_once();
--> statement-breakpoint
alter table yiben.delegation enable always trigger delegation_ends_once;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['approval_decision', 'approval_party'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
  foreach name in array array['approval', 'delegation'] loop
    execute format('create trigger no_removal before delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger no_removal', name);
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
