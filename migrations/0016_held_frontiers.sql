-- A batch may be decided in memory on top of one that is still on its way. Should that one fail while another process posts just as many
-- entries, the head would stand at the right sequence over another history: so heads are held by their frontier too, a hash over all
-- entries of the book.
drop function yiben.hold_heads(integer[], bigint[], integer[]);
--> statement-breakpoint
create function yiben.hold_heads(books integer[], sequences bigint[], acts integer[], frontiers bytea[]) returns void language plpgsql as $$
declare held bigint;
begin
  select count(*) into held from (
    select from unnest(books, sequences, acts, frontiers) u(book_id, sequence, acts, frontier)
    join yiben.book_head h on h.book_id = u.book_id and h.sequence = u.sequence and h.acts = u.acts and h.frontier = u.frontier
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
