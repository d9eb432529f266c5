-- What a person enters for a score counts when another has checked it (kind score_entry, approved by nobody): a row says how it came to count,
-- and under which approval. What a machine client brings was checked elsewhere. Rows of before say so, and no new row can.
alter table yiben.approval drop constraint approval_approvers_fit;
--> statement-breakpoint
alter table yiben.approval add constraint approval_approvers_fit
  check (approvers > 0 or (approvers = 0 and kind in ('year_end', 'score_entry')));
--> statement-breakpoint
alter table yiben.score_entry
  add column origin text not null default 'before' check (origin in ('checked', 'brought', 'before')),
  add column approval text,
  add constraint score_entry_founded check ((origin = 'checked') = (approval is not null));
--> statement-breakpoint
alter table yiben.score_entry alter column origin drop default;
--> statement-breakpoint
alter table yiben.score_entry add constraint score_entry_not_of_before check (origin <> 'before') not valid;
--> statement-breakpoint
create unique index score_entry_of_approval on yiben.score_entry (approval);
