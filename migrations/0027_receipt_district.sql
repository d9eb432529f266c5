-- Whose a first answer was: the district of the duty under which a key was first used, 'all' for the whole city. Null where the answer is older
-- than this column: such a key is answered as it was.
alter table yiben.action_receipt add column district text;
