-- Bearer tokens, kept as hashes: a copy of this table opens nothing. A token is never changed, only revoked.
create table yiben.token (
  token_hash bytea primary key check (length(token_hash) = 32),
  person text not null check (person <> ''),
  role text not null,
  district text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
--> statement-breakpoint
grant select, insert, update (revoked_at) on yiben.token to yiben_app;
