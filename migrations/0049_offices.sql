-- Whose business an approval is (归口): the finance offices', or the provident fund centre's. Only they see it and decide on it.
alter table yiben.approval
  add column office text not null default 'finance',
  add constraint approval_office_fits check (office = case kind when 'withdrawal' then 'provident_fund' else 'finance' end);
--> statement-breakpoint
alter table yiben.approval alter column office drop default;
--> statement-breakpoint
alter table yiben.approval drop constraint approval_approvers_fit;
--> statement-breakpoint
alter table yiben.approval add constraint approval_approvers_fit
  check (approvers > 0 or (approvers = 0 and kind in ('year_end', 'score_entry', 'project_fact', 'community_fact', 'withdrawal')));
