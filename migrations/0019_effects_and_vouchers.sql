-- What posted an entry that no hand wrote: the effect of an action, by the name under which it is posted once and never again. Entries made
-- before this table existed are known by their control lines alone, which no hand could be told from.
create table yiben.entry_effect (
  book_id integer not null,
  sequence bigint not null,
  effect text not null,
  primary key (book_id, sequence)
);
--> statement-breakpoint
insert into yiben.entry_effect (book_id, sequence, effect)
select distinct book_id, sequence, 'before:0019' from yiben.line where basis = 3;
--> statement-breakpoint
create trigger append_only before update or delete or truncate on yiben.entry_effect
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.entry_effect enable always trigger append_only;
--> statement-breakpoint
-- Vouchers (记账凭证): what a person asks to be posted or reversed, from the draft to the entries. What is asked stands in the approval.
create table yiben.voucher (
  voucher_id bigint generated always as identity primary key,
  book text not null,
  district text not null check (district ~ '^[0-9]{6}$'),
  kind text not null check (kind in ('entry', 'reversal')),
  -- The entry that is taken back, with all that stand with it.
  reverses text,
  booked_on date not null,
  summary text not null,
  amount_fen bigint not null check (amount_fen > 0),
  made_by text not null,
  approval text not null,
  state text not null check (state in ('proposed', 'posted', 'ended')),
  entries text[] not null default '{}',
  version integer not null check (version > 0),
  constraint voucher_reversal_names_entry check ((kind = 'reversal') = (reverses is not null)),
  constraint voucher_posted_has_entries check ((state = 'posted') = (cardinality(entries) > 0))
) with (fillfactor = 80);
--> statement-breakpoint
create index voucher_of_book on yiben.voucher (book, voucher_id);
--> statement-breakpoint
create function yiben.require_voucher_progress() returns trigger language plpgsql as $$
begin
  if old.state <> 'proposed' or new.version <> old.version + 1 then
    raise exception 'voucher V-% moves forward only', old.voucher_id using errcode = 'check_violation';
  end if;
  return new;
end $$;
--> statement-breakpoint
create trigger voucher_progress before update on yiben.voucher for each row execute function yiben.require_voucher_progress();
--> statement-breakpoint
alter table yiben.voucher enable always trigger voucher_progress;
--> statement-breakpoint
grant select, insert on yiben.entry_effect, yiben.voucher to yiben_app;
--> statement-breakpoint
grant update (state, entries, version) on yiben.voucher to yiben_app;
--> statement-breakpoint
grant select on yiben.entry_effect, yiben.voucher to yiben_auditor;
