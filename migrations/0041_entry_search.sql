-- What auditors look for over all books: a payee, a contract, a project, a document number. A dimension stands on the account where balances
-- are kept by it, on the line where it is only noted, so each has its two places. Lines and entries without one cost a posting nothing.
create index account_of_project on yiben.account (project, book_id, account) where project <> '';
--> statement-breakpoint
create index account_of_counterparty on yiben.account (counterparty, book_id, account) where counterparty is not null;
--> statement-breakpoint
create index account_of_contract on yiben.account (contract, book_id, account) where contract is not null;
--> statement-breakpoint
create index line_of_counterparty on yiben.line (counterparty, book_id, sequence) where counterparty is not null;
--> statement-breakpoint
create index line_of_contract on yiben.line (contract, book_id, sequence) where contract is not null;
--> statement-breakpoint
create index entry_of_document on yiben.entry using gin (documents jsonb_path_ops) where documents is not null;
