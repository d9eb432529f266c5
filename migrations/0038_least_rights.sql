-- What the role that serves could do beyond what the program does: clear a closing, rewrite what a job is asked to do,
-- give a voucher number twice.
create or replace function yiben.require_progress() returns trigger language plpgsql as $$
begin
  if new.book_id <> old.book_id or new.sequence < old.sequence or new.accounts < old.accounts or new.acts < old.acts then
    raise exception 'the head of book % moves forward only', old.book_id using errcode = 'check_violation';
  end if;
  -- A month is closed or opened by an act that stands in the book's chain, and by nothing else.
  if (new.closed_through is distinct from old.closed_through or new.acts_hash <> old.acts_hash)
     and not (new.acts = old.acts + 1 and exists (
       select from yiben.period_act a where a.book_id = old.book_id and a.act = new.acts and a.hash = new.acts_hash)) then
    raise exception 'book % is closed and opened by acts alone', old.book_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create function yiben.require_number_rises() returns trigger language plpgsql as $$
begin
  if new.book_id <> old.book_id or new.month <> old.month or new.number < old.number then
    raise exception 'the voucher numbers of book % in % only rise', old.book_id, old.month using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger number_rises before update on yiben.voucher_number for each row execute function yiben.require_number_rises();
--> statement-breakpoint
alter table yiben.voucher_number enable always trigger number_rises;
--> statement-breakpoint
-- Which job it is, what it is asked to do and by whom is fixed when it is asked.
revoke update on yiben.job from yiben_app;
--> statement-breakpoint
grant update (state, not_before, attempts, setbacks, claim, claimed_until, published_at, ended_at, result, error)
  on yiben.job to yiben_app;
