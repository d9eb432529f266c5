-- What every action of the rooms above the ledger leaves beside its own rows, in its own transaction: the answer under the caller's key, a
-- record of the change, and the jobs that follow from it.

-- What an idempotency key of an action was answered with, for ever. Texts, not jsonb: a replay gives the same bytes.
create table yiben.action_receipt (
  key_hash bytea primary key check (length(key_hash) = 16),
  request_hash bytea not null check (length(request_hash) = 16),
  answer text,
  refusal text,
  answered_at timestamptz not null default now(),
  constraint action_receipt_has_one_outcome check (num_nonnulls(answer, refusal) = 1)
);
--> statement-breakpoint
-- Who changed what and when, for every noun that is not an entry: one row a version, never rewritten. The noun's own table holds the
-- present; this holds how it came to be.
create table yiben.change (
  id text not null,
  noun text not null,
  version integer not null check (version > 0),
  verb text not null,
  person text not null,
  at timestamptz not null,
  body jsonb not null,
  primary key (id, noun, version)
);
--> statement-breakpoint
-- The outbox and the truth about every queued job: the row commits with the fact it follows from. A queue only hands the id round.
-- `attempts` rises when a worker claims, not when it fails, so that a job which kills its worker is counted too. `claim` is the
-- fencing token: whoever lost it may write nothing more.
create table yiben.job (
  job_id bigint generated always as identity primary key,
  name text not null,
  -- What may happen once only, however often it is asked: 'early:2024Q3'.
  key text not null,
  payload jsonb not null check (length(payload::text) <= 16000),
  state text not null default 'waiting' check (state in ('waiting', 'done', 'parked', 'cancelled')),
  asked_by text not null,
  asked_at timestamptz not null default now(),
  not_before timestamptz not null default now(),
  attempts integer not null default 0 check (attempts >= 0),
  -- Runs ended by weather or by a stop, which are no fault of the job and do not count as attempts.
  setbacks integer not null default 0 check (setbacks >= 0),
  claim uuid,
  claimed_until timestamptz,
  published_at timestamptz,
  ended_at timestamptz,
  result jsonb,
  error jsonb,
  unique (key, name),
  constraint job_ended_when_not_waiting check ((state = 'waiting') = (ended_at is null))
) with (fillfactor = 70);
--> statement-breakpoint
create index job_waiting on yiben.job (not_before, job_id) where state = 'waiting';
--> statement-breakpoint
create index job_of_state on yiben.job (state, job_id);
--> statement-breakpoint
-- Apart from the job: a job's own transaction holds its row, and progress is told meanwhile.
create table yiben.job_progress (
  job_id bigint primary key,
  done integer not null,
  total integer not null,
  note text not null,
  at timestamptz not null default now()
) with (fillfactor = 50);
--> statement-breakpoint
do $$
declare name text;
begin
  foreach name in array array['action_receipt', 'change'] loop
    execute format('create trigger append_only before update or delete or truncate on yiben.%I
                    for each statement execute function yiben.refuse_change()', name);
    execute format('alter table yiben.%I enable always trigger append_only', name);
  end loop;
end $$;
--> statement-breakpoint
grant select, insert on yiben.action_receipt, yiben.change to yiben_app;
--> statement-breakpoint
grant select, insert, update on yiben.job, yiben.job_progress to yiben_app;
--> statement-breakpoint
grant select on yiben.action_receipt, yiben.change, yiben.job, yiben.job_progress to yiben_auditor;
