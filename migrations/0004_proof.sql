-- The Merkle log of a book has a leaf an entry, at index sequence - 1. Every eighth level is kept (a node over 256, 65,536, … leaves),
-- so that a proof reads a few hundred rows however long the log is.
create table yiben.merkle_node (
  book_id integer not null,
  level smallint not null check (level in (8, 16, 24, 32)),
  index bigint not null check (index >= 0),
  hash bytea not null check (length(hash) = 32),
  primary key (book_id, level, index)
);
--> statement-breakpoint
create table yiben.signing_key (
  key_id text primary key,
  public_key bytea not null check (length(public_key) = 32),
  -- 'service' signs heads; a witness cosigns what it has verified with its own copy.
  holder text not null check (holder <> ''),
  kind text not null check (kind in ('service', 'witness')),
  registered_at timestamptz not null
);
--> statement-breakpoint
-- Heads given out, each signed once and kept for ever: a log that later contradicts one is convicted by it.
create table yiben.checkpoint (
  book_id integer not null,
  size bigint not null check (size >= 0),
  acts integer not null,
  note text not null,
  root bytea not null check (length(root) = 32),
  key_id text not null,
  signature bytea not null check (length(signature) = 64),
  signed_at timestamptz not null,
  primary key (book_id, size, acts)
);
--> statement-breakpoint
create table yiben.cosignature (
  book_id integer not null,
  size bigint not null,
  acts integer not null,
  key_id text not null,
  signature bytea not null check (length(signature) = 64),
  received_at timestamptz not null,
  primary key (book_id, size, acts, key_id),
  foreign key (book_id, size, acts) references yiben.checkpoint
);
--> statement-breakpoint
-- Closing, reopening and carrying over are acts on a book that are not entries; chained by hash and under the signed head too.
create table yiben.period_act (
  book_id integer not null,
  act integer not null check (act > 0),
  body text not null,
  hash bytea not null check (length(hash) = 32),
  primary key (book_id, act)
);
--> statement-breakpoint
create table yiben.attachment (
  book_id integer not null,
  sha256 bytea not null check (length(sha256) = 32),
  media_type text not null,
  name text not null,
  content bytea not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  primary key (book_id, sha256)
);
--> statement-breakpoint
grant select, insert on yiben.merkle_node, yiben.signing_key, yiben.checkpoint, yiben.cosignature, yiben.period_act, yiben.attachment
  to yiben_app;
