-- Special bonds (专项债券): one row a bond, from its plan to its repayment, in the book of its issuer. What it holds, its book says.
create table yiben.bond (
  bond text primary key,
  book text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  -- The project code of what is not allocated to a project.
  programme text not null,
  source text not null,
  face_fen bigint not null check (face_fen > 0),
  -- A part of 1 a year, as it was written.
  rate text not null,
  years integer not null check (years > 0),
  frequency integer not null check (frequency in (1, 2)),
  fee_rate text not null,
  purpose text not null,
  document_number text not null,
  -- Definition, horizon, figures by year and what came of them, with the law that was used.
  coverage jsonb not null,
  start_on date,
  state text not null check (state in ('planned', 'approved', 'issued', 'repaid', 'rejected')),
  version integer not null check (version > 0),
  constraint bond_issued_has_start check ((state in ('issued', 'repaid')) = (start_on is not null))
) with (fillfactor = 80);
--> statement-breakpoint
create index bond_of_book on yiben.bond (book, bond);
--> statement-breakpoint
create function yiben.require_bond_progress() returns trigger language plpgsql as $$
begin
  if new.version <> old.version + 1 or old.state = 'repaid' or new.bond <> old.bond
     or not (old.state, new.state) in (('planned', 'approved'), ('planned', 'rejected'), ('rejected', 'planned'), ('approved', 'issued'),
       ('issued', 'issued'), ('issued', 'repaid'))
     or (old.state <> 'rejected' and (new.book, new.district, new.programme, new.source, new.face_fen, new.years, new.fee_rate, new.purpose)
       is distinct from (old.book, old.district, old.programme, old.source, old.face_fen, old.years, old.fee_rate, old.purpose))
     or (old.state = 'issued' and (new.rate, new.frequency, new.start_on, new.coverage)
       is distinct from (old.rate, old.frequency, old.start_on, old.coverage)) then
    raise exception 'bond % moves forward only', old.bond using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger bond_progress before update on yiben.bond for each row execute function yiben.require_bond_progress();
--> statement-breakpoint
alter table yiben.bond enable always trigger bond_progress;
--> statement-breakpoint
-- What each project holds of a bond from a day on; a version is never changed, and what an earlier one bore stays as it was.
create table yiben.bond_allocation (
  bond text not null references yiben.bond,
  version integer not null check (version > 0),
  from_on date not null,
  document_number text not null,
  approval text not null unique,
  primary key (bond, version),
  unique (bond, from_on)
);
--> statement-breakpoint
create table yiben.bond_allocation_share (
  bond text not null,
  version integer not null,
  project text not null,
  amount_fen bigint not null check (amount_fen > 0),
  primary key (bond, version, project),
  foreign key (bond, version) references yiben.bond_allocation
);
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.bond_allocation
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.bond_allocation enable always trigger append_only;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.bond_allocation_share
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.bond_allocation_share enable always trigger append_only;
--> statement-breakpoint
grant select, insert on yiben.bond_allocation, yiben.bond_allocation_share to yiben_app;
--> statement-breakpoint
grant select, insert, update on yiben.bond to yiben_app;
--> statement-breakpoint
grant select on yiben.bond, yiben.bond_allocation, yiben.bond_allocation_share to yiben_auditor;
