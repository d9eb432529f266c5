-- A book is one entity's self-balancing set of accounts, and the unit of scale: every key of the ledger begins with book_id.
create table yiben.book (
  book_id integer primary key check (book_id > 0),
  code text not null unique,
  name text not null,
  district text not null,
  standard text not null,
  -- Where the figures of a sample book come from; null for books of real money.
  sample_of text,
  created_at timestamptz not null,
  created_by text not null
);
--> statement-breakpoint
-- The moving part of a book, one row: the lock every posting takes first, and what it continues from. `frontier` is the compact
-- range of the Merkle log (the roots of its complete subtrees, largest first), so that the log's root is at hand in the posting
-- transaction and a head can be signed at any moment.
create table yiben.book_head (
  book_id integer primary key references yiben.book,
  sequence bigint not null default 0 check (sequence >= 0),
  recorded_at timestamptz not null default '-infinity',
  accounts integer not null default 0 check (accounts >= 0),
  closed_through date,
  frontier bytea not null default '',
  acts integer not null default 0,
  acts_hash bytea not null default ''
) with (fillfactor = 50);
--> statement-breakpoint
-- An account is a subject and the dimensions it is kept by; numbered within the book, made by its first posting, never changed.
-- `key` is the book, the subject and those dimensions in one text, in byte order, so that accounts of a subject lie together. No two indexes of a table begin with the same column: while a table
-- is small all its indexes cost the same, and a plan made then may keep the wrong one for long.
create table yiben.account (
  book_id integer not null,
  account integer not null check (account > 0),
  key text collate "C" not null,
  subject text not null,
  basis smallint not null check (basis between 1 and 3),
  side text not null check (side in ('debit', 'credit')),
  guarded boolean not null,
  project text not null,
  source text not null,
  counterparty text,
  item text,
  contract text,
  dwelling text,
  indicator text,
  segment text,
  primary key (book_id, account),
  unique (key, book_id)
);
--> statement-breakpoint
grant select, insert on yiben.book, yiben.account to yiben_app;
--> statement-breakpoint
grant select, insert, update on yiben.book_head to yiben_app;
