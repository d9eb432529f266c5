-- Kinds of approval that are made and checked (经办、复核), and approved by nobody: checked, they stand approved. Nothing else opens without an
-- approver. What was opened before keeps the number it was opened with.
alter table yiben.approval drop constraint approval_approvers_check;
--> statement-breakpoint
alter table yiben.approval add constraint approval_approvers_fit
  check (approvers > 0 or (approvers = 0 and kind in ('year_end')));
--> statement-breakpoint
create or replace function yiben.require_approval_progress() returns trigger language plpgsql as $$
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
     or (new.state = 'approved') <> (said.checked = 1 and said.approved >= new.approvers) then
    raise exception 'approval % has not the decisions for %', new.approval_id, new.state using errcode = 'check_violation';
  end if;
  return new;
end $$;
