-- How districts are scored each quarter (clause 31), and how what was allotted to them is paid out, tranche by tranche and sometimes early
-- (clause 24). What has been paid stands in the ledger; here is what was decided, on which facts, and what the treasury was told.

-- Integrity and satisfaction are the two things no book knows: entered with their evidence, never changed; the latest counts.
create table yiben.score_entry (
  district text not null check (district ~ '^[0-9]{6}$'),
  score_entry_id bigint generated always as identity primary key,
  quarter text not null check (quarter ~ '^[0-9]{4}Q[1-4]$'),
  indicator text not null check (indicator in ('integrity', 'satisfaction')),
  -- A part of 1, as it was written.
  value text not null check (value ~ '^(0(\.[0-9]{1,12})?|1(\.0{1,12})?)$'),
  document text not null,
  sha256 bytea not null check (length(sha256) = 32),
  sample_size integer not null check (sample_size > 0),
  person text not null,
  entered_at timestamptz not null
);
--> statement-breakpoint
create index score_entry_of on yiben.score_entry (quarter, district, indicator, score_entry_id);
--> statement-breakpoint
-- The latest version of a district's score; the row that whoever makes the next one locks.
create table yiben.score_head (
  quarter text not null check (quarter ~ '^[0-9]{4}Q[1-4]$'),
  district text not null check (district ~ '^[0-9]{6}$'),
  version integer not null default 0 check (version >= 0),
  primary key (quarter, district)
) with (fillfactor = 70);
--> statement-breakpoint
-- A score, with everything it was computed from and when it was known. A version is never changed, so one that was used stays what it was.
create table yiben.score (
  quarter text not null,
  district text not null,
  version integer not null check (version > 0),
  total text not null check (total ~ '^[0-9]{1,3}\.[0-9]{2}$'),
  -- What early disbursement looks at beside the total; progress is cut off, not rounded.
  satisfaction text not null,
  progress text not null,
  score jsonb not null,
  facts jsonb not null,
  facts_hash bytea not null check (length(facts_hash) = 32),
  -- The policy values that took part.
  law jsonb not null,
  -- Everything recorded in the books up to then, and up to which entry of each.
  known_at timestamptz not null,
  sequences jsonb not null,
  computed_by text not null,
  primary key (quarter, district, version)
);
--> statement-breakpoint
-- What was paid to a district of an allocation, less what was clawed back: the row that every release and claw-back of it locks.
create table yiben.allotment_release (
  allocation text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  released_fen bigint not null default 0 check (released_fen >= 0),
  primary key (allocation, district)
) with (fillfactor = 70);
--> statement-breakpoint
-- A run of early disbursement: what it decided, on which facts. The next run of a quarter is for what this one left.
create table yiben.early_run (
  quarter text not null check (quarter ~ '^[0-9]{4}Q[1-4]$'),
  run integer not null check (run > 0),
  asked_by text not null,
  ran_at timestamptz not null,
  facts jsonb not null,
  facts_hash bytea not null check (length(facts_hash) = 32),
  result jsonb not null,
  primary key (quarter, run)
);
--> statement-breakpoint
-- The scores a run was decided on.
create table yiben.early_run_score (
  quarter text not null,
  run integer not null,
  district text not null,
  version integer not null,
  primary key (quarter, run, district),
  foreign key (quarter, run) references yiben.early_run,
  foreign key (quarter, district, version) references yiben.score
);
--> statement-breakpoint
create table yiben.release (
  release_id bigint generated always as identity primary key,
  allocation text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  tranche smallint not null check (tranche > 0),
  kind text not null check (kind in ('normal', 'early')),
  amount_fen bigint not null check (amount_fen > 0),
  -- Of an early one: by which run, on which score.
  quarter text,
  run integer,
  score_version integer,
  -- What was asked of it and what it showed when it was drafted.
  conditions jsonb not null,
  -- The business day to book it on; absent: the day it is approved.
  on_day date,
  approval text not null,
  state text not null check (state in ('drafted', 'released', 'rejected', 'withdrawn')),
  released_on date,
  clawed_fen bigint not null default 0 check (clawed_fen between 0 and amount_fen),
  drafted_by text not null,
  drafted_at timestamptz not null,
  foreign key (allocation, district) references yiben.allotment_release,
  foreign key (quarter, run) references yiben.early_run,
  foreign key (quarter, district, score_version) references yiben.score,
  constraint early_release_has_score check ((kind = 'early') = (quarter is not null) and num_nonnulls(quarter, run, score_version) in (0, 3)),
  constraint release_has_day check ((state = 'released') = (released_on is not null)),
  constraint clawed_was_released check (clawed_fen = 0 or (state = 'released' and kind = 'early'))
) with (fillfactor = 80);
--> statement-breakpoint
-- One at a time: what may be paid is known only when the one before is settled.
create unique index release_pending on yiben.release (allocation, district) where state = 'drafted';
--> statement-breakpoint
create unique index release_of_approval on yiben.release (approval);
--> statement-breakpoint
create index release_of_district on yiben.release (district, release_id);
--> statement-breakpoint
create index release_of_run on yiben.release (quarter, run, release_id) where quarter is not null;
--> statement-breakpoint
create index release_of_state on yiben.release (state, release_id);
--> statement-breakpoint
-- What of it went to which project's quota.
create table yiben.release_part (
  release_id bigint not null references yiben.release,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (release_id, project)
);
--> statement-breakpoint
create table yiben.clawback (
  clawback_id bigint generated always as identity primary key,
  release_id bigint not null references yiben.release,
  cause text not null check (cause in ('score_corrected', 'audit_finding')),
  document text not null,
  sha256 bytea check (length(sha256) = 32),
  -- The corrected score.
  score_version integer check (score_version > 0),
  reason text not null,
  -- What came early and was not due; what of it the quota still held and gave back.
  asked_fen bigint not null check (asked_fen > 0),
  taken_fen bigint check (taken_fen between 0 and asked_fen),
  approval text not null,
  state text not null check (state in ('drafted', 'posted', 'rejected', 'withdrawn')),
  drafted_by text not null,
  drafted_at timestamptz not null,
  posted_on date,
  constraint clawback_of_score_names_it check ((cause = 'score_corrected') = (score_version is not null)),
  constraint clawback_posted check ((state = 'posted') = (taken_fen is not null) and (taken_fen is null) = (posted_on is null))
) with (fillfactor = 80);
--> statement-breakpoint
create unique index clawback_pending on yiben.clawback (release_id) where state = 'drafted';
--> statement-breakpoint
create unique index clawback_of_approval on yiben.clawback (approval);
--> statement-breakpoint
create table yiben.clawback_part (
  clawback_id bigint not null references yiben.clawback,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (clawback_id, project)
);
--> statement-breakpoint
-- What the treasury is told, once for each reference. `sending` is written before anything leaves the house: whoever finds it so asks the
-- treasury first whether it has it.
create table yiben.treasury_instruction (
  reference text primary key,
  -- Of a release: issue quota; of a claw-back: take it back.
  release_id bigint references yiben.release,
  clawback_id bigint references yiben.clawback,
  amount_fen bigint not null check (amount_fen > 0),
  -- The text that is sent, byte for byte, and SHA-256 of it.
  content text not null,
  content_hash bytea not null check (content_hash = sha256(convert_to(content, 'UTF8'))),
  state text not null default 'drafted' check (state in ('drafted', 'sending', 'sent')),
  -- What the treasury called it.
  receipt text,
  drafted_at timestamptz not null,
  sending_at timestamptz,
  sent_at timestamptz,
  constraint instruction_is_of_one check (num_nonnulls(release_id, clawback_id) = 1),
  constraint instruction_sent check ((state = 'sent') = (sent_at is not null) and (state = 'sent') = (receipt is not null))
) with (fillfactor = 80);
--> statement-breakpoint
create unique index instruction_of_release on yiben.treasury_instruction (release_id) where release_id is not null;
--> statement-breakpoint
create unique index instruction_of_clawback on yiben.treasury_instruction (clawback_id) where clawback_id is not null;
--> statement-breakpoint
-- Decided once: a draft is released, rejected or withdrawn; what was released may only be clawed back further, and never more than it was.
create function yiben.require_release_progress() returns trigger language plpgsql as $$
begin
  if (new.release_id, new.allocation, new.district, new.tranche, new.kind, new.amount_fen, new.quarter, new.run, new.score_version,
      new.conditions, new.on_day, new.approval, new.drafted_by, new.drafted_at)
     is distinct from
     (old.release_id, old.allocation, old.district, old.tranche, old.kind, old.amount_fen, old.quarter, old.run, old.score_version,
      old.conditions, old.on_day, old.approval, old.drafted_by, old.drafted_at)
     or (old.state <> 'drafted' and (old.state <> 'released' or new.state <> 'released' or new.released_on <> old.released_on))
     or new.clawed_fen < old.clawed_fen then
    raise exception 'release R-% is decided, or its content would change', old.release_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger release_progress before update on yiben.release for each row execute function yiben.require_release_progress();
--> statement-breakpoint
alter table yiben.release enable always trigger release_progress;
--> statement-breakpoint
create function yiben.require_clawback_progress() returns trigger language plpgsql as $$
begin
  if old.state <> 'drafted'
     or (new.clawback_id, new.release_id, new.cause, new.document, new.sha256, new.score_version, new.reason, new.asked_fen, new.approval,
         new.drafted_by, new.drafted_at)
        is distinct from
        (old.clawback_id, old.release_id, old.cause, old.document, old.sha256, old.score_version, old.reason, old.asked_fen, old.approval,
         old.drafted_by, old.drafted_at) then
    raise exception 'claw-back B-% is decided, or its content would change', old.clawback_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger clawback_progress before update on yiben.clawback for each row execute function yiben.require_clawback_progress();
--> statement-breakpoint
alter table yiben.clawback enable always trigger clawback_progress;
--> statement-breakpoint
create function yiben.require_instruction_progress() returns trigger language plpgsql as $$
begin
  if (new.reference, new.release_id, new.clawback_id, new.amount_fen, new.content, new.content_hash, new.drafted_at)
     is distinct from (old.reference, old.release_id, old.clawback_id, old.amount_fen, old.content, old.content_hash, old.drafted_at)
     or not ((old.state = 'drafted' and new.state = 'sending') or (old.state = 'sending' and new.state = 'sent')) then
    raise exception 'instruction % moves forward only', old.reference using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger instruction_progress before update on yiben.treasury_instruction
  for each row execute function yiben.require_instruction_progress();
--> statement-breakpoint
alter table yiben.treasury_instruction enable always trigger instruction_progress;
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['score_entry', 'score', 'early_run', 'early_run_score', 'release_part', 'clawback_part'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.score_entry, yiben.score, yiben.early_run, yiben.early_run_score, yiben.release, yiben.release_part,
  yiben.clawback, yiben.clawback_part, yiben.treasury_instruction, yiben.score_head, yiben.allotment_release to yiben_app;
--> statement-breakpoint
grant update (version) on yiben.score_head to yiben_app;
--> statement-breakpoint
grant update (released_fen) on yiben.allotment_release to yiben_app;
--> statement-breakpoint
grant update (state, released_on, clawed_fen) on yiben.release to yiben_app;
--> statement-breakpoint
grant update (state, taken_fen, posted_on) on yiben.clawback to yiben_app;
--> statement-breakpoint
grant update (state, receipt, sending_at, sent_at) on yiben.treasury_instruction to yiben_app;
--> statement-breakpoint
grant select on yiben.score_entry, yiben.score_head, yiben.score, yiben.allotment_release, yiben.early_run, yiben.early_run_score,
  yiben.release, yiben.release_part, yiben.clawback, yiben.clawback_part, yiben.treasury_instruction to yiben_auditor;
