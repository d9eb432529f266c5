-- The journal. An entry belongs to one book and balances inside it in each basis; a line moves one account on one day.
-- Amounts are whole fen. There is no foreign key from line to entry or account: it costs 41 % of the posting rate, the guards of
-- 0005 check the same in one set operation a statement, and `yiben checks` proves it again.
create table yiben.entry (
  book_id integer not null,
  sequence bigint not null check (sequence > 0),
  booked_on date not null check (booked_on between '1900-01-01' and '2199-12-31'),
  number integer not null check (number > 0),
  lines smallint not null check (lines >= 2),
  recorded_at timestamptz not null,
  reverses bigint check (reverses < sequence),
  transaction_id uuid,
  type text not null,
  summary text not null,
  maker text not null,
  approvals jsonb,
  documents jsonb,
  -- SHA-256 of 0x00 and the entry's canonical bytes: every field, its lines, approvals and attachments (ledger/leaf.ts).
  leaf bytea not null check (length(leaf) = 32),
  primary key (book_id, sequence)
);
--> statement-breakpoint
create unique index entry_reversed_once on yiben.entry (book_id, reverses) where reverses is not null;
--> statement-breakpoint
create index entry_of_transaction on yiben.entry (transaction_id) where transaction_id is not null;
--> statement-breakpoint
-- day_debit_fen and day_credit_fen are the account's totals of that day after this line. With them the balance of any day as known
-- at any sequence is one index probe a day, however many lines the account has.
create table yiben.line (
  book_id integer not null,
  account integer not null,
  sequence bigint not null,
  booked_on date not null,
  line smallint not null check (line > 0),
  basis smallint not null,
  debit_fen bigint,
  credit_fen bigint,
  day_debit_fen bigint not null,
  day_credit_fen bigint not null,
  counterparty text,
  item text,
  contract text,
  dwelling text,
  indicator text,
  segment text,
  memo text,
  primary key (book_id, sequence, line),
  constraint line_has_one_side check ((debit_fen is null) <> (credit_fen is null)),
  constraint line_moves_something check (coalesce(debit_fen, credit_fen) <> 0)
);
--> statement-breakpoint
create index line_of_account on yiben.line (account, book_id, booked_on, sequence);
--> statement-breakpoint
-- Totals by day and by month, kept in the posting transaction. Days come before accounts in the key: today's rows lie together.
create table yiben.day_total (
  book_id integer not null,
  booked_on date not null,
  account integer not null,
  debit_fen bigint not null,
  credit_fen bigint not null,
  primary key (book_id, booked_on, account)
) with (fillfactor = 70);
--> statement-breakpoint
create table yiben.month_total (
  book_id integer not null,
  account integer not null,
  month date not null check (extract(day from month) = 1),
  debit_fen bigint not null,
  credit_fen bigint not null,
  primary key (book_id, account, month)
) with (fillfactor = 70);
--> statement-breakpoint
-- The last voucher number (凭证号) given in a book and month.
create table yiben.voucher_number (
  book_id integer not null,
  month date not null check (extract(day from month) = 1),
  number integer not null check (number > 0),
  primary key (book_id, month)
) with (fillfactor = 50);
--> statement-breakpoint
-- What an idempotency key was answered with, for ever: entries, or the refusal pinned to it. book_id 0 holds the keys of
-- transactions over several books.
create table yiben.receipt (
  book_id integer not null,
  key_hash bytea not null check (length(key_hash) = 16),
  request_hash bytea not null check (length(request_hash) = 16),
  sequence bigint,
  transaction_id uuid,
  refusal jsonb,
  primary key (book_id, key_hash),
  constraint receipt_has_one_outcome check (num_nonnulls(sequence, transaction_id, refusal) = 1)
);
--> statement-breakpoint
grant select, insert on yiben.entry, yiben.line, yiben.receipt to yiben_app;
--> statement-breakpoint
grant select, insert, update on yiben.day_total, yiben.month_total, yiben.voucher_number to yiben_app;
