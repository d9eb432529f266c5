-- What is due of a bond (应付本息): each coupon on its day, and the principal, divided over the projects by what each held on each day of the
-- period. A row is made when its approval is given; it is set aside, then paid.
create table yiben.bond_due (
  bond text not null references yiben.bond,
  number integer not null check (number > 0),
  what text not null check (what in ('coupon', 'principal')),
  due_on date not null,
  -- The working day it is paid on: the amount stays as it is.
  pay_on date not null check (pay_on >= due_on),
  amount_fen bigint not null check (amount_fen > 0),
  state text not null check (state in ('due', 'set_aside', 'paid')),
  approval text not null unique,
  primary key (bond, number)
) with (fillfactor = 80);
--> statement-breakpoint
create table yiben.bond_due_share (
  bond text not null,
  number integer not null,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (bond, number, project),
  foreign key (bond, number) references yiben.bond_due
);
--> statement-breakpoint
create function yiben.require_due_progress() returns trigger language plpgsql as $$
begin
  if (old.state, new.state) not in (('due', 'set_aside'), ('set_aside', 'paid'))
     or (new.bond, new.number, new.what, new.due_on, new.pay_on, new.amount_fen, new.approval)
        is distinct from (old.bond, old.number, old.what, old.due_on, old.pay_on, old.amount_fen, old.approval) then
    raise exception 'due % of bond % moves forward only', old.number, old.bond using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger due_progress before update on yiben.bond_due for each row execute function yiben.require_due_progress();
--> statement-breakpoint
alter table yiben.bond_due enable always trigger due_progress;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.bond_due_share
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.bond_due_share enable always trigger append_only;
--> statement-breakpoint
grant select, insert on yiben.bond_due, yiben.bond_due_share to yiben_app;
--> statement-breakpoint
grant update (state) on yiben.bond_due to yiben_app;
--> statement-breakpoint
grant select on yiben.bond_due, yiben.bond_due_share to yiben_auditor;
