-- Facts on which money depends count when another person has checked them (kinds project_fact and community_fact, approved by nobody). What was
-- recorded before this was not: the check of them looks at what was recorded since. Where nothing was recorded there is no row, and the check
-- looks at everything.
alter table yiben.approval drop constraint approval_approvers_fit;
--> statement-breakpoint
alter table yiben.approval add constraint approval_approvers_fit
  check (approvers > 0 or (approvers = 0 and kind in ('year_end', 'score_entry', 'project_fact', 'community_fact')));
--> statement-breakpoint
create table yiben.facts_checked_since (since timestamptz primary key);
--> statement-breakpoint
insert into yiben.facts_checked_since
select now() where exists (select from yiben.change where noun in ('project', 'community'));
--> statement-breakpoint
create trigger append_only before insert or update or delete or truncate on yiben.facts_checked_since
  for each statement execute function yiben.refuse_change();
--> statement-breakpoint
alter table yiben.facts_checked_since enable always trigger append_only;
--> statement-breakpoint
grant select on yiben.facts_checked_since to yiben_app, yiben_auditor;
