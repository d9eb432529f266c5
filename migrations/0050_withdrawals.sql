-- Withdrawals from the housing provident fund (住房公积金管理条例 第二十四、二十五条; 28号文（二十六）): taken and examined against what the books
-- hold of the dwelling, decided by another person of the centre, and kept for ever. What was granted never changes.
create table yiben.withdrawal (
  withdrawal_id bigint generated always as identity primary key,
  project text not null references yiben.project,
  district text not null,
  community text not null,
  building text not null,
  dwelling text not null,
  purpose text not null,
  way text not null check (way in ('payer', 'supervised')),
  on_day date not null,
  due_day date not null check (due_day >= on_day),
  book text not null references yiben.book (code),
  contribution_fen bigint not null check (contribution_fen > 0),
  limit_fen bigint not null,
  granted_fen bigint not null check (granted_fen > 0),
  -- The values of policy it was examined by.
  uses jsonb not null,
  state text not null check (state in ('validated', 'decided', 'returned')),
  approval text not null unique,
  made_by text not null,
  made_at timestamptz not null,
  version integer not null check (version > 0),
  constraint withdrawal_within_limit check (granted_fen <= limit_fen and limit_fen <= contribution_fen)
);
--> statement-breakpoint
create index withdrawal_of_dwelling on yiben.withdrawal (project, community, building, dwelling);
--> statement-breakpoint
create function yiben.require_withdrawal_progress() returns trigger language plpgsql as $$
begin
  if tg_op = 'INSERT' then
    if new.state <> 'validated' or new.version <> 1 then
      raise exception 'a withdrawal begins undecided' using errcode = 'check_violation';
    end if;
    return new;
  end if;
  if old.state <> 'validated' or new.state = 'validated' or new.version <> old.version + 1
     or (to_jsonb(new) - 'state' - 'version') is distinct from (to_jsonb(old) - 'state' - 'version') then
    raise exception 'withdrawal % is decided once and changes in nothing else', old.withdrawal_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger withdrawal_progress before insert or update on yiben.withdrawal
  for each row execute function yiben.require_withdrawal_progress();
--> statement-breakpoint
alter table yiben.withdrawal enable always trigger withdrawal_progress;
--> statement-breakpoint
create trigger no_removal before delete or truncate on yiben.withdrawal for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.withdrawal enable always trigger no_removal;
--> statement-breakpoint
grant select, insert on yiben.withdrawal to yiben_app;
--> statement-breakpoint
grant update (state, version) on yiben.withdrawal to yiben_app;
--> statement-breakpoint
grant select on yiben.withdrawal to yiben_auditor;
