-- Locks the heads of books, in id order as everybody does, and insists that they stand where the caller believes: a posting decided in
-- memory is sent in one message with its COMMIT, and may not be written over what another has posted, closed or reopened meanwhile.
create function yiben.hold_heads(books integer[], sequences bigint[], acts integer[]) returns void language plpgsql as $$
declare held bigint;
begin
  select count(*) into held from (
    select from unnest(books, sequences, acts) u(book_id, sequence, acts)
    join yiben.book_head h on h.book_id = u.book_id and h.sequence = u.sequence and h.acts = u.acts
    order by h.book_id for update of h
  ) locked;
  if held <> cardinality(books) then
    raise exception 'a head has moved' using errcode = 'serialization_failure';
  end if;
end $$;
--> statement-breakpoint
revoke execute on function yiben.hold_heads from public;
--> statement-breakpoint
grant execute on function yiben.hold_heads to yiben_app;
