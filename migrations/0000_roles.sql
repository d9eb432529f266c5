-- Who may touch what, before there is anything to touch. Three group roles, made by base/migrate.ts because roles belong to the
-- server and not to one database: yiben_owner (nobody logs in as it), yiben_app (requests), yiben_auditor (reads).
revoke all on schema public from public;
--> statement-breakpoint
grant usage on schema yiben to yiben_app, yiben_auditor;
