-- What a line owes: the code of a bond or of a loan. Like a payee it stands on the account where balances are kept by it, on the line where
-- it is only noted. A column that is empty costs a row nothing, and the indexes hold only what names a debt.
alter table yiben.account add column debt text;
--> statement-breakpoint
alter table yiben.line add column debt text;
--> statement-breakpoint
create index account_of_debt on yiben.account (debt, book_id, account) where debt is not null;
--> statement-breakpoint
create index line_of_debt on yiben.line (debt, book_id, sequence) where debt is not null;
