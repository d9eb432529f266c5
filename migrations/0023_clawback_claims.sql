-- What was clawed back and is spent already is a claim on the district (J46), with a day on which it is due, settled by money, by quota or by a
-- tranche that is kept. Clawed back is what came early, and what was paid in error, against a finding, or above a final budget.
alter table yiben.release drop constraint clawed_was_released;
--> statement-breakpoint
alter table yiben.release add constraint clawed_was_released check (clawed_fen = 0 or state = 'released');
--> statement-breakpoint
alter table yiben.clawback
  add column ground text not null default 'early' check (ground in ('early', 'error', 'finding', 'final_budget'));
--> statement-breakpoint
alter table yiben.clawback drop constraint clawback_cause_check;
--> statement-breakpoint
alter table yiben.clawback add constraint clawback_cause_check
  check (cause in ('score_corrected', 'audit_finding', 'paid_in_error', 'final_budget'));
--> statement-breakpoint
create table yiben.clawback_claim (
  clawback_id bigint primary key references yiben.clawback,
  amount_fen bigint not null check (amount_fen > 0),
  due_on date not null,
  settled_fen bigint not null default 0 check (settled_fen between 0 and amount_fen)
) with (fillfactor = 80);
--> statement-breakpoint
create table yiben.claim_settlement (
  settlement_id bigint generated always as identity primary key,
  clawback_id bigint not null references yiben.clawback_claim,
  way text not null check (way in ('money', 'quota', 'kept')),
  amount_fen bigint not null check (amount_fen > 0),
  document text not null,
  approval text not null,
  state text not null check (state in ('drafted', 'posted', 'rejected', 'withdrawn')),
  drafted_by text not null,
  drafted_at timestamptz not null,
  posted_on date,
  constraint settlement_posted check ((state = 'posted') = (posted_on is not null))
) with (fillfactor = 80);
--> statement-breakpoint
create unique index settlement_pending on yiben.claim_settlement (clawback_id) where state = 'drafted';
--> statement-breakpoint
create unique index settlement_of_approval on yiben.claim_settlement (approval);
--> statement-breakpoint
-- What came back of which project; of a kept tranche nothing comes back.
create table yiben.settlement_part (
  settlement_id bigint not null references yiben.claim_settlement,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (settlement_id, project)
);
--> statement-breakpoint
alter table yiben.treasury_instruction add column settlement_id bigint references yiben.claim_settlement;
--> statement-breakpoint
alter table yiben.treasury_instruction drop constraint instruction_is_of_one;
--> statement-breakpoint
alter table yiben.treasury_instruction
  add constraint instruction_is_of_one check (num_nonnulls(release_id, clawback_id, settlement_id) = 1);
--> statement-breakpoint
create unique index instruction_of_settlement on yiben.treasury_instruction (settlement_id) where settlement_id is not null;
--> statement-breakpoint
create function yiben.require_claim_progress() returns trigger language plpgsql as $$
begin
  if (new.clawback_id, new.amount_fen, new.due_on) is distinct from (old.clawback_id, old.amount_fen, old.due_on)
     or new.settled_fen < old.settled_fen then
    raise exception 'claim of B-% is settled further only', old.clawback_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger claim_progress before update on yiben.clawback_claim for each row execute function yiben.require_claim_progress();
--> statement-breakpoint
alter table yiben.clawback_claim enable always trigger claim_progress;
--> statement-breakpoint
create function yiben.require_settlement_progress() returns trigger language plpgsql as $$
begin
  if old.state <> 'drafted'
     or (new.settlement_id, new.clawback_id, new.way, new.amount_fen, new.document, new.approval, new.drafted_by, new.drafted_at)
        is distinct from
        (old.settlement_id, old.clawback_id, old.way, old.amount_fen, old.document, old.approval, old.drafted_by, old.drafted_at) then
    raise exception 'settlement T-% is decided, or its content would change', old.settlement_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger settlement_progress before update on yiben.claim_settlement
  for each row execute function yiben.require_settlement_progress();
--> statement-breakpoint
alter table yiben.claim_settlement enable always trigger settlement_progress;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.settlement_part
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.settlement_part enable always trigger append_only;
--> statement-breakpoint
grant select, insert on yiben.clawback_claim, yiben.claim_settlement, yiben.settlement_part to yiben_app;
--> statement-breakpoint
grant update (settled_fen) on yiben.clawback_claim to yiben_app;
--> statement-breakpoint
grant update (state, posted_on) on yiben.claim_settlement to yiben_app;
--> statement-breakpoint
grant select on yiben.clawback_claim, yiben.claim_settlement, yiben.settlement_part to yiben_auditor;
