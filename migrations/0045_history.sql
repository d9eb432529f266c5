-- What touched a thing is found by the names it left: entries by the action that posted them, approvals by what they are about. Both in the
-- order of bytes, so that a name and all that begin with it lie together whatever the language of the database.
create index entry_effect_by_name on yiben.entry_effect (effect collate "C");
--> statement-breakpoint
create index approval_about on yiben.approval (subject collate "C");
