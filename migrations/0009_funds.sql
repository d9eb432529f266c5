-- Filled by the room it is named after.
select 1;
